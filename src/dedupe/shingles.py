"""Runs of words as 64-bit hashes, for whole columns at once."""

from __future__ import annotations

import numpy as np

from dedupe.corpus import IntArray, UInt32Array, UInt64Array

SHINGLE_WORDS = 3  # of the shingles that are compared
_FINAL = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
# Of what is looked up among keys, one in so many powers of two is searched in vain.
SPARE_BITS, MOST_BITS = 3, 22
AT_ONCE = 1 << 14  # numbers; they stay in the cache of a core from pass to pass


def _constants(count: int) -> UInt64Array:
    """Return odd 64-bit numbers without pattern (splitmix64, Steele et al., 2014)."""
    mask = 2**64 - 1
    state = 0
    numbers = []
    for _ in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        numbers.append((mixed ^ (mixed >> 31)) | 1)
    return np.array(numbers, dtype=np.uint64)


# One a place in the shingle: the sum of products is a multilinear hash (Lemire and
# Kaser, "Strongly universal string hashing is fast", 2013).
_ODD = _constants(16)


def upper_halves(hashes: UInt64Array) -> UInt32Array:
    """Return the upper halves of hashes: of words, what shingles are made of."""
    halves: UInt32Array = (hashes >> _HALF).astype(np.uint32)
    return halves


def shingles(words: UInt32Array, size: int) -> UInt64Array:
    """Return the hash of each run of `size` words.

    `words` is uint32[n]; the result is uint64[n - size + 1], row i for the run that
    begins at word i.
    """
    hashes = np.empty(max(words.size - size + 1, 0), np.uint64)
    for first in range(0, hashes.size, AT_ONCE):
        total = hashes[first : first + AT_ONCE]
        wide = words[first : first + total.size + size - 1].astype(np.uint64)
        np.multiply(wide[: total.size], _ODD[0], out=total)
        for place in range(1, size):
            total += wide[place : place + total.size] * _ODD[place]
        _mix(total)
    return hashes


def shingles_at(words: UInt32Array, positions: IntArray, size: int) -> UInt64Array:
    """Return the hash of the run of `size` words at each position."""
    total = words.take(positions) * _ODD[0]
    for place in range(1, size):
        total += words.take(positions + place) * _ODD[place]
    return _mix(total)


def longer(
    hashes: UInt64Array, words: UInt32Array, positions: IntArray, size: int
) -> UInt64Array:
    """Return hashes of runs made longer by the `size` words at each position.

    `hashes` are what tells the runs apart, such as the upper bits of their hashes.
    """
    total = shingles_at(words, positions, size)
    total += hashes * _ODD[size]
    return total


def look_up(ordered: UInt64Array, asked: UInt64Array) -> tuple[IntArray, IntArray]:
    """Return the rows of what stands among some keys, and in which row it does there.

    Most of what does not is known by a few bits of it, without a search.
    """
    bits = min(ordered.size.bit_length() + SPARE_BITS, MOST_BITS)
    lower = np.uint64(64 - bits)
    likely = np.zeros(1 << bits, np.bool_)
    likely[(ordered * _FINAL) >> lower] = True
    rows = np.flatnonzero(likely.take(((asked * _FINAL) >> lower).view(np.int64)))
    some = asked.take(rows)
    at = ordered.searchsorted(some)
    hit = np.flatnonzero(ordered.take(at, mode="clip") == some)
    return rows.take(hit), at.take(hit)


def _mix(total: UInt64Array) -> UInt64Array:
    """Spread every bit to the upper half, in place, since a key keeps that alone."""
    total ^= total >> _HALF
    total *= _FINAL
    return total
