"""Cut sources into batches: many small ones in one, a large one into parts."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from dedupe.errors import InputError
from dedupe.readers import json_lines
from dedupe.readers.documents import DEFAULTS, MANY, UNASKED, Batch, ReadOptions, Source
from dedupe.readers.formats import module_of_many
from dedupe.readers.plain_files import Files, asked

if TYPE_CHECKING:
    from collections.abc import Sequence

# What opening a file costs, in bytes of reading: a thousand empty files are work, too.
OPENING = 2 << 10
_ALIKE = 32  # files; a batch of small ones holds a few times as many
_Cut: TypeAlias = Callable[[Source, ReadOptions], list[tuple[int, int]]]


def plan(sources: Sequence[Source], options: ReadOptions = DEFAULTS) -> list[Batch]:
    """Return the batches in which to load the sources, in their order."""
    parts = _parts(sources, options)
    batches: list[Batch] = []
    first = weight = 0
    for index, size in enumerate(_sizes(sources)):
        if parts and index in parts:
            batches += _whole(sources, first, index)
            batches += [Batch(index, (sources[index],), *span) for span in parts[index]]
            first, weight = index + 1, 0
            continue
        weight += size + OPENING
        if weight >= options.batch_bytes:
            batches += _whole(sources, first, index + 1)
            first, weight = index + 1, 0
    return batches + _whole(sources, first, len(sources))


def is_much(sources: Sequence[Source], least: int) -> bool:
    """Tell whether sources have so many bytes; what nobody asked has, being many."""
    if isinstance(sources, Files):
        return True
    return sum(source.size for source in sources) >= least


def _sizes(sources: Sequence[Source]) -> list[int]:
    """Return about how many bytes each source has.

    Of files that nobody asked, one in some is asked; its neighbors are taken for alike.
    """
    if not isinstance(sources, Files):
        return [source.size for source in sources]
    sizes = []
    for row in range(0, len(sources), _ALIKE):
        sizes += [_size(sources[row])] * _ALIKE
    for row, source in sources.others.items():
        sizes[row] = source.size
    return sizes[: len(sources)]


def _size(source: Source) -> int:
    if source.size != UNASKED:
        return source.size
    try:
        return os.stat(source.path).st_size  # noqa: PTH116 - as in the walk
    except OSError:
        return 0  # reading it will say what is wrong


def _whole(sources: Sequence[Source], first: int, stop: int) -> list[Batch]:
    return [Batch(first, sources[first:stop])] if first < stop else []


def _parts(
    sources: Sequence[Source], options: ReadOptions
) -> dict[int, list[tuple[int, int]]]:
    """Return the parts of large sources that several processes can read."""
    parts = {}
    heavy: dict[str, list[int]] = {}
    small = options.batch_bytes
    for index, source in asked(sources):
        if source.size <= small or source.format not in MANY:
            continue
        if source.format == "json_lines":
            parts[index] = _cuts(json_lines.cuts, source, options)
            continue
        module = module_of_many(source.format)
        if hasattr(module, "cuts"):
            parts[index] = _cuts(module.cuts, source, options)
        elif hasattr(module, "cuts_of_all"):
            heavy.setdefault(source.format, []).append(index)
    for format_, rows in heavy.items():
        cut = module_of_many(format_).cuts_of_all  # type: ignore[attr-defined]
        found = cut([sources[row] for row in rows], options)
        parts.update(zip(rows, found, strict=True))
    # A source that cannot be cut is one part; reading it will say what is wrong.
    return {index: spans or [(0, 0)] for index, spans in parts.items()}


def _cuts(cut: _Cut, source: Source, options: ReadOptions) -> list[tuple[int, int]]:
    try:
        return cut(source, options)
    except (OSError, InputError):
        return []
