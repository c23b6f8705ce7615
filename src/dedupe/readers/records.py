"""Read sources that hold many documents: each by its ordinal, in bounded memory."""

from __future__ import annotations

import contextlib
import io
import os
import threading
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers.decoding import (
    REPLACEMENT,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import (
    ARCHIVES,
    Converted,
    LoadedDocument,
    Place,
    Source,
    Unreadable,
)
from dedupe.readers.files import SourceFile
from dedupe.readers.formats import (
    MANY,
    module_in_parts,
    module_of_many,
    module_of_one,
)
from dedupe.readers.json_lines import TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.readers.documents import ReadOptions

Item: TypeAlias = "Converted | Unreadable | InputError"
_LONGEST_LABEL = 200


class Skipped(NamedTuple):
    """Something that need not be read."""

    problem: Problem

    @property
    def path(self) -> str:
        """Return where it stands."""
        return self.problem.path


def documents(
    source: Source, index: int, span: tuple[int, int], options: ReadOptions
) -> Iterator[LoadedDocument | Problem | Skipped]:
    """Yield the documents of a source, or those of a range of ordinals.

    Raises OSError, and InputError for what is broken altogether.
    """
    start, end = span
    with contextlib.ExitStack() as stack:
        if end:
            # The list of what a file holds may be long: it is read once a process.
            wanted = _reading(source, options).part(start, end)
        else:
            file = stack.enter_context(io.BufferedReader(SourceFile(source)))
            wanted = module_of_many(source.format).read_documents(file, options)
        bad = 0
        last = ""
        for ordinal, item in enumerate(wanted, start):
            if isinstance(item, Converted):
                yield loaded(item, source, Place(index, ordinal))
                continue
            bad += 1
            # Members are files, each of which is told; of records the first are enough.
            if bad <= TOLD or source.format in ARCHIVES:
                problem = _problem(item, source, ordinal)
                last = problem.path
                yield problem
        if bad > TOLD and source.format not in ARCHIVES:
            more = f"{bad - TOLD:,} more after {last} cannot be read"
            yield Problem(source.name, more)


def converted(
    data: bytes, format_: str, name: str, options: ReadOptions
) -> LoadedDocument:
    """Return the document of a file of a format that holds one."""
    source = Source(name, "", format_, len(data))
    return loaded(module_of_one(format_).convert(data, options), source, Place(0))


def loaded(converted: Converted, source: Source, place: Place) -> LoadedDocument:
    """Return a converted document as the stages after reading see it."""
    text = with_line_feeds(without_surrogates(converted.text))
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    name = source.name
    if source.format in MANY:
        name = _name(source, converted.name, converted.line, place.start)
    encoding = converted.encoding or source.encoding or "unicode"
    return LoadedDocument(
        name, text, encoding, place, converted.warning, converted.about
    )


def _problem(
    item: Unreadable | InputError, source: Source, ordinal: int
) -> Problem | Skipped:
    if isinstance(item, InputError):
        return Problem(_name(source, "", 0, ordinal), str(item))
    problem = Problem(_name(source, item.name, item.line, ordinal), item.reason)
    return Skipped(problem) if item.is_skipped else problem


def _name(source: Source, label: str, line: int, ordinal: int) -> str:
    """Return the name of a document in a source: a label is a label, and one line."""
    joint = MANY[source.format].joint
    label = " ".join(without_surrogates(label).split())[:_LONGEST_LABEL]
    if label:
        return f"{source.name}{joint}{label}" if joint else label
    return f"{source.name}:{line}" if line else f"{source.name}#{ordinal + 1}"


class _Reading:
    """A source of which one part after another is read, and how far that is."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.key = _key(source, options)
        self._file = SourceFile(source)
        module = module_in_parts(source.format)
        self._opened = module.opened(io.BufferedReader(self._file), options)
        self._items: Iterator[Item] = iter(())
        self._ordinal = -1  # of the next item

    def part(self, start: int, end: int) -> Iterator[Item]:
        """Yield what stands between two ordinals."""
        self._file.require_unchanged()
        if start != self._ordinal:
            self._items = self._opened.documents(start)
            self._ordinal = start
        for item in islice(self._items, end - start):
            self._ordinal += 1
            yield item


def _key(source: Source, options: ReadOptions) -> tuple[object, ...]:
    # What was begun before a fork, or by another thread, is not gone on with.
    return source, options, os.getpid(), threading.get_ident()


_last: _Reading | None = None


def _reading(source: Source, options: ReadOptions) -> _Reading:
    """Return the reading that was asked last, or one that begins."""
    global _last  # noqa: PLW0603 - one is kept, since parts are asked for in order
    last = _last
    if last is None or last.key != _key(source, options):
        last = _last = _Reading(source, options)
    return last
