"""Decide which pairs of paragraphs match, from the runs of words they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from dedupe.aligner import Runs, group_begins, pair_keys
from dedupe.candidates import ALL_PAIRED
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    Int32Array,
    IntArray,
    UInt32Array,
    UInt64Array,
)
from dedupe.model import RELATIONS
from dedupe.settings import Settings
from dedupe.shingles import shingles_at

SHINGLE_WORDS = 3

# Runs nearer than this on both sides belong to one passage. Within a quotation a word
# or two may differ; in an edited copy with three words of ten replaced, runs of three
# and more stand up to about a dozen words apart.
QUOTATION_GAP = 3  # words
LARGEST_GAP = 12
# A match by scattered runs must share this many shingles, formulas counted in part, and
# cover this share of the shorter paragraph. Measured on news: with 30 % of the words
# replaced, 98 % of pairs have 6 shingles and .38 or more; of unrelated paragraphs, one
# pair in a thousand paragraphs reaches 4 and .3.
SCATTERED_SHINGLES = 5.5
SCATTERED_SHARE = 0.36
# … and as many of the shorter one's shingles, so that a phrase which both repeat does
# not count again and again.
SCATTERED_CONTAINMENT = 0.17
# Of the shingles that a near-duplicate must share, those that stand in more places than
# are all paired may be this share, and it is still found by the others.
CROWDED_SHARE = 0.7
# With this share of the longer one, formulas or not, they are near-duplicates.
SAME_SHARE = 0.6
# Above this share of both sides, one paragraph is an edited copy of the other.
EDITED_SHARE = 0.4
# The shortest run of equal words that is no chance grows with the text that is
# compared: six words in a pair of articles, eight in a corpus.
CORPUS_WORDS = 20_000
CORPUS_RUN = 8
# Each time the rarest shingle of a run is twice as frequent, the run must be so much
# longer, since it may be a formula.
FORMULA_WORDS = 2.0
# A passage beside the one that made the match counts from so many words on.
SIDE_PASSAGE_WORDS = 6

_FAR = 1 << 40  # farther than any position
_SET_BITS = 42  # of a shingle's hash beside the row of its pair
_WEIGHTS = 1 / (1 + np.log2(np.maximum(np.arange(256), 2) / 2) / 2)

EDITED, CONTAINED, OVERLAP = (
    RELATIONS.index(relation) for relation in ("edited", "contained", "overlap")
)


@dataclass(frozen=True, slots=True)
class Matches:
    """Verified pairs, one row a pair, and their passages, one row a passage."""

    left: Int32Array  # paragraph
    right: Int32Array
    relation: ByteArray  # row of model.RELATIONS
    jaccard: FloatArray
    containment: FloatArray
    words: IntArray  # in passages
    first_passage: IntArray  # rows of the passages of each match, one more at the end
    passage_left: IntArray  # first position
    passage_left_end: IntArray  # position after the last
    passage_right: IntArray
    passage_right_end: IntArray

    def __len__(self) -> int:
        return self.left.size

    def where(self, rows: IntArray) -> Matches:
        """Return the matches of some rows, in their order, with their passages."""
        size = np.diff(self.first_passage)[rows]
        ends = np.cumsum(size)
        passages = np.repeat(self.first_passage[:-1][rows] - (ends - size), size)
        passages += np.arange(passages.size)
        columns = {
            name: getattr(self, name)[passages if "passage_" in name else rows]
            for name in self.__slots__
            if name != "first_passage"
        }
        return Matches(**columns, first_passage=np.concatenate([[0], ends]))


def verify(
    corpus: Corpus, runs: Runs, frequency: ByteArray, settings: Settings
) -> Matches:
    """Return the matches among pairs of paragraphs that share runs of words.

    `runs` lie within one paragraph on each side; `frequency` (uint8, one a position)
    tells in how many places the shingle stands, 0 for one.
    """
    left, right = (
        corpus.word_paragraph.take(side) for side in (runs.left, runs.right)
    )
    # What overlaps its own copy is a word said again and again, not a copy; and equal
    # paragraphs, into which a run may go on from the next ones, are matched already.
    apart = corpus.exemplar.take(left) != corpus.exemplar.take(right)
    apart |= (left == right) & (runs.left + runs.length <= runs.right)
    runs = runs.where(apart & (runs.length >= SHINGLE_WORDS))
    keys, bits = pair_keys(corpus, runs)
    keys.sort()
    rows = (keys & np.uint64((1 << bits) - 1)).view(np.int64)
    runs = runs.where(rows)
    begins = group_begins(keys >> np.uint64(bits))
    pair = np.repeat(np.arange(begins.size), np.diff(begins, append=len(runs)))
    kept, edited, long = _acceptable(
        corpus, runs, pair, begins, frequency, settings
    )
    edited, long = edited[kept], long[kept]
    rows = np.flatnonzero(kept[pair])
    pair = (np.cumsum(kept) - 1)[pair[rows]]
    runs = runs.where(rows)
    order = np.argsort(pair << np.int64(40) | (runs.left - runs.left.min(initial=0)))
    matches = _measure(corpus, runs.where(order), pair[order], edited, settings)
    shorter = np.minimum(
        corpus.paragraphs.words[matches.left], corpus.paragraphs.words[matches.right]
    )
    sound = (matches.words >= SCATTERED_SHARE * shorter) & (
        matches.containment >= SCATTERED_CONTAINMENT
    )
    return matches.where(np.flatnonzero(long | sound))


def _acceptable(
    corpus: Corpus,
    runs: Runs,
    pair: IntArray,
    begins: IntArray,
    frequency: ByteArray,
    settings: Settings,
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """Tell which pairs share enough: in all, all over the text, or in one run."""
    paragraph = corpus.word_paragraph
    words = corpus.paragraphs.words
    left_words = words.take(paragraph.take(runs.left[begins]))
    right_words = words.take(paragraph.take(runs.right[begins]))
    shorter = np.minimum(left_words, right_words)
    longer = np.maximum(left_words, right_words)
    longest = np.maximum.reduceat(runs.length, begins) if begins.size else begins
    shared = np.add.reduceat(runs.length, begins) if begins.size else begins
    # Most pairs share one short run: they are gone before anything is looked up.
    hopeful = (shared >= SCATTERED_SHARE * shorter) | (
        longest >= settings.min_passage_words
    )
    rows = np.flatnonzero(hopeful[pair])
    rarest, weight = rarity(runs.where(rows), frequency)
    least = _shortest_run(corpus, settings)
    long = runs.length[rows] >= least + FORMULA_WORDS * np.log2(
        np.maximum(rarest, 2) / 2
    )
    kept = np.zeros(begins.size, np.bool_)
    kept[pair[rows[long]]] = True
    total = np.bincount(pair[rows], weights=weight, minlength=begins.size)
    two = paragraph.take(runs.left[begins]) != paragraph.take(runs.right[begins])
    scattered = (total >= SCATTERED_SHINGLES) & (shared >= SCATTERED_SHARE * shorter)
    edited = two & (scattered | (shared >= SAME_SHARE * longer))
    return (kept | edited) & (shorter >= settings.min_words), edited, kept


def _shortest_run(corpus: Corpus, settings: Settings) -> int:
    if corpus.positions < CORPUS_WORDS:
        return settings.min_passage_words
    return max(settings.min_passage_words, CORPUS_RUN)


def rarity(runs: Runs, frequency: ByteArray) -> tuple[IntArray, FloatArray]:
    """Return how often the rarest shingle of each run stands, and the run's weight.

    The weight is the number of its shingles, each the less the more places it stands
    in: 1 for two places, 1/2 for eight, 1/3 for 32.
    """
    if not len(runs):
        return np.empty(0, np.int64), np.empty(0)
    shingles = runs.length - (SHINGLE_WORDS - 1)
    begins = np.cumsum(shingles) - shingles
    positions = np.repeat(runs.left - begins, shingles)
    positions += np.arange(positions.size)
    places = frequency.take(positions)
    rarest = np.minimum.reduceat(places, begins).astype(np.int64)
    return rarest, np.add.reduceat(_WEIGHTS.take(places), begins)


def _measure(
    corpus: Corpus, runs: Runs, pair: IntArray, edited: BoolArray, settings: Settings
) -> Matches:
    """Return the matches of accepted pairs, runs sorted by pair and left position."""
    passages = _passages(runs, pair, edited)
    begins = group_begins(passages.pair)
    pairs = begins.size
    paragraph = corpus.word_paragraph
    left = paragraph.take(passages.left[begins])
    right = paragraph.take(passages.right[begins])
    matched = np.add.reduceat(passages.words, begins) if pairs else begins
    jaccard, containment = similarity(corpus, left, right)
    words = corpus.paragraphs.words
    left_words, right_words = words.take(left), words.take(right)
    least = np.minimum(left_words, right_words)
    matched = np.minimum(matched, least)
    share = matched / least
    share_longer = matched / np.maximum(left_words, right_words)
    relation = np.full(pairs, OVERLAP, np.uint8)
    relation[
        (containment >= settings.containment) | (share >= settings.containment)
    ] = CONTAINED
    relation[(jaccard >= settings.jaccard) | (share_longer >= EDITED_SHARE)] = EDITED
    relation[left == right] = OVERLAP
    return Matches(
        left,
        right,
        relation,
        jaccard,
        containment,
        matched,
        np.append(begins, passages.left.size),
        passages.left,
        passages.left_end,
        passages.right,
        passages.right_end,
    )


@dataclass(frozen=True, slots=True)
class _Passages:
    pair: IntArray
    left: IntArray
    left_end: IntArray
    right: IntArray
    right_end: IntArray
    words: IntArray


def _passages(runs: Runs, pair: IntArray, edited: BoolArray) -> _Passages:
    """Join runs of a pair that are near on both sides; leave out stray short ones."""
    if not len(runs):
        return _Passages(*(np.empty(0, np.int64) for _ in range(6)))
    left_end = runs.left + runs.length
    right_end = runs.right + runs.length
    near = pair[1:] == pair[:-1]
    largest = np.where(edited, LARGEST_GAP, QUOTATION_GAP)[pair[1:]]
    near &= runs.left[1:] - left_end[:-1] <= largest
    gap = runs.right[1:] - right_end[:-1]
    near &= (gap <= largest) & (gap >= -largest)
    begins = np.flatnonzero(np.concatenate([[True], ~near]))
    left_words = np.add.reduceat(fresh_words(pair, runs.left, left_end), begins)
    order = np.lexsort((runs.right, pair))
    right_words = np.empty_like(pair)
    right_words[order] = fresh_words(pair, runs.right[order], right_end[order])
    joined = _Passages(
        pair[begins],
        runs.left[begins],
        np.maximum.reduceat(left_end, begins),
        np.minimum.reduceat(runs.right, begins),
        np.maximum.reduceat(right_end, begins),
        np.minimum(left_words, np.add.reduceat(right_words, begins)),
    )
    pairs = group_begins(joined.pair)
    most = np.maximum.reduceat(joined.words, pairs)
    most = np.repeat(most, np.diff(pairs, append=begins.size))
    kept = (joined.words >= SIDE_PASSAGE_WORDS) | (joined.words == most)
    return _Passages(
        joined.pair[kept],
        joined.left[kept],
        joined.left_end[kept],
        joined.right[kept],
        joined.right_end[kept],
        joined.words[kept],
    )


def fresh_words(pair: IntArray, begin: IntArray, end: IntArray) -> IntArray:
    """Return how many words of each run no earlier run of its pair holds."""
    first = np.zeros(pair.size, np.bool_)
    first[group_begins(pair)] = True
    reach = np.maximum.accumulate(end + pair * _FAR) - pair * _FAR
    before = np.concatenate([[0], reach[:-1]])
    before[first] = 0
    return np.maximum(end - np.maximum(before, begin), 0)


def similarity(
    corpus: Corpus, left: IntArray, right: IntArray
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
    ends = np.cumsum(count)
    asked = np.repeat(begins[smaller] - (ends - count), count)
    asked += np.arange(asked.size)
    wanted = keys[asked]
    wanted += np.repeat((larger - smaller) << _SET_BITS, count).view(np.uint64)
    at = np.searchsorted(keys, wanted)
    hit = keys.take(at, mode="clip") == wanted
    total = np.concatenate([[0], np.cumsum(hit)])
    shared = total[ends] - total[ends - count]
    union = np.maximum(size[one] + size[other] - shared, 1)
    return shared / union, shared / np.maximum(count, 1)


def _numbered(
    left: IntArray, right: IntArray
) -> tuple[IntArray, tuple[IntArray, IntArray]]:
    """Return the distinct rows of both columns, and each column in numbers of those."""
    rows = np.sort(np.concatenate([left, right]))
    rows = rows[group_begins(rows)]
    return rows, (np.searchsorted(rows, left), np.searchsorted(rows, right))


def _shingle_sets(
    corpus: Corpus, rows: IntArray
) -> tuple[UInt64Array, IntArray, IntArray]:
    """Return sorted distinct keys (number of the row | shingle) of paragraphs.

    Also the first key of each paragraph and how many it has.
    """
    paragraphs = corpus.paragraphs
    size = np.maximum(paragraphs.words.take(rows) - (SHINGLE_WORDS - 1), 0)
    begins = np.cumsum(size) - size
    positions = np.repeat(paragraphs.first_word.take(rows) - begins, size)
    positions += np.arange(positions.size)
    keys = shingles_at(corpus.word, positions, SHINGLE_WORDS)
    keys >>= np.uint64(64 - _SET_BITS)
    number = np.arange(rows.size) << _SET_BITS
    keys |= np.repeat(number, size).view(np.uint64)
    keys.sort()
    keys = keys[_fresh(keys)]
    begins = np.searchsorted(keys, number.view(np.uint64))
    return keys, begins, np.diff(begins, append=keys.size)


def _fresh(keys: UInt64Array) -> BoolArray:
    """Tell which rows of a sorted column differ from the row before."""
    fresh = np.ones(keys.size, np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    return fresh


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
    rows = np.arange(first, stop)
    enough = (words >= max(settings.min_words, SHINGLE_WORDS)) & (
        corpus.exemplar[first:stop] == rows
    )
    rows = rows[enough]
    if not rows.size:
        return rows
    size = paragraphs.words[rows] - (SHINGLE_WORDS - 1)
    begins = np.cumsum(size) - size
    positions = np.repeat(paragraphs.first_word[rows] - begins, size)
    positions += np.arange(positions.size)
    crowded = np.add.reduceat(
        frequency.take(positions) > ALL_PAIRED, begins, dtype=np.int64
    )
    return rows[crowded >= CROWDED_SHARE * settings.jaccard * size]


def shingle_hashes(corpus: Corpus, rows: IntArray) -> tuple[UInt32Array, IntArray]:
    """Return the 32-bit shingle hashes of paragraphs and where each one's begin."""
    size = corpus.paragraphs.words[rows].astype(np.int64) - (SHINGLE_WORDS - 1)
    begins = np.cumsum(size) - size
    positions = np.repeat(corpus.paragraphs.first_word[rows] - begins, size)
    positions += np.arange(positions.size)
    hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS)
    return (hashes >> np.uint64(32)).astype(np.uint32), begins


def unknown(matches: Matches, left: IntArray, right: IntArray) -> BoolArray:
    """Tell which of the given pairs of paragraphs are no matches yet."""
    known = np.sort(matches.left.astype(np.int64) << 32 | matches.right)
    if not known.size:
        return np.ones(left.size, np.bool_)
    pairs = left.astype(np.int64) << 32 | right
    at = np.minimum(np.searchsorted(known, pairs), known.size - 1)
    return known[at] != pairs


def as_arrays(matches: Matches) -> dict[str, np.ndarray[Any, Any]]:
    """Return the columns by name."""
    return {name: getattr(matches, name) for name in Matches.__slots__}


def from_arrays(arrays: dict[str, np.ndarray[Any, Any]]) -> Matches:
    """Return matches from columns by name; others are left aside."""
    return Matches(**{name: arrays[name] for name in Matches.__slots__})


def joined(parts: list[Matches]) -> Matches:
    """Return all matches, sorted by left and right paragraph."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return _no_matches()
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Matches.__slots__
        if name != "first_passage"
    }
    count = np.concatenate([np.diff(part.first_passage) for part in parts])
    first_passage = np.concatenate([[0], np.cumsum(count)])
    matches = Matches(**columns, first_passage=first_passage)
    return matches.where(np.lexsort((matches.right, matches.left)))


def _no_matches() -> Matches:
    none = np.empty(0, np.int64)
    small = np.empty(0, np.int32)
    share = np.empty(0)
    return Matches(
        small,
        small,
        np.empty(0, np.uint8),
        share,
        share,
        none,
        np.zeros(1, np.int64),
        none,
        none,
        none,
        none,
    )
