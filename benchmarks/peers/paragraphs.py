"""What the peers are given: paragraphs that are already split and folded."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHINGLE_SIZE = 3
NUM_PERM = 128
THRESHOLD = 0.7

# Shorter paragraphs are left out, which spares the peers large groups of equal lines.
MIN_WORDS = 8


def read_paragraphs() -> tuple[list[str], list[str]]:
    """Return the names and texts in the file that the first argument names."""
    names, texts = [], []
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["text"].count(" ") >= MIN_WORDS - 1:
                names.append(row["id"])
                texts.append(row["text"])
    return names, texts


def shingles(text: str) -> set[str]:
    """Return the word 3-shingles of a folded text."""
    words = text.split(" ")
    return {
        " ".join(words[start : start + SHINGLE_SIZE])
        for start in range(len(words) - SHINGLE_SIZE + 1)
    }


def write_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Write pairs of names into the file that the second argument names."""
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        out.writelines(f"{left}\t{right}\n" for left, right in pairs)
