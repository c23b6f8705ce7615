"""Settle where the clean texts go, and refuse what cannot go there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from dedupe.cli import outputs
from dedupe.cli.declaring import flag
from dedupe.errors import OutputError, SettingsError
from dedupe.readers import STDIN, Source

if TYPE_CHECKING:
    from collections.abc import Sequence


Goal: TypeAlias = Literal["print", "tree", "write", "check", "diff"]

_GOALS: dict[str, Goal] = {
    "output_dir": "tree",
    "write": "write",
    "check": "check",
    "diff": "diff",
}


def goal_of(chosen: dict[str, Any]) -> Goal:
    """Return where the text goes; raise SettingsError for two ways at once."""
    ways = [name for name in _GOALS if chosen[name] not in (None, False)]
    # A diff names the files that would change as well.
    if len(ways) > 1 and ways != ["check", "diff"]:
        first, second = map(flag, ways[:2])
        raise SettingsError(f"{first} and {second} exclude each other.")
    if chosen["backup"] is not None:
        _check_backup(chosen)
    return _GOALS[ways[-1]] if ways else "print"


def _check_backup(chosen: dict[str, Any]) -> None:
    suffix = chosen["backup"]
    if not chosen["write"]:
        raise SettingsError("--backup keeps what --write changes; pass both.")
    if not suffix or "/" in suffix or os.sep in suffix or "\0" in suffix:
        raise SettingsError(f"--backup={suffix}: not a suffix for the name of a file.")


def report_target(chosen: dict[str, Any], goal: Goal) -> outputs.Target | None:
    """Return where the report goes; never over one that may still be needed."""
    if chosen["report"] is None:
        return None
    path = Path(chosen["report"])
    target = outputs.Target("report", path)
    outputs.check([target])
    if goal == "write" and path.is_file() and path.stat().st_size:
        message = f"{path} exists, and may be the only way back from an earlier run"
        raise OutputError(f"{message}; name another file or remove it.")
    return target


def require_possible(
    chosen: dict[str, Any], goal: Goal, sources: Sequence[Source]
) -> None:
    """Refuse what cannot be done with the inputs at hand, before anything is done."""
    if STDIN in chosen["paths"]:
        _require_possible_with_stdin(chosen, goal)
    if goal == "print" and len(sources) > 1:
        raise SettingsError(
            f"{len(sources):,} texts cannot be printed as one; pass --output-dir DIR "
            "or --write to write them, --check or --diff to see what would change."
        )
    if chosen["backup"]:
        names = {source.path for source in sources}
        for source in sources:
            if source.path + chosen["backup"] in names:
                message = f"{source.path}{chosen['backup']} is one of the inputs"
                raise SettingsError(f"{message}; choose another suffix for --backup.")


def _require_possible_with_stdin(chosen: dict[str, Any], goal: Goal) -> None:
    if goal == "write":
        raise SettingsError("--write has no file to change for standard input.")
    if goal == "tree" and chosen["stdin_filename"] == STDIN:
        message = "standard input needs a name for its file in --output-dir"
        raise SettingsError(f"{message}; pass --stdin-filename.")
    if chosen["across"] or chosen["drop_boilerplate"]:
        message = "--across and --drop-boilerplate read everything twice"
        raise SettingsError(f"{message}, which standard input cannot be.")
