from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.columns import (
    BuiltDocuments,
    BuiltFindings,
    FindingColumns,
    document_columns,
)
from dedupe.model import (
    RELATIONS,
    RULES,
    DocumentSummary,
    Finding,
    Occurrence,
    Span,
)
from dedupe.reporters import REPORTERS, json_values
from dedupe.reporters.json_values import string

NUMBERS = st.integers(0, 1 << 31)
PAIRS = st.tuples(NUMBERS, NUMBERS)
SPANS = st.builds(Span, NUMBERS, NUMBERS)
PLACES = st.builds(
    Occurrence,
    st.text(),
    PAIRS,
    PAIRS,
    SPANS,
    st.lists(SPANS, max_size=3).map(tuple),
    st.text(st.one_of(st.characters(), st.sampled_from('قال «"\\\n\udcff'))),
    PAIRS,
)
FINDINGS = st.builds(
    Finding,
    st.text(),
    st.sampled_from(RULES),
    st.sampled_from(RELATIONS),
    st.floats(0, 1),
    st.floats(0, 1),
    NUMBERS,
    st.floats(0, 1),
    st.lists(PLACES, max_size=3).map(tuple),
    st.sampled_from(("", "new", "known")),
    st.text(),
)


@given(st.lists(FINDINGS, max_size=3))
def test_findings_come_back_from_columns_as_they_were(findings: list[Finding]) -> None:
    assert FindingColumns.of(findings).findings() == findings


@given(st.lists(FINDINGS, max_size=3))
def test_json_holds_findings_as_they_were(findings: list[Finding]) -> None:
    written = json_values.findings(FindingColumns.of(findings))
    read = json.loads(b"[" + written + b"]")
    assert [[one["id"], one["words"], one["share"]] for one in read] == [
        [finding.id, finding.words, round(finding.share, 6)] for finding in findings
    ]
    assert [one["occurrences"] for one in read] == [
        [
            {
                "document": place.document,
                "paragraphs": [*place.paragraphs],
                "lines": [*place.lines],
                "span": [*place.span],
                "passages": [[*passage] for passage in place.passages],
                "excerpt": place.excerpt,
            }
            for place in finding.occurrences
        ]
        for finding in findings
    ]


@given(
    st.lists(st.text(st.one_of(st.characters(), st.sampled_from('قال «"\\\n\u202e'))))
)
def test_json_writes_many_names_as_it_writes_each(names: list[str]) -> None:
    items = [DocumentSummary(name, "utf-8", 1, 2, 0) for name in names]
    written = json_values.documents(document_columns(items, 0, len(items)))
    counts = '"paragraphs":1,"words":2,"duplicated_words":0'
    assert written.decode() == ",\n".join(
        f'{{"document":{string(name)},"encoding":"utf-8",{counts}}}' for name in names
    )


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_a_report_is_the_same_from_columns_and_from_findings(
    format: str,  # noqa: A002
) -> None:
    text = 'قال الوزير إن "الاتفاقية" سوف تسهم\tفي تعزيز التعاون بين البلدين'
    edited = f"{text} الشقيقين والجارين"
    scanned = dedupe.scan({"a": f"{text}\n{text}", "b": text, "ج": edited})
    assert isinstance(scanned.findings, BuiltFindings)
    assert isinstance(scanned.documents, BuiltDocuments)
    from_items = replace(
        scanned, findings=[*scanned.findings], documents=[*scanned.documents]
    )
    reports = []
    for result in (scanned, from_items):
        out = io.BytesIO()
        REPORTERS[format](result, out)
        reports.append(out.getvalue())
    assert reports[0] == reports[1]
    assert len(scanned.findings) > 1
