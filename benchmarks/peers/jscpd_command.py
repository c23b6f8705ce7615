"""Find copies with jscpd: a file for each document, a line for each paragraph."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.paragraphs import read_paragraphs, read_settings, write_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.datasets import Row

PROGRAM = "JSCPD"


def main() -> None:
    """Write the files, run the command, tell lines from its report."""
    names, texts = read_paragraphs()
    options = read_settings({"options": []})["options"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = _write(folder / "text", names, texts)
        command = [os.environ[PROGRAM], *options, "--no-gitignore", "-r", "json"]
        ended = subprocess.run(
            [*command, "-o", str(folder), "."],
            cwd=folder / "text",
            capture_output=True,
            text=True,
            check=False,
        )
        report = folder / "jscpd-report.json"
        if not report.exists():
            sys.exit(ended.stderr or ended.stdout)
        clones = json.loads(report.read_text(encoding="utf-8"))["duplicates"]
    write_pairs(sorted({pair for clone in clones for pair in _pairs(clone, lines)}))


def _write(folder: Path, names: list[str], texts: list[str]) -> dict[str, list[str]]:
    """Write a file for each document; return the names of its lines."""
    folder.mkdir()
    documents = defaultdict(list)
    for name, text in zip(names, texts, strict=True):
        documents[name.rpartition("#")[0]].append((name, text))
    lines = {}
    for number, rows in enumerate(documents.values()):
        path = folder / f"{number:06}.txt"
        path.write_text("\n".join(text for _, text in rows) + "\n", encoding="utf-8")
        lines[path.name] = [name for name, _ in rows]
    return lines


def _pairs(clone: Row, lines: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs that a clone ties, line by line."""
    sides = [
        lines[Path(clone[side]["name"]).name][
            clone[side]["start"] - 1 : clone[side]["end"]
        ]
        for side in ("firstFile", "secondFile")
    ]
    for left, right in zip(*sides, strict=False):
        if left != right:
            yield (left, right) if left < right else (right, left)


if __name__ == "__main__":
    main()
