from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.columns import BuiltFindings, FindingColumns, is_plain
from dedupe.model import RELATIONS, RULES, Finding, Occurrence, Span
from dedupe.reporters import REPORTERS
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
)
FINDINGS = st.builds(
    Finding,
    st.text(),
    st.sampled_from(RULES),
    st.sampled_from(RELATIONS),
    st.floats(0, 1),
    st.floats(0, 1),
    NUMBERS,
    st.lists(PLACES, max_size=3).map(tuple),
    st.sampled_from(("", "new", "known")),
    st.text(),
)


@given(st.lists(FINDINGS, max_size=3))
def test_findings_come_back_from_columns_as_they_were(findings: list[Finding]) -> None:
    assert FindingColumns.of(findings).findings() == findings


@given(st.text(st.one_of(st.characters(), st.sampled_from('قال «"\\\n\u202e'))))
def test_json_holds_a_plain_text_as_it_is(text: str) -> None:
    if is_plain(text):
        assert string(text) == f'"{text}"'


@pytest.mark.parametrize("format", ["json", "jsonl"])
def test_a_report_is_the_same_from_columns_and_from_findings(
    format: str,  # noqa: A002
) -> None:
    text = 'قال الوزير إن "الاتفاقية" سوف تسهم\tفي تعزيز التعاون بين البلدين'
    edited = f"{text} الشقيقين والجارين"
    scanned = dedupe.scan({"a": f"{text}\n{text}", "b": text, "ج": edited})
    assert isinstance(scanned.findings, BuiltFindings)
    reports = []
    for findings in (scanned.findings, list(scanned.findings)):
        out = io.BytesIO()
        REPORTERS[format](replace(scanned, findings=findings), out)
        reports.append(out.getvalue())
    assert reports[0] == reports[1]
    assert len(scanned.findings) > 1
