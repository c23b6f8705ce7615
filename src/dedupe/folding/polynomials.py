"""Hash words as polynomials: what joins two words needs no second look at letters.

The letters of a word are digits in base 251, modulo 2**64. The value of two words
written together is that of the first plus a power of the base times that of the second.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedupe.folding.columns import Positions, Unsigned

# Letters differ by less than the base, so no two words of eight letters are the same
# number. It is odd, so that its powers can be divided by.
RADIX = 251
MODULUS = 2**64
PACKED = 8  # letters in 64 bits
EIGHTH_POWER = np.uint64(RADIX**PACKED % MODULUS)
BORDER = np.uint64(1)  # a digit that no letter has
MOST_POWERS = 1 << 20  # of the base that are kept in memory


def eight_letters(packed: Unsigned) -> Unsigned:
    """Return the polynomials of up to eight letters packed in 64 bits, in place.

    Letters, then pairs, then fours are combined, all those of a word at once.
    """
    upper = np.empty_like(packed)
    for kind, bits in ((np.uint16, 8), (np.uint32, 16), (np.uint64, 32)):
        both, high = packed.view(kind), upper.view(kind)
        np.right_shift(both, kind(bits), out=high)
        np.multiply(high, kind(2**bits - RADIX ** (bits // 8)), out=high)
        np.subtract(both, high, out=both)
    return packed


def powers(exponents: Positions) -> Unsigned:
    """Return powers of the base."""
    highest = int(exponents.max(initial=0))
    if highest < MOST_POWERS:
        return _table_of_powers(highest.bit_length()).take(exponents)
    high = [
        pow(RADIX, MOST_POWERS * step, MODULUS)
        for step in range(highest // MOST_POWERS + 1)
    ]
    found = _table_of_powers(MOST_POWERS.bit_length() - 1).take(exponents % MOST_POWERS)
    return found * np.array(high, np.uint64)[exponents // MOST_POWERS]


@lru_cache
def _table_of_powers(bits: int) -> Unsigned:
    table = np.full(1 << bits, RADIX, np.uint64)
    table[0] = 1
    return np.multiply.accumulate(table)


def bordered(values: Unsigned) -> Unsigned:
    """Return the values of words before which a sign stands that is no letter."""
    return values * np.uint64(RADIX) + BORDER


def polynomial(letters: bytes) -> int:
    """Return what a word of these letters is worth."""
    value = 0
    for letter in reversed(letters):
        value = (value * RADIX + letter) % MODULUS
    return value


def mixed(values: Unsigned) -> Unsigned:
    """Spread 64-bit values evenly; different values stay different."""
    spread = values * np.uint64(0x9E3779B97F4A7C15)
    spread ^= spread >> np.uint64(32)
    spread *= np.uint64(0xD6E8FEB86659FD93)
    spread ^= spread >> np.uint64(29)
    return spread
