"""Do the work of every stage, and say where each begins and ends.

This runs as a process of its own, under a meter or on its own clock: see `meters`.
"""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.regression.articles import articles
from dedupe import Archive, Document, ScanResult
from dedupe.cleaner import CleanSettings, clean_documents
from dedupe.folding import fold_words
from dedupe.pipeline import scan
from dedupe.reporters import REPORTERS

if TYPE_CHECKING:
    from collections.abc import Callable

KERNEL = "reference kernel"
# The work of `clean` and nearly a third more: a gate that lets this pass is broken.
CLEAN, CONTROL, CONTROL_SHARE = "clean", "control", 0.3

# What the pipeline tells of its progress → the stage of the table.
SCAN_STAGES = {
    "reading": "read and fold",
    "indexing": "shingles and seeds",
    "pairing": "shingles and seeds",
    "comparing": "compare",
    "reporting": "compare",  # told when comparing has ended
}
WARMING_ARTICLES = 25
ASKED_ARTICLES = 5


def main() -> None:
    """Write the laps of one round, or of as many as the second argument says."""
    output, rounds = Path(sys.argv[1]), int(sys.argv[2])
    texts = articles()
    laps = Laps()
    with tempfile.TemporaryDirectory() as folder:
        # Whatever is imported late, or remembered, shall not count.
        warming = dict(islice(texts.items(), WARMING_ARTICLES))
        work(warming, Path(folder, "warming"), laps)
        laps.forget()
        for number in range(rounds):
            work(texts, Path(folder, str(number)), laps)
    output.write_text(json.dumps(laps.told), encoding="utf-8")


class Laps:
    """Stages in the order in which they ended, with the seconds of CPU time."""

    def __init__(self) -> None:
        """Begin."""
        self.told: list[tuple[str, float]] = []
        self._since = time.process_time()

    def end(self, stage: str) -> None:
        """Say that what was done since the last call belongs to a stage."""
        # A call that the meter waits for, and that nothing else makes.
        os.getppid()
        now = time.process_time()
        self.told.append((stage, now - self._since))
        self._since = time.process_time()

    def forget(self) -> None:
        """Let everything until now belong to no stage; the meter has counted it."""
        self.told = [("", 0.0)] * len(self.told)


def work(texts: dict[str, str], folder: Path, laps: Laps) -> None:
    """Do the work of every stage once."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    laps.end("")
    kernel(texts)
    laps.end(KERNEL)
    fold_words(list(texts.values()))
    laps.end("fold")
    result = scan([folder], jobs=1, progress=_telling(laps))
    laps.end("findings and JSON")
    REPORTERS["json"](result, io.BytesIO())
    laps.end("findings and JSON")
    _archive(texts, folder, laps)
    cleaned = list(texts.values())
    clean_documents(cleaned, CleanSettings())
    laps.end(CLEAN)
    cleaned += cleaned[: int(CONTROL_SHARE * len(cleaned))]
    clean_documents(cleaned, CleanSettings())
    laps.end(CONTROL)


def _telling(laps: Laps) -> Callable[[str, float], None]:
    def tell(stage: str, share: float) -> None:
        if share in {0.0, 1.0}:
            laps.end(SCAN_STAGES[stage])

    return tell


def _archive(texts: dict[str, str], folder: Path, laps: Laps) -> None:
    names = list(texts)
    asked = {name: texts[name] for name in names[-ASKED_ARTICLES:]}
    published = [Document(name, texts[name]) for name in names[:-ASKED_ARTICLES]]
    laps.end("")
    with Archive.create(folder / "published.dedupe", seed=1) as archive:
        archive.add(published)
    laps.end("archive add")
    for name, text in asked.items():
        with Archive.open(folder / "published.dedupe") as archive:
            _read(archive.query({name: text}))
    laps.end("archive query")


def _read(result: ScanResult) -> None:
    list(result.findings)


def kernel(texts: dict[str, str]) -> int:
    """Do what the stages are made of: decoding, columns, a sort, plain Python.

    Where Python or numpy do this quicker or slower, so they do the stages.
    """
    data = "".join(texts.values()).encode()
    codes = np.frombuffer(data.decode().encode("utf-16-le"), np.uint16)
    keys = codes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    keys ^= keys >> np.uint64(29)
    keys.sort()
    runs = np.flatnonzero(keys[1:] != keys[:-1]).size
    counts: dict[str, int] = {}
    for text in texts.values():
        for word in text.split():
            counts[word] = counts.get(word, 0) + 1
    return int(runs) + len(json.dumps(counts))


if __name__ == "__main__":
    main()
