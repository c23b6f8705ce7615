"""Choose the archived documents that may repeat something of what came in.

A match needs a run of equal words, many short ones, or a few rare ones with equal words
between them, so it shows in the shingles that two paragraphs share. For every pair that
shares any, what the verifier will ask for is worked out from those alone, a little too
generously; the documents of the pairs that may pass are then compared word by word, by
the same engine that scans a folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

import numpy as np

from dedupe.archive import index
from dedupe.archive.short_lines import documents_of_lines
from dedupe.archive.store import ParagraphRows, Store
from dedupe.archive.twins import twins
from dedupe.candidates import FEW_PLACES, MOST_COUNTED
from dedupe.corpus import (
    BoolArray,
    Corpus,
    Elsewhere,
    FloatArray,
    IntArray,
    UInt32Array,
    UInt64Array,
    are_among,
    distinct,
    group_begins,
    ranges,
)
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS, shingles_at
from dedupe.values import dataclass
from dedupe.verifier.rarity import WEIGHTS
from dedupe.verifier.thresholds import (
    ALIGNED_SHARE,
    ALIGNED_WEIGHT,
    ALIGNED_WORDS,
    FORMULA_WORDS,
    HOPEFUL_SHARE,
    LONGEST_FORMULA,
    SAME_SHARE,
    SCATTERED_SHARE,
    SCATTERED_SHINGLES,
)

# A paragraph that came in is compared with so many archived ones that may match, and
# with so many that match only if what they share proves to be no formula.
MOST_COPIES = 64
MOST_DOUBTED = 24
# A run of words may be written as more words than it is after folding.
WRITTEN_APART = 2
# Of a shingle that stands in more blocks, the last are read: the paragraphs that were
# added last, some thousands. It says next to nothing, and would take long to read.
MOST_BLOCKS = 64
# A few shared shingles tell of equal words between them only if they are rare. The
# verifier asks for more, but counts places with the same words around them once.
LEAST_RARITY = 0.65
SHINGLES_AT_ONCE = 1 << 17
ENTRIES_AT_ONCE = 1 << 22
PARAGRAPHS_AT_ONCE = 1 << 12
_PLACE_BITS = 20
_PLACE = np.uint64((1 << _PLACE_BITS) - 1)
_PAIR = np.uint64(_PLACE_BITS)


@dataclass(frozen=True, slots=True)
class Choice:
    """The documents to compare with, and what stands in all others."""

    documents: list[int]  # rows, ascending
    elsewhere: Elsewhere
    cut: IntArray  # paragraphs that came in and may repeat more than was chosen
    forms: IntArray  # short ones that stand in more documents than were chosen


@dataclass(frozen=True, slots=True)
class _Pairs:
    """A paragraph that came in and one of the archive, one row a pair."""

    own: IntArray  # row of the corpus
    other: IntArray  # row of the archive
    shingles: IntArray  # that both have
    covered: IntArray  # words in those
    longest: IntArray  # run of words
    needed: FloatArray  # words that the longest run must have to be no formula
    weight: FloatArray  # of the shingles

    def where(self, rows: BoolArray | IntArray) -> _Pairs:
        return _Pairs(*(getattr(self, name)[rows] for name in self.__slots__))


def choose(
    store: Store,
    corpus: Corpus,
    settings: Settings,
    left_out: Collection[int],
    since: date | None = None,
) -> Choice:
    """Return the documents of the archive that a corpus may repeat.

    Those in `left_out` (rows of documents) count as if they were not there. Those that
    are known to be published before `since` are not chosen.
    """
    own = np.flatnonzero(corpus.exemplar == np.arange(corpus.exemplar.size))
    equal, cut_equal = _equal(store, corpus, own, left_out, since)
    asked = _Asked.of(store, corpus, own, left_out)
    pairs, paragraphs = _plausible(store, asked, settings)
    lines = _of_lines(pairs, paragraphs, corpus, settings)
    in_lines = documents_of_lines(store, *lines, settings, MOST_COPIES, since)
    pairs, likely = _promising(pairs, paragraphs, corpus, settings)
    solids = paragraphs.solid[np.searchsorted(paragraphs.row, pairs.other)]
    if since:
        # Many an old one may share more than the few that are recent.
        recent = are_among(solids, twins(store, solids, MOST_COPIES, since).solid)
        pairs, likely, solids = pairs.where(recent), likely[recent], solids[recent]
    kept, cut = _best(pairs, likely)
    copies = twins(store, solids[kept], MOST_COPIES, since)
    documents = np.concatenate([equal.document, copies.document, in_lines])
    rows = distinct(documents)
    rows = rows[~are_among(rows, np.array(sorted(left_out), np.int64))]
    few = corpus.paragraphs.words[cut_equal] < settings.min_words
    return Choice(
        rows.tolist(),
        _elsewhere(store, asked, rows, left_out),
        np.union1d(pairs.own[cut], cut_equal[~few]),
        cut_equal[few],
    )


def _equal(
    store: Store,
    corpus: Corpus,
    own: IntArray,
    left_out: Collection[int],
    since: date | None,
) -> tuple[ParagraphRows, IntArray]:
    """Return the paragraphs with the letters of ours, and which of ours have more."""
    solids = corpus.paragraphs.solid[own].view(np.int64)
    equal = twins(store, solids, MOST_COPIES + len(left_out) + 1, since)
    found, count = np.unique(equal.solid, return_counts=True)
    many = found[count > MOST_COPIES + len(left_out)]
    return equal, own[are_among(solids, many)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The shingles that came in, and where they stand in the archive."""

    own: IntArray  # paragraphs of the corpus that have shingles
    size: IntArray  # shingles of each
    first: IntArray  # number of the first shingle of each
    number: IntArray  # of each shingle: its row in `places`
    places: index.Postings

    @classmethod
    def of(
        cls,
        store: Store,
        corpus: Corpus,
        own: IntArray,
        left_out: Collection[int],
    ) -> _Asked:
        words = corpus.paragraphs.words
        own = own[words[own] >= SHINGLE_WORDS]
        size = words[own].astype(np.int64) - (SHINGLE_WORDS - 1)
        positions = ranges(corpus.paragraphs.first_word[own], size)
        hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS) >> np.uint64(32)
        wanted, number = np.unique(hashes.astype(np.uint32), return_inverse=True)
        places = look_up(store, wanted)
        if left_out:
            places = _without(places, _gone(store, left_out))
        return cls(own, size, np.cumsum(size) - size, number, places)

    def portions(self) -> Iterator[slice]:
        """Yield runs of paragraphs with not too many entries of the index."""
        entries = np.diff(self.places.begins)[self.number]
        total = np.append(0, np.cumsum(entries))
        border = np.append(self.first, self.number.size)
        begin = 0
        while begin < self.own.size:
            limit = total[border[begin]] + ENTRIES_AT_ONCE
            end = int(np.searchsorted(total[border], limit, side="right")) - 1
            end = min(max(end, begin + 1), begin + PARAGRAPHS_AT_ONCE, self.own.size)
            yield slice(begin, end)
            begin = end


def _gone(store: Store, left_out: Collection[int]) -> IntArray:
    """Return the paragraphs of documents that count as if they were not there.

    One that stands in the index for an equal paragraph of another document is needed.
    """
    gone = store.paragraphs_of(sorted(left_out))
    solids, counts = np.unique(gone.solid, return_counts=True)
    equal = store.equal(solids.tolist(), int(counts.max(initial=0)) + 1)
    others = ~are_among(equal.document, np.array(sorted(left_out), np.int64))
    return gone.row[~are_among(gone.solid, equal.solid[others])]


def look_up(store: Store, hashes: UInt32Array) -> index.Postings:
    """Return where each of some shingles, ascending, stands in the archive."""
    parts = []
    for start in range(0, max(hashes.size, 1), SHINGLES_AT_ONCE):
        some = hashes[start : start + SHINGLES_AT_ONCE]
        lowest = some.astype(np.uint64) << np.uint64(index.ROW_BITS)
        blocks = store.spanning(index.signed(lowest).tolist(), MOST_BLOCKS)
        parts.append(index.search(blocks, some))
    sizes = np.concatenate([np.diff(part.begins) for part in parts])
    rows = np.concatenate([part.rows for part in parts])
    return index.Postings(hashes, np.append(0, np.cumsum(sizes)), rows)


def _without(places: index.Postings, rows: IntArray) -> index.Postings:
    """Return the places but those in some paragraphs."""
    kept = ~are_among(places.rows, rows)
    total = np.append(0, np.cumsum(kept))
    return index.Postings(places.hashes, total[places.begins], places.rows[kept])


def _plausible(
    store: Store, asked: _Asked, settings: Settings
) -> tuple[_Pairs, ParagraphRows]:
    """Return the pairs that may match, and the archived paragraphs in them."""
    none = np.empty(0, np.int64)
    # What no match can do with less of, in words.
    share = min(settings.containment, SAME_SHARE)
    least = min(settings.min_passage_words, share * settings.min_words)
    parts = [_Pairs(none, none, none, none, none, np.empty(0), np.empty(0))]
    for portion in asked.portions():
        pairs = _pairs(asked, portion, least)
        parts.append(
            pairs.where((pairs.covered >= least) | (pairs.weight >= SCATTERED_SHINGLES))
        )
    pairs = _Pairs(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in _Pairs.__slots__
        )
    )
    paragraphs = store.paragraphs(distinct(pairs.other).tolist())
    # A paragraph that is not there is a sign of damage, which `verify` looks for.
    known = are_among(pairs.other, paragraphs.row)
    return pairs.where(known), paragraphs


def _pairs(asked: _Asked, portion: slice, least: float) -> _Pairs:
    """Return all pairs of some paragraphs with archived ones, measured."""
    own, size, first = asked.own[portion], asked.size[portion], asked.first[portion]
    shingle = asked.number[ranges(first, size)]
    begins = asked.places.begins
    count = (begins[1:] - begins[:-1])[shingle]
    entries = asked.places.rows[ranges(begins[:-1][shingle], count)]
    paragraph = np.repeat(np.arange(own.size), size)
    place = np.minimum(ranges(np.zeros_like(size), size), int(_PLACE))
    keys = (paragraph << index.ROW_BITS + _PLACE_BITS) | place
    keys = (np.repeat(keys, count) | entries << _PLACE_BITS).view(np.uint64)
    keys.sort()
    keys = keys[group_begins(keys)]
    pair = keys >> _PAIR
    begins = group_begins(pair)
    # One shingle in common is the rule, and seldom enough.
    size = np.diff(begins, append=keys.size)
    enough = size * SHINGLE_WORDS >= least
    return _measured(keys[np.repeat(enough, size)], own, first, asked)


def _measured(
    keys: UInt64Array, own: IntArray, first: IntArray, asked: _Asked
) -> _Pairs:
    """Return what each pair has in common: keys are (own | other | place)."""
    pair = keys >> _PAIR
    begins = group_begins(pair)
    if not begins.size:
        none = np.empty(0, np.int64)
        return _Pairs(none, none, none, none, none, np.empty(0), np.empty(0))
    row = (pair >> np.uint64(index.ROW_BITS)).view(np.int64)
    place = (keys & _PLACE).view(np.int64)
    step = np.full(keys.size, SHINGLE_WORDS)
    step[:-1] = np.minimum(np.diff(place), SHINGLE_WORDS)
    step[np.append(begins[1:], keys.size) - 1] = SHINGLE_WORDS
    covered = np.add.reduceat(step, begins)
    counts = np.diff(asked.places.begins)[asked.number[first[row] + place]]
    counts = np.minimum(counts + 1, MOST_COUNTED)
    weight = np.add.reduceat(WEIGHTS[counts], begins)
    longest, needed = _longest(place, begins, counts)
    return _Pairs(
        own[row[begins]],
        (pair[begins] & np.uint64((1 << index.ROW_BITS) - 1)).view(np.int64),
        np.diff(begins, append=keys.size),
        covered,
        longest,
        needed,
        weight,
    )


def _longest(
    place: IntArray, begins: IntArray, counts: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return the longest run of each pair, and how much longer formulas have to be.

    A run is as rare as its second rarest shingle; of the runs of a pair, the one that
    is longest for its rarity counts.
    """
    fresh = np.ones(place.size, np.bool_)
    fresh[1:] = place[1:] != place[:-1] + 1
    fresh[begins] = True
    runs = np.flatnonzero(fresh)
    size = np.diff(runs, append=place.size)
    number = np.repeat(np.arange(runs.size), size)
    ordered = np.sort(number << 8 | counts)
    second = ordered[runs + np.minimum(size, 2) - 1] & 0xFF
    known = np.maximum(second, FEW_PLACES) / FEW_PLACES
    more = np.minimum(FORMULA_WORDS * np.log2(known), LONGEST_FORMULA)
    words = size + (SHINGLE_WORDS - 1)
    of_pair = np.searchsorted(runs, begins)
    longest = np.maximum.reduceat(words, of_pair)
    spare = np.maximum.reduceat(words - more, of_pair)
    return longest, longest - spare


def _promising(
    pairs: _Pairs, paragraphs: ParagraphRows, corpus: Corpus, settings: Settings
) -> tuple[_Pairs, BoolArray]:
    """Return the pairs that may match, and which do if it is not for a formula."""
    other = paragraphs.words[np.searchsorted(paragraphs.row, pairs.other)]
    own = corpus.paragraphs.words[pairs.own].astype(np.int64)
    shorter, longer = np.minimum(own, other), np.maximum(own, other)
    much = pairs.covered >= SCATTERED_SHARE * shorter
    aligned = _may_be_aligned(pairs, shorter, longer, settings)
    may_be = much | aligned | (pairs.longest >= settings.min_passage_words)
    may_be &= shorter >= settings.min_words
    written = pairs.longest + WRITTEN_APART
    likely = aligned | (written >= settings.min_passage_words + pairs.needed)
    likely |= much & (pairs.weight >= SCATTERED_SHINGLES)
    likely |= pairs.covered >= SAME_SHARE * longer
    likely |= pairs.covered >= settings.containment * shorter
    return pairs.where(may_be), likely[may_be]


def _of_lines(
    pairs: _Pairs, paragraphs: ParagraphRows, corpus: Corpus, settings: Settings
) -> tuple[IntArray, IntArray]:
    """Return of lines too short to match alone their letters and the words shared."""
    at = np.searchsorted(paragraphs.row, pairs.other)
    own = corpus.paragraphs.words[pairs.own].astype(np.int64)
    shorter = np.minimum(own, paragraphs.words[at])
    rows = shorter < settings.min_words
    rows &= pairs.covered >= settings.containment * shorter
    rows &= pairs.weight >= LEAST_RARITY * pairs.shingles
    return paragraphs.solid[at[rows]], pairs.covered[rows]


def _best(pairs: _Pairs, likely: BoolArray) -> tuple[IntArray, IntArray]:
    """Return the pairs to compare, and those that are left for want of room."""
    kept, cut = _heaviest(pairs, np.flatnonzero(likely), MOST_COPIES)
    more, _ = _heaviest(pairs, np.flatnonzero(~likely), MOST_DOUBTED)
    return np.concatenate([kept, more]), cut


def _may_be_aligned(
    pairs: _Pairs, shorter: IntArray, longer: IntArray, settings: Settings
) -> BoolArray:
    """Tell which pairs may agree in much of what stands between their shingles.

    No more words can than the shorter one has.
    """
    may_be: BoolArray = shorter >= np.maximum(ALIGNED_WORDS, ALIGNED_SHARE * longer)
    may_be &= pairs.covered >= settings.min_passage_words
    may_be &= pairs.covered >= HOPEFUL_SHARE * shorter
    may_be &= pairs.weight >= ALIGNED_WEIGHT
    may_be &= pairs.weight >= LEAST_RARITY * pairs.shingles
    return may_be


def _heaviest(pairs: _Pairs, rows: IntArray, most: int) -> tuple[IntArray, IntArray]:
    """Return for each paragraph the pairs that share most, and the others."""
    order = np.lexsort((pairs.other[rows], -pairs.weight[rows], pairs.own[rows]))
    rows = rows[order]
    begins = group_begins(pairs.own[rows])
    rank = np.arange(rows.size) - np.repeat(begins, np.diff(begins, append=rows.size))
    return rows[rank < most], rows[rank >= most]


def _elsewhere(
    store: Store, asked: _Asked, documents: IntArray, left_out: Collection[int]
) -> Elsewhere:
    """Return where shingles stand in documents that were not chosen."""
    held = store.paragraphs_of(documents.tolist())
    # Of equal paragraphs one stands in the index, perhaps that of another document.
    standing = store.equal(distinct(held.solid).tolist(), 1)
    places = _without(asked.places, np.union1d(held.row, standing.row))
    totals = store.totals()
    gone = store.paragraphs_of(sorted(left_out))
    words = totals.words - int(held.words.sum()) - int(gone.words.sum())
    closing = totals.documents - documents.size - len(left_out)
    return Elsewhere(places.hashes, np.diff(places.begins), max(words + closing, 0))
