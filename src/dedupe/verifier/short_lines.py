"""Find text that goes on over lines which are too short to be compared alone.

A verse is written in one line or with each half in its own, a list in lines or in a
sentence: in another copy the lines break elsewhere.
"""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.aligner.stretches import join, words_on_both_sides
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    Rows,
    group_begins,
    sorting_by,
)
from dedupe.matches import CONTAINED, OVERLAP, Matches, no_matches
from dedupe.settings import Settings
from dedupe.similarity import similarity
from dedupe.verifier.signs import are_long
from dedupe.verifier.thresholds import LARGEST_GAP


def over_short_lines(
    corpus: Corpus,
    pieces: Runs,
    left: Rows,
    right: Rows,
    frequency: ByteArray,
    settings: Settings,
) -> Matches:
    """Return what short lines share in runs that are long enough over several of them.

    `pieces` are runs cut at paragraphs, `left` and `right` the paragraphs they lie in;
    what was cut from one run follows one another.
    """
    words = corpus.paragraphs.words
    short = np.minimum(words.take(left), words.take(right)) < settings.min_words
    # Equal lines are matched already, and are blocks where they follow one another.
    short &= corpus.exemplar.take(left) != corpus.exemplar.take(right)
    rows = np.flatnonzero(short)
    if not rows.size:
        return no_matches()
    pieces, left, right = pieces.where(rows), left.take(rows), right.take(rows)
    rows = np.flatnonzero(_in_long_runs(corpus, pieces, frequency, settings))
    if not rows.size:
        return no_matches()
    left, right = left.take(rows), right.take(rows)
    return _matches(corpus, pieces.where(rows), left, right, settings)


def _in_long_runs(
    corpus: Corpus, pieces: Runs, frequency: ByteArray, settings: Settings
) -> BoolArray:
    """Tell which pieces make a run that is no chance with those they touch."""
    end, length = pieces.left + pieces.length, pieces.length
    goes_on = end[:-1] == pieces.left[1:]
    goes_on &= pieces.right[:-1] + length[:-1] == pieces.right[1:]
    begins = np.flatnonzero(np.append(True, ~goes_on))
    total = np.add.reduceat(length, begins)
    runs = Runs(pieces.left.take(begins), pieces.right.take(begins), total)
    enough = total >= settings.min_words
    # What lies over its own copy is a line said again and again.
    enough &= runs.left + total <= runs.right
    rows = np.flatnonzero(enough)
    long, _ = are_long(corpus, runs.where(rows), frequency, settings)
    enough[rows] = long
    return np.repeat(enough, np.diff(begins, append=length.size))


def _matches(
    corpus: Corpus, runs: Runs, left: Rows, right: Rows, settings: Settings
) -> Matches:
    """Return one match for each two paragraphs that share runs."""
    order = sorting_by(left, right, runs.left)
    runs, left, right = runs.where(order), left.take(order), right.take(order)
    begins = group_begins(left.astype(np.int64) << 32 | right)
    left, right = left.take(begins), right.take(begins)
    pair = np.repeat(np.arange(begins.size), np.diff(begins, append=len(runs)))
    gap = np.full(begins.size, LARGEST_GAP)
    stretches, matched = join(runs, pair, gap, 1)
    words = corpus.paragraphs.words
    shorter = np.minimum(words.take(left), words.take(right))
    within = matched >= settings.containment * shorter
    runs = stretches.runs
    return Matches(
        left.astype(np.int32),
        right.astype(np.int32),
        np.where(within, CONTAINED, OVERLAP).astype(np.uint8),
        *similarity(corpus, left, right),
        np.minimum(words_on_both_sides(stretches), shorter),
        np.append(group_begins(stretches.pair), len(runs)),
        runs.left,
        runs.left + runs.length,
        runs.right,
        runs.right + runs.length,
    )
