"""The options that commands have in common: settings, reading, reports, the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import click

from dedupe.cli.declaring import (
    COMPARING,
    GATING,
    READING,
    REPORTING,
    RUNNING,
    SEARCHING,
    Decorated,
    Size,
    declared,
    flag,
    option,
)
from dedupe.readers import ReadOptions
from dedupe.reporters import REPORTERS
from dedupe.reporters.html.languages import DEFAULT, LANGUAGES
from dedupe.settings import FOLDS, Settings

SETTING_HELP = {
    "fold": "How much spelling is ignored: none, light (no letter is merged with "
    "another) or full (hamza, ya, ta marbuta and the like count as one).",
    "ignore_numbers": "Leave words of digits out of the comparison.",
    "min_words": "Shorter paragraphs match only when they are equal after folding, or "
    "as lines of a text that goes on over them.",
    "jaccard": "Share of word shingles from which two paragraphs are near-duplicates.",
    "containment": "Share of the shorter paragraph from which it is contained in the "
    "longer one.",
    "min_passage_words": "Shortest run of equal words that is an overlap; two more in "
    "a corpus.",
    "boilerplate_documents": "A form that stands in this many otherwise unrelated "
    "documents is boilerplate.",
    "num_perm": "Values in a MinHash signature.",
    "bands": "Bands a signature is cut into; num_perm must be a multiple.",
    "seed": "Seed of the MinHash permutations.",
}
TELLING_HELP = {
    "title": "the title",
    "date": "the day of publication, in ISO 8601",
    "outlet": "the name of the paper or site",
    "author": "the author",
    "url": "the address",
}
SEARCH_SETTINGS = ("num_perm", "bands", "seed")


def setting_options(command: Decorated) -> Decorated:
    """Give a command an option for each field of Settings, with the same default."""
    for setting in reversed(fields(Settings)):
        name = flag(setting.name)
        section = SEARCHING if setting.name in SEARCH_SETTINGS else COMPARING
        kind: Any = type(setting.default)
        if setting.name == "fold":
            kind = click.Choice(FOLDS)
        if kind is bool:
            name, kind = f"{name}/--no-{name[2:]}", None
        command = option(
            name,
            section=section,
            type=kind,
            default=setting.default,
            show_default=True,
            help=SETTING_HELP[setting.name],
        )(command)
    return command


def reading_options(command: Decorated) -> Decorated:
    """Give a command the options of ReadOptions, with the same defaults."""
    read = ReadOptions()
    return declared(
        command,
        option(
            "--encoding",
            section=READING,
            default=read.encoding,
            show_default=True,
            metavar="NAME",
            help="Encoding of every input, or auto to tell it from the bytes.",
        ),
        option(
            "--text-field",
            section=READING,
            default=read.text_field,
            show_default=True,
            metavar="FIELD",
            help="Field that holds the text, of JSON Lines, CSV or Parquet.",
        ),
        option(
            "--id-field",
            section=READING,
            default=read.id_field,
            show_default=True,
            metavar="FIELD",
            help="Field that names the document.",
        ),
        *(
            option(
                f"--{name}-field",
                section=READING,
                default=name,
                show_default=True,
                metavar="FIELD",
                help=f"Field that holds {what}.",
            )
            for name, what in TELLING_HELP.items()
        ),
        option(
            "--html-content",
            section=READING,
            default=read.html_content,
            metavar="SELECTOR",
            help="CSS selector of what holds the text of a web page; by default it "
            "is found.",
        ),
        option(
            "--exclude",
            section=READING,
            multiple=True,
            default=read.exclude,
            metavar="PATTERN",
            help="Leave out files and folders that match, as in .gitignore, also "
            "those that are named. Can be repeated.",
        ),
        option(
            "--hidden",
            section=READING,
            is_flag=True,
            default=read.hidden,
            help="Read files and folders whose name begins with a dot.",
        ),
        option(
            "--no-ignore",
            section=READING,
            is_flag=True,
            default=read.no_ignore,
            help="Take no notice of .gitignore and .dedupeignore.",
        ),
        option(
            "--follow",
            section=READING,
            is_flag=True,
            default=read.follow,
            help="Follow symbolic links inside folders.",
        ),
        option(
            "--stdin-filename",
            section=READING,
            default=read.stdin_filename,
            show_default=True,
            metavar="NAME",
            help="Name under which standard input is reported; its extension "
            "tells the format.",
        ),
        option(
            "--max-file-size",
            section=READING,
            type=Size(),
            default=read.max_file_size,
            metavar="SIZE",
            help="Larger files are left out and reported; K, M, G are understood.  "
            f"[default: {_size(read.max_file_size)}]",
        ),
    )


def read_options(chosen: Mapping[str, Any], *, strict: bool = False) -> ReadOptions:
    """Return what the options of a command say of reading."""
    names = [field.name for field in fields(ReadOptions) if field.name in chosen]
    return ReadOptions(**{name: chosen[name] for name in names}, strict=strict)


def archive_option(command: Decorated) -> Decorated:
    """Give a command the option that names what was published."""
    return declared(
        command,
        option(
            "--archive",
            section=READING,
            type=click.Path(),
            metavar="FILE",
            help="What was published before, as dedupe archive keeps it.",
        ),
    )


def baseline_option(command: Decorated) -> Decorated:
    """Give a command the option that names what is accepted."""
    return declared(
        command,
        option(
            "--baseline",
            section=GATING,
            type=click.Path(),
            metavar="FILE",
            help="Findings that this file accepts are reported and do not fail; dedupe "
            "baseline create makes it.",
        ),
    )


def reporting_options(command: Decorated) -> Decorated:
    """Give a command the options of its reports."""
    formats = ", ".join(REPORTERS)
    return declared(
        command,
        option(
            "-f",
            "--format",
            section=REPORTING,
            multiple=True,
            default=("text",),
            metavar="FORMAT[=FILE]",
            help=f"Format of the report: {formats}. Can be repeated with files.  "
            "[default: text]",
        ),
        option(
            "-o",
            "--output",
            section=REPORTING,
            metavar="FILE",
            help="File for the report that would go to standard output.",
        ),
        option(
            "--lang",
            section=REPORTING,
            type=click.Choice(LANGUAGES),
            default=DEFAULT,
            show_default=True,
            help="Language in which the html report opens; it has a switch to "
            "the other.",
        ),
        option(
            "--plots",
            section=REPORTING,
            type=click.Path(),
            metavar="DIR",
            help="Folder for pictures of the findings, as PNG and SVG; needs "
            "matplotlib, which the extra [plots] brings.",
        ),
    )


def coloring_options(command: Decorated) -> Decorated:
    """Give a command the options of how it colors what people read."""
    return declared(
        command,
        option(
            "--color",
            section=REPORTING,
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            show_default=True,
            help="Color what people read; auto heeds NO_COLOR, FORCE_COLOR and "
            "the terminal.",
        ),
        option(
            "--no-color",
            section=REPORTING,
            is_flag=True,
            help="The same as --color never.",
        ),
    )


def telling_options(command: Decorated) -> Decorated:
    """Give a command the options of what it tells on standard error."""
    return declared(
        command,
        option(
            "-q",
            "--quiet",
            section=REPORTING,
            is_flag=True,
            help="No summary, warnings or progress; errors are still named.",
        ),
        option(
            "-v",
            "--verbose",
            section=REPORTING,
            is_flag=True,
            help="Name each input that was skipped, with the reason, and count what "
            "ignore files and --exclude left out.",
        ),
        option(
            "--progress/--no-progress",
            section=REPORTING,
            default=None,
            help="Show how far the run is; by default if a terminal is watching.",
        ),
    )


def exit_zero_option(command: Decorated) -> Decorated:
    """Give a command the option that lets findings be no failure."""
    return declared(
        command,
        option(
            "--exit-zero",
            section=RUNNING,
            is_flag=True,
            help="Exit with 0 when something was found; errors still exit with 2.",
        ),
    )


def running_options(command: Decorated) -> Decorated:
    """Give a command the options of the run itself."""
    return declared(
        command,
        option(
            "-j",
            "--jobs",
            section=RUNNING,
            type=click.IntRange(min=0),
            default=0,
            metavar="NUMBER",
            help="Processes that work at once; 0, the default, is one a core. "
            "The result is the same.",
        ),
        configuring_options,
    )


def configuring_options(command: Decorated) -> Decorated:
    """Give a command the options of where its settings come from, and --debug."""
    return declared(
        command,
        option(
            "--config",
            section=RUNNING,
            type=click.Path(),
            metavar="FILE",
            help="Configuration file, instead of the nearest dedupe.toml or "
            "pyproject.toml.",
        ),
        option(
            "--isolated",
            section=RUNNING,
            is_flag=True,
            help="Read no configuration file.",
        ),
        option(
            "--debug",
            section=RUNNING,
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=set_debug,
            help="Show the traceback of an error.",
        ),
    )


def set_debug(
    context: click.Context,
    _option: click.Parameter,
    value: bool,  # noqa: FBT001
) -> None:
    """Have the program show the traceback of an error."""
    if context.obj is not None:
        context.obj.debug = value


def _size(number: int) -> str:
    for shift, letter in ((30, "G"), (20, "M"), (10, "K")):
        if number >= 1 << shift and not number % (1 << shift):
            return f"{number >> shift}{letter}"
    return str(number)
