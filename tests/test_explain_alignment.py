from __future__ import annotations

import random
import time
import unicodedata
from difflib import SequenceMatcher

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import arabic, normalize
from dedupe.spelling import OTHER, RULES, bridging_rules
from dedupe.word_alignment import Block, align, longest_run

TEXT = "وقالت المديرة إن المعرض يضم ستين لوحة زيتية رسمت في القرن الماضي"
WORDS = TEXT.split()

SPELLINGS = [
    ("إلى", "الى", ("alef variants",)),
    ("أكد", "آكد", ("alef variants",)),
    ("فى", "في", ("final ya",)),
    ("السنة", "السنه", ("ta marbuta",)),
    ("الشؤون", "الشئون", ("seat of the hamza",)),
    ("الطوارئ", "الطوارىء", ("final ya", "seat of the hamza")),
    ("نص", "نصّ", ("tashkeel",)),
    ("الرحمن", "الرحمٰن", ("tashkeel",)),
    ("تمتاز", "تمتـــاز", ("tatweel",)),
    ("لأول", "ﻷول", ("presentation forms",)),
    ("الله", "ﷲ", ("presentation forms",)),
    ("عبد الله", "عبدالله", ("spacing",)),
    ("و قال", "وقال", ("spacing",)),
    ("2024", "٢٠٢٤", ("digits",)),
    ("1,234", "1234", ("signs in numbers",)),
    ("2.5", "٢٫٥", ("digits", "signs in numbers")),
    ("علي", "علی", ("letters of other keyboards",)),
    ("كتاب", "کتاب", ("letters of other keyboards",)),
    ("فيينا", "ڤيينا", ("letters of other keyboards",)),
    ("قال", "قا\N{SOFT HYPHEN}ل", ("invisible characters",)),
    ("أكد", "ا\N{ARABIC HAMZA ABOVE}كد", ("hamza as a mark of its own",)),
    ("مؤمن", "مو\N{ARABIC HAMZA ABOVE}من", ("hamza as a mark of its own",)),
    ("Résumé", "resume", ("Latin case and accents",)),
    ("قال", "&#1602;ال", ("HTML entities",)),
    ("بِهۦ", "به", ("tashkeel", "other marks")),
    ("إلىٰ", "الي", ("tashkeel", "alef variants", "final ya")),
]


@pytest.mark.parametrize(("left", "right", "rules"), SPELLINGS)
def test_a_difference_of_spelling_is_named_by_the_rules_that_bridge_it(
    left: str, right: str, rules: tuple[str, ...]
) -> None:
    assert normalize(left).text == normalize(right).text
    assert bridging_rules(left, right) == rules
    assert bridging_rules(right, left) == rules


def test_each_letter_of_the_table_belongs_to_one_rule() -> None:
    for letter, image in arabic.FOLDED_LETTERS.items():
        changing = [
            name
            for name, rule in RULES.items()
            if name not in ("hamza as a mark of its own", "Latin case and accents")
            and rule(letter) != letter
        ]
        assert len(changing) == 1, (unicodedata.name(letter), image, changing)


LETTERS = [
    *"ابتجحدرسعفقكلمنهويةىأإآؤئءڤکیـ ًّٰ",
    *"ﻷﺍ٢3",
    "\N{ZERO WIDTH NON-JOINER}",
]


@given(st.text(st.sampled_from(LETTERS), min_size=1, max_size=8))
def test_what_folds_alike_is_always_bridged_by_named_rules(word: str) -> None:
    plain = normalize(word).text
    if plain and plain != word:
        found = bridging_rules(word, plain)
        assert found
        assert OTHER not in found


def fold(words: list[str]) -> np.ndarray:
    numbers = {word: number for number, word in enumerate(sorted(set(words)))}
    return np.array([numbers[word] for word in words], np.uint64)


def aligned(left: list[str], right: list[str]) -> list[Block]:
    numbers = fold([normalize(word).text for word in left + right])
    blocks, missing = align(
        numbers[: len(left)],
        numbers[len(left) :],
        left.__getitem__,
        right.__getitem__,
    )
    assert missing == 0
    return blocks


def summary(blocks: list[Block]) -> list[tuple[str, int, int]]:
    return [(block.kind, block.left_words, block.right_words) for block in blocks]


CASES = [
    ("the same words", WORDS, WORDS, [("equal", 12, 12)]),
    ("nothing in common", ["قال"], ["ذهب"], [("replaced", 1, 1)]),
    ("nothing on the left", [], ["قال"], [("only-right", 0, 1)]),
    ("nothing at all", [], [], []),
    (
        "a word for another",
        WORDS,
        [*WORDS[:5], "سبعين", *WORDS[6:]],
        [("equal", 5, 5), ("replaced", 1, 1), ("equal", 6, 6)],
    ),
    (
        "words left out",
        WORDS,
        WORDS[:4] + WORDS[7:],
        [("equal", 4, 4), ("only-left", 3, 0), ("equal", 5, 5)],
    ),
    (
        "words put in",
        WORDS[:4] + WORDS[7:],
        WORDS,
        [("equal", 4, 4), ("only-right", 0, 3), ("equal", 5, 5)],
    ),
    (
        "a run that moved",
        WORDS,
        WORDS[8:] + WORDS[:8],
        [("equal", 8, 8), ("moved", 4, 4)],
    ),
    (
        "a space in another place",
        ["قال", "ما", "وصل", "امس"],
        ["قال", "ماوصل", "امس"],
        [("equal", 1, 1), ("respelled", 2, 1), ("equal", 1, 1)],
    ),
    (
        "a word between two that changed",
        ["قال", "الوزير", "امس"],
        ["صرح", "الوزير", "اليوم"],
        [("replaced", 1, 1), ("equal", 1, 1), ("replaced", 1, 1)],
    ),
    (
        "a word lost among others",
        [*"ابجدهوز", "في", *"حطيكلم"],
        ["نون", "سين", "في", "عين"],
        [("replaced", 14, 4)],
    ),
]


@pytest.mark.parametrize(
    ("left", "right", "blocks"),
    [case[1:] for case in CASES],
    ids=[case[0] for case in CASES],
)
def test_words_are_aligned(
    left: list[str], right: list[str], blocks: list[tuple[str, int, int]]
) -> None:
    assert summary(aligned(left, right)) == blocks


TEXTS = st.lists(st.sampled_from(WORDS[:6]), max_size=40)


@given(TEXTS, TEXTS)
def test_each_word_of_both_texts_stands_in_one_block(
    left: list[str], right: list[str]
) -> None:
    blocks = aligned(left, right)
    rows = [row for block in blocks for row in range(block.left, block.left_stop)]
    assert rows == list(range(len(left)))
    columns = [row for block in blocks for row in range(block.right, block.right_stop)]
    assert sorted(columns) == list(range(len(right)))


@given(TEXTS, TEXTS)
def test_what_is_equal_or_moved_is_equal_and_what_is_replaced_has_two_sides(
    left: list[str], right: list[str]
) -> None:
    for block in aligned(left, right):
        here = left[block.left : block.left_stop]
        there = right[block.right : block.right_stop]
        if block.kind in ("equal", "moved"):
            assert here == there
        assert bool(here) == (block.kind != "only-right")
        assert bool(there) == (block.kind != "only-left")


@given(TEXTS)
def test_a_text_is_equal_to_itself(words: list[str]) -> None:
    assert summary(aligned(words, words)) == (
        [("equal", len(words), len(words))] if words else []
    )


PARTED = st.lists(
    st.lists(st.sampled_from(WORDS[:3]), min_size=1, max_size=9), min_size=1, max_size=4
)


@given(PARTED, PARTED)
def test_the_longest_run_is_that_of_a_plain_search_in_each_pair_of_paragraphs(
    left: list[list[str]], right: list[list[str]]
) -> None:
    expected = max(
        SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
        for one in left
        for other in right
    )
    sides = [[word for part in side for word in part] for side in (left, right)]
    numbers = fold(sides[0] + sides[1])
    parts = [
        np.repeat(np.arange(len(side)), [len(part) for part in side])
        for side in (left, right)
    ]
    words, one, other = longest_run(
        numbers[: len(sides[0])], numbers[len(sides[0]) :], *parts
    )
    assert words == expected
    assert sides[0][one : one + words] == sides[1][other : other + words]


def test_long_texts_of_few_words_are_aligned_in_seconds() -> None:
    chance = random.Random(4)
    left, right = (
        np.array([chance.randrange(2) for _ in range(8_000)], np.uint64)
        for _ in range(2)
    )
    began = time.perf_counter()
    blocks, missing = align(left, right, str, str)
    assert time.perf_counter() - began < 20
    assert missing == 0
    assert sum(block.left_words for block in blocks) == 8_000


def test_what_is_too_long_to_be_aligned_is_counted() -> None:
    left, right = (
        np.arange(first, first + 9_000, dtype=np.uint64) for first in (0, 9_000)
    )
    blocks, missing = align(left, right, str, str)
    assert summary(blocks) == [("replaced", 9_000, 9_000)]
    assert missing == 9_000


@pytest.mark.parametrize("words", [1, 2, 3])
def test_a_long_text_that_repeats_itself_is_aligned_with_its_edited_copy(
    words: int,
) -> None:
    left = np.arange(30_000, dtype=np.uint64) % words
    right = np.insert(left, 15_000, 99)
    began = time.perf_counter()
    blocks, missing = align(left, right, str, str)
    assert time.perf_counter() - began < 10
    assert missing == 0
    assert summary(blocks) == [
        ("equal", 15_000, 15_000),
        ("only-right", 0, 1),
        ("equal", 15_000, 15_000),
    ]


def test_a_flood_of_runs_that_may_have_moved_takes_seconds() -> None:
    left = np.arange(20_000, dtype=np.uint64) % 2
    right = np.concatenate([[7], np.arange(1, 20_000) % 2, [8]]).astype(np.uint64)
    began = time.perf_counter()
    blocks, missing = align(left, right, str, str)
    assert time.perf_counter() - began < 20
    assert missing == 20_001
    assert max(block.left_words for block in blocks if block.kind == "moved") == 19_999
