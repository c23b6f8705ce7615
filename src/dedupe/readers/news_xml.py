"""Read what news agencies send: NITF, NewsML-G2 and NewsML 1, and feeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from dedupe.errors import ForeignFile, InputError
from dedupe.model import About
from dedupe.readers import feeds
from dedupe.readers.dates import iso_date
from dedupe.readers.documents import Converted, Unreadable
from dedupe.readers.markup import (
    Element,
    collapse,
    html_lines,
    lines_of,
    local_name,
    text_of,
)
from dedupe.readers.xml_tree import child, every, parse_xml, read_xml

if TYPE_CHECKING:
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

_LONGEST = 1000  # characters of a title
_NO_TEXT = "holds no text: pictures, packages or references to other files alone"
# Elements of NITF that hold a document in themselves or are one.
_NITF = frozenset({"nitf", "body.content"})


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the articles of a file; raise ForeignFile where its XML is of no news."""
    xml = read_xml(file, options)
    if xml.root in feeds.ROOTS:
        yield from feeds.entries_of(xml)
        return
    read = _ROOTS.get(xml.root)
    if read is None:
        raise ForeignFile(_foreign(xml.root))
    found = False
    for converted in read(parse_xml(xml.text)):
        if converted.text:
            found = True
            yield converted._replace(encoding=xml.encoding, warning=xml.warning)
    if not found:
        raise ForeignFile(_NO_TEXT)


def _foreign(root: str) -> str:
    if not root:
        return "not XML: it has no root element"
    kinds = "NITF, NewsML, RSS or Atom"
    return f"XML of another kind than {kinds}: its root element is <{root}>"


def _nitf(root: Element) -> Iterator[Converted]:
    """Yield the one article of a document in NITF."""
    lines, about, label = _read_nitf(root)
    yield Converted("\n".join(lines), about, name=label)


def _read_nitf(root: Element) -> tuple[list[str], About, str]:
    """Return the lines of an article in NITF, what is told of it, and its number."""
    headings = [text_of(node) for name in ("hl1", "hl2") for node in every(root, name)]
    lines = [line for node in every(root, "body.content") for line in _lines(node)]
    abstract = [line for node in every(root, "abstract") for line in _lines(node)]
    # An abstract is often the first paragraph once more.
    above = [*headings, *abstract]
    return (
        _unrepeated(above, lines),
        _about_nitf(root),
        _attribute(root, "doc-id", "id-string"),
    )


def _about_nitf(root: Element) -> About:
    title = _text(root, "hl1") or _plain(root, "title")
    date = (
        _attribute(root, "date.issue", "norm")
        or _attribute(root, "date.release", "norm")
        or _attribute(root, "pubdata", "date.publication")
        or _attribute(root, "story.date", "norm")
    )
    outlet = (
        _attribute(root, "pubdata", "name")
        or _text(root, "distributor")
        or _attribute(root, "doc.copyright", "holder")
        or _attribute(root, "doc-id", "regsrc")
    )
    author = _text(root, "byline")
    url = _attribute(root, "pubdata", "ex-ref")
    return _told(title, date, outlet, author, url)


def _g2(root: Element) -> Iterator[Converted]:
    """Yield the articles of a message in NewsML-G2, or the one of an item."""
    items = [root] if local_name(root.tag) == "newsitem" else every(root, "newsitem")
    for item in items:
        lines, nitf = _g2_content(item)
        about = _about_g2(item)
        if nitf is not None:
            about = About(*(own or told for own, told in zip(about, nitf, strict=True)))
        if lines:
            lines = _unrepeated([about.title] if about.title else [], lines)
        yield Converted("\n".join(lines), about, name=item.get("guid", ""))


def _g2_content(item: Element) -> tuple[list[str], About | None]:
    """Return the lines of an item, from the first of its renditions that has any."""
    for content in every(item, "inlinexml") + every(item, "inlinedata"):
        if local_name(content.tag) == "inlinedata":
            lines = _inline_data(content)
            if lines:
                return lines, None
            continue
        nitf = next(
            (node for node in content.iter() if local_name(node.tag) in _NITF), None
        )
        if nitf is not None:
            lines, about, _ = _read_nitf(nitf)
            if not lines:
                lines = _lines(nitf)
            if lines:
                return lines, about
        lines = _lines(content)
        if lines:
            return lines, None
    return [], None


def _inline_data(content: Element) -> list[str]:
    kind = content.get("contenttype", "")
    if content.get("encoding") or not kind.startswith(("text/", "application/xhtml")):
        return []  # pictures and the like
    text = "".join(content.itertext())
    return html_lines(text) if "html" in kind else _plain_lines(text)


def _about_g2(item: Element) -> About:
    meta = child(item, "contentmeta")
    meta = item if meta is None else meta
    headline = child(meta, "headline")
    title = text_of(headline) if headline is not None else ""
    date = _plain(meta, "contentcreated") or _plain(item, "firstcreated")
    outlet = _party(item, "provider") or _party(meta, "infosource")
    author = _text(meta, "by") or _party(meta, "creator")
    url = next(
        (node.get("href", "") for node in every(item, "link") if _is_page(node)), ""
    )
    named = child(item, "itemmeta", "title")
    title = title or ("" if named is None else text_of(named))
    date = date or _plain(item, "versioncreated")
    return _told(title, date, outlet, author, url)


def _is_page(link: Element) -> bool:
    return bool(link.get("contenttype", "") == "text/html")


def _party(element: Element, name: str) -> str:
    """Return the name of a party, or what stands for it where it has none."""
    party = next(iter(every(element, name)), None)
    if party is None:
        return ""
    named = child(party, "name")
    if named is not None:
        return text_of(named)
    return str(party.get("literal") or party.get("qcode", "").partition(":")[2])


def _newsml_1(root: Element) -> Iterator[Converted]:
    """Yield the articles of a message in NewsML 1."""
    for item in every(root, "newsitem"):
        lines: list[str] = []
        for content in _contents_1(item):
            lines += [line for line in _data_content(content) if line not in lines]
        title = _text(item, "headline")
        if lines:
            above = [
                text_of(node)
                for name in ("headline", "subheadline")
                for node in every(item, name)[:1]
            ]
            lines = _unrepeated(above, lines)
        label = _plain(item, "publicidentifier") or _plain(item, "newsitemid")
        date = _plain(item, "firstcreated") or _plain(item, "thisrevisioncreated")
        about = _told(
            title,
            date or _plain(item, "dateid"),
            _provider_1(item),
            _text(item, "byline"),
            "",
        )
        yield Converted("\n".join(lines), about, name=label)


def _contents_1(item: Element) -> list[Element]:
    """Return the texts of an item; of equivalent ones the first."""
    contents = every(item, "datacontent")
    seen: set[Element] = set()
    chosen = []
    for content in contents:
        choice = next(
            (
                node
                for node in content.iterancestors()
                if node.get("EquivalentsList") == "yes"
            ),
            None,
        )
        if choice is None or choice not in seen:
            chosen.append(content)
            seen |= {choice} if choice is not None else set()
    return chosen


def _data_content(content: Element) -> list[str]:
    nitf = next(iter(every(content, "body.content")), None)
    if nitf is not None:
        return _lines(nitf)
    if len(content):
        return _lines(content)
    text = "".join(content.itertext())
    return html_lines(text) if "</" in text else _plain_lines(text)


def _provider_1(item: Element) -> str:
    for name in ("provider", "source", "creator"):
        for node in every(item, name):
            party = child(node, "party")
            if party is not None and party.get("FormalName"):
                return str(party.get("FormalName"))
    return _plain(item, "providerid")


_ROOTS: dict[str, Callable[[Element], Iterator[Converted]]] = {
    "nitf": _nitf,
    "newsitem": _g2,
    "newsmessage": _g2,
    "packageitem": _g2,
    "newsml": _newsml_1,
}


def _lines(element: Element) -> list[str]:
    return [line.text for line in lines_of(element)]


def _plain_lines(text: str) -> list[str]:
    return [line for line in map(collapse, text.splitlines()) if line]


def _unrepeated(above: list[str], lines: list[str]) -> list[str]:
    """Return the lines with those above them that they do not hold already."""
    held = set(lines)
    return [line for line in dict.fromkeys(above) if line and line not in held] + lines


def _text(element: Element, name: str) -> str:
    """Return what is shown of the first descendant of a name."""
    return next((text_of(node) for node in every(element, name)), "")


def _plain(element: Element, name: str) -> str:
    """Return the text of the first descendant of a name, shown or not."""
    return next(
        (collapse("".join(node.itertext())) for node in every(element, name)), ""
    )


def _attribute(element: Element, name: str, attribute: str) -> str:
    found = (node.get(attribute, "") for node in every(element, name))
    return next((collapse(value) for value in found if value), "")


def _told(title: str, date: str, outlet: str, author: str, url: str) -> About:
    return About(
        title[:_LONGEST],
        iso_date(date),
        outlet[:_LONGEST],
        author[:_LONGEST],
        url if url.startswith(("http://", "https://")) else "",
    )
