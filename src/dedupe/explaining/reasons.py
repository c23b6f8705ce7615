"""Say in words which rule and threshold decided, or which was not reached."""

from __future__ import annotations

import numpy as np

from dedupe.corpus import distinct
from dedupe.explaining.comparing import shared_shingles
from dedupe.explaining.explanation import Run
from dedupe.explaining.folded_words import BothTexts
from dedupe.model import Finding
from dedupe.paragraphs import read_columns
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS
from dedupe.verifier.thresholds import (
    ALIGNED_SHARE,
    CORPUS_MORE,
    CORPUS_WORDS,
    EDITED_SHARE,
    SAME_SHARE,
    SCATTERED_SHARE,
)

SAME_PLACE = "both are one and the same place."


def why(finding: Finding, both: BothTexts, settings: Settings) -> str:
    """Say which rule and threshold decided the relation of a finding."""
    left, right = (
        next(place for place in finding.occurrences if place.document == name)
        for name in ("left", "right")
    )
    inner = both.within(left.lines, right.lines)
    rows = left.lines[1] - left.lines[0], right.lines[1] - right.lines[0]
    if finding.rule == "boilerplate":
        reason = (
            f"the same form stands in {len(finding.occurrences)} places "
            f"(boilerplate_documents = {settings.boilerplate_documents})"
        )
    elif finding.rule == "repeated-block":
        paragraphs = distinct(inner.left.paragraph).size
        reason = (
            f"{paragraphs} paragraphs in a row stand again in the same order; "
            f"{_relation(finding, inner, settings)}"
        )
    elif max(rows) and finding.rule == "overlap":
        reason = (
            f"passages of {finding.words} words in all go on from one paragraph to the "
            f"next"
        )
    else:
        reason = _relation(finding, inner, settings)
    return reason + "."


def _relation(finding: Finding, inner: BothTexts, settings: Settings) -> str:
    if finding.relation == "identical":
        return "they are the same to the character"
    if finding.relation == "orthographic":
        return f"they are equal once spelling is folded (fold = {settings.fold})"
    if finding.relation == "edited":
        return _edited(finding, inner, settings)
    if finding.relation == "contained":
        return _contained(finding, inner, settings)
    return _overlap(inner, settings)


def _edited(finding: Finding, inner: BothTexts, settings: Settings) -> str:
    if finding.jaccard >= settings.jaccard:
        return (
            f"their shingles have a Jaccard of {finding.jaccard:.3f}, from "
            f"jaccard = {settings.jaccard} on they are one text, edited"
        )
    longer = max(inner.left.hashes.size, inner.right.hashes.size)
    if _words_in_runs(finding, inner) < EDITED_SHARE * longer:
        return (
            f"at least {ALIGNED_SHARE:.0%} of the {longer} words of the longer one are "
            f"equal and stand as far apart in both, around runs that are rare elsewhere"
        )
    return (
        f"{finding.words} of the {longer} words of the longer one agree; with "
        f"{EDITED_SHARE:.0%} of both sides, in one run {SAME_SHARE:.0%}, one is an "
        f"edited copy of the other"
    )


def _words_in_runs(finding: Finding, inner: BothTexts) -> int:
    """Return how many words agree, without those that stand alone between runs."""
    [place] = (place for place in finding.occurrences if place.document == "left")
    starts, ends = np.array(place.passages).T
    words = inner.left.end.searchsorted(ends, "right")
    words -= inner.left.start.searchsorted(starts)
    return int(words[words >= SHINGLE_WORDS].sum())


def _contained(finding: Finding, inner: BothTexts, settings: Settings) -> str:
    if finding.containment >= settings.containment:
        return (
            f"the longer one holds {finding.containment:.3f} of the shingles of the "
            f"shorter, from containment = {settings.containment} on it contains it"
        )
    shorter = min(inner.left.hashes.size, inner.right.hashes.size)
    return (
        f"{finding.words} of the {shorter} words of the shorter one stand in the "
        f"longer, from containment = {settings.containment} on it contains it"
    )


def _overlap(inner: BothTexts, settings: Settings) -> str:
    words = _written_words(inner, inner.longest())
    if words >= settings.min_passage_words:
        return (
            f"they share a run of {words} words; from "
            f"min_passage_words = {settings.min_passage_words} on that is no chance"
        )
    return (
        f"no run is longer than {words} words, but all runs together cover at least "
        f"{SCATTERED_SHARE:.0%} of the shorter one"
    )


def _written_words(both: BothTexts, run: Run | None) -> int:
    """Return the words of a run as the side writes them that parts more of them.

    عبد الله is two words to a reader, and one after full folding.
    """
    if run is None:
        return 0
    texts = both.left.excerpt.written(run.left), both.right.excerpt.written(run.right)
    # Light folding joins no words.
    counts = [read_columns([text], fold="light")[0].hashes.size for text in texts]
    return max(run.words, *counts)


def why_not(both: BothTexts, longest: Run | None, settings: Settings) -> str:
    """Say which thresholds two texts without a finding have not reached."""
    sizes = both.left.hashes.size, both.right.hashes.size
    if not min(sizes):
        return "One of them has no words."
    single = max(both.left.line.size, both.right.line.size) == 1
    if single and min(sizes) < settings.min_words:
        return (
            f"The shorter one has {min(sizes)} words; below "
            f"min_words = {settings.min_words} paragraphs match only when they are "
            f"equal after folding."
        )
    shared = shared_shingles(both)
    run = longest.words if longest else 0
    least = settings.min_passage_words
    least += CORPUS_MORE if sum(sizes) >= CORPUS_WORDS else 0
    reasons = []
    if not single:
        reasons.append("no two of their paragraphs match")
    reasons.append(
        f"their longest common run has {run} word{'' if run == 1 else 's'} "
        f"({least} would be an overlap), Jaccard is {shared.jaccard:.3f} "
        f"({settings.jaccard} would be an edited copy), containment is "
        f"{shared.containment:.3f} ({settings.containment} would be contained)"
    )
    if run >= least:
        reasons.append(
            "the run does not count, since it stands in a paragraph of fewer than "
            f"min_words = {settings.min_words} words, or in so many places that it is "
            "a formula"
        )
    text = "; ".join(reasons) + "."
    return text[0].upper() + text[1:]
