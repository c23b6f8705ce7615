"""Draw the pictures of docs/plots.md anew: `python docs/plotted.py`."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from pathlib import Path

from PIL import Image

import dedupe
from dedupe import plots
from dedupe.model import About

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
COLORS = 128  # of a small PNG

# The samples do not tell who published them when. This is invented, as they are.
PUBLISHED = {
    "samples/000.txt": ("2026-03-01T08:00:00Z", "وكالة الساحل"),
    "samples/001.txt": ("2026-03-01T14:30:00Z", "صحيفة الغد"),
    "samples/002.txt": ("2026-03-02T09:00:00Z", "وكالة الساحل"),
    "samples/003.txt": ("2026-03-02T17:45:00Z", "منصة خبر"),
    "samples/004.txt": ("2026-03-03T07:10:00Z", "صحيفة الغد"),
    "samples/005.txt": ("2026-03-03T11:00:00Z", "Harbor Weekly"),
    "samples/007.txt": ("2026-03-01T19:00:00Z", "منصة خبر"),
    "handball": ("2026-03-02T21:00:00Z", "منصة خبر"),
    "pomegranates": ("2026-03-03T12:00:00Z", "منصة خبر"),
    "samples/009.md": ("2026-03-02T12:20:00Z", "صحيفة الغد"),
    "samples/010.txt": ("2026-03-03T15:00:00Z", "وكالة الساحل"),
}


def main() -> None:
    """Scan the samples and write the three pictures."""
    os.chdir(ROOT)
    about = {
        name: About(date=date, outlet=outlet)
        for name, (date, outlet) in PUBLISHED.items()
    }
    result = replace(dedupe.scan(["samples"], jobs=1), about=about)
    for picture in plots.pictures(result):
        if picture.figure is None:
            raise RuntimeError(picture.remark)
        drawn = io.BytesIO()
        plots.write(picture.figure, "png", drawn)
        image = Image.open(drawn).convert("RGB")
        small = image.resize((image.width * 3 // 5, image.height * 3 // 5))
        small.quantize(COLORS).save(FOLDER / f"plots-{picture.name}.png", optimize=True)


if __name__ == "__main__":
    main()
