"""The look that all pictures have: a font for Arabic, colors for every eye, white.

This module and those that draw are the only ones that know matplotlib.
"""

from __future__ import annotations

import contextlib
import logging
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

import matplotlib as mpl
from matplotlib.figure import Figure

from dedupe.reporters.neutralizer import neutralize

if TYPE_CHECKING:
    from dedupe.model import Relation

WIDTH = 7.0  # inches: a page's text, or most of a slide
DOTS = 200  # an inch, of a PNG
LONGEST_NAME = 44  # characters

# Okabe and Ito's colors: told apart by all kinds of color vision. No picture tells
# anything by color alone.
COLORS: dict[Relation, str] = {
    "identical": "#D55E00",
    "orthographic": "#CC79A7",
    "edited": "#E69F00",
    "contained": "#0072B2",
    "overlap": "#009E73",
}
INK = "#222222"
FAINT = "#6B6B6B"
RULE = "#CCCCCC"

STYLE: dict[str, object] = {
    # It comes with matplotlib, has Arabic letters, and is the same everywhere.
    "font.family": ["DejaVu Sans"],
    "font.size": 9.0,
    "text.parse_math": False,  # a name may hold dollars
    "text.color": INK,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "axes.titlelocation": "left",
    "xtick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "date.autoformatter.hour": "%Y-%m-%d\n%H:%M",
    "date.autoformatter.minute": "%Y-%m-%d\n%H:%M",
    "figure.facecolor": "white",
    "savefig.dpi": DOTS,
    # Letters as outlines, identifiers that depend on nothing but the picture.
    "svg.fonttype": "path",
    "svg.hashsalt": "dedupe",
}
# What would make the bytes depend on when and with what they were written.
METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
}

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
ISOLATE, END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


# What neutralize leaves is no control character, but not all of it may stand in XML.
_NO_XML = re.compile("[\ufffe\uffff]")


@contextlib.contextmanager
def applied() -> Iterator[None]:
    """Draw with this look, whatever the settings of the user's own matplotlib."""
    talk = logging.getLogger("matplotlib")
    level = talk.level
    talk.setLevel(logging.ERROR)
    try:
        with mpl.rc_context(), warnings.catch_warnings():
            mpl.rcdefaults()
            mpl.rcParams.update(STYLE)  # type: ignore[arg-type]
            # A letter that the font lacks is drawn as a box.
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            yield
    finally:
        talk.setLevel(level)


def save(figure: Figure, format: str, out: BinaryIO) -> None:  # noqa: A002
    """Put a figure into a stream."""
    figure.savefig(out, format=format, metadata=METADATA[format])


def blank(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure, in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def titled(figure: Figure, title: str, remark: str = "") -> None:
    """Write over a figure what it shows."""
    figure.suptitle(
        f"{title}\n{remark}" if remark else title, x=0.01, ha="left", fontsize=10
    )


def statement(title: str, text: str) -> Figure:
    """Return a figure that holds a sentence where there is nothing to draw."""
    figure = blank(2.0)
    titled(figure, title)
    figure.text(0.5, 0.4, text, ha="center", va="center", color=FAINT, fontsize=11)
    return figure


def shown(text: str, most: int) -> str:
    """Return the text of others, short and with nothing that spoils a picture."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", shortened(neutralize(text), most))


def name(text: str) -> str:
    """Return the name of a document to be drawn, safe, short and read from the left.

    The parts of a path keep their order, though some may be Arabic.
    """
    *folders, last = shown(text, LONGEST_NAME).split("/")
    stem, dot, extension = last.rpartition(".")
    if not (stem and extension.isascii()):
        stem, dot, extension = last, "", ""
    parts = "/".join(f"{ISOLATE}{part}{END}" for part in (*folders, stem))
    return f"{LEFT_TO_RIGHT}{parts}{dot}{extension}"


def shortened(text: str, most: int) -> str:
    """Return a text with its middle left out if it is long.

    >>> shortened("archive/2026/01/31/story.txt", 15)
    'archive…ory.txt'
    """
    if len(text) <= most:
        return text
    half = most // 2
    return f"{text[:half]}{ELLIPSIS}{text[half + 1 - most :]}"
