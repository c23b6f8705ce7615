"""The benchmarks measure what they say."""

from __future__ import annotations

import itertools
import math
from random import Random

import pytest
from benchmarks.accuracy import distinct_paragraphs
from benchmarks.command import Matches, Pair, Part
from benchmarks.corpus import filler, plant
from benchmarks.plagiarism import Reuse, covered_length, score, without
from benchmarks.variations import VARIATIONS, Surroundings, Vocabulary
from benchmarks.words import fold_words, jaccard_and_containment, longest_common_run

PARAGRAPH = (
    "أعلنت إدارة المتحف الوطني، اليوم الأحد، أن سالم الكاتب سيلقي محاضرة عن "
    "تاريخ الطباعة في المدينة القديمة، وأن الدخول مجاني لجميع الزوار حتى الساعة 9 "
    "مساء. وقالت المديرة إن القاعة الكبرى تتسع لأكثر من 300 شخص؛ ويمكن حجز المقاعد."
)
AROUND = Surroundings(
    before="زرع الفلاحون هذا الموسم أشجار زيتون كثيرة على سفوح الجبل الشرقي البعيد",
    after="هبت رياح قوية على الساحل فتوقفت حركة السفن الصغيرة في الميناء يومين كاملين",
    vocabulary=Vocabulary(["بيت كبير شجرة خضراء بحر عميق طريق طويل جبل عال"]),
)
SPELLINGS = [
    name
    for name in VARIATIONS
    if list(VARIATIONS).index(name) <= list(VARIATIONS).index("spacing")
]


def _vary(name: str, seed: int = 1) -> str:
    return VARIATIONS[name].vary(PARAGRAPH, Random(seed), AROUND)


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_change_of_spelling_folds_away(name: str) -> None:
    assert fold_words(_vary(name)) == fold_words(PARAGRAPH)


@pytest.mark.parametrize("name", SPELLINGS[1:])
def test_a_change_of_spelling_changes_the_text(name: str) -> None:
    assert _vary(name) != PARAGRAPH


@pytest.mark.parametrize("name", VARIATIONS)
def test_a_variation_is_one_line_that_its_seed_decides(name: str) -> None:
    assert _vary(name) == _vary(name)
    assert "\n" not in _vary(name)


@pytest.mark.parametrize(("name", "share"), [("5 %", 0.05), ("20 %", 0.2)])
def test_a_share_of_the_words_is_replaced(name: str, share: float) -> None:
    before, after = PARAGRAPH.split(), _vary(f"{name} replaced").split()
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    assert changed == round(share * len(before))


def test_a_quotation_of_eight_words_shares_eight_words() -> None:
    quoting = _vary("quotation of 8")
    assert len(longest_common_run(PARAGRAPH, quoting)) == 8
    assert AROUND.before.split()[0] in quoting


def test_a_paragraph_that_repeats_an_earlier_one_is_no_original() -> None:
    assert (
        len(distinct_paragraphs([PARAGRAPH, AROUND.after, PARAGRAPH], Random(1))) == 2
    )


def test_likeness_is_counted_on_three_word_shingles() -> None:
    assert jaccard_and_containment("a b c d", "a b c e") == (1 / 3, 1 / 2)


def _pair(left: str, right: str, relation: str) -> Pair:
    one, other = (Part((name, 0), 0, 1) for name in (left, right))
    return Pair(one, other, relation, 1.0, 1.0, 9)


def test_a_match_with_an_exemplar_stands_for_its_equals() -> None:
    matches = Matches(
        [
            _pair("a", "b", "identical"),
            _pair("b", "c", "orthographic"),
            _pair("c", "d", "edited"),
        ]
    )
    assert matches.found(("a", 0), ("d", 0))
    assert matches.equal(("a", 0), ("c", 0))
    assert not matches.equal(("a", 0), ("d", 0))
    assert not matches.found(("a", 0), ("e", 0))


def test_a_detection_in_two_pieces_costs_granularity() -> None:
    case = Reuse("susp", 0, 100, "src", 0, 100)
    pieces = [
        Reuse("susp", 0, 50, "src", 0, 50),
        Reuse("susp", 50, 100, "src", 50, 100),
    ]
    assert score([case], [case]) == (1.0, 1.0, 1.0, 1.0)
    assert score([case], pieces).granularity == 2.0
    assert math.isclose(score([case], pieces).plagdet, 1 / math.log2(3))


def test_a_detection_longer_than_its_case_costs_precision() -> None:
    case = Reuse("susp", 10, 20, "src", 10, 20)
    wide = Reuse("susp", 0, 20, "src", 0, 20)
    assert score([case], [wide])[:2] == (0.5, 1.0)


def test_a_detection_must_touch_both_sides_of_a_case() -> None:
    case = Reuse("susp", 10, 20, "src", 10, 20)
    elsewhere = Reuse("susp", 10, 20, "src", 20, 30)
    assert score([case], [elsewhere])[:2] == (0.0, 0.0)
    assert without([case, elsewhere], [case]) == [elsewhere]


def test_overlapping_intervals_are_covered_once() -> None:
    assert covered_length([(0, 4), (2, 6), (8, 9)]) == 7


def test_filler_keeps_the_words_and_the_lengths_of_real_articles() -> None:
    real = [[PARAGRAPH, AROUND.before], [AROUND.after]]
    made = list(itertools.islice(filler(real, Random(1)), 2))
    lengths = [[len(text.split()) for text in article] for article in made]
    assert lengths == [[len(text.split()) for text in article] for article in real]
    assert _words(made) == _words(real)
    assert made != real


def _words(articles: list[list[str]]) -> list[str]:
    return sorted(
        word for article in articles for text in article for word in text.split()
    )


def test_a_plant_stands_where_the_truth_says() -> None:
    articles = [[PARAGRAPH], [AROUND.before]]
    (planted,) = plant(articles, 1, Random(1))
    article, paragraph = planted.right
    assert planted.kind == "exact"
    assert articles[article][paragraph] == PARAGRAPH
