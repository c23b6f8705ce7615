"""Say what is wrong with an archive in words that tell what to do."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dedupe.errors import ArchiveError

REBUILT = " was rebuilt meanwhile; try again."
_REASONS = {
    sqlite3.SQLITE_BUSY: " is being written by another process; try again.",
    sqlite3.SQLITE_LOCKED: " is being written by another process; try again.",
    sqlite3.SQLITE_FULL: ": the disk is full; nothing of this was kept.",
    sqlite3.SQLITE_TOOBIG: ": a text is too long to be kept; nothing of this was kept.",
    sqlite3.SQLITE_READONLY: " cannot be written to.",
}


@contextlib.contextmanager
def telling_errors(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the system into ours."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        # It is closed, or was opened in another thread.
        raise ArchiveError(f"{path} cannot be used here: {error}") from error
    except sqlite3.Error as error:
        raise ArchiveError(_explained(path, error)) from error
    except UnicodeDecodeError as error:
        # SQLite tells of names that were damaged as they are.
        raise ArchiveError(damaged(path, error.reason)) from error
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}.") from error


def _explained(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return f"{path}{REBUILT}"
    code &= 0xFF  # the kind
    if code == sqlite3.SQLITE_NOTADB:
        return foreign(path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        # Behind it may stand the name of a new file.
        reason, _, _ = str(error).partition(": ")
        return f"{path} cannot be read or written: {reason}."
    if code in _REASONS:
        return f"{path}{_REASONS[code]}"
    return damaged(path, str(error))


def foreign(path: Path) -> str:
    """Say that a file is none of ours."""
    return f"{path} is not an archive of dedupe."


def damaged(path: Path, reason: str) -> str:
    """Say that an archive is damaged."""
    return (
        f"{path} is damaged or cannot be read ({reason}); look with: dedupe archive"
        f" verify --full {path}, and write it anew with: dedupe archive rebuild {path}"
    )


def suspicious(path: Path) -> str:
    """Say that a file does more than an archive does."""
    return (
        f"{path} holds tables, triggers or views that an archive does not have; do not"
        " trust it. Make a new one from the texts."
    )
