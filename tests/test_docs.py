from __future__ import annotations

import doctest
import re
from pathlib import Path

import click
import pytest
from cogapp import Cog

import dedupe
from dedupe.cli import main
from dedupe.cli.program import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
GENERATED = [
    "README.md",
    "docs/ci-reports.md",
    "docs/clean.md",
    "docs/cli.md",
    "docs/formats.md",
]


def fenced(page: Path, language: str) -> list[str]:
    """The contents of the fenced blocks of one language."""
    text = page.read_text(encoding="utf-8")
    return re.findall(
        rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE
    )


def readme_commands() -> list[str]:
    return "".join(fenced(ROOT / "README.md", "sh")).splitlines()


@pytest.mark.parametrize("page", GENERATED)
def test_what_a_page_shows_is_what_the_program_prints(page: str) -> None:
    arguments = ["cog", "--check", "--diff", "-I", str(ROOT / "docs"), str(ROOT / page)]
    assert Cog().main(arguments) == 0, f"{page} is out of date; run make docs."


@pytest.mark.parametrize("words", ["dedupe scan samples/", "pytest"])
def test_the_readme_has_one_command_that_does_all_its_own_setup(words: str) -> None:
    (command,) = [line for line in readme_commands() if words in line]
    assert command.startswith("python3 -m venv .venv && ")
    assert " && " in command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_examples_of_a_page_are_true(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    parser = doctest.DocTestParser()
    for number, example in enumerate(fenced(page, "python")):
        name = f"{page.name}[{number}]"
        run = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        run.run(parser.get_doctest(example, {}, name, None, 0))
        assert run.failures == 0, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    # What a report shows is no link of the page.
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target


def spellings(sign: str) -> list[tuple[str, str]]:
    """The pairs in the tables of docs/normalization.md that stand around a sign."""
    text = (ROOT / "docs" / "normalization.md").read_text(encoding="utf-8")
    text = re.sub(r"\\u([0-9A-F]{4})", lambda code: chr(int(code[1], 16)), text)
    pairs = re.findall(rf"\| `([^`|]+)` {sign} `([^`|]+)` \|", text)
    assert pairs
    return pairs


@pytest.mark.parametrize(("left", "right"), spellings("="))
def test_two_spellings_that_the_page_calls_equal_fold_alike(
    left: str, right: str
) -> None:
    assert left != right
    assert dedupe.normalize(left).text == dedupe.normalize(right).text


@pytest.mark.parametrize(("left", "right"), spellings("≠"))
def test_two_spellings_that_the_page_keeps_apart_fold_differently(
    left: str, right: str
) -> None:
    assert dedupe.normalize(left).text != dedupe.normalize(right).text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_has_help(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert f"## dedupe {name}\n" in page
