"""The command `dedupe check`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from dedupe.cli import running
from dedupe.cli.days import Day
from dedupe.cli.declaring import GATING, READING, SectionedCommand, declared, option
from dedupe.cli.options import (
    archive_option,
    baseline_option,
    coloring_options,
    exit_zero_option,
    reading_options,
    reporting_options,
    running_options,
    setting_options,
    telling_options,
)
from dedupe.errors import InputError, SettingsError
from dedupe.model import RELATIONS, Problem, ScanResult
from dedupe.readers import STDIN, find_sources, load, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from dedupe.readers import ReadOptions


def gate_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that decide what fails."""
    return declared(
        command,
        option(
            "--allow-empty",
            section=READING,
            is_flag=True,
            help="Having nothing to check is no error.",
        ),
        archive_option,
        option(
            "--since",
            section=GATING,
            type=Day(),
            metavar="DAY",
            help="Look no further back in the archive, as in 30d or 2026-01-31; "
            "what has no date counts as recent.",
        ),
        option(
            "--fail-on",
            section=GATING,
            type=click.Choice(RELATIONS),
            default="overlap",
            show_default=True,
            help="This relation and every closer one fails.",
        ),
        option(
            "--fail-words",
            section=GATING,
            type=click.IntRange(min=0),
            default=0,
            metavar="NUMBER",
            help="Findings of fewer words do not fail.",
        ),
        option(
            "--fail-share",
            section=GATING,
            type=click.FloatRange(0, 100),
            default=0.0,
            metavar="PERCENT",
            help="Findings that cover less of an incoming document do not fail.",
        ),
        option(
            "--fail-on-boilerplate",
            section=GATING,
            is_flag=True,
            help="Forms that many documents share fail too.",
        ),
        option(
            "--allow-quotations/--no-allow-quotations",
            section=GATING,
            default=True,
            show_default=True,
            help="What stands wholly between quotation marks does not fail.",
        ),
        option(
            "--allow",
            section=GATING,
            type=click.Path(),
            multiple=True,
            metavar="FILE|DIR",
            help="Texts that may be repeated, in any spelling: statements, "
            "disclaimers, verses. Can be repeated.",
        ),
    )


@click.command("check", cls=SectionedCommand, epilog=running.EPILOG)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@setting_options
@reading_options
@gate_options
@baseline_option
@reporting_options
@coloring_options
@telling_options
@exit_zero_option
@running_options
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Let no repeated paragraph pass: the findings of a scan, as a gate.

    PATHS are what comes in, as for dedupe scan. Whatever cannot be read whole is an
    error. Findings that are known, quoted, verses or listed are reported and pass.
    """
    run = running.understood(context, given, section="check", strict=True)
    allowed = _allowed_texts(run.chosen["allow"], run.read)
    with running.opened_archive(run) as (run, archive):
        accepted = running.accepted(run)
        result = running.search(run, archive, run.chosen["since"])
    from dedupe import gate  # noqa: PLC0415 - a bad option should be told before

    policy = gate.Policy(
        **{
            field.name: run.chosen[field.name]
            for field in dataclasses.fields(gate.Policy)
        }
    )
    if not (result.paragraphs or result.errors or run.chosen["allow_empty"]):
        result = _with_nothing_to_check(result, run.chosen["paths"])
    result = running.compared(_strict(result), accepted)
    result = gate.judge(result, policy, allowed)
    running.report(run, result, context.obj)


def _allowed_texts(paths: Sequence[str], read: ReadOptions) -> dict[str, str]:
    """Return the texts that may be repeated, by the name they are reported with."""
    if not paths:
        return {}
    if STDIN in paths:
        raise SettingsError("--allow needs files or folders, not standard input.")
    # What is named on purpose is read, whatever the texts to be checked leave out.
    read = dataclasses.replace(read, exclude=(), no_ignore=True)
    found = find_sources(paths, read)
    loaded = [load(batch, read) for batch in plan(found.sources, read)]
    problems = [*found.errors, *(error for item in loaded for error in item.errors)]
    if problems:
        first = problems[0]
        raise InputError(f"--allow: cannot read {first.path}: {first.reason}.")
    texts: dict[str, str] = {}
    for item in loaded:
        for document in item.documents:
            earlier = texts.get(document.name)
            texts[document.name] = (
                f"{earlier}\n{document.text}" if earlier else document.text
            )
    if not texts:
        raise InputError(f"--allow: nothing to read at {', '.join(paths)}.")
    return texts


def _with_nothing_to_check(result: ScanResult, paths: Sequence[str]) -> ScanResult:
    """Return a result in which it is an error that there is no paragraph."""
    why = "nothing to check, for it holds no paragraph; pass --allow-empty if it may"
    empty = Problem(", ".join(paths), why)
    return dataclasses.replace(result, errors=(empty,))


def _strict(result: ScanResult) -> ScanResult:
    """Return a result in which what was left out is an error."""
    cure = "a check reads all or leaves it out with --exclude"
    left_out = [
        Problem(problem.path, f"{problem.reason}; {cure}") for problem in result.skipped
    ]
    return dataclasses.replace(result, errors=(*result.errors, *left_out), skipped=())
