"""Texts → codes: a batch as one row of characters, and the same without the deleted."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from dedupe import arabic, rewriter
from dedupe.folding.alphabets import (
    BREAK,
    DELETED,
    NEWLINE,
    OTHER_LETTER,
    REWRITE,
    Alphabet,
    alphabet,
)
from dedupe.folding.columns import Codes, Flags, Positions
from dedupe.folding.polynomials import PACKED
from dedupe.rewriter import CodePoints, Offsets
from dedupe.text_column import CodeUnits
from dedupe.texts import narrowed
from dedupe.values import dataclass

# Line breaks in front of a batch, so that eight bytes end with any word.
MARGIN = "\n" * PACKED

MANY_GAPS = 0.1  # of the places asked for; looking each up would take longer
FEW_PLACES = 1 / 64  # of all characters; looking at each of these would take longer
FEW = 0.05  # of all characters; looking for each of more would take longer
LARGEST_INT32 = 2**31 - 1
LOOKED_UP_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The documents that were rewritten, one after the other."""

    rows: list[int]  # in the batch
    points: CodePoints
    origin: Offsets  # of each character in its own document
    bounds: Positions  # where each document begins, and the end

    def rows_of(self, counts: Positions) -> tuple[Positions, Positions]:
        """Return which rows belong to these documents, and where those begin here.

        `counts` says how many rows each document of the batch has.
        """
        is_changed = np.zeros(counts.size, np.bool_)
        is_changed[self.rows] = True
        changed = np.flatnonzero(is_changed.repeat(counts))
        return changed, self.bounds[:-1].repeat(counts[self.rows])


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch without its deleted characters, and where the rare ones stand."""

    codes: Codes
    rare: Positions  # in the codes with deleted characters
    rare_codes: Codes
    shift: Positions  # how many are deleted before each rare one
    deleted: Positions  # where those stood that are deleted
    gaps: Positions  # where they would stand in the codes without them

    def among(self, first: int, last: int) -> Positions:
        """Return where codes of a kind stand: from `first` to before `last`."""
        places, _ = self.both_among(first, last)
        return places

    def both_among(self, first: int, last: int) -> tuple[Positions, Positions]:
        """Return the same, and with them the places with deleted characters."""
        rows = np.flatnonzero(self.rare_codes - np.uint8(first) < last - first)
        originals = self.rare.take(rows)
        return originals - self.shift.take(rows), originals

    def before(self, places: Positions) -> Positions:
        """Return places with deleted characters, in order, as places without."""
        shift: Positions = self.deleted.searchsorted(places)
        return places - shift

    def spans(self, first: Positions, last: Positions) -> tuple[Positions, Positions]:
        """Return where runs start and how long they are, deleted characters counted."""
        gaps = self.gaps
        if gaps.size > MANY_GAPS * first.size:
            start = self.original(first)
            return start, self.original(last) - start
        run = last.searchsorted(gaps)
        is_inside = first.take(run) < gaps
        start = _passed(run + is_inside, first.size, first.dtype)
        start += first
        sizes = last - first
        np.add.at(sizes, run[is_inside], sizes.dtype.type(1))
        return start, sizes

    def original(self, places: Positions) -> Positions:
        """Return places without deleted characters, in order, as places with them."""
        gaps = self.gaps
        if places.size < FEW_PLACES * self.codes.size:
            skipped: Positions = gaps.searchsorted(places, side="right")
            return places + skipped
        if gaps.size > MANY_GAPS * places.size:
            is_kept = np.ones(self.codes.size + gaps.size, np.bool_)
            is_kept[self.deleted] = False
            kept: Positions = np.flatnonzero(is_kept).take(places)
            return kept
        shift = _passed(places.searchsorted(gaps), places.size, places.dtype)
        shift += places
        return shift


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch as one row of characters."""

    letters: Alphabet
    kept: Kept
    documents: Positions  # where each document begins in the codes, and the end
    characters: CodeUnits  # the joined texts
    offsets: Positions  # where each document begins in them, and the end
    rewritten: Rewritten | None

    def lines(self) -> Positions:
        """Return how many lines each document has."""
        _, newlines = self.kept.both_among(NEWLINE, BREAK)
        before = newlines.searchsorted(self.documents)
        return before[1:] - before[:-1]

    def points(self, places: Positions) -> CodePoints:
        """Return the characters that stand at places, those deleted counted."""
        if self.rewritten is None:
            return self.characters[places].astype(np.uint32)
        document = self.documents.searchsorted(places, side="right") - 1
        inside = places - self.documents[document]
        where = self.offsets[document] + inside
        points = self.characters.take(where, mode="clip").astype(np.uint32)
        rows = np.array(self.rewritten.rows)
        row = rows.searchsorted(document).clip(max=rows.size - 1)
        changed = np.flatnonzero(rows[row] == document)
        begins = self.rewritten.bounds[row[changed]]
        points[changed] = self.rewritten.points[begins + inside[changed]]
        return points


def encode(texts: Sequence[str], letters: Alphabet) -> Encoded:
    """Look up the code of every character; rewrite the documents that need it."""
    joined = "\n".join((MARGIN[:-1], *texts, ""))
    borders = [*accumulate((len(text) + 1 for text in texts), initial=len(MARGIN))]
    offsets = np.array(borders)
    # This is how numpy holds a string; no codec of Python is as fast.
    characters = narrowed(np.array([joined]).view(np.uint32))
    codes = _look_up(letters.first_codes, characters)
    if characters.dtype == np.uint32:
        beyond = np.flatnonzero(characters >= arabic.PLANE_SIZE)
        codes[beyond] = [
            _code_beyond(point, letters.level) for point in characters[beyond].tolist()
        ]
    strange = _strange(codes.tobytes(), borders)
    if letters.level == "none":
        strange = strange.union(
            row
            for row, text in enumerate(texts)
            if not unicodedata.is_normalized("NFC", text)
        )
    if not strange:
        return Encoded(letters, keep(codes), offsets, characters, offsets, None)
    codes, sizes, rewritten = _rewrite(codes, borders, texts, sorted(strange), letters)
    documents = np.cumsum(np.concatenate((offsets[:1], sizes)))
    return Encoded(letters, keep(codes), documents, characters, offsets, rewritten)


def _strange(codes: bytes, borders: list[int]) -> set[int]:
    """Return the documents that have to be rewritten."""
    strange = set()
    sign = bytes((REWRITE,))
    place = codes.find(sign)
    while place >= 0:
        following = bisect_right(borders, place)
        strange.add(following - 1)
        place = codes.find(sign, borders[following])
    return strange


def _look_up(codes: Codes, characters: CodeUnits) -> Codes:
    """Return the code of each character.

    What numpy looks up it writes out in 64 bits first, which are to stay in the cache.
    """
    found = np.empty(characters.size, np.uint8)
    for first in range(0, characters.size, LOOKED_UP_AT_ONCE):
        block = slice(first, first + LOOKED_UP_AT_ONCE)
        codes.take(characters[block], mode="clip", out=found[block])
    return found


@lru_cache(maxsize=1 << 16)
def _code_beyond(point: int, level: str) -> int:
    """Return the code of a character beyond the table: an emoji, mathematics."""
    image = arabic.image(chr(point), level)
    if not image:
        return DELETED
    if len(image) > 1 or ord(image) >= arabic.PLANE_SIZE:
        return REWRITE
    return int(alphabet(level).codes[ord(image)])


def _rewrite(
    plain: Codes,
    borders: list[int],
    texts: Sequence[str],
    strange: list[int],
    letters: Alphabet,
) -> tuple[Codes, Positions, Rewritten]:
    """Put the rewritten documents in the place of those that the table cannot fold.

    Return the codes and how many each document has, too.
    """
    parts = [texts[row] + "\n" for row in strange]
    points, origin = rewriter.rewrite("".join(parts), letters.level)
    codes = letters.codes.take(points, mode="clip")
    codes[points >= arabic.PLANE_SIZE] = OTHER_LETTER
    lengths = [len(part) for part in parts]
    starts = [0, *accumulate(lengths)]
    bounds = origin.searchsorted(starts)
    sizes = np.diff(borders)
    sizes[strange] = np.diff(bounds)
    pieces: list[Codes] = []
    copied = 0
    for row, first, last in zip(strange, bounds[:-1], bounds[1:], strict=True):
        pieces += plain[copied : borders[row]], codes[first:last]
        copied = borders[row + 1]
    pieces.append(plain[copied:])
    origin -= np.array(starts[:-1], np.int32).repeat(np.diff(bounds))
    return np.concatenate(pieces), sizes, Rewritten(strange, points, origin, bounds)


def keep(codes: Codes) -> Kept:
    """Take deleted characters out, and find the rare ones in the same pass."""
    flags = _no_flags(codes)
    np.less_equal(codes, OTHER_LETTER, out=flags[: codes.size])
    rare = _few(flags)
    rare_codes = codes.take(rare)
    rows = np.flatnonzero(rare_codes == DELETED)
    deleted = rare[rows]
    shift = _passed(rows + 1, rare.size, rare.dtype)
    if rows.size > FEW * codes.size:
        codes = codes[codes != DELETED]
    elif rows.size:
        # Between two of the few, bytes are copied as they lie.
        whole = codes.tobytes().replace(bytes((DELETED,)), b"")
        codes = np.frombuffer(whole, np.uint8)
    return Kept(codes, rare, rare_codes, shift, deleted, deleted - shift[rows])


def _passed(rows: Positions, size: int, kind: npt.DTypeLike) -> Positions:
    """Return how many of some rows, in order, have come at each of `size` rows."""
    borders = np.concatenate(((0,), rows, (size,)))
    return np.arange(rows.size + 1, dtype=kind).repeat(borders[1:] - borders[:-1])


def places_of(code: int, codes: Codes) -> Positions:
    """Return where a code stands that is not among the most frequent."""
    flags = _no_flags(codes)
    np.equal(codes, code, out=flags[: codes.size])
    return _few(flags)


def _no_flags(codes: Codes) -> Flags:
    """Return a flag for each code, and some more, so that eight can be looked at."""
    return np.zeros(-(-codes.size // 8), np.uint64).view(np.bool_)


def _few(flags: Flags) -> Positions:
    """Return where flags are set that seldom are, looking at eight at a time."""
    kind = np.int32 if flags.size <= LARGEST_INT32 else np.int64
    if np.count_nonzero(flags) > FEW * flags.size:
        return np.flatnonzero(flags).astype(kind)
    eights = flags.view(np.uint64)
    eight = np.flatnonzero(eights != 0)
    place = np.flatnonzero(eights.take(eight).view(np.bool_))
    eight <<= 3
    return (eight.take(place >> 3) + (place & 7)).astype(kind)
