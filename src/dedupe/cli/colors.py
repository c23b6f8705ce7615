"""Decide whether a report is colored."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dedupe.cli.console import is_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = ("0", "false", "no", "off")


def wants_color(chosen: Mapping[str, Any], *, to_file: bool = False) -> bool:
    """Tell whether what goes to standard output, or to a file, is colored."""
    choice = "never" if chosen["no_color"] else chosen["color"]
    if to_file:
        return use_color(choice, {}, is_terminal=False)
    return use_color(choice, os.environ, is_terminal=is_terminal(sys.stdout))


def use_color(
    choice: str, environment: Mapping[str, str], *, is_terminal: bool
) -> bool:
    """Return what the flag says, else NO_COLOR, else FORCE_COLOR, else the terminal.

    >>> use_color("auto", {"FORCE_COLOR": "1"}, is_terminal=False)
    True
    >>> use_color("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, is_terminal=True)
    False
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced.lower() not in OFF
    if environment.get("CLICOLOR_FORCE", "0").lower() not in ("", *OFF):
        return True
    return is_terminal and environment.get("TERM") != "dumb"
