"""Tell why pairs of paragraphs may match."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.candidates import FEW_PLACES
from dedupe.corpus import BoolArray, ByteArray, Corpus, IntArray, group_begins, ranges
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS
from dedupe.values import dataclass
from dedupe.verifier.rarity import second_rarest, weights
from dedupe.verifier.thresholds import (
    ALIGNED_RARITY,
    ALIGNED_SHARE,
    ALIGNED_WEIGHT,
    ALIGNED_WORDS,
    CORPUS_MORE,
    CORPUS_WORDS,
    FORMULA_WORDS,
    LONGEST_FORMULA,
    SAME_SHARE,
    SCATTERED_SHARE,
    SCATTERED_SHINGLES,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """Why a pair may be a match, one row a pair."""

    kept: BoolArray
    doubted: BoolArray  # not kept, since what they share stands in many places
    quoted: BoolArray  # one run is too long for chance
    scattered: BoolArray  # the runs cover much of the text
    aligned: BoolArray  # they do with the equal words between them

    def where(self, rows: BoolArray) -> Signs:
        """Return the signs of some pairs."""
        return Signs(*(getattr(self, name)[rows] for name in self.__slots__))


def signs_of(
    corpus: Corpus,
    runs: Runs,
    pair: IntArray,
    frequency: ByteArray,
    settings: Settings,
) -> Signs:
    """Tell which pairs share enough to be measured."""
    paragraph = corpus.word_paragraph
    words = corpus.paragraphs.words
    begins = group_begins(pair)
    left = paragraph.take(runs.left.take(begins))
    right = paragraph.take(runs.right.take(begins))
    left_words, right_words = words.take(left), words.take(right)
    shorter = np.minimum(left_words, right_words)
    longer = np.maximum(left_words, right_words)
    shared = np.add.reduceat(runs.length, begins) if begins.size else begins
    two = left != right
    comparable = shorter >= settings.min_words
    much = shared >= SCATTERED_SHARE * shorter
    scattered = shared >= SAME_SHARE * longer
    scattered |= shared >= settings.containment * shorter
    # Only here does it matter how rare the shingles are.
    shingles = shared - (SHINGLE_WORDS - 1) * np.diff(begins, append=pair.size)
    open_ = much & ~scattered & comparable & (shingles >= SCATTERED_SHINGLES)
    rows = np.flatnonzero(open_.take(pair))
    weight = np.bincount(
        pair.take(rows), weights(runs.where(rows), frequency), minlength=begins.size
    )
    scattered |= open_ & (weight >= SCATTERED_SHINGLES)
    scattered &= two
    aligned = two & comparable & (shared >= settings.min_passage_words)
    aligned &= shorter >= ALIGNED_SHARE * longer
    aligned = _are_aligned(corpus, runs, pair, aligned, frequency)
    long, suspicious = are_long(corpus, runs, frequency, settings)
    quoted = np.zeros(begins.size, np.bool_)
    quoted[np.compress(long, pair)] = True
    longest = np.maximum.reduceat(runs.length, begins) if begins.size else begins
    telling = much | (longest >= settings.min_passage_words)
    quoted &= telling
    kept = (quoted | scattered | aligned) & comparable
    doubted = two & much
    doubted[np.compress(suspicious, pair)] = True
    doubted &= comparable & telling & ~kept
    return Signs(kept, doubted, quoted, scattered, aligned)


def _are_aligned(
    corpus: Corpus,
    runs: Runs,
    pair: IntArray,
    asked: BoolArray,
    frequency: ByteArray,
) -> BoolArray:
    """Tell which of some pairs agree in much of what stands around their rare runs."""
    rows = np.flatnonzero(asked.take(pair))
    runs, pair = runs.where(rows), pair.take(rows)
    shingles = np.bincount(
        pair, runs.length - (SHINGLE_WORDS - 1), minlength=asked.size
    )
    weight = np.bincount(pair, weights(runs, frequency), minlength=asked.size)
    likely = (weight >= ALIGNED_RARITY * shingles) & (weight >= ALIGNED_WEIGHT)
    rows = np.flatnonzero(likely.take(pair))
    agreeing, longer = _agreeing_words(corpus, runs.where(rows), pair.take(rows))
    words = np.bincount(pair.take(rows), agreeing, minlength=asked.size)
    longest = np.zeros(asked.size, np.int64)
    longest[pair.take(rows)] = longer
    return likely & (words >= ALIGNED_WORDS) & (words >= ALIGNED_SHARE * longest)


def _agreeing_words(
    corpus: Corpus, runs: Runs, pair: IntArray
) -> tuple[IntArray, IntArray]:
    """Return how many equal words each run has as far apart as its own, with them.

    They are looked for up to the next run of the pair, after the last one and before
    the first up to the ends of the paragraphs. Beside them, the longer one's words.
    """
    if not len(runs):
        return pair, pair
    paragraphs, distance = corpus.paragraphs, runs.right - runs.left
    sides = [corpus.word_paragraph.take(side) for side in (runs.left, runs.right)]
    sizes = [paragraphs.words.take(side) for side in sides]
    firsts = [paragraphs.first_word.take(side).astype(np.int64) for side in sides]
    is_first = np.append(True, pair[1:] != pair[:-1])
    is_last = np.append(is_first[1:], True)
    opening = np.maximum(firsts[0], firsts[1] - distance)
    closing = np.minimum(firsts[0] + sizes[0], firsts[1] + sizes[1] - distance)
    begin = np.where(is_first, opening, runs.left)
    end = np.where(is_last, closing, np.append(runs.left[1:], 0))
    size = np.clip(end - begin, 0, closing - begin)
    places = ranges(begin, size)
    equal = corpus.word.take(places) == corpus.word.take(
        places + np.repeat(distance, size)
    )
    run = np.repeat(np.arange(len(runs)), size)
    agreeing = np.bincount(run, equal, minlength=len(runs)).astype(np.int64)
    return agreeing, np.maximum(*sizes)


def are_long(
    corpus: Corpus, runs: Runs, frequency: ByteArray, settings: Settings
) -> tuple[BoolArray, BoolArray]:
    """Tell which runs are too long for chance, and which would be if they were rare."""
    least = _shortest_run(corpus, settings)
    long = runs.length >= least + LONGEST_FORMULA
    would_be = long.copy()
    # A word is counted as two at most. Of the others, few need be looked up.
    rows = np.flatnonzero((2 * runs.length >= least) & ~long)
    written = _written_words(corpus, runs.where(rows))
    enough = written >= least
    rows, written = np.compress(enough, rows), np.compress(enough, written)
    rare = second_rarest(runs.where(rows), frequency)
    known = np.maximum(rare, FEW_PLACES) / FEW_PLACES
    more = np.minimum(FORMULA_WORDS * np.log2(known), LONGEST_FORMULA)
    long[rows] = written >= least + more
    would_be[rows] = True
    return long, would_be


def _shortest_run(corpus: Corpus, settings: Settings) -> int:
    words = corpus.positions + corpus.elsewhere.words
    more = 0 if words < CORPUS_WORDS else CORPUS_MORE
    return settings.min_passage_words + more


def _written_words(corpus: Corpus, runs: Runs) -> IntArray:
    """Return the words of runs as written on the side that parts more of them.

    A detached waw and عبد الله are two words to a reader and one after folding.
    """
    before = corpus.joined_before
    left, right = (
        before.take(begin + runs.length) - before.take(begin)
        for begin in (runs.left, runs.right)
    )
    written: IntArray = runs.length + np.maximum(left, right)
    return written
