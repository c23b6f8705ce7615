"""Grow seeds into runs of equal words, and runs into aligned passages."""

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
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.shingles import SHINGLE_WORDS
from dedupe.values import dataclass

# Two paragraphs are looked at when they share this many shingles anywhere, or when one
# of their seeds can be lengthened by a word.
ENOUGH_SHINGLES = 3
# A run is followed into a rewording as long as one word in three is equal.
AGREES = 2
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


@dataclass(frozen=True, slots=True)
class Stretches:
    """Runs that belong to one another, one row a run, sorted by pair and left place."""

    pair: IntArray
    runs: Runs

    def where(self, rows: BoolArray | IntArray) -> Stretches:
        """Return some of the rows."""
        return Stretches(self.pair[rows], self.runs.where(rows))


def join(
    runs: Runs, pair: IntArray, gap: IntArray, least: int
) -> tuple[Stretches, IntArray]:
    """Leave out the runs that stand apart from the larger passages of their pair.

    Runs no farther from one another than the pair's `gap` (words, one a pair), on both
    sides, make a passage; a passage counts with `least` words, and the largest of a
    pair always. What lies over an earlier run is cut off. Also returns how many words
    the passages of each pair hold on both sides.
    """
    runs, pair = _without_echoes(runs, pair)
    left_end = runs.left + runs.length
    right_end = runs.right + runs.length
    near = pair[1:] == pair[:-1]
    largest = gap[pair[1:]]
    near &= runs.left[1:] - left_end[:-1] <= largest
    between = runs.right[1:] - right_end[:-1]
    near &= (between <= largest) & (between >= -largest)
    begins = np.flatnonzero(np.concatenate([[True], ~near])[: len(runs)])
    fresh = fresh_words(pair, runs.left, left_end)
    order = sorting_by(pair, runs.right)
    right_fresh = np.empty_like(pair)
    right_fresh[order] = fresh_words(pair, runs.right[order], right_end[order])
    if not begins.size:
        return Stretches(pair, runs), np.zeros(gap.size, np.int64)
    words = np.minimum(
        np.add.reduceat(fresh, begins), np.add.reduceat(right_fresh, begins)
    )
    of_passage = pair[begins]
    pairs = group_begins(of_passage)
    most = np.maximum.reduceat(words, pairs)
    most = np.repeat(most, np.diff(pairs, append=begins.size))
    counts = (words >= least) | (words == most)
    total = np.bincount(
        of_passage[counts], weights=words[counts], minlength=gap.size
    ).astype(np.int64)
    kept = np.repeat(counts, np.diff(begins, append=len(runs)))
    kept &= (fresh > 0) & (right_fresh > 0)
    lost = np.flatnonzero(np.bincount(pair[kept], minlength=gap.size) == 0)
    if lost.size:
        rows = _longest_of(runs, pair, lost)
        kept[rows] = True
        fresh[rows] = total[pair[rows]] = runs.length[rows]
    cut = (runs.length - fresh)[kept]
    runs = Runs(runs.left[kept] + cut, runs.right[kept] + cut, fresh[kept])
    return Stretches(pair[kept], runs), total


def _longest_of(runs: Runs, pair: IntArray, asked: IntArray) -> IntArray:
    """Return the first of the longest runs of each of some pairs.

    Of a phrase that both sides say again and again, each run may lie over others on
    one side or the other, so that none of them is left.
    """
    rows = np.flatnonzero(np.isin(pair, asked))
    rows = rows[np.lexsort((-runs.length[rows], pair[rows]))]
    return rows[group_begins(pair[rows])]


def words_on_both_sides(stretches: Stretches) -> IntArray:
    """Return how many words the runs of each pair hold, on the side that has fewer."""
    pair, runs = stretches.pair, stretches.runs
    begins = group_begins(pair)
    if not begins.size:
        return begins
    left = fresh_words(pair, runs.left, runs.left + runs.length)
    order = sorting_by(pair, runs.right)
    begin = runs.right[order]
    right = fresh_words(pair, begin, begin + runs.length[order])
    return np.minimum(np.add.reduceat(left, begins), np.add.reduceat(right, begins))


def _without_echoes(runs: Runs, pair: IntArray) -> tuple[Runs, IntArray]:
    """Leave out a run whose words stand in a longer run of its pair.

    Where a phrase stands twice in one paragraph, a run of it alone lies beside the
    run of the sentence that was copied; it would break that, or cut off its start.
    """
    begin = runs.left + pair * _FAR
    end = begin + runs.length
    kept = np.ones(len(runs), np.bool_)
    for step in (1, 2):
        first, second = runs.length[:-step], runs.length[step:]
        lies = begin[step:] < end[:-step]
        over = np.minimum(end[step:], end[:-step]) - begin[step:]
        first_is_shorter = first < second
        echo = lies & (2 * over >= np.minimum(first, second))
        kept[:-step] &= ~(echo & first_is_shorter)
        kept[step:] &= ~(echo & ~first_is_shorter)
    return runs.where(kept), pair[kept]


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


def fresh_words(pair: IntArray, begin: IntArray, end: IntArray) -> IntArray:
    """Return how many words of each run no earlier run of its pair holds."""
    far = pair * _FAR
    reach = np.maximum.accumulate(end + far)
    # What an earlier pair has reached lies before the first word of all.
    begin = np.append(begin[:1], np.maximum(begin[1:], reach[:-1] - far[1:]))
    fresh: IntArray = np.maximum(end - begin, 0)
    return fresh


_FAR = 1 << 40  # farther than any position
