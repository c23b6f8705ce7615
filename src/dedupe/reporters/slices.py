"""Render many items in slices, on all cores when there are very many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

PARALLEL_FROM = 2_000  # below this, a fork costs more than it saves
SLICE = 500  # items held as text at a time

Render: TypeAlias = Callable[[int, int], bytes]


def rendered(*parts: tuple[Render, int], jobs: int) -> Iterator[bytes | memoryview]:
    """Yield the bytes of all items of all parts, in order.

    A part is a function that gets a first and a last index, and a number of items.
    """
    slices = [
        (render, start, min(start + SLICE, count))
        for render, count in parts
        for start in range(0, count, SLICE)
    ]

    def text(number: int) -> bytes:
        render, start, stop = slices[number]
        return render(start, stop)

    if jobs > 1 and sum(count for _, count in parts) > PARALLEL_FROM:
        # numpy comes with it, and a small report needs none.
        from dedupe.processes import run_in_order  # noqa: PLC0415

        return run_in_order(text, len(slices), jobs)
    return map(text, range(len(slices)))
