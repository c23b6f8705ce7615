"""What an archive asks of the place where it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from dedupe.archive.index import Block
from dedupe.archive.records import Record
from dedupe.corpus import BoolArray, IntArray


class Totals(NamedTuple):
    """How much an archive holds; `generation` goes up with every change."""

    generation: int
    documents: int
    paragraphs: int
    words: int
    postings: int


class Stored(NamedTuple):
    """A document in the archive."""

    row: int
    first: int  # row of its first paragraph
    paragraphs: int
    words: int
    checksum: bytes
    record: Record


class Known(NamedTuple):
    """What tells whether a document has changed since it was added."""

    row: int
    content: bytes
    published: tuple[str, ...]  # in the order of About


class ParagraphRows(NamedTuple):
    """Paragraphs of the archive as columns."""

    row: IntArray
    document: IntArray
    line: IntArray
    words: IntArray
    solid: IntArray

    def where(self, kept: BoolArray) -> ParagraphRows:
        """Return some of the paragraphs."""
        return ParagraphRows(*(column[kept] for column in self))


class Store(Protocol):
    """Documents, their paragraphs, and blocks of postings, changed in transactions."""

    path: Path

    def close(self) -> None:
        """Let go of the archive."""

    def writing(self) -> AbstractContextManager[None]:
        """Keep what is changed inside, all of it or nothing."""

    def reading(self) -> AbstractContextManager[None]:
        """See one state of the archive, whatever others write meanwhile."""

    def meta(self) -> Mapping[str, str]:
        """Return what is known of the archive as a whole."""

    def totals(self) -> Totals:
        """Return how much there is."""

    def set_totals(self, totals: Totals) -> None:
        """Say how much there is."""

    def known(self, ids: Iterable[str]) -> dict[str, Known]:
        """Return those of some documents that are in the archive."""

    def next_rows(self) -> tuple[int, int]:
        """Return the rows for the next document and the next paragraph."""

    def insert(self, documents: Iterable[Stored], paragraphs: ParagraphRows) -> None:
        """Add documents and their paragraphs."""

    def delete(self, rows: Sequence[int]) -> None:
        """Take documents and their paragraphs away."""

    def document_rows(self) -> list[int]:
        """Return the rows of all documents, ascending."""

    def counts(self) -> tuple[int, int, int]:
        """Return how many documents, paragraphs and words there are by counting."""

    def dates(self, rows: Iterable[int] | None = None) -> list[tuple[int, str, str]]:
        """Return row, date and time of addition of all documents or some, ascending."""

    def documents(self, rows: Iterable[int]) -> Iterator[Stored]:
        """Yield some documents, ascending."""

    def paragraphs(self, rows: Sequence[int]) -> ParagraphRows:
        """Return paragraphs by their rows, ascending."""

    def paragraphs_of(self, documents: Sequence[int]) -> ParagraphRows:
        """Return the paragraphs of some documents, ascending."""

    def equal(
        self, solids: Sequence[int], most: int, *, last: bool = False
    ) -> ParagraphRows:
        """Return for each of some letters the first or last paragraphs of those."""

    def containing(self, keys: Sequence[int]) -> list[Block]:
        """Return the blocks in which some postings belong, ascending."""

    def spanning(self, keys: Sequence[int], most: int) -> list[Block]:
        """Return the blocks that hold the shingles whose lowest postings are given.

        Of a shingle in very many, the last of them are enough.
        """

    def blocks(self, first: int, most: int) -> list[Block]:
        """Return the next blocks from one on."""

    def put(self, blocks: Iterable[Block], dropped: Sequence[int]) -> None:
        """Write blocks in the place of those of the same name, and drop others."""

    def damage(self, *, full: bool) -> Iterator[str]:
        """Yield what is wrong with the file itself."""

    def snapshot(self, out: Path) -> None:
        """Write a copy that can be read where nothing can be written."""
