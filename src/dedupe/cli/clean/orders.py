"""What a run of `clean` is to do, and what there is to tell of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, NamedTuple

import numpy as np

from dedupe.cleaner import CleanSettings
from dedupe.cli.clean import diffs
from dedupe.cli.clean.goals import Goal
from dedupe.cli.clean.trees import Tree
from dedupe.contents import Contents
from dedupe.model import Problem
from dedupe.processes import Outcome
from dedupe.readers import ReadOptions, Source
from dedupe.removals import Departure
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, settled before the work begins."""

    settings: CleanSettings
    read: ReadOptions
    goal: Goal
    tree: Tree | None = None
    backup: str = ""
    wants_report: bool = False
    paint: diffs.Paint = diffs.plain
    width: int = 0  # of the terminal that shows a diff, or 0 for a file
    departures: Mapping[tuple[str, int], Sequence[Departure]] = field(
        default_factory=dict
    )

    def target(self, source: Source) -> str:
        """Return the path under which the clean text of a source is reported."""
        return self.tree.target(source.name) if self.tree else source.name


@dataclass(slots=True)
class Tally:
    """What was done, counted."""

    documents: int = 0
    changed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    suspects: Counter[str] = field(default_factory=Counter)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add what was done elsewhere."""
        self.documents += other.documents
        self.changed += other.changed
        self.rules.update(other.rules)
        self.suspects.update(other.suspects)
        self.errors += other.errors
        self.warnings += other.warnings

    def count(self, contents: Contents, texts: int) -> None:
        """Count what was done to a file, or to some lines, of so many texts."""
        self.documents += texts
        self.errors += contents.errors
        self.warnings += contents.warnings
        for document in contents.documents:
            self.changed += bool(document.edits)
            for edit in document.edits:
                self.rules.update(edit.rule.split("+"))
            self.suspects.update(remark.rule for remark in document.remarks)

    def told(self) -> dict[str, Any]:
        """Return the same in values that JSON can carry."""
        return {
            "documents": self.documents,
            "changed": self.changed,
            "rules": self.rules,
            "suspects": self.suspects,
            "errors": [(problem.path, problem.reason) for problem in self.errors],
            "warnings": [(problem.path, problem.reason) for problem in self.warnings],
        }

    @classmethod
    def of(cls, told: dict[str, Any]) -> Tally:
        """Return what another process has told."""
        return cls(
            told["documents"],
            told["changed"],
            Counter(told["rules"]),
            Counter(told["suspects"]),
            [Problem(*pair) for pair in told["errors"]],
            [Problem(*pair) for pair in told["warnings"]],
        )


class Delivery(NamedTuple):
    """What one step of the work gives."""

    tally: Tally
    out: memoryview | bytes = b""  # for standard output
    report: memoryview | bytes = b""
    share: float = 0  # of the bytes of all sources that is done

    def outcome(self) -> Outcome:
        """Return the same as a process can send it."""
        return self.tally.told(), {
            "out": np.frombuffer(self.out, np.uint8),
            "report": np.frombuffer(self.report, np.uint8),
        }

    @classmethod
    def of(cls, outcome: Outcome) -> Delivery:
        """Return what another process has sent."""
        told, arrays = outcome
        return cls(Tally.of(told), arrays["out"].data, arrays["report"].data)


def listed(counter: Counter[str]) -> str:
    """Return what was counted in words, the most frequent first.

    >>> listed(Counter({"tatweel": 2, "quotation-mark": 30}))
    '30 quotation-mark, 2 tatweel'
    """
    counts = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count:,} {rule}" for rule, count in counts)
