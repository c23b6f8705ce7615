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
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from dedupe import arabic, rewriter
from dedupe.rewriter import CodePoints, Offsets

Unsigned: TypeAlias = npt.NDArray[np.uint64]
Positions: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.uint8]
Flags: TypeAlias = npt.NDArray[np.bool_]
Characters: TypeAlias = npt.NDArray[np.uint16] | CodePoints

# The fold gives one byte a character. Their order matters: nothing below FIRST_DIGIT
# belongs to a word, and what is below SEPARATOR ends a paragraph.
DELETED, NEWLINE, BREAK, SEPARATOR, POINT, COMMA, APOSTROPHE, REWRITE = range(8)
FIRST_DIGIT, FIRST_LETTER, OTHER_LETTER = 16, 32, 255
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
LETTERS_AT_ONCE = 1 << 18

_POWERS = np.array([pow(RADIX, place, MODULUS) for place in range(PIECE)], np.uint64)
# How far eight bytes that end with a word of so many letters are shifted to lose
# what stands before the word.
_SHIFTS = np.array([64 - 8 * size for size in range(PACKED)] + [0], np.uint64)


@dataclass(frozen=True, slots=True)
class WordColumns:
    """The folded words of a batch of documents, one row a word."""

    hashes: Unsigned  # equal iff the folded words are equal
    start: Offsets  # code points in the word's own document
    end: Offsets
    first_word: Positions  # of each document, and the number of words


@dataclass(frozen=True, slots=True)
class Breaks:
    """The line breaks of a batch and the one before it, one row a break of any kind."""

    next_word: Positions
    is_newline: Flags
    offset: Offsets  # in the joined texts
    first_break: Positions  # of each document, and the number of breaks


@dataclass(frozen=True, slots=True)
class FoldedBatch:
    """The words of a batch and what paragraphs are made of."""

    words: WordColumns
    values: Unsigned  # the polynomial of each word's letters
    sizes: Positions  # letters in each word
    breaks: Breaks
    characters: Characters  # the joined texts
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
    bounds: list[int]  # where each document begins, and the end


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch as one row of characters."""

    codes: Codes  # those of deleted characters too
    documents: Positions  # where each document begins in `codes`, and the end
    characters: Characters  # the joined texts
    offsets: Positions  # where each document begins in them, and the end
    rewritten: Rewritten | None = None

    def points(self, places: Positions) -> CodePoints:
        """Return the characters that stand at places in `codes`."""
        if self.rewritten is None:
            return self.characters[places].astype(np.uint32)
        document = self.documents.searchsorted(places, side="right") - 1
        inside = places - self.documents[document]
        points = self.characters.take(
            self.offsets[document] + inside, mode="clip"
        ).astype(np.uint32)
        rows = np.array(self.rewritten.rows)
        row = rows.searchsorted(document).clip(max=rows.size - 1)
        changed = np.flatnonzero(rows[row] == document)
        bounds = np.array(self.rewritten.bounds)
        points[changed] = self.rewritten.points[
            bounds[row[changed]] + inside[changed]
        ]
        return points


@dataclass(slots=True)
class Words:
    """The words of a batch, one row a word, while rules still change them."""

    first: Positions  # of the codes that are kept
    last: Positions  # the code that ends the word
    tails: Unsigned  # the eight codes before `last`
    values: Unsigned  # polynomials
    sizes: Positions  # letters

    def without(self, dead: Positions) -> Words:
        """Return the other words."""
        if not dead.size:
            return self
        alive = np.ones(self.first.size, np.bool_)
        alive[dead] = False
        return Words(
            self.first[alive],
            self.last[alive],
            self.tails[alive],
            self.values[alive],
            self.sizes[alive],
        )


@lru_cache
def alphabet(level: str) -> Alphabet:
    """Number the letters that the shipped table gives."""
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
    letters = letters[: OTHER_LETTER - FIRST_LETTER]
    code_of_image[letters] = FIRST_LETTER + np.arange(len(letters))
    code_of = {chr(letter): int(code_of_image[letter]) for letter in letters}
    if level == "full":
        code_of_image[_points(".,'")] = POINT, COMMA, APOSTROPHE
    codes = code_of_image[images]
    first_codes = codes.copy()
    first_codes[_points(rewriter.SIGNALS[level])] = REWRITE
    numerals = code_of_image[_points(arabic.NUMERALS)]
    return Alphabet(level, codes, first_codes, code_of, numerals, last_arabic)


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
    is_kept = encoded.codes != DELETED
    kept = np.flatnonzero(is_kept)
    codes = encoded.codes[is_kept]
    breaks = np.flatnonzero(codes < SEPARATOR)
    words = _find_words(codes, is_full=fold == "full")
    _measure_rare(words, codes, _OtherLetters(encoded, kept, fold))
    words = _apply_word_rules(words, codes, breaks, letters, ignore_numbers)
    first_code = kept.searchsorted(encoded.documents)
    first_word = words.first.searchsorted(first_code)
    start, end = _original(words, first_word, kept, encoded)
    breaks = breaks[len(MARGIN) - 1 :]
    first_break = breaks.searchsorted(first_code)
    break_offset = _offsets(kept[breaks[1:]], first_break - 1, encoded)
    break_offset += encoded.offsets[:-1].astype(np.int32).repeat(np.diff(first_break))
    return FoldedBatch(
        WordColumns(mixed(words.values), start, end, first_word),
        words.values,
        words.sizes,
        Breaks(
            words.first.searchsorted(breaks),
            codes[breaks] == NEWLINE,
            np.append(np.int32(len(MARGIN) - 1), break_offset),
            first_break,
        ),
        encoded.characters,
        encoded.offsets,
    )


def _encode(texts: Sequence[str], letters: Alphabet) -> Encoded:
    """Look up the code of every character; rewrite the documents that need it."""
    joined = "".join((MARGIN, "\n".join(texts), "\n"))
    offsets = np.fromiter(
        accumulate((len(text) + 1 for text in texts), initial=len(MARGIN)),
        np.int64,
        len(texts) + 1,
    )
    characters: Characters = np.frombuffer(
        joined.encode("utf-16-le", "surrogatepass"), "<u2"
    )
    if characters.size == len(joined):
        codes = letters.first_codes.take(characters, mode="wrap")
    else:
        characters = rewriter.code_points(joined)
        codes = letters.first_codes.take(characters, mode="clip")
        beyond = np.flatnonzero(characters >= arabic.PLANE_SIZE)
        codes[beyond] = [
            _code_beyond(point, letters.level) for point in characters[beyond].tolist()
        ]
    encoded = Encoded(codes, offsets, characters, offsets)
    rare = offsets.searchsorted(np.flatnonzero(codes == REWRITE), side="right") - 1
    strange = set(rare.tolist())
    if letters.level == "none":
        strange.update(
            row
            for row, text in enumerate(texts)
            if not unicodedata.is_normalized("NFC", text)
        )
    return _rewrite(encoded, texts, sorted(strange), letters) if strange else encoded


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
    pieces = []
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
        Rewritten(strange, points, origin, bounds.tolist()),
    )


def _original(
    words: Words, first_word: Positions, kept: Positions, encoded: Encoded
) -> tuple[Offsets, Offsets]:
    """Return where words start and end in their documents.

    What is deleted after a word belongs to it: marks, tatweel, the rest of an entity.
    """
    start = _offsets(kept.take(words.first), first_word, encoded)
    end = _offsets(kept.take(words.last), first_word, encoded)
    if encoded.rewritten is not None:
        # Two words of one ligature both have its place.
        inside = _offsets(kept.take(words.last - 1), first_word, encoded)
        np.maximum(end, inside + np.int32(1), out=end)
    return start, end


def _offsets(places: Positions, firsts: Positions, encoded: Encoded) -> Offsets:
    """Return the offsets in their documents of places in the codes.

    `firsts` is the first row of each document in `places`.
    """
    counts = np.diff(firsts)
    offsets = (places - encoded.documents[:-1].repeat(counts)).astype(np.int32)
    rewritten = encoded.rewritten
    if rewritten is not None:
        is_changed = np.zeros(counts.size, np.bool_)
        is_changed[rewritten.rows] = True
        changed = np.flatnonzero(is_changed.repeat(counts))
        bounds = np.array(rewritten.bounds[:-1])
        shift = bounds.repeat(counts[rewritten.rows])
        offsets[changed] = rewritten.origin[offsets[changed] + shift]
    return offsets


def _find_words(codes: Codes, *, is_full: bool) -> Words:
    """Cut runs of letters and runs of digits, and number their letters."""
    is_word = codes >= FIRST_DIGIT
    edges = np.flatnonzero(is_word[1:] != is_word[:-1])
    edges += 1
    if is_full:
        is_letter = codes >= FIRST_LETTER
        is_edge = is_letter[1:] != is_letter[:-1]
        is_edge &= is_word[1:] & is_word[:-1]
        inner = np.flatnonzero(is_edge) + 1
        edges = np.concatenate((edges, inner, inner))
        edges.sort(kind="stable")  # two sorted runs
    first, last = edges[0::2], edges[1::2]
    sizes = last - first
    windows = np.ndarray((codes.size - PACKED + 1,), "<u8", codes.data, strides=(1,))
    tails = windows[last - PACKED]
    values = _eight_letters(tails >> _SHIFTS.take(sizes, mode="clip"))
    longer = np.flatnonzero(sizes > PACKED)
    heads = _eight_letters(windows[first[longer]])
    shifts = _SHIFTS.take(sizes[longer] - PACKED, mode="clip")
    values[longer] = heads + _POWERS[PACKED] * _eight_letters(tails[longer] >> shifts)
    return Words(first, last, tails, values, sizes)


def _eight_letters(packed: Unsigned) -> Unsigned:
    """Return the polynomials of up to eight letters packed in 64 bits, in place.

    Letters, then pairs, then fours are combined, all those of a word at once.
    """
    upper = packed >> np.uint64(8)
    upper &= np.uint64(0x00FF00FF00FF00FF)
    upper *= np.uint64(2**8 - RADIX)
    packed -= upper
    np.right_shift(packed, np.uint64(16), out=upper)
    upper &= np.uint64(0x0000FFFF0000FFFF)
    upper *= np.uint64(2**16 - RADIX**2)
    packed -= upper
    np.right_shift(packed, np.uint64(32), out=upper)
    upper *= np.uint64(2**32 - RADIX**4)
    packed -= upper
    return packed


@dataclass(frozen=True, slots=True)
class _OtherLetters:
    """Tell apart the letters that share a code."""

    encoded: Encoded
    kept: Positions
    level: str

    def values(self, places: Positions) -> Unsigned:
        """Return a number of 64 bits for each letter."""
        points = self.encoded.points(self.kept[places])
        images = rewriter.images(points, rewriter.table(self.level))
        return mixed(images.astype(np.uint64))


def _measure_rare(words: Words, codes: Codes, others: _OtherLetters) -> None:
    """Number the letters of long words and of words in other scripts."""
    with_others = words.first.searchsorted(
        np.flatnonzero(codes == OTHER_LETTER), side="right"
    )
    rare = np.concatenate(
        (with_others - 1, np.flatnonzero(words.sizes > LONGEST_SHORT))
    )
    if not rare.size:
        return
    rare.sort()
    rare = rare[np.diff(rare, prepend=-1) != 0]
    pieces = -(-words.sizes[rare] // PIECE)
    ends = np.cumsum(pieces)
    number = np.arange(ends[-1]) - (ends - pieces).repeat(pieces)
    first = words.first[rare].repeat(pieces) + PIECE * number
    sizes = np.minimum(words.sizes[rare].repeat(pieces) - PIECE * number, PIECE)
    sums = np.empty(first.size, np.uint64)
    total = np.cumsum(sizes)
    done = 0
    while done < first.size:
        budget = total[done] - sizes[done] + LETTERS_AT_ONCE
        stop = max(int(total.searchsorted(budget, side="right")), done + 1)
        batch = slice(done, stop)
        sums[batch] = _sum_letters(first[batch], sizes[batch], codes, others)
        done = stop
    words.values[rare] = sums[ends - pieces]
    step = pow(RADIX, PIECE, MODULUS)
    for row in np.flatnonzero(pieces > 1).tolist():
        value = 0
        for part in sums[ends[row] - pieces[row] : ends[row]][::-1].tolist():
            value = (value * step + part) % MODULUS
        words.values[rare[row]] = value


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
    letters *= _POWERS[place]
    return np.add.reduceat(letters, begins)


def _apply_word_rules(
    words: Words,
    codes: Codes,
    breaks: Positions,
    letters: Alphabet,
    ignore_numbers: bool,
) -> Words:
    """Join numbers and words that are written apart; leave numbers out if asked."""
    if letters.level != "full":
        if ignore_numbers:
            return words.without(_numerals(words, codes, letters))
        return words
    _drop_yehs(words, codes, letters)
    dead = _join_numbers(words, codes)
    if ignore_numbers:
        words = words.without(_digit_words(words))
        dead = []
    dead += _join_words(words, codes, breaks, letters)
    return words.without(np.array(dead, np.int64))


def _digit_words(words: Words) -> Positions:
    """Return the words of digits; a word has digits alone or none."""
    return np.flatnonzero(words.tails < np.uint64(FIRST_LETTER << 56))


def _numerals(words: Words, codes: Codes, letters: Alphabet) -> Positions:
    """Return the words of digits alone, where words may have digits and letters."""
    if not words.first.size:
        return words.first
    is_numeral = np.zeros(256, np.bool_)
    is_numeral[letters.numerals] = True
    digits = np.append(np.cumsum(is_numeral[codes]), 0)
    counts = digits[words.last - 1] - digits[words.first - 1]
    return np.flatnonzero(counts == words.sizes)


def _drop_yehs(words: Words, codes: Codes, letters: Alphabet) -> None:
    """Drop every yeh among the yehs and hamzas that end a word with a hamza.

    One sound has many spellings: شيء, شئ, شيئ, شىء.
    """
    yeh, hamza = letters.code_of["ي"], letters.code_of["ء"]
    ends = words.tails >> np.uint64(48)
    is_candidate = ends == (hamza << 8 | yeh)
    is_candidate |= ends == (hamza << 8 | hamza)
    for word in np.flatnonzero(is_candidate).tolist():
        whole = codes[words.first[word] : words.last[word]].tobytes()
        stem = len(whole.rstrip(bytes((yeh, hamza))))
        end = whole[stem:]
        kept = end.replace(bytes((yeh,)), b"")
        change = (_polynomial(kept) - _polynomial(end)) * pow(RADIX, stem, MODULUS)
        words.values[word] = (int(words.values[word]) + change) % MODULUS
        words.sizes[word] = stem + len(kept)


def _join_numbers(words: Words, codes: Codes) -> list[int]:
    """Join the digits of 1,234.5 and return the words that are no longer words."""
    digits = _digit_words(words)
    near = np.flatnonzero(
        (np.diff(digits) == 1)
        & (words.first[digits[1:]] - words.last[digits[:-1]] == 1)
    )
    heads = digits[near]
    signs = codes[words.last[heads]]
    is_number = (signs >= POINT) & (signs <= APOSTROPHE)
    dead: list[int] = []
    chain: list[int] = []
    for head in heads[is_number].tolist():
        if chain and head != chain[-1] + 1:
            dead += _join_number(chain, words, codes)
            chain = []
        chain.append(head)
    if chain:
        dead += _join_number(chain, words, codes)
    return dead


def _join_number(chain: list[int], words: Words, codes: Codes) -> list[int]:
    """Join a run of words of digits as far as it is one number."""
    parts = [*chain, chain[-1] + 1]
    groups = [
        "".join(
            DIGITS[code - FIRST_DIGIT]
            for code in codes[words.first[part] : words.last[part]].tolist()
        )
        for part in parts
    ]
    signs = "".join(" .,'"[codes[words.last[part]] - SEPARATOR] for part in chain)
    dead = []
    head = parts[0]
    value, size = int(words.values[head]), int(words.sizes[head])
    for part, sign in zip(parts[1:], arabic.number_signs(groups, signs), strict=True):
        if sign == arabic.SEPARATOR:
            head, value, size = part, int(words.values[part]), int(words.sizes[part])
            continue
        if sign:
            value += POINT * pow(RADIX, size, MODULUS)
            size += 1
        value += int(words.values[part]) * pow(RADIX, size, MODULUS)
        size += int(words.sizes[part])
        words.values[head], words.sizes[head] = value % MODULUS, size
        words.last[head] = words.last[part]
        dead.append(part)
    return dead


def _join_words(
    words: Words, codes: Codes, breaks: Positions, letters: Alphabet
) -> list[int]:
    """Join و and عبد with the next word and return the words that are gone."""
    code = letters.code_of
    detached = np.flatnonzero(words.values == code["و"])
    detached, next_letter, _ = _followed(detached, words, codes, breaks)
    is_arabic = (next_letter >= FIRST_LETTER) & (next_letter <= letters.last_arabic)
    links = set(detached[is_arabic].tolist())
    servant = _polynomial(bytes(code[letter] for letter in "عبد"))
    prefixes = words.values - np.uint64(servant * RADIX % MODULUS)
    is_servant = (words.values == servant) | (prefixes <= OTHER_LETTER)
    names = np.flatnonzero(is_servant)
    names, next_letter, after_next = _followed(names, words, codes, breaks)
    is_article = (next_letter == code["ا"]) & (after_next == code["ل"])
    allowed = {code[letter] for letter in "وفبلك"}
    for name in names[is_article].tolist():
        prefix = int(prefixes[name]) if words.sizes[name] == len("وعبد") else None
        is_plain = words.values[name] == servant
        if name - 1 in links:  # و عبد الله, but not و وعبد الله
            is_name = is_plain and name - 2 not in links
        else:
            is_name = is_plain or prefix in allowed
        if is_name:
            links.add(name)
    for word in sorted(links, reverse=True):
        size = int(words.sizes[word])
        value = int(words.values[word + 1]) * pow(RADIX, size, MODULUS)
        words.values[word] = (int(words.values[word]) + value) % MODULUS
        words.sizes[word] += words.sizes[word + 1]
        words.last[word] = words.last[word + 1]
    return [word + 1 for word in links]


def _followed(
    words_asked: Positions, words: Words, codes: Codes, breaks: Positions
) -> tuple[Positions, Codes, Codes]:
    """Return those with a next word in the paragraph, and its first two letters."""
    asked = words_asked[words_asked + 1 < words.first.size]
    following = words.first[asked + 1]
    is_near = breaks.searchsorted(following) == breaks.searchsorted(words.last[asked])
    following = following[is_near]
    return asked[is_near], codes[following], codes[following + 1]


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
