"""What was read of a file, what is to be done to it, and what came of that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from dedupe.byte_order import Opening
from dedupe.edits import Edit
from dedupe.model import Problem
from dedupe.readers.decoding import Decoded
from dedupe.splicing import Patch, encoded
from dedupe.undoing import Change, Remark, raw_before, records, sha256


class Verdict(NamedTuple):
    """What is to be done to a text."""

    edits: Sequence[Edit]
    remarks: Sequence[Remark] = ()


class Document(NamedTuple):
    """A document that is changed, or remarked on."""

    name: str
    text: str  # the original
    edits: Sequence[Edit]
    remarks: Sequence[Remark]
    encoding: str
    before: bytes  # of the file, or of the line of a JSON Lines file
    after: bytes
    raw: Sequence[bytes | None]  # of what each edit replaces
    line: int = 0
    field: str = ""
    is_converted: bool = False

    def records(self, path: str) -> bytes:
        """Return the lines of a report on it."""
        change = Change(
            self.name,
            path,
            self.encoding,
            sha256(self.before),
            sha256(self.after),
            self.edits,
            [self.text[edit.start : edit.end] for edit in self.edits],
            self.raw,
            self.line,
            self.field,
            self.is_converted,
        )
        return records(change, self.text, self.remarks)


class Contents(NamedTuple):
    """A cleaned file, or a run of whole lines of one."""

    data: bytes
    documents: list[Document]  # changed or remarked on
    errors: list[Problem]
    warnings: list[Problem]


class Pending(NamedTuple):
    """What was read, waiting for what is to be done to each text."""

    texts: list[str]
    places: list[int]  # the byte at which the line of each begins, 0 for a whole file
    finish: Callable[[Sequence[Verdict]], Contents]
    is_markdown: bool = False


def raw_of(
    raw: bytes, text: str, codec: str, done: Sequence[Patch], edits: Sequence[Edit]
) -> list[bytes | None]:
    """Return for each edit the bytes that its text would not give back."""
    return [
        raw_before(raw[patch.start : patch.end], text[edit.start : edit.end], codec)
        for patch, edit in zip(done, edits, strict=True)
    ]


def as_written(data: bytes, decoded: Decoded, opened: Opening) -> str:
    """Return the text with the carriage returns that were read as line feeds."""
    text = decoded.text
    if b"\r" not in data or "\r" in text or "\n" not in text:
        return text
    # Whatever line feeds there are were all carriage returns: with both kinds in it
    # the text would have been left alone.
    are_line_feeds = bytes_of(text, opened) == data
    return text if are_line_feeds else text.replace("\n", "\r")


def bytes_of(text: str, opened: Opening) -> bytes | None:
    """Return the bytes of a text, or None if its encoding cannot hold it."""
    inside = encoded(text, opened.codec)
    return None if inside is None else opened.mark + inside
