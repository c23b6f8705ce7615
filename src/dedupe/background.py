"""Do one task in a forked child while this process does something else.

>>> count = Background(lambda: sum(range(100)))
>>> count.result()
4950
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

ANSWER = 1 << 20  # bytes; what every user may put into a pipe


def can_fork() -> bool:
    """Tell whether a child can be forked; a thread's locks would break in it."""
    return hasattr(os, "fork") and threading.active_count() == 1


def usable_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


class Background:
    """A task that may be under way in a child process.

    Its result is what JSON can carry. Where no child can
    be forked, or it fails in whatever way, the task is done here when asked for.
    """

    def __init__(self, task: Callable[[], Any]) -> None:
        self._task = task
        self._child = self._reading = 0
        if can_fork():
            self._start()

    def _start(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream:  # None where the shell has closed it
                stream.flush()
        reading, writing = os.pipe()
        self._widen(writing)
        try:
            child = os.fork()
        except OSError:
            os.close(reading)
            os.close(writing)
            return
        if not child:
            self._work(writing)
        os.close(writing)
        self._child, self._reading = child, reading

    def _work(self, writing: int) -> None:
        """Send the result to the parent; a child that cannot just ends."""
        code = 1
        try:
            gc.disable()
            with os.fdopen(writing, "wb") as out:
                out.write(json.dumps(self._task()).encode())
            code = 0
        finally:
            os._exit(code)

    @staticmethod
    def _widen(pipe: int) -> None:
        """Let a pipe hold a whole answer: its child need not wait to be asked."""
        import fcntl  # noqa: PLC0415 - where there is fork

        with contextlib.suppress(AttributeError, OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, ANSWER)

    def result(self) -> Any:  # noqa: ANN401
        """Return what the task gives; it can be asked for once."""
        if not self._child:
            return self._task()
        with os.fdopen(self._reading, "rb") as file:
            answer = file.read()
        _, status = os.waitpid(self._child, 0)
        return self._task() if status else json.loads(answer)
