"""Find what an argument of `explain` names: a file, lines or a paragraph of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError
from dedupe.readers import STDIN, LoadedDocument, ReadOptions, find_sources, load, plan
from dedupe.reporters.neutralizer import show_name

if TYPE_CHECKING:
    from dedupe.explaining import Excerpt

_LINES = re.compile(r"(.+):([0-9]{1,9})(?:-([0-9]{1,9}))?", re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,9}")


def names_a_text(argument: str) -> bool:
    """Tell whether there is a file that an argument, or its beginning, names."""
    lines = _LINES.fullmatch(argument)
    path = lines[1] if lines else argument
    return _exists(path) or _exists(path.rpartition("#")[0] or path)


class _Part(NamedTuple):
    """What an argument names: a file, and perhaps a part of it."""

    path: str
    part: str | None = None  # after #
    lines: tuple[int, int] | None = None


class Shelf:
    """The files that were read; standard input can be read but once."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._read: dict[str, list[LoadedDocument]] = {}

    def excerpt(self, argument: str) -> Excerpt:
        """Return what an argument names."""
        from dedupe.explaining import Excerpt  # noqa: PLC0415 - numpy comes with it

        wanted = _parsed(argument)
        documents = self._documents(wanted.path)
        is_collection = _is_collection(wanted.path)
        document = documents[0]
        part = wanted.part
        if is_collection and part is not None:
            document, part = _document(documents, wanted), None
        elif len(documents) > 1:
            raise InputError(
                f"{wanted.path} holds {len(documents):,} documents; name one by its "
                f"number or id, as in {wanted.path}#1."
            )
        if part is None and wanted.lines is None:
            return Excerpt(document.name, document.text)
        return _excerpt(document, part, wanted.lines)

    def _documents(self, path: str) -> list[LoadedDocument]:
        if path not in self._read:
            if path != STDIN and Path(path).is_dir():
                raise InputError(f"{show_name(path)} is a folder; name a file in it.")
            found = find_sources([path], self._options)
            loaded = [load(batch, self._options) for batch in plan(found.sources)]
            problems = [*found.errors, *(one for item in loaded for one in item.errors)]
            if problems:
                first = problems[0]
                raise InputError(f"{show_name(first.path)}: {first.reason}.")
            documents = [one for item in loaded for one in item.documents]
            if not documents:
                raise InputError(f"{show_name(path)}: there is no text in it.")
            self._read[path] = documents
        return self._read[path]


def _parsed(argument: str) -> _Part:
    """Take an argument apart, unless a file has the whole of it for a name."""
    if _exists(argument):
        return _Part(argument)
    matched = _LINES.fullmatch(argument)
    path, lines = argument, None
    if matched:
        path = matched[1]
        first = int(matched[2])
        lines = (first, int(matched[3]) if matched[3] else first)
    if _exists(path) or "#" not in path:
        return _Part(path, None, lines)
    path, _, part = path.rpartition("#")
    return _Part(path, part, lines)


def _exists(path: str) -> bool:
    if path == STDIN:
        return True
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def _is_collection(path: str) -> bool:
    return re.search(r"\.(jsonl|ndjson)(\.gz)?$", path, re.IGNORECASE) is not None


def _document(documents: list[LoadedDocument], wanted: _Part) -> LoadedDocument:
    named = [one for one in documents if one.name == wanted.part]
    if named:
        return named[0]
    number = wanted.part or ""
    if _NUMBER.fullmatch(number) and 1 <= int(number) <= len(documents):
        return documents[int(number) - 1]
    raise InputError(
        f"{wanted.path} has no document {wanted.part!r}; it holds {len(documents):,}, "
        f"counted from 1."
    )


def _excerpt(
    document: LoadedDocument, part: str | None, lines: tuple[int, int] | None
) -> Excerpt:
    """Return the paragraphs of a document that an argument names."""
    from dedupe.explaining import Excerpt  # noqa: PLC0415 - numpy comes with it
    from dedupe.paragraphs import read_columns  # noqa: PLC0415

    _, paragraphs = read_columns([document.text])
    name = show_name(document.name)
    if part is not None and lines is not None:
        raise InputError(f"{name}: name a paragraph or lines of it, not both.")
    count = len(paragraphs.start)
    if part is not None:
        if not _NUMBER.fullmatch(part) or not 1 <= int(part) <= count:
            raise InputError(
                f"{name} has no paragraph {part!r}; it has {count:,}, counted from 1."
            )
        rows = [int(part) - 1]
    else:
        first, last = lines or (0, 0)
        rows = [
            row
            for row in range(count)
            if paragraphs.line[row] + 1 <= last
            and paragraphs.last_line[row] + 1 >= first
        ]
    if not rows:
        raise InputError(f"{name}: there are no words in the lines that were named.")
    start, end = int(paragraphs.start[rows[0]]), int(paragraphs.end[rows[-1]])
    line = int(paragraphs.line[rows[0]]) + 1
    return Excerpt(document.name, document.text[start:end], start, line, rows[0] + 1)
