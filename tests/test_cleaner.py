"""The text to publish says nothing twice, and is the same text otherwise."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
import dedupe
from dedupe import folding
from dedupe.cleaner import (
    CleanedText,
    CleanSettings,
    clean,
    clean_documents,
    clean_text,
    line_end_of,
)
from dedupe.edits import apply, inverse
from dedupe.errors import SettingsError
from dedupe.removals import Departure, named_lines
from dedupe.repetitions import KEEPS, Keep

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"

A = "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات النادرة"
B = "ودعت المدرسة تلاميذها إلى زيارة مزرعة الزيتون قرب النهر"
C = "وصل قطار البضائع متأخرا بسبب الضباب الكثيف فوق الجسر القديم"
D = "يحب جارنا النجار صناعة الكراسي الخشبية ويبيعها في سوق المدينة"
PARAGRAPHS = {"A": A, "B": B, "C": C, "D": D}
REMOVALS = {
    "repeated-block",
    "repeated-paragraph",
    "near-duplicate",
    "copied-paragraph",
    "boilerplate",
}


def written(pattern: str) -> str:
    """Return a text with a paragraph for each capital letter."""
    return re.sub("[A-D]", lambda letter: PARAGRAPHS[letter[0]], pattern)


def shown(text: str) -> str:
    """Return a text with a capital letter for each paragraph."""
    for letter, paragraph in PARAGRAPHS.items():
        text = text.replace(paragraph, letter)
    return text


SEPARATORS = [
    ("lead\nA\nB\nA\nB", "lead\nA\nB", "no final newline: none is made"),
    ("lead\nA\nB\nA\nB\n", "lead\nA\nB\n", "and one is kept"),
    ("A\n\nB\n\nA\n\nC", "A\n\nB\n\nC", "blank lines between paragraphs"),
    ("A\n\nB\nA\n\nC", "A\n\nB\n\nC", "what parts more stays"),
    ("A\nB\n\nA\nC", "A\nB\n\nC", "on either side"),
    ("A\n\nB\n\nA\n", "A\n\nB\n", "at the end"),
    ("A\r\nB\r\nA\r\n", "A\r\nB\r\n", "the line ends of Windows"),
    ("A\r\nB\r\nA\r\nC", "A\r\nB\r\nC", "in the middle, too"),
    ("\ufeffA\nB\nA", "\ufeffA\nB", "a byte order mark"),
    ("A\n***\nA\n***\nB", "A\n***\nB", "a line of stars goes with its paragraph"),
    ("A\n***\nB\n- - -\nA\nC", "A\n***\nB\n- - -\nC", "but another one stays"),
    ("A\nA\nA\nB\nA", "A\nB", "several at once"),
]


@pytest.mark.parametrize(("before", "after", "comment"), SEPARATORS)
def test_what_stays_reads_on(before: str, after: str, comment: str) -> None:
    assert shown(clean_text(written(before)).text) == after, comment


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A\nB\nA\nC", "B\nA\nC"),
        ("A\n\nB\n\nA", "B\n\nA"),
        ("\ufeffA\nB\nA", "\ufeffB\nA"),
        ("A\r\nB\r\nA\r\n", "B\r\nA\r\n"),
    ],
)
def test_the_first_paragraph_may_go(before: str, after: str) -> None:
    settings = CleanSettings(keep="last")
    assert shown(clean_text(written(before), settings).text) == after


def test_a_removal_names_the_lines_that_stay() -> None:
    text = written("lead\nA\n\nB\nA\n\nB\nlast")
    [edit] = clean_text(text).edits
    assert (edit.rule, edit.reason) == ("repeated-block", "repeats lines 2–4")
    assert shown(text[edit.start : edit.end]) == "A\n\nB\n"


def test_one_paragraph_is_called_a_paragraph() -> None:
    [edit] = clean_text(written("A\nB\nA")).edits
    assert (edit.rule, edit.reason) == ("repeated-paragraph", "repeats line 1")


def test_lines_that_are_parted_are_named_apart() -> None:
    assert named_lines([(0, 1, 1)]) == "line 1"
    assert named_lines([(0, 1, 2), (1, 4, 4), (3, 7, 7), (5, 9, 9)]) == (
        "lines 1–4, 7 and 9"
    )


def test_a_copy_in_another_spelling_goes() -> None:
    respelled = A.replace("إ", "ا").replace("ة", "ه")
    assert clean_text(f"{A}\n{respelled}\n").text == f"{A}\n"
    spaced = A.replace("الوطني", "الوط ني")
    assert clean_text(f"{A}\n{spaced}\n").text == f"{A}\n"


def test_a_copy_in_another_spelling_stays_where_spelling_counts() -> None:
    text = f"{A}\n{A.replace('إ', 'ا')}\n"
    assert clean_text(text, CleanSettings(fold="none")).text == text


def test_the_longest_copy_may_be_the_one_that_stays() -> None:
    marked = A.replace("أعلنت", "أَعْلَنَتْ")
    settings = CleanSettings(keep="longest")
    assert clean_text(f"{A}\n{B}\n{marked}\n", settings).text == f"{B}\n{marked}\n"


def test_a_short_line_stays_unless_asked_otherwise() -> None:
    text = f"- نعم\n{A}\n- نعم\n{B}\n"
    assert clean_text(text).text == text
    assert clean_text(text, CleanSettings(min_words=1)).text == f"- نعم\n{A}\n{B}\n"


def test_removals_and_repairs_are_one_list_of_edits() -> None:
    text = f"{A} ،\n{B} .\n{A} ،\n{C} .\n"
    cleaned = clean_text(text)
    assert cleaned.text == f"{A}،\n{B}.\n{C}.\n"
    assert apply(text, cleaned.edits) == cleaned.text
    rules = [edit.rule for edit in cleaned.edits]
    assert rules.count("repeated-paragraph") == 1
    assert rules.count("space-before-punctuation") == 3


CODE = "```\nprint()\n```"


def test_code_and_front_matter_of_markdown_stay() -> None:
    text = written(f"---\ntitle: A\n---\nA\n\n{CODE}\n\nB\n\nC\n\nA\n\n{CODE}\n\nB\n")
    left = written(f"---\ntitle: A\n---\nA\n\n{CODE}\n\nB\n\nC\n\n{CODE}\n")
    assert clean_text(text, markup=True).text == left


def test_repeated_code_is_no_repeat() -> None:
    text = written("A\n\n```\nB\nB\nB\n```\n")
    assert clean_text(text, markup=True).text == text
    assert clean_text(text).text != text


def test_a_paragraph_of_several_lines_goes_with_all_of_them() -> None:
    random = Random(7)
    wrapped = []
    for _ in range(4):
        words = random.choices(corpora.WORDS, k=60)
        lines = [""]
        for word in words:
            if len(lines[-1]) + 1 + len(word) > 70:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        wrapped.append("\n".join(lines) + ".")
    one, two, three, four = wrapped
    text = f"{one}\n\n{two}\n\n{three}\n\n{one}\n\n{four}\n"
    left = f"{one}\n\n{two}\n\n{three}\n\n{four}\n"
    assert clean_text(text).text == left
    [edit] = clean_text(text).edits
    assert edit.reason == f"repeats lines 1–{one.count(chr(10)) + 1}"


def test_near_duplicates_go_on_request_alone() -> None:
    edited = A.replace("النادرة", "القديمة")
    longer = f"{C} ثم أفرغ التجار حمولته بعد ساعات طويلة من الانتظار"
    text = f"{A}\n{C}\n{D}\n{edited}\n{longer}\n"
    assert clean_text(text).text == text
    cleaned = clean_text(text, CleanSettings(unsafe=True))
    assert cleaned.text == f"{A}\n{D}\n{longer}\n"
    assert [(edit.rule, edit.reason) for edit in cleaned.edits] == [
        ("near-duplicate", "is for the most part held by line 5"),
        ("near-duplicate", "nearly repeats line 1"),
    ]


def test_what_a_copy_of_a_block_adds_to_a_paragraph_is_not_lost() -> None:
    one, other = A.replace("النادرة", "القديمة"), D.replace(" ", " حقا ", 1)
    longer = f"{C} ثم أفرغ التجار حمولته بعد ساعات طويلة من الانتظار"
    text = f"{A}\n{C}\n{D}\n{B}\n{one}\n{longer}\n{other}"
    stays: dict[Keep, list[str]] = {
        "first": [A, D, B, longer],
        "last": [B, one, longer, other],
        "longest": [B, one, longer, other],
    }
    for keep, left in stays.items():
        cleaned = clean_text(text, CleanSettings(unsafe=True, keep=keep))
        assert cleaned.text == "\n".join(left)


def test_the_policy_says_which_near_duplicate_stays() -> None:
    edited = A.replace("النادرة", "القديمة جدا")
    text = f"{A}\n{B}\n{edited}\n"
    stays: dict[Keep, str] = {"first": A, "last": edited, "longest": edited}
    for keep, left in stays.items():
        settings = CleanSettings(unsafe=True, keep=keep)
        cleaned = clean_text(text, settings).text
        assert set(cleaned.split("\n")) == {left, B, ""}


def test_what_another_document_keeps_goes_from_this_one() -> None:
    text = written("A\nB\nC\n")
    departure = Departure(len(A) + 1, len(A) + 1 + len(B), "copied-paragraph", "why")
    [[edit]] = clean_documents([text], departures=[[departure]])
    assert apply(text, [edit]) == written("A\nC\n")
    assert (edit.rule, edit.reason) == ("copied-paragraph", "why")


def test_a_copy_is_not_kept_by_one_that_goes() -> None:
    text = written("A\nB\nC\nB\n")
    departure = Departure(len(A) + 1, len(A) + 1 + len(B), "copied-paragraph", "why")
    [edits] = clean_documents([text], departures=[[departure]])
    assert apply(text, edits) == written("A\nC\nB\n")


@pytest.mark.parametrize(
    "wrong",
    [{"keep": "best"}, {"fold": "some"}, {"min_words": 0}, {"prefer": ("outlet:",)}],
)
def test_a_setting_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        CleanSettings(**wrong)  # type: ignore[arg-type]


def test_the_line_end_is_that_of_most_lines() -> None:
    assert line_end_of("one\r\ntwo\r\nthree\n") == "\r\n"
    assert line_end_of("one\r\ntwo\n") == line_end_of("") == "\n"


def test_line_breaks_are_of_one_kind_though_all_lines_of_that_kind_go() -> None:
    text = f"{A}\r\n{A}\r\nنعم\n\n\n{A}\r\n{A}\r\n{A}"
    cleaned = clean_text(text, CleanSettings(keep="last")).text
    assert cleaned == f"نعم\r\n\r\n{A}"
    assert clean_text(cleaned).edits == ()


def test_the_library_offers_what_it_says() -> None:
    assert dedupe.clean_text is clean_text
    assert dedupe.clean is clean
    assert isinstance(dedupe.clean({"a": A})["a"], CleanedText)


# -------------------------------------------------------------------------- laws

ODD = (
    " \t\n\r\v\f\x1a\x85\xa0\xad\u200b\u200c\u200d\u200f\u202a\u202c\u2028\u2067\u2069"
    "\ufeff\u0640\u064b\u0654ابيىةهأءلمﷲﻻﺎ،؛؟.:!()«»\"'12٣٫#*-`~_@&;<>xé🙂"
)
texts = st.lists(
    st.one_of(
        st.sampled_from(
            [A, B, f"{A} ،", f"{B}\xa0.", "نعم", "***", "\n", "\r\n", "&nbsp;"]
        ),
        st.text(ODD, max_size=12),
    ),
    max_size=12,
).map("".join) | corpora.plans.map(lambda plan: "\n".join(corpora.build(plan).values()))
settings = st.builds(
    CleanSettings,
    keep=st.sampled_from(KEEPS),
    unsafe=st.booleans(),
    min_words=st.sampled_from([1, 8]),
    fold=st.sampled_from(["full", "light", "none"]),
)


@given(text=texts, settings=settings, markup=st.booleans())
def test_cleaning_twice_is_cleaning_once(
    text: str, settings: CleanSettings, *, markup: bool
) -> None:
    once = clean_text(text, settings, markup=markup).text
    assert clean_text(once, settings, markup=markup).edits == ()


@given(text=texts, settings=settings, markup=st.booleans())
def test_every_edit_changes_something_and_can_be_taken_back(
    text: str, settings: CleanSettings, *, markup: bool
) -> None:
    cleaned = clean_text(text, settings, markup=markup)
    assert apply(text, cleaned.edits) == cleaned.text
    assert apply(cleaned.text, inverse(text, cleaned.edits)) == text
    for edit in cleaned.edits:
        assert text[edit.start : edit.end] != edit.replacement
        assert edit.rule
        assert edit.reason
    for one, other in pairwise(cleaned.edits):
        assert one.end <= other.start


@given(texts)
def test_where_nothing_goes_every_word_is_the_same(text: str) -> None:
    cleaned = clean_text(text, CleanSettings(min_words=10_000))
    assert not REMOVALS & {edit.rule for edit in cleaned.edits}
    [before], [after] = (
        [folding.fold_words([one]).hashes.tolist()] for one in (text, cleaned.text)
    )
    assert before == after


@given(st.lists(texts, max_size=5), settings)
def test_a_document_is_cleaned_as_if_it_were_alone(
    batch: list[str], settings: CleanSettings
) -> None:
    alone = [list(clean_text(text, settings).edits) for text in batch]
    assert clean_documents(batch, settings) == alone


def test_a_long_document_of_repeats_is_done_at_once() -> None:
    lines = [f"{number} {A}\n{B}\n***\n" for number in range(20_000)]
    cleaned = clean_text("".join(lines))
    assert cleaned.text.count(B) == 1
    assert cleaned.text.count(A) == 20_000


def test_nothing_stays_nothing() -> None:
    assert clean_documents([]) == []
    assert clean_documents(["", "\ufeff"]) == [[], []]


# ------------------------------------------------------------------------- seeds


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not at hand")
def test_the_article_keeps_its_lead_and_one_copy_of_ten_paragraphs() -> None:
    [file] = SEEDS.glob("000_*.txt")
    text = file.read_text(encoding="utf-8")
    cleaned = clean_text(text)
    lines = text.split("\n")
    assert len(lines) == 21
    removed = [edit for edit in cleaned.edits if "repeated" in edit.rule]
    assert [edit.reason for edit in removed] == ["repeats lines 2–11"]
    left = apply(text, removed).split("\n")
    assert left == lines[:11]
    squeezed = re.sub(r"\s", "", "".join(left))
    assert re.sub(r"\s", "", cleaned.text) == squeezed
    assert re.search(r"\s[،.؛:]", cleaned.text) is None
    assert clean_text(cleaned.text).edits == ()


def test_what_spaces_made_look_like_wrapped_lines_is_cleaned_at_once() -> None:
    words = ["قلمه", "بيته", "نهره", "كتبه", "سفنه", "جبله", "حقله", "طيره", "مدنه"]
    lines = [" ".join([*words, "ورقه", "سوقه", "بابه"])]
    lines += ["   ".join([*words[first:], *words[:first]]) for first in (1, 2, 3)]
    lines += ["   ".join(reversed(words))] * 2
    cleaned = clean_text("\n".join(lines)).text
    assert cleaned.split("\n")[-1] == " ".join(reversed(words))
    assert len(cleaned.split("\n")) == 5
