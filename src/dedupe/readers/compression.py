"""Unpack gzip within bounds, so that a bomb is an error and not the end of memory."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

# Small, since what follows a member is copied, and members may be tiny.
_PIECE = 32 << 10
_UNPACKED_PIECE = 1 << 20


def unpack(read: Callable[[int], bytes], limit: int) -> memoryview:
    """Return all that a gzip stream holds; raise InputError above `limit` bytes.

    The bytes lie in anonymous memory, which worker processes that are forked later
    see without a copy.
    """
    unpacked = bytearray()
    packed = read(_PIECE)
    if not packed:
        raise InputError("not a gzip file: it is empty")
    while packed:
        packed = _unpack_member(packed, read, unpacked, limit)
        while packed and not packed.lstrip(b"\0"):
            packed = read(_PIECE)  # padding, as tapes leave it
        packed = packed.lstrip(b"\0")
    return memoryview(unpacked).toreadonly()


def _unpack_member(
    packed: bytes, read: Callable[[int], bytes], unpacked: bytearray, limit: int
) -> bytes:
    """Unpack one member to the end of `unpacked` and return what follows it."""
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    while True:
        try:
            unpacked += inflate.decompress(packed, _UNPACKED_PIECE)
        except zlib.error:
            raise InputError("not a gzip file, or a damaged one") from None
        if len(unpacked) > limit:
            raise InputError(
                f"unpacks to more than {limit:,} bytes, which looks like a "
                "decompression bomb; unpack it yourself if you trust it"
            )
        if inflate.eof:
            return inflate.unused_data or read(_PIECE)
        packed = inflate.unconsumed_tail or read(_PIECE)
        if not packed:
            raise InputError("a gzip file that ends too early")
