"""Seeds grow into all maximal runs of equal words that can matter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from corpora import small_corpora
from dedupe import aligner, candidates, loader
from dedupe.aligner import Runs, stretches
from dedupe.candidates import Packing
from dedupe.corpus import Corpus, Ranks, group_begins, sorting_by
from dedupe.readers import ReadOptions, from_texts
from dedupe.settings import Settings
from oracle import common_runs

few = settings(max_examples=60)


def corpus_of(texts: Mapping[str, str]) -> Corpus:
    return loader.read(from_texts(texts), ReadOptions(), Settings(), 1)[0]


def runs_of(corpus: Corpus) -> Runs:
    packing = Packing.of(corpus)
    frequency = np.zeros(corpus.positions, np.uint8)
    skipped = np.zeros(len(corpus.paragraphs), np.bool_)
    documents = corpus.first_position.size - 1
    keys = candidates.shingle_keys(corpus, packing, 0, documents, skipped)
    return aligner.grow(
        corpus, packing, candidates.seeds(corpus, packing, [keys], frequency)
    )


def triples(runs: Runs) -> list[tuple[int, int, int]]:
    columns = (runs.left.tolist(), runs.right.tolist(), runs.length.tolist())
    return list(zip(*columns, strict=True))


@few
@given(small_corpora)
def test_every_run_is_one_of_equal_words_and_cannot_be_longer(
    texts: Mapping[str, str],
) -> None:
    corpus = corpus_of(texts)
    word = corpus.word.tolist()
    for left, right, length in triples(runs_of(corpus)):
        assert left < right
        assert word[left : left + length] == word[right : right + length]
        assert word[left + length] != word[right + length]
        assert left == 0 or word[left - 1] != word[right - 1]


@few
@given(small_corpora)
def test_all_runs_of_six_words_between_two_documents_are_found(
    texts: Mapping[str, str],
) -> None:
    corpus = corpus_of(texts)
    found = set(triples(runs_of(corpus)))
    borders = corpus.first_position.tolist()
    word = corpus.word.tolist()
    for one, start in enumerate(borders[:-1]):
        for begin, end in zip(borders[one + 1 : -1], borders[one + 2 :], strict=True):
            left = tuple(word[start : borders[one + 1]])
            right = tuple(word[begin:end])
            for run in common_runs(left, right, 6):
                assert (start + run[0], begin + run[1], run[2]) in found


@few
@given(small_corpora)
def test_runs_that_are_cut_lie_in_one_paragraph_on_each_side(
    texts: Mapping[str, str],
) -> None:
    corpus = corpus_of(texts)
    runs = runs_of(corpus)
    pieces, *sides = aligner.cut_at_paragraphs(corpus, runs)
    paragraph = corpus.word_paragraph.take(np.arange(corpus.positions)).tolist()
    for begins, told in zip((pieces.left, pieces.right), sides, strict=True):
        for begin, length, row in zip(begins, pieces.length, told, strict=True):
            assert set(paragraph[begin : begin + length]) <= {row}
    words = sorted(
        (left + at, right + at)
        for left, right, length in triples(runs)
        for at in range(length)
    )
    assert words == sorted(
        (left + at, right + at)
        for left, right, length in triples(pieces)
        for at in range(length)
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(1, 9)),
        max_size=15,
    ).map(sorted)
)
def test_words_that_an_earlier_run_holds_are_not_counted_again(
    rows: list[tuple[int, int, int]],
) -> None:
    pair, begin, length = (
        np.array([row[column] for row in rows], np.int64) for column in range(3)
    )
    counted = stretches.fresh_words(pair, begin, begin + length)
    expected = {
        (owner, at) for owner, start, size in rows for at in range(start, start + size)
    }
    assert int(counted.sum()) == len(expected)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([0, 7, 2**32 - 1])), max_size=30
    )
)
def test_an_order_by_columns_is_stable(rows: list[tuple[int, int]]) -> None:
    first, second = (
        np.array([row[column] for row in rows], np.int64) for column in range(2)
    )
    order = sorting_by(first, second).tolist()
    assert order == np.lexsort((second, first)).tolist()


@given(st.lists(st.integers(0, 9), max_size=30).map(sorted))
def test_groups_begin_where_a_sorted_column_changes(values: list[int]) -> None:
    begins = group_begins(np.array(values, np.int64)).tolist()
    assert begins == [values.index(value) for value in sorted(set(values))]


@given(st.lists(st.integers(1, 100), max_size=30), st.integers(0, 70))
def test_each_word_is_in_the_last_paragraph_that_began(
    sizes: list[int], before: int
) -> None:
    borders = before + np.cumsum([0, *sizes])
    found = Ranks.of(borders[1:-1], int(borders[-1]))
    rows = found.take(np.arange(before, borders[-1])).tolist()
    assert rows == np.repeat(np.arange(len(sizes)), sizes).tolist()


def test_a_pair_whose_runs_all_lie_over_one_another_keeps_the_longest() -> None:
    sides = (
        "هبههبببههبههبههبهههبببهببببببهببههبببهببب",
        "ببههبببههبههبههبهههببببهببببببهببههبببهبببب",
    )
    text = "\n".join(" ".join(letter * 3 for letter in side) for side in sides)
    matches = dedupe.scan({"a": text}).matches
    assert any(
        match.left.paragraph != match.right.paragraph and match.words >= 10
        for match in matches
    )
