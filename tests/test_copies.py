"""What several documents hold stays in the one that the policy prefers."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from dedupe.cleaner import CleanSettings, clean, clean_documents, plan_across
from dedupe.copies import AcrossPlan
from dedupe.edits import apply
from dedupe.errors import InputError
from dedupe.near_repeats import near_repeats
from dedupe.paragraphs import read_columns
from dedupe.readers import ReadOptions, find_sources, load, plan
from dedupe.settings import Settings

ACROSS = CleanSettings(across=True)


def paragraph(seed: int, words: int = 30) -> str:
    return " ".join(Random(seed).choices(corpora.WORDS, k=words)) + "."


A, B, C, D, E = map(paragraph, range(5))
NOTICE = "جميع الحقوق محفوظة للصحيفة ولا يجوز النقل من غير إذن مكتوب"


def lines(*paragraphs: str) -> str:
    return "".join(f"{one}\n" for one in paragraphs)


def texts_of(texts: dict[str, str], settings: CleanSettings) -> dict[str, str]:
    return {name: cleaned.text for name, cleaned in clean(texts, settings).items()}


def test_a_copy_stays_in_the_first_path() -> None:
    texts = {"b": lines(C, A), "a": lines(A, B), "c": lines(A.replace("أ", "ا"))}
    left = {"b": lines(C), "a": lines(A, B), "c": ""}
    assert texts_of(texts, ACROSS) == left
    assert texts_of(texts, CleanSettings()) == texts


def test_a_departure_says_where_the_copy_stays() -> None:
    texts = {"a": lines(C, A, B), "b": lines(D, A, B, E)}
    [edit] = clean(texts, ACROSS)["b"].edits
    assert edit.rule == "copied-paragraph"
    assert edit.reason == "stands in a, lines 2–3"


def test_what_a_document_says_twice_and_others_say_stays_once() -> None:
    texts = {"a": lines(A, B, A), "b": lines(A, C, A)}
    assert texts_of(texts, ACROSS) == {"a": lines(A, B), "b": lines(C)}


def test_a_short_line_goes_with_its_block_and_not_alone() -> None:
    texts = {"a": lines("قال:", A, B), "b": lines("قال:", A, C), "c": lines("قال:", D)}
    left = {"a": lines("قال:", A, B), "b": lines(C), "c": lines("قال:", D)}
    assert texts_of(texts, ACROSS) == left


def test_near_copies_go_on_request_alone() -> None:
    words = A.split()
    edited = " ".join([*words[:10], "قمر", *words[11:20], "بحيرة", *words[21:]])
    longer = f"{B} {paragraph(9, 20)}"
    texts = {"a": lines(A, B, C), "b": lines(D, edited, longer)}
    assert texts_of(texts, ACROSS) == texts
    left = texts_of(texts, CleanSettings(across=True, unsafe=True))
    assert left == {"a": lines(A, C), "b": lines(D, longer)}


@pytest.fixture
def forms() -> dict[str, str]:
    own = [lines(paragraph(100 + number), NOTICE) for number in range(8)]
    return {
        **{f"{number}": text for number, text in enumerate(own)},
        "8": f"{NOTICE}\n",
    }


def test_boilerplate_stays(forms: dict[str, str]) -> None:
    assert texts_of(forms, ACROSS) == forms


def test_boilerplate_of_two_lines_stays_and_goes_whole() -> None:
    notice = f"{NOTICE}\nما ينشر هنا من مقالات يعبر عن رأي كتابه وحدهم\n"
    own = [lines(*(paragraph(9 * n + m) for m in range(3))) for n in range(12, 18)]
    texts = {f"{number}": text + notice for number, text in enumerate(own)}
    assert texts_of(texts, ACROSS) == texts
    left = texts_of(texts, CleanSettings(drop_boilerplate=True))
    assert list(left.values()) == own


@pytest.mark.parametrize("across", [False, True])
def test_boilerplate_goes_on_request_but_empties_no_document(
    forms: dict[str, str], *, across: bool
) -> None:
    settings = CleanSettings(across=across, drop_boilerplate=True)
    left = texts_of(forms, settings)
    assert left == {
        name: text if name == "8" else text.replace(f"{NOTICE}\n", "")
        for name, text in forms.items()
    }


def test_two_texts_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two texts are named 'a'"):
        plan_across([("a", A), ("b", B), ("a", C)], ACROSS)


# ------------------------------------------------------------ dates and outlets

ARTICLES = [
    ("late", "second", "2015-07-22T08:00:00+03:00", lines(A, B)),
    ("early", "third", "2015-07-21", lines(A, C)),
    ("undated", "first", None, lines(A, D)),
]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    file = tmp_path / "articles.jsonl"
    rows = [
        {"id": "same id", "paper": paper, "when": date, "text": text}
        for _, paper, date, text in ARTICLES
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def keeper(found: AcrossPlan, file: Path) -> str:
    """Return which of the articles keeps what all of them hold."""
    starts = [0]
    for line in file.read_bytes().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    kept = [
        name
        for (name, *_), start in zip(ARTICLES, starts, strict=False)
        if (str(file), start) not in found.departures
    ]
    [name] = kept
    return name


@pytest.mark.parametrize(
    ("prefer", "name"),
    [
        (("path",), "late"),
        (("date",), "early"),
        (("outlet:second",), "late"),
        (("outlet:first", "date"), "undated"),
        (("outlet:none", "date"), "early"),
        (("outlet:none", "outlet:third", "outlet:first"), "early"),
    ],
)
def test_the_policy_chooses_the_document(
    articles: Path, prefer: tuple[str, ...], name: str
) -> None:
    settings = CleanSettings(across=True, prefer=prefer)
    read = ReadOptions(date_field="when", outlet_field="paper")
    found = plan_across(articles, settings, read=read, jobs=1)
    assert keeper(found, articles) == name
    assert plan_across(articles, settings, read=read, jobs=2) == found
    undated = [warning.reason for warning in found.warnings]
    assert len(undated) == ("date" in prefer)


def test_a_plan_finds_the_documents_of_a_file_again(articles: Path) -> None:
    found = plan_across(articles, ACROSS)
    sources = find_sources(articles).sources
    [batch] = plan(sources)
    documents = load(batch).documents
    texts = [document.text for document in documents]
    departures = [
        found.departures.get((sources[0].name, document.place.start), ())
        for document in documents
    ]
    edits = clean_documents(texts, ACROSS, departures=departures)
    left = [apply(*pair) for pair in zip(texts, edits, strict=True)]
    assert left == [lines(A, B), lines(C), lines(D)]


# -------------------------------------------------------------------------- laws


@given(
    texts=corpora.small_corpora,
    unsafe=st.booleans(),
    random=st.randoms(use_true_random=False),
)
def test_the_order_of_documents_does_not_matter(
    texts: dict[str, str],
    *,
    unsafe: bool,
    random: Random,
) -> None:
    settings = CleanSettings(across=True, unsafe=unsafe)
    names = list(texts)
    random.shuffle(names)
    shuffled = {name: texts[name] for name in names}
    assert texts_of(shuffled, settings) == texts_of(texts, settings)


def letters(texts: dict[str, str]) -> list[int]:
    _, paragraphs = read_columns(list(texts.values()))
    return list(map(int, paragraphs.solid))


@given(corpora.small_corpora)
def test_of_everything_one_copy_is_left(texts: dict[str, str]) -> None:
    left = texts_of(texts, ACROSS)
    assert set(letters(left)) == set(letters(texts))
    _, paragraphs = read_columns(list(left.values()))
    long = paragraphs.solid[paragraphs.words >= 9].tolist()
    assert len(long) == len(set(long))


@given(corpora.small_corpora)
def test_never_do_both_of_two_near_duplicates_go(texts: dict[str, str]) -> None:
    paragraphs = [line for text in texts.values() for line in text.split("\n") if line]
    gone = near_repeats(paragraphs, Settings())
    for row, (by, _) in gone.items():
        assert by not in gone
        assert by != row
    left = [one for row, one in enumerate(paragraphs) if row not in gone]
    assert near_repeats(left, Settings()) == {}
