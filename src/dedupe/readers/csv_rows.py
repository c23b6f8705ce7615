"""Read CSV and TSV: one row a document, the columns named by the first row."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import DecodingError, ForeignFile, InputError
from dedupe.model import About
from dedupe.readers.decoding import AUTO, BYTE_ORDER_MARK, decode, is_wide
from dedupe.readers.documents import (
    NOTHING_TOLD,
    Converted,
    ReadOptions,
    Unreadable,
)
from dedupe.readers.fields import Fields, no_field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

# So much of a file tells its encoding and how its columns are parted.
_HEAD = 1 << 20
_DELIMITERS = ",;\t|"
# What Excel writes above the header where a comma is no delimiter.
_DELIMITER_LINE = "sep="
_LIMIT_OF_C = (1 << 31) - 1


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the document of each row."""
    head = file.read(_HEAD)
    if not head:
        return
    lines = _Lines(file, head, options)
    delimiter = _delimiter(lines.head, options.text_field)
    rows = _rows(lines, delimiter, options)
    header: _Header | None = None
    for line, row in rows:
        if isinstance(row, str):
            yield Unreadable(row, line=line)
        elif not row or (line == 1 and _is_delimiter_line(row, delimiter)):
            continue
        elif header is None:
            header = _Header.of(row, options)
        else:
            yield _document(row, line, header, lines)


class _Header(NamedTuple):
    """The columns that are read, by their number; -1 for one that is not there."""

    text: int
    id: int
    telling: tuple[int, ...]

    @classmethod
    def of(cls, row: Sequence[str], options: ReadOptions) -> _Header:
        names = [name.strip() for name in row]
        fields = Fields.of(options)
        if fields.text not in names:
            raise ForeignFile(no_field("column", fields.text, names))

        def number(name: str) -> int:
            return names.index(name) if name in names else -1

        return cls(
            number(fields.text), number(fields.id), tuple(map(number, fields.telling))
        )


def _document(
    row: Sequence[str], line: int, header: _Header, lines: _Lines
) -> Converted | Unreadable:
    if len(row) <= header.text:
        count = "1 cell" if len(row) == 1 else f"{len(row)} cells"
        why = f"the row has {count} and no text in column {header.text + 1}"
        return Unreadable(why, line=line)

    def cell(number: int) -> str:
        return row[number].strip() if 0 <= number < len(row) else ""

    told = [cell(number) for number in header.telling]
    return Converted(
        row[header.text],
        About(*told) if any(told) else NOTHING_TOLD,
        lines.warning,
        cell(header.id),
        lines.encoding,
        line,
    )


def _rows(
    lines: _Lines, delimiter: str, options: ReadOptions
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row, or why it cannot be read, with the line on which it begins."""
    reader = csv.reader(lines, delimiter=delimiter)
    most = min(options.max_file_size, _LIMIT_OF_C)
    while True:
        line = reader.line_num + 1
        lines.warning = ""
        # The limit belongs to the whole process, and others may have set theirs.
        before = csv.field_size_limit(most)
        try:
            row = next(reader, None)
        except csv.Error as error:
            if "limit" in str(error):
                why = "a cell is longer than --max-file-size allows, from here on"
                yield line, f"{why} nothing was read; a quotation mark may be missing"
                return
            yield line, f"not CSV: {error}"
            continue
        except DecodingError as error:
            yield line, str(error)
            continue
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        if lines.has_ended:
            # The reader asked for more: a quotation mark was never closed.
            yield line, "a quotation mark opens here that nothing closes; close it"
            return
        yield line, row


class _Lines:
    """The lines of a file as text, and what is to be said of the last ones."""

    def __init__(self, file: BinaryIO, head: bytes, options: ReadOptions) -> None:
        self.warning = ""
        self.has_ended = False
        self._options = options
        file.seek(0)
        is_cut = len(head) == _HEAD
        wide = is_wide(head[:4])
        if is_cut and not wide:
            head = head[: head.rfind(b"\n") + 1] or head
        elif is_cut:
            head = head[: len(head) // 4 * 4]
        decoded = decode(head, options.encoding)
        self.encoding = decoded.encoding
        self.head = decoded.text.removeprefix(BYTE_ORDER_MARK)
        self._codec = codecs.lookup(decoded.encoding).name
        is_old = b"\r" in head and "\n" not in head.decode("latin-1")
        if wide or is_old or self._codec.startswith(("utf-16", "utf-32")):
            text = io.TextIOWrapper(
                file, self._codec, "replace", newline=None if is_old else ""
            )
            self._lines: Iterator[str] = iter(text)
        else:
            self._lines = map(self._decoded, self._pieces(file))
        self._is_first = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.has_ended = True
            raise StopIteration
        if self._is_first:
            self._is_first = False
            line = line.removeprefix(BYTE_ORDER_MARK)
        return line

    def _pieces(self, file: BinaryIO) -> Iterator[bytes]:
        most = self._options.max_file_size
        while line := file.readline(most + 1):
            if len(line) > most:
                raise InputError("a line is longer than --max-file-size allows")
            yield line

    def _decoded(self, line: bytes) -> str:
        try:
            return line.decode(self._codec)
        except UnicodeDecodeError:
            encoding = self._options.encoding
            text, _, warning = decode(
                line,
                AUTO if encoding == AUTO else self._codec,
                strict=self._options.strict,
            )
        self.warning = warning
        return text


def _delimiter(head: str, text_field: str) -> str:
    """Return what parts the columns: what makes the text one of them, or most."""
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        try:
            rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
            row = next((row for row in rows if row), [])
            if _is_delimiter_line(row, delimiter):
                row = next((row for row in rows if row), [])
        except csv.Error:
            continue
        names = [name.strip() for name in row]
        if text_field in names:
            return delimiter
        if len(names) > most:
            best, most = delimiter, len(names)
    return best


def _is_delimiter_line(row: Sequence[str], delimiter: str) -> bool:
    return (
        bool(row)
        and delimiter.join(row).lower().strip() == (_DELIMITER_LINE + delimiter).strip()
    )
