"""Runs of consecutive paragraphs that repeat, as blocks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dedupe.blocks.drafts import BLOCK, BOILERPLATE, Draft, whole_places
from dedupe.blocks.edges import NO_MATCH, Edges, rows_of
from dedupe.corpus import (
    BoolArray,
    Corpus,
    FloatArray,
    IntArray,
    Rows,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.families import components
from dedupe.matches import EDITED, Matches
from dedupe.settings import Settings
from dedupe.values import dataclass

# Most of the pairs of documents that hold a form share little else.
UNRELATED_SHARE = 0.7
ONE_MISSING = 2  # paragraphs from one edge to the next


@dataclass(frozen=True, slots=True)
class Blocks:
    """Runs of paragraphs that stand again further on, one row a run."""

    left: IntArray  # first paragraph
    right: IntArray
    length: IntArray  # paragraphs
    edited: BoolArray  # some paragraphs are not equal
    jaccard: FloatArray  # mean over its paragraphs
    containment: FloatArray

    def where(self, rows: BoolArray | IntArray) -> Blocks:
        """Return some of the blocks."""
        rows = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        return Blocks(*(getattr(self, name).take(rows) for name in self.__slots__))


def block_runs(corpus: Corpus, edges: Edges, settings: Settings) -> Blocks:
    """Return the runs of consecutive paragraphs that pairs of edges make."""
    document = corpus.paragraphs.document
    distance = edges.right - edges.left
    # Of equal ones, those without a match stand first already.
    order = sorting_by(distance, edges.left)
    pairs = distance[order] << 32 | edges.left[order]
    order = order[group_begins(pairs)]
    edges, distance = edges.where(order), distance[order]
    joins = np.zeros(distance.size, np.bool_)
    step = edges.left[1:] - edges.left[:-1]
    joins[1:] = (distance[1:] == distance[:-1]) & (
        (step == 1) | ((step == ONE_MISSING) & _equal_between(corpus, edges, distance))
    )
    for side in (edges.left, edges.right):
        joins[1:] &= document[side[1:]] == document[side[:-1]]
    begins = np.flatnonzero(~joins)
    if not begins.size:
        none = np.empty(0, np.int64)
        share = np.empty(0)
        return Blocks(none, none, none, np.empty(0, np.bool_), share, share)
    last = np.append(begins[1:], distance.size) - 1
    left, distance = edges.left[begins], distance[begins]
    length = edges.left[last] - left + 1
    size = last + 1 - begins
    edited = np.maximum.reduceat(edges.match, begins) != NO_MATCH
    jaccard = np.add.reduceat(edges.jaccard, begins) / size
    containment = np.add.reduceat(edges.containment, begins) / size
    # A block that follows itself several times is cut into its periods.
    number = -(-length // distance)
    part = ranges(np.zeros_like(number), number)
    offset = part * np.repeat(distance, number)
    length = np.minimum(np.repeat(length, number) - offset, np.repeat(distance, number))
    left = np.repeat(left, number) + offset
    blocks = Blocks(
        left,
        left + np.repeat(distance, number),
        length,
        np.repeat(edited, number),
        np.repeat(jaccard, number),
        np.repeat(containment, number),
    )
    words = np.concatenate([[0], np.cumsum(corpus.paragraphs.words, dtype=np.int64)])
    enough = words[blocks.left + blocks.length] - words[blocks.left]
    return blocks.where((length > 1) & (enough >= settings.min_words))


def _equal_between(corpus: Corpus, edges: Edges, distance: IntArray) -> BoolArray:
    """Tell whether the paragraph after an edge is equal on both sides.

    Edges are not carried on to a line that the block holds twice, so between two of
    its edges one may be missing.
    """
    between = np.minimum(edges.left[:-1] + 1, corpus.exemplar.size - 1)
    other = np.minimum(between + distance[:-1], corpus.exemplar.size - 1)
    equal: BoolArray = corpus.exemplar[between] == corpus.exemplar[other]
    return equal


def widest(blocks: Blocks) -> Blocks:
    """Return the blocks whose copy lies in no other block's copy.

    One copy may repeat several places. Of these all but the first are left out that lie
    over one another or are part of a wider copy themselves, which tells of them.
    """
    order = np.lexsort((blocks.left, -blocks.length, blocks.right))
    blocks = blocks.where(order)
    end = blocks.right + blocks.length
    first = group_begins(blocks.right << 32 | blocks.length)
    wide = np.ones(first.size, np.bool_)
    reach = np.maximum.accumulate(end[first]) if first.size else first
    wide[1:] = end[first][1:] > reach[:-1]
    kept = np.repeat(wide, np.diff(first, append=end.size))
    kept[1:] &= np.diff(blocks.left) >= blocks.length[1:]
    kept &= ~_inside(blocks, blocks.where(first[wide]))
    kept[first[wide]] = True
    return blocks.where(kept)


def _inside(blocks: Blocks, widest: Blocks) -> BoolArray:
    """Tell which blocks repeat a part of what the widest have copied."""
    if not len(widest.right):
        return np.zeros(len(blocks.left), np.bool_)
    last = widest.right.searchsorted(blocks.left, side="right") - 1
    begin, end = widest.right[last], (widest.right + widest.length)[last]
    stop = blocks.left + blocks.length
    inside: BoolArray = (end > stop) | ((end == stop) & (begin < blocks.left))
    inside &= last >= 0
    return inside


def covered(blocks: Blocks, count: int) -> BoolArray:
    """Tell which paragraphs are the copy in a block."""
    change = np.zeros(count + 1, np.int64)
    np.add.at(change, blocks.right, 1)
    np.add.at(change, blocks.right + blocks.length, -1)
    return np.cumsum(change[:-1]) > 0


def block_findings(
    corpus: Corpus, matches: Matches, blocks: Blocks, little: BoolArray, least: int
) -> Draft:
    """Return one finding for each block, with all its places.

    `little` tells of which the documents share little in all: what stands in `least`
    documents is then a form of several lines.
    """
    size = np.int64(len(corpus.paragraphs) + 1)
    nodes = np.concatenate([blocks.left, blocks.right]) * size + np.tile(
        blocks.length, 2
    )
    order = np.argsort(nodes, kind="stable")
    begins = group_begins(nodes[order])
    number = np.empty(order.size, np.int64)
    number[order] = np.repeat(
        np.arange(begins.size), np.diff(begins, append=order.size)
    )
    half = blocks.left.size
    label = components(number[:half], number[half:], begins.size)
    of_block = label[number[:half]]
    node = nodes[order][begins]
    by_label = np.lexsort((node, label))
    label, first = label[by_label], (node // size)[by_label]
    last = first + (node % size)[by_label] - 1
    starts = group_begins(label)
    finding = np.repeat(np.arange(starts.size), np.diff(starts, append=label.size))
    tied = np.searchsorted(label[starts], of_block)
    edited = np.zeros(starts.size, np.bool_)
    np.logical_or.at(edited, tied, blocks.edited)
    jaccard, containment = np.ones(starts.size), np.ones(starts.size)
    np.minimum.at(jaccard, tied, blocks.jaccard)
    np.minimum.at(containment, tied, blocks.containment)
    words = corpus.paragraphs.words
    total = np.concatenate([[0], np.cumsum(words, dtype=np.int64)])
    draft = whole_places(
        corpus,
        rule=BLOCK,
        edited=edited,
        words=(total[last + 1] - total[first])[starts],
        finding=finding,
        first=first,
        last=last,
    )
    document = corpus.paragraphs.document[first]
    heads = group_begins(finding << 32 | document)
    form = np.bincount(finding[heads], minlength=starts.size) >= least
    ties = np.bincount(tied, minlength=starts.size)
    apart = np.bincount(tied, weights=little, minlength=starts.size)
    form &= apart >= UNRELATED_SHARE * ties
    rule = np.where(form, BOILERPLATE, BLOCK)
    draft = replace(draft, rule=rule, jaccard=jaccard, containment=containment)
    place = np.empty(by_label.size, np.int64)
    place[by_label] = np.arange(by_label.size)
    return _with_passages(corpus, matches, draft, _others(blocks, place[number]))


def _others(blocks: Blocks, places: IntArray) -> IntArray:
    """Return for each place of blocks the first paragraph of the place it is held to.

    `places` are those of the left sides, then those of the right. A copy is held to the
    first place that it repeats, and a place that repeats none to its first copy.
    """
    left, right = np.split(places, 2)
    other = np.empty(int(places.max(initial=-1)) + 1, np.int64)
    # Of several values for one place, the last stays.
    order = np.argsort(-blocks.right, kind="stable")
    other[left[order]] = blocks.right[order]
    order = np.argsort(-blocks.left, kind="stable")
    other[right[order]] = blocks.left[order]
    return other


def _with_passages(
    corpus: Corpus, matches: Matches, draft: Draft, other: IntArray
) -> Draft:
    """Return blocks of which the edited ones hold what agrees, and no more."""
    edited = draft.relation[draft.finding] == EDITED
    whole, place = np.flatnonzero(~edited), np.flatnonzero(edited)
    size = draft.last[place] - draft.first[place] + 1
    own, far = ranges(draft.first[place], size), ranges(other[place], size)
    place = np.repeat(place, size)
    equal = corpus.exemplar[own] == corpus.exemplar[far]
    same = corpus.paragraphs.first_word[own[equal]]
    size, some, some_end = _agreeing(corpus, matches, own[~equal], far[~equal])
    owner = np.concatenate([whole, place[equal], np.repeat(place[~equal], size)])
    begin = np.concatenate([draft.begin[whole], same, some])
    same_end = same + corpus.paragraphs.words[own[equal]]
    end = np.concatenate([draft.end[whole], same_end, some_end])
    order = sorting_by(owner, begin)
    words = np.bincount(owner, weights=end - begin, minlength=draft.first.size)
    head = group_begins(draft.finding)
    return replace(
        draft,
        words=np.where(draft.relation == EDITED, words[head], draft.words),
        place=owner[order],
        passage_begin=begin[order],
        passage_end=end[order],
    )


def _agreeing(
    corpus: Corpus, matches: Matches, own: IntArray, other: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return how many passages paragraphs share with others, and where they lie."""
    told, far = corpus.exemplar[own], corpus.exemplar[other]
    row = rows_of(matches, own, other)
    direct = row != NO_MATCH
    # What is known of the exemplars is true of their copies.
    told, far = np.where(direct, own, told), np.where(direct, other, far)
    row = np.where(direct, row, rows_of(matches, told, far))
    size = np.diff(matches.first_passage)[row]
    passage = ranges(matches.first_passage[:-1][row], size)
    is_left = np.repeat(told < far, size)
    begin, end = (
        np.where(is_left, left[passage], right[passage])
        for left, right in (
            (matches.passage_left, matches.passage_right),
            (matches.passage_left_end, matches.passage_right_end),
        )
    )
    number = np.repeat(np.arange(own.size), size)
    begin = _moved(corpus, begin, told[number], own[number])
    end = _moved(corpus, end - 1, told[number], own[number]) + 1
    held = begin < end
    return np.bincount(number[held], minlength=own.size), begin[held], end[held]


def _moved(corpus: Corpus, position: IntArray, told: Rows, own: Rows) -> IntArray:
    """Return the positions in a copy of those of words in a paragraph."""
    first, words = corpus.paragraphs.first_word, corpus.paragraphs.words
    moved: IntArray = position + first[own] - first[told]
    # The same letters may be parted into more words: then those after are further on.
    other = corpus.word.take(moved, mode="clip") != corpus.word[position]
    moved += other * (words[own] - words[told])
    np.maximum(moved, first[own], out=moved)
    np.minimum(moved, first[own] + words[own] - 1, out=moved)
    return moved
