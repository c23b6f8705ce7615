"""What a scan finds is what the oracle finds, and each thing it reports is so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from itertools import accumulate, permutations
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import dedupe
from corpora import CHANGES, WORDS, Plan, build, small_corpora
from dedupe import loader, stages
from dedupe.errors import SettingsError
from dedupe.model import Match, ScanResult
from dedupe.readers import ReadOptions
from dedupe.settings import Settings
from oracle import (
    Key,
    Paragraph,
    containment,
    exact_groups,
    exemplars,
    jaccard,
    longest_run,
    lsh_pairs,
    near_duplicates,
    paragraphs,
    words_in_order,
    words_of,
)

Texts = Mapping[str, str]
MIN_WORDS = 8
# Enough to find a fault over some days, few enough to run them all in seconds.
examples = settings(max_examples=60)


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


def compared(items: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs that are long enough, one for all that are equal."""
    first = exemplars(items)
    return [
        item
        for item in items
        if len(item.words) >= MIN_WORDS and first[item.key] == item.key
    ]


def are_of_like_size(one: Paragraph, other: Paragraph) -> bool:
    """Whether a pair at .5 shares most words of either; else see the next test."""
    sizes = sorted((len(one.words), len(other.words)))
    return sizes[0] >= 0.8 * sizes[1]


def test_a_paragraph_that_begins_many_others_is_found() -> None:
    start = "بثمن الخشبية وعصرها المدرسة متأخرا قطف سوق زيارة"
    goes_on = [" ".join(WORDS[at : at + 6]) for at in range(0, 36, 6)]
    texts = {"0": start, **{rest: f"{start} {rest}" for rest in goes_on}}
    assert all(
        frozenset({("0", 0), (rest, 0)}) in found_pairs(texts) for rest in goes_on
    )


@examples
@given(small_corpora)
def test_every_pair_at_the_threshold_of_jaccard_is_found(texts: Texts) -> None:
    found = found_pairs(texts)
    for one, other in near_duplicates(compared(paragraphs(texts)), 0.5):
        if are_of_like_size(one, other):
            assert frozenset({one.key, other.key}) in found


@examples
@given(small_corpora)
def test_all_that_datasketch_finds_is_found(texts: Texts) -> None:
    found = found_pairs(texts)
    for one, other in lsh_pairs(compared(paragraphs(texts)), 0.5):
        if are_of_like_size(one, other):
            assert frozenset({one.key, other.key}) in found


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


def test_how_many_pairs_a_task_compares_makes_no_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    random = Random(1)
    two = [random.choices(WORDS, k=30) for _ in range(2)]
    # So many edited copies that not every two of them share a seed: what ties them
    # together is compared later, and what agrees goes on into the next paragraph.
    texts = {}
    for name in "ابتثجحخدذرزسشص":
        copies = [[*words] for words in two]
        for words in copies:
            for place in random.sample(range(4, 26), 3):
                words[place] = f"كلمة{name}{'م' * place}"
        texts[name] = "\n\n".join(map(" ".join, copies))
    together = [*dedupe.scan(texts).matches]
    found = [keys(match) for match in together]
    assert len(found) == len(set(found)) == 2 * 14 * 13 // 2
    monkeypatch.setattr(stages, "PAIRS_AT_ONCE", 1)
    assert [*dedupe.scan(texts).matches] == together


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
        if one.solid != other.solid:
            assert match.words <= sum(word in other.words for word in one.words)
            assert match.words <= min(len(one.words), len(other.words))
            assert match.words >= min(6, longest_run(one.words, other.words))


def test_a_phrase_that_one_side_says_twice_counts_once() -> None:
    phrase, middle = "دفتر غزالة بحيرة", "بثمن الخشبية وعصرها المدرسة متأخرا"
    texts = {
        "1": f"{phrase} {phrase} {middle} عاصفة لؤلؤ مفتاح",
        "2": f"قمر مصباح {middle} مصباح {phrase} قمر مفتاح",
    }
    [match] = dedupe.scan(texts).matches
    assert match.words == len(f"{phrase} {middle}".split())


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
            # Of an edited copy, a word that stands alone may be the first to agree.
            size = 1 if match.relation == "edited" else 3
            for words, whole in ((one, other), (other, one)):
                text = f" {' '.join(whole)} "
                assert f" {' '.join(words[:size])} " in text
                assert f" {' '.join(words[-size:])} " in text


@pytest.mark.parametrize("gaps", [(3, 3, 4), (2, 4, 4), (1, 5, 4), (5, 5, 1, 2, 3)])
def test_what_has_three_words_of_ten_replaced_however_spread_is_an_edited_copy(
    gaps: tuple[int, ...],
) -> None:
    draw = Random(3)
    words = ["".join(draw.choices("بتجدرسطعفقلمن", k=5)) for _ in range(60)]
    other = [word[::-1] + "و" for word in words]
    places = {at - 1 for at in accumulate(gaps * 60) if at <= len(words)}
    copy = [other[at] if at in places else word for at, word in enumerate(words)]
    result = dedupe.scan({"1": " ".join(words), "2": " ".join(copy)})
    assert [finding.relation for finding in result.findings] == ["edited"]


@pytest.mark.parametrize(
    "codec",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1256"],
)
def test_spans_count_in_what_the_reported_encoding_decodes(
    tmp_path: Path, codec: str
) -> None:
    lines = ["غادر القطار محطة المدينة في الصباح الباكر متجها نحو الجنوب", "خبر قصير"]
    text = "\n".join([*lines, lines[0]])
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(codec))
    result = dedupe.scan(path)
    [document] = result.documents
    [finding] = result.findings
    assert path.read_bytes().decode(document.encoding) == text
    spans = [place.span for place in finding.occurrences]
    assert [text[span.start : span.end] for span in spans] == [lines[0]] * 2
    assert [place.columns for place in finding.occurrences] == [(1, 59), (1, 59)]


def everything(result: ScanResult) -> list[object]:
    return [
        list(result.documents),
        list(result.findings),
        list(result.matches),
        list(result.passages),
        result.words,
        result.paragraphs,
        result.duplicated_words,
    ]


def many_texts(documents: int = 120) -> dict[str, str]:
    """A corpus that takes several slices when these are made small."""
    random = Random(11)
    texts: dict[str, str] = {}
    paragraphs: list[str] = []
    for number in range(documents):
        fresh = [" ".join(random.choices(WORDS, k=random.randint(4, 60)))]
        copies = [
            CHANGES[random.choice(sorted(CHANGES))](random.choice(paragraphs), random)
            for _ in range(4 if paragraphs else 0)
        ]
        paragraphs += fresh
        texts[f"{number}.txt"] = " .\n".join(fresh + copies)
    return texts


@pytest.mark.parametrize("jobs", [2, 3, 4])
def test_the_number_of_processes_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    texts = many_texts()
    expected = everything(dedupe.scan(texts, jobs=1, passages=True))
    monkeypatch.setattr(loader, "SLICE_WORDS", 500)
    read = ReadOptions(batch_bytes=2_000)
    result = dedupe.scan(texts, jobs=jobs, read=read, passages=True)
    assert result.jobs == jobs
    assert everything(result) == expected


@pytest.mark.parametrize("slice_words", [1, 300, 10_000])
@pytest.mark.parametrize("batch_bytes", [1, 5_000, 1 << 30])
def test_the_size_of_batches_and_slices_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, batch_bytes: int, slice_words: int
) -> None:
    texts = many_texts(40)
    expected = everything(dedupe.scan(texts, passages=True))
    monkeypatch.setattr(loader, "SLICE_WORDS", slice_words)
    read = ReadOptions(batch_bytes=batch_bytes)
    assert everything(dedupe.scan(texts, read=read, passages=True)) == expected


def is_worded_alike(texts: Texts) -> bool:
    """Whether equal letters are always the same words."""
    items = paragraphs(texts)
    return len({item.solid for item in items}) == len({item.words for item in items})


def has_twins(texts: Texts) -> bool:
    """Whether paragraphs have the same letters."""
    items = paragraphs(texts)
    return len({item.solid for item in items}) < len(items)


def content_pairs(
    texts: Texts, is_meant: Callable[[Match], bool]
) -> set[frozenset[str]]:
    """The pairs of a scan that are meant, each side by its letters alone."""
    by_key = {item.key: item.solid for item in paragraphs(texts)}
    return {
        frozenset(by_key[key] for key in keys(match))
        for match in dedupe.scan(texts).matches
        if is_meant(match)
    }


def any_pair(_match: Match) -> bool:
    return True


def is_near(match: Match) -> bool:
    """Whether no frequency decides on a pair."""
    return match.jaccard >= 0.5 and match.relation != "overlap"


@examples
@given(small_corpora, st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_no_pair(texts: Texts, random: Random) -> None:
    # Equal letters in other words: the first document decides which words are compared.
    assume(is_worded_alike(texts))
    # Of equal paragraphs the first stands for all when what is around a formula is
    # counted.
    is_meant = is_near if has_twins(texts) else any_pair
    names = sorted(texts)
    random.shuffle(names)
    shuffled = {name: texts[name] for name in names}
    assert content_pairs(shuffled, is_meant) == content_pairs(texts, is_meant)


def test_what_two_families_share_is_as_rare_in_either_order() -> None:
    copies = [(4, "embedded", 85), (1, "embedded", 85), (4, "embedded", 26)]
    copies += [(2, "embedded", 96), (0, "shortened", 7)]
    texts = build(Plan([24, 12], copies, documents=4, seed=5633))
    expected = content_pairs(texts, any_pair)
    for names in permutations(texts):
        ordered = {name: texts[name] for name in names}
        assert content_pairs(ordered, any_pair) == expected


@examples
@given(small_corpora)
def test_a_document_alone_has_the_repeats_it_has_in_company(texts: Texts) -> None:
    assume(is_worded_alike(texts))
    together = content_pairs(texts, is_near)
    for name, text in texts.items():
        assert content_pairs({name: text}, is_near) <= together


PRINT = """
import json, sys
import dedupe
result = dedupe.scan(json.load(sys.stdin), jobs=int(sys.argv[1]), passages=True)
print([list(result.findings), list(result.matches), list(result.passages)])
"""


def test_the_seed_of_hashes_changes_nothing() -> None:
    texts = json.dumps(many_texts(30))
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINT, str(jobs)],
            input=texts,
            capture_output=True,
            check=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed, jobs in [("0", 1), ("1", 2), ("4000000000", 1)]
    }
    assert len(printed) == 1
    assert len(printed.pop()) > 1_000


def ids(texts: Texts) -> list[str]:
    return [finding.id for finding in dedupe.scan(texts).findings]


def test_findings_have_different_ids() -> None:
    found = ids(many_texts())
    assert len(set(found)) == len(found) > 50


@examples
@given(small_corpora)
def test_lines_inserted_above_change_no_id(texts: Texts) -> None:
    above = "في البدء كانت كلمات لم يكتبها أحد غيرنا هنا قط .\n\n"
    first = next(iter(texts))
    assert ids({**texts, first: above + texts[first]}) == ids(texts)


@examples
@given(small_corpora)
def test_renaming_documents_changes_no_id(texts: Texts) -> None:
    renamed = {f"other-{name}": text for name, text in texts.items()}
    assert ids(renamed) == ids(texts)


ORIGINAL = "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات بعد ترميم طويل"
SPELLINGS = {
    "hamza": ORIGINAL.replace("أ", "ا").replace("إ", "ا"),
    "ta marbuta": ORIGINAL.replace("ة", "ه"),
    "tashkeel": ORIGINAL.replace("ت", "ت\N{ARABIC FATHA}"),
    "tatweel": ORIGINAL.replace("ت", "ت\N{ARABIC TATWEEL}"),
    "none": ORIGINAL,
}


@pytest.mark.parametrize(
    ("fold", "equal"),
    [
        ("none", {"none"}),
        ("light", {"none", "tashkeel", "tatweel"}),
        ("full", set(SPELLINGS)),
    ],
)
def test_a_fold_makes_equal_what_it_says(fold: str, equal: set[str]) -> None:
    found = {
        spelling
        for spelling, text in SPELLINGS.items()
        for finding in dedupe.scan(
            [("1", ORIGINAL), ("2", text)], Settings(fold=fold)
        ).findings
        if finding.relation in {"identical", "orthographic"}
    }
    assert found == equal


def test_nothing_is_found_in_nothing() -> None:
    for texts in ({}, {"1": ""}, {"1": " \n\n"}, {"1": "* * *\n* * *"}):
        result = dedupe.scan(texts, passages=True)
        assert result.status == "clean"
        assert not result.matches
        assert not result.passages


def test_stages_tell_how_far_they_are() -> None:
    heard: list[tuple[str, float]] = []
    dedupe.scan(
        many_texts(5), progress=lambda stage, share: heard.append((stage, share))
    )
    stages = list(dict.fromkeys(stage for stage, _ in heard))
    assert stages[0] == "reading"
    assert stages[-1] == "reporting"
    for stage in stages:
        shares = [share for name, share in heard if name == stage]
        assert shares == sorted(shares)
        assert all(0.0 <= share <= 1.0 for share in shares)


poor_lines = st.lists(st.sampled_from(["قمر", "بحر", "نهر"]), max_size=45).map(" ".join)


@settings(max_examples=60)
@given(st.lists(st.lists(poor_lines, max_size=6).map("\n".join), max_size=4))
def test_words_said_again_and_again_are_no_error(texts: list[str]) -> None:
    result = dedupe.scan([(str(n), text) for n, text in enumerate(texts)])
    words = {item.document: item.words for item in result.documents}
    for match in result.matches:
        assert 0 < match.words <= words[match.left.document]


UNKNOWN_INPUTS: list[tuple[object, str]] = [
    ([("a", ORIGINAL), "a.txt", "/nope"], "paths or texts, not both .*'a.txt'"),
    (None, "not NoneType"),
    (5, "not int"),
    (b"a.txt", "str or Path.* not bytes"),
    ([b"a.txt"], "str or Path.* not bytes"),
    (["a.txt", None], "not NoneType"),
    ([["a", ORIGINAL]], "pairs of a name and a text; not list"),
    ({"a": None}, r"not \(str, NoneType\)"),
    ({"a": b"x"}, r"not \(str, bytes\)"),
    ([("a", ORIGINAL, "b")], r"not \(str, str, str\)"),
]


@pytest.mark.parametrize(("inputs", "told"), UNKNOWN_INPUTS)
def test_what_is_neither_paths_nor_texts_is_refused(inputs: object, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        dedupe.scan(inputs)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"settings": {"min_words": 3}}, r"settings must be Settings\(…\), not dict"),
        ({"read": None}, r"read must be ReadOptions\(…\), not NoneType"),
        ({"jobs": "2"}, "jobs must be a whole number from 1, or None, not '2'"),
        ({"jobs": -1}, "not -1"),
        ({"jobs": 1.5}, "not 1.5"),
    ],
)
def test_arguments_of_another_kind_are_refused(
    arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        dedupe.scan({"a": ORIGINAL}, **arguments)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"num_perm": 128.0}, "num_perm must be a whole number, not 128.0"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"min_words": 8.5}, "min_words must be a whole number"),
        ({"min_words": "8"}, "min_words must be a number"),
        ({"ignore_numbers": "no"}, "ignore_numbers must be true or false, not 'no'"),
        ({"fold": "xx"}, "fold must be one of none, light, full, not 'xx'"),
    ],
)
def test_a_setting_of_another_kind_is_refused_by_its_name(
    wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        Settings(**wrong)
