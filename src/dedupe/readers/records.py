"""Read sources that hold many documents: each by its ordinal, in bounded memory."""

from __future__ import annotations

import io
import os
import threading
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers.decoding import (
    REPLACEMENT,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import Converted, LoadedDocument, Place, Unreadable
from dedupe.readers.files import SourceFile, reason
from dedupe.readers.formats import MANY, module_of_many

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions, Source

Item: TypeAlias = "Converted | Unreadable | InputError"
_LONGEST_LABEL = 200


class Skipped(NamedTuple):
    """Something that need not be read."""

    problem: Problem


_GONE = "no longer in the file; run dedupe again"


def documents(
    source: Source, index: int, span: tuple[int, int], options: ReadOptions
) -> Iterator[LoadedDocument | Problem | Skipped]:
    """Yield the documents of a source, or those of a range of ordinals.

    Raises OSError, and InputError for what is broken altogether.
    """
    start, end = span
    with _opened(source) as file:
        items = _items(file, source, options, start)
        wanted = islice(items, end - start) if end else items
        for ordinal, item in enumerate(wanted, start):
            if isinstance(item, Converted):
                yield loaded(item, source, Place(index, ordinal, 0, item.line))
            else:
                yield _problem(item, source, ordinal)


def load_place(source: Source, place: Place, options: ReadOptions) -> LoadedDocument:
    """Return one document again; raise InputError when it is no longer there.

    Asked for in their order, all are read in one pass.
    """
    item = _reading(source, options, place.start).item(place.start)
    if isinstance(item, Converted):
        return loaded(item, source, place)
    raise InputError(_GONE)


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


def _items(
    file: BinaryIO, source: Source, options: ReadOptions, start: int
) -> Iterator[Item]:
    module = module_of_many(source.format)
    read_from = getattr(module, "read_from", None)
    if read_from and start:
        return cast("Iterator[Item]", read_from(file, options, start))
    return islice(module.read_documents(file, options), start, None)


class _Reading:
    """A source that is being read, and how far."""

    def __init__(self, source: Source, options: ReadOptions, start: int) -> None:
        self.key = _key(source, options)
        self.ordinal = start
        self._file = SourceFile(source)
        self._items = _items(io.BufferedReader(self._file), source, options, start)

    def item(self, ordinal: int) -> Item | None:
        """Return what stands at an ordinal at or after the last."""
        try:
            self._file.require_unchanged()
            found = next(islice(self._items, ordinal - self.ordinal, None), None)
        except OSError as error:
            raise InputError(reason(error)) from None
        self.ordinal = ordinal + 1
        return found


def _key(source: Source, options: ReadOptions) -> tuple[object, ...]:
    # What was begun before a fork, or by another thread, is not gone on with.
    return source, options, os.getpid(), threading.get_ident()


_last: _Reading | None = None


def _reading(source: Source, options: ReadOptions, ordinal: int) -> _Reading:
    """Return the reading that was asked last if it can go on, or one that begins."""
    global _last  # noqa: PLW0603 - one is kept, since documents are asked for in order
    last = _last
    if last is None or last.ordinal > ordinal or last.key != _key(source, options):
        last = _last = _Reading(source, options, ordinal)
    return last
