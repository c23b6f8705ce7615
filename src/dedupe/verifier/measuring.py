"""Measure likely pairs: in which relation they stand, and what of them agrees."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs, merge, together
from dedupe.aligner.lone_words import fill
from dedupe.aligner.stretches import join, words_on_both_sides
from dedupe.candidates import Packing
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    group_begins,
    sorting_by,
)
from dedupe.families import seeds_of_pairs
from dedupe.matches import CONTAINED, EDITED, OVERLAP, Matches, no_matches
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS
from dedupe.similarity import similarity
from dedupe.values import dataclass
from dedupe.verifier.signs import Signs
from dedupe.verifier.thresholds import (
    EDITED_SHARE,
    LACKING_SHARE,
    LARGEST_GAP,
    LONGER,
    QUOTATION_GAP,
    SAME_SHARE,
    SCATTERED_CONTAINMENT,
    SCATTERED_SHARE,
    SIDE_PASSAGE_WORDS,
)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What is measured of pairs before their runs are joined, one row a pair."""

    left: IntArray  # paragraph
    right: IntArray
    shorter: IntArray  # words
    longer: IntArray
    jaccard: FloatArray
    containment: FloatArray

    @classmethod
    def of(cls, corpus: Corpus, runs: Runs, pair: IntArray) -> _Pairs:
        """Measure the pairs of some runs, sorted by pair."""
        begins = group_begins(pair)
        left = corpus.word_paragraph.take(runs.left.take(begins))
        right = corpus.word_paragraph.take(runs.right.take(begins))
        left_words = corpus.paragraphs.words.take(left)
        right_words = corpus.paragraphs.words.take(right)
        return cls(
            left,
            right,
            np.minimum(left_words, right_words),
            np.maximum(left_words, right_words),
            *similarity(corpus, left, right),
        )


def measured(
    corpus: Corpus, runs: Runs, pair: IntArray, signs: Signs, settings: Settings
) -> Matches:
    """Return the matches of likely pairs, whose runs are sorted by pair and place."""
    if not len(runs):
        return no_matches()
    pairs = _Pairs.of(corpus, runs, pair)
    runs, pair = _with_formulas(corpus, runs, pair, pairs)
    gap = np.where(signs.scattered | signs.aligned, LARGEST_GAP, QUOTATION_GAP)
    stretches, matched = join(runs, pair, gap, SIDE_PASSAGE_WORDS)
    begins = group_begins(stretches.pair)
    several = np.diff(begins, append=len(stretches.runs)) > 1
    relation = _relations(pairs, signs, matched, several, settings)
    sound = matched >= SCATTERED_SHARE * pairs.shorter
    sound &= pairs.containment >= SCATTERED_CONTAINMENT
    sound |= signs.quoted | signs.aligned
    sound &= (relation != OVERLAP) | (matched >= settings.min_passage_words)
    edited = relation == EDITED
    gap = np.where(edited, pairs.shorter, LARGEST_GAP)
    stretches = fill(corpus, stretches, gap, sound & edited)
    runs = stretches.runs
    return Matches(
        pairs.left.astype(np.int32),
        pairs.right.astype(np.int32),
        relation,
        pairs.jaccard,
        pairs.containment,
        np.minimum(words_on_both_sides(stretches), pairs.shorter),
        np.append(group_begins(stretches.pair), len(runs)),
        runs.left,
        runs.left + runs.length,
        runs.right,
        runs.right + runs.length,
    ).where(np.flatnonzero(sound))


def _relations(
    pairs: _Pairs,
    signs: Signs,
    matched: IntArray,
    several: BoolArray,
    settings: Settings,
) -> ByteArray:
    """Return the relation of pairs of which so many words are `matched`.

    `several` tells where they stand in several runs.
    """
    shorter, longer = pairs.shorter, pairs.longer
    relation = np.full(matched.size, OVERLAP, np.uint8)
    within = pairs.containment >= settings.containment
    within |= matched >= settings.containment * shorter
    relation[within] = CONTAINED
    # A formula alone, however long, makes no copy.
    alike = signs.scattered & (matched >= EDITED_SHARE * longer)
    alike &= several | (matched >= SAME_SHARE * longer)
    alike |= signs.aligned
    alike &= ~within | (longer < LONGER * shorter)
    relation[alike | (pairs.jaccard >= settings.jaccard)] = EDITED
    relation[pairs.left == pairs.right] = OVERLAP
    return relation


def _with_formulas(
    corpus: Corpus, runs: Runs, pair: IntArray, pairs: _Pairs
) -> tuple[Runs, IntArray]:
    """Return runs, sorted by pair, with those that are too common to have a seed.

    They are looked for where much of the shorter one is shared that stands in no run.
    """
    shingles = pairs.shorter - (SHINGLE_WORDS - 1)
    known = np.add.reduceat(runs.length - (SHINGLE_WORDS - 1), group_begins(pair))
    lacking = pairs.containment * shingles - known > LACKING_SHARE * shingles
    lacking &= pairs.left != pairs.right
    rows = np.flatnonzero(lacking)
    if not rows.size:
        return runs, pair
    left, right = pairs.left[rows], pairs.right[rows]
    packing = Packing.of(corpus)
    # All that they share has a seed: nothing is left to be lengthened.
    more = merge(packing, seeds_of_pairs(corpus, packing, left, right))
    pair = np.concatenate([pair, _rows_of(corpus, more, pairs, rows)])
    runs = together(runs, more)
    order = sorting_by(pair, runs.left, runs.right)
    return runs.where(order), pair[order]


def _rows_of(corpus: Corpus, runs: Runs, pairs: _Pairs, rows: IntArray) -> IntArray:
    """Return which of some rows of the pairs each run belongs to."""
    keys = pairs.left[rows].astype(np.int64) << 32 | pairs.right[rows]
    order = np.argsort(keys)
    left = corpus.word_paragraph.take(runs.left).astype(np.int64)
    asked = left << 32 | corpus.word_paragraph.take(runs.right)
    return rows[order][keys[order].searchsorted(asked)]
