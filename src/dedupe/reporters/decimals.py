"""Write columns of numbers as text, all at once.

>>> lines(b"[%d,%d]", [np.array([0, 12_345]), np.array([7, 100_020])])
[b'[0,7]', b'[12345,100020]']
>>> lines(b"%d", [np.array([1.0, 0.25, 2 / 3])])
[b'1.0', b'0.25', b'0.666667']
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from dedupe.corpus import BoolArray, FloatArray, IntArray, Rows, UInt32Array

# Text is put together from words of four bytes, of which those that are 0 are left out
# in the end.
_Words: TypeAlias = UInt32Array
Numbers: TypeAlias = Rows | FloatArray
_WORD = 4
_GROUP = 10**_WORD
# All numbers of four digits, with the zeros that lead and those that end them, without
# the first and without the last.
_DIGITS = np.indices((10,) * _WORD, np.uint8).reshape(_WORD, -1).T
_WHOLE = np.ascontiguousarray(_DIGITS) + ord("0")
_BARE = np.where(np.logical_or.accumulate(_DIGITS, axis=1), _WHOLE, 0)
_GOES_ON = np.logical_or.accumulate(_DIGITS[:, ::-1], axis=1)[:, ::-1]
_CLOSING = np.where(_GOES_ON, _WHOLE, 0)
# What comes first of a number, and in the rows behind that what follows anything.
_UPPER_GROUPS = np.concatenate([_BARE, _WHOLE]).view(np.uint32)[:, 0]
_GROUPS = _UPPER_GROUPS.copy()
_GROUPS[0] = ord("0")
_WHOLE_GROUPS = _WHOLE.view(np.uint32)[:, 0]
_LAST_GROUPS = _CLOSING.view(np.uint32)[:, 0]
_DECIMALS = _LAST_GROUPS.copy()
_DECIMALS[0] = ord("0")
_ONE, _LESS = np.frombuffer(b"1.\0\0000.\0\0", np.uint32)
DIGITS = 6  # of a ratio: more is noise, and rounding makes machines agree
_TIE = 0.499  # from here to half a unit, a product may round to the wrong side
_SHORTEST = 1e-4  # less is written with an exponent
_COMMA, _END = b",", b"\n"


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
    words: list[_Words | int] = []
    *between, closing = template.split(b"%d")
    for text, some in zip(between, numbers, strict=True):
        words += [*_constants(text), *_written(some)]
    words += _constants(closing + _END) if ends is None else _closing(closing, ends)
    table = np.empty((numbers[0].size, len(words)), np.uint32)
    table[:] = [0 if isinstance(word, np.ndarray) else word for word in words]
    for column, word in enumerate(words):
        if isinstance(word, np.ndarray):
            table[:, column] = word
    return table.tobytes().translate(None, b"\0").split(_END)[:-1]


def _closing(text: bytes, ends: BoolArray) -> list[_Words | int]:
    """Return the words of the text after each row, and of what parts it from others."""
    return [
        last if last == other else np.where(ends, np.uint32(last), np.uint32(other))
        for last, other in zip(
            _constants(text + _END), _constants(text + _COMMA), strict=True
        )
    ]


@lru_cache(maxsize=1 << 6)  # there are few templates
def _constants(text: bytes) -> list[int]:
    """Return the words of a text."""
    words = np.frombuffer(text + bytes(-len(text) % _WORD), np.uint32)
    return [*map(int, words)]


def are_plain(ratios: FloatArray) -> bool:
    """Tell whether ratios are written as they should: as `round` and `repr` do."""
    units = ratios * 10**DIGITS
    far = np.abs(units - np.rint(units)).max(initial=0)
    lowest = ratios.min(initial=1, where=ratios != 0)
    return bool(far < _TIE and lowest >= _SHORTEST and ratios.max(initial=0) <= 1)


def _written(numbers: Numbers) -> list[_Words]:
    """Return the digits of numbers in words of four."""
    if numbers.dtype.kind == "f":
        return _written_ratios(numbers)
    return _written_whole(numbers.astype(np.int64, copy=False), _GROUPS)


def _written_whole(numbers: IntArray, groups: _Words) -> list[_Words]:
    """Return the digits of numbers, the lowest four in the last of so many words.

    `groups` are those of numbers that nothing precedes, and of others.
    """
    if numbers.max(initial=0) < _GROUP:
        return [groups.take(numbers)]
    upper = numbers // _GROUP
    lower = numbers - np.maximum(upper - 1, 0) * _GROUP
    return [*_written_whole(upper, _UPPER_GROUPS), groups.take(lower)]


def _written_ratios(ratios: Numbers) -> list[_Words]:
    """Return what is before the point and it, four digits, and two more if any."""
    units = np.rint(ratios * 10**DIGITS).astype(np.int64)
    is_one = units == 10**DIGITS
    upper = units // 100
    lower = units - upper * 100
    upper[is_one] = 0
    words = [np.where(is_one, _ONE, _LESS)]
    if not lower.any():
        return [*words, _DECIMALS.take(upper)]
    digits = np.where(lower > 0, _WHOLE_GROUPS.take(upper), _DECIMALS.take(upper))
    return [*words, digits, _LAST_GROUPS.take(lower * 100)]
