"""Put changes of a text into the bytes it was read from; all other bytes stay.

>>> raw = "قالت ، ثم".encode("cp1256")
>>> edits = [Edit(4, 5, "", "space-before-punctuation", "no space before a comma")]
>>> splice(raw, patches(raw, "قالت ، ثم", "cp1256", edits).done).decode("cp1256")
'قالت، ثم'
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from dedupe.edits import Edit
from dedupe.errors import InputError

# The encodings that can be read though some of their sequences are broken.
_REPAIRED = {
    "utf-8": codecs.utf_8_decode,
    "utf-16-le": codecs.utf_16_le_decode,
    "utf-16-be": codecs.utf_16_be_decode,
    "utf-32-le": codecs.utf_32_le_decode,
    "utf-32-be": codecs.utf_32_be_decode,
}
# An error of a codec holds a copy of all it was given, so it is given little.
_WINDOW = 64 << 10
_NOT_REWRITABLE = (
    "cannot be changed in {}, which has several ways to write the same text; "
    "convert it to UTF-8"
)


class Patch(NamedTuple):
    """Bytes and what stands in their place."""

    start: int  # bytes, half-open
    end: int
    content: bytes


class Patches(NamedTuple):
    """What a list of edits means in bytes."""

    done: list[Patch]
    edits: list[Edit]  # one for each patch
    refused: list[Edit]  # their replacement cannot be written in the encoding


def patches(raw: bytes, text: str, codec: str, edits: Sequence[Edit]) -> Patches:
    """Return edits of the text of some bytes as changes of the bytes.

    The codec is one that `byte_order.opening` names, the bytes come without a mark.
    Raises InputError for an encoding in which a place in the text is no place in the
    bytes.
    """
    if codec in _REPAIRED:
        kept = list(edits)
    else:
        kept = [edit for edit in edits if encoded(edit.replacement, codec) is not None]
    refused: list[Edit] = []
    if len(kept) < len(edits):
        refused = [edit for edit in edits if encoded(edit.replacement, codec) is None]
    places = [place for edit in kept for place in (edit.start, edit.end)]
    offsets = byte_offsets(raw, text, codec, places)
    done = [
        Patch(start, end, edit.replacement.encode(codec))
        for edit, start, end in zip(kept, offsets[::2], offsets[1::2], strict=True)
    ]
    return Patches(done, kept, refused)


def splice(raw: bytes, changes: Iterable[Patch]) -> bytes:
    """Return the bytes with all patches in their places.

    >>> splice(b"abcd", [Patch(1, 2, b"xy"), Patch(3, 4, b"")])
    b'axyc'
    """
    pieces: list[bytes] = []
    done = 0
    for start, end, content in changes:
        pieces += raw[done:start], content
        done = end
    return b"".join((*pieces, raw[done:]))


def byte_offsets(raw: bytes, text: str, codec: str, places: Sequence[int]) -> list[int]:
    """Return at which byte each place of the text stands; places are sorted.

    >>> byte_offsets("قال x".encode(), "قال x", "utf-8", [0, 3, 5])
    [0, 6, 8]
    """
    if not places or len(text) == len(raw):
        return list(places)  # each character is a byte
    pieces = [
        encoded(text[start:end], codec)
        for start, end in pairwise((0, *places, len(text)))
    ]
    if None not in pieces:
        whole = [piece for piece in pieces if piece is not None]
        if b"".join(whole) == raw:
            return list(accumulate(map(len, whole[:-1])))
    if codec in _REPAIRED:
        return list(_among_damage(raw, codec, places))
    raise InputError(_NOT_REWRITABLE.format(codec))


def encoded(text: str, codec: str) -> bytes | None:
    """Return the bytes of a text, or None if the encoding cannot hold it."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None


def _among_damage(raw: bytes, codec: str, places: Sequence[int]) -> Iterator[int]:
    """Yield the byte of each place in a text that stands for broken sequences, too."""
    waiting = iter(places)
    place = next(waiting, None)
    text_at = byte_at = 0
    for piece, size in _runs(raw, codec):
        while place is not None and place < text_at + len(piece):
            yield byte_at + len(piece[: place - text_at].encode(codec))
            place = next(waiting, None)
        text_at += len(piece)
        byte_at += size
    while place is not None:
        yield byte_at
        place = next(waiting, None)


def _runs(raw: bytes, codec: str) -> Iterator[tuple[str, int]]:
    """Yield pieces of the text with their number of bytes; a broken one is U+FFFD."""
    decode = _REPAIRED[codec]
    at = 0
    while at < len(raw):
        window = raw[at : at + _WINDOW]
        is_last = at + len(window) == len(raw)
        try:
            piece, size = decode(window, "strict", is_last)
        except UnicodeDecodeError as error:
            good = window[: error.start]
            if good:
                yield decode(good, "strict", True)  # noqa: FBT003 - takes no name
            yield "\N{REPLACEMENT CHARACTER}", error.end - error.start
            at += error.end
        else:
            yield piece, size
            at += size
