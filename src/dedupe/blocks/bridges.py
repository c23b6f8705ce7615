"""Let a block go on over a paragraph that its copy has lengthened or shortened much."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.edges import Edges
from dedupe.corpus import Corpus, IntArray
from dedupe.matches import CONTAINED, Matches

_LOWER = (1 << 32) - 1


def bridges(corpus: Corpus, matches: Matches, edges: Edges) -> Edges:
    """Return edges for paragraphs of which one holds the other, amid other edges.

    The paragraphs before and after them must say the same, on both sides.
    """
    rows = np.flatnonzero(matches.relation == CONTAINED)
    left, right = (
        side[rows].astype(np.int64) for side in (matches.left, matches.right)
    )
    asked = _diagonal(left, right)
    known = _diagonal(edges.left, edges.right)
    places = np.concatenate([known, asked])
    is_edge = np.arange(places.size) < known.size
    # Of a place that is both, the edge stands first.
    order = np.argsort(places, kind="stable")
    places, is_edge = places[order], is_edge[order]
    fresh = np.append(True, places[1:] != places[:-1])[: places.size]
    places, is_edge = places[fresh], is_edge[fresh]
    run = _runs(corpus, places)
    row = np.arange(places.size)
    before = np.maximum.accumulate(np.where(is_edge, row, -1))
    after = np.minimum.accumulate(np.where(is_edge, row, places.size)[::-1])[::-1]
    inner = ~is_edge & (before >= 0) & (after < places.size)
    inner[inner] = (run[before[inner]] == run[inner]) & (
        run[after[inner]] == run[inner]
    )
    kept = rows[np.isin(asked, places[inner])]
    return Edges(
        matches.left[kept].astype(np.int64),
        matches.right[kept].astype(np.int64),
        kept,
        matches.jaccard[kept],
        matches.containment[kept],
    )


def _diagonal(left: IntArray, right: IntArray) -> IntArray:
    """Return numbers by which pairs of consecutive paragraphs are consecutive."""
    return (right - left) << 32 | left


def _runs(corpus: Corpus, places: IntArray) -> IntArray:
    """Return a number for each place, the same for those that follow one another."""
    document = corpus.paragraphs.document
    left = places & _LOWER
    apart = places[1:] - places[:-1] > 1
    for side in (left, left + (places >> 32)):
        apart |= document[side[1:]] != document[side[:-1]]
    return np.append(0, np.cumsum(apart))[: places.size]
