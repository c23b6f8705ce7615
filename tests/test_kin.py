"""What copies of one text repeat is no formula."""

from __future__ import annotations

from random import Random

import numpy as np

import dedupe
from corpora import Plan, build
from dedupe.kin import kin

LETTERS = "اتثجحخدرزسشصضطظعغفقكلمنه"
COPIES = 18


def own_words(count: int, seed: int) -> list[str]:
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=7)) for _ in range(count)]


def edited(words: list[str], share: float, seed: int) -> list[str]:
    random = Random(seed)
    return [
        fresh if random.random() < share else word
        for word, fresh in zip(words, own_words(len(words), seed), strict=True)
    ]


STORY = own_words(60, 1)
QUOTED = STORY[20:27]
REPORT = own_words(20, 2) + QUOTED + own_words(20, 3)


def found(texts: list[list[str]]) -> set[tuple[str, str]]:
    """The pairs with the last text."""
    last = str(len(texts))
    result = dedupe.scan([(str(n), " ".join(text)) for n, text in enumerate(texts, 1)])
    return {
        (match.left.document, match.right.document)
        for match in result.matches
        if match.right.document == last
    }


def test_a_quotation_from_a_story_in_many_papers_is_found() -> None:
    versions = [STORY[:20], STORY[20:27], STORY[27:]]
    stories = [
        edited(versions[0], 0.25, seed)
        + versions[1]
        + edited(versions[2], 0.25, seed + 99)
        for seed in range(10, 10 + COPIES)
    ]
    assert len(found([STORY, *stories, REPORT])) >= COPIES


def test_an_edited_copy_of_a_story_in_many_papers_that_many_quote_is_found() -> None:
    stories = [edited(STORY, 0.15, seed) for seed in range(2000, 2015)]
    reports = [
        own_words(20, 9000 + seed) + STORY[first : first + 12] + own_words(20, seed)
        for seed, first in enumerate(7 * [*range(0, len(STORY), 12)])
    ]
    rewritten = edited(STORY, 0.3, 2777)
    assert len(found([STORY, *stories, *reports, rewritten])) >= COPIES


def test_a_formula_in_as_many_unrelated_texts_is_not() -> None:
    others = [
        own_words(20, seed) + QUOTED + own_words(20, seed + 99)
        for seed in range(10, 10 + COPIES)
    ]
    assert not found([*others, REPORT])


def test_what_stands_inside_kin_belongs_to_them_and_ties_no_others_to_them() -> None:
    edges = np.array([0, 1, 5]), np.array([1, 2, 6])
    inside = np.array([3, 2, 7, 7]), np.array([0, 4, 5, 1])
    assert kin(8, edges, inside).tolist() == [0, 0, 0, 0, 0, 5, 5, 7]


def test_kin_that_have_no_formula_in_common_make_nothing_rarer() -> None:
    copies = [(0, "extended", 27), (0, "embedded", 96)]
    copies += [(3, "embedded", 92), (5, "embedded", 92)]
    texts = build(Plan([5, 37, 9], copies, documents=4, seed=2426))
    assert dedupe.scan(texts).matches
