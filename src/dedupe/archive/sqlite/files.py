"""Write files beside an archive, and give them its name when they are whole."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from dedupe.archive.sqlite.errors import telling_errors
from dedupe.errors import ArchiveError

LOGS = ("-wal", "-journal")  # ends of their names


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Hand out a name beside a file, under which nothing is left at the end."""
    with telling_errors(path):
        new = beside(path)
        try:
            yield new
        finally:
            for end in ("", *LOGS, "-shm"):
                new.with_name(new.name + end).unlink(missing_ok=True)


def publish(new: Path, path: Path) -> None:
    """Give a finished file its name, unless something has that name by now."""
    try:
        os.link(new, real_path(path))
    except FileExistsError:
        raise ArchiveError(f"{path} exists already; choose another file.") from None
    except OSError:
        new.rename(real_path(path))  # a file system without links


def check_no_log(path: Path) -> None:
    """Refuse to give a file a name at which SQLite would find the log of another.

    It would be read as part of the new file. One that is empty does no harm.
    """
    path = real_path(path)
    for end in LOGS:
        log = path.with_name(path.name + end)
        if log.exists() and log.stat().st_size:
            raise ArchiveError(
                f"{log} is the log of another archive of this name; remove it, or"
                " choose another file."
            )


def real_path(path: Path) -> Path:
    """Return what links lead to: beside it SQLite keeps its log."""
    return Path(os.path.realpath(path))


def sweep(path: Path) -> None:
    """Remove what a rebuild that was killed has left; nobody else is at it now."""
    path = real_path(path)
    for left in path.parent.iterdir():
        if re.fullmatch(re.escape(path.name) + r"-[0-9a-f]{12}\.new.*", left.name):
            left.unlink(missing_ok=True)


def beside(path: Path, end: str = "new") -> Path:
    """Return a name in the same folder that nothing has yet."""
    path = real_path(path)
    return path.with_name(f"{path.name}-{os.urandom(6).hex()}.{end}")


def file_at(path: Path) -> tuple[int, int]:
    """Return what tells a file from another that takes its name."""
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_dev, status.st_ino)


def to_disk(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
