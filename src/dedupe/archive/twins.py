"""Find the archived paragraphs that have the letters of some others."""

from __future__ import annotations

from datetime import date

import numpy as np

from dedupe.archive.dates import is_before
from dedupe.archive.store import ParagraphRows, Store
from dedupe.corpus import (
    IntArray,
    are_among,
    distinct,
)


def twins(
    store: Store, solids: IntArray, most: int, since: date | None
) -> ParagraphRows:
    """Return for each of some letters the first paragraphs that have them.

    With a day, those of the last that are not known to be published before.
    """
    found = store.equal(distinct(solids).tolist(), most, last=since is not None)
    if not since:
        return found
    documents = store.dates(distinct(found.document).tolist())
    recent = [row for row, published, _ in documents if not is_before(published, since)]
    return found.where(are_among(found.document, np.array(recent, np.int64)))
