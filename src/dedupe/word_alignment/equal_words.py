"""Find the equal words of two texts, in the same order in both.

Runs that stand once in each text are anchors (patience diff, Bram Cohen); what lies
between two anchors is aligned by a longest common subsequence, computed row by row in
linear memory (Hirschberg, Communications of the ACM 18, 1975).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from dedupe.corpus import BoolArray, IntArray
from dedupe.shingles import SHINGLE_WORDS

Pair: TypeAlias = tuple[int, int]  # rows of equal words

# Two texts of 8,000 words without an anchor take about a second; what is longer stays
# unaligned, and the explanation says so.
MOST_CELLS = 8_000 * 8_000
TABLE_CELLS = 1 << 20  # of a table that is kept whole


def equal_words(left: IntArray, right: IntArray) -> tuple[list[Pair], int]:
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


def equal_beginning(left: IntArray, right: IntArray) -> int:
    """Return how many words from the first on are equal."""
    size = min(left.size, right.size)
    different = left[:size] != right[:size]
    return int(different.argmax()) if different.any() else size


def numbered(one: IntArray, other: IntArray) -> IntArray:
    """Return a number for each pair, the same for equal pairs."""
    if not one.size:
        return one
    keys = one * (int(other.max()) + 1) + other
    numbers: IntArray = np.unique(keys, return_inverse=True)[1]
    return numbers.astype(np.int64)


def _between_anchors(left: IntArray, right: IntArray) -> tuple[list[Pair], int]:
    """Return the pairs of equal words, and how many words are too many to align."""
    head = equal_beginning(left, right)
    tail = equal_beginning(left[head:][::-1], right[head:][::-1])
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
        keys = numbered(keys[: joint.size - step], joint[step:])
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
