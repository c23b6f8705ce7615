"""Arrays lie in files that take memory only for what was stored and is still needed."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as stn

from dedupe.memory_files import MemoryFile, memory_files


@pytest.fixture
def file() -> Iterator[MemoryFile]:
    with memory_files(1) as files:
        yield files[0]


some_arrays = stn.arrays(
    st.sampled_from(["u1", "u4", "i8", "f8", "?"]), st.integers(0, 40)
)


@given(st.lists(st.dictionaries(st.text(max_size=3), some_arrays), max_size=8))
def test_arrays_come_back_as_they_were_stored(
    stored: list[dict[str, np.ndarray]],
) -> None:
    with memory_files(1) as (file,):
        places = [file.store(arrays) for arrays in stored]
        for arrays, where in zip(stored, places, strict=True):
            found = file.arrays(where)
            assert found.keys() == arrays.keys()
            for name, array in arrays.items():
                assert found[name].dtype == array.dtype
                np.testing.assert_array_equal(found[name], array)


def test_what_was_seen_stays_while_the_file_grows(file: MemoryFile) -> None:
    first = file.arrays(file.store({"rows": np.arange(10)}))["rows"]
    later = [file.arrays(file.store({"rows": np.full(9_000, n)})) for n in range(9)]
    assert first.tolist() == [*range(10)]
    assert [set(arrays["rows"].tolist()) for arrays in later] == [{n} for n in range(9)]


def test_a_column_need_not_lie_in_one_piece(file: MemoryFile) -> None:
    every_other = np.arange(20)[::2]
    assert file.arrays(file.store({"rows": every_other}))["rows"].tolist() == [
        *range(0, 20, 2)
    ]


def test_bytes_are_read_where_they_were_appended(file: MemoryFile) -> None:
    firsts = [file.append(text) for text in (b"one", b"", b"three")]
    assert file.read(firsts[0], 3) == b"one"
    assert file.read(firsts[2], 5) == b"three"


@pytest.mark.skipif(not hasattr(mmap, "MADV_REMOVE"), reason="memory stays held here")
def test_what_is_forgotten_gives_its_memory_back_and_the_rest_stays(
    file: MemoryFile,
) -> None:
    def held() -> int:
        return os.fstat(file._file).st_blocks * 512  # noqa: SLF001

    kept = [file.store({"rows": np.arange(1_000)})]
    gone = [file.store({"rows": np.arange(1 << 20)}) for _ in range(3)]
    kept.append(file.store({"rows": np.arange(1_000)}))
    before = held()
    file.forget(gone)
    assert before - held() >= (3 << 23) - 2 * mmap.PAGESIZE
    for places in kept:
        assert file.arrays(places)["rows"].tolist() == [*range(1_000)]


def test_nothing_need_be_forgotten(file: MemoryFile) -> None:
    file.forget([])
    file.forget([file.store({"none": np.empty(0)})])
