"""Write findings for the code quality widget of GitLab: a JSON array, no byte mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.copies import (
    Copy,
    NamePlace,
    Severity,
    copies,
    fingerprint,
    plainly,
    sentences,
    severity,
)
from dedupe.reporters.json_values import string
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Finding, ScanResult

_SEVERITY: dict[Severity, str] = {"error": "major", "warning": "minor", "note": "info"}


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write an entry a copy; fingerprints are unique, as equal ones are merged."""
    name = plainly(result)

    def render(start: int, stop: int) -> bytes:
        entries = [
            _entry(finding, copy, name)
            for finding in result.findings[start:stop]
            for copy in copies(finding, result.published)
        ]
        return (",\n" if start else "\n").encode() + ",\n".join(entries).encode()

    out.write(b"[")
    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))
    out.write(b"\n]\n")


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
