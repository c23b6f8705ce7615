"""Shingle sets are compared exactly."""

from __future__ import annotations

from itertools import combinations_with_replacement
from random import Random

import numpy as np
import pytest

from dedupe import loader
from dedupe.candidates import CROWDED
from dedupe.corpus import Corpus
from dedupe.readers import ReadOptions, from_texts
from dedupe.settings import Settings
from dedupe.similarity import CROWDED_SHARE, crowded_paragraphs, similarity

WORDS = ["باب", "تاج", "ثوب", "جار", "حبر", "خبز", "دار", "رمل", "زيت", "سور"]
SHORT = [3, 4, 5, 8, 13, 21, 34, 55]


def corpus_of(lengths: list[int], seed: int) -> Corpus:
    """Return paragraphs of so many words, which share many shingles by chance."""
    random = Random(seed)
    texts = {
        str(number): " ".join(random.choices(WORDS, k=length))
        for number, length in enumerate(lengths)
    }
    return loader.read(from_texts(texts), ReadOptions(), Settings(), 1)[0]


def shingle_set(corpus: Corpus, row: int) -> set[tuple[int, ...]]:
    first = int(corpus.paragraphs.first_word[row])
    words = corpus.word[first : first + int(corpus.paragraphs.words[row])].tolist()
    return set(zip(words, words[1:], words[2:], strict=False))


@pytest.mark.parametrize(
    "lengths",
    [SHORT, [900, 900], [*SHORT * 4, 900, 1500], [1, 2, 8, 1, 5, 2, 1], [1, 1], [2]],
)
@pytest.mark.parametrize("seed", range(3))
def test_jaccard_and_containment_are_those_of_the_sets(
    lengths: list[int], seed: int
) -> None:
    corpus = corpus_of(lengths, seed)
    pairs = list(combinations_with_replacement(range(len(lengths)), 2))
    jaccard, containment = similarity(corpus, *np.array(pairs).T)
    sets = [shingle_set(corpus, row) for row in range(len(lengths))]
    for (left, right), share, held in zip(pairs, jaccard, containment, strict=True):
        one, other = sets[left], sets[right]
        assert share == len(one & other) / max(len(one | other), 1)
        assert held == len(one & other) / max(min(len(one), len(other)), 1)


def test_it_makes_no_difference_how_many_shingles_are_looked_up_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lengths = [*SHORT * 4, 900, 1500]
    corpus = corpus_of(lengths, 7)
    pairs = np.array(list(combinations_with_replacement(range(len(lengths)), 2))).T
    together = similarity(corpus, *pairs)
    monkeypatch.setattr("dedupe.similarity.MOST_LOOKED_UP", 100)
    for one, other in zip(similarity(corpus, *pairs), together, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("seed", range(3))
def test_paragraphs_of_many_crowded_shingles_are_told(seed: int) -> None:
    lengths = [8, 9, 64, 2, 66, 67, 130, 8, 200, 500] * 4
    corpus = corpus_of(lengths, seed)
    random = Random(seed)
    rows = [row for row, words in enumerate(lengths) if words >= Settings().min_words]
    first = corpus.paragraphs.first_word.tolist()
    frequency = np.zeros(corpus.positions, np.uint8)
    for start, words in zip(first, lengths, strict=True):
        share = random.choice([0.2, 0.35, 0.5])
        for position in range(start, start + words):
            frequency[position] = CROWDED * (random.random() < share)
    least = CROWDED_SHARE * Settings().jaccard
    for begin, stop in [(0, len(lengths)), (3, 27), (3, 4)]:
        told = crowded_paragraphs(corpus, begin, stop, frequency, Settings())
        assert told.tolist() == [
            row
            for row in rows
            if begin <= row < stop
            and frequency[first[row] :][: lengths[row] - 2].astype(bool).mean() >= least
        ]


def test_no_pairs_are_compared_at_once() -> None:
    none = np.empty(0, np.int64)
    jaccard, containment = similarity(corpus_of(SHORT, 0), none, none)
    assert not jaccard.size
    assert not containment.size
