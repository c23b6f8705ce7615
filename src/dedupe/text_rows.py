"""Hold the characters of many texts in one row, a byte each where they are Arabic.

A byte tells ASCII and the first half of the Arabic block: 199 of 200 characters of
news. Where others stand, and which, is held beside the bytes.

>>> row = TextRow.of(np.array([*map(ord, "قال الوزير إن نعم”")], np.uint16))
>>> row.codes.itemsize, "".join(map(chr, row.characters(14, 18)))
(1, 'نعم”')
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

import numpy as np

from dedupe.corpus import ByteArray, Int32Array, IntArray, group_begins, ranges, sorting
from dedupe.text_column import GAP, CodeUnits
from dedupe.values import dataclass

HALF = 1 << 7  # characters of half a page
ARABIC = 0x600 // HALF  # the half page of the letters; that of ASCII is 0
OTHER = HALF - 1  # stands for all others: DEL, which may stand for itself as well
_OTHER = bytes((OTHER,))
_TOLD = "".join(map(chr, (*range(HALF), *range(ARABIC * HALF, (ARABIC + 1) * HALF))))
_CODES = codecs.charmap_build(_TOLD)
_IS_ODD = re.compile(f"[^{_TOLD[0]}-{_TOLD[OTHER - 1]}{_TOLD[HALF]}-{_TOLD[-1]}]")
# Of all characters; a row with more others takes no less memory in bytes.
MOST_OTHERS = 1 / 8
AT_ONCE = 1 << 16  # characters; they stay in the cache of a core from pass to pass


@dataclass(frozen=True, slots=True)
class TextRow:
    """The characters of texts: bytes, or code points where too many are no Arabic."""

    codes: CodeUnits
    places: Int32Array | IntArray  # of those that no byte tells, ascending
    others: CodeUnits  # which these are

    @classmethod
    def of(cls, characters: CodeUnits) -> TextRow:
        """Return a row of code points, in as little memory as goes."""
        codes, places = _packed(characters)
        if places.size > MOST_OTHERS * characters.size:
            return cls(characters, places[:0], characters[:0])
        codes[places] = OTHER
        return cls(codes, places, characters[places])

    @property
    def is_packed(self) -> bool:
        """Tell whether the codes are bytes."""
        return self.codes.dtype == np.uint8

    def characters(self, begin: int, end: int) -> CodeUnits:
        """Return some of the code points."""
        codes = self.codes[begin:end]
        if not self.is_packed:
            return codes
        first, last = self.places.searchsorted((begin, end))
        others = self.others[first:last]
        points = _unpacked(codes).astype(others.dtype, copy=False)
        points[self.places[first:last] - begin] = others
        return points

    def plain(self, begin: int, end: int) -> bytes | None:
        """Return the bytes of a span if they tell all of it."""
        if not self.is_packed:
            return None
        codes = self.codes[begin:end].tobytes()
        return None if _OTHER in codes else codes

    def others_at(self, places: IntArray) -> tuple[IntArray, CodeUnits]:
        """Return at which of some places others stand, and which these are."""
        if not self.places.size:
            return places[:0], self.others
        at = self.places.searchsorted(places)
        at[at == self.places.size] = 0
        found = np.flatnonzero(self.places[at] == places)
        return found, self.others[at[found]]


def plain(text: str) -> bytes | None:
    """Return the bytes that a row has for a text, if they tell all of it."""
    if _IS_ODD.search(text):
        return None
    return codecs.charmap_encode(text, "strict", _CODES)[0]


def joined(
    rows: Sequence[TextRow], number: IntArray, begin: IntArray, end: IntArray
) -> CodeUnits:
    """Return the code points of spans of some rows, each with a gap after it.

    `number` says in which row each lies, from `begin` to `end`.
    """
    width = {row: rows[row].codes.itemsize for row in set(number.tolist())}
    if len(set(width.values())) <= 1:
        return _joined_alike(rows, number, begin, end)
    size = end - begin + len(GAP)
    first = np.cumsum(size) - size
    width_of = np.array([width[row] for row in number.tolist()])
    found = []
    for own in (np.flatnonzero(width_of == wide) for wide in set(width.values())):
        alike = _joined_alike(rows, number[own], begin[own], end[own])
        found.append((ranges(first[own], size[own]), alike))
    points = np.empty(int(size.sum()), np.result_type(*(codes for _, codes in found)))
    for places, codes in found:
        points[places] = codes
    return points


def _joined_alike(
    rows: Sequence[TextRow], number: IntArray, begin: IntArray, end: IntArray
) -> CodeUnits:
    """Return the same where the codes of all rows are as wide."""
    kind = rows[number[0]].codes.dtype if number.size else np.dtype(np.uint8)
    gap = np.array([*map(ord, GAP)], kind).tobytes()
    pieces = _pieces(rows, number, begin, end)
    codes = np.frombuffer(gap.join([*pieces, b""]), kind)
    if kind != np.uint8:
        return codes
    points = _unpacked(codes)
    places = np.flatnonzero(codes == OTHER)
    size = end - begin + len(GAP)
    first = np.cumsum(size) - size
    span = first.searchsorted(places, "right") - 1
    inside = begin[span] + places - first[span]
    order = sorting(number[span])
    begins = group_begins(number[span][order])
    for own in np.split(order, begins[1:]) if order.size else ():
        found, others = rows[number[span[own[0]]]].others_at(inside[own])
        points = points.astype(np.result_type(points, others), copy=False)
        points[places[own[found]]] = others
    return points


def _pieces(
    rows: Sequence[TextRow], number: IntArray, begin: IntArray, end: IntArray
) -> Iterator[memoryview]:
    """Yield the codes of each span."""
    of_each = number.tolist()
    memory = {row: rows[row].codes.data for row in set(of_each)}
    for row, first, stop in zip(of_each, begin.tolist(), end.tolist(), strict=True):
        yield memory[row][first:stop]


def _packed(characters: CodeUnits) -> tuple[ByteArray, Int32Array | IntArray]:
    """Return a byte for each character, and the places of those that it does not tell.

    The lower half of a byte are the lower bits of the character, the highest bit is
    that of its half page.
    """
    codes = np.empty(characters.size, np.uint8)
    places = []
    for first in range(0, characters.size, AT_ONCE):
        points = characters[first : first + AT_ONCE]
        half = points >> 7
        is_arabic = half == ARABIC
        is_other = half != 0
        is_other ^= is_arabic
        places.append(np.flatnonzero(is_other) + first)
        own = codes[first : first + AT_ONCE]
        own[:] = points
        # To shift bytes takes numpy several times as long.
        own |= is_arabic.view(np.uint8) * np.uint8(HALF)
    found = np.concatenate([np.empty(0, np.int64), *places])
    can_be_narrow = characters.size <= np.iinfo(np.int32).max
    return codes, found.astype(np.int32) if can_be_narrow else found


def _unpacked(codes: CodeUnits) -> CodeUnits:
    """Return the characters that bytes tell."""
    points = codes.astype(np.uint16)
    points += (points >> 7) * np.uint16(ARABIC * HALF - HALF)
    return points
