"""Repair what a program before us read or wrote wrongly: encodings, entities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dedupe import mojibake
from dedupe.edits import Edit
from dedupe.repairs.characters import (
    LETTERS,
    MARKS,
    NOTHING,
    SHAPES,
    SHAPES_OF_MARKS,
    TATWEEL,
    ZWJ,
    ZWNJ,
)
from dedupe.repairs.ways import Way


def encoding(text: str, _way: Way) -> Iterator[Edit]:
    """Read again what was read with the wrong encoding."""
    for start, end, again in mojibake.read_again(text):
        yield Edit(start, end, again, "encoding", "was read with the wrong encoding")


# Decoded only when a semicolon ends it: AT&T and &copyright are no entities.
_ENTITY = re.compile("&(#[0-9]{1,16}|#[xX][0-9a-fA-F]{1,16}|[A-Za-z][A-Za-z0-9]*);")
_NAMED = {
    "quot": "\N{QUOTATION MARK}",
    "apos": "\N{APOSTROPHE}",
    "laquo": "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "raquo": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "lsaquo": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
    "rsaquo": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    "ldquo": "\N{LEFT DOUBLE QUOTATION MARK}",
    "rdquo": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "bdquo": "\N{DOUBLE LOW-9 QUOTATION MARK}",
    "lsquo": "\N{LEFT SINGLE QUOTATION MARK}",
    "rsquo": "\N{RIGHT SINGLE QUOTATION MARK}",
    "sbquo": "\N{SINGLE LOW-9 QUOTATION MARK}",
    "ndash": "\N{EN DASH}",
    "mdash": "\N{EM DASH}",
    "hellip": "\N{HORIZONTAL ELLIPSIS}",
    "bull": "\N{BULLET}",
    "middot": "\N{MIDDLE DOT}",
    "copy": "\N{COPYRIGHT SIGN}",
    "reg": "\N{REGISTERED SIGN}",
    "trade": "\N{TRADE MARK SIGN}",
    "deg": "\N{DEGREE SIGN}",
    "times": "\N{MULTIPLICATION SIGN}",
    "euro": "\N{EURO SIGN}",
    "pound": "\N{POUND SIGN}",
    "nbsp": "\N{NO-BREAK SPACE}",
    "ensp": "\N{EN SPACE}",
    "emsp": "\N{EM SPACE}",
    "thinsp": "\N{THIN SPACE}",
    "shy": "\N{SOFT HYPHEN}",
    "zwnj": ZWNJ,
    "zwj": ZWJ,
    "lrm": "\N{LEFT-TO-RIGHT MARK}",
    "rlm": "\N{RIGHT-TO-LEFT MARK}",
}
# By number also what Arabic is written with, and plain signs. Never < > & nor what
# another entity could be made of: letters and digits of ASCII, # and the semicolon.
_NUMBERED = re.compile(
    f"[ !\"'(),./:?\\-{''.join(_NAMED.values())}"
    f"\u060c\u061b\u061f\u0660-\u066d\u06d4\u06f0-\u06f9{LETTERS}{MARKS}"
    f"{TATWEEL}{NOTHING}{SHAPES}{SHAPES_OF_MARKS}\ufd3e\ufd3f\ufdf2-\ufdfd]"
)


def entities(text: str, way: Way) -> Iterator[Edit]:
    """Write what an HTML entity stands for."""
    for match in _ENTITY.finditer(text):
        decoded = _NAMED.get(match[1]) or _numbered(match[1])
        # In Markdown an entity is the way to write a sign that means nothing there.
        if decoded and not (way.markup and (decoded.isascii() or decoded.isspace())):
            yield Edit(*match.span(), decoded, "entity", "written as an HTML entity")


def _numbered(name: str) -> str:
    """Return the character of a numeric entity that may be decoded, or nothing."""
    if not name.startswith("#"):
        return ""
    base = 16 if name[1] in "xX" else 10
    code = int(name[1:].lstrip("xX"), base)
    # HTML reads the numbers of C1 controls as those of Windows.
    if code > 0xFFFF or 0x80 <= code < 0xA0:  # noqa: PLR2004
        return ""
    return chr(code) if _NUMBERED.fullmatch(chr(code)) else ""
