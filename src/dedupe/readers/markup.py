"""Markup → a tree → the lines that a browser would show."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Element: TypeAlias = Any  # lxml ships no types

# Elements that begin and end a line: those of HTML, then those of NITF.
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
        "abstract",
        "block",
        "body.content",
        "body.end",
        "body.head",
        "bq",
        "byline",
        "bibliography",
        "credit",
        "dateline",
        "distributor",
        "fn",
        "hedline",
        "hl1",
        "hl2",
        "media",
        "media-caption",
        "note",
        "series",
        "tagline",
    ]
)
# Elements whose text is for programs, not for readers: of HTML, of what Word pastes,
# of AMP, of NITF.
_UNREAD = frozenset(
    [
        "applet",
        "area",
        "audio",
        "base",
        "button",
        "canvas",
        "col",
        "colgroup",
        "datalist",
        "embed",
        "frame",
        "frameset",
        "head",
        "iframe",
        "input",
        "link",
        "map",
        "math",
        "meta",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "param",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "track",
        "video",
        "xml",
        "amp-ad",
        "amp-analytics",
        "amp-consent",
        "amp-embed",
        "amp-iframe",
        "amp-sidebar",
        "amp-social-share",
        "amp-state",
        "amp-sticky-ad",
        "amp-user-notification",
        "media-metadata",
        "media-object",
        "media-reference",
        "media-producer",
    ]
)
_BREAK = "br"
_CELLS = frozenset({"td", "th"})
_PREFORMATTED = frozenset({"pre", "listing", "xmp"})
# Longer cells are those of a page that is laid out in a table.
_LONGEST_CELL = 200

_SPACES = re.compile("[ \t\n\f\r]+")
_UNSEEN = re.compile(
    "[\\s\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
    "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
    "\N{SOFT HYPHEN}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}]*"
)
_CONTROLS = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f]")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE
)

# libxml2 compares each attribute of an HTML element with all before it: 200,000 of one
# element take minutes, as many as fit here do no harm.
_MOST_ATTRIBUTES = 1000
HARMLESS = 16 << 10
LIMIT = "ERR_RESOURCE_LIMIT"
_DEPTH = "Excessive depth"
_TOO_DEEP = "its elements are nested more than 2,048 deep, as those of no real page are"
_TOO_LONG = "an element or attribute of it has more than ten million characters"
_TOO_MANY = "an element of it has more than 1,000 attributes, as no real page has"


class Line(NamedTuple):
    """A line of text and the block element that it stands in."""

    text: str
    block: Element


def parse_html(text: str) -> Element | None:
    """Return the root of an HTML document, or None where it has no element.

    Raises InputError for a document that is built to do harm, or whose text the parser
    would cut.
    """
    data = _CONTROLS.sub(" ", text).encode("utf-8", "replace")
    if len(data) > HARMLESS:
        require_few_attributes(data)
    root, reason = _parse(data, huge=False)
    if _DEPTH in reason:  # elements that were never closed: old pages have hundreds
        root, reason = _parse(data, huge=True)
    if reason:
        raise InputError(_TOO_DEEP if _DEPTH in reason else _TOO_LONG)
    return root


def html_lines(text: str) -> list[str]:
    r"""Return the lines of a piece of HTML, without guessing what of it matters.

    >>> html_lines("<p>سطر&nbsp;أول<br>سطر <b>ثا</b>ن</p><script>x</script>")
    ['سطر\xa0أول', 'سطر ثان']
    """
    root = parse_html(text)
    return [] if root is None else [line.text for line in lines_of(root)]


def lines_of(
    element: Element, is_left_out: Callable[[Element], bool] = lambda _: False
) -> list[Line]:
    """Return the lines of an element as a browser breaks them.

    A row of a table is one line, its cells apart by tabs; white space is collapsed
    except in preformatted text, and what is hidden is left out.
    """
    from lxml import etree  # noqa: PLC0415 - an extra

    writer = _Writer()
    walker = etree.iterwalk(element, events=("start", "end"))
    skipped = None
    for event, node in walker:
        tag = local_name(node.tag)
        if event == "start":
            if tag in _UNREAD or is_hidden(node) or is_left_out(node):
                skipped = node
                walker.skip_subtree()
                writer.start_skipped(tag)
                continue
            writer.start(tag, node)
            writer.add(node.text)
        else:
            if node is skipped:
                skipped = None
            else:
                writer.end(tag, node)
            if node is not element:
                writer.add(node.tail)
    writer.flush()
    return writer.lines


def text_of(element: Element) -> str:
    """Return the text of an element as one line."""
    return collapse(" ".join(line.text for line in lines_of(element)))


def collapse(text: str) -> str:
    """Return a text with each run of white space as one space, none at the ends."""
    return " ".join(text.split())


def is_seen(text: str) -> bool:
    """Tell whether a text has more than spaces and invisible characters."""
    return _UNSEEN.fullmatch(text) is None


def is_hidden(element: Element) -> bool:
    """Tell whether an element says of itself that it is not shown."""
    attributes = element.attrib
    if not attributes:
        return False
    if attributes.get("hidden", "until-found") != "until-found":
        return True
    style = attributes.get("style")
    return bool(style and _HIDING.search(style))


@cache
def local_name(tag: object) -> str:
    """Return the name of an element without its namespace, "" for what is none.

    >>> local_name("{http://www.w3.org/1999/xhtml}P")
    'p'
    """
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


class _Row(NamedTuple):
    first: int  # index of its first line
    ends: list[int]  # of its cells, as indexes of lines


class _Writer:
    """What of the lines is written, and what of the line that is being written."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._pieces: list[str] = []
        self._blocks: list[Element] = []
        self._rows: list[_Row] = []
        self._preformatted = 0

    def start(self, tag: str, element: Element) -> None:
        if tag in _BLOCKS:
            self.flush()
            self._blocks.append(element)
            if tag == "tr":
                self._rows.append(_Row(len(self.lines), []))
            self._preformatted += tag in _PREFORMATTED
        elif tag == _BREAK:
            self.flush()
        elif not self._blocks:
            self._blocks.append(element)  # lines of an inline element stand in it

    def start_skipped(self, tag: str) -> None:
        """Let an element that is left out part what stands around it."""
        if tag in _BLOCKS:
            self.flush()

    def add(self, text: str | None) -> None:
        if not text:
            return
        if not self._preformatted:
            self._pieces.append(text)
            return
        first, *others = text.splitlines() or [""]
        self._pieces.append(first)
        for other in others:
            self.flush()
            self._pieces.append(other)
        if text[-1] == "\n":
            self.flush()

    def end(self, tag: str, element: Element) -> None:
        if tag not in _BLOCKS:
            return
        self.flush()
        self._blocks.pop()
        self._preformatted -= tag in _PREFORMATTED
        if tag in _CELLS and self._rows:
            self._rows[-1].ends.append(len(self.lines))
        elif tag == "tr":
            self._join(self._rows.pop(), element)

    def flush(self) -> None:
        """End the line that is being written."""
        if not self._pieces:
            return
        text = _SPACES.sub(" ", "".join(self._pieces)).strip()
        self._pieces.clear()
        if text and is_seen(text):
            self.lines.append(Line(text, self._blocks[-1]))

    def _join(self, row: _Row, element: Element) -> None:
        """Make one line of a row whose cells have no more than one each."""
        starts = [row.first, *row.ends]
        if any(end - start > 1 for start, end in zip(starts, row.ends, strict=False)):
            return
        cells = [line.text for line in self.lines[row.first :]]
        if len(cells) < 2 or max(map(len, cells)) > _LONGEST_CELL:  # noqa: PLR2004
            return
        self.lines[row.first :] = [Line("\t".join(cells), element)]


def _parse(data: bytes, *, huge: bool) -> tuple[Element | None, str]:
    """Return the tree of a document, and what cut it short."""
    from lxml import etree, html  # noqa: PLC0415 - an extra

    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=huge,
    )
    # Elements of its own class are all that trafilatura takes.
    parser.set_element_class_lookup(html.HtmlElementClassLookup())
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:  # nothing but spaces or comments
        return None, ""
    return root, _cut_short(parser.error_log)


def _cut_short(log: Iterable[Any]) -> str:
    return next((entry.message for entry in log if entry.type_name == LIMIT), "")


def require_few_attributes(data: bytes) -> None:
    """Raise InputError for an element that only an attack gives so many attributes."""
    from lxml import etree  # noqa: PLC0415 - an extra

    parser = etree.HTMLParser(encoding="utf-8", target=_Counter())  # type: ignore[arg-type]
    try:
        etree.fromstring(data, parser)
    except etree.LxmlError:
        return  # nothing but spaces or comments


class _Counter:
    """Refuses an element of too many attributes before a tree is built of them."""

    def start(self, _tag: str, attributes: dict[str, str]) -> None:
        if len(attributes) > _MOST_ATTRIBUTES:
            raise InputError(_TOO_MANY)

    def close(self) -> None:
        """End a document."""
