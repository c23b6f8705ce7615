"""Number the letters: one level of folding as a table of one byte a character."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedupe import arabic, rewriter
from dedupe.folding.columns import Codes
from dedupe.values import dataclass

# The fold gives one byte a character. Words are made of what stands from FIRST_DIGIT to
# below SEPARATOR; up to OTHER_LETTER stands what is rare and has rules of its own.
DELETED, NEWLINE, BREAK, REWRITE, POINT, COMMA, APOSTROPHE = range(7)
FIRST_DIGIT, OTHER_LETTER, FIRST_LETTER, SEPARATOR = 16, 26, 27, 255
DIGITS = "0123456789"

# Scripts in the order in which their letters get a code of their own; the letters of
# all others are OTHER_LETTER and are told apart in a second look.
SCRIPTS = (
    (0x0620, 0x06FF),  # Arabic comes first: `Alphabet.last_arabic` ends it
    (0x0041, 0x007A),  # Latin
    (0x00C0, 0x017F),
    (0x03B1, 0x03C9),  # Greek
    (0x0430, 0x045F),  # Cyrillic
    (0x05D0, 0x05EA),  # Hebrew
)
LARGEST_BLOCK = 31 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One level of folding as tables."""

    level: str
    codes: Codes  # code point -> code
    first_codes: Codes  # likewise, with REWRITE for what may have to be rewritten
    code_of: dict[str, int]
    numerals: Codes  # codes of digits
    last_arabic: int


@lru_cache
def alphabet(level: str) -> Alphabet:
    """Number the letters that the shipped table gives."""
    _keep_memory()
    images = rewriter.table(level)
    code_of_image = np.full(arabic.PLANE_SIZE, OTHER_LETTER, np.uint8)
    code_of_image[0] = DELETED
    code_of_image[1] = REWRITE
    code_of_image[ord(arabic.NEWLINE)] = NEWLINE
    code_of_image[ord(arabic.BREAK)] = BREAK
    code_of_image[ord(arabic.SEPARATOR)] = SEPARATOR
    code_of_image[_points(DIGITS)] = FIRST_DIGIT + np.arange(len(DIGITS))
    letters: list[int] = []
    last_arabic = 0
    for first, last in SCRIPTS:
        own = np.arange(first, last + 1)
        letters += own[images[first : last + 1] == own].tolist()
        last_arabic = last_arabic or FIRST_LETTER + len(letters) - 1
    letters = letters[: SEPARATOR - FIRST_LETTER]
    code_of_image[letters] = FIRST_LETTER + np.arange(len(letters))
    code_of = {chr(letter): int(code_of_image[letter]) for letter in letters}
    if level == "full":
        code_of_image[_points(".,'")] = POINT, COMMA, APOSTROPHE
    codes = code_of_image[images]
    first_codes = codes.copy()
    first_codes[_points(rewriter.SIGNALS[level])] = REWRITE
    numerals = code_of_image[_points(arabic.NUMERALS)]
    return Alphabet(level, codes, first_codes, code_of, numerals, last_arabic)


def _keep_memory() -> None:
    """Let the C library keep the memory of one batch for the next.

    Fresh memory costs as much as half the work, and glibc hands large blocks back until
    it has seen one as large as this come and go (mallopt(3), M_MMAP_THRESHOLD).
    """
    np.empty(LARGEST_BLOCK, np.uint8)


def _points(characters: str) -> list[int]:
    return [ord(character) for character in characters]
