"""Text that is broken into short lines, elsewhere than in its copy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

import dedupe
from dedupe import Document, archive
from dedupe.archive import nearest
from dedupe.archive.nearest import Choice
from dedupe.model import Finding
from dedupe.settings import Settings

LETTERS = "اتثجحخدرزسشصضطظعغفقكلمنه"


def own_words(count: int, seed: int) -> list[str]:
    """Words that no other seed has."""
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=6)) for _ in range(count)]


VERSES = [(own_words(5, seed), own_words(4, 50 + seed)) for seed in range(6)]
WHOLE = "\n".join(f"{' '.join(one)} *** {' '.join(other)}" for one, other in VERSES)
HALVES = "\n".join(f"{' '.join(one)}\n{' '.join(other)}" for one, other in VERSES)
NUMBERED = "\n".join(
    f"{number}- {' '.join(one)} / {' '.join(other)}"
    for number, (one, other) in enumerate(VERSES, 1)
)
SENTENCE = "، ".join(" ".join([*one, *other]) for one, other in VERSES)
WORDS = 9 * len(VERSES)
AROUND = " ".join(own_words(12, 90)), " ".join(own_words(12, 91))


@dataclass(frozen=True)
class Case:
    label: str
    one: str
    other: str
    lines: tuple[tuple[int, int], tuple[int, int]]
    relation: str = "contained"


CASES = [
    Case("verses in a line and in halves", WHOLE, HALVES, ((1, 6), (1, 12))),
    Case("a list and a sentence", HALVES, SENTENCE, ((1, 12), (1, 1))),
    Case("verses with their numbers", HALVES, NUMBERED, ((1, 12), (1, 6))),
    Case(
        "in the middle of an article",
        WHOLE,
        f"{AROUND[0]}\n{HALVES}\n{AROUND[1]}",
        ((1, 6), (2, 13)),
    ),
    Case(
        "lines that break elsewhere, all of them short",
        "\n".join(" ".join(own_words(42, 3)[first:][:6]) for first in range(0, 42, 6)),
        "\n".join(" ".join(own_words(42, 3)[first:][:7]) for first in range(0, 42, 7)),
        ((1, 7), (1, 6)),
        "overlap",
    ),
]


def only_finding(one: str, other: str) -> Finding:
    [finding] = dedupe.scan({"1": one, "2": other}).findings
    return finding


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("swapped", [False, True], ids=["given", "swapped"])
def test_what_is_broken_into_short_lines_is_found_whole(
    case: Case, *, swapped: bool
) -> None:
    texts = (case.other, case.one) if swapped else (case.one, case.other)
    lines = case.lines[::-1] if swapped else case.lines
    finding = only_finding(*texts)
    assert (finding.rule, finding.relation) == ("overlap", case.relation)
    assert tuple(place.lines for place in finding.occurrences) == lines
    for text, place in zip(texts, finding.occurrences, strict=True):
        rows = text.split("\n")[place.lines[0] - 1 : place.lines[1]]
        shown = text[slice(*place.span)]
        assert shown.split()[-1] == rows[-1].split()[-1]


def test_all_words_of_short_lines_are_counted() -> None:
    assert only_finding(WHOLE, HALVES).words == WORDS
    result = dedupe.scan({"1": HALVES, "2": SENTENCE})
    assert result.duplicated_words == WORDS
    assert only_finding(CASES[-1].one, CASES[-1].other).words == 42


def test_pairs_are_of_paragraphs_that_match_by_themselves() -> None:
    whole = " ".join(own_words(14, 20))
    texts = {"1": f"{WHOLE}\n{whole}", "2": f"{HALVES}\n{whole}"}
    [match] = dedupe.scan(texts).matches
    assert (match.relation, match.words) == ("identical", 14)


def test_a_verse_that_is_quoted_in_an_article_is_found() -> None:
    one, other = (" ".join(half) for half in VERSES[2])
    finding = only_finding(HALVES, f"{AROUND[0]} ({one}، {other}) {AROUND[1]}")
    assert (finding.words, finding.occurrences[0].lines) == (9, (5, 6))


@pytest.mark.parametrize("words", [5, 6, 7])
def test_lines_that_share_less_than_a_paragraph_must_have_are_no_finding(
    words: int,
) -> None:
    shared = own_words(words, 7)
    lines = "\n".join([" ".join(shared[:4]), " ".join(shared[4:])])
    texts = {"1": f"{AROUND[0]}\n{lines}", "2": f"{' '.join(shared)}\n{AROUND[1]}"}
    assert not dedupe.scan(texts).findings


def test_what_goes_on_from_a_block_into_short_lines_is_told_once() -> None:
    whole = [" ".join(own_words(14, seed)) for seed in (20, 21)]
    one = "\n".join([*whole, HALVES])
    [block, rest] = dedupe.scan({"1": one, "2": "\n".join([*whole, WHOLE])}).findings
    assert (block.rule, block.relation, block.words) == (
        "repeated-block",
        "identical",
        28,
    )
    assert (rest.rule, rest.words) == ("overlap", WORDS)


def test_a_line_said_again_and_again_is_no_copy_of_itself() -> None:
    line = " ".join(own_words(3, 8))
    text = "\n".join([" ".join([line] * 4), line, line, AROUND[0]])
    for finding in dedupe.scan({"1": text}).findings:
        assert finding.relation != "overlap"


def test_the_least_words_of_a_paragraph_decide_what_is_a_short_line() -> None:
    texts = {"1": WHOLE, "2": HALVES}
    for least in (3, 6, 12):
        settings = Settings(min_words=least)
        found = dedupe.scan(texts, settings).findings
        assert sum(finding.words for finding in found) == WORDS


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.label)
@pytest.mark.parametrize("swapped", [False, True], ids=["given", "swapped"])
def test_an_archive_finds_what_is_broken_into_short_lines(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, swapped: bool
) -> None:
    monkeypatch.setattr(archive, "WHOLE_PARAGRAPHS", -1)
    asked, held = (case.other, case.one) if swapped else (case.one, case.other)
    lines = case.lines[::-1] if swapped else case.lines
    with dedupe.Archive.create(tmp_path / "archive.dedupe") as made:
        made.add([Document("held", held), Document("again", held)])
        made.add([Document("else", " ".join(own_words(40, 92)))])
        [finding] = made.query({"asked": asked}).findings
    names = [place.document for place in finding.occurrences]
    assert names[:2] == ["asked", "held"]
    assert [place.lines for place in finding.occurrences][:2] == list(lines)


def test_an_archive_is_not_asked_for_documents_with_a_line_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "WHOLE_PARAGRAPHS", -1)
    chosen = []
    choose = nearest.choose

    def record(*arguments: Any) -> Choice:  # noqa: ANN401
        chosen.append(choose(*arguments))
        return chosen[-1]

    monkeypatch.setattr(nearest, "choose", record)
    line = " ".join(VERSES[0][0])
    with dedupe.Archive.create(tmp_path / "archive.dedupe") as made:
        made.add([Document("held", f"{line} {AROUND[0]}")])
        assert not made.query({"asked": f"{line}\n{AROUND[1]}"}).findings
    assert [choice.documents for choice in chosen] == [[]]
