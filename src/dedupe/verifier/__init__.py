"""Decide which pairs of paragraphs match, from the runs of words they share."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs, cut_at_paragraphs, pair_keys
from dedupe.corpus import ByteArray, Corpus, IntArray, Rows, group_begins, sorting_by
from dedupe.matches import Matches, joined
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS
from dedupe.verifier.measuring import measured
from dedupe.verifier.short_lines import over_short_lines
from dedupe.verifier.signs import signs_of
from dedupe.verifier.thresholds import HOPEFUL_SHARE


def verify(
    corpus: Corpus, runs: Runs, frequency: ByteArray, settings: Settings
) -> tuple[Matches, Runs]:
    """Return the matches among pairs of paragraphs that share runs of words.

    `frequency` (uint8, one a position) tells in how many places the shingle stands, 0
    for one. Beside the matches come the runs of pairs that would be matches if what
    they share stood in fewer places.
    """
    whole = len(runs)
    runs, left, right = cut_at_paragraphs(corpus, runs)
    pieces = slice(whole, None)
    lines = over_short_lines(
        corpus,
        Runs(runs.left[pieces], runs.right[pieces], runs.length[pieces]),
        left[pieces],
        right[pieces],
        frequency,
        settings,
    )
    runs, pair = _in_hopeful_pairs(corpus, runs, left, right, settings)
    signs = signs_of(corpus, runs, pair, frequency, settings)
    doubted = runs.where(signs.doubted[pair])
    kept = signs.kept
    rows = np.flatnonzero(kept[pair])
    pair = (np.cumsum(kept) - 1)[pair[rows]]
    matches = measured(corpus, runs.where(rows), pair, signs.where(kept), settings)
    return joined([matches, lines]) if len(lines) else matches, doubted


def _in_hopeful_pairs(
    corpus: Corpus, runs: Runs, left: Rows, right: Rows, settings: Settings
) -> tuple[Runs, IntArray]:
    """Return the runs of pairs that may share enough, and the pair of each.

    `left` and `right` are the paragraphs that the runs lie in. They are sorted by pair
    and left place. Most pairs share one short run: they are gone before anything else
    is looked up.
    """
    # What overlaps its own copy is a word said again and again, not a copy; and equal
    # paragraphs, into which a run may go on from the next ones, are matched already.
    apart = corpus.exemplar.take(left) != corpus.exemplar.take(right)
    apart |= (left == right) & (runs.left + runs.length <= runs.right)
    kept = np.flatnonzero(apart & (runs.length >= SHINGLE_WORDS))
    left, right = left.take(kept), right.take(kept)
    keys, bits = pair_keys(left, right, len(corpus.paragraphs))
    keys.sort()
    rows = (keys & np.uint64((1 << bits) - 1)).view(np.int64)
    begins = group_begins(keys >> np.uint64(bits))
    if not begins.size:
        return runs.where(kept), begins
    length = runs.length.take(kept.take(rows))
    first = rows.take(begins)
    words = corpus.paragraphs.words
    shorter = np.minimum(words.take(left.take(first)), words.take(right.take(first)))
    # A long run is enough whatever the paragraphs hold.
    length[length >= settings.min_passage_words] = corpus.positions
    hopeful = np.add.reduceat(length, begins) >= HOPEFUL_SHARE * shorter
    size = np.diff(begins, append=rows.size)
    runs = runs.where(kept.take(np.compress(np.repeat(hopeful, size), rows)))
    size = np.compress(hopeful, size)
    pair = np.repeat(np.arange(size.size), size)
    return runs.where(sorting_by(pair, runs.left)), pair
