"""Join runs of equal words into passages between whole documents, or inside one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from dedupe.aligner import Runs
from dedupe.aligner.stretches import fresh_words
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    group_begins,
)
from dedupe.shingles import SHINGLE_WORDS
from dedupe.values import dataclass
from dedupe.verifier.rarity import weights

# Runs nearer than this on both sides belong to one passage, in whatever order they
# stand: a reworded sentence may leave a line without three equal words in a row.
GAP = 30  # words
# Inside one document the same phrases are near everywhere: only what follows at once,
# and at the same distance from its copy, belongs together.
GAP_WITHIN = 4
# A passage needs this many equal words in runs, formulas counted in part, and this
# share of the longer side.
LEAST_WORDS = 12
LEAST_SHINGLES = 5.0
LEAST_SHARE = 0.25
PREFIX = "passage of documents: "
ROUNDS = 8  # of splitting; four are enough for nearly all


@dataclass(frozen=True, slots=True)
class Passages:
    """Aligned stretches of two documents, one row a passage; ends are exclusive."""

    left: IntArray  # position of the first word
    left_end: IntArray
    right: IntArray
    right_end: IntArray
    words: IntArray  # equal words
    similarity: FloatArray  # equal words over the words of the longer side

    def __len__(self) -> int:
        return self.left.size

    def where(self, rows: BoolArray | IntArray) -> Passages:
        """Return some of the passages."""
        return Passages(*(getattr(self, name)[rows] for name in _COLUMNS))

    def as_arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """Return the columns by name, apart from other columns."""
        return {PREFIX + name: getattr(self, name) for name in _COLUMNS}


def find_passages(corpus: Corpus, runs: Runs, frequency: ByteArray) -> Passages:
    """Return the passages that runs of equal words make.

    Runs of one pair of documents are split wherever nothing is shared for more than
    a few dozen words, on one side and then on the other, until nothing splits; so
    sentences may change their order within a passage (single linkage on both axes).
    """
    paragraph = corpus.word_paragraph
    document = corpus.paragraphs.document
    left_document = document[paragraph.take(runs.left)].astype(np.int64)
    right_document = document[paragraph.take(runs.right)]
    # Inside one document the two sides may not run into one another.
    within = left_document == right_document
    length = np.where(
        within, np.minimum(runs.length, runs.right - runs.left), runs.length
    )
    apart = length >= SHINGLE_WORDS
    runs = Runs(runs.left, runs.right, length).where(apart)
    within = within[apart]
    distance = np.where(within, runs.right - runs.left, 0)
    gap = np.where(within, GAP_WITHIN, GAP)
    cluster = (left_document * (document.max(initial=0) + 1) + right_document)[apart]
    cluster = _numbered(cluster)
    for _ in range(ROUNDS):
        before = int(cluster.max(initial=0))
        cluster = _split(cluster, runs.left, runs.length, gap)
        cluster = _split(cluster, runs.right, runs.length, gap)
        cluster = _split(cluster, distance, np.zeros_like(distance), gap)
        if int(cluster.max(initial=0)) == before:
            break
    order = np.lexsort((runs.left, cluster))
    runs, cluster = runs.where(order), cluster[order]
    return _measured(runs, cluster, frequency)


def _numbered(values: IntArray) -> IntArray:
    """Return small numbers in place of values, equal where they are."""
    order = np.argsort(values, kind="stable")
    begins = group_begins(values[order])
    numbers = np.empty(values.size, np.int64)
    numbers[order] = np.repeat(
        np.arange(begins.size), np.diff(begins, append=values.size)
    )
    return numbers


def _split(
    cluster: IntArray, begin: IntArray, length: IntArray, gap: IntArray
) -> IntArray:
    """Cut clusters where no run stands for longer than a gap, on one side."""
    order = np.lexsort((begin, cluster))
    ordered, start = cluster[order], begin[order]
    far = np.int64(1) << np.int64(40)
    reach = np.maximum.accumulate(start + length[order] + ordered * far) - ordered * far
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = (ordered[1:] != ordered[:-1]) | (
        start[1:] - reach[:-1] > gap[order][1:]
    )
    result = np.empty_like(cluster)
    result[order] = np.cumsum(fresh) - 1
    return result


def _measured(runs: Runs, cluster: IntArray, frequency: ByteArray) -> Passages:
    begins = group_begins(cluster)
    if not begins.size:
        return _NOTHING
    left_end, right_end = runs.left + runs.length, runs.right + runs.length
    left_words = np.add.reduceat(fresh_words(cluster, runs.left, left_end), begins)
    order = np.lexsort((runs.right, cluster))
    right_words = np.add.reduceat(
        fresh_words(cluster, runs.right[order], right_end[order]), begins
    )
    words = np.minimum(left_words, right_words)
    left = runs.left[begins]
    right = np.minimum.reduceat(runs.right, begins)
    left_end = np.maximum.reduceat(left_end, begins)
    right_end = np.maximum.reduceat(right_end, begins)
    # In one document, what has something of its own between may still run together.
    left_end = np.minimum(left_end, np.maximum(right, left + 1))
    words = np.minimum(words, left_end - left)
    similarity = words / np.maximum(left_end - left, right_end - right)
    weight = weights(runs, frequency)
    shingles = np.add.reduceat(weight, begins)
    kept = (words >= LEAST_WORDS) & (shingles >= LEAST_SHINGLES)
    kept &= similarity >= LEAST_SHARE
    return Passages(left, left_end, right, right_end, words, similarity).where(kept)


def all_passages(parts: Sequence[Mapping[str, Any]]) -> Passages:
    """Return the passages of all parts, given as named columns, sorted by place."""
    columns = {
        name: np.concatenate(
            [getattr(_NOTHING, name), *(part[PREFIX + name] for part in parts)]
        )
        for name in _COLUMNS
    }
    passages = Passages(**columns)
    return passages.where(np.lexsort((passages.right, passages.left)))


_COLUMNS = tuple(field.name for field in fields(Passages))
_NONE = np.empty(0, np.int64)
_NOTHING = Passages(_NONE, _NONE, _NONE, _NONE, _NONE, np.empty(0))
