"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice, pairwise
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
    Paragraphs,
    Rows,
    UInt64Array,
    group_begins,
)
from dedupe.errors import InputError
from dedupe.loader import Batches
from dedupe.matches import IDENTICAL, ORTHOGRAPHIC, Matches
from dedupe.model import (
    RELATIONS,
    RULES,
    DocumentSummary,
    Finding,
    Match,
    Occurrence,
    Passage,
    PassageSide,
    Problem,
    ScanResult,
    Side,
    Span,
)
from dedupe.passages import Passages
from dedupe.processes import Outcome
from dedupe.settings import Settings

Item = TypeVar("Item")
DIGITS = 4  # of a similarity
AT_ONCE = 1_000  # items built together
EXCERPT = 160  # code points: two or three lines of a terminal


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


def build_result(
    corpus: Corpus,
    batches: Batches,
    matches: Matches,
    passages: Passages,
    settings: Settings,
    jobs: int,
) -> ScanResult:
    """Return the result of a scan from its columns."""
    findings = blocks.gather(corpus, matches, settings)
    counts = np.bincount(findings.relation, minlength=len(RELATIONS))
    paragraphs = np.diff(corpus.first_paragraph).tolist()
    words = (np.diff(corpus.first_position) - 1).tolist()
    duplicated = blocks.duplicated_words(corpus, findings).tolist()

    def summaries(start: int, stop: int) -> list[DocumentSummary]:
        rows = slice(start, stop)
        return list(
            map(
                DocumentSummary,
                batches.names[rows],
                batches.encodings[rows],
                paragraphs[rows],
                words[rows],
                duplicated[rows],
            )
        )

    # What is built later must not keep the words, which are most of the memory.
    all_paragraphs, exemplar = corpus.paragraphs, corpus.exemplar
    copies = int(np.count_nonzero(exemplar != np.arange(exemplar.size)))

    @cache
    def pairs() -> _Pairs:
        return _Pairs.of(all_paragraphs, exemplar, batches, matches)

    places, changed = _Places.of(corpus, batches, findings, jobs)
    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=Built(summaries, len(words)),
        findings=Built(places.build, len(findings)),
        matches=Built(
            lambda start, stop: pairs().build(start, stop), copies + len(matches)
        ),
        passages=Built(_passage_builder(corpus, batches, passages), len(passages)),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors, *changed),
        warnings=batches.warnings,
        paragraphs=len(corpus.paragraphs),
        words=sum(words),
        duplicated_words=sum(duplicated),
        jobs=jobs,
        counted=dict(zip(RELATIONS, counts.tolist(), strict=True)),
    )


def _passage_builder(
    corpus: Corpus, batches: Batches, passages: Passages
) -> Callable[[int, int], list[Passage]]:
    document = corpus.paragraphs.document
    paragraph = corpus.word_paragraph
    sides = [
        (document[paragraph[begin]], batches.starts(begin), batches.ends(end - 1))
        for begin, end in (
            (passages.left, passages.left_end),
            (passages.right, passages.right_end),
        )
    ]

    def build(start: int, stop: int) -> list[Passage]:
        rows = slice(start, stop)
        left, right = (
            map(
                PassageSide._make,
                zip(
                    [batches.names[row] for row in documents[rows].tolist()],
                    begins[rows].tolist(),
                    ends[rows].tolist(),
                    strict=True,
                ),
            )
            for documents, begins, ends in sides
        )
        words = passages.words[rows].tolist()
        similarity = passages.similarity[rows].round(DIGITS).tolist()
        return list(
            map(Passage._make, zip(left, right, words, similarity, strict=True))
        )

    return build


@dataclass(frozen=True, slots=True)
class _Places:
    """Where findings stand, one row a place; offsets are code points in documents."""

    names: Sequence[str]
    findings: Findings
    fingerprint: UInt64Array
    document: Int32Array
    first_paragraph: Int32Array  # counted from 1; also its first line
    last_paragraph: Int32Array
    last_line: Int32Array
    start: Int32Array
    end: Int32Array
    passage_start: Int32Array
    passage_end: Int32Array
    excerpt: bytes  # all of them, UTF-8
    excerpts: IntArray  # [places, 2], first byte and end of each

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
        agreeing = (
            findings.begin == findings.passage_begin[findings.passages[:-1]]
        ) & (findings.end == findings.passage_end[findings.passages[:-1]])
        rows = np.flatnonzero(whole & single & agreeing)
        passage_start[findings.passages[rows]] = start[rows]
        passage_end[findings.passages[rows]] = end[rows]
        document = paragraphs.document[findings.first]
        text, excerpts, changed = _excerpts(batches, document, start, end, jobs)
        places = cls(
            batches.names,
            findings,
            blocks.fingerprints(corpus, findings),
            document,
            paragraphs.line[findings.first] + 1,
            paragraphs.line[findings.last] + 1,
            paragraphs.last_line[findings.last] + 1,
            start,
            end,
            passage_start,
            passage_end,
            text,
            excerpts,
        )
        return places, changed

    def build(self, start: int, stop: int) -> list[Finding]:
        """Build the findings of some rows."""
        columns = self.findings
        rows = slice(start, stop)
        places = columns.places[start : stop + 1]
        occurrences = self._occurrences(int(places[0]), int(places[-1]))
        members = zip(
            map("{:016x}".format, self.fingerprint[rows].tolist()),
            [RULES[rule] for rule in columns.rule[rows].tolist()],
            [RELATIONS[relation] for relation in columns.relation[rows].tolist()],
            columns.jaccard[rows].round(DIGITS).tolist(),
            columns.containment[rows].round(DIGITS).tolist(),
            columns.words[rows].tolist(),
            _parted(occurrences, places),
            strict=True,
        )
        return list(map(Finding._make, members))

    def _occurrences(self, start: int, stop: int) -> tuple[Occurrence, ...]:
        rows = slice(start, stop)
        passages = self.findings.passages[start : stop + 1]
        agreeing = slice(int(passages[0]), int(passages[-1]))
        members = zip(
            [self.names[document] for document in self.document[rows].tolist()],
            _couples(self.first_paragraph[rows], self.last_paragraph[rows]),
            _couples(self.first_paragraph[rows], self.last_line[rows]),
            _spans(self.start[rows], self.end[rows]),
            _parted(
                tuple(_spans(self.passage_start[agreeing], self.passage_end[agreeing])),
                passages,
            ),
            self._excerpts(rows),
            strict=True,
        )
        return tuple(map(Occurrence._make, members))

    def _excerpts(self, rows: slice) -> list[str]:
        return [
            self.excerpt[begin:end].decode()
            for begin, end in _couples(self.excerpts[rows, 0], self.excerpts[rows, 1])
        ]


def _couples(first: Rows, second: Rows) -> Iterator[tuple[int, int]]:
    return zip(first.tolist(), second.tolist(), strict=True)


def _spans(start: Rows, end: Rows) -> Iterator[Span]:
    return map(Span._make, _couples(start, end))


def _parted(items: tuple[Item, ...], borders: IntArray) -> list[tuple[Item, ...]]:
    """Return the items of each owner; borders are counted from any number."""
    return [
        items[first:end] for first, end in pairwise((borders - borders[0]).tolist())
    ]


def _excerpts(
    batches: Batches,
    document: Int32Array,
    start: Int32Array,
    end: Int32Array,
    jobs: int,
) -> tuple[bytes, IntArray, list[Problem]]:
    """Return how each place begins, as written, and what could not be read again."""
    order = np.argsort(document, kind="stable")
    borders = np.searchsorted(document[order], batches.first_document)

    def task(batch: int) -> Outcome:
        rows = order[borders[batch] : borders[batch + 1]]
        begins = group_begins(document[rows])
        ends = np.append(begins, rows.size)[1:].tolist()
        spans = zip(start[rows].tolist(), end[rows].tolist(), strict=True)
        wanted = document[rows[begins]].tolist()
        texts: list[bytes] = []
        problems = []
        for stop, (row, text) in zip(ends, batches.texts(batch, wanted), strict=True):
            here = islice(spans, stop - len(texts))
            if isinstance(text, InputError):
                problems.append((batches.names[row], str(text)))
                texts += [b"" for _ in here]
            else:
                texts += [_beginning(text, *span).encode() for span in here]
        return problems, {
            "text": np.frombuffer(b"".join(texts), np.uint8),
            "sizes": np.array([len(text) for text in texts], np.int64),
        }

    outcomes = processes.run(task, len(batches.columns), jobs)
    text = b"".join(arrays["text"].tobytes() for _, arrays in outcomes)
    sizes = np.concatenate(
        [arrays["sizes"] for _, arrays in outcomes] or [np.empty(0, np.int64)]
    )
    ends = np.cumsum(sizes)
    # The texts lie in the order of documents.
    spans = np.empty((order.size, 2), np.int64)
    spans[order] = np.stack([ends - sizes, ends], axis=1)
    problems = [Problem(*pair) for value, _ in outcomes for pair in value]
    return text, spans, problems


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
    def of(
        cls,
        paragraphs: Paragraphs,
        exemplar: Int32Array,
        batches: Batches,
        matches: Matches,
    ) -> _Pairs:
        copies = np.flatnonzero(exemplar != np.arange(exemplar.size))
        kin = exemplar[copies].astype(np.int64)
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
            np.concatenate(
                [
                    np.minimum(paragraphs.words[kin], paragraphs.words[copies]),
                    matches.words,
                ]
            ),
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

    def build(self, start: int, stop: int) -> list[Match]:
        """Build the matches of some rows."""
        rows = slice(start, stop)
        members = zip(
            self._sides(self.left[rows], self.left_start[rows], self.left_end[rows]),
            self._sides(self.right[rows], self.right_start[rows], self.right_end[rows]),
            [RELATIONS[relation] for relation in self.relation[rows].tolist()],
            self.jaccard[rows].round(DIGITS).tolist(),
            self.containment[rows].round(DIGITS).tolist(),
            self.words[rows].tolist(),
            strict=True,
        )
        return list(map(Match._make, members))

    def _sides(
        self, paragraph: IntArray, start: Int32Array, end: Int32Array
    ) -> Iterator[Side]:
        members = zip(
            [self.names[row] for row in self.document[paragraph].tolist()],
            self.line[paragraph].tolist(),
            start.tolist(),
            end.tolist(),
            strict=True,
        )
        return map(Side._make, members)
