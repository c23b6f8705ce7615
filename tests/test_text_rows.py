"""Rows of characters that take a byte each where they are Arabic."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text_column import GAP, CodeUnits, decoded
from dedupe.text_rows import AT_ONCE, TextRow, joined, plain

DELETE = "\x7f"  # stands for characters that no byte tells
ODD = f"«»”…\u200f\ufefbیé🙂{DELETE}"
ARABIC = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين 123 ١٢٣ \n"
# Of most, few characters are odd.
TEXTS = st.lists(
    st.sampled_from([*ODD, "ب", "\u0600", "\u067f", "\u0680", "\u05ff", ARABIC * 2]),
    max_size=12,
).map("".join)


def characters(text: str) -> CodeUnits:
    points = np.array([*map(ord, text)], np.uint32)
    return points if points.max(initial=0) > 0xFFFF else points.astype(np.uint16)


@given(TEXTS, st.data())
def test_every_span_is_what_was_given(text: str, data: st.DataObject) -> None:
    row = TextRow.of(characters(text))
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    assert decoded(row.characters(begin, end).data) == text[begin:end]


@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
def test_spans_of_many_rows_are_joined_in_the_order_asked_for(
    texts: list[str], data: st.DataObject
) -> None:
    rows = [TextRow.of(characters(text)) for text in texts]
    asked = [
        (row, *sorted(data.draw(st.tuples(*[st.integers(0, len(texts[row]))] * 2))))
        for row in data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=9))
    ]
    number, begin, end = np.array(asked, np.int64).reshape(-1, 3).T
    found = decoded(joined(rows, number, begin, end).data)
    assert found == "".join(texts[row][start:stop] + GAP for row, start, stop in asked)


@given(TEXTS, TEXTS)
def test_bytes_tell_a_text_from_all_others_or_are_not_given(
    text: str, other: str
) -> None:
    row = TextRow.of(characters(ARABIC * 9 + text))
    codes = row.plain(len(ARABIC * 9), len(ARABIC * 9 + text))
    assert codes == (plain(text) if row.is_packed else None)
    assert (plain(text) is None) == bool(set(text) & set(f"{ODD}\u0680\u05ff"))
    if plain(text) is not None:
        assert (plain(text) == plain(other)) == (text == other)


@pytest.mark.parametrize(
    ("text", "bytes_each"),
    [
        (ARABIC * 9, 1),
        (ARABIC * 9 + "🙂", 1),
        ("a plain text\n", 1),
        (f"{DELETE}", 1),
        ("", 1),
        ("ناقل یک خبر کوتاه", 2),
        ("élève à Ü", 2),
        ("🙂 قال", 4),
    ],
)
def test_a_character_takes_a_byte_unless_many_are_odd(
    text: str, bytes_each: int
) -> None:
    assert TextRow.of(characters(text)).codes.itemsize == bytes_each


def test_a_row_may_be_longer_than_what_is_packed_at_once() -> None:
    text = ("ب" * (AT_ONCE - 1) + "«") * 2 + "»"
    row = TextRow.of(characters(text))
    assert row.places.tolist() == [AT_ONCE - 1, 2 * AT_ONCE - 1, 2 * AT_ONCE]
    assert decoded(row.characters(0, len(text)).data) == text
