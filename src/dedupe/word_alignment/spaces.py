"""Find words that two texts part differently: ما وصل and ماوصل."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from dedupe.arabic import YEHS_BEFORE_HAMZA
from dedupe.normalizer import normalize
from dedupe.word_alignment.blocks import Block, Written, changed

_YEHS = re.compile(YEHS_BEFORE_HAMZA)
# Words that are parted differently: ما وصل and ماوصل, at most so many together.
PARTED_WORDS = 3
LARGEST_PARTED_GAP = 64  # words


def parted_differently(
    block: Block, left_written: Written, right_written: Written
) -> list[Block]:
    """Find in a replaced block the words that differ by a space alone."""
    if (
        block.kind != "replaced"
        or max(block.left_words, block.right_words) > LARGEST_PARTED_GAP
    ):
        return [block]
    left = [_solid(left_written(row)) for row in range(block.left, block.left_stop)]
    right = [_solid(right_written(row)) for row in range(block.right, block.right_stop)]
    parts: list[Block] = []
    row = column = 0

    def close(stop: int, other_stop: int) -> None:
        if stop > row or other_stop > column:
            parts.append(
                changed(
                    block.left + row,
                    block.left + stop,
                    block.right + column,
                    block.right + other_stop,
                )
            )

    for start, stop, other, other_stop in _same_letters(left, right):
        close(start, other)
        row, column = stop, other_stop
        parts.append(
            Block(
                "respelled",
                block.left + start,
                block.left + stop,
                block.right + other,
                block.right + other_stop,
            )
        )
    close(len(left), len(right))
    return parts


def _same_letters(
    left: Sequence[str], right: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield the rows of words that are equal when written together, ascending."""
    places: dict[str, list[tuple[int, int]]] = {}
    for start, stop in _few(len(right)):
        places.setdefault(_together(right[start:stop]), []).append((start, stop))
    reached = other_reached = 0
    for start, stop in _few(len(left)):
        if start < reached:
            continue
        for other, other_stop in places.get(_together(left[start:stop]), ()):
            if other >= other_reached and stop - start != other_stop - other:
                yield start, stop, other, other_stop
                reached, other_reached = stop, other_stop
                break


def _together(words: Sequence[str]) -> str:
    """Return folded words as if no space stood between them."""
    return _YEHS.sub("", "".join(words))


def _few(count: int) -> Iterator[tuple[int, int]]:
    for start in range(count):
        for stop in range(start + 1, min(start + PARTED_WORDS, count) + 1):
            yield start, stop


@lru_cache(maxsize=1 << 12)
def _solid(word: str) -> str:
    return normalize(word).text.replace(" ", "")
