"""Find the longest run of words that two texts have in common."""

from __future__ import annotations

import numpy as np

from dedupe.corpus import IntArray, UInt64Array, are_among
from dedupe.word_alignment.equal_words import numbered


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
        runs = numbered(runs, doubled[level][length - (1 << level) :][: runs.size])
        begin = np.flatnonzero(part[: runs.size] == part[length - 1 :])
        return runs[begin], begin

    def shared(length: int) -> tuple[int, int] | None:
        runs, begin = places(length)
        border = int(np.searchsorted(begin, left.size))
        hit = np.flatnonzero(are_among(runs[:border], runs[border:]))
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
    return numbered(runs[:-length], runs[length:])
