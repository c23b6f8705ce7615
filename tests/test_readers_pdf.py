from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

import dedupe
from dedupe.errors import InputError
from dedupe.readers import pdf
from dedupe.readers.documents import Converted, ReadOptions
from dedupe.readers.pdf.lines import reading_order
from docx_maker import document, p
from pdf_maker import (
    LEADING,
    RIGHT,
    STEP,
    TOP,
    Maker,
    assemble,
    flush_right,
    stream,
    visual,
    wrapped,
)

CASES = Path(__file__).parent / "cases" / "pdf"
ARTICLE = (CASES / "article.txt").read_text("utf-8").rstrip("\n").split("\n")
PLAIN = [
    (
        "وصلت السفينة إلى الميناء صباح أمس بعد رحلة طويلة عبر المحيط الهندي استمرت "
        "ثلاثة أسابيع كاملة، وعلى متنها مئات الحاويات المحملة بالقمح والسكر والأدوية."
    ),
    (
        "وقال قبطان السفينة إن الأمواج العالية أخرت وصولها يومين، لكن الطاقم كله بخير "
        "ولم تتضرر البضائع، شاكرا لأهل المدينة حسن استقبالهم للبحارة في كل مرة."
    ),
    (
        "وتستعد السلطات في الميناء لاستقبال خمس سفن أخرى خلال الأسبوع المقبل، بعد أن "
        "أنهت توسعة الرصيف الشرقي الذي صار يتسع للسفن الكبيرة."
    ),
]


def read(data: bytes, options: ReadOptions | None = None) -> Converted:
    return pdf.convert(data, options or ReadOptions())


def lines(data: bytes) -> list[str]:
    return read(data).text.split("\n")


@pytest.mark.parametrize(
    "name",
    [
        "chromium",
        "chromium-columns",
        "libreoffice",
        "libreoffice-justified",
        "weasyprint",
    ],
)
def test_what_newsrooms_print_comes_back_letter_by_letter(name: str) -> None:
    assert lines((CASES / f"{name}.pdf").read_bytes()) == ARTICLE


def test_a_title_and_a_day_come_along() -> None:
    about = read((CASES / "chromium.pdf").read_bytes()).about
    assert about.title == ARTICLE[0]
    assert about.date == "2026-11-22"


def logical(line: str) -> list[str]:
    return list(line)


def as_forms(line: str) -> list[str]:
    """Return a line as presentation forms, lam-alefs as ligatures."""
    whole = line.replace("لا", "ﻻ").replace("لأ", "ﻷ").replace("لإ", "ﻹ")
    return visual(whole.translate(str.maketrans("بتسمنهيو", "ﺑﺗﺳﻣﻧﻫﻳﻭ")))


def as_turned_ligatures(line: str) -> list[str]:
    """Return a line with each lam-alef as one sign whose letters are swapped."""
    signs: list[str] = []
    for letter in line:
        if letter in "اأإآ" and signs and signs[-1] == "ل":
            signs[-1] = letter + "ل"
        else:
            signs.append(letter)
    return signs[::-1]


@pytest.mark.parametrize("order", [visual, as_forms, as_turned_ligatures])
def test_each_way_of_writing_letters_gives_the_same_text(
    order: Callable[[str], list[str]],
) -> None:
    assert lines(Maker().write(PLAIN, order).file()) == PLAIN


@pytest.mark.parametrize(
    ("sign", "letters"), [("ﷲ", "الله"), ("ﻻ", "لا"), ("ﻌ", "ع"), ("ﷺ", "ﷺ")]
)
def test_what_a_font_makes_of_letters_is_undone(sign: str, letters: str) -> None:
    maker = Maker()
    maker.draw(flush_right([sign, " ", *visual("عند")]))
    assert lines(maker.file()) == [f"عند {letters}"]


def test_signs_may_be_drawn_in_any_order() -> None:
    maker = Maker()
    maker.draw(reversed(flush_right(visual("من اليمين إلى اليسار"))))
    assert lines(maker.file()) == ["من اليمين إلى اليسار"]


def test_the_page_may_tell_what_its_signs_stand_for() -> None:
    maker = Maker(actual={"\ue000": "لله"})
    maker.draw(flush_right(["\ue000", *visual("الحمد ")]))
    assert lines(maker.file()) == ["الحمد لله"]


def test_words_that_are_only_set_apart_are_words() -> None:
    maker = Maker()
    maker.draw(flush_right(visual("الثانية"), RIGHT - 7.5 * STEP))
    maker.draw(flush_right(visual("الكلمة"), RIGHT))
    assert lines(maker.file()) == ["الكلمة الثانية"]


@pytest.mark.parametrize(
    ("shown", "read_as"),
    [
        ("باب 12.5 في", "في 12.5 باب"),
        ("باب 480,000 في", "في 480,000 باب"),
        ("باب 14/02/2021 في", "في 14/02/2021 باب"),
        # In Arabic a telephone number is set from right to left, group by group.
        ("014-555-0922 فتاه", "هاتف 0922-555-014"),
        ("باب Al Bo في", "في Al Bo باب"),
        ("باب DSpace 7.6 في", "في DSpace 7.6 باب"),
        ("باب a@b.example في", "في a@b.example باب"),
        ("باب ١٢٣ في", "في ١٢٣ باب"),
        ("باب %50 في", "في 50% باب"),
        ("باب )باب( باب", "باب (باب) باب"),
        ("باب (باب) باب", "باب (باب) باب"),
        ("باب «باب» باب", "باب «باب» باب"),
        ("the word باب is", "the word باب is"),
    ],
)
def test_numbers_and_foreign_words_stand_where_a_reader_reads_them(
    shown: str, read_as: str
) -> None:
    # The picture from left to right; the words باب and في are the same either way.
    turned = [word[::-1] if word == "في" else word for word in shown.split(" ")]
    maker = Maker()
    maker.draw(flush_right(list(" ".join(turned))))
    assert lines(maker.file()) == [read_as]


@given(
    st.lists(st.sampled_from([*"بتدمر ", "1", "2", "a", "(", "-", "،"]), max_size=40)
)
def test_putting_signs_in_order_loses_none(signs: list[str]) -> None:
    brackets = str.maketrans(")", "(")
    ordered = reading_order(signs).translate(brackets)
    assert sorted(ordered) == sorted("".join(signs).translate(brackets))


def test_marks_belong_to_the_letters_that_they_were_drawn_with() -> None:
    maker = Maker()
    signs = flush_right(visual("كتب"))
    # The mark of the first letter, drawn before it, overhangs to the left.
    (last, middle, first) = signs
    maker.draw([last, middle, ("َ", first[1] - 1), first])
    [line] = lines(maker.file())
    assert line == "كَتب"


def test_a_paragraph_goes_on_across_pages_without_their_heads_and_numbers() -> None:
    text = [f"{nth} {line}" for nth in ("أولا", "ثانيا", "ثالثا") for line in PLAIN]
    maker = Maker().write(text, width=40)
    assert len(maker.pages) == 2
    for number, page in enumerate(maker.pages, 1):
        drawn, maker.pages[-1] = maker.pages[-1], page
        maker.draw(flush_right(visual("صحيفة الميناء")), TOP + 40)
        maker.draw(flush_right([str(number)]), 20)
        maker.pages[-1] = drawn
    assert lines(maker.file()) == text


def test_a_page_that_is_there_twice_is_read_twice() -> None:
    maker = Maker().write(PLAIN, width=40)
    maker.new_page()
    maker.write(PLAIN, width=40)
    assert lines(maker.file()) == PLAIN * 2


def test_a_book_of_equal_short_pages_is_not_taken_for_heads() -> None:
    maker = Maker().write(["نموذج فارغ"])
    maker.new_page()
    maker.write(["نموذج فارغ"])
    assert lines(maker.file()) == ["نموذج فارغ"] * 2


def test_columns_that_are_drawn_one_after_the_other_stay_apart() -> None:
    maker = Maker()
    for text, right in zip(PLAIN[:2], (RIGHT, RIGHT - 45 * STEP), strict=True):
        for number, line in enumerate(wrapped(text, 40)):
            maker.draw(flush_right(visual(line), right), TOP - number * LEADING)
    assert lines(maker.file()) == PLAIN[:2]


def test_the_cells_of_a_table_are_separated_by_tabs() -> None:
    maker = Maker()
    for row in (("المدينة", "السكان"), ("الميناء", "480,000")):
        for cell, right in zip(row, (RIGHT, RIGHT - 20 * STEP), strict=True):
            signs = list(cell) if cell[0].isdigit() else visual(cell)
            maker.draw(flush_right(signs, right))
        maker.height -= LEADING
    assert lines(maker.file()) == ["المدينة\tالسكان", "الميناء\t480,000"]


def torn(line: str) -> list[str]:
    return [sign for letter in visual(line) for sign in (letter, " ")]


def turned_lam_alef(line: str) -> list[str]:
    """Return lam-alef as two signs that are swapped, as some programs leave it."""
    for alef in "اأإ":
        line = line.replace("ل" + alef, alef + "ل")
    return visual(line)


def wrongly_mapped(line: str) -> list[str]:
    return visual(line.translate(str.maketrans("اورت", "NKJL")))


def unmapped(line: str) -> list[str]:
    return visual(line.translate(str.maketrans("اورت", "\ue000\ue001\ue002\ue003")))


def old_font(line: str) -> list[str]:
    return [chr(0xC0 + ord(letter) % 0x3F) if letter != " " else " " for letter in line]


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (logical, "letters are stored in reverse order"),
        (torn, "torn into letters"),
        (turned_lam_alef, "lam-alef"),
        (wrongly_mapped, "wrong characters"),
        (unmapped, "do not say which characters"),
        (old_font, "from before Unicode"),
    ],
)
def test_text_that_is_not_what_the_page_shows_is_refused(
    order: Callable[[str], list[str]], reason: str
) -> None:
    data = Maker().write(PLAIN, order).file()
    with pytest.raises(InputError, match=reason) as caught:
        read(data)
    assert "take the text of its source" in str(caught.value)


def test_signs_that_the_file_does_not_explain_are_refused() -> None:
    maker = Maker()
    maker.silent = {"ا", "و"}
    with pytest.raises(InputError, match=r"\d+ of its \d+ signs have no character"):
        read(maker.write(PLAIN).file())


def test_one_unexplained_sign_is_the_stroke_that_stretches_words() -> None:
    maker = Maker()
    maker.silent = {"ـ"}
    stretched = [line.replace("سف", "سـف").replace("مي", "مـي") for line in PLAIN]
    assert lines(maker.write(stretched).file()) == PLAIN


def test_pictures_without_text_are_told_from_text() -> None:
    maker = Maker()
    with pytest.raises(InputError, match="holds no text, only pictures"):
        read(maker.file())
    maker.new_page()
    maker.write(PLAIN)
    assert read(maker.file()).warning.startswith("1 of 2 pages hold no text")


def encrypted(data: bytes, password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(data)))
    writer.encrypt(password, "the owner", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_only_a_password_that_must_be_typed_keeps_a_file_closed(algorithm: str) -> None:
    plain = Maker().write(PLAIN).file()
    assert lines(encrypted(plain, "", algorithm)) == PLAIN
    with pytest.raises(InputError, match="encrypted with a password"):
        read(encrypted(plain, "secret", algorithm))


@pytest.mark.parametrize(
    ("info", "title", "author"),
    [
        ("/Title(Port news)/Author(Hala)", "Port news", "Hala"),
        ("/Title(Microsoft Word - news 3.doc)/Author(user)", "", ""),
        ("/Title(news.indd)/Author(Administrator)", "", ""),
        ("/Title(Untitled)/Author(HP)", "", ""),
        ("/Title(about:blank)/Author()", "", ""),
        ("/Title(12345)", "", ""),
    ],
)
def test_what_programs_fill_in_is_no_title(info: str, title: str, author: str) -> None:
    about = read(Maker().write(PLAIN).file(info=info)).about
    assert (about.title, about.author) == (title, author)


def test_a_date_that_is_none_keeps_the_title() -> None:
    data = Maker().write(PLAIN).file(info="/Title(News)/CreationDate(yesterday)")
    assert read(data).about.title == "News"
    assert not read(data).about.date


FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
WORDS = b"BT /F 12 Tf (some words) Tj ET "


def simple(contents: bytes, *, kids: bytes = b"3 0 R", count: int = 1) -> bytes:
    """Return a file of one page, whose content and tree are given."""
    return assemble(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
            (
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
                b"/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>"
            ),
            contents,
            FONT,
            stream(
                b"/X Do " * 50 + WORDS,
                b"/Type/XObject/Subtype/Form/Resources"
                b"<</XObject<</X 7 0 R>>/Font<</F 5 0 R>>>>",
            ),
            stream(
                b"/X Do " * 2000 + WORDS,
                b"/Type/XObject/Subtype/Form/Resources"
                b"<</XObject<</X 8 0 R>>/Font<</F 5 0 R>>>>",
            ),
            stream(b"% " + b"." * 2000, b"/Type/XObject/Subtype/Form"),
        ]
    )


BOMB = zlib.compress(WORDS * 700_000, 9)
WHOLE = (CASES / "chromium.pdf").read_bytes()
HOSTILE = {
    "empty": (b"", "not a PDF file"),
    "a picture": (b"\x89PNG\r\n" + bytes(2000), "not a PDF file"),
    "a header alone": (b"%PDF-1.7\n", "damaged PDF file"),
    "half of a file": (WHOLE[: len(WHOLE) // 2], "damaged PDF file"),
    "pages in a circle": (
        simple(stream(WORDS), kids=b"2 0 R"),
        "damaged PDF file",
    ),
    "a million pages": (
        simple(stream(WORDS), kids=b"3 0 R " * 1_000_000, count=1_000_000),
        "beyond what is safe",
    ),
    "a stream that explodes": (
        simple(stream(BOMB, b"/Filter/FlateDecode")),
        "beyond what is safe",
    ),
    "forms that explode": (simple(stream(b"/X Do " * 50)), "decompression bomb"),
    "arrays without end": (simple(stream(b"[" * 100_000)), "damaged PDF file"),
}


@pytest.mark.parametrize("label", HOSTILE)
def test_a_hostile_file_is_refused_at_once(label: str) -> None:
    data, reason = HOSTILE[label]
    begun = time.monotonic()
    with pytest.raises(InputError, match=reason):
        read(data)
    assert time.monotonic() - begun < 5


def test_pages_that_are_only_claimed_are_not_read() -> None:
    assert lines(simple(stream(WORDS), count=1_000_000)) == ["some words"]


def test_a_form_inside_itself_is_read_once() -> None:
    loop = assemble(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            (
                b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]"
                b"/Resources<</XObject<</X 6 0 R>>>>>>"
            ),
            stream(b"/X Do"),
            FONT,
            stream(
                WORDS + b"/X Do",
                b"/Type/XObject/Subtype/Form/Resources"
                b"<</XObject<</X 6 0 R>>/Font<</F 5 0 R>>>>",
            ),
        ]
    )
    assert lines(loop) == ["some words"]


def test_limits_are_those_that_were_asked_for() -> None:
    data = Maker().write(PLAIN).file()
    with pytest.raises(InputError, match=r"safe to unpack|decompression bomb"):
        read(data, ReadOptions(max_ratio=1, ratio_floor=100))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_end_in_text_or_in_an_error_of_ours(data: st.DataObject) -> None:
    whole = bytearray(Maker().write(PLAIN[:1]).file(pack=False))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    with suppress(InputError):
        assert isinstance(read(bytes(whole)).text, str)


def test_what_pypdf_mends_is_told_to_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    data = Maker().write(PLAIN).file().replace(b"startxref\n", b"startxref\n7")
    with suppress(InputError):
        read(data)
    assert capfd.readouterr() == ("", "")


def test_an_article_is_one_text_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("\n".join(ARTICLE), "utf-8")
    (tmp_path / "article.docx").write_bytes(document(*map(p, ARTICLE)))
    (tmp_path / "printed.pdf").write_bytes((CASES / "chromium.pdf").read_bytes())
    (tmp_path / "exported.pdf").write_bytes((CASES / "libreoffice.pdf").read_bytes())
    result = dedupe.scan(tmp_path)
    [finding] = result.findings
    assert finding.relation == "identical"
    assert len(finding.occurrences) == 4
    assert {one.paragraphs for one in finding.occurrences} == {(1, len(ARTICLE))}
    assert not result.errors


def test_a_scan_tells_which_file_is_refused_and_reads_the_others(
    tmp_path: Path,
) -> None:
    (tmp_path / "reversed.pdf").write_bytes(Maker().write(PLAIN, logical).file())
    (tmp_path / "whole.pdf").write_bytes(Maker().write(PLAIN).file())
    result = dedupe.scan(tmp_path)
    assert [one.document.rpartition("/")[2] for one in result.documents] == [
        "whole.pdf"
    ]
    [error] = result.errors
    assert error.path.endswith("reversed.pdf")
    assert "reverse order" in error.reason
