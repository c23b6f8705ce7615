"""Write docs/benchmarks.md from the results."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.frame import load
from benchmarks.parts import PARTS, load_part
from benchmarks.plots import draw
from benchmarks.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """\
# Benchmarks

How much of what repeats is found, how often a finding is wrong and what it costs,
beside the tools that a reader might use instead. Every system runs through its own
public interface, in an environment of its own. Where another is ahead of this project,
the tables say so.

```sh
python -m pip install -e '.[benchmark]'
python -m benchmarks                  # on paragraphs written for the project
python -m benchmarks run --data DIR   # and on real news (see benchmarks/README.md)
python -m benchmarks page             # this page, from benchmarks/results/
```

The corpora of real news (SaudiNewsNet, ANT, ExAraPlagDet) are not part of the project;
the figures below were measured on copies of them. Absolute figures of another machine
will differ; recall, precision and ratios should not.
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
    yield from summary(results)
    for name in PARTS:
        found = load(name, results)
        if found:
            yield from load_part(name).section(found)
