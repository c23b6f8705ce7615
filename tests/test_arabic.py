"""The folding tables: closed, shipped as they are generated, gentle at each level."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest

from dedupe import arabic

LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيٱپچژکگیہ"
MARKS = "\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC LETTER SUPERSCRIPT ALEF}"


def names(characters: str) -> str:
    return " ".join(unicodedata.name(character) for character in characters)


@pytest.mark.skipif(
    unicodedata.unidata_version != arabic.UNICODE_VERSION,
    reason="another version of Unicode knows other characters",
)
def test_the_shipped_table_is_the_one_that_the_rules_make() -> None:
    assert arabic.TABLE_FILE.read_bytes() == arabic.table_bytes()


@pytest.mark.parametrize("level", arabic.LEVELS)
def test_every_folded_character_is_its_own_image(level: str) -> None:
    planes = (*range(0x20000), *range(0x2F800, 0x2FA20), *range(0xE0000, 0xE0200))
    folded = {arabic.image(chr(code), level) for code in planes}
    characters = sorted(set("".join(folded)))
    assert [arabic.image(one, level) for one in characters] == characters


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("level", ["light", "full"])
def test_a_composed_letter_folds_like_its_parts(
    level: str, form: Literal["NFC", "NFD"]
) -> None:
    # Arabic letters with a hamza of their own are the work of the rewriter.
    composed = [
        chr(code)
        for code in range(arabic.PLANE_SIZE)
        if not 0xD800 <= code < 0xE000 and chr(code) not in arabic.COMPOSED
    ]
    for character in composed:
        parts = unicodedata.normalize(form, character)
        folded = "".join(arabic.image(part, level) for part in parts)
        assert folded == arabic.image(character, level), names(character)


def test_light_folding_merges_no_letters() -> None:
    assert [arabic.image(letter, "light") for letter in LETTERS] == list(LETTERS)


def test_light_folding_drops_marks_and_invisible_characters() -> None:
    gone = f"{MARKS}{arabic.ORNAMENTS}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}"
    assert [arabic.image(one, "light") for one in gone] == [""] * len(gone)


def test_no_folding_keeps_letters_marks_and_digits() -> None:
    kept = f"{LETTERS}{MARKS}ـ٣3Aé"
    assert [arabic.image(one, "none") for one in kept] == list(kept)


@pytest.mark.parametrize("level", arabic.LEVELS)
def test_punctuation_and_emoji_part_words_at_every_level(level: str) -> None:
    signs = "؛؟!«»-—()\N{ARABIC START OF RUB EL HIZB}\N{GRINNING FACE}"
    assert {arabic.image(sign, level) for sign in signs} == {arabic.SEPARATOR}


@pytest.mark.parametrize("character", arabic.ISOLATED_MARKS)
def test_marks_that_stand_alone_do_not_cut_words(character: tuple[str, str]) -> None:
    first, last = character
    assert arabic.image(first) == arabic.image(last) == ""


@pytest.mark.parametrize(
    ("number", "between"),
    [
        ("1,234", [""]),
        ("1.234", ["."]),
        ("1'234", [""]),
        ("1'23", [" "]),
        ("1,23", ["."]),
        ("0,123", ["."]),
        ("1234,567", ["."]),
        ("1,234,567", ["", ""]),
        ("1.234.567", ["", ""]),
        ("1.234,5", ["", "."]),
        ("1,234.567", ["", "."]),
        ("1,234'5", [" ", " "]),
        ("1.2.3", [" ", " "]),
        ("1,234,56", [" ", " "]),
        ("1,234.567,890", [" ", " ", " "]),
        ("1234,567,890", [" ", " "]),
    ],
)
def test_signs_between_digits_are_read_as_the_number_has_them(
    number: str, between: list[str]
) -> None:
    signs = [sign for sign in number if not sign.isdigit()]
    groups = number.translate(str.maketrans(".,'", "   ")).split()
    assert arabic.number_signs(groups, "".join(signs)) == between
