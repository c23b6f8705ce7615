"""Open and read regular files, and nothing else, without ever waiting."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

from dedupe.errors import InputError

if TYPE_CHECKING:
    from dedupe.readers.documents import Source

# O_NONBLOCK: a named pipe must not hang us; O_NOFOLLOW: a link put in the place of a
# file after the search is not followed.
FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
CHANGED = "changed while it was being read; run dedupe again"
_PIECE = 1 << 30

_REASONS = {
    errno.EACCES: "permission denied; change its permissions or leave it out",
    errno.EPERM: "permission denied; change its permissions or leave it out",
    errno.ENOENT: "no such file or folder",
    errno.ENOTDIR: "no such file or folder",
    errno.ELOOP: "a symbolic link that leads nowhere",
    errno.ENAMETOOLONG: "its path is too long for this system",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n)",
    errno.EIO: "the disk failed to read it",
}


def reason(error: OSError) -> str:
    """Return in plain words why the system refused a file."""
    text = _REASONS.get(error.errno or 0)
    return text or error.strerror or type(error).__name__


def open_regular(path: str) -> int:
    """Return a descriptor of a regular file; raise InputError for anything else."""
    try:
        descriptor = os.open(path, FLAGS)
    except OSError as error:
        raise InputError(reason(error)) from None
    except ValueError:
        raise InputError("not a file name this system can hold") from None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise InputError("not a regular file")


def fill(buffer: bytearray, source: Source) -> None:
    """Read the whole of a source to the front of a buffer of more than its size.

    Raises OSError, and InputError when it is not the file that was found.
    """
    descriptor = os.open(source.path, FLAGS)
    try:
        _require_unchanged(descriptor, source)
        count = os.readv(descriptor, (buffer,))
        while 0 < count < source.size:
            more = os.readv(descriptor, (memoryview(buffer)[count:],))
            if not more:
                break
            count += more
    finally:
        os.close(descriptor)
    if count != source.size:
        raise InputError(CHANGED)


def read_range(source: Source, start: int, end: int) -> bytes:
    """Return some bytes of a source; raise InputError when it has changed."""
    if source.content is not None:
        return bytes(memoryview(_in_memory(source))[start:end])
    try:
        descriptor = os.open(source.path, FLAGS)
        try:
            _require_unchanged(descriptor, source)
            data = _read_at(descriptor, start, end - start)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise InputError(reason(error)) from None
    if len(data) != end - start:
        raise InputError(CHANGED)
    return data


def _in_memory(source: Source) -> memoryview:
    if not isinstance(source.content, memoryview):
        raise InputError("not held as bytes")
    return source.content


def _read_at(descriptor: int, start: int, size: int) -> bytes:
    data = os.pread(descriptor, min(size, _PIECE), start)
    if len(data) == size or not data:
        return data
    pieces = [data]
    done = len(data)
    while done < size:
        data = os.pread(descriptor, min(size - done, _PIECE), start + done)
        if not data:
            break
        pieces.append(data)
        done += len(data)
    return b"".join(pieces)


def _require_unchanged(descriptor: int, source: Source) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise InputError("not a regular file")
    if status.st_size != source.size or status.st_mtime_ns != source.modified:
        raise InputError(CHANGED)
