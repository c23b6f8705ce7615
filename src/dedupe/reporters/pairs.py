"""Write every verified match between two paragraphs as a JSON object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.json_values import number, string
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Match, ScanResult, Side


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the matches; groups of equal paragraphs are edges to their exemplar."""

    def render(start: int, stop: int) -> bytes:
        return "".join([_line(match) for match in result.matches[start:stop]]).encode()

    out.writelines(rendered((render, len(result.matches)), jobs=result.jobs))


def _line(match: Match) -> str:
    return (
        f'{{"left":{_side(match.left)},"right":{_side(match.right)},'
        f'"relation":"{match.relation}","jaccard":{number(match.jaccard)},'
        f'"containment":{number(match.containment)},"words":{match.words}}}\n'
    )


def _side(side: Side) -> str:
    return (
        f'{{"document":{string(side.document)},"paragraph":{side.paragraph},'
        f'"start":{side.start},"end":{side.end}}}'
    )
