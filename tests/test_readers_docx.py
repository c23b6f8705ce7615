from __future__ import annotations

import time
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from docx2python import docx2python
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.errors import InputError
from dedupe.readers import docx
from dedupe.readers.documents import Converted, ReadOptions
from docx_maker import (
    STRICT,
    WORD,
    document,
    field,
    p,
    package,
    part,
    r,
    relations,
    t,
    table,
)


def read(data: bytes, options: ReadOptions | None = None) -> Converted:
    return docx.convert(data, options or ReadOptions())


def lines(*blocks: str, **others: str | bytes) -> list[str]:
    return read(document(*blocks, **others)).text.split("\n")


DELETED = '<w:del w:id="1" w:author="a"><w:r><w:delText>محذوف</w:delText></w:r></w:del>'
ADDED = f'<w:ins w:id="2" w:author="a">{r(t("مضاف"))}</w:ins>'
MOVED = f'<w:moveFrom w:id="3" w:author="a">{r(t("منقول"))}</w:moveFrom>'
ARRIVED = f'<w:moveTo w:id="4" w:author="a">{r(t("واصل"))}</w:moveTo>'
MARK_DELETED = '<w:pPr><w:rPr><w:del w:id="5" w:author="a"/></w:rPr></w:pPr>'
ROW_DELETED = '<w:trPr><w:del w:id="6" w:author="a"/></w:trPr>'
BOX = f"<w:txbxContent>{p('في مربع')}</w:txbxContent>"
BOXED = r(
    '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
    f"<wps:txbx>{BOX}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>"
    f"<v:textbox>{BOX}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
)


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        (p("فقرة ", "من ", "أجزاء"), ["فقرة من أجزاء"]),
        (p("سطر", r("<w:br/>"), "آخر"), ["سطر", "آخر"]),
        (p("عمود", r("<w:tab/>"), "عمود"), ["عمود\tعمود"]),
        (p('<w:pPr><w:tabs><w:tab w:pos="9"/></w:tabs></w:pPr>', "أ"), ["أ"]),
        (p("شبه", r("<w:noBreakHyphen/>"), "جملة"), ["شبه-جملة"]),
        (p("قبل ", DELETED, ADDED, " بعد"), ["قبل مضاف بعد"]),
        (p("قبل ", MOVED, ARRIVED, " بعد"), ["قبل واصل بعد"]),
        (p(MARK_DELETED, "كانت ") + p("فقرتين"), ["كانت فقرتين"]),
        (p(MARK_DELETED, "أخيرة"), ["أخيرة"]),
        (p('<w:hyperlink r:id="r9">' + r(t("رابط")) + "</w:hyperlink>"), ["رابط"]),
        (p("صفحة ", field("PAGE", "٧")), ["صفحة"]),
        (p("اسم ", field("AUTHOR", "هالة")), ["اسم هالة"]),
        (p('<w:fldSimple w:instr=" PAGE ">' + r(t("٧")) + "</w:fldSimple>"), [""]),
        (p("نص", r('<w:footnoteReference w:id="1"/>'), "."), ["نص."]),
        (p("أ", r('<w:sym w:font="Wingdings" w:char="F0E0"/>'), "ب"), ["أب"]),
        (p("أ", r('<w:sym w:font="Arial" w:char="00BD"/>')), ["أ½"]),
        (p("ظاهر", r("<w:rPr><w:vanish/></w:rPr>" + t("خفي"))), ["ظاهر"]),
        (p(r('<w:rPr><w:vanish w:val="0"/></w:rPr>' + t("ظاهر"))), ["ظاهر"]),
        (p("معادلة ", "<m:oMath><m:r><m:t>س</m:t></m:r></m:oMath>"), ["معادلة س"]),
        (p("قبل ", BOXED, "بعد"), ["قبل بعد", "في مربع"]),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
            + p("اكتب هنا")
            + "</w:sdtContent></w:sdt>",
            [""],
        ),
        (
            f"<w:sdt><w:sdtPr/><w:sdtContent>{p('مكتوب')}</w:sdtContent></w:sdt>",
            ["مكتوب"],
        ),
        (table((p("أ"), p("ب")), (p("ج"), p("د"))), ["أ\tب", "ج\tد"]),
        (table((p("أ"), p()), (p(), p())), ["أ"]),
        # A table that lays out a page: its cells are texts of their own.
        (table((p("أ") + p("ب"), p("ج"))), ["أ", "ب", "ج"]),
        (table((p("أ"), table((p("ب"), p("ج"))) + p())), ["أ\tب\tج"]),
        (
            table((p("أ"),)).replace("<w:tr>", "<w:tr>" + ROW_DELETED) + p("ب"),
            ["ب"],
        ),
    ],
)
def test_what_is_read_is_what_is_seen(block: str, seen: list[str]) -> None:
    assert lines(block) == seen


def test_parts_come_in_the_order_of_a_page_and_heads_once() -> None:
    sections = (
        '<w:sectPr><w:headerReference w:type="default" r:id="r1"/>'
        '<w:footerReference w:type="default" r:id="r2"/></w:sectPr>'
    )
    again = sections.replace('"r1"', '"r3"')
    read_lines = lines(
        f"<w:p><w:pPr>{again}</w:pPr></w:p>",
        p("المتن"),
        sections,
        header1=part("w:hdr", p("الرأس")),
        footer1=part("w:ftr", p("التذييل ", field("PAGE", "1"))),
        header2=part("w:hdr", p("الرأس")),
        footnotes=part("w:footnotes", f"<w:footnote>{p('حاشية')}</w:footnote>"),
        endnotes=part("w:endnotes", f"<w:endnote>{p('خاتمة')}</w:endnote>"),
        comments=part("w:comments", f"<w:comment>{p('تعليق')}</w:comment>"),
    )
    assert read_lines == ["الرأس", "المتن", "حاشية", "خاتمة", "التذييل"]


def test_what_docx2python_reads_right_is_read_as_it_reads_it() -> None:
    data = document(
        p("عنوان"),
        p("فقرة ", "أولى"),
        table((p("أ"), p("ب")), (p("ج"), p("د"))),
        p("فقرة أخيرة"),
    )
    with docx2python(BytesIO(data)) as oracle:
        cells = [["".join(cell) for cell in row] for t_ in oracle.body for row in t_]
    told = [line for row in cells for line in ("\t".join(row),) if line]
    # It gives each paragraph outside of a table a line of one cell.
    assert read(data).text.replace("\n", "") == "".join(told)


def test_documents_of_the_strict_standard_are_read() -> None:
    data = document(p("نص"))
    strict = package(
        {
            name: content.replace(WORD.encode(), STRICT.encode())
            for name, content in unpacked(data).items()
        }
    )
    assert read(strict).text == "نص"


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def core(title: str, creator: str, created: str) -> str:
    return part(
        "cp:coreProperties",
        f"<dc:title>{title}</dc:title><dc:creator>{creator}</dc:creator>"
        f"<dcterms:created>{created}</dcterms:created>",
    )


def test_title_author_and_day_come_along() -> None:
    told = core("خبر السفينة", "هالة الأنصاري", "2026-03-04T10:00:00Z")
    about = read(document(p("نص"), core=told)).about
    assert about._asdict() == {
        "title": "خبر السفينة",
        "date": "2026-03-04",
        "outlet": "",
        "author": "هالة الأنصاري",
        "url": "",
    }


def test_what_programs_fill_in_is_left_out() -> None:
    told = core("news.docx", "python-docx", "2013-12-23T23:15:00Z")
    assert not any(read(document(p("نص"), core=told)).about)


def test_pictures_are_not_unpacked() -> None:
    data = package(
        {
            name: content.decode()
            for name, content in unpacked(document(p("نص"))).items()
        }
        | {"word/media/image1.png": bytes(100 << 20)}
    )
    assert read(data, ReadOptions(max_ratio=1, ratio_floor=10_000)).text == "نص"


def test_a_bomb_is_refused_at_once() -> None:
    data = document(p("كلمة " * 4_000) * 600)
    assert len(data) < 300_000
    begun = time.monotonic()
    with pytest.raises(InputError, match="decompression bomb"):
        read(data, ReadOptions(max_ratio=10))
    assert time.monotonic() - begun < 5


def test_a_bomb_of_many_parts_is_refused() -> None:
    notes = part("w:footnotes", f"<w:footnote>{p('كلمة ' * 10_000)}</w:footnote>")
    many = {f"footnotes{number}": notes for number in range(50)}
    with pytest.raises(InputError, match="decompression bomb"):
        read(document(p("نص"), **many), ReadOptions(max_ratio=1, ratio_floor=1 << 20))


LAUGHS = (
    "<!DOCTYPE w:document [<!ENTITY a 'كلمة'>"
    + "".join(
        f"<!ENTITY {name} '{f'&{before};' * 10}'>"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
OUTSIDE = "<!DOCTYPE w:document [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.parametrize("declared", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(declared: str, encoding: str) -> None:
    body = part("w:document", f"<w:body>{p('&i;')}</w:body>")
    body = body.replace("?><", f"?>{declared}<", 1).replace("UTF-8", encoding)
    data = package(
        {
            "_rels/.rels": relations(("officeDocument", "word/document.xml")),
            "word/document.xml": body.encode(encoding),
        }
    )
    with pytest.raises(InputError, match="declares XML entities"):
        read(data)


def test_paragraphs_inside_paragraphs_without_end_are_refused() -> None:
    deep = "<w:p><w:r><w:txbxContent>" * 50_000
    with pytest.raises(InputError, match="damaged Word document"):
        read(document(deep))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a Word document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"old Word document \(.doc"),
        (b"{\\rtf1\\ansi text}", "an RTF document"),
        (b"%PDF-1.7", "not a Word document"),
        (b"PK\x03\x04" + bytes(100), "damaged Word document"),
        (package({"xl/workbook.xml": "<x/>"}), "another kind of zip file"),
        (document(p("نص"))[:-40], "damaged Word document"),
        (document("<w:p>"), "damaged Word document"),
    ],
)
def test_what_is_no_document_is_told_apart(data: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(data)


def test_names_that_lead_out_of_the_package_lead_nowhere() -> None:
    data = package(
        {
            "_rels/.rels": relations(("officeDocument", "../../../etc/passwd")),
            "word/document.xml": part("w:document", p("نص")),
        }
    )
    with pytest.raises(InputError, match="another kind of zip file"):
        read(data)


def test_a_long_document_is_read_in_a_moment() -> None:
    data = document(*(p("كلمة عادية في فقرة من النص " * 8) for _ in range(5000)))
    begun = time.monotonic()
    assert read(data).text.count("\n") == 4999
    assert time.monotonic() - begun < 3


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_end_in_text_or_in_an_error_of_ours(data: st.DataObject) -> None:
    whole = bytearray(document(p("نص أول"), table((p("أ"), p("ب")))))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    with suppress(InputError):
        assert isinstance(read(bytes(whole)).text, str)
