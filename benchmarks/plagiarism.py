"""Score passages on ExAraPlagDet, the Arabic task of plagiarism detection.

The measures are those of Potthast, Stein, Barrón-Cedeño and Rosso, "An Evaluation
Framework for Plagiarism Detection" (COLING 2010): a detection detects a case when
they touch on both sides; precision and recall are means over detections and cases of
the characters that agree; granularity is how many detections a detected case has.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.command import add_command_option, scan
from benchmarks.datasets import Document, read_rows, write_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHUFFLED = "word shuffling"
TARGET_PLAGDET = 0.90
TARGET_GRANULARITY = 1.10

Interval = tuple[int, int]


class Reuse(NamedTuple):
    """A stretch of a suspicious document and the stretch of its source."""

    suspicious: str
    start: int
    end: int
    source: str
    source_start: int
    source_end: int

    @property
    def length(self) -> int:
        """Return the characters of both sides."""
        return self.end - self.start + self.source_end - self.source_start

    def touches(self, other: Reuse) -> bool:
        """Say whether two reuses of the same documents overlap on both sides."""
        return max(self.start, other.start) < min(self.end, other.end) and max(
            self.source_start, other.source_start
        ) < min(self.source_end, other.source_end)


class Score(NamedTuple):
    """The four measures."""

    precision: float
    recall: float
    granularity: float
    plagdet: float


def main() -> None:
    """Print the score on all cases, without word shuffling and by obfuscation."""
    parser = argparse.ArgumentParser(prog="benchmarks.plagiarism", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    parser.add_argument("--detections", type=Path, help="write what was detected here")
    parser.add_argument("--samples", type=int, default=10, help="texts to show")
    add_command_option(parser)
    options = parser.parse_args()
    documents = list(read_rows(options.data / "araplagdet_docs.jsonl.gz"))
    texts = {row["id"]: row["text"] for row in documents}
    kinds = {row["id"]: row["kind"] for row in documents}
    cases = read_cases(options.data)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "documents.jsonl"
        write_documents(path, (Document(*item) for item in texts.items()))
        output = folder / "passages.jsonl"
        seconds = scan(options.command, path, output, "passages")
        detections = read_detections(output, kinds)
    if options.detections:
        write_detections(options.detections, detections)
    print(f"{len(texts)} documents in {seconds:.1f} s, {len(detections)} detections\n")
    print_scores(cases, detections)
    ordered = {case for case, kind in cases.items() if kind != SHUFFLED}
    shuffled = cases.keys() - ordered
    print_samples(ordered, without(detections, shuffled), texts, options.samples)


def read_cases(data: Path) -> dict[Reuse, str]:
    """Return the annotated cases with their kinds of obfuscation."""
    rows = read_rows(data / "araplagdet_truth.jsonl.gz")
    return {_case(row): row["obfuscation"] for row in rows}


def _case(row: dict[str, object]) -> Reuse:
    names = ("this_offset", "this_length", "source_offset", "source_length")
    start, length, source_start, source_length = (int(str(row[name])) for name in names)
    return Reuse(
        str(row["susp"]),
        start,
        start + length,
        str(row["src"]),
        source_start,
        source_start + source_length,
    )


def read_detections(path: Path, kinds: dict[str, str]) -> list[Reuse]:
    """Return the passages between a suspicious document and a source."""
    detections = []
    for row in read_rows(path):
        left, right = row["left"], row["right"]
        if kinds[left["document"]] != "susp":
            left, right = right, left
        if (kinds[left["document"]], kinds[right["document"]]) == ("susp", "src"):
            sides = (
                (side["document"], side["start"], side["end"]) for side in (left, right)
            )
            detections.append(Reuse(*next(sides), *next(sides)))
    return detections


def write_detections(path: Path, detections: Iterable[Reuse]) -> None:
    """Write detections as JSON Lines with offsets and lengths, as scorers read them."""
    with path.open("w", encoding="utf-8") as out:
        for found in detections:
            row = {
                "susp": found.suspicious,
                "this_offset": found.start,
                "this_length": found.end - found.start,
                "src": found.source,
                "source_offset": found.source_start,
                "source_length": found.source_end - found.source_start,
            }
            out.write(json.dumps(row) + "\n")


def score(cases: Iterable[Reuse], detections: Iterable[Reuse]) -> Score:
    """Return the measures of detections against cases."""
    cases, detections = set(cases), set(detections)
    recall = mean(_covered_shares(cases, detections) or [0.0])
    precision = mean(_covered_shares(detections, cases) or [0.0])
    touched = touching(cases, detections)
    counts = [len(found) for found in touched.values() if found]
    granularity = mean(counts) if counts else 1.0
    harmonic = 2 * precision * recall / (precision + recall) if precision else 0.0
    plagdet = harmonic / math.log2(1 + granularity)
    return Score(precision, recall, granularity, plagdet)


def touching(
    reuses: Iterable[Reuse], others: Iterable[Reuse]
) -> dict[Reuse, list[Reuse]]:
    """Return for each reuse the others that touch it on both sides."""
    by_documents = defaultdict(list)
    for other in others:
        by_documents[other.suspicious, other.source].append(other)
    return {
        reuse: [
            other
            for other in by_documents[reuse.suspicious, reuse.source]
            if reuse.touches(other)
        ]
        for reuse in reuses
    }


def _covered_shares(reuses: Iterable[Reuse], others: Iterable[Reuse]) -> list[float]:
    """Return the share of the characters of each reuse that the others cover."""
    shares = []
    for reuse, near in touching(reuses, others).items():
        suspicious = (
            (max(reuse.start, other.start), min(reuse.end, other.end)) for other in near
        )
        source = (
            (
                max(reuse.source_start, other.source_start),
                min(reuse.source_end, other.source_end),
            )
            for other in near
        )
        covered = covered_length(suspicious) + covered_length(source)
        shares.append(covered / reuse.length if reuse.length else 0.0)
    return shares


def covered_length(intervals: Iterable[Interval]) -> int:
    """Return how much half-open intervals cover together.

    >>> covered_length([(0, 4), (2, 6), (8, 9)])
    7
    """
    covered = reached = 0
    for start, end in sorted(intervals):
        covered += max(0, end - max(start, reached))
        reached = max(reached, end)
    return covered


def without(detections: Iterable[Reuse], cases: Iterable[Reuse]) -> list[Reuse]:
    """Return the detections that touch none of the cases."""
    return [
        detection
        for detection, touched in touching(detections, cases).items()
        if not touched
    ]


def print_scores(cases: dict[Reuse, str], detections: list[Reuse]) -> None:
    """Print the scores on all cases, on the ordered ones, and recall by obfuscation."""
    chosen: dict[str, Callable[[str], bool]] = {
        "all": lambda _: True,
        f"without {SHUFFLED}": lambda kind: kind != SHUFFLED,
    }
    print(
        f"{'':26}{'cases':>6}{'precision':>11}{'recall':>9}{'granul.':>9}{'plagdet':>9}"
    )
    for name, wanted in chosen.items():
        inside = [case for case, kind in cases.items() if wanted(kind)]
        outside = [case for case, kind in cases.items() if not wanted(kind)]
        result = score(inside, without(detections, outside))
        print(
            f"{name:26}{len(inside):6}{result.precision:11.4f}{result.recall:9.4f}"
            f"{result.granularity:9.4f}{result.plagdet:9.4f}"
        )
    shuffled = [case for case, kind in cases.items() if kind == SHUFFLED]
    ordered = cases.keys() - set(shuffled)
    result = score(ordered, without(detections, shuffled))
    ok = result.plagdet >= TARGET_PLAGDET and result.granularity <= TARGET_GRANULARITY
    print(
        f"target without {SHUFFLED}: plagdet {TARGET_PLAGDET}, granularity at most "
        f"{TARGET_GRANULARITY}: {'ok' if ok else 'MISSED'}\n"
    )
    for kind in sorted(set(cases.values())):
        inside = [case for case, label in cases.items() if label == kind]
        found = sum(map(bool, touching(inside, detections).values()))
        result = score(inside, detections)
        print(
            f"  {kind:30} cases {len(inside):4}  detected {found / len(inside):.4f}  "
            f"recall {result.recall:.4f}  granularity {result.granularity:.4f}"
        )


def print_samples(
    cases: set[Reuse], detections: list[Reuse], texts: dict[str, str], count: int
) -> None:
    """Print cases that were missed, cut to pieces, and detections of no case."""

    def show(title: str, reuses: list[Reuse]) -> None:
        print(f"\n{title}: {len(reuses)}")
        for reuse in reuses[:count]:
            print(f"  {reuse.suspicious} [{reuse.start}, {reuse.end}) {reuse.source}")
            print(f"    {_quote(texts[reuse.suspicious], reuse.start, reuse.end)}")
            print(f"    {_quote(texts[reuse.source], *reuse[4:])}")

    by_case = touching(sorted(cases), detections)
    show("missed cases", [case for case, found in by_case.items() if not found])
    pieces = [case for case, found in by_case.items() if len(found) > 1]
    show("cases in pieces", pieces)
    by_detection = touching(sorted(detections), cases)
    stray = [found for found, touched in by_detection.items() if not touched]
    characters = sum(reuse.length for reuse in stray)
    show(f"detections of no case ({characters} characters)", stray)


def _quote(text: str, start: int, end: int) -> str:
    return " ".join(text[start:end].split())[:600]


if __name__ == "__main__":
    main()
