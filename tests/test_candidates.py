"""Shared shingles and bands make candidate pairs, floods do not."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import loader
from dedupe.candidates import (
    COMMON,
    MOST_COUNTED,
    Packing,
    band_pairs,
    closing_pairs,
    seeds,
    shingle_keys,
)
from dedupe.corpus import NOWHERE, Elsewhere, IntArray
from dedupe.readers import ReadOptions, from_texts
from dedupe.settings import Settings
from dedupe.shingles import shingles


def pairs(columns: tuple[IntArray, IntArray]) -> list[tuple[int, int]]:
    left, right = columns
    return list(zip(left.tolist(), right.tolist(), strict=True))


@given(st.integers(1, 40), st.data())
def test_a_key_gives_back_its_position_and_the_top_of_its_hash(
    bits: int, data: st.DataObject
) -> None:
    packing = Packing(bits)
    hashes = data.draw(st.lists(st.integers(0, 2**64 - 1), max_size=10))
    positions = [data.draw(st.integers(0, 2**bits - 1)) for _ in hashes]
    keys = packing.pack(np.array(hashes, np.uint64), np.array(positions, np.int64))
    assert packing.position(keys).tolist() == positions
    assert packing.high(keys).tolist() == [value >> bits for value in hashes]


buckets = st.lists(
    st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=8
)


@given(buckets)
def test_a_shared_band_makes_a_candidate_pair(rows: list[list[int]]) -> None:
    # The upper bits of a hash are those that count.
    columns = list(np.array(rows, np.uint64).T << np.uint64(60))
    expected = [
        (one, other)
        for one, other in combinations(range(len(rows)), 2)
        if any(
            left == right for left, right in zip(rows[one], rows[other], strict=True)
        )
    ]
    assert pairs(band_pairs(columns)) == expected


def test_no_row_makes_no_pair() -> None:
    assert pairs(band_pairs([])) == []
    assert pairs(band_pairs([np.empty(0, np.uint64)])) == []


@pytest.mark.parametrize("rows", [1_000, 10_000])
def test_a_large_bucket_makes_a_few_pairs_for_each_of_its_rows(rows: int) -> None:
    columns = [np.full(rows, 7 << 50, np.uint64) for _ in range(32)]
    found = pairs(band_pairs(columns))
    assert len(found) < 40 * rows
    assert {right for _, right in found} == set(range(1, rows))


def test_two_pairs_with_a_row_in_common_are_closed() -> None:
    left, right = np.array([0, 0, 3]), np.array([1, 2, 4])
    assert pairs(closing_pairs(left, right)) == [(1, 2)]
    chain = closing_pairs(np.array([0, 1]), np.array([1, 2]))
    assert pairs(chain) == [(0, 2)]


@given(
    st.sets(
        st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(
            lambda pair: pair[0] < pair[1]
        ),
        max_size=12,
    )
)
def test_closing_gives_what_two_pairs_tie_together_and_nothing_known(
    given_pairs: set[tuple[int, int]],
) -> None:
    ordered = sorted(given_pairs)
    left = np.array([one for one, _ in ordered], np.int64)
    right = np.array([other for _, other in ordered], np.int64)
    neighbors: dict[int, set[int]] = {}
    for one, other in ordered:
        neighbors.setdefault(one, set()).add(other)
        neighbors.setdefault(other, set()).add(one)
    expected = {
        pair for near in neighbors.values() for pair in combinations(sorted(near), 2)
    } - given_pairs
    assert pairs(closing_pairs(left, right)) == sorted(expected)


def test_only_shingles_within_a_document_and_no_skipped_paragraph_give_keys() -> None:
    texts = {
        "a": "قال وزير الخارجية اليوم\n\nإن الوفد وصل أمس",
        "b": "أعلن الوزير",
        "c": "وصل الوفد أمس",
    }
    corpus, _ = loader.read(from_texts(texts), ReadOptions(), Settings(), 1)
    packing = Packing.of(corpus)
    skipped = np.array([False, True, False, False])
    keys = shingle_keys(corpus, packing, 0, 3, skipped)
    assert sorted(packing.position(keys).tolist()) == [0, 1, 2, 3, 12]
    assert keys.tolist() == sorted(keys.tolist())


@pytest.mark.parametrize(
    ("places", "count"), [(0, 1), (COMMON - 2, 1), (COMMON - 1, 0)]
)
def test_a_shingle_that_is_common_elsewhere_is_no_seed(places: int, count: int) -> None:
    texts = {"a": "قال وزير الخارجية اليوم", "b": "أعلن وزير الخارجية اليوم أمس"}
    options, settings = ReadOptions(), Settings()
    corpus, _ = loader.read(from_texts(texts), options, settings, 1)
    shared = (shingles(corpus.word, 3)[1:2] >> np.uint64(32)).astype(np.uint32)
    elsewhere = Elsewhere(shared, np.array([places]), places) if places else NOWHERE
    corpus = replace(corpus, elsewhere=elsewhere)
    packing = Packing.of(corpus)
    keys = shingle_keys(corpus, packing, 0, 2, np.zeros(2, np.bool_))
    frequency = np.zeros(corpus.positions, np.uint8)
    assert seeds(corpus, packing, [keys], frequency).size == count
    # What stands in a few places is not told apart.
    assert frequency[1] & MOST_COUNTED == (2 + places if places else 0)
