"""Hold in memory what cannot be read from its file piece by piece."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers.compression import ending_of, unpack
from dedupe.readers.decoding import AUTO, BYTE_ORDER_MARK, decode, is_utf8, is_wide
from dedupe.readers.documents import ReadOptions, Source
from dedupe.readers.files import open_regular, read_range, reason
from dedupe.readers.formats import missing_extra
from dedupe.readers.walking import format_of, reported, too_large

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_PIECE = 1 << 20
_HEAD = 4
_FORMAT = itemgetter(Source._fields.index("format"))


def read_stdin(stdin: BinaryIO, options: ReadOptions) -> Source:
    """Return what standard input holds; raise InputError when it is too much."""
    data = bytearray()
    # One read of the system at a time, so that Ctrl-C is heard between two.
    read = getattr(stdin, "read1", stdin.read)
    while piece := read(_PIECE):
        data += piece
        if len(data) > options.max_file_size:
            raise InputError(too_large(len(data)).replace("has", "has at least", 1))
    name = reported(options.stdin_filename)
    content = memoryview(data).toreadonly()
    return Source(name, "", format_of(name) or "text", len(data), 0, content)


def hold_in_memory(
    sources: Sequence[Source], options: ReadOptions
) -> tuple[list[Source], list[Problem]]:
    """Unpack what is compressed; convert JSON Lines whose line ends are not one byte.

    Workers that are forked later share this memory, so nothing is unpacked twice.
    """
    formats = set(map(_FORMAT, sources))
    if "json_lines" not in formats and not any(map(is_packed, sources)):
        return list(sources), []
    held = []
    errors = []
    left = options.max_unpacked
    for source in sources:
        if source.format != "json_lines" and not is_packed(source):
            held.append(source)
            continue
        try:
            ready = _converted(_unpacked(source, options, left), options)
        except InputError as error:
            errors.append(Problem(source.name, str(error)))
        except OSError as error:
            errors.append(Problem(source.name, reason(error)))
        else:
            held.append(ready)
            left -= ready.size if ready.content is not source.content else 0
    return held, errors


def readable(sources: list[Source]) -> tuple[list[Source], list[Problem]]:
    """Return the sources but those of formats whose packages are not installed.

    Each such format is told once, with its first file.
    """
    missing = {
        format_: error
        for format_ in set(map(_FORMAT, sources))
        if (error := missing_extra(format_, f"{format_} files"))
    }
    if not missing:
        return sources, []
    left_out: dict[str, list[Source]] = {}
    for source in sources:
        if source.format in missing:
            left_out.setdefault(source.format, []).append(source)
    problems = []
    for format_, others in left_out.items():
        more = len(others) - 1
        told = f"{missing[format_]}; or leave it out with --exclude"
        told += f" (so are {more:,} more)" if more else ""
        problems.append(Problem(others[0].name, told))
    return [one for one in sources if one.format not in missing], problems


def is_packed(source: Source) -> bool:
    """Tell whether a file is compressed, by its name."""
    return bool(packing(source))


def packing(source: Source) -> str:
    """Return the ending that tells how a source is compressed, empty if it is not."""
    # A named link may lead to a file of another name: either tells.
    name, path = source[:2]
    return ending_of(name) or ending_of(path)


def _unpacked(source: Source, options: ReadOptions, left: int) -> Source:
    ending = packing(source)
    if not ending:
        return source
    limit = max(options.ratio_floor, options.max_ratio * source.size)
    limit = min(limit, options.max_file_size, left)
    if isinstance(source.content, memoryview):
        content = unpack(_Reader(source.content).read, limit, ending)
    else:
        with os.fdopen(open_regular(source.path), "rb") as file:
            content = unpack(file.read, limit, ending)
    return source._replace(size=len(content), content=content)


class _Reader:
    """Read a content piece by piece, like a file."""

    def __init__(self, content: memoryview) -> None:
        self._content = content
        self._at = 0

    def read(self, size: int) -> bytes:
        """Return the next bytes, none at the end."""
        piece = bytes(self._content[self._at : self._at + size])
        self._at += len(piece)
        return piece


def _converted(source: Source, options: ReadOptions) -> Source:
    """Return JSON Lines in UTF-8: in that alone can they be cut at any line end."""
    encoding = options.encoding
    if source.format != "json_lines" or is_utf8(encoding):
        return source
    if encoding == AUTO and not is_wide(read_range(source, 0, min(_HEAD, source.size))):
        return source
    if source.size > options.max_file_size:
        raise InputError(too_large(source.size))
    data = read_range(source, 0, source.size)
    decoded = decode(data, encoding, strict=options.strict)
    content = memoryview(decoded.text.removeprefix(BYTE_ORDER_MARK).encode())
    return source._replace(
        size=len(content), content=content, encoding=decoded.encoding
    )
