"""Bytes → documents: find the inputs, cut them into batches, load each batch.

>>> found = from_texts({"a": "نص أول", "b": "نص ثان"})
>>> [batch] = plan(found.sources)
>>> [document.name for document in load(batch).documents]
['a', 'b']
"""

from __future__ import annotations

from dedupe.readers.batching import is_much, plan
from dedupe.readers.documents import (
    MANY,
    NOTHING_TOLD,
    PLAIN,
    Batch,
    Converted,
    Found,
    Loaded,
    LoadedDocument,
    Place,
    ReadOptions,
    Source,
    Unreadable,
)
from dedupe.readers.finding import STDIN, find_sources, from_texts, walk_over
from dedupe.readers.loading import load, load_in_pieces
from dedupe.readers.paths import problem_order
from dedupe.readers.plain_files import names_of
from dedupe.readers.walking import Walked

__all__ = [
    "MANY",
    "NOTHING_TOLD",
    "PLAIN",
    "STDIN",
    "Batch",
    "Converted",
    "Found",
    "Loaded",
    "LoadedDocument",
    "Place",
    "ReadOptions",
    "Source",
    "Unreadable",
    "Walked",
    "find_sources",
    "from_texts",
    "is_much",
    "load",
    "load_in_pieces",
    "names_of",
    "plan",
    "problem_order",
    "walk_over",
]
