"""Write a scan as JSON Lines: a header, then a finding a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.columns import finding_columns
from dedupe.reporters import json_values
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import ScanResult


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the header and the findings; `kind` says which of them a line is."""

    def render(start: int, stop: int) -> bytes:
        columns = finding_columns(result.findings, start, stop)
        return json_values.findings(columns, b"\n", b'{"kind":"finding",') + b"\n"

    out.write(_header(result).encode())
    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))


def _header(result: ScanResult) -> str:
    return (
        f'{{"kind":"scan","schema_version":"{json_values.SCHEMA_VERSION}",'
        f'"tool":{json_values.tool()},"status":"{result.status}",'
        f'"settings":{json_values.settings(result)},'
        f'"documents":{len(result.documents)},"paragraphs":{result.paragraphs},'
        f'"words":{result.words},"duplicated_words":{result.duplicated_words},'
        f'"findings":{len(result.findings)}{json_values.verdict(result)},'
        f'"skipped":{json_values.problems(result.skipped)},'
        f'"errors":{json_values.problems(result.errors)},'
        f'"warnings":{json_values.problems(result.warnings)},'
        f"{json_values.published(result)}"
        f'"truncated":{json_values.flag(result.truncated)}}}\n'
    )
