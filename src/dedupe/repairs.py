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
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dedupe import mojibake
from dedupe.edits import Edit, apply, compose
from dedupe.errors import SettingsError
from dedupe.suspects import Suspect, suspects

__all__ = ["RepairSettings", "Suspect", "repair", "suspects"]

_CHOICES = {
    "digits": ("keep", "ascii", "arabic"),
    "quotes": ("keep", "arabic", "ascii"),
    "tatweel": ("keep", "interior", "all"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSettings:
    """What is repaired beyond what changes no letter."""

    digits: Literal["keep", "ascii", "arabic"] = "keep"
    """Write digits as 0-9 or as ٠-٩."""

    quotes: Literal["keep", "arabic", "ascii"] = "keep"
    """Write quotation marks as « » or as "."""

    arabic_punct: bool = False
    """Write , ; ? next to Arabic words as ، ؛ ؟."""

    tatweel: Literal["keep", "interior", "all"] = "interior"
    """Remove the tatweel between two letters, or also that of 1436هـ."""

    strip_diacritics: bool = False
    """Remove tashkeel and the marks of the Quran."""

    fix_encoding: bool = False
    """Decode again what was decoded with the wrong encoding."""

    def __post_init__(self) -> None:
        """Refuse a choice that does not exist, naming those that do."""
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                message = f"{name} must be one of {', '.join(choices)}, not {value!r}."
                raise SettingsError(message)


_CONSERVATIVE = RepairSettings()


@dataclass(frozen=True, slots=True)
class _Way:
    """How a text is repaired."""

    settings: RepairSettings
    line_end: str
    markup: bool


# A rule looks at a text and proposes edits, sorted.
_Rule: TypeAlias = Callable[[str, _Way], Iterable[Edit]]


def repair(
    text: str,
    settings: RepairSettings = _CONSERVATIVE,
    *,
    line_end: str = "\n",
    markup: bool = False,
) -> list[Edit]:
    """Return the edits that repair a text; repairing what they give finds nothing.

    Every kind of line break becomes `line_end`. With `markup` the text is Markdown:
    its code, its links and the white space that means something stay as they are.
    """
    way = _Way(settings, line_end, markup)
    edits: list[Edit] = []
    repaired = text
    settling = _SETTLING if settings == _CONSERVATIVE else frozenset()
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


def _rules(text: str, way: _Way) -> Iterator[_Rule]:
    """Yield the rules that a text may need, in their order."""
    settings = way.settings
    if settings.fix_encoding:
        # First of all: the bytes of ح look like a soft hyphen when they are misread.
        yield _encoding
    if "&" in text:
        yield _entities
    if "&" in text or _ODD.search(text):
        yield from _ODD_RULES
    if settings != _CONSERVATIVE:
        yield from (rule for name, rule in _OPTIONS.items() if name in _asked(settings))
    if settings.tatweel != "keep" and _TATWEEL in text:
        yield _tatweel
    yield from (_spaces, _blank_lines, _space_before_punctuation)


def _asked(settings: RepairSettings) -> list[str]:
    """Return the names of the settings that change letters or signs."""
    return [name for name in _OPTIONS if getattr(settings, name) not in {False, "keep"}]


def _permitted(rule: _Rule, text: str, way: _Way) -> list[Edit]:
    """Return the edits of a rule outside of what has to stay byte for byte."""
    edits = list(rule(text, way))
    if not edits:
        return edits
    kept: list[tuple[int, int]] = []
    if rule not in _ON_WHITE_SPACE:
        kept += _addresses(text)
    if way.markup:
        kept += _markup_spans(text)
    if not kept:
        return edits
    spans = _merged(kept)
    starts = [start for start, _ in spans]
    return [edit for edit in edits if not _is_inside(edit, spans, starts)]


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return sorted spans of which no two overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _is_inside(edit: Edit, spans: list[tuple[int, int]], starts: list[int]) -> bool:
    row = bisect_left(starts, max(edit.end, edit.start + 1)) - 1
    return row >= 0 and spans[row][1] > edit.start


_TATWEEL = "\N{ARABIC TATWEEL}"
_HAMZA_ABOVE = "\N{ARABIC HAMZA ABOVE}"
_ZWNJ = "\N{ZERO WIDTH NON-JOINER}"
_ZWJ = "\N{ZERO WIDTH JOINER}"

# Letters and marks of the Arabic script; tatweel and presentation forms are neither.
_LETTERS = (
    "\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef"
    "\u06fa-\u06fc\u06ff\u0750-\u077f\u0870-\u0887\u08a0-\u08c8"
)
_MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8"
    "\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff"
)

_LINE_BREAKS = "\r\v\f\N{NEXT LINE}\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_SPACES = (
    "\t\N{NO-BREAK SPACE}\N{OGHAM SPACE MARK}\u2000-\u200a"
    "\N{NARROW NO-BREAK SPACE}\N{MEDIUM MATHEMATICAL SPACE}\N{IDEOGRAPHIC SPACE}"
)
# They show nothing and stand in the middle of words, where a space would cut them.
_NOTHING = (
    "\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}\N{WORD JOINER}"
    "\N{FUNCTION APPLICATION}-\N{INVISIBLE PLUS}\N{ZERO WIDTH NO-BREAK SPACE}"
)
_DIRECTIONS = "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}"
_EMBEDDINGS = "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}"
_OVERRIDES = "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
_ISOLATES = "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}"
_POP_EMBEDDING = "\N{POP DIRECTIONAL FORMATTING}"
_POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
_PAIRED = _EMBEDDINGS + _OVERRIDES + _ISOLATES + _POP_EMBEDDING + _POP_ISOLATE

# Shapes of letters as old editing systems store them. Of Forms-A only letters that
# newsrooms type; what else is there, fonts of the Quran use for signs of their own.
_SHAPES = (
    "\ufb50\ufb51\ufb56-\ufb59\ufb6a-\ufb6d\ufb7a-\ufb7d\ufb8a\ufb8b\ufb8e-\ufb95"
    "\ufbfc-\ufbff\ufe80-\ufefc"
)
# Marks that stand alone. NFKC makes a space and a mark of them, cutting the word.
_SHAPES_OF_MARKS = "\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe72\ufe74\ufe76-\ufe7f"
_SHAPES_OF_FARSI_YEH = "\ufbfc-\ufbff"

_ODD = re.compile(
    f"[{_LINE_BREAKS}{_CONTROLS}{_SPACES}{_NOTHING}{_DIRECTIONS}{_ZWNJ}{_PAIRED}"
    f"{_SHAPES}{_SHAPES_OF_MARKS}"
    "\N{ARABIC MADDAH ABOVE}-\N{ARABIC HAMZA BELOW}]"
)


def _is_hamza_next(text: str, place: int) -> bool:
    """Tell whether a hamza that is a mark may come next, behind other marks.

    Folding looks through marks for the letter that carries it: what stands between
    the two must neither go nor become a mark. An entity may decode to a mark.
    """
    while place < len(text) and unicodedata.combining(text[place]):
        if text[place] == _HAMZA_ABOVE:
            return True
        place += 1
    return text[place : place + 1] == "&"


_ADDRESS_SIGNS = ("://", "@", "#", "www.")
_ADDRESS = re.compile(
    rf"(?:(?:https?|ftp)://|www\.)[^\s{_CONTROLS}{_DIRECTIONS}{_PAIRED}]+"
    rf"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w&])[@\#][\w{_MARKS}]+",
    re.IGNORECASE,
)
_AFTER_ADDRESS = f".,:;!?)]}}»”’\"'،؛؟…{_NOTHING[:3]}{_NOTHING[-1]}{_ZWNJ}"

_MARKUP = re.compile(
    r"\A(?P<front>---|\+\+\+)[ \t]*\r?\n(?s:.*?)^(?P=front)[ \t]*\r?$"
    r"|^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^[ \t>]*(?P=fence)[^\n]*$|\Z)"
    r"|``[^\n]*?``|`[^`\n]*`"  # code in a line
    r"|(?<=\])\([^()\n]*\)|^[ ]{0,3}\[[^\]\n]*\]:[^\n]*"  # where links lead
    r"|<[A-Za-z/!][^<>\n]*>"  # HTML, addresses
    r"|^(?:[ ]{4}|\t)[^\n]*",  # code in lines of its own
    re.MULTILINE,
)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of web and mail addresses, mentions and hashtags."""
    if any(sign in text for sign in _ADDRESS_SIGNS):
        for match in _ADDRESS.finditer(text):
            yield match.start(), match.start() + len(match[0].rstrip(_AFTER_ADDRESS))


def _markup_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of Markdown that are not prose."""
    return (match.span() for match in _MARKUP.finditer(text))


def _encoding(text: str, _way: _Way) -> Iterator[Edit]:
    for start, end, again in mojibake.read_again(text):
        yield Edit(start, end, again, "encoding", "was read with the wrong encoding")


# Decoded only when a semicolon ends it: AT&T and &copyright are no entities.
_ENTITY = re.compile("&(#[0-9]{1,16}|#[xX][0-9a-fA-F]{1,16}|[A-Za-z][A-Za-z0-9]*);")
_NAMED = {
    "quot": "\N{QUOTATION MARK}",
    "apos": "\N{APOSTROPHE}",
    "laquo": "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "raquo": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "lsaquo": "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
    "rsaquo": "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
    "ldquo": "\N{LEFT DOUBLE QUOTATION MARK}",
    "rdquo": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "bdquo": "\N{DOUBLE LOW-9 QUOTATION MARK}",
    "lsquo": "\N{LEFT SINGLE QUOTATION MARK}",
    "rsquo": "\N{RIGHT SINGLE QUOTATION MARK}",
    "sbquo": "\N{SINGLE LOW-9 QUOTATION MARK}",
    "ndash": "\N{EN DASH}",
    "mdash": "\N{EM DASH}",
    "hellip": "\N{HORIZONTAL ELLIPSIS}",
    "bull": "\N{BULLET}",
    "middot": "\N{MIDDLE DOT}",
    "copy": "\N{COPYRIGHT SIGN}",
    "reg": "\N{REGISTERED SIGN}",
    "trade": "\N{TRADE MARK SIGN}",
    "deg": "\N{DEGREE SIGN}",
    "times": "\N{MULTIPLICATION SIGN}",
    "euro": "\N{EURO SIGN}",
    "pound": "\N{POUND SIGN}",
    "nbsp": "\N{NO-BREAK SPACE}",
    "ensp": "\N{EN SPACE}",
    "emsp": "\N{EM SPACE}",
    "thinsp": "\N{THIN SPACE}",
    "shy": "\N{SOFT HYPHEN}",
    "zwnj": _ZWNJ,
    "zwj": _ZWJ,
    "lrm": "\N{LEFT-TO-RIGHT MARK}",
    "rlm": "\N{RIGHT-TO-LEFT MARK}",
}
# By number also what Arabic is written with, and plain signs. Never < > & nor what
# another entity could be made of: letters and digits of ASCII, # and the semicolon.
_NUMBERED = re.compile(
    f"[ !\"'(),./:?\\-{''.join(_NAMED.values())}"
    f"\u060c\u061b\u061f\u0660-\u066d\u06d4\u06f0-\u06f9{_LETTERS}{_MARKS}"
    f"{_TATWEEL}{_NOTHING}{_SHAPES}{_SHAPES_OF_MARKS}\ufd3e\ufd3f\ufdf2-\ufdfd]"
)


def _entities(text: str, way: _Way) -> Iterator[Edit]:
    for match in _ENTITY.finditer(text):
        decoded = _NAMED.get(match[1]) or _numbered(match[1])
        # In Markdown an entity is the way to write a sign that means nothing there.
        if decoded and not (way.markup and (decoded.isascii() or decoded.isspace())):
            yield Edit(*match.span(), decoded, "entity", "written as an HTML entity")


def _numbered(name: str) -> str:
    """Return the character of a numeric entity that may be decoded, or nothing."""
    if not name.startswith("#"):
        return ""
    base = 16 if name[1] in "xX" else 10
    code = int(name[1:].lstrip("xX"), base)
    # HTML reads the numbers of C1 controls as those of Windows.
    if code > 0xFFFF or 0x80 <= code < 0xA0:  # noqa: PLR2004
        return ""
    return chr(code) if _NUMBERED.fullmatch(chr(code)) else ""


_FOREIGN_BREAK = re.compile(f"\r\n|[{_LINE_BREAKS}]")
_BREAK_OTHER_THAN_CRLF = re.compile(rf"(?<!\r)\n|\r(?!\n)|[{_LINE_BREAKS[1:]}]")
_CONTROL = re.compile(f"[{_CONTROLS}]+")


def _line_ends(text: str, way: _Way) -> Iterator[Edit]:
    is_crlf = way.line_end == "\r\n"
    for match in (_BREAK_OTHER_THAN_CRLF if is_crlf else _FOREIGN_BREAK).finditer(text):
        times = 2 if match[0] == "\N{PARAGRAPH SEPARATOR}" else 1
        reason = "a line break of another kind than the others of the text"
        yield Edit(*match.span(), way.line_end * times, "line-end", reason)


def _control_characters(text: str, _way: _Way) -> Iterator[Edit]:
    for match in _CONTROL.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        is_between = before and after and not before.isspace() and not after.isspace()
        reason = "a control character, which is not text"
        yield Edit(start, end, " " if is_between else "", "control-character", reason)


_SHAPED = re.compile(f"[{_SHAPES}{_SHAPES_OF_MARKS}]+")
_RISKY_SHAPE = re.compile(f"[{_SHAPES_OF_FARSI_YEH}{_SHAPES_OF_MARKS}]")
_COMPOSITES = {
    unicodedata.normalize("NFD", letter): letter
    for letter in (
        "\N{ARABIC LETTER ALEF WITH MADDA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}",
        "\N{ARABIC LETTER WAW WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER HEH WITH YEH ABOVE}",
        "\N{ARABIC LETTER HEH GOAL WITH HAMZA ABOVE}",
        "\N{ARABIC LETTER YEH BARREE WITH HAMZA ABOVE}",
    )
}
_DECOMPOSED = re.compile("|".join(_COMPOSITES))


def _presentation_forms(text: str, _way: _Way) -> Iterator[Edit]:
    for match in _SHAPED.finditer(text):
        start, end = match.span()
        if _RISKY_SHAPE.match(text, end - 1) and _is_hamza_next(text, end):
            end -= 1
        if start < end:
            letters = "".join(map(_letters_of, text[start:end]))
            reason = "shapes of letters in place of letters"
            yield Edit(start, end, letters, "presentation-form", reason)


def _letters_of(shape: str) -> str:
    """Return the letters of a shape, or the marks of one that stands for marks."""
    return unicodedata.normalize("NFKC", shape).strip(f" {_TATWEEL}")


def _decomposed_letters(text: str, _way: _Way) -> Iterator[Edit]:
    for match in _DECOMPOSED.finditer(text):
        letter = _COMPOSITES[match[0]]
        reason = "a letter and its hamza or madda as two characters"
        yield Edit(*match.span(), letter, "decomposed-letter", reason)


_PAIRED_SIGN = re.compile(f"[{_PAIRED}\n]")
_PAIRED_RUN = re.compile(f"[{_PAIRED}]+")
_INVISIBLE_RUN = re.compile(f"[{_NOTHING}{_DIRECTIONS}{_ZWNJ}]+")
_BEGUN_ENTITY = re.compile(
    f"&[#0-9A-Za-z]*(?=[{_NOTHING}{_DIRECTIONS}{_ZWNJ}{_PAIRED}])"
)
_ARABIC_LETTER = re.compile(f"[{_LETTERS}]")
# What runs from left to right inside an Arabic line, or might.
_LEFT_TO_RIGHT = re.compile(rf"[^\W{_LETTERS}{_TATWEEL}\ufb50-\ufdff\ufe70-\ufefc]")
_VISIBLE = re.compile(rf"[^\s{_PAIRED}{_DIRECTIONS}{_NOTHING}{_ZWNJ}{_ZWJ}{_CONTROLS}]")


def _embeddings(text: str, _way: _Way) -> Iterator[Edit]:
    """Drop what is not closed or not opened, overrides, and pairs around Arabic."""
    if not _PAIRED_RUN.search(text):
        return
    doomed = _doomed_signs(text)
    for match in _PAIRED_RUN.finditer(text):
        kept = "".join(
            text[place] for place in range(*match.span()) if place not in doomed
        )
        if kept != match[0]:
            reason = (
                "a direction sign that has no partner, or that Arabic does not need"
            )
            yield Edit(*match.span(), kept, "direction-sign", reason)


def _doomed_signs(text: str) -> set[int]:
    """Return where signs stand that can go, line by line."""
    begun = _begun_entities(text)
    needed = _Needed(text)
    doomed: set[int] = set()
    line: list[int] = []
    is_stuck = False
    for match in (*_PAIRED_SIGN.finditer(text), None):
        place = match.start() if match else len(text)
        if match and match[0] != "\n":
            line.append(place)
            is_stuck = is_stuck or place in begun or _is_hamza_next(text, place + 1)
            continue
        # A sign that must stay may be the partner of any other.
        if line and not is_stuck:
            doomed.update(_doomed_of_line(text, line, needed))
        line, is_stuck = [], False
    return doomed


def _doomed_of_line(text: str, line: list[int], needed: _Needed) -> set[int]:
    """Pair the signs as the bidirectional algorithm does (UAX 9, BD9 and X7)."""
    doomed = set(line)
    opened: list[int] = []
    isolates = 0
    for place in line:
        sign = text[place]
        if sign == _POP_ISOLATE:
            if not isolates:
                continue
            while text[opened[-1]] not in _ISOLATES:
                opened.pop()
            isolates -= 1
        elif sign == _POP_EMBEDDING:
            if not opened or text[opened[-1]] in _ISOLATES:
                continue
        else:
            opened.append(place)
            isolates += sign in _ISOLATES
            continue
        start = opened.pop()
        if text[start] not in _OVERRIDES and needed.between(start, place):
            doomed -= {start, place}
    return doomed


class _Needed:
    """Tells whether signs around a stretch of a text change how it is shown."""

    def __init__(self, text: str) -> None:
        self._foreign = [match.start() for match in _LEFT_TO_RIGHT.finditer(text)]
        self._arabic = [match.start() for match in _ARABIC_LETTER.finditer(text)]
        self._visible = [match.start() for match in _VISIBLE.finditer(text)]

    def between(self, start: int, end: int) -> bool:
        """Tell whether there is anything else than Arabic between two places."""

        def has(places: list[int]) -> bool:
            row = bisect_left(places, start)
            return row < len(places) and places[row] < end

        return has(self._foreign) or (has(self._visible) and not has(self._arabic))


def _begun_entities(text: str) -> set[int]:
    """Return where something invisible stops an ampersand from making an entity."""
    if "&" not in text:
        return set()
    return {match.end() for match in _BEGUN_ENTITY.finditer(text)}


def _invisible_characters(text: str, _way: _Way) -> Iterator[Edit]:
    begun = _begun_entities(text)
    for match in _INVISIBLE_RUN.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        kept = _kept(match[0], before, after)
        is_cut = not kept and (start in begun or _is_hamza_next(text, end))
        if kept != match[0] and not is_cut:
            reason = "invisible characters that have no effect here"
            yield Edit(start, end, kept, "invisible-character", reason)


def _kept(run: str, before: str, after: str) -> str:
    """Return what a run of invisible characters comes down to between two others."""
    is_inside = _is_arabic(before, "LM") and _is_arabic(after, "L")
    kept: list[str] = []
    for character in dict.fromkeys(run) if is_inside else run:
        if character == _ZWNJ:
            if _is_joining(before) and _is_joining(after) and _ZWNJ not in kept[-2:]:
                kept.append(character)
        elif character in _DIRECTIONS and not is_inside and kept[-1:] != [character]:
            kept.append(character)
    return "".join(kept)


def _is_arabic(character: str, kinds: str) -> bool:
    """Tell whether a character is a letter of a right-to-left script, or its mark."""
    if not ("\u0620" <= character <= "\u08ff" or "\ufb50" <= character <= "\ufefc"):
        return False
    category = unicodedata.category(character)
    return category[0] in kinds and category != "Lm"


def _is_joining(character: str) -> bool:
    """Tell whether a character may join the next: not one of Europe's letters."""
    if character == _ZWJ:
        return True
    return character > "\u0590" and unicodedata.category(character)[0] in "LM"


_TATWEELS = re.compile(f"{_TATWEEL}+")
_IS_LETTER = re.compile(f"[{_LETTERS}]")
_IS_LETTER_OR_MARK = re.compile(f"[{_LETTERS}{_MARKS}]")


def _tatweel(text: str, way: _Way) -> Iterator[Edit]:
    """Drop it between two letters; elsewhere it is a sign: 1436هـ, الـ12, ـَ."""
    is_all = way.settings.tatweel == "all"
    for match in _TATWEELS.finditer(text):
        start, end = match.span()
        if is_all or (
            start
            and _IS_LETTER_OR_MARK.match(text, start - 1)
            and _IS_LETTER.match(text, end)
        ):
            yield Edit(start, end, "", "tatweel", "only stretches the word")


_ODD_SPACES = re.compile(f"[{_SPACES}]+")
_ODD_SPACE_IN_LINE = re.compile(rf"(?<=\S)[{_SPACES[1:]}](?=\S)")
_SPACE_RUN = re.compile("  +")
_BLANK_LINES = re.compile("(?:\r?\n){3,}")


def _odd_spaces(text: str, way: _Way) -> Iterator[Edit]:
    pattern = _ODD_SPACE_IN_LINE if way.markup else _ODD_SPACES
    for match in pattern.finditer(text):
        yield Edit(*match.span(), " ", "odd-space", "another space than the plain one")


def _spaces(text: str, way: _Way) -> Iterable[Edit]:
    """Leave one space between words, and none where a line starts or ends."""
    if way.markup:
        return ()
    spans = []
    if "  " in text:
        for match in _SPACE_RUN.finditer(text):
            start, end = match.span()
            is_at_edge = (
                text[max(start - 1, 0) : start] in {"", "\n"}
                or text[end : end + 1] in "\r\n"
            )
            spans.append((start if is_at_edge else start + 1, end))
    spans += _single_spaces_at_edges(text)
    reason = "one space is enough between words, and none at the edge of a line"
    return [Edit(*span, "", "space", reason) for span in sorted(spans)]


def _single_spaces_at_edges(text: str) -> set[tuple[int, int]]:
    places = {place + 1 for place in _places(text, "\n ")}
    places.update(_places(text, " \n"))
    if "\r" in text:
        places.update(_places(text, " \r"))
    places.update({0} if text.startswith(" ") else ())
    places.update({len(text) - 1} if text.endswith(" ") else ())
    return {
        (place, place + 1)
        for place in places
        if " " not in {text[max(place - 1, 0) : place], text[place + 1 : place + 2]}
    }


def _places(text: str, wanted: str) -> Iterator[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def _blank_lines(text: str, way: _Way) -> Iterator[Edit]:
    """Leave one blank line between paragraphs, and none at either end of the text."""
    size = len(way.line_end)
    first, last = 0, len(text)
    reason = "one blank line is enough between paragraphs"
    if not way.markup:
        first = last - len(text.lstrip("\r\n"))
        if first == last:
            first = max(first - size, 0)  # a text of blank lines
        if first:
            yield Edit(0, first, "", "blank-line", reason)
        last = max(len(text.rstrip("\r\n")), first)
    if way.line_end * 3 in text:
        for match in _BLANK_LINES.finditer(text, first, last):
            is_indented = way.markup and text[match.end() : match.end() + 1] in " \t"
            if not is_indented:
                kept = match.start() + 2 * size
                yield Edit(kept, match.end(), "", "blank-line", reason)
    if last + size < len(text):
        yield Edit(last + size, len(text), "", "blank-line", reason)


_SPACED_SIGNS = (" ،", " ؛", " ؟", " :", " !", " .")
# Only where the sign ends something: not before .5, ..., :) or a word.
_ENDING_SIGN = r"(?P<sign>[،؛؟:!.])(?=\s|\Z|[\]}»›”’\"']|(?<!:)\))"
_SPACED_SIGN = re.compile(f"(?P<spaces> ){_ENDING_SIGN}")
# Where runs of spaces stay, each is looked at once.
_SPACED_SIGN_IN_MARKUP = re.compile(rf"(?<! )(?P<spaces>[ ]++){_ENDING_SIGN}")
_RATIO = re.compile(r":\s+\d")
_LATIN_AFTER = re.compile(r"[:!]\s+[A-Za-z\u00c0-\u024f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_AFTER_PROSE = re.compile(rf"[{_LETTERS}{_MARKS}A-Za-z][*_)\]»”\"’]{{0,3}}\Z")


def _space_before_punctuation(text: str, way: _Way) -> Iterator[Edit]:
    if not any(sign in text for sign in _SPACED_SIGNS):
        return
    pattern = _SPACED_SIGN_IN_MARKUP if way.markup else _SPACED_SIGN
    for match in pattern.finditer(text):
        start, end = match.span("spaces")
        before = text[max(start - 1, 0) : start]
        is_kept = (
            not before
            or before.isspace()
            or (before in ".…" and match["sign"] == ".")  # . . .
            or (before.isdigit() and _RATIO.match(text, end))  # 2 : 1
            # French puts a space there.
            or (_LATIN.match(before) and _LATIN_AFTER.match(text, end))
            # In Markdown a sign may mean something after a mark of the markup.
            or (way.markup and not _AFTER_PROSE.search(text[max(start - 4, 0) : start]))
        )
        if not is_kept:
            reason = f"no space before {match['sign']}"
            yield Edit(start, end, "", "space-before-punctuation", reason)


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
_ARABIC_BEFORE = re.compile(rf"[{_LETTERS}{_MARKS}{_TATWEEL}][\"')\]}}»”’]{{0,2}} ?\Z")
_END_AFTER = re.compile(rf"\s|\Z|[\"'\]}}»›”’…{_LETTERS}]|(?<!;)\)|[.!؟،؛](?!\w)")
_DIACRITICS = re.compile(
    "[\u0610-\u061a\u064b-\u0652\u0656-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4"
    "\u06e7\u06e8\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff]+"
)


def _digits(text: str, way: _Way) -> Iterator[Edit]:
    zero = ord(_ZEROS[way.settings.digits])
    for match in _DIGITS[way.settings.digits].finditer(text):
        written = "".join(chr(zero + int(digit)) for digit in match[0])
        yield Edit(*match.span(), written, "digits", "digits of another kind")


def _quotes(text: str, way: _Way) -> Iterator[Edit]:
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
    for end in (*_places(text, "\n"), len(text)):
        yield start, end
        start = end + 1


def _arabic_punctuation(text: str, _way: _Way) -> Iterator[Edit]:
    for match in _LATIN_SIGNS.finditer(text):
        start, end = match.span()
        if (
            match[0] in _ARABIC_SIGNS
            and _ARABIC_BEFORE.search(text[max(start - 4, 0) : start])
            and _END_AFTER.match(text, end)
        ):
            sign = _ARABIC_SIGNS[match[0]]
            yield Edit(start, end, sign, "punctuation", "a Latin sign after Arabic")


def _diacritics(text: str, _way: _Way) -> Iterator[Edit]:
    for match in _DIACRITICS.finditer(text):
        yield Edit(*match.span(), "", "diacritics", "tashkeel was to be removed")


_ODD_RULES: tuple[_Rule, ...] = (
    _line_ends,
    _control_characters,
    _presentation_forms,
    _embeddings,
    _invisible_characters,
    _decomposed_letters,
    _odd_spaces,
)
_OPTIONS: dict[str, _Rule] = {
    "digits": _digits,
    "quotes": _quotes,
    "arabic_punct": _arabic_punctuation,
    "strip_diacritics": _diacritics,
}
_ON_WHITE_SPACE = {
    _line_ends,
    _control_characters,
    _odd_spaces,
    _spaces,
    _blank_lines,
    _space_before_punctuation,
}
# What these rules write gives no rule more to do than those that follow.
_SETTLING: frozenset[_Rule] = frozenset(
    {
        _line_ends,
        _odd_spaces,
        _spaces,
        _blank_lines,
        _space_before_punctuation,
    }
)
