"""The page in a real browser, as people of both languages and on two screens see it."""

from __future__ import annotations

import dataclasses
import io
import os
import random
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import dedupe
from dedupe import normalize
from dedupe.baseline import Baseline, Entry
from dedupe.baseline import compare as compare_with
from dedupe.model import About, Problem, ScanResult
from dedupe.reporters import html
from dedupe.reporters.html import search_table
from dedupe.reporters.neutralizer import show_name
from reports import HOSTILE, finding, hostile_result, place, result
from test_normalizer import CASES, PIECES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytest.importorskip("playwright", reason="needs Playwright")

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
]

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage"),
)
WIDTHS = (360, 1280)

Open = Callable[..., "Page"]


def page_of(scanned: ScanResult, path: Path, **options: Any) -> Path:  # noqa: ANN401
    out = io.BytesIO()
    html.write(scanned, out, **options)
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - it may be missing

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Open]:
    """Opens a file; whatever goes wrong or out on the network fails the test."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def visit(path: Path, *, width: int = 1280, **options: Any) -> Page:  # noqa: ANN401
        fragment = options.pop("fragment", "")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, **options
        )
        contexts.append(context)
        opened: Page = context.new_page()
        opened.on("console", lambda said: trouble.append(said.text))
        opened.on("pageerror", lambda error: trouble.append(str(error)))
        opened.on("dialog", lambda dialog: trouble.append(dialog.message))
        opened.on(
            "request",
            lambda sent: (
                None if sent.url.startswith(path.as_uri()) else trouble.append(sent.url)
            ),
        )
        opened.goto(path.as_uri() + fragment)
        return opened

    yield visit
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with all there can be on a page."""
    scanned = dedupe.scan([ROOT / "samples"], jobs=1)
    ids = {item.id for item in scanned.findings[:2]}
    accepted = Baseline("", {name: Entry(name, 9) for name in ids})
    told = {
        name: About(
            "عنوان المقال",
            f"2026-01-{row + 1:02}",
            "الجريدة",
            "سعاد",
            "https://a.example/",
        )
        for row, name in enumerate(document.document for document in scanned.documents)
        if row % 2
    }
    scanned = dataclasses.replace(
        compare_with(scanned, accepted, date(2026, 1, 1)),
        about=told,
        errors=(Problem("تقرير/الأول.pdf", "it is broken"),),
        skipped=(Problem("b.bin", "it is binary"),),
    )
    path = tmp_path_factory.mktemp("page") / "report.html"
    return page_of(scanned, path, command="dedupe scan samples/ --format html=r.html")


def shown(opened: Page) -> int:
    return opened.locator("article.finding:visible").count()


def settle(opened: Page) -> None:
    """Wait until the filters have done their work."""
    opened.wait_for_timeout(200)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_axe_finds_nothing_and_nothing_overflows(
    visit: Open, samples: Path, language: str, width: int, scheme: str
) -> None:
    opened = visit(samples, width=width, color_scheme=scheme)
    if language == "en":
        opened.click("#language")
    for more in opened.locator("details").all():
        more.evaluate("element => { element.open = true }")
    size = opened.evaluate("document.scrollingElement.scrollWidth")
    assert size <= width
    too_wide = opened.evaluate(
        """[...document.querySelectorAll("main *")].filter(element => {
            const box = element.getBoundingClientRect();
            const hidden = element.closest(".scroll, .drawing, .only-heard, .key");
            const inside = box.left >= -1 && box.right <= innerWidth + 1;
            return box.width && !hidden && !inside;
        }).map(element => element.outerHTML.slice(0, 100))"""
    )
    assert too_wide == []
    pytest.importorskip("axe_playwright_python", reason="needs axe-core")
    source = files("axe_playwright_python").joinpath("axe.min.js")
    opened.evaluate(source.read_text(encoding="utf-8"))
    found = opened.evaluate("axe.run()")
    assert [
        (item["id"], [node["html"][:200] for node in item["nodes"]])
        for item in found["violations"]
    ] == []
    assert len(found["passes"]) > 20


def test_the_switch_says_everything_in_the_other_language(
    visit: Open, samples: Path
) -> None:
    opened = visit(samples)
    assert opened.evaluate("[document.documentElement.lang, document.dir]") == [
        "ar",
        "rtl",
    ]
    before = opened.inner_text("body")
    assert "من الكلمات مكررة" in before
    opened.click("#language")
    assert opened.evaluate("[document.documentElement.lang, document.dir]") == [
        "en",
        "ltr",
    ]
    english = opened.inner_text("body")
    assert "of the words are repeated" in english
    assert "8 of 8 shown" in english
    interface = opened.evaluate(
        """[...document.querySelectorAll("[data-t], [data-c]")]
            .map(element => element.textContent).join("\\n")"""
    )
    assert not re.sub(
        "[وفالب،… ]|English|العربية",
        "",
        "".join(re.findall("[\u0600-\u06ff]", interface)),
    )
    opened.click("#language")
    assert opened.inner_text("body") == before


def test_the_languages_are_the_same_whichever_comes_first(
    visit: Open, tmp_path: Path
) -> None:
    scanned = dedupe.scan([ROOT / "samples"], jobs=1)
    arabic_page = visit(page_of(scanned, tmp_path / "ar.html", language="ar"))
    english_page = visit(page_of(scanned, tmp_path / "en.html", language="en"))
    arabic_page.click("#language")
    assert arabic_page.inner_text("body") == english_page.inner_text("body")


def test_filters_leave_what_they_are_asked_for(visit: Open, samples: Path) -> None:
    opened = visit(samples)
    assert shown(opened) == 8
    for name, value, left in (
        ("relation", "overlap", 3),
        ("rule", "boilerplate", 1),
        ("state", "known", 2),
    ):
        opened.select_option(f"#q-{name}", value)
        settle(opened)
        assert shown(opened) == left
        assert f"معروض {left} من 8" in opened.inner_text("#shown")
        opened.click("button[type=reset]")
        settle(opened)
        assert shown(opened) == 8
    opened.fill("#q-words", "40")
    settle(opened)
    assert shown(opened) == 2
    opened.fill("#q-document", "002.TXT")
    settle(opened)
    assert shown(opened) == 1
    opened.select_option("#q-relation", "overlap")
    settle(opened)
    assert shown(opened) == 0
    assert opened.locator("#none").is_visible()


@pytest.mark.parametrize(
    "asked", ["الميناء", "المِينـــاء", "ﺍﻟﻤﻴﻨﺎﺀ", "  تقلیص مدة  الإنتظار"]
)
def test_the_search_finds_any_spelling(visit: Open, samples: Path, asked: str) -> None:
    opened = visit(samples)
    opened.fill("#q", asked)
    settle(opened)
    found = shown(opened)
    assert 0 < found < 8
    for article in opened.locator("article.finding:visible").all():
        text = " ".join(article.locator(".cell").all_text_contents())
        assert normalize(asked).text in normalize(text).text


def test_the_script_folds_as_the_scanner_does(visit: Open, samples: Path) -> None:
    opened = visit(samples)
    chance = random.Random(7)
    texts = [case.text for case in CASES]
    # Two halves of a character are one in the memory of a browser.
    whole = [piece for piece in PIECES if piece.isascii() or piece.isprintable()]
    texts += ["".join(chance.choices(whole, k=12)) for _ in range(2_000)]
    texts += [
        f"س{chr(code)}س"
        for first, last in search_table.BLOCKS
        for code in range(first, last + 1)
        # A browser may know letters that are younger than the folding rules.
        if unicodedata.category(chr(code)) not in ("Cn", "Cs")
    ]
    folded = opened.evaluate("texts => texts.map(text => fold(text))", texts)
    different = [
        (text, mine, normalize(text).text)
        for text, mine in zip(texts, folded, strict=True)
        if mine != normalize(text).text
    ]
    assert different == []


def test_a_permalink_opens_its_finding_whatever_is_filtered(
    visit: Open, samples: Path
) -> None:
    opened = visit(samples)
    last = opened.locator("article.finding").last
    name = last.get_attribute("id")
    opened.click("#close-all")
    opened.fill("#q-words", "9999")
    settle(opened)
    opened.evaluate("name => { location.hash = name }", name)
    settle(opened)
    assert last.is_visible()
    assert last.locator(".cell").first.is_visible()
    assert last.locator("> details").get_attribute("open") is not None
    again = visit(samples, fragment=f"#{name}")
    settle(again)
    assert again.evaluate("name => byId(name).matches('.target')", name)
    assert again.evaluate("scrollY") > 0


def test_a_document_of_the_picture_leads_to_its_findings(
    visit: Open, samples: Path
) -> None:
    opened = visit(samples)
    opened.locator(".rows a").first.click()
    settle(opened)
    name = opened.input_value("#q-document")
    assert 0 < shown(opened) < 8
    for article in opened.locator("article.finding:visible").all():
        assert name in " ".join(article.locator(".name").all_text_contents())


def test_a_kind_in_the_overview_leads_to_its_findings(
    visit: Open, samples: Path
) -> None:
    opened = visit(samples)
    opened.locator('.kinds a[data-relation="overlap"]').click()
    settle(opened)
    assert shown(opened) == 3


@pytest.mark.parametrize(
    "name", ['a "b".txt', "أخبار/مقال.txt", "<i>.txt", "a\nb.txt", "1.txt", "x y/z: w"]
)
def test_a_document_of_any_name_leads_to_its_findings_alone(
    visit: Open, tmp_path: Path, name: str
) -> None:
    other = f"0{name}"
    items = [
        finding(place(one), place(f"{number}.md"), id=f"{number}")
        for number, one in enumerate((name, other, "third"))
    ]
    opened = visit(page_of(result(*items), tmp_path / "r.html"))
    link = opened.locator(".rows a").filter(has_text=show_name(name)).last
    for row in opened.locator(".rows a").all():
        if row.inner_text() == show_name(name):
            link = row
    link.click()
    settle(opened)
    assert shown(opened) == 1
    assert opened.locator("#f-0").is_visible()


def test_a_strip_leads_to_its_finding(visit: Open, samples: Path) -> None:
    opened = visit(samples)
    opened.locator(".drawing .m-inside").first.click(force=True)
    settle(opened)
    assert opened.locator("article.target").count() == 1


def test_the_switch_hides_differences_of_spelling(visit: Open, samples: Path) -> None:
    for script in (True, False):
        opened = visit(samples, java_script_enabled=script)
        respelled = opened.locator(".cell .sp").first
        style = "element => getComputedStyle(element).textDecorationLine"
        if not script:
            assert opened.locator("#spelling").is_visible()
            continue
        assert respelled.evaluate(style) == "underline"
        opened.locator("#spelling").uncheck()
        assert respelled.evaluate(style) == "none"
        assert opened.locator(".cell del").first.evaluate(style) == "underline"


def test_the_line_to_accept_is_copied(visit: Open, samples: Path) -> None:
    opened = visit(samples, permissions=["clipboard-read", "clipboard-write"])
    article = opened.locator("article.finding").first
    article.locator(".copy").click()
    copied = opened.evaluate("navigator.clipboard.readText()")
    assert copied == article.locator("code").inner_text()
    assert '"count":2' in copied
    assert article.locator(".copy").inner_text() == "نُسخ"


def test_the_page_works_by_keyboard_alone(visit: Open, samples: Path) -> None:
    opened = visit(samples)
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "findings"
    summary = opened.locator("article.finding summary").first
    summary.focus()
    assert opened.locator("article .cell").first.is_visible()
    opened.keyboard.press("Enter")
    assert not opened.locator("article .cell").first.is_visible()
    stops = opened.evaluate(
        """[...document.querySelectorAll(".drawing a, .drawing path, .drawing rect")]
            .filter(element => element.tabIndex >= 0).length"""
    )
    assert stops == 0


def test_all_is_there_without_script(visit: Open, samples: Path) -> None:
    opened = visit(samples, java_script_enabled=False)
    assert shown(opened) == 8
    assert opened.locator(".cell").first.is_visible()
    for control in ("#filters", "#language", ".copy"):
        assert not opened.locator(control).first.is_visible()


def test_print_shows_every_finding_and_no_control(visit: Open, samples: Path) -> None:
    opened = visit(samples)
    opened.click("#close-all")
    opened.emulate_media(media="print")
    assert not opened.locator("#filters").is_visible()
    heights = opened.evaluate(
        """[...document.querySelectorAll("article.finding .body")]
            .map(element => element.getBoundingClientRect().height)"""
    )
    assert len(heights) == 8
    assert min(heights) > 50
    assert opened.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("script", ["on", "off"])
def test_no_script_of_a_hostile_article_runs(
    visit: Open, tmp_path: Path, script: str
) -> None:
    texts = "\n".join(HOSTILE.values())
    opened = visit(
        page_of(hostile_result(texts), tmp_path / "r.html", command=texts),
        java_script_enabled=script == "on",
    )
    assert opened.locator("article.finding").count() == 2
    assert opened.locator("img").count() == 0
    assert opened.locator("script").count() == 2
    assert "alert(1)" in opened.inner_text("article.finding >> nth=0")
    assert opened.title() == "تقرير النصوص المكررة"


@pytest.mark.skipif(os.name != "posix", reason="needs file names of bytes")
@pytest.mark.parametrize("width", WIDTHS)
def test_files_with_hostile_names_and_endless_words_stay_inside(
    visit: Open, tmp_path: Path, width: int
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    word = "ا" * 3_000
    for name in (b"<img src=x onerror=alert(1)>.txt", b"x" * 200, b"\xff\n.txt"):
        path = texts / os.fsdecode(name)
        path.with_suffix(".txt").write_text(
            f"{word} {' '.join('كلمة' + str(n) for n in range(12))} {'w' * 900}",
            encoding="utf-8",
        )
    written = page_of(
        dedupe.scan(texts, jobs=1), tmp_path / "r.html", command="x" * 900
    )
    opened = visit(written, width=width)
    assert shown(opened) == 1
    assert opened.evaluate("document.scrollingElement.scrollWidth") <= width


def test_five_thousand_findings_stay_usable(visit: Open, tmp_path: Path) -> None:
    texts = [
        f"{'مقال عن البلدية رقم'} {number} {'والمكتبة العامة ' * 9}"
        for number in range(5_001)
    ]
    items = [
        finding(
            place(f"a{number}.txt", excerpt=text),
            place(f"b{number}.txt", excerpt=f"{text} أمس"),
            id=f"{number:016x}",
            relation="edited",
        )
        for number, text in enumerate(texts)
    ]
    opened = visit(page_of(result(*items), tmp_path / "r.html"))
    assert "5,000 نتيجة من 5,001" in opened.inner_text("#findings > .alert")
    assert opened.locator("article.finding").count() == 5_000
    opened.fill("#q", "رقم 4321 ")
    opened.get_by_text("معروض 1 من 5,000").wait_for(timeout=20_000)
    assert shown(opened) == 1
    opened.evaluate("clearFilters()")
    opened.evaluate("name => { location.hash = name }", f"f-{4_999:016x}")
    settle(opened)
    box = opened.locator("article.target").bounding_box()
    assert box
    assert -10 <= box["y"] <= 900
