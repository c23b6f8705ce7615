from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

import dedupe
from dedupe.model import About
from dedupe.readers import ReadOptions, find_sources, load, plan
from reading import read_all

TEXTS = [f"وصل القطار رقم {row} إلى المدينة ثم غادرها" for row in range(3000)]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("rows.parquet")


def write(path: Path, columns: dict[str, object], **options: object) -> None:
    parquet.write_table(pa.table(columns), path, **options)


def test_a_row_is_a_document(path: Path) -> None:
    write(path, {"id": ["a", None, "c"], "text": ["أول", "ثان", "ثالث"]})
    documents, errors, _ = read_all(path)
    assert errors == []
    assert [(document.name, document.text) for document in documents] == [
        ("a", "أول"),
        ("rows.parquet:2", "ثان"),
        ("c", "ثالث"),
    ]


def test_columns_that_tell_of_a_document_come_along_whatever_their_kind(
    path: Path,
) -> None:
    write(
        path,
        {
            "id": [1],
            "text": ["نص"],
            "title": pa.array(["عنوان"]).dictionary_encode(),
            "date": [dt.date(2024, 3, 12)],
            "author": [["ليلى", "سامي"]],
            "outlet": [None],
            "url": pa.array([b"\xff"]),
        },
    )
    [document], errors, _ = read_all(path)
    assert errors == []
    assert document.name == "1"
    assert document.about == About("عنوان", "2024-03-12", "", "ليلى, سامي", "")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.binary()])
@pytest.mark.parametrize("is_dictionary", [False, True])
def test_text_is_read_from_every_kind_of_column(
    path: Path, kind: pa.DataType, *, is_dictionary: bool
) -> None:
    column = pa.array(["أول", "ثان"]).cast(kind)
    write(path, {"text": column.dictionary_encode() if is_dictionary else column})
    documents, errors, _ = read_all(path)
    assert errors == []
    assert [document.text for document in documents] == ["أول", "ثان"]


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (["أول", None], "rows.parquet:2: column 'text' is null, not text"),
        ([["أول"]], "rows.parquet:1: column 'text' is an array, not text"),
        ([7], "rows.parquet:1: column 'text' is a number, not text"),
        ([b"\xff"], "rows.parquet:1: column 'text' holds bytes that are no text"),
    ],
)
def test_a_row_without_text_is_told(
    path: Path, column: list[object], told: str
) -> None:
    write(path, {"text": column})
    documents, errors, _ = read_all(path)
    assert len(documents) == len(column) - 1
    assert len(errors) == 1
    assert errors[0].startswith(told)


def test_a_missing_column_is_an_error_that_names_those_there_are(path: Path) -> None:
    write(path, {"id": [1], "body": ["نص"]})
    _, errors, _ = read_all(path)
    [error] = errors
    assert error.startswith("rows.parquet: has no column 'text' but id, body; name")


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"no table at all",
        lambda data: data[:-20],
        lambda data: data[:200] + bytes(len(data) - 300) + data[-100:],
    ],
    ids=["empty", "text", "cut", "zeros"],
)
def test_a_damaged_file_is_an_error(
    path: Path, damage: Callable[[bytes], bytes]
) -> None:
    write(path, {"text": TEXTS})
    path.write_bytes(damage(path.read_bytes()))
    documents, errors, _ = read_all(path)
    assert documents == []
    assert errors == ["rows.parquet: not a Parquet file, or a damaged one"]


def test_groups_of_rows_are_read_by_several_processes(path: Path) -> None:
    write(path, {"text": TEXTS}, row_group_size=400)
    options = ReadOptions(batch_bytes=20_000)
    batches = plan(find_sources(path, options).sources, options)
    assert len(batches) > 2
    assert [batch.start for batch in batches[1:]] == [
        batch.end for batch in batches[:-1]
    ]
    documents, errors, _ = read_all(path, options)
    assert errors == []
    assert [document.text for document in documents] == TEXTS
    assert documents[-1].name == "rows.parquet:3000"


def test_groups_can_be_read_in_any_order_and_more_than_once(path: Path) -> None:
    write(path, {"text": TEXTS}, row_group_size=400)
    options = ReadOptions(batch_bytes=20_000)
    batches = plan(find_sources(path, options).sources, options)
    for order in (batches, batches[::2], batches[::-1]):
        for batch in order:
            documents = load(batch, options).documents
            assert [document.text for document in documents] == (
                TEXTS[batch.start : batch.end]
            )
            assert documents[0].name == f"rows.parquet:{batch.start + 1}"


def test_the_report_is_the_same_whatever_the_number_of_processes(path: Path) -> None:
    repeated = [*TEXTS[:1500], *(text.replace("إلى", "الى") for text in TEXTS[:1500])]
    write(path, {"text": repeated}, row_group_size=100)
    read = ReadOptions(batch_bytes=20_000)
    results = [dedupe.scan(path, read=read, jobs=jobs) for jobs in (1, 3)]
    assert list(results[0].findings) == list(results[1].findings)
    assert list(results[0].documents) == list(results[1].documents)
    assert len(results[0].findings) > 0


def test_pyarrow_is_not_loaded_before_processes_are_forked(path: Path) -> None:
    write(path, {"text": TEXTS}, row_group_size=100)
    code = (
        "import sys, dedupe\n"
        "read = dedupe.ReadOptions(batch_bytes=10_000)\n"
        f"result = dedupe.scan({str(path)!r}, read=read, jobs=2)\n"
        "assert len(result.documents) == 3000\n"
        "assert 'pyarrow' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("is_declared", [True, False])
def test_a_bomb_is_an_error(path: Path, *, is_declared: bool) -> None:
    # A dictionary holds the long text once, however many rows refer to it.
    bomb = ["ا" * 200_000] * 2000 if not is_declared else ["ا" * (40 << 20)]
    write(path, {"text": bomb}, compression="zstd", use_dictionary=not is_declared)
    assert path.stat().st_size < 100_000
    documents, errors, _ = read_all(path)
    assert len(documents) < 100
    assert len(errors) == 1
    assert "decompression bomb" in errors[0]
