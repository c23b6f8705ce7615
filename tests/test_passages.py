"""Runs of equal words become passages between whole documents."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import assume, given, settings

import dedupe
from corpora import small_corpora
from dedupe.model import Passage
from oracle import common_runs, paragraphs, words_of

LETTERS = "اتثجحخدرزسشصضطظعغفقكلمنه"


def own_words(count: int, seed: int) -> list[str]:
    """Words that no other seed has."""
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=7)) for _ in range(count)]


STORY = own_words(60, 1)


def around(words: list[str], seed: int) -> str:
    """A document that quotes some words."""
    return " ".join([*own_words(80, seed), *words, *own_words(80, seed + 1)])


def passages(*texts: str) -> list[Passage]:
    named = {str(number): text for number, text in enumerate(texts)}
    return list(dedupe.scan(named, passages=True).passages)


def shown(passage: Passage, *texts: str) -> list[str]:
    return [
        texts[int(side.document)][side.start : side.end]
        for side in (passage.left, passage.right)
    ]


def with_gaps(every: int) -> list[str]:
    words = STORY.copy()
    words[every - 1 :: every] = own_words(len(words) // every, 9)
    return words


QUOTATIONS = {
    "as it is": STORY,
    "a word in six changed": with_gaps(6),
    "sentences in another order": STORY[40:] + STORY[20:40] + STORY[:20],
    "some sentences left out": STORY[:20] + STORY[40:],
    "words put in": STORY[:30] + own_words(10, 9) + STORY[30:],
}


@pytest.mark.parametrize("label", QUOTATIONS)
def test_a_quotation_is_one_passage(label: str) -> None:
    texts = around(STORY, 2), around(QUOTATIONS[label], 4)
    [passage] = passages(*texts)
    left, right = (text.split() for text in shown(passage, *texts))
    assert set(left) <= set(STORY)
    assert set(right) <= set(QUOTATIONS[label])
    assert passage.words <= min(len(left), len(right))
    assert passage.similarity == round(passage.words / max(len(left), len(right)), 4)
    assert passage.words >= 0.6 * len(STORY)


def test_a_passage_runs_on_over_paragraph_breaks() -> None:
    broken = [word + ("\n" if at % 10 == 9 else "") for at, word in enumerate(STORY)]
    texts = around(STORY, 2), around(broken, 4)
    [passage] = passages(*texts)
    assert [text.split() for text in shown(passage, *texts)] == [STORY, STORY]
    assert passage.similarity == 1.0


def test_two_quotations_far_from_one_another_are_two_passages() -> None:
    texts = (
        around([*STORY[:30], *own_words(200, 7), *STORY[30:]], 2),
        around([*STORY[:30], *own_words(200, 8), *STORY[30:]], 4),
    )
    found = [shown(passage, *texts) for passage in passages(*texts)]
    assert found == [[" ".join(STORY[:30])] * 2, [" ".join(STORY[30:])] * 2]


def test_a_passage_inside_one_document_is_found() -> None:
    text = f"{around(STORY, 2)} {around(STORY, 4)}"
    [passage] = passages(text)
    assert shown(passage, text) == [" ".join(STORY)] * 2


def test_a_copied_paragraph_is_a_passage() -> None:
    texts = (
        f"{around([], 2)}\n{' '.join(STORY)}\n{around([], 4)}",
        f"{around([], 6)}\n{' '.join(STORY)}.",
    )
    [passage] = passages(*texts)
    assert shown(passage, *texts) == [" ".join(STORY)] * 2


def test_a_few_words_in_common_are_no_passage() -> None:
    assert passages(around(STORY[:8], 2), around(STORY[:8], 4)) == []


def test_the_two_sides_of_a_passage_in_one_document_are_apart() -> None:
    # As in an article whose first lines are said again where the second copy begins.
    text = " ".join([*STORY[:20], *STORY, *own_words(3, 5), *STORY, *STORY[:20]])
    for passage in passages(text):
        assert passage.left.end <= passage.right.start


def test_passages_are_given_only_when_asked_for() -> None:
    texts = {"1": around(STORY, 2), "2": around(STORY, 4)}
    assert len(dedupe.scan(texts).passages) == 0


@settings(max_examples=60)
@given(small_corpora)
def test_every_passage_begins_and_ends_with_words_of_both(
    texts: Mapping[str, str],
) -> None:
    # Where letters are equal and words are not, words are not what is counted.
    items = paragraphs(texts)
    assume(len({item.solid for item in items}) == len({item.words for item in items}))
    for passage in dedupe.scan(texts, passages=True).passages:
        one, other = (
            tuple(words_of(texts[side.document][side.start : side.end]))
            for side in (passage.left, passage.right)
        )
        assert passage.words <= min(len(one), len(other))
        assert 0.0 < passage.similarity <= 1.0
        if passage.left.document != passage.right.document:
            covered = {
                at
                for start, _, size in common_runs(one, other)
                for at in range(start, start + size)
            }
            assert {0, len(one) - 1} <= covered
            assert passage.words <= len(covered)
