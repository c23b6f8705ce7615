"""The commands `dedupe baseline create`, `update` and `audit`."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dedupe.cli import outputs, running
from dedupe.cli.console import tell
from dedupe.cli.declaring import (
    ACCEPTING,
    Decorated,
    SectionedCommand,
    SectionOption,
    declared,
)
from dedupe.cli.options import (
    archive_option,
    reading_options,
    running_options,
    setting_options,
    telling_options,
)
from dedupe.cli.outputs import Target
from dedupe.cli.program import FINDINGS, OK
from dedupe.errors import DedupeError, InputError, OutputError
from dedupe.reporters.neutralizer import disarm, show_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from dedupe.archive import Archive
    from dedupe.baseline import Baseline, Stale
    from dedupe.cli.running import Run
    from dedupe.model import Finding, ScanResult

MAX_NAMED = 20  # findings that are shown because they are not accepted


class _Date(click.ParamType[str]):
    """A day, as it stands in a baseline."""

    name = "date"

    def convert(
        self,
        value: str,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str:
        from dedupe.baseline import require_date  # noqa: PLC0415 - not for --help

        try:
            return require_date(value)
        except ValueError:
            self.fail(f"{value!r} is not a date such as 2027-01-31.", param, ctx)


def _scanning(command: Decorated) -> Decorated:
    """Give a command what a scan needs, which must be the same as in the check."""
    return declared(
        command,
        click.argument("baseline", type=click.Path()),
        click.argument("paths", nargs=-1, required=True, type=click.Path()),
        setting_options,
        reading_options,
        archive_option,
        telling_options,
        running_options,
        click.pass_context,
    )


def _describing(command: Decorated) -> Decorated:
    """Give a command what is written into new entries."""
    return declared(
        command,
        _entry_option(
            "--reason",
            metavar="TEXT",
            help="Why what is added is accepted.",
        ),
        _entry_option(
            "--expires",
            type=_Date(),
            metavar="DATE",
            help="The last day on which what is added is accepted, as in 2027-01-31.",
        ),
    )


def _entry_option(*names: str, **attributes: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Declare an option that is asked of the command line alone."""
    return click.option(*names, cls=SectionOption, section=ACCEPTING, **attributes)


EPILOG = (
    "Options stand in files and in the environment as for dedupe scan. Exit codes: "
    "0 done, 1 audit has something to list, 2 nothing was done, 130 interrupted."
)


@click.group("baseline")
def command() -> None:
    """Accept the findings that are there today, so that only new ones fail.

    A baseline holds fingerprints and counts and no text. It is read by dedupe check
    and dedupe scan with --baseline.
    """


@command.command("create", cls=SectionedCommand, epilog=EPILOG)
@_entry_option("--force", is_flag=True, help="Replace a baseline that is there.")
@_describing
@_scanning
def create(context: click.Context, /, **given: object) -> None:
    """Write a baseline that accepts every finding.

    BASELINE is the file to write, PATHS are what a scan or a check is to read.
    """
    run = running.understood(context, given, section="check")
    path = _target(run)
    if path.exists() and not run.chosen["force"]:
        message = f"{path} is there already; bring it up to date with 'dedupe baseline"
        raise OutputError(f"{message} update', or replace it with --force.")
    with running.opened_archive(run) as (run, archive):
        result = _result(run, archive)
    from dedupe import baseline  # noqa: PLC0415 - a bad option should be told before

    _write(run, result, baseline.Baseline(baseline.fingerprint(run.settings), {}))
    running.tell_of(run, result)


@command.command("update", cls=SectionedCommand, epilog=EPILOG)
@_entry_option(
    "--yes", is_flag=True, help="Accept new findings even where CI is set, unasked."
)
@_describing
@_scanning
def update(context: click.Context, /, **given: object) -> None:
    """Accept what is new and take out what is gone.

    Where the environment sets CI, new findings are not accepted without --yes.
    """
    run = running.understood(context, given, section="check")
    path = _target(run)
    accepted, result = _compared(run)
    fresh = [finding for finding in result.findings if finding.state == "new"]
    if fresh and os.environ.get("CI") and not run.chosen["yes"]:
        for line in _named(fresh):
            tell(line)
        message = f"{len(fresh):,} new; see whether they are right and pass --yes."
        raise DedupeError(f"{path} is left as it is: {message}")
    _write(run, result, accepted)
    running.tell_of(run, result)


@command.command("audit", cls=SectionedCommand, epilog=EPILOG)
@_scanning
def audit(context: click.Context, /, **given: object) -> None:
    """List what a baseline accepts and need not: gone, fewer or expired.

    The exit code is 1 if there is any.
    """
    run = running.understood(context, given, section="check")
    accepted, result = _compared(run)
    from dedupe import baseline  # noqa: PLC0415 - a bad option should be told before

    stale = baseline.audit(result.findings, accepted, running.today())
    context.obj.exit_code = FINDINGS if stale else OK
    for item in stale:
        click.echo(_line(item))
    running.tell_of(run, result)


def _target(run: Run) -> Path:
    path = Path(run.chosen["baseline"])
    outputs.check([Target("baseline", path)])
    return path


def _result(run: Run, archive: Archive | None) -> ScanResult:
    """Return what a scan finds; of half the texts no baseline is made."""
    result = running.search(run, archive)
    if result.errors:
        running.tell_of(run, result)
        raise InputError("nothing was done, since not all could be read.")
    return result


def _compared(run: Run) -> tuple[Baseline, ScanResult]:
    """Return the baseline and what it says of the findings, none of which fails."""
    with running.opened_archive(run) as (opened, archive):
        accepted = running.accepted(opened)
        if accepted is None:
            raise InputError("name the file of the baseline.")
        result = running.compared(_result(opened, archive), accepted)
    return accepted, dataclasses.replace(result, failing=None)


def _write(run: Run, result: ScanResult, old: Baseline) -> None:
    from dedupe import baseline  # noqa: PLC0415 - a bad option should be told before

    reason, expires = run.chosen["reason"] or "", run.chosen["expires"] or ""
    fresh = baseline.Entry("", 1, reason, expires)
    written = baseline.write_baseline(baseline.accept(result.findings, fresh, old))
    with outputs.opened(Target("baseline", _target(run)), "the baseline") as out:
        out.write(written)


def _named(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings[:MAX_NAMED]:
        place, other, *_ = finding.occurrences
        yield (
            f"new: {finding.id} {show_name(place.document)}:{place.lines[0]} "
            f"and {show_name(other.document)}:{other.lines[0]}"
        )
    if len(findings) > MAX_NAMED:
        yield f"new: {len(findings) - MAX_NAMED:,} more"


def _line(item: Stale) -> str:
    entry = item.entry
    line = f"{item.ending} {entry.id} accepted={entry.count} found={item.found}"
    if entry.expires:
        line += f" expires={entry.expires}"
    return f"{line} {disarm(entry.reason)}".rstrip()
