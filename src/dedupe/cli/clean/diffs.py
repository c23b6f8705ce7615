"""Show a person what cleaning changes: a diff by words that a terminal shows right.

What goes stands in [-…-], what comes in {+…+}. Characters that cannot be seen are
named. The text stands on lines of its own, each with a prefix, so that it neither mixes
with numbers nor gives orders to a terminal or to the log of a CI service.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from dedupe.edits import Edit, apply
from dedupe.reporters import palette
from dedupe.reporters.fitting import fitted, steady
from dedupe.reporters.neutralizer import disarm, show_name
from dedupe.reporters.palette import BOLD, Paint, colored, plain

PREFIX = "  | "
INDENT = "    "  # of what a terminal has no room for
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
CONTEXT = 40  # characters of unchanged text on each side of a change
GONE, COME, PLACE = palette.RED, palette.GREEN, palette.BLUE

_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufefc]")
_NAMES = {"\t": "TAB", "\n": "LINE FEED", "\r": "CARRIAGE RETURN", "\f": "FORM FEED"}
# Letters and marks, and what can stand among them: formats, tatweel.
_OF_WORDS = ("L", "M", "N", "Cf")
_UNSEEN = ("C", "Z")


__all__ = ["Paint", "colored", "plain", "render"]


def render(
    name: str,
    text: str,
    edits: Sequence[Edit],
    paint: Paint = plain,
    *,
    width: int = 0,
) -> str:
    r"""Return the diff of one document, for a terminal of some width or for a file.

    >>> edit = Edit(4, 5, "", "space-before-punctuation", "no space before a comma")
    >>> print(render("a.txt", "قالت ، ثم", [edit]), end="")
    --- a.txt
    +++ a.txt (clean)
    @@ -1 +1 @@ space-before-punctuation: no space before a comma
      | قالت[- -]، ثم
    """
    shown = show_name(name)
    lines = [paint(f"--- {shown}", BOLD), paint(f"+++ {shown} (clean)", BOLD)]
    shift = 0
    for hunk in _hunks(text, [_of_whole_lines(text, edit) for edit in edits]):
        head, grown = _head(hunk, shift)
        shift += grown
        told = f"{paint(head, PLACE)} {_reasons(hunk.edits)}"
        lines += fitted(told, width, "", INDENT) if width else [told]
        for line in _body(text, hunk, paint):
            broken = fitted(line, width - len(PREFIX)) if width else [line]
            lines += [PREFIX + (steady(one) if width else one) for one in broken]
    return "\n".join(lines) + "\n"


def _of_whole_lines(text: str, edit: Edit) -> Edit:
    """Return the same edit, but of a line and its end, not of an end and a line."""
    start, end = edit.start, edit.end
    is_line = text.startswith("\n", start) and text.startswith("\n", end)
    if edit.replacement or not is_line or end - start < 2:  # noqa: PLR2004
        return edit
    return edit._replace(start=start + 1, end=end + 1)


class _Hunk(NamedTuple):
    """Changes of the same lines."""

    edits: list[Edit]
    start: int  # code points: from the first of these lines to the end of the last
    end: int
    first: int  # lines, counted from 1
    last: int
    grown: int  # how many lines more there are after the changes


def _hunks(text: str, edits: Sequence[Edit]) -> Iterator[_Hunk]:
    at, line = 0, 1
    held: list[Edit] = []
    start = end = first = last = 0
    for edit in edits:
        line += text.count("\n", at, edit.start)
        at = edit.start
        if held and edit.start > end:
            yield _Hunk(held, start, end, first, last, _growth(text, held))
            held = []
        if not held:
            start, first = text.rfind("\n", 0, edit.start) + 1, line
        held.append(edit)
        stop = max(edit.start, edit.end - 1)
        last = line + text.count("\n", edit.start, stop)
        found = text.find("\n", stop)
        end = len(text) if found < 0 else found
    if held:
        yield _Hunk(held, start, end, first, last, _growth(text, held))


def _growth(text: str, edits: Sequence[Edit]) -> int:
    return sum(
        edit.replacement.count("\n") - text.count("\n", edit.start, edit.end)
        for edit in edits
    )


def _head(hunk: _Hunk, shift: int) -> tuple[str, int]:
    count = hunk.last - hunk.first + 1
    before = _range(hunk.first, count)
    after = _range(hunk.first + shift, max(count + hunk.grown, 0))
    return f"@@ -{before} +{after} @@", hunk.grown


def _range(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first},{count}"


def _reasons(edits: Sequence[Edit]) -> str:
    """Return each rule with how often it was at work, or why.

    A reason that quotes Arabic would be mixed up with the numbers around it.
    """
    reasons: dict[str, list[str]] = {}
    for edit in edits:
        reasons.setdefault(edit.rule, []).append(edit.reason)
    told = []
    for rule, why in reasons.items():
        times = f" ({len(why)} times)" if len(why) > 1 else ""
        is_told = len(set(why)) == 1 and not _ARABIC.search(why[0])
        told.append(f"{rule}{times}" + (f": {why[0]}" if is_told else ""))
    return disarm("; ".join(told))


def _body(text: str, hunk: _Hunk, paint: Paint) -> list[str]:
    """Return the lines of a hunk with what goes and comes marked."""
    pieces: list[str] = []
    at = hunk.start
    for start, end, after in _by_words(text, hunk):
        kept = text[at:start]
        pieces.append(_kept(kept, opens=at == hunk.start, closes=False))
        at_line_start = start == 0 or text[start - 1] == "\n"
        pieces.append(
            _marked(text[start:end], "[-", "-]", GONE, paint, whole=at_line_start)
        )
        pieces.append(_marked(after, "{+", "+}", COME, paint, whole=False))
        at = end
    pieces.append(_kept(text[at : hunk.end], opens=False, closes=True))
    return "".join(pieces).rstrip("\n").split("\n")


def _by_words(text: str, hunk: _Hunk) -> Iterator[tuple[int, int, str]]:
    """Yield what changes, widened to whole words where letters are concerned."""
    held: list[Edit] = []
    start = end = 0
    for edit in hunk.edits:
        begin, stop = _widened(text, edit, hunk)
        if held and begin < end:
            end = max(end, stop)
            held.append(edit)
            continue
        if held:
            yield start, end, _after(text, held, start, end)
        held, start, end = [edit], begin, stop
    if held:
        yield start, end, _after(text, held, start, end)


def _widened(text: str, edit: Edit, hunk: _Hunk) -> tuple[int, int]:
    start, end = edit.start, edit.end
    if "\n" in text[start:end] or not any(
        map(_belongs_to_word, text[start:end] + edit.replacement)
    ):
        return start, end
    while start > hunk.start and _belongs_to_word(text[start - 1]):
        start -= 1
    while end < hunk.end and _belongs_to_word(text[end]):
        end += 1
    return start, end


def _after(text: str, edits: Sequence[Edit], start: int, end: int) -> str:
    inside = [
        edit._replace(start=edit.start - start, end=edit.end - start) for edit in edits
    ]
    return apply(text[start:end], inside)


def _kept(text: str, *, opens: bool, closes: bool) -> str:
    """Return unchanged text, shortened where no change is near."""
    lines = text.split("\n")
    if len(lines) > 1:
        first = _shortened(lines[0], opens=opens, closes=True)
        last = _shortened(lines[-1], opens=True, closes=closes)
        inner = [_shortened(line, opens=True, closes=True) for line in lines[1:-1]]
        return "\n".join((first, *inner, last))
    return _shortened(text, opens=opens, closes=closes)


def _shortened(text: str, *, opens: bool, closes: bool) -> str:
    """Leave out what is more than some words from a change on its left or right."""
    before = 0 if opens else CONTEXT
    after = 0 if closes else CONTEXT
    if opens and closes:
        before = CONTEXT
    if len(text) <= before + after + len(ELLIPSIS) + 2:
        return disarm(text)
    left = text[:before]
    right = text[len(text) - after :]
    left = left[: left.rfind(" ") + 1] if " " in left else left
    right = right[right.find(" ") :] if " " in right else right
    return disarm(left) + ELLIPSIS + disarm(right)


def _marked(
    text: str, opening: str, closing: str, color: str, paint: Paint, *, whole: bool
) -> str:
    """Return text in brackets, line by line; `whole` if it begins a line."""
    if not text:
        return ""
    *ended, rest = text.split("\n")
    told = []
    for number, line in enumerate(ended):
        # At the end of a line that goes as a whole its end needs no name.
        is_whole = line and (whole or number > 0)
        seen = _seen(line if is_whole else line + "\n")
        told.append(paint(f"{opening}{seen}{closing}", color) + "\n")
    if rest:
        told.append(paint(f"{opening}{_seen(rest)}{closing}", color))
    return "".join(told)


def _seen(text: str) -> str:
    """Return text in which everything can be seen."""
    if text.isprintable() and not _is_mark(text[0]):
        return text
    circle = "\N{DOTTED CIRCLE}" if _is_mark(text[0]) else ""
    return circle + "".join(map(_named, text))


@lru_cache(maxsize=1 << 12)
def _named(character: str) -> str:
    """Return a character, or its name where it cannot be seen.

    >>> _named("\N{NO-BREAK SPACE}")
    '<NO-BREAK SPACE>'
    """
    if character == " " or not unicodedata.category(character).startswith(_UNSEEN):
        return character
    name = _NAMES.get(character) or unicodedata.name(character, "")
    return f"<{name or f'U+{ord(character):04X}'}>"


@lru_cache(maxsize=1 << 12)
def _belongs_to_word(character: str) -> bool:
    return unicodedata.category(character).startswith(_OF_WORDS)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
