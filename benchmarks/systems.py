"""Run every system on the same paragraphs, each through its own public interface."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from benchmarks.command import Matches, Place, read_pairs, scan
from benchmarks.datasets import Document, write_documents
from benchmarks.environments import (
    NotInstalledError,
    program,
    version,
)
from benchmarks.environments import script as script_of
from benchmarks.frame import version as version_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from benchmarks.frame import Run

OURS = "dedupe"
TIME_LIMIT = 900

Settings = dict[str, Any]


class Peer(NamedTuple):
    """Another system: where it runs and at which settings."""

    title: str
    environment: str  # "" for a script that needs no more than Python
    script: str
    documented: Settings  # as in its README or its defaults
    best: Settings  # the best found by `tuning` on a corpus that is not reported
    told: str  # the documented settings in words


# The documented settings are those of the README of each, or its defaults where the
# README calls the command without options.
PEERS: dict[str, Peer] = {
    "datasketch": Peer(
        "datasketch",
        "datasketch",
        "datasketch_plain",
        {"threshold": 0.5, "shingles": "w1", "verify": 0},
        {"bands": [42, 3], "shingles": "w2", "verify": 0.3},
        "set of words, 128 permutations, index at .5, candidates as they come",
    ),
    "rensa": Peer(
        "rensa",
        "rensa",
        "rensa_index",
        {"threshold": 0.8, "bands": 16, "shingles": "w1"},
        {"threshold": 0.2, "bands": 64, "shingles": "w3"},
        "set of words, 128 permutations, 16 bands, .8",
    ),
    "gaoya": Peer(
        "gaoya",
        "gaoya",
        "gaoya_index",
        {
            "jaccard_threshold": 0.5,
            "num_bands": 42,
            "band_size": 3,
            "num_hashes": 126,
            "ngram_range": [1, 1],
        },
        {
            "jaccard_threshold": 0.2,
            "num_bands": 64,
            "band_size": 2,
            "num_hashes": 128,
            "analyzer": "word",
            "ngram_range": [3, 3],
        },
        "words, 42 bands of 3, .5",
    ),
    "text-dedup": Peer(
        "text-dedup",
        "text-dedup",
        "text_dedup_minhash",
        {},
        {"ngram": 3, "num_perm": 192, "b": 64, "r": 3},
        "defaults: 5-word shingles, 250 permutations, .7; clusters",
    ),
    "datatrove": Peer(
        "datatrove",
        "datatrove",
        "datatrove_minhash",
        {},
        {"n_grams": 2, "num_buckets": 50, "hashes_per_bucket": 4},
        "defaults: 5-word shingles, 14 buckets of 8; clusters; Arabic tokenizer",
    ),
    "jscpd": Peer(
        "jscpd",
        "jscpd",
        "jscpd_command",
        {"options": []},
        {"options": ["-k", "6", "-l", "0"]},
        "defaults: 50 tokens, 5 lines",
    ),
    "onion": Peer(
        "onion's method",
        "",
        "onion_method",
        {"ngram": 7, "threshold": 0.5},
        {"ngram": 7, "threshold": 0.05},
        "7-word n-grams, .5 (written anew from its description)",
    ),
}

# What the issue of this benchmark asks for and cannot be run here.
NOT_RUN = {
    "passim": (
        "The text-reuse engine (dasmiq/passim, on Spark) is not on the package "
        "registries; the package called `passim` there is an unrelated program and was "
        "not installed. Measured once elsewhere (version 2.0.1, 10 MB of Saudi news "
        "with planted repeats, pairs of documents), it found 62 % of those in another "
        "spelling, 87 % of passages of 8 to 30 words, 94 % of blocks, and 96, 100, 93 "
        "and 51 % of those with 5, 10, 20 and 30 % of their words replaced, in 81 "
        "seconds."
    ),
    "onion": (
        "The program is not on the package registries; its method was written anew "
        "from its description (`benchmarks/peers/onion_method.py`, without the "
        "smoothing of short paragraphs between duplicates)."
    ),
    "datatrove's other stages": (
        "Its sentence deduplication drops runs of three sentences that stood before, "
        "exactly and without naming where, and its exact substrings need a program "
        "that is built from sources; neither gives pairs of paragraphs."
    ),
    "semhash": "It needs a language model that it downloads when it runs.",
    "nose, dupey": (
        "Rust programs whose registry could not be reached; they compare sections and "
        "files, not paragraphs."
    ),
}


class Found(Protocol):
    """What a system found among paragraphs."""

    def found(self, left: Place, right: Place) -> bool:
        """Say whether two paragraphs were tied."""
        ...

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield the pairs that a user is told."""
        ...

    def count(self) -> int:
        """Return how many pairs a user is told."""
        ...


class OurFindings:
    """The pairs of `--format pairs`; groups of equal paragraphs are held together."""

    def __init__(self, path: Path) -> None:
        """Read the output of a scan."""
        self._pairs = read_pairs(path)
        self._matches = Matches(self._pairs)

    def found(self, left: Place, right: Place) -> bool:
        """Say whether two paragraphs were tied."""
        return self._matches.found(left, right)

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield the pairs of the report."""
        told = {(pair.left.place, pair.right.place) for pair in self._pairs}
        yield from sorted(told)

    def count(self) -> int:
        """Return how many pairs of paragraphs the report has."""
        return sum(1 for _ in self.pairs())


class PeerFindings:
    """Pairs, or groups whose members are all said to be alike."""

    def __init__(self, path: Path) -> None:
        """Read what a script of `peers` wrote."""
        self._groups: list[list[Place]] = []
        self._pairs: set[tuple[Place, Place]] = set()
        self._group_of: dict[Place, int] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            places = sorted(place_of(name) for name in line.split("\t"))
            if len(places) == 2:
                self._pairs.add((places[0], places[1]))
            else:
                self._group_of |= dict.fromkeys(places, len(self._groups))
                self._groups.append(places)

    def found(self, left: Place, right: Place) -> bool:
        """Say whether two paragraphs were tied."""
        group = self._group_of.get(left)
        together = group is not None and group == self._group_of.get(right)
        return together or (min(left, right), max(left, right)) in self._pairs

    def pairs(self) -> Iterator[tuple[Place, Place]]:
        """Yield the pairs, and every two of a group."""
        yield from sorted(self._pairs)
        for group in self._groups:
            yield from itertools.combinations(group, 2)

    def count(self) -> int:
        """Return how many pairs there are."""
        grouped = (len(group) * (len(group) - 1) // 2 for group in self._groups)
        return len(self._pairs) + sum(grouped)


class Answer(NamedTuple):
    """What a system found and how long it took, or why it did not."""

    findings: Found | None
    seconds: float
    reason: str = ""


def place_of(name: str) -> Place:
    """Return the place in a name like `d000001#0`."""
    document, _, line = name.rpartition("#")
    return document, int(line)


def run_ours(documents: Iterable[Document], folder: Path, run: Run) -> Answer:
    """Scan documents as a user does."""
    path, output = folder / "documents.jsonl", folder / "ours.jsonl"
    write_documents(path, documents)
    seconds = scan(run.command, path, output, "pairs")
    return Answer(OurFindings(output), seconds)


def write_paragraphs(path: Path, texts: Mapping[Place, str]) -> None:
    """Write the paragraphs that hold words, each with its name."""
    with path.open("w", encoding="utf-8") as out:
        for (document, line), text in texts.items():
            if text.strip():
                row = {"id": f"{document}#{line}", "text": text}
                out.write(json.dumps(row, ensure_ascii=False) + "\n")


def run_peer(name: str, settings: Settings, paragraphs: Path, run: Run) -> Answer:
    """Run a peer on a file of paragraphs, at the settings given."""
    peer = PEERS[name]
    output = paragraphs.with_suffix(".found")
    begin = time.perf_counter()
    try:
        command = _command(peer, run.cache)
        environment = {**os.environ, **_environment(peer, run.cache)}
        ended = subprocess.run(
            [*command, str(paragraphs), str(output), json.dumps(settings)],
            capture_output=True,
            text=True,
            check=False,
            timeout=TIME_LIMIT,
            env=environment,
        )
    except NotInstalledError as error:
        return Answer(None, 0.0, str(error))
    except subprocess.TimeoutExpired:
        return Answer(None, TIME_LIMIT, f"stopped after {TIME_LIMIT} seconds")
    seconds = time.perf_counter() - begin
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["no message"]
        return Answer(None, seconds, said[-1])
    return Answer(PeerFindings(output), seconds)


def _command(peer: Peer, cache: Path) -> list[str]:
    # jscpd is no Python; the script that feeds it runs beside the benchmark.
    return script_of(
        peer.script, "" if peer.script == "jscpd_command" else peer.environment, cache
    )


def _environment(peer: Peer, cache: Path) -> dict[str, str]:
    told = {"PYTHONPATH": str(Path(__file__).parent.parent), "HF_HUB_OFFLINE": "1"}
    if peer.script == "jscpd_command":
        told["JSCPD"] = str(program("jscpd", cache))
    return told


def versions(names: Iterable[str] = tuple(PEERS)) -> dict[str, str]:
    """Return the versions of peers, and of the index that ours is built on."""
    told = {
        PEERS[name].title: version(PEERS[name].environment)
        for name in names
        if PEERS[name].environment
    }
    return {"datasketch": version_here("datasketch"), **told}
