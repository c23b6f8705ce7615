"""Draw the plots of the page; the same results give the same files."""

from __future__ import annotations

import io
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import OURS, OURS_ALONE, OWN, PEERS, SIZES
from benchmarks.frame import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from benchmarks.datasets import Row

MEGABYTE = 1_000_000
# Ours stands out, the others are told apart by their labels.
OUR_COLOR, OTHER_COLOR, PALE, INK = "#0b6e4f", "#8a94a6", "#d5dae2", "#222222"
READING = "front-end"  # reads and folds, but compares nothing
LINES = {OURS: "-", OURS_ALONE: "--"}
WIDTH = 7.2  # inches: what a page shows without shrinking
LABEL_POINTS = 11
DOTS, COLORS = 130, 48  # of a picture
# From nothing found to all.
HEAT = ("#fbe9df", "#e9efe9", "#7fb8a0", OUR_COLOR)
DARK = 0.8  # above it, figures are white
RECALL_CORPORA = ("saudi", "own", "ant2")
PEER_SIZES = ("10mb", "100mb")
TITLES = {"1mb": "1 MB", "10mb": "10 MB", "100mb": "100 MB", "1gb": "1 GB"}
STYLE: dict[Any, Any] = {
    "svg.hashsalt": "dedupe",  # the names inside the file, which are random otherwise
    "svg.fonttype": "none",  # letters stay letters: a third of the size
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": OTHER_COLOR,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def draw(results: Path, folder: Path) -> list[Path]:
    """Draw every plot that there are results for; return the files."""
    import matplotlib as mpl  # noqa: PLC0415 - only who draws needs it

    mpl.use("Agg")
    drawn = []
    with mpl.rc_context(STYLE):
        for name, (part, plot) in PLOTS.items():
            found = load(part, results)
            figure = plot({key: row["figures"] for key, row in found.items()})
            if figure:
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / name
                if path.suffix == ".png":
                    _save_small(figure, path)
                else:
                    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
                drawn.append(path)
    return drawn


def _save_small(figure: Figure, path: Path) -> None:
    """Save a plot of a thousand figures, which would be large as letters."""
    from PIL import Image  # noqa: PLC0415 - comes with matplotlib

    picture = io.BytesIO()
    figure.savefig(picture, dpi=DOTS, bbox_inches="tight", metadata={"Software": None})
    colors = Image.open(picture).convert("RGB").quantize(COLORS)
    colors.save(path, optimize=True)


def _new(columns: int, height: float) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure  # noqa: PLC0415 - only who draws needs it

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False)[0])


def plot_peers(races: Mapping[str, Row]) -> Figure | None:
    """Draw the megabytes a second of all contestants, fastest first."""
    sizes = [size for size in PEER_SIZES if size in races] or [*races][:1]
    if not sizes:
        return None
    most = max(len(races[size]["systems"]) for size in sizes)
    figure, axes = _new(len(sizes), 0.5 + 0.24 * most)
    for panel, size in zip(axes, sizes, strict=True):
        race = races[size]
        speeds = {
            name: race["bytes"] / MEGABYTE / median(row["walls"])
            for name, row in race["systems"].items()
            if row.get("walls")
        }
        names = sorted(speeds, key=lambda name: speeds[name])
        colors = [_color(name) for name in names]
        labels = [_label(name, race["systems"][name]) for name in names]
        _bars(panel, labels, [speeds[name] for name in names], colors)
        panel.set_title(f"{TITLES[size]}: MB/s", loc="left")
    return figure


def _color(name: str) -> str:
    if name in OWN:
        return OUR_COLOR
    return PALE if name == READING else OTHER_COLOR


def _label(name: str, row: Row) -> str:
    if name == READING:
        return "plain Python, reading alone"
    return row["title"] if row["reads"] == "folder" else f"{row['title']} *"


def _bars(
    panel: Axes, labels: list[str], values: list[float], colors: list[str]
) -> None:
    places = range(len(values))
    panel.barh(places, values, color=colors, height=0.72)
    panel.set_yticks(places, labels)
    panel.tick_params(axis="y", length=0)
    panel.xaxis.set_visible(False)
    panel.spines[["bottom", "left"]].set_visible(False)
    for place, value in zip(places, values, strict=True):
        text = f"{value:.1f}" if value < 10 else f"{value:.0f}"
        panel.annotate(
            text, (value, place), (3, 0), textcoords="offset points", va="center"
        )
    panel.set_xlim(0, max(values) * 1.15)


def plot_time(races: Mapping[str, Row]) -> Figure | None:
    """Draw seconds over megabytes."""
    return _plot_growth(races, "seconds", lambda row: median(row["walls"]))


def plot_memory(races: Mapping[str, Row]) -> Figure | None:
    """Draw memory over megabytes."""
    return _plot_growth(
        races, "PSS of all processes, MB", lambda row: row.get("pss", 0) / MEGABYTE
    )


def _plot_growth(
    races: Mapping[str, Row], title: str, value: Callable[[Row], float]
) -> Figure | None:
    sizes = [size for size in SIZES if size in races]
    if len(sizes) < 2:
        return None
    figure, (panel,) = _new(1, 4.4)
    ends = []
    for name in (*PEERS, *OWN):
        places, values = [], []
        for size in sizes:
            row = races[size]["systems"].get(name, {})
            if row.get("walls") and value(row):
                places.append(races[size]["bytes"] / MEGABYTE)
                values.append(value(row))
        if not values:
            continue
        row = races[sizes[0]]["systems"][name]
        color = OUR_COLOR if name in OWN else OTHER_COLOR
        width = 2.2 if name in OWN else 1.1
        style = LINES.get(name, "-")
        panel.plot(places, values, style, color=color, lw=width, marker="o", ms=3.5)
        ends.append((places[-1], values[-1], _label(name, row), color))
    panel.set_xscale("log")
    panel.set_yscale("log")
    for axis in (panel.xaxis, panel.yaxis):
        axis.set_major_formatter(lambda value, _place: f"{value:,g}")
    panel.set_xlabel("MB of text (UTF-8)")
    panel.set_title(title, loc="left")
    panel.grid(color=PALE, lw=0.6)
    _guide(panel)
    _label_ends(figure, panel, ends)
    return figure


def _guide(panel: Axes) -> None:
    """Draw what linear growth looks like."""
    (left, right), (low, high) = panel.get_xlim(), panel.get_ylim()
    panel.plot([left, right], [low, low * right / left], ":", color=OTHER_COLOR, lw=1)
    panel.set_xlim(left, right)
    panel.set_ylim(low, high)
    panel.annotate(
        "linear",
        (left * 2, low * 2),
        (8, -12),
        textcoords="offset points",
        color=OTHER_COLOR,
    )


def _label_ends(
    figure: Figure, panel: Axes, ends: Iterable[tuple[float, float, str, str]]
) -> None:
    """Write the names of the lines beside the plot, none over another."""
    figure.draw_without_rendering()
    lowest, highest = panel.get_window_extent().intervaly
    step = LABEL_POINTS * figure.dpi / 72
    below = lowest - step
    for x, y, text, color in sorted(ends, key=lambda end: end[1]):
        below = max(panel.transData.transform((x, y))[1], below + step)
        panel.annotate(
            text,
            (x, y),
            (1.04, (below - lowest) / (highest - lowest)),
            textcoords="axes fraction",
            color=color if color == OUR_COLOR else INK,
            va="center",
            size=8,
            arrowprops={
                "arrowstyle": "-",
                "color": OTHER_COLOR,
                "lw": 0.5,
                "relpos": (0, 0.5),
                "shrinkB": 3,
            },
            annotation_clip=False,
        )


def plot_stages(costs: Mapping[str, Row]) -> Figure | None:
    """Draw CPU time by stage, and the least that the machine needs."""
    if "stages" not in costs:
        return None
    found = costs["stages"]
    megabytes = found["bytes"] / MEGABYTE
    names = sorted(found["stages"], key=lambda name: found["stages"][name])
    values = [1000 * found["stages"][name] / megabytes for name in names]
    least = [1000 * found["bounds"].get(name, 0.0) / megabytes for name in names]
    figure, (panel,) = _new(1, 0.7 + 0.24 * len(names))
    _bars(panel, names, values, [PALE] * len(names))
    panel.barh(range(len(names)), least, color=OUR_COLOR, height=0.72)
    panel.set_title(
        "CPU ms a MB on one core; dark: the least that the machine needs", loc="left"
    )
    return figure


def plot_recall(boards: Mapping[str, Row]) -> Figure | None:
    """Draw what share of each kind of variation every system finds."""
    names = [corpus for corpus in RECALL_CORPORA if corpus in boards]
    if not names:
        return None
    rows = boards[names[0]]["rows"]
    shown = [
        ("as documented, on text as it is", _columns(rows, "documented", "raw")),
        ("at its best, on folded text", _columns(rows, "best", "folded")),
    ]
    kinds = list(shown[0][1][0]["recall"])
    figure, axes = _new(2, 1.2 + 0.16 * len(kinds))
    for number, (panel, (title, columns)) in enumerate(zip(axes, shown, strict=True)):
        shares = [[row["recall"][kind] for row in columns] for kind in kinds]
        _heat_map(panel, shares)
        labels = [row["system"] for row in columns]
        panel.set_xticks(range(len(labels)), labels, rotation=50, ha="left")
        panel.set_yticks(range(len(kinds)), [] if number else kinds, size=7)
        panel.set_xlabel(f"each peer {title}")
    return figure


def _columns(rows: list[Row], settings: str, text: str) -> list[Row]:
    """Return ours, then what ran at the settings, the best first."""
    ran = [row for row in rows if "recall" in row]
    ours = [row for row in ran if row["system"] == OURS]
    peers = [
        row for row in ran if (row.get("settings"), row["text"]) == (settings, text)
    ]
    peers = [row for row in peers if row["system"] != OURS]
    return ours + sorted(peers, key=lambda row: -row["mean_recall"])


def _heat_map(panel: Axes, shares: list[list[float]]) -> None:
    from matplotlib.colors import LinearSegmentedColormap  # noqa: PLC0415 - as in draw

    colors = LinearSegmentedColormap.from_list("recall", HEAT)
    panel.imshow(shares, cmap=colors, vmin=0, vmax=1, aspect="auto")
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            ink = "white" if share > DARK else INK
            text = f"{100 * share:.0f}"
            panel.text(column, row, text, ha="center", va="center", size=6, color=ink)
    panel.tick_params(
        length=0, top=False, labeltop=True, bottom=False, labelbottom=False
    )
    panel.spines[:].set_visible(False)
    panel.set_xticks([edge + 0.5 for edge in range(len(shares[0]) - 1)], minor=True)
    panel.set_yticks([edge + 0.5 for edge in range(len(shares) - 1)], minor=True)
    panel.grid(which="minor", color="white", lw=0.8)
    panel.tick_params(which="minor", length=0)


PLOTS: dict[str, tuple[str, Callable[[Mapping[str, Row]], Figure | None]]] = {
    "recall.png": ("variations", plot_recall),
    "speed.svg": ("speed", plot_peers),
    "time.svg": ("speed", plot_time),
    "memory.svg": ("speed", plot_memory),
    "stages.svg": ("costs", plot_stages),
}
