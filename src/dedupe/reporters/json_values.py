"""The JSON of the report contract, put together from strings.

Tens of thousands of findings go out in one report; building them as dictionaries first
takes three times as long.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import product, zip_longest
from json.encoder import encode_basestring
from typing import TYPE_CHECKING

import numpy as np

from dedupe import __version__
from dedupe.columns import DocumentColumns, FindingColumns
from dedupe.corpus import IntArray
from dedupe.model import RELATIONS, RULES
from dedupe.reporters.decimals import DIGITS, are_plain, lines
from dedupe.reporters.neutralizer import UNSAFE
from dedupe.text_column import CodeUnits, TextColumn, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dedupe.model import Problem, ScanResult

SCHEMA_VERSION = "1"

_KINDS = {
    kind: b'","rule":"%b","relation":"%b","jaccard":' % tuple(map(str.encode, kind))
    for kind in product(RULES, RELATIONS)
}
_UNSAFE_CHARACTER = re.compile(f"[{UNSAFE}]")
# Ranges of characters that are all safe, and nearly all there are in a text. Those of
# the first take a byte.
COMMON = (range(0x20, 0x7F), range(0x61D, 0x200E))
_QUOTE = '"'
_REPLACED = {b"\\": rb"\\", b'"': rb"\"", b"\n": rb"\n"}


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
    return repr(round(float(ratio), DIGITS))


def escaped(texts: TextColumn) -> list[bytes]:
    """Return what stands between the quotes of many JSON strings."""
    if not len(texts):
        return []
    # All at once, since nearly all hold no more to escape than what is replaced here.
    codes = texts.codes.copy()
    unsafe = _unsafe(codes)
    others = set((texts.begin.searchsorted(unsafe, "right") - 1).tolist())
    codes[unsafe] = ord(" ")
    # Every other piece is a gap, and what else is left out before it.
    codes[texts.end] = codes[texts.begin[1:] - 1] = codes[-1] = 0
    written = decoded(codes.data).encode()
    for character, escape in _REPLACED.items():
        written = written.replace(character, escape)
    escaped = written.split(b"\0")[:-1:2]
    for row in others:
        escaped[row] = string(texts[row])[1:-1].encode()
    return escaped


def escaped_names(names: Sequence[str]) -> list[bytes]:
    """Return the same of many strings, of which most hold nothing to escape."""
    joined = _QUOTE.join(names)
    if joined.isascii() and joined.count(_QUOTE) < len(names) and "\\" not in joined:
        written = joined.encode()
        place = np.frombuffer(written, np.uint8) - np.uint8(COMMON[0].start)
        if place.max(initial=0) < len(COMMON[0]):
            return written.split(_QUOTE.encode())
    return escaped(TextColumn.of(names))


def findings(
    columns: FindingColumns, between: bytes = b",\n", opening: bytes = b"{"
) -> bytes:
    """Return the findings as JSON objects that begin with what is given."""
    # What stands before each place, and after the last one.
    before = [b'"},{"document":"'] * (len(columns.document) + 1)
    places = columns.places.tolist()
    for place in places:
        before[place] = b""
    for place, border in zip(places, _borders(columns, between, opening), strict=True):
        before[place] += border
    return b"".join([*_occurrences(columns, before[:-1]), before[-1]])


def documents(columns: DocumentColumns, between: bytes = b",\n") -> bytes:
    """Return the documents as JSON objects."""
    if not columns.document:
        return b""
    encodings = {
        name: f'","encoding":{string(name)},"paragraphs":'.encode()
        for name in set(columns.encoding)
    }
    opening = b'{"document":"'
    rows = _alternating(
        [opening] + [b"}" + between + opening] * (len(columns.document) - 1),
        escaped_names(columns.document),
        [*map(encodings.__getitem__, columns.encoding)],
        lines(
            b'%d,"words":%d,"duplicated_words":%d',
            [columns.paragraphs, columns.words, columns.duplicated_words],
        ),
    )
    return b"".join([*rows, b"}"])


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


def _borders(columns: FindingColumns, between: bytes, opening: bytes) -> list[bytes]:
    """Return what stands before the places of each finding, and after the last."""
    if not columns.id:
        return [b""]
    has_places = (np.diff(columns.places) > 0).tolist()
    closings = [b'"}]' if any_ else b"]" for any_ in has_places]
    verdicts = _verdicts(columns)
    opening += b'"id":"'
    heads = zip(
        [b"", *closings[:-1]],
        [b"", *verdicts[:-1]],
        [opening] + [b"}" + between + opening] * (len(verdicts) - 1),
        escaped_names(columns.id),
        map(_KINDS.__getitem__, zip(columns.rule, columns.relation, strict=True)),
        _numbers(columns),
        [b'{"document":"' if any_ else b"" for any_ in has_places],
        strict=True,
    )
    return [*map(b"".join, heads), closings[-1] + verdicts[-1] + b"}"]


def _numbers(columns: FindingColumns) -> list[bytes]:
    """Return the similarity and the words of each finding."""
    template = b'%d,"containment":%d,"words":%d,"share":%d,"occurrences":['
    ratios = columns.jaccard, columns.containment, columns.share
    jaccard, containment, share = ratios
    if are_plain(np.concatenate(ratios)):
        return lines(template, [jaccard, containment, columns.words, share])
    written = ([number(value) for value in ratio.tolist()] for ratio in ratios)
    return [
        f'{jaccard},"containment":{containment},"words":{words},"share":{share},'
        '"occurrences":['.encode()
        for jaccard, containment, share, words in zip(
            *written, columns.words.tolist(), strict=True
        )
    ]


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


def _occurrences(columns: FindingColumns, before: list[bytes]) -> list[bytes]:
    """Return all places in pieces, each after what stands before it."""
    numbers = lines(
        b'","paragraphs":[%d,%d],"lines":[%d,%d],"span":[%d,%d],"passages":[',
        [
            columns.first_paragraph,
            columns.last_paragraph,
            columns.first_line,
            columns.last_line,
            columns.start,
            columns.end,
        ],
    )
    return _alternating(
        before,
        escaped_names(columns.document),
        numbers,
        _passages(columns),
        [b'],"excerpt":"'] * len(before),
        escaped(columns.excerpt),
    )


def _alternating(*columns: list[bytes]) -> list[bytes]:
    """Return the first of all columns, the second of all, and so on."""
    rows = [b""] * (len(columns) * len(columns[0]))
    for place, column in enumerate(columns):
        rows[place :: len(columns)] = column
    return rows


def _passages(columns: FindingColumns) -> list[bytes]:
    """Return the spans of each place, all written at once: there are very many."""
    ends = np.zeros(columns.passage_start.size, np.bool_)
    is_any = np.diff(columns.passages) > 0
    ends[columns.passages[1:][is_any] - 1] = True
    spans = lines(b"[%d,%d]", [columns.passage_start, columns.passage_end], ends)
    if is_any.all():
        return spans
    written = iter(spans)
    return [next(written) if any_ else b"" for any_ in is_any.tolist()]


def _unsafe(codes: CodeUnits) -> IntArray:
    """Return where there is what `string` alone escapes."""
    kind = codes.dtype.type
    # Modulo the size of the type, what precedes a range is far behind it.
    place = codes - kind(COMMON[0].start)
    is_rare = place >= len(COMMON[0])
    if codes.itemsize > 1:
        place -= kind(COMMON[1].start - COMMON[0].start)
        is_rare &= place >= len(COMMON[1])
    rows = np.flatnonzero(is_rare)
    rare = decoded(codes[rows].astype(np.uint32).data)
    found = _UNSAFE_CHARACTER.finditer(rare)
    return rows[[match.start() for match in found if match[0] != "\n"]]


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
