from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.contents import Verdict, read_contents
from dedupe.edits import Edit
from dedupe.errors import InputError
from dedupe.readers import ReadOptions
from dedupe.undoing import Remark, ReportError, changes, restored

TEXT = "قالت ، ثم\r\nوقال .\r\n"
EDITS = [Edit(4, 5, "", "space-before-punctuation", "why"), Edit(9, 11, "؟!", "x", "y")]


def cleaned(raw: bytes, encoding: str, format_: str = "text") -> tuple[bytes, bytes]:
    pending = read_contents(raw, format_, "a.txt", ReadOptions(encoding=encoding))
    contents = pending.finish([Verdict(EDITS, [Remark(0, 4, "odd", "why")])])
    [document] = contents.documents
    return contents.data, document.records("a.txt")


FILES = [
    ("utf-8", TEXT.encode(), "auto", "text"),
    ("a byte order mark", TEXT.encode("utf-8-sig"), "auto", "text"),
    ("windows-1256", TEXT.encode("cp1256"), "windows-1256", "text"),
    ("utf-16", TEXT.encode("utf-16"), "auto", "text"),
    ("utf-16, the other way round", b"\xfe\xff" + TEXT.encode("utf-16-be"), "auto",
     "text"),
    ("utf-32", TEXT.encode("utf-32"), "utf-32", "text"),
    ("utf-16 without a mark", TEXT.encode("utf-16-be"), "utf-16-be", "text"),
    ("carriage returns", TEXT.replace("\r\n", "\r").encode(), "auto", "text"),
    ("a broken letter", TEXT.encode() + b"\xd9\n", "auto", "text"),
    ("broken letters in an edit",
     TEXT.encode().replace(b"\r\n", b"\xff\xfe", 1) + b"\n", "auto", "text"),
    ("raw JSON", json.dumps({"text": TEXT}, ensure_ascii=False).encode(), "auto",
     "json_lines"),
    ("escaped JSON", json.dumps({"a": 1, "text": TEXT}).encode(), "auto", "json_lines"),
    ("JSON with a half pair", rb'{"text": "0123\ud8005678\ud800\ud8009"}', "auto",
     "json_lines"),
    ("JSON after a byte order mark", json.dumps({"text": TEXT}).encode("utf-8-sig"),
     "auto", "json_lines"),
    ("JSON in utf-16", json.dumps({"text": TEXT}).encode("utf-16"), "auto",
     "json_lines"),
    ("JSON in windows-1256",
     json.dumps({"text": TEXT}, ensure_ascii=False).encode("cp1256"), "windows-1256",
     "json_lines"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "encoding", "format_"), [f[1:] for f in FILES], ids=[f[0] for f in FILES]
)
def test_a_report_leads_back_to_the_original_bytes(
    raw: bytes, encoding: str, format_: str
) -> None:
    after, report = cleaned(raw, encoding, format_)
    assert after != raw
    [change] = changes(report.splitlines(keepends=True))
    assert change.edits == EDITS or format_ == "text"
    if change.is_converted:
        codec = change.encoding
        line = restored(after.decode(codec).encode(), change)
        assert line.decode().encode(codec) == raw
    else:
        assert restored(after, change) == raw


def test_the_report_tells_place_rule_reason_and_both_texts() -> None:
    _, report = cleaned(TEXT.encode("utf-8-sig"), "auto")
    header, first, second, suspect = map(json.loads, report.splitlines())
    assert header["document"] == header["path"] == "a.txt"
    assert (header["encoding"], header["edits"]) == ("utf-8-sig", 2)
    assert first == {
        "document": "a.txt",
        "span": [4, 5],
        "lines": [1, 1],
        "rule": "space-before-punctuation",
        "reason": "why",
        "before": " ",
        "replacement": "",
    }
    assert second["before"] == "\r\n"
    assert suspect["suspect"] is True
    assert "replacement" not in suspect


def test_bytes_that_are_not_those_of_the_report_are_refused() -> None:
    after, report = cleaned(TEXT.encode(), "auto")
    [change] = changes(report.splitlines())
    with pytest.raises(InputError, match="changed since"):
        restored(after + b" ", change)


def test_the_original_bytes_are_left_as_they_are() -> None:
    _, report = cleaned(TEXT.encode(), "auto")
    [change] = changes(report.splitlines())
    assert restored(TEXT.encode(), change) == TEXT.encode()


@pytest.mark.parametrize(
    "report",
    [
        b"x",
        b"{}",
        b"[]",
        b"7",
        b'{"after_sha256": 1}',
        b"\xff",
        b'{"edits": 0, "after_sha256": ""}',
    ],
)
def test_what_is_no_report_is_refused(report: bytes) -> None:
    with pytest.raises(ReportError, match="line"):
        list(changes(report.splitlines(keepends=True)))


def test_a_report_that_was_cut_off_is_refused() -> None:
    _, report = cleaned(TEXT.encode(), "auto")
    lines = report.splitlines(keepends=True)
    with pytest.raises(ReportError, match="cut off"):
        list(changes(lines[:2]))


@given(st.text(), st.data())
def test_any_edits_of_any_text_can_be_undone(text: str, data: st.DataObject) -> None:
    raw = (text.replace("\0", "") + "س").encode("utf-8", "replace")
    decoded = raw.decode().removeprefix("\ufeff")
    cut = data.draw(st.lists(st.integers(0, len(decoded)), max_size=6, unique=True))
    places = sorted(cut[: len(cut) // 2 * 2])
    edits = [
        Edit(start, end, data.draw(st.text("اب،\r\n ", max_size=3)), "rule", "reason")
        for start, end in zip(places[::2], places[1::2], strict=True)
    ]
    pending = read_contents(raw, "text", "a", ReadOptions(encoding="utf-8"))
    contents = pending.finish([Verdict(edits)])
    report = b"".join(document.records("a") for document in contents.documents)
    for change in changes(report.splitlines(keepends=True)):
        assert restored(contents.data, change) == raw
