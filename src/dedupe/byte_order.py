"""Byte order marks: what a text in Unicode may begin with, and is no part of it."""

from __future__ import annotations

import codecs
from typing import NamedTuple

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


class Marked(NamedTuple):
    """An encoding whose texts begin with a mark."""

    mark: bytes
    name: str  # of the codec that takes the mark off, as it is reported
    codec: str  # of what follows the mark


# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKED = (
    Marked(codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    Marked(codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    Marked(codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    Marked(codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    Marked(codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
# What such a codec reads where there is no mark.
_UNMARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}


class Opening(NamedTuple):
    """What stands before the text of some bytes, and the codec of the text."""

    mark: bytes
    codec: str


def opening(raw: bytes, encoding: str) -> Opening:
    r"""Return what some bytes in an encoding open with, which names a Python codec.

    >>> opening("نص".encode("utf-8-sig"), "utf-8-sig")
    Opening(mark=b'\xef\xbb\xbf', codec='utf-8')
    >>> opening(b"text", "UTF-16"), opening(b"text", "windows-1256")
    (Opening(mark=b'', codec='utf-16-le'), Opening(mark=b'', codec='cp1256'))
    """
    codec = codecs.lookup(encoding).name
    for mark, name, inner in MARKED:
        if codec == name and raw.startswith(mark):
            return Opening(mark, inner)
    return Opening(b"", _UNMARKED.get(codec, codec))
