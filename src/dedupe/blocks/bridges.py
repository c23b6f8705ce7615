"""Let a block go on over a paragraph that its copy has lengthened or shortened much."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.edges import Edges
from dedupe.corpus import (
    BoolArray,
    Corpus,
    IntArray,
    are_among,
    group_begins,
)
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
    places, is_edge = _amid_others(_diagonal(edges.left, edges.right), asked)
    run = _runs(corpus, places)
    row = np.arange(places.size)
    before = np.maximum.accumulate(np.where(is_edge, row, -1))
    after = np.minimum.accumulate(np.where(is_edge, row, places.size)[::-1])[::-1]
    inner = ~is_edge & (before >= 0) & (after < places.size)
    inner[inner] = (run[before[inner]] == run[inner]) & (
        run[after[inner]] == run[inner]
    )
    kept = rows[are_among(asked, places[inner])]
    return Edges(
        matches.left[kept].astype(np.int64),
        matches.right[kept].astype(np.int64),
        kept,
        matches.jaccard[kept],
        matches.containment[kept],
    )


def _amid_others(known: IntArray, asked: IntArray) -> tuple[IntArray, BoolArray]:
    """Return what is asked that follows on a place and is followed by one, and these.

    `known` are edges. Places are ascending; beside them it comes which are edges.
    """
    # Of a place that is both, the edge stands first.
    keys = np.concatenate([known << 1, asked << 1 | 1]).view(np.uint64)
    keys.sort()
    fresh = group_begins(keys >> np.uint64(1))
    keys = keys[fresh]
    places: IntArray = (keys >> np.uint64(1)).view(np.int64)
    is_asked = (keys & np.uint64(1)).astype(np.bool_)
    follows = np.diff(places) == 1
    rows = np.flatnonzero(is_asked[1:-1] & follows[:-1] & follows[1:])
    near = np.zeros(places.size, np.bool_)
    near[rows] = near[rows + 1] = near[rows + 2] = True
    return places[near], ~is_asked[near]


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
