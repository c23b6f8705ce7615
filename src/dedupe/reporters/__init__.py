"""Write the result of a scan, in one of several formats.

A reporter is a function `write(result, out)` that puts UTF-8 bytes into an open stream;
it opens nothing, prints nothing and knows no other reporter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import BinaryIO, TypeAlias

from dedupe.model import ScanResult

Reporter: TypeAlias = Callable[[ScanResult, BinaryIO], None]


class Reporters(Mapping[str, Reporter]):
    """Reporters by the names of their formats, each loaded when it is first used.

    A run needs one or two of them, and all together take as long to load as a small
    folder takes to scan.
    """

    def __init__(self, homes: Mapping[str, str]) -> None:
        self._homes = homes

    def __getitem__(self, name: str) -> Reporter:
        module, _, function = self._homes[name].partition(":")
        reporter: Reporter = getattr(import_module(f"{__name__}.{module}"), function)
        return reporter

    def __contains__(self, name: object) -> bool:
        return name in self._homes  # a Mapping would load it to tell

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


_HOMES = {
    "text": "text:write",
    "concise": "concise:write",
    "json": "json_object:write",
    "jsonl": "json_lines:write",
    "pairs": "pairs:write",
    "passages": "passages:write",
    "sarif": "sarif:write",
    "github": "github:write",
    "gitlab": "gitlab:write",
    "junit": "junit:write",
    "markdown": "markdown:write",
    "csv": "csv_table:write",
    "html": "html:write",
}

REPORTERS = Reporters(_HOMES)
COLORED_REPORTERS = Reporters(_HOMES | {"text": "text:write_in_color"})

__all__ = ["COLORED_REPORTERS", "REPORTERS", "Reporter"]
