"""Read settings from dedupe.toml, pyproject.toml and the environment.

The command line outranks the environment, the environment outranks the file, the file
outranks the defaults.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dedupe.cli.console import tell
from dedupe.cli.declaring import PREFIX, SectionOption, flag, variable
from dedupe.errors import InputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping

    from click.core import ParameterSource

OWN_FILE = "dedupe.toml"
PROJECT_FILE = "pyproject.toml"
REPOSITORY_MARKS = (".git", ".hg", ".svn")

# The ways to begin a table tool.dedupe in TOML. Parsing the file of a project that has
# none would take longer than all else that happens before a scan.
_MENTION = (
    r"""^\s*\[*\s*["']?tool["']?\s*(?:\]|\.\s*["']?dedupe)|^\s*["']?tool["']?\s*[.=]"""
)

# What a file found on the way up may not decide: where reports are written, where the
# file is, and what is done but once.
NOT_IN_FILES = (
    "output",
    "plots",
    "config",
    "isolated",
    "debug",
    "force",
    "yes",
    "reason",
    "expires",
)

# Commands that have a table of their own inside that of dedupe.
TABLES = ("check", "clean")

# Two names so much alike, 1 being the same, may be meant for one another; and where
# other programs may own names as well, a name so near to ours is a mistake for it.
NEAR = 0.6
MISTAKEN = 0.85


class Configuration(NamedTuple):
    """The values of a configuration file, by option, and the file they come from."""

    path: Path | None
    values: dict[str, Any]


def configured(
    context: click.Context,
    *,
    not_in_files: Collection[str] = NOT_IN_FILES,
    table: str = "",
    as_read_by: str = "",
) -> Configuration:
    """Return what the file says that a command line names, or the nearest one.

    A command with a table of its own takes what is common to all from the one above.
    One with few options takes a file as another one reads it.
    """
    if context.params["isolated"]:
        return Configuration(None, {})
    named = context.params["config"]
    path = Path(named) if named else find_file(_working_folder())
    if path is None:
        return Configuration(None, {})
    foreign = {
        name
        for command in _commands_of_tables(table)
        for name in options_of(command)
        if name not in not_in_files
    }
    command = _command(as_read_by) if as_read_by else context.command
    return read_file(path, options_in_files(command, not_in_files), table, foreign)


def options_in_files(
    command: click.Command, not_in_files: Collection[str]
) -> dict[str, click.Option]:
    """Return the options of a command that a file may set."""
    return {
        name: option
        for name, option in options_of(command).items()
        if name not in not_in_files
    }


def _commands_of_tables(table: str) -> Iterator[click.Command]:
    """Yield the commands that the table of dedupe and another one are made for."""
    for name in ("scan", table):
        if name:
            yield _command(name)


def _command(name: str) -> click.Command:
    command: click.Command = importlib.import_module(f"dedupe.cli.{name}").command
    return command


def options_of(command: click.Command) -> dict[str, click.Option]:
    """Return the options that a file or the environment may set."""
    return {
        str(option.name): option
        for option in command.params
        if isinstance(option, SectionOption)
    }


def chosen(
    context: click.Context, given: Mapping[str, Any], found: Configuration
) -> dict[str, Any]:
    """Return the value of every option, wherever it was set.

    Of a file these are the values that nothing outranks, also those that only a file
    can give to this command.
    """
    outrankable = (None, click.core.ParameterSource.DEFAULT)
    from_file = {
        name: value
        for name, value in found.values.items()
        if context.get_parameter_source(name) in outrankable
    }
    return {**given, **from_file}


def warn_of_unknown_variables() -> None:
    """Tell of each DEDUPE_ variable that sets nothing."""
    for warning in unknown_variables(os.environ):
        tell(f"warning: {warning}")


@contextlib.contextmanager
def naming_origin(context: click.Context, found: Configuration) -> Iterator[None]:
    """Say of a wrong setting where it was set: flag, variable or key of a file."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(with_origin(str(error), context, found)) from error


def with_origin(text: str, context: click.Context, found: Configuration) -> str:
    """Put what the user wrote in the place of the name of a setting.

    Where nobody has set it, what does not go with it was: that is named before.
    """
    name, _, rest = text.partition(" ")
    if name not in context.params:
        return text
    default = click.core.ParameterSource.DEFAULT
    sources = {
        word: source
        for word in [name, *re.findall(r"\w+", rest)]
        if (source := context.get_parameter_source(word))
        and (source != default or word in found.values)
    }
    if name in sources or not sources:
        source = context.get_parameter_source(name)
        return f"{origin(name, source, found)} {rest}"
    other, source = next(iter(sources.items()))
    return f"{origin(other, source, found)}: {text}"


def find_file(folder: Path) -> Path | None:
    """Return the nearest configuration file, up to the root of the repository."""
    for place in (folder, *folder.parents):
        own, project = place / OWN_FILE, place / PROJECT_FILE
        # A folder above may be closed to us; what is in it is then not for us either.
        with contextlib.suppress(OSError):
            if own.is_file():
                return own
            if project.is_file() and _table(project) is not None:
                return project
            if any((place / mark).exists() for mark in REPOSITORY_MARKS):
                return None
    return None


def read_file(
    path: Path,
    options: Mapping[str, click.Option],
    table: str = "",
    foreign: Container[str] = (),
) -> Configuration:
    """Return the values of a file; raise SettingsError for what is not understood.

    What stands in a table of its own goes before what stands outside of it. Keys of
    `foreign` are those of other commands, which one file serves as well.
    """
    content = _table(path)
    if content is None:
        raise SettingsError(f"{path} has no table [tool.dedupe].")
    own = {
        name: content.pop(name)
        for name in TABLES
        if isinstance(content.get(name), dict)
    }.get(table, {})
    values = _values(path, content, options, foreign)
    return Configuration(path, values | _values(path, own, options, foreign))


def _values(
    path: Path,
    table: Mapping[str, Any],
    options: Mapping[str, click.Option],
    foreign: Container[str],
) -> dict[str, Any]:
    """Return the values of a table, without those of other commands."""
    values: dict[str, Any] = {}
    seen = set()
    for key, value in table.items():
        name = key.replace("-", "_")
        if name in seen:
            raise SettingsError(f"{path}: {key!r} is given twice.")
        seen.add(name)
        if name in options:
            values[name] = _convert(path, key, value, options[name])
        elif name not in foreign:
            hint = _hint(_nearest(key, options))
            raise SettingsError(f"{path}: unknown key {key!r}.{hint}")
    return values


def unknown_variables(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning for each DEDUPE_ variable that sets nothing for any command.

    Other programs may own the name; but one that is nearly that of a setting was meant
    to be it, so it raises a SettingsError, as a key in a file does.
    """
    ours = sorted(name for name in environment if name.startswith(PREFIX))
    options = _all_options() if ours else ()
    known = [variable(name).removeprefix(PREFIX) for name in options]
    for name in ours:
        own = name.removeprefix(PREFIX)
        if own in known:
            continue
        near = _nearest(own, known)
        hint = _hint(near and PREFIX + near)
        told = f"the environment variable {name} sets nothing.{hint}"
        if _likeness(own, near) >= MISTAKEN:
            raise SettingsError(told)
        yield told


def _all_options() -> Iterator[str]:
    """Yield the options of every command, and of the commands of every group."""
    from dedupe.cli.program import COMMANDS  # noqa: PLC0415 - it loads this module

    for module, _ in COMMANDS.values():
        command = importlib.import_module(module).command
        yield from options_of(command)
        if isinstance(command, click.Group):
            for inner in command.commands.values():
                yield from options_of(inner)


def origin(
    name: str, source: ParameterSource | None, configuration: Configuration
) -> str:
    """Return what the user would have to change: a flag, a variable or a key."""
    if source == click.core.ParameterSource.ENVIRONMENT:
        return variable(name)
    if source == click.core.ParameterSource.DEFAULT and name in configuration.values:
        return f"{configuration.path}: {name}"
    return flag(name)


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError as error:
        message = "the current folder no longer exists; change to another one."
        raise InputError(message) from error


def _table(path: Path) -> dict[str, Any] | None:
    """Return the table of dedupe in a file, or None where pyproject.toml has none."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # as Notepad writes it
        if path.name == PROJECT_FILE and not re.search(_MENTION, text, re.MULTILINE):
            return None
        import tomllib  # noqa: PLC0415 - most runs have no file to parse

        content = tomllib.loads(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"{path}: cannot read it: {reason}.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    if path.name != PROJECT_FILE:
        return content
    tools = content.get("tool")
    table = tools.get("dedupe") if isinstance(tools, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise SettingsError(f"{path}: tool.dedupe must be a table.")


def _convert(path: Path, key: str, value: object, option: click.Option) -> object:
    """Return a value as the option would have it; say what it may be if it cannot."""
    wanted = _kind(option)
    fits = {
        "true or false": isinstance(value, bool),
        "a whole number": isinstance(value, int) and not isinstance(value, bool),
        "a number": isinstance(value, (int, float)) and not isinstance(value, bool),
        "a size": isinstance(value, (int, str)) and not isinstance(value, bool),
        "a string": isinstance(value, str),
        "a list of strings": isinstance(value, list)
        and all(isinstance(item, str) for item in value),
    }
    if not fits[wanted]:
        raise SettingsError(f"{path}: {key} must be {wanted}, not {value!r}.")
    try:
        cast = option.type_cast_value(click.Context(click.Command("scan")), value)
    except click.BadParameter as error:
        raise SettingsError(f"{path}: {key}: {error.message}") from error
    if not isinstance(option.type, click.Path):
        return cast
    # A file is named as seen from the one that names it, wherever the command runs.
    if option.multiple:
        return tuple(str(path.parent / name) for name in cast)
    return str(path.parent / cast)


def _kind(option: click.Option) -> str:
    if option.is_flag:
        return "true or false"
    if option.multiple:
        return "a list of strings"
    kinds = {"integer": "a whole number", "float": "a number", "size": "a size"}
    return kinds.get(option.type.name.removesuffix(" range"), "a string")


def _nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was most likely meant, "" where none is near."""
    near = max(known, key=partial(_likeness, name), default="")
    return near if _likeness(name, near) >= NEAR else ""


def _hint(near: str) -> str:
    return f" Did you mean {near!r}?" if near else ""


def _likeness(name: str, other: str) -> float:
    """Return from 0 to 1 how near two names are, however their words are parted."""
    import difflib  # noqa: PLC0415 - for mistakes alone

    one, two = (text.casefold().replace("-", "_") for text in (name, other))
    return difflib.SequenceMatcher(None, one, two).ratio()
