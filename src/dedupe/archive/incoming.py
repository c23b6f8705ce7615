"""Read what is to be archived: the text as a scan reads it, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterator

from dedupe.archive.records import Document
from dedupe.model import Problem
from dedupe.readers import Found, ReadOptions, load_in_pieces, plan


class Incoming:
    """The documents of some sources, and what could not be read of them."""

    def __init__(self, found: Found, read: ReadOptions) -> None:
        self._found = found
        self._read = read
        self.errors: list[Problem] = list(found.errors)
        self.warnings: list[Problem] = []

    def __iter__(self) -> Iterator[Document]:
        """Yield the documents in their order, a few in memory at a time."""
        for batch in plan(self._found.sources, self._read):
            for piece in load_in_pieces(batch, self._read):
                self.errors += piece.errors
                for document in piece.documents:
                    if document.warning:
                        self.warnings.append(Problem(document.name, document.warning))
                    yield Document(document.name, document.text, *document.about)
