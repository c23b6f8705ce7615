"""Shared shingles and bands make candidate pairs, floods do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import loader
from dedupe.candidates import (
    COMMON,
    MOST_COUNTED,
    Packing,
    seeds,
    shingle_keys,
)
from dedupe.corpus import NOWHERE, Elsewhere
from dedupe.readers import ReadOptions, from_texts
from dedupe.settings import Settings
from dedupe.shingles import shingles


@given(st.integers(1, 40), st.data())
def test_a_key_gives_back_its_position_and_the_top_of_its_hash(
    bits: int, data: st.DataObject
) -> None:
    packing = Packing(bits)
    hashes = data.draw(st.lists(st.integers(0, 2**64 - 1), max_size=10))
    positions = [data.draw(st.integers(0, 2**bits - 1)) for _ in hashes]
    keys = packing.pack(np.array(hashes, np.uint64), np.array(positions, np.int64))
    assert packing.position(keys).tolist() == positions
    assert packing.high(keys).tolist() == [value >> bits for value in hashes]


def test_only_shingles_within_a_document_and_no_skipped_paragraph_give_keys() -> None:
    texts = {
        "a": "قال وزير الخارجية اليوم\n\nإن الوفد وصل أمس",
        "b": "أعلن الوزير",
        "c": "وصل الوفد أمس",
    }
    corpus, _ = loader.read(from_texts(texts), ReadOptions(), Settings(), 1)
    packing = Packing.of(corpus)
    skipped = np.array([False, True, False, False])
    keys = shingle_keys(corpus, packing, 0, 3, skipped)
    assert sorted(packing.position(keys).tolist()) == [0, 1, 2, 3, 12]
    assert keys.tolist() == sorted(keys.tolist())


@pytest.mark.parametrize(
    ("places", "count"), [(0, 1), (COMMON - 2, 1), (COMMON - 1, 0)]
)
def test_a_shingle_that_is_common_elsewhere_is_no_seed(places: int, count: int) -> None:
    texts = {"a": "قال وزير الخارجية اليوم", "b": "أعلن وزير الخارجية اليوم أمس"}
    options, settings = ReadOptions(), Settings()
    corpus, _ = loader.read(from_texts(texts), options, settings, 1)
    shared = (shingles(corpus.word, 3)[1:2] >> np.uint64(32)).astype(np.uint32)
    elsewhere = Elsewhere(shared, np.array([places]), places) if places else NOWHERE
    corpus = replace(corpus, elsewhere=elsewhere)
    packing = Packing.of(corpus)
    keys = shingle_keys(corpus, packing, 0, 2, np.zeros(2, np.bool_))
    frequency = np.zeros(corpus.positions, np.uint8)
    assert seeds(corpus, packing, [keys], frequency).size == count
    # What stands in a few places is not told apart.
    assert frequency[1] & MOST_COUNTED == (2 + places if places else 0)
