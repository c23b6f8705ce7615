"""Write findings as JUnit tests: a document that holds a copy has failed."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from typing import TYPE_CHECKING, BinaryIO

from dedupe.reporters.copies import Copy, NamePlace, copies, plainly, sentences
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dedupe.model import Finding, Problem, ScanResult

PREFIX = "  | "
MAX_NAMED = 100  # findings of one document; the rest is counted

# Neutralized text may still hold two characters that XML 1.0 forbids.
_NOT_XML = re.compile(r"[\ufffe\uffff]")
# Neither stands in a key or in XML.
UNIT, RECORD = b"\x1f", b"\x1e"


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write the documents in their order, then what was not read."""
    failures = _failures(result)

    def render(start: int, stop: int) -> bytes:
        cases = [
            _case(item.document, failures.get(_key(item.document), ()))
            for item in result.documents[start:stop]
        ]
        return b"".join(cases)

    documents = rendered((render, len(result.documents)), jobs=result.jobs)
    pieces = [bytes(piece) for piece in documents]
    failed = sum(piece.count(b"\n<failure ") for piece in pieces)
    out.write(_head(result, failed).encode())
    out.writelines(pieces)
    out.writelines(_problem(item, "error") for item in result.errors)
    out.writelines(_problem(item, "skipped") for item in result.skipped)
    out.write(b"</testsuite>\n</testsuites>\n")


def escaped(text: str) -> str:
    r"""Return text of others for XML, quoted or not.

    >>> print(escaped('<a> & "b"'), escaped("]]>\x0b"))
    &lt;a&gt; &amp; &quot;b&quot; ]]&gt;\x0b
    """
    return _as_xml(disarm(text))


def _as_xml(shown: str) -> str:
    return html.escape(
        _NOT_XML.sub(_escape, shown) if _may_be_illegal(shown) else shown
    )


def _failures(result: ScanResult) -> dict[bytes, list[bytes]]:
    """Return, by the key of a document, the XML of each copy in it.

    It is made in slices, as all reports are, and sorted out here.
    """
    name = plainly(result)

    def render(start: int, stop: int) -> bytes:
        lines = [
            b"%b%b%b" % (_key(copy.place.document), UNIT, _failure(finding, copy, name))
            for finding in result.findings[start:stop]
            if finding.fails
            for copy in copies(finding, result.published)
        ]
        return RECORD.join([*lines, b""])

    found: dict[bytes, list[bytes]] = defaultdict(list)
    for data in rendered((render, len(result.findings)), jobs=result.jobs):
        for record in bytes(data).split(RECORD)[:-1]:
            document, _, text = record.partition(UNIT)
            found[document].append(text)
    return found


def _key(document: str) -> bytes:
    """Return a name as one line of bytes; two names never give the same."""
    return document.encode("unicode_escape")


def _failure(finding: Finding, copy: Copy, name: NamePlace) -> bytes:
    excerpt = disarm(copy.place.excerpt.replace("\r\n", " ").replace("\n", " "))
    said = sentences(finding, copy, name)
    return _as_xml(f"{finding.rule}: {said}\n{PREFIX}{excerpt}").encode()


def _case(document: str, failures: Sequence[bytes]) -> bytes:
    head = f'<testcase classname="dedupe" name="{escaped(document)}"'.encode()
    if not failures:
        return head + b"/>\n"
    lines = list(failures[:MAX_NAMED])
    more = len(failures) - len(lines)
    if more:
        lines.append(f"{more:,} more are not named here.".encode())
    rule, _, _ = failures[0].partition(b":")
    return b'%b>\n<failure type="%b" message="%b">%b</failure>\n</testcase>\n' % (
        head,
        rule,
        _counted(len(failures)).encode(),
        b"\n".join(lines),
    )


def _problem(problem: Problem, kind: str) -> bytes:
    return (
        f'<testcase classname="dedupe" name="{escaped(problem.path)}">\n'
        f'<{kind} message="{escaped(problem.reason)}"/>\n</testcase>\n'
    ).encode()


def _may_be_illegal(text: str) -> bool:
    return "\ufffe" in text or "\uffff" in text


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _counted(number: int) -> str:
    return "1 copy" if number == 1 else f"{number:,} copies"


def _head(result: ScanResult, failed: int) -> str:
    errors, skipped = len(result.errors), len(result.skipped)
    counts = (
        f'name="dedupe" tests="{len(result.documents) + errors + skipped}" '
        f'failures="{failed}" errors="{errors}" skipped="{skipped}"'
    )
    limit = '<properties><property name="truncated" value="true"/></properties>\n'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites {counts}>\n'
        f"<testsuite {counts}>\n{limit if result.truncated else ''}"
    )
