"""A task in the background gives what it would give here."""

from __future__ import annotations

import os
import threading

import pytest

from dedupe.background import Background


def test_the_task_is_done_in_another_process() -> None:
    assert Background(os.getpid).result() != os.getpid()


def test_a_task_whose_process_fails_is_done_here() -> None:
    here = os.getpid()

    def task() -> int:
        if os.getpid() != here:
            os._exit(3)
        return here

    assert Background(task).result() == here


def test_an_error_is_raised_where_the_result_is_asked_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def task() -> None:
        raise ValueError("no such thing")

    background = Background(task)
    with pytest.raises(ValueError, match="no such thing"):
        background.result()
    assert capfd.readouterr() == ("", "")


def test_with_threads_at_work_the_task_is_done_here() -> None:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert Background(os.getpid).result() == os.getpid()
    finally:
        stop.set()
        thread.join()
