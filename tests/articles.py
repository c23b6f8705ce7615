"""One article in the shapes in which newsrooms keep it; written for these tests."""

from __future__ import annotations

import gzip
import html
import json

TITLE = "افتتاح مكتبة عامة جديدة في حي الزيتون بعد ثلاث سنوات من العمل"
_WRITTEN = """
افتتحت أمانة المدينة صباح أمس مكتبة عامة في حي الزيتون، تضم أكثر من أربعين ألف
كتاب وقاعة للأطفال وأخرى للمخطوطات، بعد ثلاث سنوات من أعمال الترميم.

وقالت مديرة المكتبة سعاد الراوي إن الإعارة ستكون مجانية لسكان الحي، وإن القاعات
ستبقى مفتوحة حتى العاشرة مساء طوال أيام الأسبوع ما عدا الجمعة.

وأضافت أن متطوعين من طلاب الجامعة سيشرفون على نادي القراءة الأسبوعي، الذي يبدأ
أولى جلساته الشهر المقبل بكتاب من أدب الرحلات.

ويأتي المشروع ضمن خطة لإنشاء خمس مكتبات في الأحياء القديمة، بلغت كلفة المرحلة
الأولى منها نحو مليوني دينار تبرعت بنصفها عائلات من المدينة.
"""
PARAGRAPHS = tuple(" ".join(one.split()) for one in _WRITTEN.split("\n\n"))
TEXT = "\n".join((TITLE, *PARAGRAPHS))
OUTLET = "صحيفة الضفة"
AUTHOR = "ليلى الحسن"
URL = "https://news.example/culture/2024/library"
DATE = "2024-03-12T09:30:00+03:00"

TEASERS = (
    "انطلاق موسم الحصاد في السهول الشمالية وسط توقعات بمحصول وفير هذا العام",
    "المنتخب الوطني يختتم معسكره التدريبي بفوز ودي على ضيفه بهدفين دون رد",
    "ارتفاع أسعار الذهب في الأسواق المحلية لليوم الثالث على التوالي هذا الأسبوع",
)


def paragraphs(mark: str = "p") -> str:
    return "\n".join(f"<{mark}>{html.escape(one)}</{mark}>" for one in PARAGRAPHS)


def menu() -> str:
    names = ("الرئيسية", "سياسة", "اقتصاد", "رياضة", "ثقافة", "من نحن", "اتصل بنا")
    links = "".join(
        f'<li><a href="/{n}">{name}</a></li>' for n, name in enumerate(names)
    )
    return f"<nav><ul>{links}</ul></nav>"


def related() -> str:
    return "".join(
        f'<article class="card"><h3><a href="/{n}">{one}</a></h3><p>{one}'
        " بحسب ما أفاد به مراسلنا من هناك.</p></article>"
        for n, one in enumerate(TEASERS)
    )


def schema_page() -> str:
    """Return a page as large sites write it: schema.org, JSON-LD and Open Graph."""
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": OUTLET, "url": "https://news.example/"},
            {
                "@type": "NewsArticle",
                "headline": TITLE,
                "datePublished": DATE,
                "author": [{"@type": "Person", "name": AUTHOR}],
                "publisher": {"@type": "Organization", "name": OUTLET},
                "articleBody": " ".join(PARAGRAPHS),
            },
        ],
    }
    return f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8">
<title>{TITLE} | {OUTLET}</title><link rel="canonical" href="/culture/2024/library">
<meta property="og:title" content="{TITLE}"><meta property="og:url" content="{URL}">
<meta property="og:site_name" content="{OUTLET}">
<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>
<style>p {{ color: #333 }}</style></head><body><header>{menu()}</header>
<main><article itemscope itemtype="https://schema.org/NewsArticle"><h1>{TITLE}</h1>
<p class="byline">بقلم: <span itemprop="author">{AUTHOR}</span></p>
<div itemprop="articleBody">{paragraphs()}
<div class="related"><a href="/9">اقرأ أيضا: {TEASERS[0]}</a></div>
<script>var x = "<p>شيفرة لا تقرأ</p>";</script></div></article>
<section>{related()}</section></main>
<footer>جميع الحقوق محفوظة لصحيفة الضفة {menu()}</footer></body></html>"""


def blog_page() -> str:
    """Return a page of WordPress, as its classic themes write it."""
    return f"""<!DOCTYPE html><html dir="rtl" lang="ar"><head><meta charset="UTF-8"/>
<title>{TITLE} - {OUTLET}</title><meta name="author" content="{AUTHOR}">
<meta property="article:published_time" content="{DATE}">
<meta property="og:site_name" content="{OUTLET}"><link rel="canonical" href="{URL}">
</head><body class="rtl single"><div id="masthead">{menu()}</div><div id="content">
<article class="post"><h1 class="entry-title">{TITLE}</h1>
<div class="entry-meta"><time datetime="{DATE}">12 مارس 2024</time></div>
<div class="entry-content">{paragraphs()}
<div class="sharedaddy">شارك هذا الموضوع: <a href="#">فيسبوك</a> <a href="#">X</a></div>
<ul><li><a href="/a">{TEASERS[0]}</a></li><li><a href="/b">{TEASERS[1]}</a></li></ul>
</div></article><div id="comments"><p>تعليق أحد القراء على هذا الخبر الجميل</p></div>
</div><div class="widget-area">{related()}</div></body></html>"""


def old_page() -> bytes:
    """Return a page of the nineties: tables, no paragraphs, windows-1256."""
    body = "<br>&nbsp;<br>".join(PARAGRAPHS)
    links = "<br>".join(f'<a href="{n}.htm">{one}</a>' for n, one in enumerate(TEASERS))
    page = f"""<html><head>
<meta http-equiv="Content-Type" content="text/html; charset=windows-1256">
<title>{TITLE}</title></head><body dir=rtl><form action="x.aspx">
<table width=100%><tr><td width=150>{links}<br>{links}</td>
<td><font size=5><b>{TITLE}</b></font><br>
<font face="Simplified Arabic">{body}</font></td></tr></table></form>
<p align=center>جميع الحقوق محفوظة 1999</p></body></html>"""
    return page.encode("cp1256")


def rss() -> str:
    """Return a feed with the whole text in content:encoded."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{OUTLET}</title>
<link>https://news.example/</link><description>آخر الأخبار</description>
<item><title>{TITLE}</title><link>{URL}</link><guid isPermaLink="false">nw-771</guid>
<dc:creator>{AUTHOR}</dc:creator><pubDate>Tue, 12 Mar 2024 09:30:00 +0300</pubDate>
<description>{html.escape(PARAGRAPHS[0][:70])}…</description>
<content:encoded><![CDATA[{paragraphs()}]]></content:encoded></item>
<item><title>{TEASERS[0]}</title><link>https://news.example/2</link>
<description>&lt;p&gt;خبر قصير &lt;b&gt;جدا&lt;/b&gt; عن الحصاد.&lt;/p&gt;</description>
</item>
</channel></rss>"""


def atom() -> str:
    """Return a feed of Atom with the text as XHTML."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>{OUTLET}</title><id>urn:x:1</id>
<updated>2024-03-13T00:00:00Z</updated><entry><title type="html">{TITLE}</title>
<id>urn:x:771</id><link href="{URL}"/><published>{DATE}</published>
<updated>2024-03-13T00:00:00Z</updated><author><name>{AUTHOR}</name></author>
<summary>{PARAGRAPHS[0]}</summary><content type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">{paragraphs()}</div></content></entry></feed>"""


def nitf() -> str:
    """Return the article in NITF, with the DOCTYPE that agencies give it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nitf SYSTEM "http://www.nitf.org/IPTC/NITF/3.4/specification/dtd/nitf-3-4.dtd">
<nitf version="-//IPTC//DTD NITF 3.4//EN"><head><title>مكتبة الزيتون</title><docdata>
<doc-id id-string="771-ar" regsrc="ND"/><date.issue norm="20240312T093000+0300"/>
<doc.copyright year="2024" holder="{OUTLET}"/></docdata>
<pubdata name="{OUTLET}" date.publication="20240312"/></head><body><body.head>
<hedline><hl1>{TITLE}</hl1></hedline><byline><person>{AUTHOR}</person></byline>
<dateline><location>المدينة</location> <story.date>12 مارس</story.date></dateline>
<abstract><p>{PARAGRAPHS[0]}</p></abstract></body.head><body.content><block>
{paragraphs()}<media media-type="image"><media-reference source="a.jpg"/>
</media></block></body.content><body.end><tagline>ل ح/م ر</tagline></body.end></body>
</nitf>"""


def newsml_g2() -> str:
    """Return a message in NewsML-G2 with the article, a picture and a package."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header>
<sent>2024-03-12T07:00:00Z</sent></header><itemSet>
<packageItem guid="urn:newsml:news.example:pkg" version="1"><itemMeta>
<itemClass qcode="ninat:composite"/></itemMeta></packageItem>
<newsItem guid="urn:newsml:news.example:20240312:771" version="3" xml:lang="ar">
<catalogRef href="http://www.iptc.org/std/catalog/catalog.IPTC-G2-Standards_37.xml"/>
<itemMeta><itemClass qcode="ninat:text"/>
<provider qcode="nprov:ND"><name>{OUTLET}</name></provider>
<versionCreated>2024-03-12T08:00:00Z</versionCreated>
<pubStatus qcode="stat:usable"/></itemMeta><contentMeta>
<contentCreated>{DATE}</contentCreated><creator><name>{AUTHOR}</name></creator>
<slugline>مكتبة/ثقافة</slugline><headline>{TITLE}</headline></contentMeta><contentSet>
<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>x</title></head><body>{paragraphs()}</body></html></inlineXML>
<inlineData contenttype="text/plain">{PARAGRAPHS[0]}
{PARAGRAPHS[1]}</inlineData></contentSet></newsItem>
<newsItem guid="urn:newsml:news.example:20240312:772" version="1"><itemMeta>
<itemClass qcode="ninat:picture"/></itemMeta><contentMeta><headline>صورة</headline>
</contentMeta><contentSet><remoteContent href="a.jpg" contenttype="image/jpeg"/>
</contentSet></newsItem></itemSet></newsMessage>"""


def newsml_1() -> str:
    """Return the article in NewsML 1, as older services still send it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE NewsML PUBLIC "urn:newsml:iptc.org:20021018:NewsMLv1.2:1" "NewsMLv1.2.dtd" [
]><NewsML Version="1.2"><NewsEnvelope><DateAndTime>20240312T093000+0300</DateAndTime>
</NewsEnvelope><NewsItem xml:lang="ar"><Identification><NewsIdentifier>
<ProviderId>news.example</ProviderId><DateId>20240312</DateId><NewsItemId>771</NewsItemId>
<PublicIdentifier>urn:newsml:news.example:771:1N</PublicIdentifier></NewsIdentifier>
</Identification><NewsManagement><FirstCreated>20240312T093000+0300</FirstCreated>
</NewsManagement><NewsComponent><NewsLines><HeadLine>{TITLE}</HeadLine>
<ByLine>{AUTHOR}</ByLine></NewsLines><AdministrativeMetadata><Provider>
<Party FormalName="{OUTLET}"/></Provider></AdministrativeMetadata>
<NewsComponent EquivalentsList="yes"><ContentItem><DataContent>{paragraphs()}
</DataContent></ContentItem><ContentItem><DataContent><nitf><body><body.content>
{paragraphs()}</body.content></body></nitf></DataContent></ContentItem></NewsComponent>
</NewsComponent></NewsItem></NewsML>"""


def record(kind: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return a record of a WARC file."""
    lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Date: 2024-04-01T10:00:00Z"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}"]).encode()
    return head + b"\r\n\r\n" + body + b"\r\n\r\n"


def answer(
    body: bytes, url: str = URL, status: str = "200 OK", **headers: str
) -> bytes:
    """Return the record of what a server answered; headers by their names with _."""
    told = {"content_type": "text/html; charset=utf-8"} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in told.items()]
    http = f"HTTP/1.1 {status}\r\n" + "\r\n".join(lines) + "\r\n\r\n"
    kind = {
        "Content-Type": "application/http; msgtype=response",
        "WARC-Target-URI": url,
    }
    return record("response", http.encode() + body, kind)


def warc() -> bytes:
    """Return a crawl: what opens it, a request, a page, an image, a lost page."""
    http = {"Content-Type": "application/http; msgtype=request", "WARC-Target-URI": URL}
    return b"".join(
        (
            record(
                "warcinfo",
                b"software: x\r\n",
                {"Content-Type": "application/warc-fields"},
            ),
            record("request", b"GET / HTTP/1.1\r\n\r\n", http),
            answer(schema_page().encode()),
            answer(b"\xff\xd8\xff", f"{URL}.jpg", content_type="image/jpeg"),
            answer(b"<p>x", f"{URL}/lost", "404 Not Found"),
        )
    )


def packed(data: bytes) -> bytes:
    """Return a WARC file whose records are compressed one by one."""
    starts = [at for at in range(len(data)) if data.startswith(b"WARC/1.0\r\n", at)]
    ends = [*starts[1:], len(data)]
    return b"".join(
        gzip.compress(data[start:end], mtime=0)
        for start, end in zip(starts, ends, strict=True)
    )
