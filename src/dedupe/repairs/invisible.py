"""Drop what cannot be seen: controls, signs of direction, joiners without effect."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from dedupe.edits import Edit
from dedupe.repairs.characters import (
    CONTROLS,
    DIRECTIONS,
    ISOLATES,
    LETTERS,
    NOTHING,
    OVERRIDES,
    PAIRED,
    POP_EMBEDDING,
    POP_ISOLATE,
    TATWEEL,
    ZWJ,
    ZWNJ,
    is_hamza_next,
)
from dedupe.repairs.ways import Way

_CONTROL = re.compile(f"[{CONTROLS}]+")


def control_characters(text: str, _way: Way) -> Iterator[Edit]:
    """Drop what is not text, or put a space where it stood between words."""
    for match in _CONTROL.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        is_between = before and after and not before.isspace() and not after.isspace()
        reason = "a control character, which is not text"
        yield Edit(start, end, " " if is_between else "", "control-character", reason)


_PAIRED_SIGN = re.compile(f"[{PAIRED}\n]")
_PAIRED_RUN = re.compile(f"[{PAIRED}]+")
_INVISIBLE_RUN = re.compile(f"[{NOTHING}{DIRECTIONS}{ZWNJ}]+")
_BEGUN_ENTITY = re.compile(f"&[#0-9A-Za-z]*(?=[{NOTHING}{DIRECTIONS}{ZWNJ}{PAIRED}])")
_ARABIC_LETTER = re.compile(f"[{LETTERS}]")
# What runs from left to right inside an Arabic line, or might.
_LEFT_TO_RIGHT = re.compile(rf"[^\W{LETTERS}{TATWEEL}\ufb50-\ufdff\ufe70-\ufefc]")
_VISIBLE = re.compile(rf"[^\s{PAIRED}{DIRECTIONS}{NOTHING}{ZWNJ}{ZWJ}{CONTROLS}]")


def embeddings(text: str, _way: Way) -> Iterator[Edit]:
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
            is_stuck = is_stuck or place in begun or is_hamza_next(text, place + 1)
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
        if sign == POP_ISOLATE:
            if not isolates:
                continue
            while text[opened[-1]] not in ISOLATES:
                opened.pop()
            isolates -= 1
        elif sign == POP_EMBEDDING:
            if not opened or text[opened[-1]] in ISOLATES:
                continue
        else:
            opened.append(place)
            isolates += sign in ISOLATES
            continue
        start = opened.pop()
        if text[start] not in OVERRIDES and needed.between(start, place):
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


def invisible_characters(text: str, _way: Way) -> Iterator[Edit]:
    """Drop what neither joins nor parts letters nor turns a direction."""
    begun = _begun_entities(text)
    for match in _INVISIBLE_RUN.finditer(text):
        start, end = match.span()
        before, after = text[max(start - 1, 0) : start], text[end : end + 1]
        kept = _kept(match[0], before, after)
        is_cut = not kept and (start in begun or is_hamza_next(text, end))
        if kept != match[0] and not is_cut:
            reason = "invisible characters that have no effect here"
            yield Edit(start, end, kept, "invisible-character", reason)


def _kept(run: str, before: str, after: str) -> str:
    """Return what a run of invisible characters comes down to between two others."""
    is_inside = _is_arabic(before, "LM") and _is_arabic(after, "L")
    kept: list[str] = []
    for character in dict.fromkeys(run) if is_inside else run:
        if character == ZWNJ:
            if _is_joining(before) and _is_joining(after) and ZWNJ not in kept[-2:]:
                kept.append(character)
        elif character in DIRECTIONS and not is_inside and kept[-1:] != [character]:
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
    if character == ZWJ:
        return True
    return character > "\u0590" and unicodedata.category(character)[0] in "LM"
