"""Measure what is found of the repeats that stand in real news.

The truth is near-exhaustive: pairs of paragraphs with the Jaccard (j3) and
containment (c3) of their word 3-shingles, and groups of paragraphs that are equal
after folding.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.command import (
    Matches,
    Pair,
    Place,
    add_command_option,
    read_pairs,
    scan,
)
from benchmarks.datasets import read_corpus, read_rows, write_documents
from benchmarks.words import jaccard_and_containment, longest_common_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SAMPLES = 30

# The truth does not hold pairs less alike than this.
TOLD_JACCARD = 0.2


class Likeness(NamedTuple):
    """A pair of the truth."""

    left: Place
    right: Place
    j3: float
    c3: float


BANDS: dict[str, tuple[Callable[[Likeness], bool], float | None]] = {
    "j3 >= .8": (lambda pair: pair.j3 >= 0.8, 0.995),
    "j3 >= .7": (lambda pair: pair.j3 >= 0.7, 0.99),
    "j3 >= .5": (lambda pair: pair.j3 >= 0.5, 0.97),
    "c3 >= .8, j3 < .5": (lambda pair: pair.c3 >= 0.8 and pair.j3 < 0.5, 0.95),
    "  j3 in [.7, .8)": (lambda pair: 0.7 <= pair.j3 < 0.8, None),
    "  j3 in [.5, .7)": (lambda pair: 0.5 <= pair.j3 < 0.7, None),
    "  j3 in [.3, .5)": (lambda pair: 0.3 <= pair.j3 < 0.5, None),
    "  j3 < .3": (lambda pair: pair.j3 < 0.3, None),
}
GROUPS_TARGET = 0.98


def main() -> None:
    """Print recall by band for each corpus, then misses and pairs to be judged."""
    parser = argparse.ArgumentParser(prog="benchmarks.natural", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    parser.add_argument("--corpus", choices=("saudi", "ant2"), action="append")
    parser.add_argument("--seed", type=int, default=1, help="of the samples")
    add_command_option(parser)
    options = parser.parse_args()
    for corpus in options.corpus or ["saudi", "ant2"]:
        measure(corpus, options.data, options.command, Random(options.seed))


def measure(corpus: str, data: Path, command: str, random: Random) -> None:
    """Scan a corpus and print how its pairs compare with the truth."""
    documents = list(read_corpus(data, corpus))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_documents(folder / "articles.jsonl", documents)
        output = folder / "pairs.jsonl"
        seconds = scan(command, folder / "articles.jsonl", output, "pairs")
        pairs = read_pairs(output)
    texts = {
        (document.id, line): text
        for document in documents
        for line, text in enumerate(document.text.split("\n"))
    }
    truth = read_truth(data / f"{corpus}_pairs.jsonl.gz")
    print(f"\n{corpus}: {len(documents)} articles in {seconds:.1f} s, ", end="")
    print(f"{len(pairs)} pairs, {dict(Counter(pair.relation for pair in pairs))}")
    matches = Matches(pairs)
    missed = print_recall(truth, matches)
    print_groups(data / f"{corpus}_groups.jsonl.gz", matches, texts)
    print_missed(missed, texts, random)
    told = {name for pair in truth for name in _names(pair.left, pair.right, matches)}
    print_untold(pairs, told, matches, texts, random)


def read_truth(path: Path) -> list[Likeness]:
    """Return the pairs of the truth."""
    return [
        Likeness(_place(row["a"]), _place(row["b"]), row["j3"], row["c3"])
        for row in read_rows(path)
    ]


def _place(name: str) -> Place:
    document, _, paragraph = name.rpartition("#")
    return document, int(paragraph)


def _verdict(found: int, total: int, target: float | None) -> str:
    if target is None:
        return ""
    return f"target {target:.1%} {'ok' if found >= target * total else 'MISSED'}"


def print_recall(truth: list[Likeness], matches: Matches) -> list[Likeness]:
    """Print recall by band; return the pairs that were missed against a target."""
    missed: dict[Likeness, None] = {}
    for band, (belongs, target) in BANDS.items():
        inside = [pair for pair in truth if belongs(pair)]
        absent = [pair for pair in inside if not matches.found(pair.left, pair.right)]
        found = len(inside) - len(absent)
        print(
            f"{band:20}{found:8} of {len(inside):6} {found / max(1, len(inside)):8.2%}"
            f"  {_verdict(found, len(inside), target)}"
        )
        if target is not None:
            missed |= dict.fromkeys(absent)
    return list(missed)


def print_groups(path: Path, matches: Matches, texts: dict[Place, str]) -> None:
    """Print how many groups of equal paragraphs were found whole."""
    groups = [[_place(name) for name in row] for row in _groups(path)]
    whole = sum(len(set(map(matches.group, group))) == 1 for group in groups)
    print(
        f"{'groups folded':20}{whole:8} of {len(groups):6} {whole / len(groups):8.2%}"
        f"  {_verdict(whole, len(groups), GROUPS_TARGET)}"
    )
    torn = [group for group in groups if len(set(map(matches.group, group))) > 1]
    for group in torn[:10]:
        print(f"  torn group of {len(group)}: {texts[group[0]][:150]}")
        print(f"  {' ' * len(f'torn group of {len(group)}')}  {texts[group[1]][:150]}")


def _groups(path: Path) -> Iterable[list[str]]:
    for row in read_rows(path):
        yield list(row)


def print_missed(
    missed: list[Likeness], texts: dict[Place, str], random: Random
) -> None:
    """Print some pairs of the truth that were not found."""
    print(f"\nmissed: {len(missed)}")
    for left, right, j3, c3 in random.sample(missed, min(SAMPLES, len(missed))):
        print(f"\n[missed] j3 {j3:.2f} c3 {c3:.2f} {left} {right}")
        print(f"  {texts[left]}\n  {texts[right]}")


def _names(left: Place, right: Place, matches: Matches) -> list[tuple[Place, ...]]:
    """Return a pair as it is, and as its groups of equal paragraphs."""
    groups = matches.group(left), matches.group(right)
    return [tuple(sorted((left, right))), tuple(sorted(groups))]


def print_untold(
    pairs: list[Pair],
    told: set[tuple[Place, ...]],
    matches: Matches,
    texts: dict[Place, str],
    random: Random,
) -> None:
    """Print what our pairs outside the truth share, with samples to read."""
    untold = [
        pair
        for pair in pairs
        if not matches.equal(pair.left.place, pair.right.place)
        and told.isdisjoint(_names(pair.left.place, pair.right.place, matches))
    ]
    print(f"\npairs outside the truth: {len(untold)} of {len(pairs)}")
    sample = random.sample(untold, min(2000, len(untold)))
    shares: Counter[tuple[str, str, str]] = Counter()
    for pair in sample:
        left, right = texts[pair.left.place], texts[pair.right.place]
        jaccard, containment = jaccard_and_containment(left, right)
        longest = len(longest_common_run(left, right))
        length = next(size for size in (12, 8, 6, 5, 0) if longest >= size)
        alike = "j3 >= .2" if jaccard >= TOLD_JACCARD else "j3 < .2"
        shares[pair.relation, alike, f"run >= {length:2}"] += 1
    print(f"of {len(sample)}, by relation, likeness and the longest equal run:")
    for kind, count in sorted(shares.items()):
        print("  {:12} {:9} {:10}".format(*kind), f"{count:6}")
    for pair in sample[:SAMPLES]:
        left, right = texts[pair.left.place], texts[pair.right.place]
        jaccard, containment = jaccard_and_containment(left, right)
        run = longest_common_run(left, right)
        print(
            f"\n[outside] {pair.relation}, words {pair.words}, reported j "
            f"{pair.jaccard:.2f} c {pair.containment:.2f}; j3 {jaccard:.2f} c3 "
            f"{containment:.2f}; run {len(run)}: {' '.join(run)}\n  {left}\n  {right}"
        )


if __name__ == "__main__":
    main()
