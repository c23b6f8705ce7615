"""WARC files: the pages of a crawl, piece by piece, bounded, what was read kept."""

from __future__ import annotations

import contextlib
import gzip
import io
import logging
import time
import zlib

import pytest

import articles
from articles import DATE, OUTLET, TEXT, TITLE, URL, answer, packed, record
from dedupe.errors import InputError
from dedupe.readers.documents import Converted, ReadOptions, Unreadable
from dedupe.readers.warc import read_documents

OPTIONS = ReadOptions()
PAGE = articles.schema_page().encode()
HTTP = {"Content-Type": "application/http; msgtype=response", "WARC-Target-URI": URL}
FILES = {"plain": articles.warc(), "packed": packed(articles.warc())}


def read(data: bytes) -> list[Converted | Unreadable | InputError]:
    return list(read_documents(io.BytesIO(data), OPTIONS))


def pages(data: bytes) -> list[Converted]:
    return [item for item in read(data) if isinstance(item, Converted)]


@pytest.mark.parametrize("name", FILES)
def test_a_crawl_is_its_pages(name: str) -> None:
    page, others = read(FILES[name])
    assert isinstance(page, Converted)
    assert page.text == TEXT
    assert (page.name, page.about.url) == (URL, URL)
    assert (page.about.title, page.about.date) == (TITLE, DATE)
    assert isinstance(others, Unreadable)
    assert others.is_skipped
    assert others.reason == (
        "4 of 5 records are no pages: 1 of status 404, 1 of type image/jpeg, "
        "1 request records, 1 warcinfo records"
    )


def test_a_page_that_tells_nothing_is_of_its_host_and_its_day() -> None:
    [page] = pages(answer(f"<p>{TITLE}".encode()))
    assert page.about.outlet == "news.example"
    assert page.about.date == "2024-04-01T10:00:00Z"
    assert page.about.url == URL


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (*pieces, b""))


BOTH = {"transfer_encoding": "chunked", "content_encoding": "gzip"}
SENT = [
    (gzip.compress(PAGE), {"content_encoding": "gzip"}),
    (zlib.compress(PAGE), {"content_encoding": "deflate"}),
    (zlib.compress(PAGE)[2:-4], {"content_encoding": "deflate"}),
    (chunked(PAGE), {"transfer_encoding": "chunked"}),
    (chunked(gzip.compress(PAGE)), BOTH),
    (PAGE, BOTH),  # as many crawlers keep it
    (PAGE, {"content_encoding": "identity"}),
    (PAGE, {"content_type": "Application/XHTML+XML"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "headers"), SENT)
def test_a_page_is_read_however_it_was_sent(
    body: bytes, headers: dict[str, str]
) -> None:
    assert [page.text for page in pages(answer(body, **headers))] == [TEXT]


def test_a_page_compressed_with_brotli_is_read() -> None:
    brotli = pytest.importorskip("brotli")
    data = answer(brotli.compress(PAGE), content_encoding="br")
    assert [page.text for page in pages(data)] == [TEXT]
    [item] = read(answer(brotli.compress(b"x" * 100_000_000), content_encoding="br"))
    assert isinstance(item, Unreadable)


def test_an_unknown_compression_is_told_and_the_rest_is_read() -> None:
    data = answer(PAGE, content_encoding="zstd") + answer(PAGE, f"{URL}/2")
    first, second = read(data)
    assert isinstance(first, Unreadable)
    assert "zstd" in first.reason
    assert (first.name, first.is_skipped) == (URL, False)
    assert isinstance(second, Converted)


def test_the_server_tells_the_encoding() -> None:
    body = f"<p>{TEXT}".encode("iso8859-6", "ignore")
    [page] = pages(answer(body, content_type="text/html; charset=ISO-8859-6"))
    assert page.encoding == "iso-8859-6"


def test_a_page_kept_without_its_answer_is_read() -> None:
    kind = {"Content-Type": "text/html", "WARC-Target-URI": URL}
    assert [page.text for page in pages(record("resource", PAGE, kind))] == [TEXT]


def test_the_texts_of_common_crawl_are_read() -> None:
    kind = {"Content-Type": "text/plain", "WARC-Target-URI": URL}
    [page] = pages(record("conversion", f"{TEXT}\n\n".encode(), kind))
    assert (page.text, page.name, page.about.url) == (TEXT, URL, URL)


def test_a_page_that_the_crawler_cut_is_read_with_a_warning() -> None:
    kind = {
        "Content-Type": "text/html",
        "WARC-Target-URI": URL,
        "WARC-Truncated": "length",
    }
    [page] = pages(record("resource", f"<p>{TITLE}".encode(), kind))
    assert "cut the page short" in page.warning


def test_a_page_without_an_article_is_skipped() -> None:
    [item] = read(answer(articles.menu().encode()))
    assert isinstance(item, Unreadable)
    assert item.is_skipped


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("left", [0.1, 0.3, 0.6, 0.9, 0.97])
def test_of_a_file_that_was_cut_what_stands_before_is_kept(
    name: str, left: float
) -> None:
    whole = answer(PAGE)
    if name == "packed":
        whole = packed(whole)
    cut = whole + whole[: int(len(whole) * left)]
    items = read_documents(io.BytesIO(cut), OPTIONS)
    first = next(items)
    assert isinstance(first, Converted)
    assert first.text == TEXT
    with pytest.raises(InputError, match="middle of a record: what stands before"):
        list(items)


BOMB = b"<p>" + b"x" * 100_000_000
HOSTILE = {
    "a bomb": gzip.compress(answer(BOMB)),
    "a bomb in a bomb": gzip.compress(gzip.compress(answer(BOMB))),
    "a bomb that is no page": gzip.compress(answer(BOMB, content_type="video/mp4")),
    "no line": b"x" * 20_000_000,
    "a line without end": b"WARC/1.0\r\n" + b"x" * 20_000_000,
    "headers without end": b"WARC/1.0\r\n" + b"a: b\r\n" * 2_000_000,
    "a negative length": articles.warc().replace(b"Length: ", b"Length: -"),
    "no length": articles.warc().replace(b"Content-Length: ", b"X: "),
    "damage": packed(articles.warc())[:-60] + b"z" * 60,
    "nothing": b"",
    "text": "نص\nنص".encode(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_trusted_is_an_error_and_soon(name: str) -> None:
    data = HOSTILE[name]
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"bomb|no WARC|damaged|twice|middle"):
        read(data)
    assert time.perf_counter() - start < 5


def test_a_bomb_in_a_page_is_an_error_of_that_page_alone() -> None:
    data = answer(gzip.compress(BOMB), content_encoding="gzip") + answer(
        PAGE, f"{URL}/2"
    )
    bomb, page = read(data)
    assert isinstance(bomb, Unreadable)
    assert "more than 16,777,216 bytes" in bomb.reason
    assert isinstance(page, Converted)


def test_an_answer_whose_head_never_ends_is_no_page() -> None:
    body = b"HTTP/1.1 200 OK\r\n" + b"x" * 1_000_000
    [item] = read(record("response", body, HTTP))
    assert isinstance(item, Unreadable)
    assert item.is_skipped


def test_nothing_is_printed(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a handler, warnings would be printed as a last resort.
    monkeypatch.setattr(logging.root, "handlers", [])
    assert read(answer(PAGE, f"{URL}/with a space"))
    data = articles.warc().replace(b"\r\n\r\nWARC/1.0", b"\r\nrest\r\nWARC/1.0")
    with contextlib.suppress(InputError):
        read(data)
    assert capfd.readouterr() == ("", "")


class _Counted(io.BytesIO):
    reads = 0

    def read(self, size: int | None = -1) -> bytes:
        self.reads += 1
        assert size is not None
        assert 0 < size <= 1 << 20
        return super().read(size)


def test_a_file_is_read_piece_by_piece() -> None:
    data = b"".join(answer(PAGE, f"{URL}/{n}") for n in range(300))
    file = _Counted(data)
    items = read_documents(file, OPTIONS)
    next(items)
    assert file.tell() < len(data) / 4
    assert sum(1 for _ in items) == 299
    assert OUTLET
