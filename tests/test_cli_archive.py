from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from pathlib import Path

import click
import jsonschema
import pytest

from corpora import WORDS
from dedupe import Archive
from dedupe.cli.days import Day
from dedupe.cli.program import run

STORY = " ".join(WORDS[:30])
REPORT = " ".join(WORDS[30:60])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [
        {
            "id": "n1",
            "text": STORY,
            "title": "عنوان",
            "date": "2015-07-21",
            "outlet": "الجريدة",
            "url": "http://example.org/1",
        },
        {"id": "n2", "text": REPORT, "date": "2020-01-01"},
    ]
    written = "\n".join(json.dumps(line) for line in lines)
    (tmp_path / "news.jsonl").write_text(written, encoding="utf-8")
    (tmp_path / "new.txt").write_text(STORY.replace("أ", "ا"), encoding="utf-8")
    (tmp_path / "other.txt").write_text("شيء لم ينشر من قبل", encoding="utf-8")
    return tmp_path


@pytest.fixture
def published(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "create", "a.dedupe", "--seed", "1"]) == 0
    assert run(["archive", "add", "a.dedupe", "news.jsonl"]) == 0
    capsys.readouterr()


pytestmark = pytest.mark.usefixtures("published")


def test_what_is_added_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.dumps({"id": "n2", "text": STORY})
    Path("news.jsonl").write_text(f"{line}\n", encoding="utf-8")
    assert run(["archive", "add", "a.dedupe", "news.jsonl", "new.txt"]) == 0
    told = capsys.readouterr()
    assert told.out == "Added 1 document, replaced 1, kept 0 unchanged.\n"
    assert told.err == "dedupe: replaced: n2\n"
    assert run(["archive", "add", "a.dedupe", "news.jsonl", "new.txt"]) == 0
    assert "Added 0 documents, replaced 0, kept 2" in capsys.readouterr().out


def test_metadata_is_taken_from_the_fields_that_are_named() -> None:
    line = json.dumps({"key": "k", "body": STORY, "headline": "عنوان", "when": "2015"})
    Path("other.jsonl").write_text(line, encoding="utf-8")
    fields = "--id-field key --text-field body --title-field headline --date-field when"
    arguments = ["archive", "add", "a.dedupe", "other.jsonl", *fields.split()]
    assert run(arguments) == 0
    with Archive.open("a.dedupe") as opened:
        assert opened.published(["k"])["k"][:3] == ("k", "عنوان", "2015")


def test_an_input_that_cannot_be_read_does_not_keep_the_others_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["archive", "add", "a.dedupe", "new.txt", "missing.txt"]
    assert run(arguments) == 2
    told = capsys.readouterr()
    assert told.out.startswith("Added 1 document,")
    assert "cannot read: missing.txt" in told.err


def test_nothing_to_add_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "empty").mkdir()
    assert run(["archive", "add", "a.dedupe", "empty"]) == 2
    assert "nothing to read" in capsys.readouterr().err


@pytest.mark.parametrize(("file", "code"), [("new.txt", 1), ("other.txt", 0)])
def test_a_query_exits_as_a_scan_does(
    file: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["archive", "query", "a.dedupe", file, "--format", "json"]) == code
    report = json.loads(capsys.readouterr().out)
    assert [document["document"] for document in report["documents"]] == [file]
    assert report["settings"]["seed"] is None
    schema = resources.files("dedupe.reporters") / "report.schema.json"
    jsonschema.validate(report, json.loads(schema.read_text(encoding="utf-8")))
    places = [
        place["document"]
        for finding in report["findings"]
        for place in finding["occurrences"]
    ]
    assert places == (["new.txt", "n1"] if code else [])


def test_a_query_of_what_is_missing_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["archive", "query", "a.dedupe", "missing.txt"]) == 2
    (folder / "empty").mkdir()
    assert run(["archive", "query", "a.dedupe", "empty"]) == 2
    assert "nothing to read at empty" in capsys.readouterr().err


def test_ids_are_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "remove", "a.dedupe", "n1"]) == 0
    assert run(["archive", "query", "a.dedupe", "new.txt"]) == 0
    capsys.readouterr()
    assert run(["archive", "remove", "a.dedupe", "n1", "n2"]) == 2
    told = capsys.readouterr()
    assert told.out == "Removed 1 document.\n"
    assert told.err == "dedupe: n1 is not in the archive.\n"


def test_the_seed_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "info", "a.dedupe", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["documents"], told["paragraphs"], told["words"]) == (2, 2, 60)
    assert "seed" not in told["settings"]
    assert run(["archive", "info", "a.dedupe"]) == 0
    assert "seed" not in capsys.readouterr().out


def test_damage_is_told_and_cured(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "verify", "a.dedupe", "--full"]) == 0
    with sqlite3.connect("a.dedupe") as connection:
        connection.execute("update documents set title = 'x' where id = 'n1'")
    connection.close()
    capsys.readouterr()
    assert run(["archive", "verify", "a.dedupe"]) == 0
    assert run(["archive", "verify", "a.dedupe", "--full"]) == 2
    told = capsys.readouterr().err
    assert "document 'n1'" in told
    assert "dedupe archive rebuild a.dedupe" in told
    assert run(["archive", "rebuild", "a.dedupe"]) == 0
    assert run(["archive", "verify", "a.dedupe", "--full"]) == 0


@pytest.mark.parametrize(("day", "left"), [("2016-01-01", 1), ("1d", 0), ("40y", 2)])
def test_old_documents_are_pruned(
    day: str, left: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["archive", "prune", "a.dedupe", "--older-than", day]) == 0
    assert capsys.readouterr().out.startswith(f"Removed {2 - left} document")
    with Archive.open("a.dedupe") as opened:
        assert opened.info().documents == left


def test_a_snapshot_is_told_with_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "snapshot", "a.dedupe", "out.dedupe"]) == 0
    digest = hashlib.sha256(Path("out.dedupe").read_bytes()).hexdigest()
    assert capsys.readouterr().out == f"{digest}  out.dedupe\n"
    assert run(["archive", "query", "out.dedupe", "new.txt"]) == 1


COMMANDS = {
    "add": ["new.txt"],
    "remove": ["n1"],
    "query": ["new.txt"],
    "info": [],
    "verify": [],
    "prune": ["--older-than", "1d"],
    "snapshot": ["out.dedupe"],
    "rebuild": [],
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("archive", ["missing.dedupe", "new.txt"])
def test_what_is_no_archive_is_told_in_one_line(
    name: str, archive: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["archive", name, archive, *COMMANDS[name]]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert told.startswith(f"dedupe: {archive} ")
    assert "internal error" not in told


def test_an_archive_is_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["archive", "create", "a.dedupe"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_hostile_names_are_harmless(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = json.dumps({"id": "\x1b[2J::error::x", "text": STORY})
    (folder / "bad.jsonl").write_text(line, encoding="utf-8")
    run(["archive", "add", "a.dedupe", "bad.jsonl"])
    line = json.dumps({"id": "\x1b[2J::error::x", "text": REPORT})
    (folder / "bad.jsonl").write_text(line, encoding="utf-8")
    run(["archive", "add", "a.dedupe", "bad.jsonl"])
    run(["archive", "remove", "a.dedupe", "\x1b]0;x\x07"])
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert "replaced: " in told.err


@pytest.mark.parametrize(
    ("text", "days"), [("1d", 1), ("2w", 14), ("1y", 365), ("0d", 0)]
)
def test_a_day_may_be_told_by_how_long_ago_it_is(text: str, days: int) -> None:
    wanted = datetime.now(UTC).date() - timedelta(days=days)
    assert Day().convert(text, None, None) in (wanted, wanted + timedelta(days=1))
    assert Day().convert(date(2015, 1, 2), None, None) == date(2015, 1, 2)


@pytest.mark.parametrize("text", ["", "d", "1m", "١d", "999999y", "2015-13-01", "-1d"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a day"):
        Day().convert(text, None, None)


def test_a_text_of_standard_input_needs_an_id_of_its_own(
    published: None,  # noqa: ARG001
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def add(*options: str) -> int:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(STORY.encode())))
        return run(["archive", "add", "a.dedupe", "-", *options])

    assert add() == 2
    assert "--stdin-filename" in capsys.readouterr().err
    assert add("--stdin-filename", "wire/7.txt") == 0
    assert run(["archive", "remove", "a.dedupe", "-"]) == 2
    assert run(["archive", "remove", "a.dedupe", "wire/7.txt"]) == 0
