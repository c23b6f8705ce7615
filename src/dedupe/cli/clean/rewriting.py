"""Write cleaned files so that a file is always whole, the old one or the new one."""
# Paths are strings here: tens of thousands of small files are written in a run.
# ruff: noqa: PTH105, PTH108, PTH118, PTH120

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING

from dedupe.errors import DedupeError, InputError
from dedupe.model import Problem
from dedupe.readers.files import reason

if TYPE_CHECKING:
    from dedupe.readers import Source

# Hidden, so that no search finds it, and with the number of the process that writes it,
# so that what a killed one left can be told and removed.
PREFIX = ".dedupe-clean-"
SUFFIX = ".tmp"
_CHANGED = "changed while it was being cleaned; it is left as it is: run dedupe again"
_REASONS = {
    errno.ENOSPC: "no space left on the disk",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "larger than this system lets a file be",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission denied; its folder cannot be written to",
    errno.EPERM: "permission denied; its folder cannot be written to",
    errno.EISDIR: "there is a folder of this name",
    errno.ENOTDIR: "there is a file where a folder is needed",
    errno.ENAMETOOLONG: "the path is too long for this system",
}


def not_written(name: str, error: DedupeError | OSError) -> Problem:
    """Return in plain words why a file could not be written."""
    if not isinstance(error, OSError):
        return Problem(name, str(error).rstrip("."))
    known = _REASONS.get(error.errno or 0)
    return Problem(name, f"cannot write it: {known or reason(error)}")


@contextlib.contextmanager
def replacing(
    path: str,
    mode: int,
    *,
    durable: bool,
    ready: Callable[[], bool] = lambda: True,
    buffering: int = 0,
) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of another one at once, or not at all.

    It does so at the end of the block, if `ready` agrees. A durable one is on the disk
    before it does.
    """
    folder = os.path.dirname(path) or "."
    temporary = os.path.join(
        folder, f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}{SUFFIX}"
    )
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags | getattr(os, "O_CLOEXEC", 0), mode)
    is_done = False
    try:
        # A buffer would cost more than all else for a small file.
        with open(descriptor, "wb", buffering) as out:  # noqa: PTH123
            yield out
            out.flush()
            if durable:
                os.fsync(descriptor)
        if ready():
            os.replace(temporary, path)
            is_done = True
            if durable:
                _sync_folder(folder)
    finally:
        if not is_done:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)


def write_all(out: IO[bytes], data: bytes | memoryview) -> None:
    """Write bytes to a file without a buffer, which may take them piece by piece."""
    left = memoryview(data)
    while left:
        left = left[out.write(left) :]


def write_new(path: str, data: bytes, mode: int) -> None:
    """Write a file of a tree, whole or not at all."""
    with replacing(path, mode & 0o777, durable=False) as out:
        write_all(out, data)


@contextlib.contextmanager
def rewriting(
    source: Source,
    backup: str,
    *,
    wanted: Callable[[], bool] = lambda: True,
    buffering: int = 0,
) -> Iterator[IO[bytes]]:
    """Open what takes the place of a source, with its mode and, if allowed, its owner.

    A link is written through: the file that it leads to is replaced. With a suffix for
    backups the old file stays under its name with the suffix.
    """
    path = os.path.realpath(source.path)
    before = os.stat(path)  # noqa: PTH116

    def ready() -> bool:
        if not wanted():
            return False
        now = os.stat(path)  # noqa: PTH116
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (
            source.size,
            source.modified,
            before.st_ino,
        ):
            raise InputError(_CHANGED)
        if backup:
            _keep(path, path + backup)
        return True

    with replacing(path, 0o600, durable=True, ready=ready, buffering=buffering) as out:
        _inherit(out.fileno(), before)
        yield out


def rewrite(source: Source, data: bytes, backup: str) -> None:
    """Write a source anew in its place."""
    with rewriting(source, backup) as out:
        write_all(out, data)


def _inherit(descriptor: int, status: os.stat_result) -> None:
    """Give a new file the owner and the mode of the old one."""
    if hasattr(os, "fchown"):
        own = os.fstat(descriptor)
        if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
            with contextlib.suppress(PermissionError):
                os.fchown(descriptor, status.st_uid, status.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))


def _keep(path: str, backup: str) -> None:
    """Give the old file a second name; one of an earlier run makes way for it."""
    temporary = f"{os.path.dirname(path)}/{PREFIX}{os.getpid()}-backup{SUFFIX}"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary)
    try:
        os.link(path, temporary)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        _copy(path, temporary)
    try:
        os.replace(temporary, backup)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def _copy(path: str, backup: str) -> None:
    import shutil  # noqa: PLC0415 - only where the file system has no hard links

    shutil.copy2(path, backup)


def _sync_folder(folder: str) -> None:
    """Have the new name of a file on the disk, too, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep(folders: Iterable[str]) -> None:
    """Remove what processes that are no more left in folders."""
    for folder in sorted(set(folders)):
        with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:
            left = [entry.path for entry in entries if _is_orphan(entry.name)]
            for path in left:
                os.unlink(path)


def _is_orphan(name: str) -> bool:
    if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
        return False
    number = name[len(PREFIX) :].partition("-")[0]
    if not number.isdecimal() or not hasattr(os, "fork"):
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        return False
    return False
