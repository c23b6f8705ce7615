"""Near-duplicates tie others together, floods of them do not tie all with all."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.candidates import ALL_PAIRED, NEXT
from dedupe.corpus import IntArray
from dedupe.families import (
    FLOOD,
    NO_FLOOD,
    band_pairs,
    closing_pairs,
    components,
    floods,
    pairs_with_kin,
)

Edges = tuple[IntArray, IntArray]


def pairs(columns: tuple[IntArray, IntArray]) -> list[tuple[int, int]]:
    left, right = columns
    return list(zip(left.tolist(), right.tolist(), strict=True))


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


def family(members: int, first: int = 0) -> Edges:
    """Tie each member of a family to the next few."""
    near = [
        (row, row + step)
        for row in range(first, first + members)
        for step in range(1, ALL_PAIRED)
        if row + step < first + members
    ]
    return np.array([one for one, _ in near]), np.array([other for _, other in near])


NONE: Edges = (np.empty(0, np.int64), np.empty(0, np.int64))


def test_what_overlaps_one_of_a_family_is_paired_with_its_kin() -> None:
    outside = 40
    found = pairs_with_kin(family(40), NONE, (np.array([20]), np.array([outside])))
    assert pairs(found) == [
        (row, outside) for row in range(20 - NEXT, 21 + NEXT) if row != 20
    ]


def test_what_stands_inside_one_of_two_is_paired_with_the_other() -> None:
    two, outside = (np.array([3]), np.array([5])), (np.array([5]), np.array([9]))
    assert pairs(pairs_with_kin(two, outside, NONE)) == [(3, 9)]
    assert pairs(pairs_with_kin(two, NONE, outside)) == []


def test_what_overlaps_one_of_a_flood_is_paired_with_a_few_of_its_kin() -> None:
    found = pairs_with_kin(family(FLOOD), NONE, (np.array([20]), np.array([FLOOD])))
    assert len(pairs(found)) == NEXT


def test_what_overlaps_within_a_flood_is_not_paired_with_kin() -> None:
    overlaps = np.array([20, 50]), np.array([70, 120])
    assert pairs(pairs_with_kin(family(FLOOD), NONE, overlaps)) == []
    assert pairs(pairs_with_kin(family(FLOOD - 1), NONE, overlaps)) != []


def test_a_flood_is_a_family_of_many() -> None:
    one, other = family(FLOOD), family(FLOOD - 1, first=FLOOD)
    left, right = (np.concatenate(side) for side in zip(one, other, strict=True))
    found = floods(left, right, 2 * FLOOD)
    assert found.tolist() == [0] * FLOOD + [NO_FLOOD] * FLOOD


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_each_row_is_named_by_the_first_that_edges_tie_it_to(
    edges: list[tuple[int, int]],
) -> None:
    left = np.array([one for one, _ in edges], np.int64)
    right = np.array([other for _, other in edges], np.int64)
    groups = [{row} for row in range(20)]
    for one, other in edges:
        joined = groups[one] | groups[other]
        for row in joined:
            groups[row] = joined
    assert components(left, right, 20).tolist() == [min(group) for group in groups]
