"""What .gitignore, .dedupeignore and --exclude leave out."""
# Paths are strings here, as in the walk: it meets tens of thousands of them.
# ruff: noqa: PTH112, PTH118, PTH120

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError, SettingsError
from dedupe.readers.files import open_regular

if TYPE_CHECKING:
    from collections.abc import Sequence

# The last that has an opinion wins, as in git: our own file over git's.
_FILES = (".gitignore", ".dedupeignore")
# As pathspec writes a star, and two of them that stand for folders.
_STAR = "[^/]*"
_DEEP = re.compile(r"\.[*+]")
# No ignore file that people write comes near; a hostile one must not eat memory.
_LONGEST = 1 << 20


class Patterns:
    """Patterns in the syntax of .gitignore; the last that matches decides.

    pathspec translates them, and what it makes of one matches all that is below a
    folder, too. A walk asks for the folder first and never comes there, so that only
    what matches the path itself may decide, as in git: where `*` is followed by `!*/`,
    folders are entered and the files in them are ignored.
    """

    def __init__(self, rules: list[_Rule]) -> None:
        self._rules = rules[::-1]
        self._any = _any_of(rules)

    def verdict(self, path: str) -> bool | None:
        """Return whether a path is ignored, None for no opinion; "/" ends a folder."""
        bare = path.rstrip("/")
        if self._any is not None and self._any.search(bare) is None:
            return None
        is_folder = bare != path
        for rule in self._rules:
            if is_folder or not rule.folders_only:
                match = rule.regex.search(bare)
                # The only group is the slash after a folder that the path is below.
                if match and match.lastindex is None:
                    return rule.ignores
        return None

    def leave_out(self, path: str) -> bool:
        """Tell whether a path to which no walk has led is ignored.

        Where there is no verdict on it, that on the nearest folder above counts.
        """
        if self._any is not None and self._any.search(path) is None:
            return False
        while path:
            verdict = self.verdict(path)
            if verdict is not None:
                return verdict
            path = path[: path.rstrip("/").rfind("/") + 1]
        return False


class _Rule(NamedTuple):
    regex: re.Pattern[str]
    ignores: bool
    folders_only: bool


class Level(NamedTuple):
    """The patterns of one ignore file, seen from the folder that is being read."""

    patterns: Patterns
    prefix: str  # the way from the ignore file to the folder, "" or ending in "/"

    def verdict(self, name: str) -> bool | None:
        """Return whether a name in the folder is ignored, None for no opinion."""
        return self.patterns.verdict(self.prefix + name)


class Ignoring(NamedTuple):
    """The ignore files that hold in one folder, the weakest first."""

    levels: tuple[Level, ...] = ()

    def ignores(self, name: str) -> bool:
        """Return whether a name in this folder is ignored; folders end in a slash."""
        for level in reversed(self.levels):
            verdict = level.verdict(name)
            if verdict is not None:
                return verdict
        return False

    def within(self, folder: str, path: str) -> Ignoring:
        """Return what holds in a folder of this one, by its name and its path."""
        levels = tuple(
            Level(level.patterns, f"{level.prefix}{folder}/") for level in self.levels
        )
        return Ignoring(levels + _levels(path, ""))


def ignoring_at(path: str) -> Ignoring:
    """Return what holds in a folder where a search begins.

    Ignore files above it count as far up as the root of its git repository. One that
    leaves out the folder itself is not asked: the user named the folder.
    """
    real = os.path.realpath(path)
    levels: list[Level] = []
    for above in reversed(_parents_in_repository(real)):
        way = os.path.relpath(real, above).replace(os.sep, "/") + "/"
        if not levels:
            levels += _levels_from(os.path.join(above, ".git", "info", "exclude"), way)
        levels += _levels(above, way)
    levels = [level for level in levels if not level.patterns.leave_out(level.prefix)]
    if os.path.isdir(os.path.join(real, ".git")):
        levels += _levels_from(os.path.join(real, ".git", "info", "exclude"), "")
    return Ignoring((*levels, *_levels(real, "")))


class Excludes(NamedTuple):
    """The patterns of --exclude, which hold from the folder searched or as written."""

    from_folder: Patterns
    as_written: Patterns

    def leave_out(self, name: str, way: str = "") -> bool:
        """Tell whether a file or folder is left out, by its name and way if any."""
        if way and self.from_folder.verdict(way):
            return True
        return self.as_written.leave_out(name.lstrip("/"))


def compile_excludes(patterns: tuple[str, ...]) -> Excludes | None:
    """Return the patterns of --exclude; raise SettingsError for one that is none."""
    if not patterns:
        return None
    for pattern in patterns:
        if _rule(pattern) is None:
            raise SettingsError(
                f"exclude {pattern!r} is not a pattern as in .gitignore; "
                "write for example drafts/ or *.md."
            )
    ways = [way for pattern in patterns for way in _ways(pattern)]
    return Excludes(_patterns(patterns), _patterns(ways))


def _ways(pattern: str) -> list[str]:
    """Return the ways to write a pattern that names the working folder.

    >>> _ways("in/1.txt")
    ['in/1.txt']
    >>> _ways("!./in/1.txt")[0]
    '!/in/1.txt'
    """
    bare = pattern.removeprefix("!")
    sign = pattern[: len(pattern) - len(bare)]
    here = os.getcwd().replace(os.sep, "/").rstrip("/") + "/"  # noqa: PTH109
    for start in ("./", here):
        if bare.startswith(start):
            below = bare.removeprefix(start)
            return [f"{sign}/{below}", f"{sign}{here}{below}"]
    return [pattern]


def _parents_in_repository(real: str) -> list[str]:
    """Return the folders above one, nearest first, up to the root of its repository."""
    if os.path.lexists(os.path.join(real, ".git")):
        return []
    above: list[str] = []
    at = real
    while (parent := os.path.dirname(at)) != at:
        above.append(parent)
        if os.path.lexists(os.path.join(parent, ".git")):
            return above
        at = parent
    return []


def _levels(path: str, way: str) -> tuple[Level, ...]:
    return tuple(
        level
        for name in _FILES
        for level in _levels_from(os.path.join(path, name), way)
    )


def _levels_from(path: str, way: str) -> tuple[Level, ...]:
    lines = _lines(path)
    return (Level(_patterns(lines), way),) if lines else ()


def _lines(path: str) -> list[str]:
    try:
        descriptor = open_regular(path)
    except (OSError, InputError):
        return []
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LONGEST).decode("utf-8", "surrogateescape")
    lines = text.removeprefix("\ufeff").split("\n")
    lines = [line.removesuffix("\r") for line in lines]
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _patterns(lines: Sequence[str]) -> Patterns:
    rules = (_rule(line) for line in lines)
    return Patterns([rule for rule in rules if rule is not None])


def _rule(line: str) -> _Rule | None:
    """Return what a line says, None where it is no pattern."""
    # Loaded here: most folders have no ignore file, and it takes 20 ms.
    from pathspec.patterns.gitignore.spec import (  # noqa: PLC0415
        GitIgnoreSpecPattern,
    )

    # Whether a path is a folder is for us to know; so `d/**/` is all folders in d.
    written = line.rstrip(" ")
    bare = written.removesuffix("/")
    folders_only = bare not in {written, "", "!"}
    try:
        pattern = GitIgnoreSpecPattern(bare if folders_only else line)
    except ValueError:
        return None
    if pattern.regex is None:
        return None
    regex = without_rivals(pattern.regex.pattern)
    return _Rule(regex, bool(pattern.include), folders_only)


def without_rivals(pattern: str) -> re.Pattern[str]:
    """Return a pattern of which no two stars try to share the same characters.

    With eight of them and a long name that would take minutes. Of what stands between
    two stars the first place will do, wherever it can end, for the second takes what
    is left; the last star alone must try them all.
    """
    first, *parts = pattern.split(_STAR)
    *between, last = parts or [""]
    once = [
        f"{_STAR}{part}" if _DEEP.search(part) else f"(?>{_STAR}?{part})"
        for part in between
    ]
    return re.compile(first + "".join(once) + (_STAR + last if parts else ""))


def _any_of(rules: list[_Rule]) -> re.Pattern[str] | None:
    """Return one expression that matches where any pattern does, to rule most out."""
    unnamed = (re.sub(r"\(\?P<\w+>", "(?:", rule.regex.pattern) for rule in rules)
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in unnamed))
    except re.error:
        return None
