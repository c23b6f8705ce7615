"""Carry edges on to the copies of the paragraphs that they tie.

Equal paragraphs have edges to their exemplar and to the copy before them alone, and of
them only the exemplar is compared with others. All pairs of copies would be too many;
but a block goes on in them, wherever an edge stands beside them.
"""

from __future__ import annotations

import numpy as np

from dedupe.blocks.edges import NO_MATCH, Edges, rows_of
from dedupe.corpus import BoolArray, Corpus, IntArray, ranges, sorting_by
from dedupe.matches import EDITED, Matches
from dedupe.values import dataclass

# An edge is carried on over as many paragraphs as these together, looked at in turn.
# What would go on for longer is left as it is: the rows of tables, each like all others.
AT_ONCE = (1, 2, 4, 8, 16)
UNLIMITED = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where runs of edges end, two rows a run."""

    left: IntArray
    right: IntArray
    step: IntArray  # 1 from the last edge of a run, -1 from its first
    room: IntArray  # paragraphs up to the end of a document or to the next run
    start: IntArray  # left paragraph at the other end of the run

    def where(self, rows: IntArray) -> _Ends:
        """Return some of the ends."""
        return _Ends(*(getattr(self, name).take(rows) for name in self.__slots__))


def with_carried(corpus: Corpus, matches: Matches, edges: Edges) -> Edges:
    """Return the edges, and after them those of copies beside them."""
    if not np.any(edges.match[:1] == NO_MATCH):
        return edges  # nothing has a copy
    ends = _ends(corpus, edges)
    length = _lengths(corpus, matches, edges, ends)
    away = ranges(np.ones_like(length), length) * np.repeat(ends.step, length)
    left = np.repeat(ends.left, length) + away
    right = np.repeat(ends.right, length) + away
    match = _match_of_exemplars(corpus, matches, left, right)
    edited = match != NO_MATCH
    jaccard, containment = np.ones((2, match.size))
    jaccard[edited] = matches.jaccard[match[edited]]
    containment[edited] = matches.containment[match[edited]]
    return edges.with_more(Edges(left, right, match, jaccard, containment))


def _ends(corpus: Corpus, edges: Edges) -> _Ends:
    """Return the ends of all runs of edges between the same two documents."""
    distance = edges.right - edges.left
    order = sorting_by(distance, edges.left)
    left, distance = edges.left[order], distance[order]
    right = left + distance
    documents = corpus.paragraphs.document[left], corpus.paragraphs.document[right]
    together = distance[1:] == distance[:-1]
    for document in documents:
        together &= document[1:] == document[:-1]
    gap = left[1:] - left[:-1] - 1
    last = np.flatnonzero(np.append(~together | (gap > 0), [True]))
    first = np.append(0, last[:-1] + 1)
    gap = np.where(together, gap, UNLIMITED)[last[:-1]]
    below, above = np.append(gap, UNLIMITED), np.append(UNLIMITED, gap)
    for side, document in zip((left, right), documents, strict=True):
        end = corpus.first_paragraph[document + 1][last] - 1
        below = np.minimum(below, end - side[last])
        begin = corpus.first_paragraph[document][first]
        above = np.minimum(above, side[first] - begin)
    return _Ends(
        np.concatenate([left[last], left[first]]),
        np.concatenate([right[last], right[first]]),
        np.repeat([1, -1], first.size),
        np.concatenate([below, above]),
        np.concatenate([left[first], left[last]]),
    )


def _lengths(corpus: Corpus, matches: Matches, edges: Edges, ends: _Ends) -> IntArray:
    """Return over how many paragraphs the edge at each end is carried on."""
    length = np.zeros(ends.left.size, np.int64)
    live = np.flatnonzero(ends.room)
    left, right = ends.left + ends.step, ends.right + ends.step
    live = live[_has_copy(corpus, left[live], right[live])]
    before, after = _copies_beside(edges, len(corpus.paragraphs))
    for size in AT_ONCE:
        if not live.size:
            return length
        number = np.minimum(ends.room[live] - length[live], size)
        away = ranges(length[live] + 1, number)
        end = ends.where(np.repeat(live, number))
        left, right = end.left + end.step * away, end.right + end.step * away
        agrees = _has_copy(corpus, left, right)
        # A line said again and again leads along any distance, and to no block.
        beside = np.where(end.step > 0, before[left], after[left])
        agrees &= end.step * (beside - end.start) < 0
        rows = np.flatnonzero(agrees)
        left, right = left[rows], right[rows]
        agrees[rows] = corpus.exemplar[left] == corpus.exemplar[right]
        agrees[rows] |= _match_of_exemplars(corpus, matches, left, right) != NO_MATCH
        begins = np.cumsum(number) - number
        reached = np.minimum.reduceat(np.where(agrees, UNLIMITED, away - 1), begins)
        length[live] = np.minimum(reached, length[live] + number)
        live = live[(reached == UNLIMITED) & (length[live] < ends.room[live])]
    length[live] = 0
    return length


def _has_copy(corpus: Corpus, left: IntArray, right: IntArray) -> BoolArray:
    """Tell of pairs of paragraphs whether one of them is the copy of another.

    All others have an edge if they agree.
    """
    exemplar = corpus.exemplar
    copied: BoolArray = (exemplar[left] != left) | (exemplar[right] != right)
    return copied


def _copies_beside(edges: Edges, count: int) -> tuple[IntArray, IntArray]:
    """Return the copy before each paragraph, or -1, and after it, or `count`."""
    equal = edges.where(edges.match == NO_MATCH)
    before, after = np.full(count, -1), np.full(count, count)
    # Of several values for one paragraph the last stays: edges to exemplars come first.
    before[equal.right] = equal.left
    after[equal.left[::-1]] = equal.right[::-1]
    return before, after


def _match_of_exemplars(
    corpus: Corpus, matches: Matches, left: IntArray, right: IntArray
) -> IntArray:
    """Return the row of the match that makes each pair edited copies, or NO_MATCH."""
    row = rows_of(matches, corpus.exemplar[left], corpus.exemplar[right])
    known = np.flatnonzero(row != NO_MATCH)
    row[known[matches.relation[row[known]] != EDITED]] = NO_MATCH
    return row
