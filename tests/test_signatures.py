"""Signatures are those of datasketch, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given
from hypothesis import strategies as st

from dedupe import signatures

Hashes: TypeAlias = Sequence[int]
Column: TypeAlias = np.ndarray[Any, np.dtype[Any]]
sets_of_hashes = st.lists(
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=30),
    min_size=1,
    max_size=8,
)


def columns(sets: Sequence[Hashes]) -> tuple[Column, Column]:
    sizes = [len(hashes) for hashes in sets]
    begins = np.cumsum([0, *sizes])[:-1]
    flat = [value for hashes in sets for value in hashes]
    return np.array(flat, np.uint32), begins


def batch(sets: Sequence[Hashes], num_perm: int = 128, seed: int = 1) -> Column:
    return signatures.signatures(
        *columns(sets), signatures.permutations(num_perm, seed)
    )


def reference(hashes: Hashes, num_perm: int = 128, seed: int = 1) -> MinHash:
    sketch = MinHash(num_perm, seed=seed, scheme="affine32", hashfunc=int)
    for value in hashes:
        sketch.update(value)
    return sketch


@given(sets_of_hashes)
def test_signatures_are_those_of_datasketch(sets: list[list[int]]) -> None:
    expected = np.array([reference(hashes).hashvalues for hashes in sets]).T
    assert (batch(sets) == expected).all()


@pytest.mark.parametrize("seed", [0, 1, 42, 2**32 - 1])
@pytest.mark.parametrize("num_perm", [16, 128, 200])
def test_every_seed_and_length_gives_the_values_of_datasketch(
    num_perm: int, seed: int
) -> None:
    hashes = [3, 2**31, 2**32 - 1]
    expected = reference(hashes, num_perm, seed).hashvalues
    assert batch([hashes], num_perm, seed)[:, 0].tolist() == expected.tolist()


@pytest.mark.parametrize(
    "sizes",
    [[1], [8], [9], [1, 7, 8, 9, 16, 17], [700, 1, 700], [3000, 20]],
    ids=str,
)
def test_sets_of_every_size_stand_in_one_batch(sizes: list[int]) -> None:
    random = np.random.default_rng(7)
    sets = [random.integers(0, 2**32, size).tolist() for size in sizes]
    expected = np.array([reference(hashes).hashvalues for hashes in sets]).T
    assert (batch(sets) == expected).all()


def test_no_set_gives_no_signature() -> None:
    assert batch([]).shape == (128, 0)


@given(sets_of_hashes)
def test_what_is_said_twice_changes_no_signature(sets: list[list[int]]) -> None:
    assert (batch([hashes * 2 for hashes in sets]) == batch(sets)).all()


def test_a_signature_goes_into_datasketch_and_is_found_there() -> None:
    sets = [[1, 2, 3, 4], [1, 2, 3, 5], [900, 901, 902, 903]]
    values = batch(sets)
    sketches = [signatures.as_minhash(values[:, row], seed=1) for row in range(3)]
    assert sketches[0].jaccard(sketches[0]) == 1.0
    for sketch, hashes in zip(sketches, sets, strict=True):
        assert sketch == reference(hashes)
    index = MinHashLSH(num_perm=128, params=(32, 4))
    for row, sketch in enumerate(sketches):
        index.insert(row, sketch)
    assert set(index.query(sketches[0])) == {0, 1}


@given(sets_of_hashes, st.sampled_from([8, 16, 32, 64]))
def test_two_bands_are_equal_when_their_rows_are(
    sets: list[list[int]], count: int
) -> None:
    values = batch(sets)
    rows = 128 // count
    found = signatures.bands([values], count, range(count))
    assert len(found) == count
    for band, column in enumerate(found):
        cut = values[band * rows : (band + 1) * rows].T.tolist()
        for one, left in zip(column.tolist(), cut, strict=True):
            for other, right in zip(column.tolist(), cut, strict=True):
                assert (one == other) == (left == right)


def test_the_order_of_the_rows_of_a_band_counts() -> None:
    values = np.array([[1, 2], [2, 1]], np.uint32)
    [column] = signatures.bands([values], 1, [0])
    assert column[0] != column[1]


@given(sets_of_hashes)
def test_the_estimate_is_that_of_datasketch(sets: list[list[int]]) -> None:
    values = batch(sets)
    left = np.zeros(len(sets), np.int64)
    right = np.arange(len(sets))
    sketches = [reference(hashes) for hashes in sets]
    expected = [sketches[0].jaccard(sketch) for sketch in sketches]
    equal = signatures.agreeing([values], range(128), left, right)
    assert (equal / 128).tolist() == pytest.approx(expected)


def test_no_pair_has_no_estimate() -> None:
    none = np.empty(0, np.int64)
    assert signatures.agreeing([batch([[1]])], range(128), none, none).size == 0


@given(sets_of_hashes, st.data())
def test_signatures_may_come_in_batches(
    sets: list[list[int]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(sets)))
    whole, batches = batch(sets), [batch(sets[:cut]), batch(sets[cut:])]
    for one, other in zip(
        signatures.bands([whole], 32, range(1, 32, 8)),
        signatures.bands(batches, 32, range(1, 32, 8)),
        strict=True,
    ):
        assert one.tolist() == other.tolist()
    left, right = np.triu_indices(len(sets), 1)
    found = [
        signatures.agreeing(some, range(3, 128, 8), left, right).tolist()
        for some in ([whole], batches)
    ]
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_permutations_are_drawn_as_numpy_draws_them(seed: int) -> None:
    random = np.random.RandomState(seed)
    factors = random.randint(0, 1 << 31, 700, dtype=np.uint32) * np.uint32(2) + 1
    terms = random.randint(0, 1 << 32, 700, dtype=np.uint32)
    assert np.array_equal(signatures.permutations(700, seed), [factors, terms])
