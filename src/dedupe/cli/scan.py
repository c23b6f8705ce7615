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
from dedupe.cli.options import (
    SectionedCommand,
    SectionOption,
    reading_options,
    reporting_options,
    running_options,
    setting_options,
)
from dedupe.cli.program import FINDINGS, OK, TROUBLE, Conversation
from dedupe.errors import InputError, OutputError, SettingsError
from dedupe.model import Problem, ScanResult
from dedupe.readers import ReadOptions, Walked, find_sources, walk_over
from dedupe.reporters import COLORED_REPORTERS, REPORTERS
from dedupe.reporters.neutralizer import neutralize
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
@running_options
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Find repeated and copied paragraphs in files and folders.

    PATHS are .txt, .md and .jsonl files (also .gz), folders of them, or - for
    standard input.
    """
    began = time.perf_counter()
    found = _configuration(context)
    chosen: dict[str, Any] = {**given, **_from_file(context, found)}
    for warning in configuration.unknown_variables(os.environ, _options(context)):
        _tell(f"warning: {warning}")
    try:
        settings = Settings(**{name: chosen[name] for name in SETTING_NAMES})
        read = ReadOptions(**{name: chosen[name] for name in _reading(chosen)})
    except SettingsError as error:
        raise SettingsError(_with_origin(str(error), context, found)) from error
    wanted = outputs.targets(chosen["format"], chosen["output"])
    outputs.check(wanted)
    outputs.check_inputs(wanted, _inputs(wanted, chosen["paths"], read))

    result = _scan(chosen, settings, read, wanted)
    context.obj.exit_code = _exit_code(result, exit_zero=chosen["exit_zero"])
    _write(result, wanted, chosen, context.obj)
    for line in summary.problems(
        result, verbose=chosen["verbose"], quiet=chosen["quiet"]
    ):
        _tell(line)
    if not chosen["quiet"]:
        for line in summary.summary(result, time.perf_counter() - began):
            _tell(line)


def _configuration(context: click.Context) -> Configuration:
    if context.params["isolated"]:
        return Configuration(None, {})
    named = context.params["config"]
    path = Path(named) if named else configuration.find_file(_working_folder())
    if path is None:
        return Configuration(None, {})
    options = {
        name: option
        for name, option in _options(context).items()
        if name not in NOT_IN_FILES
    }
    found = configuration.read_file(path, options)
    for text in found.values.get("format", ()):
        if "=" in text:
            message = f"{path}: format: only the command line can name a file: {text}."
            raise SettingsError(message)
    return found


def _options(context: click.Context) -> dict[str, click.Option]:
    """Return the options that a file or the environment may set."""
    return {
        str(option.name): option
        for option in context.command.params
        if isinstance(option, SectionOption)
    }


def _from_file(context: click.Context, found: Configuration) -> dict[str, Any]:
    """Return the values of the file that nothing outranks."""
    default = click.core.ParameterSource.DEFAULT
    return {
        name: value
        for name, value in found.values.items()
        if context.get_parameter_source(name) == default
    }


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        message = "the current folder no longer exists; change to another one."
        raise InputError(message) from error


def _reading(chosen: dict[str, Any]) -> list[str]:
    return [
        option.name
        for option in dataclasses.fields(ReadOptions)
        if option.name in chosen
    ]


def _with_origin(text: str, context: click.Context, found: Configuration) -> str:
    """Put what the user wrote in the place of the name of a setting."""
    name, _, rest = text.partition(" ")
    if name not in context.params:
        return text
    source = context.get_parameter_source(name)
    return f"{configuration.origin(name, source, found)} {rest}"


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
        chosen["progress"], os.environ, is_terminal=_is_terminal(sys.stderr)
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
            _tell(str(error))


def _reporter(target: Target, chosen: dict[str, Any]) -> Any:  # noqa: ANN401
    color = use_color(
        "never" if chosen["no_color"] else chosen["color"],
        os.environ if target.path is None else {},
        is_terminal=target.path is None and _is_terminal(sys.stdout),
    )
    return (COLORED_REPORTERS if color else REPORTERS)[target.format]


def _is_terminal(stream: Any) -> bool:  # noqa: ANN401
    return stream is not None and bool(stream.isatty())


def _tell(text: str) -> None:
    try:
        click.echo(f"dedupe: {neutralize(text)}", err=True)
    except OSError:
        # Nobody is listening; the exit code still says it.
        return
