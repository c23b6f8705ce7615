from __future__ import annotations

import re

import pytest

from dedupe.model import Problem, Published
from reports import HOSTILE, finding, hostile_result, pair, place, report, result

# As the runner of GitHub Actions reads a line (ActionCommand.TryParseV2).
COMMAND = re.compile(r"::(?P<name>\w+) (?P<properties>[^:\r\n]*)::(?P<text>[^\r\n]*)")


def commands(written: str) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in written.splitlines():
        match = COMMAND.fullmatch(line)
        assert match, line
        properties = dict(
            item.split("=", 1) for item in match["properties"].split(",") if item
        )
        values = {name: unescaped(value) for name, value in properties.items()}
        found.append((match["name"], values, unescaped(match["text"])))
    return found


def unescaped(text: str) -> str:
    for code, sign in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
        text = text.replace(code, sign)
    return text.replace("%25", "%")


def test_an_annotation_stands_at_the_copy() -> None:
    block = finding(
        place("a.txt", (2, 11)), place("b, c:d.txt", (12, 21)), rule="repeated-block"
    )
    assert report("github", result(block)) == (
        "::error file=b%2C c%3Ad.txt,line=12,endLine=21,title=repeated-block"
        "::Lines 12-21 repeat a.txt:2-11 (identical, 11 words, 100%25 alike).\n"
    )


def test_columns_are_told_within_one_line() -> None:
    item = finding(place(), place("b.txt", (4, 4), columns=(3, 9)))
    [(_, properties, _)] = commands(report("github", result(item)))
    assert (properties["col"], properties["endColumn"]) == ("3", "9")


def test_what_is_no_file_is_named_in_the_text() -> None:
    item = finding(place("a.txt"), place("wire-7"))
    [(_, properties, text)] = commands(
        report("github", result(item, others=("wire-7",)))
    )
    assert properties == {"title": "near-duplicate"}
    assert text.startswith("wire-7:3: Line 3 repeats a.txt:3 (")


def test_what_was_published_is_told_with_its_date() -> None:
    known = Published("n-1", "", "2026-01-02", "الوكالة", url="https://example.org/1")
    item = finding(place("in.txt"), place("n-1"))
    written = report("github", result(item, published={"n-1": known}))
    [(_, properties, text)] = commands(written)
    assert properties["file"] == "in.txt"
    assert "n-1:3 (published: 2026-01-02, الوكالة, https://example.org/1)" in text


@pytest.mark.parametrize(
    ("findings", "errors", "shown", "rest"),
    [
        (10, 0, 10, None),
        (11, 0, 10, "1 more that are not shown here; see the full report."),
        (12_000, 0, 10, "11,990 more that are not shown here; see the full report."),
        (3, 9, 10, "2 more that are not shown here; see the full report."),
        (0, 12, 10, "2 more that are not shown here; see the full report."),
        (0, 1, 1, None),
    ],
)
def test_ten_are_annotated_and_the_rest_is_counted(
    findings: int, errors: int, shown: int, rest: str | None
) -> None:
    scanned = result(
        *[pair(number) for number in range(findings)],
        errors=tuple(Problem(f"{row}.txt", "not text") for row in range(errors)),
    )
    found = commands(report("github", scanned))
    assert len(found) == shown + (rest is not None)
    assert [text for _, _, text in found[shown:]] == ([rest] if rest else [])
    titles = [properties["title"] for _, properties, _ in found[:shown]]
    assert titles.count("cannot read") == min(errors, 10)


def test_the_gravest_are_annotated_first() -> None:
    scanned = result(
        *[pair(number, "overlap") for number in range(12)],
        pair(12, "edited"),
        pair(13, "identical"),
    )
    names = [name for name, _, _ in commands(report("github", scanned))]
    assert names == ["error", "warning", *["notice"] * 9]


def test_a_result_that_is_not_complete_says_so() -> None:
    found = commands(report("github", result(pair(), truncated=True)))
    assert found[-1][2] == "The findings are not complete: a limit was reached."


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_name_ends_a_command_or_begins_another(text: str) -> None:
    written = report("github", hostile_result(text))
    found = commands(written)
    assert len(found) == 3
    for _, properties, _ in found:
        assert properties.keys() <= {
            *("file", "line", "endLine", "col", "endColumn", "title")
        }
