"""What was prepared ahead is finished as if it had been done in one go."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from dedupe import ahead
from dedupe.ahead import Ahead, Prepared
from dedupe.errors import DedupeError, InputError
from dedupe.processes import Arrays, Outcome, WorkerError

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.usefixtures("nothing_left_behind"),
]
workers_given = pytest.mark.parametrize("workers", [0, 1, 2, 9])


def prepare(number: int) -> Prepared[list[int]]:
    return Prepared(list(range(number)), number)


def finish(number: int, held: list[int], given: Arrays) -> Outcome:
    rows = np.array(held, np.int64) * given["factor"]
    return [number, len(held)], {"rows": rows, "none": rows[:0]}


def outcomes(task: Ahead[list[int]]) -> list[tuple[object, list[int]]]:
    given = {"factor": np.array([3]), "more": np.empty(0)}
    return [(value, arrays["rows"].tolist()) for value, arrays in task.outcomes(given)]


EXPECTED = [
    ([number, number], [3 * row for row in range(number)]) for number in range(7)
]


@workers_given
def test_what_is_given_later_reaches_every_task(workers: int) -> None:
    assert outcomes(Ahead(prepare, finish, 7, workers)) == EXPECTED


@workers_given
@pytest.mark.parametrize("count", [0, 1, 2])
def test_there_may_be_fewer_tasks_than_processes(workers: int, count: int) -> None:
    assert outcomes(Ahead(prepare, finish, count, workers)) == EXPECTED[:count]


@workers_given
@pytest.mark.parametrize("most", [0, 1, 4])
def test_what_there_was_no_room_for_is_prepared_at_last(
    workers: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST_HELD", most)
    assert outcomes(Ahead(prepare, finish, 7, workers)) == EXPECTED


def test_tasks_are_prepared_before_they_are_asked_for(tmp_path: Path) -> None:
    def leave_a_mark(number: int) -> Prepared[list[int]]:
        (tmp_path / str(number)).touch()
        return prepare(number)

    task = Ahead(leave_a_mark, finish, 4, 2)
    patience = time.monotonic() + 30
    while len(list(tmp_path.iterdir())) < 4:
        assert time.monotonic() < patience
    assert outcomes(task) == EXPECTED[:4]


@workers_given
def test_nothing_is_left_of_what_is_never_asked_for(workers: int) -> None:
    task = Ahead(prepare, finish, 7, workers)
    task.close()
    task.close()


@workers_given
@pytest.mark.parametrize("half", ["prepare", "finish"])
@pytest.mark.parametrize("error", [InputError("no such text"), ValueError("a mistake")])
def test_an_error_of_either_half_is_raised_when_it_is_asked_for(
    workers: int, half: str, error: Exception
) -> None:
    def prepare_or_fail(number: int) -> Prepared[list[int]]:
        if half == "prepare" and number == 3:
            raise error
        return prepare(number)

    def finish_or_fail(number: int, held: list[int], given: Arrays) -> Outcome:
        if half == "finish" and number == 3:
            raise error
        return finish(number, held, given)

    task = Ahead(prepare_or_fail, finish_or_fail, 7, workers)
    kind = WorkerError if workers and isinstance(error, ValueError) else type(error)
    with pytest.raises(kind, match=str(error)):
        outcomes(task)


def test_a_process_that_died_is_an_error() -> None:
    def die(number: int) -> Prepared[list[int]]:
        if number == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return prepare(number)

    with pytest.raises(DedupeError, match="died"):
        outcomes(Ahead(die, finish, 7, 2))
