"""Compare the shingle sets of paragraphs, exactly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from dedupe.candidates import CROWDED, NO_KEY
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    Rows,
    UInt32Array,
    UInt64Array,
    group_begins,
    ranges,
)
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS, shingles, shingles_at, upper_halves
from dedupe.values import dataclass

# Of the shingles that a near-duplicate must share, those that stand in more places than
# are all paired may be this share, and it is still found by the others.
CROWDED_SHARE = 0.7
SPARE = 4  # slots for each key of a set; there are up to twice as many
STEPS = 3  # from the last key of a slot back to the one that is wanted
MOST_LOOKED_UP = 1 << 21  # shingles at a time: a few dozen megabytes
_SET_BITS = 42  # of a shingle's hash, beside the number of its paragraph


def similarity(
    corpus: Corpus, left: Rows, right: Rows
) -> tuple[FloatArray, FloatArray]:
    """Return the exact Jaccard and containment of the shingle sets of each pair.

    `left` and `right` are rows of paragraphs. A paragraph shorter than a shingle has
    none, and nothing in common with any other.
    """
    if not left.size:
        return np.empty(0), np.empty(0)
    rows, (one, other) = _numbered(left, right)
    keys, begins, size = _shingle_sets(corpus, rows)
    smaller = np.where(size[one] <= size[other], one, other)
    larger = one + other - smaller
    # The shingles of the smaller set are looked up in the larger one.
    count = size[smaller]
    table = _Table.of(keys, rows.size)
    shared = np.empty(count.size, np.int64)
    for part in _portions(count):
        wanted = keys.take(ranges(begins[smaller[part]], count[part]))
        across = (larger[part] - smaller[part]) << _SET_BITS
        wanted += np.repeat(across, count[part]).view(np.uint64)
        hits = np.flatnonzero(table.holds(wanted))
        ends = hits.searchsorted(np.cumsum(count[part]))
        shared[part] = np.diff(ends, prepend=0)
    union = np.maximum(size[one] + size[other] - shared, 1)
    return shared / union, shared / np.maximum(count, 1)


def _portions(count: IntArray) -> list[slice]:
    """Return runs of pairs that look up a bounded number of shingles together."""
    begins = group_begins(np.cumsum(count) // MOST_LOOKED_UP)
    return [slice(*ends) for ends in pairwise([*begins.tolist(), count.size])]


@dataclass(frozen=True, slots=True)
class _Table:
    """Sorted keys of several rows, and a table by the upper bits of a key.

    The keys of a row are spread evenly, so that the table leads to most of them without
    a search.
    """

    keys: UInt64Array
    slot: np.uint64  # bits below those of the table
    last: UInt32Array  # key of each slot

    @classmethod
    def of(cls, keys: UInt64Array, rows: int) -> _Table:
        """Return the table of the keys of so many rows."""
        bits = (SPARE * keys.size // rows).bit_length()
        slot = np.uint64(_SET_BITS - bits)
        last = np.zeros(rows << bits, np.uint32)
        last[(keys >> slot).view(np.int64)] = np.arange(keys.size, dtype=np.uint32)
        return cls(keys, slot, last)

    def holds(self, wanted: UInt64Array) -> BoolArray:
        """Tell which of the wanted keys stand among them."""
        keys = self.keys
        at = self.last.take((wanted >> self.slot).view(np.int64)).astype(np.int64)
        near = keys.take(at)
        held: BoolArray = near == wanted
        # Where the last is too large, it may be one before; few slots hold many.
        rest = np.flatnonzero(near > wanted)
        at = at.take(rest)
        for _ in range(STEPS):
            asked = wanted.take(rest)
            at -= 1
            near = keys.take(at, mode="clip")
            held[rest] = near == asked
            larger = near > asked
            rest, at = np.compress(larger, rest), np.compress(larger, at)
        asked = wanted.take(rest)
        held[rest] = keys.take(keys.searchsorted(asked)) == asked
        return held


def _numbered(left: Rows, right: Rows) -> tuple[Rows, tuple[IntArray, IntArray]]:
    """Return the distinct rows of both columns, and each column in numbers of those."""
    rows = np.sort(np.concatenate([left, right]))
    rows = rows[group_begins(rows)]
    return rows, (np.searchsorted(rows, left), np.searchsorted(rows, right))


def _shingle_sets(corpus: Corpus, rows: Rows) -> tuple[UInt64Array, IntArray, IntArray]:
    """Return sorted distinct keys (number of the row | shingle) of paragraphs.

    Also the first key of each paragraph and how many it has.
    """
    words = corpus.paragraphs.words.take(rows)
    positions = ranges(corpus.paragraphs.first_word.take(rows), words)
    keys = shingles(corpus.word.take(positions), SHINGLE_WORDS)
    keys >>= np.uint64(64 - _SET_BITS)
    number = np.arange(rows.size) << _SET_BITS
    keys |= np.repeat(number, words)[: keys.size].view(np.uint64)
    closing = np.cumsum(words)[:-1]
    for back in range(1, SHINGLE_WORDS):
        # The last shingles of a paragraph would run on into the next.
        crossing = closing - back
        keys[crossing[(crossing >= 0) & (crossing < keys.size)]] = NO_KEY
    keys.sort()
    keys = keys[: keys.searchsorted(NO_KEY)]
    fresh = np.ones(keys.size, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    # Nearly all are kept; to number these would take longer than to follow the mask.
    keys = keys[fresh]
    begins = np.searchsorted(keys, number.view(np.uint64))
    return keys, begins, np.diff(begins, append=keys.size)


def crowded_paragraphs(
    corpus: Corpus, first: int, stop: int, frequency: ByteArray, settings: Settings
) -> IntArray:
    """Return the paragraphs whose near-duplicates shared rare shingles may not show.

    Two sets with Jaccard j share at least j of either one's shingles. Where a shingle
    stands in a few places alone, all of them are paired; so only a paragraph with many
    shingles that stand in more can have a near-duplicate that was not compared.
    """
    paragraphs = corpus.paragraphs
    words = paragraphs.words[first:stop]
    rows: IntArray = np.arange(first, stop)
    enough = (words >= max(settings.min_words, SHINGLE_WORDS)) & (
        corpus.exemplar[first:stop] == rows
    )
    rows = rows[enough]
    if not rows.size:
        return rows
    size = paragraphs.words[rows] - (SHINGLE_WORDS - 1)
    begins = paragraphs.first_word[rows]
    ends = begins + size
    marks = frequency[begins[0] : ends[-1]] >= CROWDED
    crowded = _marked(marks, begins - begins[0], ends - begins[0])
    enough = crowded >= CROWDED_SHARE * settings.jaccard * size
    return np.compress(enough, rows)


def _marked(marks: BoolArray, begins: IntArray, ends: IntArray) -> IntArray:
    """Return how many marks are set in each range of a column."""
    # As bits, so that 64 of them are counted at a time.
    packed = np.packbits(marks, bitorder="little")
    bits = np.zeros((marks.size >> 6) + 1, "<u8")
    bits.view(np.uint8)[: packed.size] = packed
    before = np.cumsum(np.append(0, np.bitwise_count(bits)))
    sums = []
    for border in (begins, ends):
        block = border >> 6
        lower = (np.uint64(1) << (border & 63).view(np.uint64)) - np.uint64(1)
        sums.append(before.take(block) + np.bitwise_count(bits.take(block) & lower))
    held: IntArray = sums[1] - sums[0]
    return held


def shingle_hashes(corpus: Corpus, rows: IntArray) -> tuple[UInt32Array, IntArray]:
    """Return the 32-bit shingle hashes of paragraphs and where each one's begin."""
    size = corpus.paragraphs.words[rows].astype(np.int64) - (SHINGLE_WORDS - 1)
    begins = np.cumsum(size) - size
    positions = ranges(corpus.paragraphs.first_word[rows], size)
    hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS)
    return upper_halves(hashes), begins
