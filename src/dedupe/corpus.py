"""All words and paragraphs of a scan as columns, one row a word or a paragraph."""

from __future__ import annotations

from dataclasses import field
from typing import Any, TypeAlias, TypeVar

import numpy as np

from dedupe.values import dataclass

IntArray: TypeAlias = np.ndarray[Any, np.dtype[np.int64]]
Int32Array: TypeAlias = np.ndarray[Any, np.dtype[np.int32]]
UInt32Array: TypeAlias = np.ndarray[Any, np.dtype[np.uint32]]
UInt64Array: TypeAlias = np.ndarray[Any, np.dtype[np.uint64]]
# Rows or positions of any width.
Rows: TypeAlias = np.ndarray[Any, np.dtype[np.signedinteger[Any]]]
BoolArray: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
ByteArray: TypeAlias = np.ndarray[Any, np.dtype[np.uint8]]
FloatArray: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
Column = TypeVar("Column", IntArray, Int32Array, UInt64Array)


def ranges(first: Rows, size: Rows) -> IntArray:
    """Return the numbers of all ranges, one range after another, as int64.

    >>> ranges(np.array([5, 20]), np.array([3, 2])).tolist()
    [5, 6, 7, 20, 21]
    """
    begins = np.cumsum(size, dtype=np.int64) - size
    numbers: IntArray = np.repeat(first - begins, size)
    numbers += np.arange(numbers.size)
    return numbers


def sorting(values: Rows) -> IntArray:
    """Return the stable order of positions or rows: numbers from 0, below 2**32.

    It is that of argsort, and there several times as fast as argsort itself.

    >>> sorting(np.array([30, 10, 30, 20])).tolist()
    [1, 3, 0, 2]
    """
    packed = values.astype(np.uint64) << np.uint64(32)
    packed |= np.arange(values.size, dtype=np.uint64)
    packed.sort()
    packed &= np.uint64(0xFFFFFFFF)
    return packed.view(np.int64)


def sorting_by(first: Rows, *others: Rows) -> IntArray:
    """Return the stable order by several columns, each as `sorting` takes them.

    >>> sorting_by(np.array([2, 1, 2]), np.array([5, 9, 3])).tolist()
    [1, 2, 0]
    """
    if not others:
        return sorting(first)
    order = sorting_by(*others)
    return order.take(sorting(first.take(order)))


def exemplars(hashes: UInt64Array) -> Int32Array:
    """Return, for each row, the first that has the same hash.

    >>> exemplars(np.array([7, 9, 7, 9, 9], np.uint64)).tolist()
    [0, 1, 0, 1, 1]
    """
    order, alike = sorting_hashes(hashes)
    exemplar = np.arange(order.size, dtype=np.int32)
    begins = np.flatnonzero(np.diff(alike, prepend=-1) != 1)
    first = order[alike[begins] - 1]
    exemplar[order[alike]] = np.repeat(first, np.diff(begins, append=alike.size))
    return exemplar


def sorting_hashes(hashes: UInt64Array) -> tuple[IntArray, IntArray]:
    """Return the rows of hashes so that equal ones are together, each group ascending.

    Beside it comes at which places of this order a hash equals the one before. A row in
    the place of the lower bits is sorted several times as fast as argsort sorts; that
    different hashes begin alike is rare.
    """
    rows_only = np.uint64((1 << hashes.size.bit_length()) - 1)
    packed = hashes & ~rows_only
    packed |= np.arange(hashes.size, dtype=np.uint64)
    packed.sort()
    alike = np.flatnonzero((packed[1:] ^ packed[:-1]) <= rows_only) + 1
    packed &= rows_only
    order = packed.view(np.int64)
    if np.any(hashes[order[alike]] != hashes[order[alike - 1]]):
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        alike = np.flatnonzero(ordered[1:] == ordered[:-1]) + 1
    return order, alike


def group_begins(ordered: Rows | UInt64Array) -> IntArray:
    """Return the rows at which a sorted column changes its value."""
    fresh = np.ones(ordered.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    return np.flatnonzero(fresh)


def distinct(values: Column) -> Column:
    """Return the different values of a column, ascending.

    `np.unique` imports masked arrays first, which takes as long as a small scan; so do
    the functions that call it, such as `np.isin`.

    >>> distinct(np.array([30, 10, 30])).tolist()
    [10, 30]
    """
    ordered = np.sort(values)
    return ordered[group_begins(ordered)]


def are_among(asked: Column, known: Column) -> BoolArray:
    """Tell which values of a column stand in another.

    >>> are_among(np.array([3, 1, 3, 2]), np.array([2, 3, 9])).tolist()
    [True, False, True, True]
    """
    if not known.size:
        return np.zeros(asked.size, np.bool_)
    ordered = np.sort(known)
    at = ordered.searchsorted(asked)
    among: BoolArray = ordered.take(at, mode="clip") == asked
    return among


# Words that no text holds stand after each document and after the last one, so that
# a run of equal words ends there by itself and a shingle may be read past the end.
PADDING = 16
_BLOCK_BITS = 5
_IN_BLOCK = (1 << _BLOCK_BITS) - 1


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """One row a paragraph that holds a word, in document order."""

    document: Int32Array  # row of its document
    line: Int32Array  # first line, counted from 0
    last_line: Int32Array
    start: Int32Array  # code points in the document, white space left out
    end: Int32Array
    first_word: IntArray  # row of its first word
    words: Int32Array
    solid: UInt64Array  # hash of its letters without spaces
    raw: IntArray  # hash of its text as written, of those with the letters of another

    def __len__(self) -> int:
        return self.document.size


@dataclass(frozen=True, slots=True)
class Ranks:
    """How many of some positions come up to any other, in two bits a word.

    So much caches can hold. Of 32 words, the lower half of a number tells which are
    among these positions, the upper half how many of them come before.
    """

    blocks: UInt64Array

    @classmethod
    def of(cls, counted: IntArray, words: int) -> Ranks:
        """Return them for some positions in so many words, ascending and distinct."""
        block = counted >> _BLOCK_BITS
        # One more than the blocks before that of each position, and so for the last.
        apart = np.diff(block, prepend=-1, append=words >> _BLOCK_BITS)
        blocks = np.repeat(np.arange(apart.size) << 32, apart)
        np.add.at(blocks, block, 1 << (counted & _IN_BLOCK))
        return cls(blocks.view(np.uint64))

    def take(self, positions: IntArray) -> IntArray:
        """Return how many are counted up to each position, itself included."""
        rows = self.blocks.take(positions >> _BLOCK_BITS)
        counted = rows.astype(np.uint32)
        # What comes after the word is shifted out.
        counted <<= ~positions.astype(np.uint32) & np.uint32(_IN_BLOCK)
        rows >>= np.uint64(32)
        rows += np.bitwise_count(counted)
        return rows.view(np.int64)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What stands in texts that belong to a corpus and are not held in it.

    An archive hands out the few documents that may match, and tells by this how common
    their words are in all the others.
    """

    shingle: UInt32Array  # upper half of the hash, ascending, each once
    places: IntArray  # in which it stands
    words: int

    def of(self, shingles: UInt32Array) -> IntArray:
        """Return in how many places each of some shingles stands."""
        if not self.shingle.size:
            return np.zeros(shingles.size, np.int64)
        at = np.minimum(self.shingle.searchsorted(shingles), self.shingle.size - 1)
        return np.where(self.shingle[at] == shingles, self.places[at], 0)


NOWHERE = Elsewhere(np.empty(0, np.uint32), np.empty(0, np.int64), 0)


@dataclass(frozen=True, slots=True)
class Corpus:
    """The words of all documents in a row, each document closed by a word of its own.

    A position is a row of `word`. Positions of one document are consecutive, and so
    are those of one paragraph.
    """

    word: UInt32Array  # hash of the folded word
    # The row of the paragraph of each word; one that closes a document counts to the
    # last in it.
    word_paragraph: Ranks
    paragraphs: Paragraphs
    first_paragraph: IntArray  # of each document, and one more entry at the end
    first_position: IntArray  # likewise
    joined: IntArray  # positions of words that are written as two or more, ascending
    joined_before: Ranks  # how many of these come before each position
    exemplar: Int32Array  # the first paragraph that is equal after folding
    elsewhere: Elsewhere = field(default=NOWHERE)

    @property
    def positions(self) -> int:
        """Return the number of positions, closing words counted, padding not."""
        return int(self.first_position[-1])
