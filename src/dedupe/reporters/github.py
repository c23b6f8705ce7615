"""Write the gravest findings as annotations of GitHub Actions.

A step may have ten annotations of a kind; what is more is counted in a last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.copies import (
    NamePlace,
    Severity,
    copies,
    documents_that_are_files,
    gravest,
    plainly,
    sentences,
    severity,
    show_place,
)
from dedupe.reporters.neutralizer import disarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedupe.model import Finding, Problem, ScanResult

MAX_ANNOTATIONS = 10

_COMMANDS: dict[Severity, str] = {
    "error": "error",
    "warning": "warning",
    "note": "notice",
}


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write what could not be read, then the findings, and how many are left."""
    lines = [_unreadable(problem) for problem in result.errors[:MAX_ANNOTATIONS]]
    findings = gravest(result.findings, MAX_ANNOTATIONS - len(lines))
    is_file = documents_that_are_files(result)
    name = plainly(result)
    lines += [_finding(finding, result, name, is_file) for finding in findings]
    more = len(result.findings) + len(result.errors) - len(lines)
    if more or result.truncated:
        lines.append(_rest(more, truncated=result.truncated))
    out.write("".join(lines).encode())


def _finding(
    finding: Finding,
    result: ScanResult,
    name: NamePlace,
    is_file: Callable[[str], bool],
) -> str:
    copy, *_ = copies(finding, result.published)
    place = copy.place
    said = sentences(finding, copy, name)
    properties = {}
    if is_file(place.document):
        first, last = place.lines
        properties = {"file": disarm(place.document), "line": str(first)}
        properties["endLine"] = str(last)
        # Columns are shown within one line alone.
        if first == last and place.columns[0]:
            properties["col"] = str(place.columns[0])
            properties["endColumn"] = str(place.columns[1])
    else:
        said = f"{show_place(place)}: {said}"
    properties["title"] = finding.rule
    return _command(_COMMANDS[severity(finding)], said, properties)


def _unreadable(problem: Problem) -> str:
    said = f"{disarm(problem.path)}: {disarm(problem.reason)}"
    return _command("error", said, {"title": "cannot read"})


def _rest(more: int, *, truncated: bool) -> str:
    said = []
    if more:
        said.append(f"{more:,} more that are not shown here; see the full report.")
    if truncated:
        said.append("The findings are not complete: a limit was reached.")
    return _command("notice", " ".join(said), {"title": "dedupe"})


def _command(name: str, text: str, properties: dict[str, str]) -> str:
    """Return a workflow command; neither part can end it or begin another."""
    listed = ",".join(
        f"{key}={_escape(value).replace(':', '%3A').replace(',', '%2C')}"
        for key, value in properties.items()
    )
    return f"::{name} {listed}::{_escape(text)}\n"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
