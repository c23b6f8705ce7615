"""Changes of a text as a value: apply them, do one list after another, take them back.

>>> edits = [Edit(4, 5, "", "space-before-punctuation", "no space before a comma")]
>>> apply("قالت ، ثم", edits)
'قالت، ثم'
>>> apply(apply("قالت ، ثم", edits), inverse("قالت ، ثم", edits))
'قالت ، ثم'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """A stretch of a text and what stands in its place.

    In a list of edits they are sorted, and no two touch the same character.
    """

    start: int  # code points of the original text, half-open
    end: int
    replacement: str
    rule: str  # in kebab case; those of several changes of one stretch joined by "+"
    reason: str  # for the editor who reads it


def apply(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with all edits done."""
    pieces: list[str] = []
    done = 0
    for edit in edits:
        pieces += text[done : edit.start], edit.replacement
        done = edit.end
    return "".join((*pieces, text[done:]))


def inverse(text: str, edits: Iterable[Edit]) -> list[Edit]:
    """Return the edits of the new text that give the old one back."""
    undone = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        end = start + len(edit.replacement)
        before = text[edit.start : edit.end]
        undone.append(Edit(start, end, before, edit.rule, edit.reason))
        shift += len(edit.replacement) - len(before)
    return undone


def compose(text: str, first: Sequence[Edit], second: Sequence[Edit]) -> list[Edit]:
    """Return the edits of a text that do `first`, and `second` on what that gives.

    Where a later edit touches an earlier one, both become one, without what stays the
    same at its ends; their rules are joined by "+", their reasons by semicolons.
    """
    if not first or not second:
        return list(first or second)
    return [
        edit
        for group in _groups(first, second)
        if (edit := _merged(text, group)) is not None
    ]


class _Stretch(NamedTuple):
    """An edit with its place in the text between the two lists."""

    begin: int  # code points of the text that the first list gives
    stop: int
    edit: Edit
    is_later: bool


class _Group(NamedTuple):
    """Edits that touch one another, and how far their text is shifted."""

    stretches: list[_Stretch]
    shift: int  # from the text between to the original, before the group


def _groups(first: Sequence[Edit], second: Sequence[Edit]) -> Iterator[_Group]:
    """Yield runs of edits of both lists that have characters in common."""
    stretches = []
    shift = 0
    for edit in first:
        begin = edit.start + shift
        stop = begin + len(edit.replacement)
        stretches.append(_Stretch(begin, stop, edit, is_later=False))
        shift += len(edit.replacement) - (edit.end - edit.start)
    stretches += (
        _Stretch(edit.start, edit.end, edit, is_later=True) for edit in second
    )
    stretches.sort(key=lambda one: (one.begin, one.stop, one.is_later))
    group: list[_Stretch] = []
    stop = before = after = 0
    for stretch in stretches:
        # An insertion at a border belongs to what it touches.
        if group and stretch.begin > stop:
            yield _Group(group, before)
            group, before = [], after
        stop = max(stop, stretch.stop) if group else stretch.stop
        group.append(stretch)
        if not stretch.is_later:
            written = len(stretch.edit.replacement)
            after += stretch.edit.end - stretch.edit.start - written
    if group:
        yield _Group(group, before)


def _merged(text: str, group: _Group) -> Edit | None:
    """Return one edit that does those of a group, or None if nothing is changed."""
    earlier = [one for one in group.stretches if not one.is_later]
    later = [one for one in group.stretches if one.is_later]
    begin = min(one.begin for one in group.stretches)
    stop = max(one.stop for one in group.stretches)
    start = begin + group.shift
    grown = sum(
        one.stop - one.begin - (one.edit.end - one.edit.start) for one in earlier
    )
    end = start + stop - begin - grown
    between = apply(text[start:end], (_moved(one.edit, -start) for one in earlier))
    written = apply(between, (_moved(one.edit, -begin) for one in later))
    before = text[start:end]
    if written == before:
        return None
    edits = [one.edit for one in (*earlier, *later)]
    rules = "+".join(dict.fromkeys(edit.rule for edit in edits))
    reasons = "; ".join(dict.fromkeys(edit.reason for edit in edits))
    head = _alike(before, written)
    tail = _alike(before[head:][::-1], written[head:][::-1])
    kept = written[head : len(written) - tail]
    return Edit(start + head, end - tail, kept, rules, reasons)


def _moved(edit: Edit, by: int) -> Edit:
    return edit._replace(start=edit.start + by, end=edit.end + by)


def _alike(one: str, other: str) -> int:
    """Return how many characters two strings have in common at their start."""
    pairs = zip(one, other, strict=False)
    unlike = (place for place, pair in enumerate(pairs) if pair[0] != pair[1])
    return next(unlike, min(len(one), len(other)))
