"""Race ours and the peers over folders of 1 MB to 1 GB, and see how time grows.

Contestants take turns, so that whatever else the machine does comes to all of them, and
medians are compared. Ours reads the folder and writes its report in JSON; a peer reads
the same folder, or paragraphs that were split and folded before, which spares it half
of the work. What was planted in the folders must be found: speed is no excuse.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.command import Matches, read_pairs, scan
from benchmarks.contestants import (
    OURS,
    OURS_ALONE,
    OWN,
    PEERS,
    SIZES,
    Contestant,
    command_of,
    environment_of,
    versions,
)
from benchmarks.corpus import ready
from benchmarks.datasets import read_rows
from benchmarks.environments import NotInstalledError
from benchmarks.frame import provenance, table
from benchmarks.processes import (
    CommandError,
    Cost,
    adopt_orphans,
    compile_package,
    peak_memory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run

MEGABYTE = 1_000_000
# Where a run takes longer, its memory is looked at while it is timed, once a second.
LONG_SECONDS = 15
LONG_SAMPLE = 1.0
TITLES = {"1mb": "1 MB", "10mb": "10 MB", "100mb": "100 MB", "1gb": "1 GB"}
QUICK_ROUNDS = 2
# Reading alone is no rival.
RIVALS = PEERS.keys() - {"front-end"}
LITTLE = 3 * MEGABYTE
WHY_QUICKER = (
    "With so little text it is starting that takes the time: loading Python, the "
    "command line, numpy and our own modules, three quarters of ours (see *Starting*)."
)
WHY_SMALLER = (
    "They hold signatures or hashes alone; ours holds each word with its place, so "
    "that a finding can be shown to the letter, and quotations can be found."
)


def measure(run: Run) -> Measured:
    """Yield the race over each size."""
    adopt_orphans()
    compile_package()
    for size in sizes(run):
        yield size, race(size, ready(run, size), run)


def sizes(run: Run) -> list[str]:
    """Return the sizes to measure: what our own words make is too uniform for more."""
    if run.quick:
        return ["1mb"]
    return list(SIZES if run.data else SIZES[:2])


def race(size: str, corpus: Path, run: Run) -> Row:
    """Let all contestants have their turns on a corpus."""
    systems: dict[str, Row] = {}
    commands: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder)
        for name, one in (OWN | PEERS).items():
            systems[name] = {"title": one.title, "cores": one.cores}
            systems[name]["reads"] = "folder" if one.folder else "paragraphs"
            try:
                commands[name] = command_of(name, corpus, output, run)
            except NotInstalledError as error:
                systems[name]["failed"] = str(error)
        processes.run(commands[OURS])  # fills the page cache
        decoding = _take_turns(size, commands, systems, corpus, run)
        for name, command in commands.items():
            if not systems[name].get("pss") and systems[name].get("walls"):
                memory = peak_memory(command, environment=environment_of(name))
                systems[name] |= {"pss": memory.pss, "rss": memory.rss}
        _count_planted(corpus, output, systems, run)
    return {
        "bytes": bytes_below(corpus / "txt"),
        "real": run.data is not None,
        "decode": median(decoding),
        "systems": systems,
        "versions": versions(),
    }


def _take_turns(
    size: str,
    commands: dict[str, list[str]],
    systems: dict[str, Row],
    corpus: Path,
    run: Run,
) -> list[float]:
    """Note what each run costs; return the seconds that decoding takes in between."""
    due = {name: _rounds(one, size, run) for name, one in (OWN | PEERS).items()}
    decoding: list[float] = []
    for turn in range(max(due.values())):
        for name, command in commands.items():
            row = systems[name]
            if turn >= due[name] or "failed" in row:
                continue
            long = max(row.get("walls", [0])) > LONG_SECONDS or due[name] == 1
            try:
                cost = processes.run(
                    command,
                    environment=environment_of(name),
                    sample=LONG_SAMPLE if long else None,
                    fine=(0, 1) if name in OWN else (0,),
                )
            except CommandError as error:
                row["failed"] = str(error).strip().splitlines()[-1]
            else:
                _note(row, cost)
        if not decoding or max(decoding) < 1:
            decoding.append(decode_seconds(corpus / "txt"))
    return decoding


def _rounds(one: Contestant, size: str, run: Run) -> int:
    rounds = one.rounds.get(size, 0)
    return min(rounds, QUICK_ROUNDS) if run.quick else rounds


def _note(row: Row, cost: Cost) -> None:
    row.setdefault("walls", []).append(round(cost.wall, 4))
    row.setdefault("cpus", []).append(round(cost.cpu, 4))
    if cost.memory.pss and cost.wall > LONG_SECONDS:
        row["pss"] = max(row.get("pss", 0), cost.memory.pss)
        row["rss"] = max(row.get("rss", 0), cost.memory.rss)


def bytes_below(folder: Path) -> int:
    """Return how many bytes the files in a folder hold."""
    return sum(
        (Path(parent) / name).stat().st_size
        for parent, _, names in os.walk(folder)
        for name in names
    )


def decode_seconds(folder: Path) -> float:
    """Return the seconds of one core to decode the files from UTF-8."""
    command = [sys.executable, "-m", "benchmarks.peers.decode", str(folder)]
    return float(subprocess.run(command, capture_output=True, check=True).stdout)


def _count_planted(
    corpus: Path, output: Path, systems: dict[str, Row], run: Run
) -> None:
    """Note what share of the planted repeats each contestant has found."""
    folder = corpus / "txt"
    truth = [
        tuple((str(folder / name), line) for name, line in (row["left"], row["right"]))
        for row in read_rows(corpus / "truth.jsonl")
    ]
    scan(run.command, folder, output / "pairs.jsonl", "pairs")
    matches = Matches(read_pairs(output / "pairs.jsonl"))
    found = sum(matches.found(left, right) for left, right in truth)
    systems[OURS]["planted"] = found / len(truth)
    for name in PEERS:
        if (path := output / f"{name}.tsv").exists() and "failed" not in systems[name]:
            groups = _groups(path, folder)
            shared = sum(
                not groups.get(left, set()).isdisjoint(groups.get(right, set()))
                for left, right in truth
            )
            systems[name]["planted"] = shared / len(truth)


def _groups(path: Path, folder: Path) -> dict[tuple[str, int], set[int]]:
    """Return the lines of a peer's output in which each paragraph stands."""
    groups: dict[tuple[str, int], set[int]] = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            for name in line.rstrip("\n").split("\t"):
                document, _, paragraph = name.rpartition("#")
                place = (str(folder / document), int(paragraph))
                groups.setdefault(place, set()).add(number)
    return groups


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield the tables of all races, and how time and memory grow."""
    raced = {size: results[size] for size in SIZES if size in results}
    if not raced:
        return
    yield "## Speed and memory"
    yield ""
    yield (
        "From UTF-8 files to a report in JSON, everything included: starting, reading, "
        "folding, comparing, writing. Contestants took turns; a row shows the median "
        "of its runs, and how many there were. Memory is the proportional set size "
        "(PSS) of all processes together, and the resident set size (RSS) of the "
        "largest. A peer that is marked *paragraphs* was given paragraphs that had "
        "been split and folded beforehand, which spares it much of the work; *folder* "
        "means that it reads the files as ours does, and folds them in plain Python. "
        "Last, what share of the repeats planted in the folder it finds, from exact "
        "copies to 30 % of the words replaced and quotations of eight words."
    )
    yield ""
    yield "![Megabytes a second of all contestants](benchmarks/speed.svg)"
    yield ""
    yield (
        "An asterisk marks those that were given paragraphs; light: reading and "
        "folding in plain Python, without looking for anything."
    )
    yield ""
    yield from _growth(raced)
    for size, result in raced.items():
        yield from _race_table(TITLES[size], result)
    yield provenance(next(reversed(raced.values())))
    yield ""


def _growth(raced: Mapping[str, Row]) -> Iterator[str]:
    yield "### From 1 MB to 1 GB"
    yield ""
    rows = []
    for name in (OURS, OURS_ALONE):
        before: tuple[float, float] | None = None
        for size, result in raced.items():
            figures, row = result["figures"], result["figures"]["systems"][name]
            megabytes = figures["bytes"] / MEGABYTE
            wall, cpu = median(row["walls"]), median(row["cpus"])
            now = (megabytes, wall)
            steep = "" if before is None else f"{slope(before, now):.2f}"
            before = now
            rows.append(
                [
                    row["title"],
                    TITLES[size],
                    f"{megabytes:,.1f}",
                    f"{wall:.2f}",
                    f"{megabytes / wall:.1f}",
                    steep,
                    f"{1000 * cpu / megabytes:.1f}",
                    f"{cpu / figures['decode']:.1f}",
                    f"{row['pss'] / MEGABYTE:,.0f}",
                    f"{row['rss'] / MEGABYTE:,.0f}",
                    f"{row['pss'] / figures['bytes']:.2f}",
                    str(len(row["walls"])),
                ]
            )
    head = ["", "size", "MB", "seconds", "MB/s", "slope", "CPU ms/MB"]
    head += ["CPU × decoding", "PSS MB", "RSS MB", "PSS bytes a byte", "runs"]
    yield from table(head, rows, left=2)
    yield (
        "The slope is that of the logarithm of time over the logarithm of size, from "
        "the row above: 1 is linear, less is better than linear. *CPU × decoding* is "
        "the CPU time of all processes in units of what one core takes to decode the "
        "same bytes from UTF-8."
    )
    yield ""
    if len(raced) > 1:
        yield "![Seconds over megabytes](benchmarks/time.svg)"
        yield ""
        yield "![Memory over megabytes](benchmarks/memory.svg)"
        yield ""


def slope(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return by what power of the size the time grows."""
    size, seconds = (math.log(b / a) for a, b in zip(before, after, strict=True))
    return seconds / size


def _race_table(title: str, result: Row) -> Iterator[str]:
    figures = result["figures"]
    systems = figures["systems"]
    all_cores, one_core = (median(systems[n]["walls"]) for n in (OURS, OURS_ALONE))
    yield f"### {title} beside the peers"
    yield ""
    rows, missing = [], []
    for name, row in systems.items():
        if not row.get("walls"):
            missing.append(_missing(row))
            continue
        wall = median(row["walls"])
        rows.append(
            [
                f"**{row['title']}**" if name in OWN else row["title"],
                row["reads"],
                row["cores"],
                f"{wall:.2f}",
                f"{median(row['cpus']):.2f}",
                f"{figures['bytes'] / MEGABYTE / wall:.1f}",
                f"{wall / all_cores:.1f}",
                f"{wall / one_core:.1f}",
                f"{row['pss'] / MEGABYTE:,.0f}",
                f"{row['rss'] / MEGABYTE:,.0f}",
                f"{row['planted']:.1%}" if "planted" in row else "",
                str(len(row["walls"])),
            ]
        )
    head = ["", "reads", "cores", "seconds", "CPU s", "MB/s", "× ours"]
    head += ["× ours on one core", "PSS MB", "RSS MB", "planted found", "runs"]
    yield from table(head, rows, left=3)
    yield from _ahead(figures)
    if missing:
        yield f"Not run: {'; '.join(missing)}."
        yield ""


def _ahead(figures: Row) -> Iterator[str]:
    """Yield who needs less time or memory than ours at its defaults, and why."""
    systems = figures["systems"]
    peers = [row for name, row in systems.items() if name in RIVALS and "walls" in row]
    wall, pss = median(systems[OURS]["walls"]), systems[OURS]["pss"]
    quicker = [row for row in peers if median(row["walls"]) < wall]
    smaller = [row for row in peers if row["pss"] < pss]
    if quicker:
        reason = WHY_QUICKER if figures["bytes"] < LITTLE else ""
        yield f"Quicker than ours: {_named(quicker)}. {reason}".rstrip()
        yield ""
    if smaller:
        yield f"With less memory than ours: {_named(smaller)}. {WHY_SMALLER}"
        yield ""


def _named(rows: list[Row]) -> str:
    return ", ".join(f"{row['title']} ({row['reads']})" for row in rows)


def _missing(row: Row) -> str:
    reason = row.get("failed", "it would take too long or too much memory")
    return f"{row['title']} ({row['reads']}): {reason}"
