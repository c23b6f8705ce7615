"""Read a second time the documents that findings stand in, for their excerpts.

Which documents these will be is known before the findings are gathered, so the reading
begins then. How a place begins, and in which lines and columns it stands where columns
do not tell, is found when the places are known.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from dedupe.ahead import Ahead, Prepared, rest
from dedupe.corpus import (
    BoolArray,
    Int32Array,
    IntArray,
    Paragraphs,
    Rows,
    group_begins,
    sorting,
)
from dedupe.errors import InputError
from dedupe.loader import Batches
from dedupe.model import Problem
from dedupe.processes import Arrays, Outcome
from dedupe.values import dataclass

EXCERPT = 160  # code points: two or three lines of a terminal

Texts: TypeAlias = dict[int, str | InputError]  # by document


class SecondReading:
    """The second reading of what was read, which can begin before its end is known."""

    def __init__(self, batches: Batches, jobs: int) -> None:
        self.batches = batches
        self.jobs = jobs
        self._begun: Ahead[Texts] | None = None

    def begin(self, documents: BoolArray) -> None:
        """Begin to read some documents, if there are processes that can.

        `documents` (bool) has a value for each. Whoever begins must close.
        """
        # Whoever goes on alone meanwhile is to have a core.
        if self.jobs > 1:
            self._begun = self._of(documents, self.jobs - 1)

    def close(self) -> None:
        """End what was begun."""
        if self._begun:
            self._begun.close()

    def read(
        self,
        document: Int32Array,
        spans: Int32Array,
        borders: tuple[Int32Array, BoolArray],
        meanwhile: Callable[[], object] = rest,
    ) -> tuple[Excerpts, Int32Array, list[Problem]]:
        """Return how each place begins, its borders, and what cannot be read again.

        A place is a span (int32[places, 2], code points) of a document. The borders
        are given as `known_borders` knows them. `meanwhile` is done while others read.
        """
        all_borders, is_known = borders
        order = sorting(document)
        document = document[order]
        given = {
            "document": document,
            "spans": spans[order].reshape(-1),
            "is_known": is_known[order],
            "first": np.searchsorted(document, self.batches.first_document),
        }
        begun = self._begun or self._of(
            _are_among(document, self.batches), self.jobs if self.jobs > 1 else 0
        )
        outcomes = begun.outcomes(given, meanwhile)
        problems = [Problem(*pair) for value, _ in outcomes for pair in value]
        parts = [arrays for _, arrays in outcomes]
        for part in parts:
            if "place" in part:
                all_borders[:, order[part["place"]]] = part["borders"].reshape(4, -1)
        return Excerpts.of(parts, order), all_borders, problems

    def _of(self, documents: BoolArray, workers: int) -> Ahead[Texts]:
        batches = self.batches

        def prepare(batch: int) -> Prepared[Texts]:
            first, stop = batches.first_document[batch : batch + 2].tolist()
            rows = np.flatnonzero(documents[first:stop]) + first
            texts = dict(batches.texts(batch, rows.tolist()))
            return Prepared(texts, sum(map(sys.getsizeof, texts.values())))

        count = len(batches.columns)
        return Ahead(prepare, partial(_cut, batches), count, workers)


def _are_among(rows: Int32Array, batches: Batches) -> BoolArray:
    """Tell of each document whether its row is among some rows."""
    documents = np.zeros(len(batches.names), np.bool_)
    documents[rows] = True
    return documents


def _cut(batches: Batches, batch: int, texts: Texts, given: Arrays) -> Outcome:
    """Return how the places of a batch begin, and the borders that were not known."""
    begin, end = given["first"][batch : batch + 2].tolist()
    document = given["document"][begin:end]
    begins = group_begins(document)
    rows = document[begins].tolist()
    texts |= dict(batches.texts(batch, [row for row in rows if row not in texts]))
    spans = given["spans"].reshape(-1, 2)[begin:end].tolist()
    known = given["is_known"][begin:end].tolist()
    cut: list[str] = []
    found: list[int] = []
    told: list[tuple[int, int, int, int]] = []
    problems = []
    for row, (first, stop) in zip(
        rows, pairwise([*begins.tolist(), document.size]), strict=True
    ):
        text = texts[row]
        if isinstance(text, InputError):
            problems.append((batches.names[row], str(text)))
            cut += [""] * (stop - first)
            continue
        some = spans[first:stop]
        cut += _beginnings(text, some)
        if False in known[first:stop]:
            line_feeds = _line_feeds(text)
            found += range(begin + first, begin + stop)
            told += [_borders(line_feeds, *span) for span in some]
    written = [text.encode() for text in cut]
    arrays: Arrays = {
        "text": np.frombuffer(b"".join(written), np.uint8),
        "size": np.array(list(map(len, written)), np.int64),
        "printable": np.array(list(map(str.isprintable, cut)), np.bool_),
    }
    if found:
        arrays |= {"place": np.array(found), "borders": np.array(told, np.int32).T}
    return problems, arrays


@dataclass(frozen=True, slots=True)
class Excerpts:
    """How each place begins, as written."""

    texts: Sequence[memoryview]  # of each batch, UTF-8
    batch: IntArray  # of each place
    begin: IntArray  # first byte of each place in the text of its batch
    end: IntArray
    printable: BoolArray

    @classmethod
    def of(cls, parts: Sequence[Arrays], order: IntArray) -> Excerpts:
        """Return the excerpts that were cut in batches, from places in that order."""
        if not order.size:
            return cls([], order, order, order, order.astype(np.bool_))
        size = np.concatenate([part["size"] for part in parts])
        end = np.concatenate([np.cumsum(part["size"]) for part in parts])
        batch = np.repeat(np.arange(len(parts)), [part["size"].size for part in parts])
        printable = np.concatenate([part["printable"] for part in parts])
        row = np.empty_like(order)
        row[order] = np.arange(order.size)
        return cls(
            [part["text"].data for part in parts],
            batch[row],
            (end - size)[row],
            end[row],
            printable[row],
        )

    def some(self, places: slice) -> list[bytes]:
        """Return those of some places."""
        return [
            self.texts[batch][begin:end].tobytes()
            for batch, begin, end in zip(
                self.batch[places].tolist(),
                self.begin[places].tolist(),
                self.end[places].tolist(),
                strict=True,
            )
        ]


def known_borders(
    paragraphs: Paragraphs, ends: tuple[Rows, Rows], spans: Int32Array
) -> tuple[Int32Array, BoolArray]:
    """Return the borders of places as far as columns tell, and whether they do.

    Borders are int32[4, places], counted from 1: first and last line, first column and
    the one after the last. Where columns do not tell, lines are those of paragraphs.
    `ends` are the first and the last paragraph of each place.
    """
    first, last = ends
    start, end = spans.T
    line_starts = _line_starts(paragraphs)
    line, last_line = line_starts[first], line_starts[last]
    is_known = (line >= 0) & (last_line >= 0)
    borders = np.stack(
        [
            paragraphs.line[first] + 1,
            paragraphs.last_line[last] + 1,
            np.where(is_known, start - line + 1, 0),
            np.where(is_known, end - last_line + 1, 0),
        ]
    )
    return borders, is_known


def _line_starts(paragraphs: Paragraphs) -> Int32Array:
    """Return where the line of each paragraph begins, -1 where that is not known.

    Where a paragraph begins as many characters as lines after the one before it, all
    of them are line feeds.
    """
    end, last_line = np.zeros((2, len(paragraphs)), np.int32)
    follows = paragraphs.document[1:] == paragraphs.document[:-1]
    np.multiply(paragraphs.end[:-1], follows, out=end[1:])
    np.multiply(paragraphs.last_line[:-1], follows, out=last_line[1:])
    is_known = paragraphs.start - end == paragraphs.line - last_line
    is_known &= paragraphs.line == paragraphs.last_line
    return np.where(is_known, paragraphs.start, -1)


def _line_feeds(text: str) -> list[int]:
    """Return where each line of a text but the last one ends."""
    places = []
    place = text.find("\n")
    while place >= 0:
        places.append(place)
        place = text.find("\n", place + 1)
    return places


def _borders(line_feeds: list[int], start: int, end: int) -> tuple[int, int, int, int]:
    """Return in which line a span begins and ends, and in which column.

    >>> _borders(_line_feeds(f"one two{chr(10)}three four"), 4, 13)
    (1, 2, 5, 6)
    """
    first, last = bisect_left(line_feeds, start), bisect_left(line_feeds, end)
    before_first = line_feeds[first - 1] if first else -1
    before_last = line_feeds[last - 1] if last else -1
    return first + 1, last + 1, start - before_first, end - before_last


def _beginnings(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Return the text of each span, cut after a word where it is long."""
    cut = []
    for start, end in spans:
        stop = end
        if end - start > EXCERPT:
            stop = start + EXCERPT
            shortest = start + EXCERPT // 2 + 1
            space = text.rfind(" ", shortest, stop)
            space = max(space, text.rfind("\n", max(space, shortest), stop))
            stop = space if space > 0 else stop
        cut.append(text[start:stop])
    return cut
