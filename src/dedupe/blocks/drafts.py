"""Findings as columns, drafted kind by kind and then put in order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.matches import EDITED, IDENTICAL, ORTHOGRAPHIC
from dedupe.memory_files import Arrays
from dedupe.model import RULES
from dedupe.values import dataclass

BLOCK, NEAR, OVERLAPPING, BOILERPLATE = (
    RULES.index(rule)
    for rule in ("repeated-block", "near-duplicate", "overlap", "boilerplate")
)


@dataclass(frozen=True, slots=True)
class Findings:
    """One row a finding, one a place where it stands, one a passage of a place.

    A place is a range of paragraphs, `first` to `last`; `begin` and `end` are
    positions of its words. Places that are equal throughout have one passage, all of
    them.
    """

    rule: ByteArray
    relation: ByteArray
    jaccard: FloatArray
    containment: FloatArray
    words: IntArray
    places: IntArray  # first place of each finding, one more at the end
    first: IntArray
    last: IntArray
    whole: BoolArray  # the place is its paragraphs from end to end
    begin: IntArray
    end: IntArray
    passages: IntArray  # first passage of each place, one more at the end
    passage_begin: IntArray
    passage_end: IntArray

    def __len__(self) -> int:
        return self.rule.size

    def where(self, kept: BoolArray) -> Findings:
        """Return some of the findings, with their places and passages."""
        places = np.repeat(kept, np.diff(self.places))
        passages = np.repeat(places, np.diff(self.passages))
        columns = {
            name: getattr(self, name)[rows]
            for names, rows in (
                (("rule", "relation", "jaccard", "containment", "words"), kept),
                (("first", "last", "whole", "begin", "end"), places),
                (("passage_begin", "passage_end"), passages),
            )
            for name in names
        }
        return Findings(
            **columns,
            places=running(np.diff(self.places)[kept]),
            passages=running(np.diff(self.passages)[places]),
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """Findings of one kind: columns as in Findings, places and passages by owner."""

    rule: IntArray
    relation: IntArray
    jaccard: FloatArray
    containment: FloatArray
    words: IntArray
    finding: IntArray  # of each place, in order
    first: IntArray
    last: IntArray
    whole: BoolArray
    begin: IntArray
    end: IntArray
    place: IntArray  # of each passage, in order
    passage_begin: IntArray
    passage_end: IntArray


def as_arrays(drafts: Sequence[Draft]) -> Arrays:
    """Return the columns of some drafts by their numbers and names."""
    return {
        f"{number}/{name}": getattr(draft, name)
        for number, draft in enumerate(drafts)
        for name in Draft.__slots__
    }


def from_arrays(arrays: Arrays) -> list[Draft]:
    """Return drafts from columns by their numbers and names."""
    names = Draft.__slots__
    return [
        Draft(*(arrays[f"{number}/{name}"] for name in names))
        for number in range(len(arrays) // len(names))
    ]


def whole_places(  # noqa: PLR0913 - one column each
    corpus: Corpus,
    *,
    rule: int,
    edited: BoolArray,
    words: IntArray,
    finding: IntArray,
    first: IntArray,
    last: IntArray,
) -> Draft:
    """Return findings whose places are whole paragraphs that agree from end to end."""
    begin = corpus.paragraphs.first_word[first]
    end = corpus.paragraphs.first_word[last] + corpus.paragraphs.words[last]
    ones = np.ones(edited.size)
    same = _same_text(corpus, finding, first, last, edited.size)
    return Draft(
        np.full(edited.size, rule),
        np.where(edited, EDITED, np.where(same, IDENTICAL, ORTHOGRAPHIC)),
        ones,
        ones,
        words,
        finding,
        first,
        last,
        np.ones(first.size, np.bool_),
        begin,
        end,
        np.arange(first.size),
        begin,
        end,
    )


def _same_text(
    corpus: Corpus, finding: IntArray, first: IntArray, last: IntArray, count: int
) -> BoolArray:
    """Tell for each finding whether all its places are written the same."""
    size = last - first + 1
    row = ranges(first, size)
    head = first[group_begins(finding)][finding] if finding.size else first
    model = ranges(head, size)
    raw, exemplar = corpus.paragraphs.raw, corpus.exemplar
    is_other = (raw[row] != raw[model]) | (exemplar[row] != exemplar[model])
    other = np.repeat(finding, size)[is_other]
    same: BoolArray = np.bincount(other, minlength=count) == 0
    return same


def in_order(drafts: list[Draft]) -> Findings:
    """Join the drafts, findings in the order of their first two places."""

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(draft, name) for draft in drafts])

    sizes = np.concatenate(
        [np.bincount(draft.finding, minlength=draft.rule.size) for draft in drafts]
    )
    passages = np.concatenate(
        [np.bincount(draft.place, minlength=draft.first.size) for draft in drafts]
    )
    begin = column("begin")
    head = running(sizes)[:-1]
    order = sorting_by(begin[head], begin[head + 1]) if head.size else head
    place_order = ranges(head[order], sizes[order])
    first_passage = running(passages)[:-1]
    passage_order = ranges(first_passage[place_order], passages[place_order])
    return Findings(
        column("rule")[order].astype(np.uint8),
        column("relation")[order].astype(np.uint8),
        column("jaccard")[order],
        column("containment")[order],
        column("words")[order].astype(np.int64),
        running(sizes[order]),
        column("first")[place_order],
        column("last")[place_order],
        column("whole")[place_order],
        begin[place_order],
        column("end")[place_order],
        running(passages[place_order]),
        column("passage_begin")[passage_order],
        column("passage_end")[passage_order],
    )


def running(sizes: IntArray) -> IntArray:
    """Return where each range begins when they follow one another, and the end."""
    return np.concatenate([[0], np.cumsum(sizes)])
