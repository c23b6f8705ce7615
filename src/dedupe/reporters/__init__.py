"""Write the result of a scan, in one of several formats.

A reporter is a function `write(result, out)` that puts UTF-8 bytes into an open stream;
it opens nothing, prints nothing and knows no other reporter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO, TypeAlias

from dedupe.model import ScanResult
from dedupe.reporters import (
    concise,
    csv_table,
    github,
    gitlab,
    html,
    json_lines,
    json_object,
    junit,
    markdown,
    pairs,
    passages,
    sarif,
    text,
)

Reporter: TypeAlias = Callable[[ScanResult, BinaryIO], None]

REPORTERS: dict[str, Reporter] = {
    "text": text.write,
    "concise": concise.write,
    "json": json_object.write,
    "jsonl": json_lines.write,
    "pairs": pairs.write,
    "passages": passages.write,
    "sarif": sarif.write,
    "github": github.write,
    "gitlab": gitlab.write,
    "junit": junit.write,
    "markdown": markdown.write,
    "csv": csv_table.write,
    "html": html.write,
}

COLORED_REPORTERS: dict[str, Reporter] = {**REPORTERS, "text": text.write_in_color}

__all__ = ["COLORED_REPORTERS", "REPORTERS", "Reporter"]
