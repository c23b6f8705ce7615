"""Say why a text may be repeated, by what stands in it and around it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from dedupe.corpus import (
    UInt32Array,
    UInt64Array,
    are_among,
    distinct,
)
from dedupe.gate.marked_words import QUOTATION, VERSE, MarkedWords
from dedupe.model import Finding, Occurrence
from dedupe.paragraphs import read_columns
from dedupe.shingles import SHINGLE_WORDS, shingles, upper_halves
from dedupe.values import dataclass

# Of the shingles of a passage: a text that is quoted by heart still is that text.
CONTAINED_FROM = 0.9
LISTED = "allowed"


@dataclass(frozen=True, slots=True)
class AllowedTexts:
    """The shingles of texts that may be repeated."""

    names: Sequence[str]
    words: Sequence[UInt32Array]
    shingles: Sequence[UInt64Array]
    all_shingles: UInt64Array

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> AllowedTexts:
        """Return the shingles of texts, which are given by name."""
        words = [
            upper_halves(read_columns([text])[0].hashes) for text in texts.values()
        ]
        held = [distinct(shingles(column, SHINGLE_WORDS)) for column in words]
        together: UInt64Array = np.concatenate([np.empty(0, np.uint64), *held])
        return cls(list(texts), words, held, distinct(together))

    def holding(self, words: UInt32Array) -> str:
        """Return the name of the first text that holds the words, or nothing."""
        if not self.names:
            return ""
        size = min(SHINGLE_WORDS, words.size)
        wanted = shingles(words, size)
        if size < SHINGLE_WORDS:
            # The shingles that are kept are longer than this.
            held: Iterable[UInt64Array] = (shingles(text, size) for text in self.words)
        elif _share(wanted, self.all_shingles) >= CONTAINED_FROM:
            held = self.shingles
        else:
            return ""
        for name, column in zip(self.names, held, strict=True):
            if _share(wanted, column) >= CONTAINED_FROM:
                return name
        return ""


class Stretch(NamedTuple):
    """Words of a document that a finding holds and that have an excuse."""

    document: str
    rows: range


class Verdict(NamedTuple):
    """What excuses there are in a finding."""

    reasons: set[str]
    left: list[Occurrence]  # the places that have none
    stretches: list[Stretch]  # of the places that have one


@dataclass(frozen=True, slots=True)
class Excuses:
    """Why a text may be repeated, by what stands in it and around it."""

    allow_quotations: bool
    documents: Mapping[str, MarkedWords]
    allowed: AllowedTexts

    def verdict(self, finding: Finding) -> Verdict:
        """Return which places have an excuse, and which."""
        verdict = Verdict(set(), [], [])
        for place in finding.occurrences:
            reasons = self._place(place, verdict.stretches)
            verdict.reasons.update(reasons)
            if not reasons:
                verdict.left.append(place)
        return verdict

    def _place(self, place: Occurrence, stretches: list[Stretch]) -> set[str]:
        """Return the excuses of a place, nothing where some passage has none."""
        excuses: set[str] = set()
        excused = []
        reading = self.documents.get(place.document)
        # A document that has changed since is one of which nothing is known.
        if reading is None or not reading.shows(place):
            return set()
        for passage in place.passages:
            rows = reading.rows(passage)
            held = self._passage(reading, rows)
            if not held:
                return set()
            excuses |= held
            excused.append(Stretch(place.document, rows))
        stretches += excused
        return excuses

    def _passage(self, reading: MarkedWords, rows: range) -> set[str]:
        if not rows:
            return set()
        whole = self._words(reading, rows)
        if whole:
            return {whole}
        pieces = {self._words(reading, piece) for piece in reading.pieces(rows)}
        return set() if "" in pieces else pieces

    def _words(self, reading: MarkedWords, rows: range) -> str:
        words = slice(rows.start, rows.stop)
        if self.allow_quotations and reading.quoted[words].all():
            return QUOTATION
        if reading.verse[words].all():
            return VERSE
        name = self.allowed.holding(reading.word[words])
        return f"{LISTED}: {name}" if name else ""


def _share(wanted: UInt64Array, held: UInt64Array) -> float:
    return float(are_among(wanted, held).mean()) if wanted.size else 0.0
