"""Glyphs of a page → lines of text in the order in which they are read.

A page holds no text, only signs at places. Those of one line are sorted by place, which
is the order the eye sees, and then brought into reading order: from right to left, with
numbers and Latin words from left to right inside, which undoes what the algorithm of
UAX #9 did when the line was set.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dedupe.readers.pdf.glyphs import Glyph

# Of the size of the font, all of them.
_SAME_LINE = 0.5  # letters of one line may stand this much higher or lower
_MARK_HEIGHT = 1.0  # marks even more
_ONE_PLACE = 0.1  # the halves of a lam-alef, a letter above another
_WORD_GAP = 0.18  # spaces are a quarter wide, and squeezed in tight lines
_SPACED_WORD_GAP = 0.26  # where spaces are signs, too, as they are in most files
_CELL_GAP = 1.5  # between the cells of a table
_TWICE = 0.1  # bold that is made by drawing twice

_ARABIC_LINE = 0.3  # of its letters; a name in English may be long

_MIRRORED = str.maketrans("()[]{}<>«»‹›", ")(][}{><»«›‹")
_OPENING = frozenset("([{<«‹")
# Signs that are typed as such; others are what a font made of letters.
_TYPED = frozenset(
    "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
    "\N{ARABIC LIGATURE JALLAJALALOUHOU}"
    "\N{RIAL SIGN}"
    "\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}"
)


class Line(NamedTuple):
    """One line of a page."""

    text: str
    left: float
    right: float
    baseline: float
    size: float
    turn: int
    first_word: float  # its width
    is_rtl: bool


class _Cluster(NamedTuple):
    """Characters that stand at one place."""

    text: str
    left: float
    right: float


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Return the lines of a page in the order in which they were drawn.

    Columns that are drawn one after the other stay apart.
    """
    rows = [(row, _clusters(row)) for row in _rows(glyphs)]
    page_is_rtl = _is_rtl([cluster for _, found in rows for cluster in found])
    lines = [_line(row, clusters, page_is_rtl=page_is_rtl) for row, clusters in rows]
    return [line for line in lines if line.text]


def _rows(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Yield glyphs that follow each other at one height."""
    row: list[Glyph] = []
    baseline = size = 0.0
    for glyph in glyphs:
        stands_alone = glyph.text and not _is_mark(glyph.text)
        allowed = _SAME_LINE if stands_alone else _MARK_HEIGHT
        if row and (
            glyph.turn != row[0].turn
            or abs(glyph.baseline - baseline) > allowed * max(size, glyph.size)
        ):
            yield row
            row = []
        if not row or (stands_alone and glyph.size > size):
            baseline, size = glyph.baseline, glyph.size
        row.append(glyph)
    if row:
        yield row


def _line(row: list[Glyph], clusters: list[_Cluster], *, page_is_rtl: bool) -> Line:
    """Read one row of glyphs."""
    texts = [cluster.text for cluster in clusters]
    is_rtl = _is_rtl(clusters, otherwise=page_is_rtl) or (
        page_is_rtl and any(_kind(text) == "R" for text in texts)
    )
    text = _spaced(reading_order(texts) if is_rtl else left_order(texts))
    shown = [cluster for cluster in clusters if not cluster.text.isspace()]
    size = max((glyph.size for glyph in row if glyph.text.strip()), default=0.0)
    return Line(
        text,
        min((cluster.left for cluster in shown), default=0.0),
        max((cluster.right for cluster in shown), default=0.0),
        row[0].baseline,
        size,
        row[0].turn,
        _first_word(shown, clusters, is_rtl=is_rtl),
        is_rtl,
    )


def _is_rtl(clusters: Iterable[_Cluster], *, otherwise: bool = False) -> bool:
    """Tell whether text runs from right to left; digits alone do not tell."""
    kinds = [_kind(cluster.text) for cluster in clusters]
    arabic, latin = kinds.count("R"), kinds.count("L")
    return arabic > _ARABIC_LINE * (arabic + latin) if arabic + latin else otherwise


def _first_word(
    shown: list[_Cluster], clusters: list[_Cluster], *, is_rtl: bool
) -> float:
    """Return how wide the first word of a line is."""
    if not shown:
        return 0.0
    ordered = clusters[::-1] if is_rtl else clusters
    begun: list[_Cluster] = []
    for cluster in ordered:
        if not cluster.text.isspace():
            begun.append(cluster)
        elif begun:
            break
    return max(one.right for one in begun) - min(one.left for one in begun)


def _clusters(row: list[Glyph]) -> list[_Cluster]:
    """Return what stands in a row from left to right, with spaces between words."""
    clusters: list[_Cluster] = []
    before: Glyph | None = None
    reach = 0.0
    has_spaces = any(glyph.text.isspace() for glyph in row)
    least_gap = _SPACED_WORD_GAP if has_spaces else _WORD_GAP
    for glyph in _from_left(_with_marks(row)):
        text = _characters(glyph.text)
        if before and _is_shadow(before, glyph):
            continue
        if not text:
            # What it is nobody knows, but it takes its place.
            reach = max(reach, glyph.right) if clusters else reach
            continue
        if clusters and _is_mark(text):
            base = clusters[-1]
            clusters[-1] = base._replace(text=base.text + text)
            continue
        gap = glyph.left - reach if clusters else 0.0
        if gap > least_gap * glyph.size:
            # A justified line is wide, too, but has spaces in its gaps.
            is_cell = gap > _CELL_GAP * glyph.size
            is_cell &= not (text.isspace() or clusters[-1].text.isspace())
            space = "\t" if is_cell else " "
            clusters.append(_Cluster(space, reach, glyph.left))
        clusters.append(_Cluster(text, glyph.left, glyph.right))
        reach = max(reach, glyph.right) if before else glyph.right
        before = glyph
    return clusters


def _with_marks(row: list[Glyph]) -> list[Glyph]:
    """Give Arabic marks to the letters that they were drawn with.

    They overhang on either side, so that their place does not tell. A line that is
    drawn from left to right, as the eye sees it, has them before their letter.
    """
    if not any(map(_is_arabic_mark, (glyph.text for glyph in row))):
        return row
    joined: list[Glyph] = []
    waiting: list[str] = []
    for place, glyph in enumerate(row):
        if not _is_arabic_mark(glyph.text):
            text = glyph.text + "".join(reversed(waiting)) if waiting else glyph.text
            joined.append(glyph._replace(text=text))
            waiting = []
        elif joined and not _runs_right(joined[-1], row, place):
            joined[-1] = joined[-1]._replace(text=joined[-1].text + glyph.text)
        else:
            waiting.append(glyph.text)
    return joined


def _runs_right(before: Glyph, row: list[Glyph], place: int) -> bool:
    """Tell whether the next letter that is drawn stands to the right."""
    following = (glyph for glyph in row[place:] if not _is_arabic_mark(glyph.text))
    after = next(following, None)
    return after is not None and after.left > before.left


@cache
def _is_arabic_mark(text: str) -> bool:
    return bool(text) and all(
        "\N{ARABIC FATHATAN}" <= sign <= "ٰ" and unicodedata.combining(sign)
        for sign in _characters(text)
    )


def _from_left(row: list[Glyph]) -> list[Glyph]:
    """Sort glyphs by place; what is drawn at nearly one place keeps its order."""
    to_right = sum(after.left > before.left for before, after in pairwise(row))
    # A line may also be drawn as it is read.
    drawn = row if to_right >= len(row) / 2 else row[::-1]
    keys: list[float] = []
    for place, glyph in enumerate(drawn):
        key = glyph.left
        if place and 0 < keys[-1] - key < _ONE_PLACE * glyph.size:
            key = keys[-1]
        keys.append(key)
    order = sorted(range(len(drawn)), key=keys.__getitem__)
    return [drawn[place] for place in order]


@cache
def _is_mark(text: str) -> bool:
    return bool(text) and all(map(unicodedata.combining, _characters(text)))


def _is_shadow(before: Glyph, glyph: Glyph) -> bool:
    return (
        glyph.text == before.text
        and glyph.right > glyph.left
        and glyph.left - before.left < _TWICE * glyph.size
    )


@cache
def _characters(text: str) -> str:
    """Return what a glyph stands for in plain letters."""
    if text and text.isspace():
        return " "
    plain = "".join(map(plain_letters, text))
    # Some programs write the letters of lam-alef as they stand from left to right.
    if len(plain) == 2 and plain[0] in "اأإآٱ" and plain[1] == "ل":  # noqa: PLR2004
        return plain[::-1]
    return plain


def plain_letters(sign: str) -> str:
    """Return the letters that a presentation form or a ligature stands for.

    >>> plain_letters("ﻼ"), plain_letters("ﬁ"), plain_letters("ﹶ") == "\N{ARABIC FATHA}"
    ('لا', 'fi', True)
    """
    if sign not in _TYPED and "\N{LATIN SMALL LIGATURE FF}" <= sign <= "\ufeff":
        # The marks that stand alone come with a space to stand on.
        return unicodedata.normalize("NFKC", sign).strip() or sign
    return sign


@cache
def _kind(cluster: str) -> str:
    """Return R for Arabic letters, L for others, N for digits, else nothing."""
    for sign in cluster:
        bidi = unicodedata.bidirectional(sign)
        if bidi in {"R", "AL"}:
            return "R"
        if bidi == "L":
            return "L"
        if bidi in {"EN", "AN"}:
            return "N"
    return ""


def reading_order(clusters: Sequence[str]) -> str:
    """Return what stands from left to right in the order an Arabic reader reads it.

    >>> reading_order([*"باب"[::-1], " ", *"12.5", " ", *"قال"[::-1]])
    'قال 12.5 باب'
    """
    kinds = [_kind(cluster) for cluster in clusters]
    pieces: list[str] = []
    place = len(clusters) - 1
    while place >= 0:
        if kinds[place] not in {"L", "N"}:
            pieces.append(clusters[place])
            place -= 1
            continue
        start = _start_of_run(kinds, place)
        pieces += _left_to_right(clusters[start : place + 1], kinds[start : place + 1])
        place = start - 1
    return _facing_brackets("".join(pieces))


def left_order(clusters: Sequence[str]) -> str:
    """Return what stands from left to right as a reader of Latin script reads it.

    >>> left_order([*"the word ", *"باب"[::-1], *" is"])
    'the word باب is'
    """
    kinds = [_kind(cluster) for cluster in clusters]
    pieces: list[str] = []
    place = 0
    while place < len(clusters):
        end = place + 1
        if kinds[place] == "R":
            ahead = place
            while ahead < len(clusters) and kinds[ahead] != "L":
                end = ahead + 1 if kinds[ahead] == "R" else end
                ahead += 1
        pieces.append(reading_order(clusters[place:end]))
        place = end
    return "".join(pieces)


def _start_of_run(kinds: Sequence[str], last: int) -> int:
    """Return where the Latin words and numbers begin that end at a place."""
    start = place = last
    while place >= 0 and kinds[place] != "R":
        if kinds[place]:
            start = place
        place -= 1
    return start


def _left_to_right(clusters: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Return Latin words as they stand, and numbers alone from right to left.

    Inside a number stands one separator; in Arabic a hyphen is none (UAX #9, W2 to W7).
    """
    if "L" in kinds:
        return list(clusters)
    numbers: list[list[str]] = [[]]
    for place, cluster in enumerate(clusters):
        if kinds[place] or (
            cluster in _SEPARATORS and kinds[place - 1] and kinds[place + 1]
        ):
            numbers[-1].append(cluster)
        else:
            numbers += [[cluster], []]
    return [cluster for number in reversed(numbers) for cluster in number]


_SEPARATORS = frozenset(".,:/\N{ARABIC COMMA}\N{NO-BREAK SPACE}")


def _facing_brackets(text: str) -> str:
    """Turn brackets round where the file tells how they look, not what they are."""
    right = wrong = 0
    for found in _BRACKET.finditer(text):
        before = text[found.start() - 1 : found.start()]
        after = text[found.end() : found.end() + 1]
        if (not before or before.isspace()) == (not after or after.isspace()):
            continue
        opens = not before or before.isspace()
        if opens == (found[0] in _OPENING):
            right += 1
        else:
            wrong += 1
    return text.translate(_MIRRORED) if wrong > right else text


_BRACKET = re.compile("[()\\[\\]{}<>«»‹›]")


def _spaced(text: str) -> str:
    return re.sub(r"[^\S\t]*\t\s*", "\t", re.sub(r"[^\S\t]+", " ", text)).strip()
