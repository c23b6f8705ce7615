"""Codes → parts: runs of letters and runs of digits, with their polynomials."""

from __future__ import annotations

import numpy as np

from dedupe import rewriter
from dedupe.folding.alphabets import (
    FIRST_DIGIT,
    FIRST_LETTER,
    OTHER_LETTER,
    SEPARATOR,
)
from dedupe.folding.columns import Codes, Flags, Positions, Unsigned
from dedupe.folding.encoding import Encoded, Kept
from dedupe.folding.polynomials import (
    EIGHTH_POWER,
    MODULUS,
    PACKED,
    RADIX,
    eight_letters,
    mixed,
    powers,
)
from dedupe.values import dataclass

LONGEST_SHORT = 2 * PACKED
# A long word is read in pieces, so that one of 50 million letters fits in memory.
PIECE = 4096
LETTERS_AT_ONCE = 1 << 18

# How far eight bytes that end with a word of so many letters are shifted to lose
# what stands before the word.
_SHIFTS = np.array([64 - 8 * size for size in range(PACKED)] + [0], np.uint64)


@dataclass(frozen=True, slots=True)
class Parts:
    """Runs of letters and runs of digits, one row a run; rules change the values."""

    first: Positions  # of the codes that are kept
    last: Positions  # the code that ends the run
    last_letters: Codes  # of what closes a document, none
    values: Unsigned  # polynomials
    sizes: Positions  # letters
    first_part: Positions  # of each document, and the number of parts


def find_parts(kept: Kept, closing: Positions, *, is_full: bool) -> Parts:
    """Cut runs of letters and runs of digits, and number their letters.

    A run of none closes each document; `closing` says where they stand.
    """
    codes = kept.codes
    is_word = codes - np.uint8(FIRST_DIGIT) < SEPARATOR - FIRST_DIGIT
    is_edge = np.empty(is_word.size, np.bool_)
    is_edge[0] = False
    np.not_equal(is_word[1:], is_word[:-1], out=is_edge[1:])
    edges = np.flatnonzero(is_edge)
    # Where a run ends and the next begins.
    inner = np.sort(np.concatenate((closing, *_inner_edges(kept, is_full=is_full))))
    row = edges.searchsorted(inner, side="right") + 2 * np.arange(inner.size)
    first = _with_some(edges[0::2], (row + 1) >> 1, inner)
    last = _with_some(edges[1::2], row >> 1, inner)
    sizes = last - first
    windows = np.ndarray((codes.size - PACKED + 1,), "<u8", codes.data, strides=(1,))
    tails = windows[last - PACKED]
    values = eight_letters(tails >> _SHIFTS.take(sizes, mode="clip"))
    longer = np.flatnonzero(sizes > PACKED)
    heads = eight_letters(windows[first.take(longer)])
    shifts = _SHIFTS.take(sizes.take(longer) - PACKED, mode="clip")
    heads += EIGHTH_POWER * eight_letters(tails.take(longer) >> shifts)
    values[longer] = heads
    last_letters = tails.view(np.uint8)[PACKED - 1 :: PACKED].copy()
    closed = (row >> 1)[codes[inner] < FIRST_DIGIT]
    last_letters[closed] = SEPARATOR
    first_part = np.append(0, closed + 1)
    return Parts(first, last, last_letters, values, sizes, first_part)


def _inner_edges(kept: Kept, *, is_full: bool) -> tuple[Positions, ...]:
    """Return where a letter and a digit meet, as in 1436هـ: one run ends there."""
    if not is_full:
        return ()
    digits = kept.among(FIRST_DIGIT, OTHER_LETTER)
    return (
        digits[_are_letters(kept.codes.take(digits - 1))],
        digits[_are_letters(kept.codes.take(digits + 1))] + 1,
    )


def _with_some(edges: Positions, rows: Positions, some: Positions) -> Positions:
    """Return edges with some more in between, which have these rows then."""
    is_old = np.ones(edges.size + rows.size, np.bool_)
    is_old[rows] = False
    every = np.empty(is_old.size, some.dtype)
    every[is_old] = edges
    every[rows] = some
    return every


def _are_letters(codes: Codes) -> Flags:
    return codes - np.uint8(OTHER_LETTER) < SEPARATOR - OTHER_LETTER


@dataclass(frozen=True, slots=True)
class OtherLetters:
    """Tell apart the letters that share a code."""

    encoded: Encoded

    def values(self, places: Positions) -> Unsigned:
        """Return a number of 64 bits for each letter."""
        points = self.encoded.points(self.encoded.kept.original(places))
        images = rewriter.images(points, rewriter.table(self.encoded.letters.level))
        return mixed(images.astype(np.uint64))


def measure_rare(parts: Parts, kept: Kept, others: OtherLetters) -> None:
    """Number the letters of long words and of words in other scripts."""
    with_others = parts.first.searchsorted(
        kept.among(OTHER_LETTER, FIRST_LETTER), side="right"
    )
    rare = np.concatenate(
        (with_others - 1, np.flatnonzero(parts.sizes > LONGEST_SHORT))
    )
    if not rare.size:
        return
    rare.sort()
    rare = rare[np.diff(rare, prepend=-1) != 0]
    pieces = -(-parts.sizes[rare] // PIECE)
    ends = np.cumsum(pieces)
    number = np.arange(ends[-1]) - (ends - pieces).repeat(pieces)
    first = parts.first[rare].repeat(pieces) + PIECE * number
    sizes = np.minimum(parts.sizes[rare].repeat(pieces) - PIECE * number, PIECE)
    sums = np.empty(first.size, np.uint64)
    total = np.cumsum(sizes)
    done = 0
    while done < first.size:
        budget = total[done] - sizes[done] + LETTERS_AT_ONCE
        stop = max(int(total.searchsorted(budget, side="right")), done + 1)
        batch = slice(done, stop)
        sums[batch] = _sum_letters(first[batch], sizes[batch], kept.codes, others)
        done = stop
    parts.values[rare] = sums[ends - pieces]
    step = pow(RADIX, PIECE, MODULUS)
    for row in np.flatnonzero(pieces > 1).tolist():
        value = 0
        for part in sums[ends[row] - pieces[row] : ends[row]][::-1].tolist():
            value = (value * step + part) % MODULUS
        parts.values[rare[row]] = value


def _sum_letters(
    first: Positions, sizes: Positions, codes: Codes, others: OtherLetters
) -> Unsigned:
    """Return the polynomials of runs of letters, each up to PIECE long."""
    begins = np.cumsum(sizes) - sizes
    place = np.arange(begins[-1] + sizes[-1]) - begins.repeat(sizes)
    where = first.repeat(sizes) + place
    letters = codes[where].astype(np.uint64)
    unknown = np.flatnonzero(letters == OTHER_LETTER)
    letters[unknown] = others.values(where[unknown])
    letters *= powers(place)
    return np.add.reduceat(letters, begins)
