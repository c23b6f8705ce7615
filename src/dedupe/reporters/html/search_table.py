"""Fold single characters for the search of the page, as the scanner folds them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from dedupe import arabic

# The scripts that the folding rules are made for, and signs. Letters of all others are
# compared as they are written.
BLOCKS = (
    (0x0000, 0x058F),  # Latin, Greek, Cyrillic, Armenian
    (0x0590, 0x06FF),  # Hebrew, Arabic
    (0x0700, 0x08FF),  # what lies between, Arabic supplements
    (0x1E00, 0x2BFF),  # Latin and Greek with marks, signs
    (0x3000, 0x303F),
    (0xFB00, 0xFFFF),  # presentation forms, full width
    (0x1D165, 0x1D172),  # notes, some of which go like marks
)


@cache
def images() -> dict[str, str]:
    """Return the image of each character that is not what its category tells.

    The script knows that marks and what is invisible go, that letters and digits stay
    and that all else is a separator.
    """
    return {
        character: image
        for character in _characters()
        if (image := arabic.image(character)) != _expected(character)
    }


def _characters() -> Iterator[str]:
    """Yield the characters of the blocks, and the digits of all other scripts."""
    for first, last in BLOCKS:
        yield from map(chr, range(first, last + 1))
    for code in range(arabic.PLANE_SIZE):
        if unicodedata.category(chr(code)) == "Nd":
            yield chr(code)


def _expected(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Cf"):
        return ""
    return character if category[0] in "LMN" else arabic.SEPARATOR
