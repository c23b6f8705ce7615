"""Show the aligned words of two texts, those of both sides below each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby
from typing import TYPE_CHECKING

from dedupe.cli.explain.showing import ELLIPSIS, painted, place_of, shown_words
from dedupe.reporters import palette
from dedupe.reporters.fitting import columns

if TYPE_CHECKING:
    from dedupe.explaining.explanation import Excerpt, Explanation, Stretch
    from dedupe.model import Span
    from dedupe.word_alignment import Kind

MAX_LINES = 200  # of aligned words; the JSON has them all
LONGEST_EQUAL = 24  # words; more are cut in the middle
SHOWN_EQUAL = 8  # words at each end of what is cut
BAR = "| "  # before what others wrote

COLORS: dict[Kind, str] = {
    "respelled": palette.MAGENTA,  # as orthographic findings
    "replaced": palette.ORANGE,  # as edited ones
    "only-left": palette.RED,
    "only-right": palette.GREEN,
    "moved": palette.BLUE,
}
SIGNS: dict[Kind, str] = {
    "equal": "=",
    "respelled": "~",
    "replaced": "!",
    "only-left": "-",
    "only-right": "+",
    "moved": ">",
}
SIGNS_BEFORE_BAR = "".join(SIGNS.values()) + " "
LEGEND = (
    "= equal, ~ respelled, ! replaced, - only in the first, + only in the second, "
    "> moved"
)


def alignment(told: Explanation, *, color: bool, width: int) -> Iterator[str]:
    """Yield the lines that show which words belong together, but not too many."""
    yield f"aligned words ({LEGEND}):"
    lines = [
        line
        for agrees, group in groupby(told.alignment, key=_agrees)
        for line in (
            _agreeing(told, list(group), color=color, width=width)
            if agrees
            else (one for item in group for one in _changed(told, item, color=color))
        )
    ]
    yield from lines[:MAX_LINES]
    if len(lines) > MAX_LINES:
        yield (
            f"and {len(lines) - MAX_LINES:,} more lines (--format json has all places)"
        )
    if told.not_compared:
        yield (
            f"{told.not_compared:,} words stand in places too long to be aligned word "
            f"by word; they are shown as changed"
        )


def _agrees(stretch: Stretch) -> bool:
    return stretch.kind in ("equal", "respelled")


def _agreeing(
    told: Explanation, group: Sequence[Stretch], *, color: bool, width: int
) -> Iterator[str]:
    """Yield a line for words that are written the same, else one for either side.

    On a terminal as many lines as they need, those of both sides below each other.
    """
    respelled = any(item.kind == "respelled" for item in group)
    sign = SIGNS["respelled" if respelled else "equal"]
    left = _row(told.left, [(item, item.left) for item in group], color=color)
    right = _row(told.right, [(item, item.right) for item in group], color=color)
    head, below = f"  {sign} {BAR}", f"    {BAR}"
    for one, other in _together(left, right, width - len(head) if width else 0):
        if one == other:
            yield f"  {SIGNS['equal']} {BAR}{one}"
        else:
            yield head + one
            if respelled:
                yield below + other


def _together(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], room: int
) -> Iterator[tuple[str, str]]:
    """Yield lines of both sides that hold the same words, of no more columns."""
    if not room:
        yield "".join(chain(*left)), "".join(chain(*right))
        return
    one = other = ""
    for here, there in _meeting(left, right):
        widest = max(columns((one + here).rstrip()), columns((other + there).rstrip()))
        if one and widest > room:
            yield one.strip(), other.strip()
            one = other = ""
        one, other = one + here, other + there
    yield one.strip(), other.strip()


def _meeting(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield what stands on either side, word by word where their numbers are equal."""
    for here, there in zip(left, right, strict=True):
        if len(here) == len(there):
            yield from zip(here, there, strict=True)
        else:
            yield "".join(here), "".join(there)


def _row(
    excerpt: Excerpt,
    group: Sequence[tuple[Stretch, Span | None]],
    *,
    color: bool,
) -> list[list[str]]:
    """Return the words of one side, with what stands before each, by stretches.

    Respelled words are marked, and several of them may be one.
    """
    pieces: list[list[str]] = []
    reached: int | None = None
    for item, span in group:
        if span is None:
            continue
        before = ""
        if reached is not None:
            origin = excerpt.start
            before = shown_words(excerpt.text[reached - origin : span.start - origin])
        reached = span.end
        words = shown_words(excerpt.written(span))
        if item.kind != "respelled":
            first, *others = _shortened(words).split(" ")
            pieces.append([before + first, *(f" {word}" for word in others)])
        elif color:
            pieces.append([before + painted(words, COLORS["respelled"], on=True)])
        else:
            pieces.append([f"{before}[{words}]"])
    return pieces


def _changed(told: Explanation, item: Stretch, *, color: bool) -> Iterator[str]:
    if item.kind == "moved" and item.left and item.right:
        places = (
            f"{place_of(told.left, item.left)} and {place_of(told.right, item.right)}"
        )
        yield f"    moved, {places}:"
    head = f"  {SIGNS[item.kind]} | "
    sides = [(told.left, item.left), (told.right, item.right)]
    for excerpt, span in sides[:1] if item.kind == "moved" else sides:
        if span is not None:
            words = _shortened(shown_words(excerpt.written(span)))
            yield head + painted(words, COLORS[item.kind], on=color)
            head = "    | "


def _shortened(words: str) -> str:
    """Return words, with those in the middle left out if there are many."""
    parts = words.split(" ")
    if len(parts) <= LONGEST_EQUAL:
        return words
    return " ".join([*parts[:SHOWN_EQUAL], ELLIPSIS, *parts[-SHOWN_EQUAL:]])
