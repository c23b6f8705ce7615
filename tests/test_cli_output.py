from __future__ import annotations

import errno
import io
import itertools
import json
import os
import re
import stat
import subprocess
import sys
import unicodedata
from typing import TYPE_CHECKING, BinaryIO

import click
import pytest
from click.testing import CliRunner

from dedupe.cli import main, progress, summary
from dedupe.cli.colors import use_color
from dedupe.cli.progress import ProgressLine
from dedupe.model import Problem, ScanResult
from dedupe.readers.walking import FEW
from dedupe.reporters import REPORTERS, json_object

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

PARAGRAPH = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one text that holds a repeat, and no color in the air."""
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(
        f"{PARAGRAPH}\n\n{PARAGRAPH}\n", encoding="utf-8"
    )
    (tmp_path / "dedupe.toml").touch()
    return tmp_path


def scan(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["scan", "texts", *arguments], env=environment)


@pytest.mark.parametrize("format", REPORTERS)
def test_a_report_is_the_same_in_a_file_as_on_standard_output(
    folder: Path,
    format: str,  # noqa: A002
) -> None:
    printed = scan("-f", format)
    assert printed.exit_code == 1
    for number, options in enumerate(
        (["-f", f"{format}=0"], ["-f", format, "-o", "1"])
    ):
        written = scan(*options)
        assert (written.exit_code, written.stdout) == (1, "")
        assert (folder / str(number)).read_bytes() == printed.stdout_bytes


def test_one_scan_writes_many_reports(folder: Path) -> None:
    ended = scan("-f", "json=a.json", "-f", "concise", "-f", "jsonl=a.jsonl", "-q")
    assert ended.stdout.startswith("texts/a.txt:1-1: ")
    assert ended.stderr == ""
    assert json.loads((folder / "a.json").read_bytes())["status"] == "findings"
    assert len((folder / "a.jsonl").read_bytes().splitlines()) == 2


def test_a_report_in_the_scanned_folder_can_be_written_again(folder: Path) -> None:
    for _ in range(2):
        assert scan("-f", "json=texts/report.json").exit_code == 1
    assert json.loads((folder / "texts" / "report.json").read_bytes())


@pytest.mark.parametrize(
    "output", ["texts/a.txt", "./texts/../texts/a.txt", "link.txt", "texts/b.jsonl"]
)
def test_an_input_is_never_written_over(folder: Path, output: str) -> None:
    (folder / "texts" / "b.jsonl").write_text('{"text": "نص"}\n', encoding="utf-8")
    (folder / "link.txt").symlink_to(folder / "texts" / "a.txt")
    before = (folder / output).read_bytes()
    ended = scan("-f", "json", "-o", output)
    assert ended.exit_code == 2
    assert "is one of the inputs" in ended.stderr
    assert (folder / output).read_bytes() == before


def test_a_report_keeps_the_mode_and_the_link_of_the_one_before(folder: Path) -> None:
    (folder / "real.json").write_text("old")
    (folder / "real.json").chmod(0o640)
    (folder / "link.json").symlink_to("real.json")
    assert scan("-f", "json=link.json").exit_code == 1
    assert (folder / "link.json").is_symlink()
    assert stat.S_IMODE((folder / "real.json").stat().st_mode) == 0o640
    assert json.loads((folder / "real.json").read_bytes())


@pytest.mark.usefixtures("folder")
def test_a_report_can_go_to_a_device() -> None:
    assert scan("-o", os.devnull).exit_code == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs /dev/stdout")
@pytest.mark.parametrize(
    "options", ["-o /dev/stdout", "-o /dev/stderr 2>&1", "-f concise=>(cat)"]
)
@pytest.mark.usefixtures("folder")
def test_a_report_can_go_to_a_pipe_by_its_name(options: str) -> None:
    script = f'"{sys.executable}" -m dedupe scan texts -q -f concise {options} | cat'
    ended = subprocess.run(
        ["bash", "-c", f"{script}; exit ${{PIPESTATUS[0]}}"],  # noqa: S607
        capture_output=True,
        check=False,
    )
    assert ended.stderr == b""
    assert ended.returncode == 1
    assert ended.stdout.startswith(b"texts/a.txt:1-1: ")


def test_a_full_disk_leaves_the_old_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(_result: ScanResult, out: BinaryIO) -> None:
        out.write(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(json_object, "write", fill)
    (folder / "old.json").write_text("old")
    ended = scan("-f", "json=old.json", "-f", "concise=new.txt", "-f", "text")
    assert ended.exit_code == 2
    assert "old.json: cannot write the report: No space left" in ended.stderr
    assert (folder / "old.json").read_text() == "old"
    assert (folder / "new.txt").read_text(encoding="utf-8")
    assert PARAGRAPH in ended.stdout
    assert sorted(path.name for path in folder.iterdir()) == [
        "dedupe.toml",
        "new.txt",
        "old.json",
        "texts",
    ]


@pytest.mark.usefixtures("folder")
def test_nothing_is_scanned_for_a_report_that_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dedupe.cli.running.search", None)
    ended = scan("-o", "missing/report.txt")
    assert ended.exit_code == 2
    assert "the folder" in ended.stderr
    assert "internal error" not in ended.stderr


@pytest.mark.usefixtures("folder")
def test_the_summary_goes_to_standard_error() -> None:
    told = scan().stderr
    assert "dedupe: 1 finding: 1 identical.\n" in told
    assert re.search(r"Read 1 document, .* words in \d+\.\d\d s; .*%", told)
    assert scan("--quiet").stderr == ""


def test_verbose_names_what_was_skipped(folder: Path) -> None:
    (folder / "texts" / "odd\x1b.txt").symlink_to("nowhere")
    quiet = scan()
    told = scan("-v")
    assert "-v names them" in quiet.stderr
    assert "skipped: " in told.stderr
    assert '"texts/odd\\x1b.txt"' in told.stderr
    assert "\x1b" not in told.stderr


def test_verbose_counts_what_was_left_out_without_a_word(folder: Path) -> None:
    for name in ("one.md", "two.md", "three.exe", ".gitignore"):
        (folder / "texts" / name).write_text("*.md")
    assert "left out" not in scan().stderr
    told = scan("-v").stderr
    assert "left out: 2 paths by ignore files or --exclude and 1 file of types" in told
    told = scan("-v", "--exclude", "a.txt", "--no-ignore").stderr
    assert "left out: 1 path by ignore files or --exclude and 1 file of types" in told


@pytest.mark.parametrize("command", ["scan", "check", "clean"])
def test_nothing_to_read_says_what_was_left_out(folder: Path, command: str) -> None:
    (folder / "texts" / "b.exe").touch()
    arguments = [command, "texts", "--exclude", "*.txt"]
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == 2
    left_out = "1 path by ignore files or --exclude and 1 file of types that are not"
    assert f"nothing to read there; left out: {left_out} read\n" in ended.stderr
    (folder / "empty").mkdir()
    ended = CliRunner().invoke(main, [command, "empty"])
    assert "nothing to read there\n" in ended.stderr


def test_many_failures_are_counted_after_the_first_few() -> None:
    errors = tuple(Problem(f"{number}.txt", "gone") for number in range(50))
    result = ScanResult({}, "", [], [], [], [], errors=errors)
    lines = list(summary.problems(result, verbose=False, quiet=True))
    assert lines[0] == "cannot read: 0.txt: gone"
    assert lines[-1] == "cannot read: 30 more (-v names them)"
    assert len(list(summary.problems(result, verbose=True, quiet=True))) == 50


def expected_color(flag: str, no_color: str, force: str, *, is_terminal: bool) -> bool:
    """The order of precedence, written as a table."""
    if flag != "auto":
        return flag == "always"
    if no_color:
        return False
    return {"": is_terminal, "0": False, "1": True}[force]


@pytest.mark.parametrize(
    ("flag", "no_color", "force", "is_terminal"),
    [
        *itertools.product(
            ["auto", "always", "never"], ["", "0", "1"], ["", "0", "1"], [False, True]
        )
    ],
)
def test_the_flag_outranks_no_color_and_that_force_color_and_that_the_terminal(
    flag: str,
    no_color: str,
    force: str,
    is_terminal: bool,  # noqa: FBT001
) -> None:
    environment = {"NO_COLOR": no_color, "FORCE_COLOR": force, "TERM": "xterm"}
    assert use_color(flag, environment, is_terminal=is_terminal) == expected_color(
        flag, no_color, force, is_terminal=is_terminal
    )


@pytest.mark.parametrize(
    ("environment", "is_terminal", "colored"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"CLICOLOR_FORCE": "1"}, False, True),
        ({"CLICOLOR_FORCE": "0"}, False, False),
        ({"CLICOLOR_FORCE": "0"}, True, True),
        ({"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, True, False),
        ({"CLICOLOR_FORCE": "1", "FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": "false"}, True, False),
        ({"FORCE_COLOR": "3"}, False, True),
    ],
)
def test_color_by_the_environment(
    environment: dict[str, str],
    is_terminal: bool,  # noqa: FBT001
    colored: bool,  # noqa: FBT001
) -> None:
    assert use_color("auto", environment, is_terminal=is_terminal) == colored


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "always", "--no-color"], {}, False),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--no-color"], {"FORCE_COLOR": "1"}, False),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ([], {"DEDUPE_COLOR": "always"}, True),
        (["-f", "json"], {"FORCE_COLOR": "1"}, False),
        (["-f", "concise"], {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.usefixtures("folder")
def test_color_by_the_command(
    options: list[str], environment: dict[str, str], *, colored: bool
) -> None:
    assert ("\x1b[" in scan(*options, **environment).stdout) == colored


@pytest.mark.parametrize(
    ("option", "colored"), [([], False), (["--color", "always"], True)]
)
def test_a_file_is_colored_only_when_told(
    folder: Path, option: list[str], *, colored: bool
) -> None:
    scan("-o", "report.txt", *option, FORCE_COLOR="1")
    assert (b"\x1b[" in (folder / "report.txt").read_bytes()) == colored


@pytest.mark.parametrize(
    ("choice", "environment", "is_terminal", "shown"),
    [
        (None, {}, True, True),
        (None, {}, False, False),
        (None, {"CI": "true"}, True, False),
        (None, {"TERM": "dumb"}, True, False),
        (True, {"CI": "true"}, False, True),
        (False, {}, True, False),
    ],
)
def test_progress_is_for_a_person_at_a_terminal(
    choice: bool | None,  # noqa: FBT001
    environment: dict[str, str],
    is_terminal: bool,  # noqa: FBT001
    shown: bool,  # noqa: FBT001
) -> None:
    assert progress.wanted(choice, environment, is_terminal=is_terminal) == shown


def test_progress_is_drawn_over_itself_and_gone_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter([0.0, 0.1, 0.5, 0.55, 0.7])
    monkeypatch.setattr("dedupe.cli.progress.time.monotonic", lambda: next(clock))
    stream = io.StringIO()
    with ProgressLine(stream) as line:
        for share in (0.1, 0.5, 0.6, 1.0):
            line("reading", share)
    drawn = stream.getvalue()
    assert "10%" not in drawn
    assert "60%" not in drawn
    assert "reading      [############............]  50%" in drawn
    assert "reading      [########################] 100%" in drawn
    assert "\n" not in drawn
    assert re.search(r"\r +\r$", drawn)


def test_the_schema_is_printed_as_it_ships() -> None:
    printed = json.loads(CliRunner().invoke(main, ["schema"]).stdout)
    assert printed["properties"]["schema_version"] == {"const": "1"}


def test_the_help_loads_no_command() -> None:
    context = click.Context(main)
    shown = main.get_help(context)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command
        assert re.search(rf"^  {name} ", shown, re.MULTILINE)


HOSTILE_NAMES = [
    b"escape\x1b[2J.txt",
    b"new\nline.txt",
    "override\N{RIGHT-TO-LEFT OVERRIDE}.txt".encode(),
    b"not-utf-8\xff.txt",
    b"::add-mask::x.txt",
]


@pytest.mark.skipif(os.name != "posix", reason="needs file names of bytes")
@pytest.mark.parametrize("format", REPORTERS)
def test_hostile_names_and_texts_come_out_harmless(
    folder: Path,
    format: str,  # noqa: A002
) -> None:
    text = f"{PARAGRAPH} \x1b]0;title\x07 \x9b31m {chr(0x202E)} <b>".encode()
    for name in HOSTILE_NAMES:
        (folder / "texts" / os.fsdecode(name)).write_bytes(text)
    (folder / "texts" / "ids.jsonl").write_text(
        json.dumps({"id": "i\x1bd", "text": text.decode()})
    )
    (folder / "texts" / "broken\x1b.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    ended = scan("-f", format, "-v")
    assert ended.exit_code == 2
    # Some formats have a mark, line ends or commands of their own.
    report = ended.stdout
    if format == "csv":
        report = report.removeprefix("\ufeff").replace("\r\n", "\n")
    elif format == "github":
        report = re.sub(r"^::(error|warning|notice) ", "", report, flags=re.MULTILINE)
    for shown in (report, ended.stderr):
        unsafe = {
            character
            for character in shown
            if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
        assert unsafe <= {"\n"}
        assert not re.search(r"^\s*(::|##\w*\[)", shown, re.MULTILINE)
    if format in ("json", "jsonl", "pairs", "passages"):
        objects = [ended.stdout] if format == "json" else ended.stdout.splitlines()
        assert all(isinstance(json.loads(line), dict) for line in objects)


@pytest.mark.parametrize("others", [0, FEW + 1])
def test_the_file_that_the_shell_writes_to_is_no_text(
    folder: Path, others: int
) -> None:
    names = [f"texts/{number:05}.txt" for number in range(others)]
    for name in names:
        (folder / name).write_bytes(b"")
    with (folder / "texts" / "report.txt").open("wb") as report:
        subprocess.run(
            [sys.executable, "-m", "dedupe", "scan", "texts", "-f", "json"],
            stdout=report,
            check=False,
        )
    told = json.loads((folder / "texts" / "report.txt").read_bytes())
    documents = [each["document"] for each in told["documents"]]
    assert documents == [*names, "texts/a.txt"]
    assert told["errors"] == []
