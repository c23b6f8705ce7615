"""Open and read regular files, and nothing else, without ever waiting."""

from __future__ import annotations

import errno
import io
import os
import stat
from typing import TYPE_CHECKING, Any

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.readers.documents import ReadOptions, Source

# O_NONBLOCK: a named pipe must not hang us; O_NOFOLLOW: a link that was put in the
# place of a file after the search is not followed.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
NO_NAME = "not a file name that this system can hold"
_CHANGED = "changed while it was being read; run dedupe again"
_NOT_REGULAR = "no longer a regular file; run dedupe again"
# One call to the system moves no more than 2 GiB.
_PIECE = 1 << 30
_REASONS = {
    errno.EACCES: "permission denied; make it readable or leave it out with --exclude",
    errno.EPERM: "permission denied; make it readable or leave it out with --exclude",
    errno.ENOENT: "no such file or folder; check the path",
    errno.ENOTDIR: "no such file or folder; check the path",
    errno.ELOOP: "a symbolic link that leads nowhere",
    errno.ENAMETOOLONG: "its path is too long for this system",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n)",
    errno.EIO: "the disk failed to read it",
}


class NotTaken(InputError):  # noqa: N818 - an error of the walk that is found late
    """A file that a walk would not have taken, had it asked after more than a name."""


class OwnFile(InputError):  # noqa: N818 - none that anybody should hear of
    """A file that is no text of the user's, as the options tell."""


def reason(error: OSError) -> str:
    """Return in plain words why the system refused a file."""
    known = _REASONS.get(error.errno or 0)
    return known or error.strerror or type(error).__name__


def too_large(size: int) -> str:
    """Return why a file of this many bytes is not read."""
    return (
        f"has {size:,} bytes, more than --max-file-size allows; "
        "raise it or split the file"
    )


def open_regular(path: str) -> int:
    """Return a descriptor of a regular file; raise OSError or InputError."""
    descriptor = os.open(path, _FLAGS)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise InputError(_NOT_REGULAR)


def read_whole(source: Source) -> bytes:
    """Return the bytes of a file.

    Raises OSError, and InputError when it is not the file that was found.
    """
    descriptor = os.open(source.path, _FLAGS)
    try:
        _require_unchanged(descriptor, source)
        return _read_all(descriptor, source.size)
    finally:
        os.close(descriptor)


def read_plain(path: str, options: ReadOptions) -> bytes:
    """Return the bytes of a file that nobody asked for its size.

    Raises OSError, and InputError: OwnFile, and NotTaken where it is too large or could
    not have been asked either.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError:
        _require_known(path)
        raise
    try:
        if not 0 < (size := _end(descriptor)) <= options.max_file_size:
            size = _size(descriptor, options)
        return _read_all(descriptor, size)
    except IsADirectoryError as error:
        raise InputError(_NOT_REGULAR) from error
    finally:
        os.close(descriptor)


def _require_known(path: str) -> None:
    try:
        os.lstat(path)
    except OSError as error:
        raise NotTaken(reason(error)) from error


def _end(descriptor: int) -> int:
    """Return where a file ends, which is told in a fourth of the time of its status.

    What is no file has no end, or one at 0; a folder may have one, but cannot be read.
    """
    try:
        return os.lseek(descriptor, 0, os.SEEK_END)
    except OSError:
        return 0


def _size(descriptor: int, options: ReadOptions) -> int:
    """Return the size of a file, as its status tells it, if it may be read."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(_NOT_REGULAR)
    if (status.st_dev, status.st_ino) in options.own:
        raise OwnFile
    if status.st_size > options.max_file_size:
        raise NotTaken(too_large(status.st_size))
    return status.st_size


def _read_all(descriptor: int, size: int) -> bytes:
    """Return so many bytes; raise InputError where there are less or more."""
    # A file that has grown since gives the byte more that is asked for.
    data = _read_at(descriptor, min(size + 1, _PIECE), 0)
    if 0 < len(data) < size:
        data = b"".join((data, *_pieces(descriptor, len(data), size + 1)))
    if len(data) != size:
        raise InputError(_CHANGED)
    return data


def _pieces(descriptor: int, at: int, end: int) -> Iterator[bytes]:
    """Yield what there is to read from one byte to another."""
    while at < end and (piece := _read_at(descriptor, min(end - at, _PIECE), at)):
        yield piece
        at += len(piece)


def read_range(source: Source, start: int, end: int) -> bytes:
    """Return some bytes of a source; raise OSError, or InputError if it has changed."""
    if isinstance(source.content, memoryview):
        return bytes(source.content[start:end])
    descriptor = os.open(source.path, _FLAGS)
    try:
        _require_unchanged(descriptor, source)
        pieces = [*_pieces(descriptor, start, end)]
        if sum(map(len, pieces)) < end - start:
            raise InputError(_CHANGED)
    finally:
        os.close(descriptor)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _seek_and_read(descriptor: int, size: int, start: int) -> bytes:
    os.lseek(descriptor, start, os.SEEK_SET)
    return os.read(descriptor, size)


# Windows has no pread.
_read_at = os.pread if hasattr(os, "pread") else _seek_and_read


class SourceFile(io.RawIOBase):
    """A source as a binary file that can be sought in.

    It keeps its own place, so that processes which share it do not move one another's.
    Raises OSError, and InputError when it is not the file that was found.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self._at = 0
        self._descriptor = -1
        self._content: memoryview | None = None
        if isinstance(source.content, memoryview):
            self._content = source.content
            return
        self._descriptor = os.open(source.path, _FLAGS)
        self.require_unchanged()

    def require_unchanged(self) -> None:
        """Raise InputError when the file has changed since it was found."""
        if self._descriptor >= 0:
            _require_unchanged(self._descriptor, self._source)

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be sought in."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a byte."""
        base = (0, self._at, self._source.size)[whence]
        self._at = max(base + offset, 0)
        return self._at

    def tell(self) -> int:
        """Return the byte that is read next."""
        return self._at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401
        """Fill a buffer as far as there is something, and return how far."""
        left = min(len(buffer), max(self._source.size - self._at, 0), _PIECE)
        if self._content is not None:
            piece: bytes | memoryview = self._content[self._at : self._at + left]
        else:
            piece = _read_at(self._descriptor, left, self._at) if left else b""
            if left and not piece:
                raise InputError(_CHANGED)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Close the file, if that was not done before."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        super().close()


def _require_unchanged(descriptor: int, source: Source) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise InputError(_NOT_REGULAR)
    if status.st_size != source.size or status.st_mtime_ns != source.modified:
        raise InputError(_CHANGED)
