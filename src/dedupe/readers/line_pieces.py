"""Read JSON Lines of any length piece by piece, unpacking them in passing."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, NamedTuple, Self, cast

from dedupe.errors import InputError
from dedupe.readers import ReadOptions, Source
from dedupe.readers.documents import GZIP
from dedupe.readers.files import open_regular, reason, too_large
from dedupe.readers.sources import is_packed, packing, standard_input

if TYPE_CHECKING:
    from types import TracebackType


HEAD = 4  # bytes that tell the encoding of JSON Lines
HELD = 1 << 20


# JSON Lines that pass through memory.

_TOO_LONG = (
    "line {:,} or one after it is longer than --max-file-size allows; "
    "raise it or split the text"
)


def comes_in_pieces(source: Source) -> bool:
    """Tell whether a source is JSON Lines that need not be unpacked as a whole."""
    return source.format == "json_lines" and packing(source) in {"", GZIP}


class Piece(NamedTuple):
    """Whole lines of a file, and where they stand in it."""

    data: bytes
    line: int  # number of the first
    start: int  # byte of the first, unpacked


class Lines:
    """An input that is read piece by piece; what goes wrong is an InputError."""

    def __init__(self, file: IO[bytes], *, packed: bool) -> None:
        self._file = file
        self._head = b""
        self._stream: IO[bytes] = file
        if packed:
            import gzip  # noqa: PLC0415 - most inputs are not packed

            self._stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not getattr(sys.stdin, "buffer", None):
            self._file.close()

    def head(self) -> bytes:
        """Return the first bytes, which are yet to be read."""
        while len(self._head) < HEAD and (piece := self._piece(HEAD)):
            self._head += piece
        return self._head

    def rest(self, most: int) -> memoryview:
        """Return all that is yet to be read; raise InputError when it is too much."""
        data = bytearray()
        while piece := self.read(HELD):
            data += piece
            if len(data) > most:
                raise InputError(too_large(len(data)).replace("has", "has at least", 1))
        return memoryview(data).toreadonly()

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, or the head, none at the end."""
        head, self._head = self._head, b""
        return head or self._piece(size)

    def _piece(self, size: int) -> bytes:
        try:
            read = getattr(self._stream, "read1", self._stream.read)
            piece: bytes = read(size)
        except EOFError:
            raise InputError("a gzip file that ends too early") from None
        except zlib.error:
            raise InputError("not a gzip file, or a damaged one") from None
        except OSError as error:
            if error.errno is None:
                raise InputError("not a gzip file, or a damaged one") from None
            raise InputError(reason(error)) from None
        return piece


def opened(source: Source) -> Lines:
    """Open a file, or standard input; raise InputError where that cannot be done."""
    if not source.path:
        return Lines(standard_input(), packed=is_packed(source))
    try:
        file = os.fdopen(open_regular(source.path), "rb")
    except OSError as error:
        raise InputError(reason(error)) from None
    return Lines(file, packed=is_packed(source))


def pieces(file: Lines, read: ReadOptions) -> Iterator[Piece]:
    """Yield the lines of a file in pieces of about the size of a batch.

    Raises InputError for a line that is longer than a file may be.
    """
    line, start = 1, 0
    held: list[bytes] = []
    size = unfinished = 0
    while block := file.read(read.batch_bytes):
        held.append(block)
        size += len(block)
        after = len(block) - block.rfind(b"\n") - 1
        unfinished = after if after < len(block) else unfinished + after
        if unfinished > read.max_file_size:
            raise InputError(_TOO_LONG.format(line))
        if size < read.batch_bytes or after == len(block):
            continue
        data = b"".join(held)
        end = data.rfind(b"\n") + 1
        yield _whole_lines(data[:end], line, start, read)
        line += data.count(b"\n", 0, end)
        start += end
        held = [data[end:]]
        size = len(held[0])
    if size:
        yield _whole_lines(b"".join(held), line, start, read)


def _whole_lines(data: bytes, line: int, start: int, read: ReadOptions) -> Piece:
    limit = read.max_file_size
    if len(data) > limit and max(map(len, data.split(b"\n"))) > limit:
        raise InputError(_TOO_LONG.format(line))
    return Piece(data, line, start)
