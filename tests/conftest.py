from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A shared machine may be slow for a moment, and a slow example proves nothing.
settings.register_profile("dedupe", deadline=None)
settings.load_profile("dedupe")


@pytest.fixture
def nothing_left_behind() -> Iterator[None]:
    """No child, dead or alive, and no file stays open."""
    before = open_files()
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert open_files() == before


def open_files() -> int:
    """Return how many files this process has open."""
    gc.collect()
    return len(list(Path("/dev/fd").iterdir()))
