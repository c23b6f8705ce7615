"""Write columns of numbers as text, all at once.

>>> lines(b"[%d,%d]", [np.array([0, 12_345]), np.array([7, 100_020])])
[b'[0,7]', b'[12345,100020]']
>>> lines(b"%d", [np.array([1.0, 0.25, 2 / 3])])
[b'1.0', b'0.25', b'0.666667']
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import TypeAlias

import numpy as np

from dedupe.corpus import BoolArray, FloatArray, Rows, UInt32Array

# Text is put together from words of four bytes, of which those that are 0 are left out
# in the end.
_Words: TypeAlias = UInt32Array
Numbers: TypeAlias = Rows | FloatArray
_WORD = 4
_GROUP = 10**_WORD
_DIGITS = np.arange(_GROUP)[:, np.newaxis] // [1_000, 100, 10, 1]
# All numbers of four digits, with the zeros that lead and without.
_WHOLE = (_DIGITS % 10 + ord("0")).astype(np.uint8)
_BARE = np.where(_DIGITS > 0, _WHOLE, 0)
_BARE[0, -1] = ord("0")
_GROUPS = _WHOLE.view(np.uint32)[:, 0]
_FIRST_GROUPS = _BARE.view(np.uint32)[:, 0]
# The same without the zeros that end them, and what is left of none.
_CLOSING = np.where(np.cumsum(_DIGITS[:, ::-1] % 10, axis=1)[:, ::-1] > 0, _WHOLE, 0)
_LAST_GROUPS = _CLOSING.astype(np.uint8).view(np.uint32)[:, 0]
_NONE = ord("0")
_POINT = ord(".")
DIGITS = 6  # of a ratio: more is noise, and rounding makes machines agree
_TIE = 0.499  # from here to half a unit, a product may round to the wrong side
_SHORTEST = 1e-4  # less is written with an exponent
_GOES_ON, _ENDS = ord(","), ord("\n")


def lines(
    template: bytes, numbers: Sequence[Numbers], ends: BoolArray | None = None
) -> list[bytes]:
    """Return a template with the numbers of each row, which are 0 or more.

    Ratios must be plain, as `are_plain` says. With `ends`, rows are joined by commas up
    to and with one that ends a line.

    >>> rows = [np.array([3, 4, 5])]
    >>> lines(b"<%d>", rows, np.array([False, True, True]))
    [b'<3>,<4>', b'<5>']
    """
    count = numbers[0].size
    words = [
        word
        for text, column in zip_longest(_constants(template), numbers)
        for word in (*text, *(() if column is None else _written(column)))
    ]
    words.append(_ENDS if ends is None else np.where(ends, _ENDS, _GOES_ON))
    table = np.empty((count, len(words)), np.uint32)
    for column, word in enumerate(words):
        table[:, column] = word
    return table.tobytes().translate(None, b"\0").split(b"\n")[:-1]


@lru_cache(maxsize=1 << 6)  # there are few templates
def _constants(template: bytes) -> list[list[int]]:
    """Return the words of each text between the numbers."""
    return [
        np.frombuffer(text + bytes(-len(text) % _WORD), np.uint32).tolist()
        for text in template.split(b"%d")
    ]


def are_plain(ratios: FloatArray) -> bool:
    """Tell whether ratios are written as they should: as `round` and `repr` do."""
    units = ratios * 10**DIGITS
    far = np.abs(units - np.rint(units)).max(initial=0)
    lowest = ratios.min(initial=1, where=ratios != 0)
    return bool(far < _TIE and lowest >= _SHORTEST and ratios.max(initial=0) <= 1)


def _written(numbers: Numbers) -> list[_Words]:
    """Return the digits of numbers, the lowest four in the last of so many words."""
    if numbers.dtype.kind == "f":
        return _written_ratios(numbers)
    if numbers.max(initial=0) < _GROUP:
        return [_FIRST_GROUPS[numbers]]
    upper, lower = np.divmod(numbers, _GROUP)
    is_long = upper > 0
    last = np.where(is_long, _GROUPS[lower], _FIRST_GROUPS[lower])
    return [*(np.where(is_long, word, 0) for word in _written(upper)), last]


def _written_ratios(ratios: Numbers) -> list[_Words]:
    """Return the digits before the point, the point, four digits and the last two."""
    units = np.rint(ratios * 10**DIGITS).astype(np.int64)
    whole, units = np.divmod(units, 10**DIGITS)
    upper, lower = np.divmod(units, 100)
    first = np.where(lower > 0, _GROUPS[upper], _LAST_GROUPS[upper])
    first[units == 0] = _NONE
    point = np.full(ratios.size, _POINT, np.uint32)
    return [_FIRST_GROUPS[whole], point, first, _LAST_GROUPS[lower * 100]]
