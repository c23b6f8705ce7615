"""Join the runs of a pair of paragraphs that belong to one another."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.corpus import (
    BoolArray,
    IntArray,
    are_among,
    group_begins,
    sorting_by,
)
from dedupe.values import dataclass

_FAR = 1 << 40  # farther than any position


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
    rows = np.flatnonzero(are_among(pair, asked))
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
    """Leave out a run of which half lies in a longer run of its pair, on either side.

    Where a phrase stands twice in one paragraph, a run of it alone lies beside the
    run of the sentence that was copied; it would break that, or cut off its start.
    """
    is_next = pair[1:] == pair[:-1]
    several = np.append(is_next, False)
    several[1:] |= is_next
    rows = np.flatnonzero(several)
    if not rows.size:
        return runs, pair
    some, own = runs.where(rows), pair.take(rows)
    found = [
        _echoes(some, own, some.left, np.arange(rows.size)),
        _echoes(some, own, some.right, sorting_by(own, some.right)),
    ]
    longer, shorter = np.concatenate(found, axis=1)
    if not longer.size:
        return runs, pair
    kept = np.ones(rows.size, np.bool_)
    while longer.size:
        # What is left out itself leaves out none.
        doubted = np.zeros(rows.size, np.bool_)
        doubted[shorter] = True
        kept[shorter[~doubted[longer]]] = False
        live = kept[longer] & kept[shorter]
        longer, shorter = longer[live], shorter[live]
    stays = np.ones(pair.size, np.bool_)
    stays[rows[~kept]] = False
    return runs.where(stays), pair[stays]


def _echoes(runs: Runs, pair: IntArray, side: IntArray, order: IntArray) -> IntArray:
    """Return the rows of runs that share half of the shorter one's words on one side.

    First the longer one, then the other. Of equal ones that which stands first, on both
    sides, so that it does not matter which is which. `order` is that of the side.
    """
    begin, length = (pair * _FAR + side).take(order), runs.length.take(order)
    end = begin + length
    found = []
    for step in (1, 2):
        over = np.minimum(end[:-step], end[step:]) - begin[step:]
        rows = np.flatnonzero(2 * over >= np.minimum(length[:-step], length[step:]))
        found.append((order.take(rows), order.take(rows + step)))
    one, other = np.concatenate(found, axis=1)
    more = runs.length[one] - runs.length[other]
    place = runs.left + runs.right
    later = place[one] - place[other]
    first = (more > 0) | ((more == 0) & ((later < 0) | ((later == 0) & (one < other))))
    return np.stack([np.where(first, one, other), np.where(first, other, one)])


def fresh_words(pair: IntArray, begin: IntArray, end: IntArray) -> IntArray:
    """Return how many words of each run no earlier run of its pair holds."""
    far = pair * _FAR
    reach = np.maximum.accumulate(end + far)
    # What an earlier pair has reached lies before the first word of all.
    begin = np.append(begin[:1], np.maximum(begin[1:], reach[:-1] - far[1:]))
    fresh: IntArray = np.maximum(end - begin, 0)
    return fresh
