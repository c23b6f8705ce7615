"""Align paragraphs: grow seeds into runs of equal words, and join these."""

from __future__ import annotations

import numpy as np

from dedupe.candidates import Packing, repeated
from dedupe.corpus import (
    BoolArray,
    Corpus,
    Int32Array,
    IntArray,
    Rows,
    UInt32Array,
    UInt64Array,
    ranges,
    sorting_by,
)
from dedupe.shingles import SHINGLE_WORDS
from dedupe.values import dataclass

# Two paragraphs are looked at when they share this many shingles anywhere, or when one
# of their seeds can be lengthened by a word.
ENOUGH_SHINGLES = 3
AT_ONCE = 1 << 12  # runs; what is looked up for them stays in the cache of a core


@dataclass(frozen=True, slots=True)
class Runs:
    """Stretches of equal words at two places; all columns int64[n], left < right."""

    left: IntArray  # position of the first word
    right: IntArray
    length: IntArray  # words

    def __len__(self) -> int:
        return self.left.size

    def where(self, rows: BoolArray | IntArray) -> Runs:
        """Return some of the runs: those that a mask keeps, or rows in an order."""
        # To follow a mask without order takes longer than to number what it keeps.
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Runs(self.left.take(rows), self.right.take(rows), self.length.take(rows))


def grow(corpus: Corpus, packing: Packing, seeds: UInt64Array) -> Runs:
    """Return the maximal runs of equal words that hold the seeds.

    `seeds` are (earlier | distance). A seed that stands alone between its paragraphs
    and cannot be lengthened is left out. Sorted by distance, then position.
    """
    runs = merge(packing, seeds)
    ahead, behind = _can_be_lengthened(corpus.word, runs)
    # Most of the others are chance.
    rows = np.flatnonzero(ahead | behind | _in_rich_pairs(corpus, runs))
    ahead, behind = ahead.take(rows), behind.take(rows)
    return _extend(corpus.word, runs.where(rows), ahead, behind)


def together(one: Runs, other: Runs) -> Runs:
    """Return the runs of both."""
    return Runs(
        np.concatenate([one.left, other.left]),
        np.concatenate([one.right, other.right]),
        np.concatenate([one.length, other.length]),
    )


def cut_at_paragraphs(
    corpus: Corpus, runs: Runs
) -> tuple[Runs, Int32Array, Int32Array]:
    """Return the runs with each cut where a paragraph begins on either side.

    Beside them stand the paragraphs that each lies in. The pieces come last; a run that
    was cut is left without a word.
    """
    paragraph = corpus.word_paragraph
    last = runs.length - 1
    left, right = paragraph.take(runs.left), paragraph.take(runs.right)
    crossing = paragraph.take(runs.left + last) != left
    crossing |= paragraph.take(runs.right + last) != right
    pieces = _cut(corpus, runs.where(crossing))
    length = np.where(crossing, 0, runs.length)
    return (
        together(Runs(runs.left, runs.right, length), pieces),
        np.concatenate([left, paragraph.take(pieces.left)]),
        np.concatenate([right, paragraph.take(pieces.right)]),
    )


def _cut(corpus: Corpus, runs: Runs) -> Runs:
    cuts = [(np.arange(len(runs)), np.zeros(len(runs), np.int64))]
    for begin in (runs.left, runs.right):
        paragraph = corpus.word_paragraph.take(begin)
        last = corpus.word_paragraph.take(begin + (runs.length - 1))
        number = last - paragraph
        run = np.repeat(np.arange(len(runs)), number)
        opening = corpus.paragraphs.first_word.take(ranges(paragraph + 1, number))
        cuts.append((run, opening - begin[run]))
    run = np.concatenate([part[0] for part in cuts])
    offset = np.concatenate([part[1] for part in cuts])
    order = sorting_by(run, offset)
    run, offset = run[order], offset[order]
    fresh = np.ones(run.size, np.bool_)
    fresh[1:] = (run[1:] != run[:-1]) | (offset[1:] != offset[:-1])
    run, offset = run[fresh], offset[fresh]
    stop = runs.length[run]
    same = run[1:] == run[:-1]
    stop[:-1][same] = offset[1:][same]
    return Runs(runs.left[run] + offset, runs.right[run] + offset, stop - offset)


def merge(packing: Packing, seeds: UInt64Array) -> Runs:
    """Join seeds at consecutive positions and equal distance."""
    # Turned, so that the distance stands at the top.
    top = np.uint64(64 - packing.bits)
    links = packing.high(seeds)
    links |= seeds << top
    links.sort()
    fresh = np.ones(links.size, np.bool_)
    np.not_equal(links[1:], links[:-1] + np.uint64(1), out=fresh[1:])
    begins = np.flatnonzero(fresh)
    length = np.diff(begins, append=links.size) + (SHINGLE_WORDS - 1)
    kept = links.take(begins)
    left = packing.position(kept)
    return Runs(left, left + (kept >> top).view(np.int64), length)


def _can_be_lengthened(word: UInt32Array, runs: Runs) -> tuple[BoolArray, BoolArray]:
    """Tell where the words after both places of a run are equal, and those before."""
    ahead, behind = np.empty((2, len(runs)), np.bool_)
    # What stands after a place is near to what stands before it, while both are cached.
    for first in range(0, len(runs), AT_ONCE):
        rows = slice(first, first + AT_ONCE)
        left, right, length = runs.left[rows], runs.right[rows], runs.length[rows]
        ahead[rows] = _are_equal(word, left + length, right + length)
        behind[rows] = _are_equal(word, left - 1, right - 1)
    return ahead, behind


def _are_equal(word: UInt32Array, left: IntArray, right: IntArray) -> BoolArray:
    """Tell of each pair of positions whether the same word stands at both."""
    # Before position 0 stands the padding, which no word equals. Wrapped positions are
    # also looked up faster than checked ones.
    same: BoolArray = word.take(left, mode="wrap") == word.take(right, mode="wrap")
    return same


def _in_rich_pairs(corpus: Corpus, runs: Runs) -> BoolArray:
    """Tell which runs lie in two paragraphs that share enough shingles in all runs."""
    shared = runs.length - (SHINGLE_WORDS - 1)
    rich = shared >= ENOUGH_SHINGLES
    left, right = (corpus.word_paragraph.take(side) for side in (runs.left, runs.right))
    keys, bits = pair_keys(left, right, len(corpus.paragraphs))
    keys.sort()
    packing = Packing(bits)
    keys, sizes = repeated(packing, keys)
    rows = packing.position(keys)
    if sizes.size:
        begins = np.cumsum(sizes) - sizes
        enough = np.add.reduceat(shared.take(rows), begins) >= ENOUGH_SHINGLES
        rich[np.compress(np.repeat(enough, sizes), rows)] = True
    return rich


def pair_keys(left_row: Rows, right_row: Rows, count: int) -> tuple[UInt64Array, int]:
    """Return keys (pair of paragraphs | row of the pair) and the bits of the row.

    `count` is the number of all paragraphs.
    """
    left = left_row.astype(np.int64)
    if left.size:
        left -= left.min()
    bits = max(1, left.size.bit_length())
    most = int(left.max(initial=0)) + 1
    if (most * count) << bits >= 1 << 64:
        # Too many paragraphs for a product: number the pairs that there are.
        order = np.lexsort((right_row, left))
        fresh = np.diff(left[order], prepend=left[order[:1]]) != 0
        fresh |= np.diff(right_row[order], prepend=right_row[order[:1]]) != 0
        left[order] = np.cumsum(fresh)
    else:
        # All 64 bits are used; that the highest is a sign ends with the view below.
        left *= count
        left += right_row
    left <<= bits
    left |= np.arange(left.size)
    return left.view(np.uint64), bits


def _extend(word: UInt32Array, runs: Runs, ahead: BoolArray, behind: BoolArray) -> Runs:
    """Lengthen each run to both sides as far as the words are equal.

    `ahead` and `behind` tell whether the next word on either side is.
    """
    if not len(runs):
        return runs
    left, distance = runs.left, runs.right - runs.left
    end = left + runs.length
    # A run stops where its neighbor on the diagonal begins; the two are then joined.
    apart = distance[1:] != distance[:-1]
    wall = np.append(np.where(apart, word.size, left[1:]), word.size)
    end += _equal_words(word, end, distance, wall - end, 1, ahead)
    floor = np.append(0, np.where(apart, 0, end[:-1]))
    begin = left - _equal_words(word, left - 1, distance, left - floor, -1, behind)
    fresh = np.ones(left.size, np.bool_)
    np.logical_or(apart, begin[1:] > end[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], left.size) - 1
    begin, distance = begin.take(first), distance.take(first)
    return Runs(begin, begin + distance, end.take(last) - begin)


def _equal_words(
    word: UInt32Array,
    start: IntArray,
    distance: IntArray,
    room: IntArray,
    step: int,
    first: BoolArray,
) -> IntArray:
    """Return how many words from each start on equal those at a distance from them.

    No more than there is `room` for. `step` is 1 or -1, the way to go; `first` tells
    where the word at the start is equal. As many words are looked at as were equal
    before and one more, so that a few rounds are enough.
    """
    count = first.astype(np.int64)
    width = 2
    active = np.flatnonzero(first & (room >= width))
    while active.size:
        # All that are active have had equal words in 1 + 2 + 4 + … places.
        # One row a place, since there are far more runs than places.
        places = step * np.arange(width - 1, 2 * width - 1)[:, None]
        here = start.take(active) + places
        there = here + distance.take(active)
        # One more, never equal, ends the search for the first that differs.
        equal = np.zeros((active.size, width + 1), np.bool_)
        np.equal(
            word.take(here, mode="clip"),
            word.take(there, mode="clip"),
            out=equal.T[:-1],
        )
        found = equal.argmin(axis=1)
        count[active] += found
        active = np.compress(found == width, active)
        width *= 2
        active = np.compress(room.take(active) >= width, active)
    return np.minimum(count, room)
