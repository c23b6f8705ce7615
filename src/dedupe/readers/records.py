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
from dedupe.readers.files import SourceFile, reason
from dedupe.readers.formats import MANY, module_of_many, module_of_one
from dedupe.readers.json_lines import TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

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


_GONE = "no longer in the file; run dedupe again"


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
            wanted = _reading(source, options, Place(index, start)).part(start, end)
        else:
            wanted = _items(stack.enter_context(_opened(source)), source, options)
        bad = 0
        last = ""
        for ordinal, item in enumerate(wanted, start):
            if isinstance(item, Converted):
                yield loaded(item, source, Place(index, ordinal, item.mark, item.line))
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
        name = _name(source, converted.name, place.line, place.start)
    encoding = converted.encoding or source.encoding or "unicode"
    return LoadedDocument(
        name, text, encoding, place, converted.warning, converted.about
    )


def _opened(source: Source) -> BinaryIO:
    return io.BufferedReader(SourceFile(source))


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


def _items(file: BinaryIO, source: Source, options: ReadOptions) -> Iterator[Item]:
    return module_of_many(source.format).read_documents(file, options)


def _moved(items: Iterator[Item], count: int, place: Place) -> Iterator[Item]:
    """Return the items from a place on; some readers can go there at once."""
    go_to = getattr(items, "go_to", None)
    if not go_to:
        return islice(items, count, None)
    go_to(place.start, place.end)
    return items


class _Reading:
    """A source that is being read, and how far."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.key = _key(source, options)
        self._ordinal = 0
        self._file = SourceFile(source)
        self._items = _items(io.BufferedReader(self._file), source, options)

    def can_go_to(self, place: Place) -> bool:
        """Tell whether a document can be read without beginning anew."""
        return place.start >= self._ordinal or hasattr(self._items, "go_to")

    def part(self, start: int, end: int) -> Iterator[Item]:
        """Yield what stands between two ordinals."""
        self._file.require_unchanged()
        if start != self._ordinal:
            self._items = _moved(self._items, start - self._ordinal, Place(0, start))
        self._ordinal = start
        for item in islice(self._items, end - start):
            self._ordinal += 1
            yield item

    def item(self, place: Place) -> Item | None:
        """Return what stands at a place."""
        try:
            self._file.require_unchanged()
            items = self._items
            if place.start != self._ordinal:
                items = _moved(items, place.start - self._ordinal, place)
            found = next(items, None)
        except OSError as error:
            raise InputError(reason(error)) from None
        self._ordinal = place.start + 1
        return found


def _key(source: Source, options: ReadOptions) -> tuple[object, ...]:
    # What was begun before a fork, or by another thread, is not gone on with.
    return source, options, os.getpid(), threading.get_ident()


_last: _Reading | None = None


def _reading(source: Source, options: ReadOptions, place: Place) -> _Reading:
    """Return the reading that was asked last if it can go on, or one that begins."""
    global _last  # noqa: PLW0603 - one is kept, since documents are asked for in order
    last = _last
    if last is None or last.key != _key(source, options) or not last.can_go_to(place):
        last = _last = _Reading(source, options)
    return last
