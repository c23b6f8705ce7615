"""Set two wordings of a text side by side: rows of words that agree, differ or moved.

What has changed inside a word is told from another word: Arabic writes and, so, the,
with, for and as as letters before the word they go with (قال and وقال).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from dedupe.corpus import IntArray, UInt64Array
from dedupe.model import Span
from dedupe.normalizer import normalize
from dedupe.paragraphs import read_columns
from dedupe.spelling import bridging_rules
from dedupe.word_alignment import SAME, Block, align

# `only` is on one side alone; `inside` stands on both, but for a few of its letters;
# `signs` are punctuation between words that agree.
Kind: TypeAlias = Literal["same", "spelling", "signs", "inside", "only", "moved"]
Pair: TypeAlias = tuple[int, int]

SHORTEST_STEM = 3  # letters that two words must share to be forms of one
LARGEST_GAP = 40  # words of a change in which forms of one word are sought

# Folded, as all that is compared here: the particles, with and without the article,
# which is ل alone after ل (للمدينة), and the future.
_PARTICLES = ("", "و", "ف")
_PREPOSITIONS = ("", "ب", "ك", "ل")
PREFIXES = tuple(
    sorted(
        {
            *(
                particle + preposition + article
                for particle in _PARTICLES
                for preposition in _PREPOSITIONS
                for article in ("", "ال")
            ),
            *(particle + letters for particle in _PARTICLES for letters in ("لل", "س")),
        }
    )
)
# The pronouns, before which the ta marbuta opens (إدارة and إدارته), the feminine
# (folded to ه), dual and plural.
_PRONOUNS = ("ه", "ها", "هم", "هن", "هما", "نا", "ي", "ك", "كم")
SUFFIXES = (
    *("", "ا", "ات", "ت", "ان", "ين", "ون", "وا"),
    *_PRONOUNS,
    *(f"ت{pronoun}" for pronoun in _PRONOUNS),
)


class Piece(NamedTuple):
    """A stretch of one side; `stem` is what of a word stands on the other side too."""

    kind: Kind
    text: str
    stem: Span | None = None


class Row(NamedTuple):
    """Paragraphs of both sides that belong together."""

    left: list[Piece]
    right: list[Piece]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two wordings, aligned."""

    rows: list[Row]
    counts: Counter[str]  # spelling, signs, inside, moved, first, second
    rules: Counter[str]  # of spelling, by name
    not_compared: int


@dataclass(slots=True)
class Side:
    """The words of a text, one row a word, and what became of each."""

    text: str
    hashes: UInt64Array
    start: list[int]
    end: list[int]
    kinds: list[Kind] = field(init=False)
    stems: dict[int, Span] = field(default_factory=dict)  # in the text
    signs: dict[int, Span] = field(default_factory=dict)  # before a word, or the end

    def __post_init__(self) -> None:
        self.kinds = ["same"] * len(self.start)

    def written(self, row: int) -> str:
        """Return a word as it is written."""
        return self.text[self.start[row] : self.end[row]]

    def run(self, first: int, stop: int) -> str:
        """Return some words as they are written."""
        return self.text[self.start[first] : self.end[stop - 1]]

    def between(self, word: int) -> str:
        """Return what stands between a word and the one before."""
        start = self.end[word - 1] if word else 0
        return self.text[start : self.start[word] if word < len(self.start) else None]

    def gap(self, word: int) -> Span:
        """Return where the signs before a word stand, without white space."""
        start = self.end[word - 1] if word else 0
        signs = self.between(word)
        stop = start + len(signs.rstrip())
        start += len(signs) - len(signs.lstrip())
        return Span(start, max(start, stop))

    def mark(self, first: int, stop: int, kind: Kind) -> None:
        """Say what became of some words."""
        self.kinds[first:stop] = [kind] * (stop - first)


def fold_sides(texts: Sequence[str], *, fold: str, ignore_numbers: bool) -> list[Side]:
    """Return texts as words, folded as the scan folded them."""
    words, _ = read_columns(texts, fold=fold, ignore_numbers=ignore_numbers)
    start, end = words.start.tolist(), words.end.tolist()
    return [
        Side(text, words.hashes[first:stop], start[first:stop], end[first:stop])
        for text, (first, stop) in zip(
            texts, pairwise(words.first_word.tolist()), strict=True
        )
    ]


def compare(left: Side, right: Side) -> Comparison:
    """Return two texts in rows; sides are marked and serve one comparison alone."""
    blocks, not_compared = align(left.hashes, right.hashes, left.written, right.written)
    counts: Counter[str] = Counter()
    rules: Counter[str] = Counter()
    for block in blocks:
        _mark(block, left, right, counts, rules)
    counts["signs"] = _mark_signs(blocks, left, right)
    borders = list(_borders(blocks, left, right))
    rows = [
        Row(_pieces(left, first[0], stop[0]), _pieces(right, first[1], stop[1]))
        for first, stop in pairwise(borders)
    ]
    return Comparison(rows, counts, rules, not_compared)


def _mark(
    block: Block, left: Side, right: Side, counts: Counter[str], rules: Counter[str]
) -> None:
    """Say of each word of a block what became of it."""
    if block.kind == "equal":
        for row in range(block.left_words):
            one, other = block.left + row, block.right + row
            if left.written(one) != right.written(other):
                part = Block("respelled", one, one + 1, other, other + 1)
                _mark_respelled(part, left, right, counts, rules)
    elif block.kind == "respelled":
        _mark_respelled(block, left, right, counts, rules)
    elif block.kind == "moved":
        left.mark(block.left, block.left_stop, "moved")
        right.mark(block.right, block.right_stop, "moved")
        counts["moved"] += block.left_words
    else:
        left.mark(block.left, block.left_stop, "only")
        right.mark(block.right, block.right_stop, "only")
        inside = _mark_forms(block, left, right)
        counts["inside"] += inside
        counts["first"] += block.left_words - inside
        counts["second"] += block.right_words - inside


def _mark_respelled(
    block: Block, left: Side, right: Side, counts: Counter[str], rules: Counter[str]
) -> None:
    left.mark(block.left, block.left_stop, "spelling")
    right.mark(block.right, block.right_stop, "spelling")
    one = left.run(block.left, block.left_stop)
    other = right.run(block.right, block.right_stop)
    counts["spelling"] += 1
    rules.update(bridging_rules(one, other))


def _mark_signs(blocks: Sequence[Block], left: Side, right: Side) -> int:
    """Mark the punctuation that differs between words that agree; return how often."""
    ends = Block("equal", len(left.start), 0, len(right.start), 0)
    reached = 0, 0  # the words after those that agree
    found = 0
    for block in (*blocks, ends):
        if block.kind not in SAME:
            continue
        if (block.left, block.right) == reached:
            found += _mark_gap(block.left, block.right, left, right)
        if block.kind == "equal":
            for step in range(1, block.left_words):
                found += _mark_gap(block.left + step, block.right + step, left, right)
        reached = block.left_stop, block.right_stop
    return found


def _mark_gap(word: int, other: int, left: Side, right: Side) -> bool:
    if left.between(word) == right.between(other):
        return False
    here, there = left.gap(word), right.gap(other)
    ours = left.text[here.start : here.end]
    theirs = right.text[there.start : there.end]
    # A space before a comma is a habit of the house, and would be marked everywhere.
    if "".join(ours.split()) == "".join(theirs.split()):
        return False
    left.signs[word], right.signs[other] = here, there
    return True


def _mark_forms(block: Block, left: Side, right: Side) -> int:
    """Mark the words of a change that are forms of one word; return how many."""
    sizes = block.left_words, block.right_words
    if not min(sizes) or max(sizes) > LARGEST_GAP:
        return 0
    found = _forms(
        [left.written(row) for row in range(block.left, block.left_stop)],
        [right.written(row) for row in range(block.right, block.right_stop)],
    )
    for row, column, (one, other) in found:
        for side, word, stem in (
            (left, block.left + row, one),
            (right, block.right + column, other),
        ):
            side.kinds[word] = "inside"
            origin = side.start[word]
            side.stems[word] = Span(stem.start + origin, stem.end + origin)
    return len(found)


def _forms(
    left: Sequence[str], right: Sequence[str]
) -> list[tuple[int, int, tuple[Span, Span]]]:
    """Return rows of words that are forms of one, ascending, of the most letters."""
    stems = {
        (row, column): stem
        for row, one in enumerate(left)
        for column, other in enumerate(right)
        if (stem := shared_stem(one, other))
    }
    if not stems:
        return []
    best = np.zeros((len(left) + 1, len(right) + 1), np.int64)
    for row in range(len(left)):
        for column in range(len(right)):
            stem = stems.get((row, column))
            size = stem[0].end - stem[0].start if stem else 0
            best[row + 1, column + 1] = max(
                best[row, column + 1], best[row + 1, column], best[row, column] + size
            )
    return _traced(best, stems)


def _traced(
    best: IntArray, stems: dict[Pair, tuple[Span, Span]]
) -> list[tuple[int, int, tuple[Span, Span]]]:
    row, column = best.shape[0] - 1, best.shape[1] - 1
    found = []
    while row and column:
        if best[row, column] == best[row - 1, column]:
            row -= 1
        elif best[row, column] == best[row, column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            found.append((row, column, stems[row, column]))
    return found[::-1]


@lru_cache(maxsize=1 << 12)
def shared_stem(left: str, right: str) -> tuple[Span, Span] | None:
    """Return where the stem stands that two forms of a word share, if they do.

    >>> shared_stem("وقال", "قال"), shared_stem("قال", "زعم")
    ((Span(start=1, end=4), Span(start=0, end=3)), None)
    """
    ours, theirs = _stems(left), _stems(right)
    shared = ours.keys() & theirs.keys()
    if not shared:
        return None
    # Of two of a length, the first by its letters, so that no order of a set decides.
    stem = min(shared, key=lambda letters: (-len(letters), letters))
    return ours[stem], theirs[stem]


@lru_cache(maxsize=1 << 13)
def _stems(word: str) -> dict[str, Span]:
    """Return what may be the stem of a word, each with its place in the word."""
    folded = normalize(word)
    if " " in folded.text:
        return {}
    found: dict[str, Span] = {}
    for prefix in PREFIXES:
        if not folded.text.startswith(prefix):
            continue
        for suffix in SUFFIXES:
            stop = len(folded.text) - len(suffix)
            if stop - len(prefix) < SHORTEST_STEM or not folded.text.endswith(suffix):
                continue
            found.setdefault(
                folded.text[len(prefix) : stop],
                folded.original_span(len(prefix), stop),
            )
    return found


def _borders(
    blocks: Sequence[Block], left: Side, right: Side
) -> Iterator[tuple[int, int]]:
    """Yield where rows begin, as words of both sides: where paragraphs begin together.

    What has moved stands elsewhere on the other side and is no border.
    """
    lefts, rights = _paragraph_begins(left), _paragraph_begins(right)
    yield 0, 0
    reached = 0, 0
    for block in blocks:
        if block.kind == "moved" or not block.left_words or not block.right_words:
            continue
        even = block.left_words == block.right_words
        for step in range(block.left_words if even else 1):
            here = block.left + step, block.right + step
            begins = here[0] in lefts and here[1] in rights
            if begins and here[0] > reached[0] and here[1] > reached[1]:
                yield here
                reached = here
    yield len(left.start), len(right.start)


def _paragraph_begins(side: Side) -> set[int]:
    """Return the words that come first in their paragraph, but the first of all."""
    if "\n" not in side.text:
        return set()
    return {
        word
        for word in range(1, len(side.start))
        if "\n" in side.text[side.end[word - 1] : side.start[word]]
    }


def _pieces(side: Side, first: int, stop: int) -> list[Piece]:
    """Return some words of a side, with what stands between them and around them."""
    text = side.text
    reached = _row_begin(side, first) if first else 0
    row_end = _row_begin(side, stop) if stop < len(side.start) else len(text)
    marks: list[tuple[Span, Kind, Span | None]] = [
        (side.signs[word], "signs", None)
        for word in range(first, stop + (stop == len(side.start)))
        if word in side.signs
    ]
    for kind, group in groupby(range(first, stop), key=side.kinds.__getitem__):
        words = [*group]
        alone = kind in ("inside", "spelling")
        for run in [[word] for word in words] if alone else [words]:
            span = Span(side.start[run[0]], side.end[run[-1]])
            if kind != "same":
                marks.append((span, kind, side.stems.get(run[0])))
    pieces: list[Piece] = []
    for (start, end), kind, stem in sorted(marks, key=lambda mark: mark[0]):
        if start > reached:
            pieces.append(Piece("same", text[reached:start]))
        if end > start:
            inner = Span(stem.start - start, stem.end - start) if stem else None
            pieces.append(Piece(kind, text[start:end], inner))
        reached = max(reached, end)
    if row_end > reached:
        pieces.append(Piece("same", text[reached:row_end]))
    return pieces


def _row_begin(side: Side, word: int) -> int:
    """Return where the row of a word begins: after the line break before it."""
    return side.text.rfind("\n", 0, side.start[word]) + 1
