"""Find copies that no finding names, since both are tied to a place with an excuse."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from itertools import islice, product

from dedupe.gate.excuses import Verdict
from dedupe.model import Finding, Occurrence, Span


class ImpliedCopies:
    """Copies that no finding names, since both are tied to a place with an excuse.

    A scan ties the copies of a text to each other by few findings, and not each to
    each. Where it ties a first copy to a quotation and the quotation to a second
    copy, the quotation passes and the two copies do not.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        excused: Mapping[int, Verdict],
        published: Container[str],
    ) -> None:
        self._excused = excused
        self._published = published
        self._named: dict[str, list[tuple[Span, int]]] = {}
        for row, finding in enumerate(findings):
            for place in finding.occurrences if row not in excused else ():
                self._named.setdefault(place.document, []).append((place.span, row))

    def rows(self, shared: int) -> set[int]:
        """Return the findings whose copies share so many words with other copies."""
        stretches: dict[str, list[tuple[range, int]]] = {}
        for row, verdict in self._excused.items():
            for document, rows in verdict.stretches if verdict.left else ():
                stretches.setdefault(document, []).append((rows, row))
        tied: set[int] = set()
        for held in stretches.values():
            held.sort(key=lambda stretch: (stretch[0].start, stretch[1]))
            for place, (rows, row) in enumerate(held):
                for others, other in islice(held, place + 1, None):
                    if others.start > rows.stop - shared:
                        break
                    both = {row, other}
                    enough = min(rows.stop, others.stop) - others.start >= shared
                    if enough and not both <= tied and self._are_copies(row, other):
                        tied |= both
        return tied

    def _are_copies(self, row: int, other: int) -> bool:
        """Tell whether what two findings leave are copies that no finding names."""
        return any(
            are_copies([left, right], self._published)
            and not self._findings_of(left) & self._findings_of(right)
            for left, right in product(
                self._excused[row].left, self._excused[other].left
            )
        )

    def _findings_of(self, place: Occurrence) -> set[int]:
        return {
            row
            for span, row in self._named.get(place.document, ())
            if _overlap(span, place.span)
        }


def are_copies(places: Sequence[Occurrence], published: Container[str]) -> bool:
    """Tell whether some of the places are two, and one of them came in."""
    first, *others = places or (None,)
    if first is None or all(place.document in published for place in places):
        return False
    return any(
        other.document != first.document or not _overlap(other.span, first.span)
        for other in others
    )


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
