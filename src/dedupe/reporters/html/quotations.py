"""Cut the texts of findings, with a few words around them, out of their documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from dedupe.model import About, Finding, Occurrence, Published, ScanResult

MOST_QUOTED = 12  # places of a finding whose text is read; the others are named
LONGEST = 20_000  # characters of one place
SHORTEST = 400  # of one place, where there are very many
MOST_CHARACTERS = 12_000_000  # of all places
CONTEXT = 100  # characters before and after

# A date by which documents can be ordered; other forms are shown as they are.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_UNKNOWN_DAY = "~"  # sorts after every date


class Quotation(NamedTuple):
    """One place of a finding with its text."""

    place: Occurrence
    text: str
    before: str = ""  # of the same line
    after: str = ""
    missing: int = 0  # characters at the end that are left out


class Quoted(NamedTuple):
    """A finding with its places, those that were published first before the others."""

    finding: Finding
    quotations: tuple[Quotation, ...]  # of the first places
    others: tuple[Occurrence, ...]


def quote(
    result: ScanResult, findings: Sequence[Finding], measured: Iterable[str]
) -> tuple[list[Quoted], dict[str, int]]:
    """Return the findings with their texts, and how long some documents are.

    Where the texts are not at hand, the excerpts of the findings are all there is to
    show.
    """
    places = [_ordered(finding, result) for finding in findings]
    chosen = [some[:MOST_QUOTED] for some in places]
    count = sum(map(len, chosen)) or 1
    longest = min(LONGEST, max(SHORTEST, MOST_CHARACTERS // count))
    lengths = dict.fromkeys(measured, 0)
    wanted: dict[str, set[Occurrence]] = {name: set() for name in lengths}
    for some in chosen:
        for place in some:
            wanted.setdefault(place.document, set()).add(place)
    cut: dict[Occurrence, Quotation] = {}
    for name, text in result.read_texts(wanted) if result.read_texts else ():
        if name in lengths:
            lengths[name] = len(text)
        cut |= {place: _cut(text, place, longest) for place in wanted[name]}
    quoted = [
        Quoted(
            finding,
            tuple(cut.get(place) or _excerpt(place) for place in some),
            tuple(every[MOST_QUOTED:]),
        )
        for finding, some, every in zip(findings, chosen, places, strict=True)
    ]
    return quoted, lengths


def told_of(result: ScanResult, name: str) -> About | Published | None:
    """Return what is known of a document: of when it was published, or by its source.

    >>> from dedupe.model import About, ScanResult
    >>> result = ScanResult({}, "", [], [], [], [], about={"a": About("خبر")})
    >>> told_of(result, "a").title, told_of(result, "b")
    ('خبر', None)
    """
    return result.published.get(name) or result.about.get(name)


def day_of(result: ScanResult, name: str) -> str:
    """Return the date of a document as text that sorts, or nothing."""
    told = told_of(result, name)
    return told.date if told and _DAY.match(told.date) else ""


def _ordered(finding: Finding, result: ScanResult) -> list[Occurrence]:
    """Return the places in the order in which they were published.

    What stands in the archive without a date comes before what came in without one.
    """
    if not result.published and not result.about:
        return list(finding.occurrences)

    def order(place: Occurrence) -> tuple[str, bool]:
        name = place.document
        return day_of(result, name) or _UNKNOWN_DAY, name not in result.published

    return sorted(finding.occurrences, key=order)


def _excerpt(place: Occurrence) -> Quotation:
    size = place.span[1] - place.span[0]
    missing = max(size - len(place.excerpt), 0)
    return Quotation(place, place.excerpt, missing=missing)


def _cut(text: str, place: Occurrence, longest: int) -> Quotation:
    start, end = place.span
    stop = end if end - start <= longest else _word_end(text, start + longest)
    return Quotation(
        place,
        text[start:stop],
        _before(text, start),
        _after(text, end) if stop == end else "",
        end - stop,
    )


def _word_end(text: str, position: int) -> int:
    """Return where the word at a position begins, or the position if it is long."""
    space = max(text.rfind(" ", 0, position), text.rfind("\n", 0, position))
    return space if space > position - CONTEXT else position


def _before(text: str, start: int) -> str:
    line = text.rfind("\n", 0, start) + 1
    first = max(line, start - CONTEXT)
    if first > line:
        space = text.find(" ", first, start)
        first = space + 1 if space >= 0 else start
    return text[first:start]


def _after(text: str, end: int) -> str:
    line = text.find("\n", end)
    line = len(text) if line < 0 else line
    last = min(line, end + CONTEXT)
    if last < line:
        space = text.rfind(" ", end, last)
        last = space if space >= 0 else end
    return text[end:last]
