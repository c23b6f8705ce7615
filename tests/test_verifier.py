"""What counts as a match, and by which name."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import pytest

import dedupe
from dedupe.model import Match
from dedupe.settings import Settings
from dedupe.verifier import thresholds

LETTERS = "اتثجحخدرزسشصضطظعغفقكلمنه"


def own_words(count: int, seed: int) -> list[str]:
    """Words that no other seed has."""
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=7)) for _ in range(count)]


TEXT = own_words(40, 1)


def replaced(words: list[str], share: float, seed: int = 3) -> list[str]:
    random = Random(seed)
    return [
        fresh if random.random() < share else word
        for word, fresh in zip(words, own_words(len(words), seed), strict=True)
    ]


DEFAULTS = Settings()


def matches(
    one: list[str], other: list[str], settings: Settings = DEFAULTS
) -> list[Match]:
    texts = [("1", " ".join(one)), ("2", " ".join(other))]
    return list(dedupe.scan(texts, settings).matches)


@dataclass(frozen=True)
class Case:
    label: str
    words: list[str]
    relation: str | None


CASES = [
    Case("the same", TEXT, "identical"),
    Case("one word in ten replaced", replaced(TEXT, 0.1), "edited"),
    Case("one word in five replaced", replaced(TEXT, 0.2), "edited"),
    Case("clauses in another order", TEXT[27:] + TEXT[13:27] + TEXT[:13], "edited"),
    Case("the first third", TEXT[:14], "contained"),
    Case("embedded", own_words(50, 5) + TEXT + own_words(50, 6), "contained"),
    Case(
        "the middle, both ends anew",
        own_words(9, 5) + TEXT[9:28] + own_words(9, 6),
        "overlap",
    ),
    Case("all but the beginning", own_words(9, 5) + TEXT[9:], "edited"),
    Case("a quotation of twelve", own_words(20, 5) + TEXT[9:21], "overlap"),
    Case("a quotation of eight", own_words(20, 5) + TEXT[9:17], "overlap"),
    Case("a phrase of six", own_words(20, 5) + TEXT[9:15], "overlap"),
    Case("a phrase of five", own_words(20, 5) + TEXT[9:14], None),
    Case("the same words in no order", sorted(TEXT), None),
    Case("nothing in common", own_words(40, 5), None),
    Case("too short to be compared", TEXT[:7], None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("swapped", [False, True], ids=["given", "swapped"])
def test_a_relation_has_its_name(case: Case, *, swapped: bool) -> None:
    found = matches(case.words, TEXT) if swapped else matches(TEXT, case.words)
    assert [match.relation for match in found] == [case.relation] * len(found)
    assert bool(found) == bool(case.relation)


@pytest.mark.parametrize("swapped", [False, True])
def test_both_sides_are_measured_alike(*, swapped: bool) -> None:
    one, other = TEXT, replaced(TEXT, 0.15)
    [match] = matches(other, one) if swapped else matches(one, other)
    [expected] = matches(one, other)
    assert (match.jaccard, match.containment, match.words) == (
        expected.jaccard,
        expected.containment,
        expected.words,
    )


def relations_of_phrases(one: list[str], other: list[str]) -> list[str]:
    """Return how two paragraphs match that hold a phrase, among many other words."""
    many = " ".join(own_words(thresholds.CORPUS_WORDS, 2))
    left = [*own_words(20, 5), *one, *own_words(20, 6)]
    right = [*own_words(20, 7), *other, *own_words(20, 8)]
    texts = [("1", " ".join(left)), ("2", " ".join(right)), ("3", many)]
    return [match.relation for match in dedupe.scan(texts).matches]


@pytest.mark.parametrize(
    ("one", "other", "relations"),
    [
        ("عبد الله", "عبد الله", ["overlap"]),
        ("عبدالله", "عبد الله", ["overlap"]),
        ("عبدالله", "عبدالله", []),
    ],
)
def test_a_word_that_is_written_as_two_counts_as_two(
    one: str, other: str, relations: list[str]
) -> None:
    phrases = ([*TEXT[:3], name, *TEXT[3:6]] for name in (one, other))
    assert relations_of_phrases(*phrases) == relations


def test_a_word_that_is_written_as_two_counts_wherever_it_stands() -> None:
    texts = [("many", " ".join(own_words(thresholds.CORPUS_WORDS, 2)))]
    pairs = 48
    for pair in range(pairs):
        phrase = own_words(6, 100 + pair)
        for side, name in enumerate(("عبدالله", "عبد الله")):
            before = own_words(20 + pair // (side + 1), 200 + 2 * pair + side)
            words = [*before, *phrase[: pair % 7], name, *phrase[pair % 7 :]]
            texts.append((f"{pair} {side}", " ".join(words)))
    found = dedupe.scan(texts).matches
    assert [match.relation for match in found] == ["overlap"] * pairs


def test_a_word_after_a_phrase_does_not_count() -> None:
    phrases = ([*TEXT[:7], name] for name in ("عبد الله", "عبد الرحمن"))
    assert relations_of_phrases(*phrases) == []


SETTINGS = [
    (Settings(min_words=41), TEXT[:39], None),
    (Settings(min_words=39), TEXT[:39], "edited"),
    (Settings(min_passage_words=13), own_words(30, 5) + TEXT[9:21], None),
    (Settings(min_passage_words=12), own_words(30, 5) + TEXT[9:21], "overlap"),
    (Settings(containment=0.1), own_words(30, 5) + TEXT[9:21], "contained"),
    (Settings(jaccard=0.05), own_words(30, 5) + TEXT[9:21], "edited"),
]


@pytest.mark.parametrize(("settings", "words", "relation"), SETTINGS)
def test_a_setting_decides(
    settings: Settings, words: list[str], relation: str | None
) -> None:
    found = [match.relation for match in matches(TEXT, words, settings)]
    assert found == ([relation] if relation else [])


def test_a_word_said_again_and_again_is_no_match() -> None:
    assert matches(["قال"] * 50, ["قال"] * 3 + own_words(20, 5)) == []


FORMULA = own_words(12, 8)


def paragraphs_with_a_formula(count: int) -> dict[str, str]:
    return {
        str(number): " ".join(
            [*own_words(10, 20 + number), *FORMULA, *own_words(10, 9_020 + number)]
        )
        for number in range(count)
    }


@pytest.mark.parametrize("count", [2, 3])
def test_a_long_phrase_in_few_places_is_an_overlap(count: int) -> None:
    found = dedupe.scan(paragraphs_with_a_formula(count)).matches
    assert [match.relation for match in found] == ["overlap"] * len(found)
    assert len(found) == count * (count - 1) // 2


@pytest.mark.parametrize("count", [5, 12, 20, 100])
def test_a_phrase_in_many_documents_is_boilerplate(count: int) -> None:
    [finding] = dedupe.scan(paragraphs_with_a_formula(count)).findings
    assert finding.rule == "boilerplate"
    assert len(finding.occurrences) == count


def test_a_formula_and_one_word_more_make_no_near_duplicate() -> None:
    texts = paragraphs_with_a_formula(30)
    for name in "01":
        words = texts[name].split()
        words[9] = "مشترك"
        texts[name] = " ".join(words)
    found = dedupe.scan(texts).findings
    assert not [finding for finding in found if finding.rule == "near-duplicate"]


def test_a_passage_three_times_in_a_paragraph_is_found_three_times() -> None:
    text = " ".join([*TEXT, *own_words(9, 5), *TEXT, *own_words(9, 6), *TEXT])
    assert dedupe.scan({"1": text}).duplicated_words == 80


def rewritten(pattern: str) -> tuple[list[str], list[str]]:
    """Two texts by a pattern: a word that stays (.), is replaced (x), put in or cut."""
    own, fresh = iter(own_words(len(pattern), 12)), iter(own_words(len(pattern), 13))
    one: list[str] = []
    other: list[str] = []
    for sign in pattern:
        if sign != "+":
            one.append(next(own))
        if sign != "-":
            other.append(one[-1] if sign == "." else next(fresh))
    return one, other


REWRITTEN = {
    "a word in three": "..x" * 4 + "....x..." + "x.." * 4,
    "runs far apart": "....x" + "..x" * 8 + "....",
    "up to the ends": ".x.x..x.x...x.....x....x.x..x.x.",
    "words put in between runs": "...........x..x.++.x.x..........",
    "words cut between runs": "...........x..x.--.x.x..........",
    "another beginning and end": "+++.x..x....x...x...x..x.--",
}


@pytest.mark.parametrize("label", REWRITTEN)
@pytest.mark.parametrize("swapped", [False, True], ids=["given", "swapped"])
def test_an_edited_copy_shows_every_word_that_stayed(
    label: str, *, swapped: bool
) -> None:
    texts = rewritten(REWRITTEN[label])
    one, other = texts[::-1] if swapped else texts
    [match] = matches(one, other)
    assert match.relation == "edited"
    common = [word for word in one if word in other]
    assert match.words == len(common)
    for words, side in ((one, match.left), (other, match.right)):
        shown = " ".join(words)[side.start : side.end].split()
        assert (shown[0], shown[-1]) == (common[0], common[-1])


def test_what_follows_an_edited_copy_is_not_shown_for_one_word_in_it() -> None:
    one, other = replaced(TEXT, 0.1), own_words(30, 9)
    tail = own_words(28, 10)
    tail[20] = other[20]
    [match] = matches([*one[:39], TEXT[39], *other], [*TEXT, *tail])
    assert match.relation == "edited"
    assert match.words == sum(map(str.__eq__, [*one[:39], TEXT[39]], TEXT))


def test_an_edited_copy_shows_the_formulas_in_it() -> None:
    texts = {
        str(number): " ".join(
            [*own_words(9, 100 + number), *FORMULA, *own_words(9, 200 + number)]
        )
        for number in range(40)
    }
    one = [*FORMULA, *own_words(14, 5)]
    other = [*FORMULA, "مضاف", *one[len(FORMULA) :]]
    found = dedupe.scan({"": " ".join(one), **texts, "z": " ".join(other)}).matches
    [match] = (
        match
        for match in found
        if (match.left.document, match.right.document) == ("", "z")
    )
    assert (match.relation, match.words) == ("edited", len(one))


@pytest.mark.parametrize("swapped", [False, True], ids=["given", "swapped"])
@pytest.mark.parametrize("part", [slice(5), slice(4, 9), slice(9, 14)], ids=str)
@pytest.mark.parametrize("is_before", [False, True], ids=["after", "before"])
def test_a_quotation_is_shown_whole_where_a_part_of_it_stands_beside_it_as_well(
    part: slice, *, is_before: bool, swapped: bool
) -> None:
    quotation = TEXT[:14]
    echo = [*quotation[part], own_words(1, 6)[0]]
    both = [*echo, *quotation] if is_before else [*quotation, *echo]
    one = [*own_words(15, 5), *both, *own_words(15, 7)]
    other = [*own_words(15, 8), *quotation, *own_words(15, 9)]
    texts = (other, one) if swapped else (one, other)
    [match] = matches(*texts)
    assert match.words == len(quotation)
    for words, side in zip(texts, (match.left, match.right), strict=True):
        assert " ".join(words)[side.start : side.end] == " ".join(quotation)
