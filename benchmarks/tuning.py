"""Find better settings for the peers, on a corpus that is not reported.

Every setting is tried on text that is folded, and the one with the highest harmonic
mean of recall (over all kinds of variation) and precision is taken into `systems`.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from benchmarks.frame import provenance, table
from benchmarks.mixtures import OWN, Size, ask, ask_us, judge, make_board
from benchmarks.systems import PEERS, versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run
    from benchmarks.systems import Settings

CORPUS = "ant1"
SIZE, QUICK = Size(30, 1500), Size(4, 200)

_BANDS = ((50, 4), (64, 3), (47, 5), (100, 2))


def grid(peer: str, *, quick: bool) -> list[Settings]:
    """Return the settings that are tried, the documented ones first."""
    others = [PEERS[peer].best] if quick else _GRIDS[peer]
    return [PEERS[peer].documented, *others]


_GRIDS: dict[str, list[Settings]] = {
    "datasketch": [
        {"bands": bands, "shingles": kind, "verify": verify}
        for kind, (bands, verify) in itertools.product(
            ("w1", "w2", "w3", "c5"),
            (
                ([32, 4], 0.3),
                ([32, 4], 0.5),
                ([42, 3], 0.2),
                ([42, 3], 0.3),
                ([42, 3], 0.4),
            ),
        )
    ],
    "rensa": [
        {"bands": bands, "shingles": kind, "threshold": threshold}
        for kind, bands, threshold in itertools.product(
            ("w1", "w2", "w3", "c5"), (32, 64), (0.2, 0.3, 0.4, 0.5)
        )
    ],
    "gaoya": [
        {
            "jaccard_threshold": threshold,
            "num_bands": bands,
            "band_size": rows,
            "num_hashes": bands * rows,
            "analyzer": analyzer,
            "ngram_range": [size, size],
        }
        for (analyzer, size), (bands, rows), threshold in itertools.product(
            (("word", 1), ("word", 2), ("word", 3), ("char", 5)),
            ((42, 3), (64, 2), (32, 4)),
            (0.2, 0.3, 0.5),
        )
    ],
    "text-dedup": [
        {"ngram": size, "num_perm": bands * rows, "b": bands, "r": rows}
        for size, (bands, rows) in itertools.product((1, 2, 3), _BANDS)
    ],
    "datatrove": [
        {"n_grams": size, "num_buckets": bands, "hashes_per_bucket": rows}
        for size, (bands, rows) in itertools.product((1, 2, 3), _BANDS)
    ],
    "jscpd": [
        {"options": ["-k", str(tokens), "-l", "0"]} for tokens in (6, 8, 10, 12, 20, 30)
    ],
    "onion": [
        {"ngram": ngram, "threshold": threshold}
        for ngram, threshold in itertools.product(
            (3, 4, 5, 7, 10), (0.05, 0.1, 0.2, 0.3, 0.5)
        )
    ],
}


def measure(run: Run) -> Measured:
    """Yield the score of every setting of every peer."""
    corpus = CORPUS if run.data else OWN
    board = make_board(corpus, QUICK if run.quick else SIZE, run)
    tried: list[Row] = [
        {"system": "dedupe", "settings": {}, **judge(board, ask_us(board, run))}
    ]
    for peer in PEERS:
        for settings in grid(peer, quick=run.quick):
            verdict = judge(board, ask(peer, settings, board, run, folded=True))
            verdict.pop("recall", None)
            tried.append({"system": peer, "settings": settings, **verdict})
            print(tried[-1], flush=True)
    yield "", {"corpus": corpus, "tried": tried, "versions": versions()}


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield the best of each peer and how many were tried."""
    [result] = results.values()
    figures = result["figures"]
    yield "## Settings of the peers"
    yield ""
    yield (
        "Each peer is run at its documented settings and at the best that were found "
        f"for it: on paragraphs of the corpus {figures['corpus']}, which is not "
        "reported below, folded by our normalizer, the settings with the highest "
        "harmonic mean (F1) of recall, over all kinds of variation, and precision. "
        "Our own command runs at its defaults everywhere and was not tuned for this."
    )
    yield ""
    rows = []
    for peer in ("dedupe", *PEERS):
        tried = [row for row in figures["tried"] if row["system"] == peer]
        scored = [row for row in tried if "score" in row]
        if scored:
            best = max(scored, key=lambda row: row["score"])
            rows.append(
                [
                    PEERS[peer].title if peer in PEERS else "**dedupe**",
                    f"`{_short(best['settings'])}`" if best["settings"] else "defaults",
                    str(len(tried)),
                    f"{best['mean_recall']:.1%}",
                    f"{best['precision']:.1%}",
                    f"{best['score']:.3f}",
                    f"{scored[0]['score']:.3f}",
                ]
            )
    rows.sort(key=lambda row: row[5], reverse=True)
    head = ["system", "best settings", "tried", "recall", "precision", "F1"]
    yield from table([*head, "F1 as documented"], rows, left=2)
    yield "As documented:"
    yield ""
    for system in PEERS.values():
        yield f"- {system.title}: {system.told}"
    yield ""
    yield provenance(result)
    yield ""


def _short(settings: Settings) -> str:
    return ", ".join(f"{name} {value}" for name, value in settings.items())
