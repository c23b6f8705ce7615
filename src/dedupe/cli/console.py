"""Talk to whoever runs a command, on stderr."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import click

from dedupe.reporters.neutralizer import disarm


def tell(text: str) -> None:
    """Say a line, made safe to show, after all that was printed before it."""
    # What stops standard output from being written is told when the program leaves.
    with contextlib.suppress(OSError, ValueError):
        if sys.stdout:
            sys.stdout.flush()
    try:
        click.echo(f"dedupe: {disarm(text)}", err=True)
    except OSError:
        # Nobody is listening; the exit code still says it.
        return


def is_terminal(stream: Any) -> bool:  # noqa: ANN401
    """Tell whether a person may be watching a stream."""
    return stream is not None and bool(stream.isatty())
