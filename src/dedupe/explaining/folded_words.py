"""Fold two texts as the engine does, into words that stand side by side."""

from __future__ import annotations

import numpy as np

from dedupe import word_alignment
from dedupe.corpus import IntArray, UInt64Array
from dedupe.explaining.explanation import Excerpt, Run
from dedupe.model import Span
from dedupe.paragraphs import read_columns
from dedupe.settings import Settings
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class FoldedWords:
    """The folded words of a text, one row a word."""

    excerpt: Excerpt
    hashes: UInt64Array
    start: IntArray  # code points in the excerpt
    end: IntArray
    paragraph: IntArray  # of each word, counted from 0 in this text
    line: IntArray  # of each paragraph, counted from 0 in this text
    last_line: IntArray

    def span(self, first: int, stop: int) -> Span:
        """Return where some words stand in the document."""
        origin = self.excerpt.start
        return Span(int(self.start[first]) + origin, int(self.end[stop - 1]) + origin)

    def written(self, row: int) -> str:
        """Return a word as it is written."""
        return self.excerpt.text[self.start[row] : self.end[row]]

    def within(self, lines: tuple[int, int]) -> FoldedWords:
        """Return the words of some lines, counted from 1."""
        first, last = lines
        held = (self.line + 1 >= first) & (self.last_line + 1 <= last)
        rows = np.flatnonzero(held[self.paragraph])
        return FoldedWords(
            self.excerpt,
            self.hashes[rows],
            self.start[rows],
            self.end[rows],
            self.paragraph[rows],
            self.line,
            self.last_line,
        )


@dataclass(frozen=True, slots=True)
class BothTexts:
    """The words of two texts that were folded together."""

    left: FoldedWords
    right: FoldedWords

    @classmethod
    def of(cls, left: Excerpt, right: Excerpt, settings: Settings) -> BothTexts:
        """Fold both texts as the engine does."""
        words, paragraphs = read_columns(
            [left.text, right.text],
            fold=settings.fold,
            ignore_numbers=settings.ignore_numbers,
        )
        border = int(words.first_word[1])
        sides = []
        for number, (excerpt, rows) in enumerate(
            ((left, slice(border)), (right, slice(border, None)))
        ):
            own = np.flatnonzero(paragraphs.document == number)
            sides.append(
                FoldedWords(
                    excerpt,
                    words.hashes[rows],
                    words.start[rows].astype(np.int64),
                    words.end[rows].astype(np.int64),
                    np.repeat(np.arange(own.size), paragraphs.words[own]),
                    paragraphs.line[own].astype(np.int64),
                    paragraphs.last_line[own].astype(np.int64),
                )
            )
        return cls(*sides)

    def within(self, left: tuple[int, int], right: tuple[int, int]) -> BothTexts:
        """Return the words of some lines of each."""
        return BothTexts(self.left.within(left), self.right.within(right))

    def longest(self) -> Run | None:
        """Return the longest run of equal words inside a paragraph of each."""
        words, one, other = word_alignment.longest_run(
            self.left.hashes,
            self.right.hashes,
            self.left.paragraph,
            self.right.paragraph,
        )
        if not words:
            return None
        return Run(
            words,
            self.left.span(one, one + words),
            self.right.span(other, other + words),
        )
