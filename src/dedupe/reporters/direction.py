"""Tell the direction of a text from most of its letters."""

from __future__ import annotations

import unicodedata
from typing import Literal

_RIGHT_TO_LEFT = ("R", "AL")


def direction(text: str) -> Literal["rtl", "ltr"]:
    """Return the direction in which a text is to be shown.

    The first letter alone would mislead: many an Arabic paragraph begins with a Latin
    name.

    >>> direction("iPhone في الأسواق"), direction("about قال")
    ('rtl', 'ltr')
    """
    letters = [unicodedata.bidirectional(sign) for sign in text if sign.isalpha()]
    right = sum(kind in _RIGHT_TO_LEFT for kind in letters)
    return "rtl" if 2 * right >= len(letters) else "ltr"
