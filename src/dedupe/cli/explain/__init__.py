"""The command `dedupe explain`."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from click.shell_completion import CompletionItem

from dedupe.cli import configuration
from dedupe.cli.colors import wants_color
from dedupe.cli.console import is_terminal, terminal_width
from dedupe.cli.declaring import (
    READING,
    REPORTING,
    SectionedCommand,
    SectionOption,
    option,
)
from dedupe.cli.explain import json_object, rules, text
from dedupe.cli.explain.excerpts import Shelf, names_a_text
from dedupe.cli.options import coloring_options, configuring_options, setting_options
from dedupe.cli.program import FINDINGS, OK
from dedupe.errors import SettingsError
from dedupe.readers import ReadOptions
from dedupe.settings import SETTING_NAMES, Settings

# What of a configuration file decides how a text is read.
READ_NAMES = ("encoding", "text_field", "id_field", "html_content")

EPILOG = (
    "A and B are files, or - for standard input. FILE:LINE or FILE:FIRST-LAST takes "
    "the paragraphs that stand there, FILE#2 the second paragraph that has words; of a "
    "JSON Lines file, FILE#2 or FILE#ID takes a document and FILE#ID:LINE a paragraph "
    "of it. Exit codes: 0 the texts match (or the rule is known), 1 they do not match, "
    "2 the result cannot be trusted, 130 interrupted."
)


def _complete(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem[str]]:
    """Offer the rules that begin so, else files; bash cannot be given both."""
    if incomplete and not context.params.get("what"):
        names = [name for name in rules.RULES if name.startswith(incomplete)]
        if names:
            return [CompletionItem(name) for name in names]
    return [CompletionItem(incomplete, type="file")]


@click.command("explain", cls=SectionedCommand, epilog=EPILOG)
@click.argument(
    "what", nargs=-1, required=True, metavar="A B | RULE", shell_complete=_complete
)
@setting_options
@option(
    "--encoding",
    section=READING,
    default="auto",
    show_default=True,
    metavar="NAME",
    help="Encoding of both texts, or auto to tell it from the bytes.",
)
@click.option(
    "-f",
    "--format",
    "format_",
    cls=SectionOption,
    section=REPORTING,
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For a reader, or one JSON object.",
)
@coloring_options
@configuring_options
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401
    """Say why two texts match or do not, or what a RULE means.

    The verdict is that of a scan of these two texts alone, with the settings that hold
    here.
    """
    what: tuple[str, ...] = given["what"]
    # A file holds options of a scan, too.
    found = configuration.configured(context, as_read_by="scan")
    chosen = configuration.chosen(context, given, found)
    configuration.warn_of_unknown_variables()
    with configuration.naming_origin(context, found):
        settings = Settings(**{name: chosen[name] for name in SETTING_NAMES})
        names = [name for name in READ_NAMES if name in chosen]
        read = ReadOptions(**{name: chosen[name] for name in names})
    if len(what) == 1:
        _explain_rule(what[0], settings, given["format_"])
        return
    if len(what) > 2:  # noqa: PLR2004
        raise SettingsError(
            f"explain takes two texts or one rule, not {len(what)} arguments."
        )
    shelf = Shelf(read)
    left, right = (shelf.excerpt(argument) for argument in what)
    # numpy comes with it; a bad argument should be told at once.
    from dedupe.explaining import explain  # noqa: PLC0415

    told = explain(left, right, settings)
    context.obj.exit_code = OK if told.findings else FINDINGS
    if given["format_"] == "json":
        _print(json_object.as_json(told))
        return
    width = terminal_width() if is_terminal(sys.stdout) else 0
    _print(text.as_text(told, color=wants_color(chosen), width=width))


def _print(text: str) -> None:
    """Write UTF-8, whatever the locale, and end like every other report."""
    click.echo(text.encode(), nl=False)


def _explain_rule(name: str, settings: Settings, wanted: str) -> None:
    if name not in rules.RULES:
        raise SettingsError(_unknown_rule(name))
    if wanted == "json":
        value = rules.as_value(name, settings)
        _print(json.dumps(value, ensure_ascii=False) + "\n")
    else:
        _print(rules.as_text(name, settings))


def _unknown_rule(name: str) -> str:
    import difflib  # noqa: PLC0415 - for mistakes alone

    if names_a_text(name):
        return f"{name}: name a second text to compare it with."
    close = difflib.get_close_matches(name.casefold(), rules.RULES, n=1, cutoff=0.0)
    known = ", ".join(rules.RULES)
    return (
        f"there is no rule {name!r}. Did you mean {close[0]!r}? The rules and "
        f"relations are {known}; two texts can be compared with explain A B."
    )
