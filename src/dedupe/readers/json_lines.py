"""Read JSON Lines: one object a line, one document an object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from dedupe.byte_order import opening
from dedupe.errors import InputError
from dedupe.model import About, Problem
from dedupe.readers.decoding import (
    AUTO,
    Decoded,
    decode,
    with_line_feeds,
    without_surrogates,
)
from dedupe.readers.documents import (
    NOTHING_TOLD,
    Documents,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
)
from dedupe.readers.fields import Fields, kind_of, told, written
from dedupe.readers.files import read_range

if TYPE_CHECKING:
    from collections.abc import Iterator

_UTF8_MARK = b"\xef\xbb\xbf"
# Bad lines of one batch that are told one by one; a file of something else altogether
# would bury the report.
TOLD = 20
_COUNTED_AT_ONCE = 4 << 20
_SOUGHT_AT_ONCE = 64 << 10


def cuts(source: Source, options: ReadOptions) -> list[tuple[int, int]]:
    """Return ranges of whole lines, each of about a batch, that tile a source.

    A line that is longer than a file may be has a range of its own.
    """
    ranges = []
    start = 0
    while start < source.size:
        end = start + options.batch_bytes
        end = source.size if end >= source.size else _line_end(source, end)
        if end - start > _most(options):
            head = read_range(source, start, start + options.batch_bytes)
            before = start + head.rfind(b"\n") + 1
            if before > start:
                ranges.append((start, before))
                start = before
        ranges.append((start, end))
        start = end
    return ranges


def _most(options: ReadOptions) -> int:
    """Return the most bytes of a range in which every line may be read."""
    return options.batch_bytes + options.max_file_size


def load(
    source: Source, index: int, span: tuple[int, int], options: ReadOptions
) -> Loaded:
    """Return the documents between two line ends of a source, and its bad lines."""
    start, end = span
    if end - start > _most(options):
        where = f"{source.name}:{_lines.before(source, start) + 1}"
        return Loaded(Documents(), [Problem(where, _TOO_LONG)], [], [])
    documents = Documents()
    errors = []
    fields = Fields.of(options)
    for number, at, line in _lines_of(source, start, end):
        try:
            record = read_record(line, fields, options)
        except InputError as error:
            line_number = _lines.before(source, start) + number
            errors.append(Problem(f"{source.name}:{line_number}", str(error)))
            continue
        text, name, encoding, warning, about = record
        if not name:
            name = f"{source.name}:{_lines.before(source, start) + number}"
        encoding = source.encoding or encoding
        place = Place(index, at)
        documents.append(LoadedDocument(name, text, encoding, place, warning, about))
    return Loaded(documents, summarized(errors, source.name), [], [])


def why_unreadable(line: bytes, options: ReadOptions) -> str:
    """Return what keeps a line from being read as a document."""
    try:
        read_record(line, Fields.of(options), options)
    except InputError as error:
        return str(error)
    return "not JSON that can be rewritten"


def summarized(errors: list[Problem], name: str) -> list[Problem]:
    """Return the first bad lines of a source, and how many more there are."""
    if len(errors) <= TOLD:
        return errors
    last = errors[TOLD - 1].path
    more = f"{len(errors) - TOLD} more lines after {last} cannot be read"
    return [*errors[:TOLD], Problem(name, more)]


_TOO_LONG = "the line is longer than --max-file-size allows; raise it or split the text"


class Record(NamedTuple):
    """What an object holds."""

    text: str
    id: str  # empty where the object has none
    encoding: str
    warning: str
    about: About


def _lines_of(source: Source, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number in the range, the first byte and the bytes of each line."""
    at = start
    for number, line in enumerate(read_range(source, start, end).split(b"\n"), 1):
        after = at + len(line) + 1
        if not at and line.startswith(_UTF8_MARK):
            line = line.removeprefix(_UTF8_MARK)  # noqa: PLW2901
            at += len(_UTF8_MARK)
        if line and not line.isspace():
            yield number, at, line
        at = after


def read_record(line: bytes, fields: Fields, options: ReadOptions) -> Record:
    """Return what a line holds; raise InputError for one that is no document."""
    if len(line) > options.max_file_size:
        raise InputError(_TOO_LONG)
    line_text, encoding, warning = decode_line(line, options)
    value = _object(line_text)
    text = value.get(fields.text)
    if not isinstance(text, str):
        raise InputError(_why_no_text(value, fields.text))
    name = written(value.get(fields.id))
    about = told(value, fields.telling)
    if b"\\u" in line:
        text, name = without_surrogates(text), without_surrogates(name)
        if about is not NOTHING_TOLD:
            about = About(*map(without_surrogates, about))
    return Record(with_line_feeds(text), name, encoding, warning, about)


def decode_line(line: bytes, options: ReadOptions) -> Decoded:
    """Return the text of a line; raise InputError for what is none."""
    try:
        return Decoded(line.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        encoding = AUTO if options.encoding == AUTO else "utf-8"
        decoded = decode(line, encoding, strict=options.strict)
    if opening(line, decoded.encoding).mark:
        raise InputError("not JSON: it begins with a byte order mark")
    return decoded


def _object(line_text: str) -> dict[str, object]:
    try:
        value = json.loads(line_text)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at column {error.colno}") from None
    except (ValueError, RecursionError):
        raise InputError(
            "not JSON that can be read: too deep, or a number too long"
        ) from None
    if not isinstance(value, dict):
        raise InputError(f"not a JSON object but {kind_of(value)}")
    return value


def _why_no_text(value: dict[str, object], field: str) -> str:
    if field not in value:
        return f"has no field {field!r}; name the field of the text with --text-field"
    return f"field {field!r} is {kind_of(value[field])}, not text"


def _line_end(source: Source, start: int) -> int:
    """Return the byte after the first line feed at or after `start - 1`."""
    at = start - 1
    while at < source.size:
        piece = read_range(source, at, min(at + _SOUGHT_AT_ONCE, source.size))
        found = piece.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(piece)
    return source.size


class _LineCount:
    """Count the lines before a byte of a source, going on from the last one asked for.

    Only names and errors need it, so a file whose objects have an id is never counted.
    """

    def __init__(self) -> None:
        self._known: tuple[Source | None, int, int] = (None, 0, 0)

    def before(self, source: Source, end: int) -> int:
        """Return how many lines end before a byte."""
        known, at, lines = self._known
        if known is not source or at > end:
            at = lines = 0
        while at < end:
            stop = min(at + _COUNTED_AT_ONCE, end)
            lines += read_range(source, at, stop).count(b"\n")
            at = stop
        self._known = (source, at, lines)
        return lines


_lines = _LineCount()
