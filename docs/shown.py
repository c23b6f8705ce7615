"""Run a command for the documentation, so that what is shown is what is printed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import format_samples

ROOT = Path(__file__).resolve().parent.parent

# The one thing in a report that differs from run to run.
SECONDS = re.compile(r"\b\d+\.\d+ s\b")


def output(
    command: str,
    *,
    summary: bool = False,
    folder: Path = ROOT,
    codes: Collection[int] = (0, 1),
) -> str:
    """Return what a `dedupe …` command prints, its time replaced by a fixed one."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("DEDUPE_")
    }
    run = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=folder,
        env=environment | {"COLUMNS": "80", "NO_COLOR": "1", "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if summary else subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )
    if run.returncode not in codes:
        raise RuntimeError(run.stdout + (run.stderr or ""))
    return SECONDS.sub("0.10 s", run.stdout)


def block(command: str, *, summary: bool = True) -> str:
    """Return a command and what it prints as a fenced block of Markdown."""
    return (
        f"```console\n$ {command}\n{output(command, summary=summary).rstrip()}\n```\n"
    )


def formats(*commands: str) -> str:
    """Return commands and what they print of the files that format_samples writes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        format_samples.make(folder)
        shown = "\n".join(
            f"$ {command}\n{_printed(command, folder)}" for command in commands
        )
    return f"```console\n{shown}\n```\n"


def _printed(command: str, folder: Path) -> str:
    printed = output(command, summary=True, folder=folder, codes=(0, 1, 2))
    return printed.rstrip()


def report(command: str, language: str, *, most: int) -> str:
    """Return a command and the first lines of its report."""
    lines = output(command).removeprefix("\ufeff").splitlines()
    if len(lines) > most:
        lines[most:] = ["…"]
    return _shown(command, language, "\n".join(lines))


def member(command: str, *keys: str | int) -> str:
    """Return a command and what stands under some keys of its report in JSON."""
    value = json.loads(output(command))
    for key in keys:
        value = value[key]
    return _shown(command, "json", json.dumps(value, ensure_ascii=False, indent=2))


def _shown(command: str, language: str, text: str) -> str:
    return f"```console\n$ {command}\n```\n\n```{language}\n{text}\n```\n"


def changes(command: str, lines: int) -> str:
    """Return the first lines of what `dedupe clean …` reports as changed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.jsonl"
        output(f"{command} --report {path}")
        told = path.read_text(encoding="utf-8").splitlines()[:lines]
    return "\n".join(("```json", *told, "```", ""))


def helps() -> str:
    """Return the help of the program and of each of its commands as Markdown."""
    return "\n".join(_helps("dedupe", "##"))


def _helps(command: str, heading: str) -> Iterator[str]:
    text = output(f"{command} --help")
    yield f"{heading} {command}\n\n```text\n{text.rstrip()}\n```\n"
    commands = text.partition("Commands:\n")[2].partition("\n\n")[0]
    deeper = heading if heading == "##" and command == "dedupe" else f"{heading}#"
    for name in re.findall(r"^  (\S+)", commands, flags=re.MULTILINE):
        yield from _helps(f"{command} {name}", deeper)
