"""Hold many plain files by their names alone, among other sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import overload

from dedupe.readers.documents import FORMATS, UNASKED, Source

# Names that one string holds: some, as processes do not touch the same ones then.
_BLOCK = 256
_BETWEEN_NAMES = "\0"  # no name of a file can hold it
_NONE: Mapping[int, Source] = {}


class Files(Sequence[Source]):
    """Sources of which most are plain files whose size nobody has asked yet.

    Of these only names are held, many in one string, and a source is made of a name
    when it is wanted, in the process that wants it. Objects that one process has made
    and others touch would be copied by each of them, page by page.

    >>> files = Files.of(["a.txt", "b.md", Source("c.docx", "c.docx", "docx", 9)])
    >>> [(source.name, source.format, source.size) for source in files[1:]]
    [('b.md', 'markdown', -1), ('c.docx', 'docx', 9)]
    """

    def __init__(
        self,
        blocks: Sequence[str],
        others: Mapping[int, Source] = _NONE,
        rows: range | None = None,
    ) -> None:
        """Take some rows of names in blocks, as `blocks_of` makes them.

        What is no plain file is known by its row, and has an empty name there.
        """
        if rows is None:
            last = blocks[-1].count(_BETWEEN_NAMES) + 1
            rows = range((len(blocks) - 1) * _BLOCK + last)
        self.others = others
        self._blocks = blocks
        self._rows = rows
        self._names: list[str] = []  # of one block
        self._block = -1

    @classmethod
    def of(cls, found: Sequence[str | Source]) -> Files:
        """Return plain files, given as their names, and other sources."""
        others = {row: one for row, one in enumerate(found) if isinstance(one, Source)}
        names = [one if isinstance(one, str) else "" for one in found]
        return cls(blocks_of(names), others)

    def __len__(self) -> int:
        """Return how many they are."""
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Source: ...
    @overload
    def __getitem__(self, at: slice) -> Files: ...
    def __getitem__(self, at: int | slice) -> Source | Files:
        """Return one of them, or some that follow each other."""
        if isinstance(at, slice):
            if at.step not in {None, 1}:
                raise ValueError(at.step)
            return Files(self._blocks, self.others, self._rows[at])
        row = self._rows[at]
        return self.others.get(row) or _plain_file(self.name_of_plain(at))

    def __iter__(self) -> Iterator[Source]:
        """Yield each of them."""
        for name, other in self.named():
            yield other or _plain_file(name)

    def named(self) -> Iterator[tuple[str, Source | None]]:
        """Yield the name of each plain file, and each other source beside no name."""
        return zip(self._plain_names(), map(self.others.get, self._rows), strict=True)

    def names(self) -> list[str]:
        """Return the name of each."""
        if self.others:
            return [other.name if other else name for name, other in self.named()]
        return self._plain_names()

    def _plain_names(self) -> list[str]:
        """Return the names of plain files, and an empty one for each other source."""
        rows = self._rows
        before = rows.start // _BLOCK
        blocks = self._blocks[before : -(-rows.stop // _BLOCK)]
        before *= _BLOCK
        return names_in(blocks)[rows.start - before : rows.stop - before]

    def name_of_plain(self, row: int) -> str:
        """Return the name of a plain file; of another source there is none."""
        block, at = divmod(self._rows[row], _BLOCK)
        if block != self._block:
            self._names = self._blocks[block].split(_BETWEEN_NAMES)
            self._block = block
        return self._names[at]


def _plain_file(name: str) -> Source:
    """Return a plain file that was met in a folder; it is opened by its name."""
    format_ = FORMATS[name[name.rfind(".") :]]
    return Source(name, name, format_, UNASKED, 0, None, "", False)  # noqa: FBT003


def asked(sources: Sequence[Source]) -> Iterable[tuple[int, Source]]:
    """Return the sources whose size is known, with their rows."""
    return sources.others.items() if isinstance(sources, Files) else enumerate(sources)


def blocks_of(names: Sequence[str]) -> list[str]:
    """Return names as strings that hold many of them."""
    return [
        _BETWEEN_NAMES.join(names[first : first + _BLOCK])
        for first in range(0, len(names), _BLOCK)
    ]


def names_in(blocks: Iterable[str]) -> list[str]:
    """Return the names that were put into blocks."""
    return [name for block in blocks for name in block.split(_BETWEEN_NAMES)]


def names_of(sources: Sequence[Source]) -> list[str]:
    """Return the names of sources."""
    if isinstance(sources, Files):
        return sources.names()
    return [source.name for source in sources]


def named(sources: Sequence[Source]) -> Iterable[tuple[str, Source | None]]:
    """Return sources, and of plain files that nobody asked the name alone."""
    if isinstance(sources, Files):
        return sources.named()
    return ((source.name, source) for source in sources)
