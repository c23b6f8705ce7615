"""Talk to whoever runs a command, on stderr."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

import click

from dedupe.reporters.neutralizer import disarm

INDENT = "        "  # as wide as the name of the program


def tell(text: str) -> None:
    """Say a line, made safe to show, after all that was printed before it.

    On a terminal it is broken between words.
    """
    # What stops standard output from being written is told when the program leaves.
    with contextlib.suppress(OSError, ValueError):
        if sys.stdout:
            sys.stdout.flush()
    line = f"dedupe: {disarm(text)}"
    if is_terminal(sys.stderr):
        from dedupe.reporters.fitting import fitted  # noqa: PLC0415 - it alone needs it

        line = "\n".join(fitted(line, terminal_width(), "", INDENT))
    try:
        click.echo(line, err=True)
    except OSError:
        # Nobody is listening; the exit code still says it.
        return


def terminal_width() -> int:
    """Return the columns of the terminal: COLUMNS, else what it says of itself."""
    import shutil  # noqa: PLC0415 - brings three compressors, for a terminal alone

    return shutil.get_terminal_size().columns


def is_terminal(stream: Any) -> bool:  # noqa: ANN401
    """Tell whether a person may be watching a stream."""
    return stream is not None and bool(stream.isatty())
