"""The columns of a folded batch, and the kinds of arrays they are made of."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe.rewriter import Offsets
from dedupe.text_column import CodeUnits
from dedupe.values import dataclass

Unsigned: TypeAlias = npt.NDArray[np.uint64]
# Of 32 bits where a batch is not too large for them.
Positions: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Codes: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WordColumns:
    """The folded words of a batch of documents, one row a word."""

    hashes: Unsigned  # equal iff the folded words are equal
    start: Offsets  # code points in the word's own document
    end: Offsets
    first_word: Positions  # of each document, and the number of words
    joined: Positions  # rows of words that are written as two or more


@dataclass(frozen=True, slots=True)
class ClosedWords:
    """The same with one row more after each document: a word that closes it."""

    hashes: Unsigned
    start: Offsets
    sizes: Offsets  # code points
    first_word: Positions  # of each document, and the number of rows
    joined: Positions

    def opened(self) -> WordColumns:
        """Return the words without those that close documents."""
        documents = np.arange(self.first_word.size)
        is_word = np.ones(self.hashes.size, np.bool_)
        is_word[self.first_word[1:] - 1] = False
        start = self.start[is_word]
        closed = self.first_word.searchsorted(self.joined, side="right") - 1
        return WordColumns(
            self.hashes[is_word],
            start,
            start + self.sizes[is_word],
            self.first_word - documents,
            self.joined - closed,
        )


@dataclass(frozen=True, slots=True)
class Breaks:
    """The line breaks of a batch and the one before it, one row a break of any kind."""

    next_word: Positions  # what closes a document comes before its last break
    next_part: Positions
    is_newline: Flags
    offset: Offsets  # in the joined texts
    first_break: Positions  # of each document, and the number of breaks


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """The words of a batch and what paragraphs are made of.

    A part is a run of letters or of digits; rules join some parts to one word.
    """

    words: ClosedWords
    values: Unsigned  # the polynomial of each part
    sizes: Positions  # letters in each part
    number_borders: Positions  # parts that begin a number where another ends
    breaks: Breaks
    characters: CodeUnits  # the joined texts
    offsets: Positions  # where each document begins in them, and the end
