"""Fold batches of documents into columns, one row a word.

>>> words = fold_words(["ذهب إلى المكتبة", "ذهب الى المكتبه"])
>>> bool((words.hashes[:3] == words.hashes[3:]).all())
True
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.folding.alphabets import NEWLINE, REWRITE, alphabet
from dedupe.folding.columns import (
    Breaks,
    ClosedWords,
    FoldedBatch,
    Positions,
    Unsigned,
    WordColumns,
)
from dedupe.folding.encoding import MARGIN, Encoded, encode
from dedupe.folding.joining import (
    digits_alone,
    drop_inner_yehs,
    drop_yehs,
    find_signals,
    join,
    number_borders,
    number_links,
    word_links,
)
from dedupe.folding.parts import OtherLetters, find_parts, measure_rare
from dedupe.folding.polynomials import bordered, mixed, powers
from dedupe.rewriter import Offsets

__all__ = [
    "ClosedWords",
    "Encoded",
    "FoldedBatch",
    "Positions",
    "Unsigned",
    "WordColumns",
    "bordered",
    "encode_batch",
    "fold_batch",
    "fold_words",
    "mixed",
    "powers",
]


def fold_words(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> WordColumns:
    """Return the folded words of a batch; nothing is joined across line breaks."""
    encoded = encode_batch(texts, fold=fold)
    return fold_batch(encoded, ignore_numbers=ignore_numbers).words.opened()


def encode_batch(texts: Sequence[str], *, fold: str = "full") -> Encoded:
    """Return the characters of a batch, each with the code of what it folds to."""
    return encode(texts, alphabet(fold))


def fold_batch(encoded: Encoded, *, ignore_numbers: bool = False) -> FoldedBatch:
    """Return the folded words of a batch and the line breaks between them."""
    letters, kept = encoded.letters, encoded.kept
    codes = kept.codes
    breaks, break_places = kept.both_among(NEWLINE, REWRITE)
    first_code = kept.before(encoded.documents).astype(kept.rare.dtype)
    parts = find_parts(kept, first_code[1:] - 1, is_full=letters.level == "full")
    measure_rare(parts, kept, OtherLetters(encoded))
    digits = digits_alone(parts, codes, letters)
    none = parts.first[:0]
    dropped = digits if ignore_numbers else none
    parts.values[dropped] = parts.sizes[dropped] = 0
    alive = np.ones(parts.first.size, np.bool_)
    alive[dropped] = False
    joined = links = none
    hashes = mixed(parts.values)
    if letters.level == "full":
        signals = find_signals(parts, digits, letters)
        drop_yehs(parts, signals, hashes, codes, letters)
        links = word_links(parts, signals, dropped, codes, breaks, letters)
        joined = links
        if not ignore_numbers:
            links = np.concatenate((links, number_links(parts, signals, codes)))
        links.sort()
        alive[links + 1] = False
        heads, ends, values = join(parts, links)
        hashes[heads] = mixed(values)
        drop_inner_yehs(parts, codes, letters)
        parts.last[heads] = parts.last[ends]
    borders = none if ignore_numbers else number_borders(parts, digits, links)
    joined = np.sort(joined[alive[joined]])
    gone = np.flatnonzero(~alive)
    first_part = parts.first_part
    first_word = first_part - gone.searchsorted(first_part)
    start, sizes = _offsets(parts.first[alive], parts.last[alive], first_word, encoded)
    breaks = breaks[len(MARGIN) - 1 :]
    next_part = parts.first.searchsorted(breaks, side="right")
    first_break = breaks.searchsorted(first_code)
    break_offset = _break_offsets(break_places[len(MARGIN) :], first_break - 1, encoded)
    return FoldedBatch(
        ClosedWords(
            hashes[alive],
            start,
            sizes,
            first_word,
            joined - gone.searchsorted(joined),
        ),
        parts.values,
        parts.sizes,
        borders,
        Breaks(
            next_part - gone.searchsorted(next_part),
            next_part,
            codes[breaks] == NEWLINE,
            np.append(np.int32(len(MARGIN) - 1), break_offset),
            first_break,
        ),
        encoded.characters,
        encoded.offsets,
    )


def _counts(firsts: Positions) -> Positions:
    """Return how many rows belong to each of those whose first row is given."""
    return firsts[1:] - firsts[:-1]


def _offsets(
    first: Positions, last: Positions, first_word: Positions, encoded: Encoded
) -> tuple[Offsets, Offsets]:
    """Return where words start in their documents, and their sizes.

    What is deleted after a word belongs to it: marks, tatweel, the rest of an entity.
    """
    start, sizes = encoded.kept.spans(first, last)
    counts = _counts(first_word)
    start -= encoded.documents[:-1].astype(start.dtype).repeat(counts)
    start = start.astype(np.int32, copy=False)
    sizes = sizes.astype(np.int32, copy=False)
    if encoded.rewritten is not None:
        changed, origins = encoded.rewritten.rows_of(counts)
        origin = encoded.rewritten.origin
        first = start[changed] + origins
        last = first + sizes[changed]
        start[changed] = origin[first]
        # Two words of one ligature both have its place: no word ends where it starts.
        end = np.maximum(origin[last], origin[last - 1] + 1)
        sizes[changed] = end - start[changed]
    closing = first_word[1:] - 1
    start[closing] = sizes[closing] = 0
    return start, sizes


def _break_offsets(
    places: Positions, first_break: Positions, encoded: Encoded
) -> Offsets:
    """Return where line breaks stand in the joined texts."""
    counts = _counts(first_break)
    inside = places - encoded.documents[:-1].repeat(counts)
    if encoded.rewritten is not None:
        changed, origins = encoded.rewritten.rows_of(counts)
        inside[changed] = encoded.rewritten.origin[inside[changed] + origins]
    return (inside + encoded.offsets[:-1].repeat(counts)).astype(np.int32)
