"""Align the words of two texts for a reader: equal, replaced, left out, moved.

Runs that stand once in each text are anchors (patience diff, Bram Cohen); what lies
between two anchors is aligned by a longest common subsequence, computed row by row in
linear memory (Hirschberg, Communications of the ACM 18, 1975).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from dedupe.arabic import YEHS_BEFORE_HAMZA
from dedupe.corpus import BoolArray, IntArray, UInt64Array
from dedupe.normalizer import normalize
from dedupe.shingles import SHINGLE_WORDS
from dedupe.values import dataclass

Kind: TypeAlias = Literal[
    "equal", "respelled", "replaced", "only-left", "only-right", "moved"
]
Written: TypeAlias = Callable[[int], str]
Pair: TypeAlias = tuple[int, int]  # rows of equal words

KINDS: tuple[Kind, ...] = (
    "equal",
    "respelled",
    "replaced",
    "only-left",
    "only-right",
    "moved",
)
SAME = ("equal", "respelled")
_YEHS = re.compile(YEHS_BEFORE_HAMZA)
# Two texts of 8,000 words without an anchor take about a second; what is longer stays
# unaligned, and the explanation says so.
MOST_CELLS = 8_000 * 8_000
TABLE_CELLS = 1 << 20  # of a table that is kept whole
# A word or two that happen to be equal amid so many times as many changed ones do not
# help a reader.
LONELY = 6
# Fewer words stand in another place by chance, in long texts more of them.
MOVED_WORDS = SHINGLE_WORDS
LONG_TEXT = 500  # words
MOVED_WORDS_IN_LONG_TEXT = 6
MOST_PLACES = 16  # of a run that may have moved
# Words that are parted differently: ما وصل and ماوصل, at most so many together.
PARTED_WORDS = 3
LARGEST_PARTED_GAP = 64  # words


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of words on both sides, half-open; an empty range where there are none."""

    kind: Kind
    left: int
    left_stop: int
    right: int
    right_stop: int

    @property
    def left_words(self) -> int:
        """Return how many words of the left text it has."""
        return self.left_stop - self.left

    @property
    def right_words(self) -> int:
        """Return how many words of the right text it has."""
        return self.right_stop - self.right


def align(
    left: UInt64Array, right: UInt64Array, left_written: Written, right_written: Written
) -> tuple[list[Block], int]:
    """Return blocks that hold each word of both texts once, in the left one's order.

    Also how many words stand in places too long to be aligned. What is only in the
    right text comes after the word that it follows there.
    """
    numbers = np.unique(np.concatenate([left, right]), return_inverse=True)[1]
    one, other = numbers[: left.size], numbers[left.size :]
    pairs, not_compared = _pairs(one, other)
    sizes = one.size, other.size
    blocks = list(_filled(_without_lonely(_runs(pairs), *sizes), *sizes))
    blocks = [
        part
        for block in blocks
        for part in _parted_differently(block, left_written, right_written)
    ]
    return _with_moved(blocks, one, other), not_compared


def part_respelled(
    block: Block, left_written: Written, right_written: Written
) -> list[Block]:
    """Return a block of equal words in blocks that are written the same or not."""
    parts: list[Block] = []
    for row in range(block.left_words):
        left, right = block.left + row, block.right + row
        same = left_written(left) == right_written(right)
        kind: Kind = "equal" if same else "respelled"
        if parts and parts[-1].kind == kind:
            parts[-1] = replace(parts[-1], left_stop=left + 1, right_stop=right + 1)
        else:
            parts.append(Block(kind, left, left + 1, right, right + 1))
    return parts


def longest_run(
    left: UInt64Array,
    right: UInt64Array,
    left_part: IntArray,
    right_part: IntArray,
) -> tuple[int, int, int]:
    """Return the longest run of equal words within a part of each: words, rows.

    Parts are paragraphs, one number a word. Of several, the first in the left text, and
    its first place in the right one. Runs of twice the length are numbered from
    those of the length before (Karp, Miller and Rosenberg, STOC 1972).
    """
    if not left.size or not right.size:
        return 0, 0, 0
    words = np.unique(np.concatenate([left, right]), return_inverse=True)[1]
    part = np.concatenate([left_part, right_part + left_part.max() + 1])
    doubled = [words.astype(np.int64)]

    def places(length: int) -> tuple[IntArray, IntArray]:
        """Return a number for each run of this length, and where they begin."""
        level = length.bit_length() - 1
        while len(doubled) <= level:
            doubled.append(_joined(doubled[-1], 1 << (len(doubled) - 1)))
        runs = doubled[level][: words.size - length + 1]
        runs = _numbered(runs, doubled[level][length - (1 << level) :][: runs.size])
        begin = np.flatnonzero(part[: runs.size] == part[length - 1 :])
        return runs[begin], begin

    def shared(length: int) -> tuple[int, int] | None:
        runs, begin = places(length)
        border = int(np.searchsorted(begin, left.size))
        hit = np.flatnonzero(np.isin(runs[:border], runs[border:]))
        if not hit.size:
            return None
        twin = np.flatnonzero(runs[border:] == runs[hit[0]])[0]
        return int(begin[hit[0]]), int(begin[border + twin]) - left.size

    longest = int(min(np.bincount(left_part).max(), np.bincount(right_part).max()))
    low, found = 0, (0, 0)
    while low < longest:
        middle = (low + longest + 1) // 2
        at = shared(middle)
        if at is None:
            longest = middle - 1
        else:
            low, found = middle, at
    return low, *found


def _joined(runs: IntArray, length: int) -> IntArray:
    """Number the runs of twice the length."""
    if runs.size <= length:
        return runs[:0]
    return _numbered(runs[:-length], runs[length:])


def _numbered(one: IntArray, other: IntArray) -> IntArray:
    """Return a number for each pair, the same for equal pairs."""
    if not one.size:
        return one
    keys = one * (int(other.max()) + 1) + other
    numbers: IntArray = np.unique(keys, return_inverse=True)[1]
    return numbers.astype(np.int64)


def _pairs(left: IntArray, right: IntArray) -> tuple[list[Pair], int]:
    """Return the rows of equal words, ascending on both sides."""
    pairs: list[Pair] = []
    not_compared = 0
    ends = [(-1, -1), *_anchors(left, right), (left.size, right.size)]
    for (before, other_before), (after, other_after) in pairwise(ends):
        gap = slice(before + 1, after), slice(other_before + 1, other_after)
        one, other = left[gap[0]], right[gap[1]]
        if before >= 0:
            pairs.append((before, other_before))
        if after - before == other_after - other_before == 1:
            continue
        found, missed = _between_anchors(one, other)
        pairs += [
            (before + 1 + row, other_before + 1 + column) for row, column in found
        ]
        not_compared += missed
    return pairs, not_compared


def _between_anchors(left: IntArray, right: IntArray) -> tuple[list[Pair], int]:
    """Return the pairs of equal words, and how many words are too many to align."""
    head = _equal_beginning(left, right)
    tail = _equal_beginning(left[head:][::-1], right[head:][::-1])
    one, other = left[head : left.size - tail], right[head : right.size - tail]
    pairs = [(row, row) for row in range(head)]
    missed = 0
    if one.size * other.size > MOST_CELLS:
        missed = max(one.size, other.size)
    else:
        pairs += [(head + row, head + column) for row, column in _common(one, other)]
    ends = left.size - tail, right.size - tail
    pairs += [(ends[0] + row, ends[1] + row) for row in range(tail)]
    return pairs, missed


def _anchors(left: IntArray, right: IntArray) -> list[Pair]:
    """Return pairs of equal words around runs that stand once in each text."""
    seeds = _once_in_both(left, right)
    pairs: list[Pair] = []
    next_left = next_right = 0
    for row, column in _longest_ascending(seeds):
        if row < next_left or column < next_right:
            continue
        start, other = row, column
        while (
            start > next_left
            and other > next_right
            and left[start - 1] == right[other - 1]
        ):
            start, other = start - 1, other - 1
        while start < left.size and other < right.size and left[start] == right[other]:
            pairs.append((start, other))
            start, other = start + 1, other + 1
        next_left, next_right = start, other
    return pairs


def _once_in_both(left: IntArray, right: IntArray) -> list[Pair]:
    """Return where the runs of a few words stand that each text has once."""
    if min(left.size, right.size) < SHINGLE_WORDS:
        return []
    size = left.size - SHINGLE_WORDS + 1
    joint = np.concatenate([left, right])
    keys = joint
    for step in range(1, SHINGLE_WORDS):
        keys = _numbered(keys[: joint.size - step], joint[step:])
    sides = keys[:size], keys[left.size :]
    unique = []
    for side in sides:
        values, first, count = np.unique(side, return_index=True, return_counts=True)
        unique.append((values[count == 1], first[count == 1]))
    _, one, other = np.intersect1d(
        unique[0][0], unique[1][0], assume_unique=True, return_indices=True
    )
    rows, columns = unique[0][1][one], unique[1][1][other]
    order = np.argsort(rows)
    return list(zip(rows[order].tolist(), columns[order].tolist(), strict=True))


def _longest_ascending(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the most pairs, of those sorted by row, whose columns ascend too."""
    tails: list[int] = []  # column
    ends: list[int] = []  # index of its pair
    before = [-1] * len(pairs)
    for index, (_, column) in enumerate(pairs):
        place = bisect_left(tails, column)
        before[index] = ends[place - 1] if place else -1
        tails[place : place + 1] = [column]
        ends[place : place + 1] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _common(left: IntArray, right: IntArray) -> Iterator[Pair]:
    """Yield the pairs of a longest common subsequence."""
    if not left.size or not right.size:
        return
    if left.size * right.size <= TABLE_CELLS:
        yield from _traced(left, right)
        return
    if left.size == 1:
        yield from ((0, int(row)) for row in np.flatnonzero(right == left[0])[:1])
        return
    half = left.size // 2
    above = _scores(left[:half], right)
    below = _scores(left[half:][::-1], right[::-1])[::-1]
    column = int(np.argmax(above + below))
    yield from _common(left[:half], right[:column])
    for row, other in _common(left[half:], right[column:]):
        yield row + half, other + column


def _scores(left: IntArray, right: IntArray) -> IntArray:
    """Return how long the common subsequence with each beginning of `right` is."""
    row = np.zeros(right.size + 1, np.int64)
    for word in left:
        row = _next_row(row, right == word)
    return row


def _next_row(row: IntArray, equal: BoolArray) -> IntArray:
    following = row.copy()
    np.maximum(row[1:], row[:-1] + equal, out=following[1:])
    return np.maximum.accumulate(following)


def _traced(left: IntArray, right: IntArray) -> list[Pair]:
    table = np.zeros((left.size + 1, right.size + 1), np.int64)
    for row, word in enumerate(left):
        table[row + 1] = _next_row(table[row], right == word)
    pairs = []
    row, column = left.size, right.size
    while row and column:
        score = table[row, column]
        if table[row, column - 1] == score:
            column -= 1
        elif table[row - 1, column] == score:
            row -= 1
        else:
            row, column = row - 1, column - 1
            pairs.append((row, column))
    return pairs[::-1]


def _runs(pairs: Sequence[Pair]) -> list[Block]:
    """Join pairs that follow one another on both sides."""
    runs: list[Block] = []
    for left, right in pairs:
        last = runs[-1] if runs else None
        if last and (last.left_stop, last.right_stop) == (left, right):
            runs[-1] = replace(last, left_stop=left + 1, right_stop=right + 1)
        else:
            runs.append(Block("equal", left, left + 1, right, right + 1))
    return runs


def _without_lonely(runs: Sequence[Block], left: int, right: int) -> list[Block]:
    """Leave out a word or two between many others that have changed."""
    kept = [Block("equal", 0, 0, 0, 0)]
    end = Block("equal", left, left, right, right)
    for run, after in pairwise((*runs, end)):
        gaps = _gap(kept[-1], run), _gap(run, after)
        few = run.left_words < SHINGLE_WORDS and all(gaps)
        if not few or sum(gaps) < LONELY * run.left_words:
            kept.append(run)
    return kept[1:]


def _gap(one: Block, other: Block) -> int:
    return max(other.left - one.left_stop, other.right - one.right_stop)


def _filled(runs: Sequence[Block], left: int, right: int) -> Iterator[Block]:
    """Yield the runs and what stands between them."""
    row = column = 0
    for run in (*runs, Block("equal", left, left, right, right)):
        if run.left > row or run.right > column:
            yield _changed(row, run.left, column, run.right)
        if run.left_words:
            yield run
        row, column = run.left_stop, run.right_stop


def _changed(left: int, left_stop: int, right: int, right_stop: int) -> Block:
    kind: Kind = "replaced"
    if right == right_stop:
        kind = "only-left"
    elif left == left_stop:
        kind = "only-right"
    return Block(kind, left, left_stop, right, right_stop)


def _parted_differently(
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
                _changed(
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


def _with_moved(
    blocks: Sequence[Block], left: IntArray, right: IntArray
) -> list[Block]:
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
    size = _equal_beginning(left[row:], right[column:])
    return Block("moved", row, row + size, column, column + size)


def _equal_beginning(left: IntArray, right: IntArray) -> int:
    """Return how many words from the first on are equal."""
    size = min(left.size, right.size)
    different = left[:size] != right[:size]
    return int(different.argmax()) if different.any() else size


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
        kept = [_changed(*rest[0], *rights[0])]
    else:
        kept = [_changed(*one, block.right, block.right) for one in rest]
    yield from sorted((*own, *kept), key=lambda one: one.left)
    if len(rest) != 1 or len(rights) != 1:
        for right in rights:
            yield _changed(block.left_stop, block.left_stop, *right)


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
