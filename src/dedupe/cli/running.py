"""What the commands that scan have in common, from their options to the exit code."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import stat
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedupe.background import Background
from dedupe.cli import configuration, outputs, progress, summary
from dedupe.cli.colors import wants_color
from dedupe.cli.configuration import Configuration
from dedupe.cli.console import is_terminal, tell, terminal_width
from dedupe.cli.options import read_options
from dedupe.cli.outputs import Target
from dedupe.cli.program import FINDINGS, OK, TROUBLE, Conversation
from dedupe.errors import InputError, OutputError, SettingsError
from dedupe.model import ScanResult
from dedupe.readers import STDIN, ReadOptions, Walked, find_sources, walk_over
from dedupe.reporters import COLORED_REPORTERS, REPORTERS, Reporter
from dedupe.settings import SETTING_NAMES, Settings
from dedupe.values import dataclass

if TYPE_CHECKING:
    from dedupe.archive import Archive
    from dedupe.baseline import Baseline

EPILOG = (
    "Every option can stand in [tool.dedupe] of pyproject.toml or in dedupe.toml as "
    "min_words = 8 and in the environment as DEDUPE_MIN_WORDS=8; the command line "
    "outranks the environment, the environment outranks the file. "
    "Exit codes: 0 nothing found, 1 something found, 2 the result cannot be trusted, "
    "130 interrupted."
)


@dataclass(frozen=True, slots=True)
class Run:
    """A command line as it was understood."""

    began: float  # by the clock of performance
    chosen: dict[str, Any]  # the value of every option, wherever it was set
    by_default: frozenset[str]  # the options that nobody has set
    settings: Settings
    read: ReadOptions
    wanted: Sequence[Target]
    pictures: Path | None = None  # the folder they go to


def understood(
    context: click.Context,
    given: dict[str, object],
    *,
    section: str = "",
    strict: bool = False,
) -> Run:
    """Return what is to be done; refuse before the work begins what cannot be.

    A `section` is the table of the configuration file that is this command's own.
    `strict` is how texts are read.
    """
    began = time.perf_counter()
    found = _configuration(context, section)
    chosen = configuration.chosen(context, given, found)
    configuration.warn_of_unknown_variables()
    with configuration.naming_origin(context, found):
        settings = Settings(**{name: chosen[name] for name in SETTING_NAMES})
        read = read_options(chosen, strict=strict)
    wanted, pictures = _reports(chosen, read) if "format" in chosen else ([], None)
    default = click.core.ParameterSource.DEFAULT
    by_default = {
        name
        for name in chosen
        if name not in found.values and context.get_parameter_source(name) == default
    }
    return Run(began, chosen, frozenset(by_default), settings, read, wanted, pictures)


def accepted(run: Run) -> Baseline | None:
    """Return the baseline that the run was given; refuse one of other settings."""
    name = run.chosen["baseline"]
    if not name:
        return None
    from dedupe.baseline import fingerprint, read_baseline  # noqa: PLC0415 - most runs have none

    try:
        content = Path(name).read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        message = f"{name}: cannot read the baseline: {reason}."
        raise InputError(message) from error
    return read_baseline(content, name, fingerprint(run.settings))


@contextlib.contextmanager
def opened_archive(run: Run) -> Iterator[tuple[Run, Archive | None]]:
    """Open the archive that the run was given; its settings are the defaults."""
    name = run.chosen["archive"]
    if not name:
        yield run, None
        return
    from dedupe.archive import Archive  # noqa: PLC0415 - most runs have none

    with Archive.open(name) as archive:
        unset = run.by_default.intersection(SETTING_NAMES)
        values = {name: getattr(archive.settings, name) for name in unset}
        settings = dataclasses.replace(run.settings, **values)
        yield dataclasses.replace(run, settings=settings), archive


def search(
    run: Run, archive: Archive | None = None, since: date | None = None
) -> ScanResult:
    """Return what the texts repeat of one another, of themselves and of an archive."""
    # A folder of many files is walked in the time in which numpy is loaded.
    paths = run.chosen["paths"]
    read = dataclasses.replace(run.read, own=_own_files(run.chosen["baseline"]))
    walk = Background(lambda: tuple(walk_over(paths, read, sized=False)))
    from dedupe import scan  # noqa: PLC0415 - a bad option should be told before

    found = find_sources(paths, read, walked=Walked(*walk.result()))
    scan_them = functools.partial(
        functools.partial(archive.query, since=since) if archive else scan,
        found,
        run.settings,
        read=read,
        jobs=run.chosen["jobs"] or None,
        passages=any(target.format == "passages" for target in run.wanted),
    )
    with progress.watched(run.chosen) as line:
        result = scan_them(progress=line)
    result = dataclasses.replace(result, left_out=found.left_out)
    if result.documents or result.errors or run.chosen.get("allow_empty"):
        return result
    nothing = summary.nothing_to_read(paths, found.left_out)
    return dataclasses.replace(result, errors=(nothing,))


def compared(result: ScanResult, baseline: Baseline | None) -> ScanResult:
    """Return the findings with what the baseline, if any, says of each."""
    if baseline is None:
        return result
    from dedupe.baseline import compare  # noqa: PLC0415 - most runs have none

    return compare(result, baseline, today())


def today() -> date:
    """Return the date, the same all over the world."""
    return datetime.now(tz=UTC).date()


def report(run: Run, result: ScanResult, conversation: Conversation) -> None:
    """Write the reports, say how it went and decide the exit code."""
    # To free it piece by piece takes longer than to end.
    conversation.kept = result
    exit_zero = run.chosen["exit_zero"]
    conversation.exit_code = _exit_code(result, exit_zero=exit_zero)
    _write(result, run, conversation)
    told = _drawn(result, run, conversation)
    tell_of(run, result)
    if not run.chosen["quiet"]:
        for line in told:
            tell(line)


def tell_of(run: Run, result: ScanResult) -> None:
    """Tell on standard error what was read, and of it what could not be."""
    quiet = run.chosen["quiet"]
    for line in summary.problems(result, verbose=run.chosen["verbose"], quiet=quiet):
        tell(line)
    if not quiet:
        for line in summary.summary(result, time.perf_counter() - run.began):
            tell(line)


def _configuration(context: click.Context, section: str) -> Configuration:
    found = configuration.configured(context, table=section)
    for wanted in found.values.get("format", ()):
        if "=" in wanted:
            message = f"{found.path}: format: only the command line can name a file"
            raise SettingsError(f"{message}: {wanted}.")
    return found


def _reports(
    chosen: dict[str, Any], read: ReadOptions
) -> tuple[list[Target], Path | None]:
    """Return where reports go, and the folder of pictures; refuse what cannot be."""
    wanted = outputs.targets(chosen["format"], chosen["output"])
    written = list(wanted)
    pictures = None
    if chosen["plots"] is not None:
        from dedupe.cli import drawing  # noqa: PLC0415 - few ask for pictures

        pictures = drawing.prepared(chosen["plots"])
        written += drawing.targets(pictures)
    outputs.check(written)
    outputs.check_inputs(written, _inputs(written, chosen, read))
    return wanted, pictures


def _own_files(baseline: str | None) -> frozenset[tuple[int, int]]:
    """Return what may lie among the texts and is none: the baseline, and our output."""
    statuses = []
    with contextlib.suppress(OSError, ValueError):
        if baseline:
            statuses.append(Path(baseline).stat())
    # The shell has opened it before we began, so it is found, and empty.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        statuses.append(os.fstat(sys.stdout.fileno()))
    return frozenset(
        (status.st_dev, status.st_ino)
        for status in statuses
        if stat.S_ISREG(status.st_mode)
    )


def _inputs(
    wanted: Sequence[Target], chosen: dict[str, Any], read: ReadOptions
) -> Sequence[str]:
    """Return the files to be read, searching folders only if a report is in one."""
    paths = chosen["paths"]
    named = [chosen.get("baseline"), chosen.get("archive"), *chosen.get("allow", ())]
    named = [name for name in named if name]
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
        return [*paths, *named]
    # Standard input can be read but once, and cannot be written over.
    files = [path for path in paths if path != STDIN]
    sources = find_sources(files, read).sources
    return [*(source.path for source in sources), *named]


def _exit_code(result: ScanResult, *, exit_zero: bool) -> int:
    if result.status == "error":
        return TROUBLE
    return FINDINGS if result.status == "findings" and not exit_zero else OK


def _write(result: ScanResult, run: Run, conversation: Conversation) -> None:
    """Write every report; one that fails does not keep the others from being written.

    Files come first: whoever reads standard output may close it at any time.
    """
    for target in sorted(run.wanted, key=lambda target: target.path is None):
        try:
            with outputs.opened(target) as out:
                _reporter(target, run.chosen, conversation)(result, out)
        except BrokenPipeError:
            continue
        except OutputError as error:
            conversation.exit_code = TROUBLE
            tell(str(error))


def _drawn(result: ScanResult, run: Run, conversation: Conversation) -> list[str]:
    """Draw the pictures and return what is to be told of them."""
    if run.pictures is None:
        return []
    from dedupe.cli import drawing  # noqa: PLC0415 - few ask for pictures

    try:
        return list(drawing.write(result, run.pictures))
    except OutputError as error:
        conversation.exit_code = TROUBLE
        tell(str(error))
        return []


def _reporter(
    target: Target, chosen: dict[str, Any], conversation: Conversation
) -> Reporter:
    if target.format == "html":
        from dedupe.cli import typed  # noqa: PLC0415 - few ask for a page
        from dedupe.reporters import html  # noqa: PLC0415

        return functools.partial(
            html.write,
            language=chosen["lang"],
            command=typed.command(conversation.arguments, home=_home()),
        )
    on_terminal = target.path is None and is_terminal(sys.stdout)
    color = wants_color(chosen, to_file=target.path is not None)
    if target.format == "text" and on_terminal:
        from dedupe.reporters import text  # noqa: PLC0415 - many write to files

        return text.for_terminal(terminal_width(), color=color)
    return (COLORED_REPORTERS if color else REPORTERS)[target.format]


def _home() -> Path | None:
    """Return the home directory, which nobody has in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return None
