"""Clean what a file holds: bytes in, bytes out, and what was changed.

Reading and rewriting are two steps, so that the texts of many files can be cleaned in
one batch between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dedupe.byte_order import Opening, opening
from dedupe.edits import Edit
from dedupe.errors import InputError
from dedupe.json_fields import Field, find_fields, line_edits
from dedupe.model import Problem
from dedupe.readers import ReadOptions, json_lines, markdown
from dedupe.readers.decoding import (
    AUTO,
    Decoded,
    decode,
    decode_plain,
    is_utf8,
    is_wide,
    without_surrogates,
)
from dedupe.readers.fields import written
from dedupe.readers.formats import ONE
from dedupe.readers.records import converted
from dedupe.splicing import Patch, Patches, encoded, patches, splice
from dedupe.undoing import Change, Remark, raw_before, records, sha256

_TOLD = 3  # changes that an encoding cannot hold, named one by one


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


def read_contents(
    data: bytes, format_: str, name: str, options: ReadOptions
) -> Pending:
    """Return the texts of a whole file; raise InputError for bytes that are no text."""
    if format_ == "json_lines":
        if is_converted(data, options):
            return _read_converted(data, name, options)
        return read_lines(data, 1, 0, name, options)
    if format_ in ONE:
        return _read_foreign(data, format_, name, options)
    decoded = _decoded(data, options)
    opened = opening(data, decoded.encoding)
    text = _as_written(data, decoded, opened)
    file = _File(name, data, opened, text, decoded, format_ == "markdown")
    finish = partial(_finish_file, file)
    return Pending([without_surrogates(text)], [0], finish, file.is_markdown)


def _read_foreign(
    data: bytes, format_: str, name: str, options: ReadOptions
) -> Pending:
    """Return the text that is converted from another format, as if it were a file."""
    document = converted(data, format_, name, options)
    raw = document.text.encode()
    decoded = Decoded(document.text, "utf-8", document.warning)
    opened = Opening(b"", "utf-8")
    file = _File(name, raw, opened, document.text, decoded, is_markdown=False)
    return Pending([document.text], [0], partial(_finish_file, file))


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


def _as_written(data: bytes, decoded: Decoded, opened: Opening) -> str:
    """Return the text with the carriage returns that were read as line feeds."""
    text = decoded.text
    if b"\r" not in data or "\r" in text or "\n" not in text:
        return text
    # Whatever line feeds there are were all carriage returns: with both kinds in it
    # the text would have been left alone.
    is_wide_byte = _written(text, opened) == data
    return text if is_wide_byte else text.replace("\n", "\r")


def _written(text: str, opened: Opening) -> bytes | None:
    """Return the bytes of a text, or None if its encoding cannot hold it."""
    inside = encoded(text, opened.codec)
    return None if inside is None else opened.mark + inside


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
        _raw_before(body, text, opened.codec, done.done, done.edits),
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


def _raw_before(
    raw: bytes, text: str, codec: str, done: Sequence[Patch], edits: Sequence[Edit]
) -> list[bytes | None]:
    return [
        raw_before(raw[patch.start : patch.end], text[edit.start : edit.end], codec)
        for patch, edit in zip(done, edits, strict=True)
    ]


def _refusal(done: Patches, encoding: str) -> str:
    characters = sorted({edit.replacement for edit in done.refused})
    named = ", ".join(map(repr, characters[:_TOLD]))
    more = ", …" if len(characters) > _TOLD else ""
    count = len(done.refused)
    places = "1 change was" if count == 1 else f"{count:,} changes were"
    return (
        f"{places} not made: {encoding} cannot hold {named}{more}; convert it to UTF-8"
    )


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
    raw = _raw_before(body, row.text, codec, done.done, edits)
    after = mark + splice(body, done.done)
    return Document(row.name, row.text, edits, remarks, row.encoding, whole, after, raw)


def _in_ascii(edit: Edit) -> Edit:
    return edit._replace(replacement="".join(map(_escaped, edit.replacement)))


def _escaped(character: str) -> str:
    if character.isascii():
        return character
    units = character.encode("utf-16-be").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _read_converted(data: bytes, name: str, options: ReadOptions) -> Pending:
    """Read JSON Lines in an encoding whose line ends are not one byte."""
    decoded = decode(data, options.encoding)
    opened = opening(data, decoded.encoding)
    text = _as_written(data, decoded, opened)
    if _written(text, opened) != data:
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
