"""Finding the inputs, cutting them into batches, loading them."""

from __future__ import annotations

import gzip
import io
import json
import os
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe.errors import SettingsError
from dedupe.readers import (
    Found,
    LoadedDocument,
    Place,
    ReadOptions,
    files,
    find_sources,
    from_texts,
    load,
    plan,
)
from dedupe.readers.documents import Documents

DEFAULTS = ReadOptions()
LEAD = "وقّع الجانبان مذكرة تفاهم في مجال النقل.\n"


def names(found: Found) -> list[str]:
    return [source.name for source in found.sources]


def read_all(
    found: Found, options: ReadOptions = DEFAULTS
) -> tuple[list[LoadedDocument], list[str]]:
    documents: list[LoadedDocument] = []
    errors: list[str] = [f"{error.path}: {error.reason}" for error in found.errors]
    for batch in plan(found.sources, options):
        loaded = load(batch, options)
        documents += loaded.documents
        errors += [f"{error.path}: {error.reason}" for error in loaded.errors]
    return documents, errors


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, data: str | bytes = LEAD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_folder_gives_its_texts_in_the_order_of_their_paths(here: Path) -> None:
    for name in ("b.txt", "a/z.md", "a.txt", "a/b/c.jsonl", "ب.TXT", "photo.jpg"):
        write(here / "news" / name)
    found = find_sources(["news"])
    assert names(found) == [
        "news/a.txt",
        "news/a/b/c.jsonl",
        "news/a/z.md",
        "news/b.txt",
        "news/ب.TXT",
    ]
    assert found.other == 1


@pytest.mark.parametrize("argument", ["news", "news/", "./news", "news/.", ".//news"])
def test_a_path_is_reported_without_empty_steps(here: Path, argument: str) -> None:
    write(here / "news" / "000.txt")
    assert names(find_sources([argument])) == ["news/000.txt"]


def test_the_current_folder_gives_bare_names(here: Path) -> None:
    write(here / "000.txt")
    assert names(find_sources(["."])) == ["000.txt"]


def test_an_absolute_path_stays_absolute(here: Path) -> None:
    path = write(here / "000.txt")
    assert names(find_sources([here])) == [str(path)]


def test_a_path_object_alone_is_an_argument(here: Path) -> None:
    write(here / "000.txt")
    assert names(find_sources(Path("000.txt"))) == ["000.txt"]


def test_a_file_that_is_reached_twice_is_read_once(here: Path) -> None:
    write(here / "news" / "000.txt")
    write(here / "news" / "old" / "001.txt")
    (here / "link.txt").symlink_to("news/000.txt")
    found = find_sources(
        ["news", "news/000.txt", "./news/old", "link.txt", "news/../news"]
    )
    assert names(found) == ["news/000.txt", "news/old/001.txt"]


def test_the_order_of_arguments_changes_nothing(here: Path) -> None:
    for name in ("a/1.txt", "b/2.txt", "3.txt"):
        write(here / name)
    assert find_sources(["3.txt", "b", "a"]) == find_sources(["a", "b", "3.txt"])


def test_a_named_file_is_read_whatever_its_extension(here: Path) -> None:
    write(here / "README")
    documents, errors = read_all(find_sources(["README"]))
    assert [document.text for document in documents] == [LEAD]
    assert not errors


def test_an_empty_folder_gives_nothing_and_is_no_error(here: Path) -> None:
    (here / "empty").mkdir()
    assert find_sources(["empty"]) == Found(())


def test_an_empty_file_is_an_empty_document(here: Path) -> None:
    write(here / "empty.txt", "")
    documents, errors = read_all(find_sources(["empty.txt"]))
    assert [(document.text, document.encoding) for document in documents] == [
        ("", "utf-8")
    ]
    assert not errors


def test_a_missing_path_is_an_error_and_the_rest_is_found(here: Path) -> None:
    write(here / "000.txt")
    found = find_sources(["missing.txt", "000.txt/x", "000.txt"])
    assert names(found) == ["000.txt"]
    assert [error.path for error in found.errors] == ["000.txt/x", "missing.txt"]
    assert "no such file" in found.errors[0].reason


@pytest.mark.parametrize("path", ["nul\0.txt", "x" * 5000, "lone\ud800.txt"])
def test_a_path_that_cannot_be_is_an_error(path: str) -> None:
    found = find_sources([path])
    assert not found.sources
    assert [error.path for error in found.errors] == [path]


def test_hidden_files_are_left_out_unless_asked_for(here: Path) -> None:
    for name in ("a.txt", ".b.txt", ".c/d.txt", ".git/e.txt"):
        write(here / name)
    assert names(find_sources(["."])) == ["a.txt"]
    assert names(find_sources(["."], ReadOptions(hidden=True))) == [
        ".b.txt",
        ".c/d.txt",
        "a.txt",
    ]
    assert names(find_sources([".c", ".b.txt"])) == [".b.txt", ".c/d.txt"]


def test_a_folder_named_like_a_text_is_a_folder(here: Path) -> None:
    write(here / "x.txt" / "y.txt")
    assert names(find_sources(["."])) == ["x.txt/y.txt"]


def test_links_in_a_folder_are_named_and_not_followed(here: Path) -> None:
    write(here / "outside.txt")
    write(here / "news" / "a.txt")
    (here / "news" / "evil.txt").symlink_to(here / "outside.txt")
    (here / "news" / "loop").symlink_to("..")
    (here / "news" / "gone.txt").symlink_to("nowhere")
    (here / "news" / "gone.dat").symlink_to("nowhere")
    found = find_sources(["news"])
    assert names(found) == ["news/a.txt"]
    assert [(problem.path, problem.reason[:20]) for problem in found.skipped] == [
        ("news/evil.txt", "a symbolic link; pas"),
        ("news/gone.txt", "a symbolic link that"),
        ("news/loop", "a symbolic link; pas"),
    ]


def test_followed_links_take_every_file_once_and_never_loop(here: Path) -> None:
    write(here / "outside" / "b.txt")
    write(here / "news" / "a.txt")
    (here / "news" / "again.txt").symlink_to("a.txt")
    (here / "news" / "loop").symlink_to("..")
    (here / "news" / "self.txt").symlink_to("self.txt")
    (here / "news" / "there").symlink_to(here / "outside")
    found = find_sources(["news"], ReadOptions(follow=True))
    assert names(found) == ["news/a.txt", "news/loop/outside/b.txt"]
    assert [problem.path for problem in found.skipped] == ["news/self.txt"]


def test_a_link_that_the_user_names_is_read(here: Path) -> None:
    write(here / "a.txt")
    (here / "link.txt").symlink_to("a.txt")
    documents, errors = read_all(find_sources(["link.txt"]))
    assert [document.name for document in documents] == ["link.txt"]
    assert not errors


def test_pipes_and_sockets_are_never_opened(here: Path) -> None:
    os.mkfifo(here / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("plug.txt")
        found = find_sources([".", "pipe.txt"])
    assert not found.sources
    assert [problem.path for problem in found.skipped] == ["pipe.txt", "plug.txt"]
    assert [problem.path for problem in found.errors] == ["pipe.txt"]


def test_a_pipe_put_in_the_place_of_a_file_does_not_hang(here: Path) -> None:
    path = write(here / "a.txt")
    found = find_sources(["a.txt"])
    path.unlink()
    os.mkfifo(path)
    [batch] = plan(found.sources)
    assert "regular file" in load(batch).errors[0].reason


def test_a_link_put_in_the_place_of_a_file_is_not_followed(here: Path) -> None:
    path = write(here / "a.txt")
    found = find_sources(["a.txt"])
    path.unlink()
    path.symlink_to(write(here / "b.txt"))
    [batch] = plan(found.sources)
    assert not load(batch).documents


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_hostile_file_names_survive(here: Path) -> None:
    hostile = [b"bad\xff.txt", b"new\nline.txt", b"\x1b[2J.txt", b"-n.txt", b"*.txt"]
    for name in hostile:
        (here / os.fsdecode(name)).write_text(LEAD)
    documents, errors = read_all(find_sources(["."]))
    assert [os.fsencode(document.name) for document in documents] == sorted(hostile)
    assert not errors


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_closed_files_and_folders_are_errors_with_reasons(here: Path) -> None:
    write(here / "a.txt").chmod(0)
    write(here / "closed" / "b.txt").parent.chmod(0)
    write(here / "c.txt")
    documents, errors = read_all(find_sources(["."]))
    (here / "closed").chmod(0o700)
    assert [document.name for document in documents] == ["c.txt"]
    assert all("permission denied" in error for error in errors)
    assert len(errors) == 2


def test_very_deep_folders_are_read(here: Path) -> None:
    folder = here
    for _ in range(300):
        folder /= "d"
        folder.mkdir()
    write(folder / "a.txt")
    assert names(find_sources(["."])) == ["d/" * 300 + "a.txt"]


def test_ignore_files_hold_from_the_root_of_the_repository(here: Path) -> None:
    (here / ".git" / "info").mkdir(parents=True)
    write(here / ".git" / "info" / "exclude", "secret.txt\n")
    write(
        here / ".gitignore",
        "\ufeff*.md\n/out/\n# a comment\n\nlocal/*\n!local/keep.txt\n",
    )
    write(here / "news" / ".gitignore", "!read.md\nold.txt\n")
    write(here / "news" / ".dedupeignore", "!old.txt\ndrafts/\n")
    kept = ["news/a.txt", "news/old.txt", "news/out/b.txt", "news/read.md"]
    lost = ["news/drafts/c.txt", "news/notes.md", "news/secret.txt", "out/d.txt"]
    kept += ["local/keep.txt"]
    lost += ["local/other.txt"]
    for name in kept + lost:
        write(here / name)
    assert names(find_sources(["."])) == sorted(kept)
    inside = [name for name in kept if name.startswith("news/")]
    assert names(find_sources(["news"])) == sorted(inside)
    everything = find_sources(["."], ReadOptions(no_ignore=True))
    assert names(everything) == sorted(kept + lost)


def test_an_ignored_folder_is_read_when_it_is_named(here: Path) -> None:
    (here / ".git").mkdir()
    write(here / ".gitignore", "build/\n*.md\n")
    write(here / "build" / "a.txt")
    write(here / "b.md")
    assert names(find_sources(["."])) == []
    assert names(find_sources(["build", "b.md"])) == ["b.md", "build/a.txt"]


def test_ignored_folders_are_not_entered(here: Path) -> None:
    write(here / ".gitignore", "closed/\n")
    os.mkfifo(write(here / "closed" / "a.txt").with_name("pipe.txt"))
    found = find_sources(["."])
    assert not found.skipped
    assert found.ignored == 1


def test_ignore_files_agree_with_git(here: Path) -> None:
    lines = ["*.md", "!b.md", "/a/", "c/**/d.txt", "e?.txt", "f[0-9].txt", "\\!g.txt"]
    write(here / ".gitignore", "\n".join(lines) + "\nh.txt \nsub/i.txt\n")
    every = [
        *("b.md", "x.md", "a/1.txt", "k/a/2.txt", "c/d.txt", "c/p/q/d.txt", "e1.txt"),
        *("e12.txt", "f7.txt", "fx.txt", "!g.txt", "h.txt", "sub/i.txt", "z/sub/i.txt"),
    ]
    for name in every:
        write(here / name)
    git = ["git", "-c", "core.excludesFile=", "-C", str(here)]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "-co", "--exclude-standard", "-z", "*.txt", "*.md"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert names(find_sources(["."])) == sorted(listed.stdout.split("\0")[:-1])


@pytest.mark.parametrize(
    "pattern", ["old", "old/", "/old", "news/old/", "o*d", "**/old/*.txt"]
)
def test_excludes_are_patterns_from_the_folder_or_as_written(
    here: Path, pattern: str
) -> None:
    write(here / "news" / "a.txt")
    write(here / "news" / "old" / "b.txt")
    found = find_sources(["news"], ReadOptions(exclude=(pattern,)))
    assert names(found) == ["news/a.txt"]


@pytest.mark.parametrize("pattern", ["old/", "/old", "old/new/", "o*d"])
def test_an_exclude_holds_in_a_folder_that_is_named_below_what_it_matches(
    here: Path, pattern: str
) -> None:
    write(here / "old" / "new" / "b.txt")
    found = find_sources(["old/new"], ReadOptions(exclude=(pattern,)))
    assert names(found) == []


@pytest.mark.parametrize(
    "pattern", ["b.txt", "old/", "/old/b.txt", "./old/b.txt", "HERE/old"]
)
@pytest.mark.parametrize("name", ["old/b.txt", "./old/b.txt", "old", "."])
def test_an_exclude_holds_for_what_is_named_too(
    here: Path, pattern: str, name: str
) -> None:
    write(here / "a.txt")
    write(here / "old" / "b.txt")
    exclude = (pattern.replace("HERE", str(here)),)
    found = find_sources([name, "a.txt"], ReadOptions(exclude=exclude))
    assert names(found) == ["a.txt"]
    assert found.ignored == 1


@pytest.mark.parametrize("pattern", ["./old/b.txt", "HERE/old/b.txt", "b.txt"])
@pytest.mark.parametrize("name", ["old/b.txt", "old", "."])
def test_an_exclude_holds_for_absolute_arguments(
    here: Path, pattern: str, name: str
) -> None:
    write(here / "old" / "b.txt")
    exclude = (pattern.replace("HERE", str(here)),)
    assert not names(find_sources([here / name], ReadOptions(exclude=exclude)))


def test_a_file_that_is_excluded_by_its_place_is_no_other(here: Path) -> None:
    write(here / "a.txt")
    write(here / "old" / "a.txt")
    for pattern in ("./a.txt", str(here / "a.txt")):
        found = find_sources(["old", "a.txt"], ReadOptions(exclude=(pattern,)))
        assert names(found) == ["old/a.txt"]


def test_a_pattern_that_is_none_is_a_setting_error(here: Path) -> None:
    with pytest.raises(SettingsError, match="exclude '!'"):
        find_sources([here], ReadOptions(exclude=("!",)))


def test_a_file_above_the_limit_is_an_error_that_names_the_option(here: Path) -> None:
    write(here / "big.txt", "x" * 101)
    found = find_sources(["."], ReadOptions(max_file_size=100))
    assert not found.sources
    assert "--max-file-size" in found.errors[0].reason


def test_a_file_that_changes_after_it_was_found_is_an_error(here: Path) -> None:
    path = write(here / "a.txt")
    found = find_sources(["a.txt"])
    [batch] = plan(found.sources)
    path.write_text(LEAD * 2)
    assert "changed" in load(batch).errors[0].reason


def test_a_file_that_vanishes_is_an_error_and_the_rest_is_loaded(here: Path) -> None:
    write(here / "a.txt").with_name("b.txt").write_text(LEAD)
    found = find_sources(["."])
    (here / "a.txt").unlink()
    [batch] = plan(found.sources)
    loaded = load(batch)
    assert [document.name for document in loaded.documents] == ["b.txt"]
    assert loaded.errors[0].path == "a.txt"


def test_small_files_share_a_batch_and_keep_their_order(here: Path) -> None:
    for number in range(50):
        write(here / f"{number:02}.txt", f"{number} " * 100)
    found = find_sources(["."])
    batches = plan(found.sources, ReadOptions(batch_bytes=10_000))
    assert 5 < len(batches) < 50
    assert [batch.first for batch in batches] == sorted({b.first for b in batches})
    loaded = [document for batch in batches for document in load(batch).documents]
    assert [document.name for document in loaded] == names(found)
    assert [document.place.source for document in loaded] == list(range(50))


@pytest.mark.parametrize("piece", [1, 7, len(LEAD.encode()), 1000])
def test_a_large_file_is_read_in_pieces(
    here: Path, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    monkeypatch.setattr(files, "_PIECE", piece)
    write(here / "large.txt", LEAD)
    write(here / "empty.txt", "")
    documents, errors = read_all(find_sources(["."]))
    assert [document.text for document in documents] == ["", LEAD]
    assert not errors


def test_standard_input_is_named_and_read_by_its_given_name() -> None:
    options = ReadOptions(stdin_filename="wire.md")
    found = find_sources(["-", "-"], options, stdin=io.BytesIO(b"a\n```\nb\n```\n"))
    documents, errors = read_all(found, options)
    assert [(d.name, d.text) for d in documents] == [("wire.md", "a\n   \n \n   \n")]
    assert not errors


def test_standard_input_above_the_limit_is_an_error() -> None:
    options = ReadOptions(max_file_size=10)
    found = find_sources(["-"], options, stdin=io.BytesIO(b"x" * 11))
    assert not found.sources
    assert "--max-file-size" in found.errors[0].reason


def test_compressed_files_and_input_are_unpacked(here: Path) -> None:
    write(here / "a.txt.gz", gzip.compress(LEAD.encode()) * 3 + b"\0" * 100)
    line = json.dumps({"id": 7, "text": LEAD})
    write(here / "b.JSONL.GZ", gzip.compress(line.encode()))
    options = ReadOptions(stdin_filename="c.txt.gz")
    packed = io.BytesIO(gzip.compress(LEAD.encode()))
    documents, errors = read_all(find_sources([".", "-"], options, stdin=packed))
    assert [(d.name, d.text) for d in documents] == [
        ("a.txt.gz", LEAD * 3),
        ("7", LEAD),
        ("c.txt.gz", LEAD),
    ]
    assert not errors


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"plain text", "not a gzip file"),
        (gzip.compress(LEAD.encode())[:-9], "ends too early"),
        (gzip.compress(LEAD.encode()) + b"garbage", "not a gzip file"),
        (gzip.compress(b"\0" * 3_000_000), "bomb"),
        (gzip.compress(b"a" * 90_000) * 40, "bomb"),
    ],
    ids=["empty", "plain", "cut", "garbage", "bomb", "members"],
)
def test_a_bad_gzip_file_is_an_error(here: Path, data: bytes, reason: str) -> None:
    write(here / "bad.txt.gz", data)
    write(here / "good.txt")
    options = ReadOptions(ratio_floor=1_000_000)
    documents, errors = read_all(find_sources(["."], options))
    assert [document.name for document in documents] == ["good.txt"]
    assert [reason in error for error in errors] == [True]


def test_all_that_is_unpacked_has_a_limit_together(here: Path) -> None:
    for name in ("a", "b", "c"):
        write(here / f"{name}.txt.gz", gzip.compress(random.Random(1).randbytes(600)))
    found = find_sources(["."], ReadOptions(max_unpacked=1500))
    assert names(found) == ["a.txt.gz", "b.txt.gz"]
    assert [error.path for error in found.errors] == ["c.txt.gz"]


def test_many_tiny_members_are_unpacked_in_time(here: Path) -> None:
    write(here / "a.txt.gz", gzip.compress(b"a") * 20_000)
    documents, _ = read_all(find_sources(["."]))
    assert documents[0].text == "a" * 20_000


def test_one_line_of_fifty_million_bytes_comes_through(here: Path) -> None:
    write(here / "long.txt", "نص " * 10_000_000)
    [batch] = plan(find_sources(["."]).sources)
    assert len(load(batch).documents[0].text) == 30_000_000


def test_a_million_empty_lines_come_through(here: Path) -> None:
    write(here / "empty.txt", "\n" * 1_000_000)
    write(here / "empty.md", "\r\n" * 1_000_000)
    write(here / "empty.jsonl", "\n" * 1_000_000)
    documents, errors = read_all(find_sources(["."]))
    assert [len(document.text) for document in documents] == [2_000_000, 1_000_000]
    assert not errors


@pytest.mark.parametrize(
    "texts",
    [
        ["أول", "ثان"],
        [("1", "أول"), ("2", "ثان")],
        {"1": "أول", "2": "ثان"},
    ],
)
def test_texts_in_memory_are_read_as_files_are(texts: object) -> None:
    documents, errors = read_all(from_texts(texts))  # type: ignore[arg-type]
    assert [(document.name, document.text) for document in documents] == [
        ("1", "أول"),
        ("2", "ثان"),
    ]
    assert not errors


def test_half_a_character_in_a_text_is_replaced() -> None:
    documents, _ = read_all(from_texts(["a\ud800b", "one\rtwo"]))
    assert [document.text for document in documents] == ["a\ufffdb", "one\ntwo"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "no-such"}, "not known"),
        ({"encoding": "rot13"}, "not known"),
        ({"encoding": "a\0b"}, "not known"),
        ({"text_field": ""}, "text_field"),
        ({"max_file_size": 0}, "max_file_size"),
    ],
)
def test_options_that_cannot_work_are_refused(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        ReadOptions(**options)  # type: ignore[arg-type]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=300)
    | st.text(max_size=100).map(str.encode)
    | st.binary(max_size=80).map(gzip.compress),
    extension=st.sampled_from([".txt", ".md", ".jsonl", ".txt.gz", ".jsonl.gz"]),
    encoding=st.sampled_from(["auto", "utf-8", "utf-16", "cp1256", "utf-7"]),
)
def test_no_bytes_raise_anything_but_our_errors(
    tmp_path: Path, data: bytes, extension: str, encoding: str
) -> None:
    path = write(tmp_path / f"a{extension}", data)
    options = ReadOptions(encoding=encoding, batch_bytes=50)
    documents, errors = read_all(find_sources([path], options), options)
    for document in documents:
        document.text.encode()  # no half characters
    assert documents or errors or extension.startswith(".jsonl")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=60)),
    batch_bytes=st.integers(1, 400),
)
def test_cutting_a_file_anywhere_changes_nothing(
    tmp_path: Path, texts: list[str], batch_bytes: int
) -> None:
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    path = write(tmp_path / "a.jsonl", "\n".join(lines))
    found = find_sources([path])
    documents, errors = read_all(found, ReadOptions(batch_bytes=batch_bytes))
    assert [(d.name, d.text) for d in documents] == [
        (f"{path}:{number}", text.replace("\r", "\n") if "\n" not in text else text)
        for number, text in enumerate(texts, 1)
    ]
    assert not errors


def test_documents_come_back_from_columns_as_they_were_put_in() -> None:
    plain = LoadedDocument("a.txt", "نص", "utf-8", Place(3))
    telling = LoadedDocument("b#1", "b", "utf-16-le", Place(4, 17), "broken")
    documents = Documents()
    documents.put("a.txt", "نص", "utf-8", 3)
    documents.append(telling)
    documents.extend([plain])
    assert [*documents] == [plain, telling, plain]
    assert documents[-2:] == [telling, plain]
    assert documents.sources == [3, 4, 3]
