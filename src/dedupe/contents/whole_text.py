"""Clean a file that is one document."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from dedupe.byte_order import Opening, opening
from dedupe.contents.pending import (
    Contents,
    Document,
    Pending,
    Verdict,
    as_written,
    raw_of,
)
from dedupe.edits import Edit
from dedupe.model import Problem
from dedupe.readers import ReadOptions, markdown
from dedupe.readers.decoding import (
    AUTO,
    Decoded,
    decode,
    decode_plain,
    without_surrogates,
)
from dedupe.readers.records import converted
from dedupe.splicing import Patches, patches, splice
from dedupe.undoing import Remark

_TOLD = 3  # changes that an encoding cannot hold, named one by one


def read_text(
    data: bytes, name: str, options: ReadOptions, *, is_markdown: bool
) -> Pending:
    """Return the text of a file; raise InputError for bytes that are no text."""
    decoded = _decoded(data, options)
    opened = opening(data, decoded.encoding)
    text = as_written(data, decoded, opened)
    file = _File(name, data, opened, text, decoded, is_markdown)
    finish = partial(_finish_file, file)
    return Pending([without_surrogates(text)], [0], finish, is_markdown)


def read_foreign(data: bytes, format_: str, name: str, options: ReadOptions) -> Pending:
    """Return the text that is converted from another format, as if it were a file."""
    document = converted(data, format_, name, options)
    raw = document.text.encode()
    decoded = Decoded(document.text, "utf-8", document.warning)
    opened = Opening(b"", "utf-8")
    file = _File(name, raw, opened, document.text, decoded, is_markdown=False)
    return Pending([document.text], [0], partial(_finish_file, file))


class _File(NamedTuple):
    """A file of one document."""

    name: str
    data: bytes
    opened: Opening
    text: str
    decoded: Decoded
    is_markdown: bool


def _decoded(data: bytes, options: ReadOptions) -> Decoded:
    plain = decode_plain(data) if options.encoding == AUTO else None
    if plain is not None:
        return Decoded(plain, "utf-8")
    return decode(data, options.encoding)


def _finish_file(file: _File, verdicts: Sequence[Verdict]) -> Contents:
    name, data, opened, text, decoded, _ = file
    warnings = [Problem(name, decoded.warning)] if decoded.warning else []
    [verdict] = verdicts
    edits, remarks = verdict
    if not (edits or remarks):
        return Contents(data, [], [], warnings)
    if file.is_markdown and (code := _code(text)):
        edits = [edit for edit in edits if not _touches(code, edit)]
        remarks = [remark for remark in remarks if not _touches(code, remark)]
    body = data[len(opened.mark) :]
    done = patches(body, text, opened.codec, edits)
    if done.refused:
        warnings.append(Problem(name, _refusal(done, decoded.encoding)))
    document = Document(
        name,
        text,
        done.edits,
        remarks,
        decoded.encoding,
        data,
        opened.mark + splice(body, done.done),
        raw_of(body, text, opened.codec, done.done, done.edits),
    )
    return Contents(document.after, [document], [], warnings)


def _code(text: str) -> list[tuple[int, int]]:
    """Return the lines of Markdown that are no prose: front matter and code."""
    spans = []
    at = 0
    readable = markdown.readable(text)
    if readable == text:
        return []
    for line, prose in zip(text.split("\n"), readable.split("\n"), strict=True):
        if line != prose:
            spans.append((at, at + len(line)))
        at += len(line) + 1
    return spans


def _touches(spans: Sequence[tuple[int, int]], place: Edit | Remark) -> bool:
    return any(place.start < end and start < place.end for start, end in spans)


def _refusal(done: Patches, encoding: str) -> str:
    characters = sorted({edit.replacement for edit in done.refused})
    named = ", ".join(map(repr, characters[:_TOLD]))
    more = ", …" if len(characters) > _TOLD else ""
    count = len(done.refused)
    places = "1 change was" if count == 1 else f"{count:,} changes were"
    return (
        f"{places} not made: {encoding} cannot hold {named}{more}; convert it to UTF-8"
    )
