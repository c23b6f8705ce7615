from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.edits import Edit, apply
from dedupe.errors import InputError
from dedupe.splicing import byte_offsets, patches, splice

TEXT = "قالت ، ثم x\r\nسطر ثان"
ENCODINGS = ["utf-8", "cp1256", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030"]


def edited(raw: bytes, text: str, encoding: str, edits: list[Edit]) -> bytes:
    return splice(raw, patches(raw, text, encoding, edits).done)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_an_edit_of_the_text_is_an_edit_of_the_bytes(encoding: str) -> None:
    edits = [Edit(4, 5, "", "", ""), Edit(14, 17, "نص", "", "")]
    after = edited(TEXT.encode(encoding), TEXT, encoding, edits)
    assert after.decode(encoding) == apply(TEXT, edits)


@pytest.mark.parametrize(
    ("raw", "encoding", "place", "offset"),
    [
        pytest.param(b"ab\xffcd\xff\xfe", "utf-8", 3, 3, id="one byte"),
        pytest.param("قا".encode() + b"\xd9 x", "utf-8", 3, 5, id="half a letter"),
        pytest.param(b"\xe2\x80 x", "utf-8", 1, 2, id="two bytes of three"),
        pytest.param("قا".encode("utf-16-le") + b"\x00\xd8x\x00", "utf-16-le", 3, 6,
                     id="half a pair"),
    ],
)  # fmt: skip
def test_places_are_found_among_broken_sequences(
    raw: bytes, encoding: str, place: int, offset: int
) -> None:
    text = raw.decode(encoding, "replace")
    assert byte_offsets(raw, text, encoding, [place]) == [offset]


@given(
    st.lists(st.sampled_from(["قال", "x", "😀", b"\xff", b"\xd9", b"\xe2\x80"])),
    st.data(),
)
def test_what_stands_outside_of_the_edits_is_the_same_to_the_byte(
    parts: list[str | bytes], data: st.DataObject
) -> None:
    raw = b"".join(part.encode() if isinstance(part, str) else part for part in parts)
    text = raw.decode("utf-8", "replace")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    after = edited(raw, text, "utf-8", [Edit(start, end, "ب", "", "")])
    assert after.decode("utf-8", "replace") == text[:start] + "ب" + text[end:]
    first, last = byte_offsets(raw, text, "utf-8", [start, end])
    assert after == raw[:first] + "ب".encode() + raw[last:]


def test_what_the_encoding_cannot_hold_is_refused_and_the_rest_is_done() -> None:
    raw = "سنة 5 ، ثم".encode("cp1256")
    edits = [Edit(4, 5, "٥", "digit", ""), Edit(5, 6, "", "space", "")]
    found = patches(raw, "سنة 5 ، ثم", "cp1256", edits)
    assert [edit.rule for edit in found.refused] == ["digit"]
    assert splice(raw, found.done).decode("cp1256") == "سنة 5، ثم"


def test_damage_in_a_long_text_is_found_in_every_window() -> None:
    raw = ("ق".encode() * 40_000 + b"\xff") * 4
    text = raw.decode("utf-8", "replace")
    places = [place for place, letter in enumerate(text) if letter == "\ufffd"]
    offsets = byte_offsets(raw, text, "utf-8", places)
    assert [raw[offset] for offset in offsets] == [0xFF] * 4


def test_an_encoding_with_several_ways_to_write_a_text_is_refused() -> None:
    raw = b"\x1b$B4A\x1b$B;z\x1b(B"  # a second, needless escape
    with pytest.raises(InputError, match="convert it to UTF-8"):
        byte_offsets(raw, raw.decode("iso2022_jp"), "iso2022_jp", [1])
