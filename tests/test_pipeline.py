"""What a scan finds is what the oracle finds, and each thing it reports is so."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings

import dedupe
from corpora import small_corpora
from dedupe.model import Match
from oracle import (
    Key,
    Paragraph,
    containment,
    covered_words,
    exact_groups,
    exemplars,
    jaccard,
    lsh_pairs,
    near_duplicates,
    paragraphs,
    words_in_order,
    words_of,
)

Texts = Mapping[str, str]
MIN_WORDS = 8
# Enough to find a fault over some days, few enough to run them all in seconds.
examples = settings(max_examples=30)


def keys(match: Match) -> frozenset[Key]:
    return frozenset(
        (side.document, side.paragraph) for side in (match.left, match.right)
    )


def found_pairs(texts: Texts) -> set[frozenset[Key]]:
    """The pairs of a scan, each side in the name of its exemplar."""
    first = exemplars(paragraphs(texts))
    return {
        frozenset(first[key] for key in keys(match))
        for match in dedupe.scan(texts).matches
    }


def long_enough(items: list[Paragraph]) -> list[Paragraph]:
    return [item for item in items if len(item.words) >= MIN_WORDS]


@examples
@given(small_corpora)
def test_every_pair_at_the_threshold_of_jaccard_is_found(texts: Texts) -> None:
    items = paragraphs(texts)
    first = exemplars(items)
    expected = near_duplicates(long_enough(items), 0.5)
    found = found_pairs(texts)
    for one, other in expected:
        assert frozenset({first[one.key], first[other.key]}) in found


@examples
@given(small_corpora)
def test_all_that_datasketch_finds_is_found(texts: Texts) -> None:
    items = paragraphs(texts)
    first = exemplars(items)
    found = found_pairs(texts)
    for one, other in lsh_pairs(long_enough(items), 0.5):
        assert frozenset({first[one.key], first[other.key]}) in found


@examples
@given(small_corpora)
def test_equal_paragraphs_are_given_as_edges_to_the_first_of_them(texts: Texts) -> None:
    edges = [
        keys(match)
        for match in dedupe.scan(texts).matches
        if match.relation in {"identical", "orthographic"}
    ]
    expected = [
        frozenset({group[0].key, copy.key})
        for group in exact_groups(paragraphs(texts))
        for copy in group[1:]
    ]
    assert sorted(map(sorted, edges)) == sorted(map(sorted, expected))


@examples
@given(small_corpora)
def test_a_pair_is_given_once(texts: Texts) -> None:
    found = [keys(match) for match in dedupe.scan(texts).matches]
    assert len(found) == len(set(found))


@examples
@given(small_corpora)
def test_jaccard_and_containment_are_exact(texts: Texts) -> None:
    by_key = {item.key: item for item in paragraphs(texts)}
    for match in dedupe.scan(texts).matches:
        one, other = (
            by_key[side.document, side.paragraph] for side in (match.left, match.right)
        )
        if one.solid == other.solid:
            assert (match.jaccard, match.containment) == (1.0, 1.0)
        else:
            assert match.jaccard == round(jaccard(one, other), 4)
            assert match.containment == round(containment(one, other), 4)


@examples
@given(small_corpora)
def test_what_is_no_copy_shares_too_little_to_be_one(texts: Texts) -> None:
    by_key = {item.key: item for item in paragraphs(texts)}
    for match in dedupe.scan(texts).matches:
        one, other = (
            by_key[side.document, side.paragraph] for side in (match.left, match.right)
        )
        if one.solid == other.solid:
            continue
        enough = words_in_order(one.words, other.words) >= 6
        assert enough or containment(one, other) >= 0.15


@examples
@given(small_corpora)
def test_the_words_of_a_match_are_equal_words(texts: Texts) -> None:
    by_key = {item.key: item for item in paragraphs(texts)}
    for match in dedupe.scan(texts).matches:
        one, other = (
            by_key[side.document, side.paragraph] for side in (match.left, match.right)
        )
        if one.solid != other.solid and one is not other:
            assert match.words <= covered_words(one.words, other.words)
            assert match.words <= covered_words(other.words, one.words)


@examples
@given(small_corpora)
def test_the_spans_of_a_match_show_the_matched_words(texts: Texts) -> None:
    for match in dedupe.scan(texts).matches:
        one, other = (
            words_of(texts[side.document][side.start : side.end])
            for side in (match.left, match.right)
        )
        if match.relation in {"identical", "orthographic"}:
            assert "".join(one) == "".join(other)
        else:
            assert len(one) >= match.words <= len(other)
            for words, whole in ((one, other), (other, one)):
                text = f" {' '.join(whole)} "
                assert f" {' '.join(words[:3])} " in text
                assert f" {' '.join(words[-3:])} " in text
