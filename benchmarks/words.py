"""A small, slow fold of Arabic, written apart from the engine to judge it."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

SHINGLE_SIZE = 3

_LETTERS = str.maketrans("أإآٱىیکةؤئ", "ااااييكهءء")
_WORD = re.compile(r"\d+|[^\W\d_]+")
_ABD = re.compile(r"\b([وفبلك]?عبد) (?=ال)")
_DETACHED_WAW = re.compile(r"\bو (?=[^\W\d_])")


class _Folding(dict[int, str]):
    """A table for `str.translate` that fills itself."""

    def __missing__(self, code: int) -> str:
        letters = [
            "" if unicodedata.category(letter) in {"Mn", "Cf"} else letter
            for letter in unicodedata.normalize("NFKC", chr(code))
        ]
        folded = "".join(letters).translate(_LETTERS).replace("ـ", "").casefold()
        self[code] = "".join(_digit(letter) for letter in folded)
        return self[code]


def _digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


_FOLDING = _Folding()


def fold_words(text: str) -> list[str]:
    """Return the words of a text with most spellings made one.

    >>> fold_words("إلى الأميرِ عبد الله، ١٢م")
    ['الي', 'الامير', 'عبدالله', '12', 'م']
    """
    folded = unicodedata.normalize("NFC", text).translate(_FOLDING)
    spaced = " ".join(_WORD.findall(folded))
    joined = _ABD.sub(r"\1", _DETACHED_WAW.sub("و", spaced))
    return joined.split()


def shingles(words: list[str]) -> set[tuple[str, ...]]:
    """Return the word 3-shingles, or the whole text when it is shorter."""
    runs = max(1, len(words) - SHINGLE_SIZE + 1)
    return {tuple(words[start : start + SHINGLE_SIZE]) for start in range(runs)}


def jaccard_and_containment(left: str, right: str) -> tuple[float, float]:
    """Return the exact Jaccard and containment of the word 3-shingles."""
    one, other = shingles(fold_words(left)), shingles(fold_words(right))
    shared = len(one & other)
    return shared / len(one | other), shared / min(len(one), len(other))


def longest_common_run(left: str, right: str) -> list[str]:
    """Return the longest run of equal words."""
    one, other = fold_words(left), fold_words(right)
    run = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return one[run.a : run.a + run.size]
