"""Of paragraphs that stand again in one document, one copy stays."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import corpora
import dedupe
from dedupe.cleaner import CleanSettings, clean_text
from dedupe.paragraphs import read_columns
from dedupe.repetitions import KEEPS, Keep, repeats, replaced_paragraphs

LONG, SHORT = 9, 3


def stays(text: str, *, keep: Keep = "first", longest: str = "") -> str:
    """Return what stays of paragraphs: capitals are long ones, the rest short ones."""
    gone = replaced_paragraphs(
        [ord(letter) for letter in text],
        [LONG if letter.isupper() else SHORT for letter in text],
        [2 if mark == "+" else 1 for mark in longest.ljust(len(text))],
        keep=keep,
    )
    return "".join(letter for place, letter in enumerate(text) if place not in gone)


CASES = [
    ("xABAB", "xAB", "xAB", "a block at the end"),
    ("ABxAB", "ABx", "xAB", "a block on both sides of a line"),
    ("AxBxA", "AxBx", "xBxA", "one long paragraph, and a short line beside others"),
    ("xAx", "xAx", "xAx", "a short line alone stays"),
    ("abcdabc", "abcd", "dabc", "short lines that are long together"),
    ("abCab", "abCab", "abCab", "and short ones that are not"),
    ("aAbaAb", "aAb", "aAb", "a short line goes with its block"),
    ("AAAA", "A", "A", "one paragraph four times"),
    ("aaaaaa", "aaaaaa", "aaaaaa", "a refrain is no block"),
    ("ABABAB", "AB", "AB", "a block three times"),
    ("aaabXaaab", "aaabX", "Xaaab", "a block that begins with a refrain"),
    ("abXcYabXcZabXc", "abXcYZ", "YZabXc", "three copies"),
    ("XYZYWYW", "XYZW", "XZYW", "a run of what is a copy itself"),
    ("abPQPab", "abPQab", "abQPab", "short lines around what goes stay apart"),
    ("abPc.Pabc", "abPc.abc", ".Pabc", "what comes together is looked at again"),
    ("", "", "", "nothing"),
]


@pytest.mark.parametrize(("text", "first", "last", "comment"), CASES)
def test_one_copy_of_what_stands_again_stays(
    text: str, first: str, last: str, comment: str
) -> None:
    assert stays(text) == first, comment
    assert stays(text, keep="last") == last, comment


@pytest.mark.parametrize(
    ("text", "longest", "left"),
    [
        ("ABxAB", "     ", "ABx"),
        ("ABxAB", "   ++", "xAB"),
        ("ABxAB", "   + ", "xAB"),
        ("ABxAB", "++ + ", "ABx"),
        ("AxAyA", "  +  ", "xAy"),
        ("ABxAByB", "   ++ +", "xABy"),
    ],
)
def test_the_longest_copy_stays_as_a_whole(text: str, longest: str, left: str) -> None:
    assert stays(text, keep="longest", longest=longest) == left


documents = st.text("ABCabcd", max_size=24)


@given(documents, st.sampled_from(KEEPS))
@example("abPc.Pabc", "last")
def test_what_stays_repeats_nothing(text: str, keep: Keep) -> None:
    left = stays(text, keep=keep)
    assert stays(left, keep=keep) == left


@given(documents, st.sampled_from(KEEPS), st.text("+ ", max_size=24))
def test_what_goes_is_equal_to_what_stays(text: str, keep: Keep, longest: str) -> None:
    lengths = [2 if mark == "+" else 1 for mark in longest.ljust(len(text))]
    words = [LONG if letter.isupper() else SHORT for letter in text]
    gone = replaced_paragraphs(
        [ord(letter) for letter in text], words, lengths[: len(text)], keep=keep
    )
    for place, by in gone.items():
        assert text[place] == text[by]
        assert by not in gone


@given(documents)
def test_keeping_the_last_is_keeping_the_first_backwards(text: str) -> None:
    assert stays(text, keep="last") == stays(text[::-1])[::-1]


def test_a_refrain_and_the_line_after_it_are_a_block_together() -> None:
    four, one = 4, 1
    words = [four, four, one, one, four, four, one]
    gone = replaced_paragraphs([7, 7, 8, 9, 7, 7, 8], words, [0] * 7)
    assert gone == {4: 0, 5: 1, 6: 2}


def test_a_flood_of_lines_is_done_at_once() -> None:
    count = 200_000
    alike = replaced_paragraphs([1] * count, [LONG] * count, [1] * count)
    assert len(alike) == count - 1
    assert replaced_paragraphs([1] * count, [SHORT] * count, [1] * count) == {}
    pattern = [place % 3 and place for place in range(count)]
    assert replaced_paragraphs(pattern, [SHORT] * count, [1] * count) == {}


def test_a_batch_gives_what_each_document_alone_gives() -> None:
    line = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين"
    texts = [f"{line}\nخاتمة\n{line}", line, f"{line.replace('إن', 'ان')}\n{line}", ""]
    found = repeats(read_columns(texts)[1])
    assert found == {0: {2: 0}, 2: {5: 4}}


WITHIN = {"repeated-block", "near-duplicate"}
EQUAL = {"identical", "orthographic"}


def equal_repeats(texts: dict[str, str]) -> list[str]:
    """Return what a scan reports as said twice in one document."""
    found = []
    for name, text in texts.items():
        for finding in dedupe.scan({name: text}).findings:
            if finding.rule in WITHIN and finding.relation in EQUAL:
                found += [finding.occurrences[0].excerpt] * (finding.words >= 8)
    return found


@given(corpora.plans, st.sampled_from(KEEPS))
def test_a_scan_of_the_cleaned_text_finds_no_repeat(
    plan: corpora.Plan, keep: Keep
) -> None:
    texts = {
        name: "\n".join([text, *reversed(text.split("\n")), text])
        for name, text in corpora.build(plan).items()
    }
    settings = CleanSettings(keep=keep)
    cleaned = {name: clean_text(text, settings).text for name, text in texts.items()}
    assert equal_repeats(cleaned) == []
    for name, text in texts.items():
        # One copy of everything is left.
        assert set(read_columns([text])[1].solid.tolist()) == set(
            read_columns([cleaned[name]])[1].solid.tolist()
        )


# Lines of many, of few and of hardly any words, two spellings, and no words at all.
LINES = {
    "A": " ".join(corpora.WORDS[:12]),
    "B": " ".join(corpora.WORDS[12:20]),
    "a": " ".join(corpora.WORDS[20:24]),
    "α": " ".join(corpora.WORDS[20:24]).replace("إ", "ا"),
    "b": " ".join(corpora.WORDS[24:27]),
    "c": corpora.WORDS[27],
    "*": "* * *",
    " ": "",
}


@given(
    st.lists(st.sampled_from(sorted(LINES)), max_size=12),
    st.lists(st.tuples(st.integers(0, 11), st.integers(1, 6)), max_size=6),
    st.sampled_from(KEEPS),
)
@example(list("aacb"), [(0, 3)], "first")
def test_nor_does_a_scan_of_refrains_and_blocks_of_short_lines(
    letters: list[str], pasted: list[tuple[int, int]], keep: Keep
) -> None:
    for place, length in pasted:
        letters = [*letters, *letters[place : place + length]]
    text = "\n".join(LINES[letter] for letter in letters)
    settings = CleanSettings(keep=keep)
    cleaned = clean_text(text, settings).text
    assert equal_repeats({"": cleaned}) == []
    assert clean_text(cleaned, settings).edits == ()
