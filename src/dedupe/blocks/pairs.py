"""Pairs that are one finding each: edited copies, and overlaps."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.drafts import OVERLAPPING, Draft
from dedupe.blocks.edges import NO_MATCH, Edges, match_of_exemplars, rows_of
from dedupe.blocks.formulas import find_formulas
from dedupe.corpus import (
    BoolArray,
    Corpus,
    IntArray,
    Rows,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.families import components
from dedupe.matches import CONTAINED, OVERLAP, Matches
from dedupe.settings import Settings
from dedupe.verifier.thresholds import LARGEST_GAP

# What stands in more wordings, none a copy of another, is told of so many of them.
MOST_WORDINGS = 10


def nearest(corpus: Corpus, matches: Matches, single: Edges) -> IntArray:
    """Return for each edited copy the match with the most similar earlier paragraph.

    Of several that are equal, the first stands for all: what is like it is like them.
    """
    rows = single.match[np.flatnonzero(single.match != NO_MATCH)]
    rows = rows[~_told_of_equals(corpus, matches, rows)]
    order = np.lexsort(
        (matches.left[rows], -matches.jaccard[rows], matches.right[rows])
    )
    rows = rows[order]
    right = matches.right[rows].astype(np.uint64)
    return rows[group_begins(right)] if rows.size else rows


def _told_of_equals(corpus: Corpus, matches: Matches, rows: IntArray) -> BoolArray:
    """Tell which matches the paragraphs that stand for both sides have, too."""
    left, right = matches.left[rows], matches.right[rows]
    one, other = corpus.exemplar[left], corpus.exemplar[right]
    told: BoolArray = rows_of(matches, one, other) != NO_MATCH
    told &= (one != left) | (other != right)
    return told


def pair_findings(corpus: Corpus, matches: Matches, rows: IntArray, rule: int) -> Draft:
    """Return one finding for each of some matches, of whole paragraphs."""
    chosen = matches.where(rows)
    count = len(chosen)
    first = np.stack([chosen.left, chosen.right], axis=1).reshape(-1).astype(np.int64)
    size = np.diff(chosen.first_passage)
    begin = np.concatenate([chosen.passage_left, chosen.passage_right])
    end = np.concatenate([chosen.passage_left_end, chosen.passage_right_end])
    place = np.repeat(np.arange(count) * 2, size)
    place = np.concatenate([place, place + 1])
    order = sorting_by(place, begin)
    return Draft(
        np.full(count, rule),
        chosen.relation.astype(np.int64),
        chosen.jaccard,
        chosen.containment,
        chosen.words,
        np.repeat(np.arange(count), 2),
        first,
        first,
        np.ones(first.size, np.bool_),
        corpus.paragraphs.first_word[first],
        corpus.paragraphs.first_word[first] + corpus.paragraphs.words[first],
        place[order],
        begin[order],
        end[order],
    )


def overlap_findings(
    corpus: Corpus, matches: Matches, edges: Edges, settings: Settings
) -> list[Draft]:
    """Return what stands inside other paragraphs: formulas, then single overlaps."""
    rows = np.flatnonzero(matches.relation >= CONTAINED)
    kin = components(edges.left, edges.right, len(corpus.paragraphs))
    formulas, rest = find_formulas(corpus, matches, edges, rows, kin, settings)
    told = _told_once(corpus, matches, rest, kin)
    stretches = _stretches(corpus, matches, np.sort(told), settings.min_passage_words)
    return [formulas, stretches]


def _told_once(
    corpus: Corpus, matches: Matches, rows: IntArray, kin: IntArray
) -> IntArray:
    """Return of some matches those that tell of all, the longest first.

    Copies of one paragraph overlap with a third in the same way: once is enough. But
    what a chain of edits ties may share no word: both sides must be copies themselves.
    """
    words = matches.words[rows]
    fewer = words.max(initial=0) - words
    left, right = kin[matches.left[rows]], kin[matches.right[rows]]
    order = sorting_by(left, right, fewer)
    rows, pair = rows[order], (left << 32 | right)[order]
    told = []
    for _ in range(MOST_WORDINGS):
        begins = group_begins(pair)
        told.append(rows[begins])
        size = np.diff(begins, append=pair.size)
        begins, size = begins[size > 1], size[size > 1]
        others = ranges(begins + 1, size - 1)
        head, pair = np.repeat(rows[begins], size - 1), pair[others]
        rows = rows[others]
        same = _agree(corpus, matches, matches.left[rows], matches.left[head])
        same &= _agree(corpus, matches, matches.right[rows], matches.right[head])
        rows, pair = rows[~same], pair[~same]
    return np.concatenate(told)


def _agree(corpus: Corpus, matches: Matches, one: Rows, other: Rows) -> BoolArray:
    """Tell which paragraphs are equal or edited copies of others."""
    agree: BoolArray = corpus.exemplar[one] == corpus.exemplar[other]
    agree |= match_of_exemplars(corpus, matches, one, other) != NO_MATCH
    return agree


def _stretches(corpus: Corpus, matches: Matches, rows: IntArray, least: int) -> Draft:
    """Return overlaps as findings; those that go on in the next paragraph are one.

    What is shared by lines too short to be compared alone needs `least` words in all.
    """
    document = corpus.paragraphs.document
    # A paragraph may go on in several documents.
    rows = rows[sorting_by(document[matches.left[rows]], document[matches.right[rows]])]
    begins = np.flatnonzero(~_go_on(corpus, matches.where(rows)))
    size = np.diff(begins, append=rows.size)
    enough = np.add.reduceat(matches.words[rows], begins) >= least
    rows = rows[np.repeat(enough, size)]
    if not rows.size:
        return pair_findings(corpus, matches, rows, OVERLAPPING)
    return _chained(corpus, matches.where(rows), size[enough])


def _go_on(corpus: Corpus, matches: Matches) -> BoolArray:
    """Tell which matches begin, on both sides, soon after the end of the one before."""
    document = corpus.paragraphs.document
    goes_on = np.ones(len(matches), np.bool_)
    for side, (begin, end) in zip(
        (matches.left, matches.right), _hulls(matches), strict=True
    ):
        gap = begin[1:] - end[:-1]
        goes_on[1:] &= (gap >= 0) & (gap <= LARGEST_GAP)
        goes_on[1:] &= document[side[1:]] == document[side[:-1]]
    goes_on[:1] = False
    return goes_on


def _hulls(matches: Matches) -> list[tuple[IntArray, IntArray]]:
    """Return where the passages of each match begin and end, on either side."""
    starts = matches.first_passage[:-1]
    return [
        (np.minimum.reduceat(begin, starts), np.maximum.reduceat(end, starts))
        for begin, end in (
            (matches.passage_left, matches.passage_left_end),
            (matches.passage_right, matches.passage_right_end),
        )
    ]


def _chained(corpus: Corpus, matches: Matches, size: IntArray) -> Draft:
    """Return one finding for so many matches each, that follow one another."""
    findings = size.size
    begins = np.cumsum(size) - size
    last = begins + size - 1
    total = np.add.reduceat(matches.words, begins)
    # Each in turn may hold a paragraph of the other: then none holds all.
    words = [corpus.paragraphs.words[side] for side in (matches.left, matches.right)]
    held = matches.relation == CONTAINED
    contained = np.logical_and.reduceat(held & (words[0] >= words[1]), begins)
    contained |= np.logical_and.reduceat(held & (words[0] <= words[1]), begins)
    jaccard, containment = (
        np.add.reduceat(column * matches.words, begins) / total
        for column in (matches.jaccard, matches.containment)
    )
    (left_begin, left_end), (right_begin, right_end) = _hulls(matches)

    def both(one: Rows, other: Rows) -> IntArray:
        return np.stack([one, other], axis=1).reshape(-1).astype(np.int64)

    finding = np.repeat(np.arange(findings), size)
    of_passage = np.repeat(finding, np.diff(matches.first_passage))
    place = np.concatenate([of_passage * 2, of_passage * 2 + 1])
    begin = np.concatenate([matches.passage_left, matches.passage_right])
    end = np.concatenate([matches.passage_left_end, matches.passage_right_end])
    order = sorting_by(place, begin)
    return Draft(
        np.full(findings, OVERLAPPING),
        np.where(contained, CONTAINED, OVERLAP),
        jaccard,
        containment,
        total,
        np.repeat(np.arange(findings), 2),
        both(matches.left[begins], matches.right[begins]),
        both(matches.left[last], matches.right[last]),
        np.zeros(2 * findings, np.bool_),
        both(left_begin[begins], right_begin[begins]),
        both(left_end[last], right_end[last]),
        place[order],
        begin[order],
        end[order],
    )
