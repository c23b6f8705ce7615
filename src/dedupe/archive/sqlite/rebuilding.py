"""Read an archive that other rules wrote, or that is damaged, to write it anew."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from dedupe.archive.records import Record
from dedupe.archive.sqlite.creating import create
from dedupe.archive.store import Stored

DOCUMENT = (
    "row, first, paragraphs, words, checksum, "
    "id, content, added, title, date, outlet, author, url, size, text"
)


class Rebuilding:
    """An archive that is written anew: what it holds, and where the new one goes."""

    def __init__(self, connection: sqlite3.Connection, path: Path, new: Path) -> None:
        self._connection = connection
        self._path = path
        self.new = new
        self.lost: list[str] = []  # what could not be read

    def create(self, meta: Mapping[str, str]) -> None:
        """Make the new archive, which nobody may read who may not read the old one."""
        create(self.new, meta)
        status = self._path.stat()
        if hasattr(os, "chown"):
            with contextlib.suppress(PermissionError):
                os.chown(self.new, status.st_uid, status.st_gid)
        self.new.chmod(stat.S_IMODE(status.st_mode))

    def meta(self) -> dict[str, str]:
        """Return what is known of the archive as a whole."""
        try:
            rows = self._connection.execute("select key, value from meta").fetchall()
        except sqlite3.Error:
            return {}
        return {key: value for key, value in rows if isinstance(value, str)}

    def records(self) -> Iterator[Stored]:
        """Yield the documents that can be read, in the order they were added."""
        columns = self._columns()
        for row in sorted(self._rows()):
            try:
                [values] = self._connection.execute(
                    f"select {columns} from documents where row = ?",  # noqa: S608
                    (row,),
                ).fetchall()
            except (sqlite3.Error, ValueError):
                self.lost.append(f"the document in row {row}")
                continue
            document, first, paragraphs, words, checksum = values[:5]
            record = Record(*values[5:])
            yield Stored(document, first, paragraphs, words, checksum, record)

    def _columns(self) -> str:
        """Return what to ask for: the first schema knew no author."""
        query = "select count(*) from pragma_table_info('documents') where name = ?"
        with contextlib.suppress(sqlite3.Error):
            [(has_author,)] = self._connection.execute(query, ("author",)).fetchall()
            if not has_author:
                return DOCUMENT.replace("author", "'' as author")
        return DOCUMENT

    def _rows(self) -> set[int]:
        """Return the rows of documents; where the table is torn, its index knows."""
        rows: set[int] = set()
        errors = []
        for source in (
            "documents",
            "documents indexed by sqlite_autoindex_documents_1",
        ):
            query = f"select row from {source} order by 1"  # noqa: S608 - of the two
            try:
                for (row,) in self._connection.execute(query):
                    rows.add(row)
            except sqlite3.Error as error:
                errors.append(error)
        if errors:
            self.lost.append("some documents may be missing")
        if len(errors) == 2 and not rows:  # noqa: PLR2004
            raise errors[0]
        return rows
