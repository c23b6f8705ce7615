from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.model import Published, ScanResult
from dedupe.reporters.csv_table import COLUMNS, PUBLISHED, cell
from reports import HOSTILE, TEXT, finding, hostile_result, pair, place, report, result


def table(scanned: ScanResult) -> list[dict[str, str]]:
    written = report("csv", scanned)
    assert written.startswith("\ufeff")
    lines = io.StringIO(written.removeprefix("\ufeff"), newline="")
    rows = list(csv.DictReader(lines, strict=True))
    for row in rows:
        assert None not in row
        assert None not in row.values()
    return rows


def test_a_row_is_a_place() -> None:
    first, second = table(result(pair()))
    assert first == {
        "finding": "0000000000000000",
        "rule": "near-duplicate",
        "relation": "identical",
        "jaccard": "1.0",
        "containment": "1.0",
        "words": "11",
        "share": "1.0",
        "place": "1",
        "document": "0a.txt",
        "first_line": "3",
        "last_line": "3",
        "start": "300",
        "end": str(300 + len(TEXT)),
        "excerpt": TEXT,
    }
    assert (second["place"], second["document"]) == ("2", "0b.txt")


def test_every_place_of_every_finding_has_a_row() -> None:
    items = [
        finding(*[place(f"{row}.txt") for row in range(size)], id=f"{size}")
        for size in (2, 5, 3)
    ]
    rows = table(result(*items))
    assert [(row["finding"], row["place"]) for row in rows] == [
        (f"{size}", f"{number}") for size in (2, 5, 3) for number in range(1, size + 1)
    ]


def test_what_was_published_has_columns_of_its_own() -> None:
    known = Published("n-1", "عنوان", "2026-01-02")
    rows = table(
        result(finding(place("in.txt"), place("n-1")), published={"n-1": known})
    )
    assert list(rows[0]) == [*COLUMNS, *PUBLISHED]
    assert rows[0]["published_id"] == ""
    assert rows[1]["published_title"] == "عنوان"
    assert rows[1]["published_date"] == "2026-01-02"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_in_its_cell(text: str) -> None:
    rows = table(hostile_result(text))
    assert len(rows) == 6
    for row in rows:
        for value in row.values():
            assert not begins_a_formula(value)


INVISIBLE = "\N{ZERO WIDTH NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\N{WORD JOINER}"


def begins_a_formula(value: str) -> bool:
    return value.strip(f" \t\r\n{INVISIBLE}")[:1] in set("=+-@＝＋－＠")


@given(
    st.text(st.one_of(st.characters(), st.sampled_from(f' =+-@\t\r\n\0"{INVISIBLE}')))
)
def test_no_cell_begins_a_formula(text: str) -> None:
    ((value,),) = csv.reader(io.StringIO(cell(text), newline=""), strict=True)
    assert not begins_a_formula(value)
    assert value.isprintable() or not value.isascii()


@pytest.mark.parametrize("text", ["قال الوزير", "«قال»", "2024", "a-b", "(1+1)"])
def test_harmless_text_is_left_as_it_is(text: str) -> None:
    assert cell(text) == f'"{text}"'
