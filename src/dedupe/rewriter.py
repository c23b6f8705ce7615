"""Rewrite what a table of single characters cannot fold: entities, hamzas, ligatures.

Few documents need it. What comes out has one image a character, and says for each where
it stands in the original.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe import arabic

CodePoints: TypeAlias = npt.NDArray[np.uint32]
Offsets: TypeAlias = npt.NDArray[np.int32]

# Fills the place of an entity, so that what follows keeps its offset: a mark, which is
# deleted and which a hamza looks through.
HAMZA = "\N{ARABIC LETTER HAMZA}"
FILLER = "\N{ARABIC SUKUN}"

# What may have to be rewritten, next to characters without a single image: the
# beginning of an entity, a hamza that is a mark of its own.
SIGNALS = {
    "none": "",
    "light": "\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}",
    "full": "&\N{ARABIC HAMZA ABOVE}",
}

# Decoded only when a semicolon ends it: AT&T and &copyright are no entities.
_ENTITY = re.compile("&(#[0-9]{1,16}|#[xX][0-9a-fA-F]{1,16}|[A-Za-z][A-Za-z0-9]*);")
_HAMZA_ABOVE = re.compile("\N{ARABIC HAMZA ABOVE}")
_COMPOSING = re.compile("[\N{ARABIC MADDAH ABOVE}-\N{ARABIC HAMZA BELOW}]")


def rewrite(text: str, level: str) -> tuple[CodePoints, Offsets]:
    """Return code points that have one image each, and their offsets in the text."""
    if level == "none":
        return _composed(text)
    if level == "full":
        text = _join_hamzas(_decode_entities(text), _HAMZA_ABOVE, _plain_hamza)
    else:
        text = _join_hamzas(text, _COMPOSING, _composed_hamza)
    return _expand(code_points(text), level)


def code_points(text: str) -> CodePoints:
    """Return the code points of a text."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def images(points: CodePoints, table: npt.NDArray[np.uint16]) -> CodePoints:
    """Look each code point up; letters beyond the table are their own image."""
    folded = table.take(points, mode="clip").astype(np.uint32)
    beyond = np.flatnonzero(points >= arabic.PLANE_SIZE)
    folded[beyond] = points[beyond]
    return folded


@lru_cache
def table(level: str) -> npt.NDArray[np.uint16]:
    """Load the shipped images of the Basic Multilingual Plane.

    0 is a deleted character, 1 one that `rewrite` must see first.
    """
    size = arabic.PLANE_SIZE * 2
    with arabic.TABLE_FILE.open("rb") as file:
        file.seek(arabic.LEVELS.index(level) * size)
        return np.frombuffer(file.read(size), "<u2")


def _decode_entities(text: str) -> str:
    """Put the character in the place of `&#1575;`, and keep the length of the text."""
    return _ENTITY.sub(_entity, text) if "&" in text else text


def _entity(match: re.Match[str]) -> str:
    """Return a decoded entity, filled up; what has no such name stays as it is."""
    import html  # noqa: PLC0415  few texts have entities; loading the names takes time

    entity = match[0]
    decoded = html.unescape(entity)
    # Half a name counts in HTML: &nothing; would be a negation sign and "hing;".
    if len(decoded) > 1 and decoded.endswith(";"):
        return entity
    # A control that is written out is a separator, but ends no line of the original.
    images = (arabic.image(character) for character in decoded)
    if not decoded or any(one in (arabic.NEWLINE, arabic.BREAK) for one in images):
        decoded = arabic.SEPARATOR
    return decoded.ljust(len(entity), FILLER)


def _join_hamzas(
    text: str, marks: re.Pattern[str], joined: Callable[[str, str], str]
) -> str:
    """Put one letter in the place of a letter whose hamza is a mark of its own."""
    pieces: list[str] = []
    copied = 0
    found = marks.search(text)
    while found:
        base = found.start() - 1
        while base >= copied and unicodedata.combining(text[base]):
            base -= 1
        end = found.end()
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        if base >= copied:
            pieces += text[copied:base], joined(text[base], text[base + 1 : end])
            copied = base + 1
        found = marks.search(text, end)
    return "".join((*pieces, text[copied:]))


def _plain_hamza(base: str, _marks: str) -> str:
    """Return a hamza for its carrier; an alef or a heh is the same without it."""
    return HAMZA if base in arabic.HAMZA_CARRIERS else base


def _composed_hamza(base: str, marks: str) -> str:
    """Return the letter that Unicode composes of a base and its marks."""
    return unicodedata.normalize("NFC", base + marks)[0]


def _expand(points: CodePoints, level: str) -> tuple[CodePoints, Offsets]:
    """Write out ligatures, and what lies beyond the table as what it folds to."""
    is_rare = (images(points, table(level)) == 1) | (points >= arabic.PLANE_SIZE)
    rare = np.flatnonzero(is_rare)
    origin = np.arange(points.size, dtype=np.int32)
    if not rare.size:
        return points, origin
    expanded = [arabic.image(chr(point), level) for point in points[rare].tolist()]
    counts = np.ones(points.size, np.int64)
    counts[rare] = [len(one) for one in expanded]
    written = points.repeat(counts)
    written[is_rare.repeat(counts)] = code_points("".join(expanded))
    return written, origin.repeat(counts)


def _composed(text: str) -> tuple[CodePoints, Offsets]:
    """Return the text in NFC; a composed letter stands where its base stood."""
    pieces = []
    starts = []
    for match in _clusters().finditer(text):
        cluster = unicodedata.normalize("NFC", match[0])
        pieces.append(cluster)
        last = match.end() - 1
        starts += [min(match.start() + place, last) for place in range(len(cluster))]
    composed = "".join(pieces)
    points, origin = _expand(code_points(composed), "none")
    return points, np.array(starts, np.int32)[origin]


@lru_cache
def _clusters() -> re.Pattern[str]:
    """Return a pattern for a character with all that may compose with it."""
    joining = "".join(
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.combining(character)
    )
    second = {
        character
        for composite in map(chr, range(sys.maxunicode + 1))
        for character in unicodedata.normalize("NFD", composite)[1:]
    }
    joining = "".join(sorted(second.union(joining)))
    return re.compile(f"(?s:.)[{re.escape(joining)}]*")
