"""Write findings for an editor to read on a terminal.

A line of paths, lines and numbers comes first and the Arabic stands on lines of its
own: terminals that order right-to-left text would mix the two up. Every line of
an excerpt has a prefix, so that no article can give orders to the log of a CI service.

In a file the lines are as long as they are; on a terminal they are broken between words
at its width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dedupe.reporters import palette
from dedupe.reporters.excerpts import Piece, pieces, without_opening, word_edges
from dedupe.reporters.fitting import filled, fitted, isolated, steady
from dedupe.reporters.neutralizer import disarm, show_name
from dedupe.reporters.palette import BOLD, Paint, colored, plain
from dedupe.reporters.slices import rendered
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from dedupe.model import (
        Finding,
        Occurrence,
        Published,
        ReadTexts,
        Relation,
        ScanResult,
    )

MAX_PLACES = 10  # named in the first line; the JSON report has them all
MAX_SIDES = 3  # excerpts of one finding
MAX_LINES = 3  # of an excerpt
LONGEST_GAP = 60  # characters of what does not agree, between two passages
INDENT = "    "  # of what a terminal has no room for in the first line

PREFIX = "  | "
_BREAK = re.compile("\r\n|[\n\v\f\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}]")
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

COLORS: dict[Relation, str] = {
    "identical": palette.RED,
    "orthographic": palette.MAGENTA,
    "edited": palette.ORANGE,
    "contained": palette.BLUE,
    "overlap": palette.GREEN,
}


class _Look(NamedTuple):
    """How the report is shown."""

    paint: Paint
    width: int = 0  # columns of the terminal, or 0 for a file


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the findings; words in [brackets] are not in the other places."""
    _write(result, out, _Look(plain))


def write_in_color(result: ScanResult, out: BinaryIO) -> None:
    """Write the findings; words in color are in the other places too."""
    _write(result, out, _Look(colored))


def for_terminal(width: int, *, color: bool) -> Callable[[ScanResult, BinaryIO], None]:
    """Return a reporter for a terminal of so many columns."""
    return partial(_write, look=_Look(colored if color else plain, width))


def _write(result: ScanResult, out: BinaryIO, look: _Look) -> None:
    def render(start: int, stop: int) -> bytes:
        some = result.findings[start:stop]
        trimmed = _trimmed(some, result.read_texts)
        findings = [_finding(item, trimmed, result.published, look) for item in some]
        return ("\n" if start else "").encode() + "\n".join(findings).encode()

    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))


def _trimmed(
    findings: Iterable[Finding], read_texts: ReadTexts | None
) -> dict[Occurrence, Occurrence]:
    """Return the places of edited copies that agree from far behind their beginning.

    Each with what is shown of it: a long paragraph with the copy at its end.
    """
    if read_texts is None:
        return {}
    late: dict[str, list[Occurrence]] = {}
    for finding in findings:
        if finding.relation == "edited":
            for place in finding.occurrences:
                if _begins_late(place):
                    late.setdefault(place.document, []).append(place)
    return {
        place: without_opening(place, text)
        for name, text in (read_texts(late) if late else ())
        for place in late[name]
    }


def _begins_late(place: Occurrence) -> bool:
    start, end = place.span
    is_long = end - start > len(place.excerpt)
    return is_long and place.passages[0][0] - start > LONGEST_GAP


def _finding(
    finding: Finding,
    trimmed: Mapping[Occurrence, Occurrence],
    published: Mapping[str, Published],
    look: _Look,
) -> str:
    sides = _sides(finding, trimmed, look.paint)
    lines = [*_lined(_header(finding, look), look)]
    for line in _publications(finding, published, look) if published else ():
        shown = fitted(line, look.width, "  ", INDENT) if look.width else [f"  {line}"]
        lines += shown
    for place, excerpt in sides:
        if len(sides) > 1:
            lines.append(f"  {_place(place, look)}")
        for line in excerpt:
            shown = fitted(line, look.width - len(PREFIX)) if look.width else [line]
            lines += [PREFIX + (steady(one) if look.width else one) for one in shown]
    return "\n".join(lines) + "\n"


def _lined(items: Iterable[str], look: _Look) -> Iterable[str]:
    """Return the items on one line, or on as many as the terminal needs."""
    return filled(items, look.width, INDENT) if look.width else [" ".join(items)]


def _publications(
    finding: Finding, published: Mapping[str, Published], look: _Look
) -> Iterator[str]:
    """Yield when and where the places were published; what may be Arabic comes last."""
    for place in finding.occurrences[:MAX_PLACES]:
        known = published.get(place.document)
        if known is not None:
            told = (known.date, known.url, known.outlet, known.author, known.title)
            facts = ", ".join(map(disarm, filter(None, told)))
            yield f"{_place(place, look)} published {facts}".rstrip()


def _header(finding: Finding, look: _Look) -> Iterator[str]:
    """Yield the parts of the line that names the places and what they have."""
    named = finding.occurrences[:MAX_PLACES]
    places = [look.paint(_place(place, look), BOLD) for place in named]
    yield from (f"{place}," for place in places[:-1])
    more = len(finding.occurrences) - len(named)
    if more > 0:
        yield places[-1]
        yield f"and {more:,} more:"
    else:
        yield f"{places[-1]}:"
    what = look.paint(finding.relation, COLORS[finding.relation])
    yield what + ("" if finding.rule == finding.relation else f" {finding.rule}") + ","
    yield f"{counted(finding.words, 'word')},"
    yield f"{_percent(finding)}{_verdict(finding)}"


def _verdict(finding: Finding) -> str:
    """Return what a check or a baseline says of the finding."""
    state = f", {finding.state}" if finding.state else ""
    allowed = f", allowed ({disarm(finding.allowed)})" if finding.allowed else ""
    return state + allowed


def _place(place: Occurrence, look: _Look) -> str:
    first, last = place.lines
    lines = f"{first}" if first == last else f"{first}-{last}"
    name = show_name(place.document)
    return f"{isolated(name) if look.width else name}:{lines}"


def _percent(finding: Finding) -> str:
    if finding.relation in ("contained", "overlap"):
        return f"{_whole(finding.share)}% of the shorter"
    return f"{_whole(finding.jaccard)}% alike"


def _whole(ratio: float) -> int:
    """Return a ratio in percent; only what is equal is 100."""
    return int(ratio * 100 + 1e-9)


def _sides(
    finding: Finding, trimmed: Mapping[Occurrence, Occurrence], paint: Paint
) -> list[tuple[Occurrence, list[str]]]:
    """Return the excerpts that differ from each other, each with its place."""
    wanted = 1 if finding.relation == "identical" else MAX_SIDES
    sides: list[tuple[Occurrence, list[str]]] = []
    for place in finding.occurrences:
        excerpt = _excerpt(trimmed.get(place, place), finding.relation, paint)
        if place in trimmed:
            excerpt[0] = f"{ELLIPSIS} {excerpt[0]}"
        if all(excerpt != other for _, other in sides):
            sides.append((place, excerpt))
        if len(sides) == wanted:
            break
    return sides


def _excerpt(place: Occurrence, relation: Relation, paint: Paint) -> list[str]:
    shown = [Piece(place.excerpt, agrees=True)]
    cut_off = place.span[1] - place.span[0] > len(place.excerpt)
    before = after = ""
    marked = relation in ("edited", "contained", "overlap")
    if marked:
        shown = pieces(place)
        if relation != "edited" and any(piece.agrees for piece in shown):
            shown, before, after = _between_passages(shown)
    lines = _marked(shown, COLORS[relation], paint) if marked else _lines(place.excerpt)
    lines = [line for line in lines if line.strip()]
    if len(lines) > MAX_LINES or cut_off:
        after = f" {ELLIPSIS}"
    lines = lines[:MAX_LINES] or [""]
    lines[0] = before + lines[0]
    lines[-1] += after
    return lines


def _between_passages(shown: list[Piece]) -> tuple[list[Piece], str, str]:
    """Leave out what is not between passages, or long."""
    agreeing = [place for place, piece in enumerate(shown) if piece.agrees]
    first, last = agreeing[0], agreeing[-1]
    before = f"{ELLIPSIS} " if first else ""
    after = f" {ELLIPSIS}" if last < len(shown) - 1 else ""
    kept = [
        Piece(f" [{ELLIPSIS}] ", agrees=False)
        if not piece.agrees and len(piece.text) > LONGEST_GAP
        else piece
        for piece in shown[first : last + 1]
    ]
    return kept, before, after


def _marked(shown: list[Piece], color: str, paint: Paint) -> list[str]:
    """Return lines in which what agrees is painted, or else the rest is bracketed."""
    lines = [""]
    for piece in shown:
        for number, line in enumerate(_lines(piece.text)):
            if number:
                lines.append("")
            lines[-1] += _mark(line, color, paint, agrees=piece.agrees)
    return lines


def _mark(text: str, color: str, paint: Paint, *, agrees: bool) -> str:
    """Mark the words of a stretch, without the spaces and points around them."""
    if agrees and paint is plain:
        return text
    start, end = word_edges(text)
    if start == end:
        return text
    words = text[start:end]
    if agrees:
        words = paint(words, color)
    elif paint is plain:
        words = f"[{words}]"
    return f"{text[:start]}{words}{text[end:]}"


def _lines(text: str) -> list[str]:
    """Return the lines of an excerpt, safe to show; a tab is as good as a space.

    What a program writes for a line break inside a paragraph parts lines, too.
    """
    if text.isprintable():
        return [disarm(text)]
    return [disarm(line) for line in _BREAK.split(text.replace("\t", " "))]
