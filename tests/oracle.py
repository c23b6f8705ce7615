"""A slow, plain reference path: what must be found in a few paragraphs.

Sets of tuples, datasketch's own classes and a textbook alignment; it shares nothing
with the engine but `dedupe.normalize`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import TypeAlias

from datasketch import MinHash, MinHashLSH

import dedupe
from dedupe.model import Span

SHINGLE_WORDS = 3
NUM_PERM = 128
BANDS = 32

Shingle: TypeAlias = tuple[str, ...]
Key: TypeAlias = tuple[str, int]  # document, index of the line


@dataclass(frozen=True)
class Paragraph:
    document: str
    line: int  # index from 0 in text.split("\n")
    start: int  # of the line, code points in the document
    text: str
    fold: str = "full"

    @property
    def key(self) -> Key:
        return self.document, self.line

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(dedupe.normalize(self.text, fold=self.fold).text.split())

    @cached_property
    def solid(self) -> str:
        """The words without spaces, but for those between two numbers."""
        solid = self.words[0]
        for before, word in pairwise(self.words):
            are_numbers = all(
                one.replace(".", "").isdecimal() for one in (before, word)
            )
            is_grouped = before.isdecimal() and len(before) <= 3 and len(word) == 3
            apart = are_numbers and not (is_grouped and word.isdecimal())
            solid += f" {word}" if apart else word
        # What the end of a word loses cannot stay where spaces are left out: شيء.
        return re.sub("ي+(?=ء)", "", solid)

    @cached_property
    def shingles(self) -> frozenset[Shingle]:
        runs = range(len(self.words) - SHINGLE_WORDS + 1)
        return frozenset(self.words[at : at + SHINGLE_WORDS] for at in runs)


def paragraphs(texts: Mapping[str, str], fold: str = "full") -> list[Paragraph]:
    """The lines that hold a word, in order."""
    return [
        paragraph
        for document, text in texts.items()
        for paragraph in _lines(document, text, fold)
        if paragraph.words
    ]


def _lines(document: str, text: str, fold: str) -> Iterator[Paragraph]:
    start = 0
    for line, content in enumerate(text.split("\n")):
        yield Paragraph(document, line, start, content, fold)
        start += len(content) + 1


def words_of(text: str, fold: str = "full") -> list[str]:
    return dedupe.normalize(text, fold=fold).text.split()


def word_spans(text: str) -> list[Span]:
    """Where each folded word stands in one paragraph."""
    normalized = dedupe.normalize(text)
    spans = []
    at = 0
    for word in normalized.text.split():
        spans.append(normalized.original_span(at, at + len(word)))
        at += len(word) + 1
    return spans


def jaccard(one: Paragraph, other: Paragraph) -> float:
    union = len(one.shingles | other.shingles)
    return len(one.shingles & other.shingles) / union if union else 0.0


def containment(one: Paragraph, other: Paragraph) -> float:
    smaller = min(len(one.shingles), len(other.shingles))
    return len(one.shingles & other.shingles) / smaller if smaller else 0.0


def exact_groups(items: list[Paragraph]) -> list[list[Paragraph]]:
    """Paragraphs that are equal when folded, spaces left out; two or more each."""
    groups: dict[str, list[Paragraph]] = {}
    for paragraph in items:
        groups.setdefault(paragraph.solid, []).append(paragraph)
    return [group for group in groups.values() if len(group) > 1]


def exemplars(items: list[Paragraph]) -> dict[Key, Key]:
    """The first paragraph that is equal to each."""
    first: dict[str, Key] = {}
    return {
        paragraph.key: first.setdefault(paragraph.solid, paragraph.key)
        for paragraph in items
    }


def near_duplicates(
    items: list[Paragraph], threshold: float
) -> set[tuple[Paragraph, Paragraph]]:
    """All pairs whose sets of shingles are alike, each compared with each."""
    return {
        (one, other)
        for one, other in combinations(items, 2)
        if jaccard(one, other) >= threshold and one.solid != other.solid
    }


def minhash(paragraph: Paragraph, seed: int = 1) -> MinHash:
    sketch = MinHash(NUM_PERM, seed=seed, scheme="affine32")
    for shingle in paragraph.shingles:
        sketch.update(" ".join(shingle).encode())
    return sketch


def lsh_pairs(
    items: list[Paragraph], threshold: float
) -> set[tuple[Paragraph, Paragraph]]:
    """What a script with datasketch finds, candidates checked against the sets."""
    index = MinHashLSH(num_perm=NUM_PERM, params=(BANDS, NUM_PERM // BANDS))
    for number, paragraph in enumerate(items):
        index.insert(number, minhash(paragraph))
    return {
        (one, other)
        for number, one in enumerate(items)
        for near in [set(index.query(minhash(one)))]
        for after, other in enumerate(items[number + 1 :], number + 1)
        if after in near and one.solid != other.solid
        if jaccard(one, other) >= threshold
    }


def common_runs(
    one: tuple[str, ...], other: tuple[str, ...], least: int = SHINGLE_WORDS
) -> list[tuple[int, int, int]]:
    """All maximal runs of equal words, as (place in one, place in other, words)."""
    length = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    runs = []
    for row, word in enumerate(one):
        for column, another in enumerate(other):
            if word == another:
                length[row + 1][column + 1] = length[row][column] + 1
    for row in range(1, len(one) + 1):
        for column in range(1, len(other) + 1):
            size = length[row][column]
            ends = (row, column) in ((len(one), column), (row, len(other)))
            goes_on = not ends and length[row + 1][column + 1] > size
            if size >= least and not goes_on:
                runs.append((row - size, column - size, size))
    return runs


def longest_run(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    return max((size for _, _, size in common_runs(one, other, 1)), default=0)


def words_in_order(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """The length of the longest common subsequence (Wagner and Fischer, 1974)."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = row
        row = [0]
        for column, another in enumerate(other):
            row.append(
                before[column] + 1
                if word == another
                else max(before[column + 1], row[column])
            )
    return row[-1]


def covered_words(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many words of one stand in a run of three that the other holds."""
    covered = {
        at
        for start, _, size in common_runs(one, other)
        for at in range(start, start + size)
    }
    return len(covered)
