"""Pack the postings of an archive: which shingle stands in which paragraph.

A posting is a number of 64 bits, the hash of a shingle above the row of a paragraph.
Sorted, they are cut into blocks of some dozens, as the leaves of a B+ tree, and a
block is named by the lowest number that may stand in it. So a shingle is looked up by
reading one block, wherever in the file it lies, and an article is added by writing
anew the few hundred blocks that its shingles belong to.

In a block, hashes are written as the steps from one to the next and rows as they are,
each in as few half bytes as the largest of the block needs. A number of an odd size
has its last half byte apart from the others, so that whole bytes stay whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dedupe.corpus import (
    BoolArray,
    IntArray,
    UInt32Array,
    UInt64Array,
    group_begins,
    ranges,
)
from dedupe.errors import ArchiveError
from dedupe.values import dataclass

# A block that grows beyond this is cut into equal parts. Small ones fill a page of
# SQLite better, and there is less to unpack for a shingle.
MOST_POSTINGS = 96
CUT_POSTINGS = 64
LOWEST = -(1 << 63)  # the name of the block that every archive has
ROW_BITS = 32
_HEADER = 6  # bytes: half bytes of a step and of a row; postings, in four bytes
_DAMAGED = "a block of postings is damaged"
_WIDEST = 8  # half bytes
_HALF_BITS = 4
_LIMITS = np.array([1 << bits for bits in range(4, 32, 4)], np.uint32)  # of widths
_SIGN = np.uint64(1 << 63)
_ROW = np.uint64((1 << ROW_BITS) - 1)
_SHIFT = np.uint64(ROW_BITS)

Bytes: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]


class Block(NamedTuple):
    """Some postings that follow one another, and the name of their place."""

    first: int  # as SQLite keeps it: signed
    data: bytes


class Postings(NamedTuple):
    """The paragraphs in which shingles stand."""

    hashes: UInt32Array  # ascending, each once
    begins: IntArray  # first row of each hash, and one more at the end
    rows: IntArray  # of paragraphs; one for each place


def postings(hashes: UInt32Array, rows: IntArray) -> UInt64Array:
    """Return the sorted postings of shingles and their paragraphs."""
    keys = (hashes.astype(np.uint64) << _SHIFT) | rows.astype(np.uint64)
    keys.sort()
    return keys


def signed(keys: UInt64Array) -> IntArray:
    """Return numbers as SQLite keeps them, in the same order."""
    return (keys ^ _SIGN).view(np.int64)


def decode(blocks: Sequence[Block]) -> UInt64Array:
    """Return the postings of blocks given in their order; raise for damage."""
    packed = _Blocks.of(blocks)
    return (packed.hashes() << _SHIFT) | packed.rows(np.arange(packed.count))


def search(blocks: Sequence[Block], hashes: UInt32Array) -> Postings:
    """Return the paragraphs of some shingles, ascending, in the blocks that hold them.

    The blocks are given in their order.
    """
    packed = _Blocks.of(blocks)
    held = packed.hashes()
    wanted = hashes.astype(np.uint64)
    left = np.searchsorted(held, wanted)
    sizes = np.searchsorted(held, wanted, side="right") - left
    rows = packed.rows(ranges(left, sizes)).view(np.int64)
    return Postings(hashes, np.append(0, np.cumsum(sizes)), rows)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The bytes of blocks, one row a block, from which numbers are taken when asked."""

    data: Bytes
    first: IntArray  # name
    size: IntArray  # postings
    step: IntArray  # half bytes of a step
    row: IntArray  # half bytes of a row
    steps: IntArray  # where the steps begin
    rows_begin: IntArray  # where the rows begin

    @classmethod
    def of(cls, blocks: Sequence[Block]) -> _Blocks:
        if not all(isinstance(block.data, bytes) for block in blocks):
            raise ArchiveError(_DAMAGED)
        data = np.frombuffer(b"".join(block.data for block in blocks), np.uint8)
        lengths = np.array([len(block.data) for block in blocks], np.int64)
        begin = np.cumsum(lengths) - lengths
        if (lengths < _HEADER).any():
            raise ArchiveError(_DAMAGED)
        step, row = (data[begin + place].astype(np.int64) for place in (0, 1))
        size = sum(
            data[begin + 2 + byte].astype(np.int64) << 8 * byte for byte in range(4)
        )
        size = np.asarray(size, np.int64)
        steps = begin + _HEADER
        rows_begin = steps + _room(size, step)
        sound = (np.minimum(step, row) > 0) & (np.maximum(step, row) <= _WIDEST)
        sound &= rows_begin + _room(size, row) == begin + lengths
        if not sound.all():
            raise ArchiveError(_DAMAGED)
        first = np.array([block.first for block in blocks], np.int64)
        return cls(data, first, size, step, row, steps, rows_begin)

    @property
    def count(self) -> int:
        """How many postings there are in all."""
        return int(self.size.sum())

    def hashes(self) -> UInt64Array:
        """Return the hash of each posting."""
        if not self.count:
            return np.empty(0, np.uint64)
        begins = np.cumsum(self.size) - self.size
        block = np.repeat(np.arange(self.size.size), self.size)
        place = np.arange(self.count) - begins[block]
        steps = self._numbers(self.steps, self.step, block, place)
        total = np.cumsum(steps)
        filled = self.size > 0
        before = total[begins[filled]] - steps[begins[filled]]
        lower = (self.first[filled].view(np.uint64) ^ _SIGN) >> _SHIFT
        hashes: UInt64Array = total + np.repeat(lower - before, self.size[filled])
        return hashes

    def rows(self, postings: IntArray) -> UInt64Array:
        """Return the paragraphs of some postings."""
        begins = np.cumsum(self.size) - self.size
        filled = np.flatnonzero(self.size)
        block = filled[begins[filled].searchsorted(postings, side="right") - 1]
        place = postings - begins[block]
        return self._numbers(self.rows_begin, self.row, block, place)

    def _numbers(
        self, begin: IntArray, width: IntArray, block: IntArray, place: IntArray
    ) -> UInt64Array:
        """Return numbers of a column by their blocks and their places in those."""
        whole = width // 2
        at = (begin[block] + place * whole[block]) if block.size else block
        numbers = np.zeros(block.size, np.uint64)
        for byte in range(int(whole.max(initial=0))):
            rows: IntArray | slice = slice(None)
            if whole.min() <= byte:
                rows = np.flatnonzero(whole[block] > byte)
            octets = self.data[at[rows] + byte].astype(np.uint64)
            numbers[rows] |= octets << np.uint64(8 * byte)
        halved = np.flatnonzero((width % 2)[block])
        block, place = block[halved], place[halved]
        both = self.data[(begin + self.size * whole)[block] + place // 2]
        halves = both >> (_HALF_BITS * (place % 2)).astype(np.uint8) & np.uint8(0xF)
        shift = (8 * whole[block]).astype(np.uint64)
        numbers[halved] |= halves.astype(np.uint64) << shift
        return numbers


def _room(size: IntArray, width: IntArray) -> IntArray:
    """Return how many bytes so many numbers of a width take."""
    return size * (width // 2) + (size + 1) // 2 * (width % 2)


def encode(firsts: IntArray, begins: IntArray, keys: UInt64Array) -> Iterator[Block]:
    """Yield blocks: the postings from each of `begins` on, under the name beside it.

    `begins` has one entry more, at the end.
    """
    sizes = np.diff(begins)
    hashes = (keys >> _SHIFT).astype(np.uint32)
    rows = (keys & _ROW).astype(np.uint32)
    lower = ((firsts.view(np.uint64) ^ _SIGN) >> _SHIFT).astype(np.uint32)
    steps = np.diff(hashes, prepend=np.uint32(0))
    filled = sizes > 0
    steps[begins[:-1][filled]] = hashes[begins[:-1][filled]] - lower[filled]
    packed = [_Packed.of(column, begins) for column in (steps, rows)]
    parts = zip(*(column.parts(begins) for column in packed), strict=True)
    for first, size, (step, row) in zip(
        firsts.tolist(), sizes.tolist(), parts, strict=True
    ):
        header = bytes((step[0], row[0])) + size.to_bytes(4, "little")
        yield Block(first, header + step[1] + row[1])


@dataclass(frozen=True, slots=True)
class _Packed:
    """A column of numbers, ready to be cut into blocks."""

    width: IntArray  # half bytes, of each block
    whole: dict[int, bytes]  # all numbers, in so many bytes
    half: bytes  # the half byte of each, blocks on whole bytes
    half_begins: IntArray

    @classmethod
    def of(cls, column: UInt32Array, begins: IntArray) -> _Packed:
        sizes = np.diff(begins)
        filled = sizes > 0
        width = np.ones(sizes.size, np.int64)
        if filled.any():
            most = np.maximum.reduceat(column, begins[:-1][filled])
            width[filled] = np.searchsorted(_LIMITS, most, side="right") + 1
        octets: Bytes = column.astype("<u4").view(np.uint8).reshape(-1, 4)
        whole = {
            size: octets[:, :size].tobytes() for size in set((width // 2).tolist())
        }
        shift = np.repeat(_HALF_BITS * (width - 1), sizes).astype(np.uint32)
        even = (sizes + 1) // 2 * 2
        half_begins = np.cumsum(even) - even
        halves = np.zeros(int(even.sum()), np.uint8)
        halves[ranges(half_begins, sizes)] = (column >> shift) & np.uint32(0xF)
        both = halves[::2] | halves[1::2] << np.uint8(_HALF_BITS)
        return cls(width, whole, both.tobytes(), half_begins // 2)

    def parts(self, begins: IntArray) -> Iterator[tuple[int, bytes]]:
        """Yield for each block how wide its numbers are, and their bytes."""
        for width, begin, end, half in zip(
            self.width.tolist(),
            begins[:-1].tolist(),
            begins[1:].tolist(),
            self.half_begins.tolist(),
            strict=True,
        ):
            size = width // 2
            data = self.whole[size][begin * size : end * size]
            if width % 2:
                data += self.half[half : half + (end - begin + 1) // 2]
            yield width, data


def changed(
    blocks: Sequence[Block], more: UInt64Array, less: UInt64Array
) -> tuple[list[Block], list[int]]:
    """Return blocks with some postings more and others less, and the names to drop.

    All that is added or taken away belongs to these blocks; all postings must be
    sorted.
    """
    keys = decode(blocks)
    if less.size:
        keys = keys[~_within(keys, less)]
    keys = np.concatenate([keys, more])
    keys.sort()
    firsts = np.array([block.first for block in blocks], np.int64)
    names = firsts.view(np.uint64) ^ _SIGN
    begins = np.append(np.searchsorted(keys, names), keys.size)
    sizes = np.diff(begins)
    empty = (sizes == 0) & (firsts != LOWEST)
    dropped = firsts[empty].tolist()
    parts = np.where(sizes > MOST_POSTINGS, -(-sizes // CUT_POSTINGS), 1)[~empty]
    begin, size = begins[:-1][~empty], sizes[~empty]
    number = ranges(np.zeros_like(parts), parts)
    cut = np.repeat(begin, parts) + number * np.repeat(size, parts) // np.repeat(
        parts, parts
    )
    later = np.flatnonzero(number)
    # Of what is equal, all belongs to the block of that name.
    cut[later] = np.searchsorted(keys, keys[cut[later]])
    named = np.repeat(firsts[~empty], parts)
    named[later] = signed(keys[cut[later]])
    fresh = np.ones(named.size, np.bool_)
    fresh[later] = cut[later] > cut[later - 1]
    borders = np.append(cut[fresh], keys.size)
    return list(encode(named[fresh], borders, keys)), dropped


def digests(keys: UInt64Array, bits: int) -> UInt64Array:
    """Return a number for each share of the hashes: the sum of its postings, mixed.

    It does not depend on their order, and changes with any of them.
    """
    mixed = (keys ^ (keys >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    share = (keys >> np.uint64(64 - bits)).view(np.int64)
    order = np.argsort(share, kind="stable")
    begins = group_begins(share[order])
    sums = np.zeros(1 << bits, np.uint64)
    if begins.size:
        sums[share[order][begins]] = np.add.reduceat(mixed[order], begins)
    return sums


def _within(keys: UInt64Array, others: UInt64Array) -> BoolArray:
    """Tell which sorted keys are among other sorted keys."""
    at = np.minimum(np.searchsorted(others, keys), others.size - 1)
    same: BoolArray = others[at] == keys
    return same
