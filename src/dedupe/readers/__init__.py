"""Bytes → documents: find the inputs, cut them into batches, load each batch.

>>> found = from_texts({"a": "نص أول", "b": "نص ثان"})
>>> [batch] = plan(found.sources)
>>> [document.name for document in load(batch).documents]
['a', 'b']
"""

from __future__ import annotations

import os
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
    FORMATS,
    MANY,
    NOTHING_TOLD,
    PLAIN,
    UNASKED,
    Batch,
    Converted,
    Documents,
    Found,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
    Unreadable,
)
from dedupe.readers.files import NotTaken, OwnFile, read_plain, read_whole, reason
from dedupe.readers.formats import module_of_many
from dedupe.readers.plain_files import Files, asked, names_in
from dedupe.readers.sources import hold_in_memory, read_stdin, readable, standard_input
from dedupe.readers.walking import Walk, Walked, order_of, path_order, reported

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

__all__ = [
    "MANY",
    "NOTHING_TOLD",
    "PLAIN",
    "STDIN",
    "Batch",
    "Converted",
    "Found",
    "Loaded",
    "LoadedDocument",
    "Place",
    "ReadOptions",
    "Source",
    "Unreadable",
    "Walked",
    "find_sources",
    "from_texts",
    "is_much",
    "load",
    "load_in_pieces",
    "names_of",
    "plan",
    "problem_order",
    "walk_over",
]

STDIN = "-"  # among paths, standard input
# What opening a file costs, in bytes of reading: a thousand empty files are work, too.
_OPENING = 2 << 10
_NAME = itemgetter(Source._fields.index("name"))
_ALIKE = 32  # files; a batch of small ones holds a few times as many
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
    walked: Walked | None = None,
    hold: bool = True,
    sized: bool = True,
) -> Found:
    """Return what there is to read at files and in folders; "-" is standard input.

    Standard input and compressed files are read here, once, into memory; with `hold`
    off, compressed files are left for others to unpack. With `sized` off, the size of
    plain files in folders may be left to whoever reads them. `walked` is what
    `walk_over` has met at the same paths, where that is known.
    """
    arguments = _arguments(paths)
    if walked is None:
        walked = walk_over(arguments, options, sized=sized)
    walk = Walk.again(options, walked)
    if STDIN in arguments:
        try:
            walk.sources.append(read_stdin(stdin or standard_input(), options))
        except (InputError, OSError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            walk.errors.append(Problem(reported(options.stdin_filename), why))
    sources, errors = readable(_sorted(walk.sources))
    if hold:
        sources, more = hold_in_memory(sources, options)
        errors += more
    return Found(
        _with_plain(sources, walked.plain),
        tuple(sorted(walk.skipped, key=problem_order)),
        tuple(sorted(walk.errors + errors, key=problem_order)),
        walk.ignored,
        walk.other,
    )


def walk_over(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = _DEFAULTS,
    *,
    sized: bool = True,
) -> Walked:
    """Return what stands at files and in folders, opening none, as plain data."""
    walk = Walk(options, sized=sized)
    walk.over([argument for argument in _arguments(paths) if argument != STDIN])
    return walk.walked()


def _arguments(paths: str | PurePath | Sequence[str | PurePath]) -> list[str]:
    given = [paths] if isinstance(paths, (str, PurePath)) else paths
    return [os.fspath(path) for path in given]


def _sorted(sources: list[Source]) -> list[Source]:
    order = order_of(map(_NAME, sources))
    if order is None:
        return sorted(sources, key=_NAME)
    return sorted(sources, key=lambda source: order(source.name))


def _with_plain(sources: Sequence[Source], blocks: Sequence[str]) -> Sequence[Source]:
    """Return sources in order, and among them plain files that nobody asked."""
    if not blocks:
        return tuple(sources)
    if not sources:
        return Files(blocks)
    found: list[str | Source] = [*names_in(blocks), *sources]
    order = order_of(map(_name_of, found))
    found.sort(key=lambda one: order(_name_of(one)) if order else _name_of(one))
    return Files.of(found)


def _name_of(found: str | Source) -> str:
    return found if isinstance(found, str) else found.name


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
    for index, size in enumerate(_sizes(sources)):
        if parts and index in parts:
            batches += _whole(sources, first, index)
            batches += [Batch(index, (sources[index],), *span) for span in parts[index]]
            first, weight = index + 1, 0
            continue
        weight += size + _OPENING
        if weight >= options.batch_bytes:
            batches += _whole(sources, first, index + 1)
            first, weight = index + 1, 0
    return batches + _whole(sources, first, len(sources))


def is_much(sources: Sequence[Source], least: int) -> bool:
    """Tell whether sources have so many bytes; what nobody asked has, being many."""
    if isinstance(sources, Files):
        return True
    return sum(source.size for source in sources) >= least


def _sizes(sources: Sequence[Source]) -> list[int]:
    """Return about how many bytes each source has.

    Of files that nobody asked, one in some is asked; its neighbors are taken for alike.
    """
    if not isinstance(sources, Files):
        return [source.size for source in sources]
    sizes = []
    for row in range(0, len(sources), _ALIKE):
        sizes += [_size(sources[row])] * _ALIKE
    for row, source in sources.others.items():
        sizes[row] = source.size
    return sizes[: len(sources)]


def _size(source: Source) -> int:
    if source.size != UNASKED:
        return source.size
    try:
        return os.stat(source.path).st_size  # noqa: PTH116 - as in the walk
    except OSError:
        return 0  # reading it will say what is wrong


def load(batch: Batch, options: ReadOptions = _DEFAULTS) -> Loaded:
    """Return the documents of a batch and what cannot be read of it."""
    whole = _no_piece()
    for piece in load_in_pieces(batch, options):
        whole.documents.extend(piece.documents)
        whole.errors.extend(piece.errors)
        whole.skipped.extend(piece.skipped)
        whole.refused.extend(piece.refused)
    return whole


def load_in_pieces(batch: Batch, options: ReadOptions = _DEFAULTS) -> Iterator[Loaded]:
    """Yield the documents of a batch and what cannot be read, some at a time.

    A file of many documents may hold more than memory does, whatever its size, and so
    may files that nobody asked for theirs.
    """
    piece = _no_piece()
    weight = 0
    for index, (name, source) in enumerate(_named(batch.sources), batch.first):
        if weight >= options.batch_bytes:
            yield piece
            piece, weight = _no_piece(), 0
        try:
            if source is None:
                weight += _load_plain(name, index, options, piece.documents)
            elif source.format in _READABLE:
                weight += _load_whole(source, index, options, piece.documents)
            else:
                for loaded in _load_converted(source, index, batch, options):
                    weight += _put(loaded, piece)
                    if weight >= options.batch_bytes:
                        yield piece
                        piece, weight = _no_piece(), 0
        except (InputError, OSError) as error:
            _tell(error, source.name if source else name, source, piece)
    yield piece


def _no_piece() -> Loaded:
    return Loaded(Documents(), [], [], [])


def names_of(sources: Sequence[Source]) -> list[str]:
    """Return the names of sources."""
    if isinstance(sources, Files):
        return sources.names()
    return [source.name for source in sources]


def _named(sources: Sequence[Source]) -> Iterable[tuple[str, Source | None]]:
    """Return sources, and of plain files that nobody asked the name alone."""
    if isinstance(sources, Files):
        return sources.named()
    return ((source.name, source) for source in sources)


def _tell(
    error: InputError | OSError, name: str, source: Source | None, piece: Loaded
) -> None:
    """Put into a piece why a source cannot be read."""
    is_named = source is not None and source.is_named
    if isinstance(error, OSError):
        piece.errors.append(Problem(name, reason(error)))
    elif isinstance(error, NotTaken):
        piece.refused.append(Problem(name, str(error)))
    elif isinstance(error, ForeignFile) and not is_named:
        piece.skipped.append(Problem(name, str(error)))
    elif not isinstance(error, OwnFile):
        piece.errors.append(Problem(name, str(error)))


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


def _items(
    texts: Mapping[str, str] | Iterable[str | tuple[str, str]],
) -> Iterable[str | tuple[str, str]]:
    return texts.items() if isinstance(texts, Mapping) else texts


def _whole(sources: Sequence[Source], first: int, stop: int) -> list[Batch]:
    return [Batch(first, sources[first:stop])] if first < stop else []


def _parts(
    sources: Sequence[Source], options: ReadOptions
) -> dict[int, list[tuple[int, int]]]:
    """Return the parts of large sources that several processes can read."""
    parts = {}
    heavy: dict[str, list[int]] = {}
    small = options.batch_bytes
    for index, source in asked(sources):
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
    source: Source, index: int, options: ReadOptions, documents: Documents
) -> int:
    """Put a file that is prose among documents, and return what it weighs."""
    content = source.content
    if isinstance(content, str):
        written = with_line_feeds(without_surrogates(content))
        documents.put(source.name, written, "unicode", index)
        return len(written)
    data = read_whole(source) if content is None else content
    return _put_text(source.format, source.name, data, index, options, documents)


def _load_plain(
    name: str, index: int, options: ReadOptions, documents: Documents
) -> int:
    """Put a plain file that nobody asked for its size, and return what it weighs."""
    data = read_plain(name, options)
    format_ = FORMATS[name[name.rfind(".") :]]
    return _put_text(format_, name, data, index, options, documents)


def _put_text(
    format_: str,
    name: str,
    data: bytes | memoryview,
    index: int,
    options: ReadOptions,
    documents: Documents,
) -> int:
    """Put what is prose in a file, and return what it weighs."""
    readable = _READABLE[format_]
    if isinstance(data, bytes) and options.encoding == AUTO:
        plain = decode_plain(data)
        if plain is not None:
            written = readable(plain)
            documents.put(name, written, "utf-8", index)
            return len(written)
    decoded = decode(data, options.encoding, strict=options.strict)
    written = readable(decoded.text)
    place = Place(index)
    documents.append(
        LoadedDocument(name, written, decoded.encoding, place, decoded.warning)
    )
    return len(written)


def problem_order(problem: Problem) -> tuple[bytes, str]:
    """Return the key by which problems are told in order."""
    return path_order(problem.path), problem.reason
