"""What an explanation says: of two excerpts, what they share and where they differ."""

from __future__ import annotations

from collections import Counter
from typing import Literal, NamedTuple, TypeAlias

from dedupe import word_alignment
from dedupe.model import Finding, Span
from dedupe.settings import Settings
from dedupe.values import dataclass
from dedupe.word_alignment import Kind

# How much has to be folded before two texts are equal: nothing; punctuation and spaces
# between words alone; what merges no letters; spelling; where words are parted, too.
Level: TypeAlias = Literal["identical", "none", "light", "full", "letters"]


class Excerpt(NamedTuple):
    """A document, or some whole lines of one."""

    name: str
    text: str
    start: int = 0  # code point in its document
    line: int = 1  # of its first character, counted from 1
    paragraph: int = 1  # likewise

    @property
    def span(self) -> Span:
        """Return where it stands in its document."""
        return Span(self.start, self.start + len(self.text))

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
