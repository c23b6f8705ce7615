"""Encodings: told from the bytes, given, or refused."""

from __future__ import annotations

import codecs
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.errors import DecodingError
from dedupe.readers.decoding import decode, decode_plain

# Written for these tests.
ARABIC = (
    "افتتح وزير الثقافة مساء أمس معرض الكتاب في دورته الثلاثين، بمشاركة أكثر من "
    "مئتي دار نشر من عشرين دولة. وقال الوزير في كلمته إن القراءة «غذاء العقول»، وإن "
    "الدولة ماضية في دعم المؤلفين والناشرين؛ فهل تكفي الأيام العشرة لزيارة الأجنحة؟\n"
    "ويستمر المعرض حتى نهاية الشهر الجاري، وتقام على هامشه ندوات وأمسيات شعرية "
    "وورش للأطفال، إضافة إلى لقاءات مع كتّاب وروائيين من المغرب ومصر والعراق وسوريا "
    "ولبنان. وأوضح رئيس اللجنة المنظمة أن عدد الزوار بلغ في اليوم الأول ثلاثين ألفاً، "
    "وهو رقم لم يسبق أن سجله المعرض منذ تأسيسه قبل ثلاثة عقود.\n"
    "من جهة أخرى أعلنت إدارة المرور عن إغلاق بعض الطرق المؤدية إلى أرض المعارض خلال "
    "ساعات المساء، ودعت السائقين إلى استخدام الطرق البديلة وتوخي الحذر حفاظاً على "
    "سلامتهم وسلامة الآخرين.\n"
)
FRENCH = (
    "Le ministre a déclaré hier que les élèves français reçoivent désormais des "
    "manuels gratuits « à l'école ». Où sont passés les crédits promis à la rentrée ?"
)
RUSSIAN = (
    "Министр открыл вчера вечером тридцатую книжную ярмарку, в которой участвуют "
    "более двухсот издательств из двадцати стран."
)
CODECS = {
    "windows-1256": "cp1256",
    "iso-8859-6": "iso8859-6",
    "cp720": "cp720",
    "mac-arabic": "mac-arabic",
}


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("size", [20, 30, 50, 100, 400])
def test_old_arabic_encodings_are_told_from_short_texts(name: str, size: int) -> None:
    chance = random.Random(size)
    right = tried = 0
    for _ in range(100):
        start = chance.randrange(len(ARABIC) - size)
        raw = ARABIC[start : start + size].encode(CODECS[name], "ignore")
        tried += 1
        try:
            decoded = decode(raw)
        except DecodingError:
            continue
        # Where ISO 8859-6 and Mac Arabic agree on the text, either name is right.
        right += decoded.text == raw.decode(CODECS[name])
    assert right >= 0.97 * tried


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"),
        (FRENCH, "cp850"),
        (FRENCH, "mac-roman"),
        (FRENCH[:40], "cp1252"),
        ("a naïve café", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (RUSSIAN, "iso8859-5"),
    ],
)
def test_other_languages_are_refused_and_not_taken_for_arabic(
    text: str, codec: str
) -> None:
    with pytest.raises(DecodingError, match="--encoding"):
        decode(text.encode(codec))


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_arabic_with_some_latin_in_it_is_told(share: float) -> None:
    latin = "The minister opened the fair. "
    text = latin * round(len(ARABIC) * share / len(latin)) + ARABIC
    assert decode(text.encode("cp1256")).encoding == "windows-1256"


@pytest.mark.parametrize(
    ("codec", "mark", "name"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", codecs.BOM_UTF8, "utf-8-sig"),
        ("utf-16-le", codecs.BOM_UTF16_LE, "utf-16"),
        ("utf-16-be", codecs.BOM_UTF16_BE, "utf-16"),
        ("utf-32-le", codecs.BOM_UTF32_LE, "utf-32"),
        ("utf-32-be", codecs.BOM_UTF32_BE, "utf-32"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
    ],
)
@pytest.mark.parametrize("text", [ARABIC, "كتاب", "plain text\r\n", "😀 مرحبا"])
def test_unicode_is_told_and_its_mark_is_no_part_of_the_text(
    codec: str, mark: bytes, name: str, text: str
) -> None:
    raw = mark + text.encode(codec)
    assert decode(raw) == (text, name, "")
    assert raw.decode(name) == text


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8-sig", "utf-8-sig"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
    ],
)
def test_a_given_encoding_leaves_out_the_mark_too(encoding: str, name: str) -> None:
    assert decode(ARABIC.encode(name), encoding) == (ARABIC, name, "")


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-8-sig", "utf-8"), ("utf-16", "utf-16-le")]
)
def test_where_there_is_no_mark_none_is_told(encoding: str, name: str) -> None:
    assert decode(ARABIC.encode(name), encoding) == (ARABIC, name, "")


@pytest.mark.parametrize("text", [ARABIC, ARABIC * 20])
@pytest.mark.parametrize("bad", [b"\xff", b"\xd8", b"\xe2\x80", b"\xed\xa0\x80"])
def test_one_bad_byte_in_utf8_is_replaced_and_told(text: str, bad: bytes) -> None:
    decoded = decode(text[:50].encode() + bad + text[50:].encode())
    assert decoded.encoding == "utf-8"
    assert decoded.text.replace("\ufffd", "") == text
    assert "U+FFFD" in decoded.warning


@given(st.integers(20, 400), st.integers(0, 1000), st.integers(0x80, 0xFF))
def test_nearly_valid_utf8_is_never_taken_for_something_else(
    size: int, seed: int, bad: int
) -> None:
    chance = random.Random(seed)
    raw = bytearray(ARABIC[seed % 200 :][:size].encode())
    raw[chance.randrange(len(raw))] = bad
    assert decode(raw).encoding == "utf-8"


def test_utf8_with_much_damage_is_refused() -> None:
    raw = ARABIC.encode().replace("م".encode(), b"\xd9\xff")
    with pytest.raises(DecodingError, match="broken sequences"):
        decode(raw)


def test_a_replacement_character_of_the_author_is_no_damage() -> None:
    assert decode("نص \ufffd".encode()) == ("نص \ufffd", "utf-8", "")


def test_wide_text_with_half_a_character_is_repaired() -> None:
    raw = codecs.BOM_UTF16_LE + ARABIC.encode("utf-16-le") + b"\0"
    decoded = decode(raw)
    assert decoded.text == ARABIC + "\ufffd"
    assert decoded.warning
    with pytest.raises(DecodingError, match="byte order mark"):
        decode(codecs.BOM_UTF16_LE + b"\0\xd8" * 100)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"a" * (1 << 16) + b"\0",
        ARABIC.encode() + b"\0",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        ARABIC.encode("cp1256") + b"\0",
    ],
    ids=["png", "late", "arabic", "gzip", "windows"],
)
def test_nul_bytes_look_binary(raw: bytes) -> None:
    with pytest.raises(DecodingError, match="binary"):
        decode(raw)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1256", "utf-16", "utf-7"])
def test_a_given_encoding_is_strict(encoding: str) -> None:
    raw = {"utf-16": b"a", "cp1256": b"", "utf-7": b"\xff"}.get(encoding, b"\xff")
    if encoding == "cp1256":
        assert decode(b"\xff", encoding).text  # every byte is a character there
        return
    with pytest.raises(DecodingError, match="--encoding"):
        decode(raw, encoding)


def test_a_given_encoding_is_reported_by_its_common_name() -> None:
    assert decode(ARABIC.encode("cp1256"), "CP1256").encoding == "windows-1256"
    assert decode(b"a", "ISO_8859-6").encoding == "iso-8859-6"
    assert decode(b"a", "latin1").encoding == "iso-8859-1"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a\rb\r", "a\nb\n"),
        ("a\r\nb\rc", "a\r\nb\rc"),
        ("a\u2028b\x85c\x0bd", "a\u2028b\x85c\x0bd"),
    ],
)
def test_line_ends_are_left_alone_unless_all_are_carriage_returns(
    text: str, read: str
) -> None:
    raw = text.encode()
    assert decode(raw).text == read
    assert decode_plain(raw) == read


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_decoding_error(raw: bytes) -> None:
    try:
        decoded = decode(raw)
    except DecodingError:
        return
    assert len(decoded.text) <= len(raw)
    decoded.text.encode()


@given(st.binary(max_size=100) | st.text(max_size=50).map(lambda text: text.encode()))
def test_the_fast_way_agrees_with_the_careful_one(raw: bytes) -> None:
    plain = decode_plain(raw)
    if plain is not None:
        assert decode(raw) == (plain, "utf-8", "")
