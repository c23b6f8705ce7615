"""Draw a scan as pictures for a paper or a slide.

A picture is a module that counts, with numpy alone, and draws, with matplotlib. The
counts can be had without drawing. Nothing here opens a file: whoever asks for pictures
gets figures, and a function that puts a figure into an open stream.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dedupe.model import ScanResult

SIMILARITIES, DOCUMENTS, TIMELINE = "similarities", "documents", "timeline"
NAMES = (SIMILARITIES, DOCUMENTS, TIMELINE)
FORMATS = ("png", "svg")  # for slides; for print

OLDEST = (3, 11)  # the first matplotlib that joins and orders Arabic letters
INSTALL = "python -m pip install 'dedupe-arabic[plots]'"


class Picture(NamedTuple):
    """A figure, or why there is none, and what who looks at it must know."""

    name: str
    figure: Figure | None
    remark: str = ""


def missing() -> str:
    """Return what keeps pictures from being drawn, or an empty string.

    This loads no package that draws.
    """
    from importlib import metadata  # noqa: PLC0415 - most runs draw nothing

    try:
        installed = metadata.version("matplotlib")
    except metadata.PackageNotFoundError:
        return f"drawing needs matplotlib; install it with: {INSTALL}"
    release = tuple(int(part) for part in installed.split(".")[:2] if part.isdigit())
    if release < OLDEST:
        return (
            f"drawing needs matplotlib {OLDEST[0]}.{OLDEST[1]} or newer, for Arabic "
            f"letters, and this is {installed}; install it with: {INSTALL}"
        )
    return ""


def pictures(result: ScanResult) -> Iterator[Picture]:
    """Yield the pictures of a scan, each when it is asked for."""
    from dedupe.plots import heat_map, histogram, looks, timeline  # noqa: PLC0415
    from dedupe.plots.places import Places, match_columns  # noqa: PLC0415 - numpy comes with them

    places, matches = Places.of(result), match_columns(result.matches)
    draw: dict[str, Callable[[], Picture]] = {
        SIMILARITIES: lambda: Picture(SIMILARITIES, histogram.draw(matches)),
        DOCUMENTS: lambda: Picture(DOCUMENTS, *heat_map.draw(result, places, matches)),
        TIMELINE: lambda: Picture(TIMELINE, *timeline.draw(result, places)),
    }
    for name in NAMES:
        with looks.applied():
            picture = draw[name]()
        yield picture


def write(figure: Figure, format: str, out: BinaryIO) -> None:  # noqa: A002
    """Put a figure into a stream, the same bytes each time."""
    from dedupe.plots import looks  # noqa: PLC0415 - matplotlib comes with it

    with looks.applied():
        looks.save(figure, format, out)


__all__ = ["FORMATS", "NAMES", "Picture", "missing", "pictures", "write"]
