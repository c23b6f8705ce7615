"""The command `dedupe explain`."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.shell_completion import CompletionItem

from dedupe.cli import configuration, explanations, rules
from dedupe.cli.colors import use_color
from dedupe.cli.configuration import Configuration
from dedupe.cli.console import is_terminal, terminal_width
from dedupe.cli.options import (
    READING,
    REPORTING,
    RUNNING,
    SectionedCommand,
    SectionOption,
    option,
    set_debug,
    setting_options,
)
from dedupe.cli.program import FINDINGS, OK
from dedupe.errors import InputError, SettingsError
from dedupe.readers import LoadedDocument, ReadOptions, find_sources, load, plan
from dedupe.reporters.neutralizer import show_name
from dedupe.settings import SETTING_NAMES, Settings

if TYPE_CHECKING:
    from dedupe.explaining import Excerpt

STANDARD_INPUT = "-"
# What of a configuration file decides how a text is read.
READ_NAMES = ("encoding", "text_field", "id_field", "html_content")

EPILOG = (
    "A and B are files, or - for standard input. FILE:LINE or FILE:FIRST-LAST takes "
    "the paragraphs that stand there, FILE#2 the second paragraph that has words; of a "
    "JSON Lines file, FILE#2 or FILE#ID takes a document and FILE#ID:LINE a paragraph "
    "of it. Exit codes: 0 the texts match (or the rule is known), 1 they do not match, "
    "2 the result cannot be trusted, 130 interrupted."
)

_LINES = re.compile(r"(.+):([0-9]{1,9})(?:-([0-9]{1,9}))?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")


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
@option(
    "--color",
    section=REPORTING,
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Color the text; auto heeds NO_COLOR, FORCE_COLOR and the terminal.",
)
@click.option(
    "--no-color",
    cls=SectionOption,
    section=REPORTING,
    is_flag=True,
    help="The same as --color never.",
)
@click.option(
    "--config",
    cls=SectionOption,
    section=RUNNING,
    type=click.Path(),
    metavar="FILE",
    help="Configuration file, instead of the nearest dedupe.toml or pyproject.toml.",
)
@click.option(
    "--isolated",
    cls=SectionOption,
    section=RUNNING,
    is_flag=True,
    help="Read no configuration file.",
)
@click.option(
    "--debug",
    cls=SectionOption,
    section=RUNNING,
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=set_debug,
    help="Show the traceback of an error.",
)
@click.pass_context
def command(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401
    """Say why two texts match or do not, or what a RULE means.

    The verdict is that of a scan of these two texts alone, with the settings that hold
    here.
    """
    what: tuple[str, ...] = given["what"]
    settings, read = _settings(context, given)
    if len(what) == 1:
        _explain_rule(what[0], settings, given["format_"])
        return
    if len(what) > 2:  # noqa: PLR2004
        raise SettingsError(
            f"explain takes two texts or one rule, not {len(what)} arguments."
        )
    shelf = _Shelf(read)
    left, right = (shelf.excerpt(argument) for argument in what)
    # numpy comes with it; a bad argument should be told at once.
    from dedupe.explaining import explain  # noqa: PLC0415

    told = explain(left, right, settings)
    context.obj.exit_code = OK if told.findings else FINDINGS
    if given["format_"] == "json":
        _print(explanations.as_json(told))
        return
    on_terminal = is_terminal(sys.stdout)
    color = use_color(
        "never" if given["no_color"] else given["color"],
        os.environ,
        is_terminal=on_terminal,
    )
    width = terminal_width() if on_terminal else 0
    _print(explanations.as_text(told, color=color, width=width))


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

    if Path(_named(name)).exists() or name == STANDARD_INPUT:
        return f"{name}: name a second text to compare it with."
    close = difflib.get_close_matches(name.casefold(), rules.RULES, n=1, cutoff=0.0)
    known = ", ".join(rules.RULES)
    return (
        f"there is no rule {name!r}. Did you mean {close[0]!r}? The rules and "
        f"relations are {known}; two texts can be compared with explain A B."
    )


def _named(argument: str) -> str:
    """Return the file in an argument that may end in lines or a paragraph."""
    lines = _LINES.fullmatch(argument)
    path = lines[1] if lines else argument
    return path if _exists(path) else path.rpartition("#")[0] or path


def _settings(
    context: click.Context, given: dict[str, Any]
) -> tuple[Settings, ReadOptions]:
    """Return what holds here: the command line, the environment, the file."""
    found = _configuration(given)
    default = click.core.ParameterSource.DEFAULT
    chosen = {
        name: value
        for name, value in found.values.items()
        if name not in given or context.get_parameter_source(name) == default
    }
    chosen = {**given, **chosen}
    try:
        settings = Settings(**{name: chosen[name] for name in SETTING_NAMES})
        read = ReadOptions(
            **{name: chosen[name] for name in READ_NAMES if name in chosen}
        )
    except SettingsError as error:
        name, _, rest = str(error).partition(" ")
        if name not in given:
            raise
        source = context.get_parameter_source(name)
        origin = configuration.origin(name, source, found)
        raise SettingsError(f"{origin} {rest}") from error
    return settings, read


def _configuration(given: dict[str, Any]) -> Configuration:
    if given["isolated"]:
        return Configuration(None, {})
    named = given["config"]
    path = Path(named) if named else configuration.find_file(Path.cwd())
    if path is None:
        return Configuration(None, {})
    # A file is read as a scan reads it: it holds options of that, too.
    from dedupe.cli import running, scan  # noqa: PLC0415 - few folders have one

    return configuration.read_file(
        path, configuration.options_in_files(scan.command, running.NOT_IN_FILES)
    )


class _Part(NamedTuple):
    """What an argument names: a file, and perhaps a part of it."""

    path: str
    part: str | None = None  # after #
    lines: tuple[int, int] | None = None


class _Shelf:
    """The files that were read; standard input can be read but once."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._read: dict[str, list[LoadedDocument]] = {}

    def excerpt(self, argument: str) -> Excerpt:
        """Return what an argument names."""
        from dedupe.explaining import Excerpt  # noqa: PLC0415 - see `command`

        wanted = _parsed(argument)
        documents = self._documents(wanted.path)
        is_collection = _is_collection(wanted.path)
        document = documents[0]
        part = wanted.part
        if is_collection and part is not None:
            document, part = _document(documents, wanted), None
        elif len(documents) > 1:
            raise InputError(
                f"{wanted.path} holds {len(documents):,} documents; name one by its "
                f"number or id, as in {wanted.path}#1."
            )
        if part is None and wanted.lines is None:
            return Excerpt(document.name, document.text)
        return _excerpt(document, part, wanted.lines)

    def _documents(self, path: str) -> list[LoadedDocument]:
        if path not in self._read:
            if path != STANDARD_INPUT and Path(path).is_dir():
                raise InputError(f"{show_name(path)} is a folder; name a file in it.")
            found = find_sources([path], self._options)
            loaded = [load(batch, self._options) for batch in plan(found.sources)]
            problems = [*found.errors, *(one for item in loaded for one in item.errors)]
            if problems:
                first = problems[0]
                raise InputError(f"{show_name(first.path)}: {first.reason}.")
            documents = [one for item in loaded for one in item.documents]
            if not documents:
                raise InputError(f"{show_name(path)}: there is no text in it.")
            self._read[path] = documents
        return self._read[path]


def _parsed(argument: str) -> _Part:
    """Take an argument apart, unless a file has the whole of it for a name."""
    if _exists(argument):
        return _Part(argument)
    matched = _LINES.fullmatch(argument)
    path, lines = argument, None
    if matched:
        path = matched[1]
        first = int(matched[2])
        lines = (first, int(matched[3]) if matched[3] else first)
    if _exists(path) or "#" not in path:
        return _Part(path, None, lines)
    path, _, part = path.rpartition("#")
    return _Part(path, part, lines)


def _exists(path: str) -> bool:
    if path == STANDARD_INPUT:
        return True
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _is_collection(path: str) -> bool:
    return re.search(r"\.(jsonl|ndjson)(\.gz)?$", path, re.IGNORECASE) is not None


def _document(documents: list[LoadedDocument], wanted: _Part) -> LoadedDocument:
    named = [one for one in documents if one.name == wanted.part]
    if named:
        return named[0]
    number = wanted.part or ""
    if _NUMBER.fullmatch(number) and 1 <= int(number) <= len(documents):
        return documents[int(number) - 1]
    raise InputError(
        f"{wanted.path} has no document {wanted.part!r}; it holds {len(documents):,}, "
        f"counted from 1."
    )


def _excerpt(
    document: LoadedDocument, part: str | None, lines: tuple[int, int] | None
) -> Excerpt:
    """Return the paragraphs of a document that an argument names."""
    from dedupe.explaining import Excerpt  # noqa: PLC0415 - see `command`
    from dedupe.paragraphs import read_columns  # noqa: PLC0415 - numpy comes with it

    _, paragraphs = read_columns([document.text])
    name = show_name(document.name)
    if part is not None and lines is not None:
        raise InputError(f"{name}: name a paragraph or lines of it, not both.")
    count = len(paragraphs.start)
    if part is not None:
        if not _NUMBER.fullmatch(part) or not 1 <= int(part) <= count:
            raise InputError(
                f"{name} has no paragraph {part!r}; it has {count:,}, counted from 1."
            )
        rows = [int(part) - 1]
    else:
        first, last = lines or (0, 0)
        rows = [
            row
            for row in range(count)
            if paragraphs.line[row] + 1 <= last
            and paragraphs.last_line[row] + 1 >= first
        ]
    if not rows:
        raise InputError(f"{name}: there are no words in the lines that were named.")
    start, end = int(paragraphs.start[rows[0]]), int(paragraphs.end[rows[-1]])
    line = int(paragraphs.line[rows[0]]) + 1
    return Excerpt(document.name, document.text[start:end], start, line, rows[0] + 1)
