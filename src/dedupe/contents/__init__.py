"""Clean what a file holds: bytes in, bytes out, and what was changed.

Reading and rewriting are two steps, so that the texts of many files can be cleaned in
one batch between them.
"""

from __future__ import annotations

from dedupe.contents.lines import is_converted, read_converted, read_lines
from dedupe.contents.pending import Contents, Document, Pending, Verdict
from dedupe.contents.whole_text import read_foreign, read_text
from dedupe.readers import ReadOptions
from dedupe.readers.formats import ONE

__all__ = [
    "Contents",
    "Document",
    "Pending",
    "Verdict",
    "is_converted",
    "read_contents",
    "read_lines",
]


def read_contents(
    data: bytes, format_: str, name: str, options: ReadOptions
) -> Pending:
    """Return the texts of a whole file; raise InputError for bytes that are no text."""
    if format_ == "json_lines":
        if is_converted(data, options):
            return read_converted(data, name, options)
        return read_lines(data, 1, 0, name, options)
    if format_ in ONE:
        return read_foreign(data, format_, name, options)
    return read_text(data, name, options, is_markdown=format_ == "markdown")
