"""Edits do what they say, one list after another, and can be taken back."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Edit, apply, compose, inverse

texts = st.text("ab ،", max_size=30)


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    borders = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    pairs = zip(borders[::2], borders[1::2], strict=False)
    return [
        Edit(
            start, end, draw(st.text("xy", max_size=3)), draw(st.sampled_from("rs")), ""
        )
        for start, end in pairs
    ]


@given(st.data(), texts)
def test_the_inverse_gives_the_text_back(data: st.DataObject, text: str) -> None:
    edits = data.draw(edits_of(text))
    assert apply(apply(text, edits), inverse(text, edits)) == text


@given(st.data(), texts)
def test_one_list_after_another_is_one_list(data: st.DataObject, text: str) -> None:
    first = data.draw(edits_of(text))
    between = apply(text, first)
    second = data.draw(edits_of(between))
    both = compose(text, first, second)
    assert apply(text, both) == apply(between, second)
    for one, other in pairwise(both):
        assert one.end <= other.start
        assert one.start <= one.end


def test_edits_of_one_place_become_one_with_both_rules() -> None:
    first = [Edit(1, 2, "xy", "letters", "one")]
    second = [Edit(2, 4, "", "spaces", "two")]
    assert compose("abcde", first, second) == [
        Edit(1, 3, "x", "letters+spaces", "one; two")
    ]


def test_edits_that_undo_each_other_are_none() -> None:
    first = [Edit(1, 1, "x", "in", "")]
    second = [Edit(1, 2, "", "out", "")]
    assert compose("ab", first, second) == []


def test_one_edit_of_two_has_nothing_at_its_ends_that_stays() -> None:
    first = [Edit(1, 3, "\n", "line-end", "one")]
    second = [Edit(0, 1, "", "space", "two")]
    assert compose(" \r\n", first, second) == [
        Edit(0, 2, "", "line-end+space", "one; two")
    ]
