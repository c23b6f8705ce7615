"""The accuracy side of the published benchmark measures what it says."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from benchmarks import (
    frame,
    mixtures,
    own_corpus,
    plagiarism_table,
    reading,
    tuning,
)
from benchmarks.accuracy import Copy, Mixture
from benchmarks.environments import ENVIRONMENTS, NotInstalledError, program
from benchmarks.frame import Run
from benchmarks.natural_table import section as natural_section
from benchmarks.parts import PARTS, load_part
from benchmarks.peers.onion_method import duplicates
from benchmarks.summary import summary
from benchmarks.systems import (
    PEERS,
    Answer,
    PeerFindings,
    place_of,
    run_peer,
    write_paragraphs,
)
from benchmarks.variation_table import ahead
from benchmarks.variations import VARIATIONS, Surroundings, Vocabulary
from benchmarks.words import fold_words, jaccard_and_containment

ROOT = Path(__file__).resolve().parents[1]
PARAGRAPHS = own_corpus.paragraphs(60)
AROUND = Surroundings(PARAGRAPHS[1], PARAGRAPHS[2], Vocabulary(PARAGRAPHS))
NEWER = list(VARIATIONS)[list(VARIATIONS).index("dateline changed") :]


def varied(name: str, text: str = PARAGRAPHS[0], seed: int = 1) -> tuple[str, str]:
    """Return an original, prepared as the variation wants it, and its variant."""
    random = Random(seed)
    way = VARIATIONS[name]
    original = way.prepare(text, random) if way.prepare else text
    return original, way.vary(original, random, AROUND)


def test_no_run_of_six_words_stands_in_two_paragraphs_of_our_own() -> None:
    runs = [
        {tuple(words[start : start + 6]) for start in range(len(words) - 5)}
        for words in map(fold_words, PARAGRAPHS)
    ]
    assert all(one.isdisjoint(other) for one, other in itertools.combinations(runs, 2))


def test_the_corpus_of_our_own_is_decided_by_its_seed() -> None:
    assert own_corpus.paragraphs(60) == PARAGRAPHS
    assert own_corpus.paragraphs(60, seed=1) != PARAGRAPHS
    assert own_corpus.paragraphs(20) == PARAGRAPHS[:20]


def test_paragraphs_of_our_own_are_as_long_as_those_of_news() -> None:
    lengths = [len(text.split()) for text in PARAGRAPHS]
    assert min(lengths) >= 20
    assert max(lengths) <= 130
    assert all("\n" not in text for text in PARAGRAPHS)


@pytest.mark.parametrize("name", NEWER)
def test_a_natural_variation_is_one_line_that_its_seed_decides(name: str) -> None:
    original, variant = varied(name)
    assert (original, variant) == varied(name)
    assert "\n" not in variant
    assert variant != original


@pytest.mark.parametrize("name", NEWER)
def test_a_natural_variation_is_still_the_same_paragraph(name: str) -> None:
    original, variant = varied(name)
    _, containment = jaccard_and_containment(original, variant)
    assert containment >= 0.3


def test_a_dateline_is_exchanged_and_the_rest_kept() -> None:
    original, variant = varied("dateline changed")
    assert original.endswith(PARAGRAPHS[0])
    assert variant.endswith(PARAGRAPHS[0])
    assert original != variant


def test_small_numbers_become_words_and_others_stay() -> None:
    words = VARIATIONS["numbers in words"].vary(
        "وصل 6 من 36 ومعهم 10 في 6.5 كم بنسبة 7%", Random(1), AROUND
    )
    assert words == "وصل ستة من 36 ومعهم عشرة في 6.5 كم بنسبة 7%"


def test_dropped_honorifics_leave_the_paragraph_as_it_was() -> None:
    original, variant = varied("honorifics dropped")
    assert variant == PARAGRAPHS[0]
    assert len(original) > len(variant)


def test_another_style_leaves_words_that_only_contain_its_words() -> None:
    style = VARIATIONS["house style"].vary
    assert style("قبل الظهر وقبلها", Random(1), AROUND) == "قبيل الظهر وقبلها"


def test_a_bad_scan_changes_letters_and_keeps_their_number() -> None:
    original, variant = varied("scanned, 3 % misread")
    differ = sum(one != other for one, other in zip(original, variant, strict=True))
    assert 0 < differ < len(original) / 15


def test_lost_and_added_spaces_keep_the_letters() -> None:
    for name in ("spaces lost, 5 %", "words broken, 5 %"):
        original, variant = varied(name)
        assert original.replace(" ", "") == variant.replace(" ", "")


def test_typing_errors_are_few() -> None:
    original, variant = varied("mistyped, 6 %")
    before, after = original.split(), variant.split()
    wrong = sum(one != other for one, other in zip(before, after, strict=True))
    assert 0 < wrong < len(before) / 5


def test_what_is_shared_decides_the_kind_of_a_strange_pair() -> None:
    words = PARAGRAPHS[0].split()
    assert mixtures.kind_of(PARAGRAPHS[0], PARAGRAPHS[1]) == "false"
    assert mixtures.kind_of(PARAGRAPHS[0], " ".join(words[:6])) == "formula"
    assert mixtures.kind_of(PARAGRAPHS[0], " ".join(words[:9])) == "quotation"


def board(texts: list[str], origins: list[int]) -> mixtures.Board:
    mixture = Mixture(texts=texts, origins=origins)
    for index, origin in enumerate(origins):
        if origin != index:
            mixture.copies.append(Copy("exact", origin, index))
    places = {index: (f"d{index}", 0) for index in range(len(texts))}
    return mixtures.Board(mixture, places)


def findings(path: Path, lines: list[str]) -> PeerFindings:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return PeerFindings(path)


def test_a_group_ties_every_two_of_its_members(tmp_path: Path) -> None:
    found = findings(tmp_path / "found", ["a#0\tb#1\tc#2", "d#0\te#0"])
    assert found.found(("c", 2), ("a", 0))
    assert found.found(("e", 0), ("d", 0))
    assert not found.found(("a", 0), ("d", 0))
    assert found.count() == len(list(found.pairs())) == 4


def test_a_verdict_counts_recall_and_false_pairs(tmp_path: Path) -> None:
    table = board([PARAGRAPHS[0], PARAGRAPHS[0], *PARAGRAPHS[1:4]], [0, 0, 2, 3, 4])
    found = findings(tmp_path / "found", ["d0#0\td1#0", "d2#0\td3#0"])
    verdict = mixtures.judge(table, Answer(found, 1.0))
    assert verdict["recall"] == {"exact": 1.0}
    assert verdict["strange"]["false"] == 1
    assert verdict["precision"] == 0.5
    assert verdict["false_per_thousand"] == 200


def test_a_system_that_did_not_run_tells_its_reason() -> None:
    verdict = mixtures.judge(board(PARAGRAPHS[:2], [0, 1]), Answer(None, 0.0, "no npm"))
    assert verdict == {"reason": "no npm"}


def test_a_peer_that_is_not_installed_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledError, match="benchmarks peers install"):
        program("rensa", tmp_path)
    paragraphs = tmp_path / "paragraphs.jsonl"
    write_paragraphs(paragraphs, {("a", 0): PARAGRAPHS[0]})
    answer = run_peer("rensa", {}, paragraphs, Run(cache=tmp_path))
    assert answer.findings is None
    assert "rensa is not installed" in answer.reason


def test_every_peer_has_an_environment_and_a_script() -> None:
    for peer in PEERS.values():
        assert not peer.environment or peer.environment in ENVIRONMENTS
        assert (ROOT / "benchmarks" / "peers" / f"{peer.script}.py").is_file()


def test_the_method_of_onion_runs_as_a_peer_in_its_own_process(tmp_path: Path) -> None:
    paragraphs = tmp_path / "paragraphs.jsonl"
    texts = [PARAGRAPHS[0], PARAGRAPHS[1], PARAGRAPHS[0]]
    write_paragraphs(paragraphs, {(f"d{n}", 0): text for n, text in enumerate(texts)})
    answer = run_peer("onion", {}, paragraphs, Run(cache=tmp_path))
    assert answer.findings is not None
    assert list(answer.findings.pairs()) == [(("d0", 0), ("d2", 0))]


def test_onion_counts_the_words_in_seen_n_grams() -> None:
    words = PARAGRAPHS[0].split()
    half = " ".join(words[: len(words) // 2 + 1])
    less = " ".join([*words[:10], *PARAGRAPHS[1].split()[:30]])
    assert list(duplicates([PARAGRAPHS[0], half], 7, 0.5)) == [(0, 1)]
    assert list(duplicates([PARAGRAPHS[0], less], 7, 0.5)) == []


def test_a_name_with_a_hash_is_a_place() -> None:
    assert place_of("a#b#3") == ("a#b", 3)


def row(system: str, share: float, precision: float = 1.0) -> dict[str, object]:
    return {
        "system": system,
        "settings": "best",
        "text": "folded",
        "recall": {"exact": share},
        "mean_recall": share,
        "precision": precision,
    }


def test_the_page_says_where_a_peer_is_ahead() -> None:
    better = "\n".join(ahead([row("dedupe", 0.9), row("rensa", 0.95)]))
    assert "rensa (best, folded) finds 95%, this project 90%" in better
    assert "mean over the kinds: rensa" in better
    equal = "\n".join(ahead([row("dedupe", 0.9), row("rensa", 0.9)]))
    assert "No peer" in equal


def test_a_peer_that_is_mostly_wrong_is_not_called_ahead() -> None:
    told = "\n".join(ahead([row("dedupe", 0.9), row("rensa", 1.0, precision=0.2)]))
    assert "No peer" in told


def test_strata_weigh_by_their_size() -> None:
    rows = [
        {"findings": 90, "reuse": 3, "formula": 0, "wrong": 0},
        {"findings": 10, "reuse": 1, "formula": 0, "wrong": 1},
        {"findings": 50, "reuse": 0, "formula": 0, "wrong": 0},
    ]
    assert reading.share(rows, "reuse") == pytest.approx(0.95)
    assert reading.share(rows, "wrong") == pytest.approx(0.05)


def test_the_readings_hold_spans_and_verdicts_and_no_text() -> None:
    rows = json.loads((ROOT / reading.READINGS).read_text(encoding="utf-8"))["readings"]
    assert len(rows) >= 60
    keys = {(row["corpus"], *row["left"], *row["right"]) for row in rows}
    assert len(keys) == len(rows)
    assert {row["verdict"] for row in rows} <= set(reading.VERDICTS)
    assert all(row["why"].isascii() for row in rows)


def test_the_baseline_finds_a_copied_passage_and_no_more() -> None:
    copied = " ".join(PARAGRAPHS[0].split()[:45])
    texts = {
        "susp": f"{PARAGRAPHS[1]} {copied} {PARAGRAPHS[2]}",
        "src": f"{copied} {PARAGRAPHS[3]}",
        "other": PARAGRAPHS[4],
    }
    kinds = {"susp": "susp", "src": "src", "other": "src"}
    for folded in (False, True):
        [found] = plagiarism_table.baseline(texts, kinds, folded=folded)
        assert (found.suspicious, found.source) == ("susp", "src")
        shown = texts["susp"][found.start : found.end]
        assert shown.strip(".،") == copied.strip(".،")


def test_a_result_is_kept_with_all_that_decides_it(tmp_path: Path) -> None:
    path = frame.save(
        "natural", "saudi", {"found": 3, "versions": {"x": "1"}}, tmp_path
    )
    assert path.name == "natural.saudi.json"
    [(name, kept)] = frame.load("natural", tmp_path).items()
    assert name == "saudi"
    assert kept["figures"] == {"found": 3}
    assert kept["versions"]["x"] == "1"
    assert {"date", "command", "machine"} <= kept.keys()
    assert frame.load("natur", tmp_path) == {}


def test_a_command_is_kept_without_the_folders_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words = ["x", "run", "--data", "/a/b", "--cache", "/c", "--results=/d", "--quick"]
    monkeypatch.setattr(sys, "argv", words)
    kept = json.loads(frame.save("p", "", {}, tmp_path).read_text(encoding="utf-8"))
    assert kept["command"] == "python -m benchmarks run --data DIR --quick"


def test_every_part_measures_and_writes_a_section() -> None:
    for name in PARTS:
        part = load_part(name)
        assert callable(part.measure)
        assert callable(part.section)


def test_what_needs_the_evaluation_data_is_left_out_without_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name in ("natural", "plagiarism"):
        assert list(load_part(name).measure(Run())) == []
        assert "--data" in capsys.readouterr().out
    assert list(natural_section({})) != []


def test_a_mixture_of_our_own_corpus_holds_every_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mixtures, "paragraphs", lambda: own_corpus.paragraphs(200))
    size = mixtures.Size(1, 20)
    table = mixtures.make_board(mixtures.OWN, size, Run())
    assert {copy.variation for copy in table.mixture.copies} == set(VARIATIONS)
    assert len(table.places) == len(table.mixture.texts)
    again = mixtures.make_board(mixtures.OWN, size, Run())
    assert table.texts(folded=True) == again.texts(folded=True)


def test_the_one_command_shows_what_it_can_do() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"run", "peers", "page"} <= set(ended.stdout.split())


def test_the_published_page_is_what_the_results_say(tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    subprocess.run(
        [sys.executable, "-m", "benchmarks", "page", "--output", str(page)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    published = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.read_text(encoding="utf-8") == published


def test_the_summary_says_where_we_are_not_first(tmp_path: Path) -> None:
    rows = [
        {**row("dedupe", 0.9), "score": 0.94, "settings": "defaults"},
        {**row("rensa", 0.95), "score": 0.97},
    ]
    frame.save("variations", "own", {"rows": rows}, tmp_path)
    told = "\n".join(summary(tmp_path))
    assert "94.0% | 97.0% | rensa, best, folded | not first: " in told
    assert list(summary(tmp_path / "empty")) == []


def test_a_quick_run_tries_the_documented_settings_and_the_best() -> None:
    for name, peer in PEERS.items():
        assert tuning.grid(name, quick=True) == [peer.documented, peer.best]
        assert peer.best in tuning.grid(name, quick=False)


def test_the_peers_run_at_the_best_settings_that_were_found() -> None:
    [result] = frame.load("tuning", ROOT / frame.RESULTS).values()
    for name, peer in PEERS.items():
        tried = [
            row
            for row in result["figures"]["tried"]
            if row["system"] == name and "score" in row
        ]
        assert max(tried, key=lambda row: row["score"])["settings"] == peer.best
