"""Keep the text of every document as it was read, for what is shown of it.

A file may have changed when a scan is done; what is shown is what was compared.

>>> batch = np.array(list(map(ord, f"ab{chr(10)}cde{chr(10)}")), np.uint16)
>>> texts = Texts.of([batch], [np.array([0, 3, 7])])
>>> texts.read(1)
'cde'
>>> texts.beginnings(np.array([1, 0]), np.array([[1, 3], [0, 1]]))
['de', 'a']
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from dedupe.corpus import Int32Array, IntArray
from dedupe.values import dataclass

# uint16, or uint32 where a character needs that.
CodeUnits: TypeAlias = np.ndarray[Any, np.dtype[np.uint16 | np.uint32]]

EXCERPT = 160  # code points: two or three lines of a terminal
SHORTEST = EXCERPT // 2 + 1  # of those that are cut after a word
_DECODERS = {2: codecs.utf_16_le_decode, 4: codecs.utf_32_le_decode}
_BEYOND = 1 << 16


def narrowed(characters: CodeUnits) -> CodeUnits:
    """Return code points in the fewest bytes each."""
    if characters.max(initial=0) < _BEYOND:
        return characters.astype(np.uint16, copy=False)
    return characters


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of documents, which lie in rows of code points."""

    rows: Sequence[CodeUnits]
    row: IntArray  # of each document
    begin: IntArray  # of each document, in its row
    end: IntArray

    @classmethod
    def of(cls, rows: Sequence[CodeUnits], borders: Sequence[IntArray]) -> Texts:
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
        codes = self._codes(document).data
        return _DECODERS[codes.itemsize](codes, "surrogatepass")[0]

    def line_feeds(self, document: int) -> IntArray:
        """Return where each line of a document but the last one ends."""
        return np.flatnonzero(self._codes(document) == ord("\n"))

    def _codes(self, document: int) -> CodeUnits:
        row = self.rows[int(self.row[document])]
        return row[self.begin[document] : self.end[document]]

    def beginnings(self, document: Int32Array, spans: Int32Array) -> list[str]:
        """Return the text of each span, cut after a word where it is long.

        `spans` are int32[places, 2], code points of the document of each.
        """
        size = spans[:, 1] - spans[:, 0]
        shown = spans.copy()
        np.minimum(shown[:, 1], shown[:, 0] + EXCERPT, out=shown[:, 1])
        return [
            _cut(text) if is_long else text
            for text, is_long in zip(
                self._some(document, shown), (size > EXCERPT).tolist(), strict=True
            )
        ]

    def hashes(self, document: Int32Array, spans: Int32Array) -> list[int]:
        """Return a number for the text of each span; equal texts have equal ones."""
        return list(map(hash, self._some(document, spans)))

    def _some(self, document: Int32Array, spans: Int32Array) -> Iterator[str]:
        """Yield the text of each span."""
        rows = self.row[document].tolist()
        memory = {row: self.rows[row].data for row in set(rows)}
        start, end = (self.begin[document] + spans.T).tolist()
        for row, first, stop in zip(rows, start, end, strict=True):
            codes = memory[row][first:stop]
            yield _DECODERS[codes.itemsize](codes, "surrogatepass")[0]


def _cut(text: str) -> str:
    """Return a text without the word that may go on behind it, if that is short."""
    space = max(text.rfind(" ", SHORTEST), text.rfind("\n", SHORTEST))
    return text[:space] if space > 0 else text
