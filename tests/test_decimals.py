"""Numbers that are written all at once look as if each had been written alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reporters.decimals import lines

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
