"""The parts of the benchmark in the order of the page: add a part here."""

from __future__ import annotations

import importlib
from typing import cast

from benchmarks.frame import Part

# name → the module that measures it and writes its section (see `frame.Part`).
PARTS: dict[str, str] = {
    "tuning": "benchmarks.tuning",
    "variations": "benchmarks.variation_table",
    "natural": "benchmarks.natural_table",
    "plagiarism": "benchmarks.plagiarism_table",
    "speed": "benchmarks.speed",
    "costs": "benchmarks.costs",
    "archive": "benchmarks.archive",
}


def load_part(name: str) -> Part:
    """Import the module of a part."""
    return cast("Part", importlib.import_module(PARTS[name]))
