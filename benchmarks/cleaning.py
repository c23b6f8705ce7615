"""Measure what cleaning costs beside scanning, and count what it changes in real news.

Both commands take turns on the same folder, and medians are compared. The counts are of
changes and of the articles that have any; an article is also cleaned a second time, and
its folded words are compared where nothing was removed.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.command import CLEAN, FINDINGS
from benchmarks.datasets import CORPORA, Document, read_corpus
from benchmarks.processes import run
from dedupe.cleaner import CleanSettings, clean_documents
from dedupe.edits import Edit, apply
from dedupe.folding import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MEGABYTE = 1_000_000
TARGET = 0.5  # of the throughput of scan
ARTICLES_AT_ONCE = 200
REMOVALS = frozenset({"repeated-block", "repeated-paragraph", "near-duplicate"})
PROGRAM = f"{shlex.quote(sys.executable)} -m dedupe"


def main() -> None:
    """Print the throughput of both commands, and how often each rule applied."""
    parser = argparse.ArgumentParser(prog="benchmarks.cleaning", description=__doc__)
    parser.add_argument("--folder", type=Path, help="texts to measure the speed on")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="evaluation data to count changes in")
    parser.add_argument("--corpus", choices=list(CORPORA), default="saudi")
    parser.add_argument(
        "--unsafe", action="store_true", help="count near-duplicates that go, too"
    )
    parser.add_argument(
        "--program", default=PROGRAM, help="the program to measure, up to its command"
    )
    options = parser.parse_args()
    if not options.folder and not options.data:
        parser.error("name a --folder to measure, --data to count in, or both")
    if options.folder:
        measure(options.folder, options.program, options.rounds)
    if options.data:
        settings = CleanSettings(unsafe=options.unsafe)
        print_counts(count(read_corpus(options.data, options.corpus), settings))


def measure(folder: Path, program: str, rounds: int) -> None:
    """Run both commands in turn and print the ratio of their medians."""
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    seconds: dict[str, list[float]] = {"scan": [], "clean": []}
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as output:
            report, tree = Path(output, "report.json"), Path(output, "clean")
            for name, options in (
                ("scan", ["--format", "json", "-o", str(report)]),
                ("clean", ["--output-dir", str(tree)]),
            ):
                cost = run([*shlex.split(program), name, str(folder), *options])
                if cost.code not in {CLEAN, FINDINGS}:
                    sys.exit(f"{name} ended with {cost.code}")
                if number:  # the first round fills the page cache
                    seconds[name].append(cost.wall)
    scan, clean = (size / MEGABYTE / median(seconds[name]) for name in seconds)
    print(f"scan {scan:.0f} MB/s, clean {clean:.0f} MB/s: {clean / scan:.2f} of scan")
    print(f"target {TARGET}: {'met' if clean >= TARGET * scan else 'MISSED'}")


@dataclass
class Counts:
    """How often each rule changed something, and what else there is to tell."""

    articles: int = 0
    changed: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    articles_by_rule: Counter[str] = field(default_factory=Counter)
    characters: Counter[str] = field(default_factory=Counter)
    changed_again: int = 0
    other_words: int = 0


def count(documents: Iterable[Document], settings: CleanSettings) -> Counts:
    """Clean all articles, each twice."""
    counts = Counts()
    left = iter(documents)
    while articles := list(islice(left, ARTICLES_AT_ONCE)):
        texts = [article.text for article in articles]
        found = clean_documents(texts, settings)
        cleaned = [apply(*pair) for pair in zip(texts, found, strict=True)]
        counts.changed_again += sum(map(bool, clean_documents(cleaned, settings)))
        for text, after, edits in zip(texts, cleaned, found, strict=True):
            add(counts, text, after, edits)
    return counts


def add(counts: Counts, text: str, cleaned: str, edits: Sequence[Edit]) -> None:
    """Count the changes of one article."""
    rules = [rule for edit in edits for rule in edit.rule.split("+")]
    counts.articles += 1
    counts.changed += bool(edits)
    counts.changes.update(rules)
    counts.articles_by_rule.update(set(rules))
    for edit in edits:
        for rule in edit.rule.split("+"):
            counts.characters[rule] += edit.end - edit.start
    if REMOVALS.isdisjoint(rules):
        before, after = (fold_words([one]).hashes.tolist() for one in (text, cleaned))
        counts.other_words += before != after


def print_counts(counts: Counts) -> None:
    """Print a table, the rules that apply most often first."""
    print("| rule | changes | articles | characters touched |")
    print("|---|--:|--:|--:|")
    order = sorted(counts.changes, key=lambda rule: (-counts.changes[rule], rule))
    for rule in order:
        columns = counts.changes, counts.articles_by_rule, counts.characters
        print(f"| {rule} | {' | '.join(f'{one[rule]:,}' for one in columns)} |")
    print(f"\n{counts.changed:,} of {counts.articles:,} articles are changed.")
    print(f"Cleaned again, {counts.changed_again:,} change once more.")
    print(f"Nothing removed and other words: {counts.other_words:,}.")


if __name__ == "__main__":
    main()
