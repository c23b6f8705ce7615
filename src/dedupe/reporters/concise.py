"""Write a finding a line, for grep and for editors that open path:line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.neutralizer import show_name
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Finding, Occurrence, ScanResult

MAX_PLACES = 10  # the rest is counted; the JSON report has them all


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write where each finding stands, what it is, and where else it stands."""

    def render(start: int, stop: int) -> bytes:
        lines = [_line(finding) for finding in result.findings[start:stop]]
        return "".join(lines).encode()

    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))


def _line(finding: Finding) -> str:
    here, *others = finding.occurrences
    elsewhere = ", ".join([_place(other) for other in others[:MAX_PLACES]])
    more = len(others) - MAX_PLACES
    ending = f" and {more} more" if more > 0 else ""
    return (
        f"{_place(here)}: {finding.rule} {finding.relation} words={finding.words} "
        f"jaccard={finding.jaccard:.3f} containment={finding.containment:.3f} "
        f"-> {elsewhere}{ending}{_verdict(finding)}\n"
    )


def _verdict(finding: Finding) -> str:
    """Return what a check or a baseline says of the finding."""
    state = f" {finding.state}" if finding.state else ""
    return f"{state} allowed={show_name(finding.allowed)}" if finding.allowed else state


def _place(place: Occurrence) -> str:
    first, last = place.lines
    return f"{show_name(place.document)}:{first}-{last}"
