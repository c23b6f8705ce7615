from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from corpora import small_corpora
from dedupe.model import Problem, Published, Relation, ScanResult
from dedupe.reporters import sarif, slices
from reports import HOSTILE, TEXT, finding, hostile_result, pair, place, report, result

ROOT = Path(__file__).resolve().parent.parent
# A folder that holds @microsoft/sarif-multitool-linux, or that of another system.
MULTITOOL = "SARIF_MULTITOOL"
Texts = dict[str, str]
LINK = re.compile(r"(?<!\\)\[(?:[^\\\[\]]|\\.)*\]\((\d+)\)")

examples = settings(max_examples=30)


def run_of(scanned: ScanResult) -> dict[str, Any]:
    document = json.loads(report("sarif", scanned))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def uri_of(location: dict[str, Any]) -> str:
    uri: str = location["physicalLocation"]["artifactLocation"]["uri"]
    return uri


def hashes(run: dict[str, Any]) -> list[str]:
    return [
        item["partialFingerprints"]["primaryLocationLineHash"] for item in items_of(run)
    ]


def items_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = run["results"]
    return items


def test_the_copy_is_the_result_and_links_to_what_it_repeats() -> None:
    block = finding(
        place("a.txt", (2, 11)), place("a.txt", (12, 21)), rule="repeated-block"
    )
    (item,) = items_of(run_of(result(block)))
    assert item["message"]["text"] == (
        "Lines 12-21 repeat [lines 2-11](1) (identical, 11 words, 100% alike)."
    )
    (location,) = item["locations"]
    (related,) = item["relatedLocations"]
    assert location["physicalLocation"]["region"]["startLine"] == 12
    assert related["id"] == 1
    assert related["physicalLocation"]["region"]["endLine"] == 11
    assert item["ruleId"] == "repeated-block"
    assert item["level"] == "error"
    assert item["rank"] == 100.0


@pytest.mark.parametrize(
    ("relation", "rank"), [("edited", 44.0), ("contained", 88.0), ("overlap", 88.0)]
)
def test_a_part_is_ranked_by_its_share_of_words(
    relation: Relation, rank: float
) -> None:
    item = pair(relation=relation)._replace(jaccard=0.44, containment=0.66, share=0.88)
    (written,) = items_of(run_of(result(item)))
    assert written["rank"] == rank
    assert written["properties"]["share"] == 0.88


def test_every_rule_says_what_it_means() -> None:
    run = run_of(result(pair()))
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        for text in ("shortDescription", "fullDescription", "help"):
            assert rule[text]["text"].endswith(".")
    (item,) = items_of(run)
    assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
    assert run["columnKind"] == "unicodeCodePoints"


@examples
@given(small_corpora)
def test_a_region_holds_the_text_that_is_repeated(texts: Texts) -> None:
    scanned = dedupe.scan(texts)
    places = {
        (place.document, place.span.start): place
        for finding in scanned.findings
        for place in finding.occurrences
    }
    files = ScanResult(
        **{name: getattr(scanned, name) for name in FIELDS}, documents=[]
    )
    for item in items_of(run_of(files)):
        for location in [*item["locations"], *item["relatedLocations"]]:
            region = location["physicalLocation"]["region"]
            name = unquote_to_bytes(uri_of(location)).decode()
            start, size = region["charOffset"], region["charLength"]
            assert (name, start) in places
            text = texts[name]
            assert cut(text, region) == text[start : start + size]


FIELDS = ("settings", "fingerprint", "findings", "matches", "passages")


def cut(text: str, region: dict[str, int]) -> str:
    """Return what lies between the lines and columns of a region."""
    lines = text.split("\n")[region["startLine"] - 1 : region["endLine"]]
    lines[-1] = lines[-1][: region["endColumn"] - 1]
    lines[0] = lines[0][region["startColumn"] - 1 :]
    return "\n".join(lines)


@examples
@given(small_corpora, st.integers(1, 3))
def test_fingerprints_survive_lines_that_are_inserted_above(
    texts: Texts, count: int
) -> None:
    # Lines that stand nowhere else.
    moved = {
        name: "".join("ضظغث"[row] * each + "\n" for each in range(1, count + 1)) + text
        for row, (name, text) in enumerate(texts.items())
    }
    before, after = (run_of(dedupe.scan(each)) for each in (texts, moved))
    assert hashes(before) == hashes(after)


@examples
@given(small_corpora)
def test_no_two_results_of_a_document_have_one_fingerprint(texts: Texts) -> None:
    items = items_of(run_of(dedupe.scan(texts)))
    names = [
        (
            item["locations"][0]["logicalLocations"][0]["fullyQualifiedName"],
            item["partialFingerprints"]["primaryLocationLineHash"],
        )
        for item in items
    ]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("count", [2, 3, 11, 12, 150])
def test_every_link_leads_to_a_related_location(count: int) -> None:
    many = finding(*[place(f"[{number}](9).txt") for number in range(count)])
    items = items_of(run_of(result(many)))
    assert len(items) == count - 1
    for item in items:
        ids = [location["id"] for location in item["relatedLocations"]]
        assert ids == list(range(1, len(ids) + 1))
        assert len(ids) <= 100
        links = LINK.findall(item["message"]["text"])
        assert links == [str(number) for number in ids[:10]]
        assert ("more place" in item["message"]["text"]) == (count > 11)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_name_makes_a_link_or_a_place_holder_of_its_own(text: str) -> None:
    for item in items_of(run_of(hostile_result(text))):
        message = item["message"]["text"]
        ids = {str(location["id"]) for location in item["relatedLocations"]}
        assert set(LINK.findall(message)) == ids
        plain = re.sub(r"\\\\|\\\[|\\\]|\{\{|\}\}", "", LINK.sub("", message))
        assert not set("[]{}\\") & set(plain)


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("news/001.txt", "news/001.txt"),
        ("أخبار.txt", "%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1.txt"),
        ("a b#c?d%.txt", "a%20b%23c%3Fd%25.txt"),
        ("javascript:x.txt", "javascript%3Ax.txt"),
        ("bad\udcff.txt", "bad%FF.txt"),
        ("new\nline.txt", "new%0Aline.txt"),
        ("/news/a b.txt", "file:///news/a%20b.txt"),
    ],
)
def test_a_path_becomes_a_uri_of_plain_ascii(name: str, uri: str) -> None:
    (item,) = items_of(run_of(result(finding(place("1.txt"), place(name)))))
    (location,) = item["locations"]
    artifact = location["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == uri
    assert ("uriBaseId" in artifact) == (not name.startswith("/"))
    assert urlsplit(uri).scheme in ("", "file")


def test_a_region_has_lines_alone_where_columns_are_not_known() -> None:
    unknown = place("b.txt", (4, 6), columns=(0, 0))
    (item,) = items_of(run_of(result(finding(place(), unknown))))
    region = item["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 4, "endLine": 6}


def test_a_path_out_of_the_root_is_not_relative_to_it() -> None:
    (item,) = items_of(run_of(result(finding(place("1"), place("../b.txt")))))
    artifact = item["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "../b.txt"}


def test_what_is_no_file_has_a_name_and_no_uri(tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"wire-{row}", "text": TEXT}) for row in range(2)]
    (tmp_path / "wire.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    items = items_of(run_of(dedupe.scan(tmp_path)))
    locations = [
        location
        for item in items
        for location in [*item["locations"], *item["relatedLocations"]]
    ]
    for location in locations:
        if "physicalLocation" in location:
            assert uri_of(location).endswith("/a.txt")
        else:
            (logical,) = location["logicalLocations"]
            assert logical["fullyQualifiedName"] in ("wire-0", "wire-1")
            assert location["properties"]["lines"] == [1, 1]
    kinds = {"physicalLocation" in location for location in locations}
    assert kinds == {True, False}


def test_texts_that_were_handed_over_have_no_uri() -> None:
    written = report("sarif", dedupe.scan({"a.txt": TEXT, "b.txt": TEXT}))
    assert '"uri"' not in written


def test_what_was_published_is_named_with_its_date_and_is_never_the_result() -> None:
    known = Published(
        "n-1", "عنوان", "2026-01-02", "الوكالة", "سالم", "https://example.org/1"
    )
    item = finding(place("in.txt"), place("n-1", (4, 4)))
    (found,) = items_of(run_of(result(item, published={"n-1": known})))
    assert uri_of(found["locations"][0]) == "in.txt"
    assert (
        "[n-1, line 4, published: 2026-01-02, الوكالة, سالم, عنوان,"
        in (found["message"]["text"])
    )
    (related,) = found["relatedLocations"]
    assert "physicalLocation" not in related
    assert related["properties"]["published"] == known._asdict()


def test_what_was_not_read_is_told() -> None:
    run = run_of(
        result(
            pair(),
            errors=(Problem("bad.txt", "not text"),),
            skipped=(Problem("link", "is a link"),),
            warnings=(Problem("a.txt", "one byte replaced"),),
            truncated=True,
        )
    )
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(note["level"], note["message"]["text"]) for note in notes[:3]] == [
        ("error", "bad.txt: not text"),
        ("warning", "a.txt: one byte replaced"),
        ("note", "link: is a link"),
    ]
    known = run["tool"]["driver"]["notifications"]
    for note in notes:
        assert known[note["descriptor"]["index"]]["id"] == note["descriptor"]["id"]
    assert notes[3]["descriptor"]["id"] == "incomplete"


def incomplete(run: dict[str, Any]) -> list[str]:
    notes = run["invocations"][0]["toolExecutionNotifications"]
    return [note["message"]["text"] for note in notes]


@pytest.mark.parametrize("jobs", [1, 3])
@pytest.mark.parametrize(
    ("label", "sizes", "fits"),
    [
        ("as many as fit", [2] * 10, True),
        ("one more", [2] * 11, False),
        ("one finding", [12], False),
        ("one finding that fits", [11], True),
        ("the last one half", [2] * 8 + [5], False),
    ],
)
def test_results_that_do_not_fit_are_told(
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    sizes: list[int],
    fits: bool,  # noqa: FBT001
    jobs: int,
) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 10)
    monkeypatch.setattr(slices, "PARALLEL_FROM", 0)
    monkeypatch.setattr(slices, "SLICE", 3)
    findings = [
        finding(*[place(f"{label}{number}") for number in range(size)], id=f"{row}")
        for row, size in enumerate(sizes)
    ]
    scanned = result(*findings)
    object.__setattr__(scanned, "jobs", jobs)
    run = run_of(scanned)
    assert len(items_of(run)) == 10
    assert (incomplete(run) == []) == fits
    if not fits:
        assert f"there are {len(sizes)} findings" in incomplete(run)[0]


def test_a_report_never_has_more_results_than_are_taken_in() -> None:
    run = run_of(result(*[pair(number) for number in range(25_003)]))
    assert len(items_of(run)) == 25_000
    assert "Only the first 25,000 results" in incomplete(run)[0]


def multitool() -> Path | None:
    """Return the program of Microsoft's validator, where it is installed."""
    named = os.environ.get(MULTITOOL)
    folder = Path(named) if named else ROOT / "node_modules"
    found = sorted(folder.glob("@microsoft/sarif-multitool-*/Sarif.Multitool"))
    assert found or not named, f"{MULTITOOL}={named} holds no validator."
    return found[0] if found else None


def complaints(tool: Path, folder: Path, scanned: ScanResult) -> list[str]:
    (folder / "report.sarif").write_text(report("sarif", scanned), encoding="utf-8")
    # What npm installs is not always allowed to run.
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    subprocess.run(
        [
            str(tool),
            *("validate", "report.sarif", "--rule-kind", "Sarif;Gh"),
            *("--output", "found.sarif", "--log", "ForceOverwrite"),
        ],
        cwd=folder,
        env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    found = json.loads((folder / "found.sarif").read_text(encoding="utf-8-sig"))
    (run,) = found["runs"]
    return [
        f"{item.get('level', 'warning')} {item['ruleId']}: {item['message']}"
        for item in run.get("results", [])
        if item.get("level", "warning") in ("error", "warning")
    ] + [
        str(note)
        for invocation in run.get("invocations", [])
        for note in invocation.get("toolExecutionNotifications", [])
        if note.get("level") == "error"
    ]


def seen_by_the_validator(case: str) -> ScanResult:
    known = Published(
        "n-1", "عنوان", "2026-01-02", "الوكالة", url="https://example.org/1"
    )
    problem = (Problem("b\x1b.txt", "not [text] {0}"),)
    made: dict[str, Callable[[], ScanResult]] = {
        "clean": result,
        "samples": lambda: dedupe.scan(ROOT / "samples"),
        "texts": lambda: dedupe.scan({"a": TEXT, "b": TEXT}),
        "failed": lambda: result(
            pair(), errors=problem, skipped=problem, warnings=problem, truncated=True
        ),
        "published": lambda: result(
            finding(place("أ.txt"), place("n-1")), published={"n-1": known}
        ),
        "flood": lambda: result(finding(*[place(f"{row}") for row in range(300)])),
        "hostile": lambda: hostile_result("".join(HOSTILE.values())),
        "out of the root": lambda: result(finding(place("/x/a"), place("../b"))),
    }
    return made[case]()


CASES = (
    "clean",
    "samples",
    "texts",
    "failed",
    "published",
    "flood",
    "hostile",
    "out of the root",
)


@pytest.mark.parametrize("case", CASES)
def test_the_validator_has_no_complaint(tmp_path: Path, case: str) -> None:
    tool = multitool()
    if tool is None:
        pytest.skip(f"needs @microsoft/sarif-multitool; {MULTITOOL} may name a folder")
    assert complaints(tool, tmp_path, seen_by_the_validator(case)) == []


def test_the_validator_complains_about_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = multitool()
    if tool is None:
        pytest.skip(f"needs @microsoft/sarif-multitool; {MULTITOOL} may name a folder")
    monkeypatch.setattr(sarif, "uri", str)
    broken = result(finding(place("أ.txt"), place("ب ب.txt", (5, 4))))
    found = " ".join(complaints(tool, tmp_path, broken))
    assert "SARIF1002" in found
    assert "SARIF1007" in found
