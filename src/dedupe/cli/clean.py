"""The command `dedupe clean`."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from dedupe.cli import configuration, outputs, progress, summary
from dedupe.cli.colors import use_color
from dedupe.cli.console import is_terminal, tell, terminal_width
from dedupe.cli.options import (
    COMPARING,
    DELIVERING,
    REMOVING,
    REPAIRING,
    SETTING_HELP,
    SectionedCommand,
    coloring_options,
    declared,
    exit_zero_option,
    option,
    reading_options,
    running_options,
    telling_options,
)
from dedupe.cli.program import FINDINGS, OK, TROUBLE
from dedupe.errors import OutputError, SettingsError
from dedupe.model import Problem
from dedupe.readers import PLAIN, STDIN, Found, ReadOptions, Source
from dedupe.readers.documents import GZIP
from dedupe.readers.paths import format_of, reported
from dedupe.reporters.wording import counted
from dedupe.settings import FOLDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe.cleaner import CleanSettings
    from dedupe.cli.cleaning import Delivery, Goal, Order, Tally

BACKUP = ".bak"
_CLEANED = "clean rewrites text, Markdown and JSON Lines"
_NOT_WRITTEN = f"{_CLEANED}, and leaves other files as they are"
_PRINTED_ONLY = f"{_NOT_WRITTEN}; name this one alone, and its clean text is printed"

# What a file found on the way up, or a variable, may not decide: that files are
# written, and where.
NOT_IN_FILES = (
    *("output_dir", "write", "backup", "check", "diff", "report", "undo"),
    *("config", "isolated", "debug"),
)

EPILOG = (
    "Options can stand in [tool.dedupe.clean] of pyproject.toml or in [clean] of "
    "dedupe.toml; what is common to all commands is taken from the table above it. "
    "Exit codes: 0 done, or nothing to change; 1 --check or --diff would change "
    "something; 2 something could not be done (the rest was), 130 interrupted."
)


class CleanCommand(SectionedCommand):
    """A command whose --backup may stand alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give --backup its suffix, so that it takes no path for one."""
        stop = args.index("--") if "--" in args else len(args)
        options = [
            f"--backup={BACKUP}" if argument == "--backup" else argument
            for argument in args[:stop]
        ]
        return super().parse_args(ctx, options + args[stop:])


def delivering_options(command: Any) -> Any:  # noqa: ANN401
    """Give a command the options of where its texts go."""
    return declared(
        command,
        option(
            "--output-dir",
            section=DELIVERING,
            envvar=None,
            metavar="DIR",
            help="Write a tree of all texts, also of those that need no change.",
        ),
        option(
            "-w",
            "--write",
            section=DELIVERING,
            envvar=None,
            is_flag=True,
            help="Change the files in place; each is at all times whole.",
        ),
        option(
            "--backup",
            section=DELIVERING,
            envvar=None,
            metavar="[=SUFFIX]",
            help=f"With --write, keep the old file under its name and {BACKUP}, "
            "or the suffix given.",
        ),
        option(
            "--check",
            section=DELIVERING,
            envvar=None,
            is_flag=True,
            help="Write nothing; list the files that would change, exit with 1.",
        ),
        option(
            "--diff",
            section=DELIVERING,
            envvar=None,
            is_flag=True,
            help="Write nothing; show what would change, exit with 1.",
        ),
        option(
            "--report",
            section=DELIVERING,
            envvar=None,
            metavar="FILE",
            help="Write every change as a line of JSON, from which it can be undone.",
        ),
        option(
            "--undo",
            section=DELIVERING,
            envvar=None,
            metavar="REPORT",
            help="Give the files of a report their original bytes back.",
        ),
    )


def repairing_options(command: Any) -> Any:  # noqa: ANN401
    """Give a command the options of what is repaired beyond what is always."""
    return declared(
        command,
        option(
            "--digits",
            section=REPAIRING,
            type=click.Choice(["keep", "ascii", "arabic"]),
            default="keep",
            show_default=True,
            help="Write all digits as 123 or as ١٢٣.",
        ),
        option(
            "--quotes",
            section=REPAIRING,
            type=click.Choice(["keep", "arabic", "ascii"]),
            default="keep",
            show_default=True,
            help='Write quotation marks as «…» or as "…".',
        ),
        option(
            "--arabic-punct",
            section=REPAIRING,
            is_flag=True,
            help="Write a comma, semicolon or question mark after Arabic as ،, ؛ or ؟.",
        ),
        option(
            "--tatweel",
            section=REPAIRING,
            type=click.Choice(["keep", "interior", "all"]),
            default="interior",
            show_default=True,
            help="Remove tatweel nowhere, between letters, or everywhere.",
        ),
        option(
            "--strip-diacritics",
            section=REPAIRING,
            is_flag=True,
            help="Remove tashkeel.",
        ),
        option(
            "--fix-encoding",
            section=REPAIRING,
            is_flag=True,
            help="Repair text that was decoded wrongly; otherwise it is reported.",
        ),
    )


def removing_options(command: Any) -> Any:  # noqa: ANN401
    """Give a command the options of what is removed."""
    return declared(
        command,
        option(
            "--keep",
            section=REMOVING,
            type=click.Choice(["first", "last", "longest"]),
            default="first",
            show_default=True,
            help="Which of several copies in one document stays.",
        ),
        option(
            "--unsafe",
            section=REMOVING,
            is_flag=True,
            help="Remove near-duplicates too, not only what is the same after folding.",
        ),
        option(
            "--across",
            section=REMOVING,
            is_flag=True,
            help="Remove what stands in several documents from all but one.",
        ),
        option(
            "--prefer",
            section=REMOVING,
            default="path",
            show_default=True,
            metavar="POLICY",
            help="With --across, who keeps it: date (the earliest), path (the "
            "first) or outlet:NAME; several with commas, the first that decides.",
        ),
        option(
            "--drop-boilerplate",
            section=REMOVING,
            is_flag=True,
            help="Remove forms that stand in many documents from all of them.",
        ),
        option(
            "--fold",
            section=COMPARING,
            type=click.Choice(FOLDS),
            default="full",
            show_default=True,
            help=SETTING_HELP["fold"],
        ),
        option(
            "--min-words",
            section=COMPARING,
            type=int,
            default=8,
            show_default=True,
            help="Repeats of fewer words stay, unless they are part of a block.",
        ),
    )


@click.command("clean", cls=CleanCommand, epilog=EPILOG)
@click.argument("paths", nargs=-1, type=click.Path())
@delivering_options
@repairing_options
@removing_options
@reading_options
@coloring_options
@telling_options
@exit_zero_option
@running_options
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Give the text to publish: repaired, without repeats, nothing else touched.

    PATHS are .txt, .md and .jsonl files (also .gz, .bz2, .xz, .zst), folders of them,
    or - for standard input. The clean text of one file is printed; of several it is
    written with --output-dir or --write.
    """
    began = time.perf_counter()
    found = configuration.configured(context, not_in_files=NOT_IN_FILES, table="clean")
    chosen: dict[str, Any] = {
        **given,
        **configuration.not_outranked(context, found),
    }
    for warning in configuration.unknown_variables(os.environ):
        tell(f"warning: {warning}")
    if chosen["undo"] is not None:
        _undo(context, chosen)
        return
    if not chosen["paths"]:
        raise click.UsageError("Missing argument 'PATHS...'.", context)
    goal = _goal(chosen)
    try:
        settings = _settings(chosen)
        read = _reading(chosen)
    except SettingsError as error:
        raise SettingsError(
            configuration.with_origin(str(error), context, found)
        ) from error
    report = _report_target(chosen, goal)
    sources, untouched = _rewritable(_sources(chosen, read), goal)
    _check_goal(chosen, goal, sources.sources)
    if report:
        outputs.check_inputs([report], [source.path for source in sources.sources])
    order = _order(chosen, goal, settings, read, sources.sources)
    tally = _run(order, sources, report, chosen)
    tally.warnings += untouched
    context.obj.exit_code = _exit_code(tally, goal, exit_zero=chosen["exit_zero"])
    _tell(tally, sources, chosen)
    if not chosen["quiet"]:
        for line in _summary(tally, goal, time.perf_counter() - began):
            tell(line)


def _goal(chosen: dict[str, Any]) -> Goal:
    """Return where the text goes; raise SettingsError for two ways at once."""
    ways = [
        name
        for name in ("output_dir", "write", "check", "diff")
        if chosen[name] not in (None, False)
    ]
    if ways not in ([], ["check", "diff"]) and len(ways) > 1:
        first, second = ("--" + name.replace("_", "-") for name in ways[:2])
        raise SettingsError(f"{first} and {second} exclude each other.")
    if chosen["backup"] is not None:
        _check_backup(chosen)
    if "diff" in ways:
        return "diff"
    goals: dict[str, Goal] = {"output_dir": "tree", "write": "write", "check": "check"}
    return goals[ways[0]] if ways else "print"


def _check_backup(chosen: dict[str, Any]) -> None:
    suffix = chosen["backup"]
    if not chosen["write"]:
        raise SettingsError("--backup keeps what --write changes; pass both.")
    if not suffix or "/" in suffix or os.sep in suffix or "\0" in suffix:
        raise SettingsError(f"--backup={suffix}: not a suffix for the name of a file.")


def _settings(chosen: dict[str, Any]) -> CleanSettings:
    # numpy comes with it; the help should not wait for that.
    from dedupe.cleaner import CleanSettings  # noqa: PLC0415
    from dedupe.repairs import RepairSettings  # noqa: PLC0415

    names = [one.name for one in dataclasses.fields(RepairSettings)]
    repairs = RepairSettings(**{name: chosen[name] for name in names})
    names = [one.name for one in dataclasses.fields(CleanSettings)]
    values = {name: chosen[name] for name in names if name in chosen}
    values["prefer"] = tuple(part.strip() for part in chosen["prefer"].split(","))
    return CleanSettings(**values | {"repairs": repairs})


def _reading(chosen: dict[str, Any]) -> ReadOptions:
    names = [one.name for one in dataclasses.fields(ReadOptions) if one.name in chosen]
    return ReadOptions(**{name: chosen[name] for name in names})


def _report_target(chosen: dict[str, Any], goal: Goal) -> outputs.Target | None:
    if chosen["report"] is None:
        return None
    path = Path(chosen["report"])
    target = outputs.Target("report", path)
    outputs.check([target])
    if goal == "write" and path.is_file() and path.stat().st_size:
        message = f"{path} exists, and may be the only way back from an earlier run"
        raise OutputError(f"{message}; name another file or remove it.")
    return target


def _sources(chosen: dict[str, Any], read: ReadOptions) -> Found:
    """Return what is to be cleaned; standard input comes first."""
    from dedupe.readers import find_sources  # noqa: PLC0415 - as the code that is loaded
    from dedupe.readers.sources import packing  # noqa: PLC0415

    paths = [path for path in chosen["paths"] if path != STDIN]
    found = find_sources(paths, read, hold=False)
    if len(paths) == len(chosen["paths"]):
        return found
    name = reported(read.stdin_filename)
    source = Source(name, "", format_of(name) or "text", 0)
    if source.format == "json_lines" and packing(source) in {"", GZIP}:
        # Read as it comes.
        return found._replace(sources=(source, *found.sources))
    # Unpacked, but not converted: it is written as it was.
    held = find_sources([STDIN], dataclasses.replace(read, encoding="utf-8"))
    return found._replace(
        sources=(*held.sources, *found.sources), errors=held.errors + found.errors
    )


def _rewritable(found: Found, goal: Goal) -> tuple[Found, list[Problem]]:
    """Leave out what cannot be written back, and tell of it.

    It is an error where it was asked for by name, a warning where it lay in a folder.
    """
    from dedupe.readers.formats import ONE  # noqa: PLC0415 - as the code that is loaded

    own = PLAIN | {"json_lines"}
    if goal in ("print", "check", "diff"):
        own |= ONE.keys()  # the clean text can be shown
    kept = [source for source in found.sources if source.format in own]
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for source in found.sources:
        if source.format not in own:
            is_one = source.format in ONE
            problem = Problem(source.name, _PRINTED_ONLY if is_one else _NOT_WRITTEN)
            (errors if source.is_named else warnings).append(problem)
    errors = sorted([*found.errors, *errors], key=lambda problem: problem.path)
    return found._replace(sources=tuple(kept), errors=tuple(errors)), warnings


def _check_goal(chosen: dict[str, Any], goal: Goal, sources: Sequence[Source]) -> None:
    """Refuse what cannot be done with the inputs at hand, before anything is done."""
    has_stdin = STDIN in chosen["paths"]
    if has_stdin and goal == "write":
        raise SettingsError("--write has no file to change for standard input.")
    if has_stdin and goal == "tree" and chosen["stdin_filename"] == STDIN:
        message = "standard input needs a name for its file in --output-dir"
        raise SettingsError(f"{message}; pass --stdin-filename.")
    if has_stdin and (chosen["across"] or chosen["drop_boilerplate"]):
        message = "--across and --drop-boilerplate read everything twice"
        raise SettingsError(f"{message}, which standard input cannot be.")
    if goal == "print" and len(sources) > 1:
        raise SettingsError(
            f"{len(sources):,} texts cannot be printed as one; pass --output-dir DIR "
            "or --write to write them, --check or --diff to see what would change."
        )
    if chosen["backup"]:
        names = {source.path for source in sources}
        for source in sources:
            if source.path + chosen["backup"] in names:
                message = f"{source.path}{chosen['backup']} is one of the inputs"
                raise SettingsError(f"{message}; choose another suffix for --backup.")


def _order(
    chosen: dict[str, Any],
    goal: Goal,
    settings: CleanSettings,
    read: ReadOptions,
    sources: Sequence[Source],
) -> Order:
    from dedupe.cli import cleaning, diffs, rewriting  # noqa: PLC0415

    tree = None
    if goal == "tree":
        folders = [path for path in chosen["paths"] if path != STDIN]
        tree = rewriting.plan_tree(chosen["output_dir"], folders, sources)
    color = use_color(
        "never" if chosen["no_color"] else chosen["color"],
        os.environ,
        is_terminal=is_terminal(sys.stdout),
    )
    return cleaning.Order(
        settings,
        read,
        goal,
        tree,
        chosen["backup"] or "",
        chosen["report"] is not None,
        diffs.colored if color else diffs.plain,
        terminal_width() if is_terminal(sys.stdout) else 0,
    )


def _run(
    order: Order, found: Found, report: outputs.Target | None, chosen: dict[str, Any]
) -> Tally:
    from dedupe import processes  # noqa: PLC0415
    from dedupe.cli import cleaning, rewriting  # noqa: PLC0415

    jobs = processes.usable_jobs(chosen["jobs"] or None)
    tally = cleaning.Tally(errors=list(found.errors))
    if not found.sources and not found.errors:
        nothing = summary.nothing_to_read(chosen["paths"], found.left_out)
        tally.errors.append(nothing)
    folders = _written_folders(order, found.sources)
    rewriting.sweep(folders)
    watching = not chosen["quiet"] and progress.wanted(
        chosen["progress"], os.environ, is_terminal=is_terminal(sys.stderr)
    )
    try:
        with contextlib.ExitStack() as stack:
            out = stack.enter_context(_report(report)) if report else None
            line = None
            if watching:
                line = stack.enter_context(progress.ProgressLine(sys.stderr))
            if order.settings.across or order.settings.drop_boilerplate:
                order = _with_plan(order, found, jobs, line, tally)
            for delivery in cleaning.deliveries(order, found.sources, jobs):
                tally.add(delivery.tally.told())
                _deliver(delivery, out)
                if line:
                    line("cleaning", delivery.share)
    except BaseException:
        rewriting.sweep(folders)
        raise
    return tally


def _with_plan(
    order: Order,
    found: Found,
    jobs: int,
    line: progress.ProgressLine | None,
    tally: Tally,
) -> Order:
    """Read everything once to know what goes for the sake of which document."""
    from dedupe.cleaner import plan_across  # noqa: PLC0415
    from dedupe.readers.sources import hold_in_memory  # noqa: PLC0415

    # Cleaning will say what cannot be unpacked.
    sources, _ = hold_in_memory(found.sources, order.read)
    held = found._replace(sources=tuple(sources))
    plan = plan_across(held, order.settings, read=order.read, jobs=jobs, progress=line)
    tally.warnings += plan.warnings
    return dataclasses.replace(order, departures=plan.departures)


def _written_folders(order: Order, sources: Sequence[Source]) -> set[str]:
    if order.goal == "write":
        paths = {source.path for source in sources if source.path}
    elif order.goal == "tree":
        paths = {order.target(source) for source in sources}
    else:
        return set()
    return {path.rpartition("/")[0] or "." for path in paths}


@contextlib.contextmanager
def _report(target: outputs.Target) -> Iterator[IO[bytes]]:
    """Open a report that grows as files are changed, so that none is forgotten."""
    name = str(target.path)
    try:
        with Path(name).open("wb") as out:
            yield out
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{name}: cannot write the report: {reason}.") from error


def _deliver(delivery: Delivery, report: IO[bytes] | None) -> None:
    if report and len(delivery.report):
        report.write(delivery.report)
        report.flush()
    if len(delivery.out):
        if sys.stdout is None:
            raise OutputError("standard output is closed; pass --output-dir.")
        try:
            sys.stdout.buffer.write(delivery.out)
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = error.strerror or type(error).__name__
            message = f"standard output: cannot write the text: {reason}."
            raise OutputError(message) from error


def _exit_code(tally: Tally, goal: Goal, *, exit_zero: bool) -> int:
    if tally.errors:
        return TROUBLE
    if goal in ("check", "diff") and tally.changed and not exit_zero:
        return FINDINGS
    return OK


def _tell(tally: Tally, found: Found, chosen: dict[str, Any]) -> None:
    """Name what could not be done, and what was left out."""
    verbose = chosen["verbose"]
    lines = [*summary.named("cannot clean", tally.errors, verbose=verbose)]
    if not chosen["quiet"]:
        lines += summary.named("warning", tally.warnings, verbose=verbose)
    if verbose:
        lines += summary.named("skipped", found.skipped, verbose=verbose)
        lines += summary.left_out(found.left_out)
    for line in lines:
        tell(line)


def _summary(tally: Tally, goal: Goal, seconds: float) -> Iterator[str]:
    """Yield the lines that end a run."""
    from dedupe.cli.cleaning import ordered  # noqa: PLC0415 - loaded by now

    would = "would be changed" if goal in ("check", "diff") else "changed"
    what = ", ".join(f"{count:,} {rule}" for rule, count in ordered(tally.rules))
    yield (
        f"{tally.changed:,} of {counted(tally.documents, 'document')} {would} "
        f"in {seconds:.2f} s{': ' if what else ''}{what}."
    )
    if tally.suspects:
        what = ", ".join(f"{count:,} {rule}" for rule, count in ordered(tally.suspects))
        yield f"Looks damaged, but left as it is: {what} (--report has the places)."
    if tally.errors:
        yield f"{len(tally.errors):,} failed."


def _undo(context: click.Context, chosen: dict[str, Any]) -> None:
    """Give files their original bytes back."""
    from dedupe.cli import restoring  # noqa: PLC0415 - few runs need it

    names = ("paths", "output_dir", "write", "backup", "check", "diff", "report")
    for name in names:
        if chosen[name] not in ((), None, False):
            what = "PATHS" if name == "paths" else "--" + name.replace("_", "-")
            raise SettingsError(f"--undo takes its files from the report, not {what}.")
    restored, errors = restoring.undo(chosen["undo"])
    context.obj.exit_code = TROUBLE if errors else OK
    for line in summary.named("cannot undo", errors, verbose=chosen["verbose"]):
        tell(line)
    if not chosen["quiet"]:
        tell(f"{counted(restored, 'file')} restored.")
