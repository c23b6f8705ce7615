from __future__ import annotations

import gc
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may be slow for a moment, and a slow example proves nothing.
settings.register_profile("dedupe", deadline=None)
settings.load_profile("dedupe")

# What a shell starts in the background ignores Ctrl-C, and so would all it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def nothing_left_behind() -> Iterator[None]:
    """No child, dead or alive, and no file stays open."""
    wait_for_children_of_others()
    before = open_files()
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert open_files() == before


def wait_for_children_of_others() -> None:
    """Give what earlier tests have started, and not waited for, the time to end."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.01)


def open_files() -> int:
    """Return how many files this process has open."""
    gc.collect()
    return len(list(Path("/dev/fd").iterdir()))
