"""What a scan of the two real articles must show, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

import dedupe
from dedupe.model import Finding, ScanResult
from oracle import words_of

SEEDS = Path(__file__).resolve().parents[2] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason="the articles are not at hand"
)

PHRASES = [
    "أهمية الاتفاقات ومذكرات التفاهم الموقعة بين الجانبين",
    "الشيخ راشد بن عبد الله آل خليفة",
]


@pytest.fixture(scope="module")
def result() -> ScanResult:
    return dedupe.scan([SEEDS])


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {str(file): file.read_text(encoding="utf-8") for file in SEEDS.glob("*.txt")}


def documents(finding: Finding) -> list[str]:
    return [Path(place.document).name[:3] for place in finding.occurrences]


def test_one_block_stands_twice(result: ScanResult) -> None:
    [block] = [item for item in result.findings if item.rule == "repeated-block"]
    assert block.relation == "identical"
    assert documents(block) == ["000", "000"]
    assert [place.lines for place in block.occurrences] == [(2, 11), (12, 21)]


def test_a_block_is_cut_out_of_the_original_as_it_stands(
    result: ScanResult, texts: dict[str, str]
) -> None:
    [block] = [item for item in result.findings if item.rule == "repeated-block"]
    first, second = (
        texts[place.document][slice(*place.span)] for place in block.occurrences
    )
    assert first == second
    assert len(first.split("\n")) == 10


def test_both_outlets_share_phrases_and_no_paragraph(result: ScanResult) -> None:
    between = [item for item in result.findings if documents(item) == ["000", "001"]]
    assert between
    assert {finding.rule for finding in between} == {"overlap"}
    pairs = {
        match.relation
        for match in result.matches
        if match.left.document != match.right.document
    }
    assert pairs == {"overlap"}


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_shared_phrase_is_shown_in_both_originals(
    result: ScanResult, texts: dict[str, str], phrase: str
) -> None:
    wanted = " ".join(words_of(phrase))
    shown = [
        [
            any(
                wanted in " ".join(words_of(texts[place.document][start:end]))
                for start, end in place.passages
            )
            for place in finding.occurrences
        ]
        for finding in result.findings
        if documents(finding) == ["000", "001"]
    ]
    assert [True, True] in shown


def test_each_document_alone_has_the_repeats_it_has_in_company(
    result: ScanResult,
) -> None:
    for document in result.documents:
        alone = [item.id for item in dedupe.scan([document.document]).findings]
        together = [
            item.id
            for item in result.findings
            if {place.document for place in item.occurrences} == {document.document}
        ]
        assert alone == together
