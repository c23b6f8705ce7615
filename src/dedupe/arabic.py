"""Say which spellings of Arabic are the same letter, rule by rule, with the reason.

A table gives every code point its image: nothing (deleted), a separator, or folded
characters. It is closed: every folded character is its own image, so the order of the
rules inside it does not matter. What needs order is in `normalizer`.

`python -m dedupe.arabic` writes the images of the Basic Multilingual Plane to the file
that ships with the package.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

TABLE_FILE = Path(__file__).with_name("folding.bin")
LEVELS = ("none", "light", "full")
PLANE_SIZE = 0x10000
UNICODE_VERSION = "14.0.0"  # of the shipped table; that of Python 3.11

SEPARATOR = " "
NEWLINE = "\n"
BREAK = "\v"  # stands for every other character that ends a paragraph

# ------------------------------------------------------------- what ends a paragraph
# Word processors and web forms write a paragraph's end in more ways than "\n"; a lone
# carriage return is the line end of old Mac files.
BREAKS = (
    "\N{CARRIAGE RETURN}"
    "\N{LINE TABULATION}"
    "\N{FORM FEED}"
    "\N{NEXT LINE}"
    "\N{LINE SEPARATOR}"
    "\N{PARAGRAPH SEPARATOR}"
)

# ------------------------------------------------------------------- what is deleted
# Letters that are only ornament: tatweel stretches a word (العـــربية), the small waw
# and yeh of the Quran repeat a vowel.
ORNAMENTS = "\N{ARABIC TATWEEL}\N{ARABIC SMALL WAW}\N{ARABIC SMALL YEH}"

# Marks that stand alone as a presentation form. NFKC makes a space and a mark of them,
# which would cut the word that they stand in.
ISOLATED_MARKS = (
    ("\N{ARABIC FATHATAN ISOLATED FORM}", "\N{ARABIC SUKUN MEDIAL FORM}"),
    (
        "\N{ARABIC LIGATURE SHADDA WITH DAMMATAN ISOLATED FORM}",
        "\N{ARABIC LIGATURE SHADDA WITH SUPERSCRIPT ALEF ISOLATED FORM}",
    ),
    (
        "\N{ARABIC LIGATURE SHADDA WITH FATHA MEDIAL FORM}",
        "\N{ARABIC LIGATURE SHADDA WITH KASRA MEDIAL FORM}",
    ),
)

# Letters that show nothing.
BLANK_LETTERS = (
    "\N{HANGUL CHOSEONG FILLER}"
    "\N{HANGUL JUNGSEONG FILLER}"
    "\N{HANGUL FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}"
)

# Format characters that can be seen: the end of a verse, the sign before a year.
# They stand between words; every other format character is invisible and stands in
# the middle of words (ا + zero width space + لمتلاعبين), where a space would cut them.
VISIBLE_FORMATS = (
    "\N{ARABIC NUMBER SIGN}"
    "\N{ARABIC SIGN SANAH}"
    "\N{ARABIC FOOTNOTE MARKER}"
    "\N{ARABIC SIGN SAFHA}"
    "\N{ARABIC SIGN SAMVAT}"
    "\N{ARABIC NUMBER MARK ABOVE}"
    "\N{ARABIC END OF AYAH}"
    "\N{ARABIC POUND MARK ABOVE}"
    "\N{ARABIC PIASTRE MARK ABOVE}"
    "\N{ARABIC DISPUTED END OF AYAH}"
    "\N{KAITHI NUMBER SIGN}"
    "\N{KAITHI NUMBER SIGN ABOVE}"
)

# ----------------------------------------------------------- which letters are the same
FOLDED_LETTERS = {
    # The hamza of an alef is often left out when typing: إلى and الى, أن and ان.
    # Half of all differences between real copies are this one.
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WASLA}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA ABOVE}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER ALEF WITH WAVY HAMZA BELOW}": "\N{ARABIC LETTER ALEF}",
    "\N{ARABIC LETTER HIGH HAMZA ALEF}": "\N{ARABIC LETTER ALEF}",
    # The high hamza is what NFKC leaves of the letter above.
    "\N{ARABIC LETTER HIGH HAMZA}": "",
    # Egyptian papers write a final yeh without dots: فى and في.
    "\N{ARABIC LETTER ALEF MAKSURA}": "\N{ARABIC LETTER YEH}",
    # The dots of the ta marbuta are often left out: مخالفة and مخالفه.
    "\N{ARABIC LETTER TEH MARBUTA}": "\N{ARABIC LETTER HEH}",
    # The carrier of a hamza is a matter of school: الشؤون, الشئون, رءوس.
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}": "\N{ARABIC LETTER HAMZA}",
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}": "\N{ARABIC LETTER HAMZA}",
    # Persian and Urdu keyboards give another yeh and another kaf: خلیفة, کتاب.
    "\N{ARABIC LETTER FARSI YEH}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH WITH TAIL}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH WITH SMALL V}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER E}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH BARREE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}": "\N{ARABIC LETTER YEH}",
    "\N{ARABIC LETTER KEHEH}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER SWASH KAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER KAF WITH RING}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER KAF WITH DOT ABOVE}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER NG}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER KAF WITH THREE DOTS BELOW}": "\N{ARABIC LETTER KAF}",
    # They also give another heh: ھذا, ہذا, کتابۀ.
    "\N{ARABIC LETTER HEH DOACHASHMEE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER TEH MARBUTA GOAL}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER AE}": "\N{ARABIC LETTER HEH}",
    "\N{ARABIC LETTER HEH WITH INVERTED V}": "\N{ARABIC LETTER HEH}",
    # Foreign names are written with or without a letter that Arabic lacks: ڤيروس and
    # فيروس, چورج and جورج.
    "\N{ARABIC LETTER GAF}": "\N{ARABIC LETTER KAF}",
    "\N{ARABIC LETTER PEH}": "\N{ARABIC LETTER BEH}",
    "\N{ARABIC LETTER TCHEH}": "\N{ARABIC LETTER JEEM}",
    "\N{ARABIC LETTER VEH}": "\N{ARABIC LETTER FEH}",
    "\N{ARABIC LETTER QAF WITH THREE DOTS ABOVE}": "\N{ARABIC LETTER QAF}",
}

# Signs that stand for words, for which Unicode has no decomposition: ﷽.
PHRASES = {
    "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}": "بسم الله الرحمن الرحيم",
}

# Three kinds of separators stand inside numbers; between digits they are kept until
# the number rule has seen them: 2,5 and 2،5 and 2٫5; 1,234 and 1٬234.
NUMBER_SEPARATORS = {
    "\N{FULL STOP}": ".",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{COMMA}": ",",
    "\N{ARABIC COMMA}": ",",
    "\N{APOSTROPHE}": "'",
    "\N{ARABIC THOUSANDS SEPARATOR}": "'",
}

# Letters that carry a hamza written as a mark of its own (و + hamza above): what NFD
# makes of ؤ and ئ. The forms are those of old fonts; the Farsi yeh is a keyboard's.
HAMZA_CARRIERS = (
    "\N{ARABIC LETTER WAW}"
    "\N{ARABIC LETTER YEH}"
    "\N{ARABIC LETTER ALEF MAKSURA}"
    "\N{ARABIC LETTER FARSI YEH}"
    "\N{ARABIC LETTER WAW ISOLATED FORM}"
    "\N{ARABIC LETTER WAW FINAL FORM}"
    "\N{ARABIC LETTER ALEF MAKSURA ISOLATED FORM}"
    "\N{ARABIC LETTER ALEF MAKSURA FINAL FORM}"
    "\N{ARABIC LETTER YEH ISOLATED FORM}"
    "\N{ARABIC LETTER YEH FINAL FORM}"
    "\N{ARABIC LETTER YEH INITIAL FORM}"
    "\N{ARABIC LETTER YEH MEDIAL FORM}"
    "\N{ARABIC LETTER FARSI YEH ISOLATED FORM}"
    "\N{ARABIC LETTER FARSI YEH FINAL FORM}"
    "\N{ARABIC LETTER FARSI YEH INITIAL FORM}"
    "\N{ARABIC LETTER FARSI YEH MEDIAL FORM}"
)

# Letters that Unicode writes with one code point or two; light folding keeps the one.
COMPOSED = {
    "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
    "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
    "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}",
    "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
    "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}",
    "\N{ARABIC LETTER HEH WITH YEH ABOVE}",
    "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}",
    "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}",
}

# The end of a word loses its yeh before a hamza (شيء, شئ). Where words are written
# together, nobody knows their ends: there every such yeh counts as none.
YEHS_BEFORE_HAMZA = "\N{ARABIC LETTER YEH}+(?=\N{ARABIC LETTER HAMZA})"

THOUSANDS = 3  # digits in a group

# What a number is written with, at the levels that tell its digits apart.
NUMERALS = "0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"

# What may follow a detached و (و قطاع): a word that begins with one of these. A digit
# or a Latin letter stays apart (5 و 7).
ARABIC_LETTERS = (
    "\N{ARABIC LETTER KASHMIRI YEH}",
    "\N{ARABIC LETTER HEH WITH INVERTED V}",
)


@lru_cache(maxsize=1 << 16)
def image(character: str, level: str = "full") -> str:
    """Return what a character is folded to: "", a separator or folded characters.

    >>> image("إ"), image("ﻼ"), image("É"), image("٣"), image("!")
    ('ا', 'لا', 'e', '3', ' ')
    >>> image("إ", "light"), image("É", "light"), image("É", "none")
    ('إ', 'e', 'É')
    """
    if character == NEWLINE:
        return NEWLINE
    if character in BREAKS:
        return BREAK
    if level == "none":
        return _verbatim(character)
    if level == "full":
        if character in FOLDED_LETTERS:
            return FOLDED_LETTERS[character]
        if character in NUMBER_SEPARATORS:
            return NUMBER_SEPARATORS[character]
    return _folded(character, level)


def _verbatim(character: str) -> str:
    """Keep letters, marks and digits as NFC writes them."""
    composed = unicodedata.normalize("NFC", character)
    return composed if is_in_word(character) else SEPARATOR


def _folded(character: str, level: str) -> str:
    """Apply the rules that both light and full folding have."""
    category = unicodedata.category(character)
    if _is_deleted(character, category):
        return ""
    if category == "Nd" and level == "full":
        return str(unicodedata.decimal(character))
    if character in PHRASES:
        return _images(PHRASES[character], level)
    if character in COMPOSED:
        return character
    for plainer in (
        unicodedata.normalize("NFKC", character),
        unicodedata.normalize("NFD", character),
        character.casefold(),
    ):
        if plainer != character:
            return _images(plainer, level)
    return character if is_in_word(character) else SEPARATOR


def _is_deleted(character: str, category: str) -> bool:
    """Tell whether a character vanishes: marks, ornaments and the invisible."""
    if category == "Cf":
        return character not in VISIBLE_FORMATS
    # A spacing mark that moves under normalization must go with the marks it passes.
    return (
        category in ("Mn", "Me")
        or (category == "Mc" and unicodedata.combining(character) != 0)
        or character in ORNAMENTS
        or character in BLANK_LETTERS
        or any(first <= character <= last for first, last in ISOLATED_MARKS)
    )


def _images(characters: str, level: str) -> str:
    """Fold each character of what was one; signs alone (…) are one separator."""
    folded = "".join(image(character, level) for character in characters)
    is_sign = len(folded) > 1 and not any(map(is_in_word, folded))
    return SEPARATOR if is_sign else folded


def is_in_word(character: str) -> bool:
    """Tell whether words are made of such characters: letters, marks, digits."""
    return unicodedata.category(character)[0] in "LMN"


def number_signs(groups: Sequence[str], signs: str) -> list[str]:
    """Return what stands between groups of digits in place of each sign.

    "" joins thousands, "." begins a fraction, " " parts what is no number: a date.

    >>> number_signs(["1", "234", "5"], ",.")
    ['', '.']
    >>> number_signs(["2", "5"], ","), number_signs(["12", "5", "2015"], "..")
    (['.'], [' ', ' '])
    """
    first, *others = groups
    are_thousands = len(first) <= THOUSANDS
    parts = [SEPARATOR] * len(signs)
    # A lone comma before three digits is read as thousands, a lone point is not; but
    # nothing has 0 thousands (0,125).
    if len(signs) == 1:
        if signs != "." and are_thousands and first != "0" and _are_threes(others):
            return [""]
        return parts if signs == "'" else ["."]
    inner, last = signs[:-1], signs[-1]
    if len(set(inner)) > 1 or not are_thousands or not _are_threes(others[:-1]):
        return parts
    if last == inner[0]:
        return [""] * len(signs) if _are_threes(others[-1:]) else parts
    return parts if last == "'" else [*[""] * len(inner), "."]


def _are_threes(groups: Sequence[str]) -> bool:
    return all(len(group) == THOUSANDS for group in groups)


def table_bytes() -> bytes:
    """Return the shipped table: 16 bits a code point, little-endian, level by level.

    0 is a deleted character, 1 one whose image has several characters or lies outside
    the plane.
    """
    rows = bytearray()
    for level in LEVELS:
        for code in range(PLANE_SIZE):
            folded = image(chr(code), level)
            value = ord(folded) if len(folded) == 1 else min(len(folded), 1)
            rows += (value if value < PLANE_SIZE else 1).to_bytes(2, "little")
    return bytes(rows)


if __name__ == "__main__":
    TABLE_FILE.write_bytes(table_bytes())
