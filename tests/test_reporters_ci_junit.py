from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.model import DocumentSummary, Problem, ScanResult
from dedupe.reporters.junit import MAX_NAMED, escaped
from reports import HOSTILE, TEXT, finding, hostile_result, pair, place, report, result


def suite(scanned: ScanResult) -> ET.Element:
    root = ET.fromstring(report("junit", scanned))  # noqa: S314 - it is our own
    (found,) = root.findall("testsuite")
    for count, name in (("failures", "failure"), ("errors", "error")):
        assert int(found.get(count, "")) == len(found.findall(f"testcase/{name}"))
    assert int(found.get("tests", "")) == len(found.findall("testcase"))
    assert int(found.get("skipped", "")) == len(found.findall("testcase/skipped"))
    return found


def cases(scanned: ScanResult) -> dict[str, ET.Element]:
    return {case.get("name", ""): case for case in suite(scanned).iter("testcase")}


def test_a_document_with_a_copy_has_failed_and_the_others_passed() -> None:
    found = cases(result(pair()))
    assert list(found) == ["0a.txt", "0b.txt"]
    assert list(found["0a.txt"]) == []
    (failure,) = found["0b.txt"]
    assert failure.attrib == {"type": "near-duplicate", "message": "1 copy"}
    assert failure.text == (
        "near-duplicate: Line 5 repeats 0a.txt:3 (identical, 11 words, 100% alike).\n"
        f"  | {TEXT}"
    )


def test_all_copies_of_a_document_are_one_failure() -> None:
    items = [
        finding(place("a.txt"), place("b.txt", (row, row)), id=f"{row}")
        for row in range(1, 4)
    ]
    (failure,) = cases(result(*items))["b.txt"]
    assert failure.get("message") == "3 copies"
    assert len((failure.text or "").splitlines()) == 6


def test_a_failure_names_so_many_and_counts_the_rest() -> None:
    items = [
        finding(place("a.txt"), place("b.txt", (row, row)), id=f"{row}")
        for row in range(1, MAX_NAMED + 4)
    ]
    (failure,) = cases(result(*items))["b.txt"]
    assert failure.get("message") == f"{MAX_NAMED + 3} copies"
    *named, last = (failure.text or "").splitlines()
    assert len(named) == 2 * MAX_NAMED
    assert last == "3 more are not named here."


def test_what_was_not_read_is_an_error_or_skipped() -> None:
    found = cases(
        result(
            errors=(Problem("bad.txt", "not text"),),
            skipped=(Problem("link", "is a link"),),
        )
    )
    assert [item.get("message") for item in found["bad.txt"]] == ["not text"]
    assert [item.tag for item in found["link"]] == ["skipped"]


def test_documents_of_one_name_are_counted_as_they_are_shown() -> None:
    scanned = result(pair())
    twice = [DocumentSummary("0b.txt", "utf-8", 1, 1, 1)] * 2
    suite(replace(scanned, documents=twice))


def test_a_result_that_is_not_complete_says_so() -> None:
    (limit,) = suite(result(pair(), truncated=True)).iter("property")
    assert limit.attrib == {"name": "truncated", "value": "true"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_leaves_the_file_readable(text: str) -> None:
    found = suite(hostile_result(text))
    assert {element.tag for element in found.iter()} <= {
        *("testsuite", "testcase", "failure", "error", "skipped", "properties")
    }
    assert len(found.findall("testcase")) == 7


@given(st.text())
def test_any_text_is_legal_in_xml(text: str) -> None:
    element = ET.fromstring(f'<a b="{escaped(text)}">{escaped(text)}</a>')  # noqa: S314
    assert element.get("b") == element.text or not text
    assert not list(element)
