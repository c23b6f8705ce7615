"""Run a command and measure its time and memory, children included (Linux)."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SAMPLE_SECONDS = 0.02

# Reading the memory map of a process stops it, the longer the larger it is: leave it
# this many times as long to work.
REST = 4
ONE_BLAS_THREAD = {"OPENBLAS_NUM_THREADS": "1"}

_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")


class Memory(NamedTuple):
    """Bytes at their most."""

    pss: int = 0  # of all processes together, what they share counted once
    rss: int = 0  # of the largest process


class Cost(NamedTuple):
    """What a run took."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, of all processes
    code: int
    memory: Memory = Memory()  # nothing unless it was sampled


class CommandError(RuntimeError):
    """A measured command failed."""


def compile_package() -> None:
    """Compile our modules once, as an installer does."""
    found = importlib.util.find_spec("dedupe")
    places = found.submodule_search_locations if found else None
    command = [sys.executable, "-m", "compileall", "-q", *(places or [])]
    subprocess.run(command, check=False)


def adopt_orphans() -> None:
    """Let processes whose parent is gone be ours, so that none goes uncounted."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(
    command: Sequence[str],
    *,
    environment: dict[str, str] | None = None,
    limit: float | None = None,
    sample: float | None = None,
    fine: Collection[int] = (0, 1),
) -> Cost:
    """Run a command to its end; a code that is not fine is an error.

    Where it takes longer than the limit, in seconds, it is stopped with all its
    processes, and its code is that of the signal. Its memory is looked at every so
    many seconds as `sample` says.
    """
    before = _children_seconds()
    begin = time.perf_counter()
    process = _start(command, environment)
    stop = begin + limit if limit else None
    memory, errors = _wait(process, stop, sample)
    wall = time.perf_counter() - begin
    _reap_orphans()
    if errors is not None:
        _check(command, process.returncode, errors, fine)
    return Cost(wall, _children_seconds() - before, process.returncode, memory)


def peak_memory(
    command: Sequence[str], *, environment: dict[str, str] | None = None
) -> Memory:
    """Return the memory of a command, sampled as often as that hardly slows it."""
    return run(command, environment=environment, sample=SAMPLE_SECONDS).memory


def _wait(
    process: subprocess.Popen[bytes], stop: float | None, sample: float | None
) -> tuple[Memory, bytes | None]:
    """Return the memory of a process and what it told, None where it was stopped."""
    # At once for the first time: a short run may be over before the first pause is.
    memory, pause = _sampled(process.pid) if sample else Memory(), sample
    while True:
        left = None if stop is None else max(0.0, stop - time.perf_counter())
        waits = [seconds for seconds in (left, pause) if seconds is not None]
        try:
            _, errors = process.communicate(timeout=min(waits, default=None))
        except subprocess.TimeoutExpired:
            if stop is not None and time.perf_counter() >= stop:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return memory, None
            begin = time.perf_counter()
            memory = _larger(memory, _sampled(process.pid))
            pause = max(sample or 0.0, REST * (time.perf_counter() - begin))
        else:
            return memory, errors


def _larger(one: Memory, other: Memory) -> Memory:
    return Memory(max(one.pss, other.pss), max(one.rss, other.rss))


def _sampled(root: int) -> Memory:
    sizes = [_set_sizes(process) for process in _descendants(root)]
    return Memory(sum(one.pss for one in sizes), max(one.rss for one in sizes))


def inherited() -> dict[str, str]:
    """Return the environment of what is measured."""
    return {
        name: value
        for name, value in os.environ.items()
        # A package that may not write its byte code would be compiled in every run.
        if name != "PYTHONDONTWRITEBYTECODE"
    }


def _start(
    command: Sequence[str], environment: dict[str, str] | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=inherited() | (environment or {}),
        start_new_session=True,
    )


def _check(
    command: Sequence[str], code: int, errors: bytes, fine: Collection[int]
) -> None:
    if code not in fine or b"Traceback" in errors:
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


def _set_sizes(process: int) -> Memory:
    try:
        rollup = (_PROC / str(process) / "smaps_rollup").read_text()
    except OSError:
        return Memory()
    lines = (line.split() for line in rollup.splitlines()[1:])
    sizes = {words[0]: 1024 * int(words[1]) for words in lines}
    return Memory(sizes.get("Pss:", 0), sizes.get("Rss:", 0))
