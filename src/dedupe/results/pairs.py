"""Give matches and passages, which join two places each, when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np

from dedupe.columns import (
    Built,
)
from dedupe.corpus import (
    ByteArray,
    Corpus,
    FloatArray,
    Int32Array,
    IntArray,
    Paragraphs,
    Rows,
)
from dedupe.loader import Batches
from dedupe.matches import IDENTICAL, ORTHOGRAPHIC, Matches
from dedupe.model import (
    RELATIONS,
    Match,
    Passage,
    PassageSide,
    Side,
)
from dedupe.passages import Passages
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


def built_matches(corpus: Corpus, batches: Batches, matches: Matches) -> BuiltMatches:
    """Return all verified pairs whose first place is in what was asked about."""
    verified = _Verified.of(corpus, batches, matches)

    @cache
    def pairs() -> _Pairs:
        return _Pairs.of(verified)

    return BuiltMatches(
        lambda start, stop: pairs().build(start, stop),
        verified.copies.size + len(matches),
        verified.columns,
    )


@dataclass(frozen=True, slots=True)
class _Verified:
    """Paragraphs that are equal after folding, and those that match otherwise."""

    paragraphs: Paragraphs
    kin: IntArray  # the exemplar of each copy
    copies: IntArray  # paragraphs that are equal to one before
    batches: Batches
    matches: Matches

    @classmethod
    def of(cls, corpus: Corpus, batches: Batches, matches: Matches) -> _Verified:
        # What is built later must not keep the words, which are most of the memory.
        exemplar = corpus.exemplar
        first = int(corpus.first_paragraph[batches.asked])
        is_copy = (exemplar != np.arange(exemplar.size)) & (exemplar < first)
        copies = np.flatnonzero(is_copy)
        kin = exemplar[copies].astype(np.int64)
        return cls(corpus.paragraphs, kin, copies, batches, matches)

    def columns(self) -> MatchColumns:
        """Return all pairs as columns, and equal paragraphs as one stretch."""
        document, matches = self.paragraphs.document, self.matches
        held = np.diff(matches.first_passage)
        left, right = (
            (
                np.concatenate([document[equal], document[other].repeat(held)]),
                *self.spans(equal, begin, end),
            )
            for equal, other, begin, end in (
                (
                    self.kin,
                    matches.left,
                    matches.passage_left,
                    matches.passage_left_end,
                ),
                (
                    self.copies,
                    matches.right,
                    matches.passage_right,
                    matches.passage_right_end,
                ),
            )
        )
        return MatchColumns(*self.likeness(), self.batches.names, *left, *right)

    def likeness(self) -> tuple[ByteArray, FloatArray, FloatArray]:
        """Return relation, Jaccard and containment: of equal pairs, then of matches."""
        raw, matches = self.paragraphs.raw, self.matches
        is_same = raw[self.kin] == raw[self.copies]
        equal = np.where(is_same, IDENTICAL, ORTHOGRAPHIC).astype(np.uint8)
        ones = np.ones(self.copies.size)
        return (
            np.concatenate([equal, matches.relation]),
            np.concatenate([ones, matches.jaccard]),
            np.concatenate([ones, matches.containment]),
        )

    def spans(
        self, equal: IntArray, begin: IntArray, end: IntArray
    ) -> tuple[Int32Array, Int32Array]:
        """Return where whole paragraphs, then words from begin to end, stand."""
        paragraphs, batches = self.paragraphs, self.batches
        return (
            np.concatenate([paragraphs.start[equal], batches.starts(begin)]),
            np.concatenate([paragraphs.end[equal], batches.ends(end - 1)]),
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
    def of(cls, verified: _Verified) -> _Pairs:
        """Return the pairs in order, each from its first passage to its last."""
        kin, copies, matches = verified.kin, verified.copies, verified.matches
        paragraphs = verified.paragraphs
        left = np.concatenate([kin, matches.left])
        right = np.concatenate([copies, matches.right])
        words = np.minimum(paragraphs.words[kin], paragraphs.words[copies])
        order = np.lexsort((right, left))
        columns = [
            left,
            right,
            *verified.likeness(),
            np.concatenate([words, matches.words]),
            *verified.spans(
                kin,
                *_outermost(matches, matches.passage_left, matches.passage_left_end),
            ),
            *verified.spans(
                copies,
                *_outermost(matches, matches.passage_right, matches.passage_right_end),
            ),
        ]
        return cls(
            verified.batches.names,
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


def _outermost(
    matches: Matches, begin: IntArray, end: IntArray
) -> tuple[IntArray, IntArray]:
    """Return where the first passage of each match begins and where its last ends."""
    first = matches.first_passage[:-1]
    if not first.size:
        return first, first
    return np.minimum.reduceat(begin, first), np.maximum.reduceat(end, first)


def built_passages(
    corpus: Corpus, batches: Batches, passages: Passages
) -> Built[Passage]:
    """Return the passages between documents, or inside one."""
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

    return Built(build, len(passages))
