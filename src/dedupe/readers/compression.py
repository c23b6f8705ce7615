"""Unpack gzip and zstd within bounds: a bomb is an error and not the end of memory."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import IO, Any, Protocol, cast

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.documents import GZIP, ZSTD

# Small, since what follows a member is copied, and members may be tiny.
_PIECE = 32 << 10
_UNPACKED_PIECE = 1 << 20
# A frame may ask for a window of up to 2 GB to unpack a few bytes. 128 MB are what
# zstd itself refuses to go beyond without being told to.
_WINDOW_BITS = 27
_WINDOW = "needs more than 128 MB of memory to be unpacked; unpack it yourself"
_LEVEL = 6  # the level that gzip itself takes
_MAGIC = {GZIP: b"\x1f\x8b", ZSTD: b"\x28\xb5\x2f\xfd"}
ZSTD_PACKAGE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def ending_of(name: str) -> str:
    """Return the ending that tells how a file is compressed, empty if it is not.

    >>> ending_of("news.jsonl.GZ"), ending_of("news.tzst"), ending_of("news.txt")
    ('.gz', '.zst', '')
    """
    return _ENDINGS.get(name[-3:].lower(), "")


# By the last three characters: .gz and .tgz, .zst and .tzst.
_ENDINGS = {".gz": GZIP, "tgz": GZIP, "zst": ZSTD}


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
    if ending == ZSTD:
        packed: bytes = zstd_module().compress(data)
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
    if ending == ZSTD:
        return cast("IO[bytes]", zstd_module().ZstdFile(file))
    if not ending:
        return file
    import gzip  # noqa: PLC0415 - most inputs are not packed

    return cast("IO[bytes]", gzip.GzipFile(fileobj=file))


def packing(out: IO[bytes], ending: str) -> AbstractContextManager[IO[bytes]]:
    """Return a file that compresses what is written to it."""
    if ending == ZSTD:
        return cast("IO[bytes]", zstd_module().ZstdFile(out, "wb"))
    if not ending:
        return nullcontext(out)
    import gzip  # noqa: PLC0415 - likewise

    return cast("IO[bytes]", gzip.GzipFile("", "wb", _LEVEL, out, 0))


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


class _Zstd:
    kind = "zstd"

    def __init__(self) -> None:
        zstd = zstd_module()
        self.errors: type[Exception] = zstd.ZstdError
        most = {zstd.DecompressionParameter.window_log_max: _WINDOW_BITS}
        self._inflate = zstd.ZstdDecompressor(options=most)

    def more(self, packed: bytes) -> bytes:
        unpacked: bytes = self._inflate.decompress(packed, _UNPACKED_PIECE)
        return unpacked

    def rest(self) -> bytes | None:
        return self._inflate.unused_data if self._inflate.eof else None

    def held(self) -> bytes | None:
        # It keeps what it has not used by itself.
        return None if self._inflate.needs_input else b""


_BEGINNINGS: dict[str, Callable[[], _Inflating]] = {GZIP: _Gzip, ZSTD: _Zstd}


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
            if "memory" in str(error):
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
