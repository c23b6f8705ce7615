"""Draw how similar the paragraphs are that match, relation by relation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dedupe.corpus import FloatArray, IntArray
from dedupe.model import RELATIONS, Relation
from dedupe.values import dataclass

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dedupe.results.pairs import MatchColumns

BINS = 20
POINTS = "offset points"
# The others are alike in every word.
OF_CHANGED: tuple[Relation, ...] = ("edited", "contained", "overlap")
MEASURES = ("jaccard", "containment")
TITLE = "Pairs of paragraphs that match"


@dataclass(frozen=True, slots=True)
class Similarities:
    """How many matches there are, by relation and similarity."""

    pairs: dict[Relation, int]
    edges: FloatArray  # of the bins; the last one holds 1 too
    counts: dict[tuple[Relation, str], IntArray]  # by measure, one number a bin


def count(matches: MatchColumns) -> Similarities:
    """Count the matches of a scan."""
    edges = np.linspace(0, 1, BINS + 1)
    pairs = dict.fromkeys(RELATIONS, 0)
    counts: dict[tuple[Relation, str], IntArray] = {}
    for number, relation in enumerate(RELATIONS):
        here = matches.relation == number
        pairs[relation] = int(here.sum())
        for measure in MEASURES if relation in OF_CHANGED else ():
            values = getattr(matches, measure)[here]
            # 0.35 is not quite 7/20; what is written 0.35 belongs above it.
            bins = np.minimum(((values + 1e-9) * BINS).astype(np.int64), BINS - 1)
            counts[relation, measure] = np.bincount(bins, minlength=BINS)
    return Similarities(pairs, edges, counts)


def draw(matches: MatchColumns) -> Figure:
    """Draw the numbers of pairs, and the similarities of those that differ in words."""
    from dedupe.plots import looks  # noqa: PLC0415 - matplotlib comes with it

    counted = count(matches)
    if not any(counted.pairs.values()):
        return looks.statement(TITLE, "No paragraph matches another.")
    changed = [relation for relation in OF_CHANGED if counted.pairs[relation]]
    figure = looks.blank(1.9 + 1.25 * len(changed))
    remark = "Below, how similar those are that differ in words." if changed else ""
    looks.titled(figure, f"{TITLE}: {sum(counted.pairs.values()):,}", remark)
    heights = [1.5, *[1.0] * len(changed)]
    grid = figure.add_gridspec(len(heights), 2, height_ratios=heights)
    _numbers(figure.add_subplot(grid[0, :]), counted)
    for row, relation in enumerate(changed, start=1):
        for column, measure in enumerate(MEASURES):
            axes = figure.add_subplot(grid[row, column])
            _bars(axes, counted, relation, measure)
            if row < len(changed):
                axes.tick_params(labelbottom=False)
            else:
                what = "Jaccard similarity" if column == 0 else "containment"
                axes.set_xlabel(f"{what} of word shingles")
    return figure


def _numbers(axes: Axes, counted: Similarities) -> None:
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    numbers = list(counted.pairs.values())
    colors = [looks.COLORS[relation] for relation in counted.pairs]
    axes.barh(list(counted.pairs), numbers, color=colors, height=0.7)
    for row, number in enumerate(numbers):
        at = (number, row)
        axes.annotate(f"{number:,}", at, (4, 0), textcoords=POINTS, va="center")
    axes.invert_yaxis()
    axes.set_xlim(0, max(numbers) * 1.12)
    axes.tick_params(bottom=False, labelbottom=False, left=False)
    axes.spines["bottom"].set_visible(False)


def _bars(axes: Axes, counted: Similarities, relation: Relation, measure: str) -> None:
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415 - see `draw`

    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    edges = counted.edges
    axes.bar(
        edges[:-1],
        counted.counts[relation, measure],
        width=1 / BINS,
        align="edge",
        color=looks.COLORS[relation],
        edgecolor="white",
        linewidth=0.5,
    )
    axes.set_xlim(0, 1)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=3, integer=True))
    if measure == MEASURES[0]:
        axes.set_ylabel(f"{relation}\npairs")
