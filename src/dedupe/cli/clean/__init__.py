"""The command `dedupe clean`."""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from dedupe.cli import configuration, outputs, summary
from dedupe.cli.clean.goals import goal_of, report_target, require_possible
from dedupe.cli.clean.inputs import find_inputs, rewritable
from dedupe.cli.clean.options import (
    CleanCommand,
    delivering_options,
    removing_options,
    repairing_options,
)
from dedupe.cli.colors import wants_color
from dedupe.cli.console import is_terminal, tell, terminal_width
from dedupe.cli.declaring import flag
from dedupe.cli.options import (
    coloring_options,
    exit_zero_option,
    read_options,
    reading_options,
    running_options,
    telling_options,
)
from dedupe.cli.program import FINDINGS, OK, TROUBLE
from dedupe.errors import SettingsError
from dedupe.readers import STDIN
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dedupe.cleaner import CleanSettings
    from dedupe.cli.clean.goals import Goal
    from dedupe.cli.clean.orders import Order, Tally
    from dedupe.readers import Found, ReadOptions, Source

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
    chosen = configuration.chosen(context, given, found)
    configuration.warn_of_unknown_variables()
    if chosen["undo"] is not None:
        _undo(context, chosen)
        return
    if not chosen["paths"]:
        raise click.UsageError("Missing argument 'PATHS...'.", context)
    goal = goal_of(chosen)
    with configuration.naming_origin(context, found):
        settings = _settings(chosen)
        read = read_options(chosen)
    report = report_target(chosen, goal)
    inputs, untouched = rewritable(find_inputs(chosen["paths"], read), goal)
    require_possible(chosen, goal, inputs.sources)
    if report:
        outputs.check_inputs([report], [source.path for source in inputs.sources])
    # numpy comes with it; the help, and a bad option, should not wait for that.
    from dedupe.cli.clean.cleaning import carry_out  # noqa: PLC0415

    order = _order(chosen, goal, settings, read, inputs.sources)
    tally = carry_out(order, inputs, report, chosen)
    tally.warnings += untouched
    context.obj.exit_code = _exit_code(tally, goal, exit_zero=chosen["exit_zero"])
    _tell(tally, inputs, chosen)
    if not chosen["quiet"]:
        for line in _summary(tally, goal, time.perf_counter() - began):
            tell(line)


def _settings(chosen: dict[str, Any]) -> CleanSettings:
    from dedupe.cleaner import CleanSettings  # noqa: PLC0415 - see `command`
    from dedupe.repairs import RepairSettings  # noqa: PLC0415

    names = [one.name for one in dataclasses.fields(RepairSettings)]
    repairs = RepairSettings(**{name: chosen[name] for name in names})
    names = [one.name for one in dataclasses.fields(CleanSettings)]
    values = {name: chosen[name] for name in names if name in chosen}
    values["prefer"] = tuple(part.strip() for part in chosen["prefer"].split(","))
    return CleanSettings(**values | {"repairs": repairs})


def _order(
    chosen: dict[str, Any],
    goal: Goal,
    settings: CleanSettings,
    read: ReadOptions,
    sources: Sequence[Source],
) -> Order:
    from dedupe.cli.clean import diffs  # noqa: PLC0415 - see `command`
    from dedupe.cli.clean.orders import Order  # noqa: PLC0415
    from dedupe.cli.clean.trees import plan_tree  # noqa: PLC0415

    tree = None
    if goal == "tree":
        folders = [path for path in chosen["paths"] if path != STDIN]
        tree = plan_tree(chosen["output_dir"], folders, sources)
    return Order(
        settings,
        read,
        goal,
        tree,
        chosen["backup"] or "",
        chosen["report"] is not None,
        diffs.colored if wants_color(chosen) else diffs.plain,
        terminal_width() if is_terminal(sys.stdout) else 0,
    )


def _undo(context: click.Context, chosen: dict[str, Any]) -> None:
    """Give files their original bytes back."""
    from dedupe.cli.clean import restoring  # noqa: PLC0415 - few runs need it

    names = ("paths", "output_dir", "write", "backup", "check", "diff", "report")
    for name in names:
        if chosen[name] not in ((), None, False):
            what = "PATHS" if name == "paths" else flag(name)
            raise SettingsError(f"--undo takes its files from the report, not {what}.")
    restored, errors = restoring.undo(chosen["undo"])
    context.obj.exit_code = TROUBLE if errors else OK
    for line in summary.named("cannot undo", errors, verbose=chosen["verbose"]):
        tell(line)
    if not chosen["quiet"]:
        tell(f"{counted(restored, 'file')} restored.")


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
    from dedupe.cli.clean.orders import listed  # noqa: PLC0415 - loaded by now

    would = "would be changed" if goal in ("check", "diff") else "changed"
    what = listed(tally.rules)
    yield (
        f"{tally.changed:,} of {counted(tally.documents, 'document')} {would} "
        f"in {seconds:.2f} s{': ' if what else ''}{what}."
    )
    if tally.suspects:
        what = listed(tally.suspects)
        yield f"Looks damaged, but left as it is: {what} (--report has the places)."
    if tally.errors:
        yield f"{len(tally.errors):,} failed."
