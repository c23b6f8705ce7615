"""Turn documents into what an archive keeps of them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from dedupe import processes
from dedupe.corpus import Int32Array, IntArray, Rows, UInt32Array, ranges
from dedupe.paragraphs import read_columns
from dedupe.processes import Outcome
from dedupe.readers.decoding import (
    REPLACEMENT,
    with_line_feeds,
    without_surrogates,
)
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS, shingles, upper_halves
from dedupe.values import dataclass

CONTENT_BYTES = 16
CHECKSUM_BYTES = 8
TASK_CHARACTERS = 1 << 20
# Of zlib's levels the last that is worth its time on Arabic news.
LEVEL = 6


class Document(NamedTuple):
    """A text to be archived; what is not known of it is empty."""

    id: str
    text: str
    title: str = ""
    date: str = ""
    outlet: str = ""
    author: str = ""
    url: str = ""


class Record(NamedTuple):
    """A document as it is stored, without its paragraphs."""

    id: str
    content: bytes
    added: str
    title: str
    date: str
    outlet: str
    author: str
    url: str
    size: int
    text: bytes  # compressed


@dataclass(frozen=True, slots=True)
class Folded:
    """The paragraphs of some documents and their shingles, as columns."""

    first: IntArray  # first paragraph of each document, and one more at the end
    line: Int32Array
    words: Int32Array
    solid: IntArray
    shingle: UInt32Array  # upper halves of the hashes
    first_shingle: IntArray  # of each paragraph, and one more at the end

    @classmethod
    def of(cls, texts: Sequence[str], settings: Settings) -> Folded:
        """Return what the texts hold, by the rules of the settings."""
        words, paragraphs = read_columns(
            texts, fold=settings.fold, ignore_numbers=settings.ignore_numbers
        )
        word = upper_halves(words.hashes)
        size = np.maximum(paragraphs.words - (SHINGLE_WORDS - 1), 0)
        hashes = upper_halves(shingles(word, SHINGLE_WORDS))
        return cls(
            np.searchsorted(paragraphs.document, np.arange(len(texts) + 1)),
            paragraphs.line,
            paragraphs.words,
            paragraphs.solid.view(np.int64),
            hashes[ranges(paragraphs.first_word, size)],
            np.append(0, np.cumsum(size, dtype=np.int64)),
        )

    @classmethod
    def joined(cls, parts: Sequence[Folded]) -> Folded:
        """Return all documents of some parts."""
        columns = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("line", "words", "solid", "shingle")
        }
        return cls(
            first=_borders([part.first for part in parts]),
            first_shingle=_borders([part.first_shingle for part in parts]),
            **columns,
        )

    @property
    def paragraphs(self) -> int:
        """How many paragraphs there are."""
        return int(self.first[-1])

    def document_words(self) -> IntArray:
        """Return how many words each document has."""
        total = np.append(0, np.cumsum(self.words, dtype=np.int64))
        return np.diff(total[self.first])

    def shingles_of(self, paragraphs: IntArray) -> tuple[UInt32Array, IntArray]:
        """Return the shingles of some paragraphs, and for each its entry in those."""
        size = np.diff(self.first_shingle)[paragraphs]
        hashes = self.shingle[ranges(self.first_shingle[paragraphs], size)]
        return hashes, np.repeat(np.arange(paragraphs.size), size)

    def where(self, documents: Sequence[int]) -> Folded:
        """Return some of the documents, in their order."""
        rows = np.array(documents, np.int64)
        count = np.diff(self.first)[rows]
        kept = ranges(self.first[rows], count)
        size = np.diff(self.first_shingle)[kept]
        return Folded(
            np.append(0, np.cumsum(count)),
            self.line[kept],
            self.words[kept],
            self.solid[kept],
            self.shingle[ranges(self.first_shingle[kept], size)],
            np.append(0, np.cumsum(size)),
        )


def id_of(name: str) -> str:
    """Return the id by which a document is known.

    SQLite takes NUL for the end of a text that it is asked about.
    """
    return _clean(name).replace("\0", REPLACEMENT)


def fold(
    documents: Sequence[Document], settings: Settings, added: Sequence[str], jobs: int
) -> tuple[list[Record], Folded]:
    """Return documents as they are stored, and what they hold.

    `added` is the time at which each was added.
    """
    tasks = _tasks(documents)
    times = iter(added)

    def task(number: int) -> Outcome:
        texts = [_clean(document.text) for document in tasks[number]]
        folded = Folded.of(texts, settings)
        written = [text.encode() for text in texts]
        packed = [zlib.compress(text, LEVEL) for text in written]
        contents = b"".join(map(content_of, written))
        return None, {
            **{name: getattr(folded, name) for name in Folded.__slots__},
            "contents": np.frombuffer(contents, np.uint8),
            "written": np.array([len(text) for text in written], np.int64),
            "packed": np.array([len(text) for text in packed], np.int64),
            "texts": np.frombuffer(b"".join(packed), np.uint8),
        }

    records: list[Record] = []
    parts = []
    outcomes = processes.run(task, len(tasks), jobs)
    for part, (_, arrays) in zip(tasks, outcomes, strict=True):
        parts.append(Folded(*(arrays[name] for name in Folded.__slots__)))
        contents, texts = arrays["contents"].tobytes(), arrays["texts"].tobytes()
        ends = list(accumulate(arrays["packed"].tolist(), initial=0))
        records += [
            Record(
                id_of(document.id),
                contents[row * CONTENT_BYTES : (row + 1) * CONTENT_BYTES],
                next(times),
                _clean(document.title),
                _clean(document.date),
                _clean(document.outlet),
                _clean(document.author),
                _clean(document.url),
                size,
                texts[ends[row] : ends[row + 1]],
            )
            for row, (document, size) in enumerate(
                zip(part, arrays["written"].tolist(), strict=True)
            )
        ]
    return records, Folded.joined(parts or [Folded.of([], settings)])


def digest_of(values: Iterable[object]) -> bytes:
    """Return a hash of a few values, in which damage to them shows."""
    digest = hashlib.blake2b(digest_size=CHECKSUM_BYTES)
    for value in values:
        data = value if isinstance(value, bytes) else str(value).encode()
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.digest()


def content_of(written: bytes) -> bytes:
    """Return the hash by which the text of a document is known."""
    return hashlib.blake2b(written, digest_size=CONTENT_BYTES).digest()


def checksum(numbers: Sequence[int], record: Record, columns: Sequence[Rows]) -> bytes:
    """Return a hash of what is stored of a document but its postings.

    `numbers` are its rows and counts, `columns` those of its paragraphs: lines, words,
    hashes of letters.
    """
    held = [column.astype("<i8").tobytes() for column in columns]
    return digest_of((*numbers, *record, *held))


def _clean(text: str) -> str:
    """Return a text as readers hand it on: no halves of characters, plain line ends."""
    return with_line_feeds(without_surrogates(text))


def _tasks(documents: Sequence[Document]) -> list[Sequence[Document]]:
    tasks = []
    first = weight = 0
    for number, document in enumerate(documents):
        weight += len(document.text)
        if weight >= TASK_CHARACTERS:
            tasks.append(documents[first : number + 1])
            first, weight = number + 1, 0
    if first < len(documents):
        tasks.append(documents[first:])
    return tasks


def _borders(parts: Sequence[IntArray]) -> IntArray:
    """Return where everything begins when the parts follow one another."""
    sizes = [np.diff(part) for part in parts]
    return np.append(0, np.cumsum(np.concatenate(sizes))).astype(np.int64)
