"""Paragraphs: lines that have words, with what makes them equal."""

from __future__ import annotations

import re
import textwrap
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dedupe import arabic, wrapping
from dedupe.folding import encode_batch
from dedupe.normalizer import fold_words
from dedupe.paragraphs import ParagraphColumns, columns_of, read_columns

# Written for these tests.
PROSE = """\
افتتحت البلدية صباح اليوم حديقة عامة جديدة على ضفة النهر بعد أعمال استمرت عامين \
كاملين شارك فيها مهندسون ومتطوعون من أحياء المدينة كلها
وتضم الحديقة ملاعب للأطفال ومسارا للدراجات ومكتبة صغيرة يديرها طلبة المدارس في \
العطل كما زرعت فيها أشجار من الزيتون والسرو والصنوبر على امتداد الممرات
وقال رئيس البلدية إن المشروع هو الأول في سلسلة من المشاريع التي ستنفذ خلال \
السنوات المقبلة داعيا السكان إلى المحافظة على المكان وإلى المشاركة في العناية به\
""".splitlines()

HEADLINES = """\
البلدية تفتتح حديقة عامة على ضفة النهر بعد عامين من أعمال البناء
وزير الصحة يعلن خطة وطنية لتطوير المستشفيات في المناطق البعيدة
انطلاق معرض الكتاب بمشاركة دور نشر عربية وحضور واسع من القراء
المنتخب الوطني يختتم معسكره ويستعد لمباراته الحاسمة غدا الخميس
ارتفاع أسعار الخضروات في الأسواق مع اقتراب موسم الأعياد
مجلس المدينة يناقش مشروع توسعة الطرق ومواقف السيارات الجديدة
باحثون يكتشفون نقوشا قديمة في كهف قرب الساحل الشمالي للبلاد
شركة الطيران تضيف رحلات جديدة إلى ثلاث عواصم أوروبية هذا الصيف
طلبة الجامعة يصممون سيارة تعمل بالطاقة الشمسية لمسافات طويلة
هيئة الأرصاد تحذر من أمطار غزيرة ورياح قوية نهاية الأسبوع
مهرجان الموسيقى يستضيف فرقا شعبية قادمة من عشرين بلدا عربيا
وفاة الفنان الكبير صاحب الألحان الخالدة عن ثمانين عاما
""".splitlines()
# By Imru al-Qais and al-Mutanabbi.
VERSES = """\
قفا نبك من ذكرى حبيب ومنزل بسقط اللوى بين الدخول فحومل
وليل كموج البحر أرخى سدوله علي بأنواع الهموم ليبتلي
ألا أيها الليل الطويل ألا انجل بصبح وما الإصباح منك بأمثل
مكر مفر مقبل مدبر معا كجلمود صخر حطه السيل من عل
على قدر أهل العزم تأتي العزائم وتأتي على قدر الكرام المكارم
وتعظم في عين الصغير صغارها وتصغر في عين العظيم العظائم
أنا الذي نظر الأعمى إلى أدبي وأسمعت كلماتي من به صمم
الخيل والليل والبيداء تعرفني والسيف والرمح والقرطاس والقلم
""".splitlines()
CITATIONS = [
    f"{name}، مقالات في تاريخ الأدب، دار الشروق، {year}، ص {year % 300}"
    for name, year in zip(
        ("أحمد محمود", "سلمى سعيد", "خالد يوسف", "منى خالد", "يوسف حسن", "ليلى علي"),
        range(1980, 1986),
        strict=True,
    )
]
LONG_ITEMS = [f"- {line}" for line in HEADLINES]

lines = st.lists(
    st.lists(
        st.sampled_from(
            ("كتاب", "عبد", "الله", "و", "5", "1,2", " ", "\t", "…", "«", "ﷺ", "😀")
        ),
        max_size=6,
    ).map("".join),
    max_size=6,
)


def paragraphs(*texts: str, fold: str = "full") -> ParagraphColumns:
    return read_columns(texts, fold=fold)[1]


def written(text: str) -> list[str]:
    found = paragraphs(text)
    spans = zip(found.start.tolist(), found.end.tolist(), strict=True)
    return [text[start:end] for start, end in spans]


def test_a_line_with_words_is_a_paragraph() -> None:
    found = paragraphs("أولا هنا\n\n \t\n***\nثانيا")
    assert found.line.tolist() == found.last_line.tolist() == [0, 4]
    assert found.words.tolist() == [2, 1]
    assert found.first_word.tolist() == [0, 2]


def test_white_space_is_left_out_and_punctuation_is_not() -> None:
    lines = "  «أولا».\N{NO-BREAK SPACE}", "\t– ثانيا\r", " " * 99 + "ثالثا!"
    assert written("\n".join(lines)) == ["«أولا».", "– ثانيا", "ثالثا!"]


@pytest.mark.parametrize("character", arabic.BREAKS)
def test_every_line_break_ends_a_paragraph(character: str) -> None:
    found = paragraphs(f"أولا{character}ثانيا\nثالثا")
    assert found.line.tolist() == [0, 0, 1]
    assert found.start.tolist() == [0, 5, 11]


def test_documents_keep_their_own_lines_and_offsets() -> None:
    found = paragraphs("أولا\nثانيا", "", "\n", "😀\nثالثا", "﷽\n&quot;رابعا&quot;")
    assert found.document.tolist() == [0, 0, 3, 4, 4]
    assert found.line.tolist() == [0, 1, 1, 0, 1]
    assert found.start.tolist() == [0, 5, 2, 0, 2]
    assert found.end.tolist() == [4, 10, 7, 1, 19]
    assert found.first_word.tolist() == [0, 1, 2, 3, 7]


def test_paragraphs_of_equal_words_have_equal_hashes() -> None:
    found = paragraphs(
        "إلى «المدرسة» غدا\nالى المدرسه، غداً\nغدا الى المدرسة", "إلى المدرسة غدا"
    )
    first, second, third, fourth = found.solid.tolist()
    assert first == second == fourth != third


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("جاء عبد الرزاق", "جاء عبدالرزاق"),
        ("ما وصل أحد", "ماوصل أحد"),
        ("عز وجل", "عزوجل"),
        ("و قال 2015 م", "وقال 2015م"),
        ("بلغ 42 659 ريالا", "بلغ 42659 ريالا"),
        ("بلغ 1 042 659 ريالا", "بلغ 1042659ريالا"),
        ("في 12/5/2015 م", "في 12 - 5 - 2015م"),
        ("بلغ 1,234.5 طنا", "بلغ 1234.5طنا"),
        ("شيء ما", "شئ ما"),
        ("كل شيء ما", "كل شيءما"),
        ("كل شئ ما", "كل شيئما"),
        ("كل شي ء ما", "كلشئما"),
        ("مجيء البريء شيئا", "مجيءالبريءشيئا"),
        ("شيء " * 90, "شيء" * 90),
        ("الذي يؤكد", "الذييؤكد"),
        ("في ي ي يؤكد", "فييييؤكد"),
        ("في ييء", "فيييء"),
        ("ي " * 3000 + "ء", "ي" * 3000 + "ء"),
        ("اي 5 ءا", "اي5ءا"),
        ("المستشفى ال جامعي الت خصصي", "المستشفى الجامعي التخصصي"),
        ("中文 字", "中文字"),
        ("a" * 300 + " b", "a" * 300 + "b"),
    ],
)
def test_spacing_does_not_change_the_solid_hash(one: str, other: str) -> None:
    found = paragraphs(one, f"قبله\n{other}\nبعده")
    assert found.solid[0] == found.solid[2]


@given(st.text("يءئشو 5\n", max_size=40))
def test_no_space_that_is_lost_changes_the_solid_hash(text: str) -> None:
    spaced, solid = paragraphs(text), paragraphs(text.replace(" ", ""))
    assume(not re.search("5 +5", text))  # two numbers
    assert spaced.solid.tolist() == solid.solid.tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("بلغ 1.25", "بلغ 125"),
        ("ما وصل", "وما صل"),
        ("ab", "ba"),
        ("ابابا", "اباب"),
        ("فاز 3-2 أمس", "فاز 32 أمس"),
        ("في 1/12/2015", "في 11/2/2015"),
        ("عند 12:30 ظهرا", "عند 1:230 ظهرا"),
        ("الصفحات 2015 101", "الصفحات 2015101"),
        ("بلغ 1,234 567", "بلغ 1234567"),
        ("3-2", "32"),
        ("هيا", "هءا"),
        ("شيا", "شا"),
    ],
)
def test_other_letters_change_the_solid_hash(one: str, other: str) -> None:
    found = paragraphs(one, other)
    assert found.solid[0] != found.solid[1]


@given(
    documents=st.lists(lines.map("\n".join), max_size=4),
    ignore_numbers=st.booleans(),
)
def test_paragraphs_are_the_lines_that_have_words(
    documents: list[str], *, ignore_numbers: bool
) -> None:
    words, found = read_columns(documents, ignore_numbers=ignore_numbers)
    row = 0
    for number, text in enumerate(documents):
        for line, content in enumerate(text.split("\n")):
            alone = fold_words([content], ignore_numbers=ignore_numbers)
            if not alone.hashes.size:
                continue
            first = found.first_word[row]
            hashes = words.hashes[first : first + found.words[row]]
            assert hashes.tolist() == alone.hashes.tolist()
            assert (found.document[row], found.line[row]) == (number, line)
            assert text[found.start[row] : found.end[row]] == content.strip()
            row += 1
    assert row == found.line.size


@given(
    documents=st.lists(lines.map("\n".join), max_size=4),
    fold=st.sampled_from(("none", "light", "full")),
    ignore_numbers=st.booleans(),
)
def test_a_word_without_letters_closes_each_document(
    documents: list[str], fold: str, *, ignore_numbers: bool
) -> None:
    encoded = encode_batch(documents, fold=fold)
    closed, found = columns_of(
        encoded, documents, fold=fold, ignore_numbers=ignore_numbers
    )
    words, alone = read_columns(documents, fold=fold, ignore_numbers=ignore_numbers)
    closing = closed.first_word[1:] - 1
    for column in (closed.hashes, closed.start, closed.sizes):
        assert not column[closing].any()
    assert np.array_equal(np.delete(closed.hashes, closing), words.hashes)
    places = np.delete(np.arange(closed.hashes.size), closing)
    assert np.array_equal(closed.joined, places[words.joined])
    assert np.array_equal(found.first_word, places[alone.first_word])
    assert np.array_equal(found.words, alone.words)


@given(lines, lines)
def test_hashes_do_not_depend_on_the_company(one: list[str], other: list[str]) -> None:
    together = paragraphs("\n".join(one), "\n".join(other))
    alone = [paragraphs("\n".join(text)) for text in (one, other)]
    for column in ("solid", "line", "start", "end", "words"):
        parts = np.concatenate([getattr(part, column) for part in alone])
        assert np.array_equal(getattr(together, column), parts)


def test_numbers_left_out_before_the_first_paragraph_change_no_hash() -> None:
    texts = ["1436\nقال الوزير 5 مرات", "قال الوزير مرات"]
    _, found = read_columns(texts, ignore_numbers=True)
    assert found.solid[0] == found.solid[1]


def test_a_letter_of_another_script_is_told_after_many_marks() -> None:
    marked = "كَتَبَ " * 500
    words = fold_words([f"{marked}ـ日 {marked}ـ月", "日 月"])
    first, second, third, fourth = words.hashes[[500, 1001, 1002, 1003]].tolist()
    assert (first, second) == (third, fourth)
    assert first != second


def test_entities_and_wrapped_lines_of_one_document_are_both_undone() -> None:
    text = "\n".join(textwrap.wrap(f"AT&amp;T {' '.join(PROSE)}", 70))
    words, found = read_columns(["سطر", text, "سطر"])
    assert found.document.tolist() == [0, 1, 2]
    alone, _ = read_columns([text.replace("\n", " ")])
    assert words.hashes[1:-1].tolist() == alone.hashes.tolist()


def test_no_text_has_no_paragraphs() -> None:
    assert paragraphs().line.size == paragraphs("", "…").line.size == 0


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_wrapped_lines_are_one_paragraph(newline: str) -> None:
    wrapped = [textwrap.wrap(paragraph, 60) for paragraph in PROSE]
    text = (newline * 2).join(newline.join(rows) for rows in wrapped)
    found = paragraphs(text)
    plain = paragraphs("\n".join(PROSE))
    assert found.solid.tolist() == plain.solid.tolist()
    assert found.line.tolist() == [0, 4, 8]
    assert found.last_line.tolist() == [2, 6, 10]
    assert [text[a:b] for a, b in zip(found.start, found.end, strict=True)] == [
        newline.join(rows) for rows in wrapped
    ]


def test_wrapped_lines_of_quoted_mail_are_one_paragraph() -> None:
    wrapped = "\n\n".join(textwrap.fill(paragraph, 60) for paragraph in PROSE)
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in wrapped.split("\n"))
    found = paragraphs(f"وصلنا هذا النص:\n\n{quoted}")
    assert found.solid[1:].tolist() == paragraphs("\n".join(PROSE)).solid.tolist()


def test_wrapped_paragraphs_without_blank_lines_end_where_a_word_had_room() -> None:
    text = "\n".join(textwrap.fill(paragraph, 60) for paragraph in PROSE)
    found = paragraphs(text)
    assert found.solid.tolist() == paragraphs("\n".join(PROSE)).solid.tolist()


def test_words_are_joined_across_wrapped_lines() -> None:
    rows = [*textwrap.wrap(PROSE[0], 60)[:2], *textwrap.wrap(PROSE[1], 60)[:3]]
    text = "\n".join([*rows, f"{rows[0][:55]} عبد", f"الله {rows[1][:50]}", ""])
    assert wrapping.unwrap(text) != text
    words, _ = read_columns([text])
    assert fold_words(["عبدالله"]).hashes[0] in words.hashes


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(PROSE),
        "\n".join(f"- بند قصير رقم {number}" for number in range(30)),
        "\n".join(f"{row}." for row in textwrap.wrap(" ".join(PROSE), 60)),
        "\n".join(textwrap.wrap(" ".join(PROSE), 30)),
        "\n".join(HEADLINES),
        "\n".join([*HEADLINES[:6], "", *HEADLINES[6:]]),
        "\n".join(VERSES),
        "\n".join("\N{ARABIC FATHA}".join(verse) for verse in VERSES),
        "\n".join([*VERSES[:4], "", *VERSES[4:], "المتنبي"]),
        "\n".join(LONG_ITEMS),
        "\n".join(CITATIONS),
        "",
        "\n\n\n\n\n\n\n\n",
    ],
    ids=[
        "prose",
        "list",
        "sentences",
        "short lines",
        "headlines",
        "headlines in two groups",
        "verses",
        "verses with marks",
        "verses of two stanzas with their poet",
        "list of long items",
        "citations with commas",
        "empty",
        "blank",
    ],
)
def test_lines_that_are_not_clearly_wrapped_stay(text: str) -> None:
    assert wrapping.unwrap(text) is text


def test_what_is_no_prose_stays_beside_wrapped_paragraphs() -> None:
    article = PROSE * 10
    wrapped = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in article)
    items = [f"{mark} بند قصير من القائمة" for mark in ("-", "•", "1.", "٢-", "(3)")]
    dialog = ["قال: أين كنت؟", "قالت: كنت في السوق", "قال: وماذا اشتريت؟"]
    rest = [*items, "", *VERSES, "", *dialog, "", "# عنوان", "| أ | ب |", "| ج | د |"]
    text = "\n".join([wrapped, "", *rest])
    cut = [line for line in wrapping.unwrap(text).split("\n") if line]
    assert cut == [*article, *filter(None, rest)]


def test_a_dash_that_comes_first_in_a_line_by_chance_begins_no_item() -> None:
    prose = f"{PROSE[0]} – {PROSE[1]} {PROSE[2]}"
    width = next(w for w in range(60, 100) if "\n–" in textwrap.fill(prose, w))
    rows = textwrap.wrap(prose, width)
    assert wrapping.unwrap("\n".join([*rows, ""])) == prose + "\n"


def test_marks_may_have_no_width_where_lines_were_wrapped() -> None:
    prose = " ".join(PROSE)
    rows = textwrap.wrap(prose, 60)
    # A vowel for every letter of some words, and none for the others.
    marked = [
        " ".join(
            "\N{ARABIC FATHA}".join(word) if place % 3 == 0 else word
            for place, word in enumerate(row.split())
        )
        for row in rows
    ]
    assert wrapping.unwrap("\n".join(marked)) == " ".join(marked)


def test_unwrapping_keeps_every_offset() -> None:
    text = "\r\n".join(textwrap.wrap(" ".join(PROSE), 70))
    whole = wrapping.unwrap(text)
    assert whole is not text
    assert len(whole) == len(text)
    assert whole.split() == text.split()


def test_rows_are_in_the_order_of_the_text() -> None:
    found = paragraphs("\n".join(PROSE), *PROSE)
    places = zip(found.document.tolist(), found.start.tolist(), strict=True)
    assert all(one < other for one, other in pairwise(places))
