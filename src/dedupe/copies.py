"""Find what stands in several documents, and choose the one that keeps it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, pairwise
from pathlib import PurePath
from typing import TypeAlias

import numpy as np

from dedupe.blocks import BLOCK, BOILERPLATE, Findings
from dedupe.corpus import BoolArray, Corpus, IntArray, group_begins, ranges
from dedupe.errors import InputError
from dedupe.loader import Batches
from dedupe.matches import EDITED, OVERLAP, Matches
from dedupe.model import Problem
from dedupe.near_repeats import contained_pairs
from dedupe.pipeline import Inputs, Progress, compare
from dedupe.readers import NOTHING_TOLD, Found, ReadOptions
from dedupe.removals import Departure, named_lines
from dedupe.results import Compared
from dedupe.settings import Settings
from dedupe.values import dataclass

# Where a document stands: the name of its source, and the first byte of its line in
# JSON Lines; its ordinal in other formats.
Address: TypeAlias = tuple[str, int]
OUTLET = "outlet:"
_READ = ReadOptions()


@dataclass(frozen=True, slots=True)
class AcrossPlan:
    """What goes from which documents, for the sake of others."""

    departures: Mapping[Address, tuple[Departure, ...]]
    errors: tuple[Problem, ...]  # what could not be read, and is in no plan
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which of several documents keeps what stands in all of them."""

    prefer: tuple[str, ...] = ("path",)
    """date (the earliest), outlet:NAME or path, the first that decides."""

    across: bool = True
    """Let what stands in several documents stay in one; else boilerplate alone goes."""

    unsafe: bool = False
    drop_boilerplate: bool = False


_POLICY = Policy()


def plan_across(
    inputs: Inputs,
    policy: Policy = _POLICY,
    settings: Settings | None = None,
    *,
    read: ReadOptions = _READ,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> AcrossPlan:
    """Return which paragraphs go from which documents so that each stands in one.

    Paragraphs that are equal after folding and hold enough words stay in the document
    that the policy prefers, shorter ones go with their block. Boilerplate stays in
    all of them unless it is to be dropped, and then no document is emptied by it.
    """
    settings = settings or Settings()
    compared = compare(
        _in_order(inputs), settings, read=read, jobs=jobs, progress=progress
    )
    batches = compared.batches
    choice = _Choice.of(compared, policy, settings)
    if policy.across:
        choice.drop_equal()
        choice.drop_short_lines()
    if policy.across and policy.unsafe:
        choice.drop_near()
    if policy.drop_boilerplate:
        choice.drop_boilerplate()
    return AcrossPlan(
        choice.departures(),
        (*batches.found.errors, *batches.errors),
        (*batches.warnings, *choice.warnings),
    )


def _in_order(inputs: Inputs) -> Inputs:
    """Return texts sorted by name, as files are; of equal names the plan knows one."""
    if isinstance(inputs, (str, PurePath, Found)):
        return inputs
    given = list(inputs.items() if isinstance(inputs, Mapping) else inputs)
    texts = sorted(one for one in given if isinstance(one, tuple))
    for (one, _), (other, _) in pairwise(texts):
        if one == other:
            raise InputError(f"two texts are named {one!r}; give each its own name.")
    return texts or [one for one in given if not isinstance(one, tuple)]


@dataclass(slots=True)
class _Choice:
    """Which paragraphs go, and which stays for each; one row a paragraph."""

    compared: Compared
    corpus: Corpus
    matches: Matches
    batches: Batches
    findings: Findings
    settings: Settings
    unsafe: bool
    rank: IntArray  # of each document; the smallest is preferred
    form: BoolArray  # is boilerplate
    stays: IntArray  # the paragraph that stays, -1 for what does not go
    near: BoolArray  # goes as a near-duplicate
    dropped: BoolArray  # goes as boilerplate
    warnings: list[Problem]

    @classmethod
    def of(cls, compared: Compared, policy: Policy, settings: Settings) -> _Choice:
        corpus, batches, matches = compared[:3]
        rank, warnings = _ranked(batches, policy)
        count = len(corpus.paragraphs)
        return cls(
            compared,
            corpus,
            matches,
            batches,
            compared.findings,
            settings,
            policy.unsafe,
            rank,
            _forms(corpus, compared.findings),
            np.full(count, -1, np.int64),
            np.zeros(count, np.bool_),
            np.zeros(count, np.bool_),
            warnings,
        )

    def drop_equal(self) -> None:
        """Let paragraphs that are equal stay in one document."""
        best = self._best()
        document = self.corpus.paragraphs.document
        long = self._most_words() >= self.settings.min_words
        goes = (document != document[best]) & long & ~self.form
        self.stays[goes] = best[goes]

    def drop_short_lines(self) -> None:
        """Let short lines go with the block they stand in."""
        found = self.findings
        relations = found.relation <= (EDITED if self.unsafe else EDITED - 1)
        blocks_rows = np.flatnonzero((found.rule == BLOCK) & relations)
        document = self.corpus.paragraphs.document
        exemplar = self.corpus.exemplar
        for row in blocks_rows.tolist():
            places = np.arange(found.places[row], found.places[row + 1])
            ranks = self.rank[document[found.first[places]]]
            kept = places[np.argmin(ranks)]
            others = places[ranks != ranks.min()]
            size = np.full(others.size, found.last[kept] - found.first[kept] + 1)
            own = ranges(found.first[others], size)
            model = np.tile(
                np.arange(found.first[kept], found.last[kept] + 1), others.size
            )
            goes = (exemplar[own] == exemplar[model]) & ~self.form[own]
            goes &= self.stays[own] < 0
            self.stays[own[goes]] = model[goes]

    def drop_near(self) -> None:
        """Let one of each two near-duplicates stay, and what holds a shorter one."""
        best = self._best()
        exemplar = self.corpus.exemplar
        document = self.corpus.paragraphs.document
        members = _Members.of(exemplar)
        gone: set[int] = set()

        def let_go(one: int, by: int) -> None:
            """Drop all copies of a paragraph for the sake of another's."""
            one, by = int(exemplar[one]), int(exemplar[by])
            apart = document[best[one]] != document[best[by]]
            if one in gone or by in gone or not apart or self.form[[one, by]].any():
                return
            gone.add(one)
            rows = members.of_group(one)
            self.stays[rows] = best[by]
            self.near[rows] = True

        for shorter, longer in contained_pairs(self.compared, self.settings):
            let_go(shorter, longer)
        rows = np.flatnonzero(self.matches.relation == EDITED)
        left, right = self.matches.left[rows], self.matches.right[rows]
        ranks = [self.rank[document[best[side]]] for side in (left, right)]
        worse = np.where(ranks[0] > ranks[1], left, right)
        better = np.where(ranks[0] > ranks[1], right, left)
        order = np.lexsort(
            (best[worse], best[better], np.maximum(*ranks), np.minimum(*ranks))
        )
        for one, by in zip(worse[order].tolist(), better[order].tolist(), strict=True):
            let_go(one, by)

    def drop_boilerplate(self) -> None:
        """Let forms go from every document that has something else to say."""
        document = self.corpus.paragraphs.document
        left = (self.stays < 0) & ~self.form
        speaks = np.bincount(document[left], minlength=self.rank.size) > 0
        self.dropped = self.form & speaks[document]

    def departures(self) -> dict[Address, tuple[Departure, ...]]:
        """Return what goes from each document, consecutive paragraphs as one."""
        paragraphs = self.corpus.paragraphs
        self._resolve()
        rows = np.flatnonzero((self.stays >= 0) | self.dropped).tolist()
        found: dict[int, list[Departure]] = {}
        for _, held in groupby(enumerate(rows), key=lambda pair: self._stretch(*pair)):
            stretch = [row for _, row in held]
            rule, why = self._explained(stretch)
            departure = Departure(
                int(paragraphs.start[stretch[0]]),
                int(paragraphs.end[stretch[-1]]),
                rule,
                why,
            )
            found.setdefault(int(paragraphs.document[stretch[0]]), []).append(departure)
        addresses = _addresses(self.batches)
        return {addresses[row]: tuple(held) for row, held in found.items()}

    def _resolve(self) -> None:
        """Name for each paragraph one that stays, not one that goes for a third."""
        while True:
            going = np.flatnonzero(self.stays >= 0)
            further = self.stays[self.stays[going]]
            if not (further >= 0).any():
                return
            self.stays[going] = np.where(further >= 0, further, self.stays[going])

    def _stretch(self, place: int, row: int) -> tuple[int, ...]:
        """Return what is the same for paragraphs that go together."""
        document = self.corpus.paragraphs.document
        if self.dropped[row]:
            return place - row, int(document[row]), -1, 1
        by = int(document[self.stays[row]])
        return place - row, int(document[row]), by, int(self.near[row])

    def _explained(self, stretch: Sequence[int]) -> tuple[str, str]:
        paragraphs = self.corpus.paragraphs
        if self.dropped[stretch[0]]:
            return "boilerplate", "is boilerplate: it stands in many documents"
        kept = sorted({int(self.stays[row]) for row in stretch})
        name = self.batches.names[int(paragraphs.document[kept[0]])]
        lines = named_lines(
            [
                (row, int(paragraphs.line[row]) + 1, int(paragraphs.last_line[row]) + 1)
                for row in kept
            ]
        )
        if self.near[stretch[0]]:
            return "near-duplicate", f"nearly stands in {name}, {lines}"
        return "copied-paragraph", f"stands in {name}, {lines}"

    def _best(self) -> IntArray:
        """Return for each paragraph the equal one in the document preferred."""
        exemplar = self.corpus.exemplar
        rank = self.rank[self.corpus.paragraphs.document]
        order = np.lexsort((rank, exemplar))
        begins = group_begins(exemplar[order])
        best = np.empty(order.size, np.int64)
        best[order] = np.repeat(order[begins], np.diff(begins, append=order.size))
        return best

    def _most_words(self) -> IntArray:
        """Return for each paragraph the words of the equal one that has most."""
        exemplar = self.corpus.exemplar
        most = np.zeros(exemplar.size, np.int64)
        np.maximum.at(most, exemplar, self.corpus.paragraphs.words)
        return most[exemplar]


@dataclass(frozen=True, slots=True)
class _Members:
    """The paragraphs of each group of equal ones."""

    rows: IntArray
    owner: IntArray  # their exemplars, ascending

    @classmethod
    def of(cls, exemplar: np.ndarray) -> _Members:
        rows = np.argsort(exemplar, kind="stable")
        return cls(rows, exemplar[rows])

    def of_group(self, exemplar: int) -> IntArray:
        first, stop = np.searchsorted(self.owner, (exemplar, exemplar + 1))
        return self.rows[first:stop]


def _forms(corpus: Corpus, findings: Findings) -> BoolArray:
    """Tell which paragraphs are boilerplate, or equal to some."""
    whole = (findings.rule == BOILERPLATE) & (findings.relation != OVERLAP)
    places = ranges(findings.places[:-1][whole], np.diff(findings.places)[whole])
    first, last = findings.first[places], findings.last[places]
    is_form = np.zeros(len(corpus.paragraphs), np.bool_)
    is_form[corpus.exemplar[ranges(first, last - first + 1)]] = True
    form: BoolArray = is_form[corpus.exemplar]
    return form


def _addresses(batches: Batches) -> list[Address]:
    """Return where the documents stand."""
    sources = batches.found.sources
    return [
        (sources[row].name, start)
        for columns in batches.columns
        for row, start in zip(
            columns["source"].tolist(), columns["source_start"].tolist(), strict=True
        )
    ]


def _ranked(batches: Batches, policy: Policy) -> tuple[IntArray, list[Problem]]:
    """Return the place of each document in the order of preference."""
    undated: list[str] = []
    keys: list[tuple[object, ...]] = []
    places = zip(batches.names, _addresses(batches), strict=True)
    for row, (name, (file, start)) in enumerate(places):
        about = batches.about.get(row, NOTHING_TOLD)
        day = _moment(about.date)
        if "date" in policy.prefer and day is None:
            undated.append(name)
        path = file.encode("utf-8", "surrogatepass"), start
        orders = {"date": (day is None, day or 0.0), "path": path}
        keys.append(
            (
                *(
                    orders.get(one, about.outlet != one.removeprefix(OUTLET))
                    for one in policy.prefer
                ),
                path,
            )
        )
    rank = np.empty(len(keys), np.int64)
    rank[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
    return rank, _told_undated(undated, batches.options.date_field)


def _told_undated(names: Sequence[str], field: str) -> list[Problem]:
    if not names:
        return []
    others = f", nor have {len(names) - 1} others" if len(names) > 1 else ""
    told = f"has no date in ISO 8601 as {field!r}{others}; dated ones are preferred"
    return [Problem(names[0], told)]


def _moment(told: str) -> float | None:
    """Return a date as seconds, None for what is no date."""
    try:
        moment = datetime.fromisoformat(told.strip())
        # A day without a zone is that of its own paper; all count as one zone.
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return _seconds(told)


def _seconds(told: str) -> float | None:
    try:
        seconds = float(told)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None
