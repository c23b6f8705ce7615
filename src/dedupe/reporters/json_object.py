"""Write a scan as one JSON object, by the schema that ships beside this module."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters import json_values
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe.model import ScanResult


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the whole report, a document or finding on each line."""
    out.write(_head(result).encode())
    _write_documents(result, out)
    _write_findings(result, out)
    out.write(_foot(result).encode())


def _head(result: ScanResult) -> str:
    return (
        f'{{"schema_version":"{json_values.SCHEMA_VERSION}",\n'
        f'"tool":{json_values.tool()},\n'
        f'"status":"{result.status}",\n'
        f'"settings":{json_values.settings(result)},\n'
        f'"documents":['
    )


def _write_documents(result: ScanResult, out: BinaryIO) -> None:
    def render(start: int, stop: int) -> bytes:
        documents = map(json_values.document, result.documents[start:stop])
        return _lines(start, documents)

    out.writelines(rendered(render, len(result.documents), result.jobs))
    out.write(b"],\n")


def _write_findings(result: ScanResult, out: BinaryIO) -> None:
    def render(start: int, stop: int) -> bytes:
        findings = (
            f"{{{json_values.finding(finding)}}}"
            for finding in result.findings[start:stop]
        )
        return _lines(start, findings)

    out.write(b'"findings":[')
    out.writelines(rendered(render, len(result.findings), result.jobs))
    out.write(b"],\n")


def _foot(result: ScanResult) -> str:
    counts = ",".join(
        f'"{relation}":{count}' for relation, count in result.relations.items()
    )
    return (
        f'"summary":{{"documents":{len(result.documents)},'
        f'"paragraphs":{result.paragraphs},"words":{result.words},'
        f'"duplicated_words":{result.duplicated_words},'
        f'"findings":{len(result.findings)},"relations":{{{counts}}},'
        f'"skipped":{len(result.skipped)},"errors":{len(result.errors)},'
        f'"warnings":{len(result.warnings)}}},\n'
        f'"skipped":{json_values.problems(result.skipped)},\n'
        f'"errors":{json_values.problems(result.errors)},\n'
        f'"warnings":{json_values.problems(result.warnings)},\n'
        f'"truncated":{json_values.flag(result.truncated)}}}\n'
    )


def _lines(start: int, objects: Iterable[str]) -> bytes:
    before = ",\n" if start else "\n"
    return (before + ",\n".join(objects)).encode()
