"""Make the folders that speed is measured on: real news with known repeats.

SIZE/txt/NNN/*.txt    articles; those beyond the real ones are made of real runs of
                      four words in random order, which keeps the vocabulary and the
                      short shingles but no long copies
SIZE/truth.jsonl      the repeats that were planted
SIZE/paras.jsonl      the same paragraphs, split and folded, for the peers
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from benchmarks import own_corpus
from benchmarks.datasets import CORPORA, read_corpus
from benchmarks.variations import VARIATIONS, Surroundings, Vocabulary
from benchmarks.words import fold_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.frame import Run

MEGABYTE = 1_000_000
SIZES = {"1mb": 1, "10mb": 10, "100mb": 100, "1gb": 1000}

SEED = 7
OWN_PARAGRAPHS = 5  # of an article
FILES_PER_FOLDER = 1000
FILLER_ARTICLES = 500
RUN_WORDS = 4

PLANTS_PER_MEGABYTE = 40
PLANT_WORDS = (20, 120)
PLANTS = (
    "exact",
    "all letters",
    "tashkeel on 30 %",
    "5 % replaced",
    "10 % replaced",
    "20 % replaced",
    "30 % replaced",
    "embedded",
    "quotation of 12",
    "quotation of 8",
)

# An article is a list of paragraphs.
Article = list[str]


class Plant(NamedTuple):
    """A repeat that was planted: article and paragraph of both sides."""

    kind: str
    left: tuple[int, int]
    right: tuple[int, int]


def main() -> None:
    """Write the corpora that are asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.corpus", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    parser.add_argument("--output", type=Path, required=True, help="folder to fill")
    parser.add_argument("--size", choices=list(SIZES), action="append")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    real = read_articles(options.data)
    for size in options.size or SIZES:
        folder = options.output / size
        bytes_written = make(folder, real, SIZES[size], Random(options.seed))
        print(f"{folder}: {bytes_written / MEGABYTE:.1f} MB")


def ready(run: Run, size: str) -> Path:
    """Return the folder of a size, made where it is not there yet."""
    folder = run.cache / ("corpora" if run.data else "own-corpora") / size
    if not (folder / "paras.jsonl").exists():
        print(f"making {folder}", file=sys.stderr, flush=True)
        real = read_articles(run.data) if run.data else own_articles()
        make(folder, real, SIZES[size], Random(SEED))
    return folder.absolute()


def own_articles() -> list[Article]:
    """Return articles that nobody wrote, for those who have no corpus."""
    texts = own_corpus.paragraphs()
    return [
        texts[at : at + OWN_PARAGRAPHS] for at in range(0, len(texts), OWN_PARAGRAPHS)
    ]


def read_articles(data: Path) -> list[Article]:
    """Return all real articles, corpus by corpus and day by day.

    Newspapers of one day repeat each other, so the smaller folders are no easier than
    the larger ones.
    """
    return [
        document.text.split("\n")
        for corpus in CORPORA
        for document in read_corpus(data, corpus)
    ]


def make(folder: Path, real: list[Article], megabytes: int, random: Random) -> int:
    """Write a corpus of about a number of megabytes; return its bytes."""
    stock = itertools.chain(map(list, real), filler(real, random))
    articles = list(_take(stock, megabytes * MEGABYTE))
    plants = plant(articles, megabytes * PLANTS_PER_MEGABYTE, random)
    names = [
        f"{place // FILES_PER_FOLDER:03}/{place:06}.txt"
        for place in range(len(articles))
    ]
    written = write_articles(folder / "txt", names, articles)
    write_truth(folder / "truth.jsonl", names, plants)
    write_paragraphs(folder / "paras.jsonl", names, articles)
    return written


def _take(stock: Iterator[Article], limit: int) -> Iterator[Article]:
    taken = 0
    while taken < limit:
        article = next(stock)
        taken += sum(len(paragraph.encode()) + 1 for paragraph in article)
        yield article


def filler(real: list[Article], random: Random) -> Iterator[Article]:
    """Yield articles of the lengths of real ones, of runs in random order."""
    for start in itertools.cycle(range(0, len(real), FILLER_ARTICLES)):
        articles = real[start : start + FILLER_ARTICLES]
        words = [
            word for article in articles for text in article for word in text.split()
        ]
        runs = [
            words[place : place + RUN_WORDS]
            for place in range(0, len(words), RUN_WORDS)
        ]
        random.shuffle(runs)
        mixed = itertools.chain.from_iterable(runs)
        for article in articles:
            yield [
                " ".join(itertools.islice(mixed, len(text.split()))) for text in article
            ]


def plant(articles: list[Article], count: int, random: Random) -> list[Plant]:
    """Add varied copies of paragraphs to the ends of other articles."""
    vocabulary = Vocabulary(
        text for article in articles[:FILLER_ARTICLES] for text in article
    )
    plants: list[Plant] = []
    while len(plants) < count:
        kind = PLANTS[len(plants) % len(PLANTS)]
        place = _draw(articles, random)
        before, after = (_text(articles, _draw(articles, random)) for _ in range(2))
        around = Surroundings(before, after, vocabulary)
        copy = VARIATIONS[kind].vary(_text(articles, place), random, around)
        target = random.randrange(len(articles))
        articles[target].append(copy)
        plants.append(Plant(kind, place, (target, len(articles[target]) - 1)))
    return plants


def _text(articles: list[Article], place: tuple[int, int]) -> str:
    return articles[place[0]][place[1]]


def _draw(articles: list[Article], random: Random) -> tuple[int, int]:
    shortest, longest = PLANT_WORDS
    while True:
        article = random.randrange(len(articles))
        if not articles[article]:
            continue
        paragraph = random.randrange(len(articles[article]))
        if shortest <= len(articles[article][paragraph].split()) <= longest:
            return article, paragraph


def write_articles(folder: Path, names: list[str], articles: list[Article]) -> int:
    """Write a file an article; return the bytes written."""
    written = 0
    for name, article in zip(names, articles, strict=True):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        written += path.write_bytes("\n".join(article).encode())
    return written


def write_truth(path: Path, names: list[str], plants: list[Plant]) -> None:
    """Write where each plant stands."""
    with path.open("w", encoding="utf-8") as out:
        for kind, left, right in plants:
            row = {
                "kind": kind,
                "left": [names[left[0]], left[1]],
                "right": [names[right[0]], right[1]],
            }
            out.write(json.dumps(row) + "\n")


def write_paragraphs(path: Path, names: list[str], articles: list[Article]) -> None:
    """Write every paragraph that holds a word, folded, its words joined by spaces."""
    with path.open("w", encoding="utf-8") as out:
        for name, article in zip(names, articles, strict=True):
            for line, text in enumerate(article):
                words = fold_words(text)
                if words:
                    row = {"id": f"{name}#{line}", "text": " ".join(words)}
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
