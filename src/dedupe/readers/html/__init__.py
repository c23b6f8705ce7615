"""Read an HTML page: its article, and what the page tells of it."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from dedupe.errors import DecodingError, ForeignFile
from dedupe.readers.decoding import AUTO, Decoded, decode
from dedupe.readers.documents import Converted

if TYPE_CHECKING:
    from dedupe.readers.documents import ReadOptions

# Browsers look for the encoding in the first 1,024 bytes; pages are less careful.
_HEAD = 16 << 10
_DECLARED = re.compile(
    rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([\w.:-]+)"""
    rb"""|^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)""",
    re.IGNORECASE,
)
# Names that browsers know and Python does not, or takes for another encoding: the
# first two are read as windows-1252, and UTF-16 that can be read so far is UTF-8.
_LABELS = {
    "iso-8859-1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "latin1": "cp1252",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "unicode": "utf-8",
    "x-cp1256": "cp1256",
    "windows1256": "cp1256",
    "asmo-708": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "iso-8859-6-i": "iso8859-6",
    "csiso88596e": "iso8859-6",
    "csiso88596i": "iso8859-6",
    "dos-720": "cp720",
    "x-mac-arabic": "mac-arabic",
}
_WESTERN = frozenset({"cp1252", "iso8859-1", "ascii"})
_NOT_OF_THE_WEB = frozenset(
    ["idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"]
)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def convert(data: bytes, options: ReadOptions) -> Converted:
    """Return the article of a page."""
    return convert_page(decode_html(data, options), options)


def convert_page(decoded: Decoded, options: ReadOptions, url: str = "") -> Converted:
    """Return the article of a page that is decoded; `url` is where it was found."""
    from dedupe.readers.html.about import read_told  # noqa: PLC0415 - read by few
    from dedupe.readers.html.content import find_content  # noqa: PLC0415
    from dedupe.readers.markup import parse_html  # noqa: PLC0415

    root = parse_html(decoded.text)
    if root is None:
        raise ForeignFile("holds no text")
    told = read_told(root, url)
    content = find_content(root, told, options.html_content)
    warning = "; ".join(filter(None, (decoded.warning, content.warning)))
    return Converted(
        "\n".join(content.lines), told.about, warning, "", decoded.encoding
    )


def decode_html(data: bytes, options: ReadOptions, declared: str = "") -> Decoded:
    """Return the text of a page, in the encoding it is in rather than the one it says.

    A byte order mark decides, then UTF-8 that cannot be anything else, then what the
    transport (`declared`) or the page itself says, then what its letters tell. Arabic
    that calls itself Western is Arabic.

    >>> from dedupe.readers.documents import ReadOptions
    >>> page = '<meta charset="windows-1256"><p>نص'.encode("cp1256")
    >>> decode_html(page, ReadOptions()).encoding
    'windows-1256'
    """
    if options.encoding != AUTO or data.startswith(_MARKS) or _is_utf8(data):
        return decode(data, options.encoding, strict=options.strict)
    codec = _codec(declared) or _codec(_declared(data))
    if not codec or codec == "utf-8":
        return decode(data, strict=options.strict)
    if codec in _WESTERN:
        try:
            return decode(data, strict=options.strict)
        except DecodingError:
            pass
    try:
        return decode(data, codec, strict=options.strict)
    except DecodingError:
        return decode(data, strict=options.strict)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data, 0, _HEAD)
    return (found[1] or found[2]).decode("ascii", "ignore") if found else ""


def _codec(label: str) -> str:
    """Return the codec for a label of the web, "" where there is none."""
    name = label.strip().strip("\"'").lower()
    try:
        codec = codecs.lookup(_LABELS.get(name, name)).name
        b"    ".decode(codec)  # not all codecs are of text
    except (LookupError, ValueError):
        return ""
    return "" if codec in _NOT_OF_THE_WEB else codec
