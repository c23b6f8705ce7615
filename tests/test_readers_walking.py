"""Several processes that share a walk find together what one finds alone."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from dedupe.background import Background
from dedupe.readers import (
    Found,
    ReadOptions,
    Share,
    Walked,
    find_sources,
    walk_over,
    walk_shares,
)
from dedupe.readers.walking import FEW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a bit of everything, and with more than a few files."""
    for number in range(FEW):
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


def walked_by(processes: int, paths: list[str], read: ReadOptions) -> tuple[int, Found]:
    shares = walk_shares(paths, read, processes)

    def walk(share: Share) -> tuple[object, ...]:
        return tuple(walk_over(paths, read, share))

    walks = [Background(partial(walk, share)) for share in shares]
    walked = [Walked(*walk.result()) for walk in walks]
    return len(shares), find_sources(paths, read, walked=walked)


@pytest.mark.parametrize("processes", [2, 3, 7])
@pytest.mark.parametrize(
    "read",
    [
        ReadOptions(),
        ReadOptions(hidden=True),
        ReadOptions(no_ignore=True),
        ReadOptions(exclude=("1*", "two/three.txt/")),
        ReadOptions(max_file_size=1000),
    ],
    ids=["plain", "hidden", "no ignore", "exclude", "small files"],
)
def test_shares_together_find_what_one_walk_finds(
    folder: Path, processes: int, read: ReadOptions
) -> None:
    paths = [str(folder), str(folder / "two"), str(folder / "left")]
    assert walked_by(processes, paths, read) == (processes, find_sources(paths, read))


def test_every_share_of_a_long_walk_has_something_to_do(folder: Path) -> None:
    paths = [str(folder)]
    found = len(walk_over(paths).sizes)
    shares = [
        len(walk_over(paths, share=share).sizes)
        for share in walk_shares(paths, processes=3)
    ]
    assert sum(shares) == found
    assert min(shares) > found // 6


@pytest.mark.parametrize("gone", ["", "two", "two/three.txt"])
def test_what_cannot_be_walked_is_told_once(folder: Path, gone: str) -> None:
    paths = [str(folder / "kept"), str(folder / "two"), str(folder / gone / "missing")]
    shares = [Walked(*walk_over(paths, share=Share(number, 3))) for number in range(3)]
    assert [error[0] for share in shares for error in share.errors] == paths[-1:]


@pytest.mark.parametrize(
    ("names", "read"),
    [
        (["two/three.txt"], ReadOptions()),  # few files, and no folders
        ([".", "two/b.txt"], ReadOptions()),  # a file that is named and met
        (["."], ReadOptions(follow=True)),
    ],
)
def test_where_sharing_does_not_help_one_process_walks(
    folder: Path, names: list[str], read: ReadOptions
) -> None:
    paths = [str(folder / name) for name in names]
    assert walked_by(3, paths, read) == (1, find_sources(paths, read))


def test_names_that_are_no_text_come_back_from_another_process(tmp_path: Path) -> None:
    for number in range(FEW):
        name = b"news-%d-\xff\xfe.txt" % number
        Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(b"")
    paths = [str(tmp_path)]
    assert walked_by(2, paths, ReadOptions()) == (2, find_sources(paths))
