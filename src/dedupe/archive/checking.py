"""Look for damage in an archive, and refuse what is damaged."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dedupe.archive import index
from dedupe.archive.records import Folded, Record, checksum, content_of
from dedupe.archive.store import ParagraphRows, Store, Stored
from dedupe.corpus import (
    UInt64Array,
    are_among,
    distinct,
)
from dedupe.errors import ArchiveError
from dedupe.settings import Settings

DOCUMENTS_AT_ONCE = 500
BLOCKS_AT_ONCE = 4096
# Postings are summed up by so many of their leading bits.
SHARE_BITS = 12
# Beyond so many lines, more of the same tell nothing.
MOST_TOLD = 1000


def sound(path: Path, stored: Stored) -> Stored:
    """Return a document unless its columns cannot be those of one."""
    values = (*stored[:-1], *stored.record)
    kinds = (int, int, int, int, bytes, str, bytes, *[str] * 6, int, bytes)
    if all(map(isinstance, values, kinds)):
        return stored
    raise ArchiveError(damage(path, f"the document in row {stored.row}"))


def text_of(path: Path, record: Record) -> str:
    """Return the text of a document, no longer than it says."""
    unpacking = zlib.decompressobj()
    try:
        written = unpacking.decompress(record.text, record.size + 1)
        if len(written) == record.size:
            return written.decode()
    except (zlib.error, ValueError, OverflowError):
        pass
    raise ArchiveError(damage(path, f"the text of document {record.id!r}"))


def damage(path: Path, what: str) -> str:
    """Return what to tell of damage, and what to do about it."""
    return (
        f"{path} is damaged ({what}); look with: dedupe archive verify --full {path},"
        f" and write it anew with: dedupe archive rebuild {path}"
    )


def check(store: Store, settings: Settings, *, full: bool) -> Iterator[str]:
    """Yield what is wrong with an archive."""
    for number, reason in enumerate(_problems(store, settings, full=full)):
        if number == MOST_TOLD:
            yield "and more"
            return
        yield reason


def _problems(store: Store, settings: Settings, *, full: bool) -> Iterator[str]:
    broken = False
    for reason in store.damage(full=full):
        broken = True
        yield f"SQLite: {reason}"
    try:
        yield from _wrong_totals(store)
        if full:
            yield from _wrong_content(store, settings)
    except ArchiveError as error:
        if not broken:
            yield str(error)


def _wrong_totals(store: Store) -> Iterator[str]:
    """Yield where the parts do not add up."""
    totals = store.totals()
    counted = store.counts()
    for name, told, there in zip(
        ("documents", "paragraphs", "words"), totals[1:4], counted, strict=True
    ):
        if told != there:
            yield f"{there} {name} where there should be {told}"
    count = 0
    last = np.uint64(0)
    for keys in _postings(store):
        if keys.size:
            if keys[0] < last or (keys[1:] < keys[:-1]).any():
                yield "postings are out of order"
                return
            last = keys[-1]
        count += keys.size
    if count != totals.postings:
        yield f"{count} postings where there should be {totals.postings}"


def _postings(store: Store) -> Iterator[UInt64Array]:
    first = index.LOWEST
    while blocks := store.blocks(first, BLOCKS_AT_ONCE):
        keys = index.decode(blocks)
        names = index.signed(keys)
        # A posting below the name of its block would never be found.
        if names.size and names[0] < blocks[0].first:
            raise ArchiveError("postings are out of place")
        yield keys
        if blocks[-1].first == (1 << 63) - 1:
            return
        first = blocks[-1].first + 1


def _wrong_content(store: Store, settings: Settings) -> Iterator[str]:
    """Yield the documents, and the shares of the postings, that are not as written."""
    expected = np.zeros(1 << SHARE_BITS, np.uint64)
    wrong = False
    rows = store.document_rows()
    for start in range(0, len(rows), DOCUMENTS_AT_ONCE):
        some = rows[start : start + DOCUMENTS_AT_ONCE]
        whole = []
        for stored in store.documents(some):
            reason = _wrong_document(store, stored)
            if reason:
                wrong = True
                yield f"document {stored.record.id!r}: {reason}"
            else:
                whole.append(stored)
        folded = Folded.of(
            [text_of(store.path, entry.record) for entry in whole], settings
        )
        held = store.paragraphs_of([entry.row for entry in whole])
        if not _agree(folded, held):
            wrong = True
            yield "paragraphs are not those of their texts"
            continue
        expected += _digests_of(store, folded, held)
    found = np.zeros_like(expected)
    for keys in _postings(store):
        found += index.digests(keys, SHARE_BITS)
    different = int(np.count_nonzero(found != expected))
    if different and not wrong:
        yield f"postings are not those of the texts ({different} of {found.size} parts)"


def _wrong_document(store: Store, stored: Stored) -> str:
    try:
        record = sound(store.path, stored).record
        text = text_of(store.path, record)
    except ArchiveError:
        return "cannot be read"
    if content_of(text.encode()) != record.content:
        return "its text was changed"
    own = store.paragraphs_of([stored.row])
    if not (own.document == stored.row).all():
        return "its paragraphs belong to another"
    columns = (own.line, own.words, own.solid)
    if checksum(stored[:4], record, columns) != stored.checksum:
        return "its title, date or paragraphs were changed"
    return ""


def _agree(folded: Folded, held: ParagraphRows) -> bool:
    return all(
        np.array_equal(one, other)
        for one, other in (
            (folded.line, held.line),
            (folded.words, held.words),
            (folded.solid, held.solid),
        )
    )


def _digests_of(store: Store, folded: Folded, held: ParagraphRows) -> UInt64Array:
    """Return the sums of the postings that paragraphs should have."""
    standing = store.equal(distinct(held.solid).tolist(), 1)
    chosen = np.flatnonzero(are_among(held.row, standing.row))
    hashes, entry = folded.shingles_of(chosen)
    keys = index.postings(hashes, held.row[chosen][entry])
    return index.digests(keys, SHARE_BITS)
