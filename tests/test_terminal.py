"""What is shown on a terminal: lines of its width, broken between words."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.cli.clean import diffs
from dedupe.edits import Edit
from dedupe.model import Published, ScanResult
from dedupe.reporters import palette, text
from dedupe.reporters.fitting import (
    END,
    ISOLATE,
    NARROWEST,
    RIGHT_TO_LEFT,
    columns,
    filled,
    fitted,
    steady,
)
from reports import HOSTILE, finding, hostile_result, place, result

ROOT = Path(__file__).resolve().parent.parent
LONG = " ".join(f"كلمة{number}" for number in range(40))
MARKS = f"{RIGHT_TO_LEFT}{ISOLATE}{END}"

words = st.text(
    st.sampled_from("ابتabc،َ\N{ZERO WIDTH NON-JOINER}新"), min_size=1, max_size=9
)
painted = st.builds(
    palette.colored, words, st.sampled_from([palette.RED, palette.BOLD])
)
lines = st.lists(
    st.one_of(
        words,
        painted,
        st.builds(
            palette.colored,
            st.lists(words, min_size=1, max_size=9).map(" ".join),
            st.just(palette.BLUE),
        ),
    )
).map(" ".join)


def bare(line: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", line)


@given(lines, st.integers(NARROWEST, 90))
def test_lines_that_are_broken_hold_the_same_words_and_fit(
    line: str, width: int
) -> None:
    broken = list(fitted(line, width, "  | ", "  | "))
    assert all(one.startswith("  | ") for one in broken)
    found = [bare(one[4:]) for one in broken]
    assert " ".join(found).split() == bare(line).split()
    assert all(columns(one) <= width or " " not in bare(one[4:]) for one in broken)


@given(lines, st.integers(NARROWEST, 90))
def test_a_line_ends_without_a_color_and_begins_with_that_which_goes_on(
    line: str, width: int
) -> None:
    def colors(text: str) -> list[tuple[str, str]]:
        color, seen = "", []
        for piece in re.findall(r"\x1b\[[\d;]*m|[^\x1b ]", text):
            if piece[0] == "\x1b":
                color = "" if piece == palette.RESET else piece
            else:
                seen.append((piece, color))
        assert not color
        return seen

    whole = colors(line)
    assert [one for part in fitted(line, width) for one in colors(part)] == whole


def test_a_narrow_terminal_gets_lines_that_can_be_read() -> None:
    assert len(list(fitted(LONG, 3))) == len(list(fitted(LONG, NARROWEST)))
    assert list(fitted("", 80, "  | ")) == ["  | "]


def test_items_are_never_broken() -> None:
    items = ["a b c.txt:1,", "x" * 50 + ":2:", "identical"]
    assert list(filled(items, 40, "  ")) == [
        "a b c.txt:1,",
        f"  {'x' * 50}:2:",
        "  identical",
    ]


@pytest.mark.parametrize(
    ("line", "first", "last"),
    [
        ("قال الوزير", False, False),
        ("قال الوزير.", False, True),
        ("… قال الوزير", True, False),
        ("«قال الوزير»", True, True),
        ("قال الوزير،", False, True),
        ("عام 2026", False, True),
        (palette.colored("قال الوزير", palette.RED), False, False),
        ("Reuters.", False, False),
        ("", False, False),
        ("...", False, False),
    ],
)
def test_what_ends_an_arabic_line_stays_at_its_end(
    line: str, *, first: bool, last: bool
) -> None:
    expected = f"{RIGHT_TO_LEFT * first}{line}{RIGHT_TO_LEFT * last}"
    assert steady(line) == expected


def shown(scanned: ScanResult, width: int = 60, *, color: bool = False) -> str:
    out = io.BytesIO()
    text.for_terminal(width, color=color)(scanned, out)
    return out.getvalue().decode()


def written(scanned: ScanResult, *, color: bool = False) -> str:
    out = io.BytesIO()
    (text.write_in_color if color else text.write)(scanned, out)
    return out.getvalue().decode()


@pytest.mark.parametrize("color", [False, True])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_a_terminal_shows_what_a_file_holds(
    width: int,
    color: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Names as long as the path to here would fit into no line.
    monkeypatch.chdir(ROOT)
    scanned = dedupe.scan(["samples"], jobs=1)
    report = shown(scanned, width, color=color)
    assert all(
        columns(line) <= width or line.startswith((" " * 4, "\x1b"))
        for line in report.splitlines()
    )
    flat = bare(report).translate(dict.fromkeys(map(ord, MARKS)))
    flat = flat.replace("\n  | ", " ").replace("\n    ", " ")
    plain = bare(written(scanned, color=color)).replace("\n  | ", " ")
    assert flat.split() == plain.split()


def test_a_long_first_line_is_broken_between_its_parts() -> None:
    item = finding(*(place(f"news/{number}.txt") for number in range(5)))
    assert shown(result(item)).splitlines()[:3] == [
        "news/0.txt:3, news/1.txt:3, news/2.txt:3, news/3.txt:3,",
        "    news/4.txt:3: identical near-duplicate, 11 words,",
        "    100% alike",
    ]


def test_every_line_of_a_broken_excerpt_has_a_prefix() -> None:
    item = finding(place(excerpt=LONG), place("b.txt", excerpt=LONG))
    _, *excerpt = shown(result(item), 80).splitlines()
    assert len(excerpt) == 4
    assert all(line.startswith("  | ") for line in excerpt)


def test_a_name_in_arabic_does_not_turn_the_line_about() -> None:
    item = finding(place("خبر"), place("b.txt"))
    header, *_ = shown(result(item)).splitlines()
    assert header.startswith(f"{ISOLATE}خبر{END}:3, b.txt:3: identical")
    assert written(result(item)).startswith("خبر:3, b.txt:3: identical")


def test_what_an_archive_knows_is_broken_too() -> None:
    item = finding(place("old"), place("b.txt"))
    known = Published(
        "old", "عنوان " * 12, "2026-01-31", "صحيفة الغد", url="https://a.b/c"
    )
    published = replace(result(item), published={"old": known})
    line = "  old:3 published 2026-01-31, https://a.b/c, صحيفة"
    assert line in shown(published, 70).splitlines()[1]
    assert line in written(published).splitlines()[1]


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("color", [False, True])
def test_no_text_of_others_can_control_a_terminal(
    hostile: str,
    color: bool,  # noqa: FBT001
) -> None:
    report = bare(shown(hostile_result(hostile), color=color))
    unsafe = [
        character
        for character in report
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and character not in f"\n{MARKS}\N{ZERO WIDTH NO-BREAK SPACE}"
    ]
    assert not unsafe


def test_a_diff_is_broken_between_words() -> None:
    edit = Edit(5, 8, "جديدة", "rule", "a reason of many words " * 4)
    shown = diffs.render("a.txt", LONG, [edit], width=50).splitlines()
    assert all(columns(line) <= 50 for line in shown)
    body = [line for line in shown if line.startswith("  | ")]
    whole = diffs.render("a.txt", LONG, [edit]).splitlines()[-1]
    joined = " ".join(line[4:].strip(MARKS) for line in body)
    assert joined == whole[4:]


def run(*arguments: str, width: int = 0, **environment: str) -> str:
    """What a command prints on a terminal of some width, or else into a pipe."""
    command = [sys.executable, "-m", "dedupe", *arguments]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DEDUPE_", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "CI"))
    }
    environment = {**kept, "TERM": "xterm-256color", **environment}
    if not width:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, check=False
        )
        return ended.stdout.decode()
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=slave, stderr=slave, stdin=slave
    ):
        os.close(slave)
        read = b""
        # Linux ends the reading of a terminal that nobody holds with an error.
        try:
            while part := os.read(master, 1 << 16):
                read += part
        except OSError:
            pass
        finally:
            os.close(master)
    return read.decode().replace("\r\n", "\n")


COMMANDS = [
    ("scan", "samples", "--no-progress"),
    ("check", "samples", "--no-progress"),
    ("clean", "--diff", "samples/003.txt", "--no-progress"),
    ("explain", "samples/002.txt:2", "samples/003.txt:2"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_lines_on_a_terminal_are_no_wider_than_it(command: tuple[str, ...]) -> None:
    for width in (60, 100):
        printed = run(*command, width=width)
        assert "\x1b[" in printed
        assert all(columns(line) <= width for line in printed.splitlines())
        assert max(columns(line) for line in printed.splitlines()) > width - 20


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_is_not_printed_on_a_terminal_has_lines_of_any_length(
    command: tuple[str, ...],
) -> None:
    printed = run(*command, COLUMNS="40")
    assert printed == run(*command, COLUMNS="400")
    assert max(map(len, printed.splitlines())) > 100
    assert not set(MARKS).intersection(printed)


def test_the_aligned_words_of_both_texts_stand_below_each_other() -> None:
    printed = run(*COMMANDS[-1], width=60, NO_COLOR="1").splitlines()
    start = next(
        row for row, line in enumerate(printed) if line.startswith("aligned words")
    )
    pairs = [
        (line, printed[row + 1])
        for row, line in enumerate(printed)
        if row > start and line.startswith("  ~ | ")
    ]
    assert len(pairs) > 3
    folded = dedupe.normalize
    for one, other in pairs:
        assert other.startswith("    | ")
        left, right = (
            folded(re.sub(f"[\\[\\]{MARKS}]", "", line[6:])).text.replace(" ", "")
            for line in (one, other)
        )
        assert re.sub(r"\W", "", left) == re.sub(r"\W", "", right)
