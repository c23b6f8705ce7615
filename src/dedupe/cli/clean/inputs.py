"""Find what is to be cleaned, and tell of what cannot be written back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from dedupe.cli.clean.goals import Goal
from dedupe.model import Problem
from dedupe.readers import PLAIN, STDIN, Found, ReadOptions, Source, find_sources
from dedupe.readers.formats import ONE
from dedupe.readers.line_pieces import comes_in_pieces
from dedupe.readers.paths import format_of, reported

_CLEANED = "clean rewrites text, Markdown and JSON Lines"
_NOT_WRITTEN = f"{_CLEANED}, and leaves other files as they are"
_PRINTED_ONLY = f"{_NOT_WRITTEN}; name this one alone, and its clean text is printed"


def find_inputs(given: Sequence[str], read: ReadOptions) -> Found:
    """Return what is to be cleaned; standard input comes first."""
    paths = [path for path in given if path != STDIN]
    found = find_sources(paths, read, hold=False)
    if len(paths) == len(given):
        return found
    name = reported(read.stdin_filename)
    source = Source(name, "", format_of(name) or "text", 0)
    if comes_in_pieces(source):
        return found._replace(sources=(source, *found.sources))
    # Unpacked, but not converted: it is written as it was.
    held = find_sources([STDIN], dataclasses.replace(read, encoding="utf-8"))
    return found._replace(
        sources=(*held.sources, *found.sources), errors=held.errors + found.errors
    )


def rewritable(found: Found, goal: Goal) -> tuple[Found, list[Problem]]:
    """Leave out what cannot be written back, and tell of it.

    It is an error where it was asked for by name, a warning where it lay in a folder.
    """
    own = PLAIN | {"json_lines"}
    if goal in ("print", "check", "diff"):
        own |= ONE.keys()  # the clean text can be shown
    kept = [source for source in found.sources if source.format in own]
    errors: list[Problem] = []
    warnings: list[Problem] = []
    for source in found.sources:
        if source.format not in own:
            is_one = source.format in ONE
            problem = Problem(source.name, _PRINTED_ONLY if is_one else _NOT_WRITTEN)
            (errors if source.is_named else warnings).append(problem)
    errors = sorted([*found.errors, *errors], key=lambda problem: problem.path)
    return found._replace(sources=tuple(kept), errors=tuple(errors)), warnings
