"""Phrases that many otherwise unrelated documents have inside their paragraphs."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.drafts import BOILERPLATE, Draft
from dedupe.blocks.edges import Edges
from dedupe.blocks.groups import FORM_SHARE, LITTLE_SHARE, in_common
from dedupe.corpus import BoolArray, Corpus, IntArray, group_begins, sorting_by
from dedupe.families import components
from dedupe.matches import OVERLAP, Matches
from dedupe.settings import Settings
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class _Ties:
    """Passages that are long enough for a phrase, one row a passage of both sides."""

    match: IntArray
    words: IntArray
    begin: IntArray  # of all left sides, then of all right sides
    end: IntArray
    order: IntArray  # of all sides
    place: IntArray  # likewise of all sides, numbers from 0 on

    @classmethod
    def of(cls, matches: Matches, least: int) -> _Ties:
        begin = np.stack([matches.passage_left, matches.passage_right])
        end = np.stack([matches.passage_left_end, matches.passage_right_end])
        words = np.min(end - begin, axis=0)
        rows = np.flatnonzero(words >= least)
        match = np.repeat(np.arange(len(matches)), np.diff(matches.first_passage))
        begin, end = begin[:, rows].reshape(-1), end[:, rows].reshape(-1)
        order = sorting_by(begin, end)
        place = _places(begin, end, order)
        return cls(match[rows], words[rows], begin, end, order, place)


def _places(begin: IntArray, end: IntArray, order: IntArray) -> IntArray:
    """Return the same number for passages that are for the greater part one place.

    It must be the greater part of the longer one: what begins with a phrase and goes on
    for a page is no phrase.
    """
    begin, end = begin[order], end[order]
    size = end - begin
    shared = np.minimum(end[1:], end[:-1]) - begin[1:]
    another = np.ones(order.size, np.int64)
    another[1:] = 2 * shared <= np.maximum(size[1:], size[:-1])
    place = np.empty(order.size, np.int64)
    place[order] = np.cumsum(another) - 1
    return place


def find_formulas(
    corpus: Corpus,
    matches: Matches,
    edges: Edges,
    rows: IntArray,
    kin: IntArray,
    settings: Settings,
) -> tuple[Draft, IntArray]:
    """Return the phrases in some matches, and the rows that have more to tell.

    `kin` is the same number for paragraphs that the edges tie.
    """
    chosen = matches.where(rows)
    ties = _Ties.of(chosen, settings.min_passage_words)
    left, right = np.split(ties.place, 2)
    count = int(ties.place.max(initial=-1)) + 1
    unrelated = _unrelated(corpus, matches, edges, rows[ties.match], ties.words)
    # What ties copies of one story is no sign of a form.
    label = components(left[unrelated], right[unrelated], count)
    head = np.empty(count, np.int64)
    # Of several values for one place, the last stays.
    order = ties.order[::-1]
    head[ties.place[order]] = order
    formula = _in_families(corpus, kin, ties.begin[head], label, settings)
    told = np.flatnonzero(formula[label[left]] & unrelated)
    words = np.bincount(ties.match[told], ties.words[told], minlength=rows.size)
    more = (words == 0) | (chosen.words - words >= settings.min_passage_words)
    kept = np.flatnonzero(formula[label])
    kept = kept[sorting_by(label[kept], ties.begin[head[kept]])]
    place = head[kept]
    return _drafted(corpus, label[kept], ties.begin[place], ties.end[place]), rows[more]


def _in_families(
    corpus: Corpus, kin: IntArray, begin: IntArray, label: IntArray, settings: Settings
) -> BoolArray:
    """Tell which labels stand in enough documents, and not in copies of a few texts.

    `begin` are the first positions of the places that have the labels.
    """
    paragraph = corpus.word_paragraph.take(begin)
    document = corpus.paragraphs.document[paragraph].astype(np.int64)
    least = settings.boilerplate_documents
    enough: BoolArray = _distinct_counts(label, kin[paragraph]) >= least
    enough &= _distinct_counts(label, document) >= least
    return enough


def _distinct_counts(label: IntArray, value: IntArray) -> IntArray:
    """Return how many different values each label has, one row a possible label."""
    values = np.int64(value.max(initial=0) + 1)
    pairs = np.sort(label * values + value)
    return np.bincount(pairs[group_begins(pairs)] // values, minlength=label.size)


def _unrelated(
    corpus: Corpus, matches: Matches, edges: Edges, rows: IntArray, words: IntArray
) -> BoolArray:
    """Tell for phrases of so many words whether the documents share little besides.

    `rows` are the matches that hold them.
    """
    document = corpus.paragraphs.document.astype(np.int64)
    left, right = document[matches.left[rows]], document[matches.right[rows]]
    shared = in_common(corpus, matches, edges, left, right)
    own = words / shared.shorter
    unrelated: BoolArray = (own <= FORM_SHARE) & (shared.share - own <= LITTLE_SHARE)
    return unrelated


def _drafted(corpus: Corpus, label: IntArray, begin: IntArray, end: IntArray) -> Draft:
    """Return one finding for each label, with its places in their order.

    Those that lie over one another are one.
    """
    apart = np.ones(label.size, np.bool_)
    apart[1:] = label[1:] != label[:-1]
    ends = label * corpus.positions + end
    reached = np.maximum.accumulate(ends)
    apart[1:] |= (label * corpus.positions + begin)[1:] >= reached[:-1]
    heads = np.flatnonzero(apart)
    if heads.size:
        end = np.maximum.reduceat(end, heads)
    label, begin = label[heads], begin[heads]
    starts = group_begins(label)
    words = end - begin
    paragraph = corpus.word_paragraph.take(begin).astype(np.int64)
    ones = np.ones(starts.size)
    return Draft(
        np.full(starts.size, BOILERPLATE),
        np.full(starts.size, OVERLAP),
        ones,
        ones,
        np.minimum.reduceat(words, starts) if starts.size else starts,
        np.repeat(np.arange(starts.size), np.diff(starts, append=label.size)),
        paragraph,
        paragraph,
        np.zeros(label.size, np.bool_),
        begin,
        end,
        np.arange(label.size),
        begin,
        end,
    )
