"""Draw findings outside the truth for a reader, and count what the reader said.

The truth of the natural pairs leaves pairs out, so what it does not hold may be right.
A sample is drawn by seed, so many of each stratum (relation and longest equal run); a
reader's verdicts stand in `results/readings.json`, with names and spans, without text.
Beside them stand those on pairs of the truth (j3 of at least .3) that were not found.

python -m benchmarks.reading --data DIR   prints the sample to be read
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections import defaultdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.command import (
    Matches,
    Pair,
    add_command_option,
    read_pairs,
    scan,
)
from benchmarks.datasets import read_corpus, write_documents
from benchmarks.natural import read_truth
from benchmarks.words import longest_common_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.command import Place
    from benchmarks.datasets import Row

READINGS = Path("benchmarks/results/readings.json")
CORPORA = ("saudi", "ant2")
SEED = 6
# So many findings of each stratum are read, and more of the large ones.
A_STRATUM, MORE, LARGE = 3, 10, 500
RUNS = (12, 8, 5, 0)
CONTEXT = 80

# Of a longer part, its begin and its end are shown.
SHOWN = 300

# What a reader may say.
VERDICTS = {
    "reuse": "one was taken from the other, or both from one source",
    "formula": "the words are shared, but they are a title, a prayer or a set phrase",
    "wrong": "nothing of note is shared",
}

Key = tuple[str, int, int, str, int, int]


class Strata(NamedTuple):
    """The findings of a corpus outside the truth, by stratum."""

    pairs: dict[str, list[Pair]]
    texts: dict[str, str]


def main() -> None:
    """Print the sample with the words around each matched part."""
    parser = argparse.ArgumentParser(prog="benchmarks.reading", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    add_command_option(parser)
    options = parser.parse_args()
    number = itertools.count(1)
    for corpus in CORPORA:
        strata = untold(corpus, options.data, options.command)
        for stratum, drawn in sample(strata.pairs).items():
            print(f"\n== {corpus}, {stratum}: {len(strata.pairs[stratum])} findings")
            for pair in drawn:
                print(f"\n[{next(number)}] {corpus} {json.dumps(key_of(pair))}")
                for part in (pair.left, pair.right):
                    print("   ", _shown(strata.texts[part.place[0]], part))


def _shown(text: str, part: tuple[Place, int, int]) -> str:
    _, start, end = part
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    inside = text[start:end]
    if len(inside) > SHOWN:
        inside = f"{inside[: SHOWN // 2]} … {inside[-SHOWN // 2 :]}"
    return f"{before} [[{inside}]] {after}".replace("\n", " / ")


def untold(corpus: str, data: Path, command: str) -> Strata:
    """Scan a corpus and return what it finds that the truth does not hold."""
    documents = list(read_corpus(data, corpus))
    with tempfile.TemporaryDirectory() as name:
        path, output = Path(name, "articles.jsonl"), Path(name, "pairs.jsonl")
        write_documents(path, documents)
        scan(command, path, output, "pairs")
        pairs = read_pairs(output)
    matches = Matches(pairs)
    told = {
        frozenset(map(matches.group, (pair.left, pair.right)))
        for pair in read_truth(data / f"{corpus}_pairs.jsonl.gz")
    }
    texts = {document.id: document.text for document in documents}
    strata: dict[str, list[Pair]] = defaultdict(list)
    for pair in sorted(pairs, key=key_of):
        places = pair.left.place, pair.right.place
        if not matches.equal(*places) and (
            frozenset(map(matches.group, places)) not in told
        ):
            strata[_stratum(pair, texts)].append(pair)
    return Strata(dict(sorted(strata.items())), texts)


def key_of(pair: Pair) -> Key:
    """Return the names and spans of a pair."""
    left, right = pair.left, pair.right
    return (*_span(left), *_span(right))


def _span(part: tuple[Place, int, int]) -> tuple[str, int, int]:
    return part[0][0], part[1], part[2]


def _stratum(pair: Pair, texts: dict[str, str]) -> str:
    left, right = (
        texts[part.place[0]][part.start : part.end] for part in (pair.left, pair.right)
    )
    run = len(longest_common_run(left, right))
    band = next(size for size in RUNS if run >= size)
    return f"{pair.relation}, longest equal run of {band} or more words"


def sample(strata: dict[str, list[Pair]]) -> dict[str, list[Pair]]:
    """Draw some findings of each stratum."""
    random = Random(SEED)
    return {
        stratum: random.sample(
            pairs, min(MORE if len(pairs) > LARGE else A_STRATUM, len(pairs))
        )
        for stratum, pairs in strata.items()
    }


def read_verdicts(path: Path = READINGS) -> dict[tuple[str, Key], str]:
    """Return the verdicts by corpus and pair."""
    if not path.exists():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))["readings"]
    return {(row["corpus"], _key(row)): row["verdict"] for row in rows}


def read_missed(path: Path = READINGS) -> list[Row]:
    """Return the verdicts on pairs of the truth that were not found."""
    if not path.exists():
        return []
    return list(json.loads(path.read_text(encoding="utf-8"))["missed"])


def _key(row: Row) -> Key:
    (document, start, end), (other, begin, stop) = row["left"], row["right"]
    return document, start, end, other, begin, stop


def count(
    corpus: str, strata: dict[str, list[Pair]], verdicts: dict[tuple[str, Key], str]
) -> list[Row]:
    """Return by stratum how many findings there are, were read, and were right."""
    rows = []
    for stratum, drawn in sample(strata).items():
        said = [verdicts.get((corpus, key_of(pair)), "unread") for pair in drawn]
        counts = {verdict: said.count(verdict) for verdict in (*VERDICTS, "unread")}
        rows.append({"stratum": stratum, "findings": len(strata[stratum]), **counts})
    return rows


def share(rows: Iterable[Row], verdict: str) -> float:
    """Return the share of findings of a verdict, strata weighted by their size."""
    read = [
        (row["findings"], row[verdict] / sum(row[name] for name in VERDICTS))
        for row in rows
        if any(row[name] for name in VERDICTS)
    ]
    findings = sum(size for size, _ in read)
    return sum(size * part for size, part in read) / findings if findings else 0.0


if __name__ == "__main__":
    main()
