"""Results to report, written by hand, with the worst that others may have written."""

from __future__ import annotations

import io
from collections.abc import Mapping

from dedupe.model import (
    DocumentSummary,
    Finding,
    Occurrence,
    Problem,
    Published,
    Relation,
    Rule,
    ScanResult,
    Span,
)
from dedupe.reporters import REPORTERS

CI_FORMATS = ("sarif", "github", "gitlab", "junit", "markdown", "csv")

TEXT = "أعلنت البلدية أمس افتتاح المكتبة العامة في الحي القديم بعد ترميمها"

HOSTILE = {
    "escape": "\x1b[2J",
    "title": "\x1b]0;title\x07",
    "C1": "\x9b31m",
    "line feed": "a\nb\r\nc\rd",
    "override": "\N{RIGHT-TO-LEFT OVERRIDE}txt.exe",
    "isolate": "\N{LEFT-TO-RIGHT ISOLATE}x\N{POP DIRECTIONAL ISOLATE}",
    "separators": "\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}\x85",
    "byte of no letter": "bad\udcff",
    "half a character": "\ud83d",
    "no character": "\ufffe\uffff\x00\x0b",
    "script": "</script><script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "end of CDATA": "]]><x/>",
    "command": "\n::add-mask::x",
    "stop commands": "\r\n::stop-commands::x",
    "end of a property": ",title=x::y",
    "percent": "%0A::error::x",
    "order to Azure": "##vso[task.setvariable variable=x]y",
    "old order": "##[add-path]x",
    "formula": "=cmd|' /C calc'!A0",
    "formula after a space": " \t+1+1",
    "formula after nothing": "\N{ZERO WIDTH NO-BREAK SPACE}@SUM(1)",
    "link": "[a](https://example.org) [2](1) \\[",
    "place holder": "{0} }{",
    "table": "a|b`c\\",
    "user": "@someone #12 !3 ~label",
    "heading": "\n\n# heading\n---\n",
    "entity": "&lt;b&gt; &#60;",
}


def place(
    document: str = "a.txt",
    lines: tuple[int, int] = (3, 3),
    excerpt: str = TEXT,
    *,
    columns: tuple[int, int] = (1, 67),
) -> Occurrence:
    span = Span(100 * lines[0], 100 * lines[0] + len(excerpt))
    return Occurrence(document, lines, lines, span, (span,), excerpt, columns)


def finding(
    *places: Occurrence,
    id: str = "00112233445566ff",  # noqa: A002
    rule: Rule = "near-duplicate",
    relation: Relation = "identical",
) -> Finding:
    ratio = 1.0 if relation in ("identical", "orthographic") else 0.8199
    return Finding(id, rule, relation, ratio, ratio, 11, ratio, places)


def pair(number: int = 0, relation: Relation = "identical") -> Finding:
    return finding(
        place(f"{number}a.txt"),
        place(f"{number}b.txt", (5, 5)),
        id=f"{number:016x}",
        relation=relation,
    )


def result(
    *findings: Finding,
    others: tuple[str, ...] = (),
    errors: tuple[Problem, ...] = (),
    skipped: tuple[Problem, ...] = (),
    warnings: tuple[Problem, ...] = (),
    truncated: bool = False,
    published: Mapping[str, Published] | None = None,
) -> ScanResult:
    """A result; `others` are the documents that are no files."""
    names = {place.document for item in findings for place in item.occurrences}
    return ScanResult(
        {},
        "0123456789abcdef",
        [
            DocumentSummary(name, "utf-8", 9, 120, 30, is_file=name not in others)
            for name in sorted(names)
        ],
        findings,
        [],
        [],
        errors=errors,
        skipped=skipped,
        warnings=warnings,
        truncated=truncated,
        paragraphs=9,
        words=120,
        duplicated_words=30,
        published=published or {},
    )


def hostile_result(text: str) -> ScanResult:
    """A result in which all that others can write holds the text."""
    name = f"{text}.txt"
    item = finding(
        place(name, (2, 4), text, columns=(1, 9)),
        place(f"copy{text}", (7, 7), f"{text}\n{text}"),
        place(f"{text}copy.txt", (8, 8), f" {text}"),
        place("old", (1, 1), text),
    )
    plain = finding(place(name), place(f"x{text}"), id="ff", relation="edited")
    problem = (Problem(name, text),)
    return result(
        item,
        plain,
        others=(f"copy{text}",),
        errors=problem,
        skipped=problem,
        warnings=problem,
        published={"old": Published(text, text, text, text, text, text)},
    )


def report(format: str, scanned: ScanResult) -> str:  # noqa: A002
    """Return what a reporter writes."""
    out = io.BytesIO()
    REPORTERS[format](scanned, out)
    return out.getvalue().decode()
