"""What the peers are given, and how they answer.

A script is called with a file of paragraphs or a folder of texts, the file to write,
and its settings as JSON. It writes a line for each pair it found, or a line for each
group: names with tabs between them.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

# Without settings, what the speed of scripts is measured at: word 3-shingles of text
# that is already folded.
SHINGLES = "w3"
NUM_PERM = 128
THRESHOLD = 0.7

# Shorter paragraphs are left out, which spares the peers large groups of equal lines.
MIN_WORDS = 8

# The letters that most tools fold, and the marks they delete.
FOLDING = str.maketrans(
    "أإآٱىةؤئیک٠١٢٣٤٥٦٧٨٩",
    "اااايهءءيك0123456789",
    "".join(map(chr, range(0x064B, 0x0653))) + "\N{ARABIC TATWEEL}",
)
WORD = re.compile(r"\w+")


def read_paragraphs() -> tuple[list[str], list[str]]:
    """Return the names and texts of the paragraphs that the first argument names."""
    names, texts = [], []
    source = Path(sys.argv[1])
    for name, text in read_folder(source) if source.is_dir() else read_rows(source):
        if text.count(" ") >= MIN_WORDS - 1:
            names.append(name)
            texts.append(text)
    return names, texts


def read_rows(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of paragraphs that are already split and folded."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield row["id"], row["text"]


def read_folder(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the folded text of every line of every file in a folder."""
    for folder, folders, files in os.walk(root):
        folders.sort()
        for file in sorted(files):
            path = Path(folder, file)
            lines = path.read_text(encoding="utf-8").translate(FOLDING).split("\n")
            for number, line in enumerate(lines):
                yield f"{path}#{number}", " ".join(WORD.findall(line))


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
