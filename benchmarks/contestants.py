"""Who takes part in the race: ours and the peers, each as a command."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.environments import program, script, version

if TYPE_CHECKING:
    from benchmarks.frame import Run

OURS, OURS_ALONE = "dedupe", "dedupe --jobs 1"
ROOT = Path(__file__).parent.parent
CORES = os.cpu_count() or 1

SIZES = ("1mb", "10mb", "100mb", "1gb")

# How often each size is run; where none is named, a contestant is not run on it.
_OFTEN = {"1mb": 5, "10mb": 5, "100mb": 5}
_LESS_OFTEN = {"1mb": 5, "10mb": 5, "100mb": 3}
_ONCE = {"1mb": 5, "10mb": 5, "100mb": 1}
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
        "rensa and its index", "rensa", "rensa_index", "one", _OFTEN, folder=True
    ),
    "rensa-folded": Contestant(
        "rensa and its index", "rensa", "rensa_index", "one", _OFTEN
    ),
    "gaoya": Contestant(
        "gaoya's index", "gaoya", "gaoya_index", "all", _OFTEN, folder=True
    ),
    "gaoya-folded": Contestant(
        "gaoya's index", "gaoya", "gaoya_index", "all", _OFTEN | {"1gb": 3}
    ),
    "text-dedup": Contestant(
        "text-dedup, minhash",
        "text-dedup",
        "text_dedup_minhash",
        "all",
        _LESS_OFTEN,
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
        "onion's method", "", "onion_method", "one", _ONCE, folder=True
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


def ours(command: str, folder: Path, output: Path, jobs: int = 0) -> list[str]:
    """Return the command that scans a folder and writes a report in JSON."""
    report = str(output / "report.json")
    chosen = ["--jobs", str(jobs)] if jobs else []
    return [
        *shlex.split(command),
        str(folder),
        "--format",
        "json",
        "-o",
        report,
        *chosen,
    ]


def peer(name: str, corpus: Path, output: Path, run: Run) -> list[str]:
    """Return the command of a peer; raise NotInstalledError where it cannot run."""
    one = PEERS[name]
    if name == "jscpd":
        found = str(program("jscpd", run.cache))
        return [found, *_JSCPD, "-o", str(output), str(corpus / "txt")]
    source = corpus / ("txt" if one.folder else "paras.jsonl")
    command = script(one.script, one.environment, run.cache)
    return [*command, str(source), str(output / f"{name}.tsv"), one.settings]


def environment() -> dict[str, str]:
    """Return what the peers need besides: the scripts, all cores, no network."""
    return {
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path[:1])]),
        "RAYON_NUM_THREADS": str(CORES),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


def versions() -> dict[str, str]:
    """Return the versions of those that are installed."""
    names = sorted({one.environment for one in PEERS.values() if one.environment})
    return {name: version(name) for name in names}
