"""Folding: the rules by example, the laws by chance, and the kernel against both."""

from __future__ import annotations

import gzip
import html
import html.entities
import itertools
import json
import re
import unicodedata
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dedupe import arabic
from dedupe.errors import SettingsError
from dedupe.normalizer import fold_words, normalize

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
NEWS = SHARED / "data" / "saudi.jsonl.gz"
VOCALIZED = SHARED / "data" / "diacritics.jsonl.gz"

LINE_END = re.compile(f"[\n{arabic.BREAKS}]")


class Case(NamedTuple):
    label: str
    text: str
    folded: str


class Word(NamedTuple):
    text: str
    start: int
    end: int


def own_cases() -> list[Case]:
    lines = (HERE / "cases" / "folding.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    return [Case(row[0], json.loads(row[1]), row[2]) for row in rows]


def shared_cases() -> list[Case]:
    vectors = SHARED / "arabic_vectors.tsv"
    if not vectors.exists():
        return []
    lines = vectors.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [
        Case(row[0], json.loads(row[2]), json.loads(row[3]))
        for row in rows
        if row[1] == "match"
    ]


CASES = own_cases() + shared_cases()

# Pieces of text that have broken a rule, or might: what joins, what expands, what is
# deleted, what hides something else.
PIECES = (
    *"ابتحدرسعفقكلمنهوىيةءأإآؤئٱپچکگی",
    *("و", "عبد", "ال", "عبد الله", "و عبد", "شيئ", "يء", "ئ", "الله"),
    *(" ", "  ", "\N{NO-BREAK SPACE}", "\n", "\r\n", "\r", *arabic.BREAKS),
    *(*".,،'٬٫", "1,234.5", "١٬٢٣٤", "٣٫٥", "12.5.2024", "0", "5", "٧", "۱"),
    *"\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC LETTER SUPERSCRIPT ALEF}ـ",
    *"\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}",
    *"\N{ARABIC SUBSCRIPT ALEF}\N{ARABIC INVERTED DAMMA}",
    *"\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}",
    *"\N{RIGHT-TO-LEFT MARK}\N{SOFT HYPHEN}",
    *"\N{COMBINING GRAPHEME JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\0\x1a",
    *"ﷺﷲ﷽﷼ﻻﻷﯪﷰﺍﻟﻪۀۂۓ",
    *"\N{ARABIC SHADDA MEDIAL FORM}\N{ARABIC FATHATAN ISOLATED FORM}",
    *("a", "B", "É", "e\N{COMBINING ACUTE ACCENT}", "ß", "İ", "ı", "ΰ", "ς", "Ж"),
    *("&", "&amp;", "&#1575;", "&quot;", "&#x654;", "&nothing;", "&shy;", "&#10;"),
    *("😀", "𝐀", "𝟏", "𠀀", "\N{TAG SPACE}", "\N{MUSICAL SYMBOL COMBINING STEM}"),
    *("한", "각", "が", "か\N{COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK}", "क़"),
    *("中", "ש", "½", "²", "⒈", "①", "㎏", "…", "ﬁ", "!", "«"),
    *("abcdefgh", "ijklmnopqrst", "بتثجحخدذرزسشصضطظ", "中文" * 9, "\ud800", "\udc00"),
)
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=30).map("".join)
levels = st.sampled_from(arabic.LEVELS)
Form: TypeAlias = Literal["NFC", "NFD"]
forms: st.SearchStrategy[Form] = st.sampled_from(("NFC", "NFD"))


def lines(text: str) -> list[tuple[int, str]]:
    """Return each line with the offset it starts at."""
    ends = [match.start() for match in LINE_END.finditer(text)]
    return [
        (start, text[start:end])
        for start, end in zip([0, *(end + 1 for end in ends)], [*ends, None])  # noqa: B905
    ]


def normalized_words(text: str, level: str, *, ignore_numbers: bool) -> list[Word]:
    """Return the words that `normalize` finds in each line."""
    words = []
    for offset, line in lines(text):
        folded = normalize(line, fold=level, ignore_numbers=ignore_numbers)
        for match in re.finditer("[^ ]+", folded.text):
            span = folded.original_span(*match.span())
            words.append(Word(match[0], span.start + offset, span.end + offset))
    return words


def plain_fold(text: str) -> str:
    """Fold fully, one rule after the other, with no thought of offsets or speed."""
    names = sorted(name for name in html.entities.html5 if name.endswith(";"))
    text = re.sub(
        f"&(#[0-9]+;|#[xX][0-9a-fA-F]+;|{'|'.join(names)})",
        lambda match: html.unescape(match[0]) or " ",
        text,
    )
    text = unicodedata.normalize("NFD", text)
    text = re.sub(r"[وىيی](?=[ً-ْ]*ٔ)", "ء", text)
    text = "".join(arabic.image(character) for character in text)
    text = re.sub("[\n\v]", " ", text)

    def number(match: re.Match[str]) -> str:
        groups = re.split("[.,']", match[0])
        signs = arabic.number_signs(groups, re.sub("[0-9]", "", match[0]))
        return "".join(map("".join, zip(groups, [*signs, ""], strict=True)))

    text = re.sub("[0-9]+(?:[.,'][0-9]+)+", number, text)
    text = re.sub("(?<![0-9])[.]|[.](?![0-9])|[,']", " ", text)
    text = re.sub("([0-9])(?=[^0-9. ])|([^0-9. ])(?=[0-9])", r"\1\2 ", text)
    words = [
        re.sub("[يء]+$", lambda end: end[0].replace("ي", ""), word)
        if word.endswith("ء")
        else word
        for word in text.split()
    ]
    text = re.sub("(?<![^ ])و (?=[ؠ-ۿ])", "و", " ".join(words))
    return re.sub("(?<![^ ])([وفبلك]?عبد) (?=ال)", r"\1", text)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_text_folds_to_what_the_table_says(case: Case) -> None:
    assert normalize(case.text).text == case.folded


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_what_is_folded_stays_as_it_is(case: Case) -> None:
    assert normalize(case.folded).text == case.folded


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_the_plain_fold_agrees(case: Case) -> None:
    assert plain_fold(case.text) == case.folded


@given(text=texts, level=levels, ignore_numbers=st.booleans())
def test_folding_twice_changes_nothing(
    text: str, level: str, *, ignore_numbers: bool
) -> None:
    once = normalize(text, fold=level, ignore_numbers=ignore_numbers).text
    assert normalize(once, fold=level, ignore_numbers=ignore_numbers).text == once


@given(texts, levels, forms)
def test_composed_and_decomposed_text_fold_alike(
    text: str, level: str, form: Form
) -> None:
    other = unicodedata.normalize(form, text)
    assert normalize(other, fold=level).text == normalize(text, fold=level).text


@given(texts)
def test_the_plain_fold_gives_the_same_text(text: str) -> None:
    # One hamza over another needs more than a pattern.
    hamzas = unicodedata.normalize("NFD", html.unescape(text))
    assume("\N{ARABIC HAMZA ABOVE}" not in hamzas)
    assert normalize(text).text == plain_fold(text)


@given(texts.filter(lambda text: "&" not in text), levels)
def test_folding_the_original_of_a_word_gives_the_word(text: str, level: str) -> None:
    ligatures = {one for one in text if " " in arabic.image(one).strip()}
    for word in normalized_words(text, level, ignore_numbers=False):
        original = text[word.start : word.end]
        if not ligatures.intersection(original):
            assert normalize(original, fold=level).text == word.text


@given(
    documents=st.lists(texts, max_size=4),
    level=levels,
    ignore_numbers=st.booleans(),
)
def test_columns_hold_the_words_that_normalize_gives(
    documents: list[str], level: str, *, ignore_numbers: bool
) -> None:
    columns = fold_words(documents, fold=level, ignore_numbers=ignore_numbers)
    spelled: dict[int, str] = {}
    for row, text in enumerate(documents):
        place = slice(*columns.first_word[row : row + 2].tolist())
        words = normalized_words(text, level, ignore_numbers=ignore_numbers)
        spans = zip(columns.start[place], columns.end[place], strict=True)
        assert list(spans) == [(word.start, word.end) for word in words]
        for code, word in zip(columns.hashes[place].tolist(), words, strict=True):
            assert spelled.setdefault(code, word.text) == word.text
    assert len(set(spelled.values())) == len(spelled)
    assert columns.first_word.size == len(documents) + 1
    assert columns.first_word[-1] == columns.hashes.size


@given(st.lists(texts, min_size=2, max_size=5), levels)
def test_a_document_folds_alike_in_any_company(
    documents: list[str], level: str
) -> None:
    together = fold_words(documents, fold=level)
    alone = [fold_words([text], fold=level) for text in documents]
    for column in ("hashes", "start", "end"):
        parts = [getattr(one, column) for one in alone]
        assert np.array_equal(getattr(together, column), np.concatenate(parts))


@given(texts, levels)
def test_a_document_folds_alike_where_marks_are_rare(text: str, level: str) -> None:
    alone = fold_words([text], fold=level)
    among = fold_words(["نص " * 3000, text], fold=level)
    for column in ("hashes", "start", "end"):
        assert np.array_equal(getattr(among, column)[3000:], getattr(alone, column))


@pytest.mark.skipif(not NEWS.exists(), reason="needs real news")
def test_columns_hold_the_words_of_real_news() -> None:
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        documents = [json.loads(line)["text"] for line in itertools.islice(file, 150)]
    columns = fold_words(documents)
    words = [
        word
        for text in documents
        for word in normalized_words(text, "full", ignore_numbers=False)
    ]
    assert columns.start.tolist() == [word.start for word in words]
    assert columns.end.tolist() == [word.end for word in words]
    spelled = dict(zip(columns.hashes.tolist(), (word.text for word in words)))  # noqa: B905
    assert [spelled[code] for code in columns.hashes.tolist()] == [
        word.text for word in words
    ]
    assert len(spelled) == len({word.text for word in words})


@pytest.mark.skipif(not VOCALIZED.exists(), reason="needs vocalized text")
def test_vocalized_text_has_the_words_of_plain_text() -> None:
    with gzip.open(VOCALIZED, "rt", encoding="utf-8") as file:
        pairs = [json.loads(line) for line in itertools.islice(file, 500)]
    marked = [normalize(pair["diacritised"]).text for pair in pairs]
    plain = [normalize(pair["plain"]).text for pair in pairs]
    equal = sum(one == other for one, other in zip(marked, plain, strict=True))
    assert equal > 0.95 * len(pairs)


def test_words_have_the_offsets_of_the_original() -> None:
    columns = fold_words(["قال: «كِتَابٌ» 1436هـ"])
    spans = list(zip(columns.start.tolist(), columns.end.tolist(), strict=True))
    assert spans == [(0, 3), (6, 13), (15, 19), (19, 21)]


def test_offsets_are_code_points_beyond_the_plane_too() -> None:
    columns = fold_words(["😀 نص", "𝐀𝐛 😀نص"])
    assert columns.start.tolist() == [2, 0, 4]
    assert columns.end.tolist() == [4, 2, 6]


def test_an_entity_belongs_to_its_word() -> None:
    text = "قال &#1575;ب&shy; نعم"
    folded = normalize(text)
    assert folded.text == "قال اب نعم"
    assert text[slice(*folded.original_span(4, 6))] == "&#1575;ب&shy;"


def test_the_words_of_a_ligature_all_have_its_place() -> None:
    columns = fold_words(["قال ﷺ نعم"])
    assert columns.start.tolist() == [0, 4, 4, 4, 4, 6]
    assert columns.end.tolist() == [3, 5, 5, 5, 5, 9]


def test_a_span_takes_in_the_marks_after_it() -> None:
    folded = normalize("قَالَ ")
    assert folded.original_span(0, 3) == (0, 5)
    assert folded.original_span(2, 3) == (3, 5)


def test_an_empty_span_stays_empty() -> None:
    assert normalize("نعم").original_span(1, 1) == (1, 1)
    assert normalize("").original_span(0, 0) == (0, 0)


def test_an_inserted_space_stands_at_the_digit() -> None:
    folded = normalize("كوفيد19")
    assert folded.text == "كوفيد 19"
    assert folded.offsets.tolist() == [0, 1, 2, 3, 4, 5, 5, 6]


def test_words_are_not_joined_across_lines_or_documents() -> None:
    assert fold_words(["عبد\nالله و", "قال"]).hashes.size == 4
    assert fold_words(["عبد الله و قال"]).hashes.size == 2


def test_numbers_are_left_out_when_asked() -> None:
    assert normalize("عام 1,234.5 و 7 كتب", ignore_numbers=True).text == "عام وكتب"
    columns = fold_words(["عام 1,234.5 و 7 كتب"], ignore_numbers=True)
    assert columns.start.tolist() == [0, 12]
    assert columns.end.tolist() == [3, 19]
    assert columns.hashes.tolist() == fold_words(["عام وكتب"]).hashes.tolist()


@pytest.mark.parametrize(
    ("text", "level", "folded"),
    [
        ("إلى المدرسةِ، 1,234هـ", "light", "إلى المدرسة 1 234ه"),
        ("ﻷحمد و عبد الله", "light", "لأحمد و عبد الله"),
        ("شو\u0654ون ا\u0653ل", "light", "شؤون آل"),
        ("٢٠ Élan &amp;", "light", "٢٠ elan amp"),
        ("إلى المدرسةِ، ـهـ", "none", "إلى المدرسةِ ـهـ"),
        ("Élan É", "none", "Élan É"),
        ("ب\u0651\u064e", "none", "ب\u064e\u0651"),
    ],
)
def test_weaker_levels_keep_more(text: str, level: str, folded: str) -> None:
    assert normalize(text, fold=level).text == folded
    hashes = fold_words([text], fold=level).hashes.tolist()
    assert hashes == fold_words([folded], fold=level).hashes.tolist()


@pytest.mark.parametrize("letter", ["a", "中"])
def test_a_word_of_millions_of_letters_comes_through(letter: str) -> None:
    size = 1_500_000
    columns = fold_words([letter * size, letter * (size - 1), f"{letter * size}!"])
    long, shorter, again = columns.hashes.tolist()
    assert long == again != shorter
    assert columns.end.tolist() == [size, size - 1, size]


@pytest.mark.parametrize(
    "text",
    [
        "ي" * 200_000 + "ب",
        "و " * 100_000 + "قال",
        "\N{ARABIC HAMZA ABOVE}" * 200_000,
        "1," * 100_000 + "1",
        "&" * 200_000,
        "ﷺ" * 20_000,
    ],
    ids=["yehs", "waws", "hamzas", "commas", "ampersands", "ligatures"],
)
def test_repetition_costs_no_more_than_its_length(text: str) -> None:
    words = normalize(text).text.split()
    assert fold_words([text]).hashes.size == len(words)


def test_no_documents_have_no_words() -> None:
    assert fold_words([]).first_word.tolist() == [0]
    assert fold_words(["", " \n"]).first_word.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("text", "fold", "told"),
    [
        ("نص", "xx", "fold must be one of none, light, full, not 'xx'"),
        (b"x", "full", "must be str, not bytes"),
    ],
)
def test_what_cannot_be_normalized_is_refused(
    text: object, fold: str, told: str
) -> None:
    with pytest.raises(SettingsError, match=told):
        normalize(text, fold=fold)  # type: ignore[arg-type]
