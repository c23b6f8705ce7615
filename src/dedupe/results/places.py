"""Say where findings stand in the documents that were read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from dedupe import blocks
from dedupe.blocks import Findings
from dedupe.borders import known_borders, searched_borders
from dedupe.columns import (
    FindingColumns,
)
from dedupe.corpus import (
    BoolArray,
    Corpus,
    FloatArray,
    Int32Array,
    IntArray,
    UInt64Array,
)
from dedupe.loader import Batches
from dedupe.model import (
    RELATIONS,
    RULES,
)
from dedupe.results.pairs import DIGITS
from dedupe.texts import Texts
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """Where findings stand, one row a place; offsets are code points in documents."""

    names: Sequence[str]
    findings: Findings
    fingerprint: UInt64Array
    document: Int32Array
    first_paragraph: IntArray  # of its document, counted from 1
    last_paragraph: IntArray
    paragraph_words: IntArray  # of all of these, whole
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
    ) -> Places:
        """Return the places of findings, in the order of these."""
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
            _paragraph_words(corpus, findings),
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
        of_places = self.paragraph_words[places]
        shares = _shares(held.words[rows], of_places, first[:-1] - first[0])
        start_of, end_of = spans.T
        return FindingColumns(
            self.fingerprint[rows].astype(">u8").tobytes().hex(" ", 8).split(),
            [RULES[rule] for rule in held.rule[rows].tolist()],
            [RELATIONS[relation] for relation in held.relation[rows].tolist()],
            held.jaccard[rows].round(DIGITS),
            held.containment[rows].round(DIGITS),
            held.words[rows],
            shares.round(DIGITS),
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


def _paragraph_words(corpus: Corpus, findings: Findings) -> IntArray:
    """Return how many words the paragraphs of each place hold, from end to end."""
    first_word, words = corpus.paragraphs.first_word, corpus.paragraphs.words
    first, last = findings.first, findings.last
    total: IntArray = first_word[last] + words[last] - first_word[first]
    return total


def _shares(words: IntArray, of_places: IntArray, first: IntArray) -> FloatArray:
    """Return the words of each finding over those of the place that has fewest."""
    fewest = np.minimum.reduceat(of_places, first)
    # Equal letters may be parted into fewer words in one place than in another.
    shares: FloatArray = np.minimum(words / fewest, 1)
    return shares


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
