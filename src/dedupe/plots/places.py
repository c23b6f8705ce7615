"""Hold where findings and matches stand as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from dedupe.columns import FindingColumns, finding_columns
from dedupe.corpus import Int32Array, IntArray
from dedupe.model import RELATIONS
from dedupe.results.pairs import BuiltMatches, MatchColumns

if TYPE_CHECKING:
    from dedupe.model import Match, ScanResult

AT_ONCE = 10_000  # findings that are held as columns


@dataclass(frozen=True)
class Places:
    """Where all findings stand; documents and findings are numbers, in order."""

    names: list[str]  # of the documents, those that were scanned first
    scanned: int  # how many of them were scanned
    findings: int
    finding: Int32Array  # of each place
    document: Int32Array  # of each place
    passage_place: IntArray  # of each passage: the row of its place
    passage_start: IntArray  # code points in the document
    passage_end: IntArray

    @classmethod
    def of(cls, result: ScanResult) -> Places:
        """Return the places of all findings."""
        numbers = {one.document: row for row, one in enumerate(result.documents)}
        scanned = len(numbers)
        parts: list[list[np.ndarray]] = [_empty()]
        held = places = 0
        for columns in _columns(result):
            parts.append(_part(columns, numbers, held, places))
            held += len(columns.id)
            places += len(columns.document)
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return cls(list(numbers), scanned, held, *joined)

    @cached_property
    def shared(self) -> tuple[Int32Array, Int32Array, IntArray]:
        """The finding, the document and how many places: a row for each two that meet.

        In the order of findings, and of documents in each.
        """
        key = self.finding.astype(np.int64) * max(len(self.names), 1) + self.document
        unique, count = np.unique(key, return_counts=True)
        finding, document = np.divmod(unique, max(len(self.names), 1))
        return finding.astype(np.int32), document.astype(np.int32), count


def match_columns(matches: Sequence[Match]) -> MatchColumns:
    """Return matches as columns; those made by hand agree from end to end."""
    if isinstance(matches, BuiltMatches):
        return matches.columns()
    names: dict[str, int] = {}
    sides = [
        np.array(
            [
                (names.setdefault(side.document, len(names)), side.start, side.end)
                for side in column
            ],
            np.int64,
        ).reshape(-1, 3)
        for column in (
            [match.left for match in matches],
            [match.right for match in matches],
        )
    ]
    return MatchColumns(
        np.array([RELATIONS.index(match.relation) for match in matches], np.uint8),
        np.array([match.jaccard for match in matches], np.float64),
        np.array([match.containment for match in matches], np.float64),
        list(names),
        *sides[0].T,
        *sides[1].T,
    )


def _columns(result: ScanResult) -> Iterator[FindingColumns]:
    size = len(result.findings)
    for start in range(0, size, AT_ONCE):
        yield finding_columns(result.findings, start, min(start + AT_ONCE, size))


def _empty() -> list[np.ndarray]:
    return [
        np.empty(0, kind) for kind in (np.int32, np.int32, np.int64, np.int64, np.int64)
    ]


def _part(
    columns: FindingColumns, numbers: dict[str, int], findings: int, places: int
) -> list[np.ndarray]:
    """Return some findings as arrays, after those that were before them."""
    sizes, passages = np.diff(columns.places), np.diff(columns.passages)
    document = [numbers.setdefault(name, len(numbers)) for name in columns.document]
    return [
        np.repeat(np.arange(sizes.size, dtype=np.int32) + findings, sizes),
        np.array(document, np.int32),
        np.repeat(np.arange(passages.size, dtype=np.int64) + places, passages),
        columns.passage_start.astype(np.int64),
        columns.passage_end.astype(np.int64),
    ]
