"""Decide which findings of a check fail, and say of each other why it does not."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice, pairwise, product, starmap
from typing import NamedTuple

import numpy as np

from dedupe.corpus import BoolArray, Int32Array, Rows, UInt32Array, UInt64Array
from dedupe.errors import SettingsError
from dedupe.model import (
    RELATIONS,
    Finding,
    Occurrence,
    Relation,
    ScanResult,
    Span,
)
from dedupe.paragraphs import read_columns
from dedupe.shingles import SHINGLE_WORDS, shingles
from dedupe.values import dataclass

# Of the shingles of a passage: a text that is quoted by heart still is that text.
CONTAINED_FROM = 0.9
PERCENT = 100
READ_AT_ONCE = 500  # documents

QUOTATION = "quotation"
VERSE = "verse"
LISTED = "allowed"

# Writers mix up marks that look alike, so a mark closes what the one before it opens.
PAIRED_MARKS = {
    QUOTATION: (
        "\N{QUOTATION MARK}",
        "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}",
    ),
    VERSE: ("\N{ORNATE LEFT PARENTHESIS}\N{ORNATE RIGHT PARENTHESIS}",),
}
# These may stand inside each other.
NESTED_MARKS = {
    QUOTATION: (
        "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
        "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    )
}

_MARKS = {
    kind: "".join((*PAIRED_MARKS[kind], *NESTED_MARKS.get(kind, ())))
    for kind in PAIRED_MARKS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What lets a check fail, validated once."""

    fail_on: Relation = "overlap"
    """This relation and every closer one fails."""

    fail_words: int = 0
    """Fewest words that a finding has to hold to fail."""

    fail_share: float = 0.0
    """Smallest share, in percent, of an incoming document's words."""

    fail_on_boilerplate: bool = False
    """Whether forms that many documents share fail."""

    allow_quotations: bool = True
    """Whether what stands between quotation marks is let pass."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the option and what it may be."""
        if self.fail_on not in RELATIONS:
            known = ", ".join(RELATIONS)
            message = f"fail_on must be one of {known}, not {self.fail_on!r}."
            raise SettingsError(message)
        if self.fail_words < 0:
            message = f"fail_words must be at least 0, not {self.fail_words}."
            raise SettingsError(message)
        if not 0 <= self.fail_share <= PERCENT:
            message = f"fail_share must be from 0 to 100, not {self.fail_share}."
            raise SettingsError(message)


def judge(result: ScanResult, policy: Policy, allowed: Mapping[str, str]) -> ScanResult:
    """Return the findings, each that is let pass with the reason why.

    `allowed` holds texts that may be repeated, by name.
    """
    findings = list(result.findings)
    weak = _Weakness(policy, result)
    reasons = [weak.reason(finding) for finding in findings]
    suspects = [row for row, reason in enumerate(reasons) if not reason]
    names = {place.document for row in suspects for place in findings[row].occurrences}
    names.difference_update(result.published)
    readings = _readings(result, names)
    excuses = _Excuses(policy, readings, _AllowedTexts.of(allowed))
    verdicts = {row: excuses.verdict(findings[row]) for row in suspects}
    excused = {
        row: verdict
        for row, verdict in verdicts.items()
        if not _are_copies(verdict.left, result.published)
    }
    shared = int(str(result.settings["min_passage_words"]))
    implied = _Implied(findings, excused, result.published)
    for row in implied.rows(max(policy.fail_words, shared)):
        del excused[row]
    for row, verdict in excused.items():
        reasons[row] = _together(verdict.reasons)
    return with_findings(
        result,
        tuple(
            finding._replace(allowed=reason)
            for finding, reason in zip(findings, reasons, strict=True)
        ),
    )


def with_findings(result: ScanResult, findings: Sequence[Finding]) -> ScanResult:
    """Return a result with other findings, and count those that fail."""
    failing = sum(finding.fails for finding in findings)
    return replace(result, findings=findings, failing=failing, counted=None)


class _Weakness:
    """Why a finding is too little to fail, whatever its text is."""

    def __init__(self, policy: Policy, result: ScanResult) -> None:
        self._policy = policy
        self._closest = RELATIONS[: RELATIONS.index(policy.fail_on) + 1]
        self._words: dict[str, int] = {}
        for document in result.documents if policy.fail_share else ():
            if document.document in result.published:
                continue
            # Lines of JSON may share an id; the share is that of the shortest.
            known = self._words.get(document.document, document.words)
            self._words[document.document] = min(known, document.words)

    def reason(self, finding: Finding) -> str:
        if finding.rule == "boilerplate" and not self._policy.fail_on_boilerplate:
            return "boilerplate"
        if finding.relation not in self._closest:
            return "below --fail-on"
        if finding.words < self._policy.fail_words:
            return "below --fail-words"
        if PERCENT * self._share(finding) < self._policy.fail_share:
            return "below --fail-share"
        return ""

    def _share(self, finding: Finding) -> float:
        """Return the largest share that the finding has of an incoming document."""
        places = [place.document for place in finding.occurrences]
        return max(
            (
                places.count(name) * finding.words / max(self._words[name], 1)
                for name in set(places)
                if name in self._words
            ),
            default=1.0,
        )


@dataclass(frozen=True)
class _Reading:
    """The words of an incoming document, and which of them are marked."""

    text: str
    start: Int32Array  # of each word, code points
    end: Int32Array
    word: UInt32Array  # its hash
    first_word: Rows  # of each paragraph
    paragraphs: list[Span]

    @classmethod
    def all_of(cls, texts: Sequence[str]) -> Iterator[_Reading]:
        """Yield the words of each text; they are folded together, which is faster."""
        words, paragraphs = read_columns(texts)
        halves = _halves(words.hashes)
        spans = zip(paragraphs.start.tolist(), paragraphs.end.tolist(), strict=True)
        all_spans = list(map(Span._make, spans))
        borders = paragraphs.document.searchsorted(np.arange(len(texts) + 1)).tolist()
        first_words = words.first_word.tolist()
        for text, rows, held in zip(
            texts, pairwise(first_words), pairwise(borders), strict=True
        ):
            yield cls(
                text,
                words.start[slice(*rows)],
                words.end[slice(*rows)],
                halves[slice(*rows)],
                paragraphs.first_word[slice(*held)] - rows[0],
                all_spans[slice(*held)],
            )

    @cached_property
    def quoted(self) -> BoolArray:
        """Which words stand between quotation marks."""
        return self._marked(QUOTATION)

    @cached_property
    def verse(self) -> BoolArray:
        """Which words stand between the marks of a verse."""
        return self._marked(VERSE)

    def shows(self, place: Occurrence) -> bool:
        """Tell whether this is the text in which a place was found."""
        return self.text.startswith(place.excerpt, place.span.start)

    def rows(self, passage: Span) -> range:
        """Return the rows of the words that a passage touches."""
        first = int(self.end.searchsorted(passage[0], side="right"))
        return range(first, int(self.start.searchsorted(passage[1])))

    def pieces(self, rows: range) -> list[range]:
        """Return rows cut where a paragraph begins."""
        inner = slice(*self.first_word.searchsorted([rows.start + 1, rows.stop]))
        cuts = [rows.start, *self.first_word[inner].tolist(), rows.stop]
        return list(starmap(range, pairwise(cuts)))

    def _marked(self, kind: str) -> BoolArray:
        marked = np.zeros(self.start.size, np.bool_)
        if not any(mark in self.text for mark in _MARKS[kind]):
            return marked
        for spans in self._enclosed(kind):
            begin, end = np.array(list(spans), np.int64).reshape(-1, 2).T
            if begin.size:
                row = begin.searchsorted(self.start, side="right") - 1
                marked |= (row >= 0) & (self.end <= end[row])
        return marked

    def _enclosed(self, kind: str) -> Iterator[Iterable[Span]]:
        """Yield, for each sort of marks, the spans between them.

        A quotation ends with its paragraph at the latest, so a mark that nobody closes
        lets nothing pass.
        """
        for marks in PAIRED_MARKS[kind]:
            if not any(mark in self.text for mark in marks):
                continue
            yield chain.from_iterable(
                _between_pairs(self.text, span, marks) for span in self.paragraphs
            )
        if kind in NESTED_MARKS:
            marks = "".join(NESTED_MARKS[kind])
            yield chain.from_iterable(
                _between_nested(self.text, span, marks) for span in self.paragraphs
            )


def _between_pairs(text: str, span: Span, marks: str) -> Iterator[Span]:
    """Yield the spans between the first mark and the second, the third and the fourth.

    Where one is missing nobody knows which belong together.
    """
    places = [match.start() for match in re.compile(f"[{marks}]").finditer(text, *span)]
    if len(places) % 2 == 0:
        yield from map(Span._make, zip(places[::2], places[1::2], strict=True))


def _between_nested(text: str, span: Span, marks: str) -> Iterator[Span]:
    """Yield the outermost spans between an opening mark and the one that closes it."""
    opening = marks[0]
    opened: list[int] = []
    for match in re.compile(f"[{marks}]").finditer(text, *span):
        if match[0] == opening:
            opened.append(match.start())
        elif opened:
            start = opened.pop()
            if not opened:
                yield Span(start, match.start())


def _readings(result: ScanResult, names: set[str]) -> dict[str, _Reading]:
    """Return the documents with these names."""
    if not names or result.read_texts is None:
        return {}
    texts = result.read_texts(names)
    readings: dict[str, _Reading] = {}
    while some := dict(islice(texts, READ_AT_ONCE)):
        readings |= zip(some, _Reading.all_of([*some.values()]), strict=True)
    return readings


@dataclass(frozen=True, slots=True)
class _AllowedTexts:
    """The shingles of texts that may be repeated."""

    names: Sequence[str]
    words: Sequence[UInt32Array]
    shingles: Sequence[UInt64Array]
    all_shingles: UInt64Array

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> _AllowedTexts:
        words = [_halves(read_columns([text])[0].hashes) for text in texts.values()]
        held = [np.unique(shingles(column, SHINGLE_WORDS)) for column in words]
        together = np.unique(np.concatenate([np.empty(0, np.uint64), *held]))
        return cls(list(texts), words, held, together)

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


class _Stretch(NamedTuple):
    """Words of a reading that a finding holds and that have an excuse."""

    document: str
    rows: range


class _Verdict(NamedTuple):
    """What excuses there are in a finding."""

    reasons: set[str]
    left: list[Occurrence]  # the places that have none
    stretches: list[_Stretch]  # of the places that have one


@dataclass(frozen=True, slots=True)
class _Excuses:
    """Why a text may be repeated, by what stands in it and around it."""

    policy: Policy
    readings: Mapping[str, _Reading]
    allowed: _AllowedTexts

    def verdict(self, finding: Finding) -> _Verdict:
        """Return which places have an excuse, and which."""
        verdict = _Verdict(set(), [], [])
        for place in finding.occurrences:
            reasons = self._place(place, verdict.stretches)
            verdict.reasons.update(reasons)
            if not reasons:
                verdict.left.append(place)
        return verdict

    def _place(self, place: Occurrence, stretches: list[_Stretch]) -> set[str]:
        """Return the excuses of a place, nothing where some passage has none."""
        excuses: set[str] = set()
        excused = []
        reading = self.readings.get(place.document)
        # A document that has changed since is one of which nothing is known.
        if reading is None or not reading.shows(place):
            return set()
        for passage in place.passages:
            rows = reading.rows(passage)
            held = self._passage(reading, rows)
            if not held:
                return set()
            excuses |= held
            excused.append(_Stretch(place.document, rows))
        stretches += excused
        return excuses

    def _passage(self, reading: _Reading, rows: range) -> set[str]:
        if not rows:
            return set()
        whole = self._words(reading, rows)
        if whole:
            return {whole}
        pieces = {self._words(reading, piece) for piece in reading.pieces(rows)}
        return set() if "" in pieces else pieces

    def _words(self, reading: _Reading, rows: range) -> str:
        words = slice(rows.start, rows.stop)
        if self.policy.allow_quotations and reading.quoted[words].all():
            return QUOTATION
        if reading.verse[words].all():
            return VERSE
        name = self.allowed.holding(reading.word[words])
        return f"{LISTED}: {name}" if name else ""


class _Implied:
    """Copies that no finding names, since both are tied to a place with an excuse.

    A scan ties the copies of a text to each other by few findings, and not each to
    each. Where it ties a first copy to a quotation and the quotation to a second
    copy, the quotation passes and the two copies do not.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        excused: Mapping[int, _Verdict],
        published: Container[str],
    ) -> None:
        self._excused = excused
        self._published = published
        self._named: dict[str, list[tuple[Span, int]]] = {}
        for row, finding in enumerate(findings):
            for place in finding.occurrences if row not in excused else ():
                self._named.setdefault(place.document, []).append((place.span, row))

    def rows(self, shared: int) -> set[int]:
        """Return the findings whose copies share so many words with other copies."""
        stretches: dict[str, list[tuple[range, int]]] = {}
        for row, verdict in self._excused.items():
            for document, rows in verdict.stretches if verdict.left else ():
                stretches.setdefault(document, []).append((rows, row))
        tied: set[int] = set()
        for held in stretches.values():
            held.sort(key=lambda stretch: (stretch[0].start, stretch[1]))
            for place, (rows, row) in enumerate(held):
                for others, other in islice(held, place + 1, None):
                    if others.start > rows.stop - shared:
                        break
                    both = {row, other}
                    enough = min(rows.stop, others.stop) - others.start >= shared
                    if enough and not both <= tied and self._are_copies(row, other):
                        tied |= both
        return tied

    def _are_copies(self, row: int, other: int) -> bool:
        """Tell whether what two findings leave are copies that no finding names."""
        return any(
            _are_copies([left, right], self._published)
            and not self._findings_of(left) & self._findings_of(right)
            for left, right in product(
                self._excused[row].left, self._excused[other].left
            )
        )

    def _findings_of(self, place: Occurrence) -> set[int]:
        return {
            row
            for span, row in self._named.get(place.document, ())
            if _overlap(span, place.span)
        }


def _are_copies(places: Sequence[Occurrence], published: Container[str]) -> bool:
    """Tell whether some of the places are two, and one of them came in."""
    first, *others = places or (None,)
    if first is None or all(place.document in published for place in places):
        return False
    return any(
        other.document != first.document or not _overlap(other.span, first.span)
        for other in others
    )


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _together(reasons: Iterable[str]) -> str:
    """Return reasons as one, the same for the same whatever their order."""
    return ", ".join(sorted(set(reasons)))


def _halves(hashes: UInt64Array) -> UInt32Array:
    """Return the upper halves of hashes, as shingles are made of."""
    halves: UInt32Array = (hashes >> np.uint64(32)).astype(np.uint32)
    return halves


def _share(wanted: UInt64Array, held: UInt64Array) -> float:
    return float(np.isin(wanted, held).mean()) if wanted.size else 0.0
