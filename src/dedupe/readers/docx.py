"""Read Word documents (.docx) as a reader of their pages sees them.

docx2python and python-docx were tried first. They count text that was moved away, give
a text box twice, tear tables inside tables apart, or leave out headers and tables; so
lxml reads the few parts that hold text, and here it is told what of them is seen.
"""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import IO, TYPE_CHECKING

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.documents import Converted
from dedupe.readers.properties import about_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml.etree import _Element as Element

    from dedupe.model import About
    from dedupe.readers.documents import ReadOptions

    Method = Callable[["_Story", Element], None]

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_MOST_PARTS = 20_000
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_MATH = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
    "{http://purl.oclc.org/ooxml/officeDocument/math}",
)
_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_CREATED = "{http://purl.org/dc/terms/}created"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
# The date of the empty document that python-docx begins with.
_NO_DATE = "2013-12-23T23:15:00Z"
# Fields that count pages: what they show is of no text.
_COUNTING = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"})
_PRIVATE_USE = range(0xE000, 0xF900)


def convert(data: bytes, options: ReadOptions) -> Converted:
    """Return header, body, notes and footer of a Word document, line by line."""
    _require_zip(data)
    limit = max(options.ratio_floor, options.max_ratio * len(data))
    try:
        package = _Package(data, min(limit, options.max_file_size))
        return _convert(package)
    except ImportError:
        raise MissingExtra(".docx", "lxml", "docx") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise InputError(f"a damaged Word document: {error}") from None
    except (RuntimeError, NotImplementedError):
        raise InputError(
            "encrypted or packed in a way that Word never does; save it anew"
        ) from None


def _require_zip(data: bytes) -> None:
    if data.startswith(_ZIP):
        return
    if data.startswith(_OLE):
        raise InputError(
            "an old Word document (.doc) or one that a password protects; save it as "
            ".docx without a password"
        )
    kind = "an RTF document" if data.startswith(b"{\\rtf") else "not a Word document"
    raise InputError(f"{kind}; save it as .docx, or name it as what it is")


def _convert(package: _Package) -> Converted:
    main = package.related("", "officeDocument") or ["word/document.xml"]
    if main[0] not in package.names:
        raise InputError(
            "not a Word document, but another kind of zip file; name it as what it is"
        )
    story = _read(package, main[0])
    targets = package.targets(main[0])
    sides: dict[str, list[str]] = {"header": [], "footer": []}
    for side, relation in story.sides:
        path = targets.get(relation, "")
        if path in package.names:
            sides[side] += _read(package, path).lines
    notes = [
        line
        for kind in ("footnotes", "endnotes")
        for path in package.related(main[0], kind)
        if path in package.names
        for line in _read(package, path).lines
    ]
    lines = [*_once(sides["header"]), *story.lines, *notes, *_once(sides["footer"])]
    return Converted("\n".join(lines), _about(package))


def _once(lines: Iterable[str]) -> list[str]:
    """Return lines that stand on every page, or in several sections, once."""
    return list(dict.fromkeys(lines))


def _about(package: _Package) -> About:
    [path, *_] = [*package.related("", "core-properties"), "docProps/core.xml"]
    if path not in package.names:
        return about_of()
    told: dict[str, str] = {}
    for element in package.elements(path):
        told.setdefault(str(element.tag), element.text or "")
    created = told.get(_CREATED, "").strip()
    return about_of(
        title=told.get(_DUBLIN + "title"),
        author=told.get(_DUBLIN + "creator"),
        date="" if created == _NO_DATE else created[:10],
    )


class _Package:
    """The zip file that a document is, unpacked part by part within a limit."""

    def __init__(self, data: bytes, limit: int) -> None:
        self._zip = zipfile.ZipFile(BytesIO(data))
        infos = self._zip.infolist()
        if len(infos) > _MOST_PARTS:
            raise InputError(f"has more than {_MOST_PARTS:,} parts; save it anew")
        self.names = frozenset(info.filename for info in infos)
        self.left = limit

    def elements(self, path: str) -> Iterator[Element]:
        """Yield the elements of a part as they end."""
        return (element for moment, element in self.events(path) if moment == "end")

    def events(self, path: str) -> Iterator[tuple[str, Element]]:
        """Yield the elements of a part as they begin and as they end."""
        from lxml import etree  # noqa: PLC0415 - an extra

        info = self._zip.getinfo(path)
        if info.compress_type not in _PACKINGS:
            raise NotImplementedError
        with self._zip.open(info) as packed:
            parser = etree.iterparse(
                _Bounded(packed, self),
                ("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            try:
                is_first = True
                for moment, element in parser:
                    if is_first and element.getroottree().docinfo.doctype:
                        raise InputError(
                            f"{path} declares XML entities, which Word never does; "
                            "save it anew if you trust it"
                        )
                    is_first = False
                    yield moment, element
                    if moment == "end":
                        _forget(element)
            except etree.XMLSyntaxError as error:
                raise InputError(
                    f"a damaged Word document: {path}: {error.msg}"
                ) from None

    def related(self, source: str, kind: str) -> list[str]:
        """Return the parts of a kind that a part refers to, "" for the whole."""
        return [path for type_, _, path in self._relations(source) if type_ == kind]

    def targets(self, source: str) -> dict[str, str]:
        """Return the parts that a part refers to, by the name of the relation."""
        return {name: path for _, name, path in self._relations(source)}

    def _relations(self, source: str) -> Iterator[tuple[str, str, str]]:
        folder, _, name = source.rpartition("/")
        path = join(folder, "_rels", f"{name}.rels")
        if path not in self.names:
            return
        for element in self.elements(path):
            target = element.get("Target")
            if target is None or element.get("TargetMode") == "External":
                continue
            kind = element.get("Type", "").rpartition("/")[2]
            whole = normpath(join("/", dirname(source), target)).lstrip("/")
            yield kind, element.get("Id", ""), whole


class _Bounded:
    """A part that may not unpack to more than is left of what the whole may."""

    def __init__(self, packed: IO[bytes], package: _Package) -> None:
        self._packed = packed
        self._package = package

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise InputError when there are too many."""
        piece = self._packed.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self._package.left -= len(piece)
        if self._package.left < 0:
            raise InputError(
                "unpacks to far more than its size, which looks like a decompression "
                "bomb; save it anew if you trust it"
            )
        return piece


def _forget(element: Element) -> None:
    """Free what was read: a text of any length takes no more than a paragraph's."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)


class _Paragraph:
    """A paragraph that is being read."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.boxes: list[str] = []  # text boxes follow what they are anchored in
        self.goes_on = False  # its mark is deleted: the next belongs to it

    def lines(self) -> list[str]:
        """Return its lines, of which only breaks make several."""
        text = "".join(self.pieces)
        return [line for line in map(str.strip, text.split("\n")) if line] + self.boxes


class _Row:
    """A row of a table that is being read."""

    def __init__(self) -> None:
        self.cells: list[list[str]] = []
        self.is_deleted = False

    def lines(self) -> list[str]:
        """Return the row as one line; cells of several paragraphs are layout."""
        if self.is_deleted:
            return []
        cells = list(filter(None, self.cells))
        if any(len(cell) > 1 for cell in cells):
            return [line for cell in cells for line in cell]
        return ["\t".join(cell[0] for cell in cells)] if cells else []


class _Field:
    """A field that is being read: what Word was told to write, then what it wrote."""

    def __init__(self) -> None:
        self.instruction = ""
        self.is_told = False

    @property
    def counts(self) -> bool:
        """Tell whether it shows the number of a page."""
        return self.is_told and _counts(self.instruction)


class _Story:
    """What is seen of one part: the body, a header, the notes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sides: list[tuple[str, str]] = []  # headers and footers that are used
        self._paragraphs: list[_Paragraph] = []
        self._rows: list[_Row] = []
        self._into = [self.lines]  # what a paragraph is added to when it ends
        self._unfinished: _Paragraph | None = None
        self._fields: list[_Field] = []
        self._is_hidden_run = False
        self._is_placeholder = False

    def begin(self, tag: str, element: Element) -> bool:
        """Take note of an element that begins; return whether its inside is seen."""
        if tag in _UNSEEN:
            self._note_deletion(tag, element)
            return False
        if tag == "sdtContent" and self._is_placeholder:
            self._is_placeholder = False
            return False
        if tag == "fldSimple":
            return not _counts(_value(element, "instr"))
        method = _BEGINNINGS.get(tag)
        if method:
            method(self, element)
        return True

    def end(self, tag: str, element: Element) -> None:
        """Take what an element holds that has ended."""
        method = _ENDINGS.get(tag)
        if method:
            method(self, element)

    def _note_deletion(self, tag: str, element: Element) -> None:
        parent = element.getparent()
        holder = _local(parent) if parent is not None else ""
        if tag == "del" and holder == "trPr" and self._rows:
            self._rows[-1].is_deleted = True
        elif tag == "del" and holder == "rPr" and self._paragraphs:
            grandparent = parent.getparent() if parent is not None else None
            if grandparent is not None and _local(grandparent) == "pPr":
                self._paragraphs[-1].goes_on = True

    def begin_paragraph(self, _: Element) -> None:
        paragraph = self._unfinished
        self._unfinished = None
        if paragraph is None or self._paragraphs:
            paragraph = _Paragraph()
        paragraph.goes_on = False
        self._paragraphs.append(paragraph)

    def end_paragraph(self, _: Element) -> None:
        paragraph = self._paragraphs.pop()
        if paragraph.goes_on and not self._paragraphs:
            self._unfinished = paragraph
        else:
            self._into[-1] += paragraph.lines()

    def begin_box(self, _: Element) -> None:
        boxes = self._paragraphs[-1].boxes if self._paragraphs else self._into[-1]
        self._into.append(boxes)

    def end_box(self, _: Element) -> None:
        self._finish()
        self._into.pop()

    def begin_row(self, _: Element) -> None:
        self._finish()
        self._rows.append(_Row())

    def end_row(self, _: Element) -> None:
        lines = self._rows.pop().lines()
        self._into[-1] += lines

    def begin_cell(self, _: Element) -> None:
        cell: list[str] = []
        if self._rows:
            self._rows[-1].cells.append(cell)
        self._into.append(cell)

    def end_cell(self, _: Element) -> None:
        self._finish()
        self._into.pop()

    def _finish(self) -> None:
        """End a paragraph whose mark is deleted where no other follows."""
        if self._unfinished is not None:
            self._into[-1] += self._unfinished.lines()
            self._unfinished = None

    def end_body(self, _: Element) -> None:
        self._finish()

    def begin_run(self, _: Element) -> None:
        self._is_hidden_run = False

    def hide_run(self, element: Element) -> None:
        parent = element.getparent()
        above = parent.getparent() if parent is not None else None
        if above is not None and _local(above) == "r":
            self._is_hidden_run = _value(element, "val") not in {"0", "false", "off"}

    def hold_place(self, _: Element) -> None:
        self._is_placeholder = True

    def _add(self, text: str) -> None:
        if self._is_hidden_run or any(field.counts for field in self._fields):
            return
        if self._paragraphs:
            self._paragraphs[-1].pieces.append(text)

    def add_text(self, element: Element) -> None:
        self._add((element.text or "").replace("\n", " "))

    def add_tab(self, _: Element) -> None:
        self._add("\t")

    def add_break(self, _: Element) -> None:
        self._add("\n")

    def add_hyphen(self, _: Element) -> None:
        self._add("-")

    def add_symbol(self, element: Element) -> None:
        try:
            code = int(_value(element, "char"), 16)
        except ValueError:
            return
        # Fonts of pictures take their codes from there.
        if code not in _PRIVATE_USE and 0 < code < _SURROGATES:
            self._add(chr(code))

    def mark_field(self, element: Element) -> None:
        kind = _value(element, "fldCharType")
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            self._fields[-1].is_told = True
        elif kind == "end" and self._fields:
            self._fields.pop()

    def tell_field(self, element: Element) -> None:
        if self._fields and not self._fields[-1].is_told:
            self._fields[-1].instruction += element.text or ""

    def use_header(self, element: Element) -> None:
        self._use("header", element)

    def use_footer(self, element: Element) -> None:
        self._use("footer", element)

    def _use(self, side: str, element: Element) -> None:
        relation = next(filter(None, map(element.get, _RELATION)), "")
        self.sides.append((side, relation))


# What is not seen, or says how something looks. What was deleted in tracked changes is
# in delText, but what was moved away is not.
_UNSEEN = frozenset(
    {"del", "moveFrom", "Fallback", "pPrChange", "rPrChange", "tabs", "rt", "object"}
    | {"tblPrChange", "tcPrChange", "trPrChange", "sectPrChange", "numberingChange"}
)
_BEGINNINGS: dict[str, Method] = {
    "p": _Story.begin_paragraph,
    "r": _Story.begin_run,
    "txbxContent": _Story.begin_box,
    "tr": _Story.begin_row,
    "tc": _Story.begin_cell,
    "vanish": _Story.hide_run,
    "showingPlcHdr": _Story.hold_place,
    "headerReference": _Story.use_header,
    "footerReference": _Story.use_footer,
}
_ENDINGS: dict[str, Method] = {
    "p": _Story.end_paragraph,
    "txbxContent": _Story.end_box,
    "tr": _Story.end_row,
    "tc": _Story.end_cell,
    "t": _Story.add_text,
    "tab": _Story.add_tab,
    "ptab": _Story.add_tab,
    "br": _Story.add_break,
    "cr": _Story.add_break,
    "noBreakHyphen": _Story.add_hyphen,
    "sym": _Story.add_symbol,
    "fldChar": _Story.mark_field,
    "instrText": _Story.tell_field,
    "body": _Story.end_body,
}
_SURROGATES = 0xD800


def _read(package: _Package, path: str) -> _Story:
    """Return what is seen of a part."""
    story = _Story()
    unseen: Element | None = None
    for moment, element in package.events(path):
        tag = _local(element)
        if unseen is not None:
            if moment == "end" and element is unseen:
                unseen = None
        elif not tag:
            continue
        elif moment == "end":
            story.end(tag, element)
        elif not story.begin(tag, element):
            unseen = element
    return story


def _local(element: Element) -> str:
    """Return the name of an element of Word; of others nothing, but their inside is."""
    space, _, tag = str(element.tag).rpartition("}")
    return tag if space + "}" in _SPACES else ""


_SPACES = frozenset({*_WORD, *_MATH, _CHOICES})


def _value(element: Element, name: str) -> str:
    """Return an attribute of Word, empty where there is none."""
    return next(filter(None, (element.get(space + name) for space in _WORD)), "")


def _counts(instruction: str) -> bool:
    """Tell whether a field shows the number of a page."""
    return instruction.split()[:1] in ([name] for name in _COUNTING)
