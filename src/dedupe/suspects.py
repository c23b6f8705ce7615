"""Find what looks damaged and cannot be repaired safely: it is for the editor to see.

>>> [(one.start, one.end, one.rule) for one in suspects("ا?سبانية")]
[(1, 2, 'lost-letter')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from dedupe import mojibake


class Suspect(NamedTuple):
    """A place that looks damaged, which is reported and not changed."""

    start: int  # code points of the text, half-open
    end: int
    rule: str
    reason: str


_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_REPLACED = re.compile(f"{_REPLACEMENT}+")
# A lam-alef that an old code page does not have: ا?سبانية.
_LOST = re.compile(r"(?<=[\u0621-\u064a])\?+(?=[\u0621-\u064a])")
# Letters of Persian and Urdu keyboards for which Arabic has its own: خلیفة.
_PERSIAN = re.compile("[یکہھە]")
_PERSIAN_IN_WORD = re.compile(r"[\u0620-\u06d3\u06d5]*[یکہھە][\u0620-\u06d3\u06d5]*")
_ARABIC_ONLY = re.compile("[ةيىكأإؤ]|^[وفبل]?ال")


def suspects(text: str) -> list[Suspect]:
    """Return the places of a text that look damaged, sorted."""
    found = [*_misread(text), *_lost(text), *_persian(text)]
    return sorted(found)


def _misread(text: str) -> Iterator[Suspect]:
    for start, end in _joined(text, mojibake.read_again(text)):
        reason = "UTF-8 that was read with another encoding; --fix-encoding repairs it"
        yield Suspect(start, end, "misread-text", reason)
    for start, end in mojibake.unread_stretches(text):
        reason = "Arabic in the encoding of Windows that was read as Latin"
        yield Suspect(start, end, "misread-text", reason)


def _joined(text: str, readings: list[mojibake.Reading]) -> list[tuple[int, int]]:
    """Return one span for the words of a line."""
    spans: list[tuple[int, int]] = []
    for start, end, _ in readings:
        between = text[spans[-1][1] : start] if spans else ""
        if spans and between.isascii() and "\n" not in between:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def _lost(text: str) -> Iterator[Suspect]:
    if _REPLACEMENT in text:
        for match in _REPLACED.finditer(text):
            reason = "characters that were lost in a conversion"
            yield Suspect(*match.span(), "lost-character", reason)
    if "?" in text:
        for match in _LOST.finditer(text):
            reason = "a letter that was lost in a conversion, or a missing space"
            yield Suspect(*match.span(), "lost-letter", reason)


def _persian(text: str) -> Iterator[Suspect]:
    if not _PERSIAN.search(text):
        return
    for match in _PERSIAN_IN_WORD.finditer(text):
        if _ARABIC_ONLY.search(match[0]):
            reason = "letters of a Persian or Urdu keyboard in an Arabic word"
            yield Suspect(*match.span(), "persian-letter", reason)
