"""Score ExAraPlagDet-2015 beside a plain baseline and the published participants."""

from __future__ import annotations

import re
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import dedupe
from benchmarks.command import scan
from benchmarks.datasets import Document, read_rows, write_documents
from benchmarks.frame import provenance, table
from benchmarks.plagiarism import (
    SHUFFLED,
    Reuse,
    read_cases,
    read_detections,
    score,
    touching,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run

# The baseline: runs of four words that a suspicious document shares with a source,
# joined over gaps, without what stays short.
BASELINE_WORDS = 4
# The best of a small grid on one half of the suspicious documents.
BASELINE_GAP = 10  # words between two shared runs of one detection
BASELINE_LENGTH = 40  # words of a detection

# As published of the task, and of one later paper on the same data.
PUBLISHED = (
    (
        "Magooda et al. (RDI_RED), best of the task, 2015",
        ".852",
        ".831",
        "1.069",
        ".802",
    ),
    ("baseline of the organizers, 2015", "", "", "", ".608"),
    ("2L-APD, 2018", ".86", ".88", "", ".83"),
)

_WORD = re.compile(r"\w+")

Word = tuple[str, int, int]


# A run of words → the documents and places that hold it.
_Index = dict[tuple[str, ...], list[tuple[str, int]]]


class Seed(NamedTuple):
    """A shared run: the place of its first word on both sides."""

    suspicious: int
    source: int


def measure(run: Run) -> Measured:
    """Yield the scores of our passages and of the baseline, by obfuscation."""
    if run.data is None:
        print("plagiarism: skipped, it needs --data")
        return
    documents = list(read_rows(run.data / "araplagdet_docs.jsonl.gz"))
    kinds = {row["id"]: row["kind"] for row in documents}
    texts = {row["id"]: row["text"] for row in documents}
    cases = read_cases(run.data)
    with tempfile.TemporaryDirectory() as name:
        path, output = Path(name, "documents.jsonl"), Path(name, "passages.jsonl")
        write_documents(path, (Document(*item) for item in texts.items()))
        seconds = scan(run.command, path, output, "passages")
        ours = read_detections(output, kinds)
    rows = [{"system": "dedupe", "seconds": round(seconds, 1), **_scores(cases, ours)}]
    for name, folded in (("4-grams", False), ("4-grams, folded", True)):
        begin = time.perf_counter()
        found = list(baseline(texts, kinds, folded=folded))
        seconds = time.perf_counter() - begin
        rows.append(
            {"system": name, "seconds": round(seconds, 1), **_scores(cases, found)}
        )
    yield "", {"documents": len(texts), "cases": _counts(cases), "rows": rows}


def _counts(cases: dict[Reuse, str]) -> dict[str, int]:
    kinds = sorted(set(cases.values()))
    return {kind: list(cases.values()).count(kind) for kind in kinds}


def _scores(cases: dict[Reuse, str], detections: list[Reuse]) -> Row:
    """Return the measures of detections on all cases and on those of each kind.

    A document has cases of one kind, if any. What was detected in a document of another
    kind, or of none, counts for or against the score on all cases alone.
    """
    kind_of = {case.suspicious: label for case, label in cases.items()}
    kinds = ["all", f"without {SHUFFLED}", *sorted(set(cases.values()))]
    scores = {}
    for kind in kinds:
        inside = [case for case, label in cases.items() if _wanted(kind, label)]
        chosen = [
            found
            for found in detections
            if _wanted(kind, kind_of.get(found.suspicious, ""))
        ]
        detected = sum(map(bool, touching(inside, chosen).values()))
        measured = score(inside, chosen)
        scores[kind] = {
            "detected": round(detected / len(inside), 4),
            **{name: round(value, 4) for name, value in measured._asdict().items()},
        }
    return {"detections": len(detections), "scores": scores}


def _wanted(kind: str, label: str) -> bool:
    if kind == "all":
        return True
    return label != SHUFFLED if kind.startswith("without") else kind == label


def baseline(
    texts: Mapping[str, str], kinds: Mapping[str, str], *, folded: bool
) -> Iterator[Reuse]:
    """Yield what shared runs of four words show, joined over gaps."""
    words = {name: _words(text, folded=folded) for name, text in texts.items()}
    index: _Index = defaultdict(list)
    for name in (name for name, kind in kinds.items() if kind == "src"):
        for place, gram in _grams(words[name]):
            index[gram].append((name, place))
    for name in (name for name, kind in kinds.items() if kind == "susp"):
        for source, seeds in sorted(_seeds(words[name], index).items()):
            for first, last in _joined(seeds):
                yield _reuse((name, words[name]), (source, words[source]), first, last)


def _seeds(words: list[Word], index: _Index) -> dict[str, list[Seed]]:
    """Return by source where it shares runs with a suspicious document."""
    seeds: dict[str, list[Seed]] = defaultdict(list)
    for place, gram in _grams(words):
        for source, source_place in index.get(gram, ()):
            seeds[source].append(Seed(place, source_place))
    return seeds


def _words(text: str, *, folded: bool) -> list[Word]:
    if not folded:
        return [(word[0], word.start(), word.end()) for word in _WORD.finditer(text)]
    normalized = dedupe.normalize(text)
    return [
        (word[0], *normalized.original_span(word.start(), word.end()))
        for word in _WORD.finditer(normalized.text)
    ]


def _grams(words: list[Word]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for place in range(len(words) - BASELINE_WORDS + 1):
        yield place, tuple(word[0] for word in words[place : place + BASELINE_WORDS])


def _joined(seeds: list[Seed]) -> Iterator[tuple[Seed, Seed]]:
    """Yield the first and the last places of seeds that lie close on both sides."""
    clusters: list[list[Seed]] = []
    for seed in sorted(seeds):
        for cluster in reversed(clusters):
            near = seed.suspicious - cluster[-1].suspicious <= BASELINE_GAP
            sources = [other.source for other in cluster]
            if near and min(sources) - BASELINE_GAP <= seed.source <= (
                max(sources) + BASELINE_GAP
            ):
                cluster.append(seed)
                break
        else:
            clusters.append([seed])
    for cluster in clusters:
        sources = [seed.source for seed in cluster]
        first = Seed(cluster[0].suspicious, min(sources))
        last = Seed(cluster[-1].suspicious, max(sources))
        if last.suspicious - first.suspicious + BASELINE_WORDS >= BASELINE_LENGTH:
            yield first, last


def _reuse(
    suspicious: tuple[str, list[Word]],
    source: tuple[str, list[Word]],
    first: Seed,
    last: Seed,
) -> Reuse:
    ahead = BASELINE_WORDS - 1
    return Reuse(
        suspicious[0],
        suspicious[1][first.suspicious][1],
        suspicious[1][last.suspicious + ahead][2],
        source[0],
        source[1][first.source][1],
        source[1][last.source + ahead][2],
    )


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield the scores on the whole task and by obfuscation."""
    [result] = results.values()
    figures = result["figures"]
    ours = figures["rows"][0]["scores"]
    yield "## Plagiarism: ExAraPlagDet-2015"
    yield ""
    yield (
        f"{figures['documents']} documents, {sum(figures['cases'].values())} annotated "
        "cases. The measures are those of Potthast et al. (2010). `--format passages` "
        "runs at its defaults; the baseline joins runs of four words that two "
        "documents share. By obfuscation, only those documents count that have cases "
        "of that kind. Participants are quoted as published, on the data that they "
        "were given."
    )
    yield ""
    lines = [
        [
            "**dedupe**" if row["system"] == "dedupe" else f"baseline: {row['system']}",
            *_cells(row["scores"]["all"]),
        ]
        for row in figures["rows"]
    ]
    lines += [list(row) for row in PUBLISHED]
    lines.sort(key=lambda row: float(row[4]), reverse=True)
    head = ["precision", "recall", "granularity", "plagdet"]
    yield from table(["system, all cases", *head], lines)
    yield (
        f"The cases of {SHUFFLED} put the words of a passage into random order. A tool "
        "for newsrooms keeps word order (the same words in another order are another "
        "text), so this project does not look for them; on what keeps its order it "
        f"scores {ours[f'without {SHUFFLED}']['plagdet']:.3f}. What would change it is "
        "a detector of passages by their words alone, at the price of false findings "
        "in news, which is all made of the same names."
    )
    yield ""
    for kind in ours:
        if kind != "all":
            yield f"{kind}, {_cases_of(kind, figures['cases'])} cases:"
            yield ""
            yield from table(
                ["system", "detected", *head],
                [
                    [
                        "**dedupe**" if row["system"] == "dedupe" else row["system"],
                        f"{row['scores'][kind]['detected']:.1%}",
                        *_cells(row["scores"][kind]),
                    ]
                    for row in figures["rows"]
                ],
            )
    yield provenance(result)
    yield ""


def _cells(scores: Row) -> list[str]:
    names = ("precision", "recall", "granularity", "plagdet")
    return [f"{scores[name]:.3f}" for name in names]


def _cases_of(kind: str, cases: Mapping[str, int]) -> int:
    return sum(count for label, count in cases.items() if _wanted(kind, label))
