"""Carry edges on to the copies of the paragraphs that they tie.

Equal paragraphs have edges to their exemplar and to the copy before them alone, and of
them only the exemplar is compared with others. All pairs of copies would be too many;
but a block goes on in them, wherever an edge stands beside them.
"""

from __future__ import annotations

import numpy as np

from dedupe.blocks.edges import (
    NO_MATCH,
    Edges,
    copies_beside,
    edges_between,
    match_of_exemplars,
)
from dedupe.blocks.neighbors import neighbors_edges
from dedupe.corpus import Corpus, IntArray, group_begins, ranges, sorting_by
from dedupe.matches import Matches
from dedupe.values import dataclass

# An edge is carried on over as many paragraphs as these together, looked at in turn.
AT_ONCE = tuple(1 << size for size in range(16))
# What goes on over more edited copies is left as it is: long tables, in which each row
# is like all others.
MOST_EDITED = 31
# A text that was pasted twice says its lines twice; a refrain is said more often.
MOST_PASTED = 3
UNLIMITED = np.iinfo(np.int64).max
_LOWER = (1 << 32) - 1


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where runs of edges end between two documents, one row an end."""

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
    before, after = copies_beside(edges, len(corpus.paragraphs))
    edges = edges.with_more(neighbors_edges(corpus, matches, edges, before))
    ends = _ends(corpus, edges)
    length = _lengths(corpus, matches, ends, before, after)
    away = ranges(np.ones_like(length), length) * np.repeat(ends.step, length)
    left = np.repeat(ends.left, length) + away
    right = np.repeat(ends.right, length) + away
    return edges.with_more(edges_between(corpus, matches, left, right))


def _ends(corpus: Corpus, edges: Edges) -> _Ends:
    """Return the ends of runs of edges beside which a copy stands."""
    count = len(corpus.paragraphs)
    ordered = np.sort((edges.right - edges.left) << 32 | edges.left)
    left = ordered & _LOWER
    right = left + (ordered >> 32)
    document = corpus.paragraphs.document
    apart = ordered[1:] - ordered[:-1] > 1
    for side in (left, right):
        apart |= np.diff(document[side]) != 0
    last = np.flatnonzero(np.append(apart, [True]))
    first = np.append(0, last[:-1] + 1)
    rows = np.concatenate([last, first])
    other = np.concatenate([first, last])
    step = np.repeat([1, -1], last.size)
    is_copy = corpus.exemplar != np.arange(count)
    held = is_copy.take(left.take(rows) + step, mode="clip")
    held |= is_copy.take(right.take(rows) + step, mode="clip")
    held = np.flatnonzero(held)
    rows, other, step = rows.take(held), other.take(held), step.take(held)
    beside = np.clip(rows + step, 0, ordered.size - 1)
    gap = np.abs(ordered[beside] - ordered[rows]) - 1
    # There is no other run on that side.
    gap[beside == rows] = count
    for side in (left, right):
        row = document[side[rows]]
        begin, end = corpus.first_paragraph[row], corpus.first_paragraph[row + 1] - 1
        gap = np.minimum(gap, np.where(step > 0, end - side[rows], side[rows] - begin))
    return _Ends(left[rows], right[rows], step, gap, left[other])


def _lengths(
    corpus: Corpus, matches: Matches, ends: _Ends, before: IntArray, after: IntArray
) -> IntArray:
    """Return over how many paragraphs the edge at each end is carried on."""
    length = np.zeros(ends.left.size, np.int64)
    edited = np.zeros(length.size, np.int64)
    live = np.flatnonzero(ends.room)
    said = _times_said(corpus)
    for size in AT_ONCE:
        if not live.size:
            break
        number = np.minimum(ends.room[live] - length[live], size)
        away = ranges(length[live] + 1, number)
        end = ends.where(np.repeat(live, number))
        left, right = end.left + end.step * away, end.right + end.step * away
        equal = corpus.exemplar[left] == corpus.exemplar[right]
        agrees = equal | (corpus.exemplar[left] != left)
        # Of two that are no copies, an edge would be known.
        agrees |= corpus.exemplar[right] != right
        # A line said again and again leads along any distance, and to no block.
        copy = np.where(end.step > 0, before[left], after[left])
        agrees &= (end.step * (copy - end.start) < 0) | (said[left] <= MOST_PASTED)
        rows = np.flatnonzero(agrees & ~equal)
        match = match_of_exemplars(corpus, matches, left[rows], right[rows])
        agrees[rows] = match != NO_MATCH
        begins = np.cumsum(number) - number
        reached = np.minimum.reduceat(np.where(agrees, UNLIMITED, away - 1), begins)
        length[live] = np.minimum(reached, length[live] + number)
        edited[live] += np.add.reduceat(agrees & ~equal, begins, dtype=np.int64)
        live = live[(reached == UNLIMITED) & (length[live] < ends.room[live])]
        is_table = edited[live] >= MOST_EDITED
        length[live[is_table]] = 0
        live = live[~is_table]
    length[live] = 0
    return length


def _times_said(corpus: Corpus) -> IntArray:
    """Return how often each paragraph stands in its document."""
    exemplar, document = corpus.exemplar, corpus.paragraphs.document
    said = np.ones(exemplar.size, np.int64)
    has_copy = exemplar != np.arange(exemplar.size)
    has_copy[exemplar[has_copy]] = True
    rows = np.flatnonzero(has_copy)
    rows = rows[sorting_by(document[rows], exemplar[rows])]
    begins = group_begins(document[rows].astype(np.int64) << 32 | exemplar[rows])
    size = np.diff(begins, append=rows.size)
    said[rows] = np.repeat(size, size)
    return said
