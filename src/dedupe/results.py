"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache, lru_cache, partial
from typing import NamedTuple

import numpy as np

from dedupe import blocks
from dedupe.blocks import Findings
from dedupe.borders import known_borders, searched_borders
from dedupe.columns import (
    Built,
    BuiltDocuments,
    BuiltFindings,
    DocumentColumns,
    FindingColumns,
)
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    Int32Array,
    IntArray,
    Paragraphs,
    Rows,
    UInt64Array,
)
from dedupe.loader import Batches
from dedupe.matches import IDENTICAL, ORTHOGRAPHIC, Matches
from dedupe.model import (
    RELATIONS,
    RULES,
    DocumentSummary,
    Match,
    Passage,
    PassageSide,
    ScanResult,
    Side,
)
from dedupe.passages import Passages
from dedupe.readers import PLAIN
from dedupe.settings import Settings
from dedupe.texts import Texts
from dedupe.values import dataclass

DIGITS = 4  # of a similarity


@dataclass(frozen=True, slots=True)
class MatchColumns:
    """All matches of a scan, and the stretches of their documents that agree."""

    relation: ByteArray  # of each match: row of model.RELATIONS
    jaccard: FloatArray
    containment: FloatArray

    names: Sequence[str]  # of documents
    left: Rows  # of each stretch: row of names
    left_start: Rows  # code points in the document
    left_end: Rows
    right: Rows
    right_start: Rows
    right_end: Rows


@dataclass(frozen=True, slots=True)
class BuiltMatches(Built[Match]):
    """Matches that can also be had as columns."""

    columns: Callable[[], MatchColumns]


class Compared(NamedTuple):
    """What a scan knows before it is shown to anybody."""

    corpus: Corpus
    batches: Batches
    matches: Matches
    passages: Passages
    findings: Findings
    jobs: int


def build_result(compared: Compared, settings: Settings) -> ScanResult:
    """Return the result of a scan from its columns, texts among them.

    Documents that were not asked about stand in it where they repeat something of the
    others, and nowhere else.
    """
    corpus, batches, matches, passages, findings, jobs = compared
    asked = batches.asked
    if asked < len(batches.names):
        findings, matches, passages = _about(corpus, asked, findings, matches, passages)
    counts = np.bincount(findings.relation, minlength=len(RELATIONS))
    places = _Places.of(corpus, batches, findings)
    paragraphs = np.diff(corpus.first_paragraph)[:asked]
    words = np.diff(corpus.first_position)[:asked] - 1
    duplicated = blocks.duplicated_words(corpus, findings, asked)[:asked]
    sources = batches.found.sources
    source_of = _sources(batches)

    def columns(start: int, stop: int) -> DocumentColumns:
        rows = slice(start, stop)
        return DocumentColumns(
            batches.names[rows],
            batches.encodings[rows],
            paragraphs[rows],
            words[rows],
            duplicated[rows],
        )

    def summaries(start: int, stop: int) -> list[DocumentSummary]:
        is_file = [
            source.format in PLAIN and bool(source.path)
            for source in map(sources.__getitem__, source_of[start:stop].tolist())
        ]
        names, encodings, *counts = columns(start, stop)
        lists = (column.tolist() for column in counts)
        return list(map(DocumentSummary, names, encodings, *lists, is_file))

    # What is built later must not keep the words, which are most of the memory.
    all_paragraphs, exemplar = corpus.paragraphs, corpus.exemplar
    first = int(corpus.first_paragraph[asked])
    copies = np.flatnonzero((exemplar != np.arange(exemplar.size)) & (exemplar < first))

    @cache
    def pairs() -> _Pairs:
        return _Pairs.of(all_paragraphs, exemplar, copies, batches, matches)

    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=BuiltDocuments(summaries, asked, columns),
        findings=BuiltFindings.of(places.columns, len(findings)),
        matches=BuiltMatches(
            lambda start, stop: pairs().build(start, stop),
            copies.size + len(matches),
            partial(_match_columns, all_paragraphs, exemplar, copies, batches, matches),
        ),
        passages=Built(_passage_builder(corpus, batches, passages), len(passages)),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors),
        warnings=batches.warnings,
        paragraphs=first,
        words=int(words.sum()),
        duplicated_words=int(duplicated.sum()),
        jobs=jobs,
        counted=dict(zip(RELATIONS, counts.tolist(), strict=True)),
        about={batches.names[row]: about for row, about in batches.about.items()},
        read_texts=partial(_read_texts, batches.names, batches.texts),
    )


def _read_texts(
    documents: Sequence[str], texts: Texts, names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield documents of these names with their texts, in the order of the scan."""
    asked = set(names)
    for row, name in enumerate(documents):
        if name in asked:
            yield name, texts.read(row)


def _about(
    corpus: Corpus,
    documents: int,
    findings: Findings,
    matches: Matches,
    passages: Passages,
) -> tuple[Findings, Matches, Passages]:
    """Return what has its first place in one of the first so many documents."""
    first = corpus.first_paragraph[documents]
    return (
        findings.where(findings.first[findings.places[:-1]] < first),
        matches.where(np.flatnonzero(matches.left < first)),
        passages.where(passages.left < corpus.first_position[documents]),
    )


def _sources(batches: Batches) -> IntArray:
    """Return the row of the source of each document."""
    rows = [arrays["source"] for arrays in batches.columns]
    return np.concatenate([np.empty(0, np.int64), *rows])


def _passage_builder(
    corpus: Corpus, batches: Batches, passages: Passages
) -> Callable[[int, int], list[Passage]]:
    document = corpus.paragraphs.document
    paragraph = corpus.word_paragraph
    sides = [
        (document[paragraph.take(begin)], batches.starts(begin), batches.ends(end - 1))
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
    first_paragraph: IntArray  # of its document, counted from 1
    last_paragraph: IntArray
    spans: Int32Array  # [places, 2], code points
    borders: Int32Array  # as `known_borders` says
    is_known: BoolArray  # whether the borders are
    passage_start: Int32Array
    passage_end: Int32Array
    texts: Texts
    line_feeds_of: Callable[[int], IntArray]  # a document

    @classmethod
    def of(
        cls,
        corpus: Corpus,
        batches: Batches,
        findings: Findings,
    ) -> _Places:
        paragraphs = corpus.paragraphs
        first, last = findings.first, findings.last
        spans = _spans(corpus, batches, findings)
        start, end = spans.T
        document = paragraphs.document[first]
        before = corpus.first_paragraph[document] - 1
        passage_start = batches.starts(findings.passage_begin)
        passage_end = batches.ends(findings.passage_end - 1)
        # Whole paragraphs agree with their punctuation, not from word to word alone.
        rows = _agreeing_throughout(findings)
        passage_start[findings.passages[rows]] = start[rows]
        passage_end[findings.passages[rows]] = end[rows]
        return cls(
            batches.names,
            findings,
            blocks.fingerprints(corpus, findings),
            document,
            first - before,
            last - before,
            spans,
            *known_borders(paragraphs, (first, last), spans),
            passage_start,
            passage_end,
            batches.texts,
            # One after the other are asked for the places of a document.
            lru_cache(maxsize=1)(batches.texts.line_feeds),
        )

    def columns(self, start: int, stop: int) -> FindingColumns:
        """Return the findings of some rows as columns."""
        held = self.findings
        first = held.places[start : stop + 1]
        first_passage = held.passages[first[0] : first[-1] + 1]
        rows = slice(start, stop)
        places = slice(first[0], first[-1])
        passages = slice(first_passage[0], first_passage[-1])
        document, spans = self.document[places], self.spans[places]
        borders = self.borders[:, places].copy()
        unknown = np.flatnonzero(~self.is_known[places])
        if unknown.size:
            borders[:, unknown] = searched_borders(
                self.line_feeds_of, document[unknown], spans[unknown]
            )
        first_line, last_line, first_column, end_column = borders
        start_of, end_of = spans.T
        return FindingColumns(
            self.fingerprint[rows].astype(">u8").tobytes().hex(" ", 8).split(),
            [RULES[rule] for rule in held.rule[rows].tolist()],
            [RELATIONS[relation] for relation in held.relation[rows].tolist()],
            held.jaccard[rows].round(DIGITS),
            held.containment[rows].round(DIGITS),
            held.words[rows],
            first - first[0],
            [self.names[row] for row in document.tolist()],
            self.first_paragraph[places],
            self.last_paragraph[places],
            first_line,
            last_line,
            start_of,
            end_of,
            first_passage - first_passage[0],
            self.texts.beginnings(document, spans),
            first_column,
            end_column,
            self.passage_start[passages],
            self.passage_end[passages],
        )


def _spans(corpus: Corpus, batches: Batches, findings: Findings) -> Int32Array:
    """Return int32[places, 2]: the first code point of each place, and after its last.

    Whole paragraphs stand there with their punctuation, others from word to word.
    """
    paragraphs = corpus.paragraphs
    spans = np.empty((findings.first.size, 2), np.int32)
    spans[:, 0] = paragraphs.start[findings.first]
    spans[:, 1] = paragraphs.end[findings.last]
    parts = np.flatnonzero(~findings.whole)
    spans[parts, 0] = batches.starts(findings.begin[parts])
    spans[parts, 1] = batches.ends(findings.end[parts] - 1)
    return spans


def _agreeing_throughout(findings: Findings) -> IntArray:
    """Return the places that are whole paragraphs with a single passage, all of it."""
    single = np.diff(findings.passages) == 1
    rows = np.flatnonzero(findings.whole & single)
    passage = findings.passages[rows]
    agreeing = (findings.begin[rows] == findings.passage_begin[passage]) & (
        findings.end[rows] == findings.passage_end[passage]
    )
    return np.compress(agreeing, rows)


def _match_columns(
    paragraphs: Paragraphs,
    exemplar: Int32Array,
    copies: IntArray,
    batches: Batches,
    matches: Matches,
) -> MatchColumns:
    """Return all verified pairs as columns, and equal paragraphs as one stretch."""
    kin = exemplar[copies].astype(np.int64)
    ones = np.ones(copies.size)
    held = np.diff(matches.first_passage)
    sides = [
        (
            np.concatenate(
                [paragraphs.document[equal], paragraphs.document[other].repeat(held)]
            ),
            np.concatenate([paragraphs.start[equal], batches.starts(begin)]),
            np.concatenate([paragraphs.end[equal], batches.ends(end - 1)]),
        )
        for equal, other, begin, end in (
            (kin, matches.left, matches.passage_left, matches.passage_left_end),
            (copies, matches.right, matches.passage_right, matches.passage_right_end),
        )
    ]
    return MatchColumns(
        np.concatenate([_equal(paragraphs, kin, copies), matches.relation]),
        np.concatenate([ones, matches.jaccard]),
        np.concatenate([ones, matches.containment]),
        batches.names,
        *sides[0],
        *sides[1],
    )


def _equal(paragraphs: Paragraphs, left: IntArray, right: IntArray) -> ByteArray:
    """Return the relation of paragraphs that are equal after folding."""
    same = paragraphs.raw[left] == paragraphs.raw[right]
    return np.where(same, IDENTICAL, ORTHOGRAPHIC).astype(np.uint8)


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
        copies: IntArray,
        batches: Batches,
        matches: Matches,
    ) -> _Pairs:
        kin = exemplar[copies].astype(np.int64)
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
            np.concatenate([_equal(paragraphs, kin, copies), matches.relation]),
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
