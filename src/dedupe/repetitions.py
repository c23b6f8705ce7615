"""Find the paragraphs that say again what the same document says elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from dedupe.corpus import BoolArray, group_begins
from dedupe.paragraphs import ParagraphColumns

Keep: TypeAlias = Literal["first", "last", "longest"]
KEEPS: tuple[Keep, ...] = ("first", "last", "longest")
# Paragraphs that go, each with the one that stays in its place, both rows of columns.
Replaced: TypeAlias = dict[int, int]

_DOCUMENT_SALT = np.uint64(0x9E3779B97F4A7C15)


class _Run(NamedTuple):
    """Consecutive paragraphs that stand again, by their places in a document."""

    copy: int
    original: int
    length: int


def repeats(
    paragraphs: ParagraphColumns,
    *,
    keep: Keep = "first",
    min_words: int = 8,
    gone: BoolArray | None = None,
) -> dict[int, Replaced]:
    """Return for each document with repeats which of its paragraphs go.

    What goes are runs of paragraphs that are equal after folding to others in the
    same document and hold at least so many words. Rows in `gone` are taken for
    removed already.
    """
    present = np.arange(paragraphs.document.size)
    if gone is not None:
        present = np.flatnonzero(~gone)
    found = {}
    document = paragraphs.document[present]
    for number in _suspected(paragraphs, present, min_words):
        first, stop = document.searchsorted((number, number + 1)).tolist()
        rows = present[first:stop]
        replaced = replaced_paragraphs(
            paragraphs.solid[rows].tolist(),
            paragraphs.words[rows].tolist(),
            (paragraphs.end[rows] - paragraphs.start[rows]).tolist(),
            keep=keep,
            min_words=min_words,
        )
        if replaced:
            given = rows.tolist()
            found[number] = {given[one]: given[by] for one, by in replaced.items()}
    return found


def _suspected(
    paragraphs: ParagraphColumns, rows: np.ndarray, min_words: int
) -> list[int]:
    """Return the documents in which enough words stand in equal paragraphs."""
    document = paragraphs.document[rows]
    keys = paragraphs.solid[rows] + document.astype(np.uint64) * _DOCUMENT_SALT
    order = np.argsort(keys, kind="stable")
    begins = group_begins(keys[order])
    sizes = np.diff(begins, append=order.size)
    copies = np.ones(order.size, np.bool_)
    copies[begins] = False
    if sizes.size == order.size:
        return []
    # Of equal paragraphs the one that is parted into most words counts.
    most = np.maximum.reduceat(paragraphs.words[rows][order], begins)
    words = np.repeat(most, sizes)[copies]
    total = np.bincount(document[order][copies], weights=words)
    return np.flatnonzero(total >= min_words).tolist()


def replaced_paragraphs(
    keys: Sequence[int],
    words: Sequence[int],
    lengths: Sequence[int],
    *,
    keep: Keep = "first",
    min_words: int = 8,
) -> Replaced:
    """Return which paragraphs of a document go, and which stay in their places.

    Equal `keys` are equal paragraphs. Where a run of them stands several times, one is
    kept: the first, the last, or the one with most code points, of which `lengths`
    tells. Words are those of the whole run, since a short line goes with its
    block but not by itself.

    >>> replaced_paragraphs([1, 2, 3, 2, 3, 2], [9, 9, 3, 9, 3, 9], [0] * 6)
    {3: 1, 4: 2, 5: 1}
    """
    counted = dict.fromkeys(keys, 0)
    for key, size in zip(keys, words, strict=True):
        counted[key] = max(counted[key], size)
    gone: Replaced = {}
    left = list(range(len(keys)))
    if keep == "last":
        left.reverse()
    # Paragraphs that come to stand together may be a run of their own.
    while more := _round(
        left, keys, counted, lengths if keep == "longest" else None, min_words
    ):
        gone |= more
        left = [place for place in left if place not in more]
    return {place: _stays(gone, place) for place in sorted(gone)}


def _stays(gone: Mapping[int, int], place: int) -> int:
    while place in gone:
        place = gone[place]
    return place


def _round(
    left: Sequence[int],
    keys: Sequence[int],
    counted: Mapping[int, int],
    lengths: Sequence[int] | None,
    min_words: int,
) -> Replaced:
    """Return what goes among the paragraphs that are left, in their order."""
    runs = _runs(
        [keys[place] for place in left],
        [counted[keys[place]] for place in left],
        min_words,
    )
    gone = {
        run.copy + step: run.original + step
        for run in runs
        for step in range(run.length)
    }
    if lengths is not None:
        _keep_longest(gone, runs, [lengths[place] for place in left])
    return {left[place]: left[by] for place, by in gone.items()}


def _runs(keys: Sequence[int], words: Sequence[int], min_words: int) -> list[_Run]:
    """Return the runs that repeat an earlier one, from the first on, longest first.

    A run that counts begins with paragraphs that hold enough words; these are looked up
    together, so a flood of short lines costs no more than other text.
    """
    seen: dict[tuple[int, ...], list[int]] = {}
    runs: list[_Run] = []
    place = border = 0  # nothing before the border may go any more
    while place < len(keys):
        opening = _opening(keys, words, place, min_words)
        if opening is None:
            place += 1
            continue
        earlier = seen.setdefault(opening, [])
        run = max(
            (
                _grown(keys, one, place, border)
                for one in earlier
                if place - one >= len(opening)
            ),
            key=lambda run: (run.length, -run.original),
            default=None,
        )
        if run is None:
            earlier.append(place)
            place += 1
        else:
            runs.append(run)
            place = border = run.copy + run.length
    return runs


def _opening(
    keys: Sequence[int], words: Sequence[int], place: int, min_words: int
) -> tuple[int, ...] | None:
    """Return the shortest run from a place on that holds enough words.

    A line that is said several times in a row is a refrain, and no run by itself.
    """
    total = 0
    is_refrain = False
    for end in range(place, min(place + min_words, len(keys))):
        total += words[end]
        is_refrain = keys[end] == keys[place] and (is_refrain or end == place + 1)
        if total >= min_words and not is_refrain:
            return tuple(keys[place : end + 1])
    return None


def _grown(keys: Sequence[int], original: int, copy: int, border: int) -> _Run:
    """Return the longest run around two places that are equal; copies never overlap."""
    apart = copy - original
    length = 0
    while (
        length < apart
        and copy + length < len(keys)
        and keys[original + length] == keys[copy + length]
    ):
        length += 1
    before = 0
    while (
        length + before < apart
        and original - before > 0
        and copy - before > border
        and keys[original - before - 1] == keys[copy - before - 1]
    ):
        before += 1
    return _Run(copy - before, original - before, length + before)


def _keep_longest(gone: Replaced, runs: Sequence[_Run], lengths: Sequence[int]) -> None:
    """Let the longest copy of each run stay, the longest runs first."""
    copies: dict[tuple[int, int], list[int]] = {}
    for run in runs:
        copies.setdefault((-run.length, run.original), []).append(run.copy)
    settled: set[int] = set()
    for (minus, original), places in sorted(copies.items()):
        rows = range(-minus)
        if any(original + step in gone or original + step in settled for step in rows):
            continue
        best = max(
            (original, *places),
            key=lambda place: (sum(lengths[place + step] for step in rows), -place),
        )
        for place in (original, *places):
            settled.update(place + step for step in rows)
        if best != original:
            for step in rows:
                del gone[best + step]
                gone[original + step] = best + step
