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
from dedupe.readers.decoding import (
    AUTO,
    decode,
    decode_plain,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import (
    NOTHING_TOLD,
    Batch,
    Found,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
)
from dedupe.readers.files import read_whole, reason
from dedupe.readers.sources import hold_in_memory, read_stdin
from dedupe.readers.walking import Walk, Walked, reported

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import BinaryIO

__all__ = [
    "NOTHING_TOLD",
    "Batch",
    "Found",
    "Loaded",
    "LoadedDocument",
    "Place",
    "ReadOptions",
    "Source",
    "Walked",
    "find_sources",
    "from_texts",
    "load",
    "load_place",
    "plan",
    "walk_over",
]

_STDIN = "-"
# What opening a file costs, in bytes of reading: a thousand empty files are work, too.
_OPENING = 2 << 10
# What of a file of one document is prose; JSON Lines hold many.
_READABLE: dict[str, Callable[[str], str]] = {
    "text": text.readable,
    "markdown": markdown.readable,
}
_DEFAULTS = ReadOptions()


def find_sources(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    *,
    stdin: BinaryIO | None = None,
    walked: Walked | None = None,
    hold: bool = True,
) -> Found:
    """Return what there is to read at files and in folders; "-" is standard input.

    Standard input and compressed files are read here, once, into memory; with `hold`
    off, compressed files are left for others to unpack. `walked` is what `walk_over`
    has met at the same paths, where that is known.
    """
    arguments = _arguments(paths)
    walk = Walk.again(options, walked) if walked else _walk(arguments, options)
    if _STDIN in arguments:
        try:
            walk.sources.append(read_stdin(stdin or sys.stdin.buffer, options))
        except InputError as error:
            name = reported(options.stdin_filename)
            walk.errors.append(Problem(name, str(error)))
    if not walked or _STDIN in arguments:
        walk.sources.sort(key=_source_order)
    sources, errors = walk.sources, list[Problem]()
    if hold:
        sources, errors = hold_in_memory(walk.sources, options)
    return Found(
        tuple(sources),
        tuple(sorted(walk.skipped, key=_problem_order)),
        tuple(sorted(walk.errors + errors, key=_problem_order)),
        walk.ignored,
        walk.other,
    )


def walk_over(
    paths: str | PurePath | Sequence[str | PurePath], options: ReadOptions = _DEFAULTS
) -> Walked:
    """Return what stands at files and in folders, opening none, as plain data."""
    walk = _walk(_arguments(paths), options)
    walk.sources.sort(key=_source_order)
    return walk.walked()


def _arguments(paths: str | PurePath | Sequence[str | PurePath]) -> list[str]:
    given = [paths] if isinstance(paths, (str, PurePath)) else paths
    return [os.fspath(path) for path in given]


def _walk(arguments: Sequence[str], options: ReadOptions) -> Walk:
    walk = Walk(options)
    walk.over([argument for argument in arguments if argument != _STDIN])
    return walk


def from_texts(texts: Mapping[str, str] | Iterable[str | tuple[str, str]]) -> Found:
    """Return sources for texts in memory, in the order given.

    Texts are a mapping from names, pairs of name and text, or texts alone, which are
    named by their number, counted from 1.
    """
    given = [texts] if isinstance(texts, str) else texts
    sources = []
    for number, item in enumerate(_items(given), 1):
        name, content = (str(number), item) if isinstance(item, str) else item
        sources.append(Source(name, "", "text", len(content), 0, content))
    return Found(tuple(sources))


def plan(sources: Sequence[Source], options: ReadOptions = _DEFAULTS) -> list[Batch]:
    """Return the batches in which to load the sources, in their order."""
    batches: list[Batch] = []
    first = weight = 0
    for index, source in enumerate(sources):
        if source.format == "json_lines" and source.size > options.batch_bytes:
            batches += _whole(sources, first, index)
            batches += _ranges(source, index, options)
            first, weight = index + 1, 0
            continue
        weight += source.size + _OPENING
        if weight >= options.batch_bytes:
            batches += _whole(sources, first, index + 1)
            first, weight = index + 1, 0
    return batches + _whole(sources, first, len(sources))


def load(batch: Batch, options: ReadOptions = _DEFAULTS) -> Loaded:
    """Return the documents of a batch and what cannot be read of it."""
    documents: list[LoadedDocument] = []
    errors: list[Problem] = []
    for index, source in enumerate(batch.sources, batch.first):
        try:
            if source.format == "json_lines":
                span = (batch.start, batch.end or source.size)
                loaded = json_lines.load(source, index, span, options)
                documents += loaded.documents
                errors += loaded.errors
            else:
                documents.append(_load_whole(source, index, options))
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
        return _load_whole(source, place.source, options)
    except InputError as error:
        raise type(error)(f"{source.name}: {error}") from None
    except OSError as error:
        raise InputError(f"{source.name}: {reason(error)}") from None


def _items(
    texts: Mapping[str, str] | Iterable[str | tuple[str, str]],
) -> Iterable[str | tuple[str, str]]:
    return texts.items() if isinstance(texts, Mapping) else texts


def _whole(sources: Sequence[Source], first: int, stop: int) -> list[Batch]:
    held = tuple(sources[first:stop])
    size = sum(source.size for source in held)
    return [Batch(first, held, 0, 0, size)] if held else []


def _ranges(source: Source, index: int, options: ReadOptions) -> list[Batch]:
    try:
        ranges = json_lines.cuts(source, options.batch_bytes)
    except (OSError, InputError):
        ranges = [(0, source.size)]  # loading it will say what is wrong
    return [Batch(index, (source,), start, end, end - start) for start, end in ranges]


def _load_whole(source: Source, index: int, options: ReadOptions) -> LoadedDocument:
    content = source.content
    place = Place(index)
    if isinstance(content, str):
        written = with_line_feeds(without_surrogates(content))
        return LoadedDocument(source.name, written, "unicode", place)
    readable = _READABLE[source.format]
    data = read_whole(source) if content is None else content
    if isinstance(data, bytes) and options.encoding == AUTO:
        plain = decode_plain(data)
        if plain is not None:
            return LoadedDocument(source.name, readable(plain), "utf-8", place)
    decoded = decode(data, options.encoding, strict=options.strict)
    written = readable(decoded.text)
    return LoadedDocument(
        source.name, written, decoded.encoding, place, decoded.warning
    )


def _source_order(source: Source) -> bytes:
    return _path_order(source[0])


def _path_order(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def _problem_order(problem: Problem) -> tuple[bytes, str]:
    return _path_order(problem.path), problem.reason
