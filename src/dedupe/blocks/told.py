"""Leave out findings that a wider one tells of already."""

from __future__ import annotations

import numpy as np

from dedupe.blocks.drafts import BLOCK, BOILERPLATE, Findings
from dedupe.corpus import (
    BoolArray,
    IntArray,
    are_among,
    ranges,
    sorting_by,
)


def without_told(findings: Findings) -> Findings:
    """Return the findings without those whose places others tie already.

    Of a story that each outlet edits, two wordings may be as near as to overlap alone,
    or the copy that ties them to one another comes last. They stand in one block all
    the same, and what two of its places have in common is told there.
    """
    owner = np.repeat(np.arange(len(findings)), np.diff(findings.places))
    asked = findings.rule != BOILERPLATE
    head = findings.places[:-1]
    other = asked[owner]
    other[head] = False
    other = np.flatnonzero(other)
    tied = _are_tied(findings, owner, head[owner[other]], other)
    loose = np.bincount(owner[other[~tied]], minlength=asked.size) > 0
    return findings.where(loose | ~asked)


def _are_tied(
    findings: Findings, owner: IntArray, left: IntArray, right: IntArray
) -> BoolArray:
    """Tell which pairs of places lie alike in two places of one other finding.

    `owner` is the finding of each place.
    """
    rule = findings.rule[owner]
    wide = (rule == BLOCK) | (rule == BOILERPLATE)
    wide = np.flatnonzero(wide & findings.whole)
    size = findings.last[wide] - findings.first[wide] + 1
    paragraph = ranges(findings.first[wide], size)
    one, two = findings.first[left], findings.first[right]
    asked, in_wide = np.zeros((2, int(findings.last.max(initial=0)) + 1), np.bool_)
    in_wide[paragraph] = True
    tied: BoolArray = in_wide[one] & in_wide[two]
    # What stands in two paragraphs here and in one there is more than such a tie tells.
    tied &= findings.last[left] - one == findings.last[right] - two
    possible = np.flatnonzero(tied)
    one, two, right = one[possible], two[possible], right[possible]
    asked[one] = asked[two] = True
    held = np.flatnonzero(asked[paragraph])
    paragraph = paragraph[held]
    offset = ranges(np.zeros_like(size), size)[held]
    finding = np.repeat(owner[wide], size)[held]
    room = np.repeat(size, size)[held] - offset
    # Each paragraph of a finding has a number, the same in all of its places, which are
    # of one size.
    largest = np.zeros(len(findings), np.int64)
    largest[owner[wide]] = findings.last[wide] - findings.first[wide] + 1
    number = (np.cumsum(largest) - largest)[finding] + offset
    known = paragraph << 32 | number
    order = sorting_by(paragraph)
    first = np.searchsorted(paragraph[order], two)
    size = np.searchsorted(paragraph[order], two, side="right") - first
    row = order[ranges(first, size)]
    pair = np.repeat(np.arange(two.size), size)
    length = findings.last[right] - two + 1
    # A text may also repeat inside itself.
    holds = (finding[row] != owner[right[pair]]) & (one != two)[pair]
    holds &= room[row] >= length[pair]
    row, pair = row[holds], pair[holds]
    pair = pair[are_among(one[pair] << 32 | number[row], known)]
    tied[possible] = np.bincount(pair, minlength=two.size) > 0
    return tied
