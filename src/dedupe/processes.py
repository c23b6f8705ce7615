"""Run numbered tasks on all cores, with arrays as results.

Tasks run in forked children, so they see everything the parent holds; what they give
back is written to memory that the parent maps. Where a process cannot fork, or has
threads that a fork would break, everything runs in the parent, with the same results.
"""

from __future__ import annotations

import contextlib
import gc
import json
import mmap
import os
import selectors
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe import errors

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Arrays: TypeAlias = dict[str, Array]
# A task gives a small value that JSON can carry, and arrays.
Outcome: TypeAlias = tuple[Any, Arrays]

ALIGNMENT = 64  # bytes; numpy is fastest on a cache line's border
AHEAD = 256  # tickets in the pipe at most; the smallest pipe holds 512
LENGTH = struct.Struct("<Q")


class WorkerError(RuntimeError):
    """A task failed in a way nobody foresaw; the text is its traceback."""


def usable_jobs(jobs: int | None) -> int:
    """Return how many processes may work: what is asked for, or one a core."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1
    if jobs:
        return jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def shared_array(count: int, dtype: npt.DTypeLike) -> Array:
    """Return zeros that every child forked from now on can write and all can see."""
    kind = np.dtype(dtype)
    memory = mmap.mmap(-1, max(count * kind.itemsize, 1))
    return np.frombuffer(memory, dtype=kind, count=count)


def run(
    task: Callable[[int], Outcome],
    count: int,
    jobs: int,
    done: Callable[[float], None] | None = None,
) -> list[Outcome]:
    """Return what `task` gives for 0 … count-1, in that order.

    Each child takes the next number when it is free. `done` hears the share of
    finished tasks. A DedupeError of a task is raised again here, any other error as
    a WorkerError.
    """
    jobs = min(jobs, count)
    outcomes: list[Outcome] = [(None, {})] * count
    if jobs <= 1:
        for number in range(count):
            outcomes[number] = task(number)
            if done:
                done((number + 1) / count)
        return outcomes
    with _memory_files(jobs) as files:
        messages = list(_run_forked(task, count, files, done))
        memories = {file: _map(file) for file in files}
    for file, message in messages:
        arrays = _arrays(message, memories[file])
        outcomes[message["task"]] = (message["value"], arrays)
    return outcomes


def run_in_order(
    render: Callable[[int], bytes], count: int, jobs: int
) -> Generator[bytes | memoryview, None, None]:
    """Yield render(0) … render(count - 1), each as soon as those before it are there.

    So whoever writes them need not wait for the last.
    """
    if jobs <= 1:
        yield from map(render, range(count))
        return

    def task(number: int) -> Outcome:
        return None, {"text": np.frombuffer(render(number), np.uint8)}

    for _, arrays in outcomes_in_order(task, count, jobs):
        yield arrays["text"].data


def outcomes_in_order(
    task: Callable[[int], Outcome], count: int, jobs: int
) -> Generator[Outcome, None, None]:
    """Yield what `task` gives for 0 … count - 1, as soon as those before it are there.

    What was given is held until the end, so let there not be too many at a time.
    """
    jobs = min(jobs, count)
    if jobs <= 1:
        yield from map(task, range(count))
        return
    waiting: dict[int, Outcome] = {}
    due = 0
    with _memory_files(jobs) as files:
        for file, message in _run_forked(task, count, files):
            arrays = _arrays(message, _map(file))
            waiting[message["task"]] = (message["value"], arrays)
            while due in waiting:
                yield waiting.pop(due)
                due += 1


def _run_forked(
    task: Callable[[int], Outcome],
    count: int,
    files: Sequence[int],
    done: Callable[[float], None] | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what children tell, one a file, with the file that holds their arrays."""
    for stream in (sys.stdout, sys.stderr):
        if stream:  # None where the shell has closed it
            stream.flush()
    tickets = _Tickets(count)
    children: dict[int, int] = {}
    file_of = {}
    try:
        for file in files:
            pid, reading = _start(task, tickets, file)
            children[pid] = reading
            file_of[pid] = file
        for pid, message in _listen(children, tickets, done):
            yield file_of[pid], message
    except BaseException:
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        raise
    finally:
        tickets.close()
        for pid, reading in children.items():
            os.close(reading)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _arrays(message: Mapping[str, Any], memory: mmap.mmap | bytes) -> Arrays:
    return {
        name: np.frombuffer(memory, np.dtype(kind), size, offset)
        if size
        else np.empty(0, np.dtype(kind))
        for name, (kind, size, offset) in message["arrays"].items()
    }


def _start(
    task: Callable[[int], Outcome], tickets: _Tickets, file: int
) -> tuple[int, int]:
    """Start a child; return its number and the pipe's end on which it is heard."""
    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(reading)
        os.close(writing)
        text = f"A worker process could not start ({error}); try fewer --jobs."
        raise errors.DedupeError(text) from error
    if not pid:
        tickets.close_writing()
        _work(task, tickets.reading, file, writing)
    os.close(writing)
    return pid, reading


class _Tickets:
    """Task numbers in a pipe, from which each child draws the next.

    A pipe gives every number to one reader alone; the position of a shared file does
    not on every system. It holds a few thousand, so the rest follows as tasks end.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.reading, self.writing = os.pipe()
        self.issued = 0
        self.heard = 0
        self.issue()

    def issue(self) -> None:
        """Put in what there is room for; after the last number, close the pipe."""
        if self.writing < 0:
            return
        stop = min(self.count, self.heard + AHEAD)
        numbers = range(self.issued, stop)
        os.write(self.writing, b"".join(map(LENGTH.pack, numbers)))
        self.issued = stop
        if stop == self.count:
            self.close_writing()

    def close(self) -> None:
        os.close(self.reading)
        self.close_writing()

    def close_writing(self) -> None:
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1


@contextlib.contextmanager
def _memory_files(count: int) -> Iterator[list[int]]:
    files = [_memory_file() for _ in range(count)]
    try:
        yield files
    finally:
        for file in files:
            os.close(file)


def _memory_file() -> int:
    """Open a file without a name, in memory where the system offers that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("dedupe")
    import tempfile  # noqa: PLC0415 - not on Linux

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _map(file: int) -> mmap.mmap | bytes:
    size = os.fstat(file).st_size
    return mmap.mmap(file, size, access=mmap.ACCESS_READ) if size else b""


def _work(
    task: Callable[[int], Outcome], tickets: int, file: int, writing: int
) -> None:
    """Be a child: draw numbers, run the task, tell the parent; never return."""
    code = 0
    # A collection would write to every object, and so copy all that is shared.
    gc.disable()
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        offset = 0
        while ticket := os.read(tickets, LENGTH.size):
            number = LENGTH.unpack(ticket)[0]
            value, arrays = task(number)
            places, offset = _store(arrays, file, offset)
            _tell(writing, {"task": number, "value": value, "arrays": places})
    except errors.DedupeError as error:
        _tell(writing, {"error": type(error).__name__, "text": str(error)})
    except BaseException:  # noqa: BLE001 - the parent raises it again
        _tell(writing, {"error": "WorkerError", "text": traceback.format_exc()})
        code = 1
    finally:
        os._exit(code)


def _store(
    arrays: Mapping[str, Array], file: int, offset: int
) -> tuple[dict[str, tuple[str, int, int]], int]:
    """Append arrays to a file; return where each lies and where the file ends."""
    places = {}
    for name, array in arrays.items():
        places[name] = (array.dtype.str, array.size, offset)
        view = np.ascontiguousarray(array).data.cast("B") if array.size else b""
        written = 0
        while written < len(view):
            written += os.pwrite(file, view[written:], offset + written)
        offset += -(-len(view) // ALIGNMENT) * ALIGNMENT
    return places, offset


def _tell(writing: int, message: Mapping[str, Any]) -> None:
    text = json.dumps(message).encode()
    data = memoryview(LENGTH.pack(len(text)) + text)
    while data:
        data = data[os.write(writing, data) :]


def _listen(
    children: Mapping[int, int],
    tickets: _Tickets,
    done: Callable[[float], None] | None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each message with the child that sent it, until all have gone."""
    pending = {reading: bytearray() for reading in children.values()}
    pids = {reading: pid for pid, reading in children.items()}
    with selectors.DefaultSelector() as selector:
        for reading in pending:
            selector.register(reading, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                data = os.read(key.fd, 1 << 20)
                if not data:
                    selector.unregister(key.fd)
                    continue
                buffer = pending[key.fd]
                buffer += data
                for message in _messages(buffer):
                    _raise_error(message)
                    tickets.heard += 1
                    yield pids[key.fd], message
                tickets.issue()
                if done:
                    done(tickets.heard / tickets.count)
    if tickets.heard < tickets.count:
        text = "A worker process died, perhaps for want of memory; try fewer --jobs."
        raise errors.DedupeError(text)


def _messages(buffer: bytearray) -> Iterator[dict[str, Any]]:
    """Take the whole messages off the front of a buffer."""
    while len(buffer) >= LENGTH.size:
        (size,) = LENGTH.unpack_from(buffer)
        if len(buffer) < LENGTH.size + size:
            return
        text = bytes(buffer[LENGTH.size : LENGTH.size + size])
        del buffer[: LENGTH.size + size]
        yield json.loads(text)


def _raise_error(message: Mapping[str, Any]) -> None:
    if "error" not in message:
        return
    kind = getattr(errors, message["error"], WorkerError)
    raise kind(message["text"])
