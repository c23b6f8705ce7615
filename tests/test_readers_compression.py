from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.readers.compression import (
    ending_by_content,
    pack,
    packing,
    unpack,
    unpacking,
    zstd_module,
)
from reading import read_all

NEWS = "وصل القطار إلى المدينة ثم غادرها في الصباح الباكر"
ENDINGS = [".gz", ".zst", ".bz2", ".xz"]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def frame(data: bytes, **parameters: int) -> bytes:
    zstd: Any = zstd_module()
    options = {
        getattr(zstd.CompressionParameter, name): value
        for name, value in parameters.items()
    }
    packed: bytes = zstd.compress(data, options=options)
    return packed


@pytest.mark.parametrize("ending", ENDINGS)
@given(parts=st.lists(st.binary(max_size=50), min_size=1, max_size=4))
def test_members_one_after_another_are_unpacked(
    ending: str, parts: list[bytes]
) -> None:
    packed = b"".join(pack(part, ending) for part in parts)
    for size in (1, 7, 1 << 20):
        file = io.BytesIO(packed)
        unpacked = unpack(lambda _, n=size, f=file: f.read(n), 1000, ending)  # type: ignore[misc]
        assert bytes(unpacked) == b"".join(parts)


@pytest.mark.parametrize("ending", ENDINGS)
def test_packing_is_undone_and_always_the_same(ending: str) -> None:
    data = NEWS.encode() * 99
    assert pack(data, ending) == pack(data, ending)
    assert ending_by_content(pack(data, ending)) == ending
    out = io.BytesIO()
    with packing(out, ending) as file:
        file.write(data)
    assert unpacking(io.BytesIO(out.getvalue()), ending).read() == data


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.jsonl", "a.csv"])
def test_files_of_every_format_may_be_packed(name: str, ending: str) -> None:
    content = {
        "a.jsonl": f'{{"text": "{NEWS}"}}\n',
        "a.csv": f"text\n{NEWS}\n",
    }.get(name, NEWS)
    path = Path(f"{name}{ending}")
    path.write_bytes(pack(content.encode(), ending))
    [document], errors, _ = read_all(path)
    assert errors == []
    assert document.text == NEWS
    assert document.name.startswith(f"{name}{ending}")


SKIPPABLE = b"\x50\x2a\x4d\x18\x05\0\0\0hello"
BOMB = bytes(200 << 20)
TOO_MUCH = "unpacks to more than 16,777,216 bytes"
WINDOW = "needs more than 128 MB of memory"
WIDE = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}]
BAD = {
    ("empty", ".zst"): (b"", "not a zstd file: it is empty"),
    ("text", ".zst"): (NEWS.encode(), "not a zstd file, or a damaged one"),
    ("gzip", ".zst"): (gzip.compress(b"x"), "not a zstd file, or a damaged one"),
    ("cut", ".zst"): (frame(NEWS.encode() * 9)[:-4], "a zstd file that ends too early"),
    ("bomb", ".zst"): (frame(BOMB), TOO_MUCH),
    ("window", ".zst"): (
        frame(b"ab" * (100 << 20), window_log=28, enable_long_distance_matching=1),
        WINDOW,
    ),
    ("empty", ".bz2"): (b"", "not a bzip2 file: it is empty"),
    ("text", ".bz2"): (NEWS.encode(), "not a bzip2 file, or a damaged one"),
    ("cut", ".bz2"): (bz2.compress(NEWS.encode())[:-4], "a bzip2 file that ends too"),
    ("bomb", ".bz2"): (bz2.compress(BOMB), TOO_MUCH),
    ("empty", ".xz"): (b"", "not a .xz file: it is empty"),
    ("text", ".xz"): (NEWS.encode(), "not a .xz file, or a damaged one"),
    ("cut", ".xz"): (
        lzma.compress(NEWS.encode())[:-4],
        "a .xz file that ends too early",
    ),
    ("bomb", ".xz"): (lzma.compress(BOMB, preset=0), TOO_MUCH),
    ("window", ".xz"): (lzma.compress(NEWS.encode(), filters=WIDE), WINDOW),
}


@pytest.mark.parametrize(("name", "ending"), BAD)
def test_a_bad_packed_file_is_an_error(name: str, ending: str) -> None:
    data, told = BAD[name, ending]
    path = Path(f"a.txt{ending}")
    path.write_bytes(data)
    documents, errors, _ = read_all(path)
    assert documents == []
    assert len(errors) == 1
    assert errors[0].startswith(f"{path}: {told}")


def test_a_python_without_the_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lzma", None)
    Path("a.txt.xz").write_bytes(lzma.compress(NEWS.encode()))
    _, errors, _ = read_all(Path("a.txt.xz"))
    assert errors[0].startswith("a.txt.xz: this Python cannot unpack .xz files")


def test_a_text_that_begins_like_bzip2_is_not_taken_for_it() -> None:
    assert ending_by_content(b"BZh9 is a text") == ""


def test_frames_to_be_skipped_are_skipped() -> None:
    Path("a.txt.zst").write_bytes(SKIPPABLE + frame(NEWS.encode()) + SKIPPABLE)
    [document], errors, _ = read_all(Path("a.txt.zst"))
    assert errors == []
    assert document.text == NEWS
