"""Groups of paragraphs that say the same: copies, and forms that many share."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dedupe.blocks.drafts import BOILERPLATE, NEAR, Draft, whole_places
from dedupe.blocks.edges import NO_MATCH, Edges
from dedupe.blocks.runs import UNRELATED_SHARE, Blocks
from dedupe.corpus import (
    BoolArray,
    Corpus,
    FloatArray,
    IntArray,
    Rows,
    group_begins,
    sorting,
    sorting_by,
)
from dedupe.families import components
from dedupe.matches import EDITED, Matches
from dedupe.settings import Settings

# What makes up more of a document than this is its story, and no form in it. Measured
# on what stands in five and more documents: agency news of one paragraph are .8 and
# more of them, forms hardly above half, as the winds in a weather report.
FORM_SHARE = 2 / 3
# But what is worded in so many ways is a form that is filled in, be it all there is: an
# agency story is edited in a dozen outlets.
FILLED_IN = 50  # wordings
# Documents have several forms in common: a byline above, a notice below. They are
# related if all that they share is more of either than this.
LITTLE_SHARE = 1 / 4


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
    corpus: Corpus,
    matches: Matches,
    edges: Edges,
    explained: BoolArray,
    settings: Settings,
) -> tuple[Draft, BoolArray]:
    """Return the boilerplate, and which paragraphs it holds.

    `explained` tells which paragraphs are copies in a block, and in no form.
    """
    count = len(corpus.paragraphs)
    rest = np.flatnonzero(~explained[edges.right])
    single = edges.where(rest)
    label = components(single.left, single.right, count)
    held = np.zeros(count, np.bool_)
    held[single.left] = held[single.right] = True
    least = settings.boilerplate_documents
    form = _in_documents(corpus, np.flatnonzero(held), label, least)
    of_edge = label[single.right]
    rows = np.flatnonzero(form[of_edge])
    unrelated = _unrelated(corpus, matches, edges, rest[rows])
    ties = np.bincount(of_edge[rows], minlength=count)
    apart = np.bincount(of_edge[rows], weights=unrelated, minlength=count)
    form &= apart >= UNRELATED_SHARE * ties
    rows = rows[form[of_edge[rows]]]
    draft = _groups_findings(corpus, single.where(rows), label, BOILERPLATE)
    return draft, held & form[label]


def _in_documents(
    corpus: Corpus, rows: IntArray, label: IntArray, least: int
) -> BoolArray:
    """Tell which labels have paragraphs in so many documents, each for the lesser part.

    Of a form that is filled in, all documents count. `rows` are the paragraphs that
    do, ascending.
    """
    rows = rows[(np.bincount(label[rows], minlength=label.size) >= least)[label[rows]]]
    if not rows.size:
        return np.zeros(label.size, np.bool_)
    document = corpus.paragraphs.document
    rows = rows[sorting(label[rows])]
    begins = group_begins(label[rows] << 32 | document[rows])
    held = np.add.reduceat(corpus.paragraphs.words[rows], begins)
    heads = rows[begins]
    total = document_words(corpus, document[heads])
    own = rows[corpus.exemplar[rows] == rows]
    wordings = np.bincount(label[own], minlength=label.size)
    counts = held <= FORM_SHARE * total
    counts |= wordings[label[heads]] >= FILLED_IN
    heads = heads[counts]
    enough: BoolArray = np.bincount(label[heads], minlength=label.size) >= least
    return enough


def document_words(corpus: Corpus, document: Rows) -> IntArray:
    """Return how many words some documents have that hold any."""
    first_word, words = corpus.paragraphs.first_word, corpus.paragraphs.words
    first = corpus.first_paragraph[document]
    last = corpus.first_paragraph[document + 1] - 1
    total: IntArray = first_word[last] + words[last] - first_word[first]
    return total


def _unrelated(
    corpus: Corpus, matches: Matches, edges: Edges, asked: IntArray
) -> BoolArray:
    """Tell for some of the edges whether their two documents share nothing else.

    Of what is equal in both, it is enough that they share little in all.
    """
    document = corpus.paragraphs.document.astype(np.int64)
    left, right = document[edges.left[asked]], document[edges.right[asked]]
    shared = in_common(corpus, matches, edges, left, right)
    unrelated: BoolArray = edges.match[asked] == NO_MATCH
    unrelated &= shared.share <= LITTLE_SHARE
    unrelated |= shared.times == 1
    return unrelated


class InCommon(NamedTuple):
    """What two documents have in common, one row a pair of documents."""

    times: IntArray  # edges and other matches
    words: IntArray  # of all these
    shorter: IntArray  # words of the shorter document

    @property
    def share(self) -> FloatArray:
        """Which part of the shorter document it is."""
        return self.words / self.shorter


def in_common(
    corpus: Corpus, matches: Matches, edges: Edges, left: IntArray, right: IntArray
) -> InCommon:
    """Return what pairs of documents that edges tie have in common."""
    if not left.size:
        none = np.empty(0, np.int64)
        return InCommon(none, none, none)
    other = np.flatnonzero(matches.relation != EDITED)
    document = corpus.paragraphs.document.astype(np.int64)
    one = document[np.concatenate([edges.left, matches.left[other]])]
    two = document[np.concatenate([edges.right, matches.right[other]])]
    words = np.concatenate([corpus.paragraphs.words[edges.right], matches.words[other]])
    order = sorting_by(one, two)
    pair = (one << 32 | two)[order]
    begins = group_begins(pair)
    row = np.searchsorted(pair[begins], left << 32 | right)
    times = np.diff(begins, append=pair.size)[row]
    shared = np.add.reduceat(words[order], begins)[row]
    shorter = np.minimum(document_words(corpus, left), document_words(corpus, right))
    return InCommon(times, shared, shorter)


def little_shared(
    corpus: Corpus, matches: Matches, edges: Edges, blocks: Blocks
) -> BoolArray:
    """Tell which blocks are equal in two documents that share little in all."""
    document = corpus.paragraphs.document.astype(np.int64)
    left, right = document[blocks.left], document[blocks.right]
    shared = in_common(corpus, matches, edges, left, right)
    little: BoolArray = ~blocks.edited & (shared.share <= LITTLE_SHARE)
    return little
