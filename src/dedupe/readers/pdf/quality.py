"""Refuse text that does not say what the page shows.

A PDF is made to be looked at: it may hold no text, letters that are no letters, or
letters in the order of the picture. Passed on, such text would compare as unique.

The thresholds stand between what was measured: 21,700 Arabic news articles, and files
of which it is known that they are damaged (docs/formats.md has the table).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ARABIC = "ء-غف-ْٰ-ۓە-ۿ"
_WORD = re.compile(f"[{_ARABIC}]+")
_MARKS = re.compile("[ـً-ْٰ]+")
_FEWEST_WORDS = 20  # fewer do not tell
_ADVICE = "export it from the program that made it, or take the text of its source"


class _Damage(NamedTuple):
    """A sign of damage: how often it occurs in whole text, and what it means."""

    pattern: re.Pattern[str]  # of words without marks
    most: float  # share of words
    reason: str


_DAMAGES = (
    # No word begins so; of reversed words nearly a quarter do. Articles: 1.5 % at most.
    _Damage(
        re.compile("^[ةى]."),
        0.03,
        "its Arabic letters are stored in reverse order",
    ),
    # «األحد» for «الأحد». Articles: none in 999 of a thousand, 2.2 % at most.
    _Damage(
        re.compile("^[وفبكل]?ا[أإآا]ل"),
        0.012,
        "the letters of its lam-alef ligatures are stored in reverse order",
    ),
    # Articles: 8.8 % in one of a thousand; torn words: most.
    _Damage(
        re.compile("^[^و]$"),
        0.3,
        "its Arabic words are torn into letters",
    ),
)
# An Arabic letter that touches one of another script. Articles: 3 % of words in one of
# a hundred, 18 % in one of a thousand; fonts with a wrong table: 5 to 32 %.
_MIXED = re.compile(
    rf"[{_ARABIC}](?=[^\W\d_{_ARABIC}])|[^\W\d_{_ARABIC}](?=[{_ARABIC}])"
)
_MOST_MIXED = 0.15
# One sign between Arabic letters that no word has: a digit, a star. Articles: 1.2 %
# of words in one of a thousand; fonts with a wrong table: 2 to 14 %.
_PIERCED = re.compile(
    rf"[{_ARABIC}][^\s\u064b-\u065fـ\u200c-\u200f«»()\[\]{{}}\"“”،؛:.,/!؟?…_–—-]"
    rf"(?=[{_ARABIC}])(?<![{_ARABIC}])"
)
_MOST_PIERCED = 0.018
_MOST_UNKNOWN = 0.02  # of all signs
# What fonts from before Unicode make of Arabic: accented letters, currency, dashes.
_OLD_FONT = re.compile(
    r"[\x80-\xff\u0152-\u0192\u02c6-\u02dd\u2020-\u2044\u20ac-\u25ca]"
)
_MOST_OLD = 0.35
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")
_MOST_CONTROL = 0.02


def require_text(text: str, unknown: Mapping[str, int]) -> None:
    """Raise InputError for text that is clearly not what the page shows.

    `unknown` counts the signs that the file does not explain, by font and code.
    """
    size = sum(not sign.isspace() for sign in text)
    lost = sum(unknown.values())
    if not size and not lost:
        raise InputError(
            "holds no text, only pictures of it, as a scan does; recognize its text "
            "(OCR) first"
        )
    # One sign alone is the stroke that stretches lines; letters are lost by the dozen.
    if len(unknown) > 1 and lost > _MOST_UNKNOWN * (size + lost):
        raise _refusal(f"{lost:,} of its {size + lost:,} signs have no character")
    if len(_CONTROL.findall(text)) > _MOST_CONTROL * size:
        raise _refusal("its fonts do not say which characters its signs are")
    if len(_OLD_FONT.findall(text)) > _MOST_OLD * size:
        raise _refusal("its fonts are from before Unicode")
    _require_words(text)


def _require_words(text: str) -> None:
    words = [word for word in (_MARKS.sub("", w) for w in _WORD.findall(text)) if word]
    if len(words) < _FEWEST_WORDS:
        return
    mixed, pierced = len(_MIXED.findall(text)), len(_PIERCED.findall(text))
    if mixed > _MOST_MIXED * len(words) or pierced > _MOST_PIERCED * len(words):
        raise _refusal("its fonts have wrong characters for Arabic letters")
    for damage in _DAMAGES:
        found = sum(map(bool, map(damage.pattern.search, words)))
        if found > max(1, damage.most * len(words)):
            raise _refusal(damage.reason)


def _refusal(reason: str) -> InputError:
    return InputError(f"its text is damaged: {reason}; {_ADVICE}")


def cleaned(text: str) -> str:
    """Return text without what no font meant to say."""
    return _CONTROL.sub("", text)
