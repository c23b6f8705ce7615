"""Write every aligned stretch between two documents as a JSON object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.json_values import number, string
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Passage, PassageSide, ScanResult


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the passages, which may run across paragraph breaks and small gaps."""

    def render(start: int, stop: int) -> bytes:
        lines = [_line(passage) for passage in result.passages[start:stop]]
        return "".join(lines).encode()

    out.writelines(rendered((render, len(result.passages)), jobs=result.jobs))


def _line(passage: Passage) -> str:
    return (
        f'{{"left":{_side(passage.left)},"right":{_side(passage.right)},'
        f'"words":{passage.words},"similarity":{number(passage.similarity)}}}\n'
    )


def _side(side: PassageSide) -> str:
    return (
        f'{{"document":{string(side.document)},"start":{side.start},"end":{side.end}}}'
    )
