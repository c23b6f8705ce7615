"""Show on the terminal how far a scan has come."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Any, Self, TextIO

from dedupe.cli.console import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

WIDTH = 24  # characters of the bar
DELAY = 0.4  # seconds: what ends sooner needs no bar
INTERVAL = 0.1


def wanted(
    choice: bool | None,  # noqa: FBT001
    environment: Mapping[str, str],
    *,
    is_terminal: bool,
) -> bool:
    """Return what the flag says, else whether a person seems to be watching."""
    if choice is not None:
        return choice
    return (
        is_terminal and not environment.get("CI") and environment.get("TERM") != "dumb"
    )


@contextlib.contextmanager
def watched(chosen: Mapping[str, Any]) -> Iterator[ProgressLine | None]:
    """Give a line to draw on while the work goes on, if somebody is watching."""
    if chosen["quiet"] or not wanted(
        chosen["progress"], os.environ, is_terminal=is_terminal(sys.stderr)
    ):
        yield None
        return
    with ProgressLine(sys.stderr) as line:
        yield line


class ProgressLine:
    """One line that is drawn over and over, and gone at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = time.monotonic() + DELAY
        self._drawn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._drawn:
            self._draw("")

    def __call__(self, stage: str, share: float) -> None:
        """Draw the stage and its share done, but not more often than one can see."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + INTERVAL
        filled = round(WIDTH * min(max(share, 0.0), 1.0))
        bar = "#" * filled + "." * (WIDTH - filled)
        self._draw(f"{stage:<12} [{bar}] {share:4.0%}")

    def _draw(self, line: str) -> None:
        blank = " " * (self._drawn - len(line))
        with contextlib.suppress(OSError):
            self._stream.write(f"\r{line}{blank}" if line else f"\r{blank}\r")
            self._stream.flush()
        self._drawn = len(line)
