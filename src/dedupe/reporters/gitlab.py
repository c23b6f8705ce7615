"""Write findings for the code quality widget of GitLab: a JSON array, no byte mark.

Fingerprints are unique in a report, since equal ones are merged into one entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.copies import (
    Copy,
    NamePlace,
    Severity,
    copies,
    fingerprint,
    hashed,
    plainly,
    sentences,
    severity,
)
from dedupe.reporters.json_values import string
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Finding, Problem, ScanResult

_SEVERITY: dict[Severity, str] = {"error": "major", "warning": "minor", "note": "info"}


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write an entry for each input that could not be read and for each copy."""
    name = plainly(result)
    errors = [_unreadable(problem) for problem in result.errors]

    def render(start: int, stop: int) -> bytes:
        entries = [
            _entry(finding, copy, name)
            for finding in result.findings[start:stop]
            for copy in copies(finding, result.published)
        ]
        return (",\n" if start or errors else "\n").encode() + _joined(entries)

    out.write(b"[\n" + _joined(errors) if errors else b"[")
    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))
    out.write(b"\n]\n")


def _joined(entries: list[str]) -> bytes:
    return ",\n".join(entries).encode()


def _unreadable(problem: Problem) -> str:
    return (
        f'{{"description":{string(disarm(f"Cannot read: {problem.reason}"))},'
        f'"check_name":"unreadable",'
        f'"fingerprint":"{hashed("unreadable", problem.path, problem.reason)}",'
        f'"severity":"critical",'
        f'"location":{{"path":{string(disarm(problem.path))},"lines":{{"begin":1}}}}}}'
    )


def _entry(finding: Finding, copy: Copy, name: NamePlace) -> str:
    place = copy.place
    return (
        f'{{"description":{string(sentences(finding, copy, name))},'
        f'"check_name":"{finding.rule}",'
        f'"fingerprint":"{fingerprint(finding, copy)}",'
        f'"severity":"{_SEVERITY[severity(finding)]}",'
        f'"location":{{"path":{string(disarm(place.document))},'
        f'"lines":{{"begin":{place.lines[0]},"end":{place.lines[1]}}}}}}}'
    )
