from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dedupe.cli import main
from dedupe.cli.program import COMMANDS

SHELLS = ["bash", "zsh", "fish"]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which `dedupe` is the program under test."""
    program = tmp_path / "bin" / "dedupe"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m dedupe "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def offered(path: str, words: list[str], folder: Path) -> list[str]:
    """What bash offers for the last of some words, by the script that is printed."""
    script = """
    source <(dedupe completion bash) || exit 3
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    _dedupe_completion dedupe
    printf '%s\\n' "${COMPREPLY[@]}"
    """
    ended = subprocess.run(
        ["bash", "-c", script, "bash", *words],  # noqa: S607
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    # Without a terminal, bash has no completion to switch the options of.
    assert not [line for line in ended.stderr.splitlines() if "compopt" not in line]
    return ended.stdout.split()


CASES = [
    (["dedupe", ""], set(COMMANDS)),
    (["dedupe", "comp"], {"completion"}),
    (["dedupe", "completion", ""], set(SHELLS)),
    (["dedupe", "explain", "bo"], {"boilerplate"}),
    (["dedupe", "scan", "--fold", "l"], {"light"}),
    (["dedupe", "scan", "--min-w"], {"--min-words"}),
]


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("words", "expected"), CASES, ids=[" ".join(case[0]) for case in CASES]
)
def test_bash_completes_commands_options_values_and_rules(
    path: str, tmp_path: Path, words: list[str], expected: set[str]
) -> None:
    assert set(offered(path, words, tmp_path)) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_asks_the_program(shell: str) -> None:
    ended = CliRunner().invoke(main, ["completion", shell])
    assert ended.exit_code == 0
    assert f"_DEDUPE_COMPLETE={shell}_complete" in ended.stdout
    assert ended.stderr == ""
    checker = shutil.which(shell)
    if checker:
        option = "--no-execute" if shell == "fish" else "-n"
        subprocess.run([checker, option], input=ended.stdout_bytes, check=True)


@pytest.mark.parametrize("arguments", [[], ["tcsh"]])
def test_another_shell_is_refused(arguments: list[str]) -> None:
    ended = CliRunner().invoke(main, ["completion", *arguments])
    assert ended.exit_code == 2
    assert "bash" in ended.stderr
