"""Draw how much of each document stands in each other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe.plots import shares

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dedupe.corpus import FloatArray
    from dedupe.model import ScanResult
    from dedupe.plots.places import Places
    from dedupe.plots.shares import Shares
    from dedupe.results.pairs import MatchColumns

TITLE = "Text that documents share"
EXPLAINED = (
    "Share of the words of the smaller document that are repeated in the other one;\n"
    "on the diagonal, of one document that are repeated inside it."
)
MOST_NUMBERS = 20  # documents: in more, the cells have no room for a number
DARK = 0.6  # from this share, a number is written in white
CELL = 0.28  # inches
MARGIN = 3.4  # inches: names, and the scale


def draw(
    result: ScanResult, places: Places, matches: MatchColumns
) -> tuple[Figure | None, str]:
    """Draw the documents that have most in common, and say what was left out."""
    from dedupe.plots import looks  # noqa: PLC0415 - matplotlib comes with it

    if not places.findings:
        return looks.statement(TITLE, "No document shares text with another."), ""
    counted = shares.count(result, places, matches)
    if not counted.names:
        return None, "the texts are not at hand"
    return _map(counted), ""


def _map(counted: Shares) -> Figure:
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    count = len(counted.names)
    side = max(CELL * count, 1.6)
    figure = looks.blank(side + 1.3, max(side + MARGIN, looks.WIDTH))
    told = EXPLAINED
    if counted.of > count:
        told += (
            f"\nThe {count:,} documents that share most, of {counted.of:,} that repeat "
            "anything."
        )
    looks.titled(figure, TITLE, told)
    axes = figure.add_subplot()
    image = axes.pcolormesh(
        np.ma.masked_equal(counted.share, 0.0),
        cmap="Blues",
        vmin=0,
        vmax=1,
        edgecolors="white",
        linewidth=0.5,
    )
    axes.set_facecolor("#F7F7F7")
    axes.set_aspect("equal", anchor="W")
    axes.invert_yaxis()
    _labels(axes, counted.names)
    if count <= MOST_NUMBERS:
        _numbers(axes, counted.share)
    length = min(1.0, 2.5 / side)
    bar = figure.colorbar(image, ax=axes, shrink=length, aspect=12, anchor=(0, 1))
    bar.outline.set_visible(False)
    bar.ax.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    return figure


def _labels(axes: Axes, names: list[str]) -> None:
    """Name the rows; the columns have the numbers of the rows."""
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    centers = np.arange(len(names)) + 0.5
    labels = [
        f"{looks.name(name)}  {number}" for number, name in enumerate(names, start=1)
    ]
    axes.set_yticks(centers, labels, fontsize=7)
    axes.set_xticks(centers, [str(row + 1) for row in range(len(names))], fontsize=7)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _numbers(axes: Axes, share: FloatArray) -> None:
    for (row, column), value in np.ndenumerate(share):
        if value:
            axes.text(
                column + 0.5,
                row + 0.52,
                percent(value),
                ha="center",
                va="center",
                fontsize=6.5,
                color="white" if value >= DARK else "#222222",
            )


def percent(share: float) -> str:
    """Return a share in percent; only what is whole is 100, only what is none is 0.

    >>> percent(0.996), percent(1.0), percent(0.001)
    ('99', '100', '<1')
    """
    return "<1" if 0 < share < 0.01 else f"{int(share * 100 + 1e-9)}"  # noqa: PLR2004
