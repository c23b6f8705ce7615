"""Repair how letters are stored: shapes, parted hamzas, stretched words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from dedupe.edits import Edit
from dedupe.repairs.characters import (
    LETTERS,
    MARKS,
    SHAPES,
    SHAPES_OF_FARSI_YEH,
    SHAPES_OF_MARKS,
    TATWEEL,
    is_hamza_next,
)
from dedupe.repairs.ways import Way

_SHAPED = re.compile(f"[{SHAPES}{SHAPES_OF_MARKS}]+")
_RISKY_SHAPE = re.compile(f"[{SHAPES_OF_FARSI_YEH}{SHAPES_OF_MARKS}]")
_COMPOSITES = {
    unicodedata.normalize("NFD", letter): letter
    for letter in (
        "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
        "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER HEH WITH YEH ABOVE}",
        "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}",
    )
}
_DECOMPOSED = re.compile("|".join(_COMPOSITES))


def presentation_forms(text: str, _way: Way) -> Iterator[Edit]:
    """Write letters in place of their shapes."""
    for match in _SHAPED.finditer(text):
        start, end = match.span()
        if _RISKY_SHAPE.match(text, end - 1) and is_hamza_next(text, end):
            end -= 1
        if start < end:
            letters = "".join(map(_letters_of, text[start:end]))
            reason = "shapes of letters in place of letters"
            yield Edit(start, end, letters, "presentation-form", reason)


def _letters_of(shape: str) -> str:
    """Return the letters of a shape, or the marks of one that stands for marks."""
    return unicodedata.normalize("NFKC", shape).strip(f" {TATWEEL}")


def decomposed_letters(text: str, _way: Way) -> Iterator[Edit]:
    """Write a letter and its hamza or madda as one character."""
    for match in _DECOMPOSED.finditer(text):
        letter = _COMPOSITES[match[0]]
        reason = "a letter and its hamza or madda as two characters"
        yield Edit(*match.span(), letter, "decomposed-letter", reason)


_TATWEELS = re.compile(f"{TATWEEL}+")
_IS_LETTER = re.compile(f"[{LETTERS}]")
_IS_LETTER_OR_MARK = re.compile(f"[{LETTERS}{MARKS}]")


def tatweel(text: str, way: Way) -> Iterator[Edit]:
    """Drop it between two letters; elsewhere it is a sign: 1436هـ, الـ12, ـَ."""
    is_all = way.settings.tatweel == "all"
    for match in _TATWEELS.finditer(text):
        start, end = match.span()
        if is_all or (
            start
            and _IS_LETTER_OR_MARK.match(text, start - 1)
            and _IS_LETTER.match(text, end)
        ):
            yield Edit(start, end, "", "tatweel", "only stretches the word")
