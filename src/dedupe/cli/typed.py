"""Write the command line of a report as it can be typed again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

# Where reports go is for whoever types it again to say, and how many processes work at
# once, or whether someone watches, decides nothing.
WITH_VALUE = ("--format", "--output", "--plots", "--jobs")
FLAGS = ("--progress", "--no-progress")
# The same with one letter, behind others that have no value: -qfhtml, -j 4.
_SHORT = re.compile("-([qv]*)[foj](.*)", re.DOTALL)


def command(arguments: Sequence[str], *, home: Path | None) -> str:
    """Return the command line that makes the page again, for a shell.

    The home directory is ~ again.

    >>> line = ["scan", "-j4", "my texts", "/home/me/a.txt", "-f", "html=out/a.html"]
    >>> command(line, home=Path("/home/me"))
    "dedupe scan 'my texts' ~/a.txt --format html=report.html"
    """
    kept = list(_kept(arguments))
    place = kept.index("--") if "--" in kept else len(kept)
    kept[place:place] = ["--format", "html=report.html"]
    prefix = f"{home}/" if home and home != home.parent else ""
    return " ".join(["dedupe", *(_quoted(argument, prefix) for argument in kept)])


def _kept(arguments: Sequence[str]) -> Iterator[str]:
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            yield argument
            yield from rest
            return
        left, takes_next = _without(argument)
        if left:
            yield left
        if takes_next:
            next(rest, None)


def _without(argument: str) -> tuple[str, bool]:
    """Return what of an argument is repeated, and whether its value comes next."""
    name, equals, _ = argument.partition("=")
    short = _SHORT.fullmatch(argument)
    if name in WITH_VALUE:
        return "", not equals
    if short:
        return f"-{short[1]}" if short[1] else "", not short[2]
    return "" if argument in FLAGS else argument, False


def _quoted(argument: str, home: str) -> str:
    """Quote an argument; a tilde is only read as the home directory unquoted.

    The home directory may also stand after an equals sign: --archive=FILE.
    """
    if home and argument.startswith(home):
        return "~/" + shlex.quote(argument.removeprefix(home))
    name, equals, value = argument.partition("=")
    if home and equals and value.startswith(home):
        inside = shlex.quote(value.removeprefix(home))
        return f'{shlex.quote(name)}="$HOME"/{inside}'
    return shlex.quote(argument)
