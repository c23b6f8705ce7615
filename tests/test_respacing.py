"""A copy without its spaces hides no copy of the others."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from corpora import WORDS
from dedupe import loader
from dedupe.normalizer import normalize
from dedupe.readers import ReadOptions, from_texts
from dedupe.settings import Settings

few = settings(max_examples=40)

TEXT = (
    "وقالت وزارة الصحة في بيان لها إن عدد المصابين ارتفع إلى مئتين وخمسين شخصا في "
    "محافظات الجنوب بعد انتشار المرض بين السكان خلال الأسبوع الماضي وأضافت أن فرقا "
    "طبية وصلت إلى المنطقة لتقديم العلاج وأن الشيخ عبد الله البريء من ذلك شكرها"
)
EDITED = TEXT.replace("مئتين", "ثلاثمئة").replace("السكان", "الأهالي")
REPORT = (
    "ونقلت الصحف المحلية عن مسؤولين هناك «في محافظات الجنوب بعد انتشار المرض بين "
    "السكان خلال الأسبوع الماضي» ولم تذكر أسماءهم ولا مناصبهم في ما نشرته صباح أمس"
)


def broken(text: str) -> str:
    return " ".join(f"{word[:3]} {word[3:]}" for word in text.split())


def half_lost(text: str) -> str:
    words = [*text.split(), ""]
    return " ".join(map("".join, zip(words[::2], words[1::2], strict=False)))


def without_spaces(text: str) -> str:
    return text.replace(" ", "")


@pytest.mark.parametrize("tear", [broken, half_lost, without_spaces])
@pytest.mark.parametrize("name", ["0 first", "z last"])
def test_what_copies_a_well_spaced_text_is_found_beside_a_torn_one(
    tear: Callable[[str], str], name: str
) -> None:
    texts = {name: tear(TEXT), "1": TEXT, "2": EDITED, "3": REPORT}
    result = dedupe.scan(dict(sorted(texts.items())))
    model = min(name, "1")
    assert {
        (match.left.document, match.right.document): match.relation
        for match in result.matches
    } == {
        (model, max(name, "1")): "orthographic",
        (model, "2"): "edited",
        (model, "3"): "overlap",
        ("2", "3"): "overlap",
    }


def test_a_torn_text_is_counted_in_words_and_matches_are_shown_in_it() -> None:
    torn = f"سطر أول\n{without_spaces(TEXT)}\nسطر أخير هنا"
    result = dedupe.scan({"a": torn, "b": EDITED, "c": TEXT, "d": REPORT})
    assert [
        torn[match.left.start : match.left.end]
        for match in result.matches
        if (match.left.document, match.right.document) == ("a", "d")
    ] == ["فيمحافظاتالجنوببعدانتشارالمرضبينالسكانخلالالأسبوعالماضي"]
    words = {document.document: document.words for document in result.documents}
    assert words["a"] == words["c"] + 5


@pytest.mark.parametrize(
    "given", [Settings(fold="light"), Settings(ignore_numbers=True)]
)
def test_other_ways_of_folding_lead_to_it_as_well(given: Settings) -> None:
    texts = {"a": without_spaces(TEXT), "b": TEXT, "c": EDITED}
    relations = {match.relation for match in dedupe.scan(texts, given).matches}
    assert relations == {"orthographic", "edited"}


def test_nothing_is_cut_anew_for_a_space_that_was_forgotten() -> None:
    texts = [("a", TEXT.replace("عدد المصابين", "عددالمصابين")), ("b", TEXT)]
    corpus, _ = loader.read(from_texts(texts), ReadOptions(), Settings(), 1)
    first, second = corpus.paragraphs.words.tolist()
    assert first == second - 1


@few
@given(st.integers(0, 9999), st.sampled_from([1, 1 << 20]))
def test_each_word_stands_where_its_letters_do(seed: int, batch_bytes: int) -> None:
    random = Random(seed)
    stock = [*WORDS, "شيء", "عبد الله", "و", "الذي", "١٢", "ءاخر"]
    lines = [" ".join(random.choices(stock, k=count)) for count in range(3, 30, 4)]
    ways: list[Callable[[str], str]] = [str, broken, half_lost, without_spaces]
    texts = {
        str(name): "\n".join(
            random.choice(ways)(line) + random.choice([" .", "", " 7"])
            for line in random.sample(lines, 4)
        )
        for name in range(4)
    }
    options = ReadOptions(batch_bytes=batch_bytes)
    corpus, batches = loader.read(from_texts(texts), options, Settings(), 1)
    paragraphs = corpus.paragraphs
    letters: dict[int, set[str]] = {}
    end = 0
    for row, count in enumerate(paragraphs.words.tolist()):
        first = int(paragraphs.first_word[row])
        assert first >= end
        end = first + count
        positions = np.arange(first, end)
        assert set(corpus.word_paragraph.take(positions).tolist()) == {row}
        text = texts[batches.names[paragraphs.document[row]]]
        starts = batches.starts(positions).tolist()
        ends = batches.ends(positions).tolist()
        assert starts == sorted(starts)
        assert paragraphs.start[row] <= starts[0]
        assert max(ends) <= paragraphs.end[row]
        for place, start, stop in zip(positions.tolist(), starts, ends, strict=True):
            word = without_spaces(normalize(text[start:stop]).text)
            own = letters.setdefault(int(corpus.word[place]), set())
            own.add(re.sub("ي+(?=ء|$)", "", word))
    joined = corpus.joined.tolist()
    assert joined == sorted(set(joined))
    assert all(len(own) == 1 for own in letters.values())
