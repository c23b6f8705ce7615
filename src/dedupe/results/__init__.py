"""Give the columns of a scan the shape that reporters and users see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import NamedTuple

import numpy as np

from dedupe import blocks
from dedupe.blocks import Findings
from dedupe.columns import BuiltDocuments, BuiltFindings, DocumentColumns
from dedupe.corpus import Corpus, IntArray
from dedupe.loader import Batches
from dedupe.matches import Matches
from dedupe.model import RELATIONS, DocumentSummary, ScanResult
from dedupe.passages import Passages
from dedupe.readers import PLAIN
from dedupe.results.pairs import built_matches, built_passages
from dedupe.results.places import Places
from dedupe.settings import Settings
from dedupe.texts import Texts


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
    places = Places.of(corpus, batches, findings)
    verified = _of_paragraphs(corpus, matches, settings)
    words = np.diff(corpus.first_position)[:asked] - 1
    duplicated = blocks.duplicated_words(corpus, findings, asked)[:asked]
    return ScanResult(
        settings=asdict(settings),
        fingerprint=settings.fingerprint(),
        documents=_documents(corpus, batches, words, duplicated),
        findings=BuiltFindings.of(places.columns, len(findings)),
        matches=built_matches(corpus, batches, verified),
        passages=built_passages(corpus, batches, passages),
        skipped=batches.found.skipped,
        errors=(*batches.found.errors, *batches.errors),
        warnings=batches.warnings,
        paragraphs=int(corpus.first_paragraph[asked]),
        words=int(words.sum()),
        duplicated_words=int(duplicated.sum()),
        jobs=jobs,
        counted=dict(zip(RELATIONS, counts.tolist(), strict=True)),
        about={batches.names[row]: about for row, about in batches.about.items()},
        read_texts=partial(_read_texts, batches.names, batches.texts),
    )


def _documents(
    corpus: Corpus, batches: Batches, words: IntArray, duplicated: IntArray
) -> BuiltDocuments:
    """Return the documents that were asked about, of which these words are repeated."""
    paragraphs = np.diff(corpus.first_paragraph)[: batches.asked]
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

    return BuiltDocuments(summaries, batches.asked, columns)


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


def _of_paragraphs(corpus: Corpus, matches: Matches, settings: Settings) -> Matches:
    """Return the matches but those of short lines, which match as parts of a text."""
    words = corpus.paragraphs.words
    shorter = np.minimum(words[matches.left], words[matches.right])
    rows = np.flatnonzero(shorter >= settings.min_words)
    return matches if rows.size == len(matches) else matches.where(rows)


def _sources(batches: Batches) -> IntArray:
    """Return the row of the source of each document."""
    rows = [arrays["source"] for arrays in batches.columns]
    return np.concatenate([np.empty(0, np.int64), *rows])
