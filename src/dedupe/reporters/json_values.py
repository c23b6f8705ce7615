"""The JSON of the report contract, put together from strings.

Tens of thousands of findings go out in one report; building them as dictionaries first
takes three times as long.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import pairwise, zip_longest
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from dedupe import __version__
from dedupe.columns import HALVES, DocumentColumns, FindingColumns, parted
from dedupe.reporters.neutralizer import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedupe.model import Problem, ScanResult

SCHEMA_VERSION = "1"

_UNSAFE_CHARACTER = re.compile(f"[{UNSAFE}]")
_DIGITS = 6  # of a ratio: more is noise, and rounding makes machines agree


def string(text: str) -> str:
    r"""Return a JSON string: Arabic as itself, whatever could do harm escaped.

    >>> print(string("قال: \x9b\N{RIGHT-TO-LEFT OVERRIDE}"))
    "قال: \u009b\u202e"
    """
    if text.isprintable():
        return '"' + text.replace("\\", r"\\").replace('"', r"\"") + '"'
    quoted = encode_basestring(text)
    if quoted.isprintable():
        return quoted
    return _UNSAFE_CHARACTER.sub(_escape, quoted)


# Most ratios of a report are rounded to few digits, and come again and again.
@lru_cache(maxsize=1 << 14)
def number(ratio: float) -> str:
    """Return a ratio as a JSON number.

    >>> number(2 / 3), number(1.0)
    ('0.666667', '1.0')
    """
    return repr(round(float(ratio), _DIGITS))


def findings(columns: FindingColumns, opening: bytes = b"{") -> list[bytes]:
    """Return each finding as a JSON object that begins with what is given."""
    places = parted(_occurrences(columns), columns.places)
    members = zip(
        _strings(columns.id),
        _strings(columns.rule),
        _strings(columns.relation),
        map(_number, columns.jaccard),
        map(_number, columns.containment),
        columns.words,
        map(b",".join, places),
        _verdicts(columns),
        strict=True,
    )
    template = opening + (
        b'"id":%b,"rule":%b,"relation":%b,"jaccard":%b,"containment":%b,"words":%d,'
        b'"occurrences":[%b]%b}'
    )
    return [template % row for row in members]


def documents(columns: DocumentColumns) -> list[bytes]:
    """Return each document as a JSON object."""
    members = zip(
        _strings(columns.document),
        _strings(columns.encoding),
        columns.paragraphs,
        columns.words,
        columns.duplicated_words,
        strict=True,
    )
    template = (
        b'{"document":%b,"encoding":%b,"paragraphs":%d,"words":%d,'
        b'"duplicated_words":%d}'
    )
    return [template % row for row in members]


def published(result: ScanResult) -> str:
    """Return the documents of an archive as a member that precedes others."""
    if not result.published:
        return ""
    items = [
        f'{{"document":{string(name)},'
        + ",".join(
            f'"{member}":{string(value)}' for member, value in known._asdict().items()
        )
        + "}"
        for name, known in sorted(result.published.items())
    ]
    return f'"published":[{",".join(items)}],'


def verdict(result: ScanResult) -> str:
    """Return what a check or a baseline counted, as members that follow others."""
    members = ""
    if result.failing is not None:
        members += f',"failing":{result.failing}'
    if result.baseline is not None:
        new, known, fixed = result.baseline
        members += f',"baseline":{{"new":{new},"known":{known},"fixed":{fixed}}}'
    return members


def problems(items: Iterable[Problem]) -> str:
    """Return inputs that were left out, with their reasons, as a JSON array."""
    objects = [
        f'{{"path":{string(item.path)},"reason":{string(item.reason)}}}'
        for item in items
    ]
    return f"[{','.join(objects)}]"


def tool() -> str:
    """Return who wrote the report."""
    return f'{{"name":"dedupe","version":{string(__version__)}}}'


def settings(result: ScanResult) -> str:
    """Return the settings of the scan, with their fingerprint last."""
    members = {**result.settings, "fingerprint": result.fingerprint}
    return _UNSAFE_CHARACTER.sub(
        _escape, json.dumps(members, ensure_ascii=False, separators=(",", ":"))
    )


def flag(value: bool) -> str:  # noqa: FBT001
    """Return a truth value as JSON."""
    return "true" if value else "false"


def _verdicts(columns: FindingColumns) -> list[bytes]:
    """Return the members that a check or a baseline adds to each finding."""
    if not any(columns.state) and not any(columns.allowed):
        return [b""] * len(columns.id)
    return [
        (
            (f',"state":"{state}"' if state else "")
            + (f',"allowed":{string(allowed)}' if allowed else "")
        ).encode()
        for state, allowed in zip_longest(columns.state, columns.allowed, fillvalue="")
    ]


def _occurrences(columns: FindingColumns) -> list[bytes]:
    members = zip(
        _strings(columns.document),
        columns.first_paragraph,
        columns.last_paragraph,
        columns.first_line,
        columns.last_line,
        columns.start,
        columns.end,
        _passages(columns),
        _excerpts(columns),
        strict=True,
    )
    template = (
        b'{"document":%b,"paragraphs":[%d,%d],"lines":[%d,%d],"span":[%d,%d],'
        b'"passages":[%b],"excerpt":"%b"}'
    )
    return [template % row for row in members]


def _passages(columns: FindingColumns) -> list[bytes]:
    """Return the spans of each place, all written at once: there are very many."""
    sizes = [end - first for first, end in pairwise(columns.passages)]
    groups = {size: ",".join(["[%d,%d]"] * size) for size in set(sizes)}
    numbers = [0] * (2 * len(columns.passage_start))
    numbers[::2], numbers[1::2] = columns.passage_start, columns.passage_end
    spans = "\n".join([groups[size] for size in sizes]) % tuple(numbers)
    return spans.encode().split(b"\n") if sizes else []


def _excerpts(columns: FindingColumns) -> list[bytes]:
    """Return what stands between the quotes; most is never decoded."""
    return [
        excerpt.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        if printable
        else string(excerpt.decode("utf-8", HALVES))[1:-1].encode()
        for excerpt, printable in zip(columns.excerpt, columns.printable, strict=True)
    ]


def _strings(texts: Sequence[str]) -> list[bytes]:
    """Return many JSON strings."""
    if not "".join(texts).isprintable():
        return [string(text).encode() for text in texts]
    # All at once, since nearly all that has a name can be printed.
    escaped = "\n".join(texts).replace("\\", r"\\").replace('"', r"\"")
    quoted = '"' + escaped.replace("\n", '"\n"') + '"'
    return quoted.encode().split(b"\n") if texts else []


# As many as there are ratios of few digits; see `number`.
@lru_cache(maxsize=1 << 14)
def _number(ratio: float) -> bytes:
    return number(ratio).encode()


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
