"""Draw who published a text first, and who had it later."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dedupe.corpus import BoolArray, IntArray, Rows
from dedupe.values import dataclass

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dedupe.model import ScanResult
    from dedupe.plots.places import Places

MOST_OUTLETS = 12  # on lanes of their own
LONGEST_OUTLET = 30  # characters
MOST_LINKS = 150  # drawn; more are a cloud
NO_OUTLET = "(no outlet told)"
DAY = 86_400  # seconds
# The widths of a column of dots, and how many there may be of them.
WIDTHS = (1, 3_600, DAY, 7 * DAY, 30 * DAY, 91 * DAY, 365 * DAY)
MOST_COLUMNS = 120
TITLE = "First and later copies"


class Moment(NamedTuple):
    """When a document was published: seconds since 1970, or the day alone."""

    seconds: int
    has_time: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who had a text first, and who later: a row for each document of each finding.

    Where the earliest documents of a finding tell the same date, all of them count as
    first. A finding without two dated documents has no row.
    """

    outlets: list[str]
    outlet: Rows  # of each row
    finding: Rows
    seconds: IntArray
    first: BoolArray
    dated: int  # documents that repeat anything and tell a date
    undated: int


def moment(text: str) -> Moment | None:
    """Return when something was published, or None where it is no date in ISO 8601.

    >>> moment("1970-01-02"), moment("1970-01-01T02:00+02:00")
    (Moment(seconds=86400, has_time=False), Moment(seconds=0, has_time=True))
    """
    text = text.strip()
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    seconds = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return Moment(seconds, ":" in text or "T" in text)


def count(result: ScanResult, places: Places) -> Timeline:
    """Return who had what first."""
    finding, document, _ = places.shared
    involved = np.unique(document).tolist()
    moments = {row: _told(result, places.names[row]) for row in involved}
    outlets: dict[str, int] = {}
    seconds = np.zeros(len(places.names), np.int64)
    has_time = np.zeros(len(places.names), np.bool_)
    dated = np.zeros(len(places.names), np.bool_)
    outlet = np.zeros(len(places.names), np.int64)
    for row, (when, name) in moments.items():
        if when is not None:
            seconds[row], has_time[row] = when
            dated[row] = True
            outlet[row] = outlets.setdefault(name, len(outlets))
    kept = dated[document]
    finding, document = finding[kept].astype(np.int64), document[kept]
    alone = np.bincount(finding, minlength=places.findings)[finding] < 2  # noqa: PLR2004
    finding, document = finding[~alone], document[~alone]
    order = _by(finding, seconds[document], has_time[document], places.findings)
    earliest = np.full(places.findings, np.iinfo(np.int64).max)
    np.minimum.at(earliest, finding, order)
    return Timeline(
        list(outlets),
        outlet[document],
        finding,
        seconds[document],
        order == earliest[finding],
        int(dated.sum()),
        len(involved) - int(dated.sum()),
    )


def _told(result: ScanResult, name: str) -> tuple[Moment | None, str]:
    told = result.about.get(name) or result.published.get(name)
    if told is None:
        return None, ""
    return moment(told.date), " ".join(told.outlet.split()) or NO_OUTLET


def _by(
    finding: Rows, seconds: IntArray, has_time: BoolArray, findings: int
) -> IntArray:
    """Return what decides who was first: days, where one of them tells no more."""
    by_day = np.zeros(findings, np.bool_)
    by_day[finding[~has_time]] = True
    return np.where(by_day[finding], seconds // DAY * DAY, seconds)


def draw(result: ScanResult, places: Places) -> tuple[Figure | None, str]:
    """Draw the outlets as lanes of time, and say what was left out."""
    from dedupe.plots import looks  # noqa: PLC0415 - matplotlib comes with it

    if not places.findings:
        return looks.statement(TITLE, "No document repeats another."), ""
    counted = count(result, places)
    if not counted.dated:
        return None, "no document that repeats anything tells its date"
    undated = ""
    if counted.undated:
        undated = f"{counted.undated:,} of {counted.dated + counted.undated:,} "
        undated += "documents tell no date and are not in it"
    if not counted.finding.size:
        return None, "no finding has two documents that tell their dates"
    return _lanes(counted), undated


def _lanes(counted: Timeline) -> Figure:
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    lanes, lane = _sorted(counted)
    figure = looks.blank(1.7 + 0.45 * len(lanes), looks.WIDTH + 1)
    count = np.unique(counted.finding).size
    findings = "1 finding" if count == 1 else f"{count:,} findings"
    looks.titled(
        figure,
        TITLE,
        f"{findings} whose documents tell when they were published.\n"
        "Larger marks stand for more documents.",
    )
    axes = figure.add_subplot()
    _lines(axes, len(lanes))
    _links(axes, counted, lane)
    _marks(axes, counted, lane)
    _time(axes, counted.seconds)
    _names(axes, lanes, counted, lane)
    figure.legend(loc="outside lower left", ncols=2, frameon=False)
    return figure


def _sorted(counted: Timeline) -> tuple[list[str], IntArray]:
    """Return the lanes, who was first most often on top, and the lane of each row."""
    size = len(counted.outlets)
    firsts = np.bincount(counted.outlet[counted.first], minlength=size)
    all_rows = np.bincount(counted.outlet, minlength=size)
    names = counted.outlets
    order = sorted(
        np.flatnonzero(all_rows).tolist(),
        key=lambda row: (-firsts[row], -all_rows[row], names[row]),
    )
    if len(order) > MOST_OUTLETS:
        # Those who are in most findings have lanes of their own, in the same order.
        most = set(sorted(order, key=lambda row: -all_rows[row])[: MOST_OUTLETS - 1])
        others = [row for row in order if row not in most]
        order = [row for row in order if row in most]
        lanes = [names[row] for row in order] + [f"{len(others):,} more outlets"]
    else:
        lanes = [names[row] for row in order]
    number = np.full(size, len(lanes) - 1)
    number[order] = np.arange(len(order))
    return lanes, number[counted.outlet]


def _lines(axes: Axes, lanes: int) -> None:
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    for row in range(lanes):
        axes.axhline(row, color=looks.RULE, linewidth=0.8, zorder=0)
    axes.set_ylim(lanes - 0.4, -0.6)


def _links(axes: Axes, counted: Timeline, lane: IntArray) -> None:
    """Draw a line from the first of each finding to each later one, if they are few."""
    from matplotlib.collections import LineCollection  # noqa: PLC0415 - see `draw`

    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    seconds = _columns(counted.seconds)
    later = np.flatnonzero(~counted.first)
    if later.size > MOST_LINKS:
        return
    firsts = dict(
        zip(
            counted.finding[counted.first].tolist()[::-1],
            np.flatnonzero(counted.first).tolist()[::-1],
            strict=True,
        )
    )
    ends = sorted(
        {
            tuple(
                (_day(int(seconds[row])), int(lane[row]) + shift)
                for row, shift in ((firsts[finding], -SHIFT), (one, SHIFT))
            )
            for one, finding in zip(
                later.tolist(), counted.finding[later].tolist(), strict=True
            )
        }
    )
    axes.add_collection(
        LineCollection(ends, colors=looks.FAINT, linewidths=0.6, alpha=0.6, zorder=1)
    )


SHIFT = 0.17  # of a lane: those who were first stand above its line, others below
MARKS = {
    True: ("o", "#0072B2", "first", -SHIFT),
    False: ("D", "#D55E00", "later copy", SHIFT),
}
SMALLEST, LARGEST = 16.0, 70.0  # square points


def _marks(axes: Axes, counted: Timeline, lane: IntArray) -> None:
    seconds = _columns(counted.seconds)
    met = {
        is_first: Counter(
            zip(
                seconds[counted.first == is_first].tolist(),
                lane[counted.first == is_first].tolist(),
                strict=True,
            )
        )
        for is_first in MARKS
    }
    # The lane of many outlets would make the marks of all others small.
    own = min(int(lane.max()), MOST_OUTLETS - 2)
    most = max(
        number
        for counter in met.values()
        for (_, row), number in counter.items()
        if row <= own
    )
    for is_first, (marker, color, label, shift) in MARKS.items():
        marks = sorted(met[is_first].items())
        axes.scatter(
            [_day(when) for (when, _), _ in marks],
            [row + shift for (_, row), _ in marks],
            s=[_area(number / most) for _, number in marks],
            marker=marker,
            facecolor=color if is_first else "white",
            edgecolor=color,
            linewidth=1.0,
            label=label,
            zorder=2,
        )


def _area(share: float) -> float:
    return SMALLEST + (LARGEST - SMALLEST) * min(share, 1.0)


def _columns(seconds: IntArray) -> IntArray:
    """Return the moments, put together where they would not be told apart."""
    span = int(seconds.max() - seconds.min())
    width = next((one for one in WIDTHS if span <= one * MOST_COLUMNS), WIDTHS[-1])
    return seconds // width * width


def _day(seconds: float) -> float:
    """Return a moment as matplotlib counts: days since 1970."""
    return seconds / DAY


def _time(axes: Axes, seconds: IntArray) -> None:
    """Set the borders of the axis, and days as its ticks where no hours are known."""
    from matplotlib.dates import (  # noqa: PLC0415 - see `draw`
        AutoDateLocator,
        ConciseDateFormatter,
        DateFormatter,
    )

    first, last = _day(int(seconds.min())), _day(int(seconds.max()))
    margin = max((last - first) * 0.03, 0.5)
    axes.xaxis_date()
    axes.set_xlim(max(first - margin, FIRST_DAY), min(last + margin, LAST_DAY))
    if last - first < MOST_TICKS and not (seconds % DAY).any():
        axes.set_xticks([first + day for day in range(int(last - first) + 1)])
        axes.xaxis.set_major_formatter(DateFormatter("%Y-%m-%d"))
        return
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))


MOST_TICKS = 6  # whose names do not touch
FIRST_DAY, LAST_DAY = -719_000, 2_932_000  # of the years that matplotlib can name


def _names(axes: Axes, lanes: list[str], counted: Timeline, lane: IntArray) -> None:
    """Name the outlets on the left, and tell on the right how often they were first."""
    from dedupe.plots import looks  # noqa: PLC0415 - see `draw`

    names = [looks.shown(name, LONGEST_OUTLET) for name in lanes]
    axes.set_yticks(range(len(lanes)), names)
    axes.tick_params(left=False)
    for spine in ("left", "top"):
        axes.spines[spine].set_visible(False)
    for row in range(len(lanes)):
        here = lane == row
        first = int((counted.first & here).sum())
        axes.annotate(
            f"{first:,} first, {int(here.sum()) - first:,} later",
            (1, row),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
