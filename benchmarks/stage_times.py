"""Time the stages of a scan on one core, and the least that the machine could need.

It is run as a process of its own, `python -m benchmarks.stage_times FOLDER ROUNDS`, and
prints JSON: the seconds of CPU time of each round.
"""

from __future__ import annotations

import functools
import importlib
import io
import json
import os
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dedupe.pipeline import scan
from dedupe.reporters import REPORTERS

if TYPE_CHECKING:
    from collections.abc import Callable

# Functions of the program → the stage that their time counts to, without that of other
# functions in the list that they call.
WATCHED = {
    "dedupe.pipeline:find_sources": "find the files",
    "dedupe.readers.loading:_load_plain": "read and decode",
    "dedupe.readers.loading:_load_whole": "read and decode",
    "dedupe.folding:fold_batch": "fold, cut into words, hash",
    "dedupe.loader:read": "paragraphs and columns",
    "dedupe.candidates:shingle_keys": "shingles, sorted",
    "dedupe.candidates:seeds": "seeds: rare shingles paired",
    "dedupe.aligner:grow": "align",
    "dedupe.verifier:cut_at_paragraphs": "align",
    "dedupe.stages:verify": "verify",
    "dedupe.signatures:signatures": "MinHash signatures",
    "dedupe.blocks:draft": "findings",
    "dedupe.blocks:gather": "findings",
    "dedupe.pipeline:build_result": "findings",
}
REST, REPORT = "compare: the rest", "report in JSON"
CHUNK = 128 * 1024  # bytes: what stays in the cache of a core


class Stopwatch:
    """CPU time by stage; a stage stands still while another that it calls runs."""

    def __init__(self) -> None:
        """Start with everything at nought."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    def begin(self, stage: str) -> None:
        """Let a stage run, and what ran stand still."""
        self._note()
        self._running.append(stage)

    def end(self) -> None:
        """Let what stood still run again."""
        self._note()
        self._running.pop()

    def _note(self) -> None:
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def watch(self, place: str, stage: str) -> None:
        """Put a function of the program on the watch."""
        module_name, name = place.split(":")
        module = importlib.import_module(module_name)
        setattr(module, name, self._watched(getattr(module, name), stage))

    def _watched(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - any function
            self.begin(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.end()

        return watched


def main() -> None:
    """Print the times of all rounds."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    clock = Stopwatch()
    for place, stage in WATCHED.items():
        clock.watch(place, stage)
    stages: list[dict[str, float]] = []
    bounds: list[dict[str, float]] = []
    for number in range(rounds + 1):
        clock.seconds.clear()
        words = _scan(folder, clock)
        floor = least(folder, words)
        if number:  # the first round imports, and fills caches
            stages.append(dict(clock.seconds))
            bounds.append(floor)
    print(json.dumps({"stages": stages, "bounds": bounds}))


def _scan(folder: Path, clock: Stopwatch) -> int:
    clock.begin(REST)
    result = scan([folder], jobs=1)
    clock.end()
    clock.begin(REPORT)
    REPORTERS["json"](result, io.BytesIO())
    clock.end()
    return result.words


def least(folder: Path, words: int) -> dict[str, float]:
    """Return the seconds of what no program could do without, by stage."""
    paths = [
        os.path.join(parent, name)  # noqa: PTH118 - what is measured is the system
        for parent, _, names in os.walk(folder)
        for name in names
    ]
    found = {}
    found["find the files"], _ = _timed(lambda: [0 for _ in os.walk(folder)])
    reading, chunks = _timed(lambda: _read(paths))
    decoding, texts = _timed(lambda: [chunk.decode() for chunk in chunks])
    found["read and decode"] = reading + decoding
    found["decode alone"] = decoding
    codes = [np.frombuffer(text.encode("utf-16-le"), np.uint16) for text in texts]
    table = np.arange(1 << 16, dtype=np.uint16)
    looked, _ = _timed(lambda: [table.take(points) for points in codes])
    keys = np.random.default_rng(1).integers(0, 1 << 63, words).astype(np.uint64)
    hashed, _ = _timed(lambda: keys * np.uint64(3) ^ keys >> np.uint64(7))
    found["fold, cut into words, hash"] = looked + hashed
    found["shingles, sorted"], _ = _timed(keys.sort)
    data = b"".join(chunks)
    found["copy in memory"], _ = _timed(lambda: bytearray(data))
    return found


def _read(paths: list[str]) -> list[bytes]:
    """Return the bytes of all files in pieces of the size of a cache."""
    chunks, held = [], bytearray()
    for path in paths:
        file = os.open(path, os.O_RDONLY)
        held += os.read(file, 1 << 24)
        os.close(file)
        if len(held) >= CHUNK:
            chunks.append(bytes(held))
            held.clear()
    return [*chunks, bytes(held)]


def _timed(task: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = task()
    return time.process_time() - began, result


if __name__ == "__main__":
    main()
