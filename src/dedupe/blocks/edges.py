"""Pairs of paragraphs that say the same: equal ones, and edited copies."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.corpus import BoolArray, Corpus, FloatArray, IntArray, Rows, sorting
from dedupe.matches import EDITED, Matches
from dedupe.values import dataclass

NO_MATCH = -1


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of paragraphs that say the same, left before right, one row a pair."""

    left: IntArray
    right: IntArray
    match: IntArray  # row of the match, or NO_MATCH for paragraphs equal after folding
    jaccard: FloatArray
    containment: FloatArray

    def where(self, rows: BoolArray | IntArray) -> Edges:
        """Return some of the edges."""
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Edges(*(getattr(self, name).take(rows) for name in self.__slots__))

    def with_more(self, others: Edges) -> Edges:
        """Return these edges, and others after them."""
        return Edges(
            *(
                np.concatenate([getattr(self, name), getattr(others, name)])
                for name in self.__slots__
            )
        )


def exact_edges(exemplar: IntArray) -> Edges:
    """Return an edge from each equal paragraph to its exemplar and to the one before.

    Both are needed: with the exemplar alone, a paragraph that also stands in an older
    document would break the block that two later ones share.
    """
    rows = np.arange(exemplar.size)
    copies = np.flatnonzero(exemplar != rows)
    if not copies.size:
        none = np.empty(0, np.int64)
        return Edges(none, none, none, np.empty(0), np.empty(0))
    order = copies[sorting(exemplar[copies])]
    kin = exemplar[order]
    before = np.concatenate([[0], order[:-1]])
    chained = np.concatenate([[False], kin[1:] == kin[:-1]])
    left = np.concatenate([kin, before[chained]])
    right = np.concatenate([order, order[chained]])
    ones = np.ones(left.size)
    return Edges(left, right, np.full(left.size, NO_MATCH), ones, ones)


def copies_beside(edges: Edges, count: int) -> tuple[IntArray, IntArray]:
    """Return the copy before each paragraph, or -1, and after it, or `count`."""
    equal = np.flatnonzero(edges.match == NO_MATCH)
    left, right = edges.left.take(equal), edges.right.take(equal)
    before, after = np.full(count, -1), np.full(count, count)
    # Of several values for one paragraph the last stays: edges to exemplars come first.
    before[right] = left
    after[left[::-1]] = right[::-1]
    return before, after


def exact_runs(corpus: Corpus, first: int, stop: int) -> Runs:
    """Return the equal paragraphs whose left one is in a range, as runs of words."""
    edges = exact_edges(corpus.exemplar.astype(np.int64))
    edges = edges.where((edges.left >= first) & (edges.left < stop))
    words = corpus.paragraphs.words
    begin = corpus.paragraphs.first_word
    # Equal letters may be parted into words in two ways; the fewer are on both sides.
    length = np.minimum(words[edges.left], words[edges.right]).astype(np.int64)
    return Runs(begin[edges.left], begin[edges.right], length)


def edges_between(
    corpus: Corpus, matches: Matches, left: IntArray, right: IntArray
) -> Edges:
    """Return edges for pairs of paragraphs: equal ones, or edited copies."""
    match = match_of_exemplars(corpus, matches, left, right)
    edited = match != NO_MATCH
    jaccard, containment = np.ones((2, match.size))
    jaccard[edited] = matches.jaccard[match[edited]]
    containment[edited] = matches.containment[match[edited]]
    return Edges(left, right, match, jaccard, containment)


def match_of_exemplars(
    corpus: Corpus, matches: Matches, left: Rows, right: Rows
) -> IntArray:
    """Return the row of the match that makes each pair edited copies, or NO_MATCH."""
    row = rows_of(matches, corpus.exemplar[left], corpus.exemplar[right])
    known = np.flatnonzero(row != NO_MATCH)
    row[known[matches.relation[row[known]] != EDITED]] = NO_MATCH
    return row


def rows_of(matches: Matches, one: Rows, other: Rows) -> IntArray:
    """Return the row of the match of each pair of paragraphs, or NO_MATCH."""
    asked = np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)
    if not asked.size or not len(matches):
        return np.full(asked.size, NO_MATCH)
    known = matches.left.astype(np.int64) << 32 | matches.right
    row = np.minimum(np.searchsorted(known, asked), known.size - 1)
    return np.where(known[row] == asked, row, NO_MATCH)
