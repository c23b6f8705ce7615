"""Read the members of a zip archive."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError
from dedupe.readers.documents import ARCHIVES, MANY, Converted, Unreadable
from dedupe.readers.files import SourceFile
from dedupe.readers.members import (
    LINK,
    SPECIAL,
    Allowance,
    Members,
    label_of,
    require_some,
    too_large,
)
from dedupe.readers.paths import format_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions, Source

_DAMAGED = "not a zip file, or a damaged one"
_ENCRYPTED = "encrypted; unpack it with its password"
_UNKNOWN = "compressed in a way that is not understood; unpack it"
_DAMAGED_MEMBER = "damaged: it cannot be unpacked"
# What zipfile and the ways of compression raise for bytes that make no sense.
_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    struct.error,
)
_ENCRYPTION = 1 | 1 << 6 | 1 << 13
_UTF8_NAME = 1 << 11
_PIECE = 1 << 20


def read_documents(
    file: BinaryIO, options: ReadOptions
) -> Iterator[Converted | Unreadable | InputError]:
    """Yield the documents of the members, in the order in which they are listed."""
    return opened(file, options).documents(0)


def opened(file: BinaryIO, options: ReadOptions) -> _Archive:
    """Return an archive, which is in parts where each member is one document."""
    return _Archive(file, options)


def cuts(source: Source, options: ReadOptions) -> list[tuple[int, int]]:
    """Return ranges of ordinals, where each member is one document."""
    with io.BufferedReader(SourceFile(source)) as file:
        archive = _Archive(file, options)
        # Nothing comes out of a member beyond what it declares, so that where the sum
        # of that is harmless, it need not be counted.
        sizes = [member.info.file_size for member in archive.members]
        if not archive.is_single() or sum(sizes) > archive.allowance().total:
            return []
    ranges = []
    start = held = 0
    for number, size in enumerate(sizes, 1):
        held += size
        if held >= options.batch_bytes:
            ranges.append((start, number))
            start, held = number, 0
    return [*ranges, (start, len(sizes))] if start < len(sizes) else ranges


class _Member(NamedTuple):
    name: str
    info: zipfile.ZipInfo


class _Archive:
    """The members that are read."""

    def __init__(self, file: BinaryIO, options: ReadOptions) -> None:
        self._options = options
        self._choice = Members(options)
        try:
            self._zip = zipfile.ZipFile(file)
        except InputError:
            raise
        except (*_ERRORS, NotImplementedError):
            raise InputError(_DAMAGED) from None
        named = ((_name(info), info) for info in self._zip.infolist())
        self.members = [
            _Member(name, info)
            for name, info in named
            if not info.is_dir() and self._choice.wants(name)
        ]
        require_some(len(self.members))
        self._size = file.seek(0, io.SEEK_END)

    def allowance(self) -> Allowance:
        """Return how much may come out of all members."""
        return Allowance(self._size, self._options)

    def is_single(self) -> bool:
        """Tell whether each member is one document, by their names."""
        return not any(
            format_of(member.name) in MANY - ARCHIVES for member in self.members
        )

    def documents(self, first: int) -> Iterator[Converted | Unreadable]:
        """Yield the documents of the members from one on."""
        allowance = self.allowance()
        for member in self.members[first:]:
            yield from self._documents(member, allowance)

    def _documents(
        self, member: _Member, allowance: Allowance
    ) -> Iterator[Converted | Unreadable]:
        why = _why_not(member.info)
        label = label_of(member.name)
        if why:
            return iter([Unreadable(why, label, is_skipped=why != _ENCRYPTED)])
        try:
            limit = allowance.of_member(member.info.compress_size)
            data = self._read(member.info, limit)
        except NotImplementedError:
            return iter([Unreadable(_UNKNOWN, label)])
        except InputError as error:
            return iter([Unreadable(str(error), label)])
        allowance.take(len(data))
        return self._choice.documents(member.name, data)

    def _read(self, info: zipfile.ZipInfo, limit: int) -> bytes:
        data = bytearray()
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_PIECE):
                    data += piece
                    if len(data) > limit:
                        raise InputError(too_large(limit))
        except _ERRORS:
            raise InputError(_DAMAGED_MEMBER) from None
        return bytes(data)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the name of a member; many tools write UTF-8 and do not say so."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            return name.encode("cp437").decode("utf-8")
        except UnicodeError:
            pass
    return name


def _why_not(info: zipfile.ZipInfo) -> str:
    """Return why a member is not opened, empty if it is."""
    if info.flag_bits & _ENCRYPTION:
        return _ENCRYPTED
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return LINK
    is_plain = stat.S_ISREG(mode) or not stat.S_IFMT(mode)
    return "" if is_plain else SPECIAL
