"""Keep the text of every document as it was read, for what is shown of it.

A file may have changed when a scan is done; what is shown is what was compared.

>>> batch = np.array(list(map(ord, f"ab{chr(10)}cde{chr(10)}")), np.uint16)
>>> texts = Texts.of([TextRow.of(batch)], [np.array([0, 3, 7])])
>>> texts.read(1)
'cde'
>>> [*texts.beginnings(np.array([1, 0]), np.array([[1, 3], [0, 1]]))]
['de', 'a']
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.corpus import Int32Array, IntArray
from dedupe.text_column import CodeUnits, TextColumn, decoded
from dedupe.text_rows import TextRow, joined, plain
from dedupe.values import dataclass

EXCERPT = 160  # code points: two or three lines of a terminal
SHORTEST = EXCERPT // 2 + 1  # of those that are cut after a word
LIKELY = 16  # places before a cut, of which one nearly always ends a word
_SPACE, _LINE_FEED = map(ord, " \n")
# White space that is no plain space: a tab, a no-break or an ideographic space.
_IS_ODD = np.zeros(0x3002, np.bool_)  # and one for all that is beyond
_IS_ODD[[code for code in range(0x3001) if chr(code).isspace()]] = True
_IS_ODD[_SPACE] = False
AT_ONCE = 1 << 10  # texts; they stay in the cache of a core from pass to pass
_BEYOND = 1 << 16


def narrowed(characters: CodeUnits) -> CodeUnits:
    """Return code points in the fewest bytes each."""
    if characters.max(initial=0) < _BEYOND:
        return characters.astype(np.uint16, copy=False)
    return characters


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of documents, which lie in rows of code points."""

    rows: Sequence[TextRow]
    row: IntArray  # of each document
    begin: IntArray  # of each document, in its row
    end: IntArray

    @classmethod
    def of(cls, rows: Sequence[TextRow], borders: Sequence[IntArray]) -> Texts:
        """Return the texts that lie in rows.

        `borders` says where each document of a row begins in it, and where one would
        after the last; between two stands a line feed.
        """
        none = np.empty(0, np.int64)
        row = np.repeat(np.arange(len(rows)), [len(own) - 1 for own in borders])
        begin = np.concatenate([none, *(own[:-1] for own in borders)])
        end = np.concatenate([none, *(own[1:] - 1 for own in borders)])
        return cls(rows, row, begin, end)

    def with_more(self, more: Texts) -> Texts:
        """Return these texts and more after them."""
        return Texts(
            [*self.rows, *more.rows],
            np.concatenate([self.row, more.row + len(self.rows)]),
            np.concatenate([self.begin, more.begin]),
            np.concatenate([self.end, more.end]),
        )

    def read(self, document: int) -> str:
        """Return the text of a document."""
        row = self.rows[int(self.row[document])]
        span = int(self.begin[document]), int(self.end[document])
        return decoded(row.characters(*span).data)

    def line_feeds(self, document: int) -> IntArray:
        """Return where each line of a document but the last one ends."""
        row = self.rows[int(self.row[document])]
        codes = row.codes[self.begin[document] : self.end[document]]
        return np.flatnonzero(codes == _LINE_FEED)

    def cut(self, document: Int32Array, spans: Int32Array) -> TextColumn:
        """Return the text of each span.

        `spans` are int32[places, 2], code points of the document of each.
        """
        begin, end = self.begin[document] + spans.T
        codes = joined(self.rows, self.row[document], begin, end)
        return TextColumn.joined(codes, end - begin)

    def beginnings(self, document: Int32Array, spans: Int32Array) -> TextColumn:
        """Return the text of each span, cut after a word where it is long.

        Of a long one the word that may go on behind the cut is left out, if that is
        short.
        """
        is_long = spans[:, 1] - spans[:, 0] > EXCERPT
        shown = spans.copy()
        np.minimum(shown[:, 1], shown[:, 0] + EXCERPT, out=shown[:, 1])
        column = self.cut(document, shown)
        column.end[is_long] = _cuts(column.codes, column.end[is_long])
        return column

    def hashes(self, document: Int32Array, spans: Int32Array) -> list[int]:
        """Return a number for the text of each span; equal texts have equal ones."""
        begin, end = (self.begin[document] + spans.T).tolist()
        rows = map(self.rows.__getitem__, self.row[document].tolist())
        found = list(map(TextRow.plain, rows, begin, end))
        hashes = list(map(hash, found))
        others = [row for row, codes in enumerate(found) if codes is None]
        for first in range(0, len(others), AT_ONCE):
            some = others[first : first + AT_ONCE]
            for row, text in zip(
                some, self.cut(document[some], spans[some]), strict=True
            ):
                hashes[row] = _hash(text)
        return hashes

    def hashes_of_words(
        self, document: Int32Array, spans: Int32Array
    ) -> dict[int, int]:
        """Return the same of texts as if single spaces parted their words.

        Those are left out of which that is true.
        """
        hashes = {}
        for first in range(0, document.size, AT_ONCE):
            rows = slice(first, first + AT_ONCE)
            column = self.cut(document[rows], spans[rows])
            for row in _with_odd_space(column):
                words = " ".join(column[row].split())
                hashes[first + row] = _hash(words)
        return hashes


def _hash(text: str) -> int:
    """Return a number for a text, the same from whatever row it was taken."""
    codes = plain(text)
    return hash(text if codes is None else codes)


def _with_odd_space(column: TextColumn) -> list[int]:
    """Return which texts hold white space other than single spaces."""
    codes = column.codes
    is_odd = _IS_ODD.take(codes, mode="clip")
    is_space = codes == _SPACE
    is_odd[:-1] |= is_space[:-1] & is_space[1:]
    is_odd[column.end] = is_odd[column.end + 1] = False  # the gap
    rows = column.begin.searchsorted(np.flatnonzero(is_odd), "right") - 1
    return sorted(set(rows.tolist()))


def _cuts(codes: CodeUnits, end: IntArray) -> IntArray:
    """Return where texts of EXCERPT code points that end there are cut."""
    cut, rows = end.copy(), np.arange(end.size)
    for window in (LIKELY, EXCERPT - SHORTEST):
        places = end[rows, np.newaxis] - np.arange(1, window + 1)
        tails = codes.take(places)
        is_space = (tails == _SPACE) | (tails == _LINE_FEED)
        has_space = is_space.any(axis=1)
        cut[rows] -= np.where(has_space, is_space.argmax(axis=1) + 1, 0)
        rows = rows[~has_space]
    return cut
