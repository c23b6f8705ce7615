"""Find the equal words that stand alone beside the runs of an aligned pair."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.aligner.stretches import Stretches
from dedupe.corpus import (
    BoolArray,
    Corpus,
    IntArray,
    UInt32Array,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.values import dataclass

# A run is followed into a rewording as long as one word in three is equal.
AGREES = 2


def fill(
    corpus: Corpus, stretches: Stretches, gap: IntArray, edited: BoolArray
) -> Stretches:
    """Return the runs with the equal words that stand alone beside them.

    Where as many words stand between two runs on either side, one was written for
    another, and those that are equal agree, though too few for a run; but no more than
    the `gap` of the pair. Of pairs that are `edited`, all else is looked at as well.
    """
    between = _between(corpus.word, stretches, gap)
    around = _around(corpus, stretches, edited)
    return _without_seams(_in_order(stretches, between, around))


def _between(word: UInt32Array, stretches: Stretches, gap: IntArray) -> Stretches:
    """Return the equal words between runs of a pair, as far apart as both runs are."""
    pair, runs = stretches.pair, stretches.runs
    left = runs.left + runs.length
    right = runs.right + runs.length
    size = runs.left[1:] - left[:-1]
    fits = (size > 0) & (size <= gap.take(pair[1:])) & (pair[1:] == pair[:-1])
    fits &= size == runs.right[1:] - right[:-1]
    rows = np.flatnonzero(fits)
    size = size[rows]
    left, right = ranges(left[rows], size), ranges(right[rows], size)
    equal = word.take(left) == word.take(right)
    return _single(np.repeat(pair[rows], size)[equal], left[equal], right[equal])


def _around(corpus: Corpus, stretches: Stretches, asked: BoolArray) -> Stretches:
    """Return the equal words that stand alone before and after the runs of some pairs.

    Where an edited copy has few words in a row as they were, those as far apart as a
    run go on agreeing up to the ends of the paragraphs, or to where something was put
    in or left out.
    """
    pair, begin, end, distance = _diagonals(stretches, asked)
    one = _free_words(corpus, pair, begin, end, np.zeros_like(distance))
    other = _free_words(corpus, pair, begin, end, distance)
    opening = np.maximum(one.opening, other.opening)
    closing = np.minimum(one.closing, other.closing)
    row, place = _agreeing(
        corpus.word,
        np.concatenate([end, begin - 1]),
        np.concatenate([distance, distance]),
        np.concatenate([closing - end, begin - opening]),
        np.repeat([1, -1], pair.size),
        np.concatenate([one.closing == other.closing, one.opening == other.opening]),
    )
    row %= pair.size
    # What is reached from both ends belongs to the first.
    np.maximum.at(end, row, place + 1)
    for side in (one, other):
        border = end[side.before] - side.apart
        opening[side.after] = np.maximum(opening[side.after], border)
    kept = place >= opening[row]
    row, place = row[kept], place[kept]
    return _single(pair[row], place, place + distance[row])


@dataclass(frozen=True, slots=True)
class _Free:
    """What stands around diagonals on one side, in positions of the left one."""

    opening: IntArray  # first word after the one before, or of the paragraph
    closing: IntArray  # first word of the next one, or after the paragraph
    before: IntArray  # rows that are followed by another of their pair
    after: IntArray  # the rows that follow them
    apart: IntArray  # how much farther apart those are


def _free_words(
    corpus: Corpus, pair: IntArray, begin: IntArray, end: IntArray, shift: IntArray
) -> _Free:
    """Return what stands free around diagonals, all of them moved by a `shift`."""
    paragraph = corpus.word_paragraph.take(begin + shift)
    opening = corpus.paragraphs.first_word.take(paragraph) - shift
    closing = opening + corpus.paragraphs.words.take(paragraph)
    order = sorting_by(pair, begin + shift)
    same = np.flatnonzero(pair[order[1:]] == pair[order[:-1]])
    before, after = order[same], order[same + 1]
    apart = shift[after] - shift[before]
    closing[before] = begin[after] + apart
    opening[after] = end[before] - apart
    return _Free(opening, closing, before, after, apart)


def _diagonals(
    stretches: Stretches, asked: BoolArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Return the pair, the first word, the last but one and the distance of diagonals.

    A diagonal is what follows one another in a pair, as far apart on either side.
    """
    pair, runs = stretches.pair, stretches.runs
    distance = runs.right - runs.left
    turns = np.ones(len(runs), np.bool_)
    turns[1:] = (pair[1:] != pair[:-1]) | (distance[1:] != distance[:-1])
    first = np.flatnonzero(turns)
    last = np.append(first[1:], len(runs)) - 1
    rows = np.flatnonzero(asked.take(pair.take(first)))
    first, last = first.take(rows), last.take(rows)
    end = runs.left.take(last) + runs.length.take(last)
    return pair.take(first), runs.left.take(first), end, distance.take(first)


def _agreeing(
    word: UInt32Array,
    start: IntArray,
    distance: IntArray,
    room: IntArray,
    step: IntArray,
    even: BoolArray,
) -> tuple[IntArray, IntArray]:
    """Return the equal words that each start is followed to: its row, and the place.

    They end where those that are equal outweigh most those that are not; the first
    word is not. Where there is as much room on either side, it is `even`, and none is
    left out. The `step` is 1 or -1, the way to go.
    """
    rows = np.flatnonzero(room > 1)
    size = room.take(rows)
    row = np.repeat(rows, size)
    away = ranges(np.zeros_like(size), size)
    place = start.take(row) + step.take(row) * away
    there = place + distance.take(row)
    equal = np.flatnonzero(word.take(place) == word.take(there))
    row, place, away = row.take(equal), place.take(equal), away.take(equal)
    begins = group_begins(row)
    if not begins.size:
        return row, place
    count = np.diff(begins, append=row.size)
    number = ranges(np.ones_like(count), count)
    score = (AGREES + 1) * number - (away + 1)
    most = np.maximum(np.maximum.reduceat(score, begins), 1)
    best = np.where(score == np.repeat(most, count), number, 0)
    last = np.maximum.reduceat(best, begins)
    last = np.where(even.take(row.take(begins)), count, last)
    kept = number <= np.repeat(last, count)
    return row[kept], place[kept]


def _single(pair: IntArray, left: IntArray, right: IntArray) -> Stretches:
    """Return runs of one word."""
    return Stretches(pair, Runs(left, right, np.ones_like(pair)))


def _in_order(*parts: Stretches) -> Stretches:
    """Return the rows of all parts, sorted."""
    pair = np.concatenate([part.pair for part in parts])
    runs = [part.runs for part in parts]
    left = np.concatenate([part.left for part in runs])
    right = np.concatenate([part.right for part in runs])
    length = np.concatenate([part.length for part in runs])
    order = sorting_by(pair, left)
    return Stretches(pair, Runs(left, right, length)).where(order)


def _without_seams(stretches: Stretches) -> Stretches:
    """Join runs of a pair that touch on both sides."""
    pair, runs = stretches.pair, stretches.runs
    touches = pair[1:] == pair[:-1]
    touches &= runs.left[:-1] + runs.length[:-1] == runs.left[1:]
    touches &= runs.right[:-1] + runs.length[:-1] == runs.right[1:]
    begins = np.flatnonzero(np.concatenate([[True], ~touches])[: len(runs)])
    if not begins.size:
        return stretches
    length = np.add.reduceat(runs.length, begins)
    return Stretches(pair[begins], Runs(runs.left[begins], runs.right[begins], length))
