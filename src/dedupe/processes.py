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
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe import errors
from dedupe.background import can_fork, usable_cores

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Arrays: TypeAlias = dict[str, Array]
# A task gives a small value that JSON can carry, and arrays.
Outcome: TypeAlias = tuple[Any, Arrays]
Tell: TypeAlias = Callable[[Mapping[str, Any]], None]  # what JSON can carry

ALIGNMENT = 64  # bytes; numpy is fastest on a cache line's border
AHEAD = 256  # tickets in the pipe at most; the smallest pipe holds 512
LENGTH = struct.Struct("<Q")
DIED = "A worker process died, perhaps for want of memory; try fewer --jobs."


class WorkerError(RuntimeError):
    """A task failed in a way nobody foresaw; the text is its traceback."""


def usable_jobs(jobs: int | None) -> int:
    """Return how many processes may work: what is asked for, or one a core."""
    if not can_fork():
        return 1
    return jobs or usable_cores()


def shared_array(count: int, dtype: npt.DTypeLike) -> Array:
    """Return zeros that every child forked from now on can write and all can see."""
    kind = np.dtype(dtype)
    size = max(count * kind.itemsize, 1)
    if not hasattr(os, "memfd_create"):
        memory = mmap.mmap(-1, size)
    else:
        with memory_files(1) as (file,):
            os.ftruncate(file, size)
            # Pages that are asked for one by one, when written to, take four times
            # as long as all at once.
            with contextlib.suppress(OSError):
                os.posix_fallocate(file, 0, size)
            memory = mmap.mmap(file, size)
    return np.frombuffer(memory, dtype=kind, count=count)


def run(
    task: Callable[[int], Outcome],
    count: int,
    jobs: int,
    done: Callable[[float], None] | None = None,
    *,
    linger: bool = False,
) -> list[Outcome]:
    """Return what `task` gives for 0 … count-1, in that order.

    Each child takes the next number when it is free. `done` hears the share of
    finished tasks. A DedupeError of a task is raised again here, any other error as
    a WorkerError. To give memory back takes children some milliseconds: whoever lets
    them `linger` goes on meanwhile, and calls `see_off` in the end.
    """
    jobs = min(jobs, count)
    outcomes: list[Outcome] = [(None, {})] * count
    if jobs <= 1:
        for number in range(count):
            outcomes[number] = task(number)
            if done:
                done((number + 1) / count)
        return outcomes
    with memory_files(jobs) as files:
        messages = list(_run_forked(task, count, files, done))
        if not linger:
            see_off()
        memories = {file: map_file(file) for file in files}
    for file, message in messages:
        arrays = arrays_of(message, memories[file])
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
    with memory_files(jobs) as files:
        for file, message in _run_forked(task, count, files):
            arrays = arrays_of(message, map_file(file))
            waiting[message["task"]] = (message["value"], arrays)
            while due in waiting:
                yield waiting.pop(due)
                due += 1
    see_off()


def _run_forked(
    task: Callable[[int], Outcome],
    count: int,
    files: Sequence[int],
    done: Callable[[float], None] | None = None,
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what children tell, one a file, with the file that holds their arrays."""
    see_off()
    tickets = _Tickets(count)
    with children() as started:
        try:
            file_of = {
                started.start(partial(_draw, task, tickets, file)): file
                for file in files
            }
            for pid, message in started.listen():
                tickets.heard += 1
                tickets.issue()
                yield file_of[pid], message
                if done:
                    done(tickets.heard / count)
        finally:
            tickets.close()
        if tickets.heard < count:
            raise errors.DedupeError(DIED)


def _draw(
    task: Callable[[int], Outcome], tickets: _Tickets, file: int, tell: Tell
) -> None:
    """Draw numbers and do their tasks, until there are no more."""
    tickets.close_writing()
    offset = 0
    while ticket := os.read(tickets.reading, LENGTH.size):
        number = LENGTH.unpack(ticket)[0]
        value, arrays = task(number)
        places, offset = store(arrays, file, offset)
        # So the next task finds memory that was used before: new pages are dear.
        del arrays
        tell({"task": number, "value": value, "arrays": places})


class Children:
    """Forked processes that tell this one something, until they end."""

    def __init__(self) -> None:
        self._reading: dict[int, int] = {}  # where each is heard, by its number

    def start(self, work: Callable[[Tell], None]) -> int:
        """Start a child that does this work, and return its number."""
        if not self._reading:
            for stream in (sys.stdout, sys.stderr):
                if stream:  # None where the shell has closed it
                    stream.flush()
        reading, writing = os.pipe()
        try:
            pid = os.fork()
        except OSError as error:
            os.close(reading)
            os.close(writing)
            text = f"A worker process could not start ({error}); try fewer --jobs."
            raise errors.DedupeError(text) from error
        if not pid:
            _work(work, writing)
        os.close(writing)
        self._reading[pid] = reading
        return pid

    def listen(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield each message with the child that sent it, until all have gone."""
        pending = {reading: bytearray() for reading in self._reading.values()}
        pids = {reading: pid for pid, reading in self._reading.items()}
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
                        yield pids[key.fd], message

    def kill(self) -> None:
        """End those that are still at work."""
        for pid in self._reading:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def dismiss(self) -> None:
        """Hear no more of them; `see_off` waits until they have gone."""
        for reading in self._reading.values():
            os.close(reading)
        _LEAVING.extend(self._reading)
        self._reading.clear()


# The children that have told all they had to tell.
_LEAVING: list[int] = []


def see_off() -> None:
    """Wait until the children that were dismissed have gone."""
    while _LEAVING:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(_LEAVING.pop(), 0)


@contextlib.contextmanager
def children() -> Iterator[Children]:
    """Give children that are dismissed in the end; an error kills them."""
    started = Children()
    try:
        yield started
    except BaseException:
        started.kill()
        started.dismiss()
        see_off()
        raise
    started.dismiss()


def arrays_of(message: Mapping[str, Any], memory: mmap.mmap | bytes) -> Arrays:
    """Return the arrays of a message, which lie in a file."""
    return {
        name: np.frombuffer(memory, np.dtype(kind), size, offset)
        if size
        else np.empty(0, np.dtype(kind))
        for name, (kind, size, offset) in message["arrays"].items()
    }


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
def memory_files(count: int) -> Iterator[list[int]]:
    """Give files without names, to store arrays in."""
    files = [memory_file() for _ in range(count)]
    try:
        yield files
    finally:
        for file in files:
            os.close(file)


def memory_file() -> int:
    """Open a file without a name, in memory where the system offers that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("dedupe")
    import tempfile  # noqa: PLC0415 - not on Linux

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def map_file(file: int) -> mmap.mmap | bytes:
    """Map all that was stored in a file."""
    size = os.fstat(file).st_size
    return mmap.mmap(file, size, access=mmap.ACCESS_READ) if size else b""


def _work(work: Callable[[Tell], None], writing: int) -> NoReturn:
    """Be a child: do the work, and tell the parent what went wrong."""
    code = 0
    # A collection would write to every object, and so copy all that is shared.
    gc.disable()
    tell = partial(_tell, writing)
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        work(tell)
    except errors.DedupeError as error:
        tell({"error": type(error).__name__, "text": str(error)})
    except BaseException:  # noqa: BLE001 - the parent raises it again
        tell({"error": "WorkerError", "text": traceback.format_exc()})
        code = 1
    finally:
        # That all is told is heard at once, not when all memory was given back.
        with contextlib.suppress(OSError):
            os.close(writing)
        os._exit(code)


def store(
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
