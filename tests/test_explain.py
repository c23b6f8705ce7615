from __future__ import annotations

import gzip
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from corpora import NEW_WORDS, WORDS
from dedupe.cli import main
from dedupe.cli.explain.rules import RULES as EXPLAINED
from dedupe.explaining import Excerpt, Explanation, explain
from dedupe.model import RELATIONS, RULES
from dedupe.settings import SETTING_NAMES, Settings

ROOT = Path(__file__).resolve().parent.parent
FIRST = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين"
RESPELLED = "افتتحت البلديه امس المكتبة العامّة فى الحى القديم بعد ترميمها مدة عامين."
OTHER = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس"


def told(left: str, right: str, settings: Settings | None = None) -> Explanation:
    return explain(Excerpt("a", left), Excerpt("b", right), settings or Settings())


def words(first: int, count: int) -> str:
    return " ".join(WORDS[first : first + count])


def replaced_here_and_there() -> tuple[str, str]:
    """Two texts, of one another a copy in which every third word is another or so."""
    draw = Random(5)
    words = ["".join(draw.choices("بتجدرسطعفقلمن", k=5)) for _ in range(40)]
    copy = [word[::-1] + "و" if draw.random() < 0.4 else word for word in words]
    return " ".join(words), " ".join(copy)


VERDICTS = [
    ("identical", FIRST, FIRST, "identical", "the same to the character"),
    ("respelled", FIRST, RESPELLED, "orthographic", "(fold = full)"),
    (
        "by Jaccard",
        words(0, 20),
        " ".join([*WORDS[:10], NEW_WORDS[0], *WORDS[11:20]]),
        "edited",
        "jaccard = 0.5",
    ),
    (
        "by words that agree",
        words(0, 24),
        " ".join(
            NEW_WORDS[place // 5] if place % 5 == 4 else word
            for place, word in enumerate(WORDS[:24])
        ),
        "edited",
        "of the 24 words of the longer one agree; with 40%",
    ),
    (
        "by words that stand as far apart",
        *replaced_here_and_there(),
        "edited",
        "at least 50% of the 40 words of the longer one are equal and stand as far",
    ),
    ("inside", words(0, 40), words(10, 12), "contained", "containment = 0.8"),
    (
        "a quotation",
        words(0, 24),
        f"{OTHER} {words(5, 9)} {' '.join(NEW_WORDS)}",
        "overlap",
        "a run of 9 words; from min_passage_words = 6",
    ),
]


@pytest.mark.parametrize(
    ("left", "right", "relation", "why"),
    [case[1:] for case in VERDICTS],
    ids=[case[0] for case in VERDICTS],
)
def test_the_verdict_is_that_of_a_scan_and_names_the_threshold(
    left: str, right: str, relation: str, why: str
) -> None:
    (found,) = told(left, right).findings
    (scanned,) = dedupe.scan({"a": left, "b": right}).findings
    assert found.finding == scanned
    assert found.finding.relation == relation
    assert why in found.why


def test_what_is_contained_by_its_words_has_the_share_that_a_report_tells() -> None:
    replaced = {12: NEW_WORDS[0], 17: NEW_WORDS[1]}
    part = " ".join(replaced.get(at, WORDS[at]) for at in range(8, 22))
    (found,) = told(words(0, 40), part).findings
    assert found.finding.relation == "contained"
    assert found.why.startswith("12 of the 14 words of the shorter one stand")
    assert found.finding.share == round(12 / 14, 4)


NO_VERDICTS = [
    ("nothing shared", FIRST, OTHER, {}, "longest common run has 0 words (6 would"),
    (
        "too short",
        "افتتحت البلدية",
        "افتتحت المكتبة",
        {},
        "has 2 words; below min_words",
    ),
    ("no words", FIRST, "…", {}, "has no words"),
    ("fold", FIRST, RESPELLED, {"fold": "none"}, "Jaccard is 0."),
    (
        "five words, one of them written as two",
        f"{words(0, 20)} زارها الشيخ عبد الله الأنصاري وصحبه",
        f"{OTHER} زارها الشيخ عبدالله الأنصاري وصحبه {' '.join(NEW_WORDS)}",
        {},
        "longest common run has 5 words (6 would",
    ),
    (
        "a run in a short paragraph",
        words(0, 7),
        f"{words(0, 7)} {OTHER}\n{OTHER} {words(30, 8)}",
        {"min_words": 8},
        "the run does not count",
    ),
]


@pytest.mark.parametrize(
    ("left", "right", "settings", "why"),
    [case[1:] for case in NO_VERDICTS],
    ids=[case[0] for case in NO_VERDICTS],
)
def test_texts_that_do_not_match_are_told_what_is_missing(
    left: str, right: str, settings: dict[str, Any], why: str
) -> None:
    result = told(left, right, Settings(**settings))
    assert result.findings == ()
    assert why in result.why


LEVELS = [
    (FIRST, f" {FIRST} \n", "identical"),
    ("قالت، أمس", "قالت ، أمس", "none"),
    ("قالت امس", "قالت\nامس", "none"),
    ("نص طويل", "نصّ طويـــل", "light"),
    ("إلى", "الى", "full"),
    ("ما وصل", "ماوصل", "letters"),
    ("أمس", "اليوم", None),
    ("", "قال", None),
]


@pytest.mark.parametrize(("left", "right", "level"), LEVELS)
def test_the_level_is_the_least_folding_that_makes_two_texts_equal(
    left: str, right: str, level: str | None
) -> None:
    assert told(left, right).level == told(right, left).level == level


def test_shared_shingles_are_counted_as_the_scan_counts_them() -> None:
    left, right = words(0, 24), f"{words(0, 12)} {OTHER}"
    result = told(left, right)
    (match,) = dedupe.scan({"a": left, "b": right}).matches
    assert round(result.shingles.jaccard, 4) == match.jaccard
    assert round(result.shingles.containment, 4) == match.containment
    assert result.shingles.left == 22
    assert result.shingles.shared == 10


PIECES = st.lists(
    st.sampled_from(
        [*WORDS[:8], "إلى", "الى", "عبد الله", "عبدالله", "ﻷول", "\n", "،"]
    ),
    min_size=1,
    max_size=40,
).map(" ".join)


@given(PIECES, PIECES)
def test_every_span_leads_to_words_of_the_original(left: str, right: str) -> None:
    before = "سطر أول\n"
    one = Excerpt("a", left, len(before), 2)
    other = Excerpt("b", right, len(before), 2)
    result = explain(one, other)
    documents = before + left, before + right
    for text, number, pieces in (
        (
            documents[0],
            result.words[0],
            [(s.left, s.left_words) for s in result.alignment],
        ),
        (
            documents[1],
            result.words[1],
            [(s.right, s.right_words) for s in result.alignment],
        ),
    ):
        assert sum(count for _, count in pieces) == number
        spans = sorted(span for span, _ in pieces if span is not None)
        assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
        assert all(text[span.start : span.end].strip() for span in spans)
    for stretch in result.alignment:
        if stretch.kind == "equal" and stretch.left_words == 1:
            assert stretch.left
            assert stretch.right
            assert one.written(stretch.left) == other.written(stretch.right)
    for same in result.differences:
        assert documents[0][slice(*same.left_span)] == same.left
        assert documents[1][slice(*same.right_span)] == same.right
        assert same.rules


@given(PIECES)
def test_a_text_differs_from_itself_in_nothing(text: str) -> None:
    result = told(text, text)
    assert result.differences == ()
    assert {stretch.kind for stretch in result.alignment} <= {"equal"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    texts = {
        "a.txt": f"{OTHER}\n\n{FIRST}\n",
        "b.txt": f"{RESPELLED}\n",
        "other.txt": OTHER,
        "odd:7.txt": FIRST,
        "odd#1.txt": FIRST,
        "empty.txt": "",
        "dedupe.toml": "",
        "lines.jsonl": "".join(
            json.dumps({"id": name, "text": text}) + "\n"
            for name, text in (("wire", FIRST), ("desk", f"{OTHER}\n{RESPELLED}"))
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(RESPELLED.encode()))
    (tmp_path / "c.txt").write_bytes(RESPELLED.encode("cp1256", "ignore"))
    (tmp_path / "broken.txt").write_bytes(b"\x00\x01\x02\xff" * 100)
    (tmp_path / "folder").mkdir()
    return tmp_path


def run(*arguments: str, stdin: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(
        main, ["explain", *arguments], input=stdin, env=environment
    )


def value(*arguments: str, **environment: str) -> dict[str, Any]:
    ended = run(*arguments, "-f", "json", **environment)
    assert ended.exit_code in {0, 1}, ended.stderr
    loaded: dict[str, Any] = json.loads(ended.stdout)
    return loaded


NAMED = [
    ("a.txt:3", "b.txt", [3, 3]),
    ("a.txt:2-9", "b.txt", [3, 3]),
    ("a.txt#2", "b.txt", [3, 3]),
    ("a.txt:3", "b.txt.gz", [3, 3]),
    ("a.txt:3", "c.txt", [3, 3]),
    ("odd:7.txt", "b.txt:1", [1, 1]),
    ("odd#1.txt#1", "b.txt#1", [1, 1]),
    ("lines.jsonl#1", "b.txt", [1, 1]),
    ("lines.jsonl#wire", "lines.jsonl#desk:2", [1, 1]),
    ("lines.jsonl#desk:2", "lines.jsonl#1", [2, 2]),
]


@pytest.mark.parametrize(("left", "right", "lines"), NAMED)
@pytest.mark.usefixtures("folder")
def test_a_text_can_be_a_file_a_paragraph_or_a_document_of_many(
    left: str, right: str, lines: list[int]
) -> None:
    report = value(left, right)
    assert report["match"]
    assert report["findings"][0]["relation"] == "orthographic"
    assert report["left"]["lines"] == lines
    assert report["findings"][0]["occurrences"][0]["lines"] == lines


def test_spans_are_those_of_the_whole_document(folder: Path) -> None:
    report = value("a.txt:3", "b.txt")
    text = (folder / "a.txt").read_text(encoding="utf-8")
    start, end = report["left"]["span"]
    assert text[start:end] == FIRST
    (finding,) = report["findings"]
    assert finding["occurrences"][0]["span"] == [start, end]
    assert finding["occurrences"][0]["paragraphs"] == [2, 2]
    start, end = report["differences"][0]["left_span"]
    assert text[start:end] == report["differences"][0]["left"] == "البلدية"


@pytest.mark.usefixtures("folder")
def test_a_text_can_come_from_standard_input() -> None:
    ended = run("-", "b.txt", stdin=FIRST)
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.startswith("-:1, b.txt:1: orthographic near-duplicate")
    two = run("--", "-:1", "-:2", stdin=f"{FIRST}\n{RESPELLED}\n")
    assert two.exit_code == 0, two.stderr


@pytest.mark.usefixtures("folder")
def test_a_place_that_is_compared_with_itself_is_called_so() -> None:
    (finding,) = value("a.txt:3", "a.txt#2")["findings"]
    assert finding["why"] == "both are one and the same place."


CODES = [
    ("match", ["a.txt", "b.txt"], 0, ""),
    ("no match", ["other.txt", "b.txt"], 1, ""),
    ("rule", ["overlap"], 0, ""),
    ("unknown rule", ["overlaps"], 2, "Did you mean 'overlap'?"),
    ("one text", ["a.txt"], 2, "name a second text"),
    ("one paragraph", ["a.txt:3"], 2, "name a second text"),
    ("three texts", ["a.txt", "b.txt", "c.txt"], 2, "not 3 arguments"),
    ("nothing", [], 2, "Missing argument"),
    ("missing file", ["none.txt", "b.txt"], 2, "none.txt: no such file"),
    ("missing file and line", ["none.txt:3", "b.txt"], 2, "none.txt: no such file"),
    ("no such line", ["a.txt:9", "b.txt"], 2, "no words in the lines"),
    ("blank line", ["a.txt:2", "b.txt"], 2, "no words in the lines"),
    ("no such paragraph", ["a.txt#3", "b.txt"], 2, "no paragraph '3'; it has 2"),
    ("paragraph and line", ["a.txt#1:1", "b.txt"], 2, "not both"),
    ("many documents", ["lines.jsonl", "b.txt"], 2, "holds 2 documents"),
    ("no such document", ["lines.jsonl#x", "b.txt"], 2, "no document 'x'"),
    ("folder", ["folder", "b.txt"], 2, "is a folder"),
    ("unreadable", ["broken.txt", "b.txt"], 2, "broken.txt: "),
    ("bad setting", ["a.txt", "b.txt", "--jaccard", "0"], 2, "--jaccard must be"),
    ("bad encoding", ["a.txt", "b.txt", "--encoding", "x"], 2, "encoding"),
    ("empty text", ["empty.txt", "b.txt"], 1, ""),
]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [case[1:] for case in CODES],
    ids=[case[0] for case in CODES],
)
@pytest.mark.usefixtures("folder")
def test_the_exit_code_says_match_or_no_match_or_trouble(
    arguments: list[str], code: int, message: str
) -> None:
    ended = run(*arguments)
    assert ended.exit_code == code, ended.output
    assert message in ended.stderr
    assert "internal error" not in ended.stderr
    assert bool(ended.stdout) == (code != 2)


def test_the_environment_chooses_the_file_as_for_a_scan(folder: Path) -> None:
    (folder / "dedupe.toml").write_text('fold = "none"\n')
    (folder / "other.toml").write_text('fold = "full"\ncolor = "always"\n')
    assert run("a.txt", "b.txt").exit_code == 1
    assert run("a.txt", "b.txt", DEDUPE_ISOLATED="1").exit_code == 0
    told = run("a.txt", "b.txt", DEDUPE_CONFIG="other.toml")
    assert told.exit_code == 0
    assert "\x1b[" in told.stdout
    plain = run("a.txt", "b.txt", DEDUPE_CONFIG="other.toml", DEDUPE_NO_COLOR="1")
    assert "\x1b[" not in plain.stdout


@pytest.mark.usefixtures("folder")
def test_a_variable_that_is_misspelled_is_told_as_by_a_scan() -> None:
    told = run("a.txt", "b.txt", DEDUPE_FOLDS="none")
    assert told.exit_code == 2
    assert "Did you mean 'DEDUPE_FOLD'?" in told.stderr


@pytest.mark.skipif(os.name != "posix", reason="a folder in use cannot be removed")
def test_a_folder_that_is_gone_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = folder / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    told = run(str(folder / "a.txt"), str(folder / "b.txt"))
    assert told.exit_code == 2
    assert "the current folder no longer exists" in told.stderr


def test_the_settings_are_those_of_the_folder_the_environment_and_the_command(
    folder: Path,
) -> None:
    (folder / "dedupe.toml").write_text('fold = "none"\nformat = ["concise"]\n')
    assert run("a.txt", "b.txt").exit_code == 1
    assert run("a.txt", "b.txt", "--isolated").exit_code == 0
    assert run("a.txt", "b.txt", DEDUPE_FOLD="full").exit_code == 0
    assert run("a.txt", "b.txt", "--fold", "full", DEDUPE_FOLD="none").exit_code == 0
    assert "fold = none" in run("orthographic").stdout
    (folder / "dedupe.toml").write_text("jaccard = 7\n")
    assert "dedupe.toml: jaccard must be" in run("a.txt", "b.txt").stderr
    (folder / "dedupe.toml").write_text("jacard = 0.7\n")
    assert "unknown key 'jacard'" in run("a.txt", "b.txt").stderr


HOSTILE = f"{FIRST} \x1b[2J\x1b]0;x\x07 \u202e ::stop-commands::x \x9b {words(0, 9)}"


@pytest.mark.parametrize("format", ["text", "json"])
def test_nothing_in_a_text_or_its_name_gives_orders(
    folder: Path,
    format: str,  # noqa: A002
) -> None:
    name = "::warning::\x1b[2J\u202e.txt"
    (folder / name).write_text(f"{HOSTILE}\n::error::{words(9, 9)}", encoding="utf-8")
    ended = run(name, "a.txt", "-f", format)
    assert ended.exit_code == 0
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", ended.stdout)
    assert not re.search("^::|^##", ended.stdout, re.MULTILINE)


@pytest.mark.usefixtures("folder")
def test_arabic_stands_on_lines_of_its_own() -> None:
    for line in run("a.txt", "b.txt").stdout.splitlines():
        if re.search("[\u0600-\u06ff]", line):
            assert re.match(r"  . \| ", line) or line.startswith("  | ")
            assert not re.search("[A-Za-z]", line)


@pytest.mark.parametrize(
    ("options", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        (["--no-color"], {"FORCE_COLOR": "1"}, False),
        (["-f", "json"], {"FORCE_COLOR": "1"}, False),
    ],
)
@pytest.mark.usefixtures("folder")
def test_color_is_for_terminals_and_for_those_who_ask(
    options: list[str], environment: dict[str, str], *, colored: bool
) -> None:
    ended = run("a.txt", "b.txt", *options, **environment)
    assert ("\x1b[" in ended.stdout) == colored


@pytest.mark.parametrize("name", EXPLAINED)
def test_each_rule_and_relation_is_explained_with_the_settings_that_hold(
    name: str,
) -> None:
    rule = EXPLAINED[name]
    assert set(rule.settings) <= set(SETTING_NAMES)
    printed = run(name, "--isolated").stdout
    for setting in rule.settings:
        assert f"  {setting} = {getattr(Settings(), setting)}\n" in printed
    loaded = json.loads(run(name, "--isolated", "-f", "json").stdout)
    assert loaded["name"] == name
    assert loaded["advice"] == rule.advice


def test_only_rules_and_relations_are_explained() -> None:
    assert set(EXPLAINED) == {*RULES, *RELATIONS}


@pytest.mark.parametrize("name", EXPLAINED)
def test_the_example_of_a_rule_is_what_the_program_prints(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    rule = EXPLAINED[name]
    program, *arguments = shlex.split(rule.example)
    assert program == "dedupe"
    ended = CliRunner().invoke(main, [*arguments, "--isolated"])
    assert rule.shows in ended.stdout.splitlines()


def test_the_page_shows_what_the_program_prints(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "explain.md").read_text(encoding="utf-8")
    shown = re.findall(
        r"^```console\n\$ (dedupe .*?)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL
    )
    assert len(shown) >= 3
    for command, printed in shown:
        ended = CliRunner().invoke(main, [*shlex.split(command)[1:], "--isolated"])
        assert ended.stdout == printed, command


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.usefixtures("folder")
def test_the_explanation_depends_on_no_locale_or_hash_seed(
    format: str,  # noqa: A002
) -> None:
    command = [sys.executable, "-m", "dedupe", "explain", "a.txt", "b.txt"]
    printed = {
        subprocess.run(
            [*command, "--format", format],
            capture_output=True,
            check=True,
            env={**os.environ, **environment},
        ).stdout
        for environment in (
            {"PYTHONHASHSEED": "1"},
            {"PYTHONHASHSEED": "2", "TZ": "Asia/Riyadh"},
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        )
    }
    assert len(printed) == 1
    assert RESPELLED.split()[1] in next(iter(printed)).decode()
