"""Keep an archive in one SQLite file: the only module that knows sqlite3."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from dedupe.archive.index import LOWEST, Block, encode
from dedupe.archive.records import Record, digest_of
from dedupe.archive.store import Known, ParagraphRows, Stored, Totals
from dedupe.errors import ArchiveError

APPLICATION_ID = 0xDED0A7AB - (1 << 32)  # SQLite keeps it signed
SCHEMA_VERSION = 2
BUSY_SECONDS = 30
# Nothing in an archive is longer: a text of two gigabytes, compressed.
LONGEST = 1 << 30  # bytes
# Articles and blocks of postings are a kilobyte or two: on smaller pages, few would
# lie beside one another and much room would be left between them.
_PAGE = 8192  # bytes
_WRITER_CACHE = -64 << 10  # KiB, negative as SQLite wants it
_READER_CACHE = -16 << 10
# An article changes some hundred pages; a file of this size is still soon copied back.
_CHECKPOINT = 1000  # pages
_AT_ONCE = 5000  # rows
_LOGS = ("-wal", "-journal")  # ends of their names

_DOCUMENT = (
    "row, first, paragraphs, words, checksum, "
    "id, content, added, title, date, outlet, author, url, size, text"
)


class SqliteStore:
    """An archive in a file of SQLite."""

    def __init__(self, path: Path, *, write: bool = False) -> None:
        """Open a file; raise ArchiveError when it is not an archive of ours."""
        self.path = path
        self._connection = _connected(path, write=write)
        try:
            with _errors(path):
                self._prepare(write=write)
                self._file = _file_at(path)
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def create(cls, path: Path, meta: Mapping[str, str]) -> None:
        """Make an empty archive; raise ArchiveError when there is a file already."""
        with _new_file(path) as new:
            if path.exists():
                raise ArchiveError(f"{path} exists already; choose another file.")
            _check_no_log(path)
            with contextlib.closing(_opened(new, "rwc")) as connection:
                connection.execute(f"pragma page_size = {_PAGE}")
                connection.executescript(
                    f"begin;\n{_schema_text()}"
                    f"pragma application_id = {APPLICATION_ID};\n"
                    f"pragma user_version = {SCHEMA_VERSION};\n"
                )
                connection.executemany("insert into meta values (?, ?)", meta.items())
                nothing = Totals(0, 0, 0, 0, 0)
                connection.execute(
                    "insert into totals values (1, ?, ?, ?, ?, ?, ?)",
                    (*nothing, digest_of(nothing)),
                )
                none = np.empty(0, np.uint64)
                borders = np.zeros(2, np.int64)
                empty = encode(np.array([LOWEST]), borders, none)
                connection.executemany("insert into blocks values (?, ?)", empty)
                connection.execute("commit")
            _publish(new, path)

    def close(self) -> None:
        """Let go of the file; what was written is copied back into it."""
        self._connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Keep what is changed inside, all of it or nothing."""
        with _errors(self.path):
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
        with _errors(self.path):
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
            raise ArchiveError(_damaged(self.path, "what it says of itself is lost"))
        return dict(rows)

    def totals(self) -> Totals:
        """Return how much there is."""
        rows = self._rows(
            "select checksum, generation, documents, paragraphs, words, postings"
            " from totals"
        )
        if len(rows) != 1 or rows[0][0] != digest_of(rows[0][1:]):
            raise ArchiveError(_damaged(self.path, "its totals are lost"))
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
            f"insert into documents ({_DOCUMENT})"  # noqa: S608 - names of columns
            f" values ({', '.join('?' * len(_DOCUMENT.split(', ')))})",
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
                f"select {_DOCUMENT} from documents"  # noqa: S608 - names of columns
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
        with _new_file(out) as new:
            if out.exists() and out.samefile(self.path):
                raise ArchiveError(f"{out} is the archive itself; choose another file.")
            _check_no_log(out)
            self._connection.execute("pragma query_only = off")
            self._connection.execute("vacuum into ?", (_uri(new, "rwc"),))
            with contextlib.closing(_opened(new, "rw")) as copy:
                # A log cannot be kept where nothing can be written.
                copy.execute("pragma journal_mode = delete")
            _to_disk(new)
            new.replace(_real(out))

    @classmethod
    @contextlib.contextmanager
    def rebuilding(cls, path: Path) -> Iterator[Rebuilding]:
        """Hand out what is in a file, whatever rules wrote it, to write it anew.

        What was written to `new` takes the place of the file at the end, unless there
        was an error. Nobody else can read or write it meanwhile.
        """
        connection = _connected(path, write=True)
        with _new_file(path) as new, contextlib.closing(connection):
            _check_known(path, connection)
            connection.execute("pragma trusted_schema = off")
            connection.execute("pragma locking_mode = exclusive")
            # Else a log of the old file would lie beside the new one.
            connection.execute("pragma journal_mode = delete")
            connection.execute("begin exclusive")
            _sweep(path)
            rebuilding = Rebuilding(connection, _real(path), new)
            yield rebuilding
            _to_disk(new)
            if rebuilding.lost:
                os.link(_real(path), _beside(path, "damaged"))
            new.replace(_real(path))

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
        if _file_at(self.path) != self._file:
            raise ArchiveError(f"{self.path}{_REBUILT}")

    def _check_identity(self) -> None:
        version = _check_known(self.path, self._connection)
        if version < SCHEMA_VERSION:
            raise ArchiveError(
                f"{self.path} was written by an older dedupe (schema {version});"
                f" bring it up to date with: dedupe archive rebuild {self.path}"
            )
        if _schema_of(self._connection) != _schema():
            raise ArchiveError(_suspicious(self.path))

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
        with _errors(self.path):
            return self._connection.execute(query, values).fetchall()


class Rebuilding:
    """An archive that is written anew: what it holds, and where the new one goes."""

    def __init__(self, connection: sqlite3.Connection, path: Path, new: Path) -> None:
        self._connection = connection
        self._path = path
        self.new = new
        self.lost: list[str] = []  # what could not be read

    def create(self, meta: Mapping[str, str]) -> None:
        """Make the new archive, which nobody may read who may not read the old one."""
        SqliteStore.create(self.new, meta)
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
                return _DOCUMENT.replace("author", "'' as author")
        return _DOCUMENT

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


def _check_known(path: Path, connection: sqlite3.Connection) -> int:
    """Return the version of a file's schema if it is one that is known here."""
    [(application,)] = connection.execute("pragma application_id").fetchall()
    [(version,)] = connection.execute("pragma user_version").fetchall()
    if application != APPLICATION_ID:
        raise ArchiveError(_foreign(path))
    if version > SCHEMA_VERSION:
        raise ArchiveError(
            f"{path} was written by a newer dedupe (schema {version}, this one knows"
            f" {SCHEMA_VERSION}); upgrade dedupe to read it."
        )
    kinds = connection.execute("select type, name from sqlite_schema").fetchall()
    if any(kind not in ("table", "index") for kind, _ in kinds):
        raise ArchiveError(_suspicious(path))
    return int(version)


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[Path]:
    """Hand out a name beside a file, under which nothing is left at the end."""
    with _errors(path):
        new = _beside(path)
        try:
            yield new
        finally:
            for end in ("", *_LOGS, "-shm"):
                new.with_name(new.name + end).unlink(missing_ok=True)


def _check_no_log(path: Path) -> None:
    """Refuse to give a file a name at which SQLite would find the log of another.

    It would be read as part of the new file. One that is empty does no harm.
    """
    path = _real(path)
    for end in _LOGS:
        log = path.with_name(path.name + end)
        if log.exists() and log.stat().st_size:
            raise ArchiveError(
                f"{log} is the log of another archive of this name; remove it, or"
                " choose another file."
            )


def _real(path: Path) -> Path:
    """Return what links lead to: beside it SQLite keeps its log."""
    return Path(os.path.realpath(path))


def _sweep(path: Path) -> None:
    """Remove what a rebuild that was killed has left; nobody else is at it now."""
    path = _real(path)
    for left in path.parent.iterdir():
        if re.fullmatch(re.escape(path.name) + r"-[0-9a-f]{12}\.new.*", left.name):
            left.unlink(missing_ok=True)


def _beside(path: Path, end: str = "new") -> Path:
    """Return a name in the same folder that nothing has yet."""
    path = _real(path)
    return path.with_name(f"{path.name}-{os.urandom(6).hex()}.{end}")


def _file_at(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return (status.st_dev, status.st_ino)


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _suspicious(path: Path) -> str:
    return (
        f"{path} holds tables, triggers or views that an archive does not have; do not"
        " trust it. Make a new one from the texts."
    )


def _connected(path: Path, *, write: bool) -> sqlite3.Connection:
    with _errors(path):
        if not path.exists():
            raise ArchiveError(
                f"{path} does not exist; make it with: dedupe archive create {path}"
            )
        if not path.is_file():
            raise ArchiveError(f"{path} is not a file.")
        # Where nothing can be written nobody writes, and no log can be kept beside it.
        real = _real(path)
        log = real.with_name(real.name + "-wal")
        frozen = not os.access(real.parent, os.W_OK) and not log.exists()
        if write and frozen:
            raise ArchiveError(f"{path} cannot be written to: its folder is read-only.")
        mode = "rw" if write else "ro&immutable=1" if frozen else "ro"
        return _opened(path, mode)


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        _uri(path, mode), timeout=BUSY_SECONDS, isolation_level=None, uri=True
    )
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
    connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    return connection


def _uri(path: Path, mode: str) -> str:
    # A name may hold what means something in a URI.
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"


def _publish(new: Path, path: Path) -> None:
    """Give a finished file its name, unless something has that name by now."""
    try:
        os.link(new, _real(path))
    except FileExistsError:
        raise ArchiveError(f"{path} exists already; choose another file.") from None
    except OSError:
        new.rename(_real(path))  # a file system without links


@contextlib.contextmanager
def _errors(path: Path) -> Iterator[None]:
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
        raise ArchiveError(_damaged(path, error.reason)) from error
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}.") from error


def _explained(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0)
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return f"{path}{_REBUILT}"
    code &= 0xFF  # the kind
    if code == sqlite3.SQLITE_NOTADB:
        return _foreign(path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
        # Behind it may stand the name of a new file.
        reason, _, _ = str(error).partition(": ")
        return f"{path} cannot be read or written: {reason}."
    if code in _REASONS:
        return f"{path}{_REASONS[code]}"
    return _damaged(path, str(error))


_REBUILT = " was rebuilt meanwhile; try again."
_REASONS = {
    sqlite3.SQLITE_BUSY: " is being written by another process; try again.",
    sqlite3.SQLITE_LOCKED: " is being written by another process; try again.",
    sqlite3.SQLITE_FULL: ": the disk is full; nothing of this was kept.",
    sqlite3.SQLITE_TOOBIG: ": a text is too long to be kept; nothing of this was kept.",
    sqlite3.SQLITE_READONLY: " cannot be written to.",
}


def _foreign(path: Path) -> str:
    return f"{path} is not an archive of dedupe."


def _damaged(path: Path, reason: str) -> str:
    return (
        f"{path} is damaged or cannot be read ({reason}); look with: dedupe archive"
        f" verify --full {path}, and write it anew with: dedupe archive rebuild {path}"
    )


def _columns(rows: list[Any]) -> ParagraphRows:
    try:
        table = np.array(rows, np.int64).reshape(-1, len(ParagraphRows._fields))
    except (TypeError, ValueError, OverflowError):
        raise ArchiveError("the table of paragraphs is damaged") from None
    return ParagraphRows(*np.ascontiguousarray(table.T))


@cache
def _schema_text() -> str:
    return Path(__file__).with_name("schema.sql").read_text("utf-8")


@cache
def _schema() -> tuple[Any, ...]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(_schema_text())
        return _schema_of(connection)


def _schema_of(connection: sqlite3.Connection) -> tuple[Any, ...]:
    query = "select type, name, tbl_name, sql from sqlite_schema order by type, name"
    return tuple(connection.execute(query))
