"""Do the first half of some tasks before it is known what the second half is about.

While this process goes on alone, others prepare: they read what will be asked for. Each
keeps what it has prepared, and finishes it when it gets what was missing.

>>> import numpy as np
>>> def count(number, word, given):
...     return word.count(chr(given["letter"][0])), {}
>>> ahead = Ahead(lambda number: Prepared("ab" * number), count, 3, workers=0)
>>> [value for value, _ in ahead.outcomes({"letter": np.array([98])})]
[0, 1, 2]
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Generic, NamedTuple, TypeVar

from dedupe import errors, processes
from dedupe.processes import DIED, LENGTH, Arrays, Children, Outcome, Tell

Held = TypeVar("Held")

# What all processes keep together; the rest is prepared when it is to be finished.
MOST_HELD = 72 << 20  # bytes


class Prepared(NamedTuple, Generic[Held]):
    """The first half of a task."""

    held: Held
    size: int = 0  # bytes that it takes


def rest() -> None:
    """Do nothing while others work."""


class Ahead(Generic[Held]):
    """Tasks 0 … count-1, of which the first halves are under way.

    `prepare` gives what is kept of a task, `finish` gets that and the arrays that are
    known by then. Each of so many `workers` has its own share of the tasks, whichever
    is faster, so that what it has prepared is there to be finished; without any,
    everything is done here, when it is asked for.
    """

    def __init__(
        self,
        prepare: Callable[[int], Prepared[Held]],
        finish: Callable[[int, Held, Arrays], Outcome],
        count: int,
        workers: int,
    ) -> None:
        self._prepare, self._finish, self._count = prepare, finish, count
        self._children = Children()
        self._orders: list[int] = []  # where each child waits for the arrays
        workers = min(workers, count)
        if workers:
            # The first is for what is given to all, the others for what each gives.
            self._files = [processes.memory_file() for _ in range(workers + 1)]
            self._room = MOST_HELD // workers  # bytes
            try:
                for number in range(workers):
                    self._start(range(number, count, workers), self._files[number + 1])
            except BaseException:
                self.close()
                raise

    def _start(self, numbers: range, file: int) -> None:
        waiting, order = os.pipe()
        try:
            # The ends that others write to must be closed in this child: it waits for
            # them to be closed if there is nothing to finish.
            closing = [*self._orders, order]
            work = partial(self._work, numbers, file, waiting, closing)
            self._children.start(work)
        finally:
            os.close(waiting)
            self._orders.append(order)

    def _work(
        self, numbers: range, file: int, waiting: int, closing: list[int], tell: Tell
    ) -> None:
        """Be a child: prepare, wait for the arrays, finish."""
        for order in closing:
            os.close(order)
        prepared: dict[int, Prepared[Held]] = {}
        left = self._room
        for number in numbers:
            if left <= 0:
                break
            prepared[number] = self._prepare(number)
            left -= prepared[number].size
        given = _receive(waiting, self._files[0])
        if given is None:
            return
        offset = 0
        for number in numbers:
            ready = number in prepared
            first = prepared.pop(number) if ready else self._prepare(number)
            value, arrays = self._finish(number, first.held, given)
            places, offset = processes.store(arrays, file, offset)
            tell({"task": number, "value": value, "arrays": places})

    def outcomes(
        self, given: Arrays, meanwhile: Callable[[], object] = rest
    ) -> list[Outcome]:
        """Return what the tasks give, finished with these arrays; ask for it once.

        `meanwhile` is called here while others finish.
        """
        if not self._orders:
            meanwhile()
            return [
                self._finish(number, self._prepare(number).held, given)
                for number in range(self._count)
            ]
        try:
            return list(self._finished(given, meanwhile))
        finally:
            self.close()

    def _finished(
        self, given: Arrays, meanwhile: Callable[[], object]
    ) -> Iterator[Outcome]:
        places, _ = processes.store(given, self._files[0], 0)
        text = json.dumps({"arrays": places}).encode()
        for order in self._orders:
            # Of a child that has gone we shall hear why.
            with contextlib.suppress(BrokenPipeError):
                os.write(order, LENGTH.pack(len(text)) + text)
        meanwhile()
        messages = sorted(
            (message for _, message in self._children.listen()),
            key=lambda message: message["task"],
        )
        if len(messages) < self._count:
            raise errors.DedupeError(DIED)
        memories = [processes.map_file(file) for file in self._files[1:]]
        for message in messages:
            memory = memories[message["task"] % len(memories)]
            yield message["value"], processes.arrays_of(message, memory)

    def close(self) -> None:
        """End what is under way; nothing happens where it has ended."""
        if not self._orders:
            return
        self._children.kill()
        self._children.dismiss()
        processes.see_off()
        for descriptor in (*self._orders, *self._files):
            os.close(descriptor)
        self._orders.clear()


def _receive(waiting: int, file: int) -> Arrays | None:
    """Wait for the arrays that are given, None where there will be none."""
    with os.fdopen(waiting, "rb") as orders:
        head = orders.read(LENGTH.size)
        if not head:
            return None
        message = json.loads(orders.read(*LENGTH.unpack(head)))
    return processes.arrays_of(message, processes.map_file(file))
