"""Name places and show words of excerpts, safe for a terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dedupe.reporters import palette
from dedupe.reporters.neutralizer import neutralize, show_name

if TYPE_CHECKING:
    from dedupe.explaining.explanation import Excerpt
    from dedupe.model import Span

ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
PILCROW = "\N{PILCROW SIGN}"
_BREAK = re.compile(r"\s*\n\s*")


def painted(text: str, color: str, *, on: bool) -> str:
    """Return text in a color, if it is on."""
    return f"{color}{text}{palette.RESET}" if on and text else text


def place_of(excerpt: Excerpt, span: Span) -> str:
    """Return the name and the lines of a place, for a reader."""
    return f"{show_name(excerpt.name)}:{lines_of(excerpt.lines(span))}"


def lines_of(lines: tuple[int, int]) -> str:
    """Return the first and the last line, or the only one."""
    first, last = lines
    return f"{first}" if first == last else f"{first}-{last}"


def shown_words(text: str) -> str:
    """Return text on one line, safe to show."""
    return neutralize(_BREAK.sub(f" {PILCROW} ", text).replace("\t", " "))
