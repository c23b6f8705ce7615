"""Repeats are gathered into findings, each once, at its widest true unit."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import combinations, permutations
from random import Random
from typing import TypeAlias

import pytest

import dedupe
from dedupe.model import Finding, ScanResult
from dedupe.reporters import REPORTERS

# Rule, relation, words, and each place as document, first line, last line.
Shape: TypeAlias = tuple[str, str, int, list[tuple[str, int, int]]]

PARAGRAPHS = {
    "A": "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات بعد ترميم طويل.",
    "B": "وصل قطار البضائع متأخرا بسبب الضباب الكثيف فوق الجسر القديم فانتظر التجار.",
    "C": "دعت المدرسة تلاميذها إلى زيارة مزرعة الزيتون قرب النهر صباح الخميس المقبل.",
    "D": "يصنع جارنا النجار كراسي خشبية متينة ثم يبيعها كل جمعة عند مدخل السوق.",
    "E": "تهطل الأمطار شتاء على سفوح الجبال فتملأ الآبار وتروي حقول القمح والشعير.",
    "F": "قرأ الشاعر الشاب قصائد من ديوانه الأول أمام جمهور صغير في مقهى الحي.",
    "G": "عثر الصيادون على حطام سفينة غرقت قبل قرن قرب الميناء الشرقي للجزيرة.",
    # One word of each is another.
    "b": "وصل قطار البضائع متأخرا بسبب الضباب الكثيف فوق الجسر الجديد فانتظر التجار.",
    "c": "دعت المدرسة تلاميذها إلى زيارة مزرعة النخيل قرب النهر صباح الخميس المقبل.",
    "d": "يصنع جارنا النجار كراسي خشبية ثقيلة ثم يبيعها كل جمعة عند مدخل السوق.",
    "e": "تهطل الأمطار شتاء على سفوح الجبال فتغمر الآبار وتروي حقول القمح والشعير.",
    # A as others spell it; and with a space inside a word.
    "a": "اعلنت ادارة المتحف الوطنى افتتاح قاعه جديده للمخطوطات بعد ترميم طويل",
    "s": "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطو طات بعد ترميم طويل.",
    "1": "المصدر",
    "2": "الصورة",
    "-": "* * *",
    " ": "",
    "n": "هذا الخبر منقول كما ورد ولا يتحمل الموقع أي مسؤولية عنه.",
}
FRUITS = ("لبن", "عنب", "تمر", "خبز", "ملح", "زيت", "عسل", "ماء", "ورد", "بلح")
# A longer one, with another word, and with a space inside a word before that.
PARAGRAPHS["P"] = f"{PARAGRAPHS['F']} {PARAGRAPHS['G']}"
# B with another word at its beginning: as far from b as to overlap alone.
PARAGRAPHS["g"] = PARAGRAPHS["B"].replace("البضائع", "الركاب")
PARAGRAPHS["R"] = f"{PARAGRAPHS['C']} {PARAGRAPHS['D']}"
PARAGRAPHS["q"] = PARAGRAPHS["P"].replace("غرقت", "اختفت")
PARAGRAPHS["p"] = PARAGRAPHS["P"].replace("ديوانه", "ديوا نه")
# What each document has for itself.
PARAGRAPHS |= {
    name: " ".join(letter + fruit for fruit in FRUITS)
    for name, letter in zip("tuvwxyz", "جحخدرزق", strict=True)
}


def words(names: str) -> int:
    return sum(len(PARAGRAPHS[name].split()) for name in names if name not in "- ")


@dataclass(frozen=True)
class Layout:
    """Documents as strings with a letter for each paragraph; what is expected."""

    label: str
    documents: dict[str, str]
    findings: list[Shape]
    duplicated: dict[str, int]  # words, of documents that have any


def block(
    count: int, *places: tuple[str, int, int], relation: str = "identical"
) -> Shape:
    return "repeated-block", relation, count, list(places)


def near(
    count: int, *places: tuple[str, int, int], relation: str = "identical"
) -> Shape:
    return "near-duplicate", relation, count, list(places)


def held(count: int, *places: tuple[str, int, int]) -> Shape:
    return "overlap", "contained", count, list(places)


def form(count: int, *places: tuple[str, int, int]) -> Shape:
    return "boilerplate", "identical", count, list(places)


LAYOUTS = [
    Layout("nothing repeats", {"1": "ABC", "2": "DEF"}, [], {}),
    Layout(
        "a block pasted twice",
        {"1": "EABCABC"},
        [block(words("ABC"), ("1", 2, 4), ("1", 5, 7))],
        {"1": words("ABC")},
    ),
    Layout(
        "a block pasted three times",
        {"1": "ABCABCABC"},
        [block(words("ABC"), ("1", 1, 3), ("1", 4, 6), ("1", 7, 9))],
        {"1": 2 * words("ABC")},
    ),
    Layout(
        "a block pasted twice, something between",
        {"1": "ABCDABC"},
        [block(words("ABC"), ("1", 1, 3), ("1", 5, 7))],
        {"1": words("ABC")},
    ),
    Layout(
        "a block pasted twice, in two documents",
        {"1": "EABCABC", "2": "EABCABC"},
        [
            block(words("EABCABC"), ("1", 1, 7), ("2", 1, 7)),
            block(words("ABC"), ("1", 2, 4), ("1", 5, 7)),
        ],
        {"1": words("ABC"), "2": words("EABCABC")},
    ),
    Layout(
        "a block pasted three times, in three documents",
        {"1": "ABCABCABC", "2": "ABCABCABC", "3": "ABCABCABC"},
        [
            block(words("ABC"), ("1", 1, 3), ("1", 4, 6), ("1", 7, 9)),
            block(3 * words("ABC"), ("1", 1, 9), ("2", 1, 9), ("3", 1, 9)),
        ],
        {"1": 2 * words("ABC"), "2": 3 * words("ABC"), "3": 3 * words("ABC")},
    ),
    Layout(
        "a block pasted twice, edited in another document",
        {"1": "EABCABC", "2": "EABCAbC"},
        [
            block(words("EABCABC") - 1, ("1", 1, 7), ("2", 1, 7), relation="edited"),
            block(words("ABC"), ("1", 2, 4), ("1", 5, 7)),
        ],
        {"1": words("ABC"), "2": words("EABCABC") - 1},
    ),
    Layout(
        "a whole document copied",
        {"1": "ABCD", "2": "ABCD"},
        [block(words("ABCD"), ("1", 1, 4), ("2", 1, 4))],
        {"2": words("ABCD")},
    ),
    Layout(
        "overlapping blocks in three documents",
        {"1": "ABC", "2": "BCD", "3": "ABCD"},
        [
            block(words("ABC"), ("1", 1, 3), ("3", 1, 3)),
            block(words("BC"), ("1", 2, 3), ("2", 1, 2)),
            block(words("BCD"), ("2", 1, 3), ("3", 2, 4)),
        ],
        {"2": words("BC"), "3": words("ABCD")},
    ),
    Layout(
        "a block within a block, in a third document",
        {"1": "ABCD", "2": "EABCD", "3": "FBCG"},
        [
            block(words("ABCD"), ("1", 1, 4), ("2", 2, 5)),
            block(words("BC"), ("1", 2, 3), ("3", 2, 3)),
        ],
        {"2": words("ABCD"), "3": words("BC")},
    ),
    Layout(
        "an edited paragraph in the middle of a block",
        {"1": "ABDE", "2": "AbDE"},
        [block(words("ABDE") - 1, ("1", 1, 4), ("2", 1, 4), relation="edited")],
        {"2": words("ABDE") - 1},
    ),
    Layout(
        "a block whose first and last paragraphs are edited",
        {"1": "BAC", "2": "bAc"},
        [block(words("BAC") - 2, ("1", 1, 3), ("2", 1, 3), relation="edited")],
        {"2": words("BAC") - 2},
    ),
    Layout(
        "a block with a paragraph that the copy has lengthened",
        {"1": "AFB", "2": "APB"},
        [block(words("AFB"), ("1", 1, 3), ("2", 1, 3), relation="edited")],
        {"2": words("AFB")},
    ),
    Layout(
        "a block with two lengthened paragraphs, one after the other",
        {"1": "AFCB", "2": "APRB"},
        [block(words("AFCB"), ("1", 1, 4), ("2", 1, 4), relation="edited")],
        {"2": words("AFCB")},
    ),
    Layout(
        "lengthened paragraphs with another text before and after them",
        {"1": "xFCy", "2": "tPRu"},
        [held(words("FC"), ("1", 2, 3), ("2", 2, 3))],
        {"2": words("FC")},
    ),
    Layout(
        "a paragraph that the copy has shortened, beside an edited one",
        {"1": "APBC", "2": "AFbC"},
        [block(words("AFBC") - 1, ("1", 1, 4), ("2", 1, 4), relation="edited")],
        {"2": words("AFBC") - 1},
    ),
    Layout(
        "a lengthened paragraph at the end of a block",
        {"1": "ABF", "2": "ABP"},
        [
            block(words("AB"), ("1", 1, 2), ("2", 1, 2)),
            held(words("F"), ("1", 3, 3), ("2", 3, 3)),
        ],
        {"2": words("ABF")},
    ),
    Layout(
        "a lengthened paragraph after which another text goes on",
        {"1": "AFx", "2": "APy"},
        [
            near(words("A"), ("1", 1, 1), ("2", 1, 1)),
            held(words("F"), ("1", 2, 2), ("2", 2, 2)),
        ],
        {"2": words("AF")},
    ),
    Layout(
        "a block in another spelling",
        {"1": "AB", "2": "aB"},
        [block(words("AB"), ("1", 1, 2), ("2", 1, 2), relation="orthographic")],
        {"2": words("AB")},
    ),
    Layout(
        "a block of which one paragraph stands in an older document",
        {"0": "GB", "1": "ABCD", "2": "ABCD"},
        [
            near(words("B"), ("0", 2, 2), ("1", 2, 2)),
            block(words("ABCD"), ("1", 1, 4), ("2", 1, 4)),
        ],
        {"1": words("B"), "2": words("ABCD")},
    ),
    Layout(
        "separators without letters belong to the block around them",
        {"1": "A-B--C", "2": "A-B--C"},
        [block(words("ABC"), ("1", 1, 6), ("2", 1, 6))],
        {"2": words("ABC")},
    ),
    Layout(
        "blank lines on one side alone",
        {"1": "ABC", "2": "A B  C"},
        [block(words("ABC"), ("1", 1, 3), ("2", 1, 6))],
        {"2": words("ABC")},
    ),
    Layout(
        "paragraphs of one word are equal, and too short for a block",
        {"1": "12", "2": "12"},
        [near(1, ("1", 1, 1), ("2", 1, 1)), near(1, ("1", 2, 2), ("2", 2, 2))],
        {"2": 2},
    ),
    Layout(
        "a paragraph of one word inside a block",
        {"1": "A1B", "2": "A1B"},
        [block(words("A1B"), ("1", 1, 3), ("2", 1, 3))],
        {"2": words("A1B")},
    ),
    Layout(
        "a notice in four documents is a copy",
        {"1": "yn", "2": "tn", "3": "un", "4": "vn"},
        [near(words("n"), ("1", 2, 2), ("2", 2, 2), ("3", 2, 2), ("4", 2, 2))],
        {name: words("n") for name in "234"},
    ),
    Layout(
        "a notice in five documents is boilerplate",
        {"1": "yn", "2": "tn", "3": "un", "4": "vn", "5": "wn"},
        [form(words("n"), *((name, 2, 2) for name in "12345"))],
        {name: words("n") for name in "2345"},
    ),
    Layout(
        "news of one paragraph in five documents is no boilerplate, but copies",
        {"1": "A", "2": "1A", "3": "A", "4": "2A", "5": "A"},
        [
            near(
                words("A"),
                ("1", 1, 1),
                ("2", 2, 2),
                ("3", 1, 1),
                ("4", 2, 2),
                ("5", 1, 1),
            )
        ],
        {name: words("A") for name in "2345"},
    ),
    Layout(
        "a notice in documents that share a block besides is a copy",
        {name: f"AB{own}n" for name, own in zip("12345", "tuvwx", strict=True)},
        [
            block(words("AB"), *((name, 1, 2) for name in "12345")),
            near(words("n"), *((name, 4, 4) for name in "12345")),
        ],
        {name: words("ABn") for name in "2345"},
    ),
    Layout(
        "a line above and a line below are two forms",
        {name: f"1{own}2" for name, own in zip("12345", "tuvwx", strict=True)},
        [
            form(1, *((name, 1, 1) for name in "12345")),
            form(1, *((name, 3, 3) for name in "12345")),
        ],
        dict.fromkeys("2345", 2),
    ),
    Layout(
        "what is much of five documents in two pieces is a copy",
        {name: f"A{own}2" for name, own in zip("12345", "tuvwx", strict=True)},
        [
            near(words("A"), *((name, 1, 1) for name in "12345")),
            near(1, *((name, 3, 3) for name in "12345")),
        ],
        dict.fromkeys("2345", words("A2")),
    ),
    Layout(
        "a story in six documents is a block, not boilerplate",
        {name: own + "ABC" for name, own in zip("123456", "Guvwxy", strict=True)},
        [block(words("ABC"), *((name, 2, 4) for name in "123456"))],
        {name: words("ABC") for name in "23456"},
    ),
    Layout(
        "a story and a notice in the same documents are one block",
        {name: own + "ABn" for name, own in zip("12345", "Guvwx", strict=True)},
        [block(words("ABn"), *((name, 2, 4) for name in "12345"))],
        {name: words("ABn") for name in "2345"},
    ),
    Layout(
        "a line said again and again, in two documents",
        {"1": "AAAA", "2": "AAAA"},
        [
            near(
                words("A"),
                *((name, line, line) for name in "12" for line in (1, 2, 3, 4)),
            )
        ],
        {"1": 3 * words("A"), "2": 4 * words("A")},
    ),
    Layout(
        "two lines said in turn",
        {"1": "ABABABAB"},
        [block(words("AB"), *(("1", line, line + 1) for line in (1, 3, 5, 7)))],
        {"1": 3 * words("AB")},
    ),
    Layout(
        "the same paragraph twice in a row",
        {"1": "AA"},
        [near(words("A"), ("1", 1, 1), ("1", 2, 2))],
        {"1": words("A")},
    ),
    Layout(
        "the same paragraph four times in a row",
        {"1": "AAAA"},
        [near(words("A"), *(("1", line, line) for line in range(1, 5)))],
        {"1": 3 * words("A")},
    ),
    Layout(
        "a paragraph inserted into a block parts it",
        {"1": "ABCD", "2": "ABECD"},
        [
            block(words("AB"), ("1", 1, 2), ("2", 1, 2)),
            block(words("CD"), ("1", 3, 4), ("2", 4, 5)),
        ],
        {"2": words("ABCD")},
    ),
    Layout(
        "paragraphs in another order are no block",
        {"1": "ABC", "2": "CBA"},
        [
            near(words("A"), ("1", 1, 1), ("2", 3, 3)),
            near(words("B"), ("1", 2, 2), ("2", 2, 2)),
            near(words("C"), ("1", 3, 3), ("2", 1, 1)),
        ],
        {"2": words("ABC")},
    ),
    Layout(
        "a story published twice, its paragraphs as flash news each time before",
        {"1": "A", "2": "B", "3": "AB", "4": "A", "5": "B", "6": "AB"},
        [
            near(words("A"), ("1", 1, 1), ("3", 1, 1), ("4", 1, 1)),
            near(words("B"), ("2", 1, 1), ("3", 2, 2), ("5", 1, 1)),
            block(words("AB"), ("3", 1, 2), ("6", 1, 2)),
        ],
        {"3": words("AB"), "4": words("A"), "5": words("B"), "6": words("AB")},
    ),
    Layout(
        "two orders of a story, each published twice",
        {"1": "AB", "2": "BA", "3": "AB", "4": "BA"},
        [
            near(words("A"), ("1", 1, 1), ("2", 2, 2)),
            block(words("AB"), ("1", 1, 2), ("3", 1, 2)),
            near(words("B"), ("1", 2, 2), ("2", 1, 1)),
            block(words("AB"), ("2", 1, 2), ("4", 1, 2)),
        ],
        {"2": words("AB"), "3": words("AB"), "4": words("AB")},
    ),
    Layout(
        "lines of a list in another order on each page that meet by chance",
        {"1": "AtB", "2": "AB"}
        | {f"{at}": f"B{own}A" for at, own in enumerate("uvwxyz", start=3)}
        | {"9": "AB"},
        [
            near(
                words("A"),
                *(("1", 1, 1), ("2", 1, 1)),
                *((name, 3, 3) for name in "345678"),
                ("9", 1, 1),
            ),
            near(
                words("B"),
                *(("1", 3, 3), ("2", 2, 2)),
                *((name, 1, 1) for name in "345678"),
                ("9", 2, 2),
            ),
        ],
        dict.fromkeys("23456789", words("AB")),
    ),
    Layout(
        "a block pasted twice whose paragraphs stood alone before and between",
        {"1": "AuB", "2": "ABvAwBxAB"},
        [
            near(words("A"), ("1", 1, 1), ("2", 1, 1), ("2", 4, 4)),
            near(words("B"), ("1", 3, 3), ("2", 2, 2), ("2", 6, 6)),
            block(words("AB"), ("2", 1, 2), ("2", 8, 9)),
        ],
        {"2": 3 * words("AB")},
    ),
    Layout(
        "an edited copy of a story whose paragraphs stood alone before",
        {"1": "tBuDv", "2": "BD", "3": "bd"},
        [
            near(words("B"), ("1", 2, 2), ("2", 1, 1)),
            near(words("D"), ("1", 4, 4), ("2", 2, 2)),
            block(words("BD") - 2, ("2", 1, 2), ("3", 1, 2), relation="edited"),
        ],
        {"2": words("BD"), "3": words("BD") - 2},
    ),
    Layout(
        "an edited copy is tied to the paragraph that it is most like",
        {"1": "B", "2": "b", "3": "b"},
        [
            # After the word that was changed, two are too few to be a passage.
            near(words("B") - 1, ("1", 1, 1), ("2", 1, 1), relation="edited"),
            near(words("b"), ("2", 1, 1), ("3", 1, 1)),
        ],
        {"2": words("B") - 1, "3": words("b")},
    ),
    Layout(
        "two edited copies of a block that is equal in the middle",
        {"1": "BA", "2": "bA", "3": "BA"},
        [
            block(
                words("BA") - 1,
                ("1", 1, 2),
                ("2", 1, 2),
                ("3", 1, 2),
                relation="edited",
            ),
        ],
        {"2": words("BA") - 1, "3": words("BA")},
    ),
]


def scan(documents: dict[str, str]) -> ScanResult:
    return dedupe.scan(
        {
            name: "\n".join(PARAGRAPHS[letter] for letter in letters)
            for name, letters in documents.items()
        }
    )


def shape(finding: Finding) -> Shape:
    places = [(place.document, *place.lines) for place in finding.occurrences]
    return finding.rule, finding.relation, finding.words, places


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.label)
def test_a_layout_has_its_findings(layout: Layout) -> None:
    found = [shape(finding) for finding in scan(layout.documents).findings]
    assert found == layout.findings


@pytest.mark.parametrize("count", [16, 40, 200])
def test_a_long_text_that_was_pasted_twice_is_found_whole_in_its_copy(
    count: int,
) -> None:
    draw = Random(count)
    lead, *lines = [
        " ".join("".join(draw.choices("بتجدرسطعفقلمن", k=5)) for _ in range(9))
        for _ in range(count + 1)
    ]
    text = "\n".join([lead, *lines, *lines])
    found = [
        [(place.document, *place.lines) for place in finding.occurrences]
        for finding in dedupe.scan({"1": text, "2": text}).findings
    ]
    whole = 2 * count + 1
    assert found == [
        [("1", 1, whole), ("2", 1, whole)],
        [("1", 2, count + 1), ("1", count + 2, whole)],
    ]


def test_the_passages_of_an_edited_block_leave_out_what_was_changed() -> None:
    first, second, third = PARAGRAPHS["A"], PARAGRAPHS["C"], PARAGRAPHS["D"]
    text = f"{first}\n{second}\n{third}"
    edited = text.replace("الزيتون", "النخيل")
    (finding,) = dedupe.scan({"1": text, "2": edited, "3": text}).findings
    before, after = second.split(" الزيتون ")
    changed = [first.rstrip("."), before, after.rstrip("."), third.rstrip(".")]
    whole = [line.rstrip(".") for line in (first, second, third)]
    for place, written, expected in zip(
        finding.occurrences,
        (text, edited, text),
        # The third is held to the first, which it repeats in full.
        (changed, changed, whole),
        strict=True,
    ):
        assert [written[start:end] for start, end in place.passages] == expected


# The paragraphs of a story in each outlet.
OUTLETS = [
    ("BcD", "BCD", "bCD"),
    ("bCD", "BcD", "BCd"),
    ("DqC", "DPC", "dpC"),
    ("bCDE", "BcDE", "BCdE", "BCDe"),
    ("qCDE", "PCDE", "PCde", "pCDE"),
    ("Fbcde", "FBCDE", "FBcdE"),
]


# Here two of the wordings are alike through a third alone.
FAR_APART = [("BA", "bA", "gA"), ("EBAD", "EbAD", "EgAD", "EgAd")]


@pytest.mark.parametrize("outlets", [*OUTLETS, *FAR_APART], ids="-".join)
def test_a_story_that_each_outlet_edits_is_one_finding_in_any_order(
    outlets: tuple[str, ...],
) -> None:
    for order in permutations(outlets):
        documents = {str(number): names for number, names in enumerate(order)}
        result = scan(documents)
        [finding] = result.findings
        assert (finding.rule, finding.relation) == ("repeated-block", "edited")
        places = [(place.document, *place.lines) for place in finding.occurrences]
        assert places == [(name, 1, len(names)) for name, names in documents.items()]


@pytest.mark.parametrize("outlets", OUTLETS, ids="-".join)
def test_the_passages_of_a_story_that_each_outlet_edits_agree(
    outlets: tuple[str, ...],
) -> None:
    for order in permutations(outlets):
        texts = {
            str(number): "\n".join(PARAGRAPHS[letter] for letter in names)
            for number, names in enumerate(order)
        }
        [finding] = dedupe.scan(texts).findings
        for place in finding.occurrences:
            text = texts[place.document]
            # All are held to the first, and that to the second.
            other = solid(texts["1" if place.document == "0" else "0"])
            agreeing = Counter[int]()
            for start, end in place.passages:
                passage = text[start:end]
                assert "\n" not in passage
                assert solid(passage) in other
                agreeing[text.count("\n", 0, start)] += len(passage.split())
            assert set(agreeing) == set(range(text.count("\n") + 1))
            assert min(agreeing.values()) >= 6


def solid(text: str) -> str:
    return text.replace(" ", "")


def test_a_word_that_was_changed_in_a_block_is_marked_in_the_text_report() -> None:
    text = f"{PARAGRAPHS['C']}\n{PARAGRAPHS['D']}"
    result = dedupe.scan({"1": text, "2": text.replace("الزيتون", "النخيل")})
    out = io.BytesIO()
    REPORTERS["text"](result, out)
    marked = re.findall(r"\[(.+?)\]", out.getvalue().decode())
    assert marked == ["الزيتون", "النخيل"]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.label)
def test_words_that_repeat_an_earlier_place_are_counted_once(layout: Layout) -> None:
    result = scan(layout.documents)
    counted = {item.document: item.duplicated_words for item in result.documents}
    assert {
        name: count for name, count in counted.items() if count
    } == layout.duplicated
    assert result.duplicated_words == sum(layout.duplicated.values())


@pytest.mark.parametrize(("own", "rule"), [(10, "boilerplate"), (9, "near-duplicate")])
def test_a_form_is_no_more_than_two_thirds_of_its_documents(
    own: int, rule: str
) -> None:
    notice = f"{PARAGRAPHS['n']} {PARAGRAPHS['s']}".split()[:20]
    texts = {
        letter: " ".join(PARAGRAPHS[letter].split()[:own]) + "\n" + " ".join(notice)
        for letter in "tuvwx"
    }
    [finding] = dedupe.scan(texts).findings
    assert (finding.rule, len(finding.occurrences)) == (rule, 5)


@pytest.mark.parametrize(("own", "rule"), [(66, "boilerplate"), (65, "repeated-block")])
def test_a_form_of_several_lines_is_no_more_than_a_quarter_of_its_documents(
    own: int, rule: str
) -> None:
    notice = f"{PARAGRAPHS['n']}\n{PARAGRAPHS['A']}"
    texts = {}
    for letter in "جحخدر":
        said = [f"{letter}{one}{two}" for one in FRUITS for two in FRUITS]
        texts[letter] = " ".join(said[:own]) + "\n" + notice
    [finding] = dedupe.scan(texts).findings
    assert shape(finding) == (rule, "identical", 22, [(name, 2, 3) for name in texts])


def test_spaces_inside_words_make_no_difference() -> None:
    [finding] = scan({"1": "A", "2": "s"}).findings
    assert (finding.rule, finding.relation) == ("near-duplicate", "orthographic")


@pytest.mark.parametrize(("wordings", "forms"), [(49, 0), (50, 1)])
def test_what_is_worded_in_dozens_of_ways_is_a_form_be_it_all_there_is(
    wordings: int, forms: int
) -> None:
    form = " ".join(PARAGRAPHS[name] for name in "tuv")
    texts = {str(number): f"{form} رقم {number}" for number in range(wordings)}
    found = dedupe.scan(texts).findings
    assert sum(item.rule == "boilerplate" for item in found) == forms
    assert all(item.relation == "edited" for item in found)


def test_a_notice_inside_other_paragraphs_is_boilerplate() -> None:
    texts = {
        own: f"{PARAGRAPHS[own]} {PARAGRAPHS['n']} {PARAGRAPHS[own].replace(' ', ' و')}"
        for own in "tuvwxy"
    }
    [finding] = dedupe.scan(texts).findings
    assert (finding.rule, finding.words) == ("boilerplate", words("n"))
    shown = {
        texts[place.document][place.span.start : place.span.end]
        for place in finding.occurrences
    }
    assert shown == {PARAGRAPHS["n"].rstrip(".")}
    assert len(finding.occurrences) == 6


def own_words(letter: str, count: int) -> str:
    """So many words that no other letter gives."""
    said = [f"{letter}{one}{two}" for one in FRUITS for two in FRUITS]
    return " ".join(said[:count])


def test_a_statement_that_outlets_join_with_their_own_words_is_no_boilerplate() -> None:
    said = [
        " ".join(PARAGRAPHS[name] for name in names) for names in ("AB", "CD", "EF")
    ]
    texts = {
        letter: "\n".join(
            f"{piece} {own_words(letter + mark, 38)}"
            for piece, mark in zip(said, "بتث", strict=True)
        )
        for letter in "جحخدرز"
    }
    found = dedupe.scan(texts).findings
    assert {(item.rule, item.relation) for item in found} == {("overlap", "overlap")}
    told = Counter(
        tuple(place.document for place in item.occurrences) for item in found
    )
    assert told == dict.fromkeys(combinations(texts, 2), len(said))


def test_a_copy_that_begins_with_a_formula_is_told_beside_it() -> None:
    notice, copied = (
        PARAGRAPHS["n"].rstrip("."),
        " ".join(PARAGRAPHS[name] for name in "ABCD"),
    )
    texts = {
        letter: f"{own_words(letter, 60)} {notice} {own_words(letter * 2, 60)}"
        for letter in "جحخدرز"
    }
    texts |= {
        letter: f"{own_words(letter, 60)} {notice} {copied} {own_words(letter * 2, 60)}"
        for letter in "سش"
    }
    form, copy = sorted(dedupe.scan(texts).findings, key=lambda item: item.words)
    assert (form.rule, len(form.occurrences)) == ("boilerplate", 8)
    assert (copy.rule, copy.words) == ("overlap", words("nABCD"))


def test_of_a_formula_that_each_document_cuts_elsewhere_each_has_one_place() -> None:
    long = " ".join(PARAGRAPHS[name].rstrip(".") for name in "nABC").split()
    cuts = ((8, 38), (8, 38), (4, 20), (0, 16), (12, 22), (12, 36))
    texts = {
        letter: " ".join(
            [own_words(letter, 60), *long[slice(*cut)], own_words(letter * 2, 60)]
        )
        for letter, cut in zip("جحخدرز", cuts, strict=True)
    }
    [form] = (item for item in dedupe.scan(texts).findings if item.rule != "overlap")
    assert [place.document for place in form.occurrences] == [*texts]


def passages(finding: Finding, texts: dict[str, str]) -> list[list[str]]:
    """The words of the passages of each place."""
    return [
        [texts[place.document][start:end] for start, end in place.passages]
        for place in finding.occurrences
    ]


def test_a_quotation_across_a_paragraph_break_is_one_finding() -> None:
    first, second = (PARAGRAPHS[name].rstrip(".") for name in "AB")
    texts = {
        "1": f"{PARAGRAPHS['t']} {first} {second} {PARAGRAPHS['u']}",
        "2": f"{PARAGRAPHS['v']} {first}\n{second} {PARAGRAPHS['w']}",
    }
    [finding] = dedupe.scan(texts).findings
    count = words("AB")
    assert shape(finding) == ("overlap", "overlap", count, [("1", 1, 1), ("2", 1, 2)])
    assert passages(finding, texts) == [[first, second], [first, second]]
    assert dedupe.scan(texts).duplicated_words == count


def test_paragraphs_that_two_documents_join_are_one_finding_with_each() -> None:
    """One stands in both, so that the next of one follows the first of the other."""
    joined = " ".join(PARAGRAPHS[name] for name in "ABC")
    texts = {
        "1": "\n".join(PARAGRAPHS[name] for name in "ABC"),
        "2": f"{own_words('ج', 40)} {joined} {own_words('ح', 40)}",
        "3": f"{own_words('خ', 40)} {joined} {own_words('د', 40)}",
    }
    found = [
        shape(item) for item in dedupe.scan(texts).findings if item.rule == "overlap"
    ]
    assert found[:2] == [
        ("overlap", "contained", words("ABC"), [("1", 1, 3), (other, 1, 1)])
        for other in "23"
    ]
    assert len(found) == 3


def test_paragraphs_that_hold_a_part_of_one_another_in_turn_overlap() -> None:
    one, other, *rest = (PARAGRAPHS[name] for name in "ABtuvw")
    before, after = " ".join(rest[:2]), " ".join(rest[2:])
    texts = {"1": f"{before} {one}\n{other}", "2": f"{one}\n{other} {after}"}
    [finding] = dedupe.scan(texts).findings
    whole = [("1", 1, 2), ("2", 1, 2)]
    assert shape(finding) == ("overlap", "overlap", words("AB"), whole)


def test_text_pasted_twice_inside_one_paragraph_is_found() -> None:
    pasted = PARAGRAPHS["A"].rstrip(".")
    texts = {"1": f"{pasted} {PARAGRAPHS['t']} {pasted}"}
    result = dedupe.scan(texts)
    [finding] = result.findings
    assert shape(finding) == ("overlap", "overlap", 11, [("1", 1, 1), ("1", 1, 1)])
    assert passages(finding, texts) == [[pasted], [pasted]]
    assert result.duplicated_words == 11


LONG = " ".join(PARAGRAPHS[name] for name in "tAuvw")


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(LONG.replace(" ", "  ", 1), id="a space twice"),
        pytest.param(LONG.replace(" ", "\t", 1), id="a tab"),
        pytest.param(LONG.replace(" ", "\xa0", 1), id="a space that does not break"),
        pytest.param(LONG.replace(" ", "\u2009"), id="thin spaces"),
        pytest.param(LONG.replace(" ", "\u3000", 1), id="an ideographic space"),
        pytest.param(f"\ufeff{LONG}", id="a byte order mark"),
        pytest.param(f"\ufeff  {LONG}\n", id="a mark and an indent"),
    ],
)
def test_what_differs_in_white_space_alone_is_identical(written: str) -> None:
    texts = {"1": LONG, "2": written, "3": LONG}
    [finding] = dedupe.scan(texts).findings
    assert (finding.relation, len(finding.occurrences)) == ("identical", 3)
    for place in finding.occurrences:
        start, end = place.span
        assert texts[place.document][start:end].split() == LONG.split()


def test_a_paragraph_inside_a_longer_one_is_contained() -> None:
    texts = {
        "1": PARAGRAPHS["A"],
        "2": " ".join(PARAGRAPHS[name] for name in "tAuvwx"),
    }
    [finding] = dedupe.scan(texts).findings
    assert (finding.rule, finding.relation) == ("overlap", "contained")
    assert finding.containment == 1.0


def test_copies_of_one_paragraph_overlap_with_a_third_once() -> None:
    texts = {
        "1": PARAGRAPHS["A"],
        "2": PARAGRAPHS["a"],
        "3": " ".join(PARAGRAPHS[name] for name in "tAuvwx"),
    }
    found = [(item.rule, item.relation) for item in dedupe.scan(texts).findings]
    assert found == [("near-duplicate", "orthographic"), ("overlap", "contained")]


def test_what_overlaps_with_both_ends_of_a_chain_of_edits_is_told_of_both() -> None:
    """The ends are edited copies of what is between them, but share no word."""
    one, other = (
        " ".join(PARAGRAPHS[name] for name in names) for names in ("ABC", "DEF")
    )
    anew = f" {own_words('ت', 3)} "
    between = anew.join(PARAGRAPHS[name] for name in "BCDE")
    quoting = " ".join(
        [own_words("ج", 30), PARAGRAPHS["A"], own_words("ح", 30), PARAGRAPHS["F"]]
    )
    texts = {"1": f"{quoting} {own_words('خ', 30)}", "2": one, "3": between, "4": other}
    found = [
        ([place.document for place in item.occurrences], item.words)
        for item in dedupe.scan(texts).findings
        if item.rule == "overlap"
    ]
    assert found == [(["1", "2"], words("A")), (["1", "4"], words("F"))]


def test_documents_without_a_paragraph_do_not_disturb_the_count() -> None:
    line = "أعلنت الوزارة مساء أمس موعد افتتاح المكتبة العامة في المدينة القديمة"
    texts = {f"empty {n}": "" for n in range(9)}
    texts |= {"first": line, "second": line.replace("أعلنت", "اعلنت الآن")}

    [finding] = dedupe.scan(texts).findings

    assert (finding.rule, finding.relation) == ("near-duplicate", "edited")
