r"""Repair what nobody meant to write: the text stays, the debris goes.

The rules are conservative: no letter, mark, digit or quotation mark is changed unless a
setting asks for it, and what a text matches when it is folded stays the same. A repair
that would change that is not made at that place.

>>> text = "قالت\N{ZERO WIDTH SPACE} الهيئـــة ، أمس"
>>> [edit.rule for edit in repair(text)]
['invisible-character', 'tatweel', 'space-before-punctuation']
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dedupe.edits import Edit, apply, compose
from dedupe.repairs.characters import (
    CONTROLS,
    DIRECTIONS,
    LINE_BREAKS,
    NOTHING,
    PAIRED,
    SHAPES,
    SHAPES_OF_MARKS,
    SPACES,
    TATWEEL,
    ZWNJ,
)
from dedupe.repairs.decoding import encoding, entities
from dedupe.repairs.house_style import arabic_punctuation, diacritics, digits, quotes
from dedupe.repairs.invisible import (
    control_characters,
    embeddings,
    invisible_characters,
)
from dedupe.repairs.letters import decomposed_letters, presentation_forms, tatweel
from dedupe.repairs.protected import outside
from dedupe.repairs.spacing import (
    blank_lines,
    line_ends,
    odd_spaces,
    space_before_punctuation,
    spaces,
)
from dedupe.repairs.ways import CONSERVATIVE, RepairSettings, Rule, Way
from dedupe.suspects import Suspect, suspects

__all__ = ["RepairSettings", "Suspect", "repair", "suspects"]

_ODD = re.compile(
    f"[{LINE_BREAKS}{CONTROLS}{SPACES}{NOTHING}{DIRECTIONS}{ZWNJ}{PAIRED}"
    f"{SHAPES}{SHAPES_OF_MARKS}"
    "\N{ARABIC MADDAH ABOVE}-\N{ARABIC HAMZA BELOW}]"
)


def repair(
    text: str,
    settings: RepairSettings = CONSERVATIVE,
    *,
    line_end: str = "\n",
    markup: bool = False,
) -> list[Edit]:
    """Return the edits that repair a text; repairing what they give finds nothing.

    Every kind of line break becomes `line_end`. With `markup` the text is Markdown:
    its code, its links and the white space that means something stay as they are.
    """
    way = Way(settings, line_end, markup)
    edits: list[Edit] = []
    repaired = text
    settling = _SETTLING if settings == CONSERVATIVE else frozenset()
    is_settled = False
    while not is_settled:
        is_settled = True
        for rule in _rules(repaired, way):
            found = _permitted(rule, repaired, way)
            if found:
                edits = compose(text, edits, found)
                repaired = apply(repaired, found)
                is_settled = is_settled and rule in settling
    return edits


def _rules(text: str, way: Way) -> Iterator[Rule]:
    """Yield the rules that a text may need, in their order."""
    settings = way.settings
    if settings.fix_encoding:
        # First of all: the bytes of ح look like a soft hyphen when they are misread.
        yield encoding
    if "&" in text:
        yield entities
    if "&" in text or way.line_end != "\n" or _ODD.search(text):
        yield from _ODD_RULES
    if settings != CONSERVATIVE:
        yield from (rule for name, rule in _OPTIONS.items() if name in _asked(settings))
    if settings.tatweel != "keep" and TATWEEL in text:
        yield tatweel
    yield from (spaces, blank_lines, space_before_punctuation)


def _asked(settings: RepairSettings) -> list[str]:
    """Return the names of the settings that change letters or signs."""
    return [name for name in _OPTIONS if getattr(settings, name) not in {False, "keep"}]


def _permitted(rule: Rule, text: str, way: Way) -> list[Edit]:
    """Return the edits of a rule outside of what has to stay byte for byte."""
    edits = list(rule(text, way))
    if not edits:
        return edits
    in_addresses = rule in _ON_WHITE_SPACE
    return outside(edits, text, markup=way.markup, addresses=not in_addresses)


_ODD_RULES: tuple[Rule, ...] = (
    line_ends,
    control_characters,
    presentation_forms,
    embeddings,
    invisible_characters,
    decomposed_letters,
    odd_spaces,
)
_OPTIONS: dict[str, Rule] = {
    "digits": digits,
    "quotes": quotes,
    "arabic_punct": arabic_punctuation,
    "strip_diacritics": diacritics,
}
_ON_WHITE_SPACE = {
    line_ends,
    control_characters,
    odd_spaces,
    spaces,
    blank_lines,
    space_before_punctuation,
}
# What these rules write gives no rule more to do than those that follow.
_SETTLING: frozenset[Rule] = frozenset(
    {
        line_ends,
        odd_spaces,
        spaces,
        blank_lines,
        space_before_punctuation,
    }
)
