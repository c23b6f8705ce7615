"""Undo a run of `dedupe clean`: give the files of its report their bytes back."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import IO

from dedupe.byte_order import opening
from dedupe.cli.clean import rewriting
from dedupe.errors import DedupeError, InputError
from dedupe.model import Problem
from dedupe.readers import Source
from dedupe.readers.compression import HEAD, ending_by_content, packing, unpacking
from dedupe.readers.files import open_regular, reason
from dedupe.undoing import CHANGED_SINCE, Change, ReportError, changes, restored

BUFFER = 1 << 20  # lines are written one by one
_DAMAGED = "a compressed file that is damaged"


def undo(report: str) -> tuple[int, list[Problem]]:
    """Restore the files of a report; return how many, and which could not be.

    A file that has its original bytes already counts as restored.
    """
    count = 0
    errors: list[Problem] = []
    try:
        with Path(report).open("rb") as lines:
            for path, found in groupby(changes(lines), key=lambda one: one.path):
                try:
                    _restore(path, found)
                except ReportError:
                    raise
                except (DedupeError, OSError) as error:
                    errors.append(rewriting.not_written(path, error))
                else:
                    count += 1
    except OSError as error:
        raise InputError(f"{report}: {reason(error)}.") from error
    except ReportError as error:
        errors.append(Problem(report, str(error)))
    return count, errors


def _restore(path: str, found: Iterator[Change]) -> None:
    source = _source(path)
    first = next(found)
    is_new = False
    with os.fdopen(open_regular(source.path), "rb") as file:
        ending = ending_by_content(file.read(HEAD))
        file.seek(0)
        with (
            rewriting.rewriting(
                source, "", wanted=lambda: is_new, buffering=BUFFER
            ) as out,
            unpacking(file, ending) as lines,
            packing(out, ending) as written,
        ):
            for before, after in _restored(lines, first, found):
                is_new = is_new or before != after
                written.write(after)


def _source(path: str) -> Source:
    real = os.path.realpath(path)
    try:
        status = os.stat(real)  # noqa: PTH116
    except OSError as error:
        raise InputError(reason(error)) from None
    return Source(path, real, "", status.st_size, status.st_mtime_ns)


def _restored(
    lines: IO[bytes], first: Change, found: Iterator[Change]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield pieces of a file as they are and as they were."""
    try:
        if not first.line:
            data = lines.read()
            original = data
            for change in (first, *found):
                original = restored(original, change)
            yield data, original
        elif first.is_converted:
            data = lines.read()
            yield data, _restored_converted(data, first, found)
        else:
            yield from _restored_lines(lines, first, found)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InputError(_DAMAGED) from None


def _restored_lines(
    lines: Iterable[bytes], first: Change, found: Iterator[Change]
) -> Iterator[tuple[bytes, bytes]]:
    change: Change | None = first
    for number, line in enumerate(lines, 1):
        if change is None or change.line != number:
            yield line, line
            continue
        body = line.removesuffix(b"\n")
        try:
            original = restored(body, change)
        except InputError as error:
            raise InputError(f"line {number}: {error}") from None
        yield line, original + line[len(body) :]
        change = next(found, None)
    if change is not None:
        raise InputError(CHANGED_SINCE)


def _restored_converted(data: bytes, first: Change, found: Iterator[Change]) -> bytes:
    """Restore JSON Lines that were cleaned in UTF-8 and written in their encoding."""
    mark, codec = opening(data, first.encoding)
    try:
        lines = io.BytesIO(data[len(mark) :].decode(codec).encode())
        pairs = _restored_lines(lines, first, found)
        original = b"".join(original for _, original in pairs).decode()
        return mark + original.encode(codec)
    except UnicodeError:
        raise InputError(CHANGED_SINCE) from None
