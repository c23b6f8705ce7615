"""Find the runs of words that stand in another place of the other text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dedupe.corpus import BoolArray, IntArray
from dedupe.shingles import SHINGLE_WORDS
from dedupe.word_alignment.blocks import SAME, Block, changed
from dedupe.word_alignment.equal_words import equal_beginning

# Fewer words stand in another place by chance, in long texts more of them.
MOVED_WORDS = SHINGLE_WORDS
LONG_TEXT = 500  # words
MOVED_WORDS_IN_LONG_TEXT = 6
MOST_PLACES = 16  # of a run that may have moved


def with_moved(blocks: Sequence[Block], left: IntArray, right: IntArray) -> list[Block]:
    """Find among what has changed the runs that stand elsewhere in the other text."""
    changed = [block for block in blocks if block.kind not in SAME]
    moved = _moved(
        _mask(left.size, [(block.left, block.left_stop) for block in changed]),
        _mask(right.size, [(block.right, block.right_stop) for block in changed]),
        left,
        right,
    )
    if not moved:
        return list(blocks)
    own = sorted(moved, key=lambda one: one.left)
    away = sorted((block.right, block.right_stop) for block in moved)
    return [
        part
        for block in blocks
        for part in ((block,) if block.kind in SAME else _cut_out(block, own, away))
    ]


def _mask(size: int, ranges: Sequence[tuple[int, int]]) -> BoolArray:
    mask = np.zeros(size, np.bool_)
    for start, stop in ranges:
        mask[start:stop] = True
    return mask


def _moved(
    free: BoolArray, other_free: BoolArray, left: IntArray, right: IntArray
) -> list[Block]:
    """Return runs of equal words among those that are free, the longest first."""
    places: dict[tuple[int, ...], list[int]] = {}
    for start, key in _free_runs(other_free, right):
        held = places.setdefault(key, [])
        if len(held) < MOST_PLACES:
            held.append(start)
    # The words at each end stand for the one before the first, and agree with none.
    one = np.append(np.where(free, left, -1), -1)
    other = np.append(np.where(other_free, right, -2), -2)
    candidates = [
        _longest_from(one, other, start, column)
        for start, key in _free_runs(free, left)
        for column in places.get(key, ())
        if one[start - 1] != other[column - 1]
    ]
    is_long = max(left.size, right.size) > LONG_TEXT
    least = MOVED_WORDS_IN_LONG_TEXT if is_long else MOVED_WORDS
    candidates = [block for block in candidates if block.left_words >= least]
    found = []
    for block in sorted(candidates, key=lambda one: (-one.left_words, one.left)):
        rows = slice(block.left, block.left_stop)
        columns = slice(block.right, block.right_stop)
        if free[rows].all() and other_free[columns].all():
            free[rows] = other_free[columns] = False
            found.append(block)
    return found


def _longest_from(left: IntArray, right: IntArray, row: int, column: int) -> Block:
    size = equal_beginning(left[row:], right[column:])
    return Block("moved", row, row + size, column, column + size)


def _free_runs(
    free: BoolArray, words: IntArray
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield where runs of a few free words begin, with their words."""
    for start in np.flatnonzero(free[: max(free.size - MOVED_WORDS + 1, 0)]).tolist():
        if free[start : start + MOVED_WORDS].all():
            yield start, tuple(words[start : start + MOVED_WORDS].tolist())


def _cut_out(
    block: Block, moved: Sequence[Block], away: Sequence[tuple[int, int]]
) -> Iterator[Block]:
    """Yield a changed block without the words that moved, and those at their place.

    Where nothing is cut out, the two sides of the block stay together.
    """
    own = [one for one in moved if block.left <= one.left < block.left_stop]
    gone = [span for span in away if block.right <= span[0] < block.right_stop]
    if not own and not gone:
        yield block
        return
    rights = list(_between(block.right, block.right_stop, gone))
    lefts = [(one.left, one.left_stop) for one in own]
    rest = list(_between(block.left, block.left_stop, lefts))
    if len(rest) == 1 and len(rights) == 1:
        # One replaces the other, and what moved stands before or after.
        kept = [changed(*rest[0], *rights[0])]
    else:
        kept = [changed(*one, block.right, block.right) for one in rest]
    yield from sorted((*own, *kept), key=lambda one: one.left)
    if len(rest) != 1 or len(rights) != 1:
        for right in rights:
            yield changed(block.left_stop, block.left_stop, *right)


def _between(
    start: int, stop: int, taken: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """Yield the ranges from start to stop that are not taken."""
    for first, last in taken:
        if first > start:
            yield start, first
        start = last
    if stop > start:
        yield start, stop
