"""Read, fold and split a folder in plain Python, without looking for anything."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.peers.paragraphs import read_folder


def main() -> None:
    """Print how many paragraphs the files below a folder hold."""
    print(sum(1 for _ in read_folder(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
