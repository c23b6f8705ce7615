"""The command line: the one place that knows click, files and exit codes."""

from __future__ import annotations

from dedupe.cli.program import main

__all__ = ["main"]
