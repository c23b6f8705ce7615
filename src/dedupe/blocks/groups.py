"""Groups of paragraphs that say the same: copies, and forms that many share."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.drafts import BOILERPLATE, NEAR, Draft, whole_places
from dedupe.blocks.edges import NO_MATCH, Edges
from dedupe.corpus import BoolArray, Corpus, IntArray, group_begins, sorting_by
from dedupe.families import components
from dedupe.matches import EDITED, Matches
from dedupe.settings import Settings

# A form stands alone: most of the pairs of documents that hold it share nothing else.
ALONE_SHARE = 0.7


def _groups_findings(corpus: Corpus, edges: Edges, label: IntArray, rule: int) -> Draft:
    """Return one finding for each label among the ends of the edges."""
    members = np.concatenate([edges.left, edges.right])
    order = sorting_by(label[members], members)
    members = members[order]
    # The same paragraph stands next to itself in this order.
    members = members[group_begins(members)]
    group = label[members]
    starts = group_begins(group)
    finding = np.repeat(np.arange(starts.size), np.diff(starts, append=group.size))
    edited = np.zeros(label.size, np.bool_)
    edited[label[edges.right[edges.match != NO_MATCH]]] = True
    return whole_places(
        corpus,
        rule=rule,
        edited=edited[group[starts]],
        words=corpus.paragraphs.words[members[starts]].astype(np.int64),
        finding=finding,
        first=members,
        last=members,
    )


def equal_findings(corpus: Corpus, single: Edges) -> Draft:
    """Return one finding for each group of equal paragraphs, tied to its exemplar."""
    equal = single.where(single.match == NO_MATCH)
    star = equal.where(corpus.exemplar[equal.right] == equal.left)
    return _groups_findings(corpus, star, corpus.exemplar.astype(np.int64), NEAR)


def find_forms(
    corpus: Corpus, matches: Matches, single: Edges, settings: Settings
) -> tuple[Draft, BoolArray]:
    """Return the boilerplate, and which paragraphs it holds."""
    count = len(corpus.paragraphs)
    document = corpus.paragraphs.document.astype(np.int64)
    label = components(single.left, single.right, count)
    # Documents without any paragraph count, too: there may be more than paragraphs.
    base = np.int64(corpus.first_paragraph.size)
    alone = _alone(document, base, matches, single)
    of_edge = label[single.right]
    edges = np.bincount(of_edge, minlength=count)
    lonely = np.bincount(of_edge, weights=alone, minlength=count)
    members = np.concatenate([single.left, single.right])
    pairs = label[members] * base + document[members]
    pairs = np.sort(pairs)
    pairs = pairs[group_begins(pairs)]
    documents = np.bincount(pairs // base, minlength=count)
    form = (documents >= settings.boilerplate_documents) & (
        lonely >= ALONE_SHARE * edges
    )
    rows = form[of_edge]
    draft = _groups_findings(corpus, single.where(rows), label, BOILERPLATE)
    inside = np.zeros(count, np.bool_)
    inside[members[form[label[members]]]] = True
    return draft, inside


def _alone(
    document: IntArray, base: np.int64, matches: Matches, single: Edges
) -> BoolArray:
    """Tell for each edge whether its two documents share nothing else."""
    other = matches.relation != EDITED
    left = np.concatenate([single.left, matches.left[other]])
    right = np.concatenate([single.right, matches.right[other]])
    left, right = document[left], document[right]
    order = sorting_by(left, right)
    pair = left * base + right
    begins = group_begins(pair[order])
    sizes = np.diff(begins, append=order.size)
    number = np.empty(order.size, np.int64)
    number[order] = np.repeat(sizes, sizes)
    alone: BoolArray = number[: single.left.size] == 1
    return alone
