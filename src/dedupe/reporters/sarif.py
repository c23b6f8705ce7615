"""Write findings as SARIF 2.1.0, for code scanning and for viewers of results.

OASIS, Static Analysis Results Interchange Format Version 2.1.0; what GitHub makes of it
is said in "SARIF support for code scanning". Every copy is a result of its own, with
links to the places it repeats. Columns and offsets count code points.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple
from urllib.parse import quote

from dedupe import __version__
from dedupe.model import RULES, Rule
from dedupe.reporters.copies import (
    Copy,
    copies,
    describe,
    documents_that_are_files,
    sentences,
    severity,
    show_lines,
)
from dedupe.reporters.json_values import number, string
from dedupe.reporters.neutralizer import disarm
from dedupe.reporters.slices import rendered

if TYPE_CHECKING:
    from dedupe.model import Finding, Occurrence, Problem, Published, ScanResult

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"  # the usual name for the folder that paths are relative to
MAX_RESULTS = 25_000  # in one run; GitHub refuses more


class _RuleText(NamedTuple):
    name: str
    sentence: str
    meaning: str
    advice: str


_TEXTS: dict[Rule, _RuleText] = {
    "repeated-block": _RuleText(
        name="RepeatedParagraphs",
        sentence="A run of paragraphs stands in two places.",
        meaning="Two or more consecutive paragraphs are repeated as a whole, in one "
        "document or in several, whatever the spelling.",
        advice="Remove the copy if it was pasted twice; otherwise name its source.",
    ),
    "near-duplicate": _RuleText(
        name="CopiedParagraph",
        sentence="A paragraph is a copy of another one.",
        meaning="Two paragraphs are equal, or equal but for spelling, or most of "
        "their words agree in the same order.",
        advice="Remove the copy, rewrite it, or name its source.",
    ),
    "overlap": _RuleText(
        name="SharedPassage",
        sentence="Two texts share a run of words.",
        meaning="A passage of one paragraph stands in another one; the rest of the "
        "two is their own.",
        advice="See whether it is a quotation; if not, reword it or name its source.",
    ),
    "boilerplate": _RuleText(
        name="SharedForm",
        sentence="The same form stands in many documents.",
        meaning="A disclaimer, a notice or another form is repeated in many documents "
        "that have nothing else in common.",
        advice="Nothing is wrong with a form; leave it out before texts are counted.",
    ),
}

# What each notification says, and what to do.
_NOTICES = {
    "unreadable": (
        "An input could not be read.",
        "Its texts are in no result. The message says why; mend the input.",
    ),
    "doubtful": (
        "An input was read with doubt.",
        "Some of its letters may not be those that were written; name its encoding.",
    ),
    "skipped": (
        "An input was left out.",
        "The message says why; name the input itself if it is wanted.",
    ),
    "incomplete": (
        "The results are not complete.",
        "A limit was reached; use another report, or compare fewer texts.",
    ),
}


def write(result: ScanResult, out: BinaryIO) -> None:
    """Write one run: a result a line, then what was left out."""
    out.write(_head().encode())
    complete = len(result.findings) <= MAX_RESULTS
    for data, is_whole in _limited(_rendered(result)):
        out.write(data)
        complete = complete and is_whole
    out.write(_foot(result, complete=complete).encode())


# Most names are the same in a URI and in a message.
_PLAIN = re.compile(r"[A-Za-z0-9_.~-][A-Za-z0-9_.~/-]*")


def uri(path: str) -> str:
    """Return a path as a URI, relative unless the path is absolute.

    >>> uri("أخبار/a b.txt"), uri("/news/1.txt")
    ('%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/a%20b.txt', 'file:///news/1.txt')
    """
    if _PLAIN.fullmatch(path):
        return path
    try:
        name = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        name = path.encode("utf-8", "surrogatepass")
    return f"file://{quote(name)}" if path.startswith("/") else quote(name)


def _rendered(result: ScanResult) -> Iterator[bytes | memoryview]:
    location = _location_writer(result)

    def render(start: int, stop: int) -> bytes:
        results = [
            _result(finding, copy, location, result)
            for finding in result.findings[start:stop]
            # One too many tells that some were left out.
            for copy in copies(finding, result.published)[: MAX_RESULTS + 1]
        ]
        return (",\n" if start else "\n").encode() + ",\n".join(results).encode()

    count = min(len(result.findings), MAX_RESULTS)
    return rendered((render, count), jobs=result.jobs)


def _limited(
    pieces: Iterator[bytes | memoryview],
) -> Iterator[tuple[bytes | memoryview, bool]]:
    """Yield no more results than one run may have, and whether each piece is whole."""
    left = MAX_RESULTS
    for piece in pieces:
        data = bytes(piece)
        held = data.count(b"\n")
        if held <= left:
            left -= held
            yield data, True
            continue
        # Each result but the last in a piece ends with a comma.
        kept = data.split(b"\n")[: left + 1]
        yield b"\n".join(kept).removesuffix(b","), False
        return


def _result(
    finding: Finding,
    copy: Copy,
    location: Callable[[Occurrence], str],
    result: ScanResult,
) -> str:
    related = ",".join(
        [
            f'{{"id":{row},"message":{{"text":"{_caption(other)}"}},{location(other)}}}'
            for row, other in enumerate(copy.others, 1)
        ]
    )
    published = result.published
    here = copy.place.document

    def linked(row: int, place: Occurrence) -> str:
        return f"[{_link_text(place, here, published.get(place.document))}]({row})"

    is_partial = finding.relation in ("contained", "overlap")
    rank = 100 * (finding.share if is_partial else finding.jaccard)
    name = string(disarm(finding.id))[1:-1]
    return (
        f'{{"ruleId":"{finding.rule}","ruleIndex":{RULES.index(finding.rule)},'
        f'"level":"{severity(finding)}",'
        f'"message":{{"text":"{sentences(finding, copy, linked)}"}},'
        f'"locations":[{{{location(copy.place)}}}],"relatedLocations":[{related}],'
        f'"partialFingerprints":{{"primaryLocationLineHash":"{name}:{copy.number}",'
        f'"dedupeFinding/v1":"{name}"}},"rank":{number(rank)},'
        f'"properties":{{"relation":"{finding.relation}",'
        f'"jaccard":{number(finding.jaccard)},'
        f'"containment":{number(finding.containment)},"words":{finding.words},'
        f'"share":{number(finding.share)},'
        f'"places":{len(finding.occurrences)}{_allowed(finding)}}}{_state(finding)}}}'
    )


def _allowed(finding: Finding) -> str:
    """Return why a check lets the finding pass, as a member that follows others."""
    return f',"allowed":{string(disarm(finding.allowed))}' if finding.allowed else ""


def _state(finding: Finding) -> str:
    """Return what the baseline says of the finding, as a member that follows others."""
    if not finding.state:
        return ""
    state = "unchanged" if finding.state == "known" else "new"
    return f',"baselineState":"{state}"'


def _location_writer(result: ScanResult) -> Callable[[Occurrence], str]:
    """Return a function that gives the members of a location.

    What is no file gets no URI, but its name.
    """
    is_file = documents_that_are_files(result)
    published = result.published

    def members(place: Occurrence) -> str:
        if is_file(place.document):
            return (
                f'"physicalLocation":{{"artifactLocation":{_artifact(place.document)},'
                f'"region":{_region(place)}}}'
            )
        known = published.get(place.document)
        about = f',"published":{_published(known)}' if known else ""
        first, last = place.lines
        return (
            f'"logicalLocations":[{{"fullyQualifiedName":'
            f'"{_escaped(place.document)}"}}],"properties":{{"lines":[{first},{last}],'
            f'"span":[{place.span[0]},{place.span[1]}]{about}}}'
        )

    return members


def _artifact(document: str) -> str:
    address = uri(document)
    # Steps out of the root are not allowed in what is relative to it.
    is_inside = not (document.startswith("/") or ".." in document.split("/"))
    base = f',"uriBaseId":"{ROOT}"' if is_inside else ""
    return f'{{"uri":"{address}"{base}}}'


def _region(place: Occurrence) -> str:
    first, last = place.lines
    start, end = place.span
    column, end_column = place.columns
    if not column:
        return f'{{"startLine":{first},"endLine":{last}}}'
    return (
        f'{{"startLine":{first},"startColumn":{column},"endLine":{last},'
        f'"endColumn":{end_column},"charOffset":{start},"charLength":{end - start}}}'
    )


def _published(known: Published) -> str:
    members = [
        f'"{name}":"{_escaped(value)}"'
        for name, value in known._asdict().items()
        if value
    ]
    return f"{{{','.join(members)}}}"


def _link_text(place: Occurrence, here: str, known: Published | None) -> str:
    lines = show_lines(*place.lines)
    if place.document == here:
        return lines
    about = f", {_in_message(describe(known))}" if known else ""
    return f"{_in_message(place.document)}, {lines}{about}"


def _caption(place: Occurrence) -> str:
    return f"{_in_message(place.document)}, {show_lines(*place.lines)}"


def _in_message(text: str) -> str:
    r"""Return text for a message in JSON, without links and place holders of its own.

    >>> print(_in_message("a[1](2).txt"))
    a\\[1\\](2).txt
    """
    if _PLAIN.fullmatch(text):
        return text
    plain = disarm(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return string(plain.replace("{", "{{").replace("}", "}}"))[1:-1]


def _escaped(text: str) -> str:
    return string(disarm(text))[1:-1]


def _head() -> str:
    driver = {
        "name": "dedupe",
        "version": __version__,
        "semanticVersion": __version__,
        "informationUri": f"urn:dedupe-arabic:{__version__}",
        "rules": [_rule(rule) for rule in RULES],
        "notifications": [
            _described(name, sentence, advice, advice)
            for name, (sentence, advice) in _NOTICES.items()
        ],
    }
    root = {"description": {"text": "The folder in which dedupe was run."}}
    return (
        f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{\n'
        f'"tool":{{"driver":{json.dumps(driver)}}},\n"columnKind":"unicodeCodePoints",'
        f'\n"originalUriBaseIds":{json.dumps({ROOT: root})},\n"results":['
    )


def _rule(rule: Rule) -> dict[str, Any]:
    name, sentence, meaning, advice = _TEXTS[rule]
    described = _described(rule, sentence, meaning, f"{meaning} {advice}")
    level = "note" if rule in ("overlap", "boilerplate") else "warning"
    return {
        **described,
        "name": name,
        "defaultConfiguration": {"level": level},
        "properties": {"tags": ["duplicates", "prose"], "precision": "high"},
    }


def _described(name: str, sentence: str, meaning: str, advice: str) -> dict[str, Any]:
    return {
        "id": name,
        "shortDescription": {"text": sentence},
        "fullDescription": {"text": meaning},
        "help": {"text": advice},
    }


def _foot(result: ScanResult, *, complete: bool) -> str:
    notices = [
        _notice(name, level, problem)
        for name, level, problems in (
            ("unreadable", "error", result.errors),
            ("doubtful", "warning", result.warnings),
            ("skipped", "note", result.skipped),
        )
        for problem in problems
    ]
    if result.truncated:
        notices.append(_incomplete("A limit was reached before all was compared."))
    if not complete:
        notices.append(
            _incomplete(
                f"Only the first {MAX_RESULTS:,} results are in this report, as many "
                f"as are taken in; there are {len(result.findings):,} findings. The "
                f"report in JSON has them all."
            )
        )
    succeeded = "false" if result.errors else "true"
    return (
        f'],\n"invocations":[{{"executionSuccessful":{succeeded},'
        f'"toolExecutionNotifications":[{",".join(notices)}]}}],\n'
        f'"properties":{{"settings":"{_escaped(result.fingerprint)}"}}}}]}}\n'
    )


def _notice(name: str, level: str, problem: Problem) -> str:
    text = f"{_in_message(problem.path)}: {_in_message(problem.reason)}"
    return _notification(name, level, text)


def _incomplete(text: str) -> str:
    return _notification("incomplete", "warning", text)


def _notification(name: str, level: str, text: str) -> str:
    row = list(_NOTICES).index(name)
    return (
        f'{{"descriptor":{{"id":"{name}","index":{row}}},"level":"{level}",'
        f'"message":{{"text":"{text}"}}}}'
    )
