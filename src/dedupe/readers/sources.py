"""Hold in memory what cannot be read from its file piece by piece."""

from __future__ import annotations

import os
import sys
from operator import itemgetter
from typing import TYPE_CHECKING

from dedupe.errors import InputError, MissingExtra
from dedupe.model import Problem
from dedupe.readers.compression import ending_of, unpack
from dedupe.readers.decoding import AUTO, decode, is_utf8, is_wide
from dedupe.readers.documents import GZIP, UNPACKED_IN_PASSING, ReadOptions, Source
from dedupe.readers.files import open_regular, read_range, reason, too_large
from dedupe.readers.formats import missing_extra
from dedupe.readers.paths import format_of, reported

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

_PIECE = 1 << 20
_HEAD = 4
_FORMAT = itemgetter(Source._fields.index("format"))


def standard_input() -> BinaryIO:
    """Return the stream of standard input; raise InputError where it is closed."""
    if sys.stdin is None:
        raise InputError("standard input is closed; redirect a file or a pipe into it")
    return sys.stdin.buffer


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
    # Sources may be hundreds of thousands, their endings are few.
    endings = {source[0][-3:] for source in sources}
    endings.update(source[1][-3:] for source in sources)
    if "json_lines" not in formats and not any(map(ending_of, endings)):
        return list(sources), []
    held = []
    errors = []
    lacking: list[tuple[str, MissingExtra]] = []
    left = options.max_unpacked
    for source in sources:
        try:
            ready = _held(source, options, left)
        except MissingExtra as error:
            lacking.append((source.name, error))
        except InputError as error:
            errors.append(Problem(source.name, str(error)))
        except OSError as error:
            errors.append(Problem(source.name, reason(error)))
        else:
            held.append(ready)
            left -= ready.size if ready.content is not source.content else 0
    if lacking:
        errors.append(_told_once(lacking[0][1], [name for name, _ in lacking]))
    return held, errors


def _held(source: Source, options: ReadOptions, left: int) -> Source:
    if source.format != "json_lines" and not is_packed(source):
        return source
    return _converted(_unpacked(source, options, left), options)


def readable(sources: list[Source]) -> tuple[list[Source], list[Problem]]:
    """Return the sources but those of formats whose packages are not installed."""
    missing = {
        format_: error
        for format_ in set(map(_FORMAT, sources))
        if (error := missing_extra(format_))
    }
    if not missing:
        return sources, []
    left_out = [source for source in sources if source.format in missing]
    problems = []
    for format_, error in sorted(missing.items()):
        names = [source.name for source in left_out if source.format == format_]
        problems.append(_told_once(error, names))
    return [one for one in sources if one.format not in missing], problems


def _told_once(error: MissingExtra, names: Sequence[str]) -> Problem:
    """Return an error that many files have, as that of the first."""
    more = f" (so are {len(names) - 1:,} more)" if len(names) > 1 else ""
    return Problem(names[0], f"{error}; or leave it out with --exclude{more}")


def is_packed(source: Source) -> bool:
    """Tell whether a file is compressed, by its name."""
    return bool(packing(source))


def packing(source: Source) -> str:
    """Return the ending that tells how a source is compressed, empty if it is not."""
    # A named link may lead to a file of another name: either tells.
    name, path = source[:2]
    ending = ending_of(name) or ending_of(path)
    return "" if ending == GZIP and source.format in UNPACKED_IN_PASSING else ending


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
    content = memoryview(decoded.text.encode())
    return source._replace(
        size=len(content), content=content, encoding=decoded.encoding
    )
