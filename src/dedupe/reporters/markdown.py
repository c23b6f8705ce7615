"""Write a summary in Markdown: for the page of a job, or a comment on a change.

Whatever others wrote stands in code spans, or in HTML in which no sign is left that
Markdown, HTML, GitHub or GitLab would act upon.
"""

from __future__ import annotations

import html
import re
import string
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.copies import (
    Copy,
    copies,
    describe,
    gravest,
    severity,
    show_place,
    similarity,
)
from dedupe.reporters.direction import direction
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from dedupe.model import Finding, Occurrence, Problem, ScanResult

MAX_ROWS = 100
MAX_EXCERPTS = 20
MAX_PROBLEMS = 20
MAX_NAMED = 3  # places in one row
# A comment on GitHub may have 65,536 characters; what is left is for the last lines.
MAX_BYTES = 60_000

_PUNCTUATION = str.maketrans({sign: f"&#{ord(sign)};" for sign in string.punctuation})
# What makes a name of a user, an issue or a label of a word that follows it.
_REFERENCE = re.compile(r"([@#!$%&~^])(?=\w)")


class _Page:
    """A page that has room for so many bytes."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.left = MAX_BYTES

    def add(self, text: str) -> bool:
        """Write a text if there is room for it, and tell whether there was."""
        data = text.encode()
        has_room = len(data) <= self.left
        if has_room:
            self.left -= len(data)
            self.out.write(data)
        return has_room

    def close(self, text: str) -> None:
        """Write a short text for which there is always room."""
        self.out.write(text.encode())


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the numbers, what was not read, the gravest findings, some excerpts."""
    page = _Page(out)
    chosen = [
        (finding, copies(finding, result.published))
        for finding in gravest(result.findings, MAX_ROWS)
    ]
    page.close(_numbers(result))
    _write_problems(page, "could not be read", result.errors)
    _write_problems(page, "left out", result.skipped)
    _write_problems(page, "read with doubt", result.warnings)
    _write_table(page, result, chosen)
    _write_excerpts(page, result, chosen)


def code(text: str) -> str:
    """Return text of others as code, also for a table.

    >>> code("a_b.txt"), code("a|b.txt")
    ('`a_b.txt`', '<code>a&#124;b&#46;txt</code>')
    """
    shown = disarm(text)
    if shown and not ("`" in shown or "|" in shown or shown[-1] == "\\"):
        return f"`{shown}`"
    return f"<code>{shown.translate(_PUNCTUATION)}</code>"


def quoted(text: str) -> str:
    """Return text of others as a quotation on one line, in its own direction.

    >>> quoted("قال <الوزير>")
    '<blockquote dir="rtl">قال &lt;الوزير&gt;</blockquote>'
    """
    line = disarm(text.replace("\r\n", " ").replace("\n", " "))
    # A mark without width keeps sign and word apart; the reader sees no difference.
    apart = _REFERENCE.sub("\\1\N{WORD JOINER}", line)
    return f'<blockquote dir="{direction(text)}">{html.escape(apart)}</blockquote>'


def _numbers(result: ScanResult) -> str:
    count = len(result.findings)
    share = result.duplicated_words / result.words if result.words else 0.0
    listed = ", ".join(
        f"{number:,} {relation}"
        for relation, number in (result.relations.items() if count else ())
        if number
    )
    found = f"{listed}." if count else "No repeats found."
    limit = " The findings are not complete: a limit was reached."
    return (
        f"## dedupe: {counted(count, 'finding')}\n\n{found} "
        f"Read {counted(len(result.documents), 'document')}, "
        f"{counted(result.paragraphs, 'paragraph')}, "
        f"{counted(result.words, 'word')}; {share:.1%} of the words are repeated."
        f"{limit if result.truncated else ''}\n"
    )


def _write_problems(page: _Page, what: str, problems: tuple[Problem, ...]) -> None:
    if not problems:
        return
    page.close(f"\n**{counted(len(problems), 'input')} {what}**\n\n")
    written = 0
    for problem in problems[:MAX_PROBLEMS]:
        if not page.add(f"- {code(problem.path)}: {code(problem.reason)}\n"):
            break
        written += 1
    if written < len(problems):
        page.close(f"- {len(problems) - written:,} more\n")


def _write_table(
    page: _Page, result: ScanResult, chosen: list[tuple[Finding, list[Copy]]]
) -> None:
    if not chosen:
        return
    page.close("\n| | copy | of | relation | words | |\n|--:|---|---|---|--:|---|\n")
    written = 0
    for number, (finding, found) in enumerate(chosen, 1):
        if not page.add(f"| {number} | {_row(result, finding, found)} |\n"):
            break
        written += 1
    more = len(result.findings) - written
    if more:
        page.close(
            f"\nThe table has the gravest {counted(written, 'finding')}; "
            f"{more:,} more are in the full report.\n"
        )


def _row(result: ScanResult, finding: Finding, found: list[Copy]) -> str:
    mine = [copy.place for copy in found]
    own = set(map(id, mine))
    others = [place for place in finding.occurrences if id(place) not in own]
    cells = (
        _places(result, mine),
        _places(result, others),
        _kind(finding),
        f"{finding.words:,}",
        similarity(finding),
    )
    return " | ".join(cells)


def _kind(finding: Finding) -> str:
    rule = "" if finding.rule == finding.relation else f" {finding.rule}"
    return f"{finding.relation}{rule} ({severity(finding)})"


def _places(result: ScanResult, places: list[Occurrence]) -> str:
    named = ", ".join(_place(result, place) for place in places[:MAX_NAMED])
    more = len(places) - MAX_NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def _place(result: ScanResult, place: Occurrence) -> str:
    known = result.published.get(place.document)
    about = f" {code(describe(known))}" if known else ""
    return code(show_place(place)) + about


def _write_excerpts(
    page: _Page, result: ScanResult, chosen: list[tuple[Finding, list[Copy]]]
) -> None:
    if not chosen:
        return
    page.close("\n### Excerpts\n\n")
    written = 0
    for number, (_, (copy, *_)) in islice(enumerate(chosen, 1), MAX_EXCERPTS):
        place = copy.place
        is_cut = place.span[1] - place.span[0] > len(place.excerpt)
        excerpt = (
            f"{place.excerpt} \N{HORIZONTAL ELLIPSIS}" if is_cut else place.excerpt
        )
        head = f"**{number}** {code(show_place(place))}"
        if not page.add(f"{head}\n\n{quoted(excerpt)}\n\n"):
            break
        written += 1
    if written < len(result.findings):
        page.close(f"Excerpts are shown of the first {counted(written, 'finding')}.\n")
