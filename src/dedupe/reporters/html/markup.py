"""Turn words of ours and of others into HTML that shows them and does nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from dedupe.reporters.direction import direction
from dedupe.reporters.html import phrases
from dedupe.reporters.neutralizer import UNSAFE, neutralize, show_name

if TYPE_CHECKING:
    from dedupe.model import Finding, Occurrence
    from dedupe.reporters.html.comparison import Piece
    from dedupe.reporters.html.languages import Language

LOOKED_AT = 400  # characters that tell the direction of a text
SUMMARY = 90  # characters of a text in the head of its finding

_UNSAFE = re.compile(f"[{UNSAFE}]")
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_WEB = re.compile("https?://", re.IGNORECASE)
CLASSES = {"spelling": "sp", "signs": "sp", "inside": "in", "moved": "mv"}


class Writer:
    """What templates call, in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def said(self, key: str) -> str:
        """Return a phrase as plain text, for an attribute."""
        return phrases.said(key, self.language)

    @lru_cache(maxsize=1 << 12)  # noqa: B019 - lives as long as one report
    def t(self, key: str) -> Markup:
        """Return a phrase that the script can say in the other language."""
        text = phrases.said(key, self.language)
        return Markup(f'<span data-t="{key}">{escape(text)}</span>')  # noqa: S704

    @lru_cache(maxsize=1 << 12)  # noqa: B019
    def count(self, key: str, number: int) -> Markup:
        """Return a number of things that the script can say in the other language."""
        text = phrases.counted(key, number, self.language)
        return Markup(  # noqa: S704
            f'<span data-c="{key}" data-n="{number}">{escape(text)}</span>'
        )

    def some(self, key: str, number: int, of: int) -> Markup:
        """Return a phrase about a part of a number of things."""
        text = phrases.said(key, self.language)
        text = text.replace("{n}", f"{number:,}").replace("{of}", f"{of:,}")
        return Markup(  # noqa: S704
            f'<span data-t="{key}" data-n="{number}" data-of="{of}">'
            f"{escape(text)}</span>"
        )


def show(text: str) -> Markup:
    """Return text of others, with what cannot be seen as a visible escape."""
    if text.isprintable():
        return escape(text)
    text = _BREAK.sub("\n", text).replace("\t", " ")
    pieces: list[str] = []
    reached = 0
    for match in _UNSAFE.finditer(text):
        if match[0] == "\n":
            continue
        pieces += (
            escape(text[reached : match.start()]),
            f'<span class="x">{escape(neutralize(match[0]))}</span>',
        )
        reached = match.end()
    pieces.append(escape(text[reached:]))
    return Markup("".join(pieces))  # noqa: S704 - each piece is escaped


def plain(text: str) -> str:
    """Return text of others on one line, safe to show, for an attribute or a title."""
    return neutralize(_BREAK.sub(" ", text).replace("\n", " ").replace("\t", " "))


@lru_cache(maxsize=1 << 14)
def name(document: str) -> Markup:
    """Return the name of a document, isolated from the text around it.

    The parts of a path that has Arabic in it are isolated too, or two folders would
    change places.
    """
    shown = show_name(document)
    parts = [str(escape(part)) for part in shown.split("/")]
    if not shown.isascii():
        parts = [f"<bdi>{part}</bdi>" for part in parts]
    return Markup(  # noqa: S704
        f'<bdi dir="ltr" class="name">{"/<wbr>".join(parts)}</bdi>'
    )


def place(occurrence: Occurrence) -> Markup:
    """Return the name of a document with the lines of a place."""
    first, last = occurrence.lines
    lines = f"{first}" if first == last else f"{first}\N{EN DASH}{last}"
    return Markup(  # noqa: S704
        f'<bdi dir="ltr">{name(occurrence.document)}:{lines}</bdi>'
    )


def percent(ratio: float, digits: int = 0) -> Markup:
    """Return a ratio in percent; only what is whole is 100."""
    scale = 10**digits
    cut = int(ratio * 100 * scale + 1e-9) / scale
    return Markup(f'<bdi dir="ltr">{cut:.{digits}f}%</bdi>')  # noqa: S704


def similarity(finding: Finding) -> tuple[Markup, str]:
    """Return how much is shared, and the phrase that says of what."""
    if finding.relation in ("contained", "overlap"):
        return percent(finding.share), "of_shorter"
    return percent(finding.jaccard), "alike"


def side(pieces: Sequence[Piece], *, second: bool) -> Markup:
    """Return one side of a row, its words marked."""
    only = "ins" if second else "del"
    return Markup("".join([_piece(piece, only) for piece in pieces]))  # noqa: S704


def _piece(piece: Piece, only: str) -> str:
    """Return a stretch of text; `only` is the tag of what is on this side alone."""
    if piece.kind == "same":
        return show(piece.text)
    if piece.kind == "only":
        return f"<{only}>{show(piece.text)}</{only}>"
    inner: str = show(piece.text)
    if piece.stem is not None:
        start, end = piece.stem
        before, after = piece.text[:start], piece.text[end:]
        # Joined, not added: what is added to markup is escaped.
        inner = "".join(
            (_affix(before, only), show(piece.text[start:end]), _affix(after, only))
        )
    return f'<span class="{CLASSES[piece.kind]}">{inner}</span>'


def _affix(text: str, only: str) -> str:
    return f"<{only}>{show(text)}</{only}>" if text else ""


def way(text: str) -> str:
    """Return the direction of a text."""
    return direction(text[:LOOKED_AT])


def beginning(text: str) -> str:
    """Return the first words of a text on one line.

    >>> beginning("قال الوزير")
    'قال الوزير'
    """
    line = " ".join(text[: SUMMARY + 1].split())
    if len(text) <= SUMMARY:
        return plain(line)
    return plain(line.rpartition(" ")[0] or line) + " \N{HORIZONTAL ELLIPSIS}"


def web_address(url: str) -> str:
    """Return an address that may be opened, or nothing.

    >>> web_address("https://example.org/1"), web_address("javascript:alert(1)")
    ('https://example.org/1', '')
    """
    return url if _WEB.match(url) and url.isprintable() else ""
