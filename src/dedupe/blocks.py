"""Gather equal paragraphs and matches into findings, each at its widest true unit.

Runs of consecutive paragraphs become blocks; forms that stand in many otherwise
unrelated documents become boilerplate; what neither explains stays a group of equal
paragraphs or a pair. Clusters are never chained into one finding: every finding but
boilerplate is tied to one place by verified edges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from dedupe.aligner import Runs
from dedupe.candidates import components
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    Rows,
    UInt64Array,
    group_begins,
    ranges,
    sorting,
)
from dedupe.matches import (
    CONTAINED,
    EDITED,
    IDENTICAL,
    ORTHOGRAPHIC,
    OVERLAP,
    Matches,
)
from dedupe.model import RULES
from dedupe.settings import Settings
from dedupe.verifier import LARGEST_GAP

BLOCK, NEAR, OVERLAPPING, BOILERPLATE = (
    RULES.index(rule)
    for rule in ("repeated-block", "near-duplicate", "overlap", "boilerplate")
)
# A form stands alone: most of the pairs of documents that hold it share nothing else.
ALONE_SHARE = 0.7
ONE_MISSING = 2  # paragraphs from one edge to the next


@dataclass(frozen=True, slots=True)
class Edges:
    """Pairs of paragraphs that say the same, left before right, one row a pair."""

    left: IntArray
    right: IntArray
    match: IntArray  # row of the match, or -1 for paragraphs equal after folding
    jaccard: FloatArray
    containment: FloatArray

    def where(self, rows: BoolArray | IntArray) -> Edges:
        """Return some of the edges."""
        return Edges(*(getattr(self, name)[rows] for name in self.__slots__))


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
            places=_running(np.diff(self.places)[kept]),
            passages=_running(np.diff(self.passages)[places]),
        )


@dataclass(frozen=True, slots=True)
class _Draft:
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


def exact_edges(exemplar: IntArray) -> Edges:
    """Return an edge from each equal paragraph to its exemplar and to the one before.

    Both are needed: with the exemplar alone, a paragraph that also stands in an older
    document would break the block that two later ones share.
    """
    rows = np.arange(exemplar.size)
    copies = np.flatnonzero(exemplar != rows)
    if not copies.size:
        none = np.empty(0, np.int64)
        return Edges(none, none, none, np.empty(0), np.empty(0))
    order = copies[np.argsort(exemplar[copies], kind="stable")]
    kin = exemplar[order]
    before = np.concatenate([[0], order[:-1]])
    chained = np.concatenate([[False], kin[1:] == kin[:-1]])
    left = np.concatenate([kin, before[chained]])
    right = np.concatenate([order, order[chained]])
    ones = np.ones(left.size)
    return Edges(left, right, np.full(left.size, -1), ones, ones)


def exact_runs(corpus: Corpus, first: int, stop: int) -> Runs:
    """Return the equal paragraphs whose left one is in a range, as runs of words."""
    edges = exact_edges(corpus.exemplar.astype(np.int64))
    edges = edges.where((edges.left >= first) & (edges.left < stop))
    words = corpus.paragraphs.words
    begin = corpus.paragraphs.first_word
    # Equal letters may be parted into words in two ways; the fewer are on both sides.
    length = np.minimum(words[edges.left], words[edges.right]).astype(np.int64)
    return Runs(begin[edges.left], begin[edges.right], length)


def gather(corpus: Corpus, matches: Matches, settings: Settings) -> Findings:
    """Return all findings, in the order of their first places."""
    exact = exact_edges(corpus.exemplar.astype(np.int64))
    edited = np.flatnonzero(matches.relation == EDITED)
    edges = Edges(
        np.concatenate([exact.left, matches.left[edited]]),
        np.concatenate([exact.right, matches.right[edited]]),
        np.concatenate([exact.match, edited]),
        np.concatenate([exact.jaccard, matches.jaccard[edited]]),
        np.concatenate([exact.containment, matches.containment[edited]]),
    )
    blocks = _widest(_block_runs(corpus, edges, settings))
    explained = _covered(blocks, len(corpus.paragraphs))
    single = edges.where(~explained[edges.right])
    forms, form = _forms(corpus, matches, single, settings)
    single = single.where(~form[single.right])
    drafts = [
        _block_findings(corpus, matches, blocks),
        forms,
        _equal_findings(corpus, single),
        _pair_findings(corpus, matches, _nearest(matches, single), NEAR),
        *_overlap_findings(corpus, matches, edges, settings),
    ]
    return _sorted(drafts)


def duplicated_words(corpus: Corpus, findings: Findings, documents: int) -> IntArray:
    """Return for each document how many of its words repeat an earlier place.

    What lies behind the first so many documents was there before them.
    """
    copies = np.ones(findings.first.size, np.bool_)
    last = findings.last[findings.places[1:] - 1]
    copies[findings.places[:-1]] = last >= corpus.first_paragraph[documents]
    copies = np.repeat(copies, np.diff(findings.passages))
    begin = findings.passage_begin[copies]
    order = sorting(begin)
    begin, end = begin[order], findings.passage_end[copies][order]
    if begin.size:
        # What lies over an earlier passage counts once.
        begin[1:] = np.maximum(begin[1:], np.maximum.accumulate(end)[:-1])
    words = np.maximum(end - begin, 0)
    document = np.searchsorted(corpus.first_position, begin, side="right") - 1
    # A passage may run on to its document's end, but never past it.
    documents = corpus.first_position.size - 1
    return np.bincount(
        np.minimum(document, documents - 1), weights=words, minlength=documents
    ).astype(np.int64)


def fingerprints(corpus: Corpus, findings: Findings) -> UInt64Array:
    """Return uint64, one a finding: a hash of what stands in its first two places.

    It does not change when lines are inserted above or files are renamed. Findings
    with the same content get different ones by their order.
    """
    solid = corpus.paragraphs.solid
    if not len(findings):
        return np.empty(0, np.uint64)
    total = findings.rule.astype(np.uint64)
    for place in (findings.places[:-1], findings.places[:-1] + 1):
        length = findings.last[place] - findings.first[place]
        content = _mixed(solid[findings.first[place]], length.astype(np.uint64))
        # A sum, so that it does not matter which of the two comes first.
        total += _mixed(content, solid[findings.last[place]])
    order = np.argsort(total, kind="stable")
    ordered = total[order]
    begins = group_begins(ordered)
    rank = np.empty(total.size, np.uint64)
    sizes = np.diff(begins, append=total.size)
    rank[order] = np.arange(total.size) - np.repeat(begins, sizes)
    return _mixed(total, rank)


def _mixed(total: UInt64Array, more: UInt64Array) -> UInt64Array:
    total = (total ^ more) * np.uint64(0x9E3779B97F4A7C15)
    return total ^ (total >> np.uint64(29))


@dataclass(frozen=True, slots=True)
class _Blocks:
    left: IntArray  # first paragraph
    right: IntArray
    length: IntArray  # paragraphs
    edited: BoolArray  # some paragraphs are not equal
    jaccard: FloatArray  # mean over its paragraphs
    containment: FloatArray

    def where(self, rows: BoolArray | IntArray) -> _Blocks:
        return _Blocks(*(getattr(self, name)[rows] for name in self.__slots__))


def _block_runs(corpus: Corpus, edges: Edges, settings: Settings) -> _Blocks:
    """Return the runs of consecutive paragraphs that pairs of edges make."""
    document = corpus.paragraphs.document
    distance = edges.right - edges.left
    order = np.lexsort((edges.match, edges.left, distance))
    edges, distance = edges.where(order), distance[order]
    fresh = np.ones(order.size, np.bool_)
    fresh[1:] = (edges.left[1:] != edges.left[:-1]) | (distance[1:] != distance[:-1])
    edges, distance = edges.where(fresh), distance[fresh]
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
        return _Blocks(none, none, none, np.empty(0, np.bool_), share, share)
    last = np.append(begins[1:], distance.size) - 1
    left, distance = edges.left[begins], distance[begins]
    length = edges.left[last] - left + 1
    size = last + 1 - begins
    edited = np.maximum.reduceat(edges.match, begins) >= 0
    jaccard = np.add.reduceat(edges.jaccard, begins) / size
    containment = np.add.reduceat(edges.containment, begins) / size
    # A block that follows itself several times is cut into its periods.
    number = -(-length // distance)
    part = ranges(np.zeros_like(number), number)
    offset = part * np.repeat(distance, number)
    length = np.minimum(np.repeat(length, number) - offset, np.repeat(distance, number))
    left = np.repeat(left, number) + offset
    blocks = _Blocks(
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

    Equal paragraphs have edges to two others alone, so between two edges of a block
    one may be missing.
    """
    between = np.minimum(edges.left[:-1] + 1, corpus.exemplar.size - 1)
    other = np.minimum(between + distance[:-1], corpus.exemplar.size - 1)
    equal: BoolArray = corpus.exemplar[between] == corpus.exemplar[other]
    return equal


def _widest(blocks: _Blocks) -> _Blocks:
    """Return the blocks whose copy lies in no other block's copy."""
    end = blocks.right + blocks.length
    order = np.lexsort((blocks.left, -blocks.length, blocks.right))
    reach = np.maximum.accumulate(end[order]) if order.size else order
    wide = np.ones(order.size, np.bool_)
    wide[1:] = end[order][1:] > reach[:-1]
    return blocks.where(np.sort(order[wide]))


def _covered(blocks: _Blocks, count: int) -> BoolArray:
    """Tell which paragraphs are the copy in a block."""
    change = np.zeros(count + 1, np.int64)
    np.add.at(change, blocks.right, 1)
    np.add.at(change, blocks.right + blocks.length, -1)
    return np.cumsum(change[:-1]) > 0


def _block_findings(corpus: Corpus, matches: Matches, blocks: _Blocks) -> _Draft:
    """Return one finding for each block, with all its places."""
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
    draft = _whole_places(
        corpus,
        rule=BLOCK,
        edited=edited,
        words=(total[last + 1] - total[first])[starts],
        finding=finding,
        first=first,
        last=last,
    )
    draft = replace(draft, jaccard=jaccard, containment=containment)
    place = np.empty(by_label.size, np.int64)
    place[by_label] = np.arange(by_label.size)
    return _with_passages(corpus, matches, draft, _others(blocks, place[number]))


def _others(blocks: _Blocks, places: IntArray) -> IntArray:
    """Return for each place of blocks the first paragraph of the place it is held to.

    `places` are those of the left sides, then those of the right. A copy is held to the
    first place that it repeats, and the first place of all to its first copy.
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
    corpus: Corpus, matches: Matches, draft: _Draft, other: IntArray
) -> _Draft:
    """Return blocks of which the edited ones hold what agrees, and no more."""
    edited = draft.relation[draft.finding] == EDITED
    whole, place = np.flatnonzero(~edited), np.flatnonzero(edited)
    size = draft.last[place] - draft.first[place] + 1
    own, far = ranges(draft.first[place], size), ranges(other[place], size)
    place = np.repeat(place, size)
    equal = corpus.exemplar[own] == corpus.exemplar[far]
    same = corpus.paragraphs.first_word[own[equal]]
    size, some, some_end = _agreeing(matches, own[~equal], far[~equal])
    owner = np.concatenate([whole, place[equal], np.repeat(place[~equal], size)])
    begin = np.concatenate([draft.begin[whole], same, some])
    same_end = same + corpus.paragraphs.words[own[equal]]
    end = np.concatenate([draft.end[whole], same_end, some_end])
    order = np.lexsort((begin, owner))
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
    matches: Matches, own: IntArray, other: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return how many passages paragraphs share with others, and where they lie."""
    known = matches.left.astype(np.int64) << 32 | matches.right
    pairs = np.minimum(own, other) << 32 | np.maximum(own, other)
    row = np.searchsorted(known, pairs)
    size = np.diff(matches.first_passage)[row]
    passage = ranges(matches.first_passage[:-1][row], size)
    begin, end = (
        np.where(np.repeat(own < other, size), left[passage], right[passage])
        for left, right in (
            (matches.passage_left, matches.passage_right),
            (matches.passage_left_end, matches.passage_right_end),
        )
    )
    return size, begin, end


def _whole_places(  # noqa: PLR0913 - one column each
    corpus: Corpus,
    *,
    rule: int,
    edited: BoolArray,
    words: IntArray,
    finding: IntArray,
    first: IntArray,
    last: IntArray,
) -> _Draft:
    """Return findings whose places are whole paragraphs that agree from end to end."""
    begin = corpus.paragraphs.first_word[first]
    end = corpus.paragraphs.first_word[last] + corpus.paragraphs.words[last]
    ones = np.ones(edited.size)
    same = _same_text(corpus, finding, first, last, edited.size)
    return _Draft(
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
    raw = corpus.paragraphs.raw
    other = np.repeat(finding, size)[raw[row] != raw[model]]
    same: BoolArray = np.bincount(other, minlength=count) == 0
    return same


def _groups_findings(
    corpus: Corpus, edges: Edges, label: IntArray, rule: int
) -> _Draft:
    """Return one finding for each label among the ends of the edges."""
    members = np.concatenate([edges.left, edges.right])
    order = np.lexsort((members, label[members]))
    members = members[order]
    # The same paragraph stands next to itself in this order.
    members = members[group_begins(members)]
    group = label[members]
    starts = group_begins(group)
    finding = np.repeat(np.arange(starts.size), np.diff(starts, append=group.size))
    edited = np.zeros(label.size, np.bool_)
    edited[label[edges.right[edges.match >= 0]]] = True
    return _whole_places(
        corpus,
        rule=rule,
        edited=edited[group[starts]],
        words=corpus.paragraphs.words[members[starts]].astype(np.int64),
        finding=finding,
        first=members,
        last=members,
    )


def _equal_findings(corpus: Corpus, single: Edges) -> _Draft:
    """Return one finding for each group of equal paragraphs, tied to its exemplar."""
    equal = single.where(single.match < 0)
    star = equal.where(corpus.exemplar[equal.right] == equal.left)
    return _groups_findings(corpus, star, corpus.exemplar.astype(np.int64), NEAR)


def _forms(
    corpus: Corpus, matches: Matches, single: Edges, settings: Settings
) -> tuple[_Draft, BoolArray]:
    """Return the boilerplate, and which paragraphs it holds."""
    count = len(corpus.paragraphs)
    document = corpus.paragraphs.document.astype(np.int64)
    label = components(single.left, single.right, count)
    alone = _alone(document, matches, single)
    of_edge = label[single.right]
    edges = np.bincount(of_edge, minlength=count)
    lonely = np.bincount(of_edge, weights=alone, minlength=count)
    members = np.concatenate([single.left, single.right])
    pairs = label[members] * np.int64(document.size + 1) + document[members]
    pairs = np.sort(pairs)
    pairs = pairs[group_begins(pairs)]
    documents = np.bincount(pairs // (document.size + 1), minlength=count)
    form = (documents >= settings.boilerplate_documents) & (
        lonely >= ALONE_SHARE * edges
    )
    rows = form[of_edge]
    draft = _groups_findings(corpus, single.where(rows), label, BOILERPLATE)
    inside = np.zeros(count, np.bool_)
    inside[members[form[label[members]]]] = True
    return draft, inside


def _alone(document: IntArray, matches: Matches, single: Edges) -> BoolArray:
    """Tell for each edge whether its two documents share nothing else."""
    other = matches.relation != EDITED
    left = np.concatenate([single.left, matches.left[other]])
    right = np.concatenate([single.right, matches.right[other]])
    pair = document[left] * np.int64(document.size + 1) + document[right]
    order = np.argsort(pair, kind="stable")
    begins = group_begins(pair[order])
    sizes = np.diff(begins, append=order.size)
    number = np.empty(order.size, np.int64)
    number[order] = np.repeat(sizes, sizes)
    alone: BoolArray = number[: single.left.size] == 1
    return alone


def _nearest(matches: Matches, single: Edges) -> IntArray:
    """Return for each edited copy the match with the most similar earlier paragraph."""
    rows = single.match[single.match >= 0]
    order = np.lexsort(
        (matches.left[rows], -matches.jaccard[rows], matches.right[rows])
    )
    rows = rows[order]
    right = matches.right[rows].astype(np.uint64)
    return rows[group_begins(right)] if rows.size else rows


def _pair_findings(
    corpus: Corpus, matches: Matches, rows: IntArray, rule: int
) -> _Draft:
    """Return one finding for each of some matches, of whole paragraphs."""
    chosen = matches.where(rows)
    count = len(chosen)
    first = np.stack([chosen.left, chosen.right], axis=1).reshape(-1).astype(np.int64)
    size = np.diff(chosen.first_passage)
    begin = np.concatenate([chosen.passage_left, chosen.passage_right])
    end = np.concatenate([chosen.passage_left_end, chosen.passage_right_end])
    place = np.repeat(np.arange(count) * 2, size)
    place = np.concatenate([place, place + 1])
    order = np.lexsort((begin, place))
    return _Draft(
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


def _overlap_findings(
    corpus: Corpus, matches: Matches, edges: Edges, settings: Settings
) -> list[_Draft]:
    """Return what stands inside other paragraphs: formulas, then single overlaps."""
    rows = np.flatnonzero(matches.relation >= CONTAINED)
    kin = components(edges.left, edges.right, len(corpus.paragraphs))
    formulas, rest = _formulas(corpus, matches, rows, kin, settings)
    # Copies of one paragraph overlap with a third in the same way: once is enough.
    left, right = kin[matches.left[rest]], kin[matches.right[rest]]
    best = np.lexsort((matches.left[rest], -matches.words[rest], right, left))
    rest, left, right = rest[best], left[best], right[best]
    fresh = np.ones(rest.size, np.bool_)
    fresh[1:] = (left[1:] != left[:-1]) | (right[1:] != right[:-1])
    return [formulas, _stretches(corpus, matches, np.sort(rest[fresh]))]


def _formulas(
    corpus: Corpus,
    matches: Matches,
    rows: IntArray,
    kin: IntArray,
    settings: Settings,
) -> tuple[_Draft, IntArray]:
    """Return phrases that many unrelated documents share, and the other matches."""
    chosen = matches.where(rows)
    places = [
        _hull(begin, end, chosen.first_passage)
        for begin, end in (
            (chosen.passage_left, chosen.passage_left_end),
            (chosen.passage_right, chosen.passage_right_end),
        )
    ]
    begin = np.concatenate([place[0] for place in places])
    end = np.concatenate([place[1] for place in places])
    order = sorting(begin)
    # Passages that lie for the greater part over one another are one place.
    middle = (begin[order] + end[order]) // 2
    over = np.zeros(order.size, np.bool_)
    over[1:] = begin[order][1:] < middle[:-1]
    number = np.empty(order.size, np.int64)
    number[order] = np.cumsum(~over) - 1 if order.size else order
    half = rows.size
    count = int(number.max(initial=-1)) + 1
    label = components(number[:half], number[half:], count)
    head = order[np.flatnonzero(~over)] if order.size else order
    paragraph = corpus.word_paragraph[begin[head]]
    document = corpus.paragraphs.document[paragraph].astype(np.int64)
    family = kin[paragraph]
    families = _distinct_counts(label, family, count)
    documents = _distinct_counts(label, document, count)
    least = settings.boilerplate_documents
    formula = (families >= least) & (documents >= least)
    rest = ~formula[label[number[:half]]]
    kept = np.flatnonzero(formula[label])
    kept = kept[np.lexsort((begin[head[kept]], label[kept]))]
    group = label[kept]
    starts = group_begins(group)
    place = head[kept]
    words = (end - begin)[place]
    ones = np.ones(starts.size)
    draft = _Draft(
        np.full(starts.size, BOILERPLATE),
        np.full(starts.size, OVERLAP),
        ones,
        ones,
        np.minimum.reduceat(words, starts) if starts.size else starts,
        np.repeat(np.arange(starts.size), np.diff(starts, append=kept.size)),
        paragraph[kept].astype(np.int64),
        paragraph[kept].astype(np.int64),
        np.zeros(kept.size, np.bool_),
        begin[place],
        end[place],
        np.arange(kept.size),
        begin[place],
        end[place],
    )
    return draft, rows[rest]


def _hull(begin: IntArray, end: IntArray, first: IntArray) -> tuple[IntArray, IntArray]:
    """Return where the passages of each match begin and end."""
    starts = first[:-1]
    if not starts.size:
        return starts, starts
    return np.minimum.reduceat(begin, starts), np.maximum.reduceat(end, starts)


def _distinct_counts(label: IntArray, value: IntArray, count: int) -> IntArray:
    """Return how many different values each label has."""
    values = np.int64(value.max(initial=0) + 1)
    pairs = np.sort(label * values + value)
    return np.bincount(pairs[group_begins(pairs)] // values, minlength=count)


def _stretches(corpus: Corpus, matches: Matches, rows: IntArray) -> _Draft:
    """Return overlaps as findings; those that go on in the next paragraph are one."""
    chosen = matches.where(rows)
    count = len(chosen)
    size = np.diff(chosen.first_passage)
    if not count:
        return _pair_findings(corpus, matches, rows, OVERLAPPING)
    left_begin, left_end = _hull(
        chosen.passage_left, chosen.passage_left_end, chosen.first_passage
    )
    right_begin, right_end = _hull(
        chosen.passage_right, chosen.passage_right_end, chosen.first_passage
    )
    goes_on = np.ones(count, np.bool_)
    document = corpus.paragraphs.document
    for side, begin, end in (
        (chosen.left, left_begin, left_end),
        (chosen.right, right_begin, right_end),
    ):
        gap = begin[1:] - end[:-1]
        goes_on[1:] &= (gap >= 0) & (gap <= LARGEST_GAP)
        goes_on[1:] &= document[side[1:]] == document[side[:-1]]
    goes_on[0] = False
    begins = np.flatnonzero(~goes_on)
    finding = np.cumsum(~goes_on) - 1
    total = np.add.reduceat(chosen.words, begins)
    contained = np.logical_and.reduceat(chosen.relation == CONTAINED, begins)
    weighted = [
        np.add.reduceat(column * chosen.words, begins) / total
        for column in (chosen.jaccard, chosen.containment)
    ]
    last = np.append(begins[1:], count) - 1

    def both(one: Rows, other: Rows) -> IntArray:
        return np.stack([one, other], axis=1).reshape(-1).astype(np.int64)

    of_passage = np.repeat(finding, size)
    place = np.concatenate([of_passage * 2, of_passage * 2 + 1])
    begin = np.concatenate([chosen.passage_left, chosen.passage_right])
    end = np.concatenate([chosen.passage_left_end, chosen.passage_right_end])
    order = np.lexsort((begin, place))
    findings = begins.size
    return _Draft(
        np.full(findings, OVERLAPPING),
        np.where(contained, CONTAINED, OVERLAP),
        weighted[0],
        weighted[1],
        total,
        np.repeat(np.arange(findings), 2),
        both(chosen.left[begins], chosen.right[begins]),
        both(chosen.left[last], chosen.right[last]),
        np.zeros(2 * findings, np.bool_),
        both(left_begin[begins], right_begin[begins]),
        both(left_end[last], right_end[last]),
        place[order],
        begin[order],
        end[order],
    )


def _sorted(drafts: list[_Draft]) -> Findings:
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
    head = _running(sizes)[:-1]
    order = np.lexsort((begin[head + 1], begin[head])) if head.size else head
    place_order = ranges(head[order], sizes[order])
    first_passage = _running(passages)[:-1]
    passage_order = ranges(first_passage[place_order], passages[place_order])
    return Findings(
        column("rule")[order].astype(np.uint8),
        column("relation")[order].astype(np.uint8),
        column("jaccard")[order],
        column("containment")[order],
        column("words")[order].astype(np.int64),
        _running(sizes[order]),
        column("first")[place_order],
        column("last")[place_order],
        column("whole")[place_order],
        begin[place_order],
        column("end")[place_order],
        _running(passages[place_order]),
        column("passage_begin")[passage_order],
        column("passage_end")[passage_order],
    )


def _running(sizes: IntArray) -> IntArray:
    """Return where each range begins when they follow one another, and the end."""
    return np.concatenate([[0], np.cumsum(sizes)])
