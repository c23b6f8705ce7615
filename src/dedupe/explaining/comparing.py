"""Measure what two texts have in common, and align them word by word."""

from __future__ import annotations

import numpy as np

from dedupe import spelling, word_alignment
from dedupe.corpus import UInt64Array, are_among, distinct
from dedupe.explaining.explanation import Difference, Excerpt, Level, Shared, Stretch
from dedupe.explaining.folded_words import BothTexts, FoldedWords
from dedupe.model import Span
from dedupe.paragraphs import read_columns
from dedupe.shingles import SHINGLE_WORDS, shingles, upper_halves


def level_of(left: Excerpt, right: Excerpt) -> Level | None:
    """Return how much has to be folded before two texts are equal, if that can be."""
    if _written(left) == _written(right):
        return "identical"
    levels: tuple[Level, ...] = ("none", "light", "full")
    for level in levels:
        words, _ = read_columns([left.text, right.text], fold=level)
        one, other = np.split(words.hashes, words.first_word[1:2])
        if one.size and np.array_equal(one, other):
            return level
    _, paragraphs = read_columns([left.text, right.text])
    is_left = paragraphs.document == 0
    one, other = paragraphs.solid[is_left], paragraphs.solid[~is_left]
    return "letters" if one.size and np.array_equal(one, other) else None


def _written(excerpt: Excerpt) -> list[list[str]]:
    """Return the words of each line as they are written."""
    return [line.split() for line in excerpt.text.strip().split("\n")]


def shared_shingles(both: BothTexts) -> Shared:
    """Compare the sets of shingles, none of which runs on into the next paragraph."""

    def own(side: FoldedWords) -> UInt64Array:
        keys = shingles(upper_halves(side.hashes), SHINGLE_WORDS)
        ends = side.paragraph[SHINGLE_WORDS - 1 :]
        return distinct(keys[side.paragraph[: keys.size] == ends])

    one, other = own(both.left), own(both.right)
    shared = int(are_among(one, other).sum())
    return Shared(one.size, other.size, shared)


def aligned(both: BothTexts) -> tuple[list[word_alignment.Block], int]:
    """Align the words; those that are equal after folding part into two kinds."""
    left, right = both.left, both.right
    blocks, not_compared = word_alignment.align(
        left.hashes, right.hashes, left.written, right.written
    )
    parted: list[word_alignment.Block] = []
    for block in blocks:
        if block.kind == "equal":
            parted += word_alignment.part_respelled(block, left.written, right.written)
        else:
            parted.append(block)
    return parted, not_compared


def stretch_of(both: BothTexts, block: word_alignment.Block) -> Stretch:
    """Return aligned words with the places where they stand."""
    left = both.left.span(block.left, block.left_stop) if block.left_words else None
    right = (
        both.right.span(block.right, block.right_stop) if block.right_words else None
    )
    return Stretch(block.kind, left, right, block.left_words, block.right_words)


def differences_of(
    both: BothTexts, blocks: list[word_alignment.Block]
) -> tuple[Difference, ...]:
    """Return each pair of spellings once, in the order in which they come first."""
    found: dict[tuple[str, str], Difference] = {}
    for block in blocks:
        for left, right in _respelled(both, block):
            one = both.left.excerpt.written(left)
            other = both.right.excerpt.written(right)
            if one == other:
                continue
            known = found.get((one, other))
            if known:
                found[one, other] = known._replace(times=known.times + 1)
            else:
                rules = spelling.bridging_rules(one, other)
                found[one, other] = Difference(one, other, rules, 1, left, right)
    return tuple(found.values())


def _respelled(both: BothTexts, block: word_alignment.Block) -> list[tuple[Span, Span]]:
    """Return the spans of words in a block that are one word in two spellings."""
    if block.kind not in ("respelled", "moved"):
        return []
    if block.left_words != block.right_words:  # parted into words in two ways
        return [
            (
                both.left.span(block.left, block.left_stop),
                both.right.span(block.right, block.right_stop),
            )
        ]
    return [
        (
            both.left.span(block.left + row, block.left + row + 1),
            both.right.span(block.right + row, block.right + row + 1),
        )
        for row in range(block.left_words)
    ]
