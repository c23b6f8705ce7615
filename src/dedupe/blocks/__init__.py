"""Gather equal paragraphs and matches into findings, each at its widest true unit.

Runs of consecutive paragraphs become blocks; forms that stand in many otherwise
unrelated documents become boilerplate; what neither explains stays a group of equal
paragraphs or a pair. Clusters are never chained into one finding: every finding but
boilerplate is tied to one place by verified edges.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.blocks.bridges import bridges
from dedupe.blocks.carried import with_carried
from dedupe.blocks.drafts import (
    BLOCK,
    BOILERPLATE,
    NEAR,
    OVERLAPPING,
    Draft,
    Findings,
    as_arrays,
    from_arrays,
    in_order,
)
from dedupe.blocks.edges import Edges, exact_edges, exact_runs
from dedupe.blocks.groups import equal_findings, find_forms, little_shared
from dedupe.blocks.pairs import nearest, overlap_findings, pair_findings
from dedupe.blocks.runs import block_findings, block_runs, covered, widest
from dedupe.blocks.told import without_told
from dedupe.corpus import Corpus, IntArray, UInt64Array, group_begins, sorting
from dedupe.matches import EDITED, Matches
from dedupe.memory_files import Arrays
from dedupe.settings import Settings

__all__ = [
    "BLOCK",
    "BOILERPLATE",
    "NEAR",
    "OVERLAPPING",
    "PARTS",
    "Edges",
    "Findings",
    "draft",
    "duplicated_words",
    "exact_edges",
    "exact_runs",
    "fingerprints",
    "gather",
]


def draft(corpus: Corpus, matches: Matches, settings: Settings, part: int) -> Arrays:
    """Return the columns of one of `PARTS` parts of all findings, for `gather`."""
    exact = exact_edges(corpus.exemplar.astype(np.int64))
    edited = np.flatnonzero(matches.relation == EDITED)
    edges = exact.with_more(
        Edges(
            matches.left[edited].astype(np.int64),
            matches.right[edited].astype(np.int64),
            edited,
            matches.jaccard[edited],
            matches.containment[edited],
        )
    )
    return as_arrays(_PARTS[part](corpus, matches, edges, settings))


def gather(parts: Sequence[Arrays]) -> Findings:
    """Return the findings of all parts, in the order of their first places."""
    found = in_order([draft for part in parts for draft in from_arrays(part)])
    return without_told(found)


def _of_whole_paragraphs(
    corpus: Corpus, matches: Matches, edges: Edges, settings: Settings
) -> list[Draft]:
    """Return blocks, forms, and what neither explains of paragraphs that agree."""
    carried = with_carried(corpus, matches, edges)
    carried = carried.with_more(bridges(corpus, matches, carried))
    blocks = widest(block_runs(corpus, carried, settings))
    explained = covered(blocks, len(corpus.paragraphs))
    little = little_shared(corpus, matches, carried, blocks)
    forms, is_form = find_forms(corpus, matches, edges, explained, settings)
    single = edges.where(~(explained | is_form)[edges.right])
    return [
        block_findings(corpus, matches, blocks, little, settings.boilerplate_documents),
        forms,
        equal_findings(corpus, single),
        pair_findings(corpus, matches, nearest(corpus, matches, single), NEAR),
    ]


# Neither needs to know what the other finds.
_PARTS = (_of_whole_paragraphs, overlap_findings)
PARTS = len(_PARTS)


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
