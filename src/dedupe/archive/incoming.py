"""Read what is to be archived: the text as a scan reads it, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from dedupe.archive.records import Document
from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers import Found, LoadedDocument, ReadOptions, load, plan
from dedupe.readers.files import read_range


class Fields(NamedTuple):
    """The fields of a JSON Lines object that tell of a document."""

    title: str = "title"
    date: str = "date"
    outlet: str = "outlet"
    url: str = "url"


class Incoming:
    """The documents of some sources, and what could not be read of them."""

    def __init__(self, found: Found, read: ReadOptions, fields: Fields) -> None:
        self._found = found
        self._read = read
        self._fields = fields
        self.errors: list[Problem] = list(found.errors)
        self.warnings: list[Problem] = []

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents in their order, a batch in memory at a time."""
        for batch in plan(self._found.sources, self._read):
            loaded = load(batch, self._read)
            self.errors += loaded.errors
            for document in loaded.documents:
                if document.warning:
                    self.warnings.append(Problem(document.name, document.warning))
                yield Document(document.name, document.text, *self._told(document))

    def _told(self, document: LoadedDocument) -> Iterator[str]:
        """Yield what the source tells of a document; nothing is empty."""
        source = self._found.sources[document.place.source]
        values: object = {}
        if source.format == "json_lines":
            try:
                line = read_range(source, document.place.start, document.place.end)
                values = json.loads(line.decode("utf-8", "replace"))
            except (InputError, OSError, ValueError, RecursionError) as error:
                self.errors.append(Problem(document.name, str(error)))
        for name in self._fields:
            yield _written(values.get(name) if isinstance(values, dict) else None)


def _written(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return str(value)
