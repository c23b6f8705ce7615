"""The commands of `dedupe archive`."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedupe.cli import outputs, summary
from dedupe.cli.console import tell
from dedupe.cli.days import Day
from dedupe.cli.declaring import SectionedCommand
from dedupe.cli.options import read_options, reading_options, setting_options
from dedupe.cli.program import FINDINGS, OK, TROUBLE, Conversation
from dedupe.errors import ArchiveError, SettingsError
from dedupe.readers import STDIN
from dedupe.reporters import REPORTERS
from dedupe.reporters.neutralizer import disarm, show_name
from dedupe.reporters.wording import counted
from dedupe.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe.archive import Changes
    from dedupe.model import Problem

MOST_NAMED = 20  # ids told without --verbose

ARCHIVE = click.argument("archive", type=click.Path(path_type=Path))
VERBOSE = click.option(
    "-v", "--verbose", is_flag=True, help="Name all, not the first twenty alone."
)
JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=0),
    default=0,
    metavar="NUMBER",
    help="Processes that work at once; 0, the default, is one a core.",
)


@click.group("archive")
def command() -> None:
    """Keep what was published, to find what repeats it.

    An archive is one file. It holds the texts and where their words stand, so that
    `dedupe check` finds in milliseconds what was published before.
    """


def _subcommand(
    name: str,
) -> Callable[[Callable[..., None]], click.Command]:
    return command.command(name, cls=SectionedCommand)


@_subcommand("create")
@ARCHIVE
@setting_options
@click.pass_context
def create(context: click.Context, /, archive: Path, **given: Any) -> None:  # noqa: ANN401
    """Make an empty archive.

    The settings belong to it from then on. Its seed is random unless --seed is given:
    who does not know the seed cannot choose words that hide a copy.
    """
    from dedupe.archive import Archive  # noqa: PLC0415 - numpy comes with it

    settings = Settings(**{name: given[name] for name in SETTING_NAMES})
    default = click.core.ParameterSource.DEFAULT
    seed = given["seed"] if context.get_parameter_source("seed") != default else None
    with Archive.create(archive, settings, seed, created=_now()) as made:
        click.echo(f"Made {show_name(str(made.path))}.")


@_subcommand("add")
@ARCHIVE
@click.argument("sources", nargs=-1, required=True, type=click.Path())
@reading_options
@JOBS
@VERBOSE
@click.pass_obj
def add(
    conversation: Conversation,
    /,
    archive: Path,
    sources: Sequence[str],
    **given: Any,  # noqa: ANN401
) -> None:
    """Add documents, or put new ones in the place of those of the same id.

    SOURCES are what `dedupe scan` reads. The id of a document is its path, or the
    field --id-field of a record. What is added twice is there once.
    """
    if STDIN in sources and given["stdin_filename"] == STDIN:
        # The next text would take the place of this one.
        message = "standard input needs an id of its own in the archive"
        raise SettingsError(f"{message}; pass --stdin-filename.")
    from dedupe import processes  # noqa: PLC0415
    from dedupe.archive import Archive  # noqa: PLC0415
    from dedupe.archive.incoming import Incoming  # noqa: PLC0415
    from dedupe.readers import find_sources  # noqa: PLC0415

    read = read_options(given)
    with Archive.open(archive, write=True) as opened:
        incoming = Incoming(find_sources(sources, read), read)
        jobs = processes.usable_jobs(given["jobs"])
        changes = opened.add(incoming, added=_now(), jobs=jobs)
    for problem in incoming.warnings:
        tell(f"warning: {show_name(problem.path)}: {problem.reason}")
    _report_changes(changes, verbose=given["verbose"])
    nothing = not (changes.added or changes.unchanged or changes.replaced)
    if nothing and not incoming.errors:
        tell("there is nothing to read there.")
    if nothing or incoming.errors:
        conversation.exit_code = TROUBLE
    _tell_problems("cannot read", incoming.errors, verbose=given["verbose"])


@_subcommand("remove")
@ARCHIVE
@click.argument("ids", nargs=-1, required=True)
@click.pass_obj
def remove(conversation: Conversation, archive: Path, ids: Sequence[str]) -> None:
    """Remove documents by their ids."""
    from dedupe.archive import Archive  # noqa: PLC0415

    with Archive.open(archive, write=True) as opened:
        removed = opened.remove(ids)
    click.echo(f"Removed {counted(len(removed), 'document')}.")
    for name in ids:
        if name not in removed:
            conversation.exit_code = TROUBLE
            tell(f"{show_name(name)} is not in the archive.")


@_subcommand("query")
@ARCHIVE
@click.argument("sources", nargs=-1, required=True, type=click.Path())
@reading_options
@click.option(
    "-f",
    "--format",
    default="text",
    show_default=True,
    metavar="FORMAT[=FILE]",
    help=f"Format of the report: {', '.join(REPORTERS)}.",
)
@JOBS
@VERBOSE
@click.pass_obj
def query(
    conversation: Conversation,
    /,
    archive: Path,
    sources: Sequence[str],
    **given: Any,  # noqa: ANN401
) -> None:
    """Show what files repeat of the archive, of one another and of themselves.

    This is for a look; `dedupe check` is the gate, with limits, exceptions and a
    baseline.
    """
    from dedupe.archive import Archive  # noqa: PLC0415

    wanted = outputs.targets([given["format"]], None)
    outputs.check(wanted)
    with Archive.open(archive) as opened:
        result = opened.query(
            list(sources),
            read=read_options(given),
            jobs=given["jobs"] or None,
            passages=wanted[0].format == "passages",
        )
    if not result.documents and not result.errors:
        raise ArchiveError(f"there is nothing to read at {', '.join(sources)}.")
    codes = {"error": TROUBLE, "findings": FINDINGS, "clean": OK}
    conversation.exit_code = codes[result.status]
    with outputs.opened(wanted[0]) as out:
        REPORTERS[wanted[0].format](result, out)
    for line in summary.problems(result, verbose=given["verbose"], quiet=False):
        tell(line)


@_subcommand("info")
@ARCHIVE
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def info(archive: Path, *, as_json: bool) -> None:
    """Tell what an archive holds and by which rules it was written."""
    from dedupe.archive import Archive  # noqa: PLC0415

    with Archive.open(archive) as opened:
        held = dataclasses.asdict(opened.info())
    # Who knows the seed can choose words that hide a copy.
    held["settings"].pop("seed")
    if as_json:
        click.echo(json.dumps(held, indent=2))
        return
    settings = held.pop("settings")
    for name, value in (held | settings).items():
        shown = f"{value:,}" if isinstance(value, int) and value >= 1000 else value  # noqa: PLR2004
        click.echo(f"{name.replace('_', ' '):<22} {disarm(str(shown))}")


@_subcommand("verify")
@ARCHIVE
@click.option(
    "--full",
    is_flag=True,
    help="Hold every document to its checksum and make its index again from its text.",
)
@click.pass_obj
def verify(conversation: Conversation, archive: Path, *, full: bool) -> None:
    """Look for damage: in the structure, or with --full in everything."""
    from dedupe.archive import Archive  # noqa: PLC0415

    with Archive.open(archive) as opened:
        problems = opened.verify(full=full)
    if problems:
        conversation.exit_code = TROUBLE
        _tell_problems("damaged", problems, verbose=True)
        tell(f"write it anew with: dedupe archive rebuild {show_name(str(archive))}")
        return
    click.echo(f"{show_name(str(archive))}: no damage found.")


@_subcommand("prune")
@ARCHIVE
@click.option(
    "--older-than",
    type=Day(),
    required=True,
    metavar="DAY",
    help="Remove what was published before this day, or so long ago: 180d, 26w, 2y.",
)
def prune(archive: Path, older_than: date) -> None:
    """Remove what was published long ago.

    Where it is not known when a document was published, it counts when it was added.
    """
    from dedupe.archive import Archive  # noqa: PLC0415

    with Archive.open(archive, write=True) as opened:
        removed = opened.prune(older_than)
    click.echo(f"Removed {counted(len(removed), 'document')} from before {older_than}.")


@_subcommand("snapshot")
@ARCHIVE
@click.argument("out", type=click.Path(path_type=Path))
def snapshot(archive: Path, out: Path) -> None:
    """Write a copy to hand out, and print its SHA-256 as sha256sum does.

    It can be read where nothing can be written, and while others go on adding to the
    archive itself.
    """
    from dedupe.archive import Archive  # noqa: PLC0415

    with Archive.open(archive) as opened:
        digest = opened.snapshot(out)
    click.echo(f"{digest}  {show_name(str(out))}")


@_subcommand("rebuild")
@ARCHIVE
@JOBS
@click.pass_obj
def rebuild(conversation: Conversation, archive: Path, jobs: int) -> None:
    """Write an archive anew from its texts.

    This brings one up to date that older rules or an older schema wrote, gives back
    the room of what was removed, and saves what can be read of one that is damaged.
    """
    from dedupe import processes  # noqa: PLC0415
    from dedupe.archive import Archive  # noqa: PLC0415

    problems = Archive.rebuild(archive, jobs=processes.usable_jobs(jobs))
    if problems:
        conversation.exit_code = TROUBLE
        _tell_problems("damaged", problems, verbose=True)
        tell("the old file is kept beside it, with the extension .damaged")
    click.echo(f"Rebuilt {show_name(str(archive))}.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _report_changes(changes: Changes, *, verbose: bool) -> None:
    added, replaced = counted(changes.added, "document"), len(changes.replaced)
    click.echo(
        f"Added {added}, replaced {replaced:,}, kept {changes.unchanged:,} unchanged."
    )
    shown = changes.replaced if verbose else changes.replaced[:MOST_NAMED]
    for name in shown:
        tell(f"replaced: {show_name(name)}")
    if len(shown) < len(changes.replaced):
        tell(f"replaced: {len(changes.replaced) - len(shown):,} more (-v names them)")


def _tell_problems(label: str, problems: Sequence[Problem], *, verbose: bool) -> None:
    for line in summary.named(label, problems, verbose=verbose):
        tell(line)
