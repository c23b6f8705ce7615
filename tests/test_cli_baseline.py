from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from dedupe.cli import main

if TYPE_CHECKING:
    from click.testing import Result

PARAGRAPH = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"
OTHER = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Texts with one repeat, no CI in the environment."""
    for name in os.environ:
        if name.startswith("DEDUPE_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "texts").mkdir()
    write("a", PARAGRAPH, OTHER)
    write("b", PARAGRAPH)
    (tmp_path / "dedupe.toml").touch()
    return tmp_path


def write(name: str, *paragraphs: str) -> None:
    Path("texts", f"{name}.txt").write_text("\n\n".join(paragraphs), encoding="utf-8")


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def baseline(what: str, *arguments: str, **environment: str) -> Result:
    return run("baseline", what, "b.jsonl", "texts", *arguments, **environment)


def entries() -> list[dict[str, object]]:
    lines = Path("b.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[1:]]


@pytest.mark.parametrize("command", ["scan", "check"])
@pytest.mark.usefixtures("folder")
def test_only_what_is_new_fails(command: str) -> None:
    assert run(command, "texts").exit_code == 1
    assert baseline("create").exit_code == 0
    ended = run(command, "texts", "--baseline", "b.jsonl")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[0].endswith("100% alike, known")
    assert "dedupe: Baseline: 0 new, 1 known, 0 fixed.\n" in ended.stderr
    write("c", OTHER)
    ended = run(command, "texts", "--baseline", "b.jsonl", "-f", "json")
    assert ended.exit_code == 1
    told = json.loads(ended.stdout)
    assert sorted(item["state"] for item in told["findings"]) == ["known", "new"]
    assert told["summary"]["failing"] == 1
    assert told["summary"]["baseline"] == {"new": 1, "known": 1, "fixed": 0}
    write("a", "")
    ended = run(command, "texts", "--baseline", "b.jsonl")
    assert ended.exit_code == 0
    assert "dedupe: Baseline: 0 new, 0 known, 1 fixed.\n" in ended.stderr


@pytest.mark.usefixtures("folder")
def test_a_third_copy_fails() -> None:
    assert baseline("create").exit_code == 0
    write("c", PARAGRAPH)
    assert run("check", "texts", "--baseline", "b.jsonl").exit_code == 1
    assert baseline("update").exit_code == 0
    assert run("check", "texts", "--baseline", "b.jsonl").exit_code == 0
    assert [entry["count"] for entry in entries()] == [3]


@pytest.mark.usefixtures("folder")
def test_a_baseline_is_not_written_over_unasked() -> None:
    assert baseline("create").exit_code == 0
    before = Path("b.jsonl").read_bytes()
    write("c", OTHER)
    ended = baseline("create")
    assert ended.exit_code == 2
    assert "b.jsonl is there already" in ended.stderr
    assert Path("b.jsonl").read_bytes() == before
    assert baseline("create", "--force").exit_code == 0
    assert len(entries()) == 2


@pytest.mark.usefixtures("folder")
def test_an_update_adds_and_takes_out() -> None:
    assert baseline("create", "--reason", "كل شهر").exit_code == 0
    write("c", OTHER)
    assert baseline("update", "--expires", "2999-01-01").exit_code == 0
    reasons = sorted(
        (str(entry.get("reason")), entry.get("expires")) for entry in entries()
    )
    assert reasons == [("None", "2999-01-01"), ("كل شهر", None)]
    write("b", "")
    assert baseline("update").exit_code == 0
    assert [entry.get("expires") for entry in entries()] == ["2999-01-01"]


@pytest.mark.usefixtures("folder")
def test_in_ci_nothing_new_is_accepted_unasked() -> None:
    assert baseline("create").exit_code == 0
    before = Path("b.jsonl").read_bytes()
    assert baseline("update", CI="true").exit_code == 0
    write("c", OTHER)
    ended = baseline("update", CI="true")
    assert ended.exit_code == 2
    assert " texts/a.txt:3 and texts/c.txt:1\n" in ended.stderr
    assert "b.jsonl is left as it is: 1 new; " in ended.stderr
    assert Path("b.jsonl").read_bytes() == before
    assert baseline("update", "--yes", CI="true").exit_code == 0
    assert len(entries()) == 2
    # What is only fixed may go in CI, too.
    write("c", "")
    assert baseline("update", CI="true").exit_code == 0
    assert Path("b.jsonl").read_bytes() == before


@pytest.mark.usefixtures("folder")
def test_an_audit_lists_what_is_stale() -> None:
    write("c", PARAGRAPH)
    assert baseline("create", "--reason", "مرة \x1b[2J").exit_code == 0
    ended = baseline("audit")
    assert (ended.exit_code, ended.stdout) == (0, "")
    (name,) = [entry["id"] for entry in entries()]
    write("c", "")
    ended = baseline("audit")
    assert ended.exit_code == 1
    assert ended.stdout == f"fewer {name} accepted=3 found=2 مرة \\x1b[2J\n"
    write("b", "")
    assert baseline("audit").stdout.startswith(f"gone {name} accepted=3 found=0 ")


@pytest.mark.usefixtures("folder")
def test_what_has_expired_fails_again() -> None:
    assert baseline("create", "--expires", "2001-01-01").exit_code == 0
    assert run("check", "texts", "--baseline", "b.jsonl").exit_code == 1
    ended = baseline("audit")
    assert ended.exit_code == 1
    assert ended.stdout.startswith("expired ")
    assert ended.stdout.endswith(" accepted=2 found=2 expires=2001-01-01\n")
    assert baseline("update").exit_code == 0
    assert [sorted(entry) for entry in entries()] == [["count", "id"]]


@pytest.mark.parametrize("command", ["scan", "check"])
@pytest.mark.usefixtures("folder")
def test_a_baseline_of_other_settings_is_refused_with_the_cure(command: str) -> None:
    assert baseline("create").exit_code == 0
    options = ["--baseline", "b.jsonl", "--min-words", "9"]
    ended = run(command, "texts", *options)
    assert ended.exit_code == 2
    assert "'dedupe baseline create --force b.jsonl PATHS'" in ended.stderr
    assert baseline("create", "--force", "--min-words", "9").exit_code == 0
    assert run(command, "texts", *options).exit_code == 0


@pytest.mark.usefixtures("folder")
def test_a_baseline_among_the_texts_is_no_text() -> None:
    first = run("baseline", "create", "texts/b.jsonl", "texts")
    assert first.exit_code == 0, first.stderr
    for command in (
        ["check", "texts", "--baseline", "texts/b.jsonl"],
        ["baseline", "update", "texts/b.jsonl", "texts"],
        ["baseline", "audit", "texts/b.jsonl", "texts"],
    ):
        ended = run(*command)
        assert ended.exit_code == 0, ended.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["create", "b", "none.txt"], 2),
        (["create", "b", "texts", "none.txt"], 2),
        (["create", "none/b", "texts"], 2),
        (["create", "texts", "texts"], 2),
        (["create", "b", "texts", "--expires", "soon"], 2),
        (["update", "b", "texts"], 2),
        (["audit", "b", "texts"], 2),
        (["update", "texts/a.txt", "texts"], 2),
        (["create"], 2),
        (["remove", "b"], 2),
        (["--help"], 0),
        (["create", "--help"], 0),
    ],
    ids=str,
)
def test_trouble_writes_no_baseline(
    folder: Path, arguments: list[str], code: int
) -> None:
    ended = run("baseline", *arguments)
    assert ended.exit_code == code, ended.output
    assert "internal error" not in ended.output
    assert sorted(path.name for path in folder.iterdir()) == ["dedupe.toml", "texts"]


@pytest.mark.usefixtures("folder")
def test_a_report_never_goes_over_the_baseline() -> None:
    assert baseline("create").exit_code == 0
    ended = run("check", "texts", "--baseline", "b.jsonl", "-o", "b.jsonl")
    assert (ended.exit_code, "one of the inputs" in ended.stderr) == (2, True)
    assert entries()


def test_the_file_says_what_the_command_line_need_not(folder: Path) -> None:
    settings = "baseline = 'b.jsonl'\nformat = ['concise']\nmin_words = 9\n"
    (folder / "dedupe.toml").write_text(f"{settings}[check]\nfail_words = 1\n")
    ended = baseline("create")
    assert ended.exit_code == 0, ended.stderr
    for command in ("scan", "check"):
        ended = run(command, "texts")
        assert (ended.exit_code, ended.stdout[-7:]) == (0, " known\n"), ended.output


@pytest.mark.usefixtures("folder")
def test_the_same_texts_give_the_same_bytes() -> None:
    written = set()
    for number, jobs in enumerate("123"):
        name = f"{number}.baseline"
        options = ["-j", jobs, "-q"]
        assert run("baseline", "create", name, "texts", *options).exit_code == 0
        written.add(Path(name).read_bytes())
    assert len(written) == 1
