"""Read Parquet: one row a document, a few rows in memory at a time."""
# pyarrow is loaded where a file is read, and never before worker processes are forked:
# it has threads of its own.

from __future__ import annotations

import io
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from dedupe.background import Background
from dedupe.errors import ForeignFile, InputError, MissingExtra
from dedupe.model import About
from dedupe.readers.documents import NOTHING_TOLD, Converted, Unreadable
from dedupe.readers.fields import Fields, kind_of, listed, no_field
from dedupe.readers.files import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions, Source

# So few that they fit memory, however long one text is that all of them repeat.
_ROWS = 64
_BUFFER = 1 << 20
_DAMAGED = "not a Parquet file, or a damaged one"
_BOMB = (
    "unpacks to more than {:,} bytes, which looks like a decompression bomb; "
    "unpack it yourself if you trust it"
)


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable]:
    """Yield the documents of all rows."""
    return opened(file, options).documents(0)


def opened(file: BinaryIO, options: ReadOptions) -> _Table:
    """Return a table, of which each group of rows can be a part."""
    return _Table(file, options)


def cuts_of_all(
    sources: Sequence[Source], options: ReadOptions
) -> list[list[tuple[int, int]]]:
    """Return ranges of rows of each source, for several processes."""

    def task() -> list[list[tuple[int, int]]]:
        return [_cuts(source, options) for source in sources]

    # In a process of its own, so that this one can be forked without a doubt.
    found = Background(task).result()
    return [[(start, end) for start, end in ranges] for ranges in found]


def _cuts(source: Source, options: ReadOptions) -> list[tuple[int, int]]:
    try:
        with io.BufferedReader(SourceFile(source)) as file:
            table = _Table(file, options)
    except (OSError, InputError):
        return []  # reading it will say what is wrong
    ranges = []
    start = end = held = 0
    for rows, size in table.groups:
        end += rows
        held += size
        if held >= options.batch_bytes:
            ranges.append((start, end))
            start, held = end, 0
    return [*ranges, (start, end)] if start < end else ranges


class _Table:
    """A file of rows: its groups, and the columns that are read."""

    def __init__(self, file: BinaryIO, options: ReadOptions) -> None:
        arrow, parquet = _packages()
        self._errors = (arrow.ArrowException, OSError, ValueError)
        size = file.seek(0, io.SEEK_END)
        self._most = max(options.ratio_floor, options.max_ratio * size)
        file.seek(0)
        self._fields = Fields.of(options)
        try:
            self._file = parquet.ParquetFile(
                file, buffer_size=_BUFFER, pre_buffer=False
            )
            schema = self._file.schema_arrow
            metadata = self._file.metadata
        except self._errors:
            raise InputError(_DAMAGED) from None
        fields = self._fields
        if fields.text not in schema.names:
            raise ForeignFile(no_field("column", fields.text, schema.names))
        wanted = {fields.text, fields.id, *fields.telling}
        self._columns = [name for name in schema.names if name in wanted]
        self.groups = _groups(metadata, set(self._columns), options)

    def documents(self, first: int) -> Iterator[Converted | Unreadable]:
        """Yield the documents of all rows from the first one of a group on."""
        begins = [0, *accumulate(rows for rows, _ in self.groups)]
        groups = range(begins.index(first), len(self.groups))
        batches = self._file.iter_batches(
            _ROWS, row_groups=groups, columns=self._columns, use_threads=False
        )
        line = first + 1
        held = 0
        while True:
            try:
                batch = next(batches, None)
            except self._errors:
                raise InputError(_DAMAGED) from None
            if batch is None:
                return
            held += batch.nbytes
            if held > self._most:
                raise InputError(_BOMB.format(self._most))
            yield from self._documents(batch, line)
            line += batch.num_rows

    def _documents(self, batch: Any, line: int) -> Iterator[Converted | Unreadable]:  # noqa: ANN401
        """Yield the documents of a batch whose first row has this number, from 1."""
        fields = self._fields
        columns = dict(zip(self._columns, map(_values, batch.columns), strict=True))
        nothing = [None] * batch.num_rows
        telling = [columns.get(name, nothing) for name in fields.telling]
        tells = any(column is not nothing for column in telling)
        names = columns.get(fields.id, nothing)
        for row, text in enumerate(columns[fields.text]):
            if not isinstance(text, str):
                yield Unreadable(_why_no_text(text, fields.text), line=line + row)
                continue
            told = [_told(column[row]) for column in telling] if tells else []
            about = About(*told) if any(told) else NOTHING_TOLD
            name = _told(names[row])
            yield Converted(text, about, "", name, "utf-8", line + row)


def _groups(
    metadata: Any,  # noqa: ANN401 - pyarrow tells no types
    columns: set[str],
    options: ReadOptions,
) -> list[tuple[int, int]]:
    """Return the rows of each group and the bytes of its columns."""
    groups = []
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        packed = unpacked = 0
        for at in range(group.num_columns):
            column = group.column(at)
            if column.path_in_schema.partition(".")[0] in columns:
                packed += column.total_compressed_size
                unpacked += column.total_uncompressed_size
        most = max(options.ratio_floor, options.max_ratio * packed)
        if unpacked > most:
            raise InputError(_BOMB.format(most))
        groups.append((group.num_rows, unpacked))
    return groups


def _values(column: Any) -> list[Any]:  # noqa: ANN401
    """Return the values of a column; what is no UTF-8 stays bytes."""
    try:
        values: list[Any] = column.to_pylist()
    except UnicodeDecodeError:
        values = [_value(scalar) for scalar in column]
    if "binary" in str(column.type):
        return [_decoded(value) for value in values]
    return values


def _value(scalar: Any) -> object:  # noqa: ANN401
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return b""


def _decoded(value: Any) -> object:  # noqa: ANN401
    try:
        return value.decode("utf-8") if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value


def _why_no_text(value: object, name: str) -> str:
    if isinstance(value, bytes):
        return f"column {name!r} holds bytes that are no text in UTF-8"
    return f"column {name!r} is {kind_of(value)}, not text"


def _told(value: object) -> str:
    moment = getattr(value, "isoformat", None)
    return str(moment()) if moment else listed(value)


def _packages() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(".parquet", "pyarrow", "parquet") from None
    return pa, parquet
