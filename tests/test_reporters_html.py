"""The page as bytes: what is in it, that it is safe, the same each time, and whole."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from dedupe.cli import typed
from dedupe.cli.program import run
from dedupe.model import RELATIONS, RULES, About, Problem, Published, ScanResult
from dedupe.reporters import html
from dedupe.reporters.html import languages, maps, page, phrases, quotations
from dedupe.reporters.html.comparison import compare, fold_sides, shared_stem
from dedupe.spelling import OTHER
from dedupe.spelling import RULES as SPELLING_RULES
from reports import (
    HOSTILE,
    TEXT,
    finding,
    hostile_result,
    pair,
    place,
    report,
    result,
)

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "samples"
FOLDER = Path(html.__file__).parent
VOID = {"meta", "input", "wbr", "rect", "circle", "path"}

FIRST = (
    "أكد مدير الميناء أمس أن السفن الكبيرة ستدخل الحوض الجديد قبل نهاية الشهر وأن "
    "القاطرات جاهزة لاستقبالها في كل وقت من الليل والنهار"
)
RESPELLED = (
    "اكد مدير الميناء أمس أن السفن الكبيره ستدخل الحوض الجديد قبل نهايه الشهر وأن "
    "القاطرات جاهزة لاستقبالها فى كل وقت من الليل والنهار"
)
REWORDED = (
    "وأكد مدير الميناء اليوم أن السفن الكبيرة ستدخل الحوض الجديد قبل نهاية الشهر وأن "
    "القاطرات جاهزة لاستقبالها في كل وقت من الليل والنهار"
)


def write(scanned: ScanResult, **options: str) -> str:
    out = io.BytesIO()
    html.write(scanned, out, **options)  # type: ignore[arg-type]
    return out.getvalue().decode()


def scan(**texts: str) -> ScanResult:
    return dedupe.scan(texts, jobs=1)


class Outline(HTMLParser):
    """Reads a page strictly: all that is opened is closed, attributes are kept."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(written)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def ids(self) -> list[str]:
        return [held["id"] or "" for _, held in self.tags if "id" in held]

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [held for name, held in self.tags if name == tag]


def words_of(written: str) -> str:
    """The words of a page, without those of its scripts and styles."""
    body = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", written)
    return " ".join("".join(Outline(body).text).split())


@pytest.fixture(scope="module")
def samples() -> str:
    return write(dedupe.scan([SAMPLES], jobs=1), command="dedupe scan samples/")


def test_the_page_is_whole_and_every_id_is_there_once(samples: str) -> None:
    outline = Outline(samples)
    ids = outline.ids()
    assert len(ids) == len(set(ids))
    links = [held.get("href") or "" for held in outline.of("a")]
    assert links
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)


def test_the_page_loads_nothing_and_runs_only_its_own_script(samples: str) -> None:
    outline = Outline(samples)
    names = {tag for tag, _ in outline.tags}
    assert names.isdisjoint({"link", "img", "iframe", "object", "base", "embed"})
    assert not any(
        name in {"style", "src"} or name.startswith("on")
        for _, held in outline.tags
        for name in held
    )
    (policy,) = (
        held["content"] or ""
        for held in outline.of("meta")
        if held.get("http-equiv") == "Content-Security-Policy"
    )
    (style,) = re.findall(r"(?s)<style>(.*?)</style>", samples)
    (script,) = re.findall(r"(?s)<script>(.*?)</script>", samples)
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    for kind, text in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "url(http" not in style
    assert not re.search(r"\b(fetch|XMLHttpRequest|eval|innerHTML)\b", script)


def test_the_numbers_of_the_page_are_those_of_the_scan(samples: str) -> None:
    scanned = dedupe.scan([SAMPLES], jobs=1)
    said = words_of(samples)
    assert f"{scanned.duplicated_words / scanned.words:.1%}" in said
    assert f"{scanned.words:,} كلمة" in said
    assert samples.count("<article ") == len(scanned.findings)
    for item in scanned.findings:
        assert f'id="f-{item.id}"' in samples


def test_texts_are_shown_in_full_not_as_excerpts() -> None:
    long = " ".join(f"{FIRST} رقم {number}" for number in range(30))
    assert long in write(scan(a=long, b=long))


def test_what_is_cut_says_how_much_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quotations, "LONGEST", 50)
    written = write(scan(a=FIRST, b=FIRST), language="en")
    (missing,) = re.findall(r"(\d+) characters at the end are not shown", written)
    (cell,) = re.findall(r'(?s)<div class="cell"[^>]*>(.*?)</div>', written)
    assert len(cell) + int(missing) == len(FIRST)
    assert FIRST.startswith(cell)


def test_of_a_part_the_page_tells_the_share_of_words() -> None:
    scanned = scan(a=f"{REWORDED} ثم {REWORDED}")
    (finding,) = scanned.findings
    assert (finding.containment, finding.words, finding.share) == (1.0, 23, 0.4894)
    for language, told in zip(("ar", "en"), phrases.SAID["of_shorter"], strict=True):
        assert f"48% {told}" in words_of(write(scanned, language=language))


def test_differences_of_spelling_and_of_words_are_marked_apart() -> None:
    written = write(scan(a=FIRST, b=RESPELLED))
    assert '<span class="sp">اكد</span>' in written
    assert "<del>" not in re.sub(r"(?s)<ul class=.legend.*?</ul>", "", written)
    written = write(scan(a=FIRST, b=REWORDED))
    assert "<del>أمس</del>" in written
    assert "<ins>اليوم</ins>" in written
    assert '<span class="in"><ins>و</ins>أكد</span>' in written
    assert '<span class="in">أكد</span>' in written


def test_what_the_sources_tell_is_shown_and_the_first_published_comes_first() -> None:
    item = finding(place("late.txt"), place("early.txt"), relation="edited")
    told = {
        "late.txt": About(
            "خبر متأخر", "2026-02-03", "الصباح", "سعاد", "https://a.example/1"
        ),
        "early.txt": About(
            "خبر مبكر", "2026-01-02", "المساء", "", "javascript:alert(1)"
        ),
    }
    scanned = ScanResult({}, "", result(item).documents, [item], [], [], about=told)
    written = write(scanned, language="en")
    body = written[written.index("<article") : written.index("<script")]
    assert body.index("خبر مبكر") < body.index("خبر متأخر")
    assert body.count("published first") == 1
    assert 'href="https://a.example/1"' in body
    assert 'href="javascript' not in written
    assert "سعاد" in body


def test_nobody_was_first_where_the_dates_are_not_known() -> None:
    item = finding(place("a.txt"), place("b.txt"))
    told = {"a.txt": About(date="2026-01-02"), "b.txt": About(date="yesterday")}
    scanned = ScanResult({}, "", result(item).documents, [item], [], [], about=told)
    body = write(scanned, language="en").partition("<article")[2]
    assert "published first" not in body.partition("<script")[0]


def test_a_document_of_the_archive_is_named_as_such() -> None:
    item = finding(place("new.txt"), place("old"))
    known = {"old": Published("old", "عنوان", "2020-01-01", "الجريدة", "")}
    written = write(result(item, published=known), language="en")
    assert "in the archive" in written
    assert "published first" in written


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_of_others_becomes_markup_or_acts(text: str) -> None:
    check_harmless(write(hostile_result(text)))


@settings(max_examples=30)
@given(st.text(st.one_of(st.characters(), st.sampled_from("".join(HOSTILE.values())))))
def test_no_text_at_all_becomes_markup(text: str) -> None:
    check_harmless(write(hostile_result(text)))


def check_harmless(written: str) -> None:
    outline = Outline(written)
    assert len(outline.of("script")) == 2
    assert not outline.of("img")
    assert not any(name.startswith("on") for _, held in outline.tags for name in held)
    allowed = {"\n"}
    assert not {
        sign
        for sign in written
        if (sign < " " or "\x7f" <= sign <= "\x9f") and sign not in allowed
    }
    assert not re.search(
        "[\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", written
    )


def test_what_cannot_be_seen_is_shown() -> None:
    text = f"{FIRST} \N{RIGHT-TO-LEFT OVERRIDE}exe.txt"
    written = write(scan(a=text, b=text))
    assert r'<span class="x">\u202e</span>exe.txt' in written


@pytest.mark.skipif(os.name != "posix", reason="needs file names of bytes")
def test_files_with_hostile_names_are_shown(tmp_path: Path) -> None:
    for name in (
        b"<img src=x onerror=alert(1)>.txt",
        b"not-utf-8\xff.txt",
        b"a\nb.txt",
    ):
        (tmp_path / os.fsdecode(name)).write_text(f"{FIRST}\n{FIRST}", encoding="utf-8")
    written = write(dedupe.scan(tmp_path, jobs=1))
    check_harmless(written)
    assert "&lt;img src=x onerror=alert(1)&gt;" in written


RUN = """
import sys
from dedupe.cli.program import run
sys.exit(run(sys.argv[1:]))
"""


def test_the_bytes_depend_on_nothing_but_the_texts(tmp_path: Path) -> None:
    written = []
    for seed, jobs, zone in (("0", "1", "UTC"), ("1", "3", "Asia/Riyadh")):
        out = tmp_path / "report.html"
        subprocess.run(
            [
                *(sys.executable, "-c", RUN, "scan", str(SAMPLES), "--exit-zero"),
                *("-q", "-j", jobs, "--format", f"html={out}"),
            ],
            check=True,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
        )
        written.append(out.read_bytes())
    assert written[0] == written[1]


def test_many_findings_are_rendered_the_same_on_many_processes() -> None:
    letters = "بتثجحخدذرزسشصضطظعغفق"
    texts = {
        f"{number}-{side}": " ".join(
            letters[number % 20] + letters[number // 20 % 20] + letters[word] * 3
            for word in range(10 + (side == "b"))
        )
        for number in range(400)
        for side in "ab"
    }
    one = dedupe.scan(texts, jobs=1)
    assert len(one.findings) >= page.PARALLEL_FROM * page.CHUNK
    assert write(one) == write(dedupe.scan(texts, jobs=3))


def test_a_cap_on_findings_is_stated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_FINDINGS", 3)
    written = write(result(*[pair(number) for number in range(5)]), language="en")
    assert written.count("<article ") == 3
    assert "This page has 3 of 5 findings" in words_of(written)
    assert "This page has" not in words_of(write(result(pair()), language="en"))


def test_places_that_are_not_shown_are_named_and_counted() -> None:
    item = finding(*[place(f"{number}.txt") for number in range(100)])
    said = words_of(write(result(item), language="en"))
    shown = quotations.MOST_QUOTED + page.MOST_NAMED
    assert (
        f"and {100 - quotations.MOST_QUOTED} more places, their texts not shown" in said
    )
    assert f"and {100 - shown} more places that are not named" in said


def test_wordings_beyond_the_cap_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST_WORDINGS", 1)
    places = [place(f"{number}.txt", excerpt=f"{TEXT} {number}") for number in range(4)]
    said = words_of(write(result(finding(*places, relation="edited")), language="en"))
    assert "and 2 more places, their texts not shown" in said
    assert "3.txt:3" in said


def test_documents_and_problems_beyond_the_cap_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page, "MOST_RANKED", 3)
    monkeypatch.setattr(page, "MOST_PROBLEMS", 2)
    monkeypatch.setattr(maps, "MOST_ROWS", 4)
    monkeypatch.setattr(maps, "MOST_LINES", 1)
    problems = tuple(Problem(f"{number}.pdf", "broken") for number in range(7))
    scanned = result(*[pair(number) for number in range(5)], errors=problems)
    said = words_of(write(scanned, language="en"))
    assert "and 7 more that are not shown" in said  # of ten documents
    assert "and 5 more that are not shown" in said  # of seven problems
    assert "Shown are 4 of 10" in said
    assert "Drawn are 1 of 2 lines" in said


def test_what_was_not_read_is_told() -> None:
    written = write(
        result(
            errors=(Problem("a.pdf", "it is broken"),),
            skipped=(Problem("b.bin", "it is binary"),),
            warnings=(Problem("c.txt", "it was cut"),),
            truncated=True,
        ),
        language="en",
    )
    said = words_of(written)
    for words in ("a.pdf it is broken", "b.bin it is binary", "c.txt it was cut"):
        assert words in said
    assert "The findings are not complete" in said
    assert "1 input could not be read" in said


def test_what_is_shown_was_scanned_whatever_the_files_hold_now(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(FIRST, encoding="utf-8")
    scanned = dedupe.scan(tmp_path, jobs=1)
    before = write(scanned, language="en")
    (tmp_path / "a.txt").write_text("نص آخر", encoding="utf-8")
    (tmp_path / "b.txt").unlink()
    assert write(scanned, language="en") == before


def test_an_empty_result_is_a_page_too() -> None:
    written = write(result(), language="en")
    assert "No repeats found." in words_of(written)
    assert "<article" not in written
    Outline(written)


def test_settings_of_the_run_are_listed(samples: str) -> None:
    said = words_of(samples)
    for name, value in dedupe.scan([SAMPLES], jobs=1).settings.items():
        assert f"{name}{value}" in said
    assert "dedupe scan samples/" in said


# -------------------------------------------------------------------------- phrases


def test_every_phrase_that_is_used_is_known_in_both_languages(samples: str) -> None:
    english = write(dedupe.scan([SAMPLES], jobs=1), language="en")
    for written in (samples, english):
        outline = Outline(written)
        for _, held in outline.tags:
            for name in ("data-t", "data-t-label", "data-t-placeholder"):
                assert held.get(name, "title") in phrases.SAID
            assert held.get("data-c", "words") in phrases.COUNTED
    for key in (*RELATIONS, *SPELLING_RULES, OTHER):
        assert key in phrases.SAID
    for key in RULES:
        assert ("rule_overlap" if key == "overlap" else key) in phrases.SAID
    for forms in phrases.COUNTED.values():
        assert set(forms) == set(languages.LANGUAGES)
        assert all("other" in some for some in forms.values())


def test_no_phrase_is_kept_that_nobody_says() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.iterdir())
        if path.suffix in {".jinja", ".js", ".py"} and path.name != "phrases.py"
    )
    told = {*RELATIONS, *RULES, *SPELLING_RULES, OTHER, "new", "known"}
    told.update(f"{relation}_about" for relation in RELATIONS)
    for key in {*phrases.SAID, *phrases.COUNTED} - told:
        assert f'"{key}"' in code, key


def test_arabic_phrases_are_arabic_and_english_ones_are_not() -> None:
    arabic = re.compile("[\u0621-\u064a]")
    for key, (in_arabic, in_english) in phrases.SAID.items():
        if key == "language":  # the name of the other one
            continue
        assert arabic.search(in_arabic), key
        assert not arabic.search(in_english) or key == "inside_word", key


def test_the_script_says_what_the_template_says(samples: str) -> None:
    (data,) = re.findall(
        r'(?s)<script type="application/json"[^>]*>(.*?)</script>', samples
    )
    held = json.loads(data)["phrases"]
    assert held["ar"]["said"]["title"] in samples
    assert held["en"]["counted"]["words"]["other"] == "{n} words"
    assert held["en"]["direction"] == "ltr"


# ----------------------------------------------------------------------- comparison

pieces_of_text = st.lists(
    st.sampled_from(
        [*FIRST.split(), *REWORDED.split(), "عبد", "الله", "و", "\n", "،", ".", "🙂"]
    ),
    max_size=30,
).map(" ".join)


@given(pieces_of_text, pieces_of_text)
def test_the_rows_of_a_side_are_its_text(left: str, right: str) -> None:
    one, other = fold_sides([left, right], fold="full", ignore_numbers=False)
    compared = compare(one, other)
    for text, side in ((left, 0), (right, 1)):
        shown = "".join(piece.text for row in compared.rows for piece in row[side])
        assert shown == text
    for row in compared.rows:
        for piece in (*row.left, *row.right):
            if piece.stem:
                assert 0 <= piece.stem.start < piece.stem.end <= len(piece.text)


@given(pieces_of_text)
def test_a_text_differs_from_itself_in_nothing(text: str) -> None:
    compared = compare(*fold_sides([text, text], fold="full", ignore_numbers=False))
    assert not compared.counts.total()


STEMS = [
    ("وقال", "قال", "قال"),
    ("فقال", "وقال", "قال"),
    ("الوزير", "وزير", "وزير"),
    ("بالمدينة", "المدينة", "المدينة"),
    ("للمدينة", "المدينة", "مدينة"),
    ("والكتاب", "كتابها", "كتاب"),
    ("سيعلن", "يعلن", "يعلن"),
    ("إدارته", "ادارة", "ادار"),
]


@pytest.mark.parametrize(("left", "right", "stem"), STEMS)
def test_two_forms_of_a_word_share_a_stem(left: str, right: str, stem: str) -> None:
    found = shared_stem(left, right)
    assert found
    assert right[found[1].start : found[1].end] == stem
    assert dedupe.normalize(left[found[0].start : found[0].end]).text == (
        dedupe.normalize(stem).text
    )


@pytest.mark.parametrize(
    ("left", "right"), [("قال", "زعم"), ("من", "في"), ("كتب", "كاتب"), ("و", "ف")]
)
def test_other_words_share_none(left: str, right: str) -> None:
    assert shared_stem(left, right) is None


def test_paragraphs_that_belong_together_stand_in_one_row() -> None:
    left = f"{FIRST}\n{TEXT} ثانية\nفقرة ثالثة تبقى كما هي"
    right = f"{REWORDED}\n{TEXT} ثالثة\nفقرة ثالثة تبقى كما هي"
    compared = compare(*fold_sides([left, right], fold="full", ignore_numbers=False))
    assert len(compared.rows) == 3
    for row, (one, other) in zip(
        compared.rows,
        zip(left.split("\n"), right.split("\n"), strict=True),
        strict=True,
    ):
        assert "".join(piece.text for piece in row.left).strip() == one
        assert "".join(piece.text for piece in row.right).strip() == other


def test_a_sentence_that_moved_is_marked_on_both_sides() -> None:
    sentence = "ووعد الوزير بصرف المستحقات قبل نهاية الشهر الجاري"
    left = f"{sentence} {FIRST}"
    right = f"{FIRST} {sentence}"
    compared = compare(*fold_sides([left, right], fold="full", ignore_numbers=False))
    for side in (0, 1):
        moved = [
            piece.text
            for row in compared.rows
            for piece in row[side]
            if piece.kind == "moved"
        ]
        assert moved == [sentence]


# -------------------------------------------------------------------------- picture


def test_the_shares_of_a_strip_count_each_character_once() -> None:
    scanned = dedupe.scan([SAMPLES], jobs=1)
    names = [document.document for document in scanned.documents]
    _, lengths = quotations.quote(scanned, [], names)
    drawn = maps.draw(scanned, names, lengths)
    for strip in drawn.strips:
        assert abs(sum(strip.shares.values()) - 1) < 1e-9
        for mark in strip.marks:
            assert 0 <= mark.x <= strip.width
            assert mark.x + mark.width <= strip.width + maps.THINNEST
    shares = {Path(strip.document).name: strip.shares for strip in drawn.strips}
    assert shares["000.txt"]["inside"] > 0.5
    assert shares["002.txt"]["elsewhere"] > 0.4
    assert shares["006.txt"]["unique"] == 1
    assert shares["010.txt"]["boilerplate"] > 0


def test_every_document_of_the_table_has_its_strip(samples: str) -> None:
    outline = Outline(samples)
    strips = [held for held in outline.of("svg") if held.get("class") == "strip"]
    assert len(strips) == len(dedupe.scan([SAMPLES], jobs=1).documents)
    drawn = maps.draw_alone(result(pair()), ["0a.txt", "no such"], {"0a.txt": 1_000})
    (mark,) = drawn["0a.txt"].marks
    assert (mark.category, mark.x, mark.width) == ("elsewhere", 300.0, 66.0)
    assert drawn["no such"].marks == []


def test_documents_that_share_text_stand_next_to_each_other() -> None:
    scanned = dedupe.scan([SAMPLES], jobs=1)
    chosen = maps.choose(maps.ranked(scanned), maps.meet(scanned))
    names = [Path(name).name for name in chosen]
    assert len(names) == len(set(names)) == len(scanned.documents)
    family = {names.index(f"00{number}.txt") for number in (2, 3, 4, 5)}
    assert max(family) - min(family) == 3


# --------------------------------------------------------------------- command line


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["scan", "a b.txt"], "scan 'a b.txt'"),
        (["scan", "-j", "4", "x"], "scan x"),
        (["scan", "-j4", "--jobs=2", "--jobs", "3", "--no-progress", "x"], "scan x"),
        (["scan", "-f", "html=x.html", "-o", "y", "x"], "scan x"),
        (["scan", "-qvfhtml", "x", "--format=sarif=y"], "scan -qv x"),
        (["scan", "-qf", "html", "x", "--output", "z"], "scan -q x"),
        (["scan", "--plots", "pictures", "x"], "scan x"),
        (["scan", "/home/me/x", "/home/mean/x"], "scan ~/x /home/mean/x"),
        (["scan", "--archive=/home/me/a b"], "scan --archive=\"$HOME\"/'a b'"),
    ],
)
def test_the_command_can_be_typed_again(arguments: list[str], line: str) -> None:
    said = typed.command(arguments, home=Path("/home/me"))
    assert said == f"dedupe {line} --format html=report.html"


def test_what_stands_after_two_dashes_is_no_option() -> None:
    assert typed.command(["scan", "--", "-j4", "-f"], home=None) == (
        "dedupe scan --format html=report.html -- -j4 -f"
    )


def test_the_command_of_a_page_makes_the_page_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my texts").mkdir()
    (tmp_path / "my texts" / "a.txt").write_text(
        f"{FIRST}\n{FIRST}\n", encoding="utf-8"
    )
    arguments = ["scan", "my texts", "-q", "--min-words=9", "-f", "html=first.html"]
    assert run(arguments) == 1
    first = Path("first.html").read_text(encoding="utf-8")
    (line,) = re.findall("<pre[^>]*><code>(dedupe .*?)</code>", first)
    typed_again = shlex.split(unescape(line))
    assert run(typed_again[1:]) == 1
    assert Path("report.html").read_text(encoding="utf-8") == first


@pytest.mark.parametrize("language", languages.LANGUAGES)
def test_scan_writes_the_page_in_a_language(tmp_path: Path, language: str) -> None:
    out = tmp_path / "r.html"
    arguments = [
        "scan",
        str(SAMPLES),
        "-q",
        "--format",
        f"html={out}",
        "--lang",
        language,
    ]
    assert run(arguments) == 1
    written = out.read_text(encoding="utf-8")
    (page_tag,) = Outline(written).of("html")
    assert page_tag == {
        "lang": language,
        "dir": languages.DIRECTIONS[language],  # type: ignore[index]
    }
    assert "dedupe scan" in words_of(written)


def test_a_language_that_there_is_not_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["scan", "x", "--lang", "fr"]) == 2
    assert "'ar', 'en'" in capsys.readouterr().err


def test_check_writes_what_it_lets_pass_and_why(tmp_path: Path) -> None:
    for name in "ab":
        text = f"{name} {name}\n{FIRST}\nخاتمة {name}\n«{TEXT}»\n"
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    out = tmp_path / "r.html"
    assert run(["check", str(tmp_path), "-q", "-f", f"html={out}", "--lang", "en"]) == 1
    said = words_of(out.read_text(encoding="utf-8"))
    assert "1 finding to put right" in said
    assert "let pass: quotation" in said


def test_the_line_of_a_finding_accepts_it_in_a_baseline(tmp_path: Path) -> None:
    text, base, out = (tmp_path / name for name in ("a.txt", "base.jsonl", "r.html"))
    text.write_text(TEXT, encoding="utf-8")
    assert run(["baseline", "create", str(base), str(text), "-q"]) == 0
    text.write_text(f"{FIRST}\n{FIRST}\n", encoding="utf-8")
    arguments = ["check", str(text), "-q", "--baseline", str(base), "-f", f"html={out}"]
    assert run(arguments) == 1
    assert 'data-state="new"' in out.read_text(encoding="utf-8")
    (line,) = re.findall(
        r"<code[^>]*>(\{.*?\})</code>", out.read_text(encoding="utf-8")
    )
    with base.open("a", encoding="utf-8") as file:
        file.write(unescape(line) + "\n")
    assert run(arguments) == 0
    assert 'data-state="known"' in out.read_text(encoding="utf-8")


def test_no_other_format_loads_what_the_page_needs() -> None:
    program = (
        "import sys, io, dedupe; from dedupe.reporters import REPORTERS\n"
        "result = dedupe.scan(['samples'], jobs=1)\n"
        "[REPORTERS[name](result, io.BytesIO())"
        " for name in REPORTERS if name != 'html']\n"
        "assert 'jinja2' not in sys.modules and 'markupsafe' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)


def test_the_registry_writes_the_page_too() -> None:
    assert report("html", result(pair())).startswith("<!doctype html>")
