"""Hold arrays where several processes can see them."""

from __future__ import annotations

import contextlib
import mmap
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Arrays: TypeAlias = dict[str, Array]
# Of each array its type, its size and the byte of a file at which it begins.
Places: TypeAlias = Mapping[str, tuple[str, int, int]]

ALIGNMENT = 64  # bytes; numpy is fastest on a cache line's border


def shared_array(count: int, dtype: npt.DTypeLike) -> Array:
    """Return zeros that every child forked from now on can write and all can see."""
    kind = np.dtype(dtype)
    size = max(count * kind.itemsize, 1)
    if not hasattr(os, "memfd_create"):
        memory = mmap.mmap(-1, size)
    else:
        file = _open()
        os.truncate(file, size)
        # Pages that are asked for one by one, when written to, take four times as long
        # as all at once.
        with contextlib.suppress(OSError):
            os.posix_fallocate(file, 0, size)
        memory = mmap.mmap(file, size)
        os.close(file)
    return np.frombuffer(memory, dtype=kind, count=count)


class MemoryFile:
    """A file without a name, to which arrays are appended.

    One process writes it and others map it. It has room at its end, which takes no
    memory, so that it need not be mapped anew for everything that comes to it.
    """

    def __init__(self) -> None:
        self._file = _open()
        self._end = 0
        self._room = 0
        self._map: mmap.mmap | bytes = b""

    def close(self) -> None:
        """Close the file; what was mapped stays."""
        os.close(self._file)

    def store(self, arrays: Mapping[str, Array]) -> Places:
        """Append arrays, and return where they lie."""
        places = {}
        for name, array in arrays.items():
            places[name] = (array.dtype.str, array.size, self._end)
            view = np.ascontiguousarray(array).data.cast("B") if array.size else b""
            written = 0
            while written < len(view):
                written += os.pwrite(self._file, view[written:], self._end + written)
            self._end += -(-len(view) // ALIGNMENT) * ALIGNMENT
        if self._end > self._room:
            self._room = 2 * self._end
            os.truncate(self._file, self._room)
        return places

    def arrays(self, places: Places) -> Arrays:
        """Return the arrays that lie at some places, whoever stored them."""
        found = {}
        for name, (code, size, offset) in places.items():
            kind = np.dtype(code)
            if not size:
                found[name] = np.empty(0, kind)
                continue
            if offset + size * kind.itemsize > len(self._map):
                room = os.fstat(self._file).st_size
                self._map = mmap.mmap(self._file, room, access=mmap.ACCESS_READ)
            found[name] = np.frombuffer(self._map, kind, size, offset)
        return found

    def append(self, data: bytes) -> int:
        """Append bytes, and return where they begin."""
        _, _, first = self.store({"": np.frombuffer(data, np.uint8)})[""]
        return first

    def read(self, first: int, size: int) -> bytes:
        """Return some bytes."""
        return os.pread(self._file, size, first)

    def forget(self, stored: Iterable[Places]) -> None:
        """Give back the memory of all arrays from the first to the last of some.

        Nobody may look at them any more, and nothing else may lie between them.
        """
        borders = [
            (offset, offset + size * np.dtype(code).itemsize)
            for places in stored
            for code, size, offset in places.values()
        ]
        if not borders or not hasattr(mmap, "MADV_REMOVE"):
            return
        first = -(-min(borders)[0] // mmap.PAGESIZE) * mmap.PAGESIZE
        end = max(end for _, end in borders) // mmap.PAGESIZE * mmap.PAGESIZE
        if first < end:
            with mmap.mmap(self._file, end) as memory:
                memory.madvise(mmap.MADV_REMOVE, first, end - first)


@contextlib.contextmanager
def memory_files(count: int) -> Iterator[list[MemoryFile]]:
    """Give files that are closed in the end."""
    files = [MemoryFile() for _ in range(count)]
    try:
        yield files
    finally:
        for file in files:
            file.close()


def _open() -> int:
    """Open a file without a name, in memory where the system offers that."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("dedupe")
    import tempfile  # noqa: PLC0415 - not on Linux

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
