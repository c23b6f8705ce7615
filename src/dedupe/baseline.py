"""Accept the findings of an earlier run, by fingerprints and without any text.

A baseline is lines of JSON. The first says by which settings it was made; each other
one accepts a finding, by its id, in a number of places:

    {"baseline":1,"settings":"0f3c…"}
    {"id":"31f0c2…","count":2,"reason":"reprinted","expires":"2027-01-31"}

They are sorted by id, so that changes of two branches seldom meet in one line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal, NamedTuple, TypeAlias

from dedupe.errors import InputError
from dedupe.model import BaselineCounts, Finding, ScanResult, State
from dedupe.settings import Settings

VERSION = 1
_FINGERPRINT = re.compile(r"[0-9a-f]{1,64}")
_MEMBERS = {"id", "count", "reason", "expires"}
_LONGEST_LINE = 10_000  # characters; what is longer is no line of ours

Ending: TypeAlias = Literal["gone", "fewer", "expired"]


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A finding that is accepted."""

    id: str  # of the finding
    count: int  # places in which it may stand
    reason: str = ""
    expires: str = ""  # last day on which it is accepted, as in 2027-01-31


class Stale(NamedTuple):
    """An entry that could be taken out, or accepts more than there is."""

    entry: Entry
    ending: Ending
    found: int  # places in which it stands now


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is accepted, by the id of the finding, and the settings behind the ids."""

    fingerprint: str
    entries: Mapping[str, Entry]


def fingerprint(settings: Settings) -> str:
    """Return a short hash of the settings that decide what is a finding.

    How candidates are sought is none of them: each archive has a seed of its own.
    """
    usual = Settings()
    return replace(
        settings, num_perm=usual.num_perm, bands=usual.bands, seed=usual.seed
    ).fingerprint()


def read_baseline(content: bytes, name: str, wanted: str) -> Baseline:
    """Return the baseline that bytes hold; refuse one of other settings."""
    lines = _lines(content, name)
    head = _object(lines[0], f"{name}:1")
    if head.get("baseline") != VERSION or not isinstance(head.get("settings"), str):
        message = f"{name} is not a baseline of this version of dedupe; make it with"
        raise InputError(f"{message} 'dedupe baseline create'.")
    if head["settings"] != wanted:
        message = (
            f"{name} was made with other settings or by another version "
            f"({head['settings']}, now {wanted}), and its fingerprints mean "
            f"nothing here; make it again with 'dedupe baseline create --force {name} "
            "PATHS' and the options of this run."
        )
        raise InputError(message)
    entries: dict[str, Entry] = {}
    for number, line in enumerate(lines[1:], 2):
        if not line.strip():
            continue
        entry = _entry(_object(line, f"{name}:{number}"), f"{name}:{number}")
        if entry.id in entries:
            message = f"{name}:{number}: {entry.id} is accepted twice; keep one line."
            raise InputError(message)
        entries[entry.id] = entry
    return Baseline(wanted, entries)


def write_baseline(baseline: Baseline) -> bytes:
    """Return the bytes of a baseline.

    >>> print(write_baseline(Baseline("0f", {"a1": Entry("a1", 2)})).decode(), end="")
    {"baseline":1,"settings":"0f"}
    {"id":"a1","count":2}
    """
    lines: list[dict[str, object]] = [
        {"baseline": VERSION, "settings": baseline.fingerprint}
    ]
    lines += (
        {name: held for name, held in asdict(entry).items() if held}
        for entry in sorted(baseline.entries.values())
    )
    written = [
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) for line in lines
    ]
    return "".join(f"{line}\n" for line in written).encode("utf-8", "replace")


def compare(result: ScanResult, baseline: Baseline, today: date) -> ScanResult:
    """Return the findings, each with whether the baseline accepts it."""
    findings = tuple(
        finding._replace(state=_state(finding, baseline, today))
        for finding in result.findings
    )
    known = sum(finding.state == "known" for finding in findings)
    found = {finding.id for finding in findings}
    counts = BaselineCounts(
        new=len(findings) - known,
        known=known,
        fixed=len(baseline.entries.keys() - found),
    )
    failing = sum(finding.fails for finding in findings)
    return replace(result, findings=findings, failing=failing, baseline=counts)


def accept(findings: Iterable[Finding], entry: Entry, old: Baseline) -> Baseline:
    """Return a baseline of just these findings.

    What is known keeps its reason and its day; what is new gets those of `entry`.
    """
    entries = {}
    for finding in findings:
        before = old.entries.get(finding.id, entry)
        kept = before
        if finding.state != "known":
            kept = replace(entry, reason=entry.reason or before.reason)
        count = len(finding.occurrences)
        entries[finding.id] = replace(kept, id=finding.id, count=count)
    return Baseline(old.fingerprint, entries)


def audit(findings: Sequence[Finding], baseline: Baseline, today: date) -> list[Stale]:
    """Return the entries that could be taken out, sorted by id."""
    counts = {finding.id: len(finding.occurrences) for finding in findings}
    stale = []
    for entry in sorted(baseline.entries.values()):
        found = counts.get(entry.id, 0)
        if not found:
            stale.append(Stale(entry, "gone", found))
        elif _has_expired(entry, today):
            stale.append(Stale(entry, "expired", found))
        elif found < entry.count:
            stale.append(Stale(entry, "fewer", found))
    return stale


def require_date(text: str) -> str:
    """Return a date as it is; raise ValueError for what is none.

    >>> require_date("2027-01-31")
    '2027-01-31'
    """
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError(text)
    return text


def _state(finding: Finding, baseline: Baseline, today: date) -> State:
    entry = baseline.entries.get(finding.id)
    if entry is None or len(finding.occurrences) > entry.count:
        return "new"
    return "new" if _has_expired(entry, today) else "known"


def _has_expired(entry: Entry, today: date) -> bool:
    return bool(entry.expires) and entry.expires < today.isoformat()


def _lines(content: bytes, name: str) -> list[str]:
    try:
        return content.decode("utf-8-sig").rstrip().split("\n")
    except UnicodeDecodeError as error:
        message = f"{name} is not a baseline: it is not UTF-8 text."
        raise InputError(message) from error


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        value = json.loads(line) if len(line) < _LONGEST_LINE else None
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict):
        return value
    message = f"{where}: this is no line of a baseline; take it out or make the file"
    raise InputError(f"{message} again with 'dedupe baseline create'.")


def _entry(value: dict[str, Any], where: str) -> Entry:
    unknown = sorted(value.keys() - _MEMBERS)
    if unknown:
        raise InputError(f"{where}: unknown member {unknown[0]!r}.")
    name, count = value.get("id"), value.get("count")
    if not isinstance(name, str) or not _FINGERPRINT.fullmatch(name):
        raise InputError(f"{where}: id must be the id of a finding, not {name!r}.")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise InputError(f"{where}: count must be a whole number, not {count!r}.")
    reason, expires = value.get("reason", ""), value.get("expires", "")
    if not isinstance(reason, str):
        raise InputError(f"{where}: reason must be a string, not {reason!r}.")
    try:
        if expires != "":
            require_date(expires)
    except (TypeError, ValueError) as error:
        message = f"{where}: expires must be a date such as 2027-01-31"
        raise InputError(f"{message}, not {expires!r}.") from error
    return Entry(name, count, reason, expires)
