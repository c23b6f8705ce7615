"""The nouns of a scan: what goes out to reporters and to users of the library.

All offsets are code points of the decoded original text, half-open; paragraphs and
lines in findings are counted from 1. What a report holds by the hundred thousand is a
named tuple, which is built several times as fast as a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Literal, NamedTuple, TypeAlias

from dedupe.values import dataclass

Rule: TypeAlias = Literal["repeated-block", "near-duplicate", "overlap", "boilerplate"]
Relation: TypeAlias = Literal[
    "identical", "orthographic", "edited", "contained", "overlap"
]
Status: TypeAlias = Literal["clean", "findings", "error"]
State: TypeAlias = Literal["", "new", "known"]
ReadTexts: TypeAlias = Callable[[Iterable[str]], Iterator[tuple[str, str]]]

RULES: tuple[Rule, ...] = ("repeated-block", "near-duplicate", "overlap", "boilerplate")
RELATIONS: tuple[Relation, ...] = (
    "identical",
    "orthographic",
    "edited",
    "contained",
    "overlap",
)


class Span(NamedTuple):
    """A half-open range [start, end) in code points of the original text."""

    start: int
    end: int


class Occurrence(NamedTuple):
    """One place where a finding stands."""

    document: str
    paragraphs: tuple[int, int]  # first and last that have words, counted from 1
    lines: tuple[int, int]  # first and last, counted from 1
    span: Span  # of the whole block
    passages: tuple[Span, ...]  # the stretches that agree, in order
    excerpt: str  # the beginning of the span, as written
    # Of the span, in code points of its first and its last line, counted from 1: where
    # it begins, and the one after its end; 0 where that is not known.
    columns: tuple[int, int] = (0, 0)


class Finding(NamedTuple):
    """Text that stands in two or more places."""

    id: str  # content fingerprint, stable when lines are inserted above
    rule: Rule
    relation: Relation
    jaccard: float  # of word shingles
    containment: float
    words: int  # matched words
    share: float  # of the words of the place that has fewest, its paragraphs whole
    occurrences: tuple[Occurrence, ...]  # two or more, in document order
    state: State = ""  # whether a baseline knows it; empty without a baseline
    allowed: str = ""  # why a check lets it pass; empty if it does not

    @property
    def fails(self) -> bool:
        """Whether a gate should close: it is neither known nor allowed."""
        return self.state != "known" and not self.allowed


class Side(NamedTuple):
    """One side of a match between two paragraphs."""

    document: str
    paragraph: int  # index from 0 in text.split("\n")
    start: int  # of the matched part, code points in the document
    end: int


class Match(NamedTuple):
    """A verified pair of paragraphs."""

    left: Side
    right: Side
    relation: Relation
    jaccard: float
    containment: float
    words: int


class PassageSide(NamedTuple):
    """One side of a passage."""

    document: str
    start: int
    end: int


class Passage(NamedTuple):
    """A maximal aligned stretch between two documents, or inside one."""

    left: PassageSide
    right: PassageSide
    words: int  # aligned words
    similarity: float  # aligned words over the words of the longer side


class DocumentSummary(NamedTuple):
    """What was read of a document and how much of it is repeated."""

    document: str
    encoding: str
    paragraphs: int
    words: int
    duplicated_words: int
    is_file: bool = True  # not a line of a file, standard input or a text handed over


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that was left out, with the reason."""

    path: str
    reason: str


class About(NamedTuple):
    """What a source tells of a document; what it does not tell is empty."""

    title: str = ""
    date: str = ""
    outlet: str = ""
    author: str = ""
    url: str = ""


class Published(NamedTuple):
    """What an archive knows of a document; what it does not know is empty."""

    id: str
    title: str = ""
    date: str = ""
    outlet: str = ""
    author: str = ""
    url: str = ""


class BaselineCounts(NamedTuple):
    """How the findings of a run and the entries of a baseline meet."""

    new: int  # findings that the baseline does not accept
    known: int  # findings that it accepts
    fixed: int  # entries whose text repeats no more


class LeftOut(NamedTuple):
    """How much a search of folders left out."""

    ignored: int = 0  # files and folders, by ignore files and patterns
    other: int = 0  # files whose extension is none of ours


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All that a reporter needs.

    `documents`, `findings`, `matches` and `passages` are sequences that build
    their items when asked; iterate over them rather than copying them. `published`
    holds the documents of an archive that stand in findings or matches, by name; a
    document that is not in it was given. `about` holds what the sources of the given
    documents tell of them, by name, where they tell anything. `read_texts` yields the
    documents of the given names with their texts as they were scanned, each once and
    in the order of the scan.
    """

    settings: dict[str, object]
    fingerprint: str
    documents: Sequence[DocumentSummary]
    findings: Sequence[Finding]
    matches: Sequence[Match]
    passages: Sequence[Passage]
    skipped: tuple[Problem, ...] = ()
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    truncated: bool = False
    paragraphs: int = 0
    words: int = 0
    duplicated_words: int = 0
    jobs: int = field(default=1, compare=False)
    counted: dict[Relation, int] | None = field(default=None, compare=False)
    published: Mapping[str, Published] = field(default_factory=dict)
    about: Mapping[str, About] = field(default_factory=dict)
    read_texts: ReadTexts | None = field(default=None, compare=False, repr=False)
    failing: int | None = None  # findings that fail; None where all of them do
    baseline: BaselineCounts | None = None
    left_out: LeftOut = field(default=LeftOut(), compare=False)

    @property
    def relations(self) -> dict[Relation, int]:
        """How many findings there are of each relation."""
        if self.counted is not None:
            return self.counted
        counts = dict.fromkeys(RELATIONS, 0)
        for finding in self.findings:
            counts[finding.relation] += 1
        return counts

    @property
    def status(self) -> Status:
        """Error outranks findings, findings outrank clean."""
        if self.errors:
            return "error"
        failing = len(self.findings) if self.failing is None else self.failing
        return "findings" if failing else "clean"
