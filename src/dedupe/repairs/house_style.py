"""Write signs as a house wants them: digits, quotation marks, tashkeel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dedupe.edits import Edit
from dedupe.repairs.characters import LETTERS, MARKS, TATWEEL, places_of
from dedupe.repairs.ways import Way

_DIGITS = {
    "ascii": re.compile("[٠-٩۰-۹]+"),
    # Those of Latin names stay: F16, MP3.
    "arabic": re.compile(r"[۰-۹]+|(?<![0-9A-Za-z_])[0-9]+(?![0-9A-Za-z_])"),
}
_ZEROS = {"ascii": "0", "arabic": "٠"}
_ASCII_QUOTES = dict.fromkeys("«»“”„‟", '"') | dict.fromkeys("‹›‘’‚", "'")
_ARABIC_QUOTES = {"“": "«", "„": "«", "‟": "«", "”": "»"}
_QUOTES_TO_ASCII = re.compile(f"[{''.join(_ASCII_QUOTES)}]")
_QUOTES_TO_ARABIC = re.compile(f'[{"".join(_ARABIC_QUOTES)}"]')
_LATIN_SIGNS = re.compile("&#?[A-Za-z0-9]+;|[,;?]")
_ARABIC_SIGNS = {",": "،", ";": "؛", "?": "؟"}
_ARABIC_BEFORE = re.compile(rf"[{LETTERS}{MARKS}{TATWEEL}][\"')\]}}»”’]{{0,2}} ?\Z")
_END_AFTER = re.compile(rf"\s|\Z|[\"'\]}}»›”’…{LETTERS}]|(?<!;)\)|[.!؟،؛](?!\w)")
_DIACRITICS = re.compile(
    "[\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff]+"
)


def digits(text: str, way: Way) -> Iterator[Edit]:
    """Write digits of one kind."""
    zero = ord(_ZEROS[way.settings.digits])
    for match in _DIGITS[way.settings.digits].finditer(text):
        written = "".join(chr(zero + int(digit)) for digit in match[0])
        yield Edit(*match.span(), written, "digits", "digits of another kind")


def quotes(text: str, way: Way) -> Iterator[Edit]:
    """Write quotation marks of one kind."""
    reason = "quotation marks of another kind"
    if way.settings.quotes == "ascii":
        for match in _QUOTES_TO_ASCII.finditer(text):
            yield Edit(*match.span(), _ASCII_QUOTES[match[0]], "quotes", reason)
        return
    for start, end in _lines(text):
        # Which of two straight marks opens is known where each has a partner.
        is_paired = text.count('"', start, end) % 2 == 0
        is_opened = False
        for match in _QUOTES_TO_ARABIC.finditer(text, start, end):
            written = _ARABIC_QUOTES.get(match[0])
            if written is None and is_paired:
                written = "»" if is_opened else "«"
                is_opened = not is_opened
            if written:
                yield Edit(*match.span(), written, "quotes", reason)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in (*places_of(text, "\n"), len(text)):
        yield start, end
        start = end + 1


def arabic_punctuation(text: str, _way: Way) -> Iterator[Edit]:
    """Write Arabic signs after Arabic words."""
    for match in _LATIN_SIGNS.finditer(text):
        start, end = match.span()
        if (
            match[0] in _ARABIC_SIGNS
            and _ARABIC_BEFORE.search(text[max(start - 4, 0) : start])
            and _END_AFTER.match(text, end)
        ):
            sign = _ARABIC_SIGNS[match[0]]
            yield Edit(start, end, sign, "punctuation", "a Latin sign after Arabic")


def diacritics(text: str, _way: Way) -> Iterator[Edit]:
    """Drop tashkeel."""
    for match in _DIACRITICS.finditer(text):
        yield Edit(*match.span(), "", "diacritics", "tashkeel was to be removed")
