"""Fold a paragraph so that all spellings of its words become one, with offsets back.

>>> folded = normalize("«إلى» عبد الرحمٰن، 1436هـ")
>>> folded.text
'الي عبدالرحمن 1436 ه'
>>> folded.original_span(0, 3)
Span(start=1, end=4)
"""

from __future__ import annotations

import re

import numpy as np

from dedupe import arabic, rewriter
from dedupe.errors import SettingsError
from dedupe.folding import WordColumns, fold_words
from dedupe.model import Span
from dedupe.rewriter import Offsets
from dedupe.settings import check_fold
from dedupe.values import dataclass

__all__ = ["NormalizedText", "WordColumns", "fold_words", "normalize"]

_NUMBER_OR_SIGN = re.compile(r"[0-9]+(?:[.,'][0-9]+)*|[.,']")
_YEHS_AND_HAMZAS = re.compile("[يء]+")
_WORD = re.compile(r"[0-9]+(?:[.\0][0-9]+)*|[^0-9. \n\v]+")
_LETTER = re.compile(r"[^0-9. \n\v]")
_PLAIN_WORD = re.compile(r"[^ \n\v]+")
_NUMERAL = re.compile(rf"[{arabic.NUMERALS}][{arabic.NUMERALS}.]*")
_SERVANT = re.compile("[وفبلك]?عبد")

# Holds the place of a character that a rule has dropped.
_DROPPED = "\0"


@dataclass(frozen=True, slots=True)
class NormalizedText:
    """Folded words with single spaces between them, and where they come from."""

    text: str
    offsets: Offsets  # code point of the original, for each character of `text`
    ends: Offsets  # where it ends there, with the marks after it

    def original_span(self, start: int, end: int) -> Span:
        """Return where `text[start:end]` stands in the original."""
        if start >= end:
            place = int(self.offsets[start]) if start < len(self.text) else 0
            return Span(place, place)
        return Span(int(self.offsets[start]), int(self.ends[end - 1]))


@dataclass(frozen=True, slots=True)
class _Word:
    """A folded word and the spans of folded characters that it is made of."""

    text: str
    places: tuple[tuple[int, int], ...]


def normalize(
    text: str, *, fold: str = "full", ignore_numbers: bool = False
) -> NormalizedText:
    """Return the folded text of one paragraph with the offsets of its characters."""
    _check_arguments(text, fold)
    points, origin = rewriter.rewrite(text, fold)
    images = rewriter.images(points, rewriter.table(fold))
    kept = np.flatnonzero(images)
    folded = images[kept].tobytes().decode("utf-32-le", "surrogatepass")
    offsets = origin[kept]
    ends = np.append(offsets[1:], len(text)).astype(np.int32)
    # Characters of one ligature have its place, all of them.
    ends = np.maximum(ends, offsets + 1)
    if fold == "full":
        folded = _drop_yehs(_write_numbers(folded))
    words = _words(folded, _WORD if fold == "full" else _PLAIN_WORD)
    if ignore_numbers:
        words = [word for word in words if not _NUMERAL.fullmatch(word.text)]
    if fold == "full":
        words = _join_servants(_join_waws(words))
    return _written(words, folded, offsets, ends)


def _check_arguments(text: object, fold: str) -> None:
    check_fold(fold)
    if not isinstance(text, str):
        message = f"A text to normalize must be str, not {type(text).__name__}."
        raise SettingsError(message)


def _write_numbers(folded: str) -> str:
    """Write 1,234.5 as 1234.5 and part what is no number, keeping the length."""

    def written(match: re.Match[str]) -> str:
        groups = re.split("[.,']", match[0])
        signs = re.sub("[0-9]", "", match[0])
        if not all(groups):
            return arabic.SEPARATOR
        if not signs:
            return match[0]
        between = [sign or _DROPPED for sign in arabic.number_signs(groups, signs)]
        return "".join(map("".join, zip(groups, [*between, ""], strict=True)))

    return _NUMBER_OR_SIGN.sub(written, folded)


def _drop_yehs(folded: str) -> str:
    """Drop the yehs among the yehs and hamzas that end a word with a hamza."""

    def dropped(match: re.Match[str]) -> str:
        following = folded[match.end() : match.end() + 1]
        if not match[0].endswith("ء") or _LETTER.match(following):
            return match[0]
        return match[0].replace("ي", _DROPPED)

    return _YEHS_AND_HAMZAS.sub(dropped, folded)


def _words(folded: str, pattern: re.Pattern[str]) -> list[_Word]:
    return [
        _Word(match[0].replace(_DROPPED, ""), (match.span(),))
        for match in pattern.finditer(folded)
    ]


def _join_waws(words: list[_Word]) -> list[_Word]:
    """Join a و that stands alone with the word that it introduces."""
    first, last = arabic.ARABIC_LETTERS
    groups: list[list[_Word]] = []
    for word in words:
        if groups and groups[-1][-1].text == "و" and first <= word.text[0] <= last:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [_joined(group) for group in groups]


def _join_servants(words: list[_Word]) -> list[_Word]:
    """Join عبد with the name of God that follows it."""
    joined: list[_Word] = []
    for word in words:
        is_name = word.text.startswith("ال")
        if is_name and joined and _SERVANT.fullmatch(joined[-1].text):
            joined[-1] = _joined([joined[-1], word])
        else:
            joined.append(word)
    return joined


def _joined(words: list[_Word]) -> _Word:
    return _Word(
        "".join(word.text for word in words),
        tuple(place for word in words for place in word.places),
    )


def _written(
    words: list[_Word], folded: str, offsets: Offsets, ends: Offsets
) -> NormalizedText:
    """Put the words in a row; a space stands where the word before it ends."""
    places: list[int] = []
    spaces: list[int] = []
    heads: list[tuple[int, int]] = []
    for word in words:
        if places:
            spaces.append(len(places))
            places.append(places[-1])
        heads.append((len(places), word.places[0][0]))
        for first, last in word.places:
            places += [
                place for place in range(first, last) if folded[place] != _DROPPED
            ]
    rows = np.array(places, np.int64)
    starts, stops = offsets[rows], ends[rows]
    for row, place in heads:  # a word may begin with a yeh that was dropped
        starts[row] = offsets[place]
    starts[spaces] = stops[spaces]
    stops[spaces] = starts[np.array(spaces, np.int64) + 1]
    return NormalizedText(" ".join(word.text for word in words), starts, stops)
