"""Documents become columns of words and paragraphs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from corpora import small_corpora
from dedupe import loader
from dedupe.corpus import PADDING, Corpus, exemplars
from dedupe.loader import Batches
from dedupe.readers import ReadOptions, find_sources, from_texts
from dedupe.settings import Settings
from oracle import paragraphs, word_spans

Texts = Mapping[str, str]


def load(texts: Texts, batch_bytes: int = 1 << 19) -> tuple[Corpus, Batches]:
    options = ReadOptions(batch_bytes=batch_bytes)
    corpus, batches = loader.read(from_texts(texts), options, Settings(), 1)
    return corpus, batches


sizes = pytest.mark.parametrize("batch_bytes", [1, 1 << 20])
few = settings(max_examples=40)


@sizes
@few
@given(small_corpora)
def test_words_are_equal_when_they_fold_alike(batch_bytes: int, texts: Texts) -> None:
    corpus, _ = load(texts, batch_bytes)
    by_word: dict[str, set[int]] = {}
    for row, item in enumerate(paragraphs(texts)):
        begin = int(corpus.paragraphs.first_word[row])
        column = corpus.word[begin : begin + len(item.words)].tolist()
        assert corpus.paragraphs.words[row] == len(item.words)
        for word, value in zip(item.words, column, strict=True):
            by_word.setdefault(word, set()).add(value)
    values = [value for found in by_word.values() for value in found]
    assert len(values) == len(set(values)) == len(by_word)


@sizes
@few
@given(small_corpora)
def test_a_position_leads_back_to_the_word_in_the_text(
    batch_bytes: int, texts: Texts
) -> None:
    corpus, batches = load(texts, batch_bytes)
    for row, item in enumerate(paragraphs(texts)):
        begin = int(corpus.paragraphs.first_word[row])
        positions = np.arange(begin, begin + len(item.words))[::-1]
        spans = [
            (start - item.start, end - item.start)
            for start, end in zip(
                batches.starts(positions).tolist(),
                batches.ends(positions).tolist(),
                strict=True,
            )
        ]
        assert spans[::-1] == word_spans(item.text)
        assert (corpus.word_paragraph.take(positions) == row).all()


@sizes
@few
@given(small_corpora)
def test_paragraphs_are_lines_with_words(batch_bytes: int, texts: Texts) -> None:
    corpus, batches = load(texts, batch_bytes)
    columns = corpus.paragraphs
    items = paragraphs(texts)
    assert [batches.names[row] for row in columns.document] == [
        item.document for item in items
    ]
    assert columns.line.tolist() == [item.line for item in items]
    for row, item in enumerate(items):
        text = texts[item.document][columns.start[row] : columns.end[row]]
        assert text == item.text.strip()
    first = corpus.first_paragraph.tolist()
    assert first[0] == 0
    assert first[-1] == len(columns) == len(items)


@sizes
@few
@given(small_corpora)
def test_the_exemplar_is_the_first_with_the_same_letters(
    batch_bytes: int, texts: Texts
) -> None:
    corpus, _ = load(texts, batch_bytes)
    solids = [item.solid for item in paragraphs(texts)]
    assert corpus.exemplar.tolist() == [solids.index(solid) for solid in solids]


@few
@given(small_corpora)
def test_no_run_of_equal_words_goes_on_past_a_document(texts: Texts) -> None:
    twice = {**texts, **{f"copy of {name}": text for name, text in texts.items()}}
    corpus, _ = load(twice)
    closing = corpus.first_position[1:] - 1
    ends = [*corpus.word[closing].tolist(), *corpus.word[-PADDING:].tolist()]
    assert len(ends) == len(set(ends)) == len(twice) + PADDING


@pytest.mark.parametrize("last", ["قالوا", "ق" * 300])
@pytest.mark.parametrize("words", [16_382, 16_383, 20_000])
def test_words_far_into_a_document_keep_their_places(words: int, last: str) -> None:
    # Sixteen bits are enough for the place at which a word begins, eight for its size:
    # here for both, for the one alone, for neither; and the sum of them needs more.
    _, batches = load({"a": "قال " * words + last})
    position = np.array([words])
    assert batches.starts(position).tolist() == [4 * words]
    assert batches.ends(position).tolist() == [4 * words + len(last)]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("gone", ["123", "1", "3"])
def test_what_is_read_has_the_name_of_its_file(
    tmp_path: Path, gone: str, jobs: int
) -> None:
    for name in "123":
        (tmp_path / f"{name}.txt").write_text(f"قال {name}")
    (tmp_path / "4.jsonl").write_text('{"id": "one", "text": "قال"}\n')
    found = find_sources([tmp_path])
    for name in gone:
        (tmp_path / f"{name}.txt").unlink()
    options = ReadOptions(batch_bytes=6000)  # three files, and then one
    _, batches = loader.read(found, options, Settings(), jobs)
    left = [str(tmp_path / f"{name}.txt") for name in "123" if name not in gone]
    assert batches.names == [*left, "one"]
    assert len(batches.columns) == 2


def test_no_document_makes_an_empty_corpus() -> None:
    corpus, batches = load({})
    assert corpus.positions == 0
    assert len(corpus.paragraphs) == 0
    assert loader.slices(batches) == [(0, 0)]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    "words", [[], [7], [1] * 9 + [500], [500] + [1] * 9, [0] * 9 + [30], [40] * 10]
)
def test_words_stand_in_a_row_however_uneven_batches_are(
    tmp_path: Path, words: list[int], jobs: int
) -> None:
    for number, size in enumerate(words):
        text = " ".join(f"{number}{word}" for word in range(size))
        (tmp_path / f"{number:02}.txt").write_text(text)
    found = find_sources([tmp_path])
    at_once, _ = loader.read(found, ReadOptions(), Settings(), 1)
    corpus, batches = loader.read(found, ReadOptions(batch_bytes=1), Settings(), jobs)
    assert len(batches.columns) == len(words)
    assert corpus.word.size == corpus.positions + PADDING
    assert corpus.word.tolist() == at_once.word.tolist()


@pytest.mark.parametrize("slice_words", [1, 20, 10_000])
def test_slices_are_runs_of_all_batches(
    monkeypatch: pytest.MonkeyPatch, slice_words: int
) -> None:
    texts = {str(number): "قال " * number for number in range(1, 30)}
    _, batches = load(texts, batch_bytes=1)
    monkeypatch.setattr(loader, "SLICE_WORDS", slice_words)
    found = loader.slices(batches)
    batch = [number for first, stop in found for number in range(first, stop)]
    assert batch == list(range(len(batches.columns)))
    assert all(first < stop for first, stop in found)


@pytest.mark.parametrize("jobs", [1, 2])
def test_texts_are_kept_as_they_were_read(tmp_path: Path, jobs: int) -> None:
    texts = {"1.txt": "قال", "2.txt": "قالت ۱\r\n\r\n", "3.txt": "", "4.txt": "🙂 نص"}
    for name, text in texts.items():
        (tmp_path / name).write_bytes(text.encode())
    options = ReadOptions(batch_bytes=8)
    found = find_sources([tmp_path], options)
    _, batches = loader.read(found, options, Settings(), jobs)
    assert batches.names == [str(tmp_path / name) for name in texts]
    assert len(batches.columns) > 1
    assert list(map(batches.texts.read, range(4))) == [*texts.values()]


@pytest.mark.parametrize("what", ["gone", "shorter"])
def test_a_file_that_changes_during_a_scan_is_shown_as_it_was_read(
    tmp_path: Path, what: str
) -> None:
    text = "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات"
    files = [tmp_path / name for name in ("1.txt", "2.txt")]
    for file in files:
        file.write_text(text, encoding="utf-8")

    def change(stage: str, _share: float) -> None:
        if stage == "reporting" and files[1].exists():
            if what == "gone":
                files[1].unlink()
            else:
                files[1].write_text("قال", encoding="utf-8")

    result = dedupe.scan([tmp_path], progress=change)
    assert result.errors == ()
    [finding] = result.findings
    assert [place.excerpt for place in finding.occurrences] == [text, text]


def test_documents_of_one_id_are_told_apart_by_their_files(tmp_path: Path) -> None:
    for file, ids in (("a.jsonl", "12"), ("b.jsonl", "131")):
        lines = [f'{{"id": "{id_}", "text": "نص {file} {id_}"}}\n' for id_ in ids]
        (tmp_path / file).write_text("".join(lines), encoding="utf-8")
    result = dedupe.scan(tmp_path)
    assert [
        document.document.replace(f"{tmp_path}/", "") for document in result.documents
    ] == [
        "a.jsonl#1",
        "2",
        "b.jsonl#1",
        "3",
        "b.jsonl#1 (2)",
    ]


@given(st.lists(st.sampled_from([0, 1, 2, 1 << 63, (1 << 63) + 1]), max_size=12))
def test_the_exemplar_is_the_first_with_the_same_hash(hashes: list[int]) -> None:
    found = exemplars(np.array(hashes, np.uint64))
    assert found.tolist() == [hashes.index(value) for value in hashes]
