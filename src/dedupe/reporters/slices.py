"""Render many items in slices, on all cores when there are very many."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARALLEL_FROM = 2_000  # below this, a fork costs more than it saves
SLICE = 500  # items held as text at a time


def rendered(
    render: Callable[[int, int], bytes], count: int, jobs: int
) -> Iterator[bytes]:
    """Yield the bytes of all items in order; `render` gets a first and a last index."""
    if count > PARALLEL_FROM and jobs > 1:
        # numpy comes with it, and a small report needs none.
        from dedupe.processes import map_ordered  # noqa: PLC0415

        yield from map_ordered(render, count, jobs)
        return
    for start in range(0, count, SLICE):
        yield render(start, min(start + SLICE, count))
