"""Tell which places of a finding are copies, of what, how grave that is, in words."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from dedupe.reporters.neutralizer import disarm, show_name
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from dedupe.model import Finding, Occurrence, Published, Relation, ScanResult

Severity: TypeAlias = Literal["error", "warning", "note"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
_SEVERITY: dict[Relation, Severity] = {
    "identical": "error",
    "orthographic": "error",
    "edited": "warning",
    "contained": "warning",
    "overlap": "note",
}

MAX_NAMED = 10  # places that one message names
MAX_RELATED = 100  # places given with one copy; what GitHub shows

# What one line does, and what several lines do.
_VERBS: dict[Relation, tuple[str, str]] = {
    "identical": ("repeats", "repeat"),
    "orthographic": ("repeats in other spelling", "repeat in other spelling"),
    "edited": ("is an edited copy of", "are an edited copy of"),
    "contained": ("largely agrees with", "largely agree with"),
    "overlap": ("shares words with", "share words with"),
}

NamePlace: TypeAlias = Callable[[int, "Occurrence"], str]


class Copy(NamedTuple):
    """A place of a finding at which something can be done about it."""

    place: Occurrence
    number: int  # among the places of this finding in the same document, from 1
    others: tuple[Occurrence, ...]  # what was there before comes first
    more: int  # places that are not in `others`


def copies(finding: Finding, published: Collection[str] = ()) -> list[Copy]:
    """Return the places that are not published, or else all after the first.

    The first copy has up to MAX_RELATED other places. The rest have the first alone
    when there are many, so that a flood of copies stays a list.
    """
    places = finding.occurrences
    if len(places) == 2 and not published:  # noqa: PLR2004 - nearly all are pairs
        before, after = places
        number = 2 if before.document == after.document else 1
        return [Copy(after, number, (before,), 0)]
    before_it = [place for place in places if place.document in published]
    fresh = [place for place in places if place.document not in published]
    if not before_it or not fresh:
        before_it, fresh = [places[0]], list(places[1:])
    ordered = [*before_it, *fresh][: MAX_RELATED + 1]
    met = Counter(place.document for place in before_it)
    found = []
    for row, place in enumerate(fresh):
        met[place.document] += 1
        if row and len(places) > MAX_NAMED + 1:
            others = tuple(ordered[:1])
        else:
            others = tuple(other for other in ordered if other is not place)
            others = others[:MAX_RELATED]
        more = len(places) - 1 - len(others)
        found.append(Copy(place, met[place.document], others, more))
    return found


def severity(finding: Finding) -> Severity:
    """Return how grave a finding is: what may pass and what many share is no fault."""
    if not finding.fails or finding.rule == "boilerplate":
        return "note"
    return _SEVERITY[finding.relation]


def gravest(findings: Iterable[Finding], most: int) -> list[Finding]:
    """Return up to so many findings, the gravest first, otherwise in their order."""
    held: dict[Severity, list[Finding]] = {name: [] for name in SEVERITIES}
    for finding in findings:
        kind = held[severity(finding)]
        if len(kind) < most:
            kind.append(finding)
            if kind is held["error"] and len(kind) == most:
                break
    return [finding for kind in held.values() for finding in kind][:most]


def fingerprint(finding: Finding, copy: Copy) -> str:
    """Return what names this copy in the next run too, and no other in this one."""
    return hashed(finding.id, str(copy.number), copy.place.document)


def hashed(*parts: str) -> str:
    """Return a short hash of some texts in their order."""
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def documents_that_are_files(result: ScanResult) -> Callable[[str], bool]:
    """Return a function that tells by its name whether a document is a file."""
    others = {item.document for item in result.documents if not item.is_file}
    others.update(result.published)
    return lambda document: document not in others


def sentences(finding: Finding, copy: Copy, name: NamePlace) -> str:
    """Return in words what the copy repeats.

    `name` gives the words for the place of that number, from 1, among the others.
    """
    first, last = copy.place.lines
    verb = _VERBS[finding.relation][first != last]
    words = counted(finding.words, "word")
    named = [name(number, place) for number, place in enumerate(_named(copy), 1)]
    said = (
        f"{_capital_lines(first, last)} {verb} {named[0]} "
        f"({finding.relation}, {words}, {similarity(finding)})."
    )
    if not finding.fails:
        said += " It may pass."
    if len(copy.others) + copy.more == 1:
        return said
    return f"{said} Also in {_listed(named[1:], copy)}."


def plainly(result: ScanResult) -> NamePlace:
    """Return how to name a place in plain text, as path:line, with its date if any."""
    published = result.published
    if not published:
        return lambda _, place: show_place(place)

    def name(_number: int, place: Occurrence) -> str:
        known = published.get(place.document)
        about = f" ({describe(known)})" if known else ""
        return show_place(place) + about

    return name


def describe(known: Published) -> str:
    """Return when, where, by whom and as what a document was published."""
    parts = [known.date, known.outlet, known.author, known.title, known.url]
    told = ", ".join(disarm(part) for part in parts if part)
    return f"published: {told}" if told else "published"


def show_place(place: Occurrence) -> str:
    """Return a place as path:line or path:line-line."""
    first, last = place.lines
    lines = f"{first}" if first == last else f"{first}-{last}"
    return f"{shown(place.document)}:{lines}"


@lru_cache(maxsize=1 << 14)
def shown(document: str) -> str:
    """Return the name of a document, safe in a log."""
    return disarm(show_name(document))


def show_lines(first: int, last: int) -> str:
    """Return lines in words.

    >>> show_lines(4, 4), show_lines(2, 11)
    ('line 4', 'lines 2-11')
    """
    return f"line {first}" if first == last else f"lines {first}-{last}"


def similarity(finding: Finding) -> str:
    """Return how much is shared, in words; only what is equal is 100%."""
    of_shorter = finding.relation in ("contained", "overlap")
    ratio = finding.share if of_shorter else finding.jaccard
    return f"{int(ratio * 100 + 1e-9)}% {'of the shorter' if of_shorter else 'alike'}"


def _capital_lines(first: int, last: int) -> str:
    return f"Line {first}" if first == last else f"Lines {first}-{last}"


def _named(copy: Copy) -> tuple[Occurrence, ...]:
    return copy.others[:MAX_NAMED]


def _listed(named: list[str], copy: Copy) -> str:
    more = len(copy.others) + copy.more - 1 - len(named)
    rest = f"{more:,} more {'place' if more == 1 else 'places'}"
    if not named:
        return rest
    return ", ".join(named) + (f" and {rest}" if more else "")
