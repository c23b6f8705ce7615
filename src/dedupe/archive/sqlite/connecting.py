"""Open the files of archives, and tell whether they are such."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dedupe.archive.sqlite.errors import foreign, suspicious, telling_errors
from dedupe.archive.sqlite.files import real_path
from dedupe.errors import ArchiveError

APPLICATION_ID = 0xDED0A7AB - (1 << 32)  # SQLite keeps it signed
SCHEMA_VERSION = 2
BUSY_SECONDS = 30
# Nothing in an archive is longer: a text of two gigabytes, compressed.
LONGEST = 1 << 30  # bytes


def connected(path: Path, *, write: bool) -> sqlite3.Connection:
    """Open an archive; raise ArchiveError where there is none, or none to write to."""
    with telling_errors(path):
        if not path.exists():
            raise ArchiveError(
                f"{path} does not exist; make it with: dedupe archive create {path}"
            )
        if not path.is_file():
            raise ArchiveError(f"{path} is not a file.")
        # Where nothing can be written nobody writes, and no log can be kept beside it.
        real = real_path(path)
        log = real.with_name(real.name + "-wal")
        frozen = not os.access(real.parent, os.W_OK) and not log.exists()
        if write and frozen:
            raise ArchiveError(f"{path} cannot be written to: its folder is read-only.")
        mode = "rw" if write else "ro&immutable=1" if frozen else "ro"
        return opened(path, mode)


def opened(path: Path, mode: str) -> sqlite3.Connection:
    """Open a file in a mode of URIs of SQLite."""
    connection = sqlite3.connect(
        uri(path, mode), timeout=BUSY_SECONDS, isolation_level=None, uri=True
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    return connection


def uri(path: Path, mode: str) -> str:
    """Return the URI by which SQLite opens a file."""
    # A name may hold what means something in a URI.
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"


def check_known(path: Path, connection: sqlite3.Connection) -> int:
    """Return the version of a file's schema if it is one that is known here."""
    [(application,)] = connection.execute("pragma application_id").fetchall()
    [(version,)] = connection.execute("pragma user_version").fetchall()
    if application != APPLICATION_ID:
        raise ArchiveError(foreign(path))
    if version > SCHEMA_VERSION:
        raise ArchiveError(
            f"{path} was written by a newer dedupe (schema {version}, this one knows"
            f" {SCHEMA_VERSION}); upgrade dedupe to read it."
        )
    kinds = connection.execute("select type, name from sqlite_schema").fetchall()
    if any(kind not in ("table", "index") for kind, _ in kinds):
        raise ArchiveError(suspicious(path))
    return int(version)


@cache
def schema_text() -> str:
    """Return the statements that make the tables of an archive."""
    return Path(__file__).with_name("schema.sql").read_text("utf-8")


@cache
def schema() -> tuple[Any, ...]:
    """Return what an archive holds besides its rows."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(schema_text())
        return schema_of(connection)


def schema_of(connection: sqlite3.Connection) -> tuple[Any, ...]:
    """Return what a file holds besides its rows."""
    query = "select type, name, tbl_name, sql from sqlite_schema order by type, name"
    return tuple(connection.execute(query))
