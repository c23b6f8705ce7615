"""The members of archives: each is a document, or many, as a file of its name is.

Names of members are labels. Nothing is ever written under them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedupe.errors import ForeignFile, InputError
from dedupe.readers import load_in_pieces, plan
from dedupe.readers.documents import (
    ARCHIVES,
    Converted,
    LoadedDocument,
    ReadOptions,
    Source,
    Unreadable,
)
from dedupe.readers.ignoring import compile_excludes
from dedupe.readers.paths import format_of
from dedupe.readers.sources import hold_in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dedupe.model import Problem

NESTED = "an archive inside an archive, which is not opened; unpack the outer one"
NO_MEMBER = "holds no file whose format is known by its name"
LINK = "a link, not a file"
SPECIAL = "a device or a pipe, not a file"
_LEADS_OUT = "the archive names it {!r}, which leads out of it"
_TOO_LARGE = (
    "unpacks to more than {:,} bytes, which looks like a decompression bomb; "
    "unpack it yourself if you trust it"
)


class Members:
    """Which members of an archive are read, and under which names."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._excludes = compile_excludes(options.exclude)

    def wants(self, name: str) -> bool:
        """Tell whether a member is one that a search of a folder would find."""
        label = label_of(name)
        if format_of(label) is None:
            return False
        if not self._options.hidden and any(
            step.startswith(".") for step in label.split("/")
        ):
            return False
        return not (self._excludes and self._excludes.leave_out(label))

    def documents(self, name: str, data: bytes) -> Iterator[Converted | Unreadable]:
        """Yield the documents of a member."""
        label = label_of(name)
        warning = _LEADS_OUT.format(name) if _leads_out(name) else ""
        source = Source(
            label,
            "",
            format_of(label) or "text",
            len(data),
            content=memoryview(data),
            is_named=False,
        )
        if source.format in ARCHIVES:
            yield Unreadable(NESTED, label)
            return
        sources, errors = hold_in_memory([source], self._options)
        skipped: list[Problem] = []
        for batch in plan(sources, self._options):
            for piece in load_in_pieces(batch, self._options):
                errors += piece.errors
                skipped += piece.skipped
                for document in piece.documents:
                    yield _converted(document, label, warning)
        for problem in errors:
            yield Unreadable(problem.reason, _inside(problem.path, label))
        for problem in skipped:
            yield Unreadable(problem.reason, label, is_skipped=True)


class Allowance:
    """How many bytes may still come out of an archive."""

    def __init__(self, size: int, options: ReadOptions) -> None:
        self._options = options
        self.size = size
        self.total = self.left = max(options.ratio_floor, options.max_ratio * size)

    def of_member(self, packed: int) -> int:
        """Return how many bytes a member of so many packed ones may have."""
        options = self._options
        own = max(options.ratio_floor, options.max_ratio * packed)
        return min(own, options.max_file_size)

    def take(self, size: int) -> None:
        """Count what came out; raise InputError when it is too much altogether."""
        self.left -= size
        if self.left < 0:
            raise InputError(_TOO_LARGE.format(self.total))


def too_large(limit: int) -> str:
    """Return why a member that has more bytes is not read."""
    return _TOO_LARGE.format(limit)


def label_of(name: str) -> str:
    r"""Return the name of a member without steps that lead out of the archive.

    >>> label_of("../../etc/news.txt"), label_of("C:\\news\\1.txt")
    ('etc/news.txt', 'C:/news/1.txt')
    """
    steps = name.replace("\\", "/").split("/")
    return "/".join(step for step in steps if step not in {"", ".", ".."})


def _leads_out(name: str) -> bool:
    steps = name.replace("\\", "/").split("/")
    return ".." in steps or not steps[0] or steps[0][1:] == ":"


def require_some(count: int) -> None:
    """Raise ForeignFile for an archive in which nothing is to be read."""
    if not count:
        raise ForeignFile(NO_MEMBER)


def _converted(document: LoadedDocument, label: str, warning: str) -> Converted:
    return Converted(
        document.text,
        document.about,
        "; ".join(filter(None, (document.warning, warning))),
        _inside(document.name, label),
        document.encoding,
    )


def _inside(name: str, label: str) -> str:
    """Return the name of a document of a member, told by that of the member."""
    if name == label or (name.startswith(label) and name[len(label)] in "#:"):
        return name
    return f"{label}#{name}"
