"""Pairs of paragraphs that say the same: equal ones, and edited copies."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.corpus import BoolArray, Corpus, FloatArray, IntArray, sorting
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of paragraphs that say the same, left before right, one row a pair."""

    left: IntArray
    right: IntArray
    match: IntArray  # row of the match, or -1 for paragraphs equal after folding
    jaccard: FloatArray
    containment: FloatArray

    def where(self, rows: BoolArray | IntArray) -> Edges:
        """Return some of the edges."""
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Edges(*(getattr(self, name).take(rows) for name in self.__slots__))


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
    return Edges(left, right, np.full(left.size, -1), ones, ones)


def exact_runs(corpus: Corpus, first: int, stop: int) -> Runs:
    """Return the equal paragraphs whose left one is in a range, as runs of words."""
    edges = exact_edges(corpus.exemplar.astype(np.int64))
    edges = edges.where((edges.left >= first) & (edges.left < stop))
    words = corpus.paragraphs.words
    begin = corpus.paragraphs.first_word
    # Equal letters may be parted into words in two ways; the fewer are on both sides.
    length = np.minimum(words[edges.left], words[edges.right]).astype(np.int64)
    return Runs(begin[edges.left], begin[edges.right], length)
