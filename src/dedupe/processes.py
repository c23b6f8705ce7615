"""Run numbered tasks on all cores, with arrays as results.

Tasks run in forked children, so they see everything the parent holds; what they give
back is written to memory that the parent maps. Where a process cannot fork, or has
threads that a fork would break, everything runs in the parent, with the same results.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from dedupe.background import can_fork, usable_cores
from dedupe.children import DIED, Tell, children, see_off
from dedupe.errors import DedupeError
from dedupe.memory_files import Arrays, MemoryFile, Places, memory_files
from dedupe.values import dataclass

# A task gives a small value that JSON can carry, and arrays.
Outcome: TypeAlias = tuple[Any, Arrays]
# What a stage is given: the arrays of each task of the one before.
Given: TypeAlias = Sequence[Arrays]
Task: TypeAlias = Callable[[int, Given], Outcome]
Done: TypeAlias = Callable[[float], None]

TICKET = struct.Struct("<QLL")  # byte and size of an order, number of a task
AHEAD = 128  # tickets in the pipe at most; the smallest pipe holds 256


def usable_jobs(jobs: int | None) -> int:
    """Return how many processes may work: what is asked for, or one a core."""
    if not can_fork():
        return 1
    return jobs or usable_cores()


def run(
    task: Callable[[int], Outcome], count: int, jobs: int, done: Done | None = None
) -> list[Outcome]:
    """Return what `task` gives for 0 … count-1, as `outcomes_in_order` yields it."""
    return [*outcomes_in_order(task, count, jobs, done)]


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
    task: Callable[[int], Outcome],
    count: int,
    jobs: int,
    done: Done | None = None,
) -> Generator[Outcome, None, None]:
    """Yield what `task` gives for 0 … count - 1, as soon as those before it are there.

    `done` hears the share of finished tasks. A DedupeError of a task is raised again
    here, any other error as a WorkerError. What was given is held until the end, so let
    there not be too much at a time.
    """

    def alone(number: int, _: Given) -> Outcome:
        return task(number)

    with workers({"": alone}, min(jobs, count)) as crew:
        for outcome, _ in crew.outcomes("", count, done=done, is_last=True):
            yield outcome
    see_off()


class _Place(NamedTuple):
    """Where the arrays of a task lie."""

    file: int  # of all memory files
    arrays: Places


@dataclass(frozen=True, slots=True)
class Stage:
    """What the tasks of a stage gave; another stage can be given it.

    The first place is that of the first arrays, and so on; None where they lie in the
    memory of this process alone.
    """

    arrays: list[Arrays]
    places: list[_Place | None]
    files: Sequence[MemoryFile] = ()

    @classmethod
    def of(cls, arrays: Arrays) -> Stage:
        """Return arrays of this process as if they came from a stage of one task."""
        return cls([arrays], [None])

    def only(self, name: str) -> Stage:
        """Return the arrays of one name alone."""
        return self._with(
            [{name: arrays[name]} for arrays in self.arrays],
            [
                place and _Place(place.file, {name: place.arrays[name]})
                for place in self.places
            ],
        )

    def with_more(self, arrays: Arrays) -> Stage:
        """Return the same arrays, and some of this process after them."""
        return self._with([*self.arrays, arrays], [*self.places, None])

    def _with(self, arrays: list[Arrays], places: list[_Place | None]) -> Stage:
        return Stage(arrays, places, self.files)

    def forget(self) -> None:
        """Give back the memory of the arrays, which nobody may look at any more."""
        self.arrays.clear()
        places = [place for place in self.places if place]
        for number, file in enumerate(self.files):
            file.forget([place.arrays for place in places if place.file == number])


class Workers:
    """Do the tasks of one stage after another, here in this process."""

    def __init__(self, tasks: Mapping[str, Task]) -> None:
        self._tasks = tasks

    def run(
        self,
        name: str,
        count: int,
        given: Stage | None = None,
        done: Done | None = None,
    ) -> Stage:
        """Return the arrays that each task of a stage gives."""
        arrays, places = [], []
        for (_, own), place in self.outcomes(name, count, given, done):
            arrays.append(own)
            places.append(place)
        return Stage(arrays, places)

    def outcomes(
        self,
        name: str,
        count: int,
        given: Stage | None = None,
        done: Done | None = None,
        *,
        is_last: bool = False,  # noqa: ARG002 - for processes that can leave
    ) -> Iterator[tuple[Outcome, _Place | None]]:
        """Yield what each task gives, and where that lies.

        After the last stage each worker leaves as soon as nothing is left to do.
        """
        before = given.arrays if given else ()
        for number in range(count):
            yield self._tasks[name](number, before), None
            if done:
                done((number + 1) / count)

    def forget(self, place: _Place | None, name: str) -> None:
        """Give back the memory of some arrays of a task, once they are copied.

        They are those of a name, be there anything and a slash before it.
        """

    def let_go(self, stage: Stage) -> None:
        """Forget a stage as soon as there is nothing better to do."""
        stage.forget()


@contextlib.contextmanager
def workers(tasks: Mapping[str, Task], jobs: int) -> Iterator[Workers]:
    """Give workers for stages of some tasks, on so many processes.

    They are forked at once and see what this process holds now, and shared memory; what
    else they need a stage is to be given. To give their memory back takes them some
    milliseconds: whoever left them goes on meanwhile, and calls `children.see_off`.
    """
    see_off()  # those who were left before
    if jobs <= 1:
        yield Workers(tasks)
        return
    with (
        memory_files(jobs + 1) as files,
        contextlib.closing(_Tickets()) as tickets,
        children() as started,
    ):
        for own in range(jobs):
            started.start(partial(_serve, tasks, tickets, files, own))
        with contextlib.closing(started.listen()) as messages:
            yield _Forked(tasks, tickets, files, messages)


class _Forked(Workers):
    """Have tasks done in children, unless there is a single one."""

    def __init__(
        self,
        tasks: Mapping[str, Task],
        tickets: _Tickets,
        files: Sequence[MemoryFile],
        messages: Iterator[dict[str, Any] | None],
    ) -> None:
        super().__init__(tasks)
        self._tickets = tickets
        self._files = files  # of each child, and of this process
        self._messages = messages
        self._let_go: list[Stage] = []

    def run(
        self,
        name: str,
        count: int,
        given: Stage | None = None,
        done: Done | None = None,
    ) -> Stage:
        """Return the arrays that each task of a stage gives."""
        stage = super().run(name, count, given, done)
        return replace(stage, files=self._files)

    def outcomes(
        self,
        name: str,
        count: int,
        given: Stage | None = None,
        done: Done | None = None,
        *,
        is_last: bool = False,
    ) -> Iterator[tuple[Outcome, _Place | None]]:
        """Yield what each task gives, and where that lies.

        After the last stage each worker leaves as soon as nothing is left to do.
        """
        if count <= 1:
            yield from super().outcomes(name, count, given, done)
            return
        order = json.dumps([name, self._known(given)]).encode()
        first = self._files[-1].append(order)
        self._tickets.begin(first, len(order), count, is_last=is_last)
        while self._let_go:
            self._let_go.pop().forget()  # takes long, and the children are at work
        waiting: dict[int, tuple[Outcome, _Place]] = {}
        due = 0
        for heard, message in enumerate(self._heard(count, is_last=is_last), 1):
            self._tickets.issue(heard)
            place = _Place(message["file"], message["arrays"])
            arrays = self._files[place.file].arrays(place.arrays)
            waiting[message["task"]] = (message["value"], arrays), place
            while due in waiting:
                yield waiting.pop(due)
                due += 1
            if done:
                done(heard / count)

    def _heard(self, count: int, *, is_last: bool) -> Iterator[dict[str, Any]]:
        """Yield what children tell of so many tasks."""
        heard = 0
        for message in self._messages:
            if message:
                heard += 1
                yield message
                if heard == count:
                    return
            elif not is_last:
                break
        raise DedupeError(DIED)

    def forget(self, place: _Place | None, name: str) -> None:
        """Give back the memory of some arrays of a task, once they are copied."""
        if place:
            for key, where in place.arrays.items():
                if key.rpartition("/")[2] == name:
                    self._files[place.file].forget([{key: where}])

    def let_go(self, stage: Stage) -> None:
        """Forget a stage as soon as there is nothing better to do."""
        self._let_go.append(stage)

    def _known(self, given: Stage | None) -> list[_Place]:
        """Return where what is given lies for all to see."""
        if not given:
            return []
        own = len(self._files) - 1
        return [
            place or _Place(own, self._files[own].store(arrays))
            for arrays, place in zip(given.arrays, given.places, strict=True)
        ]


def _serve(
    tasks: Mapping[str, Task],
    tickets: _Tickets,
    files: Sequence[MemoryFile],
    own: int,
    tell: Tell,
) -> None:
    """Draw tickets and do the tasks, until there are no more."""
    tickets.close_writing()
    known, name = -1, ""
    given: Given = ()
    while ticket := os.read(tickets.reading, TICKET.size):
        order, size, number = TICKET.unpack(ticket)
        if order != known:
            known = order
            name, places = json.loads(files[-1].read(order, size))
            given = [files[file].arrays(where) for file, where in places]
        value, arrays = tasks[name](number, given)
        stored = files[own].store(arrays)
        # So the next task finds memory that was used before: new pages are dear.
        del arrays
        tell({"task": number, "value": value, "file": own, "arrays": stored})


class _Tickets:
    """Tasks in a pipe, from which each child draws the next.

    A pipe gives every ticket to one reader alone; the position of a shared file does
    not on every system. It holds a few hundred, so the rest follows as tasks end.
    """

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self._order = (0, 0)
        self._count = 0
        self._is_last = False
        self._issued = 0

    def begin(self, order: int, size: int, count: int, *, is_last: bool) -> None:
        """Begin a stage of so many tasks, which an order of so many bytes tells."""
        self._order = order, size
        self._count = count
        self._is_last = is_last
        self._issued = 0
        self.issue(0)

    def issue(self, heard: int) -> None:
        """Put in what there is room for when so many tasks are done."""
        stop = min(self._count, heard + AHEAD)
        numbers = range(self._issued, stop)
        tickets = [TICKET.pack(*self._order, number) for number in numbers]
        if tickets:
            os.write(self.writing, b"".join(tickets))
        self._issued = stop
        if self._is_last and stop == self._count:
            self.close_writing()

    def close(self) -> None:
        """Let those who wait for a ticket know that none will come."""
        os.close(self.reading)
        self.close_writing()

    def close_writing(self) -> None:
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1
