"""Write a page that an editor opens: one file, without network, with or without script.

The first picture tells how much is repeated and where; below it each finding stands
side by side with what it repeats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.html.languages import DEFAULT

if TYPE_CHECKING:
    from dedupe.model import ScanResult
    from dedupe.reporters.html.languages import Language

__all__ = ["write"]


def write(
    result: ScanResult,
    out: BinaryIO,
    *,
    language: Language = DEFAULT,
    command: str = "",
) -> None:
    """Write the page; `command` is the line that makes it again, as it was typed."""
    # Jinja2, numpy and the alignment of words are needed by no other report.
    from dedupe.reporters.html import page  # noqa: PLC0415

    out.writelines(page.rendered(result, language, command))
