"""Inputs that break what is quadratic, recursive or greedy for memory."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from random import Random

PARAGRAPH = (
    "قال الوزير إن المشروع الجديد سيبدأ في المدينة بعد شهر من توقيع العقد مع الشركة "
    "التي فازت بالمناقصة وسيوفر فرص عمل كثيرة لأبناء المنطقة وما حولها من القرى"
)
WORDS = PARAGRAPH.split()

EQUAL_PARAGRAPHS = 100_000
NEARLY_EQUAL_PARAGRAPHS = 20_000
LONG_CHARACTERS = 50_000_000
EMPTY_LINES = 1_000_000
PARAGRAPHS_IN_A_FILE = 100


def equal_paragraphs(folder: Path, _random: Random) -> None:
    """Write one paragraph a hundred thousand times, in a thousand files."""
    text = "\n".join([PARAGRAPH] * PARAGRAPHS_IN_A_FILE)
    for place in range(EQUAL_PARAGRAPHS // PARAGRAPHS_IN_A_FILE):
        (folder / f"{place:04}.txt").write_text(text, encoding="utf-8")


def equal_paragraphs_in_one_file(folder: Path, _random: Random) -> None:
    """Write one paragraph a hundred thousand times, in one file."""
    text = "\n".join([PARAGRAPH] * EQUAL_PARAGRAPHS)
    (folder / "equal.txt").write_text(text, encoding="utf-8")


def nearly_equal_paragraphs(folder: Path, random: Random) -> None:
    """Write a paragraph again and again with two words and a number changed."""

    def vary(place: int) -> str:
        words = WORDS.copy()
        for _ in range(2):
            words[random.randrange(len(words))] = random.choice(WORDS)
        return " ".join([*words, str(place)])

    for name, places in enumerate(_batches(NEARLY_EQUAL_PARAGRAPHS)):
        text = "\n".join(map(vary, places))
        (folder / f"{name:04}.txt").write_text(text, encoding="utf-8")


def _batches(count: int) -> Iterator[tuple[int, ...]]:
    places = iter(range(count))
    while batch := tuple(itertools.islice(places, PARAGRAPHS_IN_A_FILE)):
        yield batch


def one_long_paragraph(folder: Path, random: Random) -> None:
    """Write one paragraph of fifty million characters, of random words."""
    letters = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
    words = ["".join(random.choices(letters, k=5)) for _ in range(50_000)]
    text = " ".join(random.choices(words, k=LONG_CHARACTERS // 6))
    (folder / "long.txt").write_text(text, encoding="utf-8")


def one_word_repeated(folder: Path, _random: Random) -> None:
    """Write one paragraph of a million equal words."""
    (folder / "word.txt").write_text("كلمة " * 1_000_000, encoding="utf-8")


def empty_lines(folder: Path, _random: Random) -> None:
    """Write a million empty lines between two paragraphs."""
    text = PARAGRAPH + "\n" * EMPTY_LINES + PARAGRAPH
    (folder / "empty.txt").write_text(text, encoding="utf-8")


FLOODS: dict[str, Callable[[Path, Random], None]] = {
    "100,000 equal paragraphs": equal_paragraphs,
    "the same in one file": equal_paragraphs_in_one_file,
    "20,000 nearly equal": nearly_equal_paragraphs,
    "50 million characters": one_long_paragraph,
    "one word a million times": one_word_repeated,
    "a million empty lines": empty_lines,
}
