"""Measure what is found of paragraphs written anew, and what is found wrongly.

Originals are paragraphs of real articles that share little with any other; each is
written anew (see `variations`) and hidden, with its original, among thousands of
other paragraphs. Recall counts a pair of `--format pairs` between an original and its
variant. A pair between paragraphs of different origin is listed for reading: when the
two share a run of words it may be a real quotation or formula, else it is false.
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.command import (
    Matches,
    Pair,
    Part,
    Place,
    add_command_option,
    read_pairs,
    scan,
)
from benchmarks.datasets import CORPORA, Document, read_paragraphs, write_documents
from benchmarks.variations import VARIATIONS, Surroundings, Vocabulary
from benchmarks.words import (
    fold_words,
    jaccard_and_containment,
    longest_common_run,
    shingles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MIN_WORDS, MAX_WORDS = 30, 120

# An original may share this part of its 3-shingles with the paragraphs taken before
# it: names and formulas, no copy.
SHARED_PART = 0.2

# Two paragraphs that share a run this long quote each other or a formula.
QUOTATION_WORDS = 8
FORMULA_WORDS = 6

# Paragraphs in a document when a document holds a few.
FEW = 5

SAMPLES = 30


class Copy(NamedTuple):
    """An original and its variant, by their indexes in a corpus of paragraphs."""

    variation: str
    original: int
    variant: int


@dataclasses.dataclass(slots=True)
class Mixture:
    """Paragraphs to be scanned together, with the origin of each."""

    texts: list[str] = dataclasses.field(default_factory=list)
    origins: list[int] = dataclasses.field(default_factory=list)
    copies: list[Copy] = dataclasses.field(default_factory=list)
    indexes: dict[str, int] = dataclasses.field(default_factory=dict)  # of originals

    def add(self, text: str, origin: int | None = None) -> int:
        """Add a paragraph, of its own origin unless told; return its index."""
        index = len(self.texts)
        self.texts.append(text)
        self.origins.append(index if origin is None else origin)
        return index


class Strange(NamedTuple):
    """A pair of paragraphs of different origin."""

    pair: Pair
    left: str
    right: str
    left_start: int  # where the paragraph begins in its document
    right_start: int


@dataclasses.dataclass(slots=True)
class Outcome:
    """What a scan of a mixture found."""

    seconds: float
    paragraphs: int
    total: Counter[str] = dataclasses.field(default_factory=Counter)
    found: Counter[str] = dataclasses.field(default_factory=Counter)
    relations: dict[str, Counter[str]] = dataclasses.field(default_factory=dict)
    torn: Counter[str] = dataclasses.field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = dataclasses.field(default_factory=list)
    strange: list[Strange] = dataclasses.field(default_factory=list)

    def join(self, other: Outcome) -> None:
        """Take in what another scan found."""
        self.seconds += other.seconds
        self.paragraphs += other.paragraphs
        self.total += other.total
        self.found += other.found
        self.torn += other.torn
        for variation, relations in other.relations.items():
            self.relations.setdefault(variation, Counter()).update(relations)
        self.missed += other.missed
        self.strange += other.strange


def main() -> None:
    """Print recall by variation, then misses and wrong pairs with their texts."""
    options = _options()
    random = Random(options.seed)
    pool = distinct_paragraphs(read_pool(options.data, options.corpus), random)
    vocabulary = Vocabulary(pool)
    chosen = options.variation or list(VARIATIONS)
    outcome = Outcome(seconds=0.0, paragraphs=0)
    with tempfile.TemporaryDirectory() as folder:
        for mixture in mix(options, chosen, pool, vocabulary, random):
            few = FEW if options.documents == "few" else 1
            outcome.join(measure(mixture, Path(folder), options.command, few, random))
    print(
        f"corpus {options.corpus}, seed {options.seed}, mode {options.mode}, ", end=""
    )
    print(f"documents of {options.documents} paragraph(s)")
    print_recall(outcome)
    print_missed(outcome.missed)
    print_strange(outcome)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accuracy", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    parser.add_argument("--corpus", choices=sorted(CORPORA), default="saudi")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--originals", type=int, default=300, help="originals a variation"
    )
    parser.add_argument(
        "--others", type=int, default=5000, help="paragraphs that nothing is made of"
    )
    parser.add_argument(
        "--mode",
        choices=("disjoint", "alone", "together"),
        default="disjoint",
        help="one scan, no original varied twice (disjoint); a scan a variation "
        "(alone); one scan, every original varied in every way (together)",
    )
    parser.add_argument(
        "--documents",
        choices=("one", "few"),
        default="one",
        help="paragraphs in a document",
    )
    parser.add_argument(
        "--variation", action="append", choices=list(VARIATIONS), help="only this one"
    )
    add_command_option(parser)
    return parser.parse_args()


def read_pool(data: Path, corpus: str) -> list[str]:
    """Return the paragraphs of a corpus that are neither short nor long."""
    return [
        text
        for _, text in read_paragraphs(data, corpus)
        if MIN_WORDS <= len(fold_words(text)) <= MAX_WORDS
        and MIN_WORDS <= len(text.split()) <= MAX_WORDS
    ]


def distinct_paragraphs(texts: list[str], random: Random) -> list[str]:
    """Return paragraphs in random order, without those that repeat earlier ones."""
    seen: set[tuple[str, ...]] = set()
    distinct = []
    for text in random.sample(texts, len(texts)):
        runs = shingles(fold_words(text))
        if len(runs & seen) <= SHARED_PART * len(runs):
            distinct.append(text)
            seen |= runs
    return distinct


def mix(
    options: argparse.Namespace,
    chosen: Sequence[str],
    pool: list[str],
    vocabulary: Vocabulary,
    random: Random,
) -> Iterator[Mixture]:
    """Yield the corpora to scan."""
    originals = _affordable_originals(options, chosen, len(pool))
    stock = iter(pool)
    others = list(itertools.islice(stock, options.others))
    if options.mode == "alone":
        shares = [[variation] for variation in chosen]
    else:
        shares = [list(chosen)]
    for variations in shares:
        mixture = Mixture()
        shared: list[str] = []
        for variation in variations:
            if options.mode != "together" or not shared:
                shared = list(itertools.islice(stock, originals))
            for original in shared:
                around = Surroundings("", "", vocabulary)
                if VARIATIONS[variation].surrounded:
                    around = Surroundings(next(stock), next(stock), vocabulary)
                _add_copy(mixture, variation, original, around, random)
        for text in others:
            mixture.add(text)
        yield mixture


def _affordable_originals(
    options: argparse.Namespace, chosen: Sequence[str], distinct: int
) -> int:
    """Return how many originals a variation can have, of those asked for."""
    varied = 1 if options.mode == "together" else len(chosen)
    surrounded = sum(VARIATIONS[variation].surrounded for variation in chosen)
    room = max(0, distinct - options.others) // (varied + 2 * surrounded)
    if room < options.originals:
        print(f"{distinct} distinct paragraphs: {room} originals a variation")
    return int(min(options.originals, room))


def _add_copy(
    mixture: Mixture,
    variation: str,
    original: str,
    around: Surroundings,
    random: Random,
) -> None:
    way = VARIATIONS[variation]
    if way.prepare:
        original = way.prepare(original, random)
    variant = way.vary(original, random, around)
    # Where every original is varied in every way, it is there but once.
    index = mixture.indexes.get(original)
    if index is None:
        index = mixture.add(original)
        mixture.indexes[original] = index
    copy = mixture.add(variant, mixture.origins[index])
    mixture.copies.append(Copy(variation, index, copy))


def measure(
    mixture: Mixture, folder: Path, command: str, few: int, random: Random
) -> Outcome:
    """Scan a mixture and compare the pairs with what is known."""
    order = random.sample(range(len(mixture.texts)), len(mixture.texts))
    places: dict[int, Place] = {}
    documents = []
    for first in range(0, len(order), few):
        indexes = order[first : first + few]
        name = f"d{first // few:06}"
        places |= {index: (name, line) for line, index in enumerate(indexes)}
        documents.append(Document(name, "\n".join(mixture.texts[i] for i in indexes)))
    write_documents(folder / "mixture.jsonl", documents)
    output = folder / "pairs.jsonl"
    seconds = scan(command, folder / "mixture.jsonl", output, "pairs")
    pairs = read_pairs(output)
    outcome = Outcome(seconds, len(mixture.texts))
    matches = Matches(pairs)
    _count_recall(mixture, places, matches, outcome)
    _count_torn(mixture, places, matches, dict(documents), outcome)
    at = {place: index for index, place in places.items()}
    texts = dict(documents)
    for pair in pairs:
        left, right = (at[part.place] for part in (pair.left, pair.right))
        if mixture.origins[left] != mixture.origins[right]:
            outcome.strange.append(
                Strange(
                    pair,
                    mixture.texts[left],
                    mixture.texts[right],
                    _start_of(pair.left.place, texts),
                    _start_of(pair.right.place, texts),
                )
            )
    return outcome


def _start_of(place: Place, texts: dict[str, str]) -> int:
    document, line = place
    return sum(len(text) + 1 for text in texts[document].split("\n")[:line])


def _count_recall(
    mixture: Mixture, places: dict[int, Place], matches: Matches, outcome: Outcome
) -> None:
    for copy in mixture.copies:
        left, right = places[copy.original], places[copy.variant]
        relations = outcome.relations.setdefault(copy.variation, Counter())
        outcome.total[copy.variation] += 1
        if matches.found(left, right):
            outcome.found[copy.variation] += 1
            tied = {pair.relation for pair in matches.between(left, right)}
            relations.update(tied or {"equal"})
        else:
            original, variant = (mixture.texts[i] for i in copy[1:])
            outcome.missed.append((copy.variation, original, variant))


def _count_torn(
    mixture: Mixture,
    places: dict[int, Place],
    matches: Matches,
    texts: dict[str, str],
    outcome: Outcome,
) -> None:
    """Count the matches whose spans leave out a part of what the two really share."""
    for variation, original, variant in mixture.copies:
        ends = {places[original], places[variant]}
        for pair in matches.between(*ends):
            if {pair.left.place, pair.right.place} != ends:
                continue
            shown = (
                texts[part.place[0]][part.start : part.end]
                for part in (pair.left, pair.right)
            )
            whole = longest_common_run(mixture.texts[original], mixture.texts[variant])
            outcome.torn[variation] += len(longest_common_run(*shown)) < len(whole)


def print_recall(outcome: Outcome) -> None:
    """Print the table of variations."""
    print(f"{outcome.paragraphs} paragraphs scanned in {outcome.seconds:.1f} s\n")
    print("torn: pairs whose spans do not hold all of the longest equal run")
    print(f"{'variation':24}{'found':>6}{'of':>6}{'recall':>9}{'target':>8}{'torn':>6}")
    for variation, total in outcome.total.items():
        found, target = outcome.found[variation], VARIATIONS[variation].target
        wanted = "-" if target is None else f"{target:.1%}"
        verdict = "" if target is None else "ok"
        if target is not None and found < target * total:
            verdict = "MISSED"
        relations = ", ".join(
            f"{relation} {count}"
            for relation, count in outcome.relations[variation].most_common()
        )
        print(
            f"{variation:24}{found:6}{total:6}{found / total:9.2%}{wanted:>8}"
            f"{outcome.torn[variation]:6}  {verdict:7} {relations}"
        )


def print_missed(missed: list[tuple[str, str, str]]) -> None:
    """Print originals whose variants were not found, a few of every variation."""
    print(f"\nmissed: {len(missed)}")
    shown: Counter[str] = Counter()
    for variation, original, variant in missed:
        shown[variation] += 1
        if shown[variation] <= max(3, SAMPLES // len(set(VARIATIONS))):
            jaccard, containment = jaccard_and_containment(original, variant)
            run = longest_common_run(original, variant)
            print(f"\n[{variation}] j3 {jaccard:.2f} c3 {containment:.2f}", end="")
            print(f" longest run {len(run)}\n  {original}\n  {variant}")


def print_strange(outcome: Outcome) -> None:
    """Print the pairs of different origin by what they really share, with samples."""
    kinds: dict[str, list[tuple[Strange, list[str]]]] = {
        "false": [],
        "formula": [],
        "quotation": [],
    }
    for strange in outcome.strange:
        run = longest_common_run(strange.left, strange.right)
        kind = "quotation" if len(run) >= QUOTATION_WORDS else "formula"
        kinds[kind if len(run) >= FORMULA_WORDS else "false"].append((strange, run))
    rate = 1000 / outcome.paragraphs
    print(f"\npairs of different origin: {len(outcome.strange)}")
    print(f"  false      share no run of {FORMULA_WORDS} words")
    print(f"  formula    share a run of {FORMULA_WORDS} or more words")
    print(f"  quotation  share a run of {QUOTATION_WORDS} or more words")
    for kind, found in kinds.items():
        relations = Counter(strange.pair.relation for strange, _ in found)
        print(
            f"{kind:10} {len(found):6}, {len(found) * rate:.2f} a thousand paragraphs"
        )
        print(f"           {dict(relations.most_common())}")
    for kind, found in kinds.items():
        for strange, run in found[: SAMPLES if kind == "false" else SAMPLES // 2]:
            _print_sample(kind, strange, run)


def _print_sample(kind: str, strange: Strange, run: list[str]) -> None:
    pair, left, right, left_start, right_start = strange
    jaccard, containment = jaccard_and_containment(left, right)
    print(
        f"\n[{kind}] {pair.relation}, words {pair.words}, reported "
        f"j {pair.jaccard:.2f} c {pair.containment:.2f}; j3 {jaccard:.2f} "
        f"c3 {containment:.2f}; run {len(run)}: {' '.join(run)}"
    )
    print(f"  {_marked(left, pair.left, left_start)}")
    print(f"  {_marked(right, pair.right, right_start)}")


def _marked(text: str, part: Part, begin: int) -> str:
    """Return a paragraph with brackets around its matched part."""
    start, end = part.start - begin, part.end - begin
    return f"{text[:start]}[[{text[start:end]}]]{text[end:]}"


if __name__ == "__main__":
    main()
