from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dedupe.cli import main, program

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMAND = [sys.executable, "-m", "dedupe"]
PARAGRAPH = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"
OTHER = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس"

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and a shell")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of texts: clean and repeated ones, broken ones and none."""
    monkeypatch.chdir(tmp_path)
    texts = {
        "clean/a.txt": f"{PARAGRAPH}\n\n{OTHER}\n",
        "repeated/a.txt": f"{PARAGRAPH}\n\n{OTHER}\n\n{PARAGRAPH}\n",
        "repeated/b.txt": f"{OTHER}\n",
        "two/a.txt": PARAGRAPH,
        "two/b.txt": PARAGRAPH,
        "lines.jsonl": '{"id": "1", "text": "'
        + PARAGRAPH
        + '"}\n{"id": "2", "text": "'
        + PARAGRAPH
        + '"}\n',
        "dedupe.toml": "",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    (tmp_path / "broken" / "b.txt").write_text(f"{PARAGRAPH}\n\n{PARAGRAPH}\n", "utf-8")
    (tmp_path / "bad.toml").write_text("min_word = 3")
    return tmp_path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, **environment},
    )


CASES: list[tuple[str, list[str], int]] = [
    ("help", ["--help"], 0),
    ("version", ["--version"], 0),
    ("schema", ["schema"], 0),
    ("help of a command", ["scan", "--help"], 0),
    ("no command", [], 2),
    ("unknown command", ["scann"], 2),
    ("no path", ["scan"], 2),
    ("clean folder", ["scan", "clean"], 0),
    ("clean file", ["scan", "clean/a.txt"], 0),
    ("repeated in a file", ["scan", "repeated/a.txt"], 1),
    ("repeated in a folder", ["scan", "repeated"], 1),
    ("copied between files", ["scan", "two/a.txt", "two/b.txt"], 1),
    ("copied between JSON lines", ["scan", "lines.jsonl"], 1),
    ("findings forgiven", ["scan", "repeated", "--exit-zero"], 0),
    ("unknown option", ["scan", "clean", "--colour"], 2),
    ("option without a value", ["scan", "clean", "--min-words"], 2),
    ("not a number", ["scan", "clean", "--min-words", "x"], 2),
    ("out of range", ["scan", "clean", "--jaccard", "0"], 2),
    ("bands that do not fit", ["scan", "clean", "--bands", "31"], 2),
    ("no such fold", ["scan", "clean", "--fold", "most"], 2),
    ("no such encoding", ["scan", "clean", "--encoding", "klingon"], 2),
    ("no such format", ["scan", "clean", "--format", "xml"], 2),
    ("two formats to one place", ["scan", "clean", "-f", "json", "-f", "text"], 2),
    ("two reports to one file", ["scan", "clean", "-f", "json=x", "-f", "text=x"], 2),
    ("no report for the output", ["scan", "clean", "-f", "json=x", "-o", "y"], 2),
    ("no folder for the report", ["scan", "clean", "-o", "none/report.txt"], 2),
    ("report over a folder", ["scan", "clean", "-o", "empty"], 2),
    ("report over an input", ["scan", "clean", "-o", "clean/a.txt"], 2),
    ("bad configuration", ["scan", "clean", "--config", "bad.toml"], 2),
    ("missing configuration", ["scan", "clean", "--config", "none.toml"], 2),
    ("missing path", ["scan", "none.txt"], 2),
    ("path that is too long", ["scan", "n" * 5000], 2),
    ("report with too long a name", ["scan", "clean", "-o", "n" * 300], 2),
    ("missing path among others", ["scan", "none.txt", "repeated"], 2),
    ("missing path forgiven", ["scan", "none.txt", "repeated", "--exit-zero"], 2),
    ("unreadable among others", ["scan", "broken"], 2),
    ("nothing to read", ["scan", "empty"], 2),
    ("everything excluded", ["scan", "clean", "--exclude", "*.txt"], 2),
]


@pytest.mark.parametrize(
    ("arguments", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.usefixtures("folder")
def test_the_exit_code_says_clean_or_findings_or_trouble(
    arguments: Sequence[str], code: int
) -> None:
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == code, ended.output
    if code == 2:
        (*_, last) = ended.stderr.splitlines()
        assert last.startswith("dedupe: ")
        assert "internal error" not in ended.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["scan", "clean"], 0),
        (["scan", "repeated"], 1),
        (["scan", "none.txt", "repeated"], 2),
        (["scan", "clean", "--colour"], 2),
    ],
    ids=["help", "clean", "repeated", "missing", "usage"],
)
@pytest.mark.usefixtures("folder")
def test_the_real_command_ends_with_the_same_codes(
    arguments: Sequence[str], code: int
) -> None:
    ended = run(*arguments)
    assert ended.returncode == code, ended.stderr.decode()


@pytest.mark.usefixtures("folder")
def test_a_failed_input_is_named_and_the_rest_is_reported() -> None:
    ended = CliRunner().invoke(main, ["scan", "broken", "none.txt", "--quiet"])
    assert ended.exit_code == 2
    assert "broken/b.txt:1, broken/b.txt:3: identical" in ended.stdout
    named = sorted(ended.stderr.splitlines())
    assert [line.split(": ")[:3] for line in named] == [
        ["dedupe", "cannot read", "broken/a.txt"],
        ["dedupe", "cannot read", "none.txt"],
    ]


@pytest.mark.usefixtures("folder")
def test_an_internal_error_is_one_line_that_tells_how_to_get_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        message = "Traceback\n  of a worker\nthe \x1b[2J dog ate it"
        raise RuntimeError(message)

    monkeypatch.setattr("dedupe.cli.running.search", fail)
    ended = CliRunner().invoke(main, ["scan", "clean"])
    assert ended.exit_code == 2
    (line,) = ended.stderr.splitlines()
    assert line == (
        r"dedupe: internal error: RuntimeError: the \x1b[2J dog ate it. "
        "Run again with --debug for more."
    )
    told = CliRunner().invoke(main, ["scan", "clean", "--debug"]).stderr
    assert told.startswith("Traceback (most recent call last):\n")
    assert "  of a worker\n" in told
    assert "\x1b" not in told


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (MemoryError(), 2),
        (RecursionError(), 2),
        (OSError(5, "I/O error"), 2),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(32, "Broken pipe"), 0),
    ],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.usefixtures("folder")
def test_no_error_looks_like_a_finding(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(*_args: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("dedupe.cli.running.search", fail)
    assert program.run(["scan", "repeated"]) == code


@posix
@pytest.mark.parametrize(
    ("sent", "code"),
    [(signal.SIGINT, 130), (signal.SIGTERM, 143)],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_signal_ends_a_scan_that_waits_for_input(
    folder: Path, sent: signal.Signals, code: int
) -> None:
    with subprocess.Popen(
        [*COMMAND, "scan", "-", "-o", "report.txt"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin
        assert running.stderr
        # More than a pipe holds: it can all be written only once the scan reads.
        running.stdin.write(b"\n" * 1_000_000)
        # A signal between two reads is seen only after the second; let it wait there.
        time.sleep(0.3)
        running.send_signal(sent)
        assert running.wait(10) == code
        assert b"Traceback" not in running.stderr.read()
    assert not list(folder.glob("*report*"))
    assert not list(folder.glob(".dedupe-*"))


@posix
@pytest.mark.parametrize(("name", "code"), [("many", 1), ("help", 0)])
def test_a_closed_pipe_is_no_error(folder: Path, name: str, code: int) -> None:
    lines = [f"{PARAGRAPH} {number}" for number in range(3_000)] * 2
    (folder / "many.txt").write_text("\n\n".join(lines), "utf-8")
    what = "scan many.txt --quiet" if name == "many" else "scan --help"
    script = f'"{sys.executable}" -m dedupe {what} | true; exit "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", script],  # noqa: S607
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (code, b"")


@posix
@pytest.mark.usefixtures("folder")
def test_a_full_disk_is_trouble() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, "scan", "repeated"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 2
    assert b"standard output: cannot write the report: No space" in ended.stderr


@posix
@pytest.mark.usefixtures("folder")
def test_closed_streams_do_not_change_the_code() -> None:
    for redirection, code in (
        ("2>&-", 1),
        ("-j 2 2>&-", 1),
        (">&- -o out.txt", 1),
        (">&-", 2),
    ):
        script = f'"{sys.executable}" -m dedupe scan repeated {redirection}'
        ended = subprocess.run(["bash", "-c", script], check=False)  # noqa: S607
        assert ended.returncode == code, redirection


@posix
@pytest.mark.parametrize(
    "command",
    [
        "scan -",
        "check -",
        "clean -",
        "clean - --stdin-filename a.jsonl",
        "baseline create baseline.jsonl -",
        "explain - lines.jsonl",
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_closed_standard_input_is_an_input_that_cannot_be_read(command: str) -> None:
    script = f'"{sys.executable}" -m dedupe {command} <&-'
    ended = subprocess.run(
        ["bash", "-c", script],  # noqa: S607
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "standard input is closed" in ended.stderr


@posix
@pytest.mark.usefixtures("folder")
def test_a_standard_input_that_cannot_be_read_is_no_internal_error() -> None:
    with Path("out.txt").open("wb") as writable:
        ended = subprocess.run(
            [*COMMAND, "scan", "-"], stdin=writable, capture_output=True, check=False
        )
    assert ended.returncode == 2
    assert b"cannot read: -: " in ended.stderr


@posix
@pytest.mark.usefixtures("folder")
def test_a_file_is_cleaned_where_standard_input_is_closed() -> None:
    script = f'"{sys.executable}" -m dedupe clean lines.jsonl <&-'
    ended = subprocess.run(["bash", "-c", script], check=False)  # noqa: S607
    assert ended.returncode == 0


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONHASHSEED": "7", "TZ": "Asia/Riyadh", "LC_ALL": "C.UTF-8"},
    ],
    ids=["C", "windows-1252", "hash seed"],
)
@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.usefixtures("folder")
def test_the_report_depends_on_no_locale_seed_or_jobs(
    environment: dict[str, str],
    format: str,  # noqa: A002
) -> None:
    usual = run("scan", "repeated", "-f", format, "-j", "1")
    other = run("scan", "repeated", "-f", format, "-j", "3", **environment)
    assert usual.returncode == other.returncode == 1
    assert usual.stdout == other.stdout
    assert str(folder).encode() not in usual.stdout
