"""Count how much of each document stands in each other one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dedupe.corpus import FloatArray, IntArray
from dedupe.paragraphs import read_columns
from dedupe.values import dataclass

if TYPE_CHECKING:
    from dedupe.model import ReadTexts, ScanResult
    from dedupe.plots.places import Places
    from dedupe.results.pairs import MatchColumns

MOST = 40  # documents: more names cannot be read on a page


@dataclass(frozen=True, slots=True)
class Shares:
    """What some documents have in common, in an order that puts kin together."""

    names: list[str]
    # The share of the words of the smaller of two documents that are repeated in the
    # other; on the diagonal, of one document that are repeated inside it.
    share: FloatArray
    of: int  # how many documents repeat anything


def count(
    result: ScanResult, places: Places, matches: MatchColumns, most: int = MOST
) -> Shares:
    """Return the shares of the documents that have most in common with others."""
    chosen = _most_involved(places, most)
    words: dict[int, IntArray] = {}
    if result.read_texts is None:
        chosen = []
    else:
        words = dict(_words(result, result.read_texts, places, chosen))
    share = _shares(places, matches, chosen, words)
    order = _kin_together(share)
    names = [places.names[chosen[row]] for row in order]
    involved = int(np.unique(places.document).size)
    return Shares(names, share[np.ix_(order, order)], involved)


def _most_involved(places: Places, most: int) -> list[int]:
    """Return the documents of the pairs that share most, in the order of the scan.

    What many documents share is counted between neighbors alone: a form in ten
    thousand documents would make fifty million pairs.
    """
    if not places.names:
        return []
    finding, document, times = places.shared
    amount = _amounts(places)
    together = np.flatnonzero(finding[1:] == finding[:-1])
    size = len(places.names)
    pair = document[together].astype(np.int64) * size + document[together + 1]
    unique, row = np.unique(pair, return_inverse=True)
    shared = np.bincount(
        row, weights=np.minimum(amount[together], amount[together + 1])
    )
    chosen: dict[int, None] = {}
    for place in np.lexsort((unique, -shared)).tolist():
        chosen |= dict.fromkeys(divmod(int(unique[place]), size))
        if len(chosen) >= most:
            break
    # Whoever repeats nothing but itself comes after those that share with others.
    inside = np.bincount(document, weights=np.where(times > 1, amount, 0))
    for one in np.argsort(-inside, kind="stable").tolist():
        if len(chosen) >= most or not inside[one]:
            break
        chosen[one] = None
    return sorted(list(chosen)[:most])


def _amounts(places: Places) -> IntArray:
    """Return how many characters of a document each finding holds, as in `shared`."""
    size = len(places.names)
    key = places.finding.astype(np.int64) * size + places.document
    lengths = places.passage_end - places.passage_start
    _, row = np.unique(key, return_inverse=True)
    amounts: IntArray = np.bincount(
        row[places.passage_place], weights=lengths, minlength=places.shared[0].size
    ).astype(np.int64)
    return amounts


def _words(
    result: ScanResult, read_texts: ReadTexts, places: Places, chosen: Sequence[int]
) -> Iterator[tuple[int, IntArray]]:
    """Yield where the words of the documents begin."""
    numbers = {places.names[document]: document for document in chosen}
    fold = str(result.settings.get("fold", "full"))
    ignore_numbers = bool(result.settings.get("ignore_numbers", False))
    for name, text in read_texts(list(numbers)):
        words, _ = read_columns([text], fold=fold, ignore_numbers=ignore_numbers)
        yield numbers[name], words.start.astype(np.int64)


def _shares(
    places: Places,
    matches: MatchColumns,
    chosen: Sequence[int],
    words: Mapping[int, IntArray],
) -> FloatArray:
    """Return float64[chosen, chosen], symmetrical.

    Two documents share what stands in both by a finding, which names all the places of
    a text, and by a match, which tells of edited copies how they differ one by one.
    """
    finding, document, times = places.shared
    holds = np.zeros((places.findings, len(chosen)), np.bool_)  # finding by document
    twice = np.zeros_like(holds)
    for column, one in enumerate(chosen):
        rows = document == one
        holds[finding[rows], column] = True
        twice[finding[rows], column] = times[rows] > 1
    matched = _Stretches.of(places, matches, chosen)
    share = np.zeros((len(chosen), len(chosen)))
    sizes = [words[one].size for one in chosen]
    for row, one in enumerate(chosen):
        rows = np.flatnonzero(places.document[places.passage_place] == one)
        found = places.finding[places.passage_place[rows]]
        spans = np.stack([places.passage_start[rows], places.passage_end[rows]])
        for column in range(len(chosen)):
            if sizes[column] < sizes[row] or not sizes[row]:
                continue  # the smaller of two documents is what counts
            counts = twice[:, row] if row == column else holds[:, column]
            both = np.concatenate(
                [spans[:, counts[found]], matched.between(row, column)], axis=1
            )
            shared = _covered(words[one], both) / sizes[row]
            # Of two that are as long, the one that repeats more.
            shared = max(shared, share[row, column])
            share[row, column] = share[column, row] = shared
    return share


@dataclass(frozen=True, slots=True)
class _Stretches:
    """What documents share by matches, pair by pair."""

    documents: int
    pair: IntArray  # sorted: of each stretch, that in which it stands and the other
    spans: IntArray  # int64[2, stretches]: start and end

    @classmethod
    def of(
        cls, places: Places, matches: MatchColumns, chosen: Sequence[int]
    ) -> _Stretches:
        numbers = {places.names[one]: column for column, one in enumerate(chosen)}
        column = np.array([numbers.get(name, -1) for name in matches.names], np.int64)
        left, right = column[matches.left], column[matches.right]
        rows = np.flatnonzero((left >= 0) & (right >= 0))
        left, right = left[rows], right[rows]
        size = len(chosen)
        pair = np.concatenate([left * size + right, right * size + left])
        spans = [
            np.concatenate([one[rows], other[rows]])
            for one, other in (
                (matches.left_start, matches.right_start),
                (matches.left_end, matches.right_end),
            )
        ]
        order = np.argsort(pair, kind="stable")
        return cls(size, pair[order], np.stack(spans).astype(np.int64)[:, order])

    def between(self, document: int, other: int) -> IntArray:
        """Return the spans in a document of what it shares with another, or itself."""
        number = document * self.documents + other
        first, end = self.pair.searchsorted([number, number + 1])
        return self.spans[:, first:end]


def _covered(words: IntArray, spans: IntArray) -> int:
    """Return how many words begin inside the spans."""
    first, end = words.searchsorted(spans[:, np.argsort(spans[0], kind="stable")])
    if first.size:
        # What lies over an earlier span counts once.
        first[1:] = np.maximum(first[1:], np.maximum.accumulate(end)[:-1])
    return int(np.maximum(end - first, 0).sum())


def _kin_together(share: FloatArray) -> list[int]:
    """Return an order of the documents in which those that share most are neighbors.

    Groups are joined, the closest two first, by the average of what their members
    share, and turned so that the ends which meet share most.
    """
    groups = [[row] for row in range(len(share))]
    close = share.copy()
    np.fill_diagonal(close, -1.0)
    while len(groups) > 1:
        # Of several that are as close, the first.
        left, right = sorted(divmod(int(close.argmax()), len(groups)))
        sizes = len(groups[left]), len(groups[right])
        joined = (close[left] * sizes[0] + close[right] * sizes[1]) / sum(sizes)
        close[left] = close[:, left] = joined
        close[left, left] = -1.0
        close = np.delete(np.delete(close, right, axis=0), right, axis=1)
        groups[left] = _end_to_end(groups[left], groups.pop(right), share)
    return groups[0] if groups else []


def _end_to_end(left: list[int], right: list[int], share: FloatArray) -> list[int]:
    ways = [
        (one, other) for one in (left, left[::-1]) for other in (right, right[::-1])
    ]
    one, other = max(ways, key=lambda way: share[way[0][-1], way[1][0]])
    return one + other
