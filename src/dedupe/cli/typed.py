"""Write a command line as it can be typed again."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

# How many processes work at once, and whether someone watches, decides nothing.
NOT_REPEATED = ("-j", "--jobs")
NOT_REPEATED_FLAGS = ("--progress", "--no-progress")


def command(arguments: Sequence[str], *, home: Path | None) -> str:
    """Return a command line for a shell; the home directory is ~ again.

    >>> command(["scan", "-j4", "my texts", "/home/me/a.txt"], home=Path("/home/me"))
    "dedupe scan 'my texts' ~/a.txt"
    """
    kept: list[str] = []
    skip = False
    for row, argument in enumerate(arguments):
        if argument == "--":
            kept += arguments[row:]
            break
        if skip or _decides_nothing(argument):
            skip = argument in NOT_REPEATED
            continue
        kept.append(argument)
    if home is None or home == home.parent:
        return shlex.join(["dedupe", *kept])
    return " ".join(["dedupe", *(_quoted(argument, f"{home}/") for argument in kept)])


def _decides_nothing(argument: str) -> bool:
    return (
        argument in NOT_REPEATED_FLAGS
        or argument.startswith("--jobs=")
        or (argument.startswith("-j") and argument[2:].isdigit())
        or argument in NOT_REPEATED
    )


def _quoted(argument: str, home: str) -> str:
    """Quote an argument; a tilde is only read as the home directory unquoted.

    The home directory may also stand after an equals sign: --format html=FILE.
    """
    if argument.startswith(home):
        return "~/" + shlex.quote(argument.removeprefix(home))
    head, equals, tail = argument.partition("=")
    if equals and tail.startswith(home):
        return (
            f"{shlex.quote(head)}=" + '"$HOME"/' + shlex.quote(tail.removeprefix(home))
        )
    return shlex.quote(argument)
