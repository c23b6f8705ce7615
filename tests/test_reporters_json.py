from __future__ import annotations

import io
import json
import time
from dataclasses import asdict, replace
from importlib import resources
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.model import (
    BaselineCounts,
    DocumentSummary,
    Finding,
    Match,
    Occurrence,
    Passage,
    PassageSide,
    Problem,
    Published,
    ScanResult,
    Side,
    Span,
)
from dedupe.reporters import REPORTERS
from dedupe.reporters.json_values import string
from dedupe.reporters.neutralizer import neutralize
from dedupe.reporters.slices import PARALLEL_FROM, SLICE
from dedupe.settings import Settings

TEXT = 'قال «مصدر» إن "الاتفاق" \\ وقع\nفي\tالمنامة'
ODD = "\x1b\x07\x9b\x7f\N{RIGHT-TO-LEFT OVERRIDE}\N{LINE SEPARATOR}\udcff😀"


def occurrence(document: str, line: int, excerpt: str = TEXT) -> Occurrence:
    span = Span(10 * line, 10 * line + len(excerpt))
    return Occurrence(document, (line, line + 1), (line, line), span, (span,), excerpt)


def finding(number: int = 0, excerpt: str = TEXT) -> Finding:
    places = tuple(occurrence(f"{place}.txt", 3, excerpt) for place in range(3))
    return Finding(
        f"{number:016x}", "near-duplicate", "edited", 2 / 3, 0.9, 12, 0.75, places
    )


def result(*findings: Finding, jobs: int = 1) -> ScanResult:
    settings = Settings()
    return ScanResult(
        asdict(settings),
        settings.fingerprint(),
        [DocumentSummary("0.txt", "utf-8", 9, 120, 30)],
        findings,
        [Match(Side("a", 0, 0, 9), Side("b", 4, 70, 80), "edited", 2 / 3, 0.9, 12)],
        [Passage(PassageSide("a", 0, 9), PassageSide("b", 70, 80), 12, 0.75)],
        paragraphs=9,
        words=120,
        duplicated_words=30,
        jobs=jobs,
    )


def written(format: str, scanned: ScanResult) -> bytes:  # noqa: A002
    out = io.BytesIO()
    REPORTERS[format](scanned, out)
    return out.getvalue()


def schema() -> dict[str, Any]:
    text = (resources.files("dedupe.reporters") / "report.schema.json").read_text(
        encoding="utf-8"
    )
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def failed(scanned: ScanResult) -> ScanResult:
    return replace(
        scanned,
        skipped=(Problem("big.txt", "larger than 2G"),),
        errors=(Problem(f"bad{ODD}.txt", f"not text {ODD}"),),
        warnings=(Problem("a.txt", "one byte replaced"),),
        truncated=True,
    )


@pytest.mark.parametrize(
    "scanned",
    [result(), result(finding(), finding(1, ODD)), failed(result(finding()))],
    ids=["clean", "findings", "error"],
)
def test_the_report_is_valid_by_the_schema_that_ships(scanned: ScanResult) -> None:
    report = json.loads(written("json", scanned))
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report["status"] == scanned.status


def test_the_schema_names_every_member_in_the_order_of_the_report() -> None:
    judged = replace(
        result(finding()._replace(state="new", allowed="quotation")),
        failing=0,
        baseline=BaselineCounts(1, 0, 0),
        published={"1.txt": Published("1.txt", ODD, "2026-01-31")},
    )
    report = json.loads(written("json", judged))
    definitions = schema()
    jsonschema.Draft202012Validator(definitions).validate(report)
    assert list(report["published"][0]) == list(
        definitions["$defs"]["published"]["properties"]
    )
    assert list(report["summary"]) == list(
        definitions["properties"]["summary"]["properties"]
    )
    assert list(report) == list(definitions["properties"])
    assert list(report["settings"]) == list(
        definitions["properties"]["settings"]["properties"]
    )
    assert list(report["findings"][0]) == list(
        definitions["$defs"]["finding"]["properties"]
    )


@pytest.mark.parametrize("excerpt", [TEXT, ODD, ""], ids=["text", "odd", "empty"])
def test_a_finding_comes_back_as_it_was(excerpt: str) -> None:
    original = finding(7, excerpt)
    report = json.loads(written("json", result(original)))
    (back,) = report["findings"]
    assert back["jaccard"] == pytest.approx(original.jaccard, abs=1e-6)
    back["jaccard"] = original.jaccard
    occurrences = [place._asdict() for place in original.occurrences]
    for place in occurrences:
        del place["columns"]  # spans say the same
    expected = {**original._asdict(), "occurrences": occurrences}
    del expected["state"], expected["allowed"]
    assert back == json.loads(json.dumps(expected))


def test_arabic_is_written_as_itself_and_the_unsafe_escaped() -> None:
    text = written("json", result(finding(0, f"قال {ODD}"))).decode()
    line = next(line for line in text.splitlines() if "قال" in line)
    assert r"قال \u001b\u0007\u009b\u007f\u202e\u2028\udcff😀" in line


def test_the_summary_counts_relations_and_no_quotations_of_them() -> None:
    quoting = finding(0, '"relation":"overlap"')
    report = json.loads(written("json", result(quoting, finding())))
    assert report["summary"]["relations"] == {
        "identical": 0,
        "orthographic": 0,
        "edited": 2,
        "contained": 0,
        "overlap": 0,
    }


@pytest.mark.parametrize("count", [0, 1, SLICE, SLICE + 1, PARALLEL_FROM + 3])
@pytest.mark.parametrize("format", REPORTERS)
def test_a_report_does_not_depend_on_the_number_of_jobs(
    count: int,
    format: str,  # noqa: A002
) -> None:
    findings = [finding(number) for number in range(count)]
    alone = written(format, result(*findings))
    together = written(format, result(*findings, jobs=3))
    assert alone == together
    if format == "json":
        assert [item["id"] for item in json.loads(alone)["findings"]] == [
            item.id for item in findings
        ]


def test_json_lines_begin_with_a_header_and_name_the_kind_of_each_line() -> None:
    text = written("jsonl", failed(result(finding(), finding(1))))
    header, *findings = map(json.loads, text.splitlines())
    assert header["kind"] == "scan"
    assert header["findings"] == 2
    assert header["status"] == "error"
    assert header["errors"][0]["reason"] == f"not text {ODD}"
    whole = json.loads(written("json", result(finding(), finding(1))))
    expected = [{"kind": "finding", **item} for item in whole["findings"]]
    assert findings == expected


def test_pairs_are_one_match_a_line() -> None:
    assert json.loads(written("pairs", result())) == {
        "left": {"document": "a", "paragraph": 0, "start": 0, "end": 9},
        "right": {"document": "b", "paragraph": 4, "start": 70, "end": 80},
        "relation": "edited",
        "jaccard": 0.666667,
        "containment": 0.9,
        "words": 12,
    }


def test_passages_are_one_aligned_stretch_a_line() -> None:
    assert json.loads(written("passages", result())) == {
        "left": {"document": "a", "start": 0, "end": 9},
        "right": {"document": "b", "start": 70, "end": 80},
        "words": 12,
        "similarity": 0.75,
    }


def test_fifty_thousand_findings_are_written_fast() -> None:
    scanned = result(*[finding(number) for number in range(50_000)])
    began = time.process_time()
    written("json", scanned)
    # About half a second where this was written; slower machines get some room.
    assert time.process_time() - began < 3


@given(st.text(st.one_of(st.characters(), st.sampled_from(ODD + TEXT))))
def test_any_text_comes_back_from_json_and_harms_nobody(text: str) -> None:
    quoted = string(text)
    assert json.loads(quoted) == text
    assert neutralize(quoted) == quoted
    assert quoted.encode()
