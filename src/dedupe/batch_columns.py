"""Read a batch of sources into columns, in whatever process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dedupe import folding
from dedupe.corpus import Int32Array
from dedupe.memory_files import Arrays
from dedupe.paragraphs import columns_of
from dedupe.processes import Given, Outcome
from dedupe.readers import (
    NOTHING_TOLD,
    Batch,
    Loaded,
    ReadOptions,
    load_in_pieces,
    names_of,
)
from dedupe.settings import Settings
from dedupe.text_rows import TextRow


def read_batch(
    batches: Sequence[Batch],
    options: ReadOptions,
    settings: Settings,
    number: int,
    _: Given,
) -> Outcome:
    """Return the columns of a batch, of each piece of it that was read at once."""
    told = []
    held: Arrays = {}
    own = names_of(batches[number].sources)
    for piece, loaded in enumerate(load_in_pieces(batches[number], options)):
        value, arrays = _columns(loaded, settings)
        if value["names"] == own:
            value["names"] = None  # whoever gave the batch can tell them
        told.append(value)
        prefix = f"{piece}/" if piece else ""
        held |= {prefix + name: array for name, array in arrays.items()}
    return told, held


def unpacked(held: Arrays, pieces: int) -> list[Arrays]:
    """Return the columns of each piece of a batch."""
    if pieces == 1:
        return [held]
    columns: list[Arrays] = [{} for _ in range(pieces)]
    for key, array in held.items():
        piece, _, name = key.rpartition("/")
        columns[int(piece or 0)][name] = array
    return columns


def _columns(loaded: Loaded, settings: Settings) -> tuple[dict[str, Any], Arrays]:
    documents = loaded.documents
    texts, encodings = documents.texts, documents.encodings
    source_start = np.zeros(len(documents), np.int64)
    for row, document in documents.others.items():
        source_start[row] = document.place.start
    encoded = folding.encode_batch(texts, fold=settings.fold)
    words, paragraphs = columns_of(
        encoded, texts, fold=settings.fold, ignore_numbers=settings.ignore_numbers
    )
    text = TextRow.of(encoded.characters)
    halves = words.hashes.astype("<u8", copy=False).view("<u4")
    arrays = {
        "word": halves[1::2].copy(),  # the upper ones
        "joined": words.joined,
        "start": _narrow(words.start, np.uint16),
        "size": _narrow(words.sizes, np.uint8),
        "document_words": np.diff(words.first_word) - 1,
        "document": paragraphs.document,
        "line": paragraphs.line,
        "last_line": paragraphs.last_line,
        "paragraph_start": paragraphs.start,
        "paragraph_end": paragraphs.end,
        "first_word": paragraphs.first_word,
        "words": paragraphs.words,
        "solid": paragraphs.solid,
        "text_codes": text.codes,
        "text_places": text.places,
        "text_others": text.others,
        "text_borders": encoded.offsets,
        "source": np.array(documents.sources, np.int32),
        "source_start": source_start,
    }
    value = {
        "names": documents.names,
        "encodings": encodings if len(set(encodings)) > 1 else encodings[:1],
        "errors": [(problem.path, problem.reason) for problem in loaded.errors],
        "skipped": [(problem.path, problem.reason) for problem in loaded.skipped],
        "refused": [(problem.path, problem.reason) for problem in loaded.refused],
        "warnings": [
            (document.name, document.warning)
            for document in documents.others.values()
            if document.warning
        ],
        "about": [
            (row, document.about)
            for row, document in documents.others.items()
            if document.about is not NOTHING_TOLD
        ],
    }
    return value, arrays


def _narrow(values: Int32Array, kind: type[np.unsignedinteger[Any]]) -> np.ndarray:
    """Return values in a narrow kind if it can hold them, for memory is scarce."""
    can_hold = values.max(initial=0) <= np.iinfo(kind).max
    return values.astype(kind) if can_hold else values
