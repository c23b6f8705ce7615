"""Tell what is seen of one part of a Word document: the body, a header, the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lxml.etree import _Element as Element

    Method = Callable[["_Reader", Element], None]

_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_MATH = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}",
    "{http://purl.oclc.org/ooxml/officeDocument/math}",
)
_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_SPACES = frozenset({*_WORD, *_MATH, _CHOICES})
_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
# Fields that count pages: what they show is of no text.
_COUNTING = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "PAGEREF"})
_PRIVATE_USE = range(0xE000, 0xF900)
_SURROGATES = 0xD800


class Story(NamedTuple):
    """What is seen of a part."""

    lines: list[str]
    sides: list[tuple[str, str]]  # headers and footers that are used


def read_story(events: Iterable[tuple[str, Element]]) -> Story:
    """Return what is seen of a part whose elements begin and end as told."""
    reader = _Reader()
    unseen: Element | None = None
    for moment, element in events:
        tag = _local(element)
        if unseen is not None:
            if moment == "end" and element is unseen:
                unseen = None
        elif not tag:
            continue
        elif moment == "end":
            reader.end(tag, element)
        elif not reader.begin(tag, element):
            unseen = element
    return Story(reader.lines, reader.sides)


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


class _Reader:
    """Follow the elements of a part, and keep what is seen of them."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.sides: list[tuple[str, str]] = []
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
    "p": _Reader.begin_paragraph,
    "r": _Reader.begin_run,
    "txbxContent": _Reader.begin_box,
    "tr": _Reader.begin_row,
    "tc": _Reader.begin_cell,
    "vanish": _Reader.hide_run,
    "showingPlcHdr": _Reader.hold_place,
    "headerReference": _Reader.use_header,
    "footerReference": _Reader.use_footer,
}
_ENDINGS: dict[str, Method] = {
    "p": _Reader.end_paragraph,
    "txbxContent": _Reader.end_box,
    "tr": _Reader.end_row,
    "tc": _Reader.end_cell,
    "t": _Reader.add_text,
    "tab": _Reader.add_tab,
    "ptab": _Reader.add_tab,
    "br": _Reader.add_break,
    "cr": _Reader.add_break,
    "noBreakHyphen": _Reader.add_hyphen,
    "sym": _Reader.add_symbol,
    "fldChar": _Reader.mark_field,
    "instrText": _Reader.tell_field,
    "body": _Reader.end_body,
}


def _local(element: Element) -> str:
    """Return the name of an element of Word; of others nothing, but their inside is."""
    space, _, tag = str(element.tag).rpartition("}")
    return tag if space + "}" in _SPACES else ""


def _value(element: Element, name: str) -> str:
    """Return an attribute of Word, empty where there is none."""
    return next(filter(None, (element.get(space + name) for space in _WORD)), "")


def _counts(instruction: str) -> bool:
    """Tell whether a field shows the number of a page."""
    return instruction.split()[:1] in ([name] for name in _COUNTING)
