"""Run a command and measure its time and memory, children included (Linux)."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

SAMPLE_SECONDS = 0.02

# Reading the memory map of a process stops it, the longer the larger it is: leave it
# this many times as long to work.
REST = 4
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1"}

_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


class Cost(NamedTuple):
    """What a run took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, of all processes
    code: int


class CommandError(RuntimeError):
    """A measured command failed."""


def adopt_orphans() -> None:
    """Let processes whose parent is gone be ours, so that none goes uncounted."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(
    command: Sequence[str],
    *,
    environment: dict[str, str] | None = None,
    limit: float | None = None,
) -> Cost:
    """Run a command to its end; a code other than 0 or 1 is an error.

    Where it takes longer than the limit, in seconds, it is stopped with all its
    processes, and its code is that of the signal.
    """
    before = _children_seconds()
    begin = time.perf_counter()
    process = _start(command, environment)
    try:
        _, errors = process.communicate(timeout=limit)
        code = process.returncode
        _check(command, code, errors)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        code = process.returncode
    wall = time.perf_counter() - begin
    _reap_orphans()
    return Cost(wall, _children_seconds() - before, code)


def peak_memory(command: Sequence[str]) -> int:
    """Return the largest sum of PSS over all processes of a command, in bytes."""
    process = _start(command, None)
    peak = 0
    while process.poll() is None:
        begin = time.perf_counter()
        peak = max(peak, sum(map(_proportional_set_size, _descendants(process.pid))))
        time.sleep(max(SAMPLE_SECONDS, REST * (time.perf_counter() - begin)))
    _, errors = process.communicate()
    _reap_orphans()
    _check(command, process.returncode, errors)
    return peak


def _start(
    command: Sequence[str], environment: dict[str, str] | None
) -> subprocess.Popen[bytes]:
    inherited = {
        name: value
        for name, value in os.environ.items()
        # A package that may not write its byte code would be compiled in every run.
        if name != "PYTHONDONTWRITEBYTECODE"
    }
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=inherited | (environment or {}),
        start_new_session=True,
    )


def _check(command: Sequence[str], code: int, errors: bytes) -> None:
    if code not in {0, 1} or b"Traceback" in errors:
        message = f"{' '.join(command)} ended with {code}:\n"
        raise CommandError(message + errors.decode(errors="replace")[-2000:])


def _children_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap_orphans() -> None:
    try:
        while os.waitpid(-1, 0)[0]:
            pass
    except ChildProcessError:
        return


def _descendants(root: int) -> list[int]:
    found = [root]
    for process in found:
        try:
            for thread in (_PROC / str(process) / "task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        except OSError:  # it has ended meanwhile
            continue
    return found


def _proportional_set_size(process: int) -> int:
    try:
        rollup = (_PROC / str(process) / "smaps_rollup").read_text()
    except OSError:
        return 0
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return 1024 * int(line.split()[1])
    return 0
