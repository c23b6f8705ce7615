"""Read settings from dedupe.toml, pyproject.toml and the environment.

The command line outranks the environment, the environment outranks the file, the file
outranks the defaults.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from dedupe.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from click.core import ParameterSource

OWN_FILE = "dedupe.toml"
PROJECT_FILE = "pyproject.toml"
# The tables inside it that add to it or overrule it, each for one kind of command.
SECTIONS = ("check",)
REPOSITORY_MARKS = (".git", ".hg", ".svn")
PREFIX = "DEDUPE_"

# The ways to begin a table tool.dedupe in TOML. Parsing the file of a project that has
# none would take longer than all else that happens before a scan.
_MENTION = (
    r"""^\s*\[*\s*["']?tool["']?\s*(?:\]|\.\s*["']?dedupe)|^\s*["']?tool["']?\s*[.=]"""
)


class Configuration(NamedTuple):
    """The values of a configuration file, by option, and the file they come from."""

    path: Path | None
    values: dict[str, Any]


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
    *,
    shared: Container[str] = (),
    section: str = "",
) -> Configuration:
    """Return the values of a file; raise SettingsError for what is not understood.

    What stands in the table of a section goes before what stands outside of it. Keys
    of `shared` are those of other commands, which one file serves as well.
    """
    table = _table(path)
    if table is None:
        raise SettingsError(f"{path} has no table [tool.dedupe].")
    inner = {
        name: value
        for name, value in table.items()
        if name in SECTIONS and isinstance(value, dict)
    }
    outer = {name: value for name, value in table.items() if name not in inner}
    values = _values(path, outer, options, shared)
    return Configuration(
        path, values | _values(path, inner.get(section, {}), options, shared)
    )


def unknown_variables(
    environment: Mapping[str, str], options: Iterable[str]
) -> Iterator[str]:
    """Yield a warning for each DEDUPE_ variable that sets nothing.

    It is no error: other programs may own the name.
    """
    known = {variable(option) for option in options}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            hint = _nearest(name, known)
            yield f"the environment variable {name} sets nothing.{hint}"


def variable(option: str) -> str:
    """Return the environment variable of an option.

    >>> variable("min_words")
    'DEDUPE_MIN_WORDS'
    """
    return PREFIX + option.upper()


def origin(
    name: str, source: ParameterSource | None, configuration: Configuration
) -> str:
    """Return what the user would have to change: a flag, a variable or a key."""
    if source == click.core.ParameterSource.ENVIRONMENT:
        return variable(name)
    if source == click.core.ParameterSource.DEFAULT and name in configuration.values:
        return f"{configuration.path}: {name}"
    return "--" + name.replace("_", "-")


def _table(path: Path) -> dict[str, Any] | None:
    """Return the table of dedupe in a file, or None where pyproject.toml has none."""
    try:
        text = path.read_text(encoding="utf-8")
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


def _values(
    path: Path,
    table: Mapping[str, Any],
    options: Mapping[str, click.Option],
    shared: Container[str],
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    seen = set()
    for key, value in table.items():
        name = key.replace("-", "_")
        if name not in options and name not in shared:
            raise SettingsError(f"{path}: unknown key {key!r}.{_nearest(key, options)}")
        if name in seen:
            raise SettingsError(f"{path}: {key!r} is given twice.")
        seen.add(name)
        if name in options:
            values[name] = _convert(path, key, value, options[name])
    return values


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
    import difflib  # noqa: PLC0415 - for mistakes alone

    names = {other.casefold().replace("-", "_"): other for other in known}
    close = difflib.get_close_matches(name.casefold().replace("-", "_"), names, n=1)
    return f" Did you mean {names[close[0]]!r}?" if close else ""
