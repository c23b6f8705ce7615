# ruff: noqa: SLF001 - what goes wrong inside is brought about inside
from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from corpora import WORDS
from dedupe import Archive, Document
from dedupe.archive import meta
from dedupe.archive.sqlite import connecting
from dedupe.errors import ArchiveError, DedupeError
from dedupe.settings import RULES_VERSION

# How often each harm is done; docs/archive.md tells of a run with 60 and 120.
KILLS = 6
CORRUPTIONS = 16
WRITERS = 8
DOCUMENTS = 40


def text(number: int) -> str:
    random = Random(number)
    return "\n".join(" ".join(random.choices(WORDS, k=30)) for _ in range(3))


def documents(count: int, first: int = 0) -> list[Document]:
    numbers = range(first, first + count)
    return [Document(f"d{number}", text(number)) for number in numbers]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "published.dedupe"
    with Archive.create(path, seed=1) as made:
        made.add(documents(DOCUMENTS))
    return path


def run(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


WRITER = """
import sys
from pathlib import Path
from random import Random
from dedupe import Archive, Document
path, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
words = "قال الوزير أمس".split()
with Archive.open(path, write=True) as archive:
    for number in range(first, first + count):
        random = Random(number)
        text = " ".join(f"{random.choice(words)}{random.random()}" for _ in range(80))
        if (number - first) % 3 == 2:
            archive.remove([f"w{number - 1}"])
            print("-", number - 1, flush=True)
        archive.add([Document(f"w{number}", text)])
        print("+", number, flush=True)
"""


def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    random = Random(5)
    there: set[str] = set()
    for round_number in range(KILLS):
        child = run(WRITER, path, round_number * 10_000, 10_000)
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(random.random() / 4)
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
        child.wait()
        child.stdout.close()
        for line in lines:
            sign, _, number = line.strip().partition(" ")
            (there.add if sign == "+" else there.discard)(f"w{number}")
        with Archive.open(path, write=True) as opened:
            held = opened.published(f"w{number}" for number in _range(round_number))
            previous = {name for name in there if name in held}
            current = {name for name in there if _round(name) == round_number}
            # What was being written when the kill came may be there, or gone.
            assert len(set(held) ^ current) <= 1
            assert previous == current - (current - set(held))
            assert opened.verify(full=True) == []


def _range(round_number: int) -> range:
    return range(round_number * 10_000, round_number * 10_000 + 10_000)


def _round(name: str) -> int:
    return int(name[1:]) // 10_000


def test_a_kill_in_the_middle_of_many_leaves_whole_documents(path: Path) -> None:
    child = run(
        "import sys\n"
        "from dedupe import Archive, Document\n"
        "archive = Archive.open(sys.argv[1], write=True)\n"
        "def many():\n"
        "    for number in range(10**6):\n"
        "        if number == 3000: print('going', flush=True)\n"
        "        yield Document(f'b{number}', f'كلمة{number} ' * 40)\n"
        "import dedupe.archive as module\n"
        "module.FOLDED_AT_ONCE, module.LEAST_WRITTEN = 1 << 18, 1 << 12\n"
        "archive.add(many())\n",
        path,
    )
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(0.3)
    child.kill()
    child.wait()
    child.stdout.close()
    with Archive.open(path) as opened:
        assert opened.info().documents >= DOCUMENTS
        assert opened.verify(full=True) == []


def test_many_writers_at_once_all_succeed(path: Path) -> None:
    children = [run(WRITER, path, 100 * number, 6) for number in range(WRITERS)]
    for child in children:
        output, _ = child.communicate()
        assert child.returncode == 0
        assert output.count("+") == 6
    with Archive.open(path) as opened:
        assert opened.info().documents == DOCUMENTS + WRITERS * 4
        assert opened.verify(full=True) == []


def test_a_reader_sees_one_state_while_others_write(path: Path) -> None:
    with Archive.open(path) as reader, Archive.open(path, write=True) as writer:
        before = reader.info()
        with reader._store.reading():
            assert reader._store.totals().generation == before.generation
            writer.add(documents(5, DOCUMENTS))
            assert reader._store.totals().generation == before.generation
        assert reader.info().documents == DOCUMENTS + 5


def test_a_full_disk_keeps_the_old_state(path: Path) -> None:
    with Archive.open(path, write=True) as opened:
        before = opened.info()
        connection = opened._store._connection  # type: ignore[attr-defined]
        ((pages,),) = connection.execute("pragma page_count").fetchall()
        connection.execute(f"pragma max_page_count = {pages + 2}")
        with pytest.raises(ArchiveError, match="the disk is full"):
            opened.add(documents(200, 1000))
    with Archive.open(path) as opened:
        after = opened.info()
        assert (after.documents, after.generation) == (
            before.documents,
            before.generation,
        )
        assert opened.verify(full=True) == []


def test_an_archive_that_another_writes_to_is_told_to_be_busy(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 0.1)
    with Archive.open(path, write=True) as one, Archive.open(path, write=True) as other:
        with one._store.writing(), pytest.raises(ArchiveError, match="another process"):
            other.add(documents(1, 500))
        other.add(documents(1, 500))


EVERYTHING = (
    "select * from meta order by key",
    "select * from totals",
    "select * from documents order by row",
    "select * from paragraphs order by row",
    "select * from blocks order by first",
    # These read the indexes.
    "select solid, row from paragraphs order by solid, row",
    "select id, row from documents order by id",
)


def contents(path: Path) -> list[object] | None:
    """All that an archive holds, or None when it cannot be read."""
    found: list[object] = []
    try:
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as c:
            c.text_factory = bytes
            found.append(_identity(c))
            for query in EVERYTHING:
                found += c.execute(query).fetchall()
    except sqlite3.Error:
        return None
    return found


def _identity(connection: sqlite3.Connection) -> list[object]:
    return [
        connection.execute("pragma application_id").fetchall(),
        connection.execute("pragma user_version").fetchall(),
        connection.execute("select type, name, sql from sqlite_schema").fetchall(),
    ]


def test_damage_never_crashes_and_is_found_in_full(path: Path, tmp_path: Path) -> None:
    whole = contents(path)
    data = path.read_bytes()
    random = Random(3)
    harmed = 0
    for number in range(CORRUPTIONS):
        at = random.randrange(len(data) - 16)
        damaged = tmp_path / f"damaged-{number}"
        damaged.write_bytes(data[:at] + random.randbytes(16) + data[at + 16 :])
        touched = contents(damaged) != whole
        harmed += touched
        assert not touched or _is_found(damaged), at
    assert harmed


def _is_found(damaged: Path) -> bool:
    try:
        with Archive.open(damaged) as opened:
            with contextlib.suppress(DedupeError):
                list(opened.query({"new": text(3)}).findings)
            return bool(opened.verify(full=True))
    except DedupeError:
        return True


DAMAGES: dict[str, str] = {
    "text": "update documents set text = zeroblob(40) where row = 3",
    "other text": "update documents set text = (select text from documents where row=4)"
    ", size = (select size from documents where row = 4) where row = 3",
    "title": "update documents set title = 'آخر' where row = 3",
    "date": "update documents set date = '2000-01-01' where row = 3",
    "type": "update documents set title = x'00' where row = 3",
    "size": "update documents set size = size + 1 where row = 3",
    "words": "update documents set words = words + 1 where row = 3",
    "line": "update paragraphs set line = line + 1 where row = 5",
    "solid": "update paragraphs set solid = solid + 1 where row = 5",
    "owner": "update paragraphs set document = document + 1 where row = 5",
    "lost paragraph": "delete from paragraphs where row = 5",
    "lost document": "delete from documents where row = 5",
    "lost block": "delete from blocks where first = (select max(first) from blocks)",
    "block": "update blocks set postings = x'010100000000' where first = "
    "(select max(first) from blocks)",
    "torn block": "update blocks set postings = x'07' where first = "
    "(select max(first) from blocks)",
    "moved block": "update blocks set first = first + 1099511627776 where first = "
    "(select max(first) from blocks)",
    "text for a block": "update blocks set postings = 'text' where first = "
    "(select max(first) from blocks)",
    "no number": "update paragraphs set words = 'many' where row = 5",
    "no settings": "update meta set value = x'00' where key = 'settings'",
    "totals": "update totals set words = words + 1",
    "generation": "update totals set generation = generation + 1",
    "settings": "update meta set value = replace(value, '128', '64')"
    " where key = 'settings'",
    "created": "update meta set value = '2001' where key = 'created'",
}


@pytest.mark.parametrize("harm", DAMAGES)
def test_each_kind_of_damage_is_found(path: Path, harm: str) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(DAMAGES[harm])
    assert _is_found(path)


@pytest.mark.parametrize("harm", ["text", "title", "type", "lost block", "solid"])
def test_a_damaged_archive_is_written_anew_from_what_is_whole(
    path: Path, harm: str
) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(DAMAGES[harm])
    lost = Archive.rebuild(path)
    with Archive.open(path) as opened:
        assert opened.verify(full=True) == []
        assert opened.info().documents == DOCUMENTS - len(lost)
    assert len(lost) == (harm in ("text", "type"))
    kept = [other for other in path.parent.iterdir() if other.suffix == ".damaged"]
    assert len(kept) == len(lost)


HOSTILE = {
    "trigger": "create trigger t after insert on documents begin"
    " delete from documents; end",
    "view": "create view v as select * from documents",
    "table": "create table extra (a)",
    "index": "create index extra on documents (title)",
    "column": "alter table documents add column extra text",
}


@pytest.mark.parametrize("harm", HOSTILE)
@pytest.mark.parametrize("write", [False, True])
def test_a_file_with_more_than_an_archive_has_is_refused(
    path: Path, harm: str, *, write: bool
) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(HOSTILE[harm])
    with pytest.raises(ArchiveError, match="do not trust it"):
        Archive.open(path, write=write)


def test_a_text_that_unpacks_to_more_than_it_says_is_refused(path: Path) -> None:
    bomb = sqlite3.Binary(zlib.compress(b"a" * (1 << 26)))
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update documents set text = ?", (bomb,))
    with (
        Archive.open(path) as opened,
        pytest.raises(ArchiveError, match="is damaged"),
    ):
        opened.query({"new": text(3)})


def _other_database(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table t (a)")


FOREIGN: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("قال الوزير " * 200, encoding="utf-8"),
    "empty": lambda path: path.write_bytes(b""),
    "torn": lambda path: os.truncate(path, 5000),
    "database": _other_database,
    "schema": lambda path: path.write_bytes(
        path.read_bytes().replace(b"text blob not null", b"text blob :\xe8\xff null")
    ),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_file_that_is_no_archive_is_refused(path: Path, kind: str) -> None:
    FOREIGN[kind](path)
    with pytest.raises(ArchiveError, match=r"is not an archive|is damaged"):
        Archive.open(path)


def test_a_missing_archive_is_told_with_the_command_that_makes_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(ArchiveError, match="dedupe archive create"):
        Archive.open(tmp_path / "missing")
    with pytest.raises(ArchiveError, match="not a file"):
        Archive.open(tmp_path)


def set_version(path: Path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"pragma user_version = {version}")


def test_a_newer_schema_is_refused_with_its_cure(path: Path) -> None:
    set_version(path, connecting.SCHEMA_VERSION + 1)
    for attempt in (Archive.open, Archive.rebuild):
        with pytest.raises(ArchiveError, match="upgrade dedupe"):
            attempt(path)


def test_an_older_schema_is_brought_up_to_date_by_rebuild(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("alter table documents drop column author")
    set_version(path, connecting.SCHEMA_VERSION - 1)
    with pytest.raises(ArchiveError, match=f"dedupe archive rebuild {path}"):
        Archive.open(path)
    assert Archive.rebuild(path) == []
    with Archive.open(path) as opened:
        assert opened.info().documents == DOCUMENTS
        assert opened.verify(full=True) == []


def test_other_rules_are_refused_and_rebuilt(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = RULES_VERSION + 1
    monkeypatch.setattr(meta, "RULES_VERSION", other)
    with pytest.raises(ArchiveError, match=f"dedupe archive rebuild {path}"):
        Archive.open(path)
    Archive.rebuild(path, jobs=1)
    with Archive.open(path) as opened:
        assert opened.info().rules == other


def test_a_rebuild_keeps_what_is_known_of_documents(path: Path) -> None:
    with Archive.open(path, write=True) as opened:
        opened.add(
            [Document("x", text(77), "عنوان", "2015", "جريدة", "http://x")],
            added="2026-01-01",
        )
        before = opened.published(["x"])
        settings = opened.settings
        dates = opened._store.dates()[-1][1:]
    Archive.rebuild(path)
    with Archive.open(path) as opened:
        assert opened.published(["x"]) == before
        assert opened.settings == settings
        assert opened._store.dates()[-1][1:] == dates


def test_a_rebuild_sweeps_up_after_one_that_was_killed(path: Path) -> None:
    for end in ("new", "new-wal", "damaged"):
        path.with_name(f"{path.name}-0123456789ab.{end}").write_bytes(b"left")
    Archive.rebuild(path)
    names = sorted(file.name for file in path.parent.iterdir())
    assert names == [path.name, f"{path.name}-0123456789ab.damaged"]


def test_nothing_is_written_to_a_file_that_was_rebuilt_meanwhile(path: Path) -> None:
    with Archive.open(path, write=True) as opened:
        shutil.copy(path, path.with_suffix(".copy"))
        path.with_suffix(".copy").replace(path)
        with pytest.raises(ArchiveError, match="rebuilt meanwhile"):
            opened.add(documents(1, 900))


def test_a_file_that_is_rebuilt_while_it_is_opened_is_told_as_such(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = connecting.check_known

    def rebuilt(path: Path, connection: sqlite3.Connection) -> int:
        monkeypatch.undo()
        Archive.rebuild(path)
        return known(path, connection)

    monkeypatch.setattr("dedupe.archive.sqlite.check_known", rebuilt)
    with pytest.raises(ArchiveError, match="rebuilt meanwhile"):
        Archive.open(path, write=True)


def test_an_archive_in_use_is_not_rebuilt(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 0.1)
    with (
        Archive.open(path, write=True) as opened,
        opened._store.writing(),
        pytest.raises(ArchiveError, match="another process"),
    ):
        Archive.rebuild(path)
    assert [other.name for other in path.parent.iterdir()] == [path.name]


@contextlib.contextmanager
def closed_folder(folder: Path) -> Iterator[None]:
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        yield
    finally:
        folder.chmod(stat.S_IRWXU)


def test_a_snapshot_is_one_file_with_its_hash(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    out = folder / "snapshot.dedupe"
    with Archive.open(path, write=True) as opened:
        opened.add(documents(3, 600))
        digest = opened.snapshot(out)
    assert digest == hashlib.sha256(out.read_bytes()).hexdigest()
    with contextlib.closing(sqlite3.connect(out)) as connection:
        assert connection.execute("pragma journal_mode").fetchall() == [("delete",)]
    with closed_folder(folder), Archive.open(out) as copy:
        assert copy.info().documents == DOCUMENTS + 3
        assert copy.verify(full=True) == []
        assert len(copy.query({"new": text(600)}).findings) == 1
        assert [file.name for file in folder.iterdir()] == [out.name]
    with Archive.open(path) as opened, pytest.raises(ArchiveError, match="itself"):
        opened.snapshot(path)
    told = r"missing/out cannot be read or written: unable to open database\.$"
    with Archive.open(path) as opened, pytest.raises(ArchiveError, match=told):
        opened.snapshot(tmp_path / "missing" / "out")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_closed_folder_is_told(path: Path) -> None:
    with closed_folder(path.parent), pytest.raises(ArchiveError, match="read-only"):
        Archive.open(path, write=True)


def killed_while_it_was_written(path: Path) -> None:
    """Leave documents in the log of an archive, and nobody who has it open."""
    child = run(
        "import os, sys\nfrom dedupe import Archive, Document\n"
        "archive = Archive.open(sys.argv[1], write=True)\n"
        "archive.add([Document('killed', 'نص قديم')])\nos._exit(0)\n",
        path,
    )
    child.communicate()
    assert path.with_name(f"{path.name}-wal").stat().st_size


def test_the_log_of_another_archive_is_not_read_as_part_of_a_new_one(
    path: Path, tmp_path: Path
) -> None:
    log = path.with_name(f"{path.name}-wal")
    killed_while_it_was_written(path)
    source = tmp_path / "source.dedupe"
    told = "-wal is the log of another"
    with Archive.create(source) as other, pytest.raises(ArchiveError, match=told):
        other.snapshot(path)
    path.unlink()
    with pytest.raises(ArchiveError, match=told):
        Archive.create(path)
    assert not path.exists()
    log.unlink()
    with Archive.create(path) as made:
        assert made.info().documents == 0
    # Whoever only reads an archive may leave an empty one.
    path.unlink()
    log.touch()
    with Archive.create(path) as made:
        assert made.info().documents == 0


def test_a_rebuilt_archive_is_closed_to_whom_the_old_one_was(path: Path) -> None:
    path.chmod(0o600)
    Archive.rebuild(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_to_an_archive_stays_one(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "links"
    folder.mkdir()
    link, copy = folder / "archive", folder / "copy"
    link.symlink_to(path)
    copy.symlink_to(tmp_path / "copy.dedupe")
    with Archive.open(link, write=True) as opened:
        opened.add(documents(1, 700))
        opened.snapshot(copy)
    before = path.stat().st_ino
    assert Archive.rebuild(link) == []
    with Archive.create(tmp_path / "made") as other:
        other.snapshot(copy)
    copy.unlink()
    copy.symlink_to(tmp_path / "nothing")
    Archive.create(copy).close()
    assert link.is_symlink()
    assert copy.is_symlink()
    assert path.stat().st_ino != before
    assert {file.name for file in folder.iterdir()} == {"archive", "copy"}
    names = {path.name, "copy.dedupe", "made", "nothing", "links"}
    assert {file.name for file in tmp_path.iterdir()} == names


@pytest.mark.parametrize(
    "name", ["x" * 300, "x" * 250, "file/archive", "missing/archive"]
)
def test_a_path_at_which_no_file_can_be_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    for act in (Archive.create, Archive.open, Archive.rebuild):
        with pytest.raises(ArchiveError):
            act(tmp_path / name)


def test_an_archive_may_have_any_name(path: Path, tmp_path: Path) -> None:
    for name in ("أرشيف ?#%20&x=1", "a'b", "a\nb", os.fsdecode(b"a\xffb")):
        named = tmp_path / name
        with Archive.open(path) as opened:
            opened.snapshot(named)
        with Archive.open(named, write=True) as copy:
            assert len(copy.remove(["d0"])) == 1
        assert Archive.rebuild(named) == []


def test_use_that_is_wrong_is_not_told_as_damage(path: Path) -> None:
    with Archive.open(path) as opened:
        pass
    with pytest.raises(ArchiveError, match="cannot be used here"):
        opened.info()


def test_only_one_of_many_makes_an_archive(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom dedupe import Archive\n"
        "from dedupe.errors import ArchiveError\n"
        "try:\n    Archive.create(sys.argv[1]).close()\n    print('made')\n"
        "except ArchiveError as error:\n    print(error)\n"
    )
    children = [run(code, tmp_path / "archive") for _ in range(4)]
    told = [child.communicate()[0] for child in children]
    assert sorted(line.strip() == "made" for line in told) == [False] * 3 + [True]
    assert [file.name for file in tmp_path.iterdir()] == ["archive"]
