"""Runs of words as hashes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.shingles import longer, look_up, shingles, shingles_at

words = st.lists(st.integers(0, 2**32 - 1), max_size=40).map(
    lambda values: np.array(values, np.uint32)
)


@given(words, st.integers(1, 16))
def test_each_place_where_a_whole_shingle_begins_has_one_hash(
    column: np.ndarray[tuple[int], np.dtype[np.uint32]], size: int
) -> None:
    assert shingles(column, size).size == max(column.size - size + 1, 0)


@given(
    st.lists(st.integers(0, 5), min_size=3, max_size=60),
    st.sampled_from([2, 3, 6, 12]),
)
def test_two_runs_have_one_hash_when_their_words_are_equal(
    values: list[int], size: int
) -> None:
    column = np.array(values, np.uint32)
    hashes = shingles(column, size).tolist()
    runs = [tuple(values[at : at + size]) for at in range(len(hashes))]
    assert len(set(hashes)) == len(set(runs))
    assert len(set(zip(hashes, runs, strict=True))) == len(set(runs))


@given(st.lists(st.integers(0, 2), min_size=6, max_size=60))
def test_two_runs_made_longer_have_one_hash_when_all_their_words_are_equal(
    values: list[int],
) -> None:
    column = np.array(values, np.uint32)
    positions = np.arange(column.size - 5)
    # Some of their bits give way to a position.
    shorter = shingles(column, 3)[: positions.size] >> np.uint64(24)
    hashes = (longer(shorter, column, positions + 3, 3) >> np.uint64(24)).tolist()
    runs = [tuple(values[at : at + 6]) for at in positions.tolist()]
    assert len(set(hashes)) == len(set(runs))
    assert len(set(zip(hashes, runs, strict=True))) == len(set(runs))


@given(words, st.integers(1, 16))
def test_hashes_at_positions_are_those_of_the_whole_column(
    column: np.ndarray[tuple[int], np.dtype[np.uint32]], size: int
) -> None:
    whole = shingles(column, size)
    positions = np.arange(whole.size)[::-2]
    assert (shingles_at(column, positions, size) == whole[positions]).all()


def test_a_long_column_has_the_hashes_of_its_parts() -> None:
    column = np.arange(40_000, dtype=np.uint32)
    whole = shingles(column, 3)
    assert (shingles_at(column, np.arange(whole.size), 3) == whole).all()


@pytest.mark.parametrize("half", [np.uint64(0), np.uint64(32)], ids=["lower", "upper"])
def test_each_half_of_a_hash_spreads_over_all_its_values(half: np.uint64) -> None:
    # Keys keep the upper bits, signatures the upper half.
    column = np.arange(20_002, dtype=np.uint32)
    part = (shingles(column, 3) >> half) & np.uint64(0xFFFFFFFF)
    buckets = np.bincount((part >> np.uint64(24)).astype(np.int64), minlength=256)
    assert len(set(part.tolist())) > 19_990
    assert buckets.min() > 20
    assert buckets.max() < 200


def test_the_order_of_the_words_counts() -> None:
    one, other = np.array([1, 2, 3], np.uint32), np.array([2, 1, 3], np.uint32)
    assert shingles(one, 3) != shingles(other, 3)


@given(
    st.lists(st.integers(0, 2**64 - 1), max_size=30),
    st.lists(st.integers(0, 2**64 - 1), max_size=30),
    st.lists(st.integers(0, 99), max_size=30),
)
def test_what_stands_among_some_keys_is_found_there(
    keys: list[int], others: list[int], places: list[int]
) -> None:
    ordered = np.array(sorted(set(keys)), np.uint64)
    asked = [*others, *(keys[place % len(keys)] for place in places if keys)]
    rows, at = look_up(ordered, np.array(asked, np.uint64))
    assert rows.tolist() == [row for row, key in enumerate(asked) if key in keys]
    assert ordered[at].tolist() == [asked[row] for row in rows.tolist()]
