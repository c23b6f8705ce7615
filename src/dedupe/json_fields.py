r"""Find and change one string in a line of JSON; all other characters stay.

>>> line = '{"id":7,  "text" : "قالت ، ثم"}'
>>> found = find_fields(line, ["text"])["text"]
>>> found.value, line[found.start : found.end]
('قالت ، ثم', 'قالت ، ثم')
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any, NamedTuple

from dedupe.edits import Edit

_SPACES = (" ", "\t", "\n", "\r")
_SPACE = re.compile(r"[ \t\n\r]*")
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u.{4}|.)", re.DOTALL
)
_scan_value = json.JSONDecoder().raw_decode
_scan_string = json.decoder.scanstring  # type: ignore[attr-defined]


class Field(NamedTuple):
    """A value of a JSON object and where it is written."""

    value: Any
    start: int  # code points of the line; of a string, between its quotation marks
    end: int


def find_fields(line: str, names: Collection[str]) -> dict[str, Field]:
    """Return those fields of an object that have one of the names.

    Of a name that is given twice the last counts, as it does for `json.loads`.
    Raises ValueError or RecursionError for a line that is no JSON object.
    """
    found: dict[str, Field] = {}
    at = _expect(line, "{", 0)
    if line[at : at + 1] != "}":
        while True:
            name, at = _scan_string(line, _expect(line, '"', at, skip=False))
            begin = _expect(line, ":", at)
            if line[begin : begin + 1] == '"':
                value, end = _scan_string(line, begin + 1)
                field = Field(value, begin + 1, end - 1)
            else:
                value, end = _scan_value(line, begin)
                field = Field(value, begin, end)
            if name in names:
                found[name] = field
            at = _after_space(line, end)
            if line[at : at + 1] != ",":
                break
            at = _after_space(line, at + 1)
    if _expect(line, "}", at) != len(line):
        raise ValueError("text after the object")
    return found


def line_edits(line: str, field: Field, edits: Sequence[Edit]) -> list[Edit]:
    r"""Return edits of the string of a field as edits of the line.

    What is written anew is escaped as the rest of the line is.

    >>> line = r'{"text": "\u0642\u0627\u0644 ,"}'
    >>> edit = Edit(3, 5, "\N{ARABIC COMMA}", "", "")
    >>> line_edits(line, find_fields(line, ["text"])["text"], [edit])
    [Edit(start=28, end=30, replacement='\\u060c', rule='', reason='')]
    """
    places = [place for edit in edits for place in (edit.start, edit.end)]
    moved = written_places(line, field, places)
    escape = (
        encode_basestring_ascii
        if line.isascii() and r"\u" in line
        else encode_basestring
    )
    return [
        edit._replace(
            start=start,
            end=end,
            replacement=escape(edit.replacement)[1:-1],
        )
        for edit, start, end in zip(edits, moved[::2], moved[1::2], strict=True)
    ]


def written_places(line: str, field: Field, places: Sequence[int]) -> list[int]:
    """Return where in the line places of the value stand; they are sorted."""
    start, end = field.start, field.end
    if "\\" not in line[start:end]:
        return [start + place for place in places]
    moved = []
    shift = start  # from the value to the line, before the next escape
    escapes = _ESCAPE.finditer(line, start, end)
    escape = next(escapes, None)
    for place in places:
        while escape is not None and escape.start() < place + shift:
            shift += len(escape[0]) - 1
            escape = next(escapes, None)
        moved.append(place + shift)
    return moved


def _expect(line: str, character: str, at: int, *, skip: bool = True) -> int:
    """Return the place after a character that must come next, and spaces after it."""
    at = _after_space(line, at)
    if line[at : at + 1] != character:
        raise ValueError(f"no {character} at {at}")
    return _after_space(line, at + 1) if skip else at + 1


def _after_space(line: str, at: int) -> int:
    # Nearly always there is none, or one.
    if line[at : at + 1] not in _SPACES:
        return at
    found = _SPACE.match(line, at)
    return found.end() if found else at
