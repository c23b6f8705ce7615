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
    group_begins,
    sorting,
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
        return list(map(DocumentSummary, *columns(start, stop), is_file))

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
        documents=BuiltDocuments(summaries, len(words), columns),
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


def _sources(batches: Batches) -> IntArray:
    """Return the row of the source of each document."""
    rows = [arrays["place"].reshape(-1, 4)[:, 0] for arrays in batches.columns]
    return np.concatenate([np.empty(0, np.int64), *rows])


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
    borders: Int32Array  # as `_known_borders` says
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
        known = _known_borders(paragraphs, findings, start, end)
        excerpts, borders, changed = _read_again(batches, document, spans, known, jobs)
        places = cls(
            batches.names,
            findings,
            blocks.fingerprints(corpus, findings),
            document,
            paragraphs.line[first] + 1,
            paragraphs.line[findings.last] + 1,
            borders,
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
        borders = self.borders[:, places].tolist()
        first_line, last_line, first_column, end_column = borders
        return FindingColumns(
            self.fingerprint[rows].astype(">u8").tobytes().hex(" ", 8).split(),
            [RULES[rule] for rule in held.rule[rows].tolist()],
            [RELATIONS[relation] for relation in held.relation[rows].tolist()],
            held.jaccard[rows].round(DIGITS).tolist(),
            held.containment[rows].round(DIGITS).tolist(),
            held.words[rows].tolist(),
            (first - first[0]).tolist(),
            [self.names[row] for row in self.document[places].tolist()],
            self.first_paragraph[places].tolist(),
            self.last_paragraph[places].tolist(),
            first_line,
            last_line,
            self.start[places].tolist(),
            self.end[places].tolist(),
            (first_passage - first_passage[0]).tolist(),
            self.excerpts.some(places),
            self.excerpts.printable[places].tolist(),
            first_column,
            end_column,
            self.passage_start[passages].tolist(),
            self.passage_end[passages].tolist(),
        )


@dataclass(frozen=True, slots=True)
class _Excerpts:
    """How each place begins, as written."""

    texts: Sequence[memoryview]  # of each batch, UTF-8
    batch: IntArray  # of each place
    begin: IntArray  # first byte of each place in the text of its batch
    end: IntArray
    printable: BoolArray

    @classmethod
    def of(cls, parts: Sequence[Arrays], order: IntArray) -> _Excerpts:
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


def _known_borders(
    paragraphs: Paragraphs, findings: Findings, start: Int32Array, end: Int32Array
) -> tuple[Int32Array, BoolArray]:
    """Return the borders of places as far as columns tell, and whether they do.

    Borders are int32[4, places], counted from 1: first and last line, first column and
    the one after the last. Where columns do not tell, lines are those of paragraphs.
    """
    first, last = findings.first, findings.last
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


def _read_again(
    batches: Batches,
    document: Int32Array,
    spans: Int32Array,
    borders: tuple[Int32Array, BoolArray],
    jobs: int,
) -> tuple[_Excerpts, Int32Array, list[Problem]]:
    """Return how each place begins, its borders, and what could not be read again.

    The spans are int32[places, 2], the borders as far as they are known beforehand.
    """
    all_borders, is_known = borders
    order = sorting(document)
    document = document[order]
    batch_borders = np.searchsorted(document, batches.first_document)

    def task(batch: int) -> Outcome:
        rows = order[batch_borders[batch] : batch_borders[batch + 1]]
        own = document[batch_borders[batch] : batch_borders[batch + 1]]
        begins = group_begins(own)
        places = pairwise([*begins.tolist(), rows.size])
        held = spans[rows].tolist()
        known = is_known[rows].tolist()
        texts: list[str] = []
        found: list[int] = []
        told: list[tuple[int, int, int, int]] = []
        problems = []
        for (first, stop), (row, text) in zip(
            places, batches.texts(batch, own[begins].tolist()), strict=True
        ):
            if isinstance(text, InputError):
                problems.append((batches.names[row], str(text)))
                texts += [""] * (stop - first)
                continue
            some = held[first:stop]
            texts += _beginnings(text, some)
            if False in known[first:stop]:
                line_feeds = _line_feeds(text)
                found += range(first, stop)
                told += [_borders(line_feeds, *span) for span in some]
        written = [text.encode() for text in texts]
        arrays: Arrays = {
            "text": np.frombuffer(b"".join(written), np.uint8),
            "size": np.array(list(map(len, written)), np.int64),
            "printable": np.array(list(map(str.isprintable, texts)), np.bool_),
        }
        if found:
            arrays |= {"place": rows[found], "borders": np.array(told, np.int32).T}
        return problems, arrays

    outcomes = processes.run(task, len(batches.columns), jobs)
    problems = [Problem(*pair) for value, _ in outcomes for pair in value]
    parts = [arrays for _, arrays in outcomes]
    for part in parts:
        if "place" in part:
            all_borders[:, part["place"]] = part["borders"].reshape(4, -1)
    return _Excerpts.of(parts, order), all_borders, problems


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
