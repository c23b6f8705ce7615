"""Inputs that break what is quadratic; sizes are those that a test can wait for."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

import pytest

import dedupe
from corpora import WORDS
from dedupe.model import ScanResult

TEMPLATE = (
    "قال الوزير إن المشروع الجديد سيبدأ في المدينة بعد {} يوما من توقيع العقد مع "
    "الشركة التي فازت بالمناقصة وسيوفر {} فرصة عمل لأبناء المنطقة وما حولها من القرى."
)
FORMULA = "هذا الخبر منقول كما ورد ولا يتحمل الموقع أي مسؤولية عنه أبدا"
# Without ب and و, none of these words joins another.
LETTERS = "اتثجحخدرزسشصضطظعغفقكلمنه"


def prose(words: int, seed: int = 1, common: float = 0.3) -> str:
    """Text as various as news: some words often, most of them seldom."""
    random = Random(seed)
    return " ".join(
        random.choice(WORDS)
        if random.random() < common
        else "".join(random.choices(LETTERS, k=6))
        for _ in range(words)
    )


def scan(*lines: str) -> ScanResult:
    return dedupe.scan({"1.txt": "\n".join(lines)})


def equal_paragraphs(count: int) -> ScanResult:
    return scan(*[TEMPLATE.format(3, 4)] * count)


def near_duplicates(count: int) -> ScanResult:
    random = Random(5)
    numbers = [random.sample(range(10_000, 90_000), 2) for _ in range(count)]
    return scan(*(TEMPLATE.format(*pair) for pair in numbers))


def reworded(count: int) -> ScanResult:
    """One form, each time with other words of it replaced."""
    random = Random(6)
    form = prose(60, common=0).split()

    def replaced(row: int) -> str:
        words = form.copy()
        for place in random.sample(range(60), 6):
            words[place] = "".join(random.choices(LETTERS, k=7))
        return f"{prose(30, 100 + row, 0)}\n{' '.join(words)}"

    return dedupe.scan({str(row): replaced(row) for row in range(count)})


def with_a_formula(count: int) -> ScanResult:
    return scan(
        *(
            f"{prose(10, row, 0)} {FORMULA} {prose(10, count + row, 0)}."
            for row in range(count)
        )
    )


def one_paragraph(words: int) -> ScanResult:
    return scan(prose(words))


def empty_lines(count: int) -> ScanResult:
    return scan(*[""] * count)


def one_word(count: int) -> ScanResult:
    return scan(" ".join(["قال"] * count))


def one_phrase(count: int) -> ScanResult:
    return scan(" ".join(["قال الوزير إن المشروع الجديد سيبدأ غدا"] * count))


def short_lines(count: int) -> ScanResult:
    return scan(*(f"{line} {prose(3, line)}" for line in range(count)))


def words_alone(count: int) -> ScanResult:
    return scan(*(WORDS[row % 7] for row in range(count)))


def test_equal_paragraphs_are_one_finding() -> None:
    result = equal_paragraphs(20_000)
    [finding] = result.findings
    assert (finding.rule, finding.relation) == ("near-duplicate", "identical")
    assert len(finding.occurrences) == 20_000
    assert len(result.matches) == 19_999
    assert result.duplicated_words == result.words - finding.words


def test_near_duplicates_of_one_template_are_all_tied_to_an_earlier_one() -> None:
    result = near_duplicates(3_000)
    copies: set[int] = set()
    for finding in result.findings:
        assert finding.relation == "edited"
        for place in finding.occurrences[1:]:
            first, last = place.lines
            copies.update(range(first, last + 1))
    assert copies == set(range(2, 3_001))
    assert len(result.matches) < 200 * 3_000


def test_a_form_with_other_words_each_time_is_one_finding() -> None:
    result = reworded(1_200)
    form, *rest = sorted(result.findings, key=lambda item: -len(item.occurrences))
    assert (form.rule, form.relation) == ("boilerplate", "edited")
    assert len(form.occurrences) > 0.99 * 1_200
    assert len(rest) < 12
    assert len(result.matches) < 20 * 1_200


def test_a_formula_makes_no_near_duplicates() -> None:
    result = with_a_formula(5_000)
    assert not [item for item in result.findings if item.rule == "near-duplicate"]
    assert len(result.matches) < 50 * 5_000


def test_one_paragraph_of_two_million_characters_is_read() -> None:
    result = one_paragraph(400_000)
    assert result.paragraphs == 1
    assert result.words == 400_000
    assert result.status == "clean"


def test_a_passage_is_found_inside_a_paragraph_of_two_million_characters() -> None:
    words = prose(400_000).split()
    words[300_000:300_000] = words[1_000:1_040]
    text = " ".join(words)
    [finding] = scan(text).findings
    assert finding.words == 40
    shown = [text[place.span.start : place.span.end] for place in finding.occurrences]
    assert shown[0] == shown[1] == " ".join(words[1_000:1_040])


def test_empty_lines_hold_nothing() -> None:
    result = empty_lines(300_000)
    assert (result.paragraphs, result.words, result.status) == (0, 0, "clean")


def test_a_line_after_many_empty_ones_keeps_its_number() -> None:
    result = scan(*[""] * 300_000, TEMPLATE, TEMPLATE)
    [finding] = result.findings
    assert [place.lines for place in finding.occurrences] == [
        (300_001, 300_001),
        (300_002, 300_002),
    ]


def test_a_word_said_again_and_again_is_no_copy_of_itself() -> None:
    result = one_word(300_000)
    assert result.words == 300_000
    assert len(result.findings) <= 1


def test_short_lines_that_differ_are_no_finding() -> None:
    assert short_lines(50_000).status == "clean"


GROWING = [
    (equal_paragraphs, 10_000),
    (near_duplicates, 600),
    (reworded, 600),
    (with_a_formula, 2_000),
    (one_paragraph, 100_000),
    (empty_lines, 400_000),
    (one_word, 150_000),
    (one_phrase, 15_000),
    (short_lines, 20_000),
    (words_alone, 50_000),
]


@pytest.mark.parametrize(
    ("flood", "size"), GROWING, ids=[flood.__name__ for flood, _ in GROWING]
)
def test_twice_the_input_takes_about_twice_the_time(
    flood: Callable[[int], ScanResult], size: int
) -> None:
    def seconds(size: int) -> float:
        start = time.process_time()
        flood(size)
        return time.process_time() - start

    seconds(size // 4)
    # Four times the input: quadratic work would take sixteen times as long.
    for _ in range(3):
        if seconds(2 * size) < 8 * seconds(size // 2) + 0.2:
            return
    pytest.fail(f"{flood.__name__} takes more than its share of time")
