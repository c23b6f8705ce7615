"""What stays byte for byte: addresses, and what of Markdown is no prose."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from dedupe.edits import Edit
from dedupe.repairs.characters import CONTROLS, DIRECTIONS, MARKS, NOTHING, PAIRED, ZWNJ

_ADDRESS_SIGNS = ("://", "@", "#", "www.")
_ADDRESS = re.compile(
    rf"(?:(?:https?|ftp)://|www\.)[^\s{CONTROLS}{DIRECTIONS}{PAIRED}]+"
    rf"|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w&])[@\#][\w{MARKS}]+",
    re.IGNORECASE,
)
_AFTER_ADDRESS = f".,:;!?)]}}»”’\"'،؛؟…{NOTHING[:3]}{NOTHING[-1]}{ZWNJ}"
_MARKUP = re.compile(
    r"\A(?P<front>---|\+\+\+)[ \t]*\r?\n(?s:.*?)^(?P=front)[ \t]*\r?$"
    r"|^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^[ \t>]*(?P=fence)[^\n]*$|\Z)"
    r"|``[^\n]*?``|`[^`\n]*`"  # code in a line
    r"|(?<=\])\([^()\n]*\)|^[ ]{0,3}\[[^\]\n]*\]:[^\n]*"  # where links lead
    r"|<[A-Za-z/!][^<>\n]*>"  # HTML, addresses
    r"|^(?:[ ]{4}|\t)[^\n]*",  # code in lines of its own
    re.MULTILINE,
)


def outside(
    edits: list[Edit], text: str, *, markup: bool, addresses: bool
) -> list[Edit]:
    """Return the edits that touch nothing which has to stay.

    That are addresses, where they are asked for, and with `markup` the Markdown that
    is no prose.
    """
    kept = [*(_addresses(text) if addresses else ())]
    kept += _markup_spans(text) if markup else ()
    spans = _merged(kept)
    starts = [start for start, _ in spans]
    return [edit for edit in edits if not _is_inside(edit, spans, starts)]


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of web and mail addresses, mentions and hashtags."""
    if any(sign in text for sign in _ADDRESS_SIGNS):
        for match in _ADDRESS.finditer(text):
            yield match.start(), match.start() + len(match[0].rstrip(_AFTER_ADDRESS))


def _markup_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of Markdown that are not prose."""
    return (match.span() for match in _MARKUP.finditer(text))


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
