"""Choose archived documents that may hold, in short lines, a text that came in."""

from __future__ import annotations

from datetime import date

import numpy as np

from dedupe.archive.store import Store
from dedupe.archive.twins import twins
from dedupe.corpus import IntArray
from dedupe.settings import Settings


def documents_of_lines(
    store: Store,
    solids: IntArray,
    words: IntArray,
    settings: Settings,
    most: int,
    since: date | None,
) -> IntArray:
    """Return the documents whose lines share as many words as a paragraph must have.

    `solids` are the letters of archived paragraphs, `words` how many of them a line has
    in common. Of more than `most` documents, those that share most.
    """
    solids, number = np.unique(solids, return_inverse=True)
    shared = np.bincount(number, words)
    if shared.sum() < settings.min_words:
        return np.empty(0, np.int64)
    rows = twins(store, solids, most, since)
    documents, number = np.unique(rows.document, return_inverse=True)
    # What several lines of ours share with one that is archived counts once.
    held = np.minimum(shared[np.searchsorted(solids, rows.solid)], rows.words)
    total = np.bincount(number, held)
    enough = np.flatnonzero(total >= settings.min_words)
    return documents[enough[np.argsort(-total[enough], kind="stable")[:most]]]
