from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedupe.text_rows import TextRow
from dedupe.texts import EXCERPT, SHORTEST, Texts, narrowed

PLAIN = st.text(alphabet="ab \nأب١", max_size=12)
ANY = st.text(alphabet="ab \nأ🙂", max_size=12)
BATCHES = st.lists(st.lists(st.one_of(PLAIN, ANY), max_size=3), min_size=1, max_size=4)


def batch_of(texts: list[str]) -> tuple[TextRow, np.ndarray]:
    """Return a batch as reading makes it, with a margin before it."""
    points = np.array(list(map(ord, "\n" + "".join(f"{text}\n" for text in texts))))
    borders = np.cumsum([1, *(len(text) + 1 for text in texts)])
    return TextRow.of(narrowed(points.astype(np.uint32))), borders


def beginning(text: str) -> str:
    """Return what is shown of a place, the slow way."""
    if len(text) <= EXCERPT:
        return text
    last = max(text.rfind(space, SHORTEST, EXCERPT) for space in " \n")
    return text[: last if last > 0 else EXCERPT]


def texts_of(held: list[list[str]]) -> Texts:
    return Texts.of(*map(list, zip(*map(batch_of, held), strict=True)))


@given(BATCHES)
def test_every_text_can_be_read(held: list[list[str]]) -> None:
    texts = texts_of(held)
    every = [text for some in held for text in some]
    assert [texts.read(row) for row in range(len(every))] == every
    assert [texts.line_feeds(row).tolist() for row in range(len(every))] == [
        [place for place, sign in enumerate(text) if sign == "\n"] for text in every
    ]


@given(st.data(), BATCHES)
def test_beginnings_are_given_in_the_order_asked_for(
    data: st.DataObject, held: list[list[str]]
) -> None:
    long = [[text * 30 for text in some] for some in held]
    every = [text for some in long for text in some]
    asked = [
        (row, *sorted(data.draw(st.tuples(*[st.integers(0, len(every[row]))] * 2))))
        for row in (data.draw(st.permutations(range(len(every)))) if every else [])
    ]
    document = np.array([row for row, _, _ in asked], np.int32)
    spans = np.array([span for _, *span in asked], np.int32).reshape(-1, 2)
    assert [*texts_of(long).beginnings(document, spans)] == [
        beginning(every[row][start:end]) for row, start, end in asked
    ]


@given(BATCHES)
def test_texts_have_the_same_hash_if_they_are_equal(held: list[list[str]]) -> None:
    every = [text for some in held for text in some]
    spans = np.array([(0, len(text)) for text in every], np.int32).reshape(-1, 2)
    hashes = texts_of(held).hashes(np.arange(len(every), dtype=np.int32), spans)
    for text, own in zip(every, hashes, strict=True):
        assert [other == own for other in hashes] == [other == text for other in every]


def test_more_texts_come_after_those_there_are() -> None:
    texts = texts_of([["أ"]]).with_more(texts_of([["🙂"]]))
    assert [texts.read(0), texts.read(1)] == ["أ", "🙂"]


def test_what_was_narrowed_is_the_same_and_smaller() -> None:
    plain, beyond = (np.array([ord("أ"), ord(last)], np.uint32) for last in "ب🙂")
    assert narrowed(plain).dtype == np.uint16
    assert narrowed(plain).tolist() == plain.tolist()
    assert narrowed(beyond) is beyond
