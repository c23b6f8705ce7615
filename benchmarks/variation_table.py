"""Measure what every system finds of each kind of variation, and finds wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.frame import provenance, table
from benchmarks.mixtures import OWN, Size, ask, ask_us, judge, make_board
from benchmarks.systems import NOT_RUN, OURS, PEERS, versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run
    from benchmarks.mixtures import Board

CORPORA = ("saudi", "ant2")
SIZES = {OWN: Size(40, 1500), "saudi": Size(60, 2500), "ant2": Size(60, 2500)}
QUICK = Size(4, 200)

# A peer is ahead of us only by more than chance: two of a hundred.
AHEAD = 0.02

# A peer whose findings are more often wrong than this is not called ahead.
PRECISE = 0.95

# Why we miss what we miss, and what would change it.
REASONS = {
    "quotation of 8": (
        "a short run of words is not reported when every part of it stands in many "
        "other paragraphs, as titles and set phrases of news do. The paragraphs made "
        "for the project consist of few phrases, so that many of its quotations look "
        "like that; those of real news do not. A lower bar would report every title."
    ),
    "30 % replaced": (
        "the longest run that is left is of five to seven words, and too little beside "
        "it agrees in order. More would be found with shorter seeds, at the price of "
        "false pairs."
    ),
    "rewritten by a desk": (
        "clauses of a few words in another order, with every tenth word replaced: what "
        "is left in order is too short to be told from chance."
    ),
}

_TITLES = {
    OWN: "Paragraphs written for the project",
    "saudi": "Saudi newspapers (SaudiNewsNet, July 2015)",
    "ant2": "Arab and world broadcasters (ANT, February to May 2018)",
}


def measure(run: Run) -> Measured:
    """Yield the table of each corpus: the own one, and real news where it is given."""
    for corpus in (OWN, *(CORPORA if run.data else ())):
        board = make_board(corpus, QUICK if run.quick else SIZES[corpus], run)
        rows = list(_rows(board, run))
        yield (
            corpus,
            {
                "paragraphs": len(board.mixture.texts),
                "originals": len(board.mixture.copies),
                "rows": rows,
                "versions": versions(),
            },
        )


def _rows(board: Board, run: Run) -> Iterator[Row]:
    verdict = judge(board, ask_us(board, run))
    yield {"system": OURS, "settings": "defaults", "text": "raw", **verdict}
    for name, peer in PEERS.items():
        chosen = (("documented", peer.documented), ("best", peer.best))
        for settings, values in chosen:
            for text in ("raw", "folded"):
                folded = text == "folded"
                verdict = judge(board, ask(name, values, board, run, folded=folded))
                row = {"system": name, "settings": settings, "values": values}
                print(name, settings, text, verdict.get("score"), flush=True)
                yield {**row, "text": text, **verdict}


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield a summary of each corpus, and the tables by kind."""
    yield "## Paragraphs written anew"
    yield ""
    yield (
        "Paragraphs of 30 to 120 words that share little with any other are written "
        "anew in the ways of the table below and hidden, with their originals, among "
        "other paragraphs; every original is varied once, and every paragraph is a "
        "document of its own. **Recall** is the share of pairs of original and "
        "variant that a system ties, its mean that over the kinds. A pair of "
        "paragraphs of different origin that share no run of six words is **false**; "
        "where they share a longer run (a title, a quotation) it is not counted for "
        "or against. Where a system gives clusters, every two members count as tied. "
        "Peers get the paragraphs ready split: as they are (raw), and folded by this "
        "project's normalizer, which shows what folding alone brings them."
    )
    yield ""
    yield "![Recall by kind of variation and system](benchmarks/recall.png)"
    yield ""
    for corpus, result in _in_order(results):
        yield f"### {_TITLES[corpus]}: all systems"
        yield ""
        figures = result["figures"]
        yield (
            f"{figures['paragraphs']} paragraphs, {figures['originals']} of them "
            "varied."
        )
        yield ""
        if corpus == OWN:
            yield (
                "Put together from phrases of our own, so that no run of six words "
                "stands in two of them: a detector of such runs cannot be wrong here, "
                "and one that compares sets of single words, or chains clusters, is "
                "wrong more often than on news."
            )
            yield ""
        yield from _summary(figures["rows"])
        yield provenance(result)
        yield ""
    for corpus, result in _in_order(results):
        yield f"### {_TITLES[corpus]}: recall by kind"
        yield ""
        rows = result["figures"]["rows"]
        yield "Peers at their best settings on folded text, the hardest contest:"
        yield ""
        yield from _by_kind(rows, "best", "folded")
        if corpus == "saudi":
            yield "Peers at their documented settings on the text as it is:"
            yield ""
            yield from _by_kind(rows, "documented", "raw")
        yield from ahead(rows)
    yield "### Not run"
    yield ""
    for name, reason in NOT_RUN.items():
        yield f"- **{name}**: {reason}"
    yield ""


def _in_order(results: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    for corpus in _TITLES:
        if corpus in results:
            yield corpus, results[corpus]


def _title(row: Row) -> str:
    return "**dedupe**" if row["system"] == OURS else PEERS[row["system"]].title


def _summary(rows: list[Row]) -> Iterator[str]:
    ran = [row for row in rows if "score" in row]
    ran.sort(key=lambda row: (-row["score"], row["system"]))
    yield from table(
        [
            "system",
            "settings",
            "text",
            "mean recall",
            "false pairs",
            "a thousand paragraphs",
            "precision",
            "F1",
        ],
        [
            [
                _title(row),
                row["settings"],
                row["text"],
                f"{row['mean_recall']:.1%}",
                str(row["strange"]["false"]),
                f"{row['false_per_thousand']:.2f}",
                f"{row['precision']:.2%}",
                f"{row['score']:.3f}",
            ]
            for row in ran
        ],
        left=3,
    )
    for row in rows:
        if "reason" in row:
            yield f"{_title(row)} ({row['settings']}, {row['text']}): {row['reason']}"
            yield ""


def _chosen(rows: list[Row], settings: str, text: str) -> list[Row]:
    ours = [row for row in rows if row["system"] == OURS]
    peers = [
        row
        for row in rows
        if row["system"] != OURS and (row["settings"], row["text"]) == (settings, text)
    ]
    ran = [row for row in peers if "recall" in row]
    return ours + sorted(ran, key=lambda row: -row["mean_recall"])


def _by_kind(rows: list[Row], settings: str, text: str) -> Iterator[str]:
    chosen = _chosen(rows, settings, text)
    kinds = list(chosen[0]["recall"])
    lines = []
    for kind in kinds:
        shares = [row["recall"][kind] for row in chosen]
        best = max(shares)
        cells = [
            f"**{share:.0%}**" if share == best else f"{share:.0%}" for share in shares
        ]
        lines.append([kind, *cells])
    mean = [f"{row['mean_recall']:.1%}" for row in chosen]
    false = [f"{row['false_per_thousand']:.2f}" for row in chosen]
    lines += [["mean", *mean], ["false pairs a thousand paragraphs", *false]]
    yield from table(["kind", *map(_title, chosen)], lines)


def ahead(rows: list[Row]) -> Iterator[str]:
    """Yield where a peer finds more of a kind than we do, and at what price.

    Where most of what a peer reports is wrong, it finds more of everything.
    """
    ours = next(row for row in rows if row["system"] == OURS)
    peers = [row for row in rows if "recall" in row and row["system"] != OURS]
    precise = [row for row in peers if row["precision"] >= PRECISE]
    lines = [
        f"- {kind}: {_title(row)} ({row['settings']}, {row['text']}) finds "
        f"{row['recall'][kind]:.0%}, this project {share:.0%}"
        for kind, share in ours["recall"].items()
        for row in precise
        if row["recall"][kind] > share + AHEAD
    ]
    lines += [
        f"- mean over the kinds: {_title(row)} ({row['settings']}, {row['text']}) "
        f"{row['mean_recall']:.2%}, this project {ours['mean_recall']:.2%}"
        for row in precise
        if row["mean_recall"] > ours["mean_recall"]
    ]
    if lines:
        yield (
            "Where a peer with a precision of at least "
            f"{PRECISE:.0%} finds more than this project (of a kind, at least two in a "
            "hundred more):"
        )
        yield ""
        yield from lines
        yield ""
    else:
        yield (
            f"No peer with a precision of at least {PRECISE:.0%} finds more of any "
            "kind, at any of its settings."
        )
        yield ""
    missed = [kind for kind in REASONS if ours["recall"].get(kind, 1) < 1 - AHEAD]
    for kind in missed:
        yield f"What this project misses of «{kind}»: {REASONS[kind]}"
        yield ""
