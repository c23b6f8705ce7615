"""Put a mixture of originals, variants and other paragraphs before every system."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import dedupe
from benchmarks.accuracy import (
    FORMULA_WORDS,
    QUOTATION_WORDS,
    Mixture,
    distinct_paragraphs,
    mix,
    read_pool,
)
from benchmarks.datasets import Document
from benchmarks.own_corpus import paragraphs
from benchmarks.systems import Answer, run_ours, run_peer, write_paragraphs
from benchmarks.variations import VARIATIONS, Vocabulary
from benchmarks.words import longest_common_run

if TYPE_CHECKING:
    from benchmarks.command import Place
    from benchmarks.datasets import Row
    from benchmarks.frame import Run
    from benchmarks.systems import Found, Settings

OWN = "own"

# So many pairs of different origin are looked at; the others are counted like them.
JUDGED = 2000


class Size(NamedTuple):
    """How large a mixture is."""

    originals: int  # of each kind of variation
    others: int


class Board(NamedTuple):
    """A mixture as it lies before the systems: every paragraph a document."""

    mixture: Mixture
    places: dict[int, Place]

    def texts(self, *, folded: bool) -> dict[Place, str]:
        """Return the paragraphs by place, as they are or folded by our normalizer."""
        texts = self.mixture.texts
        return {
            place: dedupe.normalize(texts[index]).text if folded else texts[index]
            for index, place in self.places.items()
        }


def make_board(corpus: str, size: Size, run: Run) -> Board:
    """Return a mixture of a corpus, in random order."""
    random = Random(run.seed)
    if corpus == OWN:
        pool = paragraphs()
        random.shuffle(pool)
    else:
        assert_data(run)
        pool = distinct_paragraphs(read_pool(Path(run.data or ""), corpus), random)
    options = argparse.Namespace(
        originals=size.originals, others=size.others, mode="disjoint"
    )
    [mixture] = mix(options, list(VARIATIONS), pool, Vocabulary(pool), random)
    order = random.sample(range(len(mixture.texts)), len(mixture.texts))
    places = {index: (f"d{place:06}", 0) for place, index in enumerate(order)}
    return Board(mixture, places)


def assert_data(run: Run) -> None:
    """Refuse to measure on data that is not there."""
    if run.data is None:
        message = "this corpus is not part of the project; name its folder with --data"
        raise FileNotFoundError(message)


def ask_us(board: Board, run: Run) -> Answer:
    """Let our command scan the board."""
    documents = (
        Document(place[0], board.mixture.texts[index])
        for index, place in sorted(board.places.items(), key=lambda item: item[1])
    )
    with tempfile.TemporaryDirectory() as folder:
        return run_ours(documents, Path(folder), run)


def ask(
    peer: str, settings: Settings, board: Board, run: Run, *, folded: bool
) -> Answer:
    """Let a peer look for near-duplicates on the board."""
    texts = dict(sorted(board.texts(folded=folded).items()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "paragraphs.jsonl")
        write_paragraphs(path, texts)
        return run_peer(peer, settings, path, run)


def judge(board: Board, answer: Answer) -> Row:
    """Return what an answer is worth: recall by kind, and pairs of different origin."""
    if answer.findings is None:
        return {"reason": answer.reason}
    mixture, places = board.mixture, board.places
    found = Counter(
        copy.variation
        for copy in mixture.copies
        if answer.findings.found(places[copy.original], places[copy.variant])
    )
    total = Counter(copy.variation for copy in mixture.copies)
    recall = {kind: round(found[kind] / total[kind], 4) for kind in total}
    right, strange = _sorted_out(board, answer.findings)
    false = strange["false"]
    precision = right / (right + false) if right else 0.0
    mean = sum(recall.values()) / len(recall)
    return {
        "seconds": round(answer.seconds, 1),
        "recall": recall,
        "mean_recall": round(mean, 4),
        "pairs": answer.findings.count(),
        "strange": dict(strange),
        "false_per_thousand": round(1000 * false / len(mixture.texts), 3),
        "precision": round(precision, 4),
        "score": round(2 * mean * precision / (mean + precision), 4) if mean else 0.0,
    }


def _sorted_out(board: Board, findings: Found) -> tuple[int, Counter[str]]:
    """Return how many pairs are of one origin, and what the others share."""
    origin = {
        place: board.mixture.origins[index] for index, place in board.places.items()
    }
    text = {place: board.mixture.texts[index] for index, place in board.places.items()}
    random = Random(1)
    right = strange = 0
    sample: list[tuple[Place, Place]] = []
    for pair in findings.pairs():
        if origin[pair[0]] == origin[pair[1]]:
            right += 1
            continue
        strange += 1
        if len(sample) < JUDGED:
            sample.append(pair)
        elif (place := random.randrange(strange)) < JUDGED:
            sample[place] = pair
    kinds = Counter(kind_of(text[left], text[right]) for left, right in sample)
    scale = strange / len(sample) if sample else 0.0
    names = ("false", "formula", "quotation")
    return right, Counter({name: round(scale * kinds[name]) for name in names})


def kind_of(left: str, right: str) -> str:
    """Say what two paragraphs of different origin share."""
    run = len(longest_common_run(left, right))
    if run >= QUOTATION_WORDS:
        return "quotation"
    return "formula" if run >= FORMULA_WORDS else "false"
