"""Texts that are held as one row of code points."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.reporters import json_values
from dedupe.reporters.neutralizer import UNSAFE
from dedupe.text_column import TextColumn

ODD = 'a" \\\0\n\r\udcff\u200f😀'
TEXTS = st.lists(st.text(st.characters() | st.sampled_from(ODD)))


@given(TEXTS)
def test_texts_come_back_as_they_were(texts: list[str]) -> None:
    column = TextColumn.of(texts)
    assert len(column) == len(texts)
    assert [*column] == texts
    assert [column[row] for row in range(len(texts))] == texts


@pytest.mark.parametrize(("text", "bytes_"), [("a", 1), ("é", 2), ("أ", 2), ("😀", 4)])
def test_a_character_takes_no_more_bytes_than_it_must(text: str, bytes_: int) -> None:
    assert TextColumn.of(["a", text]).codes.itemsize == bytes_


def test_one_text_with_halves_of_a_character_moves_no_other() -> None:
    halves = np.array([0xD83D, 0xDE00, 32, 32, ord("b"), 32, 32], np.uint16)
    assert [*TextColumn.joined(halves, np.array([2, 1]))] == ["😀", "b"]


@given(TEXTS)
def test_texts_are_escaped_as_each_would_be(texts: list[str]) -> None:
    assert json_values.escaped(TextColumn.of(texts)) == [
        json_values.string(text)[1:-1].encode() for text in texts
    ]


def test_what_is_taken_for_common_holds_nothing_unsafe() -> None:
    common = "".join(chr(code) for row in json_values.COMMON for code in row)
    assert not re.search(f"[{UNSAFE}]", common)
