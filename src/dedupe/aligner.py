"""Grow seeds into runs of equal words, and runs into aligned passages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dedupe.candidates import Packing
from dedupe.corpus import BoolArray, Corpus, IntArray, UInt32Array, UInt64Array

# What seeds must show before a pair of paragraphs is looked at: this many shingles in
# common anywhere, or a run of this many equal words.
ENOUGH_SHINGLES = 3
ENOUGH_WORDS = 6
SEED_WORDS = 3


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
        return Runs(self.left[rows], self.right[rows], self.length[rows])


def grow(corpus: Corpus, packing: Packing, seeds: UInt64Array) -> Runs:
    """Return the maximal runs of equal words that hold the seeds.

    `seeds` are (earlier | distance). Runs that stand alone between their two paragraphs
    and are shorter than six words are left out. Sorted by distance, then position.
    """
    runs = _merge(packing, seeds)
    runs = runs.where(_promising(corpus, runs))
    return _extend(corpus.word, runs)


def together(one: Runs, other: Runs) -> Runs:
    """Return the runs of both."""
    return Runs(
        np.concatenate([one.left, other.left]),
        np.concatenate([one.right, other.right]),
        np.concatenate([one.length, other.length]),
    )


def cut_at_paragraphs(corpus: Corpus, runs: Runs) -> Runs:
    """Return the runs with each cut where a paragraph begins on either side."""
    paragraph = corpus.word_paragraph
    crossing = np.zeros(len(runs), np.bool_)
    for begin in (runs.left, runs.right):
        last = begin + (runs.length - 1)
        crossing |= paragraph.take(begin) != paragraph.take(last)
    whole = runs.where(~crossing)
    pieces = _cut(corpus.paragraphs.first_word, runs.where(crossing))
    return together(whole, pieces)


def _cut(first: IntArray, runs: Runs) -> Runs:
    cuts = [(np.arange(len(runs)), np.zeros(len(runs), np.int64))]
    for begin in (runs.left, runs.right):
        low = np.searchsorted(first, begin, side="right")
        high = np.searchsorted(first, begin + runs.length, side="left")
        number = high - low
        run = np.repeat(np.arange(len(runs)), number)
        inner = np.arange(run.size) - np.repeat(np.cumsum(number) - number, number)
        cuts.append((run, first[np.repeat(low, number) + inner] - begin[run]))
    run = np.concatenate([part[0] for part in cuts])
    offset = np.concatenate([part[1] for part in cuts])
    order = np.lexsort((offset, run))
    run, offset = run[order], offset[order]
    fresh = np.ones(run.size, np.bool_)
    fresh[1:] = (run[1:] != run[:-1]) | (offset[1:] != offset[:-1])
    run, offset = run[fresh], offset[fresh]
    stop = runs.length[run]
    same = run[1:] == run[:-1]
    stop[:-1][same] = offset[1:][same]
    return Runs(runs.left[run] + offset, runs.right[run] + offset, stop - offset)


def _merge(packing: Packing, seeds: UInt64Array) -> Runs:
    """Join seeds at consecutive positions and equal distance."""
    position = packing.position(seeds)  # here: the distance
    links = (position << packing.bits).view(np.uint64) | packing.high(seeds)
    links.sort()
    fresh = np.ones(links.size, np.bool_)
    np.not_equal(links[1:], links[:-1] + np.uint64(1), out=fresh[1:])
    begins = np.flatnonzero(fresh)
    length = np.diff(begins, append=links.size) + (SEED_WORDS - 1)
    kept = links[begins]
    left = packing.position(kept)
    return Runs(left, left + packing.high(kept).view(np.int64), length)


def _promising(corpus: Corpus, runs: Runs) -> BoolArray:
    """Tell which runs could belong to a match; most seeds are chance."""
    keep = _hits(corpus, runs) >= ENOUGH_SHINGLES
    rest = np.flatnonzero(~keep)
    left, right = runs.left[rest], runs.right[rest]
    length = runs.length[rest]
    word = corpus.word
    grows = word.take(left + length) == word.take(right + length)
    # Before position 0 stands the padding, which no word equals.
    grows |= word.take(left - 1, mode="wrap") == word.take(right - 1)
    keep[rest[grows]] = True
    return keep


def _hits(corpus: Corpus, runs: Runs) -> IntArray:
    """Return, for each run, how many shingles its two paragraphs share in all runs."""
    keys, bits = pair_keys(corpus, runs)
    keys.sort()
    row = (keys & np.uint64((1 << bits) - 1)).view(np.int64)
    begins = group_begins(keys >> np.uint64(bits))
    if not begins.size:
        return np.empty(0, np.int64)
    shared = runs.length[row] - (SEED_WORDS - 1)
    sums = np.add.reduceat(shared, begins)
    hits = np.empty_like(shared)
    hits[row] = np.repeat(sums, np.diff(begins, append=row.size))
    return hits


def pair_keys(corpus: Corpus, runs: Runs) -> tuple[UInt64Array, int]:
    """Return keys (pair of paragraphs | row of the run) and the bits of the row."""
    paragraph = corpus.word_paragraph
    left = paragraph.take(runs.left).astype(np.uint64)
    if left.size:
        left -= left.min()
    left *= np.uint64(len(corpus.paragraphs))
    left += paragraph.take(runs.right).astype(np.uint64)
    bits = max(1, len(runs).bit_length())
    left <<= np.uint64(bits)
    left |= np.arange(len(runs), dtype=np.uint64)
    return left, bits


def group_begins(ordered: UInt64Array) -> IntArray:
    """Return the rows at which a sorted column changes its value."""
    fresh = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return np.flatnonzero(fresh)


def _extend(word: UInt32Array, runs: Runs) -> Runs:
    """Lengthen each run to both sides as far as the words are equal."""
    if not len(runs):
        return runs
    left, distance = runs.left, runs.right - runs.left
    end = left + runs.length
    # A run stops where its neighbor on the diagonal begins; the two are then joined.
    wall = np.full(left.size, word.size, dtype=np.int64)
    same = distance[1:] == distance[:-1]
    wall[:-1][same] = left[1:][same]
    active = np.flatnonzero(end < wall)
    while active.size:
        at = end[active]
        grows = word.take(at) == word.take(at + distance[active])
        active = active[grows]
        end[active] += 1
        active = active[end[active] < wall[active]]
    floor = np.zeros(left.size, dtype=np.int64)
    floor[1:][same] = end[:-1][same]
    begin = left.copy()
    active = np.flatnonzero(begin > floor)
    while active.size:
        at = begin[active] - 1
        grows = word.take(at) == word.take(at + distance[active])
        active = active[grows]
        begin[active] -= 1
        active = active[begin[active] > floor[active]]
    fresh = np.ones(left.size, np.bool_)
    fresh[1:][same] = begin[1:][same] > end[:-1][same]
    first = np.flatnonzero(fresh)
    last = np.append(first[1:], left.size) - 1
    begin, distance = begin[first], distance[first]
    return Runs(begin, begin + distance, end[last] - begin)
