from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

import dedupe
from corpora import small_corpora
from dedupe.model import Problem, Relation, Rule, ScanResult
from reports import finding, pair, place, report, result

examples = settings(max_examples=30)


def entries(scanned: ScanResult) -> list[dict[str, Any]]:
    written = report("gitlab", scanned)
    assert written[0] == "["  # no byte mark, which GitLab refuses
    found: list[dict[str, Any]] = json.loads(written)
    return found


def test_an_entry_says_what_is_copied_and_where() -> None:
    block = finding(
        place("a.txt", (2, 11)), place("a.txt", (12, 21)), rule="repeated-block"
    )
    (entry,) = entries(result(block))
    assert entry.pop("fingerprint")
    assert entry == {
        "description": "Lines 12-21 repeat a.txt:2-11 "
        "(identical, 11 words, 100% alike).",
        "check_name": "repeated-block",
        "severity": "major",
        "location": {"path": "a.txt", "lines": {"begin": 12, "end": 21}},
    }


@pytest.mark.parametrize(
    ("relation", "rule", "severity"),
    [
        ("identical", "repeated-block", "major"),
        ("orthographic", "near-duplicate", "major"),
        ("edited", "near-duplicate", "minor"),
        ("contained", "overlap", "minor"),
        ("overlap", "overlap", "info"),
        ("identical", "boilerplate", "info"),
    ],
)
def test_how_grave_an_entry_is_depends_on_the_relation(
    relation: Relation, rule: Rule, severity: str
) -> None:
    item = finding(place(), place("b.txt"), rule=rule, relation=relation)
    assert [entry["severity"] for entry in entries(result(item))] == [severity]


@examples
@given(small_corpora)
def test_fingerprints_are_unique_and_survive_a_line_above(
    texts: dict[str, str],
) -> None:
    # Lines that stand nowhere else.
    moved = {
        name: "ضظغث"[row] + "\n" + text
        for row, (name, text) in enumerate(texts.items())
    }
    before, after = (
        [entry["fingerprint"] for entry in entries(dedupe.scan(each))]
        for each in (texts, moved)
    )
    assert len(set(before)) == len(before)
    assert before == after


@pytest.mark.parametrize("findings", [0, 2])
def test_what_was_not_read_is_critical(findings: int) -> None:
    errors = tuple(Problem(f"{name}.txt", "not text") for name in "ab")
    scanned = result(*[pair(number) for number in range(findings)], errors=errors)
    found = entries(scanned)
    assert len(found) == 2 + findings
    assert [entry["severity"] for entry in found[:2]] == ["critical"] * 2
    assert found[1]["description"] == "Cannot read: not text"
    assert found[1]["location"] == {"path": "b.txt", "lines": {"begin": 1}}
    assert len({entry["fingerprint"] for entry in found}) == len(found)


def test_every_copy_of_a_large_report_has_an_entry() -> None:
    assert len(entries(result(*[pair(number) for number in range(3_000)]))) == 3_000
