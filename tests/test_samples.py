from __future__ import annotations

from pathlib import Path

import pytest

import dedupe
from dedupe.model import Finding, ScanResult

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

Shape = tuple[str, str, list[tuple[str, int, int]]]

# What docs/samples.md promises: rule, relation, and each place with its lines.
EXPECTED: list[Shape] = [
    ("repeated-block", "identical", [("000.txt", 2, 7), ("000.txt", 8, 13)]),
    ("near-duplicate", "orthographic", [("002.txt", 2, 2), ("003.txt", 2, 2)]),
    ("near-duplicate", "edited", [("002.txt", 3, 3), ("004.txt", 2, 2)]),
    ("overlap", "contained", [("002.txt", 4, 4), ("005.txt", 2, 2)]),
    (
        "boilerplate",
        "orthographic",
        [
            ("001.txt", 6, 6),
            ("007.txt", 4, 4),
            ("handball", 3, 3),
            ("pomegranates", 3, 3),
            ("009.md", 20, 20),
            ("010.txt", 3, 3),
        ],
    ),
]

SHARED_PHRASES = [
    "هو تقليص مدة الانتظار خارج حوض الميناء",
    "التي تعتمد على البحر في معظم وارداتها من الغذاء والدواء",
    "على متن القاطرات وزوارق الإرشاد ، وتتولى الهيئة نفقات السكن والتنقل",
]


@pytest.fixture(scope="module")
def result() -> ScanResult:
    return dedupe.scan([SAMPLES])


def name(document: str) -> str:
    return document.rpartition("/")[2]


def shape(finding: Finding) -> Shape:
    places = [(name(place.document), *place.lines) for place in finding.occurrences]
    return finding.rule, finding.relation, places


def shapes(result: ScanResult) -> list[Shape]:
    return [shape(finding) for finding in result.findings]


def test_every_sample_is_read(result: ScanResult) -> None:
    assert result.errors == ()
    assert len(result.documents) == 12


@pytest.mark.parametrize(
    "expected", EXPECTED, ids=lambda shape: f"{shape[0]}-{shape[1]}"
)
def test_a_sample_shows_what_it_was_written_for(
    result: ScanResult, expected: Shape
) -> None:
    assert expected in shapes(result)


def test_all_else_that_is_found_are_the_phrases_of_one_event(
    result: ScanResult,
) -> None:
    others = [finding for finding in shapes(result) if finding not in EXPECTED]
    assert others
    for rule, _, places in others:
        assert rule == "overlap"
        assert {document for document, _, _ in places} == {"000.txt", "001.txt"}


@pytest.mark.parametrize("phrase", SHARED_PHRASES)
def test_two_reports_of_one_event_share_a_phrase(
    result: ScanResult, phrase: str
) -> None:
    text = (SAMPLES / "000.txt").read_text(encoding="utf-8")
    shared = [
        text[passage.start : passage.end]
        for finding in result.findings
        if finding.rule == "overlap"
        for place in finding.occurrences
        if name(place.document) == "000.txt"
        for passage in place.passages
    ]
    assert phrase in shared


def test_the_article_in_windows_1256_is_read_as_such(result: ScanResult) -> None:
    encodings = {name(item.document): item.encoding for item in result.documents}
    assert encodings["007.txt"] == "windows-1256"
    assert encodings["006.txt"] == "utf-8"


def test_an_article_without_a_repeat_has_no_duplicated_word(
    result: ScanResult,
) -> None:
    duplicated = {
        name(item.document): item.duplicated_words for item in result.documents
    }
    assert duplicated["006.txt"] == 0
    assert duplicated["000.txt"] > 0


def test_the_samples_hold_no_sentence_of_the_articles_they_are_modeled_on() -> None:
    seeds = SAMPLES.parent.parent / "shared" / "seeds"
    if not seeds.is_dir():
        pytest.skip("the articles are not at hand")
    for finding in dedupe.scan([SAMPLES, seeds]).findings:
        of_seeds = {"/seeds/" in place.document for place in finding.occurrences}
        assert len(of_seeds) == 1
