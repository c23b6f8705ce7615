"""Measure what a scan costs, beside what else could be run, in the same minutes.

Ours reads the folder and writes its JSON report; the peers read paragraphs that are
already split and folded. Contestants take turns, and medians are compared.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from statistics import median
from typing import NamedTuple

from benchmarks.command import COMMAND, Matches, add_command_option, read_pairs, scan
from benchmarks.corpus import SIZES
from benchmarks.datasets import read_rows
from benchmarks.floods import FLOODS
from benchmarks.processes import (
    ONE_BLAS_THREAD,
    Cost,
    adopt_orphans,
    peak_memory,
    run,
)

MEGABYTE = 1_000_000
OURS = "dedupe"


class Peer(NamedTuple):
    """A script in `peers`, and how many times faster ours should be."""

    title: str
    target: float
    expensive: bool = False  # run once


# Targets are for 100 MB and four cores.
PEERS = {
    "datasketch_plain": Peer("datasketch 2.0", 50, expensive=True),
    "datasketch_batch": Peer("datasketch 2.0, xxh32, batches", 15),
    "rensa_index": Peer("rensa 0.5 with its LSH", 4),
    "gaoya_index": Peer("gaoya 0.2, four threads", 2),
    "front_end": Peer("read, fold, split in plain Python", 4),
}
DECODE_CPU, DECODE_WALL = 18, 9
HELP_TARGET, SMALL_TARGET = 1.5, 2.0
BYTES_A_BYTE = 4
START_ROUNDS = 15
FLOOD_SECONDS = 60

PYTHON = sys.executable


def main() -> None:
    """Print times, ratios and memory."""
    options = _options()
    adopt_orphans()
    compile_package()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, ",
        end="",
    )
    print(f"load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}")
    size = "10mb" if options.quick else options.size
    parts = options.part or ["peers", "start"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        if "peers" in parts:
            measure_peers(options.corpora / size, output, options)
        if "start" in parts:
            measure_start(options.samples, output)
        if "linear" in parts:
            measure_growth(options.corpora, output, options.command)
        if "floods" in parts:
            measure_floods(output, options.command)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__)
    parser.add_argument(
        "--corpora", type=Path, required=True, help="folder that benchmarks.corpus made"
    )
    parser.add_argument("--size", choices=list(SIZES), default="100mb")
    parser.add_argument("--quick", action="store_true", help="the same as --size 10mb")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--samples", type=Path, default=Path("samples"))
    parser.add_argument(
        "--peer", action="append", choices=list(PEERS), help="only this peer"
    )
    parser.add_argument(
        "--part",
        action="append",
        choices=("peers", "start", "linear", "floods"),
        help="what to measure (default: peers and start)",
    )
    add_command_option(parser)
    return parser.parse_args()


def compile_package() -> None:
    """Compile our modules once, as an installer does."""
    found = importlib.util.find_spec("dedupe")
    places = found.submodule_search_locations if found else None
    command = [PYTHON, "-m", "compileall", "-q", *(places or [])]
    subprocess.run(command, check=False)


def _ours(command: str, folder: Path, output: Path) -> list[str]:
    report = output / "report.json"
    options = ["--format", "json", "-o", str(report)]
    return [*shlex.split(command), str(folder), *options]


def _bytes_below(folder: Path) -> int:
    return sum(
        (Path(parent) / name).stat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
    )


def measure_peers(corpus: Path, output: Path, options: argparse.Namespace) -> None:
    """Run all contestants in turn and print the ratios of their medians."""
    size = _bytes_below(corpus / "txt")
    commands = {OURS: _ours(options.command, corpus / "txt", output)}
    for script in options.peer or PEERS:
        source = corpus / ("txt" if script == "front_end" else "paras.jsonl")
        commands[script] = _peer(script, source, output)
    run(commands[OURS])  # fills the page cache
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    decoding: list[float] = []
    for turn in range(options.rounds):
        for name, command in commands.items():
            if turn and name != OURS and PEERS[name].expensive:
                continue
            threads = {"RAYON_NUM_THREADS": "4"}
            costs[name].append(run(command, environment=threads))
        decoding.append(_decode(corpus / "txt"))
    print(
        f"\n{corpus.name}: {size / MEGABYTE:.1f} MB, {options.rounds} rounds, medians"
    )
    print(
        f"{'':34}{'wall s':>8}{'cpu s':>8}{'PSS MB':>8}{'peer/ours':>11}{'target':>8}"
    )
    ours = _median(costs[OURS])
    for name, command in commands.items():
        cost, memory = _median(costs[name]), peak_memory(command)
        title = OURS if name == OURS else PEERS[name].title
        numbers = f"{cost.wall:8.2f}{cost.cpu:8.2f}{memory / MEGABYTE:8.0f}"
        print(f"{title:34}{numbers}", end="")
        if name == OURS:
            verdict = _at_most(memory / size, BYTES_A_BYTE)
            print(f"   {memory / size:.2f} bytes a byte of input, {verdict}")
        else:
            ratio, target = cost.wall / ours.wall, PEERS[name].target
            verdict = "ok" if ratio >= target else "MISSED"
            print(f"{ratio:10.1f}x{target:7.0f}x  {verdict}")
    decode = median(decoding)
    print(f"{'decode UTF-8, one core':34}{decode:8.3f}")
    cpu, wall = ours.cpu / decode, ours.wall / decode
    print(f"  our CPU  {cpu:5.1f} x decoding, {_at_most(cpu, DECODE_CPU)}")
    print(f"  our wall {wall:5.1f} x decoding, {_at_most(wall, DECODE_WALL)}")
    walls = ", ".join(f"{cost.wall:.2f}" for cost in costs[OURS])
    print(f"  our walls: {walls}")
    print_planted(corpus, output, options.command)


def _peer(script: str, source: Path, output: Path) -> list[str]:
    module = f"benchmarks.peers.{script}"
    return [PYTHON, "-m", module, str(source), str(output / f"{script}.tsv")]


def _decode(folder: Path) -> float:
    command = [PYTHON, "-m", "benchmarks.peers.decode", str(folder)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def _median(costs: list[Cost]) -> Cost:
    wall, cpu = (median(cost[field] for cost in costs) for field in (0, 1))
    return Cost(wall, cpu, costs[0].code)


def _at_most(value: float, target: float) -> str:
    return f"at most {target:g}: {'ok' if value <= target else 'MISSED'}"


def print_planted(corpus: Path, output: Path, command: str) -> None:
    """Print how many of the planted repeats are found: speed must not cost them."""
    pairs = output / "pairs.jsonl"
    folder = corpus / "txt"
    scan(command, folder, pairs, "pairs")
    matches = Matches(read_pairs(pairs))
    total: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for row in read_rows(corpus / "truth.jsonl"):
        left, right = (
            (str(folder / name), line) for name, line in (row["left"], row["right"])
        )
        total[row["kind"]] += 1
        found[row["kind"]] += matches.found(left, right)
    print("planted repeats found:")
    for kind, count in total.items():
        print(f"  {kind:20} {found[kind]:5} of {count:5} {found[kind] / count:8.2%}")


def measure_start(samples: Path, output: Path) -> None:
    """Print how long the command takes to start, beside what it has to import."""
    ours = shlex.split(COMMAND)[:-1]
    small = _ours(COMMAND, samples, output)
    commands = {
        "dedupe --help": [*ours, "--help"],
        "import click": [PYTHON, "-c", "import click"],
        f"dedupe scan {samples}": small,
        "import click, numpy": [PYTHON, "-c", "import click, numpy"],
    }
    walls: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(START_ROUNDS):
        for name, command in commands.items():
            walls[name].append(run(command, environment=ONE_BLAS_THREAD).wall)
    print(f"\nstart, median of {START_ROUNDS} in turn, one BLAS thread")
    medians = {name: median(times) for name, times in walls.items()}
    for name, wall in medians.items():
        print(f"{name:34}{1000 * wall:8.0f} ms")
    one, click, two, numpy = medians.values()
    print(f"  help  {one / click:.2f} x, {_at_most(one / click, HELP_TARGET)}")
    print(f"  scan  {two / numpy:.2f} x, {_at_most(two / numpy, SMALL_TARGET)}")


def measure_growth(corpora: Path, output: Path, command: str) -> None:
    """Print time and memory for ten, a hundred and a thousand megabytes."""
    print(f"\n{'':10}{'MB':>8}{'wall s':>8}{'cpu s':>8}{'PSS MB':>8}", end="")
    print(f"{'MB/s':>8}{'cpu ms/MB':>11}{'bytes a byte':>14}{'report MB':>11}")
    for size in ("10mb", "100mb", "1gb"):
        folder = corpora / size / "txt"
        megabytes = _bytes_below(folder) / MEGABYTE
        ours = _ours(command, folder, output)
        run(ours)
        cost, memory = run(ours), peak_memory(ours) / MEGABYTE
        report = (output / "report.json").stat().st_size / MEGABYTE
        print(
            f"{size:10}{megabytes:8.1f}{cost.wall:8.2f}{cost.cpu:8.2f}{memory:8.0f}"
            f"{megabytes / cost.wall:8.0f}{1000 * cost.cpu / megabytes:11.1f}"
            f"{memory / megabytes:14.2f}{report:11.1f}"
        )


def measure_floods(output: Path, command: str) -> None:
    """Print time and memory for inputs that are hard on purpose."""
    print(f"\n{'':28}{'MB':>8}{'wall s':>8}{'cpu s':>8}{'PSS MB':>8}{'code':>6}")
    for place, (name, write) in enumerate(FLOODS.items()):
        folder = output / f"flood{place}"
        folder.mkdir()
        write(folder, Random(1))
        megabytes = _bytes_below(folder) / MEGABYTE
        ours = _ours(command, folder, output)
        cost = run(ours, limit=FLOOD_SECONDS)
        print(f"{name:28}{megabytes:8.1f}{cost.wall:8.2f}{cost.cpu:8.2f}", end="")
        if cost.code < 0:
            print(f"  stopped after {FLOOD_SECONDS} s")
        else:
            print(f"{peak_memory(ours) / MEGABYTE:8.0f}{cost.code:6}", flush=True)


if __name__ == "__main__":
    main()
