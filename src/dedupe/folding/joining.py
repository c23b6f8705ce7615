"""Parts → words: the rules that need a neighbor or the end of a word."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from dedupe import arabic
from dedupe.folding.alphabets import (
    APOSTROPHE,
    BREAK,
    COMMA,
    DIGITS,
    FIRST_DIGIT,
    FIRST_LETTER,
    NEWLINE,
    OTHER_LETTER,
    POINT,
    SEPARATOR,
    Alphabet,
)
from dedupe.folding.columns import Codes, Flags, Positions, Unsigned
from dedupe.folding.encoding import places_of
from dedupe.folding.parts import LETTERS_AT_ONCE, Parts
from dedupe.folding.polynomials import (
    MODULUS,
    RADIX,
    mixed,
    polynomial,
    powers,
)
from dedupe.values import dataclass

# What stands in a number, as it is written.
_WRITTEN = bytes.maketrans(
    bytes((POINT, COMMA, APOSTROPHE, *range(FIRST_DIGIT, OTHER_LETTER))),
    f".,'{DIGITS}".encode(),
)
_BREAKS = frozenset((NEWLINE, BREAK))
LONG_WORD = 32  # letters; from so many on numpy is done sooner than a loop
_NO_DIGITS = str.maketrans("", "", DIGITS)


@dataclass(frozen=True, slots=True)
class Signals:
    """The parts that a rule of full folding may change, by their last letter."""

    hamzas: Positions
    detached: Positions  # a و that stands alone
    servants: Positions  # may be عبد with a prefix of one letter
    digits: Positions


def find_signals(parts: Parts, digits: Positions, letters: Alphabet) -> Signals:
    """Look at the last letter of all parts at once, then at those few that matter.

    `digits` are the parts that are digits alone.
    """
    code = letters.code_of
    last_letters = parts.last_letters
    is_servant = parts.sizes == len("عبد")
    is_servant |= parts.sizes == len("وعبد")
    is_servant &= last_letters == code["د"]
    return Signals(
        np.flatnonzero(last_letters == code["ء"]),
        np.flatnonzero((last_letters == code["و"]) & (parts.sizes == 1)),
        np.flatnonzero(is_servant),
        digits,
    )


def number_borders(parts: Parts, digits: Positions, links: Positions) -> Positions:
    """Return the parts that begin a number where another ends: 3-2, 12/5/2015.

    Written without what parts them they would be other numbers. Not so where the first
    has up to three digits and the next three each: 42 659 is 42659.
    """
    nexts = digits[1:][digits[1:] - digits[:-1] == 1]
    nexts = nexts[~_are_among(links, nexts - 1)]
    goes_on = parts.sizes[nexts] == arabic.THOUSANDS
    goes_on &= parts.sizes[nexts - 1] <= arabic.THOUSANDS
    # A number with signs, as 1,234 and 0.5, does not go on after a space.
    goes_on &= ~_are_among(links, nexts) & ~_are_among(links, nexts - 2)
    borders: Positions = nexts[~goes_on]
    return borders


def _are_among(ordered: Positions, asked: Positions) -> Flags:
    """Tell of each row whether it stands among others."""
    if not ordered.size:
        return np.zeros(asked.size, np.bool_)
    at = ordered.searchsorted(asked).clip(max=ordered.size - 1)
    found: Flags = ordered[at] == asked
    return found


def digits_alone(parts: Parts, codes: Codes, letters: Alphabet) -> Positions:
    """Return the parts that are digits alone."""
    if letters.level == "full":
        return np.flatnonzero(parts.last_letters < OTHER_LETTER)
    is_numeral = np.zeros(256, np.bool_)
    is_numeral[letters.numerals] = True
    digits: Positions = np.cumsum(is_numeral[codes])
    counts = digits[parts.last - 1] - digits[parts.first - 1]
    return np.flatnonzero((counts == parts.sizes) & (parts.sizes > 0))


def drop_yehs(
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
    first, last = parts.first[candidates].tolist(), parts.last[candidates].tolist()
    text = codes.data
    changes = [
        _without_yehs(bytes(text[begin:end]), yeh, hamza)
        for begin, end in zip(first, last, strict=True)
    ]
    if changes:
        values, dropped = zip(*changes, strict=True)
        parts.values[candidates] += np.array(values, np.uint64)
        parts.sizes[candidates] -= np.array(dropped)
    hashes[candidates] = mixed(parts.values[candidates])


def drop_inner_yehs(parts: Parts, codes: Codes, letters: Alphabet) -> None:
    """Drop every yeh before a hamza, wherever in a line it stands.

    So what `drop_yehs` does at the ends of words makes no difference where it cannot be
    told any more where a word ended: a paragraph in which the space after شيء was lost.
    """
    yeh, hamza = (bytes((letters.code_of[letter],)) for letter in "يء")
    hamzas = places_of(hamza[0], codes)
    before = codes.take(hamzas - 1)
    inside = hamzas[before == yeh[0]]
    rows = parts.first.searchsorted(inside, side="right") - 1
    first, last = parts.first.take(rows), parts.last.take(rows)
    rows = rows[(inside + 1 < last) | (codes.take(first) == yeh[0])]
    words = _letters(parts, rows, codes)
    opening = [row for row, word in words.items() if word.lstrip(yeh)[:1] == hamza]
    is_letter = before - np.uint8(OTHER_LETTER) < SEPARATOR - OTHER_LETTER
    opening += parts.first.searchsorted(hamzas[~is_letter]).tolist()
    parted = _ending_before(opening, yeh, parts, codes)
    found = {
        row: _without_inner_yehs(word, yeh, hamza, is_parted=row in parted)
        for row, word in (words | parted).items()
        # The letters of rare scripts share a code, and are told apart by more than it.
        if OTHER_LETTER not in word
    }
    if found:
        values, sizes = zip(*found.values(), strict=True)
        parts.values[list(found)] = np.array(values, np.uint64)
        parts.sizes[list(found)] = sizes


def _letters(parts: Parts, rows: Positions, codes: Codes) -> dict[int, bytes]:
    """Return the codes of some parts by their rows."""
    first, last = parts.first.take(rows).tolist(), parts.last.take(rows).tolist()
    text = codes.data
    places = zip(rows.tolist(), first, last, strict=True)
    return {row: bytes(text[begin:end]) for row, begin, end in places}


def _ending_before(
    opening: list[int], yeh: bytes, parts: Parts, codes: Codes
) -> dict[int, bytes]:
    """Return the parts that end with a yeh before some others of their lines.

    Of one that is nothing but yehs, the part before it belongs to them too.
    """
    found: dict[int, bytes] = {}
    while opening:
        rows = np.array(opening, np.int64) - 1
        rows = rows[parts.last_letters.take(rows) == yeh[0]]
        ends, begins = parts.last.take(rows).tolist(), parts.first.take(rows + 1)
        in_line = [
            _BREAKS.isdisjoint(codes[end:begin].tobytes())
            for end, begin in zip(ends, begins.tolist(), strict=True)
        ]
        more = _letters(parts, rows[in_line], codes)
        opening = [row for row, word in more.items() if not word.strip(yeh)]
        found |= more
    return found


@lru_cache(maxsize=1 << 12)
def _without_inner_yehs(
    word: bytes, yeh: bytes, hamza: bytes, *, is_parted: bool
) -> tuple[int, int]:
    """Return the value of a word without the yehs before its hamzas, and its letters.

    If it `is_parted`, a hamza follows.
    """
    *before, rest = word.split(hamza)
    pieces = [piece.rstrip(yeh) for piece in before]
    kept = hamza.join([*pieces, rest.rstrip(yeh) if is_parted else rest])
    if len(kept) <= LONG_WORD:
        return polynomial(kept), len(kept)
    value = 0
    for begin in range(0, len(kept), LETTERS_AT_ONCE):
        some = np.frombuffer(kept[begin : begin + LETTERS_AT_ONCE], np.uint8)
        value += int(np.dot(some, powers(np.arange(begin, begin + some.size))))
    return value % MODULUS, len(kept)


@lru_cache(maxsize=1 << 12)
def _without_yehs(word: bytes, yeh: int, hamza: int) -> tuple[int, int]:
    """Return what is added to the value of a word, and how many letters it loses."""
    stem = len(word.rstrip(bytes((yeh, hamza))))
    end = word[stem:]
    kept = end.replace(bytes((yeh,)), b"")
    change = (polynomial(kept) - polynomial(end)) * pow(RADIX, stem, MODULUS)
    return change % MODULUS, len(end) - len(kept)


def number_links(parts: Parts, signals: Signals, codes: Codes) -> Positions:
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
    points = np.array(pointed, np.int64)
    parts.values[points] += np.uint64(POINT) * powers(parts.sizes[points])
    parts.sizes[points] += 1
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


def word_links(
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
    servant = polynomial(bytes(code[letter] for letter in "عبد"))
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
        nexts = alive[alive.searchsorted(nexts)]
    first = parts.first[nexts]
    # What closes a document stands where its last line ends.
    paragraph = breaks.searchsorted(first, side="right")
    is_near = paragraph == breaks.searchsorted(parts.last[asked])
    first = first[is_near]
    return asked[is_near], nexts[is_near], codes[first], codes[first + 1]


def join(parts: Parts, links: Positions) -> tuple[Positions, Positions, Unsigned]:
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
