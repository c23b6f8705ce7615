"""The characters that repairs tell apart, as classes of regular expressions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

TATWEEL = "\N{ARABIC TATWEEL}"
HAMZA_ABOVE = "\N{ARABIC HAMZA ABOVE}"
ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
ZWJ = "\N{ZERO WIDTH JOINER}"
# Letters and marks of the Arabic script; tatweel and presentation forms are neither.
LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef"
    "\u06fa-\u06fc\u06ff\u0750-\u077f\u0870-\u0887\u08a0-\u08c8"
)
MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
)
LINE_BREAKS = "\r\v\f\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
SPACES = (
    "\t\N{NO-BREAK SPACE}\N{OGHAM SPACE MARK}\u2000-\u200a"
    "\N{NARROW NO-BREAK SPACE}\N{MEDIUM MATHEMATICAL SPACE}\N{IDEOGRAPHIC SPACE}"
)
# They show nothing and stand in the middle of words, where a space would cut them.
NOTHING = (
    "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}"
    "\N{FUNCTION APPLICATION}-\N{INVISIBLE PLUS}\N{ZERO WIDTH NO-BREAK SPACE}"
)
DIRECTIONS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
EMBEDDINGS = "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}"
OVERRIDES = "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
ISOLATES = "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}"
POP_EMBEDDING = "\N{POP DIRECTIONAL FORMATTING}"
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
PAIRED = EMBEDDINGS + OVERRIDES + ISOLATES + POP_EMBEDDING + POP_ISOLATE
# Shapes of letters as old editing systems store them. Of Forms-A only letters that
# newsrooms type; what else is there, fonts of the Quran use for signs of their own.
SHAPES = (
    "\ufb50\ufb51\ufb56-\ufb59\ufb6a-\ufb6d\ufb7a-\ufb7d\ufb8a\ufb8b\ufb8e-\ufb95"
    "\ufbfc-\ufbff\ufe80-\ufefc"
)
# Marks that stand alone. NFKC makes a space and a mark of them, cutting the word.
SHAPES_OF_MARKS = "\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe72\ufe74\ufe76-\ufe7f"
SHAPES_OF_FARSI_YEH = "\ufbfc-\ufbff"


def is_hamza_next(text: str, place: int) -> bool:
    """Tell whether a hamza that is a mark may come next, behind other marks.

    Folding looks through marks for the letter that carries it: what stands between
    the two must neither go nor become a mark. An entity may decode to a mark.
    """
    while place < len(text) and unicodedata.combining(text[place]):
        if text[place] == HAMZA_ABOVE:
            return True
        place += 1
    return text[place : place + 1] == "&"


def places_of(text: str, wanted: str) -> Iterator[int]:
    """Yield where a string stands in a text; places may overlap."""
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)
