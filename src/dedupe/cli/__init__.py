"""The command line: the one place that knows click, files and exit codes."""

from __future__ import annotations

import gc

# What is being loaded, click and numpy above all, is no garbage; to look for some in it
# time and again takes a twentieth of a small scan.
gc.set_threshold(100_000)

from dedupe.cli.program import main  # noqa: E402

__all__ = ["main"]
