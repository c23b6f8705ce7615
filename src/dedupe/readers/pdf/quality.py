"""Refuse text that does not say what the page shows.

A PDF is made to be looked at: it may hold no text, letters that are no letters, or
letters in the order of the picture. Such text would pass every comparison as unique.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LETTER = "ء-غف-ْٰ-ۓە-ۿ"
_WORD = re.compile(f"[{_LETTER}]+")
_MARKS = re.compile("[ً-ْٰـ]+")
FEWEST_WORDS = 20  # fewer do not tell


class _Sign(NamedTuple):
    """A sign of damage: how often it may occur, and what it means."""

    pattern: re.Pattern[str]  # searched in words
    most: float  # share of words
    reason: str


_REVERSED = "its Arabic letters are stored in reverse order"
_SIGNS = (
    _Sign(re.compile("^[ةى]."), 0.02, _REVERSED),
    _Sign(
        re.compile("^[وفبكل]?ا[أإآا]ل"),
        0.03,
        "the letters of its lam-alef ligatures are stored in reverse order",
    ),
    _Sign(re.compile("^[^و]$"), 0.2, "its Arabic words are torn into letters"),
)
_TORN_IN = re.compile(f"[{_LETTER}](?=[^\\W\\d_{_LETTER}])|[^\\W\\d_{_LETTER}](?=[{_LETTER}])")
