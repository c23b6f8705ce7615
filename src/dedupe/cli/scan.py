"""The command `dedupe scan`."""

from __future__ import annotations

import click

from dedupe.cli import running
from dedupe.cli.declaring import SectionedCommand
from dedupe.cli.options import (
    baseline_option,
    coloring_options,
    exit_zero_option,
    reading_options,
    reporting_options,
    running_options,
    setting_options,
    telling_options,
)


@click.command("scan", cls=SectionedCommand, epilog=running.EPILOG)
@click.argument("paths", nargs=-1, required=True, type=click.Path())
@setting_options
@reading_options
@baseline_option
@reporting_options
@coloring_options
@telling_options
@exit_zero_option
@running_options
@click.pass_context
def command(context: click.Context, /, **given: object) -> None:
    """Find repeated and copied paragraphs in files and folders.

    PATHS are files, folders of them, or - for standard input: text, Markdown, JSON
    Lines, CSV; with extras web pages, Word, PDF, Parquet, RSS, NewsML, WARC; all of
    these also as .gz, .bz2, .xz or .zst, and in .zip and .tar.
    """
    run = running.understood(context, given)
    accepted = running.accepted(run)
    result = running.search(run)
    result = running.compared(result, accepted)
    running.report(run, result, context.obj)
