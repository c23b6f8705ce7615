"""Tie neighbors that stand again side by side, whatever each of them is tied to.

Equal paragraphs have edges to their exemplar and to the copy before them alone, and
either may stand elsewhere by itself: as flash news, in a digest, in an older report. So
a pair of neighbors is tied as a pair, too, to the first that says the same and to the
one before.
"""

from __future__ import annotations

import numpy as np

from dedupe.blocks.edges import NO_MATCH, Edges, edges_between
from dedupe.corpus import BoolArray, Corpus, IntArray, Rows, group_begins, sorting_by
from dedupe.families import components
from dedupe.matches import Matches

# A text may be pasted twice; of what a document says more often, a refrain or the rows
# of a table, the first time counts alone.
MOST_PASTED = 2
# Neighbors belong together if so often the rarer stands beside the other. Lines of a
# list that each page has in another order meet by chance.
TOGETHER_SHARE = 1 / 4


def neighbors_edges(
    corpus: Corpus, matches: Matches, edges: Edges, before: IntArray
) -> Edges:
    """Return the edges between neighbors that agree, beside the given ones.

    `before` has the copy before each paragraph.
    """
    exemplar = corpus.exemplar.astype(np.int64)
    kin = components(edges.left, edges.right, exemplar.size)
    copied = np.bincount(kin, minlength=kin.size)[kin] > 1
    document = corpus.paragraphs.document
    rows = np.flatnonzero(copied[:-1] & copied[1:] & (document[:-1] == document[1:]))
    equal, alike = _alike(rows, exemplar, document), _alike(rows, kin, document)
    left, right = np.concatenate([equal, alike], axis=1)
    known = _are_tied(exemplar, before, left, right)
    known &= _are_tied(exemplar, before, left + 1, right + 1)
    left, right = left[~known], right[~known]
    left, right = np.append(left, left + 1), np.append(right, right + 1)
    found = edges_between(corpus, matches, left, right)
    agrees = (exemplar[left] == exemplar[right]) | (found.match != NO_MATCH)
    return found.where(np.tile(np.logical_and(*np.split(agrees, 2)), 2))


def _are_tied(
    exemplar: IntArray, before: IntArray, left: IntArray, right: IntArray
) -> BoolArray:
    """Tell which pairs have an edge if they agree at all."""
    tied: BoolArray = (exemplar[right] == left) | (before[right] == left)
    tied |= (exemplar[left] == left) & (exemplar[right] == right)
    return tied


def _alike(rows: IntArray, label: Rows, document: Rows) -> IntArray:
    """Return pairs of rows that have the same label, as their next rows have.

    `rows` are ascending. Each is paired with the first of all and with the one before;
    the result is int64[2, n].
    """
    # A line that follows itself is a refrain.
    rows = rows[label[rows] != label[rows + 1]]
    rows = rows[sorting_by(label[rows], label[rows + 1])]
    pair = label[rows].astype(np.int64) << 32 | label[rows + 1]
    begins = group_begins(pair)
    size = np.diff(begins, append=rows.size)
    times = np.bincount(label)
    rarer = np.minimum(times[label[rows[begins]]], times[label[rows[begins] + 1]])
    together = np.repeat(size >= TOGETHER_SHARE * rarer, size)
    held = np.zeros(rows.size, np.bool_)
    held[begins] = held[group_begins(document[rows])] = True
    size = np.diff(np.flatnonzero(held), append=rows.size)
    held |= np.repeat(size <= MOST_PASTED, size)
    rows, pair = rows[held & together], pair[held & together]
    begins = group_begins(pair)
    first = np.repeat(rows[begins], np.diff(begins, append=rows.size))
    last = np.append(rows[:1], rows[:-1])
    last[begins] = rows[begins]
    left, right = np.append(first, last), np.append(rows, rows)
    return np.stack([left, right])[:, left != right]
