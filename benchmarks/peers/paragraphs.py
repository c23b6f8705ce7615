"""What the peers are given, and how they answer.

A script is called with a file of paragraphs, the file to write, and its settings as
JSON. It writes a line for each pair it found, or a line for each group: names with
tabs between them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Without settings, what the speed of scripts is measured at: word 3-shingles of text
# that is already folded.
SHINGLES = "w3"
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


def read_settings(defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the settings in the third argument, over the defaults."""
    told = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}
    return {**defaults, **told}


def shingles(text: str, kind: str = SHINGLES) -> set[str]:
    """Return runs of words (w3: three) or of characters (c5: five) of a text."""
    unit, size = kind[0], int(kind[1:])
    parts: Sequence[str] = text.split() if unit == "w" else text
    between = " " if unit == "w" else ""
    return {
        between.join(parts[start : start + size])
        for start in range(max(1, len(parts) - size + 1))
    }


def write_pairs(pairs: Iterable[Sequence[str]]) -> None:
    """Write pairs or groups of names into the file that the second argument names."""
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        out.writelines("\t".join(names) + "\n" for names in pairs)
