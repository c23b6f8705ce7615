"""Compare what the stages cost with what was recorded."""

from __future__ import annotations

import json
import platform
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from benchmarks.frame import machine
from benchmarks.regression.stages import CLEAN, CONTROL, CONTROL_SHARE, KERNEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.regression.meters import Meter

RECORDS = Path(__file__).with_name("records.json")
AGAIN = "python -m benchmarks.regression --record"

# With another Python or processor the same work is other instructions, if not many
# (a twentieth between Python 3.11 with numpy 2.4 and 3.13 with 2.5).
FOREIGN_TOLERANCE = 1.5
# What became so much cheaper should be recorded, so that it stays.
CHEAPER = 0.9

Costs: TypeAlias = "Mapping[str, float]"


class Record(NamedTuple):
    """What was counted once, and with what."""

    surroundings: dict[str, str]
    costs: dict[str, float]


class Verdict(NamedTuple):
    """A stage beside its record."""

    stage: str
    cost: float
    factor: float  # of the recorded cost, both in units of the reference kernel
    limit: float

    @property
    def is_regression(self) -> bool:
        """Say whether the stage costs too much."""
        return self.factor > self.limit


class Report(NamedTuple):
    """All stages, and why the gate fails, where it does."""

    verdicts: list[Verdict]
    failures: list[str]
    notes: list[str]


def surroundings() -> dict[str, str]:
    """Return what the counts depend on besides the work."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": ".".join(np.__version__.split(".")[:2]),
        "machine": platform.machine(),
        "processor": str(machine()["processor"]),
    }


def read_record(unit: str, path: Path = RECORDS) -> Record | None:
    """Return what was recorded in a unit, None where nothing was."""
    if not path.exists():
        return None
    found = json.loads(path.read_text("utf-8")).get(unit)
    return Record(found["surroundings"], found["costs"]) if found else None


def write_record(unit: str, costs: Costs, path: Path = RECORDS) -> None:
    """Record what was counted; what was recorded in other units stays."""
    records = json.loads(path.read_text("utf-8")) if path.exists() else {}
    kept = {stage: cost for stage, cost in costs.items() if stage != CONTROL}
    records[unit] = {"surroundings": surroundings(), "costs": kept}
    text = json.dumps(records, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", "utf-8")


def judge(costs: Costs, record: Record, meter: Meter, here: dict[str, str]) -> Report:
    """Return what became of each stage, and what is wrong with that.

    What the reference kernel costs now, beside what it cost then, is what Python and
    numpy have become cheaper or dearer by.
    """
    alike = all(here[name] == record.surroundings[name] for name in meter.depends)
    limit = meter.tolerance if alike else FOREIGN_TOLERANCE
    drift = costs[KERNEL] / record.costs[KERNEL]
    verdicts = [
        Verdict(stage, costs[stage], costs[stage] / cost / drift, limit)
        for stage, cost in record.costs.items()
        if stage in costs and stage != KERNEL
    ]
    failures = [_told(verdict) for verdict in verdicts if verdict.is_regression]
    failures += _changed_stages(costs, record)
    if CONTROL in costs and limit < 1 + CONTROL_SHARE:
        failures += _control(costs, record, drift, limit)
    return Report(verdicts, failures, _notes(verdicts, record, here, drift))


def _told(verdict: Verdict) -> str:
    return (
        f"{verdict.stage} costs {verdict.factor:.2f} times what was recorded;"
        f" {verdict.limit:g} times is the limit."
    )


def _changed_stages(costs: Costs, record: Record) -> list[str]:
    stages = costs.keys() - {CONTROL}
    return [
        f"The stage '{stage}' is not in both the program and the record; run {AGAIN}"
        for stage in sorted(stages ^ record.costs.keys())
    ]


def _control(costs: Costs, record: Record, drift: float, limit: float) -> list[str]:
    """Return a complaint unless the work that was made dearer would fail."""
    # Made dearer by more than the limit even where `clean` has become cheaper.
    factor = max(
        costs[CONTROL] / costs[CLEAN], costs[CONTROL] / record.costs[CLEAN] / drift
    )
    if factor > limit:
        return []
    return [
        f"The control costs but {factor:.2f} times its stage: the counts are wrong."
    ]


def _notes(
    verdicts: list[Verdict], record: Record, here: dict[str, str], drift: float
) -> list[str]:
    notes = []
    changed = [name for name in here if here[name] != record.surroundings[name]]
    if changed:
        then, now = (
            ", ".join(f"{name} {one[name]}" for name in changed)
            for one in (record.surroundings, here)
        )
        notes.append(f"Recorded with {then}; this is {now}.")
    if abs(drift - 1) > 0.01:
        notes.append(f"The reference kernel costs {drift:.2f} times what it did.")
    notes += [
        f"{verdict.stage} costs but {verdict.factor:.2f} times what was recorded:"
        f" keep that with {AGAIN}"
        for verdict in verdicts
        if verdict.factor < CHEAPER
    ]
    return notes
