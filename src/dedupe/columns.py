"""Findings as columns, and sequences that build their items when asked.

A scan holds its findings as arrays. Whoever iterates over them gets objects; a
reporter that writes them all takes some hundred at a time as columns, one entry a
finding, a place or a passage, and never builds the objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from itertools import accumulate, chain, pairwise, repeat
from typing import Generic, NamedTuple, TypeVar, overload

import numpy as np

from dedupe.corpus import FloatArray, Rows
from dedupe.model import (
    DocumentSummary,
    Finding,
    Occurrence,
    Relation,
    Rule,
    Span,
    State,
)
from dedupe.text_column import TextColumn
from dedupe.values import dataclass

Item = TypeVar("Item")
# Items built together: few enough that no collection of garbage sees them.
AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Built(Sequence[Item], Generic[Item]):
    """A sequence that builds its items when asked, best many at a time."""

    build: Callable[[int, int], list[Item]]
    size: int

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self.size)
            if step == 1:
                return self.build(start, max(start, stop))
            return [self[row] for row in range(start, stop, step)]
        row = index + self.size if index < 0 else index
        if not 0 <= row < self.size:
            raise IndexError(index)
        return self.build(row, row + 1)[0]

    def __iter__(self) -> Iterator[Item]:
        for start in range(0, self.size, AT_ONCE):
            yield from self.build(start, min(start + AT_ONCE, self.size))


class DocumentColumns(NamedTuple):
    """Some documents, with what a report tells of each as columns."""

    document: Sequence[str]
    encoding: Sequence[str]
    paragraphs: Rows
    words: Rows
    duplicated_words: Rows


@dataclass(frozen=True, slots=True)
class BuiltDocuments(Built[DocumentSummary]):
    """Documents that can also be had as columns."""

    columns: Callable[[int, int], DocumentColumns]


@dataclass(frozen=True, slots=True)
class BuiltFindings(Built[Finding]):
    """Findings that can also be had as columns."""

    columns: Callable[[int, int], FindingColumns]

    @classmethod
    def of(
        cls, columns: Callable[[int, int], FindingColumns], size: int
    ) -> BuiltFindings:
        """Return the findings that the columns hold."""
        return cls(lambda start, stop: columns(start, stop).findings(), size, columns)


@dataclass(frozen=True, slots=True)
class FindingColumns:
    """Some findings, with the members of Finding, Occurrence and Span as columns."""

    id: list[str]
    rule: list[Rule]
    relation: list[Relation]
    jaccard: FloatArray
    containment: FloatArray
    words: Rows
    share: FloatArray
    places: Rows  # first place of each finding, and one more at the end

    document: list[str]  # of each place
    first_paragraph: Rows
    last_paragraph: Rows
    first_line: Rows
    last_line: Rows
    start: Rows
    end: Rows
    passages: Rows  # first passage of each place, and one more at the end
    excerpt: TextColumn
    first_column: Rows
    end_column: Rows

    passage_start: Rows  # of each passage
    passage_end: Rows

    state: list[State] = field(default_factory=list)  # of each finding, or nothing
    allowed: list[str] = field(default_factory=list)  # likewise

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> FindingColumns:
        """Return findings as columns."""
        places = [place for finding in findings for place in finding.occurrences]
        passages = [passage for place in places for passage in place.passages]
        return cls(
            [finding.id for finding in findings],
            [finding.rule for finding in findings],
            [finding.relation for finding in findings],
            np.array([finding.jaccard for finding in findings], np.float64),
            np.array([finding.containment for finding in findings], np.float64),
            _rows(finding.words for finding in findings),
            np.array([finding.share for finding in findings], np.float64),
            _borders(len(finding.occurrences) for finding in findings),
            [place.document for place in places],
            _rows(place.paragraphs[0] for place in places),
            _rows(place.paragraphs[1] for place in places),
            _rows(place.lines[0] for place in places),
            _rows(place.lines[1] for place in places),
            _rows(place.span[0] for place in places),
            _rows(place.span[1] for place in places),
            _borders(len(place.passages) for place in places),
            TextColumn.of([place.excerpt for place in places]),
            _rows(place.columns[0] for place in places),
            _rows(place.columns[1] for place in places),
            _rows(start for start, _ in passages),
            _rows(end for _, end in passages),
            [finding.state for finding in findings],
            [finding.allowed for finding in findings],
        )

    def findings(self) -> list[Finding]:
        """Return the findings as objects."""
        members = zip(
            self.id,
            self.rule,
            self.relation,
            self.jaccard.tolist(),
            self.containment.tolist(),
            self.words.tolist(),
            self.share.tolist(),
            parted(tuple(self._occurrences()), self.places.tolist()),
            self.state or repeat("", len(self.id)),
            self.allowed or repeat("", len(self.id)),
            strict=True,
        )
        return list(map(Finding._make, members))

    def _occurrences(self) -> Iterator[Occurrence]:
        passages = tuple(_spans(self.passage_start, self.passage_end))
        members = zip(
            self.document,
            _pairs(self.first_paragraph, self.last_paragraph),
            _pairs(self.first_line, self.last_line),
            _spans(self.start, self.end),
            parted(passages, self.passages.tolist()),
            self.excerpt,
            _pairs(self.first_column, self.end_column),
            strict=True,
        )
        return map(Occurrence._make, members)


def document_columns(
    documents: Sequence[DocumentSummary], start: int, stop: int
) -> DocumentColumns:
    """Return some of the documents as columns."""
    if isinstance(documents, BuiltDocuments):
        return documents.columns(start, stop)
    some = documents[start:stop]
    return DocumentColumns(
        [document.document for document in some],
        [document.encoding for document in some],
        _rows(document.paragraphs for document in some),
        _rows(document.words for document in some),
        _rows(document.duplicated_words for document in some),
    )


def finding_columns(
    findings: Sequence[Finding], start: int, stop: int
) -> FindingColumns:
    """Return some of the findings as columns."""
    if isinstance(findings, BuiltFindings):
        return findings.columns(start, stop)
    return FindingColumns.of(findings[start:stop])


def parted(items: Sequence[Item], borders: Sequence[int]) -> list[Sequence[Item]]:
    """Return the items between one border and the next.

    >>> parted("abcde", [0, 2, 5])
    ['ab', 'cde']
    """
    return [items[first:end] for first, end in pairwise(borders)]


def _rows(numbers: Iterable[int]) -> Rows:
    return np.fromiter(numbers, np.int64)


def _borders(sizes: Iterable[int]) -> Rows:
    return _rows(accumulate(chain([0], sizes)))


def _pairs(one: Rows, other: Rows) -> Iterator[tuple[int, int]]:
    return zip(one.tolist(), other.tolist(), strict=True)


def _spans(start: Rows, end: Rows) -> Iterator[Span]:
    return map(Span._make, _pairs(start, end))
