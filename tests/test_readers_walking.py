"""A walk asks many files for their names alone, and misses nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

import dedupe
from dedupe.background import Background
from dedupe.readers import (
    Found,
    LoadedDocument,
    ReadOptions,
    Source,
    Walked,
    find_sources,
    ignoring,
    load_in_pieces,
    names_of,
    plan,
    walk_over,
    walking,
)
from dedupe.readers.documents import UNASKED
from dedupe.readers.plain_files import Files

DEFAULTS = ReadOptions()


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take some files for many."""
    monkeypatch.setattr(walking, "FEW", 30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a bit of everything, and with more than a few files."""
    for number in range(40):
        (tmp_path / f"{number:03}.txt").write_text("نص" * number, encoding="utf-8")
    for name in ("one", "two", "two/three.txt", "kept", "kept/.git", "left"):
        (tmp_path / name).mkdir()
        for base in ("a.md", "b.txt", ".hidden.txt", "c.exe", "d.jsonl.gz"):
            (tmp_path / name / base).write_bytes(b"")
    (tmp_path / "kept/.gitignore").write_text("b.*\n")
    (tmp_path / "left/.dedupeignore").write_text("*\n")
    (tmp_path / ".dedupeignore").write_text("one/\n")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "to_two").symlink_to(tmp_path / "two")
    os.mkfifo(tmp_path / "pipe.txt")
    os.mkfifo(tmp_path / "two/pipe.txt")
    return tmp_path


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """Make a folder of nothing but more than a few files."""
    for number in range(40):
        written = f"نص رقم {number}\n" * number
        (tmp_path / f"{number:03}.txt").write_text(written, encoding="utf-8")
    return tmp_path


def asked(found: Found) -> list[bool]:
    return [source.size != UNASKED for source in found.sources]


def read(found: Found, options: ReadOptions = DEFAULTS) -> list[LoadedDocument]:
    return [
        document
        for batch in plan(found.sources, options)
        for piece in load_in_pieces(batch, options)
        for document in piece.documents
    ]


READ = pytest.mark.parametrize(
    "options",
    [
        ReadOptions(),
        ReadOptions(hidden=True),
        ReadOptions(no_ignore=True),
        ReadOptions(exclude=("1*", "two/three.txt/")),
        ReadOptions(max_file_size=100),
        ReadOptions(follow=True),
    ],
    ids=["plain", "hidden", "no ignore", "exclude", "small files", "follow"],
)


@READ
@pytest.mark.parametrize("also", [(), ("two/b.txt",), ("missing", "kept")])
def test_a_scan_tells_the_same_whether_files_were_asked_or_not(
    folder: Path, options: ReadOptions, also: tuple[str, ...]
) -> None:
    paths = [str(folder), *(str(folder / name) for name in also)]
    both = [find_sources(paths, options, sized=sized) for sized in (True, False)]
    results = [dedupe.scan(found, read=options, jobs=2) for found in both]
    told = [
        (list(one.documents), one.errors, one.skipped, one.words) for one in results
    ]
    assert told[0] == told[1]
    assert both[0]._replace(sources=(), errors=()) == both[1]._replace(
        sources=(), errors=()
    )


@READ
def test_another_process_meets_what_this_one_does(
    folder: Path, options: ReadOptions
) -> None:
    paths = [str(folder), str(folder / "two"), str(folder / "left")]
    walk = Background(lambda: tuple(walk_over(paths, options, sized=False)))
    found = find_sources(paths, options, walked=Walked(*walk.result()))
    here = find_sources(paths, options, sized=False)
    assert list(found.sources) == list(here.sources)
    assert found._replace(sources=()) == here._replace(sources=())


def test_many_plain_files_are_not_asked_for_their_size(texts: Path) -> None:
    assert not any(asked(find_sources(texts, sized=False)))
    assert all(asked(find_sources(texts)))


def test_few_files_and_those_that_are_named_are_asked(texts: Path) -> None:
    for path in list(texts.iterdir())[5:]:
        path.unlink()
    (texts / "a.jsonl").write_bytes(b"")
    assert all(asked(find_sources(texts, sized=False)))


def test_other_files_stand_among_plain_ones_in_order(texts: Path) -> None:
    for name in ("000.csv", "0210.jsonl", "030.txt.gz", "a.txt/b.html"):
        (texts / name).parent.mkdir(exist_ok=True)
        (texts / name).write_bytes(b"")
    (texts / "030.txt.gz").unlink()
    found = find_sources(texts, sized=False)
    everything = find_sources(texts)
    assert [one.name for one in found.sources] == [
        one.name for one in everything.sources
    ]
    assert asked(found).count(True) == 3


def test_what_is_large_or_gone_is_told_among_what_the_walk_tells(texts: Path) -> None:
    found = find_sources([texts, texts / "030.tx"], sized=False)
    (texts / "001.txt").unlink()
    (texts / "002.txt").unlink()
    (texts / "002.txt").mkdir()
    (texts / "031.txt").write_bytes(b"x" * 10_000)
    result = dedupe.scan(found, read=ReadOptions(max_file_size=9_999))
    names = [Path(problem.path).name for problem in result.errors]
    # That the last one is no longer a file is told by reading alone.
    assert names == ["001.txt", "030.tx", "031.txt", "002.txt"]
    assert "--max-file-size" in result.errors[2].reason


def test_a_pipe_put_in_the_place_of_one_of_many_files_is_not_read(texts: Path) -> None:
    path = texts / "007.txt"
    found = find_sources(texts, sized=False)
    path.unlink()
    os.mkfifo(path)
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    os.write(pipe, b"x")
    result = dedupe.scan(found, jobs=1)
    assert [problem.path for problem in result.errors] == [str(path)]
    assert "regular file" in result.errors[0].reason
    assert os.read(pipe, 2) == b"x"
    os.close(pipe)


@pytest.mark.parametrize("sized", [False, True])
def test_our_own_file_among_many_is_not_read(
    texts: Path,
    sized: bool,  # noqa: FBT001
) -> None:
    status = (texts / "007.txt").stat()
    options = ReadOptions(own=frozenset({(status.st_dev, status.st_ino)}))
    names = [one.name for one in read(find_sources(texts))]
    documents = read(find_sources(texts, options, sized=sized), options)
    names.remove(str(texts / "007.txt"))
    assert [document.name for document in documents] == names


def test_an_entry_without_a_number_is_asked_for_it(texts: Path) -> None:
    whole = texts.stat()
    # So Windows tells of what it lists in a folder.
    entry = os.stat_result((whole.st_mode, 0, 0, *whole[3:]))
    for status in (whole, entry):
        told = walking._identity(str(texts), status)  # noqa: SLF001 - Windows alone
        assert told == (whole.st_dev, whole.st_ino)


def test_files_larger_than_they_looked_come_in_pieces(texts: Path) -> None:
    options = ReadOptions(batch_bytes=40 << 10)
    for number in range(1, 40):
        (texts / f"{number:03}.txt").write_text("x" * (10 << 10))
    found = find_sources(texts, options, sized=False)
    first, *_ = plan(found.sources, options)
    assert len(first.sources) >= 20
    pieces = list(load_in_pieces(first, options))
    assert len(pieces) > 4
    assert all(len(piece.documents) <= 5 for piece in pieces)
    documents = [document.name for piece in pieces for document in piece.documents]
    assert documents == [source.name for source in first.sources]


def test_names_that_are_no_text_come_back_from_another_process(tmp_path: Path) -> None:
    for number in range(40):
        name = b"news-%d-\xff\xfe.txt" % number
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(b"")
    (tmp_path / "news-7-\U0001f600.txt").write_bytes(b"")
    paths = [str(tmp_path)]
    walk = Background(lambda: tuple(walk_over(paths, sized=False)))
    found = find_sources(paths, walked=Walked(*walk.result()))
    names = [source.name for source in found.sources]
    assert names == [source.name for source in find_sources(paths).sources]
    assert names == sorted(names, key=os.fsencode)


ALLOW_LISTS = {
    "folders, and what ends in .txt": (["*", "!*/", "!*.txt"], []),
    "folders by name": (["*", "!d/", "!e/", "!1.txt"], []),
    "the anchored way": (["/*", "!/d/", "/d/*", "!/d/e/"], []),
    "a folder, but not those in it": (["e/", "!d/"], []),
    "what is in a folder, but for one file": (["d/**", "!d/1.txt"], []),
    "folders in a folder": (["d/**/", "!f/**/"], []),
    "in the folder, too": (["*", "!*/"], ["!1.txt", "e/", "!*/"]),
    "undone by the last": (["*", "!*/", "!*.txt", "/d/"], []),
}


@pytest.mark.parametrize(("above", "inside"), ALLOW_LISTS.values(), ids=ALLOW_LISTS)
def test_a_list_of_what_is_read_leads_to_what_git_lists(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    above: list[str],
    inside: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("", "d", "d/e", "d/e/d", "e", "f", "f/e"):
        Path(name).mkdir(exist_ok=True)
        for base in ("0.txt", "1.txt", "2.md"):
            Path(name, base).write_bytes(b"")
    Path(".gitignore").write_text("\n".join(above))
    Path("d/.gitignore").write_text("\n".join(inside))
    git = ["git", "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], check=True)
    listed = subprocess.run(
        [*git, "ls-files", "-oz", "--exclude-standard", "*.txt", "*.md"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert names_of(find_sources(".").sources) == sorted(listed.stdout.split("\0")[:-1])


SOURCES = st.lists(
    st.one_of(
        st.integers(0, 99).map("{}.txt".format),
        st.integers(0, 99).map(lambda size: Source("a.csv", "a.csv", "csv", size)),
    ),
    min_size=1,
    max_size=600,
)


@given(found=SOURCES, data=st.data())
def test_files_are_a_sequence_of_sources(
    found: list[str | Source], data: st.DataObject
) -> None:
    files = Files.of(found)
    expected = [
        one
        if isinstance(one, Source)
        else Source(one, one, "text", UNASKED, is_named=False)
        for one in found
    ]
    assert list(files) == expected
    assert [files[row] for row in range(len(files))] == expected
    first, stop = sorted(data.draw(st.tuples(*[st.integers(0, len(found))] * 2)))
    assert list(files[first:stop]) == expected[first:stop]
    assert names_of(files[first:stop]) == [one.name for one in expected[first:stop]]
    assert [*files[first:][:stop]] == expected[first:][:stop]
    with pytest.raises(ValueError, match="2"):
        files[::2]


glob_parts = st.lists(
    st.sampled_from(["a", "b", "c", "*", "?", "/", "**", "/**/", "[ab]"])
)
ways = st.lists(st.text("abc", min_size=1), min_size=1, max_size=4).map("/".join)


@given(glob_parts.map("".join), st.lists(ways, min_size=1))
def test_stars_that_are_no_rivals_match_the_same(
    pattern: str, paths: list[str]
) -> None:
    try:
        expected = GitIgnoreSpecPattern(pattern).regex
    except ValueError:
        return
    if expected is not None:
        found = ignoring.without_rivals(expected.pattern)
        for path in paths:
            assert bool(found.search(path)) == bool(expected.search(path))


def test_an_ignore_file_of_many_stars_does_not_hold_up_the_walk(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a" * 12 + "b.txt\n")
    path = tmp_path / ("a" * 90 + ".txt")
    path.write_text("نص قصير", encoding="utf-8")
    found = find_sources([tmp_path]).sources
    assert names_of(found) == [str(path)]
