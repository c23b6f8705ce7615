"""Write documents into an archive and take them away, with their postings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.archive import index
from dedupe.archive.checking import damage, sound, text_of
from dedupe.archive.records import Folded, Record, checksum
from dedupe.archive.store import ParagraphRows, Store, Stored, Totals
from dedupe.corpus import (
    IntArray,
    UInt64Array,
    are_among,
    distinct,
)
from dedupe.errors import ArchiveError
from dedupe.settings import Settings
from dedupe.values import dataclass

# Documents are written when so many postings have come together: a share of those there
# are, so that blocks are not written anew too often, and no more than fit the memory of
# a common machine.
LEAST_WRITTEN, MOST_WRITTEN = 4 << 20, 40 << 20
WRITTEN_SHARE = 0.5
# With more postings it is cheaper to go through all blocks than to ask for each.
BULK = 20_000
BLOCKS_AT_ONCE = 1024
POSTINGS_AT_ONCE = 1 << 21
_NO_KEYS = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of documents that were to be added."""

    added: int = 0
    unchanged: int = 0
    replaced: tuple[str, ...] = ()  # ids of documents that had other content

    def __add__(self, other: Changes) -> Changes:
        return Changes(
            self.added + other.added,
            self.unchanged + other.unchanged,
            self.replaced + other.replaced,
        )


@dataclass(frozen=True, slots=True)
class Writer:
    """Changes what a store holds; each change is for a transaction of its own."""

    store: Store
    settings: Settings  # those of the archive

    def enough(self) -> int:
        """Return how many postings are worth a transaction."""
        there = int(self.store.totals().postings * WRITTEN_SHARE)
        return min(max(there, LEAST_WRITTEN), MOST_WRITTEN)

    def write(self, held: Sequence[tuple[list[Record], Folded]]) -> Changes:
        """Write documents in one transaction."""
        records = [record for part, _ in held for record in part]
        folded = Folded.joined([part for _, part in held])
        with self.store.writing():
            known = self.store.known(record.id for record in records)
            last = {record.id: row for row, record in enumerate(records)}
            kept, gone, replaced = [], [], []
            added = unchanged = 0
            for row, record in enumerate(records):
                there = known.get(record.id)
                final = records[last[record.id]]
                if row != last[record.id]:
                    same = record.content == final.content
                elif there is None:
                    kept.append(row)
                    added += 1
                    continue
                else:
                    same = _is_same(record, there.content, there.published)
                    if not same:
                        kept.append(row)
                        gone.append(there.row)
                if same:
                    unchanged += 1
                else:
                    replaced.append(record.id)
            self.remove(sorted(gone))
            if kept:
                self._insert([records[row] for row in kept], folded.where(kept))
        return Changes(added, unchanged, tuple(replaced))

    def _insert(self, records: Sequence[Record], folded: Folded) -> None:
        row, first = self.store.next_rows()
        solids, earliest = np.unique(folded.solid, return_index=True)
        there = self.store.equal(solids.tolist(), 1).solid
        fresh = np.sort(earliest[~are_among(solids, there)])
        words = folded.document_words().tolist()
        borders = folded.first.tolist()
        columns = (folded.line, folded.words, folded.solid)
        stored = []
        for number, record in enumerate(records):
            begin, end = borders[number : number + 2]
            numbers = (row + number, first + begin, end - begin, words[number])
            own = [column[begin:end] for column in columns]
            stored.append(Stored(*numbers, checksum(numbers, record, own), record))
        document = np.repeat(np.arange(len(records)), np.diff(folded.first)) + row
        rows = np.arange(first, first + folded.paragraphs)
        self.store.insert(
            stored, ParagraphRows(rows, document, *map(np.asarray, columns))
        )
        hashes, entry = folded.shingles_of(fresh)
        more = index.postings(hashes, first + fresh[entry])
        self._post(more, _NO_KEYS)
        self._count(len(records), folded.paragraphs, sum(words), more.size)

    def remove(self, rows: Sequence[int]) -> None:
        """Take documents away; what was equal to theirs stands in the index instead."""
        if not rows:
            return
        stored, folded, own = self._folded(rows)
        standing = self.store.equal(distinct(folded.solid).tolist(), 1)
        ours = np.flatnonzero(are_among(own, standing.row))
        hashes, entry = folded.shingles_of(ours)
        less = index.postings(hashes, own[ours][entry])
        self.store.delete(rows)
        heirs = self.store.equal(distinct(folded.solid[ours]).tolist(), 1)
        more = _NO_KEYS
        if heirs.row.size:
            _, other, held = self._folded(distinct(heirs.document).tolist())
            chosen = np.flatnonzero(are_among(held, heirs.row))
            hashes, entry = other.shingles_of(chosen)
            more = index.postings(hashes, held[chosen][entry])
        self._post(more, less)
        words = sum(document.words for document in stored)
        self._count(-len(rows), -folded.paragraphs, -words, more.size - less.size)

    def _folded(self, rows: Sequence[int]) -> tuple[list[Stored], Folded, IntArray]:
        """Return documents, what their texts hold, and the rows of their paragraphs."""
        stored = [sound(self.store.path, entry) for entry in self.store.documents(rows)]
        texts = [text_of(self.store.path, entry.record) for entry in stored]
        folded = Folded.of(texts, self.settings)
        sizes = np.array([entry.paragraphs for entry in stored], np.int64)
        if not np.array_equal(sizes, np.diff(folded.first)):
            raise ArchiveError(damage(self.store.path, "paragraphs are lost"))
        first = np.array([entry.first for entry in stored], np.int64)
        own = np.arange(folded.paragraphs) + np.repeat(first - folded.first[:-1], sizes)
        return stored, folded, own

    def _post(self, more: UInt64Array, less: UInt64Array) -> None:
        """Add postings and take others away."""
        keys = np.concatenate([more, less])
        if keys.size <= BULK:
            blocks = self.store.containing(index.signed(keys).tolist())
            if blocks:
                self.store.put(*index.changed(blocks, more, less))
            return
        keys.sort()
        at = 0
        while at < keys.size:
            at = self._post_some(keys, at, more, less)

    def _post_some(
        self, keys: UInt64Array, at: int, more: UInt64Array, less: UInt64Array
    ) -> int:
        """Change the next blocks that any of the keys belong to; return how far."""
        [begin] = self.store.containing(index.signed(keys[at : at + 1]).tolist())
        blocks = self.store.blocks(begin.first, BLOCKS_AT_ONCE + 1)
        end = min(at + POSTINGS_AT_ONCE, keys.size)
        names = np.array([block.first for block in blocks], np.int64)
        if len(blocks) > BLOCKS_AT_ONCE:
            wanted = index.signed(keys[at:end])
            end = at + int(np.searchsorted(wanted, names[-1]))
        # All that is equal to the last one belongs to it.
        end = int(np.searchsorted(keys, keys[end - 1], side="right"))
        touched = np.searchsorted(names, index.signed(keys[at:end]), side="right") - 1
        some = [blocks[number] for number in distinct(touched).tolist()]
        low, high = keys[at], keys[end - 1]
        parts = [
            part[np.searchsorted(part, low) : np.searchsorted(part, high, side="right")]
            for part in (more, less)
        ]
        self.store.put(*index.changed(some, *parts))
        return end

    def _count(
        self, documents: int, paragraphs: int, words: int, postings: int
    ) -> None:
        totals = self.store.totals()
        self.store.set_totals(
            Totals(
                totals.generation + 1,
                totals.documents + documents,
                totals.paragraphs + paragraphs,
                totals.words + words,
                totals.postings + postings,
            )
        )


def _is_same(record: Record, content: bytes, published: tuple[str, ...]) -> bool:
    new = tuple(record[3:8])
    return record.content == content and new == published
