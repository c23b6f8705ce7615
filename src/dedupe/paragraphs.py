"""Cut folded documents into paragraphs: one row a line that has words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedupe import folding
from dedupe.folding import Breaks, Characters, FoldedBatch, Positions, Unsigned
from dedupe.normalizer import WordColumns
from dedupe.rewriter import Offsets

@dataclass(frozen=True, slots=True)
class ParagraphColumns:
    """The paragraphs of a batch of documents, one row a paragraph with words in it."""

    document: Offsets  # index in the batch
    line: Offsets  # of its first line, index from 0 in text.split("\n")
    last_line: Offsets
    start: Offsets  # code points in the document, without white space at the ends
    end: Offsets
    first_word: Positions  # index in the batch's words
    words: Offsets
    folded: Unsigned  # of the sequence of words
    solid: Unsigned  # of the sequence of letters, spaces left out


# Odd, so that its powers can be divided by.
WORD_RADIX = 0xBF58476D1CE4E5B9
SPACES = "".join(filter(str.isspace, map(chr, range(0x3001))))
MANY_SPACES = 4  # longer indents are left to str.strip

_IS_SPACE = np.zeros(0x3002, np.bool_)  # and one for all that is beyond
_IS_SPACE[[ord(space) for space in SPACES]] = True


def read_columns(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> tuple[WordColumns, ParagraphColumns]:
    """Return the words and the paragraphs of a batch of documents."""
    batch = folding.fold_batch(texts, fold=fold, ignore_numbers=ignore_numbers)
    return batch.words, _cut(batch)


def _cut(batch: FoldedBatch) -> ParagraphColumns:
    """Make a paragraph of the words between two line breaks."""
    breaks = batch.breaks
    counts = breaks.next_word[1:] - breaks.next_word[:-1]
    # Row i stands between break i and break i + 1.
    before = np.flatnonzero(counts)
    first_word = breaks.next_word[before]
    document = breaks.first_break.searchsorted(before + 1, side="right") - 1
    newlines = np.append(0, np.cumsum(breaks.is_newline))
    line = newlines[before + 1] - newlines[breaks.first_break[document]]
    start, end = _trim(
        breaks.offset[before] + 1, breaks.offset[before + 1], batch.characters
    )
    shift = batch.offsets[document].astype(np.int32)
    return ParagraphColumns(
        document.astype(np.int32),
        line.astype(np.int32),
        line.astype(np.int32),
        start - shift,
        end - shift,
        first_word,
        counts[before].astype(np.int32),
        _sequence(batch.words.hashes, first_word),
        _solid(batch.values, batch.sizes, breaks.next_part[before]),
    )


def _trim(
    start: Offsets, end: Offsets, characters: Characters
) -> tuple[Offsets, Offsets]:
    """Leave white space out at both ends of spans that have words."""
    for side, edge, step in ((start, 0, 1), (end, -1, -1)):
        left = np.arange(side.size)
        for _ in range(MANY_SPACES):
            is_space = _IS_SPACE.take(characters[side[left] + edge], mode="clip")
            left = left[is_space]
            side[left] += step
        for row in left.tolist():
            text = characters[start[row] : end[row]].astype("<u4").tobytes()
            line = text.decode("utf-32-le", "surrogatepass")
            start[row] += len(line) - len(line.lstrip())
            end[row] -= len(line) - len(line.rstrip())
    return start, end


def _inverse(values: Unsigned) -> Unsigned:
    """Return what odd numbers are multiplied by to give 1, modulo 2**64.

    Newton's step doubles the number of right bits; an odd number is its own inverse
    in the lowest three.
    """
    inverse = values.copy()
    for _ in range(5):
        inverse *= np.uint64(2) - values * inverse
    return inverse


def _sequence(hashes: Unsigned, first_word: Positions) -> Unsigned:
    """Hash the words of each paragraph as digits in base WORD_RADIX."""
    if not first_word.size:
        return hashes[:0]
    weights = _word_weights(hashes.size.bit_length())[: hashes.size]
    return _sums(hashes * weights, weights, first_word)


@lru_cache(maxsize=4)
def _word_weights(bits: int) -> Unsigned:
    """Return the powers of WORD_RADIX that so many words need."""
    weights = np.full(1 << bits, WORD_RADIX, np.uint64)
    return np.multiply.accumulate(weights)


def _solid(values: Unsigned, sizes: Positions, first_part: Positions) -> Unsigned:
    """Hash the letters of each paragraph as if it were one word."""
    if not first_part.size:
        return values[:0]
    weights = folding.powers(np.cumsum(sizes) - sizes)
    return _sums(values * weights, weights, first_part)


def _sums(weighted: Unsigned, weights: Unsigned, first_word: Positions) -> Unsigned:
    """Add up each paragraph as if it were the first."""
    sums = np.add.reduceat(weighted, first_word)
    return folding.mixed(sums * _inverse(weights[first_word]))
