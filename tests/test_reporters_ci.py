"""What holds for every report that a CI service reads."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dedupe
from dedupe.model import Published, Relation
from dedupe.reporters.copies import copies, fingerprint, gravest
from reports import (
    CI_FORMATS,
    HOSTILE,
    TEXT,
    finding,
    hostile_result,
    pair,
    place,
    report,
    result,
)

COMMAND = re.compile(r"::(error|warning|notice) ")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("format", CI_FORMATS)
def test_no_text_of_others_gives_orders_to_a_log_or_a_terminal(
    text: str,
    format: str,  # noqa: A002
) -> None:
    written = report(format, hostile_result(text))
    check_harmless(format, written)


@given(st.text(st.one_of(st.characters(), st.sampled_from("".join(HOSTILE.values())))))
def test_no_text_at_all_gives_orders(text: str) -> None:
    for name in CI_FORMATS:
        check_harmless(name, report(name, hostile_result(text)))


def check_harmless(format: str, written: str) -> None:  # noqa: A002
    if format == "csv":
        written = written.removeprefix("\ufeff").replace("\r\n", "\n")
    unsafe = {
        character
        for character in written
        if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in DIRECTIONS
    }
    assert unsafe <= {"\n"}
    assert "##[" not in written
    assert "##vso[" not in written
    for line in written.split("\n"):
        if line.lstrip().startswith("::"):
            assert format == "github"
            assert COMMAND.match(line)


DIRECTIONS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


@pytest.mark.skipif(os.name != "posix", reason="needs file names of bytes")
@pytest.mark.parametrize("format", CI_FORMATS)
def test_files_with_hostile_names_are_reported(tmp_path: Path, format: str) -> None:  # noqa: A002
    for name in (b"new\nline.txt", b"not-utf-8\xff.txt", b"=cmd|x.txt", b"::x::.txt"):
        (tmp_path / os.fsdecode(name)).write_text(f"{TEXT}\n{TEXT}", encoding="utf-8")
    scanned = dedupe.scan(tmp_path)
    assert len(scanned.findings)
    written = report(format, scanned)
    check_harmless(format, written)
    assert "cmd" in written


@pytest.mark.parametrize("format", CI_FORMATS)
def test_an_empty_result_is_a_report_too(format: str) -> None:  # noqa: A002
    written = report(format, result())
    assert (written == "") == (format == "github")


TOLD = ["text", "sarif", "github", "gitlab", "junit", "markdown"]


@pytest.mark.parametrize("format", TOLD)
@pytest.mark.parametrize("relation", ["contained", "overlap"])
def test_of_a_part_people_read_its_share_of_words(
    relation: Relation,
    format: str,  # noqa: A002
) -> None:
    item = pair(relation=relation)._replace(jaccard=0.11, containment=0.22, share=0.55)
    written = report(format, result(item))
    assert "55% of the shorter" in written.replace("%25", "%")


@pytest.mark.parametrize("format", TOLD)
def test_of_an_edited_copy_people_read_its_jaccard(format: str) -> None:  # noqa: A002
    item = pair(relation="edited")._replace(jaccard=0.44, containment=0.66, share=0.88)
    assert "44%" in report(format, result(item))


def test_a_pair_has_one_copy_the_later_place() -> None:
    (copy,) = copies(pair())
    assert copy.place.document == "0b.txt"
    assert [other.document for other in copy.others] == ["0a.txt"]
    assert copy.more == 0


def test_each_place_but_the_first_is_a_copy_of_all_others() -> None:
    item = finding(*[place(f"{number}.txt") for number in range(4)])
    found = copies(item)
    assert [copy.place.document for copy in found] == ["1.txt", "2.txt", "3.txt"]
    for copy in found:
        named = [other.document for other in copy.others]
        assert named[0] == "0.txt"
        assert sorted([*named, copy.place.document]) == [f"{n}.txt" for n in range(4)]


def test_copies_in_one_document_are_numbered() -> None:
    item = finding(place("a.txt", (1, 1)), place("a.txt", (5, 5)), place("b.txt"))
    assert [copy.number for copy in copies(item)] == [2, 1]
    assert [copy.number for copy in copies(finding(*item.occurrences[:2]))] == [2]


@pytest.mark.parametrize("row", [0, 1, 2])
def test_what_was_published_is_no_copy_whatever_its_place(row: int) -> None:
    item = finding(*[place(f"{number}.txt") for number in range(3)])
    found = copies(item, {f"{row}.txt": Published("x")})
    assert [copy.place.document for copy in found] == [
        f"{number}.txt" for number in range(3) if number != row
    ]
    assert {copy.others[0].document for copy in found} == {f"{row}.txt"}


def test_no_place_of_a_flood_is_lost_or_listed_for_every_other() -> None:
    item = finding(*[place(f"{number}.txt") for number in range(5_000)])
    found = copies(item)
    assert len(found) == 4_999
    assert len(found[0].others) == 100
    assert {len(copy.others) + copy.more for copy in found} == {4_999}
    assert sum(len(copy.others) for copy in found) == 4_998 + 100


def test_fingerprints_of_copies_differ() -> None:
    items = [
        finding(place("a.txt"), place("a.txt", (5, 5)), place("b.txt"), id=f"{number}")
        for number in range(2)
    ]
    prints = {fingerprint(item, copy) for item in items for copy in copies(item)}
    assert len(prints) == 4


def test_the_gravest_come_first_and_keep_their_order() -> None:
    items = [
        pair(0, "overlap"),
        pair(1, "edited"),
        pair(2),
        finding(place(), place("b"), rule="boilerplate"),
        pair(4, "contained"),
        pair(5, "orthographic"),
    ]
    order = [items.index(item) for item in gravest(items, 9)]
    assert order == [2, 5, 1, 4, 0, 3]
    assert gravest(items, 2) == [items[2], items[5]]


@pytest.mark.parametrize("format", CI_FORMATS)
def test_thirty_two_thousand_findings_are_written_fast(format: str) -> None:  # noqa: A002
    scanned = result(*[pair(number) for number in range(32_000)])
    began = time.process_time()
    report(format, scanned)
    # Half a second where this was written; slower machines get some room.
    assert time.process_time() - began < 4
