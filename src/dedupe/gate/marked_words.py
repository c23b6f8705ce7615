"""Tell which words of a document stand between quotation marks or those of a verse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, islice, pairwise, starmap

import numpy as np

from dedupe.corpus import BoolArray, Int32Array, Rows, UInt32Array
from dedupe.model import Occurrence, Span
from dedupe.paragraphs import read_columns
from dedupe.shingles import upper_halves
from dedupe.values import dataclass

QUOTATION = "quotation"
VERSE = "verse"

# Writers mix up marks that look alike, so a mark closes what the one before it opens.
PAIRED_MARKS = {
    QUOTATION: (
        "\N{QUOTATION MARK}",
        "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
    ),
    VERSE: ("\N{ORNATE LEFT PARENTHESIS}\N{ORNATE RIGHT PARENTHESIS}",),
}
# These may stand inside each other.
NESTED_MARKS = {
    QUOTATION: (
        "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
        "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    )
}

_MARKS = {
    kind: "".join((*PAIRED_MARKS[kind], *NESTED_MARKS.get(kind, ())))
    for kind in PAIRED_MARKS
}

READ_AT_ONCE = 500  # documents


@dataclass(frozen=True)
class MarkedWords:
    """The words of an incoming document, and which of them are marked."""

    text: str
    start: Int32Array  # of each word, code points
    end: Int32Array
    word: UInt32Array  # its hash
    first_word: Rows  # of each paragraph
    paragraphs: list[Span]

    @classmethod
    def all_of(cls, texts: Sequence[str]) -> Iterator[MarkedWords]:
        """Yield the words of each text; they are folded together, which is faster."""
        words, paragraphs = read_columns(texts)
        halves = upper_halves(words.hashes)
        spans = zip(paragraphs.start.tolist(), paragraphs.end.tolist(), strict=True)
        all_spans = list(map(Span._make, spans))
        borders = paragraphs.document.searchsorted(np.arange(len(texts) + 1)).tolist()
        first_words = words.first_word.tolist()
        for text, rows, held in zip(
            texts, pairwise(first_words), pairwise(borders), strict=True
        ):
            yield cls(
                text,
                words.start[slice(*rows)],
                words.end[slice(*rows)],
                halves[slice(*rows)],
                paragraphs.first_word[slice(*held)] - rows[0],
                all_spans[slice(*held)],
            )

    @cached_property
    def quoted(self) -> BoolArray:
        """Which words stand between quotation marks."""
        return self._marked(QUOTATION)

    @cached_property
    def verse(self) -> BoolArray:
        """Which words stand between the marks of a verse."""
        return self._marked(VERSE)

    def shows(self, place: Occurrence) -> bool:
        """Tell whether this is the text in which a place was found."""
        return self.text.startswith(place.excerpt, place.span.start)

    def rows(self, passage: Span) -> range:
        """Return the rows of the words that a passage touches."""
        first = int(self.end.searchsorted(passage[0], side="right"))
        return range(first, int(self.start.searchsorted(passage[1])))

    def pieces(self, rows: range) -> list[range]:
        """Return rows cut where a paragraph begins."""
        inner = slice(*self.first_word.searchsorted([rows.start + 1, rows.stop]))
        cuts = [rows.start, *self.first_word[inner].tolist(), rows.stop]
        return list(starmap(range, pairwise(cuts)))

    def _marked(self, kind: str) -> BoolArray:
        marked = np.zeros(self.start.size, np.bool_)
        if not any(mark in self.text for mark in _MARKS[kind]):
            return marked
        for spans in self._enclosed(kind):
            begin, end = np.array(list(spans), np.int64).reshape(-1, 2).T
            if begin.size:
                row = begin.searchsorted(self.start, side="right") - 1
                marked |= (row >= 0) & (self.end <= end[row])
        return marked

    def _enclosed(self, kind: str) -> Iterator[Iterable[Span]]:
        """Yield, for each sort of marks, the spans between them.

        A quotation ends with its paragraph at the latest, so a mark that nobody closes
        lets nothing pass.
        """
        for marks in PAIRED_MARKS[kind]:
            if not any(mark in self.text for mark in marks):
                continue
            yield chain.from_iterable(
                _between_pairs(self.text, span, marks) for span in self.paragraphs
            )
        if kind in NESTED_MARKS:
            marks = "".join(NESTED_MARKS[kind])
            yield chain.from_iterable(
                _between_nested(self.text, span, marks) for span in self.paragraphs
            )


def marked_words(texts: Iterator[tuple[str, str]]) -> dict[str, MarkedWords]:
    """Return the words of documents, which are given with their names, by name."""
    read: dict[str, MarkedWords] = {}
    while some := dict(islice(texts, READ_AT_ONCE)):
        read |= zip(some, MarkedWords.all_of([*some.values()]), strict=True)
    return read


def _between_pairs(text: str, span: Span, marks: str) -> Iterator[Span]:
    """Yield the spans between the first mark and the second, the third and the fourth.

    Where one is missing nobody knows which belong together.
    """
    places = [match.start() for match in re.compile(f"[{marks}]").finditer(text, *span)]
    if len(places) % 2 == 0:
        yield from map(Span._make, zip(places[::2], places[1::2], strict=True))


def _between_nested(text: str, span: Span, marks: str) -> Iterator[Span]:
    """Yield the outermost spans between an opening mark and the one that closes it."""
    opening = marks[0]
    opened: list[int] = []
    for match in re.compile(f"[{marks}]").finditer(text, *span):
        if match[0] == opening:
            opened.append(match.start())
        elif opened:
            start = opened.pop()
            if not opened:
                yield Span(start, match.start())
