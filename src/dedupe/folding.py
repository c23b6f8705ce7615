"""Fold batches of documents into columns, one row a word.

A word is hashed as a polynomial: its letters are digits in base 251, modulo 2**64. That
of two words written together is that of the first plus a power of the base times that
of the second, so joining words costs no second look at their letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe import arabic, rewriter
from dedupe.rewriter import CodePoints, Offsets

Unsigned: TypeAlias = npt.NDArray[np.uint64]
# Of 32 bits where a batch is not too large for them.
Positions: TypeAlias = npt.NDArray[np.signedinteger[Any]]
Codes: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]

# The fold gives one byte a character. Words are made of what stands from FIRST_DIGIT to
# below SEPARATOR; up to OTHER_LETTER stands what is rare and has rules of its own.
DELETED, NEWLINE, BREAK, REWRITE, POINT, COMMA, APOSTROPHE = range(7)
FIRST_DIGIT, OTHER_LETTER, FIRST_LETTER, SEPARATOR = 16, 26, 27, 255
DIGITS = "0123456789"

# Scripts in the order in which their letters get a code of their own; the letters of
# all others are OTHER_LETTER and are told apart in a second look.
SCRIPTS = (
    (0x0620, 0x06FF),  # Arabic comes first: `Alphabet.last_arabic` ends it
    (0x0041, 0x007A),  # Latin
    (0x00C0, 0x017F),
    (0x03B1, 0x03C9),  # Greek
    (0x0430, 0x045F),  # Cyrillic
    (0x05D0, 0x05EA),  # Hebrew
)

# Letters differ by less than the base, so no two words of eight letters are the same
# number. It is odd, so that its powers can be divided by.
RADIX = 251
MODULUS = 2**64
PACKED = 8  # letters in 64 bits
LONGEST_SHORT = 2 * PACKED
# Line breaks in front of a batch, so that eight bytes end with any word.
MARGIN = "\n" * PACKED

# A long word is read in pieces, so that one of 50 million letters fits in memory.
PIECE = 4096
_EIGHTH_POWER = np.uint64(RADIX**PACKED % MODULUS)
MANY_GAPS = 0.1  # of the places asked for; looking each up would take longer
FEW = 0.05  # of all characters; looking for each of more would take longer
LARGEST_INT32 = 2**31 - 1
LARGEST_BLOCK = 31 << 20  # bytes
LETTERS_AT_ONCE = 1 << 18
LOOKED_UP_AT_ONCE = 1 << 16
MOST_POWERS = 1 << 20  # of the base that are kept in memory

# How far eight bytes that end with a word of so many letters are shifted to lose
# what stands before the word.
_SHIFTS = np.array([64 - 8 * size for size in range(PACKED)] + [0], np.uint64)


# What stands in a number, as it is written.
_WRITTEN = bytes.maketrans(
    bytes((POINT, COMMA, APOSTROPHE, *range(FIRST_DIGIT, OTHER_LETTER))),
    f".,'{DIGITS}".encode(),
)
_NO_DIGITS = str.maketrans("", "", DIGITS)


@dataclass(frozen=True, slots=True)
class WordColumns:
    """The folded words of a batch of documents, one row a word."""

    hashes: Unsigned  # equal iff the folded words are equal
    start: Offsets  # code points in the word's own document
    end: Offsets
    first_word: Positions  # of each document, and the number of words
    joined: Positions  # rows of words that are written as two or more


@dataclass(frozen=True, slots=True)
class Breaks:
    """The line breaks of a batch and the one before it, one row a break of any kind."""

    next_word: Positions
    next_part: Positions
    is_newline: Flags
    offset: Offsets  # in the joined texts
    first_break: Positions  # of each document, and the number of breaks


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """The words of a batch and what paragraphs are made of.

    A part is a run of letters or of digits; rules join some parts to one word.
    """

    words: WordColumns
    values: Unsigned  # the polynomial of each part
    sizes: Positions  # letters in each part
    breaks: Breaks
    characters: CodePoints  # the joined texts
    offsets: Positions  # where each document begins in them, and the end


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One level of folding as tables."""

    level: str
    codes: Codes  # code point -> code
    first_codes: Codes  # likewise, with REWRITE for what may have to be rewritten
    code_of: dict[str, int]
    numerals: Codes  # codes of digits
    last_arabic: int


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
class Encoded:
    """A batch as one row of characters."""

    codes: Codes  # those of deleted characters too
    documents: Positions  # where each document begins in `codes`, and the end
    characters: CodePoints  # the joined texts
    offsets: Positions  # where each document begins in them, and the end
    rewritten: Rewritten | None = None

    def points(self, places: Positions) -> CodePoints:
        """Return the characters that stand at places in `codes`."""
        if self.rewritten is None:
            return self.characters[places]
        document = self.documents.searchsorted(places, side="right") - 1
        inside = places - self.documents[document]
        points = self.characters.take(self.offsets[document] + inside, mode="clip")
        rows = np.array(self.rewritten.rows)
        row = rows.searchsorted(document).clip(max=rows.size - 1)
        changed = np.flatnonzero(rows[row] == document)
        begins = self.rewritten.bounds[row[changed]]
        points[changed] = self.rewritten.points[begins + inside[changed]]
        return points


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch without its deleted characters, and where the rare ones stand."""

    codes: Codes
    rare: Positions  # in the codes with deleted characters
    rare_codes: Codes
    deleted: Positions  # how many are deleted before each rare one

    def among(self, first: int, last: int) -> Positions:
        """Return where codes of a kind stand: from `first` to before `last`."""
        rows = self._rows(first, last)
        return self.rare[rows] - self.deleted[rows]

    def originals_among(self, first: int, last: int) -> Positions:
        """Return the same as places with deleted characters."""
        return self.rare[self._rows(first, last)]

    def _rows(self, first: int, last: int) -> Positions:
        kind = self.rare_codes - np.uint8(first)
        return np.flatnonzero(kind < last - first)

    def before(self, places: Positions) -> Positions:
        """Return places with deleted characters, in order, as places without."""
        deleted = self.originals_among(DELETED, NEWLINE)
        shift: Positions = deleted.searchsorted(places)
        return places - shift

    def original(self, places: Positions) -> Positions:
        """Return places without deleted characters, in order, as places with them."""
        gaps = self.among(DELETED, NEWLINE)
        if gaps.size > MANY_GAPS * places.size:
            is_kept = np.ones(self.codes.size + gaps.size, np.bool_)
            is_kept[self.originals_among(DELETED, NEWLINE)] = False
            kept: Positions = np.flatnonzero(is_kept).take(places)
            return kept
        rows = places.searchsorted(gaps)
        counts = np.diff(rows, prepend=0, append=places.size)
        shift = np.arange(counts.size, dtype=places.dtype).repeat(counts)
        shift += places
        return shift


@dataclass(frozen=True, slots=True)
class Parts:
    """Runs of letters and runs of digits, one row a run; rules change the values."""

    first: Positions  # of the codes that are kept
    last: Positions  # the code that ends the run
    start: Positions  # the same in the codes with deleted characters
    end: Positions
    tails: Unsigned  # the eight codes before `last`
    values: Unsigned  # polynomials
    sizes: Positions  # letters


@lru_cache
def alphabet(level: str) -> Alphabet:
    """Number the letters that the shipped table gives."""
    _keep_memory()
    images = rewriter.table(level)
    code_of_image = np.full(arabic.PLANE_SIZE, OTHER_LETTER, np.uint8)
    code_of_image[0] = DELETED
    code_of_image[1] = REWRITE
    code_of_image[ord(arabic.NEWLINE)] = NEWLINE
    code_of_image[ord(arabic.BREAK)] = BREAK
    code_of_image[ord(arabic.SEPARATOR)] = SEPARATOR
    code_of_image[_points(DIGITS)] = FIRST_DIGIT + np.arange(len(DIGITS))
    letters: list[int] = []
    last_arabic = 0
    for first, last in SCRIPTS:
        own = np.arange(first, last + 1)
        letters += own[images[first : last + 1] == own].tolist()
        last_arabic = last_arabic or FIRST_LETTER + len(letters) - 1
    letters = letters[: SEPARATOR - FIRST_LETTER]
    code_of_image[letters] = FIRST_LETTER + np.arange(len(letters))
    code_of = {chr(letter): int(code_of_image[letter]) for letter in letters}
    if level == "full":
        code_of_image[_points(".,'")] = POINT, COMMA, APOSTROPHE
    codes = code_of_image[images]
    first_codes = codes.copy()
    first_codes[_points(rewriter.SIGNALS[level])] = REWRITE
    numerals = code_of_image[_points(arabic.NUMERALS)]
    return Alphabet(level, codes, first_codes, code_of, numerals, last_arabic)


def _keep_memory() -> None:
    """Let the C library keep the memory of one batch for the next.

    Fresh memory costs as much as half the work, and glibc hands large blocks back until
    it has seen one as large as this come and go (mallopt(3), M_MMAP_THRESHOLD).
    """
    np.empty(LARGEST_BLOCK, np.uint8)


def _points(characters: str) -> list[int]:
    return [ord(character) for character in characters]


def fold_words(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> WordColumns:
    """Return the folded words of a batch; nothing is joined across line breaks."""
    return fold_batch(texts, fold=fold, ignore_numbers=ignore_numbers).words


def fold_batch(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> FoldedBatch:
    """Return the folded words of a batch and the line breaks between them."""
    letters = alphabet(fold)
    encoded = _encode(texts, letters)
    kept = _keep(encoded.codes)
    codes = kept.codes
    breaks = kept.among(NEWLINE, REWRITE)
    parts = _find_parts(kept, is_full=fold == "full")
    _measure_rare(parts, kept, _OtherLetters(encoded, kept, fold))
    dropped = _digits(parts, codes, letters) if ignore_numbers else parts.first[:0]
    parts.values[dropped] = parts.sizes[dropped] = 0
    alive = np.ones(parts.first.size, np.bool_)
    alive[dropped] = False
    joined = parts.first[:0]
    hashes = mixed(parts.values)
    if letters.level == "full":
        signals = _find_signals(parts, letters)
        _drop_yehs(parts, signals, hashes, codes, letters)
        links = _word_links(parts, signals, dropped, codes, breaks, letters)
        joined = links
        if not ignore_numbers:
            links = np.concatenate((links, _number_links(parts, signals, codes)))
        links.sort()
        alive[links + 1] = False
        heads, ends, values = _join(parts, links)
        hashes[heads] = mixed(values)
        parts.last[heads] = parts.last[ends]
        parts.end[heads] = parts.end[ends]
    joined = np.sort(joined[alive[joined]])
    gone = np.flatnonzero(~alive)
    first_code = kept.before(encoded.documents).astype(parts.first.dtype)
    first_part = parts.first.searchsorted(first_code)
    start, end = _offsets(parts, first_part, encoded)
    hashes, start, end = hashes[alive], start[alive], end[alive]
    breaks = breaks[len(MARGIN) - 1 :]
    break_places = kept.originals_among(NEWLINE, REWRITE)[len(MARGIN) - 1 :]
    next_part = parts.first.searchsorted(breaks)
    first_break = breaks.searchsorted(first_code)
    break_offset = _break_offsets(break_places[1:], first_break - 1, encoded)
    return FoldedBatch(
        WordColumns(
            hashes,
            start,
            end,
            first_part - gone.searchsorted(first_part),
            joined - gone.searchsorted(joined),
        ),
        parts.values,
        parts.sizes,
        Breaks(
            next_part - gone.searchsorted(next_part),
            next_part,
            codes[breaks] == NEWLINE,
            np.append(np.int32(len(MARGIN) - 1), break_offset),
            first_break,
        ),
        encoded.characters,
        encoded.offsets,
    )


def _counts(firsts: Positions) -> Positions:
    """Return how many rows belong to each of those whose first row is given."""
    return firsts[1:] - firsts[:-1]


def _encode(texts: Sequence[str], letters: Alphabet) -> Encoded:
    """Look up the code of every character; rewrite the documents that need it."""
    joined = "\n".join((MARGIN[:-1], *texts, ""))
    offsets = np.fromiter(
        accumulate((len(text) + 1 for text in texts), initial=len(MARGIN)),
        np.int64,
        len(texts) + 1,
    )
    # This is how numpy holds a string; no codec of Python is as fast.
    characters = np.array([joined]).view(np.uint32)
    codes = _look_up(letters.first_codes, characters)
    if characters.max() >= arabic.PLANE_SIZE:
        beyond = np.flatnonzero(characters >= arabic.PLANE_SIZE)
        codes[beyond] = [
            _code_beyond(point, letters.level) for point in characters[beyond].tolist()
        ]
    encoded = Encoded(codes, offsets, characters, offsets)
    strange = set()
    if bytes((REWRITE,)) in codes.tobytes():
        rare = np.flatnonzero(codes == REWRITE)
        strange.update((offsets.searchsorted(rare, side="right") - 1).tolist())
    if letters.level == "none":
        strange.update(
            row
            for row, text in enumerate(texts)
            if not unicodedata.is_normalized("NFC", text)
        )
    return _rewrite(encoded, texts, sorted(strange), letters) if strange else encoded


def _look_up(codes: Codes, characters: CodePoints) -> Codes:
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
    encoded: Encoded, texts: Sequence[str], strange: list[int], letters: Alphabet
) -> Encoded:
    """Put the rewritten documents in the place of those that the table cannot fold."""
    parts = [texts[row] + "\n" for row in strange]
    points, origin = rewriter.rewrite("".join(parts), letters.level)
    codes = letters.codes.take(points, mode="clip")
    codes[points >= arabic.PLANE_SIZE] = OTHER_LETTER
    lengths = [len(part) for part in parts]
    starts = [0, *accumulate(lengths)]
    bounds = origin.searchsorted(starts)
    sizes = np.diff(encoded.offsets)
    sizes[strange] = np.diff(bounds)
    pieces: list[Codes] = []
    copied = 0
    for row, first, last in zip(strange, bounds[:-1], bounds[1:], strict=True):
        begin, end = encoded.offsets[row : row + 2].tolist()
        pieces += encoded.codes[copied:begin], codes[first:last]
        copied = end
    pieces.append(encoded.codes[copied:])
    origin -= np.array(starts[:-1], np.int32).repeat(np.diff(bounds))
    return Encoded(
        np.concatenate(pieces),
        np.cumsum(np.concatenate((encoded.offsets[:1], sizes))),
        encoded.characters,
        encoded.offsets,
        Rewritten(strange, points, origin, bounds),
    )


def _offsets(
    parts: Parts, first_part: Positions, encoded: Encoded
) -> tuple[Offsets, Offsets]:
    """Return where parts start and end in their documents.

    What is deleted after a word belongs to it: marks, tatweel, the rest of an entity.
    """
    counts = _counts(first_part)
    shift = encoded.documents[:-1].astype(parts.start.dtype).repeat(counts)
    start = (parts.start - shift).astype(np.int32, copy=False)
    end = (parts.end - shift).astype(np.int32, copy=False)
    if encoded.rewritten is not None:
        changed, origins = encoded.rewritten.rows_of(counts)
        origin = encoded.rewritten.origin
        start[changed] = origin[start[changed] + origins]
        # Two words of one ligature both have its place: no word ends where it starts.
        inside = end[changed] + origins
        end[changed] = np.maximum(origin[inside], origin[inside - 1] + 1)
    return start, end


def _break_offsets(
    places: Positions, first_break: Positions, encoded: Encoded
) -> Offsets:
    """Return where line breaks stand in the joined texts."""
    counts = _counts(first_break)
    inside = places - encoded.documents[:-1].repeat(counts)
    if encoded.rewritten is not None:
        changed, origins = encoded.rewritten.rows_of(counts)
        inside[changed] = encoded.rewritten.origin[inside[changed] + origins]
    return (inside + encoded.offsets[:-1].repeat(counts)).astype(np.int32)


def _keep(codes: Codes) -> Kept:
    """Take deleted characters out, and find the rare ones in the same pass."""
    rare = _few(codes <= OTHER_LETTER)
    rare_codes = codes.take(rare)
    is_deleted = rare_codes == DELETED
    deleted = np.cumsum(is_deleted, dtype=rare.dtype)
    count = int(deleted[-1])
    deleted -= is_deleted
    if count > FEW * codes.size:
        codes = codes[codes != DELETED]
    elif count:
        # Between two of the few, bytes are copied as they lie.
        whole = codes.tobytes().replace(bytes((DELETED,)), b"")
        codes = np.frombuffer(whole, np.uint8)
    return Kept(codes, rare, rare_codes, deleted)


def _few(flags: Flags) -> Positions:
    """Return where flags are set that seldom are, looking at eight at a time."""
    kind = np.int32 if flags.size <= LARGEST_INT32 else np.int64
    if np.count_nonzero(flags) > FEW * flags.size:
        return np.flatnonzero(flags).astype(kind)
    eights = np.zeros(-(-flags.size // 8), np.uint64)
    eights.view(np.bool_)[: flags.size] = flags
    eight = np.flatnonzero(eights != 0)
    place = np.flatnonzero(eights.take(eight).view(np.bool_))
    eight <<= 3
    return (eight.take(place >> 3) + (place & 7)).astype(kind)


def _find_parts(kept: Kept, *, is_full: bool) -> Parts:
    """Cut runs of letters and runs of digits, and number their letters."""
    codes = kept.codes
    is_word = codes - np.uint8(FIRST_DIGIT) < SEPARATOR - FIRST_DIGIT
    edges = np.flatnonzero(is_word[1:] != is_word[:-1]).astype(kept.rare.dtype)
    edges += 1
    if is_full:
        edges = _with_inner_edges(edges, kept)
    places = kept.original(edges)
    first, last = edges[0::2].copy(), edges[1::2].copy()
    sizes = last - first
    windows = np.ndarray((codes.size - PACKED + 1,), "<u8", codes.data, strides=(1,))
    tails = windows[last - PACKED]
    values = _eight_letters(tails >> _SHIFTS.take(sizes, mode="clip"))
    longer = np.flatnonzero(sizes > PACKED)
    heads = _eight_letters(windows[first[longer]])
    shifts = _SHIFTS.take(sizes[longer] - PACKED, mode="clip")
    heads += _EIGHTH_POWER * _eight_letters(tails[longer] >> shifts)
    values[longer] = heads
    return Parts(first, last, places[0::2], places[1::2], tails, values, sizes)


def _with_inner_edges(edges: Positions, kept: Kept) -> Positions:
    """Let a run end, and the next begin, between a letter and a digit: 1436هـ."""
    digits = kept.among(FIRST_DIGIT, OTHER_LETTER)
    inner = np.concatenate(
        (
            digits[_are_letters(kept.codes[digits - 1])],
            digits[_are_letters(kept.codes[digits + 1])] + 1,
        )
    )
    inner.sort()
    place = edges.searchsorted(inner) + 2 * np.arange(inner.size)
    is_old = np.ones(edges.size + 2 * inner.size, np.bool_)
    is_old[place] = is_old[place + 1] = False
    every = np.empty(is_old.size, edges.dtype)
    every[is_old] = edges
    every[place] = every[place + 1] = inner
    return every


def _are_letters(codes: Codes) -> Flags:
    return codes - np.uint8(OTHER_LETTER) < SEPARATOR - OTHER_LETTER


def _eight_letters(packed: Unsigned) -> Unsigned:
    """Return the polynomials of up to eight letters packed in 64 bits, in place.

    Letters, then pairs, then fours are combined, all those of a word at once.
    """
    upper = np.empty_like(packed)
    for kind, bits in ((np.uint16, 8), (np.uint32, 16), (np.uint64, 32)):
        both, high = packed.view(kind), upper.view(kind)
        np.right_shift(both, kind(bits), out=high)
        np.multiply(high, kind(2**bits - RADIX ** (bits // 8)), out=high)
        np.subtract(both, high, out=both)
    return packed


@dataclass(frozen=True, slots=True)
class _OtherLetters:
    """Tell apart the letters that share a code."""

    encoded: Encoded
    kept: Kept
    level: str

    def values(self, places: Positions) -> Unsigned:
        """Return a number of 64 bits for each letter."""
        points = self.encoded.points(self.kept.original(places))
        images = rewriter.images(points, rewriter.table(self.level))
        return mixed(images.astype(np.uint64))


def _measure_rare(parts: Parts, kept: Kept, others: _OtherLetters) -> None:
    """Number the letters of long words and of words in other scripts."""
    with_others = parts.first.searchsorted(
        kept.among(OTHER_LETTER, FIRST_LETTER), side="right"
    )
    rare = np.concatenate(
        (with_others - 1, np.flatnonzero(parts.sizes > LONGEST_SHORT))
    )
    if not rare.size:
        return
    rare.sort()
    rare = rare[np.diff(rare, prepend=-1) != 0]
    pieces = -(-parts.sizes[rare] // PIECE)
    ends = np.cumsum(pieces)
    number = np.arange(ends[-1]) - (ends - pieces).repeat(pieces)
    first = parts.first[rare].repeat(pieces) + PIECE * number
    sizes = np.minimum(parts.sizes[rare].repeat(pieces) - PIECE * number, PIECE)
    sums = np.empty(first.size, np.uint64)
    total = np.cumsum(sizes)
    done = 0
    while done < first.size:
        budget = total[done] - sizes[done] + LETTERS_AT_ONCE
        stop = max(int(total.searchsorted(budget, side="right")), done + 1)
        batch = slice(done, stop)
        sums[batch] = _sum_letters(first[batch], sizes[batch], kept.codes, others)
        done = stop
    parts.values[rare] = sums[ends - pieces]
    step = pow(RADIX, PIECE, MODULUS)
    for row in np.flatnonzero(pieces > 1).tolist():
        value = 0
        for part in sums[ends[row] - pieces[row] : ends[row]][::-1].tolist():
            value = (value * step + part) % MODULUS
        parts.values[rare[row]] = value


def _sum_letters(
    first: Positions, sizes: Positions, codes: Codes, others: _OtherLetters
) -> Unsigned:
    """Return the polynomials of runs of letters, each up to PIECE long."""
    begins = np.cumsum(sizes) - sizes
    place = np.arange(begins[-1] + sizes[-1]) - begins.repeat(sizes)
    where = first.repeat(sizes) + place
    letters = codes[where].astype(np.uint64)
    unknown = np.flatnonzero(letters == OTHER_LETTER)
    letters[unknown] = others.values(where[unknown])
    letters *= powers(place)
    return np.add.reduceat(letters, begins)


@dataclass(frozen=True, slots=True)
class Signals:
    """The parts that a rule of full folding may change, by their last letter."""

    hamzas: Positions
    detached: Positions  # a و that stands alone
    servants: Positions  # may be عبد with a prefix of one letter
    digits: Positions


def _find_signals(parts: Parts, letters: Alphabet) -> Signals:
    """Look at the last letter of all parts at once, then at those few that matter."""
    code = letters.code_of
    last_letters = parts.tails.view(np.uint8)[PACKED - 1 :: PACKED].copy()
    is_servant = parts.sizes == len("عبد")
    is_servant |= parts.sizes == len("وعبد")
    is_servant &= last_letters == code["د"]
    return Signals(
        np.flatnonzero(last_letters == code["ء"]),
        np.flatnonzero((last_letters == code["و"]) & (parts.sizes == 1)),
        np.flatnonzero(is_servant),
        np.flatnonzero(last_letters < OTHER_LETTER),
    )


def _digits(parts: Parts, codes: Codes, letters: Alphabet) -> Positions:
    """Return the parts that are digits alone."""
    if letters.level == "full":
        return _find_signals(parts, letters).digits
    is_numeral = np.zeros(256, np.bool_)
    is_numeral[letters.numerals] = True
    digits: Positions = np.cumsum(is_numeral[codes])
    counts = digits[parts.last - 1] - digits[parts.first - 1]
    return np.flatnonzero(counts == parts.sizes)


def _drop_yehs(
    parts: Parts,
    signals: Signals,
    hashes: Unsigned,
    codes: Codes,
    letters: Alphabet,
) -> None:
    """Drop every yeh among the yehs and hamzas that end a word with a hamza.

    One sound has many spellings: شيء, شئ, شيئ, شىء.
    """
    yeh, hamza = letters.code_of["ي"], letters.code_of["ء"]
    before = codes[parts.last[signals.hamzas] - 2]
    candidates = signals.hamzas[(before == yeh) | (before == hamza)]
    for word in candidates.tolist():
        whole = codes[parts.first[word] : parts.last[word]].tobytes()
        stem = len(whole.rstrip(bytes((yeh, hamza))))
        end = whole[stem:]
        kept = end.replace(bytes((yeh,)), b"")
        change = (_polynomial(kept) - _polynomial(end)) * pow(RADIX, stem, MODULUS)
        parts.values[word] = (int(parts.values[word]) + change) % MODULUS
        parts.sizes[word] = stem + len(kept)
    hashes[candidates] = mixed(parts.values[candidates])


def _number_links(parts: Parts, signals: Signals, codes: Codes) -> Positions:
    """Return the runs of digits that make one number with the next, as in 1,234.5.

    The point of a fraction becomes a letter of the run before it.
    """
    digits, nexts = signals.digits[:-1], signals.digits[1:]
    is_near = nexts - digits == 1
    is_near &= parts.first[nexts] - parts.last[digits] == 1
    digits = digits[is_near]
    signs = codes[parts.last[digits]]
    is_number = (signs >= POINT) & (signs <= APOSTROPHE)
    digits, signs = digits[is_number], signs[is_number]
    is_next = digits[1:] - digits[:-1] == 1
    is_single = np.ones(digits.size, np.bool_)
    is_single[1:] = ~is_next
    is_single[:-1] &= ~is_next
    joined, pointed = _read_numbers(parts, codes, digits[is_single], signs[is_single])
    chain: list[int] = []
    for digit in (*digits[~is_single].tolist(), -1):
        if chain and digit != chain[-1] + 1:
            _read_long_number(parts, codes, chain, joined, pointed)
            chain = []
        chain.append(digit)
    parts.values[pointed] += np.uint64(POINT) * powers(parts.sizes[pointed])
    parts.sizes[pointed] += 1
    return np.array(joined + pointed, np.int64)


def _read_numbers(
    parts: Parts, codes: Codes, digits: Positions, signs: Codes
) -> tuple[list[int], list[int]]:
    """Return the runs before one sign that lose it, and those that get a point.

    The same as `arabic.number_signs`, for many at once.
    """
    sizes = parts.sizes[digits]
    are_thousands = signs != POINT
    are_thousands &= parts.sizes[digits + 1] == arabic.THOUSANDS
    are_thousands &= sizes <= arabic.THOUSANDS
    are_thousands &= (sizes > 1) | (codes[parts.first[digits]] != FIRST_DIGIT)
    are_fractions = ~are_thousands & (signs != APOSTROPHE)
    return digits[are_thousands].tolist(), digits[are_fractions].tolist()


def _read_long_number(
    parts: Parts,
    codes: Codes,
    chain: list[int],
    joined: list[int],
    pointed: list[int],
) -> None:
    """Sort runs of digits with several signs between them into the two lists."""
    begin, end = parts.first[chain[0]], parts.last[chain[-1] + 1]
    number = codes[begin:end].tobytes().translate(_WRITTEN).decode("ascii")
    groups = number.replace(",", ".").replace("'", ".").split(".")
    signs = number.translate(_NO_DIGITS)
    for part, sign in zip(chain, arabic.number_signs(groups, signs), strict=True):
        if sign == "":
            joined.append(part)
        elif sign == ".":
            pointed.append(part)


def _word_links(
    parts: Parts,
    signals: Signals,
    dropped: Positions,
    codes: Codes,
    breaks: Positions,
    letters: Alphabet,
) -> Positions:
    """Return each detached و and each عبد that is joined with the next word."""
    code = letters.code_of
    detached, nexts, letter, _ = _followed(
        signals.detached, parts, dropped, codes, breaks
    )
    is_arabic = (letter >= FIRST_LETTER) & (letter <= letters.last_arabic)
    joined = dict(
        zip(nexts[is_arabic].tolist(), detached[is_arabic].tolist(), strict=True)
    )
    servant = _polynomial(bytes(code[letter] for letter in "عبد"))
    beheaded = parts.values[signals.servants] - np.uint64(servant * RADIX % MODULUS)
    is_servant = parts.values[signals.servants] == servant
    for prefix in "وفبلك":
        is_servant |= beheaded == code[prefix]
    names, nexts, letter, second = _followed(
        signals.servants[is_servant], parts, dropped, codes, breaks
    )
    is_name = (letter == code["ا"]) & (second == code["ل"])
    for name, following in zip(
        names[is_name].tolist(), nexts[is_name].tolist(), strict=True
    ):
        # و عبد الله, but not و وعبد الله, nor و و عبد الله
        is_second = name in joined
        is_plain = parts.sizes[name] == len("عبد")
        if not is_second or (is_plain and joined[name] not in joined):
            joined[following] = name
    # Numbers that are left out may stand between the two; they are worth nothing.
    links = [place for end, first in joined.items() for place in range(first, end)]
    return np.array(links, np.int64)


def _followed(
    asked: Positions,
    parts: Parts,
    dropped: Positions,
    codes: Codes,
    breaks: Positions,
) -> tuple[Positions, Positions, Codes, Codes]:
    """Return those with a next word in the paragraph, it and its first two letters."""
    nexts = asked + 1
    if dropped.size:
        alive = np.delete(np.arange(parts.first.size), dropped)
        row = alive.searchsorted(nexts)
        nexts = np.append(alive, parts.first.size)[row]
    is_followed = nexts < parts.first.size
    asked, nexts = asked[is_followed], nexts[is_followed]
    first = parts.first[nexts]
    is_near = breaks.searchsorted(first) == breaks.searchsorted(parts.last[asked])
    first = first[is_near]
    return asked[is_near], nexts[is_near], codes[first], codes[first + 1]


def _join(parts: Parts, links: Positions) -> tuple[Positions, Positions, Unsigned]:
    """Return the first and last part of each word that links make, and its value."""
    is_new = np.ones(links.size + 1, np.bool_)
    is_new[1:-1] = links[1:] - links[:-1] != 1
    heads = links[is_new[:-1]]
    ends = links[is_new[1:]] + 1
    values = parts.values[heads] + powers(parts.sizes[heads]) * parts.values[heads + 1]
    for row in np.flatnonzero(ends - heads > 1).tolist():
        value = 0
        for part in range(int(ends[row]), int(heads[row]) - 1, -1):
            value *= pow(RADIX, int(parts.sizes[part]), MODULUS)
            value = (value + int(parts.values[part])) % MODULUS
        values[row] = value
    return heads, ends, values


def powers(exponents: Positions) -> Unsigned:
    """Return powers of the base."""
    highest = int(exponents.max(initial=0))
    if highest < MOST_POWERS:
        return _table_of_powers(highest.bit_length()).take(exponents)
    high = [
        pow(RADIX, MOST_POWERS * step, MODULUS)
        for step in range(highest // MOST_POWERS + 1)
    ]
    found = _table_of_powers(MOST_POWERS.bit_length() - 1).take(exponents % MOST_POWERS)
    return found * np.array(high, np.uint64)[exponents // MOST_POWERS]


@lru_cache
def _table_of_powers(bits: int) -> Unsigned:
    table = np.full(1 << bits, RADIX, np.uint64)
    table[0] = 1
    return np.multiply.accumulate(table)


def _polynomial(letters: bytes) -> int:
    """Return what a word of these letters is worth."""
    value = 0
    for letter in reversed(letters):
        value = (value * RADIX + letter) % MODULUS
    return value


def mixed(values: Unsigned) -> Unsigned:
    """Spread 64-bit values evenly; different values stay different."""
    spread = values * np.uint64(0x9E3779B97F4A7C15)
    spread ^= spread >> np.uint64(32)
    spread *= np.uint64(0xD6E8FEB86659FD93)
    spread ^= spread >> np.uint64(29)
    return spread
