"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar, overload

import numpy as np

from dedupe.corpus import ByteArray, Corpus, FloatArray, Int32Array, IntArray
from dedupe.loader import Batches
from dedupe.model import (
    RELATIONS,
    DocumentSummary,
    Match,
    ScanResult,
    Side,
)
from dedupe.settings import Settings
from dedupe.verifier import Matches

Item = TypeVar("Item")
IDENTICAL = RELATIONS.index("identical")
ORTHOGRAPHIC = RELATIONS.index("orthographic")
DIGITS = 4  # of a similarity


@dataclass(frozen=True, slots=True)
class Built(Sequence[Item], Generic[Item]):
    """A sequence that builds its items when asked."""

    build: Callable[[int], Item]
    count: int

    def __len__(self) -> int:
        return self.count

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return [self.build(row) for row in range(*index.indices(self.count))]
        row = index + self.count if index < 0 else index
        if not 0 <= row < self.count:
            raise IndexError(index)
        return self.build(row)


def build_result(
    corpus: Corpus,
    batches: Batches,
    matches: Matches,
    settings: Settings,
    jobs: int,
) -> ScanResult:
    """Return the result of a scan from its columns."""
    paragraphs = np.diff(corpus.first_paragraph).tolist()
    words = (np.diff(corpus.first_position) - 1).tolist()
    duplicated = [0] * len(words)

    def document(row: int) -> DocumentSummary:
        return DocumentSummary(
            batches.names[row],
            batches.encodings[row],
            paragraphs[row],
            words[row],
            duplicated[row],
        )

    pairs = _Pairs.of(corpus, batches, matches)
    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=Built(document, len(words)),
        findings=(),
        matches=Built(pairs.match, pairs.left.size),
        passages=(),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors),
        warnings=batches.warnings,
        paragraphs=len(corpus.paragraphs),
        words=sum(words),
        duplicated_words=sum(duplicated),
        jobs=jobs,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """All verified pairs, one row a pair; offsets are code points in documents."""

    names: Sequence[str]
    document: Int32Array  # of each paragraph
    line: Int32Array  # of each paragraph
    left: IntArray  # paragraph
    right: IntArray
    relation: ByteArray
    jaccard: FloatArray
    containment: FloatArray
    words: IntArray
    left_start: Int32Array
    left_end: Int32Array
    right_start: Int32Array
    right_end: Int32Array

    @classmethod
    def of(cls, corpus: Corpus, batches: Batches, matches: Matches) -> _Pairs:
        paragraphs = corpus.paragraphs
        copies = np.flatnonzero(corpus.exemplar != np.arange(len(paragraphs)))
        kin = corpus.exemplar[copies].astype(np.int64)
        same = paragraphs.raw[kin] == paragraphs.raw[copies]
        ones = np.ones(copies.size)
        first = matches.first_passage[:-1]
        begins = [
            np.minimum.reduceat(column, first) if first.size else first
            for column in (matches.passage_left, matches.passage_right)
        ]
        ends = [
            np.maximum.reduceat(column, first) if first.size else first
            for column in (matches.passage_left_end, matches.passage_right_end)
        ]
        left = np.concatenate([kin, matches.left])
        right = np.concatenate([copies, matches.right])
        order = np.lexsort((right, left))
        columns = [
            left,
            right,
            np.concatenate([np.where(same, IDENTICAL, ORTHOGRAPHIC), matches.relation]),
            np.concatenate([ones, matches.jaccard]),
            np.concatenate([ones, matches.containment]),
            np.concatenate([paragraphs.words[copies], matches.words]),
            np.concatenate([paragraphs.start[kin], batches.starts(begins[0])]),
            np.concatenate([paragraphs.end[kin], batches.ends(ends[0] - 1)]),
            np.concatenate([paragraphs.start[copies], batches.starts(begins[1])]),
            np.concatenate([paragraphs.end[copies], batches.ends(ends[1] - 1)]),
        ]
        return cls(
            batches.names,
            paragraphs.document,
            paragraphs.line,
            *(column[order] for column in columns),
        )

    def match(self, row: int) -> Match:
        """Build one match."""
        return Match(
            self._side(self.left[row], self.left_start[row], self.left_end[row]),
            self._side(self.right[row], self.right_start[row], self.right_end[row]),
            RELATIONS[self.relation[row]],
            round(float(self.jaccard[row]), DIGITS),
            round(float(self.containment[row]), DIGITS),
            int(self.words[row]),
        )

    def _side(self, paragraph: int, start: int, end: int) -> Side:
        return Side(
            self.names[self.document[paragraph]],
            int(self.line[paragraph]),
            int(start),
            int(end),
        )
