"""Repairs: the rules by example, the laws by chance, real articles where at hand."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import dedupe
from dedupe.edits import Edit, apply, inverse
from dedupe.errors import SettingsError
from dedupe.folding import fold_words
from dedupe.repairs import RepairSettings, repair, suspects

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
NEWS = SHARED / "data" / "saudi.jsonl.gz"
SEEDS = SHARED / "seeds"

CONSERVATIVE = RepairSettings()


class Case(NamedTuple):
    label: str
    options: dict[str, Any]
    text: str
    expected: str
    rules: str


def own_cases() -> list[Case]:
    lines = (HERE / "cases" / "repairs.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    return [
        Case(row[0], json.loads(row[1]), json.loads(row[2]), json.loads(row[3]), row[4])
        for row in rows
    ]


def shared_cases() -> list[Case]:
    vectors = SHARED / "arabic_vectors.tsv"
    if not vectors.exists():
        return []
    rows = [line.split("\t") for line in vectors.read_text("utf-8").splitlines()]
    return [
        Case(row[0], {}, json.loads(row[2]), json.loads(row[3]), "")
        for row in rows
        if row[1] == "clean"
    ]


OWN_CASES = own_cases()
CASES = OWN_CASES + shared_cases()

# What a rule looks at, what hides it from a rule, and what stands next to it.
PIECES = (
    *"ابوةىيهنعلقدكئأءیکەہےگ",
    *("و", "عبد", "الله", " عبد ", "و ", " و", "هـ", "1436", "لـ", "ال", "ـ"),
    *("2", "5", "٢", "۵", "٫", "٬", "1,234.5", "2 : 1"),
    *(".", "..", "...", ",", "،", "؛", "؟", ":", "!", ";", "?", "(", ")"),
    *("»", "«", '"', "'", "“", "”"),
    *(" ", "  ", "\n", "\n\n", "\r\n", "\r", "\t", "\v", "\f", "\x00", "\x1a", "\x1c"),
    *("\x7f", "\x9f", "\N{NEXT LINE}", "\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"),
    *("\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "\N{IDEOGRAPHIC SPACE}"),
    *"\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}",
    *"\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\N{VARIATION SELECTOR-16}",
    *"\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}",
    *"\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}",
    *"\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}",
    *"\N{POP DIRECTIONAL FORMATTING}\N{POP DIRECTIONAL ISOLATE}",
    *"\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}",
    *"\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC LETTER SUPERSCRIPT ALEF}",
    *"\N{ARABIC MADDAH ABOVE}\N{ARABIC HAMZA ABOVE}\N{ARABIC HAMZA BELOW}",
    *"ﻻﻷﻼﻭﻱﻯﯼﯽﮎﭐﷺﷲ",
    *"\N{ARABIC FATHATAN ISOLATED FORM}\N{ARABIC FATHA MEDIAL FORM}",
    *"\N{ARABIC LIGATURE SHADDA WITH FATHA ISOLATED FORM}\N{ARABIC TAIL FRAGMENT}",
    *("a", "B", "é", "quot;", "amp", "65;", "&", "&#", "#", "&amp;", "&quot;"),
    *("&#1575;", "&#x654;", "&nbsp;", "&zwnj;", "&shy;", "&#39;", "&lt;", "&#46;"),
    *("&DownBreve;", "http://", "www.", "a@b.co", "#وسم", "@", "😀", "क", "\ud800"),
    *("`", "```", "    ", "- ", "* ", "> ", "<a>", "](x)", "|"),
)
texts = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=30).map("".join)
line_ends = st.sampled_from(("\n", "\r\n"))
settings = st.builds(
    RepairSettings,
    digits=st.sampled_from(("keep", "ascii", "arabic")),
    quotes=st.sampled_from(("keep", "arabic", "ascii")),
    arabic_punct=st.booleans(),
    tatweel=st.sampled_from(("keep", "interior", "all")),
    strip_diacritics=st.booleans(),
    fix_encoding=st.booleans(),
)


def repaired(text: str, options: RepairSettings = CONSERVATIVE) -> str:
    return apply(text, repair(text, options))


def words(text: str) -> list[int]:
    hashes: list[int] = fold_words([text]).hashes.tolist()
    return hashes


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
def test_a_text_is_repaired_as_the_table_says(case: Case) -> None:
    assert repaired(case.text, RepairSettings(**case.options)) == case.expected


@pytest.mark.parametrize("case", OWN_CASES, ids=lambda case: case.label)
def test_an_edit_names_its_rule(case: Case) -> None:
    edits = repair(case.text, RepairSettings(**case.options))
    named = dict.fromkeys(rule for edit in edits for rule in edit.rule.split("+"))
    assert " ".join(named) == case.rules
    assert all(edit.reason for edit in edits)


@given(text=texts, line_end=line_ends, markup=st.booleans())
@example(
    text="و\N{ZERO WIDTH SPACE}\N{ARABIC HAMZA ABOVE}", line_end="\n", markup=False
)
@example(text="ﯼ\N{ARABIC HAMZA ABOVE}", line_end="\n", markup=False)
@example(
    text="و\N{ARABIC SUKUN MEDIAL FORM}\N{ARABIC HAMZA ABOVE}",
    line_end="\n",
    markup=False,
)
@example(
    text="و\N{RIGHT-TO-LEFT OVERRIDE}\N{ARABIC HAMZA ABOVE}",
    line_end="\n",
    markup=False,
)
@example(
    text="و\N{WORD JOINER}&DownBreve;\N{ARABIC HAMZA ABOVE}",
    line_end="\n",
    markup=False,
)
@example(
    text="&am\N{ZERO WIDTH SPACE}p;&lt\N{POP DIRECTIONAL ISOLATE};",
    line_end="\n",
    markup=False,
)
@example(text="&am&#112;;&#38;quot;", line_end="\n", markup=False)
@example(text="و\vقال\x1aعبد\N{NEXT LINE}الله", line_end="\n", markup=False)
@example(text="2\x1a,5 2 ,5 2 .'5", line_end="\n", markup=False)
def test_what_a_text_matches_stays_the_same(
    text: str, line_end: str, *, markup: bool
) -> None:
    clean = apply(text, repair(text, line_end=line_end, markup=markup))
    assert dedupe.normalize(clean).text == dedupe.normalize(text).text
    assert words(clean) == words(text)


@given(text=texts, options=settings, line_end=line_ends, markup=st.booleans())
@example(
    text='ل  ;"',
    options=RepairSettings(arabic_punct=True),
    line_end="\n",
    markup=False,
)
def test_a_repaired_text_needs_no_repair(
    text: str, options: RepairSettings, line_end: str, *, markup: bool
) -> None:
    clean = apply(text, repair(text, options, line_end=line_end, markup=markup))
    assert repair(clean, options, line_end=line_end, markup=markup) == []


@given(text=texts, options=settings, line_end=line_ends, markup=st.booleans())
def test_edits_are_sorted_change_something_and_can_be_taken_back(
    text: str, options: RepairSettings, line_end: str, *, markup: bool
) -> None:
    edits = repair(text, options, line_end=line_end, markup=markup)
    assert all(text[edit.start : edit.end] != edit.replacement for edit in edits)
    assert all(one.end <= other.start for one, other in pairwise(edits))
    assert apply(apply(text, edits), inverse(text, edits)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("أ\r\nب\nج\rد", "أ\r\nب\r\nج\r\nد"),
        ("أ \r\n ب\r\n\r\n\r\n\r\nج\r\n", "أ\r\nب\r\n\r\nج\r\n"),
        ("أ\N{PARAGRAPH SEPARATOR}ب", "أ\r\n\r\nب"),
    ],
)
def test_a_document_keeps_its_own_line_end(text: str, expected: str) -> None:
    assert apply(text, repair(text, line_end="\r\n")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "سطر  \nسطر",  # two spaces are a line break
        "- أ\n    - ب\n\n        كود",
        "| أ    | ب |\n|:---- | --- |",
        "```\nنص ،\N{ZERO WIDTH SPACE}\n\n\n\nكود\n```\n",
        "`العـــربية ، &quot;` نص",
        '[رابط](http://x.com/العـربية "نص ،" )',
        "<a title='نص ، نص'>نص</a>",
        "1 . نص",
        "- : نص",
        "\\&quot; &#42; &nbsp;",
        "---\ntitle: نص ، نص\n---\n",
    ],
)
def test_what_markdown_needs_stays(text: str) -> None:
    assert repair(text, markup=True) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# عنوان ،\n\nنص**قوي** ، نص", "# عنوان،\n\nنص**قوي**، نص"),
        ("نص\N{NO-BREAK SPACE}نص", "نص نص"),
        ("&laquo;نص&raquo;\n\n\n\nنص", "«نص»\n\nنص"),
        ("العـــربية `العـــربية`", "العربية `العـــربية`"),
    ],
)
def test_prose_in_markdown_is_repaired(text: str, expected: str) -> None:
    assert apply(text, repair(text, markup=True)) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://ar.wikipedia.org/wiki/العـــربية?a=1&quot;&laquo;",
        "www.x.com/نـص",
        "#وســـم",
        "@حـساب",
    ],
)
def test_an_address_stays_byte_for_byte(address: str) -> None:
    for text in (address, f"نص {address} نص", f"({address})،"):
        assert repair(text, RepairSettings(digits="arabic")) == []


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1256"])
@pytest.mark.parametrize("times", [1, 2])
def test_misread_text_is_reported_and_repaired_on_request(
    codec: str, times: int
) -> None:
    text = "قال: «إن الهيئة العامة للأرصاد، أمس»\nثم 12 مدينة"
    misread = text
    for _ in range(times):
        # Where Windows has no character, programs take the control of that number.
        misread = "".join(
            bytes((byte,)).decode(codec, "ignore") or chr(byte)
            for byte in misread.encode()
        )
    assert repaired(misread, RepairSettings(fix_encoding=True)) == text
    found = suspects(misread)
    assert {suspect.rule for suspect in found} == {"misread-text"}


@pytest.mark.parametrize(
    ("text", "rule", "part"),
    [
        ("قال خلیفة أمس", "persian-letter", "خلیفة"),
        ("آل\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}ة", "lost-character", ""),
        ("الكرة ا?سبانية", "lost-letter", "?"),
        ("قال ÇáÚÑÈíÉ ثم", "misread-text", "ÇáÚÑÈíÉ"),
        ("وقال ط§ظ„ط¹ط±ط¨ظٹط© ثم", "misread-text", "ط§ظ„ط¹ط±ط¨ظٹط©"),
    ],
)
def test_what_looks_damaged_is_reported(text: str, rule: str, part: str) -> None:
    [suspect] = suspects(text)
    assert suspect.rule == rule
    assert text[suspect.start : suspect.end] == part or not part
    assert suspect.reason


@pytest.mark.parametrize(
    "text", ["نص سليم؟ نعم", "كتاب کتاب", "Où ça? Ça va", "قطع»، ع» ط؛ 5²", ""]
)
def test_what_is_sound_is_not_reported(text: str) -> None:
    assert suspects(text) == []
    assert repair(text, RepairSettings(fix_encoding=True)) == []


@pytest.mark.parametrize("name", ["digits", "quotes", "tatweel"])
def test_a_choice_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must be one of"):
        RepairSettings(**dict[str, Any]({name: "persian"}))


HOSTILE = (
    *"\N{ZERO WIDTH SPACE}\N{ZERO WIDTH NON-JOINER}\N{LEFT-TO-RIGHT EMBEDDING}",
    *"ـ \n\0&`@",
    "\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH NON-JOINER}",
    "\N{RIGHT-TO-LEFT ISOLATE}\N{RIGHT-TO-LEFT EMBEDDING}",
    "\N{ZERO WIDTH SPACE}\N{ARABIC HAMZA ABOVE}",
    *("&quot;", "&a\N{ZERO WIDTH SPACE}", " .", "نـ", "ط§", "Ã˜", "](", "```\n", "a@"),
)


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
@pytest.mark.parametrize("markup", [False, True])
def test_time_grows_with_the_size_of_a_hostile_text(
    piece: str, *, markup: bool
) -> None:
    settings = RepairSettings(fix_encoding=True)

    def seconds(size: int) -> float:
        text = f"ن {piece * (size // len(piece))} ن"
        start = time.process_time()
        repair(text, settings, markup=markup)
        suspects(text)
        return time.process_time() - start

    # Twenty times the size: a square would be four hundred times the time.
    assert seconds(200_000) < 100 * max(seconds(10_000), 0.01)


def test_loading_the_repairs_loads_no_numpy() -> None:
    code = "import sys, dedupe.repairs; print('numpy' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the articles are not at hand")
def test_the_first_article_loses_94_spaces_and_no_letter() -> None:
    [file] = SEEDS.glob("000_*.txt")
    text = file.read_text(encoding="utf-8")
    edits = [edit for edit in repair(text) if edit.rule == "space-before-punctuation"]
    assert len(edits) == 94
    clean = repaired(text)
    assert clean.replace(" ", "") == text.replace(" ", "")
    assert repair(clean) == []


@pytest.mark.skipif(not NEWS.is_file(), reason="the articles are not at hand")
def test_real_articles_match_what_they_matched() -> None:
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        articles = [json.loads(line)["text"] for line in file][::20]
    repairs: list[list[Edit]] = [repair(text) for text in articles]
    clean = [apply(*pair) for pair in zip(articles, repairs, strict=True)]
    assert any(repairs)
    before, after = fold_words(articles), fold_words(clean)
    assert np.array_equal(before.hashes, after.hashes)
    assert np.array_equal(before.first_word, after.first_word)
    assert not any(map(repair, clean))


def settings_of(rule: str) -> RepairSettings:
    """The settings of a row like `--digits ascii`."""
    named = re.findall(r"--([a-z-]+)(?: ([a-z]+))?`", rule)
    options: dict[str, Any] = {
        name.replace("-", "_"): value or True for name, value in named
    }
    return RepairSettings(**options)


def rows_of_the_page() -> list[tuple[str, str, str]]:
    """The examples in the tables of docs/clean.md, with the options of their row."""
    text = (HERE.parent / "docs" / "clean.md").read_text(encoding="utf-8")
    text = re.sub(r"\\u([0-9A-F]{4})", lambda code: chr(int(code[1], 16)), text)
    text = text.replace("\\n", "\n").replace("\\r", "\r")
    pattern = r"\| ([^|]*) \|[^|]*\| `([^`|]+)` (?:→ `([^`|]+)`|stays) \|"
    return [(row[1], row[2], row[3] or row[2]) for row in re.finditer(pattern, text)]


@pytest.mark.parametrize(("rule", "text", "expected"), rows_of_the_page())
def test_the_page_on_clean_tells_the_truth(rule: str, text: str, expected: str) -> None:
    options = settings_of(rule)
    assert repaired(text, options) == expected
    if options != CONSERVATIVE:
        assert repaired(text) == text


def test_the_page_on_clean_shows_every_rule() -> None:
    wanted = {rule for case in OWN_CASES for rule in case.rules.split()}
    shown = {
        name
        for rule, text, _ in rows_of_the_page()
        for edit in repair(text, settings_of(rule))
        for name in edit.rule.split("+")
    }
    assert wanted <= shown
