"""Say why two texts match: the verdict of a scan, and what a reader can check of it.

>>> one = Excerpt("a.txt", "ذهب الطلاب إلى المكتبة العامة فى وسط المدينة صباح الأحد")
>>> two = Excerpt("b.txt", "ذهب الطلاب الى المكتبة العامة في وسط المدينة صباح الأحد")
>>> told = explain(one, two)
>>> told.findings[0].finding.relation, told.level
('orthographic', 'full')
>>> [(same.left, same.right, same.rules) for same in told.differences]
[('إلى', 'الى', ('alef variants',)), ('فى', 'في', ('final ya',))]
"""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from dedupe import spelling, word_alignment
from dedupe.corpus import IntArray, UInt64Array
from dedupe.model import Finding, Occurrence, Span
from dedupe.paragraphs import read_columns
from dedupe.pipeline import scan
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS, shingles
from dedupe.values import dataclass
from dedupe.verifier import (
    ALIGNED_SHARE,
    CORPUS_MORE,
    CORPUS_WORDS,
    EDITED_SHARE,
    SCATTERED_SHARE,
)
from dedupe.word_alignment import Kind

# How much has to be folded before two texts are equal: nothing; punctuation and spaces
# between words alone; what merges no letters; spelling; where words are parted, too.
Level: TypeAlias = Literal["identical", "none", "light", "full", "letters"]

SAME_PLACE = "both are one and the same place."

_SETTINGS = Settings()


class Excerpt(NamedTuple):
    """A document, or some whole lines of one."""

    name: str
    text: str
    start: int = 0  # code point in its document
    line: int = 1  # of its first character, counted from 1
    paragraph: int = 1  # likewise

    def written(self, span: Span) -> str:
        """Return what stands at a span of the document."""
        return self.text[span.start - self.start : span.end - self.start]

    def lines(self, span: Span) -> tuple[int, int]:
        """Return the first and last line of a span, counted from 1."""
        first = self.line + self.text.count("\n", 0, span.start - self.start)
        return first, first + self.written(span).count("\n")


class Explained(NamedTuple):
    """A finding that stands in both texts, and what decided its relation."""

    finding: Finding  # places of the left text first
    why: str


class Shared(NamedTuple):
    """How many different shingles the texts have, and have in common."""

    left: int
    right: int
    shared: int

    @property
    def jaccard(self) -> float:
        """Return the share of all their shingles that both have."""
        union = self.left + self.right - self.shared
        return self.shared / union if union else 0.0

    @property
    def containment(self) -> float:
        """Return the share of the smaller set that the other holds."""
        return self.shared / max(min(self.left, self.right), 1)


class Run(NamedTuple):
    """A run of equal words."""

    words: int
    left: Span
    right: Span


class Difference(NamedTuple):
    """One word in two spellings, and the rules that make them one."""

    left: str
    right: str
    rules: tuple[str, ...]
    times: int
    left_span: Span  # where it stands first
    right_span: Span


class Stretch(NamedTuple):
    """Words of both texts that belong to each other, or of one that stand alone."""

    kind: Kind
    left: Span | None
    right: Span | None
    left_words: int
    right_words: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two texts match or do not; spans are code points of their documents."""

    left: Excerpt
    right: Excerpt
    settings: Settings
    findings: tuple[Explained, ...]
    why: str  # what was missing, if there are no findings
    level: Level | None  # from which on the texts are equal
    words: tuple[int, int]
    shingles: Shared
    longest: Run | None
    differences: tuple[Difference, ...]
    alignment: tuple[Stretch, ...]  # in the order of the left text
    not_compared: int  # words in places too long to be aligned word by word

    @property
    def counts(self) -> dict[Kind, int]:
        """Return how many words there are of each kind, on the side that has more."""
        counts: Counter[Kind] = Counter()
        for stretch in self.alignment:
            counts[stretch.kind] += max(stretch.left_words, stretch.right_words)
        return {kind: counts[kind] for kind in word_alignment.KINDS}


def explain(
    left: Excerpt, right: Excerpt, settings: Settings = _SETTINGS
) -> Explanation:
    """Return why a scan of these two texts alone says what it says."""
    both = _Both.of(left, right, settings)
    found = _findings(left, right, settings)
    explained = tuple(
        Explained(
            _moved(finding, left, right),
            SAME_PLACE if left == right else _why(finding, both, settings),
        )
        for finding in found
    )
    blocks, not_compared = _aligned(both)
    longest = both.longest()
    return Explanation(
        left,
        right,
        settings,
        explained,
        "" if explained else _why_not(both, longest, settings),
        _level(left, right),
        (both.left.hashes.size, both.right.hashes.size),
        _shared(both.left, both.right),
        longest,
        _differences(both, blocks),
        tuple(_stretch(both, block) for block in blocks),
        not_compared,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    """The folded words of a text, one row a word."""

    excerpt: Excerpt
    hashes: UInt64Array
    start: IntArray  # code points in the excerpt
    end: IntArray
    paragraph: IntArray  # of each word, counted from 0 in this text
    line: IntArray  # of each paragraph, counted from 0 in this text
    last_line: IntArray

    def span(self, first: int, stop: int) -> Span:
        """Return where some words stand in the document."""
        origin = self.excerpt.start
        return Span(int(self.start[first]) + origin, int(self.end[stop - 1]) + origin)

    def written(self, row: int) -> str:
        return self.excerpt.text[self.start[row] : self.end[row]]

    def within(self, lines: tuple[int, int]) -> _Words:
        """Return the words of some lines, counted from 1."""
        first, last = lines
        held = (self.line + 1 >= first) & (self.last_line + 1 <= last)
        rows = np.flatnonzero(held[self.paragraph])
        return _Words(
            self.excerpt,
            self.hashes[rows],
            self.start[rows],
            self.end[rows],
            self.paragraph[rows],
            self.line,
            self.last_line,
        )


@dataclass(frozen=True, slots=True)
class _Both:
    left: _Words
    right: _Words

    @classmethod
    def of(cls, left: Excerpt, right: Excerpt, settings: Settings) -> _Both:
        """Fold both texts as the engine does."""
        words, paragraphs = read_columns(
            [left.text, right.text],
            fold=settings.fold,
            ignore_numbers=settings.ignore_numbers,
        )
        border = int(words.first_word[1])
        sides = []
        for number, (excerpt, rows) in enumerate(
            ((left, slice(border)), (right, slice(border, None)))
        ):
            own = np.flatnonzero(paragraphs.document == number)
            sides.append(
                _Words(
                    excerpt,
                    words.hashes[rows],
                    words.start[rows].astype(np.int64),
                    words.end[rows].astype(np.int64),
                    np.repeat(np.arange(own.size), paragraphs.words[own]),
                    paragraphs.line[own].astype(np.int64),
                    paragraphs.last_line[own].astype(np.int64),
                )
            )
        return cls(*sides)

    def within(self, left: tuple[int, int], right: tuple[int, int]) -> _Both:
        return _Both(self.left.within(left), self.right.within(right))

    def longest(self) -> Run | None:
        """Return the longest run of equal words inside a paragraph of each."""
        words, one, other = word_alignment.longest_run(
            self.left.hashes,
            self.right.hashes,
            self.left.paragraph,
            self.right.paragraph,
        )
        if not words:
            return None
        return Run(
            words,
            self.left.span(one, one + words),
            self.right.span(other, other + words),
        )


def _findings(left: Excerpt, right: Excerpt, settings: Settings) -> list[Finding]:
    """Return what a scan of both finds in both."""
    names = ("left", "right")
    texts = zip(names, (left.text, right.text), strict=True)
    return [
        finding
        for finding in scan(list(texts), settings, jobs=1).findings
        if {place.document for place in finding.occurrences} == set(names)
    ]


def _moved(finding: Finding, left: Excerpt, right: Excerpt) -> Finding:
    """Return the finding with its places in the documents of the excerpts."""
    places = tuple(
        _moved_place(place, left if place.document == "left" else right)
        for place in finding.occurrences
    )
    return finding._replace(occurrences=places)


def _moved_place(place: Occurrence, excerpt: Excerpt) -> Occurrence:
    def span(inner: Span) -> Span:
        return Span(inner.start + excerpt.start, inner.end + excerpt.start)

    first_line, before = excerpt.line - 1, excerpt.paragraph - 1
    return place._replace(
        document=excerpt.name,
        paragraphs=(place.paragraphs[0] + before, place.paragraphs[1] + before),
        lines=(place.lines[0] + first_line, place.lines[1] + first_line),
        span=span(place.span),
        passages=tuple(map(span, place.passages)),
    )


def _level(left: Excerpt, right: Excerpt) -> Level | None:
    if _written(left) == _written(right):
        return "identical"
    levels: tuple[Level, ...] = ("none", "light", "full")
    for level in levels:
        words, _ = read_columns([left.text, right.text], fold=level)
        one, other = np.split(words.hashes, words.first_word[1:2])
        if one.size and np.array_equal(one, other):
            return level
    _, paragraphs = read_columns([left.text, right.text])
    is_left = paragraphs.document == 0
    one, other = paragraphs.solid[is_left], paragraphs.solid[~is_left]
    return "letters" if one.size and np.array_equal(one, other) else None


def _written(excerpt: Excerpt) -> list[list[str]]:
    """Return the words of each line as they are written."""
    return [line.split() for line in excerpt.text.strip().split("\n")]


def _shared(left: _Words, right: _Words) -> Shared:
    """Compare the sets of shingles, none of which runs on into the next paragraph."""

    def own(side: _Words) -> UInt64Array:
        keys = shingles((side.hashes >> np.uint64(32)).astype(np.uint32), SHINGLE_WORDS)
        ends = side.paragraph[SHINGLE_WORDS - 1 :]
        return np.unique(keys[side.paragraph[: keys.size] == ends])

    one, other = own(left), own(right)
    shared = np.intersect1d(one, other, assume_unique=True)
    return Shared(one.size, other.size, shared.size)


def _aligned(both: _Both) -> tuple[list[word_alignment.Block], int]:
    """Align the words; those that are equal after folding part into two kinds."""
    left, right = both.left, both.right
    blocks, not_compared = word_alignment.align(
        left.hashes, right.hashes, left.written, right.written
    )
    parted: list[word_alignment.Block] = []
    for block in blocks:
        if block.kind == "equal":
            parted += word_alignment.part_respelled(block, left.written, right.written)
        else:
            parted.append(block)
    return parted, not_compared


def _stretch(both: _Both, block: word_alignment.Block) -> Stretch:
    left = both.left.span(block.left, block.left_stop) if block.left_words else None
    right = (
        both.right.span(block.right, block.right_stop) if block.right_words else None
    )
    return Stretch(block.kind, left, right, block.left_words, block.right_words)


def _differences(
    both: _Both, blocks: list[word_alignment.Block]
) -> tuple[Difference, ...]:
    """Return each pair of spellings once, in the order in which they come first."""
    found: dict[tuple[str, str], Difference] = {}
    for block in blocks:
        for left, right in _respelled(both, block):
            one = both.left.excerpt.written(left)
            other = both.right.excerpt.written(right)
            if one == other:
                continue
            known = found.get((one, other))
            if known:
                found[one, other] = known._replace(times=known.times + 1)
            else:
                rules = spelling.bridging_rules(one, other)
                found[one, other] = Difference(one, other, rules, 1, left, right)
    return tuple(found.values())


def _respelled(both: _Both, block: word_alignment.Block) -> list[tuple[Span, Span]]:
    """Return the spans of words in a block that are one word in two spellings."""
    if block.kind not in ("respelled", "moved"):
        return []
    if block.left_words != block.right_words:  # parted into words in two ways
        return [
            (
                both.left.span(block.left, block.left_stop),
                both.right.span(block.right, block.right_stop),
            )
        ]
    return [
        (
            both.left.span(block.left + row, block.left + row + 1),
            both.right.span(block.right + row, block.right + row + 1),
        )
        for row in range(block.left_words)
    ]


def _why(finding: Finding, both: _Both, settings: Settings) -> str:
    """Say which rule and threshold decided the relation of a finding."""
    left, right = (
        next(place for place in finding.occurrences if place.document == name)
        for name in ("left", "right")
    )
    inner = both.within(left.lines, right.lines)
    rows = left.lines[1] - left.lines[0], right.lines[1] - right.lines[0]
    if finding.rule == "boilerplate":
        reason = (
            f"the same form stands in {len(finding.occurrences)} places "
            f"(boilerplate_documents = {settings.boilerplate_documents})"
        )
    elif finding.rule == "repeated-block":
        paragraphs = np.unique(inner.left.paragraph).size
        reason = (
            f"{paragraphs} paragraphs in a row stand again in the same order; "
            f"{_relation(finding, inner, settings)}"
        )
    elif max(rows) and finding.rule == "overlap":
        reason = (
            f"passages of {finding.words} words in all go on from one paragraph to the "
            f"next"
        )
    else:
        reason = _relation(finding, inner, settings)
    return reason + "."


def _relation(finding: Finding, inner: _Both, settings: Settings) -> str:
    if finding.relation == "identical":
        return "they are the same to the character"
    if finding.relation == "orthographic":
        return f"they are equal once spelling is folded (fold = {settings.fold})"
    if finding.relation == "edited":
        return _edited(finding, inner, settings)
    if finding.relation == "contained":
        return _contained(finding, inner, settings)
    return _overlap(inner, settings)


def _edited(finding: Finding, inner: _Both, settings: Settings) -> str:
    if finding.jaccard >= settings.jaccard:
        return (
            f"their shingles have a Jaccard of {finding.jaccard:.3f}, from "
            f"jaccard = {settings.jaccard} on they are one text, edited"
        )
    longer = max(inner.left.hashes.size, inner.right.hashes.size)
    if finding.words < EDITED_SHARE * longer:
        return (
            f"at least {ALIGNED_SHARE:.0%} of the {longer} words of the longer one are "
            f"equal and stand as far apart in both, around runs that are rare elsewhere"
        )
    return (
        f"{finding.words} of the {longer} words of the longer one agree; with "
        f"{EDITED_SHARE:.0%} of both sides one is an edited copy of the other"
    )


def _contained(finding: Finding, inner: _Both, settings: Settings) -> str:
    if finding.containment >= settings.containment:
        return (
            f"the longer one holds {finding.containment:.3f} of the shingles of the "
            f"shorter, from containment = {settings.containment} on it contains it"
        )
    shorter = min(inner.left.hashes.size, inner.right.hashes.size)
    return (
        f"{finding.words} of the {shorter} words of the shorter one stand in the "
        f"longer, from containment = {settings.containment} on it contains it"
    )


def _overlap(inner: _Both, settings: Settings) -> str:
    words = _written_words(inner, inner.longest())
    if words >= settings.min_passage_words:
        return (
            f"they share a run of {words} words; from "
            f"min_passage_words = {settings.min_passage_words} on that is no chance"
        )
    return (
        f"no run is longer than {words} words, but all runs together cover at least "
        f"{SCATTERED_SHARE:.0%} of the shorter one"
    )


def _written_words(both: _Both, run: Run | None) -> int:
    """Return the words of a run as the side writes them that parts more of them.

    عبد الله is two words to a reader, and one after full folding.
    """
    if run is None:
        return 0
    texts = both.left.excerpt.written(run.left), both.right.excerpt.written(run.right)
    # Light folding joins no words.
    counts = [read_columns([text], fold="light")[0].hashes.size for text in texts]
    return max(run.words, *counts)


def _why_not(both: _Both, longest: Run | None, settings: Settings) -> str:
    """Say which thresholds two texts without a finding have not reached."""
    sizes = both.left.hashes.size, both.right.hashes.size
    if not min(sizes):
        return "One of them has no words."
    single = max(both.left.line.size, both.right.line.size) == 1
    if single and min(sizes) < settings.min_words:
        return (
            f"The shorter one has {min(sizes)} words; below "
            f"min_words = {settings.min_words} paragraphs match only when they are "
            f"equal after folding."
        )
    shared = _shared(both.left, both.right)
    run = longest.words if longest else 0
    least = settings.min_passage_words
    least += CORPUS_MORE if sum(sizes) >= CORPUS_WORDS else 0
    reasons = []
    if not single:
        reasons.append("no two of their paragraphs match")
    reasons.append(
        f"their longest common run has {run} word{'' if run == 1 else 's'} "
        f"({least} would be an overlap), Jaccard is {shared.jaccard:.3f} "
        f"({settings.jaccard} would be an edited copy), containment is "
        f"{shared.containment:.3f} ({settings.containment} would be contained)"
    )
    if run >= least:
        reasons.append(
            "the run does not count, since it stands in a paragraph of fewer than "
            f"min_words = {settings.min_words} words, or in so many places that it is "
            "a formula"
        )
    text = "; ".join(reasons) + "."
    return text[0].upper() + text[1:]
