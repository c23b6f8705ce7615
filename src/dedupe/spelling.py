"""Name the folding rules that make two spellings of a word one.

>>> bridging_rules("إلى", "الى"), bridging_rules("عبد الله", "عبدالله")
(('alef variants',), ('spacing',))
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

from dedupe import arabic

Rule: TypeAlias = Callable[[str], str]

ALEF = "\N{ARABIC LETTER ALEF}"
HAMZA = "\N{ARABIC LETTER HAMZA}"
FINAL_YA = "\N{ARABIC LETTER ALEF MAKSURA}"
TA_MARBUTA = "\N{ARABIC LETTER TEH MARBUTA}"
TATWEEL = "\N{ARABIC TATWEEL}"
HAMZA_MARKS = "\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}"
TASHKEEL = (
    *map(chr, range(ord("\N{ARABIC FATHATAN}"), ord("\N{ARABIC SUKUN}") + 1)),
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}",
)
# Unicode blocks of shapes: Arabic Presentation Forms A and B.
FORMS = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFF))
ZERO_WIDTH_NO_BREAK_SPACE = "\N{ZERO WIDTH NO-BREAK SPACE}"  # of no shape

_ENTITY = re.compile("&(?:#[0-9]{1,16}|#[xX][0-9a-fA-F]{1,16}|[A-Za-z][A-Za-z0-9]*);")
_YEHS_BEFORE_HAMZA = re.compile(f"\N{ARABIC LETTER YEH}+(?={HAMZA})")
_NUMBER_SIGN = re.compile(
    "(?<=[0-9])[" + "".join(map(re.escape, arabic.NUMBER_SEPARATORS)) + "](?=[0-9])"
)


def _letters(kept: Callable[[str, str], bool]) -> Rule:
    """Return a rule that folds some of the letters of the table."""
    table = {
        ord(letter): image
        for letter, image in arabic.FOLDED_LETTERS.items()
        if kept(letter, image)
    }
    return lambda text: text.translate(table)


def _without(is_deleted: Callable[[str], bool]) -> Rule:
    return lambda text: "".join(one for one in text if not is_deleted(one))


def _decode(text: str) -> str:
    import html  # noqa: PLC0415 - few words have entities

    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _compose(text: str) -> str:
    """Put one letter in the place of a letter and its hamza or madda."""
    if not any(mark in text for mark in HAMZA_MARKS):
        return text
    return unicodedata.normalize("NFC", text)


def _spell_out(text: str) -> str:
    """Return the letters of shapes and ligatures, without the marks on them."""
    return "".join(
        arabic.image(one, "light")
        if any(first <= ord(one) <= last for first, last in FORMS)
        and one != ZERO_WIDTH_NO_BREAK_SPACE
        else one
        for one in text
    )


def _is_invisible(character: str) -> bool:
    is_format = unicodedata.category(character) == "Cf"
    return is_format and character not in arabic.VISIBLE_FORMATS


def _is_other_mark(character: str) -> bool:
    is_mark = unicodedata.category(character) in ("Mn", "Me")
    ornament = character in arabic.ORNAMENTS and character != TATWEEL
    return (is_mark and character not in TASHKEEL) or ornament


def _fold_digits(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(one)) if unicodedata.category(one) == "Nd" else one
        for one in text
    )


_to_hamza = _letters(lambda _, image: image == HAMZA)


def _seat_hamza(text: str) -> str:
    return _YEHS_BEFORE_HAMZA.sub("", _to_hamza(text))


def _fold_latin(text: str) -> str:
    """Fold the case and accents of what is no Arabic letter."""
    return "".join(
        one if _is_arabic(one) else arabic.image(one, "light") for one in text
    )


def _is_arabic(character: str) -> bool:
    return "ARABIC" in unicodedata.name(character, "")


def _is_space(character: str) -> bool:
    return arabic.image(character, "light") in (
        arabic.SEPARATOR,
        arabic.NEWLINE,
        arabic.BREAK,
    )


def _is_other_letter(letter: str, image: str) -> bool:
    return letter not in (FINAL_YA, TA_MARBUTA) and image not in (ALEF, HAMZA)


# In the order in which they are applied, what is special before what is general; names
# as an editor would say them.
RULES: dict[str, Rule] = {
    "HTML entities": _decode,
    "hamza as a mark of its own": _compose,
    "presentation forms": _spell_out,
    "invisible characters": _without(_is_invisible),
    "tatweel": _without(lambda one: one == TATWEEL),
    "tashkeel": _without(lambda one: one in TASHKEEL),
    "other marks": _without(_is_other_mark),
    "alef variants": _letters(lambda _, image: image == ALEF),
    "final ya": _letters(lambda letter, _: letter == FINAL_YA),
    "ta marbuta": _letters(lambda letter, _: letter == TA_MARBUTA),
    "seat of the hamza": _seat_hamza,
    "letters of other keyboards": _letters(_is_other_letter),
    "digits": _fold_digits,
    "signs in numbers": lambda text: _NUMBER_SIGN.sub("", text),
    "spacing": _without(_is_space),
    "Latin case and accents": _fold_latin,
}
OTHER = "other folding"


@lru_cache(maxsize=1 << 12)
def bridging_rules(left: str, right: str) -> tuple[str, ...]:
    """Return the names of rules that make the two equal, none of them in vain.

    Where one of two would do, it is the one that is applied first.
    """
    if _folded(left, RULES) != _folded(right, RULES):
        changing = (
            name
            for name, rule in RULES.items()
            if rule(left) != left or rule(right) != right
        )
        return tuple(changing) or (OTHER,)
    needed = list(RULES)
    for name in reversed(RULES):
        fewer = [other for other in needed if other != name]
        if _folded(left, fewer) == _folded(right, fewer):
            needed = fewer
    return tuple(needed)


def _folded(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = RULES[name](text)
    return text
