"""Write cleaned files so that a file is always whole, the old one or the new one."""
# Paths are strings here: tens of thousands of small files are written in a run.
# ruff: noqa: PTH103, PTH105, PTH108, PTH118, PTH120

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import IO, TYPE_CHECKING, NamedTuple

from dedupe.errors import DedupeError, InputError, OutputError
from dedupe.model import Problem
from dedupe.readers.files import NO_NAME, reason

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


class Tree(NamedTuple):
    """A folder to write to, and the folders and files that were given as inputs."""

    root: str
    folders: tuple[tuple[str, str], ...]  # names and real paths of input folders

    def target(self, name: str) -> str:
        """Return where the cleaned form of an input goes."""
        return os.path.join(self.root, self.relative(name))

    def relative(self, name: str) -> str:
        """Return the name of an input below the folder that was given, or its own.

        >>> Tree("out", (("news", "/news"),)).relative("news/today/1.txt")
        'today/1.txt'
        """
        for folder, _ in self.folders:
            prefix = "" if folder == "." else folder.rstrip("/") + "/"
            if name.startswith(prefix):
                return name[len(prefix) :]
        return name.rpartition("/")[2]


def plan_tree(root: str, paths: Sequence[str], sources: Sequence[Source]) -> Tree:
    """Return the tree to write, or raise OutputError if it would harm the inputs."""
    from dedupe.readers.paths import reported  # noqa: PLC0415 - needed here alone

    # What was seen before may have changed, or have been seen from another folder.
    _real_folder.cache_clear()
    _make_folder.cache_clear()
    try:
        real = os.path.realpath(root)
    except ValueError:
        raise OutputError(f"{root}: {NO_NAME}.") from None
    if os.path.exists(real) and not os.path.isdir(real):  # noqa: PTH110, PTH112
        raise OutputError(f"{root} is a file; name a folder for the clean texts.")
    folders = {
        reported(path): os.path.realpath(path)
        for path in paths
        if os.path.isdir(path)  # noqa: PTH112
    }
    for name, folder in folders.items():
        if _is_inside(real, folder):
            message = f"{root} is inside the input folder {name}"
            raise OutputError(f"{message}; choose a folder outside of it.")
    # The innermost folder that holds a file names it.
    order = sorted(folders.items(), key=lambda item: (-len(item[0]), item[0]))
    tree = Tree(root, tuple(order))
    _refuse_collisions(tree, real, sources)
    return tree


def _refuse_collisions(tree: Tree, real: str, sources: Sequence[Source]) -> None:
    """Refuse to write two texts to one file, or over an input, or out of the tree."""
    inputs = {}
    for source in sources:
        # The folders of a path may be links; the file itself is none by now.
        folder, _, base = source.path.rpartition("/")
        path = os.path.join(_real_folder(folder), base)
        if base and _is_inside(path, real):
            inputs[path] = source.name
    taken: dict[str, str] = {}
    for source in sources:
        relative = tree.relative(source.name)
        steps = relative.split("/")
        if not relative or ".." in steps or relative.startswith("/"):
            raise OutputError(f"{source.name}: its clean text would leave {tree.root}.")
        if relative in taken:
            raise OutputError(
                f"{taken[relative]} and {source.name} would both go to "
                f"{tree.target(source.name)}; clean them into two folders."
            )
        taken[relative] = source.name
        target = os.path.join(real, relative)
        if inputs and os.path.realpath(target) in inputs:
            raise OutputError(
                f"{tree.target(source.name)} is one of the inputs; choose another "
                "folder, or pass --write to clean in place."
            )


@lru_cache(maxsize=1 << 12)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder or ".")


def make_folder(root: str, target: str) -> None:
    """Make the folder of a target below a root; a link must not lead out of it."""
    _make_folder(root, os.path.dirname(target))


@lru_cache(maxsize=1 << 12)
def _make_folder(root: str, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    if not _is_inside(os.path.realpath(folder), os.path.realpath(root)):
        raise OutputError(f"{folder} is a link that leads out of {root}.")


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
