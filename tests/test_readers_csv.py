from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.model import About
from dedupe.readers import ReadOptions
from reading import read_all

HEADER = "id,text,title,date,outlet,author,url"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("rows.csv")


def texts(path: Path, options: ReadOptions | None = None) -> list[tuple[str, str]]:
    documents, errors, skipped = read_all(path, options)
    assert (errors, skipped) == ([], [])
    return [(document.name, document.text) for document in documents]


@pytest.mark.parametrize(
    ("data", "read"),
    [
        ("text\nأول\nثان\n", [("rows.csv:2", "أول"), ("rows.csv:3", "ثان")]),
        ("text\nأول", [("rows.csv:2", "أول")]),
        ("id,text\n7,أول\n,ثان\n", [("7", "أول"), ("rows.csv:3", "ثان")]),
        ('text,id\n"سطر\nثان",1\nثالث,2\n', [("1", "سطر\nثان"), ("2", "ثالث")]),
        (
            'text\n"سطر\nثان"\nثالث\n',
            [("rows.csv:2", "سطر\nثان"), ("rows.csv:4", "ثالث")],
        ),
        ('text\n"قال ""نعم"", ومضى"\n', [("rows.csv:2", 'قال "نعم", ومضى')]),
        ("\n\ntext\n\nأول\n", [("rows.csv:5", "أول")]),
        ("id;text\n1;أول, ثم\n", [("1", "أول, ثم")]),
        ("sep=;\nid;text\n1;أول\n", [("1", "أول")]),
        ("id\ttext\n1\tأول, ثم\n", [("1", "أول, ثم")]),
        ("id|text\n1|أول\n", [("1", "أول")]),
        (" text , id \nأول, 1 \n", [("1", "أول")]),
        ("text\r\nأول\r\nثان\r\n", [("rows.csv:2", "أول"), ("rows.csv:3", "ثان")]),
        ("text\rأول\rثان\r", [("rows.csv:2", "أول"), ("rows.csv:3", "ثان")]),
        ("text,text\nأول,ثان\n", [("rows.csv:2", "أول")]),
        ("", []),
        ("text\n", []),
    ],
)
def test_a_row_is_a_document(
    path: Path, data: str, read: list[tuple[str, str]]
) -> None:
    path.write_text(data, encoding="utf-8", newline="")
    assert texts(path) == read


@pytest.mark.parametrize(
    ("codec", "reported"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp1256", "windows-1256"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_tables_are_read_in_the_encodings_of_texts(
    path: Path, codec: str, reported: str
) -> None:
    rows = "id,text\n1,وصل القطار إلى المدينة\n2,ثم غادرها في الصباح\n"
    path.write_bytes(rows.encode(codec))
    documents, errors, _ = read_all(path)
    assert errors == []
    assert [document.name for document in documents] == ["1", "2"]
    assert documents[0].text == "وصل القطار إلى المدينة"
    assert {document.encoding for document in documents} == {reported}


def test_the_encoding_that_is_named_is_taken(path: Path) -> None:
    path.write_bytes("text\nكتب\n".encode("cp720"))
    assert texts(path, ReadOptions(encoding="cp720")) == [("rows.csv:2", "كتب")]


def test_columns_that_tell_of_a_document_come_along(path: Path) -> None:
    path.write_text(
        f"{HEADER}\n1,نص,عنوان,2024-03-12,الضفة,ليلى,https://a/1\n2,نص,,,,,\n3,نص\n",
        encoding="utf-8",
    )
    documents, _, _ = read_all(path)
    told = About("عنوان", "2024-03-12", "الضفة", "ليلى", "https://a/1")
    assert [document.about for document in documents] == [told, About(), About()]


def test_columns_of_other_names_can_be_named(path: Path) -> None:
    path.write_text("key,body,when\nk,نص,2024\n", encoding="utf-8")
    options = ReadOptions(text_field="body", id_field="key", date_field="when")
    [document], _, _ = read_all(path, options)
    assert (document.name, document.about.date) == ("k", "2024")


def test_a_missing_column_is_an_error_that_names_those_there_are(path: Path) -> None:
    path.write_text("id,body\n1,نص\n", encoding="utf-8")
    documents, errors, _ = read_all(path)
    assert documents == []
    [error] = errors
    assert error.startswith("rows.csv: has no column 'text' but id, body; name that")


BAD_ROWS = [
    ("a short row", "id,text\n1\n2,ثان\n", ["rows.csv:2: the row ends"], ["ثان"]),
    (
        "a mark that is not closed",
        'text\nأول\n"ثان\nثالث\nرابع\n',
        ["rows.csv:3: a quotation mark opens here that nothing closes"],
        ["أول"],
    ),
    (
        "a line end within a cell",
        "text,b\nأول,1\nثا\rن,2\nثالث,3\n",
        ["rows.csv:3: not CSV"],
        ["أول", "ثالث"],
    ),
    ("a header that is not closed", '"text\nأول\n', ["rows.csv: the header"], []),
]


@pytest.mark.parametrize(
    ("data", "told", "read"),
    [row[1:] for row in BAD_ROWS],
    ids=[r[0] for r in BAD_ROWS],
)
def test_a_bad_row_is_told_with_its_line(
    path: Path, data: str, told: list[str], read: list[str]
) -> None:
    path.write_text(data, encoding="utf-8", newline="")
    documents, errors, _ = read_all(path)
    assert [document.text for document in documents] == read
    assert len(errors) == len(told)
    assert all(map(str.startswith, errors, told))


def test_many_bad_rows_are_told_as_one(path: Path) -> None:
    path.write_text("id,text\n" + "1\n" * 100 + "2,نص\n", encoding="utf-8")
    documents, errors, _ = read_all(path)
    assert [document.text for document in documents] == ["نص"]
    assert len(errors) == 21
    assert errors[-1] == "rows.csv: 80 more after rows.csv:21 cannot be read"


def test_a_cell_beyond_the_limit_is_an_error(path: Path) -> None:
    path.write_text(f'text\nأول\n"{"a" * 300}\n{"b" * 900}"\nآخر\n', encoding="utf-8")
    documents, errors, _ = read_all(path, ReadOptions(max_file_size=1000))
    assert [document.text for document in documents] == ["أول"]
    assert len(errors) == 1
    assert errors[0].startswith("rows.csv:3: a cell is longer than --max-file-size")


def test_a_line_beyond_the_limit_is_an_error(path: Path) -> None:
    path.write_text(f"text\nأول\n{'a' * 5000}\n", encoding="utf-8")
    documents, errors, _ = read_all(path, ReadOptions(max_file_size=1000))
    assert [document.text for document in documents] == ["أول"]
    assert errors == ["rows.csv: a line is longer than --max-file-size allows"]


def test_the_limit_of_others_for_a_cell_is_left_as_it_was(path: Path) -> None:
    path.write_text(f"text\n{'a' * 200_000}\n", encoding="utf-8")
    before = csv.field_size_limit(1234)
    try:
        assert len(texts(path)[0][1]) == 200_000
        assert csv.field_size_limit() == 1234
    finally:
        csv.field_size_limit(before)


def test_broken_bytes_are_told_with_their_row(path: Path) -> None:
    good = "وصل القطار إلى المدينة ثم غادرها في الصباح الباكر"
    lines = [b"id,text", f"1,{good}".encode(), f"2,{good}".encode() + b"\xff"]
    path.write_bytes(b"\n".join(lines) + b"\n")
    documents, errors, _ = read_all(path)
    assert errors == []
    assert [bool(document.warning) for document in documents] == [False, True]
    _, errors, _ = read_all(path, ReadOptions(strict=True))
    assert any("U+FFFD" in error for error in errors)


def test_a_large_table_is_read_in_pieces(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("id,text\n")
        file.writelines(f"{row},نص رقم {row}\n" for row in range(5000))
    read = texts(path, ReadOptions(batch_bytes=4000))
    assert read == [(str(row), f"نص رقم {row}") for row in range(5000)]


cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=20
).filter(lambda text: not text.startswith("\ufeff"))


@given(
    rows=st.lists(st.tuples(cells, cells), max_size=6),
    dialect=st.sampled_from(["excel", "unix", "excel-tab"]),
)
def test_what_python_writes_is_read_as_it_was(
    rows: list[tuple[str, str]], dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, dialect).writerows([("text", "other"), *rows])
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_bytes(out.getvalue().encode())
    options = ReadOptions(encoding="utf-8")
    assert [text for _, text in texts(path, options)] == [text for text, _ in rows]
