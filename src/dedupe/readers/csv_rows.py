"""Read CSV and TSV: one row a document, the columns named by the first row."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dedupe.errors import DecodingError, ForeignFile, InputError
from dedupe.model import About
from dedupe.readers.decoding import AUTO, decode, is_wide
from dedupe.readers.documents import NOTHING_TOLD, Converted, Unreadable
from dedupe.readers.fields import Fields, no_field

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

# The line at which a row begins, and its cells or why there are none.
_Row: TypeAlias = tuple[int, "list[str] | str"]
# So much of a file tells its encoding and how its columns are parted.
_HEAD = 1 << 20
_DELIMITERS = ",;\t|"
# What Excel writes above the header where a comma is no delimiter.
_DELIMITER_LINE = "sep="
_LARGEST = (1 << 31) - 1  # that the csv module takes on every system
_CELL_TOO_LONG = (
    "a cell is longer than --max-file-size allows, and nothing after it was read; "
    "a quotation mark may be missing"
)
_NOT_CLOSED = "a quotation mark opens here that nothing closes; close it"


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the documents of the rows."""
    head = file.read(_HEAD)
    return _documents(_Lines(file, head, options), options) if head else iter(())


def _documents(lines: _Lines, options: ReadOptions) -> Iterator[Converted | Unreadable]:
    delimiter = _delimiter(lines.head, options.text_field)
    rows = _rows(lines, delimiter, options)
    header = _header(rows, delimiter, options)
    for line, row in rows:
        if isinstance(row, str):
            yield Unreadable(row, line=line)
            continue
        if len(row) <= header.text:
            why = f"the row ends before the text, which is in column {header.text + 1}"
            yield Unreadable(why, line=line)
            continue
        yield Converted(
            row[header.text],
            header.about(row),
            lines.warning,
            row[header.id].strip() if 0 <= header.id < len(row) else "",
            lines.encoding,
            line,
        )


class _Header(NamedTuple):
    """The columns that are read, by their number; -1 for one that is not there."""

    text: int
    id: int
    telling: tuple[int, ...]  # of what About holds
    tells: bool

    @classmethod
    def of(cls, row: Sequence[str], options: ReadOptions) -> _Header:
        names = [name.strip() for name in row]
        fields = Fields.of(options)
        if fields.text not in names:
            raise ForeignFile(no_field("column", fields.text, names))
        numbers = [
            names.index(name) if name in names else -1
            for name in (fields.text, fields.id, *fields.telling)
        ]
        return cls(numbers[0], numbers[1], tuple(numbers[2:]), max(numbers[2:]) >= 0)

    def about(self, row: Sequence[str]) -> About:
        """Return what a row tells of its document."""
        if not self.tells:
            return NOTHING_TOLD
        told = [
            row[number].strip() if 0 <= number < len(row) else ""
            for number in self.telling
        ]
        return About(*told) if any(told) else NOTHING_TOLD


def _header(rows: Iterator[_Row], delimiter: str, options: ReadOptions) -> _Header:
    """Return the header, which is the first of the rows but for what Excel writes."""
    for line, row in rows:
        if isinstance(row, str):
            raise InputError(f"the header cannot be read: {row}")
        if line > 1 or not _is_delimiter_line(row, delimiter):
            return _Header.of(row, options)
    return _Header(-1, -1, (), tells=False)


def _rows(lines: _Lines, delimiter: str, options: ReadOptions) -> Iterator[_Row]:
    """Yield the rows that follow, but for empty ones."""
    reader = csv.reader(lines, delimiter=delimiter)
    most = min(options.max_file_size, _LARGEST)
    while True:
        line = reader.line_num + 1
        lines.warning = ""
        # The limit belongs to the whole process, and others may have set theirs.
        before = csv.field_size_limit(most)
        row: list[str] | str | None
        try:
            row = next(reader, None)
        except csv.Error as error:
            if "limit" in str(error):
                yield line, _CELL_TOO_LONG
                return
            row = f"not CSV: {error}"
        except DecodingError as error:
            row = str(error)
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        if lines.has_ended:
            # The reader asked for one more line to end a cell.
            yield line, _NOT_CLOSED
            return
        if row:
            yield line, row


class _Lines:
    """The lines of a file as text, and what is to be said of the last ones."""

    def __init__(self, file: BinaryIO, head: bytes, options: ReadOptions) -> None:
        self.warning = ""
        self.has_ended = False
        self._file = file
        self._options = options
        is_wide_head = is_wide(head[:4])
        if len(head) == _HEAD:
            whole = len(head) // 4 * 4 if is_wide_head else head.rfind(b"\n") + 1
            head = head[: whole or len(head)]
        decoded = decode(head, options.encoding)
        self.encoding = decoded.encoding
        self.head = decoded.text
        self._codec = codecs.lookup(decoded.encoding).name
        # Lines can be told in the bytes where a line feed is one byte.
        is_old = b"\r" in head and b"\n" not in head
        is_one_byte = not self._codec.startswith(("utf-16", "utf-32"))
        file.seek(0)
        if is_one_byte and not is_old:
            self._lines = self._decoded_lines()
        else:
            newline = None if is_old else ""
            self._lines = iter(io.TextIOWrapper(file, self._codec, "replace", newline))

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.has_ended = True
            raise StopIteration
        return line

    def _decoded_lines(self) -> Iterator[str]:
        most = self._options.max_file_size
        codec = self._codec
        while line := self._file.readline(most + 1):
            if len(line) > most:
                raise InputError("a line is longer than --max-file-size allows")
            try:
                yield line.decode(codec)
            except UnicodeDecodeError:
                yield self._doubtful(line)

    def _doubtful(self, line: bytes) -> str:
        encoding = AUTO if self._options.encoding == AUTO else self._codec
        text, _, self.warning = decode(line, encoding, strict=self._options.strict)
        return text


def _delimiter(head: str, text_field: str) -> str:
    """Return what parts the columns: what makes the text one of them, or most."""
    best, most = ",", 0
    for delimiter in _DELIMITERS:
        names = _first_row(head, delimiter)
        if text_field in names:
            return delimiter
        if len(names) > most:
            best, most = delimiter, len(names)
    return best


def _first_row(head: str, delimiter: str) -> list[str]:
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    try:
        for row in rows:
            if row and not _is_delimiter_line(row, delimiter):
                return [name.strip() for name in row]
    except csv.Error:
        pass
    return []


def _is_delimiter_line(row: Sequence[str], delimiter: str) -> bool:
    line = _DELIMITER_LINE + delimiter
    return delimiter.join(row).lower().strip() == line.strip()
