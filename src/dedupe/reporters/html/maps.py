"""Draw documents as strips, with lines from each repeated text to where else it stands.

Everything is drawn in a box of 1000 by 100 a row, which the page stretches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from dedupe.model import DocumentSummary, Finding, Occurrence, ScanResult

Category: TypeAlias = Literal["boilerplate", "inside", "elsewhere"]

# Of a document: its category, where it begins and ends, the id of its finding.
Stretch: TypeAlias = tuple[Category, int, int, str]

MOST_ROWS = 16
MOST_LINES = 150
MOST_PARTNERS = 3  # documents that one of the largest share brings along
WIDTH, HEIGHT = 1000.0, 100.0  # of a row
STRIP_TOP, STRIP_BOTTOM = 34.0, 66.0  # in its row
THINNEST = 2.0  # of what is marked in a strip
# Of several that stand at one place, the later is drawn.
CATEGORIES: tuple[Category, ...] = ("boilerplate", "inside", "elsewhere")


class Mark(NamedTuple):
    """A stretch of a strip that stands elsewhere too."""

    category: Category
    x: float
    width: float
    finding: str  # its id


class Line(NamedTuple):
    """A band from one stretch of text to another, as a path."""

    path: str
    finding: str  # its id


class Strip(NamedTuple):
    """A document as a picture."""

    document: str
    top: float
    width: float
    marks: list[Mark]
    shares: dict[str, float]  # of its characters, by category


class Map(NamedTuple):
    """The documents as a picture."""

    strips: list[Strip]
    lines: list[Line]
    all_lines: int  # there would be, had they all been drawn
    height: float


@dataclass(slots=True)
class Meeting:
    """What the findings say of each document."""

    findings: Counter[str] = field(default_factory=Counter)
    partners: dict[str, Counter[str]] = field(default_factory=dict)  # words shared


def meet(result: ScanResult) -> Meeting:
    """Return how many findings each document has, and with whom it shares words."""
    met = Meeting()
    for finding in result.findings:
        names = list(dict.fromkeys(place.document for place in finding.occurrences))
        met.findings.update(names)
        if finding.rule == "boilerplate":
            continue
        # A star, not a clique: a text of a thousand places stays a list.
        first = names[0]
        for name in names[1:]:
            met.partners.setdefault(first, Counter())[name] += finding.words
            met.partners.setdefault(name, Counter())[first] += finding.words
    return met


def ranked(result: ScanResult) -> list[DocumentSummary]:
    """Return all documents, those of the largest share first."""

    def order(document: DocumentSummary) -> tuple[float, int]:
        share = document.duplicated_words / max(document.words, 1)
        return -share, -document.duplicated_words

    return sorted(result.documents, key=order)


def choose(ranking: Sequence[DocumentSummary], met: Meeting) -> list[str]:
    """Return the documents of the picture, each next to those that it shares with."""
    chosen: dict[str, None] = {}

    def take(name: str, depth: int) -> None:
        if name in chosen or len(chosen) == MOST_ROWS:
            return
        chosen[name] = None
        partners = met.partners.get(name, Counter())
        new = [other for other in partners if other not in chosen]
        few = sorted(new, key=lambda other: (-partners[other], other))
        for other in few[:MOST_PARTNERS] if depth else ():
            take(other, depth - 1)

    for document in ranking:
        take(document.document, 2)
        if len(chosen) == MOST_ROWS:
            break
    return list(chosen)


def draw(result: ScanResult, chosen: Sequence[str], lengths: Mapping[str, int]) -> Map:
    """Return the picture of some documents; `lengths` are in characters."""
    rows = {name: row for row, name in enumerate(chosen)}
    stretches = _stretches(result, chosen)
    sizes = {name: _size(name, lengths, stretches) for name in chosen}
    scale = WIDTH / max([1, *sizes.values()])
    strips = [
        _strip(name, row, sizes[name], scale, stretches[name])
        for name, row in rows.items()
    ]
    ties: list[tuple[int, str, Occurrence, Occurrence]] = []
    for finding in result.findings:
        if finding.rule == "boilerplate":
            continue
        places = [place for place in finding.occurrences if place.document in rows]
        ties += ((finding.words, finding.id, places[0], place) for place in places[1:])
    ties.sort(key=lambda tie: -tie[0])  # those that are equal keep their order
    lines = [
        Line(_band(one, other, rows, scale), name)
        for _, name, one, other in ties[:MOST_LINES]
    ]
    return Map(strips, lines, len(ties), len(chosen) * HEIGHT)


def draw_alone(
    result: ScanResult, names: Sequence[str], lengths: Mapping[str, int]
) -> dict[str, Strip]:
    """Return a strip of each document, as wide as the box whatever its length."""
    stretches = _stretches(result, names)
    strips = {}
    for name in names:
        size = _size(name, lengths, stretches)
        strips[name] = _strip(name, 0, size, WIDTH / max(size, 1), stretches[name])
    return strips


def _stretches(result: ScanResult, names: Sequence[str]) -> dict[str, list[Stretch]]:
    """Return what of some documents is repeated."""
    found: dict[str, list[Stretch]] = {name: [] for name in names}
    for finding in result.findings:
        category = _category(finding)
        for place in finding.occurrences:
            if place.document in found:
                found[place.document] += (
                    (category, start, end, finding.id)
                    for start, end in _spans(finding, place)
                )
    return found


def _size(
    name: str,
    lengths: Mapping[str, int],
    stretches: Mapping[str, Sequence[Stretch]],
) -> int:
    """Return the length of a document, as far as it is known."""
    return max([lengths.get(name, 0), *(end for _, _, end, _ in stretches[name])])


def _category(finding: Finding) -> Category:
    if finding.rule == "boilerplate":
        return "boilerplate"
    documents = {place.document for place in finding.occurrences}
    return "inside" if len(documents) == 1 else "elsewhere"


def _spans(finding: Finding, place: Occurrence) -> list[tuple[int, int]]:
    """Return where a place is repeated: a copy as a whole, else what agrees."""
    if finding.relation in ("contained", "overlap") and place.passages:
        return [(span[0], span[1]) for span in place.passages]
    return [(place.span[0], place.span[1])]


def _strip(
    name: str,
    row: int,
    size: int,
    scale: float,
    stretches: Sequence[Stretch],
) -> Strip:
    marks = [
        Mark(
            category,
            round(start * scale, 2),
            round(max((end - start) * scale, THINNEST), 2),
            found,
        )
        for category, start, end, found in sorted(
            stretches, key=lambda one: (CATEGORIES.index(one[0]), one[1], one[3])
        )
    ]
    return Strip(
        name,
        row * HEIGHT,
        round(max(size * scale, THINNEST), 2),
        marks,
        _shares(size, stretches),
    )


def _shares(size: int, stretches: Sequence[Stretch]) -> dict[str, float]:
    """Return the share of a document that each category has, each character once."""
    kinds = bytearray(size)
    for number, category in enumerate(CATEGORIES, 1):
        for kind, start, end, _ in stretches:
            if kind == category:
                kinds[start:end] = bytes([number]) * (end - start)
    shares: dict[str, float] = {
        category: kinds.count(number) / max(size, 1)
        for number, category in enumerate(CATEGORIES, 1)
    }
    return {"unique": kinds.count(0) / max(size, 1)} | shares


def _band(
    one: Occurrence, other: Occurrence, rows: Mapping[str, int], scale: float
) -> str:
    """Return a band between two strips, or a bow from a strip back to itself."""
    upper, lower = sorted(
        (one, other), key=lambda place: (rows[place.document], place.span)
    )
    row, last = rows[upper.document], rows[lower.document]
    a, b = _edges(upper, scale)
    c, d = _edges(lower, scale)
    y = row * HEIGHT + STRIP_BOTTOM
    if row == last:
        outer, inner = y + 30, y + 16
        return (
            f"M{a:.1f} {y:.0f}C{a:.1f} {outer:.0f} {d:.1f} {outer:.0f} {d:.1f} {y:.0f}"
            f"H{c:.1f}C{c:.1f} {inner:.0f} {b:.1f} {inner:.0f} {b:.1f} {y:.0f}Z"
        )
    end = last * HEIGHT + STRIP_TOP
    bend = (y + end) / 2
    return (
        f"M{a:.1f} {y:.0f}C{a:.1f} {bend:.0f} {c:.1f} {bend:.0f} {c:.1f} {end:.0f}"
        f"H{d:.1f}C{d:.1f} {bend:.0f} {b:.1f} {bend:.0f} {b:.1f} {y:.0f}Z"
    )


def _edges(place: Occurrence, scale: float) -> tuple[float, float]:
    start, end = place.span[0] * scale, place.span[1] * scale
    return start, max(end, start + THINNEST)
