"""Tasks run on all cores, in order, and nothing is left behind when one fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import dedupe
from dedupe import memory_files, processes
from dedupe.children import WorkerError, see_off
from dedupe.errors import DecodingError, DedupeError, InputError
from dedupe.processes import Given, Outcome, Stage

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
pytestmark = [forking, pytest.mark.usefixtures("nothing_left_behind")]
jobs_given = pytest.mark.parametrize("jobs", [1, 2, 4])


def squares(number: int) -> Outcome:
    return {"number": number}, {"rows": np.arange(number, dtype=np.int64) ** 2}


@jobs_given
def test_outcomes_come_in_the_order_of_their_numbers(jobs: int) -> None:
    outcomes = processes.run(squares, 50, jobs)
    assert [value["number"] for value, _ in outcomes] == list(range(50))
    for number, (_, arrays) in enumerate(outcomes):
        assert arrays["rows"].tolist() == [row * row for row in range(number)]


@jobs_given
def test_the_first_outcomes_are_had_while_others_are_made(jobs: int) -> None:
    def task(number: int) -> Outcome:
        if number == 9:
            time.sleep(60)
        return None, {"rows": np.full(100_000, number)}

    began = time.monotonic()
    outcomes = processes.outcomes_in_order(task, 10, jobs)
    first = [next(outcomes)[1]["rows"] for _ in range(9)]
    outcomes.close()
    assert time.monotonic() - began < 30
    assert [set(rows.tolist()) for rows in first] == [{row} for row in range(9)]


def test_workers_that_were_left_are_seen_off_by_whoever_comes_next() -> None:
    for _ in range(2):
        with processes.workers(TASKS, 2) as crew:
            crew.run("numbers", 5)
    assert len(processes.run(squares, 5, 2)) == 5


@jobs_given
@pytest.mark.parametrize("count", [0, 1, 3])
def test_there_may_be_fewer_tasks_than_processes(jobs: int, count: int) -> None:
    assert len(processes.run(squares, count, jobs)) == count


@jobs_given
@pytest.mark.parametrize("dtype", ["u1", "u4", "i8", "f8", "?"])
def test_an_array_keeps_its_type(jobs: int, dtype: str) -> None:
    def task(number: int) -> Outcome:
        return None, {"some": np.ones(number, dtype), "none": np.empty(0, dtype)}

    for number, (_, arrays) in enumerate(processes.run(task, 3, jobs)):
        assert arrays["some"].dtype == arrays["none"].dtype == np.dtype(dtype)
        assert arrays["some"].tolist() == np.ones(number, dtype).tolist()


@jobs_given
def test_large_values_and_arrays_come_through(jobs: int) -> None:
    # More than a pipe holds, and more than is read at once.
    def task(number: int) -> Outcome:
        return "قال" * 700_000, {"rows": np.full(3_000_000, number, np.int32)}

    for number, (value, arrays) in enumerate(processes.run(task, 4, jobs)):
        assert len(value) == 2_100_000
        assert (arrays["rows"] == number).all()


@pytest.mark.parametrize("has_files_in_memory", [True, False])
def test_all_processes_see_what_one_writes_to_shared_memory(
    monkeypatch: pytest.MonkeyPatch, *, has_files_in_memory: bool
) -> None:
    if not has_files_in_memory:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    shared = memory_files.shared_array(8, np.int64)

    def task(number: int) -> Outcome:
        shared[number] = os.getpid()
        return None, {}

    processes.run(task, 8, 2)
    assert (shared > 0).all()
    assert os.getpid() not in shared.tolist()


@jobs_given
def test_the_share_that_is_done_only_grows(jobs: int) -> None:
    heard: list[float] = []
    processes.run(squares, 20, jobs, heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@jobs_given
@pytest.mark.parametrize("kind", [DedupeError, InputError, DecodingError])
def test_our_own_error_is_raised_again(jobs: int, kind: type[DedupeError]) -> None:
    def task(number: int) -> Outcome:
        if number == 2:
            raise kind("notes.txt is gone; look for it.")
        return squares(number)

    with pytest.raises(kind, match=r"^notes\.txt is gone; look for it\.$") as caught:
        processes.run(task, 5, jobs)
    assert type(caught.value) is kind


@pytest.mark.parametrize("error", [ZeroDivisionError, MemoryError, RecursionError])
def test_any_other_error_comes_with_its_traceback(error: type[Exception]) -> None:
    def careless(_number: int) -> Outcome:
        raise error("oh")

    with pytest.raises(WorkerError, match=f"(?s)careless.*{error.__name__}: oh"):
        processes.run(careless, 5, 2)


@pytest.mark.parametrize("moment", ["first", "later"])
def test_a_killed_worker_is_an_error_with_advice(moment: str) -> None:
    def task(number: int) -> Outcome:
        if number == (0 if moment == "first" else 5):
            os.kill(os.getpid(), signal.SIGKILL)
        return squares(number)

    with pytest.raises(DedupeError, match=r"worker.*fewer --jobs"):
        processes.run(task, 10, 2)


def test_workers_that_leave_without_a_word_are_an_error() -> None:
    def task(_number: int) -> Outcome:
        os._exit(0)

    with pytest.raises(DedupeError, match=r"fewer --jobs"):
        processes.run(task, 4, 2)


def test_the_others_are_stopped_when_one_fails() -> None:
    def task(number: int) -> Outcome:
        if number:
            time.sleep(60)
        raise DedupeError("no.")

    start = time.monotonic()
    with pytest.raises(DedupeError, match="no"):
        processes.run(task, 4, 4)
    assert time.monotonic() - start < 10


def test_a_worker_that_cannot_start_is_an_error_with_advice() -> None:
    def task(number: int) -> Outcome:
        return squares(number)

    real = os.fork
    forks = 0

    def fork() -> int:
        nonlocal forks
        forks += 1
        if forks > 1:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        return real()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fork", fork)
        with pytest.raises(DedupeError, match="--jobs"):
            processes.run(task, 4, 4)


@jobs_given
@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 1_000])
def test_slices_are_rendered_in_order(jobs: int, count: int) -> None:
    def render(number: int) -> bytes:
        return b"%d," % number * (number % 3)

    text = b"".join(processes.run_in_order(render, count, jobs))
    assert text == b"".join(map(render, range(count)))


def test_children_end_when_nobody_wants_the_rest() -> None:
    def render(number: int) -> bytes:
        if number:
            time.sleep(60)
        return b"first"

    began = time.monotonic()
    slices = processes.run_in_order(render, 8, 2)
    assert bytes(next(slices)) == b"first"
    slices.close()
    assert time.monotonic() - began < 30


def numbers(number: int, _: Given) -> Outcome:
    return None, {"rows": np.arange(number * 1_000, (number + 1) * 1_000)}


def sums(number: int, given: Given) -> Outcome:
    part = [arrays["rows"][number::4].sum() for arrays in given]
    return os.getpid(), {"rows": np.array(part)}


TASKS = {"numbers": numbers, "sums": sums}


@jobs_given
def test_a_stage_sees_what_the_one_before_gave(jobs: int) -> None:
    with processes.workers(TASKS, jobs) as crew:
        first = crew.run("numbers", 7)
        second = crew.run("sums", 4, first)
        first.forget()
        third = crew.run("sums", 4, second)
    see_off()
    rows = np.arange(7_000).reshape(7, 1_000)
    expected = [rows[:, part::4].sum(axis=1) for part in range(4)]
    for arrays, values in zip(second.arrays, expected, strict=True):
        assert arrays["rows"].tolist() == values.tolist()
    for part, arrays in enumerate(third.arrays):
        again = [values[part::4].sum() for values in expected]
        assert arrays["rows"].tolist() == again


@jobs_given
def test_what_a_stage_gave_is_let_go_at_the_latest_when_the_next_begins(
    jobs: int,
) -> None:
    with processes.workers(TASKS, jobs) as crew:
        first = crew.run("numbers", 7)
        second = crew.run("sums", 4, first)
        crew.let_go(first)
        third = crew.run("sums", 4, second)
        assert not first.arrays
    see_off()
    total = sum(int(arrays["rows"].sum()) for arrays in second.arrays)
    assert total == sum(range(7_000))
    assert sum(int(arrays["rows"].sum()) for arrays in third.arrays) == total


@jobs_given
def test_what_a_task_gave_can_be_forgotten_once_it_is_copied(jobs: int) -> None:
    def task(number: int, _: Given) -> Outcome:
        rows = np.full(50_000, number)
        return None, {"rows": rows, "1/rows": rows + 10, "others": rows + 20}

    with processes.workers({"": task}, jobs) as crew:
        copied: list[list[int]] = []
        kept: list[np.ndarray] = []
        for (_, arrays), place in crew.outcomes("", 6):
            copied += arrays.pop("rows").tolist(), arrays.pop("1/rows").tolist()
            kept.append(arrays["others"])
            crew.forget(place, "rows")
    see_off()
    assert [{*rows} for rows in copied[::2]] == [{number} for number in range(6)]
    assert [{*rows} for rows in copied[1::2]] == [{n + 10} for n in range(6)]
    assert [{*rows.tolist()} for rows in kept] == [{n + 20} for n in range(6)]


@jobs_given
def test_a_stage_is_given_arrays_of_this_process(jobs: int) -> None:
    with processes.workers(TASKS, jobs) as crew:
        stage = Stage.of({"rows": np.arange(12)})
        found = crew.run("sums", 4, stage)
        again = crew.run("sums", 4, stage)
    see_off()
    for given in found, again:
        assert [arrays["rows"].tolist() for arrays in given.arrays] == [
            [12],
            [15],
            [18],
            [21],
        ]


def test_what_a_single_task_gave_can_be_given_on() -> None:
    # It is done in this process, and other processes are to see it all the same.
    with processes.workers(TASKS, 2) as crew:
        found = crew.run("sums", 4, crew.run("numbers", 1))
    see_off()
    assert sum(arrays["rows"].sum() for arrays in found.arrays) == sum(range(1_000))


def test_the_same_processes_do_all_stages() -> None:
    with processes.workers(TASKS, 3) as crew:
        first = crew.run("numbers", 9)
        seen = [
            {outcome[0] for outcome, _ in crew.outcomes("sums", 90, first)}
            for _ in range(3)
        ]
    see_off()
    assert len(set().union(*seen)) <= 3
    assert os.getpid() not in set().union(*seen)


@jobs_given
def test_an_error_of_a_later_stage_is_raised_again(jobs: int) -> None:
    def careless(_number: int, _given: Given) -> Outcome:
        raise InputError("notes.txt is gone; look for it.")

    with (
        pytest.raises(InputError, match="notes"),
        processes.workers(TASKS | {"careless": careless}, jobs) as crew,
    ):
        crew.run("careless", 4, crew.run("numbers", 4))


def test_a_worker_that_dies_between_stages_is_an_error() -> None:
    def last_word(_number: int, _given: Given) -> Outcome:
        return os.getpid(), {}

    def scan() -> None:
        with processes.workers(TASKS | {"last word": last_word}, 2) as crew:
            outcomes = [outcome for outcome, _ in crew.outcomes("last word", 2)]
            os.kill(outcomes[0][0], signal.SIGKILL)
            os.waitid(os.P_PID, outcomes[0][0], os.WEXITED | os.WNOWAIT)
            crew.run("numbers", 500)

    with pytest.raises(DedupeError, match=r"fewer --jobs"):
        scan()


def test_as_many_processes_work_as_are_asked_for() -> None:
    assert processes.usable_jobs(3) == 3
    assert processes.usable_jobs(None) >= 1


def test_one_process_works_beside_other_threads() -> None:
    # A lock that another thread holds would stay locked in a child forever.
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert processes.usable_jobs(4) == 1
        text = "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات"
        result = dedupe.scan([("1", text), ("2", text)], jobs=4)
    finally:
        done.set()
        thread.join()
    assert result.jobs == 1
    assert len(result.findings) == 1


INTERRUPTED = """
import os, sys, time
from dedupe import memory_files, processes

def task(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(60)

try:
    processes.run(task, 4, 2)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_an_interrupt_ends_the_workers_too() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as program:
        assert program.stdout is not None
        workers = [int(program.stdout.readline()) for _ in range(2)]
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate(timeout=20)
    assert program.returncode == 130
    assert errors == ""
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_interrupt_while_a_worker_starts_ends_it_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def task(_number: int) -> Outcome:
        time.sleep(60)
        return None, {}

    real = os.fork

    def fork() -> int:
        pid = real()
        if pid:
            os.kill(os.getpid(), signal.SIGINT)
        return pid

    monkeypatch.setattr(os, "fork", fork)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        processes.run(task, 4, 2)
    assert time.monotonic() - began < 30


def test_a_worker_that_dies_in_a_scan_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in "12":
        (tmp_path / f"{name}.txt").write_text("قال الوزير", encoding="utf-8")

    def killed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr("dedupe.batch_columns.load_in_pieces", killed)
    with pytest.raises(DedupeError, match="--jobs"):
        dedupe.scan([tmp_path], jobs=2, read=dedupe.ReadOptions(batch_bytes=1))
