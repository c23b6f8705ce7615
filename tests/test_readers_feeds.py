"""RSS and Atom files: each entry a document, nothing fetched, nothing expanded."""

from __future__ import annotations

import io
import socket
import time
from typing import NoReturn

import pytest

import articles
from articles import AUTHOR, DATE, OUTLET, PARAGRAPHS, TEASERS, TEXT, TITLE, URL
from dedupe.errors import ForeignFile, InputError
from dedupe.model import About
from dedupe.readers.documents import Converted, ReadOptions
from dedupe.readers.feeds import read_documents

OPTIONS = ReadOptions()


def read(feed: str | bytes) -> list[Converted]:
    data = feed if isinstance(feed, bytes) else feed.encode()
    entries = list(read_documents(io.BytesIO(data), OPTIONS))
    assert all(isinstance(entry, Converted) for entry in entries)
    return [entry for entry in entries if isinstance(entry, Converted)]


def rss(item: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel>{channel}<item>{item}</item></channel></rss>'


def test_an_entry_of_rss_is_its_headline_and_its_whole_text() -> None:
    first, second = read(articles.rss())
    assert first.text == TEXT
    assert first.about == About(TITLE, DATE, OUTLET, AUTHOR, URL)
    assert first.name == "nw-771"
    assert second.text == f"{TEASERS[0]}\nخبر قصير جدا عن الحصاد."
    assert second.name == "https://news.example/2"


def test_an_entry_of_atom_is_its_headline_and_its_whole_text() -> None:
    [entry] = read(articles.atom())
    assert entry.text == TEXT
    assert entry.about == About(TITLE, DATE, OUTLET, AUTHOR, URL)


def test_a_feed_in_windows_1256_is_read() -> None:
    feed = articles.rss().replace("UTF-8", "windows-1256")
    entries = read(feed.encode("cp1256"))
    assert entries[0].text == TEXT
    assert entries[0].encoding == "windows-1256"


def test_a_feed_whose_encoding_is_not_the_one_it_names_is_read() -> None:
    entries = read(articles.rss().replace("UTF-8", "windows-1256"))
    assert (entries[0].text, entries[0].encoding) == (TEXT, "utf-8")


def test_the_first_rss_is_read() -> None:
    feed = f"""<?xml version="1.0"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><channel rdf:about="x">
    <title>{OUTLET}</title></channel><item rdf:about="{URL}"><title>{TITLE}</title>
    <link>{URL}</link><description>{PARAGRAPHS[0]}</description></item></rdf:RDF>"""
    [entry] = read(feed)
    assert entry.text == f"{TITLE}\n{PARAGRAPHS[0]}"
    assert (entry.about.outlet, entry.about.url) == (OUTLET, URL)


TEXTS = [
    ("<title>أ</title><description>ب\n ج</description>", "أ\nب ج"),
    ("<title>أ</title><description>ب\n\n ج</description>", "أ\nب\nج"),
    ("<title>أ &amp;amp; ب</title>", "أ & ب"),
    ("<title><![CDATA[<b>أ</b> ب]]></title>", "أ ب"),
    ("<title>أ</title><description>أ</description>", "أ"),
    ("<description>&lt;p&gt;أ&lt;br/&gt;ب&lt;/p&gt;</description>", "أ\nب"),
    (
        "<description><![CDATA[<p>أ&nbsp;ب</p><script>x</script>]]></description>",
        "أ\xa0ب",
    ),
    ("<title>أ&nbsp;&laquo;ب&raquo;</title>", "أ «ب»"),
    ("<title>أ</title><description>  </description>", "أ"),
]


@pytest.mark.parametrize(("item", "text"), TEXTS)
def test_entries_are_lines(item: str, text: str) -> None:
    [entry] = read(rss(item))
    assert entry.text == text
    assert not entry.warning


def test_entries_without_text_are_no_documents() -> None:
    feed = rss("<link>https://a.example</link></item><item><title>أ</title>")
    assert [entry.text for entry in read(feed)] == ["أ"]
    with pytest.raises(ForeignFile, match="without entries"):
        read("<rss><channel><title>أ</title></channel></rss>")


def test_the_source_of_an_entry_is_its_outlet() -> None:
    item = '<title>أ</title><source url="https://b.example/rss">صحيفة أخرى</source>'
    [entry] = read(rss(item, f"<title>{OUTLET}</title>"))
    assert entry.about.outlet == "صحيفة أخرى"


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Tue, 12 Mar 2024 09:30:00 GMT", "2024-03-12T09:30:00+00:00"),
        ("12 مارس 2024", "2024-03-12"),
        ("Mar 12 2024 09:30", "2024-03-12T09:30:00"),
        ("قبل ساعة", "قبل ساعة"),
    ],
)
def test_dates_are_told_in_iso_where_they_can_be_read(written: str, date: str) -> None:
    [entry] = read(rss(f"<title>أ</title><pubDate>{written}</pubDate>"))
    assert entry.about.date == date


def test_a_feed_that_is_not_well_formed_is_read_with_a_warning() -> None:
    entries = read("<rss><channel><item><title>أ & ب</title></item></channel></rss>")
    assert [entry.text for entry in entries] == ["أ & ب"]
    assert "not well-formed" in entries[0].warning


def test_a_feed_that_ends_too_early_is_read_with_a_warning() -> None:
    feed = articles.rss()
    entries = read(feed[: feed.index("</channel>")])
    assert entries[0].text == TEXT
    assert "some of it may be missing" in entries[0].warning


@pytest.mark.parametrize("feed", ["", "نص", "<html/>", "<project><a/></project>"])
def test_what_is_no_feed_is_told(feed: str) -> None:
    with pytest.raises(ForeignFile, match="no RSS or Atom"):
        read(feed)


LAUGHS = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10)
)
HOSTILE = {
    "billion laughs": f"<!DOCTYPE rss [{LAUGHS}]>{rss('<title>&a9;</title>')}",
    "an external entity": '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    + rss("<title>&a;</title>"),
    "too many attributes": rss(
        "<title " + " ".join(f'a{n}="1"' for n in range(100_000)) + ">أ</title>"
    ),
    "too deep": rss("<item>" * 100_000),
    "an enormous attribute": rss('<title a="' + "x" * 50_000_000 + '">أ</title>'),
    "open brackets": rss("<title>" + "<" * 2_000_000),
    "ampersands": rss("<title>" + "&" * 2_000_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_an_error_and_soon(name: str) -> None:
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"entities|attributes|deep|not well-formed"):
        read(HOSTILE[name])
    assert time.perf_counter() - start < 5


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    doctype = '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">'
    image = "<description>&lt;img src='http://127.0.0.1:9/a'&gt;أ</description>"
    assert [entry.text for entry in read(doctype + rss(image))] == ["أ"]
    with pytest.raises(ForeignFile):
        read("http://127.0.0.1:9/feed.xml")


def test_one_entry_that_cannot_be_read_stops_no_other() -> None:
    deep = "&lt;div>" * 100_000
    data = rss(
        f"<guid>z</guid><description>{deep}</description></item><item><title>أ</title>"
    )
    broken, good = read_documents(io.BytesIO(data.encode()), OPTIONS)
    assert not isinstance(broken, Converted)
    assert isinstance(good, Converted)
    assert good.text == "أ"
