"""Load the documents of a batch, and say what cannot be read of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

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
    DEFAULTS,
    FORMATS,
    MANY,
    Batch,
    Documents,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
)
from dedupe.readers.files import NotTaken, OwnFile, read_plain, read_whole, reason
from dedupe.readers.plain_files import named

_RECORD = 128  # what a short record costs
# What of the text of a file is prose; other formats are converted.
_READABLE: dict[str, Callable[[str], str]] = {
    "text": text.readable,
    "markdown": markdown.readable,
}
_Put: TypeAlias = Loaded | LoadedDocument | Problem | records.Skipped


def load(batch: Batch, options: ReadOptions = DEFAULTS) -> Loaded:
    """Return the documents of a batch and what cannot be read of it."""
    whole = _no_piece()
    for piece in load_in_pieces(batch, options):
        whole.documents.extend(piece.documents)
        whole.errors.extend(piece.errors)
        whole.skipped.extend(piece.skipped)
        whole.refused.extend(piece.refused)
    return whole


def load_in_pieces(batch: Batch, options: ReadOptions = DEFAULTS) -> Iterator[Loaded]:
    """Yield the documents of a batch and what cannot be read, some at a time.

    A file of many documents may hold more than memory does, whatever its size, and so
    may files that nobody asked for theirs.
    """
    piece = _no_piece()
    weight = 0
    for index, (name, source) in enumerate(named(batch.sources), batch.first):
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
