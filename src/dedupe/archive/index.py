"""Pack the postings of an archive: which shingle stands in which paragraph.

A posting is a number of 64 bits, the hash of a shingle above the row of a paragraph.
Sorted, they are cut into blocks of a few hundred, as the leaves of a B+ tree, and a
block is named by the lowest number that may stand in it. So a shingle is looked up by
reading one block, wherever in the file it lies, and an article is added by writing
anew the few hundred blocks that its shingles belong to.

In a block, hashes are written as the steps from one to the next and rows as they are,
each in as few bytes as the largest of the block needs.
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

# A block that grows beyond this is cut into equal parts. Three fit a page of SQLite.
MOST_POSTINGS = 360
CUT_POSTINGS = 256
LOWEST = -(1 << 63)  # the name of the block that every archive has
ROW_BITS = 32
_HEADER = 2  # bytes: how wide a step is and how wide a row is
_WIDEST = 4
_LIMITS = np.array([1 << 8, 1 << 16, 1 << 24], np.uint32)  # of 1, 2 and 3 bytes
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
    widths = [_widths(block.data) for block in blocks]
    sizes = np.array(
        [
            (len(block.data) - _HEADER) // (step + row)
            for block, (step, row) in zip(blocks, widths, strict=True)
        ],
        np.int64,
    )
    starts = np.cumsum(sizes) - sizes
    count = int(sizes.sum())
    steps, rows = np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    for width in sorted(set(widths)):
        chosen = [place for place, other in enumerate(widths) if other == width]
        at = ranges(starts[chosen], sizes[chosen])
        size = sizes[chosen].tolist()
        step_bytes, row_bytes = [], []
        for place, number in zip(chosen, size, strict=True):
            middle = _HEADER + number * width[0]
            step_bytes.append(blocks[place].data[_HEADER:middle])
            row_bytes.append(blocks[place].data[middle:])
        steps[at] = _unpacked(step_bytes, width[0])
        rows[at] = _unpacked(row_bytes, width[1])
    if not count:
        return rows
    total = np.cumsum(steps)
    filled = sizes > 0
    before = total[starts[filled]] - steps[starts[filled]]
    first = np.array([block.first for block in blocks], np.int64)[filled]
    lower = (first.view(np.uint64) ^ _SIGN) >> _SHIFT
    hashes: UInt64Array = total + np.repeat(lower - before, sizes[filled])
    return (hashes << _SHIFT) | rows


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
    wide = [np.ones(sizes.size, np.int64), np.ones(sizes.size, np.int64)]
    for width, column in zip(wide, (steps, rows), strict=True):
        if filled.any():
            most = np.maximum.reduceat(column, begins[:-1][filled])
            width[filled] = _bytes_for(most)
    packed = [
        {width: _packed(column, width) for width in set(widths.tolist())}
        for widths, column in zip(wide, (steps, rows), strict=True)
    ]
    members = zip(
        firsts.tolist(),
        begins[:-1].tolist(),
        begins[1:].tolist(),
        wide[0].tolist(),
        wide[1].tolist(),
        strict=True,
    )
    for first, begin, end, step, row in members:
        yield Block(
            first,
            bytes((step, row))
            + packed[0][step][begin * step : end * step]
            + packed[1][row][begin * row : end * row],
        )


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


def found(keys: UInt64Array, hashes: UInt32Array) -> Postings:
    """Return the paragraphs of some shingles among sorted postings."""
    low = hashes.astype(np.uint64) << _SHIFT
    left = np.searchsorted(keys, low)
    right = np.searchsorted(keys, low | _ROW, side="right")
    sizes = right - left
    rows = (keys[ranges(left, sizes)] & _ROW).view(np.int64)
    return Postings(hashes, np.append(0, np.cumsum(sizes)), rows)


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


def _widths(data: bytes) -> tuple[int, int]:
    if len(data) >= _HEADER:
        step, row = data[0], data[1]
        size = step + row
        sound = 1 <= step <= _WIDEST and 1 <= row <= _WIDEST
        if sound and (len(data) - _HEADER) % size == 0:
            return step, row
    raise ArchiveError("a block of postings is damaged")


def _bytes_for(most: UInt32Array) -> IntArray:
    """Return how many bytes hold numbers up to each of some."""
    return np.searchsorted(_LIMITS, most, side="right") + 1


def _packed(values: UInt32Array, width: int) -> bytes:
    octets: Bytes = values.astype("<u4").view(np.uint8).reshape(-1, _WIDEST)
    return octets[:, :width].tobytes()


def _unpacked(parts: Sequence[bytes], width: int) -> UInt32Array:
    octets = np.frombuffer(b"".join(parts), np.uint8).reshape(-1, width)
    wide = np.zeros((octets.shape[0], _WIDEST), np.uint8)
    wide[:, :width] = octets
    return wide.view("<u4").reshape(-1)
