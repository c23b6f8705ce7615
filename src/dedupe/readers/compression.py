"""Unpack within bounds what is compressed: a bomb is an error and not the end."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import IO, Any, Protocol, cast

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.documents import BZIP2, GZIP, XZ, ZSTD

# Small, since what follows a member is copied, and members may be tiny.
_PIECE = 32 << 10
_UNPACKED_PIECE = 1 << 20
# A frame of zstd may ask for a window of up to 2 GB to unpack a few bytes, a block of
# xz for 4. 128 MB are what zstd itself refuses to go beyond without being told to.
_WINDOW_BITS = 27
_WINDOW = "needs more than 128 MB of memory to be unpacked; unpack it yourself"
_LEVEL = 6  # the level that gzip itself takes
HEAD = 10  # bytes that tell how a file is compressed
# bzip2 begins with letters, so what begins its first block is asked for as well.
_MAGIC = {
    GZIP: (b"\x1f\x8b",),
    ZSTD: (b"\x28\xb5\x2f\xfd",),
    BZIP2: tuple(b"BZh%d1AY&SY" % level for level in range(1, 10)),
    XZ: (b"\xfd7zXZ\0",),
}
ZSTD_PACKAGE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def ending_of(name: str) -> str:
    """Return the ending that tells how a file is compressed, empty if it is not.

    >>> ending_of("news.jsonl.GZ"), ending_of("news.tzst"), ending_of("news.txt")
    ('.gz', '.zst', '')
    """
    return _ENDINGS.get(name[-3:].lower(), "")


# By the last three characters, so that .tzst and .tbz2 are among them.
_ENDINGS = {
    ".gz": GZIP,
    "tgz": GZIP,
    "zst": ZSTD,
    "bz2": BZIP2,
    "tbz": BZIP2,
    ".xz": XZ,
    "txz": XZ,
}


def unpack(read: Callable[[int], bytes], limit: int, ending: str = GZIP) -> memoryview:
    """Return all that a compressed stream holds; raise InputError above `limit` bytes.

    The bytes lie in anonymous memory, which worker processes that are forked later
    see without a copy.
    """
    unpacked = bytearray()
    begin = _BEGINNINGS[ending]
    packed = read(_PIECE)
    if not packed:
        raise InputError(f"not a {begin().kind} file: it is empty")
    while packed:
        packed = _unpack_member(packed, read, unpacked, limit, begin())
        while packed and not packed.lstrip(b"\0"):
            packed = read(_PIECE)  # padding, as tapes leave it
        packed = packed.lstrip(b"\0")
    return memoryview(unpacked).toreadonly()


def pack(data: bytes, ending: str) -> bytes:
    """Return a member without a time or a name, so that it is always the same."""
    if ending != GZIP:
        packed: bytes = _module(ending).compress(data)
        return packed
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    return packer.compress(data) + packer.flush()


def ending_by_content(head: bytes) -> str:
    """Return the ending that tells how what begins so is compressed, or nothing."""
    for ending, magic in _MAGIC.items():
        if head.startswith(magic):
            return ending
    return ""


def unpacking(file: IO[bytes], ending: str) -> IO[bytes]:
    """Return a compressed file as what it holds, without any bound."""
    return _opened(file, "rb", ending) if ending else file


def packing(out: IO[bytes], ending: str) -> AbstractContextManager[IO[bytes]]:
    """Return a file that compresses what is written to it."""
    return _opened(out, "wb", ending) if ending else nullcontext(out)


def _opened(file: IO[bytes], mode: str, ending: str) -> IO[bytes]:
    if ending != GZIP:
        return cast("IO[bytes]", _module(ending).open(file, mode))
    import gzip  # noqa: PLC0415 - most inputs are not packed

    return cast("IO[bytes]", gzip.GzipFile("", mode, _LEVEL, file, 0))


class _Inflating(Protocol):
    """One member of a stream as it is unpacked."""

    kind: str
    errors: type[Exception]

    def more(self, packed: bytes) -> bytes:
        """Return some of what comes out, for what goes in."""

    def rest(self) -> bytes | None:
        """Return what follows the member, None before its end."""

    def held(self) -> bytes | None:
        """Return what is to go in again, None if more is to be read."""


class _Gzip:
    kind = "gzip"
    errors: type[Exception] = zlib.error

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)

    def more(self, packed: bytes) -> bytes:
        return self._inflate.decompress(packed, _UNPACKED_PIECE)

    def rest(self) -> bytes | None:
        return self._inflate.unused_data if self._inflate.eof else None

    def held(self) -> bytes | None:
        return self._inflate.unconsumed_tail or None


class _Keeping:
    """A member whose unpacker keeps by itself what it has not used."""

    def __init__(self, kind: str, inflate: Any, error: type[Exception]) -> None:  # noqa: ANN401
        self.kind = kind
        self.errors = error
        self._inflate = inflate

    def more(self, packed: bytes) -> bytes:
        unpacked: bytes = self._inflate.decompress(packed, _UNPACKED_PIECE)
        return unpacked

    def rest(self) -> bytes | None:
        return self._inflate.unused_data if self._inflate.eof else None

    def held(self) -> bytes | None:
        return None if self._inflate.needs_input else b""


def _zstd() -> _Inflating:
    zstd = zstd_module()
    most = {zstd.DecompressionParameter.window_log_max: _WINDOW_BITS}
    return _Keeping("zstd", zstd.ZstdDecompressor(options=most), zstd.ZstdError)


def _bzip2() -> _Inflating:
    return _Keeping("bzip2", _module(BZIP2).BZ2Decompressor(), OSError)


def _xz() -> _Inflating:
    lzma = _module(XZ)
    inflate = lzma.LZMADecompressor(lzma.FORMAT_XZ, 1 << _WINDOW_BITS)
    return _Keeping(".xz", inflate, lzma.LZMAError)


_BEGINNINGS: dict[str, Callable[[], _Inflating]] = {
    GZIP: _Gzip,
    ZSTD: _zstd,
    BZIP2: _bzip2,
    XZ: _xz,
}


def _module(ending: str) -> Any:  # noqa: ANN401
    """Return the module that reads and writes such files; gzip has another form."""
    if ending == ZSTD:
        return zstd_module()
    try:
        return import_module(_STANDARD[ending])
    except ImportError:  # where its library was missing when Python was built
        text = f"this Python cannot unpack {ending} files; unpack it yourself"
        raise InputError(text) from None


_STANDARD = {BZIP2: "bz2", XZ: "lzma"}


def zstd_module() -> Any:  # noqa: ANN401
    """Return the module that reads zstd, of the standard library where that has it."""
    try:
        return import_module(ZSTD_PACKAGE)
    except ImportError:
        raise MissingExtra(ZSTD, "backports.zstd", "zstd") from None


def _unpack_member(
    packed: bytes,
    read: Callable[[int], bytes],
    unpacked: bytearray,
    limit: int,
    inflating: _Inflating,
) -> bytes:
    """Unpack one member to the end of `unpacked` and return what follows it."""
    kind = inflating.kind
    while True:
        try:
            unpacked += inflating.more(packed)
        except inflating.errors as error:
            if "memory" in str(error).lower():
                raise InputError(_WINDOW) from None
            raise InputError(f"not a {kind} file, or a damaged one") from None
        if len(unpacked) > limit:
            raise InputError(
                f"unpacks to more than {limit:,} bytes, which looks like a "
                "decompression bomb; unpack it yourself if you trust it"
            )
        rest = inflating.rest()
        if rest is not None:
            return rest or read(_PIECE)
        held = inflating.held()
        packed = read(_PIECE) if held is None else held
        if held is None and not packed:
            raise InputError(f"a {kind} file that ends too early")
