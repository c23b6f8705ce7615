"""Write docs/benchmarks.md from the results."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.frame import load
from benchmarks.parts import PARTS, load_part
from benchmarks.plots import draw

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """\
# Benchmarks

How much of what repeats is found, how often a finding is wrong and what it costs,
beside the tools that a reader might use instead. This page is written by
`python -m benchmarks page` from the files in `benchmarks/results/`;
`python -m benchmarks` runs all of it again.
"""


def write_page(results: Path, path: Path) -> None:
    """Write the page of all results in a folder, its plots in a folder beside it."""
    try:
        draw(results, path.with_suffix(""))
    except ModuleNotFoundError as error:
        text = f"No plots are drawn ({error}); python -m pip install -e '.[benchmark]'"
        print(text, file=sys.stderr)
    path.write_text("\n".join(_lines(results)).rstrip() + "\n", encoding="utf-8")


def _lines(results: Path) -> Iterator[str]:
    yield HEAD
    for name in PARTS:
        found = load(name, results)
        if found:
            yield from load_part(name).section(found)
