"""Read RSS and Atom files: each entry is a document."""

from __future__ import annotations

import html
import io
import re
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dedupe.errors import ForeignFile, InputError, MissingExtra
from dedupe.model import About
from dedupe.readers.dates import iso_date
from dedupe.readers.decoding import without_surrogates
from dedupe.readers.documents import Converted, Unreadable
from dedupe.readers.markup import (
    HARMLESS,
    collapse,
    html_lines,
    require_few_attributes,
)
from dedupe.readers.xml_tree import (
    LimitError,
    Xml,
    parse_xml,
    read_xml,
    with_characters,
)

if TYPE_CHECKING:
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

# The root elements of RSS 0.9x and 2.0, of Atom, and of RSS 1.0.
ROOTS = frozenset({"rss", "feed", "rdf"})

_LONGEST = 1000  # characters of a title
# What is not well-formed is read by patterns, which takes more than twice as long for
# a text of twice the length.
_LARGEST_BROKEN = 1 << 20
_MARKUP = re.compile(r"</?[a-zA-Z]|&#?\w+;|<!--")
_PARAGRAPHS = re.compile(r"\n\s*\n")
_NO_FEED = "XML of another kind: no RSS or Atom feed"
_EMPTY = "a feed without entries that hold text"
_BROKEN = "the feed is not well-formed: some of it may be missing"


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the entries of a feed that hold text, in their order; fetch nothing."""
    xml = read_xml(file, options)
    if xml.root not in ROOTS:
        raise ForeignFile(_NO_FEED)
    yield from entries_of(xml)


def entries_of(xml: Xml) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the entries of a feed that was read."""
    feed, broken = _parse(xml)
    warning = "; ".join(filter(None, (xml.warning, broken)))
    outlet = _one_line(feed["feed"].get("title"))
    found = False
    for entry in feed["entries"]:
        try:
            lines = _lines(entry)
        except InputError as error:
            yield Unreadable(str(error), _label(entry))
            continue
        if lines:
            found = True
            text = without_surrogates("\n".join(lines))
            about = _about(entry, outlet)
            yield Converted(text, about, warning, _label(entry), xml.encoding)
    if not found:
        raise ForeignFile(_EMPTY)


def _parse(xml: Xml) -> tuple[Mapping[str, Any], str]:
    """Return what feedparser makes of a feed, and a warning where it had to guess."""
    try:
        import feedparser  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("feeds", "feedparser", "feeds") from None
    text = with_characters(xml.text)
    data = text.encode("utf-8", "replace")
    if len(data) > HARMLESS:
        require_few_attributes(data)  # feedparser is as slow with them as libxml2
    broken = ""
    try:
        parse_xml(text)
    except LimitError:
        raise
    except InputError as error:
        if len(data) > _LARGEST_BROKEN:
            raise
        broken = f"{_BROKEN} ({error})"
    # Bytes in a stream, never a string: that may be taken for an address to fetch.
    feed = feedparser.parse(
        io.BytesIO(data),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not feed["entries"] and not feed.get("version"):
        raise InputError(broken or _NO_FEED)
    return feed, broken


def _lines(entry: Mapping[str, Any]) -> list[str]:
    """Return the lines of an entry: its headline, then all of its text there is."""
    contents = [*entry.get("content", ())]
    if entry.get("summary_detail"):
        contents.append(entry["summary_detail"])
    bodies = [_content_lines(content) for content in contents]
    # An entry may come in several forms, and a summary is not always the shorter one.
    body = max(bodies, key=lambda lines: sum(map(len, lines)), default=[])
    title = _one_line(entry.get("title"))
    return [title, *body] if title and title not in body else body


def _content_lines(content: Mapping[str, Any]) -> list[str]:
    value = content.get("value") or ""
    if _MARKUP.search(value):
        return html_lines(value)
    # Text alone is broken by its writer where it is convenient; a blank line ends a
    # paragraph.
    return [line for line in map(collapse, _PARAGRAPHS.split(value)) if line]


def _about(entry: Mapping[str, Any], outlet: str) -> About:
    source = entry.get("source")
    own = _one_line(source.get("title")) if isinstance(source, Mapping) else ""
    url = str(entry.get("link") or "")
    return About(
        _one_line(entry.get("title")),
        _date(entry),
        own or outlet,
        _one_line(entry.get("author")),
        without_surrogates(url) if url.startswith(("http://", "https://")) else "",
    )


def _date(entry: Mapping[str, Any]) -> str:
    """Return when an entry was published, in ISO 8601 where it can be read."""
    for name in ("published", "updated", "created"):
        written = entry.get(name)
        if written:
            told = iso_date(str(written))
            parsed = entry.get(f"{name}_parsed")
            if told[:4].isdigit() or not parsed:
                return told
            return time.strftime("%Y-%m-%dT%H:%M:%SZ", parsed)
    return ""


def _label(entry: Mapping[str, Any]) -> str:
    return _one_line(entry.get("id") or entry.get("link"))


def _one_line(value: object) -> str:
    """Return the text of a title, which may be HTML."""
    text = value if isinstance(value, str) else ""
    if _MARKUP.search(text):
        text = " ".join(html_lines(text)) if "<" in text else html.unescape(text)
    return without_surrogates(collapse(text))[:_LONGEST]
