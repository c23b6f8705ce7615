"""Speed, memory and the archive are measured as the page says."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
import time
from pathlib import Path

import pytest
from benchmarks import (
    archive,
    contestants,
    corpus,
    costs,
    own_corpus,
    processes,
    speed,
    stage_times,
)
from benchmarks.contestants import OURS, OURS_ALONE, OWN, PEERS
from benchmarks.environments import ENVIRONMENTS, NotInstalledError
from benchmarks.frame import Run, load, save
from benchmarks.page import write_page
from benchmarks.peers.paragraphs import read_folder, read_rows
from benchmarks.plots import draw

PYTHON = sys.executable
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of a few articles, of which the first stands twice."""
    folder = tmp_path_factory.mktemp("corpus")
    texts = own_corpus.paragraphs(40)
    articles = [texts[at : at + 4] for at in range(0, 40, 4)]
    articles[9].append(articles[0][0])
    names = [f"000/{place}.txt" for place in range(10)]
    corpus.write_articles(folder / "txt", names, articles)
    plants = [corpus.Plant("exact", (0, 0), (9, 4))]
    corpus.write_truth(folder / "truth.jsonl", names, plants)
    corpus.write_paragraphs(folder / "paras.jsonl", names, articles)
    return folder


def test_a_child_counts_to_the_memory_of_its_parent() -> None:
    held = "b = bytearray(60_000_000); b[::4096] = b'x' * len(b[::4096])"
    child = f"import time; {held}; time.sleep(0.5)"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    )
    memory = processes.peak_memory([PYTHON, "-c", parent])
    assert 60 * MEGABYTE < memory.rss < 90 * MEGABYTE
    assert memory.pss > 60 * MEGABYTE


def test_what_runs_too_long_is_stopped_with_its_children() -> None:
    sleeper = "import time; time.sleep(30)"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {sleeper!r}])"
    )
    began = time.perf_counter()
    cost = processes.run([PYTHON, "-c", parent], limit=0.5, sample=0.1)
    assert cost.code < 0
    assert cost.wall < 5 > time.perf_counter() - began


@pytest.mark.parametrize(
    ("code", "fine"),
    [("sys.exit(2)", (0, 1)), ("sys.exit(1)", (0,)), ("1 / 0", (0, 1))],
)
def test_a_command_that_fails_is_an_error(code: str, fine: tuple[int, ...]) -> None:
    text = f"import sys; print('this went wrong', file=sys.stderr); {code}"
    with pytest.raises(processes.CommandError, match="this went wrong"):
        processes.run([PYTHON, "-c", text], fine=fine)


def test_the_time_of_children_counts() -> None:
    child = "sum(range(10_000_000))"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    )
    alone = processes.run([PYTHON, "-c", "pass"]).cpu
    assert processes.run([PYTHON, "-c", parent]).cpu > alone + 0.05


@pytest.mark.parametrize("name", PEERS)
def test_a_contestant_runs_a_script_in_an_environment_that_exists(name: str) -> None:
    peer = PEERS[name]
    assert not peer.environment or peer.environment in ENVIRONMENTS
    folder = Path(contestants.__file__).parent / "peers"
    assert not peer.script or (folder / f"{peer.script}.py").exists()
    assert set(peer.rounds) <= set(contestants.SIZES)
    assert isinstance(json.loads(peer.settings), dict)


def test_a_peer_that_is_not_installed_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotInstalledError, match="peers install"):
        contestants.command_of("gaoya", tmp_path, tmp_path, Run(cache=tmp_path))


def test_a_folder_holds_the_paragraphs_that_were_split_before(
    small_corpus: Path,
) -> None:
    before = dict(read_rows(small_corpus / "paras.jsonl"))
    txt = small_corpus / "txt"
    read = {str(Path(name).relative_to(txt)): text for name, text in read_folder(txt)}
    assert read.keys() == before.keys()
    for name, text in before.items():
        # Digits and letters that stand together are parted by one fold alone.
        assert abs(len(read[name].split()) - len(text.split())) <= 2


@pytest.fixture(scope="module")
def raced(
    small_corpus: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, object]]:
    """The results of a race of those that need no environment, saved and loaded."""
    folder = tmp_path_factory.mktemp("race")
    run = Run(cache=folder, quick=True)
    processes.adopt_orphans()
    for size, times in (("1mb", 1), ("10mb", 10)):
        figures = speed.race(size, small_corpus, run)
        figures["bytes"] *= times
        save("speed", size, figures, folder / "results")
    return load("speed", folder / "results")


def test_a_race_tells_what_each_run_cost_and_who_could_not_run(
    raced: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]],
) -> None:
    systems = raced["1mb"]["figures"]["systems"]
    assert systems.keys() == OWN.keys() | PEERS.keys()
    for name in (OURS, OURS_ALONE, "onion", "onion-folded", "front-end"):
        assert len(systems[name]["walls"]) == speed.QUICK_ROUNDS  # type: ignore[arg-type]
        assert systems[name]["pss"]
    assert systems[OURS]["planted"] == systems["onion"]["planted"] == 1.0
    assert "peers install" in str(systems["gaoya"]["failed"])


def test_the_section_compares_with_ours(
    raced: dict[str, dict[str, object]],
) -> None:
    text = "\n".join(speed.section(raced))
    assert "| **dedupe** | folder | all |" in text
    assert "### 10 MB beside the peers" in text
    assert "gaoya's index (paragraphs): gaoya is not installed" in text


def test_growth_has_the_slope_of_a_straight_line() -> None:
    assert speed.slope((1, 2), (10, 20)) == 1
    assert speed.slope((1, 2), (10, 2)) == 0


@pytest.mark.parametrize("place", stage_times.WATCHED)
def test_a_function_on_the_watch_exists(place: str) -> None:
    module, name = place.split(":")
    assert callable(getattr(importlib.import_module(module), name))


def test_a_stage_stands_still_while_another_runs() -> None:
    clock = stage_times.Stopwatch()
    clock.begin("outer")
    clock.begin("inner")
    began = time.process_time()
    while time.process_time() < began + 0.05:
        pass
    clock.end()
    clock.end()
    assert clock.seconds["inner"] >= 0.05
    assert clock.seconds["outer"] < 0.02


def _shown(name: str, figures: dict[str, object], folder: Path) -> str:
    save("costs", name, figures, folder)
    return "\n".join(costs.section(load("costs", folder)))


def test_the_least_is_less_than_the_stages(small_corpus: Path, tmp_path: Path) -> None:
    # On a busy machine a bound, too, may be measured when something else runs.
    for _ in range(5):
        figures = costs.stages(small_corpus / "txt", 2)
        if all(
            figures["bounds"][name] <= cost
            for name, cost in figures["stages"].items()
            if name in figures["bounds"]
        ):
            break
    else:
        pytest.fail("a stage takes less than the least it can take")
    assert set(figures["bounds"]) - {costs.DECODE, costs.COPY} < set(figures["stages"])
    assert set(stage_times.WATCHED.values()) >= set(figures["stages"]) - {
        stage_times.REST,
        stage_times.REPORT,
    }
    assert "| all |" in _shown("stages", figures, tmp_path)


def test_starting_and_cleaning_are_told(
    small_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(costs, "START_ROUNDS", 1)
    monkeypatch.setattr(costs, "CLEAN_ROUNDS", 1)
    processes.adopt_orphans()
    started = _shown("start", costs.start(Run()), tmp_path)
    assert "`dedupe scan samples/` |" in started
    found = costs.clean(small_corpus / "txt", Run())
    cleaned = _shown("clean", found, tmp_path)
    assert "MB/s of cleaned files" in cleaned


def test_an_archive_is_built_asked_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = own_corpus.paragraphs(60)
    articles = [texts[at : at + 3] for at in range(0, 60, 3)]
    monkeypatch.setattr(archive, "own_articles", lambda: articles)
    monkeypatch.setattr(archive, "ASKED", 5)
    monkeypatch.setattr(archive, "ADDED", 2)
    figures = archive.archive_of(60, Run(cache=tmp_path))
    assert figures["documents"] == 15
    assert not list(tmp_path.iterdir())
    save("archive", "60", figures, tmp_path / "results")
    text = "\n".join(archive.section(load("archive", tmp_path / "results")))
    assert "| add one article |" in text


def test_the_same_results_give_the_same_plots(
    raced: dict[str, dict[str, dict[str, object]]], tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    for size, result in raced.items():
        save("speed", size, result["figures"], tmp_path / "results")
    recall = {"recall": {"exact": 1.0, "tatweel": 0.5}, "mean_recall": 0.75}
    rows = [
        {"system": "dedupe", "settings": "defaults", "text": "raw", **recall},
        {"system": "rensa", "settings": "documented", "text": "raw", **recall},
        {"system": "rensa", "settings": "best", "text": "folded", **recall},
    ]
    save("variations", "own", {"rows": rows}, tmp_path / "results")
    found = {"bytes": 1000, "rounds": 1, "stages": {"align": 0.1}, "bounds": {}}
    save("costs", "stages", found, tmp_path / "results")
    pictures = []
    for number in range(2):
        page = tmp_path / str(number) / "page.md"
        page.parent.mkdir()
        drawn = draw(tmp_path / "results", page.with_suffix(""))
        pictures.append({path.name: path.read_bytes() for path in drawn})
    assert pictures[0] == pictures[1]
    assert pictures[0].keys() == {
        "recall.png",
        "speed.svg",
        "time.svg",
        "memory.svg",
        "stages.svg",
    }


def test_nothing_is_drawn_of_nothing(tmp_path: Path) -> None:
    write_page(tmp_path, tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text("utf-8").startswith("# Benchmarks")
    assert not (tmp_path / "page").exists()


def test_a_corpus_is_made_once(
    tmp_path: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(cache=tmp_path)
    shutil.copytree(small_corpus, tmp_path / "own-corpora" / "1mb")
    monkeypatch.setattr(corpus, "make", lambda *_: pytest.fail("made again"))
    assert corpus.ready(run, "1mb") == tmp_path / "own-corpora" / "1mb"
