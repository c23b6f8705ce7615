"""Declare options that know their section of the help, and their variable."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

COMPARING = "What counts as a repeat"
SEARCHING = "How candidates are found"
READING = "What is read"
ACCEPTING = "What is accepted"
GATING = "What fails"
REPORTING = "Reports"
RUNNING = "The run"
DELIVERING = "Where the clean text goes"
REPAIRING = "What is repaired"
REMOVING = "What is removed"
SECTIONS = (
    ACCEPTING,
    DELIVERING,
    REPAIRING,
    REMOVING,
    COMPARING,
    READING,
    GATING,
    REPORTING,
    RUNNING,
    SEARCHING,
)

PREFIX = "DEDUPE_"  # of environment variables

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class SectionOption(click.Option):
    """An option that knows its section of the help."""

    def __init__(self, *args: Any, section: str, **attributes: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **attributes)
        self.section = section

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return what the user has to change: the variable, where that was read."""
        environment = click.core.ParameterSource.ENVIRONMENT
        if ctx and ctx.get_parameter_source(str(self.name)) == environment:
            return f"'{self.envvar}'"
        return super().get_error_hint(ctx)


class SectionedCommand(click.Command):
    """A command whose help lists the options by section."""

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write a list for each section; what has none comes last."""
        for title in (*SECTIONS, None):
            records = [
                record
                for parameter in self.get_params(ctx)
                if isinstance(parameter, click.Option)
                and getattr(parameter, "section", None) == title
                and (record := parameter.get_help_record(ctx))
            ]
            if records:
                with formatter.section(title or "Help"):
                    formatter.write_dl(records)


class Size(click.ParamType[int]):
    """A number of bytes, with K, M or G for the powers of 1024."""

    name = "size"
    _pattern = r"(?ai)(\d+)\s*([KMG]?)(?:I?B)?"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int:
        """Return the number of bytes.

        >>> Size().convert("64M", None, None)
        67108864
        """
        if isinstance(value, int):
            return value
        match = re.fullmatch(self._pattern, str(value).strip())
        if not match:
            self.fail(f"{value!r} is not a size such as 500000, 64M or 2G.", param, ctx)
        return int(match[1]) << (10 * " KMG".index(match[2].upper() or " "))


def variable(option: str) -> str:
    """Return the environment variable of an option.

    >>> variable("min_words")
    'DEDUPE_MIN_WORDS'
    """
    return PREFIX + option.upper()


def flag(option: str) -> str:
    """Return what an option is called on the command line.

    >>> flag("min_words")
    '--min-words'
    """
    return "--" + option.replace("_", "-")


def option(*names: str, section: str, **attributes: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Declare an option that can also be set in the environment."""
    name = names[-1] if names[-1].isidentifier() else _identifier(names)
    attributes.setdefault("envvar", variable(name))
    return click.option(*names, cls=SectionOption, section=section, **attributes)


def declared(command: Decorated, *options: Callable[..., Any]) -> Decorated:
    """Give a command some options, which its help lists in this order."""
    for declare in reversed(options):
        command = declare(command)
    return command


def _identifier(names: tuple[str, ...]) -> str:
    longest = max(names, key=len)
    return longest.partition("/")[0].lstrip("-").replace("-", "_")
