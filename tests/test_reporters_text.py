from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import replace

import pytest

from dedupe.model import Finding, Occurrence, Relation, ScanResult, Span
from dedupe.reporters import COLORED_REPORTERS, REPORTERS
from dedupe.reporters.neutralizer import neutralize, show_name
from dedupe.settings import Settings

ORIGINAL = "أعلنت البلدية أمس افتتاح المكتبة العامة في الحي القديم بعد ترميمها"
EDITED = "أعلنت البلدية اليوم افتتاح المكتبة العامة في الحي القديم بعد ترميمها"

HOSTILE = {
    "escape": "\x1b[2J",
    "title": "\x1b]0;title\x07",
    "C1": "\x9b31m",
    "carriage return": "\rsafe",
    "right-to-left override": "\N{RIGHT-TO-LEFT OVERRIDE}",
    "isolate": "\N{LEFT-TO-RIGHT ISOLATE}\N{POP DIRECTIONAL ISOLATE}",
    "marks": "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}",
    "line separator": "\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}\x85",
    "surrogate": "\udcff",
    "delete": "\x7f\x00",
}


def place(
    document: str = "a.txt",
    line: int = 1,
    excerpt: str = ORIGINAL,
    passages: tuple[tuple[int, int], ...] | None = None,
) -> Occurrence:
    start = 100 * line
    return Occurrence(
        document,
        (line, line),
        (line, line),
        Span(start, start + len(excerpt)),
        tuple(
            Span(start + first, start + last)
            for first, last in passages or ((0, len(excerpt)),)
        ),
        excerpt,
    )


def finding(*places: Occurrence, relation: Relation = "identical") -> Finding:
    equal = relation in ("identical", "orthographic")
    ratio = 1.0 if equal else 0.8199
    return Finding("0123", "near-duplicate", relation, ratio, ratio, 11, ratio, places)


def report(*findings: Finding, format: str = "text", color: bool = False) -> str:  # noqa: A002
    settings = Settings()
    result = ScanResult({}, settings.fingerprint(), [], findings, [], [])
    out = io.BytesIO()
    (COLORED_REPORTERS if color else REPORTERS)[format](result, out)
    return out.getvalue().decode()


def test_places_and_relation_stand_before_an_excerpt_on_its_own_line() -> None:
    assert report(finding(place("a.txt", 2), place("b.txt", 7))) == (
        "a.txt:2, b.txt:7: identical near-duplicate, 11 words, 100% alike\n"
        f"  | {ORIGINAL}\n"
    )


def test_a_block_is_named_by_its_first_and_last_line() -> None:
    block = place("a.txt", 2)._replace(lines=(2, 11))
    header, *_ = report(finding(block, place("a.txt", 12))).splitlines()
    assert header.startswith("a.txt:2-11, a.txt:12: identical")


def test_the_first_line_of_a_finding_is_ascii() -> None:
    text = report(finding(place(), place("b.txt", excerpt=EDITED), relation="edited"))
    for line in text.splitlines():
        assert line.startswith("  | ") or line.isascii()


def test_words_that_differ_stand_in_brackets() -> None:
    passages = ((0, 14), (18, len(ORIGINAL)))
    other = ((0, 14), (20, len(EDITED)))
    text = report(
        finding(
            place("a.txt", 1, ORIGINAL, passages),
            place("b.txt", 4, EDITED, other),
            relation="edited",
        )
    )
    assert text.splitlines()[1:] == [
        "  a.txt:1",
        f"  | {ORIGINAL.replace('أمس', '[أمس]')}",
        "  b.txt:4",
        f"  | {EDITED.replace('اليوم', '[اليوم]')}",
    ]


def test_brackets_leave_punctuation_and_spaces_outside() -> None:
    text = "وصل الوفد «أمسِ»، ثم غادر."
    passages = ((0, 9), (17, len(text)))
    written = report(
        finding(place("a.txt", 1, text, passages), place("b.txt"), relation="edited")
    )
    assert "  | وصل الوفد «[أمسِ]»، ثم غادر.\n" in written


def test_an_overlap_shows_the_shared_words_alone() -> None:
    shared = "افتتاح المكتبة العامة في الحي القديم"
    start = ORIGINAL.index(shared)
    passages = ((start, start + len(shared)),)
    text = report(
        finding(
            place("a.txt", 1, ORIGINAL, passages),
            place("b.txt", 4, shared),
            relation="overlap",
        )
    )
    assert f"  | … {shared} …\n" in text
    assert "81% of the shorter" in text


def test_a_long_gap_between_passages_is_left_out() -> None:
    text = f"قال الوزير {'كلاما طويلا ' * 9}في المؤتمر"
    passages = ((0, 10), (len(text) - 10, len(text)))
    far = place("a.txt", 1, text, passages)
    written = report(finding(far, place("b.txt"), relation="overlap"))
    assert "  | قال الوزير […] في المؤتمر\n" in written


def test_only_what_is_equal_is_a_hundred_percent() -> None:
    nearly = finding(place(), place("b.txt"), relation="edited")._replace(jaccard=0.999)
    assert "99% alike" in report(nearly)


@pytest.mark.parametrize("start", range(len(ORIGINAL)))
def test_color_never_splits_a_word(start: int) -> None:
    passages = ((start, min(start + 9, len(ORIGINAL))),)
    text = report(
        finding(
            place("a.txt", 1, ORIGINAL, passages), place("b.txt"), relation="edited"
        ),
        color=True,
    )
    for code in re.finditer(r"\x1b\[[\d;]+m", text):
        before, after = text[: code.start()][-1:], text[code.end() :][:1]
        assert not (is_letter(before) and is_letter(after))
    assert ORIGINAL in re.sub(r"\x1b\[[\d;]+m", "", text)


def is_letter(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] in "LMN"


@pytest.mark.parametrize(
    "relation", ["identical", "orthographic", "edited", "contained", "overlap"]
)
def test_colors_say_the_relation(relation: Relation) -> None:
    colored = finding(place(), place("b.txt", excerpt=EDITED), relation=relation)
    plain = report(colored)
    text = report(colored, color=True)
    assert "\x1b" not in plain
    assert re.search(rf"\x1b\[38;5;\d+m{relation}\x1b\[0m", text)


def test_an_excerpt_that_is_cut_off_says_so() -> None:
    long = place("a.txt", 2)._replace(span=Span(200, 900))
    assert f"  | {ORIGINAL} …\n" in report(finding(long, place("b.txt")))


def test_an_edited_copy_is_shown_from_where_it_agrees() -> None:
    opening = (
        "وصل الوزير صباحا وحضر عددا من اللقاءات في مدن الشمال وقراها البعيدة. " * 4
    )
    texts = {"a.txt": f"{opening}{ORIGINAL}. {opening}", "b.txt": ORIGINAL}
    long = finding(
        Occurrence(
            "a.txt",
            (1, 1),
            (1, 1),
            Span(0, len(texts["a.txt"])),
            (Span(len(opening), len(opening) + len(ORIGINAL)),),
            opening[:160],
        ),
        place("b.txt", excerpt=ORIGINAL),
        relation="edited",
    )
    out = io.BytesIO()
    result = ScanResult({}, "", [], [long], [], [])
    result = replace(
        result, read_texts=lambda names: ((name, texts[name]) for name in names)
    )
    REPORTERS["text"](result, out)
    assert f"  | … {ORIGINAL}. [" in out.getvalue().decode()
    # Where the texts are not at hand, it is told that none of this agrees.
    assert f"  | [{opening[:150]}" in report(long)


@pytest.mark.parametrize("sign", ["\v", "\f", "\N{LINE SEPARATOR}", "\r\n"])
def test_a_break_inside_a_paragraph_breaks_the_lines_of_its_excerpt(sign: str) -> None:
    text = report(finding(place(excerpt=f"{ORIGINAL}{sign}{EDITED}"), place()))
    assert text.splitlines()[1:] == [f"  | {ORIGINAL}", f"  | {EDITED}"]


def test_every_line_of_an_excerpt_has_a_prefix() -> None:
    text = report(finding(place(excerpt="::add-mask::x\n##[error]\r\n\n::x"), place()))
    assert text.splitlines()[1:] == ["  | ::add-mask::x", "  | # #[error]", "  | ::x"]


def test_many_places_are_counted_rather_than_named() -> None:
    places = [place(f"{number:02}.txt") for number in range(14)]
    assert "09.txt:1 and 4 more: identical" in report(finding(*places))
    assert "10.txt:1-1 and 3 more\n" in report(finding(*places), format="concise")


def test_concise_is_a_line_a_finding() -> None:
    edited = finding(place("a b.txt", 3), place("b.txt", 4), relation="edited")
    line = (
        "a b.txt:3-3: near-duplicate edited words=11 jaccard=0.820 containment=0.820 "
        "-> b.txt:4-4\n"
    )
    assert report(edited, edited, format="concise") == line * 2


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("format", ["text", "concise"])
@pytest.mark.parametrize("color", [False, True], ids=["plain", "color"])
def test_no_text_of_others_can_control_the_terminal(
    text: str,
    format: str,  # noqa: A002
    color: bool,  # noqa: FBT001
) -> None:
    hostile = place(f"a{text}.txt", excerpt=f"قال {text} أمس")
    written = report(
        finding(hostile, place(f"{text}b.txt"), relation="edited"),
        format=format,
        color=color,
    )
    if color:
        written = re.sub(r"\x1b\[[\d;]+m", "", written)
    assert text not in written
    unsafe = [
        character
        for character in written
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and character != "\n"
    ]
    assert not unsafe


def test_the_joiners_of_persian_spelling_stay() -> None:
    word = "می\N{ZERO WIDTH NON-JOINER}خواهم\N{ZERO WIDTH JOINER}"
    assert neutralize(word) == word


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("news/001.txt", "news/001.txt"),
        ("أخبار/مقال.txt", "أخبار/مقال.txt"),
        ("two words.txt", "two words.txt"),
        ("-", "-"),
        ("C:\\news\\1.txt", "C:\\news\\1.txt"),
        ("a\nb.txt", '"a\\nb.txt"'),
        ('say "so".txt', '"say \\"so\\".txt"'),
        ("::error::x.txt", '"::error::x.txt"'),
        ("##vso[task].txt", '"# #vso[task].txt"'),
        ("a.txt:7: identical", '"a.txt:7: identical"'),
        ("bad\udcff.txt", '"bad\\udcff.txt"'),
        ("", '""'),
    ],
    ids=ascii,
)
def test_an_odd_name_is_quoted(name: str, shown: str) -> None:
    assert show_name(name) == shown


def test_nothing_found_is_an_empty_report() -> None:
    assert report() == ""


@pytest.mark.parametrize("format", ["text", "concise"])
def test_no_line_gives_an_order_to_the_log_of_a_service(format: str) -> None:  # noqa: A002
    orders = ("##vso[task.setvariable]x", "##[error]y")
    for order in orders:
        one = place(f"news/{order}.txt", excerpt=f"{order} {ORIGINAL}")
        other = place("b.txt", excerpt=f"{order} {EDITED}")
        written = report(finding(one, other, relation="edited"), format=format)
        assert order not in written
        assert order[1:] in written
