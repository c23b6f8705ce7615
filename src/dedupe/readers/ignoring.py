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
    from pathspec import GitIgnoreSpec

# The last that has an opinion wins, as in git: our own file over git's.
_FILES = (".gitignore", ".dedupeignore")
# No ignore file that people write comes near; a hostile one must not eat memory.
_LONGEST = 1 << 20


class Patterns:
    """Patterns in the syntax of .gitignore; the last that matches decides."""

    def __init__(self, spec: GitIgnoreSpec) -> None:
        self._spec = spec
        self._any = _any_of(spec)

    def verdict(self, path: str) -> bool | None:
        """Return whether a path is ignored, None for no opinion."""
        if self._any is not None and self._any.search(path) is None:
            return None
        return self._spec.check_file(path).include


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
    levels = [level for level in levels if not level.verdict("")]
    if os.path.isdir(os.path.join(real, ".git")):
        levels += _levels_from(os.path.join(real, ".git", "info", "exclude"), "")
    return Ignoring((*levels, *_levels(real, "")))


def compile_excludes(patterns: tuple[str, ...]) -> Patterns | None:
    """Return the patterns of --exclude; raise SettingsError for one that is none."""
    if not patterns:
        return None
    for pattern in patterns:
        if _compile([pattern]) is None:
            raise SettingsError(
                f"exclude {pattern!r} is not a pattern as in .gitignore; "
                "write for example drafts/ or *.md."
            )
    return _compile(list(patterns))


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
    patterns = _compile(lines) if lines else None
    return (Level(patterns, way),) if patterns is not None else ()


def _lines(path: str) -> list[str]:
    try:
        descriptor = open_regular(path)
    except (OSError, InputError):
        return []
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LONGEST).decode("utf-8", "surrogateescape")
    lines = text.removeprefix("\ufeff").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _compile(lines: list[str]) -> Patterns | None:
    # Loaded here: most folders have no ignore file, and it takes 20 ms.
    import pathspec  # noqa: PLC0415

    try:
        return Patterns(pathspec.GitIgnoreSpec.from_lines(lines))
    except ValueError:
        if len(lines) == 1:
            return None
    good = [line for line in lines if _compile([line]) is not None]
    return Patterns(pathspec.GitIgnoreSpec.from_lines(good))


def _any_of(spec: GitIgnoreSpec) -> re.Pattern[str] | None:
    """Return one expression that matches where any pattern does, to rule most out."""
    each = [pattern.regex.pattern for pattern in spec.patterns if pattern.regex]
    unnamed = (re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern in each)
    try:
        return re.compile("|".join(f"(?:{pattern})" for pattern in unnamed))
    except re.error:
        return None
