"""Measure what a scan costs stage by stage, what starting costs, cleaning, bad luck."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.contestants import ours
from benchmarks.corpus import ready
from benchmarks.floods import FLOODS
from benchmarks.frame import provenance, table
from benchmarks.processes import ONE_BLAS_THREAD, adopt_orphans, compile_package
from benchmarks.speed import MEGABYTE, bytes_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run

STAGE_ROUNDS = 5
START_ROUNDS = 15
CLEAN_ROUNDS = 5
FLOOD_ROUNDS = 1
FLOOD_SECONDS = 60
SAMPLES = Path(__file__).parent.parent / "samples"
PYTHON = sys.executable

DECODE, COPY = "decode alone", "copy in memory"


def measure(run: Run) -> Measured:
    """Yield what the stages, starting, cleaning and hostile input cost."""
    adopt_orphans()
    compile_package()
    corpus = ready(run, "1mb" if run.quick else "10mb") / "txt"
    yield "stages", stages(corpus, 2 if run.quick else STAGE_ROUNDS)
    yield "start", start(run)
    yield "clean", clean(corpus, run)
    if not run.quick:
        yield "floods", floods(run)


def stages(corpus: Path, rounds: int) -> Row:
    """Return the CPU time of each stage on one core, and the least there could be."""
    command = [PYTHON, "-m", "benchmarks.stage_times", str(corpus), str(rounds)]
    environment = processes.inherited() | ONE_BLAS_THREAD
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    )
    times: dict[str, list[dict[str, float]]] = json.loads(ended.stdout)
    return {
        "bytes": bytes_below(corpus),
        "rounds": rounds,
        "stages": _medians(times["stages"]),
        "bounds": _medians(times["bounds"]),
    }


def _medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    names = dict.fromkeys(name for one in rounds for name in one)
    return {name: median(one.get(name, 0.0) for one in rounds) for name in names}


def start(run: Run) -> Row:
    """Return how long commands take that have hardly anything to do."""
    program = shlex.split(run.command)[:-1]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        commands = {
            "python -c pass": [PYTHON, "-c", "pass"],
            "python -c 'import click'": [PYTHON, "-c", "import click"],
            "dedupe --help": [*program, "--help"],
            "python -c 'import click, numpy'": [PYTHON, "-c", "import click, numpy"],
            "dedupe scan samples/": ours(run.command, SAMPLES, report),
            "python -c 'import datasketch'": [PYTHON, "-c", "import datasketch"],
        }
        walls = _in_turn(commands, START_ROUNDS, ONE_BLAS_THREAD)
    return {
        "rounds": START_ROUNDS,
        "walls": {name: median(times) for name, times in walls.items()},
    }


def _in_turn(
    commands: dict[str, list[str]], rounds: int, environment: dict[str, str]
) -> dict[str, list[float]]:
    walls: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            wall = processes.run(command, environment=environment).wall
            if turn:  # the first one fills the caches
                walls[name].append(wall)
    return walls


def clean(corpus: Path, run: Run) -> Row:
    """Return how long cleaning takes beside scanning."""
    program = shlex.split(run.command)[:-1]
    walls: dict[str, list[float]] = {"scan": [], "clean": []}
    for turn in range(CLEAN_ROUNDS + 1):
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder)
            commands = {
                "scan": ours(run.command, corpus, output / "report.json"),
                "clean": [
                    *program,
                    "clean",
                    str(corpus),
                    "--output-dir",
                    f"{output}/out",
                ],
            }
            for name, command in commands.items():
                wall = processes.run(command).wall
                if turn:
                    walls[name].append(wall)
    return {
        "bytes": bytes_below(corpus),
        "rounds": CLEAN_ROUNDS,
        "walls": {name: median(times) for name, times in walls.items()},
    }


def floods(run: Run) -> Row:
    """Return the time and memory of inputs that are hard on purpose."""
    found = {}
    with tempfile.TemporaryDirectory() as name:
        for number, (title, write) in enumerate(FLOODS.items()):
            folder = Path(name, str(number))
            folder.mkdir()
            write(folder, Random(run.seed))
            command = ours(run.command, folder, Path(name, "report.json"))
            cost = processes.run(command, limit=FLOOD_SECONDS)
            row = {"bytes": bytes_below(folder), "wall": cost.wall, "cpu": cost.cpu}
            if cost.code >= 0:
                row["pss"] = processes.peak_memory(command).pss
            found[title] = row
    return {"rounds": FLOOD_ROUNDS, "floods": found}


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield a table for each of them."""
    for name, write in _SECTIONS.items():
        if name in results:
            yield from write(results[name]["figures"])
    if results:
        yield provenance(next(iter(results.values())))
        yield ""


def _stages(figures: Row) -> Iterator[str]:
    yield "### Where the time goes"
    yield ""
    megabytes = figures["bytes"] / MEGABYTE
    per = {name: 1000 * s / megabytes for name, s in figures["stages"].items()}
    least = {name: 1000 * s / megabytes for name, s in figures["bounds"].items()}
    decode = least[DECODE]
    yield (
        f"CPU time on one core, medians of {figures['rounds']} rounds over "
        f"{megabytes:.0f} MB, without starting. *Least* is what the machine needs, in "
        "the same process, for what no program could do without: listing the "
        "folders; opening, reading and decoding the files; looking up every character "
        "in one table and hashing as many words; sorting as many keys. To copy the "
        f"text once in memory takes {least[COPY]:.2f} ms a MB, to decode it "
        f"{decode:.2f}."
    )
    yield ""
    rows = []
    for name, cost in sorted(per.items(), key=lambda item: -item[1]):
        bound = least.get(name)
        rows.append(
            [
                name,
                f"{cost:.2f}",
                f"{cost / sum(per.values()):.0%}",
                f"{cost / decode:.2f}",
                f"{bound:.2f}" if bound else "",
                f"{cost / bound:.1f}" if bound else "",
            ]
        )
    bound = sum(cost for name, cost in least.items() if name in per)
    total = sum(per.values())
    ends = [f"{total:.2f}", "100%", f"{total / decode:.1f}", f"{bound:.2f}"]
    rows.append(["all", *ends, f"{total / bound:.1f}"])
    head = ["stage", "ms/MB", "share", "× decoding", "least ms/MB", "× least"]
    yield from table(head, rows)
    yield "![Milliseconds a megabyte by stage](benchmarks/stages.svg)"
    yield ""


def _start(figures: Row) -> Iterator[str]:
    yield "### Starting"
    yield ""
    yield (
        f"Whole processes, medians of {figures['rounds']} in turn, beside what Python "
        "needs to load what they stand on."
    )
    yield ""
    walls = figures["walls"]
    rows = [[f"`{name}`", f"{1000 * wall:.0f}"] for name, wall in walls.items()]
    yield from table(["", "ms"], rows)


def _clean(figures: Row) -> Iterator[str]:
    yield "### Cleaning"
    yield ""
    speeds = {n: figures["bytes"] / MEGABYTE / w for n, w in figures["walls"].items()}
    yield (
        f"`dedupe clean` writes {speeds['clean']:.0f} MB/s of cleaned files where "
        f"`dedupe scan` reads {speeds['scan']:.0f} MB/s, on the same "
        f"{figures['bytes'] / MEGABYTE:.0f} MB in turn, medians of {figures['rounds']}."
    )
    yield ""


def _floods(figures: Row) -> Iterator[str]:
    yield "### Hostile input"
    yield ""
    yield "What breaks programs that are quadratic, recursive or greedy; one run each."
    yield ""
    rows = [
        [
            title,
            f"{row['bytes'] / MEGABYTE:.1f}",
            f"{row['wall']:.2f}" if "pss" in row else f"over {FLOOD_SECONDS}",
            f"{row['cpu']:.2f}",
            f"{row['pss'] / MEGABYTE:,.0f}" if "pss" in row else "",
        ]
        for title, row in figures["floods"].items()
    ]
    yield from table(["", "MB", "seconds", "CPU s", "PSS MB"], rows)


_SECTIONS: dict[str, Callable[[Row], Iterator[str]]] = {
    "stages": _stages,
    "start": _start,
    "clean": _clean,
    "floods": _floods,
}
