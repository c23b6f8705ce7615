"""Say in one table where this project is first, and where it is not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from benchmarks.frame import load, table
from benchmarks.plagiarism import SHUFFLED
from benchmarks.systems import OURS, PEERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.datasets import Row

CORPORA = ("saudi", "ant2", "own")

# The best of the task, as published.
PUBLISHED_PLAGDET = 0.802

# A difference as small as this is none.
EVEN = 0.0005

# Findings of a peer count here when they are right as often as this.
PRECISE = 0.95


# Why we find less than another of what the truth holds.
_REASONS = {
    "j3 .3–.5": "pairs that share titles alone are left out (see below)",
    "j3 < .3": "a shared run of six or seven common words is left out as a set phrase",
}


class Contest(NamedTuple):
    """What we reached and what the best other did."""

    title: str
    ours: float
    best: float
    who: str
    reason: str = ""  # why we are not first


def summary(results: Path) -> Iterator[str]:
    """Yield the table of what was measured of accuracy; nothing where nothing was."""
    contests = [
        *_variations(load("variations", results)),
        *_natural(load("natural", results)),
        *_plagiarism(load("plagiarism", results)),
    ]
    if not contests:
        return
    yield "## In short"
    yield ""
    yield from table(
        ["what is found, and how well", "dedupe", "the best other", "", ""],
        [
            [
                contest.title,
                f"{contest.ours:.1%}",
                f"{contest.best:.1%}",
                contest.who,
                _verdict(contest),
            ]
            for contest in contests
        ],
    )


def _verdict(contest: Contest) -> str:
    difference = contest.ours - contest.best
    if difference > EVEN:
        return "first"
    return "even" if difference >= -EVEN else f"not first: {contest.reason}"


def _name(row: Row) -> str:
    return f"{PEERS[row['system']].title}, {row['settings']}, {row['text']}"


def _variations(results: dict[str, Row]) -> Iterator[Contest]:
    for corpus in CORPORA:
        if corpus in results:
            rows = [row for row in results[corpus]["figures"]["rows"] if "score" in row]
            [ours] = [row for row in rows if row["system"] == OURS]
            peers = [row for row in rows if row["system"] != OURS]
            best = max(peers, key=lambda row: row["score"])
            yield Contest(
                f"paragraphs written anew ({corpus}): F1",
                ours["score"],
                best["score"],
                _name(best),
                "short quotations of common words (see below)",
            )


def _natural(results: dict[str, Row]) -> Iterator[Contest]:
    for corpus in CORPORA:
        if corpus not in results:
            continue
        rows = [row for row in results[corpus]["figures"]["rows"] if "recall" in row]
        [ours] = [row for row in rows if row["system"] == OURS]
        peers = [
            row
            for row in rows
            if row["system"] != OURS and (row["verified"] or 0) >= PRECISE
        ]
        for band in ours["recall"]:
            best = max(peers, key=lambda row: row["recall"][band])
            yield Contest(
                f"repeats in real news ({corpus}), {band}: recall",
                ours["recall"][band],
                best["recall"][band],
                _name(best),
                _REASONS.get(band, ""),
            )


def _plagiarism(results: dict[str, Row]) -> Iterator[Contest]:
    for result in results.values():
        rows = result["figures"]["rows"]
        scores = {row["system"]: row["scores"] for row in rows}
        ours = scores.pop(OURS)
        yield Contest(
            "plagiarism (ExAraPlagDet-2015), all cases: plagdet",
            ours["all"]["plagdet"],
            PUBLISHED_PLAGDET,
            "best of the task, as published",
            f"{SHUFFLED} is not looked for (see below)",
        )
        ordered = f"without {SHUFFLED}"
        best = max(scores, key=lambda name: scores[name][ordered]["plagdet"])
        yield Contest(
            f"plagiarism, {ordered}: plagdet",
            ours[ordered]["plagdet"],
            scores[best][ordered]["plagdet"],
            f"baseline: {best}",
        )
