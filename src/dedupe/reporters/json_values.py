"""The JSON of the report contract, put together from strings.

Tens of thousands of findings go out in one report; building them as dictionaries first
takes three times as long.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import zip_longest
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

from dedupe import __version__
from dedupe.columns import HALVES, FindingColumns, parted
from dedupe.reporters.neutralizer import UNSAFE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe.model import (
        DocumentSummary,
        Problem,
        ScanResult,
    )

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


def findings(columns: FindingColumns) -> list[bytes]:
    """Return the members of each finding, without the braces."""
    heads = [
        f'"id":{string(name)},"rule":"{rule}","relation":"{relation}",'
        f'"jaccard":{number(jaccard)},"containment":{number(containment)},'
        f'"words":{words},"occurrences":['
        for name, rule, relation, jaccard, containment, words in zip(
            columns.id,
            columns.rule,
            columns.relation,
            columns.jaccard,
            columns.containment,
            columns.words,
            strict=True,
        )
    ]
    places = parted(_occurrences(columns), columns.places)
    return [
        b"%b%b]%b" % (head.encode(), b",".join(held), verdict)
        for head, held, verdict in zip(heads, places, _verdicts(columns), strict=True)
    ]


def document(item: DocumentSummary) -> str:
    """Return a document as a JSON object."""
    return (
        f'{{"document":{string(item.document)},"encoding":{string(item.encoding)},'
        f'"paragraphs":{item.paragraphs},"words":{item.words},'
        f'"duplicated_words":{item.duplicated_words}}}'
    )


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


def _verdicts(columns: FindingColumns) -> Iterable[bytes]:
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
    spans = [
        f"[{start},{end}]"
        for start, end in zip(columns.passage_start, columns.passage_end, strict=True)
    ]
    heads = [
        f'{{"document":{string(document)},"paragraphs":[{first},{last}],'
        f'"lines":[{line},{last_line}],"span":[{start},{end}],'
        f'"passages":[{",".join(passages)}],"excerpt":'
        for document, first, last, line, last_line, start, end, passages in zip(
            columns.document,
            columns.first_paragraph,
            columns.last_paragraph,
            columns.first_line,
            columns.last_line,
            columns.start,
            columns.end,
            parted(spans, columns.passages),
            strict=True,
        )
    ]
    # Most excerpts go out as they are held, and are never decoded.
    excerpts = [
        b'"%b"' % excerpt if plain else string(excerpt.decode("utf-8", HALVES)).encode()
        for excerpt, plain in zip(columns.excerpt, columns.plain, strict=True)
    ]
    return [
        b"%b%b}" % (head.encode(), excerpt)
        for head, excerpt in zip(heads, excerpts, strict=True)
    ]


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
