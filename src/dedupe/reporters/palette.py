"""The colors of what people read on a terminal.

They are of the table of 256, half as bright as white: the sixteen old ones are each
terminal's own, and its yellow, green and cyan cannot be read on white. Nothing is told
by color alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

RESET = "\x1b[0m"
BOLD = "\x1b[1m"
RED = "\x1b[38;5;167m"
MAGENTA = "\x1b[38;5;133m"
ORANGE = "\x1b[38;5;166m"
BLUE = "\x1b[38;5;31m"
GREEN = "\x1b[38;5;64m"

Paint: TypeAlias = Callable[[str, str], str]


def plain(text: str, color: str) -> str:  # noqa: ARG001
    """Return the text as it is."""
    return text


def colored(text: str, color: str) -> str:
    """Return the text in a color."""
    return f"{color}{text}{RESET}"
