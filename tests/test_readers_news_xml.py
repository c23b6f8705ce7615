"""What agencies send: NITF, NewsML-G2 and NewsML 1, parsed without any trust."""

from __future__ import annotations

import contextlib
import io
import socket
import time
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

import articles
from articles import AUTHOR, DATE, OUTLET, PARAGRAPHS, TEXT, TITLE, URL
from dedupe.errors import ForeignFile, InputError
from dedupe.model import About
from dedupe.readers.documents import Converted, ReadOptions
from dedupe.readers.news_xml import read_documents

OPTIONS = ReadOptions()
LEAD = PARAGRAPHS[0]


def read(text: str | bytes) -> list[Converted]:
    data = text if isinstance(text, bytes) else text.encode()
    items = list(read_documents(io.BytesIO(data), OPTIONS))
    assert all(isinstance(item, Converted) for item in items)
    return [item for item in items if isinstance(item, Converted)]


def nitf(content: str, head: str = "") -> str:
    body = f"<body.head>{head}</body.head><body.content>{content}</body.content>"
    return f"<nitf><body>{body}</body></nitf>"


def g2(content: str, meta: str = "") -> str:
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="g1">
<contentMeta>{meta}</contentMeta><contentSet>{content}</contentSet></newsItem>"""


def test_an_article_in_nitf_is_its_headline_and_its_paragraphs() -> None:
    [item] = read(articles.nitf())
    assert item.text == TEXT  # its abstract is the first paragraph once more
    assert item.about == About(TITLE, DATE, OUTLET, AUTHOR, "")
    assert item.name == "771-ar"


def test_a_message_in_newsml_g2_is_its_articles() -> None:
    [item] = read(articles.newsml_g2())  # no picture, no package
    assert item.text == TEXT
    assert item.about == About(TITLE, DATE, OUTLET, AUTHOR, "")
    assert item.name == "urn:newsml:news.example:20240312:771"


def test_an_item_in_newsml_1_is_its_first_rendition() -> None:
    [item] = read(articles.newsml_1())
    assert item.text == TEXT
    assert item.about == About(TITLE, DATE, OUTLET, AUTHOR, "")


def test_a_feed_among_xml_files_is_read_as_one() -> None:
    assert read(articles.rss())[0].text == TEXT
    assert read(articles.atom())[0].text == TEXT


@pytest.mark.parametrize("make", [articles.nitf, articles.newsml_g2, articles.newsml_1])
def test_agencies_write_windows_1256(make: object) -> None:
    text = make().replace("UTF-8", "windows-1256")  # type: ignore[operator]
    [item] = read(text.encode("cp1256"))
    assert (item.text, item.encoding) == (TEXT, "windows-1256")
    [item] = read(text)
    assert (item.text, item.encoding) == (TEXT, "utf-8")


MEDIA = """<media><media-reference source="a.jpg"/><media-caption><p>ب</p>
</media-caption><media-producer>ج</media-producer></media>"""
NITF = [
    ("<p>أ</p><p>ب</p>", "", "أ\nب"),
    ("<block><p>أ <em>ب</em></p><hl2>ج</hl2></block>", "", "أ ب\nج"),
    ("<p>أ</p>", "<hedline><hl1>ع</hl1><hl2>ف</hl2></hedline>", "ع\nف\nأ"),
    ("<p>أ</p>", "<abstract><p>خ</p></abstract>", "خ\nأ"),
    ("<p>أ&nbsp;&eacute;&lt;</p>", "", "أ\xa0é<"),
    ("<p><![CDATA[أ & ب]]></p>", "", "أ & ب"),
    ("<p>أ<!-- س -->ب<?س ؟?></p>", "", "أب"),
    ("<p>أ\x1aب</p>", "", "أ ب"),
    ("<ul><li>أ</li><li>ب</li></ul>", "", "أ\nب"),
    ("<table><tr><td>أ</td><td>ب</td></tr></table>", "", "أ\tب"),
    (f"<p>أ</p>{MEDIA}", "", "أ\nب"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "head", "text"), NITF)
def test_the_content_of_nitf_is_lines(content: str, head: str, text: str) -> None:
    assert [item.text for item in read(nitf(content, head))] == [text]


XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
PAGE = f"""<html {XHTML}><head><title>س</title></head><body><p>أ<br/>ب</p></body>
</html>"""
G2 = [
    (f"<inlineXML>{nitf('<p>أ</p>')}</inlineXML>", "أ"),
    (f"<inlineXML>{PAGE}</inlineXML>", "أ\nب"),
    (f"<inlineXML><body {XHTML}><script>س</script><p>أ</p></body></inlineXML>", "أ"),
    ("<inlineXML><section><p>أ</p></section></inlineXML>", "أ"),
    ('<inlineData contenttype="text/plain">أ\nب\n</inlineData>', "أ\nب"),
    ('<inlineData contenttype="text/html">&lt;p>أ&lt;p>ب</inlineData>', "أ\nب"),
    ('<inlineXML/><inlineData contenttype="text/plain">أ</inlineData>', "أ"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "text"), G2)
def test_the_content_of_newsml_g2_is_lines(content: str, text: str) -> None:
    assert [item.text for item in read(g2(content))] == [text]


def test_what_surrounds_the_content_tells_of_it() -> None:
    meta = f"<by>{AUTHOR}</by><headline>{TITLE}</headline><creator literal='س'/>"
    page = f'<itemMeta><link rel="r" contenttype="text/html" href="{URL}"/></itemMeta>'
    text = g2(f"<inlineXML>{nitf(f'<p>{LEAD}</p>')}</inlineXML>", meta)
    [item] = read(text.replace("<contentMeta>", f"{page}<contentMeta>"))
    assert item.text == f"{TITLE}\n{LEAD}"
    assert item.about == About(TITLE, "", "", AUTHOR, URL)


def test_several_items_are_several_documents() -> None:
    content = '<inlineData contenttype="text/plain">{}</inlineData>'
    items = "".join(g2(content.format(one)) for one in PARAGRAPHS)
    text = f"<newsMessage><itemSet>{items}</itemSet></newsMessage>"
    assert [item.text for item in read(text)] == list(PARAGRAPHS)


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0"?><project xmlns="http://maven.example"><a/></project>',
        "<svg/>",
        "نص",
        "",
        "<!DOCTYPE nitf [",
        '{"uri": "x"}',
    ],
)
def test_xml_of_another_kind_is_told(text: str) -> None:
    with pytest.raises(ForeignFile, match=r"another kind|not XML"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [nitf(""), g2('<remoteContent href="a.jpg"/>'), "<NewsML/>", "<packageItem/>"],
)
def test_news_without_text_is_told(text: str) -> None:
    with pytest.raises(ForeignFile, match="no text"):
        read(text)


def test_a_file_that_is_not_well_formed_is_an_error() -> None:
    with pytest.raises(InputError, match=r"not well-formed XML: .*line 1") as caught:
        read(nitf("<p>أ"))
    assert not isinstance(caught.value, ForeignFile)


LAUGHS = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10)
)
ENTITY = nitf("<p>أ&x;</p>")
HOSTILE = {
    "billion laughs": f"<!DOCTYPE nitf [{LAUGHS}]>{nitf('<p>&a9;</p>')}",
    "quadratic blow-up": f'<!DOCTYPE nitf [<!ENTITY x "{"y" * 100_000}">]>'
    + nitf("<p>" + "&x;" * 10_000 + "</p>"),
    "a file": f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "file:///etc/passwd">]>{ENTITY}',
    "an address": f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]>{ENTITY}',
    "a parameter": '<!DOCTYPE nitf [<!ENTITY % x SYSTEM "http://127.0.0.1:9/"> %x;]>'
    + nitf("<p>أ</p>"),
    "a comment before": f'<!DOCTYPE nitf [<!-- ]> --><!ENTITY x "y">]>{ENTITY}',
    "quotes before": f'<!DOCTYPE nitf SYSTEM "a[b]>" [<!ENTITY x "y">]>{ENTITY}',
    "a rule before": '<!DOCTYPE nitf [<!ATTLIST p a CDATA "]>"><!ENTITY x "y">]>'
    + ENTITY,
    "no declaration": f'<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/x.dtd">{ENTITY}',
    "no DTD": ENTITY,
    "depth": "<nitf>" + "<p>" * 100_000,
    "an enormous attribute": f'<nitf a="{"x" * 50_000_000}"/>',
    "an enormous text": nitf(f"<p>{'x' * 11_000_000}</p>"),
    "HTML within": '<!DOCTYPE rss [<!ENTITY x "y">]><rss><channel/></rss>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_an_error_and_soon(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        pytest.fail("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"entit|nested|well-formed"):
        read(HOSTILE[name])
    assert time.perf_counter() - start < 5


def test_an_external_dtd_is_left_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", None)
    doctype = (
        '<!DOCTYPE nitf PUBLIC "-//IPTC//DTD NITF 3.4//EN" "http://127.0.0.1:9/d">'
    )
    assert [item.text for item in read(doctype + nitf("<p>أ&nbsp;ب</p>"))] == ["أ\xa0ب"]


def test_beginnings_that_never_end_are_given_up_soon() -> None:
    start = time.perf_counter()
    for piece in (
        "<!--",
        "<?",
        "<!DOCTYPE ",
        " ",
        '<!DOCTYPE x "',
        "]>",
        "<!DOCTYPE x [",
    ):
        with pytest.raises(InputError):
            read(piece * 500_000)
    assert time.perf_counter() - start < 10


@given(
    st.lists(
        st.sampled_from(
            [
                "<nitf>",
                "</nitf>",
                "<body.content>",
                "<p>",
                "</p>",
                "<newsItem>",
                "<inlineXML>",
                "<!DOCTYPE",
                "[",
                "]>",
                "<!ENTITY",
                "&x;",
                "&nbsp;",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "<?a",
                "?>",
                "<rss>",
                "<item>",
                "<title>",
            ]
        )
        | st.text("ابت <>&;\"'\0\x1a\ufffe\ud800", max_size=5),
        max_size=25,
    )
)
def test_no_file_breaks_the_reader(pieces: list[str]) -> None:
    data = "".join(pieces).encode("utf-8", "surrogatepass")
    with contextlib.suppress(InputError):
        read(data)
