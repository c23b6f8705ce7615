from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dedupe.cli.clean import diffs, rewriting
from dedupe.edits import Edit
from dedupe.errors import InputError
from dedupe.readers import Source

posix = pytest.mark.skipif(os.name != "posix", reason="needs numbers of processes")


def source_of(path: Path) -> Source:
    status = path.stat()
    return Source(path.name, str(path), "text", status.st_size, status.st_mtime_ns)


@posix
def test_what_a_process_that_is_no_more_left_behind_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = {
        f".dedupe-clean-{ended.pid}-00.tmp": False,
        f".dedupe-clean-{os.getpid()}-00.tmp": True,  # of a run that is at work
        f".dedupe-clean-{ended.pid}-00.txt": True,
        ".dedupe-clean-x-00.tmp": True,
        ".dedupe-00.tmp": True,
    }
    for name in names:
        (tmp_path / name).write_bytes(b"half")
    rewriting.sweep([str(tmp_path), str(tmp_path / "none")])
    assert {name: (tmp_path / name).exists() for name in names} == names


def test_a_file_that_was_saved_in_the_meantime_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    source = source_of(path)
    path.write_bytes(b"newer")
    with pytest.raises(InputError, match="changed while"):
        rewriting.rewrite(source, b"clean", ".bak")
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]
    assert path.read_bytes() == b"newer"


def test_a_backup_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    path, backup = tmp_path / "a.txt", tmp_path / "a.txt~"
    path.write_bytes(b"old")
    backup.hardlink_to(path)  # as a run leaves it that is killed in between
    rewriting.rewrite(source_of(path), b"new", "~")
    assert (path.read_bytes(), backup.read_bytes()) == (b"new", b"old")
    rewriting.rewrite(source_of(path), b"newer", "~")
    assert (path.read_bytes(), backup.read_bytes()) == (b"newer", b"new")
    assert len(list(tmp_path.iterdir())) == 2


TEXT = "سطر أول\nقال\N{ZERO WIDTH SPACE} محــمد ، ثم\n\n\nخامس\x1b[2J\nسادس"
SHOWN = [
    ("a space", [("محــمد ", " ", "")], "-2 +2", ["قال محــمد[- -]، ثم"]),
    ("part of a word", [("حـ", "ـ", "")], "-2 +2", ["قال [-محــمد-]{+محـمد+} ، ثم"]),
    ("a digit for a digit", [("س", "س", "٥")], "-1 +1", ["[-سطر-]{+٥طر+} أول"]),
    ("a blank line", [("\n\n", "\n", "")], "-3 +3,0", ["[-<LINE FEED>-]"]),
    ("a line", [("J", "\nسادس", "")], "-5,2 +5",
     [r"خامس\x1b[2J[-<LINE FEED>-]", "[-سادس-]"]),
    ("a line of orders", [("\n\n\n", "خامس\x1b[2J\n", "")], "-5 +5,0",
     ["[-خامس<U+001B>[2J-]"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("places", "lines", "body"), [case[1:] for case in SHOWN], ids=[c[0] for c in SHOWN]
)
def test_a_diff_marks_words_and_names_what_cannot_be_seen(
    places: list[tuple[str, str, str]], lines: str, body: list[str]
) -> None:
    edits = []
    for before, gone, come in places:
        start = TEXT.index(before) + len(before.removesuffix(gone))
        if not TEXT.startswith(gone, start):
            start = TEXT.index(before) + len(before)
        edits.append(Edit(start, start + len(gone), come, "rule", "why"))
    shown = diffs.render("a.txt", TEXT, edits).splitlines()
    assert shown[2] == f"@@ {lines} @@ rule: why"
    assert [
        line.removeprefix("  | ").replace("\u200b", "") for line in shown[3:]
    ] == body


def test_no_line_of_a_diff_begins_with_a_line_of_the_text() -> None:
    text = "::error::x ،\n##vso[x] ،\n"
    edits = [Edit(10, 11, "", "rule", "why"), Edit(21, 22, "", "rule", "why")]
    starts = ("--- ", "+++ ", "@@ ", "  | ")
    shown = diffs.render("::x", text, edits).splitlines()
    assert all(line.startswith(starts) for line in shown)
    assert shown[0] == '--- "::x"'


def test_unchanged_text_is_shortened_and_what_goes_is_not() -> None:
    text = "كلمة " * 100 + "،" + " كلمة" * 100
    shown = diffs.render("a", text, [Edit(499, 500, "", "rule", "why")])
    assert len(shown) < 300
    assert diffs.ELLIPSIS in shown
    gone = diffs.render("a", text, [Edit(0, len(text), "", "rule", "why")])
    assert f"[-{text}-]" in gone
