"""Cut an excerpt into what agrees with the other places and what does not."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.model import Occurrence

JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"


class Piece(NamedTuple):
    """A stretch of an excerpt."""

    text: str
    agrees: bool


def pieces(place: Occurrence) -> list[Piece]:
    """Return the excerpt in pieces, in order, of whole words."""
    excerpt = place.excerpt
    cut: list[Piece] = []
    position = 0
    for start, end in _agreeing(place):
        if start > position:
            cut.append(Piece(excerpt[position:start], agrees=False))
        cut.append(Piece(excerpt[start:end], agrees=True))
        position = end
    if position < len(excerpt):
        cut.append(Piece(excerpt[position:], agrees=False))
    return cut


def without_opening(place: Occurrence, text: str) -> Occurrence:
    """Return the place as if it began with what agrees; `text` is its document.

    Its excerpt is no longer than it was.
    """
    start = place.passages[0][0]
    while _inside_word(text, start):
        start -= 1
    end = place.span[1]
    stop = min(end, start + len(place.excerpt))
    while stop < end and stop > start and _inside_word(text, stop):
        stop -= 1
    return place._replace(
        span=place.span._replace(start=start), excerpt=text[start:stop].rstrip()
    )


def word_edges(text: str) -> tuple[int, int]:
    """Return where the first word begins and the last one ends.

    >>> word_edges(" («قال»). ")
    (3, 6)
    """
    start, end = 0, len(text)
    while start < end and not _belongs_to_word(text[start]):
        start += 1
    while end > start and not _belongs_to_word(text[end - 1]):
        end -= 1
    return start, end


def _agreeing(place: Occurrence) -> Iterator[tuple[int, int]]:
    """Yield where passages lie in the excerpt, which may be cut off before the last."""
    excerpt = place.excerpt
    origin = place.span[0]
    reached = 0
    for first, last in place.passages:
        start = max(first - origin, reached)
        end = min(last - origin, len(excerpt))
        if start >= end:
            continue
        while start > reached and _inside_word(excerpt, start):
            start -= 1
        while _inside_word(excerpt, end):
            end += 1
        yield start, end
        reached = end


def _inside_word(text: str, position: int) -> bool:
    """Tell whether a cut at this position would part the letters of a word."""
    return (
        0 < position < len(text)
        and _belongs_to_word(text[position - 1])
        and _belongs_to_word(text[position])
    )


# A report asks this of the same few letters half a million times.
@lru_cache(maxsize=1 << 12)
def _belongs_to_word(character: str) -> bool:
    return (
        character.isalnum()
        or character in JOINERS
        or unicodedata.category(character).startswith("M")
    )
