"""Read the members of a tar archive."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from dedupe.readers.documents import Converted, Unreadable
from dedupe.readers.members import (
    LINK,
    SPECIAL,
    Allowance,
    Members,
    label_of,
    require_some,
    too_large,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

_DAMAGED = "not a tar file, or a damaged one"
_CUT = "a tar file that ends too early or is damaged; what comes first was read"
_SPARSE = "a sparse file; unpack it"
_ERRORS = (tarfile.TarError, EOFError, ValueError, OverflowError)


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the documents of the members, in the order of the archive."""
    choice = Members(options)
    size = file.seek(0, 2)
    file.seek(0)
    allowance = Allowance(size, options)
    count = 0
    with _opened(file) as archive:
        while member := _next(archive):
            # It keeps what it has met, which may be millions.
            archive.members.clear()  # type: ignore[attr-defined]
            if member.isdir() or not choice.wants(member.name):
                continue
            count += 1
            yield from _documents(archive, member, choice, allowance)
        if not _is_end(file, archive.offset):
            raise InputError(_CUT)
    require_some(count)


def _documents(
    archive: tarfile.TarFile,
    member: tarfile.TarInfo,
    choice: Members,
    allowance: Allowance,
) -> Iterator[Converted | Unreadable]:
    if member.issym() or member.islnk():
        yield Unreadable(LINK, label_of(member.name), is_skipped=True)
        return
    if not member.isreg():
        yield Unreadable(SPECIAL, label_of(member.name), is_skipped=True)
        return
    limit = allowance.of_member(member.size)
    # The holes of a sparse file take no room, and its size is a number.
    if member.issparse() or member.size > limit:
        why = _SPARSE if member.issparse() else too_large(limit)
        yield Unreadable(why, label_of(member.name))
        return
    if member.offset_data + member.size > allowance.size:
        raise InputError(_CUT)
    try:
        opened = archive.extractfile(member)
        data = opened.read() if opened else b""
    except _ERRORS:
        raise InputError(_CUT) from None
    allowance.take(len(data))
    yield from choice.documents(member.name, data)


def _opened(file: BinaryIO) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r:", errors="surrogateescape")
    except _ERRORS:
        raise InputError(_DAMAGED) from None


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return archive.next()
    except _ERRORS:
        raise InputError(_CUT) from None


def _is_end(file: BinaryIO, offset: int) -> bool:
    """Tell whether an archive ends here as it should: with zeros, or with the file."""
    file.seek(offset)
    return not file.read(tarfile.BLOCKSIZE).strip(b"\0")
