"""Undo hard line wrapping: tell it from paragraphs, write the lines as one again."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Measured on 500 news articles wrapped in 32 ways: lines that are long and open enough
# are told from paragraphs in 994 of 1,000 texts. Of 8,000 that are not wrapped, none is
# taken for one; of lists of even headlines four in 1,000 where they are 8, of 12 hardly
# any.
LONGEST_LINE = 120
SHORTEST_WIDTH = 50  # lines of verse are as even, but shorter
FEWEST_LINES = 5
FULL = 0.8  # of the width
SHARE_OF_FULL_LINES = 0.7
SHARE_OF_OPEN_LINES = 0.6
NEARLY_LONGEST = 0.95

# A program breaks a line where the next word has no room: nearly always in an article,
# and in most lines of a page, where letters have many widths. After a headline or a
# verse there is no room by chance.
FEWEST_WITHOUT_ROOM = 0.5
EXACT = 0.75
ALWAYS = 0.95
# Signs of prose in a line. Headlines and verses end with what they say.
SIGNS_A_LINE = 0.1

_BLANK = " \t\r>"  # what a blank line holds where mail is quoted
_DIGIT = "[0-9\N{ARABIC-INDIC DIGIT ZERO}-\N{ARABIC-INDIC DIGIT NINE}]"
_TERMINAL = tuple(".!؟?:؛…»\"'”’)]")
_FIRST_WORD = re.compile(r"[\s>]*(\S*)")  # mail marks each line that it quotes
_ITEM = re.compile(
    r"[\s>]*(?:[-–—*•·▪●◦○■□◄►✓|]|\#+\s"
    rf"|(?:{_DIGIT}{{1,3}}|[ء-ي])\s?[-–.)](?!\d)|\({_DIGIT}{{1,3}}\))"
)
_TITLE_OR_ROW = re.compile(r"\s*(?:\#+\s|\|)")
_MARK = re.compile(
    "[\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}\N{ARABIC LETTER SUPERSCRIPT ALEF}]"
)
_SENTENCE_ENDS_INSIDE = re.compile(r"\w{3}\s?[.!؟?؛][»\")\]”’]*\s+\w")
_COMMA_INSIDE = re.compile(r"[،,](?!\d)\s*\w")
MOST = 0.75  # of lines: a comma in each parts fields, or the halves of a verse
# After these words a sentence goes on.
_GOES_ON = re.compile(
    r"(?:^|\s)(?:في|من|على|علي|عن|إلى|الى|الي|أن|ان|إن|أو|او|أم|ثم|لم|لن|لا|ما|قد|بن|أي"
    "|التي|الذي|الذين|هذا|هذه|ذلك|تلك|بين|مع|عند|حتى|منذ|خلال|حول"
    r"|كان|كانت|بأن|وأن|لأن|وفي|ومن|وعلى|وإلى|والى|وعن|وهو|وهي)\s*$"
)


def unwrap(text: str) -> str:
    """Return a text of the same length with a space for each line break of wrapping.

    Text that is not clearly wrapped comes back as it is.
    """
    lines = text.split("\n")
    joins = _joins(text, lines)
    if not joins:
        return text
    pieces = []
    for place, line in enumerate(lines[:-1]):
        if place not in joins:
            pieces.append(line + "\n")
        elif line.endswith("\r"):
            pieces.append(line[:-1] + "  ")
        else:
            pieces.append(line + " ")
    return "".join((*pieces, lines[-1]))


def _joins(text: str, lines: Sequence[str]) -> set[int]:
    """Return the lines that go on in the next one."""
    share, joins = _measured(lines)
    bare = _MARK.sub("", text)
    if bare != text:
        # Some programs count a mark as a character, others see that it has no width.
        bare_share, bare_joins = _measured(bare.split("\n"))
        joins = bare_joins if bare_share > share else joins
    return set(joins)


def _measured(lines: Sequence[str]) -> tuple[float, list[int]]:
    """Return the share of lines without room for the next word, and which go on."""
    nothing: tuple[float, list[int]] = 0.0, []
    # Where each line ends for the reader; blank lines end at 0.
    ends = [len(line.rstrip()) if line.strip(_BLANK) else 0 for line in lines]
    width = _width(ends)
    if not SHORTEST_WIDTH <= width <= LONGEST_LINE:
        return nothing
    inner = [
        place for place in range(len(lines) - 1) if ends[place] and ends[place + 1]
    ]
    unclosed = [
        place for place in inner if not lines[place].rstrip().endswith(_TERMINAL)
    ]
    full = sum(ends[place] >= FULL * width for place in inner)
    if (
        len(inner) < FEWEST_LINES
        or full < SHARE_OF_FULL_LINES * len(inner)
        or len(unclosed) < SHARE_OF_OPEN_LINES * len(inner)
    ):
        return nothing
    reaches = _reaches(lines, ends, inner, width)
    unclosed = [place for place in unclosed if place in reaches]
    without_room = sum(reaches[place] > width for place in unclosed)
    share = without_room / max(len(unclosed), FEWEST_LINES - 2)
    if share < FEWEST_WITHOUT_ROOM:
        return nothing
    if not _is_prose(lines, ends, reaches, width, share):
        return nothing
    limit = float(width)
    if 0 in ends[_first(ends) : len(ends) - _first(ends[::-1])]:
        # Blank lines tell where paragraphs end; between two words may be two spaces.
        limit = FULL * width if share < EXACT else width - 1
    return share, [place for place, reach in reaches.items() if reach > limit]


def _first(ends: list[int]) -> int:
    """Return the place of the first line that is not blank."""
    return next((place for place, end in enumerate(ends) if end), 0)


def _width(ends: list[int]) -> int:
    """Return the length that nearly all lines keep to."""
    lengths = sorted(filter(None, ends))
    return lengths[int(NEARLY_LONGEST * (len(lengths) - 1))] if lengths else 0


def _reaches(
    lines: Sequence[str], ends: list[int], inner: list[int], width: int
) -> dict[int, int]:
    """Return where lines would end with the first word of the next one added.

    What ends before an item of a list, a heading, or a row of a table is left out.
    """
    reaches: dict[int, int] = {}
    item = -1  # the last line that is one
    for place in inner:
        line, following = lines[place], lines[place + 1]
        if not (place and ends[place - 1]) and _ITEM.match(line):
            item = place
        if _TITLE_OR_ROW.match(line):
            continue
        word = _FIRST_WORD.match(following)
        reach = ends[place] + 1 + (len(word[1]) if word else 0)
        # A dash may stand first in a line by chance, where the line before was full.
        ended = item == place or reach <= width or line.rstrip().endswith(_TERMINAL)
        if ended and _ITEM.match(following):
            item = place + 1
        else:
            reaches[place] = reach
    return reaches


def _is_prose(
    lines: Sequence[str],
    ends: list[int],
    reaches: dict[int, int],
    width: int,
    share: float,
) -> bool:
    """Tell whether sentences end within lines, and lines within sentences."""
    written = [line for line, end in zip(lines, ends, strict=True) if end]
    signs: float = sum(_goes_on(lines[place]) for place in reaches)
    signs += sum(bool(_SENTENCE_ENDS_INSIDE.search(line)) for line in written)
    last = [
        place + 1
        for place, reach in reaches.items()
        if reach > width and ends[place + 1] < FULL * width
    ]
    closed = sum(lines[place].rstrip().endswith(_TERMINAL) for place in last)
    signs += closed
    if share >= ALWAYS:
        # Headlines have commas too, but seldom; a short line may name a poet.
        commas = sum(bool(_COMMA_INSIDE.search(line)) for line in written)
        if commas < MOST * len(written):
            signs += commas / 2
        signs += max(len(last) - closed - 1, 0)
    elif not last:
        return False
    return signs >= SIGNS_A_LINE * len(written)


def _goes_on(line: str) -> bool:
    """Tell whether a line ends with a word after which a sentence goes on."""
    return bool(_GOES_ON.search(_MARK.sub("", line)))
