"""What an archive costs: to build, to keep, to ask and to add to.

The archive holds real news and, beyond that, articles made of real runs of four words
in random order, with varied copies of paragraphs planted in them. What it is asked
about are articles that hold such copies, and articles that hold none.
"""

from __future__ import annotations

import contextlib
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

from benchmarks.corpus import (
    PLANTS_PER_MEGABYTE,
    filler,
    own_articles,
    plant,
    read_articles,
)
from benchmarks.frame import provenance, table
from dedupe import Archive, Document, loader
from dedupe.archive import nearest
from dedupe.corpus import Corpus
from dedupe.readers import ReadOptions, from_texts
from dedupe.shingles import SHINGLE_WORDS, shingles_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.corpus import Article
    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run
    from dedupe import Settings

BYTES_A_PARAGRAPH = 350  # of plants: one in so many bytes of text, as in the corpora
ASKED = 100
SHINGLES = 400
ADDED = 100
SEED = 7
MEGABYTE = 1_000_000
SIZES, OWN_SIZES, QUICK_SIZES = (100_000, 1_000_000), (100_000,), (10_000,)


def measure(run: Run) -> Measured:
    """Yield what archives of several sizes cost."""
    for paragraphs in _sizes(run):
        yield f"{paragraphs}", archive_of(paragraphs, run)


def _sizes(run: Run) -> tuple[int, ...]:
    if run.quick:
        return QUICK_SIZES
    return SIZES if run.data else OWN_SIZES


def archive_of(paragraphs: int, run: Run) -> Row:
    """Build an archive and return what it costs."""
    random = Random(SEED)
    run.cache.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="archive-", dir=run.cache))
    try:
        real = read_articles(run.data) if run.data else own_articles()
        articles = make(real, paragraphs, random)
        asked = [articles.pop() for _ in range(ASKED)]
        path = folder / "published.dedupe"
        return {
            "build": build(path, articles),
            **size(path),
            **lookups(path, asked),
            **checks(path, asked, folder),
            **adding(path, asked),
        }
    finally:
        shutil.rmtree(folder)


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


def build(path: Path, articles: Sequence[Article]) -> Row:
    """Make an archive of all articles and return how long it took, and the memory."""
    jobs = os.cpu_count() or 1
    began = time.perf_counter()
    with Archive.create(path, seed=1) as archive:
        archive.add(_documents(articles), added="2026-01-01", jobs=jobs)
    return {"seconds": time.perf_counter() - began, "jobs": jobs}


def _documents(articles: Sequence[Article], name: str = "a") -> Iterator[Document]:
    for number, article in enumerate(articles):
        yield Document(f"{name}{number:07}", "\n".join(article), date="2020-01-01")


def size(path: Path) -> Row:
    """Return how large the file is, and what of it is text."""
    with Archive.open(path) as archive:
        info = archive.info()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        ((text,),) = connection.execute("select sum(length(text)) from documents")
        rows = connection.execute(
            "select name, sum(pgsize), sum(payload) from dbstat group by name"
        ).fetchall()
    return {
        "documents": info.documents,
        "paragraphs": info.paragraphs,
        "words": info.words,
        "postings": info.postings,
        "bytes": info.size,
        "text_bytes": text,
        "tables": {name: [pages, payload] for name, pages, payload in rows},
    }


def lookups(path: Path, asked: Sequence[Article]) -> Row:
    """Return how long the index alone takes for one article, and with the choice."""
    some_shingles, all_shingles, choices = [], [], []
    for article in asked:
        with Archive.open(path) as archive:
            store = archive._store  # noqa: SLF001 - the index alone has no other door
            corpus = _corpus(article, archive.settings)
            hashes = _hashes(corpus)
            all_shingles.append(_timed(nearest.look_up, store, hashes))
            if hashes.size >= SHINGLES:
                some = np.sort(np.random.default_rng(1).permutation(hashes)[:SHINGLES])
                some_shingles.append(_timed(nearest.look_up, store, some))
            choices.append(
                _timed(nearest.choose, store, corpus, archive.settings, set())
            )
    return {
        "look up": _spread(all_shingles),
        f"look up {SHINGLES} shingles": _spread(some_shingles),
        "choose": _spread(choices),
    }


def _corpus(article: Article, settings: Settings) -> Corpus:
    found = from_texts({"asked": "\n".join(article)})
    return loader.read(found, ReadOptions(), settings, 1)[0]


def _hashes(corpus: Corpus) -> np.ndarray:
    positions = np.arange(corpus.positions)
    hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS) >> np.uint64(32)
    return np.unique(hashes.astype(np.uint32))


def checks(path: Path, asked: Sequence[Article], folder: Path) -> Row:
    """Return how long it takes to ask about an article, cold, warm and as a process."""
    texts = ["\n".join(article) for article in asked]
    cold = []
    for text in texts[: ASKED // 5]:
        _forget(path)
        cold.append(_timed(_ask, path, text))
    warm = [_timed(_ask, path, text) for text in texts]
    file = folder / "asked.txt"
    whole, bare = [], []
    for text in texts[: ASKED // 5]:
        file.write_text(text, encoding="utf-8")
        whole.append(_timed(_run, "-m", "dedupe", "archive", "query", path, file))
        bare.append(_timed(_run, "-c", "import numpy, click, sqlite3"))
    return {
        "ask, cold": _spread(cold),
        "ask, warm": _spread(warm),
        "query as a process": _spread(whole),
        "imports as a process": _spread(bare),
    }


def _ask(path: Path, text: str) -> None:
    with Archive.open(path) as archive:
        list(archive.query({"asked": text}).findings)


def _run(*arguments: str | Path) -> None:
    quiet = subprocess.DEVNULL
    command = [sys.executable, *arguments]
    subprocess.run(command, check=False, stdout=quiet, stderr=quiet)


def adding(path: Path, asked: Sequence[Article]) -> Row:
    """Return how long it takes to add one article, and to remove it again."""
    documents = list(_documents(asked[:ADDED], "new"))
    with Archive.open(path, write=True) as archive:
        adds = [_timed(archive.add, [document]) for document in documents]
        removals = [_timed(archive.remove, [document.id]) for document in documents]
    return {"add": _spread(adds), "remove": _spread(removals)}


def _timed(task: Callable[..., object], *arguments: object) -> float:
    began = time.perf_counter()
    task(*arguments)
    return time.perf_counter() - began


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median, the 99th percentile and the longest, in milliseconds."""
    ordered = sorted(1000 * value for value in seconds) or [0.0]
    places = {"p50": len(ordered) // 2, "p99": int(len(ordered) * 0.99), "most": -1}
    return {name: round(ordered[place], 3) for name, place in places.items()}


def _forget(path: Path) -> None:
    """Ask the system to drop what it holds of a file in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield the table of all sizes."""
    if not results:
        return
    ordered = sorted(results.values(), key=lambda row: row["figures"]["paragraphs"])
    yield "## The archive"
    yield ""
    yield (
        "One file of SQLite that holds what was published. Times are medians, with the "
        f"99th percentile behind them, over {ASKED} articles of which some repeat what "
        "is in the archive: *ask* opens the file, finds what the article repeats and "
        "says where; *as a process* is the same as a command, Python's start included. "
        "*Cold* means that the system was told to forget the file before each. Adding "
        "one article is one transaction that is on the disk when it returns."
    )
    yield ""
    sizes = [f"{row['figures']['paragraphs']:,} paragraphs" for row in ordered]
    rows = [
        [title, *(tell(row["figures"]) for row in ordered)]
        for title, tell in _ROWS.items()
    ]
    yield from table(["", *sizes], rows)
    yield (
        "Ten million paragraphs, 3.5 GB of text and a file of some 6 GB, were not run."
    )
    yield ""
    yield provenance(ordered[-1])
    yield ""


def _times(name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[name]['p50']:.1f} ms, {row[name]['p99']:.1f}"


_ROWS: dict[str, Callable[[Row], str]] = {
    "documents": lambda row: f"{row['documents']:,}",
    "words": lambda row: f"{row['words']:,}",
    "build": lambda row: f"{row['build']['seconds']:.1f} s",
    "paragraphs a second": lambda row: (
        f"{row['paragraphs'] / row['build']['seconds']:,.0f}"
    ),
    "file": lambda row: f"{row['bytes'] / MEGABYTE:,.0f} MB",
    "of it texts, compressed": lambda row: f"{row['text_bytes'] / MEGABYTE:,.0f} MB",
    "beside the texts, a paragraph": lambda row: (
        f"{(row['bytes'] - row['text_bytes']) / row['paragraphs']:.0f} bytes"
    ),
    "look up the shingles of an article": _times("look up"),
    f"look up {SHINGLES} shingles": _times(f"look up {SHINGLES} shingles"),
    "ask, warm": _times("ask, warm"),
    "ask, cold": _times("ask, cold"),
    "ask as a process": _times("query as a process"),
    "of that, imports": _times("imports as a process"),
    "add one article": _times("add"),
    "remove one": _times("remove"),
}
