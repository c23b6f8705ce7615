"""Lines of pages → paragraphs: what was wrapped is joined, also across pages."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe.readers.pdf.lines import Line

# Lines at an edge of a page that are looked at: heads and feet have fewer.
_EDGE = 4
_FEWEST_PAGES = 2
_SHARE_OF_PAGES = 0.4  # left and right pages may differ
_NEIGHBOURS = 30  # lines before and after that show how wide a column is
_SAME_SIZE = 0.08
_LOOSE = 1.25  # times the usual distance of lines: a new paragraph
_INDENT = 0.8  # of the size
_UNALIGNED = 3.0  # of the size
_SPACE = 0.45  # of the size; a little more than a space is wide
_LEAST_STEP = 0.9  # of the size; what is nearer is a note, not a line
# Of steps between lines: some are inside paragraphs, even where most are short.
_USUAL = 0.1
_MARKED = 0.04
_TERMINAL = re.compile(r"[.!؟?:…۔][\"'”’»)\]]*$")
_NUMBER = re.compile(r"\d+")


class _Placed(NamedTuple):
    """A line and the room that it leaves in its column."""

    line: Line
    page: int
    indent: float  # before its first word
    room: float  # behind its last word


def paragraphs_of(pages: Sequence[Sequence[Line]]) -> list[str]:
    """Return the paragraphs of a book, without its running heads and page numbers."""
    placed = [
        _placed(page, place, number)
        for number, page in enumerate(_without_running_lines(pages))
        for place in range(len(page))
    ]
    usual = _usual_step(placed)
    steps = list(pairwise(placed))
    starts = sum(_is_marked(before, after, usual) for before, after in steps)
    are_marked = starts > _MARKED * len(placed)
    paragraphs: list[list[str]] = [[one.line.text] for one in placed[:1]]
    for before, after in steps:
        if _goes_on(before, after, usual, are_marked=are_marked):
            paragraphs[-1].append(after.line.text)
        else:
            paragraphs.append([after.line.text])
    return [_joined(lines) for lines in paragraphs]


def _joined(lines: list[str]) -> str:
    soft = "\N{SOFT HYPHEN}"
    text = " ".join(lines)
    return text.replace(soft + " ", "").replace(soft, "")


def _goes_on(
    before: _Placed, after: _Placed, usual: float, *, are_marked: bool
) -> bool:
    """Tell whether a line goes on with the sentence of the line before it."""
    first, second = before.line, after.line
    if first.turn != second.turn or "\t" in first.text + second.text:
        return False
    if abs(first.size - second.size) > _SAME_SIZE * first.size:
        return False
    # A line that begins far inside is aligned to the other edge, or to neither.
    inside = before.indent if before.indent > _UNALIGNED * first.size else 0.0
    if before.room + inside > second.first_word + _SPACE * second.size:
        return False  # there was room for the next word
    if _is_marked(before, after, usual):
        return False
    is_closed = bool(_TERMINAL.search(first.text))
    return not is_closed or (are_marked and _step(before, after) > 0)


def _step(before: _Placed, after: _Placed) -> float:
    """Return how far down the next line is; not above 0 in another column or page."""
    if before.page != after.page:
        return 0.0
    return before.line.baseline - after.line.baseline


def _is_marked(before: _Placed, after: _Placed, usual: float) -> bool:
    """Tell whether space or an indent sets a line off from the one before it."""
    size = after.line.size
    if _step(before, after) > _LOOSE * usual * size:
        return True
    return after.indent > _INDENT * size and before.indent <= _INDENT * size


def _usual_step(placed: list[_Placed]) -> float:
    """Return the distance of lines inside paragraphs, of their size."""
    steps = sorted(
        step / after.line.size
        for before, after in pairwise(placed)
        if (step := _step(before, after)) > after.line.size * _LEAST_STEP > 0
    )
    return steps[int(_USUAL * len(steps))] if steps else 0.0


def _placed(page: Sequence[Line], place: int, number: int) -> _Placed:
    """Measure a line against the lines around it that stand in its column."""
    line = page[place]
    around = page[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]
    column = [
        other
        for other in around
        if other is not line
        and other.left < line.right
        and line.left < other.right
        and abs(other.size - line.size) <= _SAME_SIZE * line.size
    ]
    if not column:
        return _Placed(line, number, 0.0, math.inf)
    on_left = line.left - min(other.left for other in (line, *column))
    on_right = max(other.right for other in (line, *column)) - line.right
    sides = (on_right, on_left) if line.is_rtl else (on_left, on_right)
    return _Placed(line, number, *sides)


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Leave out what is repeated at the same height of many pages, numbers aside.

    Where more is repeated than a head or a foot holds, pages are copies of each other.
    """
    sides = [(_from_above(page), _from_above(page)[::-1]) for page in pages]
    seen = Counter(
        key
        for above, below in sides
        for key in {_key(line) for side in (above, below) for line in side[:_EDGE]}
    )
    fewest = max(_FEWEST_PAGES, _SHARE_OF_PAGES * len(pages))
    running = {key for key, count in seen.items() if count >= fewest}
    kept = []
    for page, both in zip(pages, sides, strict=True):
        dropped = {id(line) for side in both for line in _head(side, running)}
        lines = [line for line in page if id(line) not in dropped]
        kept.append(lines or list(page))
    return kept


def _head(side: list[Line], running: set[tuple[str, int]]) -> list[Line]:
    """Return the running lines at one edge of a page."""
    head = list(takewhile(lambda line: _key(line) in running, side[:_EDGE]))
    return head if len(head) < _EDGE else []


def _from_above(page: Sequence[Line]) -> list[Line]:
    return sorted(page, key=lambda line: -line.baseline)


def _key(line: Line) -> tuple[str, int]:
    return _NUMBER.sub("#", line.text), round(line.baseline)
