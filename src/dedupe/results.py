"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import cache, partial
from itertools import pairwise

import numpy as np

from dedupe import blocks, processes
from dedupe.blocks import Findings
from dedupe.columns import Built, BuiltFindings, FindingColumns, is_plain
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
    group_begins,
)
from dedupe.errors import InputError
from dedupe.loader import Batches
from dedupe.matches import IDENTICAL, ORTHOGRAPHIC, Matches
from dedupe.model import (
    RELATIONS,
    RULES,
    DocumentSummary,
    Match,
    Passage,
    PassageSide,
    Problem,
    ScanResult,
    Side,
)
from dedupe.passages import Passages
from dedupe.processes import Arrays, Outcome
from dedupe.readers import PLAIN
from dedupe.settings import Settings
from dedupe.values import dataclass

DIGITS = 4  # of a similarity
EXCERPT = 160  # code points: two or three lines of a terminal


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


def build_result(
    corpus: Corpus,
    batches: Batches,
    matches: Matches,
    passages: Passages,
    settings: Settings,
    jobs: int,
) -> ScanResult:
    """Return the result of a scan from its columns.

    Documents that were not asked about stand in it where they repeat something of the
    others, and nowhere else.
    """
    findings = blocks.gather(corpus, matches, settings)
    asked = batches.asked
    if asked < len(batches.names):
        findings, matches, passages = _about(corpus, asked, findings, matches, passages)
    counts = np.bincount(findings.relation, minlength=len(RELATIONS))
    paragraphs = np.diff(corpus.first_paragraph)[:asked].tolist()
    words = (np.diff(corpus.first_position)[:asked] - 1).tolist()
    duplicated = blocks.duplicated_words(corpus, findings, asked)[:asked].tolist()

    files = _files(batches)

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
                files[rows].tolist(),
            )
        )

    # What is built later must not keep the words, which are most of the memory.
    all_paragraphs, exemplar = corpus.paragraphs, corpus.exemplar
    first = int(corpus.first_paragraph[asked])
    copies = np.flatnonzero((exemplar != np.arange(exemplar.size)) & (exemplar < first))

    @cache
    def pairs() -> _Pairs:
        return _Pairs.of(all_paragraphs, exemplar, copies, batches, matches)

    places, changed = _Places.of(corpus, batches, findings, jobs)
    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=Built(summaries, len(words)),
        findings=BuiltFindings.of(places.columns, len(findings)),
        matches=BuiltMatches(
            lambda start, stop: pairs().build(start, stop),
            copies.size + len(matches),
            partial(_match_columns, all_paragraphs, exemplar, copies, batches, matches),
        ),
        passages=Built(_passage_builder(corpus, batches, passages), len(passages)),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors, *changed),
        warnings=batches.warnings,
        paragraphs=first,
        words=sum(words),
        duplicated_words=sum(duplicated),
        jobs=jobs,
        counted=dict(zip(RELATIONS, counts.tolist(), strict=True)),
        about={batches.names[row]: about for row, about in batches.about.items()},
        read_texts=partial(_read_texts, batches),
    )


def _read_texts(
    batches: Batches, names: Iterable[str]
) -> Iterator[tuple[str, str | InputError]]:
    """Yield documents of these names with their texts, in the order of the scan."""
    asked = set(names)
    rows = [row for row, name in enumerate(batches.names) if name in asked]
    borders = np.searchsorted(rows, batches.first_document).tolist()
    for batch, (start, end) in enumerate(pairwise(borders)):
        for row, text in batches.texts(batch, rows[start:end]):
            yield batches.names[row], text


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


def _files(batches: Batches) -> BoolArray:
    """Tell of each document whether it is a file, so that its lines are those."""
    plain = np.array(
        [
            bool(source.path) and source.format in PLAIN
            for source in batches.found.sources
        ],
        np.bool_,
    )
    source = [arrays["place"].reshape(-1, 4)[:, 0] for arrays in batches.columns]
    is_file: BoolArray = plain[np.concatenate([np.empty(0, np.int64), *source])]
    return is_file


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
    first_paragraph: Int32Array  # counted from 1
    last_paragraph: Int32Array
    first_line: Int32Array
    last_line: Int32Array
    first_column: Int32Array
    end_column: Int32Array
    start: Int32Array
    end: Int32Array
    passage_start: Int32Array
    passage_end: Int32Array
    excerpts: _Excerpts

    @classmethod
    def of(
        cls, corpus: Corpus, batches: Batches, findings: Findings, jobs: int
    ) -> tuple[_Places, list[Problem]]:
        paragraphs = corpus.paragraphs
        whole = findings.whole
        # Looked up together: a look-up passes over all that was read.
        begins = np.concatenate([findings.begin, findings.passage_begin])
        ends = np.concatenate([findings.end, findings.passage_end])
        start, passage_start = np.split(batches.starts(begins), [whole.size])
        end, passage_end = np.split(batches.ends(ends - 1), [whole.size])
        start = np.where(whole, paragraphs.start[findings.first], start)
        end = np.where(whole, paragraphs.end[findings.last], end)
        # Whole paragraphs agree with their punctuation, not from word to word alone.
        single = np.diff(findings.passages) == 1
        agreeing = (
            findings.begin == findings.passage_begin[findings.passages[:-1]]
        ) & (findings.end == findings.passage_end[findings.passages[:-1]])
        rows = np.flatnonzero(whole & single & agreeing)
        passage_start[findings.passages[rows]] = start[rows]
        passage_end[findings.passages[rows]] = end[rows]
        document = paragraphs.document[findings.first]
        first = findings.first
        spans = np.stack([start, end], axis=1)
        excerpts, borders, changed = _read_again(batches, document, spans, jobs)
        known = borders["first_line"] > 0
        first_paragraph = paragraphs.line[first] + 1
        last_line = paragraphs.last_line[findings.last] + 1
        places = cls(
            batches.names,
            findings,
            blocks.fingerprints(corpus, findings),
            document,
            first_paragraph,
            paragraphs.line[findings.last] + 1,
            np.where(known, borders["first_line"], first_paragraph),
            np.where(known, borders["last_line"], last_line),
            borders["first_column"],
            borders["end_column"],
            start,
            end,
            passage_start,
            passage_end,
            excerpts,
        )
        return places, changed

    def columns(self, start: int, stop: int) -> FindingColumns:
        """Return the findings of some rows as columns."""
        held = self.findings
        first = held.places[start : stop + 1]
        first_passage = held.passages[first[0] : first[-1] + 1]
        rows = slice(start, stop)
        places = slice(first[0], first[-1])
        passages = slice(first_passage[0], first_passage[-1])
        return FindingColumns(
            list(map("{:016x}".format, self.fingerprint[rows].tolist())),
            [RULES[rule] for rule in held.rule[rows].tolist()],
            [RELATIONS[relation] for relation in held.relation[rows].tolist()],
            held.jaccard[rows].round(DIGITS).tolist(),
            held.containment[rows].round(DIGITS).tolist(),
            held.words[rows].tolist(),
            (first - first[0]).tolist(),
            [self.names[row] for row in self.document[places].tolist()],
            self.first_paragraph[places].tolist(),
            self.last_paragraph[places].tolist(),
            self.first_line[places].tolist(),
            self.last_line[places].tolist(),
            self.start[places].tolist(),
            self.end[places].tolist(),
            (first_passage - first_passage[0]).tolist(),
            self.excerpts.some(places),
            self.excerpts.plain[places].tolist(),
            self.first_column[places].tolist(),
            self.end_column[places].tolist(),
            self.passage_start[passages].tolist(),
            self.passage_end[passages].tolist(),
        )


@dataclass(frozen=True, slots=True)
class _Excerpts:
    """How each place begins, as written."""

    text: bytes  # all of them, UTF-8, in the order of documents
    begin: IntArray  # first byte of each place
    end: IntArray
    plain: BoolArray  # as columns.is_plain tells

    @classmethod
    def of(cls, parts: Sequence[Arrays], order: IntArray) -> _Excerpts:
        """Return the excerpts that were cut in parts, from places in that order."""
        if not order.size:
            return cls(b"", order, order, order.astype(np.bool_))
        size = np.concatenate([part["size"] for part in parts])
        begin, end = np.empty_like(order), np.empty_like(order)
        end[order] = np.cumsum(size)
        begin[order] = end[order] - size
        plain = np.empty(order.size, np.bool_)
        plain[order] = np.concatenate([part["plain"] for part in parts])
        return cls(b"".join(part["text"].data for part in parts), begin, end, plain)

    def some(self, places: slice) -> list[bytes]:
        """Return those of some places."""
        begin, end = self.begin[places].tolist(), self.end[places].tolist()
        return [self.text[first:last] for first, last in zip(begin, end, strict=True)]


# Where a span begins and ends, counted from 1.
BORDERS = ("first_line", "last_line", "first_column", "end_column")


def _read_again(
    batches: Batches, document: Int32Array, spans: Int32Array, jobs: int
) -> tuple[_Excerpts, Arrays, list[Problem]]:
    """Return how each place begins, its borders, and what could not be read again.

    The spans are int32[places, 2]. Borders of what could not be read are 0.
    """
    order = np.argsort(document, kind="stable")
    document = document[order]
    batch_borders = np.searchsorted(document, batches.first_document)

    def task(batch: int) -> Outcome:
        here = slice(batch_borders[batch], batch_borders[batch + 1])
        begins = group_begins(document[here])
        wanted = document[here][begins].tolist()
        held = spans[order[here]].tolist()
        sizes = np.diff(begins, append=len(held)).tolist()
        texts: list[str] = []
        borders: list[tuple[int, int, int, int]] = []
        problems = []
        for size, (row, text) in zip(sizes, batches.texts(batch, wanted), strict=True):
            some = held[len(texts) : len(texts) + size]
            if isinstance(text, InputError):
                problems.append((batches.names[row], str(text)))
                texts += [""] * size
                borders += [(0, 0, 0, 0)] * size
                continue
            texts += [_beginning(text, *span) for span in some]
            line_feeds = _line_feeds(text)
            borders += [_borders(line_feeds, *span) for span in some]
        written = [text.encode() for text in texts]
        columns = np.array(borders, np.int32).reshape(-1, len(BORDERS))
        return problems, {
            "text": np.frombuffer(b"".join(written), np.uint8),
            "size": np.array([len(text) for text in written], np.int64),
            "plain": np.array([is_plain(text) for text in texts], np.bool_),
            **dict(zip(BORDERS, columns.T, strict=True)),
        }

    outcomes = processes.run(task, len(batches.columns), jobs)
    problems = [Problem(*pair) for value, _ in outcomes for pair in value]
    parts = [arrays for _, arrays in outcomes]
    return _Excerpts.of(parts, order), _in_order(parts, order), problems


def _in_order(parts: Sequence[Arrays], order: IntArray) -> Arrays:
    """Return the borders that were found in parts, from places in that order."""
    columns = {name: np.zeros(order.size, np.int32) for name in BORDERS}
    if order.size:
        for name, column in columns.items():
            column[order] = np.concatenate([part[name] for part in parts])
    return columns


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


def _beginning(text: str, start: int, end: int) -> str:
    """Return the text of a span, cut after a word when it is long."""
    if end - start <= EXCERPT:
        return text[start:end]
    cut = text[start : start + EXCERPT]
    space = max(cut.rfind(" "), cut.rfind("\n"))
    return cut[:space] if space > EXCERPT // 2 else cut


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
