from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.model import Problem, Published
from dedupe.reporters.markdown import MAX_BYTES, code, quoted
from reports import HOSTILE, TEXT, finding, hostile_result, pair, place, report, result

READ = "Read 1 document, 9 paragraphs, 120 words; 25.0% of the words are repeated."
CODE_SPAN = re.compile(r"`[^`\n]+`")


class Tags(HTMLParser):
    """Collect what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(markup: str) -> Tags:
    parser = Tags()
    parser.feed(markup)
    parser.close()
    return parser


def test_the_numbers_come_first_and_then_a_table() -> None:
    block = finding(
        place("a.txt", (2, 11)), place("a.txt", (12, 21)), rule="repeated-block"
    )
    kind = "identical repeated-block (error)"
    assert report("markdown", result(block)).splitlines()[:7] == [
        "## dedupe: 1 finding",
        "",
        f"1 identical. {READ}",
        "",
        "| | copy | of | relation | words | |",
        "|--:|---|---|---|--:|---|",
        f"| 1 | `a.txt:12-21` | `a.txt:2-11` | {kind} | 11 | 100% alike |",
    ]


def test_an_excerpt_is_a_quotation_from_right_to_left() -> None:
    written = report("markdown", result(pair()))
    assert f'**1** `0b.txt:5`\n\n<blockquote dir="rtl">{TEXT}</blockquote>\n' in written


def test_a_latin_excerpt_runs_from_left_to_right() -> None:
    assert quoted("Reuters وكالة agency").startswith('<blockquote dir="ltr">')


def test_many_places_are_counted_rather_than_named() -> None:
    many = finding(*[place(f"{number}.txt") for number in range(9)])
    assert "`1.txt:3`, `2.txt:3`, `3.txt:3` and 5 more | `0.txt:3` |" in report(
        "markdown", result(many)
    )


def test_the_table_is_capped_and_says_so() -> None:
    written = report("markdown", result(*[pair(number) for number in range(150)]))
    assert "| 100 | " in written
    assert "| 101 | " not in written
    assert "has the gravest 100 findings; 50 more are in the full report." in written
    assert "Excerpts are shown of the first 20 findings." in written


def test_a_page_has_room_in_a_comment_whatever_the_names() -> None:
    items = [
        finding(*[place(f"{'ع' * 4000}{row}-{side}") for side in range(2)], id=f"{row}")
        for row in range(99)
    ]
    problems = tuple(Problem("ب" * 4000, "not text") for _ in range(99))
    scanned = result(*items, errors=problems, skipped=problems, warnings=problems)
    written = report("markdown", scanned)
    assert len(written.encode()) < MAX_BYTES + 2_000
    assert len(re.findall(r"^- \d+ more$", written, re.MULTILINE)) == 3
    assert re.search(r"; \d+ more are in the full report", written)


def test_what_was_not_read_is_named() -> None:
    written = report("markdown", result(errors=(Problem("bad.txt", "not text"),)))
    assert "**1 input could not be read**\n\n- `bad.txt`: `not text`\n" in written


def test_a_result_that_is_not_complete_says_so() -> None:
    written = report("markdown", result(pair(), truncated=True))
    assert "The findings are not complete: a limit was reached." in written


def test_what_was_published_is_told() -> None:
    known = Published("n-1", "عنوان", "2026-01-02")
    item = finding(place("in.txt"), place("n-1"))
    written = report("markdown", result(item, published={"n-1": known}))
    assert "| `in.txt:3` | `n-1:3` `published: 2026-01-02, عنوان` |" in written


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_makes_no_markup(text: str) -> None:
    written = report("markdown", hostile_result(text))
    bare = CODE_SPAN.sub("", written)
    assert {tag for tag, _ in seen(bare).tags} <= {"code", "blockquote"}
    rows = [line for line in written.splitlines() if line.startswith("| ")]
    assert {CODE_SPAN.sub("", row).count("|") for row in rows} == {7}
    # In code and in a block of HTML nothing else is acted upon.
    outside = re.sub(r"<code>.*?</code>|^<blockquote.*$", "", bare, flags=re.MULTILINE)
    assert not set("[]<>@~`") & set(outside)


@given(st.text(st.one_of(st.characters(), st.sampled_from("`|\\<&@#*_[]"))))
def test_any_text_is_code(text: str) -> None:
    shown = code(text)
    if shown.startswith("`"):
        assert CODE_SPAN.fullmatch(shown)
        assert "|" not in shown
    else:
        parsed = seen(shown)
        assert parsed.tags == [("code", ())]
        inner = shown.removeprefix("<code>").removesuffix("</code>")
        assert not set(re.sub(r"&#\d+;", "", inner)) & set("`|\\<>&@#*_[]\n")


@given(st.text(st.one_of(st.characters(), st.sampled_from("<&@#!\n\r "))))
def test_any_text_is_a_quotation_on_one_line(text: str) -> None:
    shown = quoted(text)
    assert "\n" not in shown
    assert "\r" not in shown
    parsed = seen(shown)
    assert [tag for tag, _ in parsed.tags] == ["blockquote"]
    assert not re.search(r"[@#!$%&~^]\w", parsed.text)
