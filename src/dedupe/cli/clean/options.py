"""The options of `clean`: where its texts go, what is repaired, what is removed."""

from __future__ import annotations

from typing import Any

import click

from dedupe.cli.declaring import (
    COMPARING,
    DELIVERING,
    REMOVING,
    REPAIRING,
    SectionedCommand,
    declared,
    option,
)
from dedupe.cli.options import SETTING_HELP
from dedupe.settings import FOLDS

BACKUP = ".bak"


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
