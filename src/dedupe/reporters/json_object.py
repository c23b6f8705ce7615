"""Write a scan as one JSON object, by the schema that ships beside this module."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, BinaryIO

from dedupe.columns import document_columns, finding_columns
from dedupe.reporters import json_values
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import ScanResult


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the whole report, a document or finding on each line."""
    parts = (
        (partial(_documents, result), len(result.documents)),
        (lambda *_: b'],\n"findings":[', 1),
        (partial(_findings, result), len(result.findings)),
    )
    out.write(_head(result).encode())
    out.writelines(rendered(*parts, jobs=result.jobs))
    out.write(_foot(result).encode())


def _head(result: ScanResult) -> str:
    return (
        f'{{"schema_version":"{json_values.SCHEMA_VERSION}",\n'
        f'"tool":{json_values.tool()},\n'
        f'"status":"{result.status}",\n'
        f'"settings":{json_values.settings(result)},\n'
        f'"documents":['
    )


def _documents(result: ScanResult, start: int, stop: int) -> bytes:
    columns = document_columns(result.documents, start, stop)
    return _lines(start, json_values.documents(columns))


def _findings(result: ScanResult, start: int, stop: int) -> bytes:
    columns = finding_columns(result.findings, start, stop)
    return _lines(start, json_values.findings(columns))


def _foot(result: ScanResult) -> str:
    counts = ",".join(
        f'"{relation}":{count}' for relation, count in result.relations.items()
    )
    published = json_values.published(result)
    published += "\n" if published else ""
    return (
        f'],\n"summary":{{"documents":{len(result.documents)},'
        f'"paragraphs":{result.paragraphs},"words":{result.words},'
        f'"duplicated_words":{result.duplicated_words},'
        f'"findings":{len(result.findings)},"relations":{{{counts}}},'
        f'"skipped":{len(result.skipped)},"errors":{len(result.errors)},'
        f'"warnings":{len(result.warnings)}{json_values.verdict(result)}}},\n'
        f'"skipped":{json_values.problems(result.skipped)},\n'
        f'"errors":{json_values.problems(result.errors)},\n'
        f'"warnings":{json_values.problems(result.warnings)},\n'
        f"{published}"
        f'"truncated":{json_values.flag(result.truncated)}}}\n'
    )


def _lines(start: int, objects: bytes) -> bytes:
    return (b",\n" if start else b"\n") + objects
