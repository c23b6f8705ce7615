"""Cut folded documents into paragraphs: one row a line that has words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedupe import normalizer
from dedupe.normalizer import Offsets, Positions, Unsigned, WordColumns


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


def read_columns(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> tuple[WordColumns, ParagraphColumns]:
    """Return the words and the paragraphs of a batch of documents."""
    batch = normalizer.fold_batch(texts, fold=fold, ignore_numbers=ignore_numbers)
    words = batch.words
    breaks = np.flatnonzero(batch.codes < normalizer.SEPARATOR)
    cut = np.searchsorted(batch.first, breaks)
    if not words.hashes.size:
        return words, _empty()
    is_new = np.empty(cut.size, np.bool_)
    is_new[:-1] = cut[1:] != cut[:-1]
    is_new[-1] = False
    first_word = cut[is_new].astype(np.int64)
    count = np.diff(first_word, append=words.hashes.size)
    document = (
        np.searchsorted(words.first_word, first_word, side="right") - 1
    ).astype(np.int32)
    newlines = breaks[batch.codes[breaks] == normalizer.NEWLINE]
    line = np.searchsorted(newlines, batch.first[first_word]) - np.searchsorted(
        newlines, batch.first_code[document]
    )
    start = np.empty(first_word.size, np.int32)
    end = np.empty(first_word.size, np.int32)
    last_word = first_word + count - 1
    for row, (number, one, other) in enumerate(
        zip(
            document.tolist(),
            words.start[first_word].tolist(),
            words.end[last_word].tolist(),
            strict=True,
        )
    ):
        text = texts[number]
        left = text.rfind("\n", 0, one) + 1
        right = text.find("\n", other)
        right = len(text) if right < 0 else right
        line_text = text[left:right]
        start[row] = left + len(line_text) - len(line_text.lstrip())
        end[row] = left + len(line_text.rstrip())
    line = line.astype(np.int32)
    return words, ParagraphColumns(
        document,
        line,
        line,
        start,
        end,
        first_word,
        count.astype(np.int32),
        _sequence(words.hashes, first_word),
        _solid(batch.polynomials, batch.letters, first_word),
    )


def _empty() -> ParagraphColumns:
    small = np.zeros(0, np.int32)
    large = np.zeros(0, np.uint64)
    return ParagraphColumns(
        small, small, small, small, small, np.zeros(0, np.int64), small, large, large
    )


def _inverse(values: Unsigned) -> Unsigned:
    """Return what odd numbers must be multiplied by to give 1, modulo 2**64."""
    inverse = values.copy()  # right in the lowest 3 bits; each step doubles them
    for _ in range(5):
        inverse *= np.uint64(2) - values * inverse
    return inverse


def _sequence(hashes: Unsigned, first_word: Positions) -> Unsigned:
    weights = np.full(hashes.size, WORD_RADIX, np.uint64)
    np.multiply.accumulate(weights, out=weights)
    sums = np.add.reduceat(hashes * weights, first_word)
    return normalizer.mixed(sums * _inverse(weights[first_word]))


def _solid(values: Unsigned, sizes: Positions, first_word: Positions) -> Unsigned:
    powers = np.array(
        [pow(normalizer.RADIX, size, 2**64) for size in range(256)], np.uint64
    )
    steps = powers.take(sizes, mode="clip")
    for word in np.flatnonzero(sizes > 255).tolist():
        steps[word] = pow(normalizer.RADIX, int(sizes[word]), 2**64)
    weights = np.empty(values.size, np.uint64)
    weights[0] = 1
    np.multiply.accumulate(steps[:-1], out=weights[1:])
    sums = np.add.reduceat(values * weights, first_word)
    return normalizer.mixed(sums * _inverse(weights[first_word]))
