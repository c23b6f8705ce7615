"""Find Arabic that was read with the wrong encoding, and read it again.

>>> [again for _, _, again in read_again("Ø§Ù„Ø¹Ø±Ø¨ÙŠØ© ط§ظ„ط¹ط±ط¨ظٹط©")]
['العربية', 'العربية']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# Latin-1 is read as the first; where it differs, its bytes are controls.
CODECS = ("cp1252", "cp1256")
MOST_TIMES = 2  # that a text is misread

# The test is strict: the bytes must be UTF-8, and a word must have two letters that
# words of today are written with. A word that is as it should be never passes.
LEAST_LETTERS = 2
_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a]")


# Arabic in the encoding of Windows that was read as Latin has no letters of ASCII.
LEAST_ACCENTED = 5  # letters in a row
_ACCENTED = re.compile("[\u00c0-\u00ff](?:[\u0080-\u00ff ,.:]*[\u00c0-\u00ff])?")


class Reading(NamedTuple):
    """A stretch of a text and what it should be."""

    start: int  # code points, half-open
    end: int
    again: str


@lru_cache
def _tables() -> dict[str, dict[int, int]]:
    """Return the byte of each character above ASCII, by encoding."""
    controls = {byte: byte for byte in range(0x80, 0xA0)}
    return {
        codec: controls
        | {
            ord(character): byte
            for byte in range(0x80, 0x100)
            if (character := bytes((byte,)).decode(codec, "ignore"))
        }
        for codec in CODECS
    }


def _one_of(first: int, last: int, *codecs: str) -> str:
    """Return a character class of what bytes are read as."""
    characters = {
        chr(code)
        for codec in codecs
        for code, byte in _tables()[codec].items()
        if first <= byte <= last
    }
    return f"[{re.escape(''.join(sorted(characters)))}]"


@lru_cache
def _signal() -> re.Pattern[str]:
    """Return a pattern for the middle of two letters that were read as Arabic."""
    follower = _one_of(0x80, 0xBF, "cp1256")
    return re.compile(f"{follower}[طظعغ]{follower}")


def _may_be_misread(text: str) -> bool:
    """Tell cheaply whether a text holds what letters of Arabic are misread as."""
    is_latin = any(lead in text for lead in "ØÙÃ")
    return is_latin or _signal().search(text) is not None


@lru_cache
def _run() -> re.Pattern[str]:
    return re.compile(_one_of(0x80, 0xFF, *CODECS) + "+")


def read_again(text: str) -> list[Reading]:
    """Return the misread stretches of a text, sorted, with what they should be."""
    if text.isascii() or not _may_be_misread(text):
        return []
    readings = []
    line: list[Reading] = []  # of a line, next to one another
    for match in _run().finditer(text):
        again = _again(match[0], MOST_TIMES)
        if line and not (again and "\n" not in text[line[-1].end : match.start()]):
            readings += _accepted(line)
            line = []
        if again:
            line.append(Reading(*match.span(), again))
    return readings + _accepted(line)


def _accepted(line: list[Reading]) -> list[Reading]:
    """Return neighboring readings if one of them is surely Arabic."""
    letters = (len(_LETTER.findall(reading.again)) for reading in line)
    return line if max(letters, default=0) >= LEAST_LETTERS else []


def _again(run: str, times: int) -> str:
    """Return what the bytes of a run say, or nothing where they are not UTF-8."""
    readings = [reading for codec in CODECS if (reading := _decoded(run, codec))]
    for reading in readings:
        if _LETTER.search(reading):
            return reading
    if times > 1:
        for reading in readings:
            if twice := _again(reading, times - 1):
                return twice
    return readings[0] if readings else ""


def _decoded(run: str, codec: str) -> str:
    table = _tables()[codec]
    try:
        return bytes(table[ord(character)] for character in run).decode()
    except (KeyError, UnicodeDecodeError):
        return ""


def unread_stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield spans of Arabic in Windows' encoding that was read as Latin: ÇáÚÑÈíÉ.

    Words of Latin have few accents, and no Çá, which is the article.
    """
    if "Çá" not in text:
        return
    for match in _ACCENTED.finditer(text):
        letters = [character for character in match[0] if character.isalpha()]
        if "Çá" in match[0] and len(letters) >= LEAST_ACCENTED:
            yield match.span()
