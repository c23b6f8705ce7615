"""Who takes part in the race: ours and the peers, each as a command."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environments import program, script, version

if TYPE_CHECKING:
    from benchmarks.frame import Run

OURS, OURS_ALONE = "dedupe", "dedupe-1"
ROOT = Path(__file__).parent.parent
CORES = os.cpu_count() or 1

SIZES = ("1mb", "10mb", "100mb", "1gb")

# How often each size is run; where none is named, a contestant is not run on it.
_OURS = {"1mb": 9, "10mb": 9, "100mb": 5, "1gb": 5}
_OFTEN = {"1mb": 5, "10mb": 5, "100mb": 5}
_LESS_OFTEN = {"1mb": 5, "10mb": 5, "100mb": 3}
_ONCE = {"1mb": 5, "10mb": 3, "100mb": 1}
_SMALL = {"1mb": 3, "10mb": 3}


class Contestant(NamedTuple):
    """A peer at one setting."""

    title: str
    environment: str  # of the peers; "" for what needs no more than Python
    script: str  # in `peers`
    cores: str  # "one" or "all": what it can use
    rounds: dict[str, int]  # size → how often
    folder: bool = False  # from bytes to report as ours, or of folded paragraphs alone
    settings: str = "{}"  # JSON


OWN: dict[str, Contestant] = {
    OURS: Contestant("dedupe", "", "", "all", _OURS, folder=True),
    OURS_ALONE: Contestant(
        "dedupe --jobs 1", "", "", "one", _OURS | {"1gb": 1}, folder=True
    ),
}

# Word 3-shingles, 128 permutations and a threshold of .7 wherever that can be chosen.
PEERS: dict[str, Contestant] = {
    "datasketch": Contestant(
        "datasketch, as documented", "datasketch", "datasketch_plain", "one", _ONCE
    ),
    "datasketch-batch": Contestant(
        "datasketch, xxh32 and batches",
        "datasketch",
        "datasketch_batch",
        "one",
        _LESS_OFTEN,
    ),
    "rensa": Contestant(
        "rensa and its index", "rensa", "rensa_index", "one", _LESS_OFTEN, folder=True
    ),
    "rensa-folded": Contestant(
        "rensa and its index", "rensa", "rensa_index", "one", _OFTEN
    ),
    "gaoya": Contestant(
        "gaoya's index", "gaoya", "gaoya_index", "all", _LESS_OFTEN, folder=True
    ),
    "gaoya-folded": Contestant(
        "gaoya's index", "gaoya", "gaoya_index", "all", _OFTEN | {"1gb": 1}
    ),
    "text-dedup": Contestant(
        "text-dedup, minhash",
        "text-dedup",
        "text_dedup_minhash",
        "all",
        _ONCE,
        settings='{"num_perm": 128, "ngram": 3, "threshold": 0.7}',
    ),
    "datatrove": Contestant(
        "datatrove, minhash",
        "datatrove",
        "datatrove_minhash",
        "all",
        _SMALL,
        settings=f'{{"workers": {CORES}, "n_grams": 3}}',
    ),
    "jscpd": Contestant(
        "jscpd, runs of 8 tokens", "jscpd", "", "all", _LESS_OFTEN, folder=True
    ),
    "onion": Contestant(
        "onion's method", "", "onion_method", "one", _SMALL, folder=True
    ),
    "onion-folded": Contestant("onion's method", "", "onion_method", "one", _ONCE),
    "front-end": Contestant(
        "plain Python: read, fold and split, nothing more",
        "",
        "front_end",
        "one",
        _LESS_OFTEN,
        folder=True,
    ),
}

# Ours reports shared runs from eight words on. The other settings are for paragraphs
# that are a line each.
_JSCPD = ["-k", "8", "-l", "1", "-r", "json", "--no-gitignore", "--max-size", "1gb"]


def command_of(name: str, corpus: Path, output: Path, run: Run) -> list[str]:
    """Return the command of a contestant; raise NotInstalledError where there is none.

    What it finds is in `output`, in a file with its name.
    """
    if name in OWN:
        jobs = 1 if name == OURS_ALONE else 0
        return ours(run.command, corpus / "txt", output / f"{name}.json", jobs)
    if name == "jscpd":
        found = str(program("jscpd", run.cache))
        return [found, *_JSCPD, "-o", str(output), str(corpus / "txt")]
    peer = PEERS[name]
    source = corpus / ("txt" if peer.folder else "paras.jsonl")
    command = script(peer.script, peer.environment, run.cache)
    return [*command, str(source), str(output / f"{name}.tsv"), peer.settings]


def ours(command: str, folder: Path, report: Path, jobs: int = 0) -> list[str]:
    """Return the command that scans a folder and writes a report in JSON."""
    chosen = ["--jobs", str(jobs)] if jobs else []
    written = ["--format", "json", "-o", str(report)]
    return [*shlex.split(command), str(folder), *written, *chosen]


def environment_of(name: str) -> dict[str, str]:
    """Return what a contestant needs besides: the scripts, all cores, no network."""
    if name in OWN:
        return {}
    return {
        "PYTHONPATH": str(ROOT),
        "RAYON_NUM_THREADS": str(CORES),
        "HF_HUB_OFFLINE": "1",
    }


def versions() -> dict[str, str]:
    """Return the versions of the peers."""
    names = sorted({one.environment for one in PEERS.values() if one.environment})
    return {name: version(name) for name in names}
