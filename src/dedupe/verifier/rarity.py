"""Weigh runs by how many places their shingles stand in."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import Runs
from dedupe.candidates import FEW_PLACES, MOST_COUNTED
from dedupe.corpus import ByteArray, FloatArray, IntArray, ranges
from dedupe.shingles import SHINGLE_WORDS
from dedupe.verifier.thresholds import RARE

# How much a shingle counts that stands in so many places.
_PLACES = np.maximum(np.arange(MOST_COUNTED + 1), FEW_PLACES)
WEIGHTS = 1 / (1 + np.log2(_PLACES / FEW_PLACES) / 2)


def weights(runs: Runs, frequency: ByteArray) -> FloatArray:
    """Return the weight of each run.

    It is the number of its shingles, each the less the more places it stands in: 1 for
    up to three places, 1/2 for twelve, 1/3 for 48.
    """
    if not len(runs):
        return np.empty(0)
    places, begins = _places(runs, frequency)
    return np.add.reduceat(WEIGHTS.take(places), begins)


def second_rarest(runs: Runs, frequency: ByteArray) -> IntArray:
    """Return in how many places the second rarest shingle of each run stands.

    A word that happens to stand beside a formula makes one rare shingle.
    """
    places, begins = _places(runs, frequency)
    shingles = np.diff(begins, append=places.size)
    run = np.repeat(np.arange(len(runs)) << 8, shingles)
    ordered = np.sort(run | places)
    second = begins + np.minimum(shingles, RARE) - 1
    return ordered[second] & MOST_COUNTED


def _places(runs: Runs, frequency: ByteArray) -> tuple[ByteArray, IntArray]:
    """Return how often the shingles of runs stand, and where each run's begin."""
    shingles = runs.length - (SHINGLE_WORDS - 1)
    positions = ranges(runs.left, shingles)
    places = frequency.take(positions) & np.uint8(MOST_COUNTED)
    return places, np.cumsum(shingles) - shingles
