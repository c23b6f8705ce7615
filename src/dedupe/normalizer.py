"""Fold text so that spellings of the same words become equal, with offsets back.

`fold_words` folds a batch of documents into columns, one row a word, and is what a scan
runs on; `normalize` writes the folded text of one paragraph out and is what people read.
Both give the same words.

A word is hashed as a polynomial: its letters are digits in base 251, modulo 2**64. That
of two words written together is that of the first plus a power of the base times that
of the second, so joining words costs no second look at their letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from dedupe import arabic
from dedupe.model import Span

Unsigned = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
Offsets = npt.NDArray[np.int32]
Codes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

# What the fold gives is one byte a character. Order matters: below FIRST_DIGIT nothing
# belongs to a word.
DELETED, NEWLINE, BREAK, SEPARATOR, POINT, COMMA, APOSTROPHE, REWRITE = range(8)
FIRST_DIGIT, FIRST_LETTER, OTHER_LETTER = 16, 32, 255

# Scripts in the order in which their letters get a code of their own; the letters of
# all others are OTHER_LETTER and are told apart in a second look.
SCRIPTS = (
    (0x0620, 0x06FF),  # Arabic: must be first, see `_starts_arabic`
    (0x0041, 0x007A),  # Latin
    (0x00C0, 0x017F),
    (0x03B1, 0x03C9),  # Greek
    (0x0430, 0x045F),  # Cyrillic
    (0x05D0, 0x05EA),  # Hebrew
)

# Larger than any code, so that no two words of eight letters have the same polynomial.
RADIX = 251
LONGEST_SHORT_WORD = 16  # two gathers of eight letters
MARGIN = 8  # line breaks in front of a batch: a word's last eight bytes always exist

_WORD = 8 * np.dtype(np.uint64).itemsize


@dataclass(frozen=True, slots=True)
class WordColumns:
    """The folded words of a batch of documents, one row a word."""

    hashes: Unsigned  # equal iff the folded words are equal
    start: Offsets  # code points in the word's own document
    end: Offsets
    first_word: Positions  # one row a document, and the number of words


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """Words with what paragraphs are made from: where they stand among the breaks."""

    words: WordColumns
    polynomials: Unsigned
    letters: Positions  # of each word
    first: Positions  # index of a word's first letter in `codes`
    codes: Codes  # folded characters and separators of all documents
    first_code: Positions  # of each document in `codes`, and the end


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One level of folding as look-up tables."""

    images: npt.NDArray[np.uint16]  # code point -> folded code point, 0 and 1 as shipped
    codes: Codes  # code point -> code
    code_of: dict[str, int]
    last_arabic: int
    is_full: bool


@lru_cache
def alphabet(level: str) -> Alphabet:
    """Load the shipped table and number the letters."""
    size = arabic.PLANE_SIZE * 2
    with arabic.TABLE_FILE.open("rb") as file:
        file.seek(arabic.LEVELS.index(level) * size)
        images = np.frombuffer(file.read(size), "<u2")
    code_of_image = np.full(arabic.PLANE_SIZE, OTHER_LETTER, np.uint8)
    code_of_image[0] = DELETED
    code_of_image[1] = REWRITE
    code_of_image[ord(arabic.NEWLINE)] = NEWLINE
    code_of_image[ord(arabic.BREAK)] = BREAK
    code_of_image[ord(arabic.SEPARATOR)] = SEPARATOR
    digits = [ord(digit) for digit in "0123456789"]
    code_of_image[digits] = np.arange(FIRST_DIGIT, FIRST_DIGIT + len(digits))
    letters: list[int] = []
    last_arabic = 0
    for first, last in SCRIPTS:
        own = np.arange(first, last + 1)
        own = own[images[first : last + 1] == own]
        letters.extend(own.tolist())
        last_arabic = last_arabic or FIRST_LETTER + len(letters) - 1
    letters = letters[: OTHER_LETTER - FIRST_LETTER]
    code_of_image[letters] = np.arange(FIRST_LETTER, FIRST_LETTER + len(letters))
    codes = code_of_image[images]
    is_full = level == "full"
    if is_full:
        code_of_image[[ord("."), ord(","), ord("'")]] = POINT, COMMA, APOSTROPHE
        codes = code_of_image[images]
        codes[ord("&")] = REWRITE
    code_of = {chr(letter): int(code_of_image[letter]) for letter in letters}
    return Alphabet(images, codes, code_of, last_arabic, is_full)


def fold_words(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> WordColumns:
    """Return the folded words of a batch of documents; every line is folded by itself."""
    return fold_batch(texts, fold=fold, ignore_numbers=ignore_numbers).words


def fold_batch(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> FoldedBatch:
    """Return the folded words of a batch of documents and the codes they stand in."""
    letters = alphabet(fold)
    joined = "\n" * MARGIN + "\n".join(texts) + "\n"
    if not joined.isascii() and max(joined) > "\uffff":
        joined = re.sub("[\U00010000-\U0010ffff]", " ", joined)
    units = np.frombuffer(joined.encode("utf-16-le", "surrogatepass"), "<u2")
    lengths = [len(text) + 1 for text in texts]
    document = np.array(list(accumulate(lengths, initial=MARGIN)), np.int64)
    raw = letters.codes.take(units, mode="wrap")
    kept = raw != DELETED
    codes = raw[kept]
    raw_class = (raw >= FIRST_DIGIT).view(np.uint8)
    code_class = (codes >= FIRST_DIGIT).view(np.uint8)
    if letters.is_full:
        raw_class = raw_class + (raw >= FIRST_LETTER)
        code_class = code_class + (codes >= FIRST_LETTER)
    _fill_deleted(raw_class, np.flatnonzero(~kept))
    start, end = _runs(raw_class)
    first, last = _runs(code_class)
    sizes = last - first
    polynomials = _polynomials(codes, first, last, sizes)
    hashes = mixed(polynomials)
    first_word = np.searchsorted(start, document)
    shift = np.repeat(document[:-1], np.diff(first_word))
    words = WordColumns(
        hashes,
        (start - shift).astype(np.int32),
        (end - shift).astype(np.int32),
        first_word,
    )
    first_code = np.zeros(len(document), np.int64)
    deleted = np.flatnonzero(~kept)
    first_code = document - np.searchsorted(deleted, document)
    return FoldedBatch(words, polynomials, sizes, first, codes, first_code)


def _fill_deleted(classes: Codes, deleted: Positions) -> None:
    """Let deleted characters belong to what stands before them."""
    if not deleted.size:
        return
    is_first = np.empty(deleted.size, np.bool_)
    is_first[0] = True
    np.not_equal(deleted[1:] - deleted[:-1], 1, out=is_first[1:])
    runs = np.flatnonzero(is_first)
    lengths = np.diff(runs, append=deleted.size)
    classes[deleted] = np.repeat(classes[deleted[runs] - 1], lengths)


def _runs(classes: Codes) -> tuple[Positions, Positions]:
    """Return where runs of one class other than 0 start and end."""
    changes = classes[1:] != classes[:-1]
    is_word = classes != 0
    start = np.flatnonzero(changes & is_word[1:]) + 1
    end = np.flatnonzero(changes & is_word[:-1]) + 1
    return start, end


def _eight_letters(packed: Unsigned) -> Unsigned:
    """Return the polynomials of up to eight letters packed in 64 bits, in place.

    Pairs of letters, then of pairs, then of fours are combined side by side in one word.
    """
    upper = packed >> np.uint64(8)
    upper &= np.uint64(0x00FF00FF00FF00FF)
    upper *= np.uint64(256 - RADIX)
    packed -= upper
    np.right_shift(packed, np.uint64(16), out=upper)
    upper &= np.uint64(0x0000FFFF0000FFFF)
    upper *= np.uint64(65536 - RADIX**2)
    packed -= upper
    np.right_shift(packed, np.uint64(32), out=upper)
    upper *= np.uint64(2**32 - RADIX**4)
    packed -= upper
    return packed


def _polynomials(
    codes: Codes, first: Positions, last: Positions, sizes: Positions
) -> Unsigned:
    """Return each word's letters as a number in base RADIX, lowest first."""
    window = np.ndarray((codes.size - 7,), np.uint64, buffer=codes.data, strides=(1,))
    shifts = (8 * np.maximum(8 - np.arange(256), 0)).astype(np.uint64)
    packed = window[last - 8]
    packed >>= shifts.take(sizes, mode="clip")
    values = _eight_letters(packed)
    longer = np.flatnonzero(sizes > 8)
    if longer.size:
        size = sizes[longer]
        head = _eight_letters(window[first[longer]])
        tail = window[last[longer] - 8] >> (8 * np.maximum(16 - size, 0)).astype(
            np.uint64
        )
        values[longer] = head + _eight_letters(tail) * np.uint64(RADIX**8 % 2**64)
        for word in longer[size > LONGEST_SHORT_WORD].tolist():
            values[word] = _long(codes[first[word] : last[word]])
    return values


def _long(letters: Codes) -> int:
    value = 0
    for letter in reversed(letters.tolist()):
        value = (value * RADIX + letter) % 2**64
    return value


def mixed(values: Unsigned) -> Unsigned:
    """Spread 64-bit values evenly; different values stay different."""
    mixed = values * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    mixed ^= mixed >> np.uint64(29)
    return mixed
