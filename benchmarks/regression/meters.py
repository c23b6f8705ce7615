"""Count what the stages cost: instructions, or seconds where those do not count."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.regression.stages import CONTROL, KERNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The same work in every run: no other order of sets, no threads of a library.
FIXED = {"PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
COMMANDS = {
    "start: --help": ["--help"],
    "start: scan of a line": ["scan", "--exit-zero", "line.txt"],
}
TOTAL = re.compile(r"^totals: (\d+)", re.MULTILINE)
ROUNDS, START_ROUNDS = 15, 5


class Meter(NamedTuple):
    """A way to count."""

    name: str
    unit: str
    scale: float  # what was counted in one unit
    tolerance: float  # how many times what was recorded is no regression yet
    depends: tuple[str, ...]  # on what of the surroundings, beside the work
    measure: Callable[[], dict[str, float]]


def choose(name: str | None = None) -> Meter:
    """Return the meter asked for, or the best there is."""
    if name:
        return METERS[name]
    return METERS["instructions" if shutil.which("valgrind") else "seconds"]


def count_instructions() -> dict[str, float]:
    """Return the instructions of each stage, as counted by valgrind's callgrind."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor() as pool:
        work = Path(folder)
        starts = _starts(work)
        counting = pool.submit(metered, work, "stages", _stages(work, 1))
        starting = [pool.submit(metered, work, *start) for start in starts]
        counting.result()
        costs = defaultdict[str, float](float)
        for number, (stage, _) in enumerate(_laps(work), 1):
            costs[stage] += total(work, f"stages.*.{number}")
        costs.pop("")
        for (name, _), started in zip(starts, starting, strict=True):
            started.result()
            costs[name] = total(work, f"{name}.*")
    return dict(costs)


def count_seconds() -> dict[str, float]:
    """Return the seconds of CPU time of each stage: the least of several rounds.

    Less than its work takes no stage ever takes; what is more came from outside.
    """
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _run([], *_stages(work, ROUNDS), folder=work)
        rounds: list[defaultdict[str, float]] = []
        for stage, seconds in _laps(work):
            if stage == KERNEL:
                rounds.append(defaultdict(float))
            if rounds:
                rounds[-1][stage] += seconds
        # A control so near to the limit is for counts that are always the same.
        told = rounds[0].keys() - {"", CONTROL}
        least = {stage: min(costs[stage] for costs in rounds) for stage in sorted(told)}
        for name, arguments in _starts(work):
            times = [_cpu_seconds(arguments, work) for _ in range(START_ROUNDS)]
            least[name] = min(times)
    return least


METERS = {
    meter.name: meter
    for meter in (
        Meter(
            "instructions",
            "million instructions",
            1e6,
            1.15,  # the same work is counted the same to half a percent
            ("python", "machine"),
            count_instructions,
        ),
        Meter(
            "seconds",
            "ms of CPU time",
            0.001,
            1.25,  # and timed the same to a tenth
            ("python", "machine", "processor"),
            count_seconds,
        ),
    )
}


def metered(work: Path, name: str, arguments: Sequence[str]) -> None:
    """Count the instructions of a command, anew from where each lap ends."""
    counter = [
        "valgrind",
        "--tool=callgrind",
        "--dump-before=getppid",
        f"--callgrind-out-file={work / name}.%p",
        f"--log-file={work}/log.%p",
    ]
    _run(counter, *arguments, folder=work)


def _stages(work: Path, rounds: int) -> list[str]:
    return ["-m", "benchmarks.regression.stages", str(work / "laps.json"), str(rounds)]


def _starts(work: Path) -> list[tuple[str, list[str]]]:
    (work / "line.txt").write_text("قال الوزير إن المشروع سيبدأ.\n", encoding="utf-8")
    starts = [(name, ["-m", "dedupe", *given]) for name, given in COMMANDS.items()]
    for _, arguments in starts:  # compiles what was not compiled yet
        _run([], *arguments, folder=work)
    return starts


def _run(meter: Sequence[str], *arguments: str, folder: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        # A package that may not write its byte code would be compiled in every run.
        if name != "PYTHONDONTWRITEBYTECODE"
    }
    environment |= FIXED
    environment["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, sys.path))
    ended = subprocess.run(
        [*meter, sys.executable, *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{ended.stderr[-2000:]}")


def _laps(work: Path) -> list[tuple[str, float]]:
    laps = json.loads((work / "laps.json").read_text("utf-8"))
    return [(stage, seconds) for stage, seconds in laps]


def total(work: Path, pattern: str) -> int:
    """Return the count in a file; a child counts on from its parent, which has more."""
    texts = [path.read_text("utf-8") for path in work.glob(pattern)]
    found = [int(count) for text in texts for count in TOTAL.findall(text)]
    if not found:
        raise RuntimeError(f"{pattern} holds no count of instructions")
    return max(found)


def _cpu_seconds(arguments: Sequence[str], work: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run([], *arguments, folder=work)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)
