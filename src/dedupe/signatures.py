"""Turn shingle sets into MinHash signatures and cut those into bands.

The values are those of `datasketch.MinHash` with scheme="affine32", bit for bit, for
shingles given as 32-bit hashes, but computed for whole batches of paragraphs at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np

from dedupe.corpus import IntArray, UInt32Array, UInt64Array

if TYPE_CHECKING:
    from datasketch import MinHash

SCHEME: Final = "affine32"
WORD = (1 << 32) - 1
TWISTER_WORDS = 624
TWISTER_STATE = 3  # the version of Python's layout of a state
PASS = 8  # permutations at a time: few enough that their values stay in the cache
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(29)


def permutations(num_perm: int, seed: int) -> UInt32Array:
    """Return uint32[2, num_perm]: the factors a and terms b of a·h + b mod 2³²."""
    random = _twister(seed)
    # Of each factor, the lower 31 bits stand above the one that makes it odd.
    factors = [random.getrandbits(32) << 1 & WORD | 1 for _ in range(num_perm)]
    terms = [random.getrandbits(32) for _ in range(num_perm)]
    return np.array([factors, terms], np.uint32)


def _twister(seed: int) -> Random:
    """Return the generator of numpy.random.RandomState, which takes longer to load.

    The seeding is that of Matsumoto and Nishimura, "Mersenne Twister", 2002.
    """
    state = [seed & WORD]
    for place in range(1, TWISTER_WORDS):
        last = state[-1]
        state.append((1812433253 * (last ^ last >> 30) + place) & WORD)
    random = Random()  # noqa: S311 - known to everybody, and meant to be
    random.setstate((TWISTER_STATE, (*state, TWISTER_WORDS), None))
    return random


def signatures(
    hashes: UInt32Array, begins: IntArray, permutation: UInt32Array
) -> UInt32Array:
    """Return uint32[num_perm, sets]: the signature of each set of shingle hashes.

    Set i is hashes[begins[i]:begins[i + 1]]; none may be empty. One row of the result
    is one permutation (Broder, "On the resemblance and containment of documents",
    1997).
    """
    count = permutation.shape[1]
    result = np.empty((count, begins.size), np.uint32)
    if not begins.size:
        return result
    mixed = _finalize(hashes)
    factors, terms = permutation[:, :, None]
    buffer = np.empty((PASS, mixed.size), np.uint32)
    for first in range(0, count, PASS):
        rows = slice(first, first + PASS)
        values = np.multiply(mixed, factors[rows], out=buffer[: count - first])
        values += terms[rows]
        np.minimum.reduceat(values, begins, axis=1, out=result[rows])
    return result


def bands(
    batches: Sequence[UInt32Array], count: int, asked: Iterable[int]
) -> list[UInt64Array]:
    """Return one column for each of the bands asked for: the hash of its rows.

    `batches` are signatures, uint32[num_perm, sets] each, of which `count` bands can be
    made. A column has a row for each set of all batches.
    """
    height = batches[0].shape[0] // count
    return [
        np.concatenate(
            [_hashed(values[band * height : (band + 1) * height]) for values in batches]
        )
        for band in asked
    ]


def _hashed(values: UInt32Array) -> UInt64Array:
    """Return one hash for each column of values."""
    hashes: UInt64Array = values[0].astype(np.uint64)
    for row in values[1:]:
        hashes *= _MIX
        hashes += row
        hashes ^= hashes >> _SPREAD
    hashes *= _MIX
    return hashes


def agreeing(
    batches: Sequence[UInt32Array],
    asked: Iterable[int],
    left: IntArray,
    right: IntArray,
) -> UInt32Array:
    """Return how many of some values are equal in each pair of signatures.

    `batches` are uint32[num_perm, sets] each; `asked` are rows of these, `left` and
    `right` sets, counted through all batches. The share of equal values estimates the
    Jaccard similarity.
    """
    equal = np.zeros(left.size, np.uint32)
    for row in asked:
        values = np.concatenate([batch[row] for batch in batches])
        equal += values.take(left) == values.take(right)
    return equal


def as_minhash(values: UInt32Array, seed: int) -> MinHash:
    """Return one signature as a datasketch.MinHash, to use with its own indexes."""
    from datasketch import MinHash as Sketch  # noqa: PLC0415 - half a second to load

    return Sketch(
        num_perm=values.size, seed=seed, hashvalues=values.copy(), scheme=SCHEME
    )


def _finalize(hashes: UInt32Array) -> UInt32Array:
    """Return the hashes with all bits spread (the finalizer of MurmurHash3)."""
    mixed = hashes ^ (hashes >> np.uint32(16))
    mixed *= np.uint32(0x85EBCA6B)
    mixed ^= mixed >> np.uint32(13)
    mixed *= np.uint32(0xC2B2AE35)
    mixed ^= mixed >> np.uint32(16)
    return mixed
