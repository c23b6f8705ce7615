"""The command `dedupe scan`."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedupe.background import Background
from dedupe.cli import configuration, outputs, progress, summary
from dedupe.cli.colors import use_color
from dedupe.cli.configuration import Configuration
from dedupe.cli.console import is_terminal, tell
from dedupe.cli.options import (
    SectionedCommand,
    reading_options,
    reporting_options,
    running_options,
    setting_options,
    telling_options,
)
from dedupe.cli.program import FINDINGS, OK, TROUBLE, Conversation
from dedupe.errors import OutputError, SettingsError
from dedupe.model import Problem, ScanResult
from dedupe.readers import ReadOptions, Walked, find_sources, walk_over
from dedupe.reporters import COLORED_REPORTERS, REPORTERS
from dedupe.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe.cli.outputs import Target

# What a file found on the way up may not decide: where reports are written, and where
# the file is.
NOT_IN_FILES = ("output", "config", "isolated", "debug")

EPILOG = (
    "Every option can stand in [tool.dedupe] of pyproject.toml or in dedupe.toml as "
    "min_words = 8 and in the environment as DEDUPE_MIN_WORDS=8; the command line "
    "outranks the environment, the environment outranks the file. "
    "Exit codes: 0 nothing found, 1 something found, 2 the result cannot be trusted, "
    "130 interrupted."
)


@click.command("scan", cls=SectionedCommand, epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@setting_options
@reading_options
@reporting_options
@telling_options
@running_options
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Find repeated and copied paragraphs in files and folders.

    PATHS are .txt, .md and .jsonl files (also .gz), folders of them, or - for
    standard input.
    """
    began = time.perf_counter()
    found = _configuration(context)
    chosen: dict[str, Any] = {**given, **configuration.not_outranked(context, found)}
    for warning in configuration.unknown_variables(os.environ):
        tell(f"warning: {warning}")
    try:
        settings = Settings(**{name: chosen[name] for name in SETTING_NAMES})
        read = ReadOptions(**{name: chosen[name] for name in _reading(chosen)})
    except SettingsError as error:
        raise SettingsError(
            configuration.with_origin(str(error), context, found)
        ) from error
    wanted = outputs.targets(chosen["format"], chosen["output"])
    outputs.check(wanted)
    outputs.check_inputs(wanted, _inputs(wanted, chosen["paths"], read))

    result = _scan(chosen, settings, read, wanted)
    context.obj.exit_code = _exit_code(result, exit_zero=chosen["exit_zero"])
    _write(result, wanted, chosen, context.obj)
    for line in summary.problems(
        result, verbose=chosen["verbose"], quiet=chosen["quiet"]
    ):
        tell(line)
    if not chosen["quiet"]:
        for line in summary.summary(result, time.perf_counter() - began):
            tell(line)


def _configuration(context: click.Context) -> Configuration:
    found = configuration.configured(context, not_in_files=NOT_IN_FILES)
    for text in found.values.get("format", ()):
        if "=" in text:
            message = f"{found.path}: format: only the command line can name a file"
            raise SettingsError(f"{message}: {text}.")
    return found


def _reading(chosen: dict[str, Any]) -> list[str]:
    return [
        option.name
        for option in dataclasses.fields(ReadOptions)
        if option.name in chosen
    ]


def _inputs(
    wanted: Sequence[Target], paths: Sequence[str], read: ReadOptions
) -> Sequence[str]:
    """Return the files to be scanned, searching folders only if a report is in one."""
    present = [target.path for target in wanted if target.path and target.path.exists()]
    folders = []
    for path in paths:
        with contextlib.suppress(OSError):
            if Path(path).is_dir():
                folders.append(Path(path).resolve())
    inside = any(
        path.resolve().is_relative_to(folder) for path in present for folder in folders
    )
    if not inside:
        return paths
    # Standard input can be read but once, and cannot be written over.
    files = [path for path in paths if path != outputs.STANDARD_OUTPUT]
    return [source.path for source in find_sources(files, read).sources]


def _scan(
    chosen: dict[str, Any],
    settings: Settings,
    read: ReadOptions,
    wanted: Sequence[Target],
) -> ScanResult:
    # A folder of many files is walked in the time in which numpy is loaded.
    walking = Background(lambda: tuple(walk_over(chosen["paths"], read)))
    from dedupe import scan  # noqa: PLC0415 - a bad option should be told before

    run = functools.partial(
        scan,
        find_sources(chosen["paths"], read, walked=Walked(*walking.result())),
        settings,
        read=read,
        jobs=chosen["jobs"] or None,
        passages=any(target.format == "passages" for target in wanted),
    )
    watching = not chosen["quiet"] and progress.wanted(
        chosen["progress"], os.environ, is_terminal=is_terminal(sys.stderr)
    )
    if watching:
        with progress.ProgressLine(sys.stderr) as line:
            result = run(progress=line)
    else:
        result = run()
    if result.documents or result.errors:
        return result
    nothing = Problem(", ".join(chosen["paths"]), "nothing to read there")
    return dataclasses.replace(result, errors=(nothing,))


def _exit_code(result: ScanResult, *, exit_zero: bool) -> int:
    if result.status == "error":
        return TROUBLE
    return FINDINGS if result.status == "findings" and not exit_zero else OK


def _write(
    result: ScanResult,
    wanted: Sequence[Target],
    chosen: dict[str, Any],
    conversation: Conversation,
) -> None:
    """Write every report; one that fails does not keep the others from being written.

    Files come first: whoever reads standard output may close it at any time.
    """
    for target in sorted(wanted, key=lambda target: target.path is None):
        try:
            with outputs.opened(target) as out:
                _reporter(target, chosen)(result, out)
        except BrokenPipeError:
            continue
        except OutputError as error:
            conversation.exit_code = TROUBLE
            tell(str(error))


def _reporter(target: Target, chosen: dict[str, Any]) -> Any:  # noqa: ANN401
    color = use_color(
        "never" if chosen["no_color"] else chosen["color"],
        os.environ if target.path is None else {},
        is_terminal=target.path is None and is_terminal(sys.stdout),
    )
    return (COLORED_REPORTERS if color else REPORTERS)[target.format]
