"""Align the words of two texts for a reader: equal, replaced, left out, moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from dedupe.corpus import UInt64Array
from dedupe.shingles import SHINGLE_WORDS
from dedupe.word_alignment.blocks import KINDS, SAME, Block, Kind, Written, changed
from dedupe.word_alignment.equal_words import Pair, equal_words
from dedupe.word_alignment.longest import longest_run
from dedupe.word_alignment.moved import with_moved
from dedupe.word_alignment.spaces import parted_differently

__all__ = [
    "KINDS",
    "SAME",
    "Block",
    "Kind",
    "align",
    "longest_run",
    "part_respelled",
]

# A word or two that happen to be equal amid so many times as many changed ones do not
# help a reader.
LONELY = 6


def align(
    left: UInt64Array, right: UInt64Array, left_written: Written, right_written: Written
) -> tuple[list[Block], int]:
    """Return blocks that hold each word of both texts once, in the left one's order.

    Also how many words stand in places too long to be aligned. What is only in the
    right text comes after the word that it follows there.
    """
    numbers = np.unique(np.concatenate([left, right]), return_inverse=True)[1]
    one, other = numbers[: left.size], numbers[left.size :]
    pairs, not_compared = equal_words(one, other)
    sizes = one.size, other.size
    blocks = list(_filled(_without_lonely(_runs(pairs), *sizes), *sizes))
    blocks = [
        part
        for block in blocks
        for part in parted_differently(block, left_written, right_written)
    ]
    return with_moved(blocks, one, other), not_compared


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
            yield changed(row, run.left, column, run.right)
        if run.left_words:
            yield run
        row, column = run.left_stop, run.right_stop
