"""Read, fold and split a folder in plain Python, without looking for anything."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

# The letters that most tools fold, and the marks they delete.
FOLDING = str.maketrans(
    "أإآٱىةؤئیک٠١٢٣٤٥٦٧٨٩",
    "ااااييءءيك0123456789",
    "".join(map(chr, range(0x064B, 0x0653))) + "\N{ARABIC TATWEEL}",
)
WORD = re.compile(r"\w+")


def main() -> None:
    """Print how many words the files below a folder hold."""
    words = 0
    for folder, _, files in os.walk(sys.argv[1]):
        for name in files:
            text = Path(folder, name).read_text(encoding="utf-8")
            words += len(WORD.findall(text.translate(FOLDING)))
    print(words)


if __name__ == "__main__":
    main()
