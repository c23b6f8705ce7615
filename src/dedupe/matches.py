"""Verified pairs of paragraphs as columns, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeAlias

import numpy as np

from dedupe.corpus import (
    BoolArray,
    ByteArray,
    FloatArray,
    Int32Array,
    IntArray,
    Rows,
    ranges,
)
from dedupe.model import RELATIONS
from dedupe.values import dataclass

IDENTICAL, ORTHOGRAPHIC, EDITED, CONTAINED, OVERLAP = range(len(RELATIONS))


@dataclass(frozen=True, slots=True)
class Matches:
    """Verified pairs, one row a pair, and their passages, one row a passage."""

    left: Int32Array  # paragraph
    right: Int32Array
    relation: ByteArray  # row of model.RELATIONS
    jaccard: FloatArray
    containment: FloatArray
    words: IntArray  # that agree
    first_passage: IntArray  # rows of the passages of each match, one more at the end
    passage_left: IntArray  # first position
    passage_left_end: IntArray  # position after the last
    passage_right: IntArray
    passage_right_end: IntArray

    def __len__(self) -> int:
        return self.left.size

    def where(self, rows: IntArray) -> Matches:
        """Return the matches of some rows, in their order, with their passages."""
        size = np.diff(self.first_passage)[rows]
        ends = np.cumsum(size)
        passages = ranges(self.first_passage[:-1][rows], size)
        columns = {
            name: getattr(self, name)[passages if "passage_" in name else rows]
            for name in _COLUMNS
            if name != "first_passage"
        }
        return Matches(**columns, first_passage=np.concatenate([[0], ends]))


Columns: TypeAlias = dict[str, np.ndarray[Any, Any]]
_COLUMNS = tuple(field.name for field in fields(Matches))


def unknown(found: Sequence[Matches], left: Rows, right: Rows) -> BoolArray:
    """Tell which of the given pairs of paragraphs are no matches yet."""
    known = np.concatenate([_packed(part.left, part.right) for part in found])
    if not known.size:
        return np.ones(left.size, np.bool_)
    known.sort()
    pairs = _packed(left, right)
    at = np.minimum(np.searchsorted(known, pairs), known.size - 1)
    fresh: BoolArray = known[at] != pairs
    return fresh


def tied_by(found: Sequence[Matches], *relations: int) -> tuple[Rows, Rows]:
    """Return the pairs that stand in one of some relations."""
    asked = np.zeros(len(RELATIONS), np.bool_)
    asked[list(relations)] = True
    rows = [asked.take(part.relation) for part in found]
    left = [part.left[here] for part, here in zip(found, rows, strict=True)]
    right = [part.right[here] for part, here in zip(found, rows, strict=True)]
    return np.concatenate(left), np.concatenate(right)


def _packed(left: Rows, right: Rows) -> IntArray:
    """Return one number a pair, in the order of the pairs."""
    return left.astype(np.int64) << 32 | right


def as_arrays(matches: Matches) -> Columns:
    """Return the columns by name."""
    return {name: getattr(matches, name) for name in _COLUMNS}


def from_arrays(arrays: Columns) -> Matches:
    """Return matches from columns by name; others are left aside."""
    return Matches(**{name: arrays[name] for name in _COLUMNS})


def joined(parts: Sequence[Matches]) -> Matches:
    """Return all matches, sorted by left and right paragraph."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return no_matches()
    columns = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in _COLUMNS
        if name != "first_passage"
    }
    count = np.concatenate([np.diff(part.first_passage) for part in parts])
    first_passage = np.concatenate([[0], np.cumsum(count)])
    matches = Matches(**columns, first_passage=first_passage)
    pairs = _packed(matches.left, matches.right)
    if (pairs[1:] > pairs[:-1]).all():
        return matches
    # Each part is sorted, which a stable sort makes use of.
    return matches.where(np.argsort(pairs, kind="stable"))


def no_matches() -> Matches:
    """Return matches without a row."""
    none = np.empty(0, np.int64)
    small = np.empty(0, np.int32)
    share = np.empty(0)
    return Matches(
        small,
        small,
        np.empty(0, np.uint8),
        share,
        share,
        none,
        np.zeros(1, np.int64),
        none,
        none,
        none,
        none,
    )
