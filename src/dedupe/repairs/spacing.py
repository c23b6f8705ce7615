"""Repair white space: line ends, spaces, blank lines, spaces before signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dedupe.edits import Edit
from dedupe.repairs.characters import LETTERS, LINE_BREAKS, MARKS, SPACES, places_of
from dedupe.repairs.ways import Way

_FOREIGN_BREAK = re.compile(f"\r\n|[{LINE_BREAKS}]")
_BREAK_OTHER_THAN_CRLF = re.compile(rf"(?<!\r)\n|\r(?!\n)|[{LINE_BREAKS[1:]}]")


def line_ends(text: str, way: Way) -> Iterator[Edit]:
    """Write line breaks of one kind."""
    is_crlf = way.line_end == "\r\n"
    for match in (_BREAK_OTHER_THAN_CRLF if is_crlf else _FOREIGN_BREAK).finditer(text):
        times = 2 if match[0] == "\N{PARAGRAPH SEPARATOR}" else 1
        reason = "a line break of another kind than the others of the text"
        yield Edit(*match.span(), way.line_end * times, "line-end", reason)


_ODD_SPACES = re.compile(f"[{SPACES}]+")
_ODD_SPACE_IN_LINE = re.compile(rf"(?<=\S)[{SPACES[1:]}](?=\S)")
_SPACE_RUN = re.compile("  +")
_BLANK_LINES = re.compile("(?:\r?\n){3,}")


def odd_spaces(text: str, way: Way) -> Iterator[Edit]:
    """Write the plain space in place of others."""
    pattern = _ODD_SPACE_IN_LINE if way.markup else _ODD_SPACES
    for match in pattern.finditer(text):
        yield Edit(*match.span(), " ", "odd-space", "another space than the plain one")


def spaces(text: str, way: Way) -> Iterable[Edit]:
    """Leave one space between words, and none where a line starts or ends."""
    if way.markup:
        return ()
    spans = []
    if "  " in text:
        for match in _SPACE_RUN.finditer(text):
            start, end = match.span()
            is_at_edge = (
                text[max(start - 1, 0) : start] in {"", "\n"}
                or text[end : end + 1] in "\r\n"
            )
            spans.append((start if is_at_edge else start + 1, end))
    spans += _single_spaces_at_edges(text)
    reason = "one space is enough between words, and none at the edge of a line"
    return [Edit(*span, "", "space", reason) for span in sorted(spans)]


def _single_spaces_at_edges(text: str) -> set[tuple[int, int]]:
    places = {place + 1 for place in places_of(text, "\n ")}
    places.update(places_of(text, " \n"))
    if "\r" in text:
        places.update(places_of(text, " \r"))
    places.update({0} if text.startswith(" ") else ())
    places.update({len(text) - 1} if text.endswith(" ") else ())
    return {
        (place, place + 1)
        for place in places
        if " " not in {text[max(place - 1, 0) : place], text[place + 1 : place + 2]}
    }


def blank_lines(text: str, way: Way) -> Iterator[Edit]:
    """Leave one blank line between paragraphs, and none at either end of the text."""
    size = len(way.line_end)
    first, last = 0, len(text)
    reason = "one blank line is enough between paragraphs"
    if not way.markup:
        first = last - len(text.lstrip("\r\n"))
        if first == last:
            first = max(first - size, 0)  # a text of blank lines
        if first:
            yield Edit(0, first, "", "blank-line", reason)
        last = max(len(text.rstrip("\r\n")), first)
    if way.line_end * 3 in text:
        for match in _BLANK_LINES.finditer(text, first, last):
            is_indented = way.markup and text[match.end() : match.end() + 1] in " \t"
            if not is_indented:
                kept = match.start() + 2 * size
                yield Edit(kept, match.end(), "", "blank-line", reason)
    if last + size < len(text):
        yield Edit(last + size, len(text), "", "blank-line", reason)


_SPACED_SIGNS = (" ،", " ؛", " ؟", " :", " !", " .")
# Only where the sign ends something: not before .5, ..., :) or a word.
_ENDING_SIGN = r"(?P<sign>[،؛؟:!.])(?=\s|\Z|[\]}»›”’\"']|(?<!:)\))"
_SPACED_SIGN = re.compile(f"(?P<spaces> ){_ENDING_SIGN}")
# Where runs of spaces stay, each is looked at once.
_SPACED_SIGN_IN_MARKUP = re.compile(rf"(?<! )(?P<spaces>[ ]++){_ENDING_SIGN}")
_RATIO = re.compile(r":\s+\d")
_LATIN_AFTER = re.compile(r"[:!]\s+[A-Za-z\u00c0-\u024f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_AFTER_PROSE = re.compile(rf"[{LETTERS}{MARKS}A-Za-z][*_)\]»”\"’]{{0,3}}\Z")


def space_before_punctuation(text: str, way: Way) -> Iterator[Edit]:
    """Drop spaces before a sign that ends something."""
    if not any(sign in text for sign in _SPACED_SIGNS):
        return
    pattern = _SPACED_SIGN_IN_MARKUP if way.markup else _SPACED_SIGN
    for match in pattern.finditer(text):
        start, end = match.span("spaces")
        before = text[max(start - 1, 0) : start]
        is_kept = (
            not before
            or before.isspace()
            or (before in ".…" and match["sign"] == ".")  # . . .
            or (before.isdigit() and _RATIO.match(text, end))  # 2 : 1
            # French puts a space there.
            or (_LATIN.match(before) and _LATIN_AFTER.match(text, end))
            # In Markdown a sign may mean something after a mark of the markup.
            or (way.markup and not _AFTER_PROSE.search(text[max(start - 4, 0) : start]))
        )
        if not is_kept:
            reason = f"no space before {match['sign']}"
            yield Edit(start, end, "", "space-before-punctuation", reason)
