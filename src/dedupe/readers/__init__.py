"""Bytes → documents: find the inputs, cut them into batches, load each batch.

>>> found = from_texts({"a": "نص أول", "b": "نص ثان"})
>>> [batch] = plan(found.sources)
>>> [document.name for document in load(batch).documents]
['a', 'b']
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers import json_lines, markdown, text
from dedupe.readers.compression import unpack
from dedupe.readers.decoding import (
    AUTO,
    decode,
    is_wide,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import (
    GZIP,
    Batch,
    Found,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
)
from dedupe.readers.files import fill, open_regular, read_range, reason
from dedupe.readers.walking import Walk, format_of, reported, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

__all__ = [
    "Batch",
    "Found",
    "Loaded",
    "LoadedDocument",
    "Place",
    "ReadOptions",
    "Source",
    "find_sources",
    "from_texts",
    "load",
    "load_place",
    "plan",
]

STDIN = "-"
BATCH_BYTES = 512 << 10
# What opening a file costs, in bytes of reading: a thousand empty files are no batch.
_OPENING = 2 << 10
_READABLE: dict[str, Callable[[str], str]] = {
    "text": text.readable,
    "markdown": markdown.readable,
}
_DEFAULTS = ReadOptions()


def find_sources(
    paths: Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    *,
    stdin: BinaryIO | None = None,
) -> Found:
    """Return what there is to read at files and in folders; "-" is standard input.

    Compressed files and standard input are read here, once, into memory that worker
    processes share.
    """
    arguments = [os.fspath(path) for path in paths]
    walk = Walk(options)
    walk.over([argument for argument in arguments if argument != STDIN])
    if STDIN in arguments:
        _take_stdin(walk, stdin or sys.stdin.buffer)
    _hold_in_memory(walk)
    walk.sources.sort(key=_sort_key)
    return Found(
        tuple(walk.sources),
        tuple(sorted(walk.skipped, key=_problem_key)),
        tuple(sorted(walk.errors, key=_problem_key)),
        walk.ignored,
        walk.other,
    )


def from_texts(
    texts: Mapping[str, str] | Iterable[str | tuple[str, str]],
) -> Found:
    """Return sources for texts in memory, in the order given.

    Texts without a name are named by their number, counted from 1.
    """
    pairs = texts.items() if isinstance(texts, Mapping) else texts
    sources = []
    for number, given in enumerate(pairs, 1):
        name, content = (str(number), given) if isinstance(given, str) else given
        sources.append(Source(name, "", "text", len(content), 0, content))
    return Found(tuple(sources))


def plan(
    sources: Sequence[Source],
    options: ReadOptions = _DEFAULTS,
    *,
    batch_bytes: int = BATCH_BYTES,
) -> list[Batch]:
    """Return the batches in which to load the sources, in their order."""
    del options
    batches: list[Batch] = []
    first = weight = 0

    def close(stop: int) -> None:
        if first < stop:
            held = tuple(sources[first:stop])
            size = sum(source.size for source in held)
            batches.append(Batch(first, held, 0, 0, size))

    for index, source in enumerate(sources):
        if source.format == "json_lines" and source.size > batch_bytes:
            close(index)
            batches += [
                Batch(index, (source,), start, end, end - start)
                for start, end in json_lines.cuts(source, batch_bytes)
            ]
            first, weight = index + 1, 0
            continue
        weight += source.size + _OPENING
        if weight >= batch_bytes:
            close(index + 1)
            first, weight = index + 1, 0
    close(len(sources))
    return batches


def load(batch: Batch, options: ReadOptions = _DEFAULTS) -> Loaded:
    """Return the documents of a batch and what cannot be read of it."""
    if batch.end:
        return _load_lines(batch.sources[0], batch.first, (batch.start, batch.end), options)
    documents: list[LoadedDocument] = []
    errors: list[Problem] = []
    buffer = bytearray(1 + max(source.size for source in batch.sources))
    for index, source in enumerate(batch.sources, batch.first):
        if source.format == "json_lines":
            loaded = _load_lines(source, index, (0, source.size), options)
            documents += loaded.documents
            errors += loaded.errors
            continue
        try:
            documents.append(_load_whole(source, index, buffer, options))
        except InputError as error:
            errors.append(Problem(source.name, str(error)))
        except OSError as error:
            errors.append(Problem(source.name, reason(error)))
    return Loaded(documents, errors)


def load_place(
    place: Place, sources: Sequence[Source], options: ReadOptions = _DEFAULTS
) -> LoadedDocument:
    """Return one document again; raise InputError when it has changed since."""
    source = sources[place.source]
    try:
        if source.format == "json_lines":
            return json_lines.load_place(source, place, options)
        buffer = bytearray(0 if source.content is not None else source.size + 1)
        return _load_whole(source, place.source, buffer, options)
    except InputError as error:
        raise type(error)(f"{source.name}: {error}") from None
    except OSError as error:
        raise InputError(f"{source.name}: {reason(error)}") from None


def _load_lines(
    source: Source, index: int, span: tuple[int, int], options: ReadOptions
) -> Loaded:
    try:
        return json_lines.load(source, index, *span, options)
    except InputError as error:
        return Loaded([], [Problem(source.name, str(error))])


def _load_whole(
    source: Source, index: int, buffer: bytearray, options: ReadOptions
) -> LoadedDocument:
    content = source.content
    if isinstance(content, str):
        written = with_line_feeds(without_surrogates(content))
        return LoadedDocument(source.name, written, "unicode", Place(index))
    size = source.size
    if content is None:
        fill(buffer, source)
        content = memoryview(buffer)[:size]
        if options.encoding == AUTO and source.format == "text" and _is_plain(buffer, size):
            try:
                written = str(content, "utf-8")
            except UnicodeDecodeError:
                pass
            else:
                return LoadedDocument(source.name, written, "utf-8", Place(index))
    decoded = decode(content, options.encoding)
    written = _READABLE[source.format](decoded.text)
    return LoadedDocument(
        source.name, written, decoded.encoding, Place(index), decoded.warning
    )


def _is_plain(buffer: bytearray, size: int) -> bool:
    """Return whether bytes that are UTF-8 need no second look."""
    return (
        buffer.find(0, 0, size) < 0
        and buffer.find(6, 0, size) < 0  # the upper byte of an Arabic letter in UTF-16
        and buffer.find(13, 0, size) < 0
        and not buffer.startswith(b"\xef\xbb\xbf")
    )


def _take_stdin(walk: Walk, stdin: BinaryIO) -> None:
    options = walk.options
    name = reported(options.stdin_filename)
    data = bytearray()
    while piece := stdin.read(1 << 20):
        data += piece
        if len(data) > options.max_file_size:
            walk.errors.append(Problem(name, too_large(len(data)).replace("has", "has at least")))
            return
    content = memoryview(data).toreadonly()
    walk.sources.append(Source(name, "", format_of(name) or "text", len(data), 0, content))


def _hold_in_memory(walk: Walk) -> None:
    """Unpack what is compressed, and convert JSON Lines whose line ends are not bytes."""
    kept = []
    left = walk.options.max_unpacked
    for source in walk.sources:
        try:
            held = _converted(_unpacked(source, walk.options, left), walk.options)
        except InputError as error:
            walk.errors.append(Problem(source.name, str(error)))
            continue
        if held.content is not None and source.content is None:
            left -= held.size
        kept.append(held)
    walk.sources[:] = kept


def _unpacked(source: Source, options: ReadOptions, left: int) -> Source:
    if not source.name.lower().endswith(GZIP):
        return source
    limit = max(options.ratio_floor, options.max_ratio * source.size)
    limit = min(limit, options.max_file_size, left)
    if isinstance(source.content, memoryview):
        packed = source.content
        at = 0

        def read(size: int) -> bytes:
            nonlocal at
            at += size
            return bytes(packed[at - size : at])

        content = unpack(read, limit)
    else:
        with os.fdopen(open_regular(source.path), "rb", buffering=0) as file:
            content = unpack(lambda size: file.read(size) or b"", limit)
    return source._replace(size=len(content), content=content)


def _converted(source: Source, options: ReadOptions) -> Source:
    if source.format != "json_lines" or options.encoding in {"utf-8", "utf8"}:
        return source
    head = read_range(source, 0, min(4, source.size))
    if options.encoding == AUTO and not is_wide(head):
        return source
    decoded = decode(read_range(source, 0, source.size), options.encoding)
    content = decoded.text.removeprefix("\ufeff").encode()
    return source._replace(
        size=len(content),
        content=memoryview(content),
        encoding=decoded.encoding,
    )


def _sort_key(source: Source) -> bytes:
    return os.fsencode(source.name)


def _problem_key(problem: Problem) -> tuple[bytes, str]:
    return os.fsencode(problem.path), problem.reason
