"""Bytes → documents: find the inputs, cut them into batches, load each batch.

>>> found = from_texts({"a": "نص أول", "b": "نص ثان"})
>>> [batch] = plan(found.sources)
>>> [document.name for document in load(batch).documents]
['a', 'b']
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from dedupe.errors import ForeignFile, InputError
from dedupe.model import Problem
from dedupe.readers import json_lines, markdown, records, text
from dedupe.readers.decoding import (
    AUTO,
    decode,
    decode_plain,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import (
    MANY,
    NOTHING_TOLD,
    PLAIN,
    Batch,
    Converted,
    Found,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
    Unreadable,
)
from dedupe.readers.files import read_whole, reason
from dedupe.readers.formats import module_of_many
from dedupe.readers.sources import hold_in_memory, read_stdin, readable
from dedupe.readers.walking import ALL, Share, Walk, Walked, reported, shares

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

__all__ = [
    "MANY",
    "NOTHING_TOLD",
    "PLAIN",
    "Batch",
    "Converted",
    "Found",
    "Loaded",
    "LoadedDocument",
    "Place",
    "ReadOptions",
    "Share",
    "Source",
    "Unreadable",
    "Walked",
    "find_sources",
    "from_texts",
    "load",
    "load_in_pieces",
    "load_place",
    "plan",
    "problem_order",
    "walk_over",
    "walk_shares",
]

_STDIN = "-"
# What opening a file costs, in bytes of reading: a thousand empty files are work, too.
_OPENING = 2 << 10
_NAME = itemgetter(Source._fields.index("name"))
_RECORD = 128  # what a short record costs
# What of the text of a file is prose; other formats are converted.
_READABLE: dict[str, Callable[[str], str]] = {
    "text": text.readable,
    "markdown": markdown.readable,
}
_DEFAULTS = ReadOptions()
_Cut: TypeAlias = Callable[[Source, ReadOptions], list[tuple[int, int]]]
_Put: TypeAlias = Loaded | LoadedDocument | Problem | records.Skipped


def find_sources(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    *,
    stdin: BinaryIO | None = None,
    walked: Sequence[Walked] | None = None,
    hold: bool = True,
) -> Found:
    """Return what there is to read at files and in folders; "-" is standard input.

    Standard input and compressed files are read here, once, into memory; with `hold`
    off, compressed files are left for others to unpack. `walked` is what `walk_over`
    has met at the same paths in all its shares, where that is known.
    """
    arguments = _arguments(paths)
    walk = Walk.again(options, walked) if walked else _walk(arguments, options)
    if _STDIN in arguments:
        try:
            walk.sources.append(read_stdin(stdin or sys.stdin.buffer, options))
        except InputError as error:
            name = reported(options.stdin_filename)
            walk.errors.append(Problem(name, str(error)))
    # Of one share they are sorted, and of several runs of them are.
    _sort(walk.sources)
    sources, errors = readable(walk.sources)
    if hold:
        sources, more = hold_in_memory(sources, options)
        errors += more
    return Found(
        tuple(sources),
        tuple(sorted(walk.skipped, key=problem_order)),
        tuple(sorted(walk.errors + errors, key=problem_order)),
        walk.ignored,
        walk.other,
    )


def walk_over(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    share: Share = ALL,
) -> Walked:
    """Return what stands at files and in folders, opening none, as plain data.

    Of several processes that were forked from one, each takes one of `walk_shares`.
    """
    walk = _walk(_arguments(paths), options, share)
    _sort(walk.sources)
    return walk.walked()


def walk_shares(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    processes: int = 1,
) -> list[Share]:
    """Return what part of a walk each of so many processes takes, if it is long."""
    return shares(_arguments(paths), options, processes)


def _arguments(paths: str | PurePath | Sequence[str | PurePath]) -> list[str]:
    given = [paths] if isinstance(paths, (str, PurePath)) else paths
    return [os.fspath(path) for path in given]


def _walk(arguments: Sequence[str], options: ReadOptions, share: Share = ALL) -> Walk:
    walk = Walk(options, share)
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
    parts = _parts(sources, options)
    batches: list[Batch] = []
    first = weight = 0
    for index, source in enumerate(sources):
        if parts and index in parts:
            batches += _whole(sources, first, index)
            batches += [Batch(index, (source,), *span) for span in parts[index]]
            first, weight = index + 1, 0
            continue
        weight += source.size + _OPENING
        if weight >= options.batch_bytes:
            batches += _whole(sources, first, index + 1)
            first, weight = index + 1, 0
    return batches + _whole(sources, first, len(sources))


def load(batch: Batch, options: ReadOptions = _DEFAULTS) -> Loaded:
    """Return the documents of a batch and what cannot be read of it."""
    pieces = list(load_in_pieces(batch, options))
    return Loaded(
        [document for piece in pieces for document in piece.documents],
        [problem for piece in pieces for problem in piece.errors],
        [problem for piece in pieces for problem in piece.skipped],
    )


def load_in_pieces(batch: Batch, options: ReadOptions = _DEFAULTS) -> Iterator[Loaded]:
    """Yield the documents of a batch and what cannot be read, some at a time.

    A file of many documents may hold more than memory does, whatever its size.
    """
    piece = _no_piece()
    weight = 0
    for index, source in enumerate(batch.sources, batch.first):
        try:
            if source.format in _READABLE:
                document = _load_whole(source, index, options, is_first=True)
                piece.documents.append(document)
                continue
            for loaded in _load_converted(source, index, batch, options):
                weight += _put(loaded, piece)
                if weight >= options.batch_bytes:
                    yield piece
                    piece, weight = _no_piece(), 0
        except InputError as error:
            is_foreign = isinstance(error, ForeignFile) and not source.is_named
            told = piece.skipped if is_foreign else piece.errors
            told.append(Problem(source.name, str(error)))
        except OSError as error:
            piece.errors.append(Problem(source.name, reason(error)))
    yield piece


def _no_piece() -> Loaded:
    return Loaded([], [], [])


def _put(loaded: _Put, piece: Loaded) -> int:
    """Put what was loaded into a piece and return what it weighs."""
    if isinstance(loaded, Loaded):
        piece.documents.extend(loaded.documents)
        piece.errors.extend(loaded.errors)
        return 0  # as much as a batch may hold
    if isinstance(loaded, Problem):
        piece.errors.append(loaded)
        return 0
    if isinstance(loaded, records.Skipped):
        piece.skipped.append(loaded.problem)
        return 0
    piece.documents.append(loaded)
    return len(loaded.text) + _RECORD


def load_place(
    place: Place, sources: Sequence[Source], options: ReadOptions = _DEFAULTS
) -> LoadedDocument:
    """Return one document again; raise InputError when it has changed since."""
    source = sources[place.source]
    try:
        if source.format == "json_lines":
            return json_lines.load_place(source, place, options)
        if source.format in MANY:
            return records.load_place(source, place, options)
        if source.format not in _READABLE:
            return _converted(source, place.source, options)
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
    return [Batch(first, held)] if held else []


def _parts(
    sources: Sequence[Source], options: ReadOptions
) -> dict[int, list[tuple[int, int]]]:
    """Return the parts of large sources that several processes can read."""
    parts = {}
    heavy: dict[str, list[int]] = {}
    small = options.batch_bytes
    for index, source in enumerate(sources):
        if source.size <= small or source.format not in MANY:
            continue
        if source.format == "json_lines":
            parts[index] = _cuts(json_lines.cuts, source, options)
            continue
        module = module_of_many(source.format)
        if hasattr(module, "cuts"):
            parts[index] = _cuts(module.cuts, source, options)
        elif hasattr(module, "cuts_of_all"):
            heavy.setdefault(source.format, []).append(index)
    for format_, rows in heavy.items():
        cut = module_of_many(format_).cuts_of_all  # type: ignore[attr-defined]
        found = cut([sources[row] for row in rows], options)
        parts.update(zip(rows, found, strict=True))
    # A source that cannot be cut is one part; reading it will say what is wrong.
    return {index: spans or [(0, 0)] for index, spans in parts.items()}


def _cuts(cut: _Cut, source: Source, options: ReadOptions) -> list[tuple[int, int]]:
    try:
        return cut(source, options)
    except (OSError, InputError):
        return []


def _load_converted(
    source: Source, index: int, batch: Batch, options: ReadOptions
) -> Iterator[_Put]:
    span = (batch.start, batch.end)
    if source.format == "json_lines":
        yield json_lines.load(source, index, (span[0], span[1] or source.size), options)
    elif source.format in MANY:
        yield from records.documents(source, index, span, options)
    else:
        yield _converted(source, index, options)


def _converted(source: Source, index: int, options: ReadOptions) -> LoadedDocument:
    content = source.content
    data = read_whole(source) if content is None else bytes(content)  # type: ignore[arg-type]
    document = records.converted(data, source.format, source.name, options)
    return document._replace(place=Place(index))


def _load_whole(
    source: Source, index: int, options: ReadOptions, *, is_first: bool = False
) -> LoadedDocument:
    content = source.content
    place = Place(index)
    if isinstance(content, str):
        written = with_line_feeds(without_surrogates(content))
        return LoadedDocument(source.name, written, "unicode", place)
    readable = _READABLE[source.format]
    data = read_whole(source, is_first=is_first) if content is None else content
    if isinstance(data, bytes) and options.encoding == AUTO:
        plain = decode_plain(data)
        if plain is not None:
            return LoadedDocument(source.name, readable(plain), "utf-8", place)
    decoded = decode(data, options.encoding, strict=options.strict)
    written = readable(decoded.text)
    return LoadedDocument(
        source.name, written, decoded.encoding, place, decoded.warning
    )


def _sort(sources: list[Source]) -> None:
    """Sort sources by the bytes of their names, which are ASCII nearly always."""
    if "".join(map(_NAME, sources)).isascii():
        sources.sort(key=_NAME)
    else:
        sources.sort(key=lambda source: _path_order(source.name))


def _path_order(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def problem_order(problem: Problem) -> tuple[bytes, str]:
    """Return the key by which problems are told in order."""
    return _path_order(problem.path), problem.reason
