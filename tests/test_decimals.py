"""Numbers that are written all at once look as if each had been written alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reporters.decimals import are_plain, lines

# Those before and after a number of digits that is written as one are as likely as all.
NUMBERS = st.integers(0, 1 << 40) | st.sampled_from(
    [number + step for number in (1, 10**4, 10**8, 10**12) for step in (-1, 0, 1)]
)


@given(st.lists(st.tuples(NUMBERS, NUMBERS)))
def test_every_row_is_the_template_with_its_numbers(
    rows: list[tuple[int, int]],
) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 2).T
    assert lines(b"a%d: [%d]", [*columns]) == [b"a%d: [%d]" % row for row in rows]


@given(st.lists(st.lists(st.integers(0, 20_000), min_size=1)))
def test_rows_up_to_an_end_are_one_line(groups: list[list[int]]) -> None:
    numbers = np.array([number for group in groups for number in group], np.int64)
    ends = np.zeros(numbers.size, np.bool_)
    ends[np.cumsum([len(group) for group in groups], dtype=np.int64) - 1] = True
    expected = [b",".join(b"%d" % number for number in group) for group in groups]
    assert lines(b"%d", [numbers], ends) == expected


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 6))))
def test_ratios_look_as_if_each_had_been_rounded(ratios: list[tuple[int, int]]) -> None:
    numbers = [round(units / 10**6, digits) for units, digits in ratios]
    plain = [number for number in numbers if not 0 < number < 1e-4]
    assert are_plain(np.array(plain, np.float64))
    assert lines(b"<%d>", [np.array(plain, np.float64)]) == [
        b"<%r>" % number for number in plain
    ]


@given(st.floats(0, 1))
def test_every_ratio_that_is_plain_is_written_as_rounded(ratio: float) -> None:
    one = np.array([ratio])
    if are_plain(one):
        assert lines(b"%d", [one]) == [repr(round(ratio, 6)).encode()]


@pytest.mark.parametrize("odd", [1e-5, 0.1234565, -0.5, 1.5, float("nan")])
def test_a_ratio_that_rounding_or_repr_treats_apart_is_not_plain(odd: float) -> None:
    assert not are_plain(np.array([0.5, odd]))
    assert are_plain(np.array([0.5, 0.1234564]))
