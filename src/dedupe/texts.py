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

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.array_utils import byte_bounds

from dedupe.corpus import Int32Array, IntArray, ranges, sorting
from dedupe.values import dataclass

# uint16, or uint32 where a character needs that.
CodePoints: TypeAlias = np.ndarray[Any, np.dtype[np.uint16 | np.uint32]]

EXCERPT = 160  # code points: two or three lines of a terminal
SHORTEST = EXCERPT // 2 + 1  # of those that are cut after a word
_CODECS = {2: "utf-16-le", 4: "utf-32-le"}
_BEYOND = 1 << 16


def narrowed(characters: CodePoints) -> CodePoints:
    """Return code points in the fewest bytes each."""
    if characters.max(initial=0) < _BEYOND:
        return characters.astype(np.uint16, copy=False)
    return characters


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of documents, which lie in a few rows of code points."""

    rows: Sequence[CodePoints]
    row: IntArray  # of each document
    begin: IntArray  # of each document, in its row
    end: IntArray

    @classmethod
    def of(cls, batches: Sequence[CodePoints], borders: Sequence[IntArray]) -> Texts:
        """Return the texts of batches of documents.

        `borders` says where each document of a batch begins in it, and where one would
        after the last; between two stands a line feed.
        """
        rows, row, shift = _wholes(batches)
        counts = [len(own) - 1 for own in borders]
        begin = np.concatenate([own[:-1] for own in borders] or [row]).astype(np.int64)
        end = np.concatenate([own[1:] for own in borders] or [row]).astype(np.int64)
        moved = shift.repeat(counts)
        return cls(rows, row.repeat(counts), begin + moved, end + moved - 1)

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
        return _decoded(self._codes(document))

    def line_feeds(self, document: int) -> IntArray:
        """Return where each line of a document but the last one ends."""
        return np.flatnonzero(self._codes(document) == ord("\n"))

    def _codes(self, document: int) -> CodePoints:
        row = self.rows[int(self.row[document])]
        return row[self.begin[document] : self.end[document]]

    def beginnings(self, document: Int32Array, spans: Int32Array) -> list[str]:
        """Return the text of each span, cut after a word where it is long.

        `spans` are int32[places, 2], code points of the document of each.
        """
        order = sorting(self.row[document])
        row = self.row[document[order]]
        start, end = spans[order].T
        size = np.minimum(end - start, EXCERPT)
        first = ranges(self.begin[document[order]] + start, size)
        place = np.cumsum(size) - size
        borders = np.append(place, first.size)[
            row.searchsorted(np.arange(len(self.rows) + 1))
        ].tolist()
        codes = np.concatenate(
            [
                whole.take(first[begin:stop])
                for whole, begin, stop in zip(
                    self.rows, borders[:-1], borders[1:], strict=True
                )
                if stop > begin
            ]
            or [np.empty(0, np.uint16)]
        )
        long = np.flatnonzero(end - start > EXCERPT)
        size[long] = _cut_after_words(codes, place[long])
        text = _decoded(codes)
        cut = [
            text[begin:stop]
            for begin, stop in zip(place.tolist(), (place + size).tolist(), strict=True)
        ]
        back = np.empty_like(order)
        back[order] = np.arange(order.size)
        return [cut[row] for row in back.tolist()]


def _cut_after_words(codes: CodePoints, place: IntArray) -> IntArray:
    """Return how much of each long place is shown."""
    window = codes.take(place[:, None] + np.arange(SHORTEST, EXCERPT))
    is_space = (window == ord(" ")) | (window == ord("\n"))
    last = EXCERPT - 1 - is_space[:, ::-1].argmax(axis=1)
    return np.where(is_space.any(axis=1), last, EXCERPT)


def _decoded(codes: CodePoints) -> str:
    return codes.tobytes().decode(_CODECS[codes.itemsize], "surrogatepass")


def _wholes(
    batches: Sequence[CodePoints],
) -> tuple[list[CodePoints], IntArray, IntArray]:
    """Return the rows that batches are parts of: what lies in one memory is one row.

    With them come the row of each batch, and where it begins in it.
    """
    rows: list[CodePoints] = []
    known: dict[tuple[int, int], int] = {}
    row, begin = np.zeros((2, len(batches)), np.int64)
    for number, batch in enumerate(batches):
        memory = batch.base if isinstance(batch.base, np.ndarray) else batch
        key = (id(memory), batch.itemsize)
        if key not in known:
            known[key] = len(rows)
            fitting = memory.nbytes // batch.itemsize * batch.itemsize
            rows.append(memory.view(np.uint8)[:fitting].view(batch.dtype))
        row[number] = known[key]
        offset = byte_bounds(batch)[0] - byte_bounds(rows[known[key]])[0]
        begin[number] = offset // batch.itemsize
    return rows, row, begin
