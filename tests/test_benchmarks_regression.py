"""The gate against slower stages says so when one is slower, and only then."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from benchmarks.regression import __main__ as gate
from benchmarks.regression import meters, stages, verdicts
from benchmarks.regression.articles import PARAGRAPHS, articles

from dedupe import scan
from dedupe.archive import WHOLE_PARAGRAPHS

HERE = {
    "python": "3.11",
    "numpy": "2.4",
    "machine": "x86_64",
    "processor": "a quick one",
}
METER = meters.METERS["instructions"]._replace(tolerance=1.25)
COSTS = {stages.KERNEL: 100.0, "compare": 50.0, stages.CLEAN: 20.0}
RECORD = verdicts.Record(HERE, COSTS)


def _judged(
    changed: dict[str, float], here: dict[str, str] | None = None
) -> verdicts.Report:
    return verdicts.judge({**COSTS, **changed}, RECORD, METER, here or HERE)


@pytest.mark.parametrize(
    ("changed", "failures"),
    [
        ({}, 0),
        ({"compare": 60.0}, 0),
        ({"compare": 65.0}, 1),
        ({"compare": 65.0, stages.CLEAN: 26.0}, 2),
        ({stages.KERNEL: 130.0, "compare": 65.0, stages.CLEAN: 26.0}, 0),
        ({stages.KERNEL: 80.0}, 0),
        ({stages.KERNEL: 70.0}, 2),
    ],
)
def test_a_stage_fails_when_it_costs_more_in_units_of_the_kernel(
    changed: dict[str, float], failures: int
) -> None:
    assert len(_judged(changed).failures) == failures


def test_a_failure_names_the_stage_and_the_factor() -> None:
    (failure,) = _judged({"compare": 65.0}).failures
    assert failure == (
        "compare costs 1.30 times what was recorded; 1.25 times is the limit."
    )


def test_with_another_python_only_what_is_gross_fails() -> None:
    other = {**HERE, "python": "3.14"}
    assert not _judged({"compare": 70.0}, other).failures
    assert _judged({"compare": 80.0}, other).failures
    assert "python 3.14" in _judged({}, other).notes[0]


def test_another_processor_or_numpy_changes_no_limit_of_instructions() -> None:
    other = {**HERE, "processor": "a slow one", "numpy": "3.0"}
    report = _judged({"compare": 65.0}, other)
    assert len(report.failures) == 1
    assert "numpy 3.0, processor a slow one" in report.notes[0]


@pytest.mark.parametrize(("cost", "failures"), [(26.0, 0), (20.5, 1)])
def test_a_control_that_would_pass_fails_the_gate(cost: float, failures: int) -> None:
    assert len(_judged({stages.CONTROL: cost}).failures) == failures


def test_a_control_does_not_fail_where_its_stage_became_cheaper() -> None:
    report = _judged({stages.CLEAN: 10.0, stages.CONTROL: 13.0})
    assert not report.failures
    assert "clean costs but 0.50 times" in report.notes[0]


@pytest.mark.parametrize("stage", ["new", "compare"])
def test_a_stage_that_is_not_in_the_record_or_the_program_fails(stage: str) -> None:
    costs = {"new": 1.0} if stage == "new" else {}
    kept = {name: cost for name, cost in COSTS.items() if name != stage}
    report = verdicts.judge({**kept, **costs}, RECORD, METER, HERE)
    assert any(f"'{stage}'" in failure for failure in report.failures)


def test_recording_keeps_what_other_meters_recorded(tmp_path: Path) -> None:
    path = tmp_path / "records.json"
    verdicts.write_record("seconds", {"compare": 1.0}, path)
    verdicts.write_record("instructions", {**COSTS, stages.CONTROL: 1.0}, path)
    assert verdicts.read_record("seconds", path) == verdicts.Record(
        verdicts.surroundings(), {"compare": 1.0}
    )
    recorded = verdicts.read_record("instructions", path)
    assert recorded
    assert recorded.costs == COSTS
    assert verdicts.read_record("joules", path) is None


def test_every_stage_is_recorded_in_both_units(tmp_path: Path) -> None:
    laps = stages.Laps()
    stages.work(dict(list(articles().items())[:20]), tmp_path / "work", laps)
    told = {stage for stage, _ in laps.told if stage}
    for unit in meters.METERS:
        record = verdicts.read_record(unit)
        assert record
        assert told | set(meters.COMMANDS) == record.costs.keys() | {stages.CONTROL}


def test_warming_up_belongs_to_no_stage() -> None:
    laps = stages.Laps()
    laps.end("compare")
    laps.forget()
    laps.end("clean")
    assert [stage for stage, _ in laps.told] == ["", "clean"]


def test_the_articles_are_more_than_an_archive_compares_as_a_whole() -> None:
    count = len(articles()) - stages.ASKED_ARTICLES
    assert count * PARAGRAPHS > WHOLE_PARAGRAPHS


def test_the_articles_hold_repeats_of_several_kinds() -> None:
    some = dict(list(articles().items())[:100])
    relations = {finding.relation for finding in scan(some, jobs=1).findings}
    assert relations >= {"identical", "orthographic", "edited"}


@pytest.mark.parametrize(("factor", "code"), [(1.0, 0), (1.3, 1)])
def test_the_command_fails_with_the_gate(
    factor: float,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "records.json"
    verdicts.write_record("instructions", COSTS, path)
    costs = {**COSTS, "compare": COSTS["compare"] * factor}
    meter = meters.METERS["instructions"]._replace(measure=lambda: costs)
    monkeypatch.setattr(gate, "choose", lambda _: meter)
    monkeypatch.setattr(
        gate, "read_record", lambda unit: verdicts.read_record(unit, path)
    )
    monkeypatch.setattr("sys.argv", ["benchmarks.regression"])
    assert gate.main() == code
    assert ("FAILED: compare" in capsys.readouterr().out) == bool(code)


@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")
def test_instructions_are_counted_lap_by_lap(tmp_path: Path) -> None:
    script = tmp_path / "laps.py"
    script.write_text(
        "import os\n"
        "for count in (100_000, 200_000):\n"
        "    os.getppid()\n"
        "    sum(range(count))\n"
        "os.getppid()\n",
        encoding="utf-8",
    )
    meters.metered(tmp_path, "laps", [str(script)])
    once, twice = (meters.total(tmp_path, f"laps.*.{lap}") for lap in (2, 3))
    assert 1.95 < twice / once < 2.05


def test_records_are_sorted_json() -> None:
    text = verdicts.RECORDS.read_text("utf-8")
    again = json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True)
    assert text == again + "\n"
