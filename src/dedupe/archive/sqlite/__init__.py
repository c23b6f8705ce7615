"""Keep an archive in one SQLite file: the only room that knows sqlite3."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dedupe.archive.index import Block
from dedupe.archive.records import Record, digest_of
from dedupe.archive.sqlite.connecting import (
    SCHEMA_VERSION,
    check_known,
    connected,
    opened,
    schema,
    schema_of,
    uri,
)
from dedupe.archive.sqlite.creating import create
from dedupe.archive.sqlite.errors import REBUILT, damaged, suspicious, telling_errors
from dedupe.archive.sqlite.files import (
    beside,
    check_no_log,
    file_at,
    new_file,
    real_path,
    sweep,
    to_disk,
)
from dedupe.archive.sqlite.rebuilding import DOCUMENT, Rebuilding
from dedupe.archive.store import Known, ParagraphRows, Stored, Totals
from dedupe.errors import ArchiveError

__all__ = ["Rebuilding", "SqliteStore", "create"]

_WRITER_CACHE = -64 << 10  # KiB, negative as SQLite wants it
_READER_CACHE = -16 << 10
# An article changes some hundred pages; a file of this size is still soon copied back.
_CHECKPOINT = 1000  # pages
_AT_ONCE = 5000  # rows


class SqliteStore:
    """An archive in a file of SQLite."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        """Open a file; raise ArchiveError when it is not an archive of ours."""
        self.path = path
        self._connection = connected(path, write=write)
        try:
            with telling_errors(path):
                self._prepare(write=write)
                self._file = file_at(path)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file; what was written is copied back into it."""
        self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keep what is changed inside, all of it or nothing."""
        with telling_errors(self.path):
            self._connection.execute("begin immediate")
            try:
                self._check_file()
                yield
                self._connection.execute("commit")
            except BaseException:
                # After some errors SQLite has rolled back by itself.
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("rollback")
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """See one state of the archive, whatever others write meanwhile."""
        with telling_errors(self.path):
            self._connection.execute("begin")
            try:
                yield
            finally:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("rollback")

    def meta(self) -> Mapping[str, str]:
        """Return what is known of the archive as a whole."""
        rows = self._rows("select key, value from meta")
        if not all(isinstance(value, str) for row in rows for value in row):
            raise ArchiveError(damaged(self.path, "what it says of itself is lost"))
        return dict(rows)

    def totals(self) -> Totals:
        """Return how much there is."""
        rows = self._rows(
            "select checksum, generation, documents, paragraphs, words, postings"
            " from totals"
        )
        if len(rows) != 1 or rows[0][0] != digest_of(rows[0][1:]):
            raise ArchiveError(damaged(self.path, "its totals are lost"))
        return Totals(*rows[0][1:])

    def set_totals(self, totals: Totals) -> None:
        """Say how much there is."""
        self._connection.execute(
            "update totals set generation = ?, documents = ?, paragraphs = ?,"
            " words = ?, postings = ?, checksum = ?",
            (*totals, digest_of(totals)),
        )

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """Return those of some documents that are in the archive."""
        rows = self._among(
            "select id, row, content, title, date, outlet, author, url from documents"
            " where id in (select value from json_each(?))",
            ids,
        )
        return {row[0]: Known(row[1], row[2], row[3:]) for row in rows}

    def next_rows(self) -> tuple[int, int]:
        """Return the rows for the next document and the next paragraph."""
        [(document, paragraph)] = self._rows(
            "select coalesce((select max(row) from documents), -1) + 1,"
            " coalesce((select max(row) from paragraphs), -1) + 1"
        )
        return document, paragraph

    def insert(self, documents: Iterable[Stored], paragraphs: ParagraphRows) -> None:
        """Add documents and their paragraphs."""
        self._connection.executemany(
            f"insert into documents ({DOCUMENT})"  # noqa: S608 - names of columns
            f" values ({', '.join('?' * len(DOCUMENT.split(', ')))})",
            ((*document[:-1], *document.record) for document in documents),
        )
        self._connection.executemany(
            "insert into paragraphs (row, document, line, words, solid)"
            " values (?, ?, ?, ?, ?)",
            zip(*(column.tolist() for column in paragraphs), strict=True),
        )

    def delete(self, rows: Sequence[int]) -> None:
        """Take documents and their paragraphs away."""
        for row in rows:
            self._connection.execute(
                "delete from paragraphs where row >="
                " (select first from documents where row = :row) and row <"
                " (select first + paragraphs from documents where row = :row)",
                {"row": row},
            )
            self._connection.execute("delete from documents where row = ?", (row,))

    def document_rows(self) -> list[int]:
        """Return the rows of all documents, ascending."""
        return [row for (row,) in self._rows("select row from documents order by row")]

    def counts(self) -> tuple[int, int, int]:
        """Return how many documents, paragraphs and words there are by counting."""
        [counts] = self._rows(
            "select (select count(*) from documents),"
            " (select count(*) from paragraphs),"
            " (select coalesce(sum(words), 0) from documents)"
        )
        return counts  # type: ignore[no-any-return]

    def dates(self, rows: Iterable[int] | None = None) -> list[tuple[int, str, str]]:
        """Return row, date and time of addition of all documents or some, ascending."""
        query = "select row, date, added from documents"
        if rows is None:
            found = self._rows(f"{query} order by row")
        else:
            some = "where row in (select value from json_each(?)) order by row"
            found = self._among(f"{query} {some}", sorted(rows))
        return [(row, str(date), str(added)) for row, date, added in found]

    def documents(self, rows: Iterable[int]) -> Iterator[Stored]:
        """Yield some documents, ascending."""
        wanted = sorted(rows)
        for start in range(0, len(wanted), 100):
            for row in self._among(
                f"select {DOCUMENT} from documents"  # noqa: S608 - names of columns
                " where row in (select value from json_each(?)) order by row",
                wanted[start : start + 100],
            ):
                document, first, paragraphs, words, checksum = row[:5]
                record = Record(*row[5:])
                yield Stored(document, first, paragraphs, words, checksum, record)

    def paragraphs(self, rows: Sequence[int]) -> ParagraphRows:
        """Return paragraphs by their rows, ascending."""
        return self._paragraphs("row in (select value from json_each(?))", rows)

    def paragraphs_of(self, documents: Sequence[int]) -> ParagraphRows:
        """Return the paragraphs of some documents, ascending."""
        parts = [
            self._rows(
                "select p.row, p.document, p.line, p.words, p.solid"
                " from documents d join paragraphs p"
                " on p.row >= d.first and p.row < d.first + d.paragraphs"
                " where d.row = ? order by p.row",
                (row,),
            )
            for row in documents
        ]
        return _columns([row for part in parts for row in part])

    def equal(
        self, solids: Sequence[int], most: int, *, last: bool = False
    ) -> ParagraphRows:
        """Return for each of some letters the first or last paragraphs of those."""
        if most == 1:
            return self._paragraphs(
                "row in (select (select row from paragraphs where solid = asked.value"
                " order by row limit 1) from json_each(?) asked)",
                solids,
            )
        order = "desc" if last else "asc"
        query = (
            "select row, document, line, words, solid from paragraphs"  # noqa: S608
            f" where solid = ? order by row {order} limit ?"
        )
        parts = [self._rows(query, (solid, most)) for solid in solids]
        return _columns([row for part in parts for row in part])

    def containing(self, keys: Sequence[int]) -> list[Block]:
        """Return the blocks in which some postings belong, ascending."""
        rows = self._among(
            "select first, postings from blocks where first in ("
            " select (select max(first) from blocks where first <= asked.value)"
            " from json_each(?) asked) order by first",
            keys,
        )
        return [Block(*row) for row in sorted(dict(rows).items())]

    def spanning(self, keys: Sequence[int], most: int) -> list[Block]:
        """Return the blocks that hold the shingles whose lowest postings are given."""
        rows = self._among(
            "select block.first, block.postings,"
            # From the lowest posting of a shingle to the highest.
            " (select max(first) from blocks where first <= asked.value + 4294967295)"
            " from json_each(?) asked join blocks block on block.first ="
            " (select max(first) from blocks where first <= asked.value)",
            keys,
        )
        found = {first: data for first, data, last in rows if first == last}
        for first, _, last in rows:
            if first != last:
                found |= self._rows(
                    "select first, postings from blocks where first between ? and ?"
                    " order by first desc limit ?",
                    (first, last, most),
                )
        return [Block(*item) for item in sorted(found.items())]

    def blocks(self, first: int, most: int) -> list[Block]:
        """Return the next blocks from one on."""
        rows = self._rows(
            "select first, postings from blocks where first >= ?"
            " order by first limit ?",
            (first, most),
        )
        return [Block(*row) for row in rows]

    def put(self, blocks: Iterable[Block], dropped: Sequence[int]) -> None:
        """Write blocks in the place of those of the same name, and drop others."""
        self._connection.executemany(
            "delete from blocks where first = ?", ((first,) for first in dropped)
        )
        self._connection.executemany("replace into blocks values (?, ?)", blocks)

    def damage(self, *, full: bool) -> Iterator[str]:
        """Yield what is wrong with the file itself."""
        check = "integrity_check" if full else "quick_check"
        try:
            rows = self._connection.execute(f"pragma {check}").fetchall()
        except sqlite3.Error as error:
            yield str(error)
            return
        yield from (str(row[0]) for row in rows if row != ("ok",))

    def snapshot(self, out: Path) -> None:
        """Write a copy that can be read where nothing can be written."""
        with new_file(out) as new:
            if out.exists() and out.samefile(self.path):
                raise ArchiveError(f"{out} is the archive itself; choose another file.")
            check_no_log(out)
            self._connection.execute("pragma query_only = off")
            self._connection.execute("vacuum into ?", (uri(new, "rwc"),))
            with contextlib.closing(opened(new, "rw")) as copy:
                # A log cannot be kept where nothing can be written.
                copy.execute("pragma journal_mode = delete")
            to_disk(new)
            new.replace(real_path(out))

    @classmethod
    @contextlib.contextmanager
    def rebuilding(cls, path: Path) -> Iterator[Rebuilding]:
        """Hand out what is in a file, whatever rules wrote it, to write it anew.

        What was written to `new` takes the place of the file at the end, unless there
        was an error. Nobody else can read or write it meanwhile.
        """
        connection = connected(path, write=True)
        with new_file(path) as new, contextlib.closing(connection):
            check_known(path, connection)
            connection.execute("pragma trusted_schema = off")
            connection.execute("pragma locking_mode = exclusive")
            # Else a log of the old file would lie beside the new one.
            connection.execute("pragma journal_mode = delete")
            connection.execute("begin exclusive")
            sweep(path)
            rebuilding = Rebuilding(connection, real_path(path), new)
            yield rebuilding
            to_disk(new)
            if rebuilding.lost:
                os.link(real_path(path), beside(path, "damaged"))
            new.replace(real_path(path))

    def _prepare(self, *, write: bool) -> None:
        """Refuse what is not ours, then set what the connection needs."""
        run = self._connection.execute
        run("pragma trusted_schema = off")
        run("pragma cell_size_check = on")
        self._check_identity()
        run(f"pragma cache_size = {_WRITER_CACHE if write else _READER_CACHE}")
        if not write:
            run("pragma query_only = on")
            return
        run("pragma journal_mode = wal")
        run("pragma synchronous = normal")
        run(f"pragma wal_autocheckpoint = {_CHECKPOINT}")

    def _check_file(self) -> None:
        """Refuse to write to a file that another has taken the place of."""
        if file_at(self.path) != self._file:
            raise ArchiveError(f"{self.path}{REBUILT}")

    def _check_identity(self) -> None:
        version = check_known(self.path, self._connection)
        if version < SCHEMA_VERSION:
            raise ArchiveError(
                f"{self.path} was written by an older dedupe (schema {version});"
                f" bring it up to date with: dedupe archive rebuild {self.path}"
            )
        if schema_of(self._connection) != schema():
            raise ArchiveError(suspicious(self.path))

    def _paragraphs(self, condition: str, values: Iterable[int]) -> ParagraphRows:
        rows = self._among(
            "select row, document, line, words, solid from paragraphs"  # noqa: S608
            f" where {condition} order by row",
            values,
        )
        return _columns(rows)

    def _among(self, query: str, values: Iterable[Any]) -> list[Any]:
        """Return the rows of a query about some values, not too many at a time."""
        asked = list(values)
        rows: list[Any] = []
        for start in range(0, len(asked), _AT_ONCE):
            some = json.dumps(asked[start : start + _AT_ONCE])
            rows += self._rows(query, (some,))
        return rows

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with telling_errors(self.path):
            return self._connection.execute(query, values).fetchall()


def _columns(rows: list[Any]) -> ParagraphRows:
    try:
        table = np.array(rows, np.int64).reshape(-1, len(ParagraphRows._fields))
    except (TypeError, ValueError, OverflowError):
        raise ArchiveError("the table of paragraphs is damaged") from None
    return ParagraphRows(*np.ascontiguousarray(table.T))
