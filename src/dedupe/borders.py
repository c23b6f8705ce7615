"""Tell in which lines and columns places begin and end."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dedupe.corpus import (
    BoolArray,
    Int32Array,
    IntArray,
    Paragraphs,
    Rows,
    group_begins,
    sorting,
)


def known_borders(
    paragraphs: Paragraphs, ends: tuple[Rows, Rows], spans: Int32Array
) -> tuple[Int32Array, BoolArray]:
    """Return the borders of places as far as columns tell, and whether they do.

    Borders are int32[4, places], counted from 1: first and last line, first column and
    the one after the last; those that columns do not tell are wrong. `ends` are the
    first and the last paragraph of each place.
    """
    first, last = ends
    start, end = spans.T
    line_starts = _line_starts(paragraphs)
    line, last_line = line_starts[first], line_starts[last]
    is_known = (line >= 0) & (last_line >= 0)
    borders = np.stack(
        [
            paragraphs.line[first] + 1,
            paragraphs.last_line[last] + 1,
            start - line + 1,
            end - last_line + 1,
        ]
    )
    return borders, is_known


def _line_starts(paragraphs: Paragraphs) -> Int32Array:
    """Return where the line of each paragraph begins, -1 where that is not known.

    Where a paragraph begins as many characters as lines after the one before it, all
    of them are line feeds.
    """
    end, last_line = np.zeros((2, len(paragraphs)), np.int32)
    follows = paragraphs.document[1:] == paragraphs.document[:-1]
    np.multiply(paragraphs.end[:-1], follows, out=end[1:])
    np.multiply(paragraphs.last_line[:-1], follows, out=last_line[1:])
    is_known = paragraphs.start - end == paragraphs.line - last_line
    is_known &= paragraphs.line == paragraphs.last_line
    return np.where(is_known, paragraphs.start, -1)


def searched_borders(
    line_feeds_of: Callable[[int], IntArray], document: Int32Array, spans: Int32Array
) -> Int32Array:
    """Return the borders of places as the line feeds of their documents tell them."""
    order = sorting(document)
    begins = group_begins(document[order])
    borders = np.empty((4, document.size), np.int32)
    for rows in np.split(order, begins[1:]):
        line_feeds = line_feeds_of(int(document[rows[0]]))
        before = np.append(-1, line_feeds)
        start, end = spans[rows].T
        first, last = line_feeds.searchsorted(start), line_feeds.searchsorted(end)
        borders[:, rows] = (
            first + 1,
            last + 1,
            start - before[first],
            end - before[last],
        )
    return borders
