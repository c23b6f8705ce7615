"""JSON Lines: fields, names, bad lines, cuts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dedupe.readers import (
    LoadedDocument,
    ReadOptions,
    find_sources,
    load,
    plan,
)

DEFAULTS = ReadOptions()


def read(
    path: Path, options: ReadOptions = DEFAULTS
) -> tuple[list[LoadedDocument], list[tuple[str, str]]]:
    found = find_sources([path], options)
    documents: list[LoadedDocument] = []
    errors = [(error.path, error.reason) for error in found.errors]
    for batch in plan(found.sources, options):
        loaded = load(batch, options)
        documents += loaded.documents
        errors += [(error.path, error.reason) for error in loaded.errors]
    return documents, errors


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("n.jsonl")


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("a/b", "a/b"),
        (7, "7"),
        (1.5, "1.5"),
        (None, "n.jsonl:1"),
        ("", "n.jsonl:1"),
        (True, "n.jsonl:1"),
        (["x"], "n.jsonl:1"),
        ("\ud800", "\ufffd"),
    ],
)
def test_a_document_is_named_by_its_id(path: Path, given: object, name: str) -> None:
    path.write_text(json.dumps({"id": given, "text": "نص"}))
    documents, errors = read(path)
    assert [document.name for document in documents] == [name]
    assert not errors


def test_the_fields_can_be_named(path: Path) -> None:
    path.write_text('{"uri": "x", "body": "نص", "text": 3}\n')
    documents, _ = read(path, ReadOptions(text_field="body", id_field="uri"))
    assert [(document.name, document.text) for document in documents] == [("x", "نص")]


def test_equal_ids_stay_apart(path: Path) -> None:
    path.write_text('{"id": 1, "text": "a"}\n{"id": 1, "text": "b"}\n')
    documents, _ = read(path)
    assert [document.text for document in documents] == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON: Expecting property name"),
        ("null", "not a JSON object but null"),
        ("[1]", "not a JSON object but an array"),
        ("3", "not a JSON object but a number"),
        ('"x"', "not a JSON object but a string"),
        ("true", "not a JSON object but true or false"),
        ("{}", "has no field 'text'; name the field of the text with --text-field"),
        ('{"text": null}', "field 'text' is null, not text"),
        ('{"text": {}}', "field 'text' is an object, not text"),
        ('{"text": "\0"}', "looks binary"),
        ("[" * 100_000, "not JSON that can be read"),
        ('{"text": "x", "n": ' + "9" * 5000 + "}", "not JSON that can be read"),
    ],
)
def test_a_bad_line_is_an_error_and_the_rest_goes_on(
    path: Path, line: str, reason: str
) -> None:
    path.write_text('{"id": "a", "text": "x"}\n\n' + line + '\n{"text": "y"}')
    documents, errors = read(path)
    assert [document.name for document in documents] == ["a", "n.jsonl:4"]
    assert [where for where, _ in errors] == ["n.jsonl:3"]
    assert errors[0][1].startswith(reason) or reason == "looks binary"


def test_many_bad_lines_are_told_in_short(path: Path) -> None:
    path.write_text("bad\n" * 1000)
    _, errors = read(path)
    assert len(errors) == 21
    assert errors[-1] == ("n.jsonl", "980 more lines after n.jsonl:20 cannot be read")


def test_half_characters_in_escapes_are_replaced(path: Path) -> None:
    path.write_text(r'{"text": "\ud800 \udfff \ud83d\ude00 \u0627"}')
    documents, _ = read(path)
    assert documents[0].text == "\ufffd \ufffd 😀 ا"


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(path: Path) -> None:
    path.write_bytes('\ufeff{"text": "نص"}\r\n \r\n{"text": "a\\r\\nb"}\r\n'.encode())
    documents, errors = read(path)
    assert [document.text for document in documents] == ["نص", "a\r\nb"]
    assert not errors


def test_lines_in_another_encoding_are_told_one_by_one(path: Path) -> None:
    arabic = "أعلنت الوزارة اليوم نتائج الاجتماع مع الجانب الآخر"
    line = json.dumps({"text": arabic}, ensure_ascii=False)
    path.write_bytes(b"\n".join([line.encode(), line.encode("cp1256"), b'{"\xe9"}']))
    documents, errors = read(path)
    assert [(document.text, document.encoding) for document in documents] == [
        (arabic, "utf-8"),
        (arabic, "windows-1256"),
    ]
    assert [where for where, _ in errors] == ["n.jsonl:3"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "windows-1256"])
@pytest.mark.parametrize("option", ["auto", "as it is"])
def test_wide_and_given_encodings_are_read(
    path: Path, encoding: str, option: str
) -> None:
    if (encoding, option) == ("windows-1256", "auto"):
        pytest.skip("told line by line")
    lines = [
        {"id": i, "text": "نص ਊ \u0a0a"[: 2 if "win" in encoding else None]}
        for i in range(99)
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    path.write_bytes(text.encode(encoding))
    options = ReadOptions(
        encoding="auto" if option == "auto" else encoding, batch_bytes=100
    )
    documents, errors = read(path, options)
    assert [document.text for document in documents] == [x["text"] for x in lines]
    assert {document.encoding for document in documents} <= {
        encoding,
        f"{encoding}-le",
        f"{encoding}-be",
    }
    assert not errors


def test_a_given_encoding_is_strict(path: Path) -> None:
    path.write_bytes(b'{"text": "a"}\n{"text": "\xff"}\n')
    documents, errors = read(path, ReadOptions(encoding="UTF8"))
    assert [document.text for document in documents] == ["a"]
    assert [where for where, _ in errors] == ["n.jsonl:2"]
    documents, errors = read(path, ReadOptions(encoding="ascii"))
    assert not documents
    assert [where for where, _ in errors] == ["n.jsonl"]


def test_a_line_of_ten_million_bytes_crosses_the_cuts(path: Path) -> None:
    texts = ["a", "نص " * 2_000_000, "b" * 300_000, "c"]
    path.write_text(
        "\n".join(json.dumps({"text": t}, ensure_ascii=False) for t in texts)
    )
    found = find_sources([path])
    batches = plan(found.sources)
    assert len(batches) == 2
    documents, _ = read(path)
    assert [document.text for document in documents] == texts
    assert [document.name for document in documents][-1] == "n.jsonl:4"


def test_a_line_above_the_limit_is_an_error(path: Path) -> None:
    path.write_text('{"text": "a"}\n{"text": "' + "b" * 5000 + '"}\n{"text": "c"}\n')
    documents, errors = read(path, ReadOptions(max_file_size=1000, batch_bytes=10))
    assert [document.text for document in documents] == ["a", "c"]
    assert [where for where, _ in errors] == ["n.jsonl:2"]
    assert "--max-file-size" in errors[0][1]


@pytest.mark.parametrize("batch_bytes", [10, 100, 1 << 20])
def test_short_lines_are_read_however_many_there_are(
    path: Path, batch_bytes: int
) -> None:
    lines = ['{"text": "a"}\n'] * 50
    lines[20] = '{"text": "' + "b" * 500 + '"}\n'
    lines[40] = '{"text": "' + "c" * 99 + '"}\n'
    path.write_text("".join(lines))
    options = ReadOptions(max_file_size=100, batch_bytes=batch_bytes)
    documents, errors = read(path, options)
    assert [document.text for document in documents] == ["a"] * 48
    assert [where for where, _ in errors] == ["n.jsonl:21", "n.jsonl:41"]


def test_batches_may_be_loaded_in_any_order(path: Path) -> None:
    path.write_text("".join(f'{{"text": "{n}"}}\n' for n in range(1000)))
    options = ReadOptions(batch_bytes=500)
    batches = plan(find_sources([path]).sources, options)
    backwards = [load(batch, options).documents for batch in reversed(batches)]
    names = [
        document.name for documents in reversed(backwards) for document in documents
    ]
    assert names == [f"n.jsonl:{number}" for number in range(1, 1001)]


def test_a_file_that_changes_is_one_error(path: Path) -> None:
    path.write_text('{"text": "a"}\n' * 3)
    found = find_sources([path])
    [batch] = plan(found.sources)
    path.write_text('{"text": "b"}\n' * 4)
    assert [error.path for error in load(batch).errors] == ["n.jsonl"]
    assert len(plan(found.sources, ReadOptions(batch_bytes=10))) == 1
