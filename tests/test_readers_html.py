"""Web pages as text: the article alone, whatever the template, and never silence."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import articles
from articles import AUTHOR, DATE, OUTLET, PARAGRAPHS, TEXT, TITLE, URL
from dedupe.errors import ForeignFile, InputError
from dedupe.model import About
from dedupe.readers.documents import ReadOptions
from dedupe.readers.html import convert, decode_html
from dedupe.readers.markup import html_lines

OPTIONS = ReadOptions()
FIRST, SECOND = PARAGRAPHS[:2]


def text_of(page: str, options: ReadOptions = OPTIONS) -> str:
    return convert(page.encode(), options).text


def unknown_page(body: str, below: str = "") -> str:
    """Return a page of a template that nobody has heard of."""
    teasers = "".join(
        f'<li><a href="/{n}">{one}</a></li>' for n, one in enumerate(articles.TEASERS)
    )
    return f"""<!DOCTYPE html><html lang="ar"><head><title>{TITLE}</title></head><body>
<div class="top">{articles.menu()}</div><div class="w1"><div class="c9 q">
<h1 class="t">{TITLE}</h1><div class="x7">{body}</div></div><div class="c3">
<h4>الأكثر قراءة</h4><ul>{teasers}</ul></div></div>{below}
<div class="end">جميع الحقوق محفوظة لدى الصحيفة ويمنع نسخ المواد إلا بإذن</div></body>
</html>"""


PAGES = {
    "what schema.org marks": articles.schema_page(),
    "a blog": articles.blog_page(),
    "an unknown template": unknown_page(articles.paragraphs()),
    "line breaks alone": unknown_page("<br><br>".join(PARAGRAPHS)),
    "layers for paragraphs": unknown_page(articles.paragraphs("div")),
    "text beside paragraphs": unknown_page(FIRST + "<p>" + "<p>".join(PARAGRAPHS[1:])),
    "a fragment": f"<h1>{TITLE}</h1>{articles.paragraphs()}",
    "an AMP page": f"""<html amp><head><title>{TITLE}</title></head><body>
<amp-sidebar><ul><li><a href="/">قائمة الموقع كلها</a></ul></amp-sidebar>
<article class="amp-wp-article"><h1>{TITLE}</h1><div class="amp-wp-article-content">
{articles.paragraphs()}<amp-ad>إعلان</amp-ad></div></article></body></html>""",
    "Word": f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head>
<meta name=Generator content="Microsoft Word 15"><!--[if gte mso 9]><xml><w:x>1</w:x>
</xml><![endif]--><style>p.MsoNormal {{margin:0}}</style></head><body lang=AR>
<div class=WordSection1 dir=RTL><p class=MsoNormal><b>{TITLE}</b><o:p></o:p></p>
{articles.paragraphs().replace("<p>", "<p class=MsoNormal dir=RTL><span lang=AR-SA>")}
<p class=MsoNormal><o:p>&nbsp;</o:p></p><span style='mso-hide:all'>حقل</span></div>
</body></html>""",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_its_headline_and_its_paragraphs(name: str) -> None:
    converted = convert(PAGES[name].encode(), OPTIONS)
    assert converted.text == TEXT
    assert not converted.warning


def test_a_page_of_the_nineties_is_read_in_its_encoding() -> None:
    converted = convert(articles.old_page(), OPTIONS)
    assert converted.text == TEXT
    assert converted.encoding == "windows-1256"


@pytest.mark.parametrize("page", [articles.schema_page(), articles.blog_page()])
def test_a_page_tells_of_its_article(page: str) -> None:
    told = convert(page.encode(), OPTIONS).about
    assert told == About(TITLE, DATE, OUTLET, AUTHOR, URL)


TOLD = [
    ('<meta name="DC.date.issued" content="2024-03-12">', "date", "2024-03-12"),
    ('<meta name="date" content="الثلاثاء ١٢ مارس ٢٠٢٤">', "date", "2024-03-12"),
    ('<meta name="pubdate" content="12 آذار/مارس 2024">', "date", "2024-03-12"),
    ('<meta name="pubdate" content="١ رمضان ١٤٤٥">', "date", "١ رمضان ١٤٤٥"),
    ('<time datetime="2024-03-12T10:00">أمس</time>', "date", "2024-03-12T10:00"),
    ('<span itemprop="author">سعاد  الراوي</span>', "author", "سعاد الراوي"),
    ('<meta property="article:author" content="https://x.example/a">', "author", ""),
    ('<link rel="canonical" href="javascript:alert(1)">', "url", ""),
    ('<link rel="canonical" href="/relative">', "url", ""),
    (
        '<meta property="og:title" content="عنوان &amp; عنوان">',
        "title",
        "عنوان & عنوان",
    ),
]


@pytest.mark.parametrize(("tag", "field", "value"), TOLD)
def test_metadata_are_told_as_they_are_meant(tag: str, field: str, value: str) -> None:
    told = convert(f"<html>{tag}<p>نص</p></html>".encode(), OPTIONS).about
    assert getattr(told, field) == value


def linked_data(**told: object) -> str:
    data = json.dumps({"@type": "NewsArticle", **told}, ensure_ascii=False)
    return f'<script type="application/ld+json">{data}</script>'


def test_structured_data_may_hold_lists_and_objects() -> None:
    page = linked_data(
        headline=TITLE,
        author=[{"name": "ليلى"}, "سعاد"],
        publisher={"name": OUTLET},
        url=URL,
    )
    told = convert(f"{page}<p>نص</p>".encode(), OPTIONS).about
    assert told == About(TITLE, "", OUTLET, "ليلى، سعاد", URL)


@pytest.mark.parametrize(
    "script", ["{", "[" * 100_000, "[1, null, {}]", '{"@type": 3}', '{"@type": []}']
)
def test_structured_data_that_are_broken_harm_nothing(script: str) -> None:
    page = f'<script type="application/ld+json">{script}</script><p>نص</p>'
    assert text_of(page) == "نص"


def test_what_the_metadata_say_again_is_not_read_twice() -> None:
    page = linked_data(articleBody=" ".join(PARAGRAPHS))
    assert text_of(f"{page}<article>{articles.paragraphs()}</article>") == "\n".join(
        PARAGRAPHS
    )


def test_a_text_that_the_page_hides_is_read_from_the_metadata() -> None:
    page = linked_data(headline=TITLE, articleBody="\n\n".join(PARAGRAPHS))
    assert text_of(f"{page}<article><p>{FIRST[:40]}</p></article>") == TEXT


HIDDEN = [
    "<p hidden>سر</p>",
    '<p style="color:red; DISPLAY : none">سر</p>',
    '<div style="visibility:hidden"><p>سر</p></div>',
    "<script>سر</script>",
    "<style>سر</style>",
    "<noscript><p>سر</p></noscript>",
    "<template><p>سر</p></template>",
    "<!-- سر -->",
    "<textarea>سر</textarea>",
    "<select><option>سر</select>",
    "<svg><text>سر</text></svg>",
    "<nav>سر</nav>",
    "<aside><p>سر</p></aside>",
    "<footer>سر</footer>",
    '<div role="navigation">سر</div>',
    '<div class="x related-posts">سر</div>',
    "<ul><li><a>سر</a><li><a>سر</a></ul>",
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_no_reader_of_the_article_sees_is_left_out(hidden: str) -> None:
    page = f"<article><h1>{TITLE}</h1><p>{FIRST}</p>{hidden}<p>{SECOND}</p></article>"
    assert text_of(page) == f"{TITLE}\n{FIRST}\n{SECOND}"


LINES = [
    ("<p>أ ب</p><p>ج</p>", ["أ ب", "ج"]),
    ("أ<br>ب<br/><br>ج", ["أ", "ب", "ج"]),
    ("<p>أ\n  ب\t ج </p>", ["أ ب ج"]),
    ("<p>أ<b>ب</b> <i>ج</i></p>", ["أب ج"]),
    ("<p>أ<!-- x -->ب</p>", ["أب"]),
    ("<p>أ&nbsp;ب &laquo;ج&raquo; &#1583; &amp;lt;</p>", ["أ\xa0ب «ج» د &lt;"]),
    ("<p>&nbsp;</p><p>&rlm;&zwnj;&shy;</p><p>أ</p>", ["أ"]),
    ("<p>كت&shy;اب \u200fنص</p>", ["كت\xadاب \u200fنص"]),
    ("<ul><li>أ<li>ب<ul><li>ج</ul></ul>", ["أ", "ب", "ج"]),
    ("<dl><dt>أ<dd>ب</dl>", ["أ", "ب"]),
    ("<table><tr><th>أ<th>ب<tr><td>ج<td>د</table>", ["أ\tب", "ج\tد"]),
    ("<table><tr><td>أ<td><td>ب</table>", ["أ\tب"]),
    ("<table><tr><td><p>أ</p><p>ب</p><td>ج</table>", ["أ", "ب", "ج"]),
    ("<table><tr><td>أ<table><tr><td>ب<td>ج</table></table>", ["أ", "ب\tج"]),
    (f"<table><tr><td>أ<td>{FIRST * 2}</table>", ["أ", FIRST * 2]),
    (
        "<table><caption>أ</caption><tr hidden><td>ب<tr><td>ج<td>د</table>",
        ["أ", "ج\tد"],
    ),
    ("<pre>أ  ب\n\nج\n</pre>د", ["أ ب", "ج", "د"]),
    ("<h2>أ</h2>ب<div>ج</div>د", ["أ", "ب", "ج", "د"]),
    ("<figure><img alt=x><figcaption>أ</figcaption></figure>", ["أ"]),
    ("أ<script>x</script>ب<nav>ج</nav>", ["أب", "ج"]),
    ("<![CDATA[أ]]>ب", ["ب"]),
    ("<p>أ\x0bب\x00ج", ["أ ب ج"]),
    ("", []),
    ("<!-- x -->", []),
    ("نص وحيد", ["نص وحيد"]),
]


@pytest.mark.parametrize(("markup", "lines"), LINES)
def test_lines_are_those_that_a_browser_shows(markup: str, lines: list[str]) -> None:
    assert html_lines(markup) == lines


def test_lists_and_tables_of_an_unknown_template_are_kept() -> None:
    more = "<ul><li>السبت من التاسعة<li>الأحد من العاشرة</ul>"
    more += "<table><tr><td>أ<td>ب</table>"
    page = unknown_page(articles.paragraphs() + more)
    assert text_of(page) == f"{TEXT}\nالسبت من التاسعة\nالأحد من العاشرة\nأ\tب"


def test_of_several_articles_the_longest_is_read() -> None:
    page = f"<nav></nav><main>{articles.related()}<article><h1>{TITLE}</h1>"
    page += f"{articles.paragraphs()}{articles.related()}</article></main>"
    assert text_of(page) == TEXT


def test_teasers_of_a_known_system_are_not_taken_for_the_article() -> None:
    teasers = f'<div class="post-content"><p>{articles.TEASERS[0]}</p></div>' * 3
    read = text_of(unknown_page(articles.paragraphs(), teasers))
    assert set(PARAGRAPHS) <= set(read.split("\n"))


def test_a_day_in_a_sentence_is_part_of_it() -> None:
    page = "<article><time>12 مارس</time><p>في <time>يوم الأحد</time> بدأ كل شيء"
    assert text_of(f"<nav></nav>{page} {FIRST}</p></article>") == (
        f"في يوم الأحد بدأ كل شيء {FIRST}"
    )


def test_a_text_in_a_hidden_element_is_not_read() -> None:
    hidden = f'<div hidden><div itemprop="articleBody"><p>{SECOND * 3}</p></div></div>'
    page = f'{hidden}<div class="entry-content"><p>{FIRST}</p></div>'
    assert text_of(f"<nav></nav>{page}") == FIRST


def test_a_page_without_a_title_is_called_by_its_heading() -> None:
    assert convert(f"<h1>{TITLE}</h1><p>نص".encode(), OPTIONS).about.title == TITLE


def test_a_text_that_stands_twice_is_read_once() -> None:
    bodies = f'<div itemprop="articleBody"><p>{FIRST}</p></div>'
    bodies += f'<div itemprop="articleBody">{articles.paragraphs()}</div>'
    assert text_of(f"<nav></nav>{bodies}{bodies}") == "\n".join(PARAGRAPHS)


def test_a_text_in_several_parts_is_read_whole() -> None:
    parts = [f'<div itemprop="articleBody"><p>{one}</p></div>' for one in PARAGRAPHS]
    assert text_of("<nav></nav>" + "<hr>".join(parts)) == "\n".join(PARAGRAPHS)


def test_a_selector_says_where_the_text_is() -> None:
    page = f'<div id="z"><p>أ</p><span class="q">ب</span></div>{articles.paragraphs()}'
    assert text_of(page, ReadOptions(html_content="#z > p, .q")) == "أ\nب"


@pytest.mark.parametrize(
    ("selector", "told"), [("#nowhere", "no element with text"), ("<<", "no CSS")]
)
def test_a_selector_that_finds_nothing_is_told(selector: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        text_of("<p>نص</p>", ReadOptions(html_content=selector))


@pytest.mark.parametrize(
    "page",
    ["", " \n", "<!-- x -->", f"<body>{articles.menu()}</body>", "<script>نص</script>"],
)
def test_a_page_without_text_is_told(page: str) -> None:
    with pytest.raises(ForeignFile):
        text_of(page)


def test_a_page_whose_text_cannot_be_told_from_the_rest_is_read_with_a_warning() -> (
    None
):
    halves = (f"<div>{f'<p>{one}' * 11_000}</div>" for one in (FIRST, SECOND))
    page = "<nav></nav>" + "".join(halves)
    converted = convert(page.encode(), OPTIONS)
    assert FIRST in converted.text
    assert "the whole page was read" in converted.warning


ENCODINGS = [
    ("cp1256", '<meta charset="windows-1256">', "windows-1256"),
    ("cp1256", "", "windows-1256"),
    ("cp1256", '<meta charset="iso-8859-1">', "windows-1256"),
    ("cp1256", '<meta charset="utf-8">', "windows-1256"),
    ("cp1256", '<meta charset="no-such">', "windows-1256"),
    ("cp1256", '<meta charset="hex">', "windows-1256"),
    ("iso8859-6", "<meta charset=asmo-708>", "iso-8859-6"),
    ("utf-8", '<meta charset="windows-1256">', "utf-8"),
    ("utf-8-sig", '<meta charset="windows-1256">', "utf-8-sig"),
    ("utf-16", "", "utf-16"),
    ("cp1256", '<?xml version="1.0" encoding="windows-1256"?>', "windows-1256"),
]


@pytest.mark.parametrize(("codec", "tag", "reported"), ENCODINGS)
def test_the_encoding_is_that_of_the_bytes(codec: str, tag: str, reported: str) -> None:
    plain = TEXT.translate(dict.fromkeys(map(ord, "\u200f")))
    page = f"{tag}<body><p>" + plain.replace("\n", "</p>\n<p>")
    converted = convert(page.encode(codec), OPTIONS)
    assert converted.encoding == reported
    assert converted.text == plain


def test_what_is_western_is_not_read_as_arabic() -> None:
    page = '<meta charset="iso-8859-1"><p>Voilà l’été'.encode("cp1252")
    assert decode_html(page, OPTIONS).encoding == "windows-1252"


HOSTILE = {
    "too many attributes": "<p " + " ".join(f"a{n}" for n in range(200_000)) + ">نص",
    "too deep": "<div>" * 100_000 + "نص",
    "an enormous attribute": '<p a="' + "x" * 50_000_000 + '">نص</p>',
    "an enormous text": "<p>" + "x" * 11_000_000 + "</p><p>نص</p>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_attack_is_an_error_and_soon(name: str) -> None:
    start = time.perf_counter()
    with pytest.raises(InputError, match=r"nested|attributes|characters"):
        text_of(HOSTILE[name])
    assert time.perf_counter() - start < 10


HARMLESS = {
    "unclosed elements": "<font>" * 300 + "نص",
    "open brackets": "نص " + "<" * 1_000_000,
    "a script of tags": "<script>" + "<p>x" * 200_000 + "</script>نص",
    "nested articles": "<article>" * 200 + "<h2><a>ن</a></h2>" * 200 + "نص",
    "many bodies": "<nav></nav>"
    + "".join(f'<div itemprop="articleBody">نص {n}</div>' for n in range(50_000)),
    "many bodies of a known system": "<nav></nav>"
    + "".join(f'<div class="entry-content">نص {n}</div>' for n in range(50_000)),
    "a comment that never ends": "نص<!--" * 100_000,
    "list items": articles.menu() + "<ul>" + "<li>كلمة أخرى هنا" * 30_000,
    "links": articles.menu() + "<a href=x>كلمة</a> " * 30_000 + f"<p>{FIRST}",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_a_strange_page_is_read_soon(name: str) -> None:
    start = time.perf_counter()
    with contextlib.suppress(ForeignFile):
        assert text_of(HARMLESS[name])
    assert time.perf_counter() - start < 10


def test_deep_pages_of_real_life_are_read() -> None:
    page = "<nav></nav>" + "<font>" * 700 + articles.paragraphs()
    assert text_of(page) == "\n".join(PARAGRAPHS)


def test_a_page_is_read_the_same_however_often() -> None:
    page = unknown_page(articles.paragraphs(), articles.related())
    once = convert(page.encode(), OPTIONS)
    for other in PAGES.values():
        convert(other.encode(), OPTIONS)
    assert [convert(page.encode(), OPTIONS) for _ in range(5)] == [once] * 5


def test_a_page_is_read_the_same_whatever_the_hash_seed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(unknown_page(articles.paragraphs(), articles.related()), "utf-8")
    code = (
        "import sys, pathlib; from dedupe.readers import html, ReadOptions;"
        "data = pathlib.Path(sys.argv[1]).read_bytes();"
        "print(ascii(html.convert(data, ReadOptions())))"
    )
    read = {
        subprocess.run(
            [sys.executable, "-c", code, str(page)],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(read) == 1


def test_nothing_is_logged_or_printed(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a handler, warnings would be printed as a last resort.
    monkeypatch.setattr(logging.root, "handlers", [])
    with pytest.raises(ForeignFile):
        text_of(f"<body>{articles.menu()}<table></table></body>")
    assert capfd.readouterr() == ("", "")


TAGS = (
    "p div br b a ul li table tr td pre article script nav h1 span !-- /p /div /table"
)


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from([f"<{tag}>" for tag in TAGS.split()])
        | st.text("ابت &;<>\"'=\n\0\x0b\u200f\ud800", max_size=6),
        max_size=30,
    )
)
def test_no_page_breaks_the_reader(pieces: list[str]) -> None:
    data = "".join(pieces).encode("utf-8", "surrogatepass")
    try:
        converted = convert(data, OPTIONS)
    except InputError:
        return
    lines = converted.text.split("\n")
    assert all(line.strip() == line and line for line in lines)
    assert not set("\r\x0b\f") & set(converted.text)


@settings(max_examples=100)
@given(st.lists(st.text("ابتث جح", min_size=1, max_size=20), min_size=1, max_size=8))
def test_paragraphs_come_back_as_they_were(paragraphs: list[str]) -> None:
    wanted = [" ".join(one.split()) for one in paragraphs if one.strip()]
    assert html_lines("".join(f"<p>{one}</p>" for one in paragraphs)) == wanted
