from __future__ import annotations

import errno
import gzip
import json
import lzma
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from dedupe.cli import main

COMMAND = [sys.executable, "-m", "dedupe", "clean"]
LEAD = "افتتحت البلدية أمس المكتبة العامة في الحي القديم بعد ترميمها مدة عامين ."
BODY = "قال مدير المرصد إن أمطارا غزيرة ستهطل على المرتفعات الغربية مساء الخميس ."
DIRTY = f"{LEAD}\n{BODY}\nوأضاف : نعم ، غدا\n{BODY}\n"
CLEAN = (
    f"{LEAD}\n{BODY}\nوأضاف : نعم ، غدا\n".replace(" .", ".")
    .replace(" :", ":")
    .replace(" ،", "،")
)

posix = pytest.mark.skipif(os.name != "posix", reason="needs signals and modes")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of texts: dirty and clean ones, in many forms, and broken ones."""
    monkeypatch.chdir(tmp_path)
    write(
        tmp_path,
        {
            "dirty.txt": DIRTY.encode(),
            "clean.txt": CLEAN.encode(),
            "news/a.txt": DIRTY.encode(),
            "news/deep/b.md": f"---\ntitle : x\n---\n\n{DIRTY}".encode(),
            "news/c.txt": DIRTY.replace("\n", "\r\n").encode("utf-8-sig"),
            "news/d.txt": DIRTY.encode("utf-16"),
            "news/e.txt": DIRTY.encode("cp1256"),
            "news/f.txt": DIRTY.removesuffix("\n").encode(),
            "news/g.txt.gz": gzip.compress(DIRTY.encode()),
            "news/h.jsonl": lines(DIRTY, CLEAN),
            "news/i.jsonl.gz": gzip.compress(lines(CLEAN, DIRTY)),
            "news/j.txt": CLEAN.encode(),
            "news/k.txt": b"",
            "broken/a.txt": b"\x00\x01\x02\xff" * 100,
            "broken/b.txt": DIRTY.encode(),
            "broken/c.jsonl": b'{"text": 7}\nx\n' + lines(DIRTY),
        },
    )
    return tmp_path


def lines(*texts: str) -> bytes:
    records = [
        {"id": f"n{number}", "text": text, "score": 1.0}
        for number, text in enumerate(texts)
    ]
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def unpacked(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def clean(*arguments: str, data: bytes | None = None) -> tuple[int, bytes, str]:
    ended = CliRunner().invoke(main, ["clean", *arguments], input=data)
    assert "internal error" not in ended.stderr, ended.stderr
    return ended.exit_code, ended.stdout_bytes, ended.stderr


@pytest.mark.usefixtures("folder")
def test_the_clean_text_of_one_file_is_printed() -> None:
    code, out, told = clean("dirty.txt")
    assert (code, out.decode()) == (0, CLEAN)
    assert "1 of 1 document changed" in told
    assert clean("clean.txt")[:2] == (0, CLEAN.encode())


@pytest.mark.usefixtures("folder")
def test_standard_input_is_cleaned_under_the_name_it_is_given() -> None:
    assert clean("-", data=DIRTY.encode())[:2] == (0, CLEAN.encode())
    code, out, _ = clean("-", "--stdin-filename", "x.jsonl", data=lines(DIRTY))
    assert (code, out) == (0, lines(CLEAN))


ENCODED = [
    ("utf-16", "auto", "x.jsonl", bytes),
    ("utf-16-be", "auto", "x.jsonl.gz", gzip.compress),
    ("utf-8-sig", "auto", "x.jsonl.xz", lzma.compress),
    ("cp1256", "windows-1256", "x.jsonl", bytes),
    ("cp1256", "windows-1256", "x.jsonl.xz", lzma.compress),
]


@pytest.mark.parametrize(("codec", "encoding", "name", "pack"), ENCODED)
def test_json_lines_of_any_encoding_may_come_by_standard_input(
    folder: Path, codec: str, encoding: str, name: str, pack: Callable[[bytes], bytes]
) -> None:
    dirty, clear = (
        (json.dumps({"text": text}, ensure_ascii=False) + "\n").encode(codec)
        for text in (DIRTY, CLEAN)
    )
    data = pack(dirty)
    given = ["--encoding", encoding]
    for goal in ([], ["--check"]):
        (folder / name).write_bytes(data)
        by_name = clean(*given, *goal, name)
        by_input = clean(*given, *goal, "-", "--stdin-filename", name, data=data)
        assert by_input[:2] == by_name[:2]
        assert by_name[0] == len(goal)
        assert goal or by_input[1] == clear


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz"])
def test_long_json_lines_in_utf_16_are_cleaned_and_restored(
    folder: Path, name: str
) -> None:
    dirty, clear = (
        lines(*[text, CLEAN] * 2000).decode().encode("utf-16")
        for text in (DIRTY, CLEAN)
    )
    data = gzip.compress(dirty, 0) if name.endswith(".gz") else dirty
    assert len(data) > 2 << 20  # more than is read at once
    (folder / name).write_bytes(data)
    assert clean(name, "--write", "--report", "r.jsonl")[0] == 0
    assert unpacked((folder / name).read_bytes()) == clear
    assert clean("--undo", "r.jsonl")[0] == 0
    assert unpacked((folder / name).read_bytes()) == dirty


def test_a_line_that_holds_but_a_byte_order_mark_is_blank(folder: Path) -> None:
    (folder / "x.jsonl").write_bytes(b"\xef\xbb\xbf\r\n" + lines(DIRTY))
    code, out, _ = clean("x.jsonl")
    assert (code, out) == (0, b"\xef\xbb\xbf\r\n" + lines(CLEAN))


@pytest.mark.usefixtures("folder")
def test_several_files_cannot_be_printed_and_the_error_says_what_can() -> None:
    code, out, told = clean("dirty.txt", "clean.txt")
    assert (code, out) == (2, b"")
    assert all(way in told for way in ("--output-dir", "--write", "--check", "--diff"))


def test_a_tree_holds_every_text_in_its_own_form(folder: Path) -> None:
    before = tree(folder / "news")
    code, out, _ = clean("news", "--output-dir", "out")
    after = tree(folder / "out")
    assert (code, out) == (0, b"")
    assert tree(folder / "news") == before
    assert after.keys() == before.keys()
    assert after["a.txt"] == CLEAN.encode()
    assert after["deep/b.md"] == f"---\ntitle : x\n---\n\n{CLEAN}".encode()
    assert after["c.txt"] == CLEAN.replace("\n", "\r\n").encode("utf-8-sig")
    assert after["d.txt"] == CLEAN.encode("utf-16")
    assert after["e.txt"] == CLEAN.encode("cp1256")
    assert after["f.txt"] == CLEAN.removesuffix("\n").encode()
    assert unpacked(after["g.txt.gz"]) == CLEAN.encode()
    assert after["h.jsonl"] == lines(CLEAN, CLEAN)
    assert unpacked(after["i.jsonl.gz"]) == lines(CLEAN, CLEAN)
    assert after["j.txt"] == before["j.txt"]
    assert after["k.txt"] == b""


def test_writing_in_place_gives_what_a_tree_holds(folder: Path) -> None:
    clean("news", "--output-dir", "out")
    assert clean("news", "--write")[0] == 0
    assert tree(folder / "news") == tree(folder / "out")
    assert clean("news", "--check")[:2] == (0, b"")
    assert clean("news", "--diff")[:2] == (0, b"")


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_the_bytes_are_the_same_for_any_number_of_processes(
    folder: Path, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", jobs)
    clean("news", "--output-dir", "one", "--report", "one.jsonl", "-j", "1")
    run = subprocess.run(
        [*COMMAND, "news", "--output-dir", "two", "--report", "two.jsonl", "-j", jobs],
        check=True,
        capture_output=True,
    )
    assert run.stdout == b""
    assert tree(folder / "one") == tree(folder / "two")
    one = (folder / "one.jsonl").read_text("utf-8").replace('"one/', '"two/')
    assert one == (folder / "two.jsonl").read_text("utf-8")


def test_check_lists_what_would_change_and_changes_nothing(folder: Path) -> None:
    before = tree(folder)
    code, out, _ = clean("dirty.txt", "clean.txt", "news", "--check")
    assert code == 1
    names = [line.partition(": ")[0] for line in out.decode().splitlines()]
    assert names == [
        "dirty.txt",
        *(f"news/{name}" for name in ("a.txt", "c.txt", "d.txt", "deep/b.md", "e.txt")),
        *(f"news/{name}" for name in ("f.txt", "g.txt.gz", "h.jsonl", "i.jsonl.gz")),
    ]
    assert out.decode().splitlines()[0].endswith("1 repeated-paragraph")
    assert tree(folder) == before
    assert clean("dirty.txt", "--check", "--exit-zero")[0] == 0


@pytest.mark.usefixtures("folder")
def test_a_diff_shows_what_goes_and_exits_with_one() -> None:
    code, out, _ = clean("dirty.txt", "--diff")
    shown = out.decode().splitlines()
    assert code == 1
    assert shown[:2] == ["--- dirty.txt", "+++ dirty.txt (clean)"]
    assert f"  | [-{BODY}-]" in shown
    assert any(line.endswith("عامين[- -].") for line in shown)


def test_every_change_can_be_undone_to_the_byte(folder: Path) -> None:
    before = tree(folder / "news")
    assert clean("news", "--write", "--report", "report.jsonl")[0] == 0
    assert tree(folder / "news") != before
    code, _, told = clean("--undo", "report.jsonl")
    assert code == 0, told
    restored = tree(folder / "news")
    assert restored.keys() == before.keys()
    for name, data in restored.items():
        assert unpacked(data) == unpacked(before[name]), name
        assert data == before[name] or name.endswith(".gz")
    assert clean("--undo", "report.jsonl")[0] == 0


def test_a_file_that_changed_since_is_not_undone_but_the_others_are(
    folder: Path,
) -> None:
    before = tree(folder / "news")
    clean("news", "--write", "--report", "report.jsonl")
    changed = ["a.txt", "h.jsonl"]
    for name in changed:
        with (folder / "news" / name).open("r+b") as file:
            file.seek(20)
            file.write(b"  ")
    (folder / "news" / "c.txt").unlink()
    left = {name: tree(folder / "news")[name] for name in changed}
    code, _, told = clean("--undo", "report.jsonl")
    after = tree(folder / "news")
    assert code == 2
    since = "has changed since it was cleaned; it is left as it is"
    assert [line for line in told.splitlines() if "cannot undo" in line] == [
        f"dedupe: cannot undo: news/a.txt: {since}",
        "dedupe: cannot undo: news/c.txt: no such file or folder; check the path",
        f"dedupe: cannot undo: news/h.jsonl: line 1: {since}",
    ]
    assert {name: after[name] for name in changed} == left
    assert after["d.txt"] == before["d.txt"]
    assert after["f.txt"] == before["f.txt"]


@pytest.mark.usefixtures("folder")
def test_the_report_of_an_earlier_run_is_not_written_over() -> None:
    clean("dirty.txt", "--write", "--report", "report.jsonl")
    code, _, told = clean("dirty.txt", "--write", "--report", "report.jsonl")
    assert code == 2
    assert "only way back" in told
    assert clean("--undo", "report.jsonl")[0] == 0
    assert Path("dirty.txt").read_bytes() == DIRTY.encode()


def test_the_report_is_blamed_for_nothing_but_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr("dedupe.processes.outcomes_in_order", fail)
    asked = ["clean", "dirty.txt", "--write", "--report", "report.jsonl"]
    ended = CliRunner().invoke(main, asked)
    assert ended.exit_code == 2
    assert os.strerror(errno.EAGAIN) in ended.stderr
    assert "report" not in ended.stderr
    assert (folder / "dirty.txt").read_text(encoding="utf-8") == DIRTY


def test_the_report_names_document_line_and_kept_copy(folder: Path) -> None:
    clean("news/h.jsonl", "dirty.txt", "--check", "--report", "report.jsonl")
    report_lines = (folder / "report.jsonl").read_bytes().splitlines()
    report = [json.loads(line) for line in report_lines]
    heads = [told for told in report if "after_sha256" in told]
    assert [(head["document"], head.get("line")) for head in heads] == [
        ("dirty.txt", None),
        ("n0", 1),
    ]
    [gone] = [
        told
        for told in report
        if told["document"] == "dirty.txt" and "repeated" in told.get("rule", "")
    ]
    start, end = gone["span"]
    assert DIRTY[start:end] == gone["before"]
    assert gone["lines"] == [4, 4]
    assert "line 2" in gone["reason"]


def test_an_unreadable_file_is_named_and_left_and_the_others_are_done(
    folder: Path,
) -> None:
    before = tree(folder / "broken")
    code, _, told = clean("broken", "missing.txt", "--write")
    after = tree(folder / "broken")
    assert code == 2
    named = [line for line in told.splitlines() if "cannot clean" in line]
    assert [line.split(": ")[2] for line in named] == [
        "missing.txt", "broken/a.txt", "broken/c.jsonl:1", "broken/c.jsonl:2",
    ]  # fmt: skip
    assert after["a.txt"] == before["a.txt"]
    assert after["b.txt"] == CLEAN.encode()
    assert after["c.jsonl"] == b'{"text": 7}\nx\n' + lines(CLEAN)


REFUSED = [
    ("no paths", [], "PATHS"),
    ("two ways", ["dirty.txt", "--write", "--check"], "exclude each other"),
    ("output and write", ["news", "--output-dir", "o", "-w"], "exclude each other"),
    ("output inside", ["news", "--output-dir", "news/clean"], "inside the input"),
    ("output is the input", ["news", "--output-dir", "news"], "inside the input"),
    ("output over a file", ["dirty.txt", "--output-dir", "."], "is one of the inputs"),
    ("output over another", ["tree", "--output-dir", "."], "is one of the inputs"),
    ("two to one", ["dirty.txt", "again/dirty.txt", "--output-dir", "o"], "both go to"),
    ("output is a file", ["news", "--output-dir", "dirty.txt"], "is a file"),
    ("nowhere to write", ["-", "--write"], "standard input"),
    ("no name", ["-", "--output-dir", "o"], "--stdin-filename"),
    ("twice from a pipe", ["-", "--across"], "standard input"),
    ("backup of nothing", ["news", "--backup"], "--write"),
    ("backup elsewhere", ["news", "--write", "--backup=/x"], "suffix"),
    ("empty backup", ["news", "--write", "--backup="], "suffix"),
    ("backup over an input", ["x", "x.txt", "--write", "--backup=.txt"], "inputs"),
    ("report over an input", ["dirty.txt", "--report", "dirty.txt"], "inputs"),
    ("report in no folder", ["dirty.txt", "--report", "none/r"], "does not exist"),
    ("policy", ["news", "--check", "--across", "--prefer", "age"], "--prefer"),
    ("digits", ["news", "--check", "--digits", "roman"], "roman"),
    ("words", ["news", "--check", "--min-words", "0"], "--min-words"),
    ("undo with paths", ["news", "--undo", "r"], "from the report"),
    ("undo of nothing", ["--undo", "none.jsonl"], "none.jsonl"),
    ("undo of no report", ["--undo", "dirty.txt"], "is not a report"),
    ("nothing there", ["empty", "--check"], "nothing to read"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "why"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_what_cannot_be_done_is_refused_and_nothing_is_touched(
    folder: Path, arguments: list[str], why: str
) -> None:
    write(folder, {"x": b"x", "x.txt": b"x", "again/dirty.txt": b"x"})
    write(folder, {"tree/x.txt": b"x", "tree/tree/x.txt": b"x"})
    (folder / "empty").mkdir()
    before = tree(folder)
    code, out, told = clean(*arguments, data=b"")
    assert (code, out) == (2, b"")
    assert why in told
    assert tree(folder) == before


def test_an_output_inside_the_inputs_is_seen_through_a_link(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "news")
    code, _, told = clean("news", "--output-dir", "link/out")
    assert code == 2
    assert "inside the input" in told


def test_a_link_inside_of_the_tree_leads_nowhere_else(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "out").mkdir()
    (folder / "out" / "deep").symlink_to(folder / "elsewhere")
    code, _, told = clean("news", "--output-dir", "out")
    assert code == 2
    assert "a link that leads out of out" in told
    assert tree(folder / "elsewhere") == {}
    assert (folder / "out" / "a.txt").read_bytes() == CLEAN.encode()


@posix
def test_mode_and_link_are_kept_and_a_backup_is_the_old_file(folder: Path) -> None:
    path = folder / "dirty.txt"
    path.chmod(0o640)
    (folder / "link.txt").symlink_to("dirty.txt")
    number = path.stat().st_ino
    assert clean("link.txt", "--write", "--backup")[0] == 0
    assert (folder / "link.txt").is_symlink()
    assert path.read_bytes() == CLEAN.encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    backup = folder / "dirty.txt.bak"
    assert backup.read_bytes() == DIRTY.encode()
    assert backup.stat().st_ino == number
    path.write_bytes(DIRTY.encode() + b"x")
    assert clean("dirty.txt", "--write", "--backup=~")[0] == 0
    assert (folder / "dirty.txt~").read_bytes() == DIRTY.encode() + b"x"
    assert not list(folder.glob(".dedupe*"))


def test_a_file_without_changes_is_not_written(folder: Path) -> None:
    before = (folder / "clean.txt").stat()
    assert clean("clean.txt", "--write", "--backup")[0] == 0
    after = (folder / "clean.txt").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert not (folder / "clean.txt.bak").exists()


def test_a_change_that_the_encoding_cannot_hold_is_told_and_not_made(
    folder: Path,
) -> None:
    raw = "حضر 5 رجال ، ونساء من القرى المجاورة".encode("cp1256")
    (folder / "old.txt").write_bytes(raw)
    code, out, told = clean("old.txt", "--digits", "arabic")
    assert (code, out) == (0, raw.replace(" ،".encode("cp1256"), "،".encode("cp1256")))
    assert "windows-1256 cannot hold '٥'" in told


def test_json_in_an_old_encoding_takes_such_a_change_as_an_escape(
    folder: Path,
) -> None:
    raw = '{"id": 1, "text": "حضر 5 رجال"}\n'.encode("cp1256")
    (folder / "old.jsonl").write_bytes(raw)
    code, out, _ = clean("old.jsonl", "--digits", "arabic", "--encoding", "cp1256")
    assert (code, out) == (0, raw.replace(b"5", rb"\u0665"))


def test_code_and_front_matter_are_left_as_they_are(folder: Path) -> None:
    code = "---\nx: 1\n---\n\nنص ، هنا\n\n```\nأ ، ب\n\n\n\nج  د\u200b\n```\n\nنص .\n"
    (folder / "a.md").write_text(code, encoding="utf-8")
    _, out, _ = clean("a.md")
    assert out.decode() == code.replace("نص ،", "نص،").replace("نص .", "نص.")


def test_across_documents_one_copy_stays_by_the_stated_policy(folder: Path) -> None:
    records = [
        {"id": "late", "date": "2020-02-02", "outlet": "a", "text": f"{LEAD}\n{BODY}"},
        {"id": "soon", "date": "2020-01-01", "outlet": "b", "text": f"{BODY}\n{LEAD}"},
    ]
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    for mark in ("", "\ufeff"):
        (folder / "x.jsonl").write_text(mark + text, encoding="utf-8")
        for policy, kept in [("path", 0), ("date", 1), ("outlet:b,path", 1)]:
            code, out, _ = clean("x.jsonl", "--across", "--prefer", policy)
            texts = [
                json.loads(line)["text"]
                for line in out.decode("utf-8-sig").splitlines()
            ]
            assert code == 0
            assert [bool(one) for one in texts] == [kept == 0, kept == 1], policy


def test_long_json_lines_pass_through_in_pieces(folder: Path) -> None:
    many = lines(*[DIRTY, CLEAN] * 6000)  # more than one batch
    bad = many + b"not JSON\n" + lines(DIRTY).removesuffix(b"\n")
    good = lines(*[CLEAN] * 12000) + b"not JSON\n" + lines(CLEAN).removesuffix(b"\n")
    write(folder, {"big/x.jsonl": bad, "big/y.jsonl.gz": gzip.compress(bad, 0)})
    code, _, told = clean("big", "--output-dir", "out")
    after = tree(folder / "out")
    assert code == 2
    assert "big/x.jsonl:12001: not JSON" in told
    assert after["x.jsonl"] == good
    assert unpacked(after["y.jsonl.gz"]) == good
    assert clean("-", "--stdin-filename", "z.jsonl", data=bad)[1] == good
    assert clean("big", "--write", "--report", "r.jsonl")[0] == 2
    assert tree(folder / "big") == after
    assert clean("--undo", "r.jsonl")[0] == 0
    assert (folder / "big/x.jsonl").read_bytes() == bad
    assert unpacked((folder / "big/y.jsonl.gz").read_bytes()) == bad


def test_a_damaged_archive_is_left_as_it_is(folder: Path) -> None:
    packed = gzip.compress(lines(*[DIRTY] * 6000), 0)
    for name, data in [
        ("cut", packed[:-50_000]),
        ("bad", packed[:3] + b"x" * 2_000_000),
    ]:
        write(folder, {f"big/{name}.jsonl.gz": data})
    before = tree(folder / "big")
    code, _, told = clean("big", "--write")
    assert code == 2
    assert "gzip" in told
    assert tree(folder / "big") == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB, where the system lets us have one."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode
    except OSError:
        mounted = 1
    if mounted:
        pytest.skip("no disk can be mounted")
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607


def test_a_full_disk_leaves_the_old_files_whole(small_disk: Path) -> None:
    files = {
        "big.txt": (f"{LEAD}\n" + "سطر ، " * 14_000).encode(),
        "lines.jsonl": lines(*[DIRTY] * 60),
        "small.txt": DIRTY.encode(),
    }
    write(small_disk, files)
    code, _, told = clean(str(small_disk), "--write")
    after = tree(small_disk)
    assert code == 2
    assert "big.txt: cannot write it: no space left on the disk" in told
    assert after["big.txt"] == files["big.txt"]
    assert after["small.txt"] == CLEAN.encode()
    assert after.keys() == files.keys()


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="limits are counted otherwise")
def test_a_file_that_may_not_grow_so_large_is_left_whole(folder: Path) -> None:
    import resource  # noqa: PLC0415 - not on every system

    big = {"big.txt": "سطر ، ".encode() * 9000, "big.jsonl": lines(*[DIRTY] * 9000)}
    write(folder, big)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    run = subprocess.run(
        [*COMMAND, *big, "dirty.txt", "--write", "-j", "1"],
        preexec_fn=limit,
        capture_output=True,
        check=False,
    )
    after = tree(folder)
    assert run.returncode == 2
    for name, data in big.items():
        assert f"cannot clean: {name}: cannot write it: larger" in run.stderr.decode()
        assert after[name] == data
    assert after["dirty.txt"] == CLEAN.encode()
    assert not [name for name in after if name.startswith(".dedupe")]


@posix
def test_a_kill_at_any_moment_leaves_every_file_whole(folder: Path) -> None:
    dirty = {f"{number:03}.txt": f"{number} {DIRTY}".encode() for number in range(400)}
    dirty["big.jsonl"] = lines(*[DIRTY] * 6000)
    write(folder / "many", dirty)
    clean("many", "--output-dir", "out")
    good = tree(folder / "out")
    amounts = set()
    for last in [None, "000.txt", "050.txt", "150.txt", "300.txt", "399.txt"]:
        write(folder / "many", dirty)
        running = subprocess.Popen(
            [*COMMAND, "many", "--write", "-j", "2", "--quiet"], start_new_session=True
        )
        while running.poll() is None:
            if last is None and list((folder / "many").glob(".dedupe-clean-*")):
                break
            if last and (folder / "many" / last).read_bytes() != dirty[last]:
                break
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        after = tree(folder / "many")
        left = {name for name in after if name not in dirty}
        assert all(name.startswith(".dedupe-clean-") for name in left)
        for name, before in dirty.items():
            assert after[name] in (before, good[name]), name
        amounts.add(sum(after[name] != dirty[name] for name in dirty))
    assert any(0 < amount < len(dirty) for amount in amounts)
    assert clean("many", "--write")[0] == 0
    assert tree(folder / "many") == good


@posix
def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(folder: Path) -> None:
    write(folder, {"big.jsonl": lines(*[DIRTY] * 60_000)})
    before = tree(folder)
    running = subprocess.Popen(
        [*COMMAND, "big.jsonl", "--write"], stderr=subprocess.PIPE
    )
    while not list(folder.glob(".dedupe-clean-*")):
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate()
    assert running.returncode == 130
    assert b"interrupted" in told
    assert tree(folder) == before


def test_settings_come_from_a_table_of_their_own(folder: Path) -> None:
    (folder / "number.txt").write_text("عام 2020", encoding="utf-8")
    for text, code, out in [
        ('[clean]\ndigits = "arabic"', 0, "عام ٢٠٢٠"),
        ("min_passage_words = 7\n[clean]\nquiet = true", 0, "عام 2020"),
        ('[clean]\ndigit = "arabic"', 2, "Did you mean 'digits'"),
        ('digit = "arabic"', 2, "unknown key 'digit'"),
        ("[clean]\nwrite = true", 2, "unknown key 'write'"),
    ]:  # fmt: skip
        (folder / "dedupe.toml").write_text(text)
        found, shown, told = clean("number.txt")
        assert (found, out in shown.decode() + told) == (code, True), text
        scanned = CliRunner().invoke(main, ["scan", "number.txt"])
        assert scanned.exit_code == (2 if text.startswith("digit") else 0)


def test_an_environment_variable_cannot_have_files_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEDUPE_WRITE", "1")
    monkeypatch.setenv("DEDUPE_DIGITS", "arabic")
    before = tree(folder)
    code, out, _ = clean("clean.txt")
    assert (code, out.decode()) == (0, CLEAN)
    assert tree(folder) == before


@pytest.mark.usefixtures("folder")
def test_short_lines_are_cleaned_however_many_there_are() -> None:
    data = lines(*[CLEAN] * 30)
    longest = max(map(len, data.splitlines()))
    arguments = ["-", "--stdin-filename", "x.jsonl", "--max-file-size"]
    assert clean(*arguments, str(longest), data=data)[0] == 0
    code, _, told = clean(*arguments, str(longest - 1), data=data)
    assert code == 2
    assert "longer than --max-file-size" in told
