"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar, overload

import numpy as np

from dedupe import blocks, processes
from dedupe.blocks import Findings
from dedupe.corpus import (
    ByteArray,
    Corpus,
    FloatArray,
    Int32Array,
    IntArray,
    UInt64Array,
)
from dedupe.errors import InputError
from dedupe.loader import Batches
from dedupe.model import (
    RELATIONS,
    RULES,
    DocumentSummary,
    Finding,
    Match,
    Occurrence,
    Problem,
    ScanResult,
    Side,
    Span,
)
from dedupe.processes import Outcome
from dedupe.settings import Settings
from dedupe.verifier import Matches

Item = TypeVar("Item")
IDENTICAL = RELATIONS.index("identical")
ORTHOGRAPHIC = RELATIONS.index("orthographic")
DIGITS = 4  # of a similarity
EXCERPT = 160  # code points: two or three lines of a terminal


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
    findings = blocks.gather(corpus, matches, settings)
    paragraphs = np.diff(corpus.first_paragraph).tolist()
    words = (np.diff(corpus.first_position) - 1).tolist()
    duplicated = blocks.duplicated_words(corpus, findings).tolist()

    def document(row: int) -> DocumentSummary:
        return DocumentSummary(
            batches.names[row],
            batches.encodings[row],
            paragraphs[row],
            words[row],
            duplicated[row],
        )

    pairs = _Pairs.of(corpus, batches, matches)
    places, changed = _Places.of(corpus, batches, findings, jobs)
    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=Built(document, len(words)),
        findings=Built(places.finding, len(findings)),
        matches=Built(pairs.match, pairs.left.size),
        passages=(),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors, *changed),
        warnings=batches.warnings,
        paragraphs=len(corpus.paragraphs),
        words=sum(words),
        duplicated_words=sum(duplicated),
        jobs=jobs,
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Where findings stand, one row a place; offsets are code points in documents."""

    names: Sequence[str]
    findings: Findings
    fingerprint: UInt64Array
    document: Int32Array
    lines: Int32Array  # [places, 2], first and last, counted from 1
    paragraphs: Int32Array  # likewise
    start: Int32Array
    end: Int32Array
    passage_start: Int32Array
    passage_end: Int32Array
    excerpt: bytes  # all of them, UTF-8
    excerpts: IntArray  # first byte of each, one more at the end

    @classmethod
    def of(
        cls, corpus: Corpus, batches: Batches, findings: Findings, jobs: int
    ) -> tuple[_Places, list[Problem]]:
        paragraphs = corpus.paragraphs
        whole = findings.whole
        start = np.where(
            whole, paragraphs.start[findings.first], batches.starts(findings.begin)
        )
        end = np.where(
            whole, paragraphs.end[findings.last], batches.ends(findings.end - 1)
        )
        passage_start = batches.starts(findings.passage_begin)
        passage_end = batches.ends(findings.passage_end - 1)
        # Whole paragraphs agree with their punctuation, not from word to word alone.
        single = np.diff(findings.passages) == 1
        agreeing = (findings.begin == findings.passage_begin[findings.passages[:-1]]) & (
            findings.end == findings.passage_end[findings.passages[:-1]]
        )
        rows = np.flatnonzero(whole & single & agreeing)
        passage_start[findings.passages[rows]] = start[rows]
        passage_end[findings.passages[rows]] = end[rows]
        document = paragraphs.document[findings.first]
        text, excerpts, changed = _excerpts(batches, document, start, end, jobs)
        first_line = paragraphs.line[findings.first] + 1
        places = cls(
            batches.names,
            findings,
            blocks.fingerprints(corpus, findings),
            document,
            np.stack([first_line, paragraphs.last_line[findings.last] + 1], axis=1),
            np.stack([first_line, paragraphs.line[findings.last] + 1], axis=1),
            start,
            end,
            passage_start,
            passage_end,
            text,
            excerpts,
        )
        return places, changed

    def finding(self, row: int) -> Finding:
        """Build one finding."""
        columns = self.findings
        first, stop = columns.places[row : row + 2].tolist()
        return Finding(
            f"{int(self.fingerprint[row]):016x}",
            RULES[columns.rule[row]],
            RELATIONS[columns.relation[row]],
            round(float(columns.jaccard[row]), DIGITS),
            round(float(columns.containment[row]), DIGITS),
            int(columns.words[row]),
            tuple(self._occurrence(place) for place in range(first, stop)),
        )

    def _occurrence(self, place: int) -> Occurrence:
        first, stop = self.findings.passages[place : place + 2].tolist()
        begin, end = self.excerpts[place : place + 2].tolist()
        return Occurrence(
            self.names[self.document[place]],
            tuple(self.paragraphs[place].tolist()),
            tuple(self.lines[place].tolist()),
            Span(int(self.start[place]), int(self.end[place])),
            tuple(
                map(
                    Span,
                    self.passage_start[first:stop].tolist(),
                    self.passage_end[first:stop].tolist(),
                )
            ),
            self.excerpt[begin:end].decode(),
        )


def _excerpts(
    batches: Batches,
    document: Int32Array,
    start: Int32Array,
    end: Int32Array,
    jobs: int,
) -> tuple[bytes, IntArray, list[Problem]]:
    """Return the beginning of each place as written, and what could not be read again."""
    order = np.argsort(document, kind="stable")
    borders = np.searchsorted(document[order], batches.first_document)

    def task(batch: int) -> Outcome:
        rows = order[borders[batch] : borders[batch + 1]]
        texts: list[bytes] = []
        problems = []
        current, text = -1, ""
        for row in rows.tolist():
            if document[row] != current:
                current = int(document[row])
                try:
                    text = batches.text(current)
                except InputError as error:
                    text = ""
                    problems.append((batches.names[current], str(error)))
            texts.append(_beginning(text, int(start[row]), int(end[row])).encode())
        sizes = np.array([len(text) for text in texts], np.int64)
        return problems, {
            "text": np.frombuffer(b"".join(texts), np.uint8),
            "sizes": sizes,
        }

    outcomes = processes.run(task, len(batches.columns), jobs)
    text = b"".join(arrays["text"].tobytes() for _, arrays in outcomes)
    sizes = np.concatenate(
        [arrays["sizes"] for _, arrays in outcomes] or [np.empty(0, np.int64)]
    )
    begins = np.empty(order.size, np.int64)
    length = np.empty(order.size, np.int64)
    begins[order] = np.cumsum(sizes) - sizes
    length[order] = sizes
    ends = np.cumsum(length)
    # The bytes are wanted in the order of places, not of documents.
    rows = np.repeat(begins - (ends - length), length) + np.arange(len(text))
    ordered = np.frombuffer(text, np.uint8)[rows].tobytes()
    problems = [Problem(*pair) for value, _ in outcomes for pair in value]
    return ordered, np.concatenate([[0], ends]), problems


def _beginning(text: str, start: int, end: int) -> str:
    """Return the text of a span, cut after a word when it is long."""
    if end - start <= EXCERPT:
        return text[start:end]
    cut = text[start : start + EXCERPT]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:space] if space > EXCERPT // 2 else cut


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
