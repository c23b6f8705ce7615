from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from dedupe.cli import main
from dedupe.cli.configuration import find_file
from dedupe.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from pathlib import Path

PARAGRAPH = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that holds one text, with nothing set in the environment."""
    for name in os.environ:
        if name.startswith("DEDUPE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "a.txt").write_text(PARAGRAPH, encoding="utf-8")
    return tmp_path


def scan(*arguments: str, **environment: str) -> tuple[int, str, str]:
    run = CliRunner().invoke(main, ["scan", "a.txt", *arguments], env=environment)
    return run.exit_code, run.stdout, run.stderr


def settings(*arguments: str, **environment: str) -> dict[str, Any]:
    code, out, err = scan("--format", "json", *arguments, **environment)
    assert code == 0, err
    report: dict[str, Any] = json.loads(out)["settings"]
    return report


@pytest.mark.usefixtures("folder")
def test_nothing_set_gives_the_defaults() -> None:
    found = settings()
    assert [found[name] for name in SETTING_NAMES] == [
        getattr(Settings(), name) for name in SETTING_NAMES
    ]


@pytest.mark.parametrize(
    ("in_file", "in_environment", "on_command_line", "wins"),
    [
        (None, None, None, 8),
        (9, None, None, 9),
        (None, 10, None, 10),
        (None, None, 11, 11),
        (9, 10, None, 10),
        (9, None, 11, 11),
        (None, 10, 11, 11),
        (9, 10, 11, 11),
        (9, 10, 8, 8),
    ],
)
def test_the_command_line_outranks_the_environment_and_that_the_file(
    folder: Path,
    in_file: int | None,
    in_environment: int | None,
    on_command_line: int | None,
    wins: int,
) -> None:
    if in_file:
        (folder / "dedupe.toml").write_text(f"min_words = {in_file}")
    environment = {"DEDUPE_MIN_WORDS": str(in_environment)} if in_environment else {}
    options = ["--min-words", str(on_command_line)] if on_command_line else []
    assert settings(*options, **environment)["min_words"] == wins


EVERY_SETTING = {
    "fold": "light",
    "ignore_numbers": True,
    "min_words": 9,
    "jaccard": 0.6,
    "containment": 0.7,
    "min_passage_words": 7,
    "boilerplate_documents": 4,
    "num_perm": 64,
    "bands": 16,
    "seed": 3,
}


@pytest.mark.parametrize("name", SETTING_NAMES)
def test_every_setting_can_be_set_in_each_of_the_three_places(
    folder: Path, name: str
) -> None:
    value = EVERY_SETTING[name]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    flag = "--" + name.replace("_", "-")
    assert settings(*([flag] if value is True else [flag, text]))[name] == value
    assert settings(**{f"DEDUPE_{name.upper()}": text})[name] == value
    (folder / "dedupe.toml").write_text(f"{name} = {json.dumps(value)}")
    assert settings()[name] == value


def test_num_perm_and_bands_are_judged_together(folder: Path) -> None:
    (folder / "dedupe.toml").write_text("num_perm = 100")
    assert settings("--bands", "25")["num_perm"] == 100
    code, _, err = scan()
    assert code == 2
    assert "dedupe.toml: num_perm must be a multiple of bands" in err


def test_the_one_of_two_that_was_set_is_blamed(folder: Path) -> None:
    told = "num_perm must be a multiple of bands: 128 permutations"
    assert f"--bands: {told}" in scan("--bands", "5")[2]
    assert f"DEDUPE_BANDS: {told}" in scan(DEDUPE_BANDS="5")[2]
    assert "--num-perm must be a multiple" in scan("--num-perm", "100")[2]
    (folder / "dedupe.toml").write_text("bands = 5")
    code, _, err = scan()
    assert code == 2
    assert f"dedupe.toml: bands: {told}" in err


@pytest.mark.parametrize(
    ("name", "table"), [("dedupe.toml", ""), ("pyproject.toml", "[tool.dedupe]\n")]
)
def test_a_byte_order_mark_hides_no_setting(
    folder: Path, name: str, table: str
) -> None:
    (folder / name).write_text(f"{table}min_words = 9\n", encoding="utf-8-sig")
    assert settings()["min_words"] == 9


def test_hyphens_are_as_good_as_underscores(folder: Path) -> None:
    (folder / "dedupe.toml").write_text("min-words = 9")
    assert settings()["min_words"] == 9


def test_the_project_file_is_read_from_the_folders_above(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "pyproject.toml").write_text("[tool.dedupe]\nmin_words = 9")
    (folder / "one" / "two").mkdir(parents=True)
    (folder / "one" / "pyproject.toml").write_text("[project]\nname = 'x'")
    (folder / "one" / "two" / "a.txt").write_text(PARAGRAPH, encoding="utf-8")
    monkeypatch.chdir(folder / "one" / "two")
    assert settings()["min_words"] == 9
    assert settings("--isolated")["min_words"] == 8
    monkeypatch.chdir(folder)
    (folder / "dedupe.toml").write_text("min_words = 10")
    assert settings()["min_words"] == 10
    assert settings("--config", "pyproject.toml")["min_words"] == 9
    assert settings(DEDUPE_CONFIG="pyproject.toml")["min_words"] == 9


@pytest.mark.parametrize(
    "text",
    [
        "[tool.dedupe]\nmin_words = 9",
        "  [ tool . dedupe ]\nmin_words = 9",
        "[tool.'dedupe']\nmin_words = 9",
        '["tool".dedupe]\nmin_words = 9',
        "[tool]\ndedupe.min_words = 9",
        "[tool]\n[tool.dedupe]\nmin_words = 9",
        "tool.dedupe.min_words = 9",
        "tool = { dedupe = { min_words = 9 } }",
    ],
)
def test_the_table_is_found_however_it_is_written(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[project]\nname = 'x'\n\n{text}")
    if not text.lstrip().startswith("["):
        (folder / "pyproject.toml").write_text(f"{text}\n\n[project]\nname = 'x'\n")
    assert settings()["min_words"] == 9


def test_the_search_ends_at_the_root_of_the_repository(folder: Path) -> None:
    (folder / "dedupe.toml").write_text("min_words = 9")
    inner = folder / "inner"
    (inner / ".git").mkdir(parents=True)
    assert find_file(inner) is None
    assert find_file(folder) == folder / "dedupe.toml"


WRONG = {
    "unknown key": ("min_word = 3", "unknown key 'min_word'. Did you mean 'min_words'"),
    "nothing like it": ("colour_of_the_sky = 3", "unknown key 'colour_of_the_sky'."),
    "string for number": ("min_words = '9'", "min_words must be a whole number"),
    "fraction": ("min_words = 9.5", "min_words must be a whole number, not 9.5"),
    "truth for number": ("min_words = true", "min_words must be a whole number"),
    "number for truth": ("ignore_numbers = 1", "must be true or false, not 1"),
    "string for list": ("exclude = '*.md'", "exclude must be a list of strings"),
    "list of numbers": ("exclude = [1]", "exclude must be a list of strings"),
    "out of range": ("jaccard = 7", "dedupe.toml: jaccard must be from 0.05 to 1.0"),
    "no such choice": ("fold = 'most'", "'none', 'light', 'full'"),
    "no such encoding": ("encoding = 'klingon'", "klingon"),
    "negative jobs": ("jobs = -1", "jobs"),
    "bad size": ("max_file_size = 'big'", "not a size"),
    "twice": ("min_words = 9\nmin-words = 9", "'min-words' is given twice"),
    "a file to write": ("format = ['json=x.json']", "only the command line"),
    "output": ("output = 'x.json'", "unknown key 'output'"),
    "not TOML": ("min_words =", "not valid TOML"),
    "not UTF-8": ("# \udcff", "not valid TOML"),
}


@pytest.mark.parametrize(("text", "told"), WRONG.values(), ids=WRONG)
def test_what_a_file_gets_wrong_is_an_error_that_names_it(
    folder: Path, text: str, told: str
) -> None:
    content = text.encode("utf-8", "surrogateescape")
    (folder / "dedupe.toml").write_bytes(content)
    code, out, err = scan()
    assert (code, out) == (2, "")
    assert "dedupe.toml" in err
    assert told in err
    assert len(err.splitlines()) == 1


def test_a_named_file_must_be_there_and_hold_settings(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'")
    assert scan("--config", "missing.toml")[0] == 2
    code, _, err = scan("--config", "pyproject.toml")
    assert code == 2
    assert "[tool.dedupe]" in err


@pytest.mark.parametrize(
    ("arguments", "environment", "told"),
    [
        (["--min-words", "0"], {}, "--min-words must be from 1"),
        ([], {"DEDUPE_MIN_WORDS": "0"}, "DEDUPE_MIN_WORDS must be from 1"),
        ([], {"DEDUPE_MIN_WORDS": "many"}, "DEDUPE_MIN_WORDS"),
        (["--encoding", "klingon"], {}, "klingon"),
        (["--text-field", ""], {}, "--text-field must not be empty"),
    ],
    ids=["option", "variable", "not a number", "encoding", "empty"],
)
@pytest.mark.usefixtures("folder")
def test_a_wrong_value_is_blamed_on_where_it_came_from(
    arguments: list[str], environment: dict[str, str], told: str
) -> None:
    code, _, err = scan(*arguments, **environment)
    assert code == 2
    assert told in err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("DEDUPE_MIN_WORD", "DEDUPE_MIN_WORDS"),
        ("DEDUPE_MINWORDS", "DEDUPE_MIN_WORDS"),
        ("DEDUPE_FAILON", "DEDUPE_FAIL_ON"),
        ("DEDUPE_BASE_LINE", "DEDUPE_BASELINE"),
        ("DEDUPE_jobs", "DEDUPE_JOBS"),
    ],
)
@pytest.mark.parametrize("command", ["scan", "check", "clean"])
def test_a_variable_that_is_nearly_a_setting_is_an_error(
    command: str, name: str, meant: str
) -> None:
    ended = CliRunner().invoke(main, [command, "a.txt"], env={name: "9"})
    assert ended.exit_code == 2
    assert f"{name} sets nothing. Did you mean {meant!r}?" in ended.stderr


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["DEDUPE_HOME", "DEDUPE_PORT", "DEDUPE_CACHE"])
def test_a_variable_of_another_program_is_a_warning(name: str) -> None:
    code, _, err = scan("--quiet", **{name: "/x"})
    assert code == 0
    assert f"warning: the environment variable {name} sets nothing." in err


def test_an_option_of_every_kind_can_stand_in_a_file(folder: Path) -> None:
    (folder / "dedupe.toml").write_text(
        'exclude = ["b.txt"]\nquiet = true\njobs = 2\nmax_file_size = "64M"\n'
        'format = ["concise"]\ncolor = "never"\nprogress = false\n'
    )
    (folder / "b.txt").write_text(PARAGRAPH, encoding="utf-8")
    assert scan(".") == (0, "", "")


def test_what_the_file_excludes_is_not_read_where_it_is_named(folder: Path) -> None:
    (folder / "dedupe.toml").write_text('exclude = ["b.bin"]\n')
    (folder / "b.bin").write_bytes(b"\x00\xff" * 100)
    code, _, err = scan("b.bin", "-v")
    assert code == 0
    assert "left out: 1 path" in err


def test_every_option_has_help_and_a_section() -> None:
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        assert command.help
        shown = command.get_help(click.Context(command, info_name=name))
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, option.name
                assert option.opts[-1] in shown


def test_the_defaults_in_the_help_are_those_of_settings() -> None:
    shown = CliRunner().invoke(main, ["scan", "--help"]).output
    for name in SETTING_NAMES:
        flag = "--" + name.replace("_", "-")
        default = getattr(Settings(), name)
        text = f"no-{flag[2:]}" if default is False else default
        help_text = " ".join(shown.partition(f"  {flag} ")[2].split())
        assert help_text.partition("[default: ")[2].startswith(f"{text}]")
