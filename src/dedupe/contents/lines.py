"""Clean JSON Lines: of each line one field, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dedupe.byte_order import Opening, opening
from dedupe.contents.pending import (
    Contents,
    Document,
    Pending,
    Verdict,
    as_written,
    bytes_of,
    raw_of,
)
from dedupe.edits import Edit
from dedupe.errors import InputError
from dedupe.json_fields import Field, find_fields, line_edits
from dedupe.model import Problem
from dedupe.readers import ReadOptions, json_lines
from dedupe.readers.decoding import AUTO, decode, is_utf8, is_wide, without_surrogates
from dedupe.readers.fields import written
from dedupe.splicing import encoded, patches, splice


def is_converted(head: bytes, options: ReadOptions) -> bool:
    """Tell whether the lines of a JSON Lines file are in an encoding of their own."""
    return is_wide(head) if options.encoding == AUTO else not is_utf8(options.encoding)


def read_lines(
    data: bytes, line: int, start: int, name: str, options: ReadOptions
) -> Pending:
    """Return the texts of whole lines of JSON Lines.

    The number of the first line and the place of its first byte are those in the file.
    A line that cannot be read is left as it is, and named.
    """
    lines = data.split(b"\n")
    rows: list[_Row] = []
    errors = []
    warnings = []
    at = start
    for index, whole in enumerate(lines):
        # Only the file may begin with a mark.
        mark = opening(whole, "utf-8-sig").mark if line + index == 1 else b""
        if whole[len(mark) :].strip():
            where = f"{name}:{line + index}"
            try:
                row = _read_line(whole, mark, where, options)._replace(
                    at=index, place=at + len(mark)
                )
            except InputError as error:
                errors.append(Problem(where, str(error)))
            else:
                rows.append(row)
                if row.warning:
                    warnings.append(Problem(where, row.warning))
        at += len(whole) + 1
    held = _Lines(lines, line, rows, json_lines.summarized(errors, name), warnings)
    texts = [row.text for row in rows]
    places = [row.place for row in rows]
    return Pending(texts, places, partial(_finish_lines, held, options))


class _Row(NamedTuple):
    """A line that holds a document."""

    at: int  # among the lines read together
    place: int  # of its first byte in the file
    opened: Opening
    name: str
    text: str
    line: str
    field: Field
    encoding: str
    warning: str


class _Lines(NamedTuple):
    """Lines that were read together."""

    lines: list[bytes]
    first: int  # the number of the first of them in the file
    rows: list[_Row]
    errors: list[Problem]
    warnings: list[Problem]


def _read_line(whole: bytes, mark: bytes, where: str, options: ReadOptions) -> _Row:
    body = whole[len(mark) :]
    line, encoding, warning = json_lines.decode_line(body, options)
    found = _fields(line, body, options)
    field = found[options.text_field]
    identity = found.get(options.id_field)
    name = written(identity.value if identity else None) or where
    text = field.value
    if "\\u" in line:
        text, name = without_surrogates(text), without_surrogates(name)
    opened = opening(body, encoding)._replace(mark=mark)
    return _Row(0, 0, opened, name, text, line, field, encoding, warning)


def _fields(line: str, whole: bytes, options: ReadOptions) -> dict[str, Field]:
    """Return the fields of a line; raise InputError as reading it would."""
    try:
        found = find_fields(line, (options.text_field, options.id_field))
        if isinstance(found[options.text_field].value, str):
            return found
    except (ValueError, KeyError, RecursionError):
        pass
    raise InputError(json_lines.why_unreadable(whole, options))


def _finish_lines(
    held: _Lines, options: ReadOptions, verdicts: Sequence[Verdict]
) -> Contents:
    documents = []
    lines = list(held.lines)
    for row, verdict in zip(held.rows, verdicts, strict=True):
        if verdict.edits or verdict.remarks:
            whole = lines[row.at]
            document = _rewritten(row, whole, verdict)._replace(
                line=held.first + row.at, field=options.text_field
            )
            documents.append(document)
            lines[row.at] = document.after
    return Contents(b"\n".join(lines), documents, held.errors, held.warnings)


def _rewritten(row: _Row, whole: bytes, verdict: Verdict) -> Document:
    """Return a document of which one field of its line is written anew."""
    edits, remarks = verdict
    mark, codec = row.opened
    body = whole[len(mark) :]
    written = line_edits(row.line, row.field, edits)
    done = patches(body, row.line, codec, written)
    if done.refused:
        # What the encoding cannot hold, JSON can still write.
        done = patches(body, row.line, codec, list(map(_in_ascii, written)))
    raw = raw_of(body, row.text, codec, done.done, edits)
    after = mark + splice(body, done.done)
    return Document(row.name, row.text, edits, remarks, row.encoding, whole, after, raw)


def _in_ascii(edit: Edit) -> Edit:
    return edit._replace(replacement="".join(map(_escaped, edit.replacement)))


def _escaped(character: str) -> str:
    if character.isascii():
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def read_converted(data: bytes, name: str, options: ReadOptions) -> Pending:
    """Read JSON Lines in an encoding whose line ends are not one byte."""
    decoded = decode(data, options.encoding)
    opened = opening(data, decoded.encoding)
    text = as_written(data, decoded, opened)
    if bytes_of(text, opened) != data:
        raise InputError(
            f"cannot be changed in {decoded.encoding}, as some of its bytes are "
            "broken; convert it to UTF-8"
        )
    pending = read_lines(text.encode(), 1, 0, name, options)
    finish = partial(_finish_converted, pending.finish, opened, decoded.encoding)
    return pending._replace(finish=finish)


def _finish_converted(
    finish: Callable[[Sequence[Verdict]], Contents],
    opened: Opening,
    encoding: str,
    verdicts: Sequence[Verdict],
) -> Contents:
    contents = finish(verdicts)
    mark, codec = opened
    documents = [
        document._replace(encoding=encoding, is_converted=True)
        for document in contents.documents
    ]
    written = "".join(_writable(contents.data.decode(), codec))
    data = mark + written.encode(codec)
    return contents._replace(data=data, documents=documents)


def _writable(text: str, codec: str) -> Iterator[str]:
    """Yield the text, characters that the encoding cannot hold as escapes of JSON."""
    if encoded(text, codec) is not None:
        yield text
        return
    for character in text:
        yield (
            character if encoded(character, codec) is not None else _escaped(character)
        )
