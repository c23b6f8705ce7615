"""What a run of `clean` changed, as JSON lines, and the way back.

The first line of a document tells where it is and the hashes of its bytes before and
after; a line follows for each edit, and one for each place that was left and looks
wrong. Spans are code points of the original document, lines are counted from 1 in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from dedupe.byte_order import opening
from dedupe.edits import Edit
from dedupe.errors import InputError
from dedupe.json_fields import find_fields, written_places
from dedupe.splicing import Patch, byte_offsets, encoded, splice

CHANGED_SINCE = "has changed since it was cleaned; it is left as it is"
_NO_WAY_BACK = "the report does not lead back to its original bytes"
_NOT_A_REPORT = "is not a report of `dedupe clean`"


class ReportError(InputError):
    """A file is no report, or not all of one."""


class Remark(NamedTuple):
    """A place that looks wrong and was left as it is."""

    start: int
    end: int
    rule: str
    reason: str


class Change(NamedTuple):
    """All that was done to one document."""

    document: str
    path: str
    encoding: str
    before_sha256: str
    after_sha256: str
    edits: Sequence[Edit]  # of the original text
    before: Sequence[str]  # what each edit replaced
    raw_before: Sequence[bytes | None]  # where its encoding would give other bytes
    line: int = 0  # of a JSON Lines file, counted from 1
    field: str = ""  # that holds the text in it
    is_converted: bool = False  # the hashes are those of the line in UTF-8


def sha256(data: bytes | memoryview) -> str:
    """Return the hash that names bytes in a report."""
    return hashlib.sha256(data).hexdigest()


def records(change: Change, text: str, remarks: Sequence[Remark] = ()) -> bytes:
    """Return the lines of a report for one document, whose original text is given."""
    header: dict[str, Any] = {"document": change.document, "path": change.path}
    if change.line:
        header |= {"line": change.line, "field": change.field}
    header |= {"encoding": change.encoding}
    if change.is_converted:
        header |= {"converted": True}
    header |= {
        "before_sha256": change.before_sha256,
        "after_sha256": change.after_sha256,
        "edits": len(change.edits),
    }
    lines = _Lines(text)
    objects = [header]
    for edit, before, raw in zip(
        change.edits, change.before, change.raw_before, strict=True
    ):
        told = _told(change.document, edit, before, lines)
        told["replacement"] = edit.replacement
        if raw is not None:
            told["raw_before"] = raw.hex()
        objects.append(told)
    lines = _Lines(text)
    for remark in remarks:
        before = text[remark.start : remark.end]
        told = _told(change.document, remark, before, lines)
        objects.append(told | {"suspect": True})
    return b"".join(map(_json_line, objects))


def raw_before(raw: bytes, before: str, codec: str) -> bytes | None:
    """Return the bytes of a stretch, or None where its text gives them back."""
    return None if encoded(before, codec) == raw else raw


def changes(report: Iterable[bytes]) -> Iterator[Change]:
    """Yield what was changed, by document; raise ReportError if that is no report."""
    numbered = enumerate(report, 1)
    number = 0
    try:
        for number, line in numbered:
            told = json.loads(line)
            if told.get("suspect"):
                continue
            count = int(told["edits"])
            following = [json.loads(other) for _, other in islice(numbered, count)]
            if len(following) < count:
                raise ReportError(f"line {number}: the report was cut off after it")
            change = _change(told, following)
            if count:
                yield change
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReportError(f"line {number}: {_NOT_A_REPORT}") from None


def restored(data: bytes, change: Change) -> bytes:
    """Return the original bytes of a document; raise InputError if they have changed.

    Bytes that are the original already are returned as they are.
    """
    now = sha256(data)
    if now == change.before_sha256:
        return data
    if now != change.after_sha256:
        raise InputError(CHANGED_SINCE)
    try:
        original = splice(data, _way_back(data, change))
    except (ValueError, KeyError, LookupError, RecursionError):
        raise InputError(_NO_WAY_BACK) from None
    if sha256(original) != change.before_sha256:
        raise InputError(_NO_WAY_BACK)
    return original


def _way_back(data: bytes, change: Change) -> list[Patch]:
    encoding = "utf-8" if change.is_converted else change.encoding
    mark, codec = opening(data, encoding)
    if change.line == 1:
        mark, _ = opening(data, "utf-8-sig")  # of the file
    body = data[len(mark) :]
    text = body.decode(codec, "replace")
    places = list(_places_after(change.edits))
    if change.line:
        field = find_fields(text, [change.field])[change.field]
        places = written_places(text, field, places)
    offsets = [len(mark) + place for place in byte_offsets(body, text, codec, places)]
    return [
        Patch(start, end, before.encode(codec) if raw is None else raw)
        for before, raw, start, end in zip(
            change.before, change.raw_before, offsets[::2], offsets[1::2], strict=True
        )
    ]


def _change(header: dict[str, Any], following: Sequence[dict[str, Any]]) -> Change:
    edits = [
        Edit(start, end, told["replacement"], told["rule"], told["reason"])
        for told in following
        for start, end in [told["span"]]
    ]
    raw = [
        bytes.fromhex(told["raw_before"]) if "raw_before" in told else None
        for told in following
    ]
    return Change(
        header["document"],
        header["path"],
        header["encoding"],
        header["before_sha256"],
        header["after_sha256"],
        edits,
        [told["before"] for told in following],
        raw,
        header.get("line", 0),
        header.get("field", ""),
        header.get("converted", False),
    )


def _places_after(edits: Iterable[Edit]) -> Iterator[int]:
    """Yield the start and the end of each replacement in the text that was written."""
    shift = 0
    for edit in edits:
        start = edit.start + shift
        yield start
        yield start + len(edit.replacement)
        shift += len(edit.replacement) - (edit.end - edit.start)


class _Lines:
    """Count lines up to places that are asked for in order."""

    def __init__(self, text: str) -> None:
        self._text = text
        # A file of an old Macintosh has no line feed.
        self._end = "\n" if "\n" in text else "\r"
        self._at = 0
        self._line = 1

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Return the first and the last line of a stretch."""
        # A line that goes with the end of the one before stands on its own line.
        if self._text.startswith(self._end, start) and start + 1 < end:
            start += 1
        first = self._up_to(start)
        return first, self._up_to(max(start, end - 1))

    def _up_to(self, place: int) -> int:
        self._line += self._text.count(self._end, self._at, place)
        self._at = place
        return self._line


def _told(
    document: str, place: Edit | Remark, before: str, lines: _Lines
) -> dict[str, Any]:
    return {
        "document": document,
        "span": [place.start, place.end],
        "lines": lines.of(place.start, place.end),
        "rule": place.rule,
        "reason": place.reason,
        "before": before,
    }


def _json_line(value: dict[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    # A name that is no UTF-8 holds lone surrogates, which JSON can write as escapes.
    return text.encode("utf-8", "backslashreplace") + b"\n"
