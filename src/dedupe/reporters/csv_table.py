"""Write a table with a row a place, for spreadsheets: CSV in UTF-8 with a byte mark."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

from dedupe.columns import finding_columns
from dedupe.model import Published
from dedupe.reporters.json_values import number
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.columns import FindingColumns
    from dedupe.model import ScanResult

COLUMNS = (
    "finding",
    "rule",
    "relation",
    "jaccard",
    "containment",
    "words",
    "share",
    "place",
    "document",
    "first_line",
    "last_line",
    "start",
    "end",
    "excerpt",
)
PUBLISHED = tuple(f"published_{name}" for name in Published._fields)

BYTE_MARK = b"\xef\xbb\xbf"  # by which Excel tells UTF-8
# A cell that begins so is computed (OWASP, CSV Injection). Spreadsheets take forms of
# full width for the plain ones, and may skip what cannot be seen.
_FORMULA = re.compile(
    r"[\s\"'\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*[=+\-@＝＋－＠]|[\t\r\0]"
)


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the places of each finding, and when each was published if that is known.

    Where a cell might be taken for a formula, an apostrophe stands before it.
    """
    published = result.published

    def render(start: int, stop: int) -> bytes:
        columns = finding_columns(result.findings, start, stop)
        rows = _rows(columns)
        if published:
            names = columns.document
            rows = (
                row + _published_cells(published.get(name))
                for row, name in zip(rows, names, strict=True)
            )
        return "".join([f"{row}\r\n" for row in rows]).encode()

    header = COLUMNS + (PUBLISHED if published else ())
    out.write(BYTE_MARK + f"{','.join(header)}\r\n".encode())
    out.writelines(rendered((render, len(result.findings)), jobs=result.jobs))


def cell(text: str) -> str:
    """Return a text as a cell that shows it and does nothing.

    >>> print(cell('a "b" c'), cell("=1+1"))
    "a ""b"" c" "'=1+1"
    """
    shown = disarm(text)
    if _FORMULA.match(text):
        shown = f"'{shown}"
    return '"' + shown.replace('"', '""') + '"'


def _rows(columns: FindingColumns) -> Iterator[str]:
    heads = [
        f"{cell(name)},{rule},{relation},{number(jaccard)},{number(containment)},"
        f"{words},{number(share)}"
        for name, rule, relation, jaccard, containment, words, share in zip(
            columns.id,
            columns.rule,
            columns.relation,
            columns.jaccard.tolist(),
            columns.containment.tolist(),
            columns.words.tolist(),
            columns.share.tolist(),
            strict=True,
        )
    ]
    # A row begins with its finding, and its number among the places of that.
    begins = [
        f"{head},{place}"
        for head, (first, end) in zip(
            heads, pairwise(columns.places.tolist()), strict=True
        )
        for place in range(1, end - first + 1)
    ]
    return (
        f"{begin},{cell(document)},{first},{last},{start},{end},"
        f"{cell(_one_line(excerpt))}"
        for begin, document, first, last, start, end, excerpt in zip(
            begins,
            columns.document,
            columns.first_line.tolist(),
            columns.last_line.tolist(),
            columns.start.tolist(),
            columns.end.tolist(),
            columns.excerpt,
            strict=True,
        )
    )


def _one_line(excerpt: str) -> str:
    return excerpt.replace("\r\n", " ").replace("\n", " ")


def _published_cells(known: Published | None) -> str:
    values = known or ("",) * len(PUBLISHED)
    return "".join(f",{cell(value)}" for value in values)
