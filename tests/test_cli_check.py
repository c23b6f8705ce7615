from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from click.testing import CliRunner

from dedupe.cli import main

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.testing import Result

PARAGRAPH = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"
OTHER = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس"
THIRD = "وصل قطار البضائع متأخرا بسبب الضباب الكثيف فوق الجسر القديم صباح الخميس"
RESPELLED = "إفتتحت البلديه امس المكتبة العـامة فى الحي القديم بعد ترميمها مدة عامين"
NEXT_DAY = "2999-01-01"

posix = pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Incoming texts of every kind, what was published, and what is allowed."""
    for name in os.environ:
        if name.startswith("DEDUPE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    texts = {
        "clean/a.txt": f"{PARAGRAPH}\n\n{OTHER}\n",
        "copied/a.txt": f"{PARAGRAPH}\n\n{OTHER}\n",
        "copied/b.txt": f"{RESPELLED}\n\n{THIRD}\n",
        "quoted/a.txt": f"{PARAGRAPH} كما جاء\n",
        "quoted/b.txt": f"وقالت الوكالة «{PARAGRAPH}» قبل قليل\n",
        "official/note.txt": f"{PARAGRAPH}\n",
        "published.jsonl": "".join(
            json.dumps({"id": name, "date": day, "title": "خبر", "text": text}) + "\n"
            for name, day, text in (
                ("old", "2001-01-01", PARAGRAPH),
                ("recent", NEXT_DAY, THIRD),
                ("undated", "", OTHER),
            )
        ),
        "dedupe.toml": "",
        "bad.toml": "[check]\nfail_of = 'identical'",
    }
    for name, text in texts.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "no.txt").touch()
    (tmp_path / "blank" / "lines.txt").write_bytes(b"\n\r\n \n")
    (tmp_path / "broken").mkdir()
    broken = PARAGRAPH.encode() * 99 + b"\xd8 " + PARAGRAPH.encode()
    (tmp_path / "broken" / "a.txt").write_bytes(broken)
    return tmp_path


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


def check(*arguments: str, **environment: str) -> Result:
    return run("check", *arguments, **environment)


def report(*arguments: str) -> dict[str, Any]:
    ended = check(*arguments, "-f", "json", "-q")
    loaded: dict[str, Any] = json.loads(ended.stdout)
    schema = resources.files("dedupe.reporters") / "report.schema.json"
    jsonschema.validate(loaded, json.loads(schema.read_text(encoding="utf-8")))
    expected = {"clean": 0, "findings": 1, "error": 2}[loaded["status"]]
    assert ended.exit_code == expected
    return loaded


CASES: list[tuple[str, list[str], int]] = [
    ("clean", ["clean"], 0),
    ("copied", ["copied"], 1),
    ("copied, only told", ["copied", "--exit-zero"], 0),
    ("not close enough", ["copied", "--fail-on", "identical"], 0),
    ("just close enough", ["copied", "--fail-on", "orthographic"], 1),
    ("too few words", ["copied", "--fail-words", "13"], 0),
    ("enough words", ["copied", "--fail-words", "12"], 1),
    ("too small a share", ["copied", "--fail-share", "60"], 0),
    ("enough of a share", ["copied", "--fail-share", "40"], 1),
    ("quoted", ["quoted"], 0),
    ("quotations forbidden", ["quoted", "--no-allow-quotations"], 1),
    ("allowed file", ["copied", "--allow", "official/note.txt"], 0),
    ("allowed folder", ["copied", "--allow", "official"], 0),
    ("other text allowed", ["copied", "--allow", "clean/a.txt", "quoted"], 0),
    ("nothing allowed there", ["copied", "--allow", "empty"], 2),
    ("missing allowed text", ["copied", "--allow", "none.txt"], 2),
    ("broken allowed text", ["copied", "--allow", "broken"], 2),
    ("allowed from a pipe", ["copied", "--allow", "-"], 2),
    ("missing path", ["none.txt"], 2),
    ("missing path among others", ["clean", "none.txt"], 2),
    ("missing path forgiven", ["none.txt", "--exit-zero"], 2),
    ("broken bytes", ["broken"], 2),
    ("too large", ["clean", "--max-file-size", "10"], 2),
    ("nothing there", ["empty"], 2),
    ("nothing there is fine", ["empty", "--allow-empty"], 0),
    ("missing is never fine", ["none.txt", "--allow-empty"], 2),
    ("no paragraph", ["blank"], 2),
    ("no paragraph in a file that is named", ["blank/no.txt"], 2),
    ("no paragraph is fine", ["blank", "--allow-empty"], 0),
    ("no paragraph in one of them", ["blank", "clean"], 0),
    ("no path", [], 2),
    ("no such relation", ["clean", "--fail-on", "alike"], 2),
    ("no such share", ["clean", "--fail-share", "101"], 2),
    ("no such number", ["clean", "--fail-words", "-1"], 2),
    ("no such day", ["clean", "--since", "yesterday"], 2),
    ("missing baseline", ["clean", "--baseline", "none"], 2),
    ("missing archive", ["clean", "--archive", "none"], 2),
    ("no archive", ["clean", "--archive", "clean/a.txt"], 2),
    ("bad configuration", ["clean", "--config", "bad.toml"], 2),
]


@pytest.mark.parametrize(
    ("arguments", "code"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.usefixtures("folder")
def test_the_exit_code_says_pass_or_fail_or_trouble(
    arguments: Sequence[str], code: int
) -> None:
    ended = check(*arguments)
    assert ended.exit_code == code, ended.output
    assert "internal error" not in ended.output
    if code == 2:
        assert ended.stderr.startswith("dedupe: ")


@posix
@pytest.mark.parametrize("make", ["link", "dangling", "pipe"])
def test_what_a_scan_skips_is_trouble_in_a_check(folder: Path, make: str) -> None:
    odd = folder / "clean" / "odd.txt"
    if make == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to(folder / "dedupe.toml" if make == "link" else "nowhere")
    assert run("scan", "clean").exit_code == 0
    ended = check("clean")
    assert ended.exit_code == 2
    assert "cannot read: clean/odd.txt" in ended.stderr
    assert "--exclude" in ended.stderr
    assert check("clean", "--exclude", "odd.txt").exit_code == 0


def test_broken_bytes_are_a_warning_in_a_scan_and_trouble_in_a_check(
    folder: Path,
) -> None:
    (folder / "clean" / "b.jsonl").write_bytes(
        b'{"text": "' + PARAGRAPH.encode() * 99 + b'\xd8 "}\n'
    )
    assert "warning: clean/b.jsonl:1" in run("scan", "clean").stderr
    for name, cannot in (("clean", "clean/b.jsonl:1"), ("broken", "broken/a.txt")):
        ended = check(name)
        assert ended.exit_code == 2
        assert f"cannot read: {cannot}: one broken sequence of UTF-8" in ended.stderr


@pytest.mark.usefixtures("folder")
def test_a_check_finds_what_a_scan_finds() -> None:
    found = report("copied")["findings"]
    scanned = json.loads(run("scan", "copied", "-f", "json").stdout)["findings"]
    assert found == scanned
    assert [item["relation"] for item in found] == ["orthographic"]


@pytest.mark.usefixtures("folder")
def test_what_passes_is_reported_with_the_reason() -> None:
    told = report("quoted")
    assert [item["allowed"] for item in told["findings"]] == ["quotation"]
    assert told["summary"]["failing"] == 0
    told = report("copied", "--allow", "official")
    assert [item["allowed"] for item in told["findings"]] == [
        "allowed: official/note.txt"
    ]
    ended = check("copied", "--allow", "official")
    assert ", allowed (allowed: official/note.txt)\n" in ended.stdout
    assert "dedupe: Let pass: 1 allowed.\n" in ended.stderr
    ended = check("quoted", "-f", "concise")
    assert ended.stdout.endswith(" allowed=quotation\n")


@pytest.mark.usefixtures("folder")
def test_standard_input_is_read_but_once_and_its_quotations_pass() -> None:
    text = f"{PARAGRAPH} كما جاء\n\nوقالت الوكالة «{PARAGRAPH}» قبل قليل\n"
    ended = CliRunner().invoke(main, ["check", "-"], input=text.encode())
    assert (ended.exit_code, "quotation" in ended.stdout) == (0, True), ended.output


CONFIGURED = {
    "in the table of check": "[check]\nfail_on = 'identical'",
    "for all commands": "min_words = 9\n[check]\nfail-on = 'identical'",
    "over what is for all": "jaccard = 0.2\n[check]\nfail_words = 99\njaccard = 0.9",
    "a list of files": "[check]\nallow = ['official']",
}


@pytest.mark.parametrize("text", CONFIGURED.values(), ids=CONFIGURED)
def test_a_check_has_a_table_of_its_own(
    folder: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "dedupe.toml").write_text(text, encoding="utf-8")
    assert check("copied").exit_code == 0
    assert run("scan", "copied").exit_code == 1
    assert check("copied", "--isolated").exit_code == 1
    # Files are named as seen from the configuration.
    monkeypatch.chdir(folder / "copied")
    assert check(".").exit_code == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[check]\nfail_of = 'identical'", "unknown key 'fail_of'. Did you mean"),
        ("[checks]\nfail_on = 'identical'", "unknown key 'checks'"),
        ("check = 3", "unknown key 'check'"),
        ("[check]\noutput = 'x'", "unknown key 'output'"),
        ("[check]\nfail_on = 'alike'", "fail_on"),
        ("[check]\nfail_words = 1\nfail-words = 2", "'fail-words' is given twice"),
        ("[check]\nallow = 'x'", "allow must be a list of strings"),
    ],
)
def test_what_the_table_gets_wrong_is_an_error(
    folder: Path, text: str, told: str
) -> None:
    (folder / "dedupe.toml").write_text(text, encoding="utf-8")
    ended = check("clean")
    assert (ended.exit_code, told in ended.stderr) == (2, True), ended.stderr


@pytest.mark.usefixtures("folder")
def test_the_environment_sets_what_fails() -> None:
    assert check("copied", DEDUPE_FAIL_ON="identical").exit_code == 0
    assert check("copied", DEDUPE_ALLOW="official").exit_code == 0
    ended = check("copied", DEDUPE_FAIL_ON="alike")
    assert (ended.exit_code, "'DEDUPE_FAIL_ON'" in ended.stderr) == (2, True)


@pytest.fixture
def archive(folder: Path) -> str:
    for arguments in (["create", "a.db"], ["add", "a.db", "published.jsonl"]):
        ended = run("archive", *arguments)
        assert ended.exit_code == 0, ended.output
    (folder / "news.txt").write_text(f"{PARAGRAPH}\n\n{OTHER}\n\n{THIRD}", "utf-8")
    return "a.db"


def test_what_was_published_is_found_and_named(archive: str) -> None:
    told = report("news.txt", "--archive", archive)
    pairs = [
        [place["document"] for place in item["occurrences"]]
        for item in told["findings"]
    ]
    assert pairs == [["news.txt", name] for name in ("old", "undated", "recent")]
    assert told["published"][0] == {
        "document": "old",
        "id": "old",
        "title": "خبر",
        "date": "2001-01-01",
        "outlet": "",
        "author": "",
        "url": "",
    }
    text = check("news.txt", "--archive", archive).stdout
    assert f"  recent:1 published {NEXT_DAY}, خبر\n" in text


def test_the_seed_of_an_archive_is_in_no_report(archive: str) -> None:
    told = report("news.txt", "--archive", archive)["settings"]
    assert told["seed"] is None


@pytest.mark.parametrize("since", ["30d", "2900-01-01"])
def test_since_looks_no_further_back(archive: str, since: str) -> None:
    told = report("news.txt", "--archive", archive, "--since", since)
    assert [item["occurrences"][1]["document"] for item in told["findings"]] == [
        "undated",
        "recent",
    ]


def test_an_old_copy_does_not_hide_a_recent_one(folder: Path, archive: str) -> None:
    more = {"id": "again", "date": NEXT_DAY, "text": PARAGRAPH}
    (folder / "more.jsonl").write_text(json.dumps(more), "utf-8")
    assert run("archive", "add", archive, "more.jsonl").exit_code == 0
    (folder / "new.txt").write_text(RESPELLED, "utf-8")
    told = report("new.txt", "--archive", archive, "--since", "30d")
    (finding,) = told["findings"]
    assert [place["document"] for place in finding["occurrences"]] == [
        "new.txt",
        "again",
    ]


def test_a_check_heeds_the_settings_of_its_archive(folder: Path) -> None:
    assert run("archive", "create", "l.db", "--fold", "light").exit_code == 0
    assert run("archive", "add", "l.db", "published.jsonl").exit_code == 0
    (folder / "new.txt").write_text(RESPELLED, "utf-8")
    told = report("new.txt", "--archive", "l.db")
    assert told["settings"]["fold"] == "light"
    assert [item["relation"] for item in told["findings"]] != ["orthographic"]
    ended = check("new.txt", "--archive", "l.db", "--fold", "full")
    assert ended.exit_code == 2
    assert "fold must be 'light', as in the archive" in ended.stderr


@pytest.mark.parametrize("over", ["a.db", "official/note.txt", "news.txt"])
def test_no_report_goes_over_what_a_check_reads(
    folder: Path, archive: str, over: str
) -> None:
    before = (folder / over).read_bytes()
    options = ["--archive", archive, "--allow", "official/note.txt", "-o", over]
    ended = check("news.txt", *options)
    assert (ended.exit_code, "one of the inputs" in ended.stderr) == (2, True)
    assert (folder / over).read_bytes() == before


@pytest.mark.parametrize("format", ["text", "concise", "json", "jsonl"])
def test_the_report_depends_on_no_jobs_seed_locale_or_order(
    folder: Path,
    archive: str,
    format: str,  # noqa: A002
) -> None:
    (folder / "b").write_text("", "utf-8")
    assert run("baseline", "create", "--force", "b", "quoted").exit_code == 0
    options = ["-f", format, "-q", "--archive", archive, "--baseline", "b"]
    options += ["--allow", "official"]
    usual = ["copied", "quoted", "news.txt", "-j", "1"]
    other = ["news.txt", "quoted", "copied", "-j", "3"]
    environments: tuple[dict[str, str], ...] = (
        {},
        {"PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Riyadh"},
    )
    ended = [
        subprocess.run(
            [sys.executable, "-m", "dedupe", "check", *paths, *options],
            capture_output=True,
            check=False,
            env={**os.environ, **environment},
        )
        for paths, environment in zip((usual, other), environments, strict=True)
    ]
    assert [item.returncode for item in ended] == [1, 1], ended[0].stderr
    assert ended[0].stdout == ended[1].stdout
    assert ended[0].stdout


def test_no_report_for_ci_calls_what_passes_a_fault(archive: str) -> None:
    formats = ["sarif", "github", "gitlab", "junit", "markdown", "csv"]
    wanted = [option for name in formats for option in ("-f", f"{name}=r.{name}")]
    ended = check("quoted", "news.txt", "--archive", archive, *wanted)
    assert ended.exit_code == 1, ended.output
    written = {name: Path(f"r.{name}").read_text("utf-8") for name in formats}
    results = json.loads(written["sarif"])["runs"][0]["results"]
    allowed = [item["properties"].get("allowed") for item in results]
    assert set(allowed) == {None, "quotation"}
    for item, reason in zip(results, allowed, strict=True):
        assert (item["level"] == "note") == (reason is not None)
        assert item["message"]["text"].endswith("It may pass.") == (reason is not None)
    assert "::notice " in written["github"]
    assert any(item["severity"] == "info" for item in json.loads(written["gitlab"]))
    assert "It may pass" not in written["junit"]
    assert written["junit"].count("<failure ") == 2
    assert 'name="quoted/b.txt"/>' in written["junit"]
    assert "(note)" in written["markdown"]


def test_sarif_says_what_the_baseline_knows(folder: Path) -> None:
    assert run("baseline", "create", "b", "copied").exit_code == 0
    (folder / "copied" / "c.txt").write_text(f"{OTHER}\n\n{THIRD}", "utf-8")
    ended = check("copied", "--baseline", "b", "-f", "sarif")
    results = json.loads(ended.stdout)["runs"][0]["results"]
    states = [(item["baselineState"], item["level"]) for item in results]
    assert ("unchanged", "note") in states
    assert ("new", "error") in states


@pytest.mark.usefixtures("folder")
def test_standard_input_that_is_empty_is_nothing_to_check() -> None:
    for given in ("", "\n \n"):
        ended = CliRunner().invoke(main, ["check", "-"], input=given)
        assert ended.exit_code == 2
        assert "no paragraph; pass --allow-empty" in ended.stderr
    assert CliRunner().invoke(main, ["scan", "-"], input="").exit_code == 0
