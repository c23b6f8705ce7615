"""Say why two texts match: the verdict of a scan, and what a reader can check of it.

>>> one = Excerpt("a.txt", "ذهب الطلاب إلى المكتبة العامة فى وسط المدينة صباح الأحد")
>>> two = Excerpt("b.txt", "ذهب الطلاب الى المكتبة العامة في وسط المدينة صباح الأحد")
>>> told = explain(one, two)
>>> told.findings[0].finding.relation, told.level
('orthographic', 'full')
>>> [(same.left, same.right, same.rules) for same in told.differences]
[('إلى', 'الى', ('alef variants',)), ('فى', 'في', ('final ya',))]
"""

from __future__ import annotations

from dedupe.explaining.comparing import (
    aligned,
    differences_of,
    level_of,
    shared_shingles,
    stretch_of,
)
from dedupe.explaining.explanation import Excerpt, Explained, Explanation
from dedupe.explaining.folded_words import BothTexts
from dedupe.explaining.reasons import SAME_PLACE, why, why_not
from dedupe.model import Finding, Occurrence, Span
from dedupe.pipeline import scan
from dedupe.settings import Settings

__all__ = ["Excerpt", "Explanation", "explain"]

_SETTINGS = Settings()


def explain(
    left: Excerpt, right: Excerpt, settings: Settings = _SETTINGS
) -> Explanation:
    """Return why a scan of these two texts alone says what it says."""
    both = BothTexts.of(left, right, settings)
    found = _findings(left, right, settings)
    explained = tuple(
        Explained(
            _moved(finding, left, right),
            SAME_PLACE if left == right else why(finding, both, settings),
        )
        for finding in found
    )
    blocks, not_compared = aligned(both)
    longest = both.longest()
    return Explanation(
        left,
        right,
        settings,
        explained,
        "" if explained else why_not(both, longest, settings),
        level_of(left, right),
        (both.left.hashes.size, both.right.hashes.size),
        shared_shingles(both),
        longest,
        differences_of(both, blocks),
        tuple(stretch_of(both, block) for block in blocks),
        not_compared,
    )


def _findings(left: Excerpt, right: Excerpt, settings: Settings) -> list[Finding]:
    """Return what a scan of both finds in both."""
    names = ("left", "right")
    texts = zip(names, (left.text, right.text), strict=True)
    return [
        finding
        for finding in scan(list(texts), settings, jobs=1).findings
        if {place.document for place in finding.occurrences} == set(names)
    ]


def _moved(finding: Finding, left: Excerpt, right: Excerpt) -> Finding:
    """Return the finding with its places in the documents of the excerpts."""
    places = tuple(
        _moved_place(place, left if place.document == "left" else right)
        for place in finding.occurrences
    )
    return finding._replace(occurrences=places)


def _moved_place(place: Occurrence, excerpt: Excerpt) -> Occurrence:
    def span(inner: Span) -> Span:
        return Span(inner.start + excerpt.start, inner.end + excerpt.start)

    first_line, before = excerpt.line - 1, excerpt.paragraph - 1
    return place._replace(
        document=excerpt.name,
        paragraphs=(place.paragraphs[0] + before, place.paragraphs[1] + before),
        lines=(place.lines[0] + first_line, place.lines[1] + first_line),
        span=span(place.span),
        passages=tuple(map(span, place.passages)),
    )
