"""What an archive costs: to build, to keep, to ask and to add to.

The archive holds real news and, beyond that, articles made of real runs of four words
in random order, with varied copies of paragraphs planted in them. What it is asked
about are articles that hold such copies, and articles that hold none.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.corpus import PLANTS_PER_MEGABYTE, filler, plant, read_articles
from dedupe import Archive, Document, loader
from dedupe.archive import nearest
from dedupe.corpus import Corpus
from dedupe.readers import ReadOptions, from_texts
from dedupe.shingles import SHINGLE_WORDS, shingles_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.corpus import Article
    from dedupe import Settings

BYTES_A_PARAGRAPH = 350  # of plants: one in so many bytes of text, as in the corpora
ASKED = 100
SHINGLES = 400
ADDED = 100


def main() -> None:
    """Build an archive of the size asked for, and print what it costs."""
    options = _options()
    random = Random(options.seed)
    folder = Path(tempfile.mkdtemp(prefix="archive-", dir=options.folder))
    try:
        real = read_articles(options.data)
        articles = make(real, options.paragraphs, random)
        asked = [articles.pop() for _ in range(ASKED)]
        path = options.archive or folder / "published.dedupe"
        if not path.exists():
            build(path, articles, options.jobs)
        print_size(path)
        print_lookups(path, asked)
        print_checks(path, asked, folder)
        print_adding(path, asked)
    finally:
        shutil.rmtree(folder)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.archive", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="evaluation data")
    parser.add_argument("--paragraphs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--folder", type=Path, help="where to build, and leave nothing")
    parser.add_argument("--archive", type=Path, help="file to build once and keep")
    return parser.parse_args()


def make(real: list[Article], paragraphs: int, random: Random) -> list[Article]:
    """Return articles with so many paragraphs, in random order, copies planted."""
    stock = itertools.chain(map(list, real), filler(real, random))
    articles, count = [], 0
    while count < paragraphs:
        articles.append(next(stock))
        count += len(articles[-1])
    megabytes = count * BYTES_A_PARAGRAPH // 1_000_000
    plant(articles, megabytes * PLANTS_PER_MEGABYTE, random)
    random.shuffle(articles)
    return articles


def build(path: Path, articles: Sequence[Article], jobs: int) -> None:
    """Make an archive of all articles and say how long it took."""
    began = time.perf_counter()
    with Archive.create(path, seed=1) as archive:
        archive.add(_documents(articles), added="2026-01-01", jobs=jobs)
    seconds = time.perf_counter() - began
    print(f"built in {seconds:.1f} s with {jobs} processes")


def _documents(articles: Sequence[Article], name: str = "a") -> Iterator[Document]:
    for number, article in enumerate(articles):
        yield Document(f"{name}{number:07}", "\n".join(article), date="2020-01-01")


def print_size(path: Path) -> None:
    """Say how large the file is, and what of it is text."""
    with Archive.open(path) as archive:
        info = archive.info()
    with sqlite3.connect(path) as connection:
        ((text,),) = connection.execute("select sum(length(text)) from documents")
        rows = connection.execute(
            "select name, sum(pgsize), sum(payload) from dbstat group by name"
        ).fetchall()
    beside = (info.size - text) / info.paragraphs
    print(
        f"{info.documents:,} documents, {info.paragraphs:,} paragraphs,"
        f" {info.words:,} words, {info.postings:,} postings"
    )
    print(
        f"file {info.size / 1e6:,.1f} MB, of it text {text / 1e6:,.1f} MB: beside the"
        f" text {beside:.0f} bytes a paragraph"
    )
    for name, pages, payload in rows:
        print(f"  {name:<30} {pages / 1e6:>9,.1f} MB, {payload / pages:.0%} filled")


def print_lookups(path: Path, asked: Sequence[Article]) -> None:
    """Say how long the index alone takes for one article, and with the choice."""
    lookups, choices, again, entries = [], [], [], []
    for article in asked:
        with Archive.open(path) as archive:
            corpus = _corpus(article, archive.settings)
            hashes = _hashes(corpus)
            if hashes.size >= SHINGLES:
                some = np.sort(np.random.default_rng(1).permutation(hashes)[:SHINGLES])
                again.append(_timed(nearest.look_up, archive._store, some))  # noqa: SLF001
            began = time.perf_counter()
            places = nearest.look_up(archive._store, hashes)  # noqa: SLF001
            lookups.append(time.perf_counter() - began)
            entries.append(places.rows.size)
            began = time.perf_counter()
            nearest.choose(archive._store, corpus, archive.settings, set())  # noqa: SLF001
            choices.append(time.perf_counter() - began)
    print(f"shingles in places: median {sorted(entries)[len(entries) // 2]:,}")
    print(f"look-up of all shingles of an article: {_times(lookups)}")
    print(f"look-up of {SHINGLES} shingles: {_times(again)}")
    print(f"choice of documents, look-up included: {_times(choices)}")


def _corpus(article: Article, settings: Settings) -> Corpus:
    found = from_texts({"asked": "\n".join(article)})
    corpus, batches = loader.read(found, ReadOptions(), settings, 1)
    loader.assemble(corpus, batches, 0, len(batches.columns))
    return corpus


def _hashes(corpus: Corpus) -> np.ndarray:
    positions = np.arange(corpus.positions)
    hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS) >> np.uint64(32)
    return np.unique(hashes.astype(np.uint32))


def print_checks(path: Path, asked: Sequence[Article], folder: Path) -> None:
    """Say how long it takes to ask about one article, cold, warm and as a process."""
    texts = ["\n".join(article) for article in asked]
    cold = []
    for text in texts[: ASKED // 5]:
        _forget(path)
        cold.append(_timed(_ask, path, text))
    print(f"open and query, file not in memory: {_times(cold)}")
    warm = [_timed(_ask, path, text) for text in texts]
    print(f"open and query, warm: {_times(warm)}")
    file = folder / "asked.txt"
    whole, bare = [], []
    for text in texts[: ASKED // 5]:
        file.write_text(text, encoding="utf-8")
        whole.append(_timed(_run, "-m", "dedupe", "archive", "query", path, file))
        bare.append(_timed(_run, "-c", "import numpy, click, sqlite3"))
    print(f"query as a process: {_times(whole)}")
    print(f"python -c 'import numpy, click, sqlite3': {_times(bare)}")


def _ask(path: Path, text: str) -> None:
    with Archive.open(path) as archive:
        list(archive.query({"asked": text}).findings)


def _run(*arguments: str | Path) -> None:
    quiet = subprocess.DEVNULL
    command = [sys.executable, *arguments]
    subprocess.run(command, check=False, stdout=quiet, stderr=quiet)


def print_adding(path: Path, asked: Sequence[Article]) -> None:
    """Say how long it takes to add one article, and to remove it again."""
    documents = list(_documents(asked[:ADDED], "new"))
    with Archive.open(path, write=True) as archive:
        adds = [_timed(archive.add, [document]) for document in documents]
        removals = [_timed(archive.remove, [document.id]) for document in documents]
    print(f"add one article: {_times(adds)}")
    print(f"remove one article: {_times(removals)}")


def _timed(task: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    task(*arguments)
    return time.perf_counter() - began


def _times(seconds: Sequence[float]) -> str:
    ordered = sorted(1000 * value for value in seconds)
    middle, last = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)]
    return f"p50 {middle:.1f} ms, p99 {last:.1f} ms, most {ordered[-1]:.1f} ms"


def _forget(path: Path) -> None:
    """Ask the system to drop what it holds of a file in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    main()
