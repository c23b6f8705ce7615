"""Take paragraphs out of a text so that the rest reads on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from dedupe.arabic import BREAKS, NEWLINE
from dedupe.byte_order import BYTE_ORDER_MARK
from dedupe.edits import Edit
from dedupe.values import dataclass

_BREAKS = frozenset((*BREAKS, NEWLINE))
# One paragraph that goes is not called a block.
_SINGLE = {"repeated-block": "repeated-paragraph"}


class Leaving(NamedTuple):
    """Why a paragraph goes."""

    rule: str
    says: str  # what it does, before the lines of the one that stays: "repeats"
    stays: int | None  # the paragraph in the same document that stays for it


class Departure(NamedTuple):
    """Paragraphs of one document that go for the sake of others."""

    start: int  # code points of the document
    end: int
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the paragraphs of one document stand; spans are code points."""

    text: str
    readable: str  # the same with all that is no prose blanked
    spans: Sequence[tuple[int, int]]
    lines: Sequence[tuple[int, int]]  # first and last of each, counted from 1


class _Unit(NamedTuple):
    """A paragraph, or what stands between two and has no words."""

    start: int
    end: int
    leaving: Leaving | None
    is_paragraph: bool


def removal_edits(layout: Layout, leaving: Mapping[int, Leaving]) -> list[Edit]:
    """Return the edits that take paragraphs out of a document, whole lines each.

    Of the line breaks before and after what goes, those that part more stay.
    """
    if not leaving:
        return []
    units = _units(layout, leaving)
    edits = []
    place = 0
    for goes, held in groupby(units, key=lambda unit: unit.leaving is not None):
        stretch = list(held)
        if goes:
            before = units[place - 1] if place else None
            stop = place + len(stretch)
            after = units[stop] if stop < len(units) else None
            start, end = _cut(layout.text, stretch, before, after)
            rule, reason = _explained(layout, stretch)
            edits.append(Edit(start, end, "", rule, reason))
        place += len(stretch)
    return edits


def _units(layout: Layout, leaving: Mapping[int, Leaving]) -> list[_Unit]:
    """Return all that stands in a document, in order."""
    units = []
    ornaments = _ornaments(layout)
    for row in range(-1, len(layout.spans)):
        goes = leaving.get(row)
        if row >= 0:
            units.append(_Unit(*layout.spans[row], goes, is_paragraph=True))
        if row not in ornaments:
            continue
        start, end = ornaments[row]
        if goes is not None:
            # A line of stars goes with its paragraph where the other has one, too.
            own = layout.text[start:end]
            stays = ornaments.get(-2 if goes.stays is None else goes.stays, (0, 0))
            is_prose = own == layout.readable[start:end]
            goes = goes if is_prose and own == layout.text[slice(*stays)] else None
        units.append(_Unit(start, end, goes, is_paragraph=False))
    return units


def _ornaments(layout: Layout) -> dict[int, tuple[int, int]]:
    """Return what stands after each paragraph, -1 for before the first, and is ink."""
    borders = [(0, 0), *layout.spans, (len(layout.text), len(layout.text))]
    found = {}
    for row, ((_, start), (end, _)) in enumerate(pairwise(borders), -1):
        gap = layout.text[start:end]
        ink = gap.strip().strip(BYTE_ORDER_MARK).strip()
        if ink:
            at = start + gap.index(ink)
            found[row] = (at, at + len(ink))
    return found


def _cut(
    text: str, stretch: Sequence[_Unit], before: _Unit | None, after: _Unit | None
) -> tuple[int, int]:
    """Return the span that takes whole lines and leaves one separator."""
    mark = 1 if text.startswith(BYTE_ORDER_MARK) else 0
    floor = before.end if before else mark
    start = max(stretch[0].start, floor)
    while start > floor and text[start - 1] not in _BREAKS:
        start -= 1
    if after is None:
        if before is None:
            return mark, len(text)
        return _line_end(text, before.end), _line_end(text, stretch[-1].end)
    following = after.start
    while following > stretch[-1].end and text[following - 1] not in _BREAKS:
        following -= 1
    if before is None:
        return start, following
    line_end, stop = _line_end(text, before.end), _line_end(text, stretch[-1].end)
    parts_more_after = _count(text, stop, following) > _count(text, line_end, start)
    return (line_end, stop) if parts_more_after else (start, following)


def _line_end(text: str, place: int) -> int:
    while place < len(text) and text[place] not in _BREAKS:
        place += 1
    return place


def _count(text: str, start: int, end: int) -> int:
    """Return the number of line breaks in a span."""
    gap = text[start:end].replace("\r\n", "\n")
    return sum(character in _BREAKS for character in gap)


def _explained(layout: Layout, stretch: Sequence[_Unit]) -> tuple[str, str]:
    """Return the rule and the reason of one removal."""
    told = [unit.leaving for unit in stretch if unit.leaving and unit.is_paragraph]
    rules = list(dict.fromkeys(leaving.rule for leaving in told))
    if len(told) == 1:
        rules = [_SINGLE.get(rule, rule) for rule in rules]
    reasons = []
    for says in dict.fromkeys(leaving.says for leaving in told):
        rows = {one.stays for one in told if one.says == says and one.stays is not None}
        lines = named_lines([(row, *layout.lines[row]) for row in sorted(rows)])
        reasons.append(f"{says} {lines}" if rows else says)
    return "+".join(rules), "; ".join(reasons)


def named_lines(paragraphs: Sequence[tuple[int, int, int]]) -> str:
    """Return how a reader calls the lines of some paragraphs.

    Each is given by its number and by its first and last line.

    >>> named_lines([(1, 2, 2), (2, 4, 5), (7, 13, 13)])
    'lines 2–5 and 13'
    """
    runs: list[tuple[int, int]] = []
    before = None
    for number, first, last in paragraphs:
        if before is not None and number == before + 1:
            runs[-1] = runs[-1][0], last
        else:
            runs.append((first, last))
        before = number
    names = [str(first) if first == last else f"{first}–{last}" for first, last in runs]
    single = len(runs) == 1 and runs[0][0] == runs[0][1]
    listed = (
        " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    )
    return f"{'line' if single else 'lines'} {listed}"
