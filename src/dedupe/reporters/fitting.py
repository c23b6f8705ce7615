"""Break lines where a terminal would, but between words.

A terminal breaks a line at its last column, in the middle of a word, whose letters then
no longer join; and what it carries over to the next line has no prefix.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dedupe.reporters.palette import RESET

NARROWEST = 30  # columns: what is narrower than that cannot be helped

RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"

# Letters and marks that are written from the right; the comma and the like are not.
_FROM_THE_RIGHT = (
    "[\u0590-\u05ff\u0610-\u061a\u0620-\u065f\u066e-\u06dc\u06fa-\u08ff"
    "\ufb1d-\ufdff\ufe70-\ufefc]"
)
_COLOR = re.compile(r"\x1b\[[\d;]*m")
_PIECE = re.compile(r"\x1b\[[\d;]*m| +|[^ \x1b]+")


def columns(text: str) -> int:
    r"""Return how many columns of a terminal a text takes; colors take none.

    >>> columns("مُحَمَّد"), columns("新闻"), columns("\x1b[1mabc\x1b[0m")
    (4, 4, 3)
    """
    if text.isascii() and "\x1b" not in text:
        return len(text)
    return sum(map(_width, _COLOR.sub("", text)))


@lru_cache(maxsize=1 << 12)
def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fitted(text: str, width: int, first: str = "", later: str = "") -> Iterator[str]:
    """Yield the text in lines with a prefix, broken at spaces, no color cut in two.

    A word that is wider than a line stands on one of its own.

    >>> list(fitted("one two three four five six seven", 30, "- ", "  "))
    ['- one two three four five six', '  seven']
    """
    prefix, color = first, ""
    line, used = "", 0
    between, next_color = "", ""  # what stands between the last word and the next one
    for piece in _PIECE.findall(text):
        if piece == RESET:
            line, color, next_color = line + piece, "", ""
        elif piece[0] in "\x1b ":
            between += piece
            next_color = piece if piece[0] == "\x1b" else next_color
        else:
            needed = columns(piece)
            room = max(width, NARROWEST) - columns(prefix) - columns(between)
            if used and used + needed > room:
                yield prefix + line + (RESET if color else "")
                line, used, between, prefix = next_color, 0, "", later
            line += between + piece
            used += columns(between) + needed
            between, color = "", next_color
    yield prefix + line


def steady(line: str) -> str:
    """Return a line of Arabic whose first and last signs stand at its ends.

    A terminal that orders letters takes the lines of a report for English ones, and
    would put the point that ends an Arabic line before its beginning. The marks that
    keep it there cannot be seen.
    """
    text = _COLOR.sub("", line)
    if not re.search(_FROM_THE_RIGHT, text):
        return line
    first = "" if re.match(_FROM_THE_RIGHT, text[0]) else RIGHT_TO_LEFT
    last = "" if re.match(_FROM_THE_RIGHT, text[-1]) else RIGHT_TO_LEFT
    return f"{first}{line}{last}"


def isolated(name: str) -> str:
    """Return a name that does not turn about what stands around it."""
    return f"{ISOLATE}{name}{END}" if re.search(_FROM_THE_RIGHT, name) else name


def filled(items: Iterable[str], width: int, later: str) -> Iterator[str]:
    """Yield lines of items, each whole, with a space between them.

    >>> list(filled(["today/a.txt:1,", "wire/b.txt:2:", "identical"], 30, "  "))
    ['today/a.txt:1, wire/b.txt:2:', '  identical']
    """
    line = ""
    for item in items:
        joined = f"{line} {item}" if line else item
        if line and columns(joined) > max(width, NARROWEST):
            yield line
            joined = later + item
        line = joined
    yield line
