"""Measure what every system finds of the repeats in real news, and how it errs."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import dedupe
from benchmarks.datasets import read_corpus, read_rows
from benchmarks.frame import provenance, table
from benchmarks.natural import read_truth
from benchmarks.reading import (
    VERDICTS,
    count,
    read_missed,
    read_verdicts,
    share,
    untold,
)
from benchmarks.systems import (
    OURS,
    PEERS,
    place_of,
    run_ours,
    run_peer,
    versions,
    write_paragraphs,
)
from benchmarks.words import fold_words, jaccard_and_containment, longest_common_run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.command import Place
    from benchmarks.datasets import Row
    from benchmarks.frame import Measured, Run
    from benchmarks.natural import Likeness
    from benchmarks.systems import Answer, Found

CORPORA = ("saudi", "ant2")
BANDS: dict[str, Callable[[Likeness], bool]] = {
    "j3 ≥ .8": lambda pair: pair.j3 >= 0.8,
    "j3 .7–.8": lambda pair: 0.7 <= pair.j3 < 0.8,
    "j3 .5–.7": lambda pair: 0.5 <= pair.j3 < 0.7,
    "j3 .3–.5": lambda pair: 0.3 <= pair.j3 < 0.5,
    "j3 < .3": lambda pair: pair.j3 < 0.3,
    "c3 ≥ .8, j3 < .5": lambda pair: pair.c3 >= 0.8 and pair.j3 < 0.5,
}

# A pair is verified when the truth holds it, or its paragraphs are so alike on exact
# counts, or share so long a run of words.
VERIFIED_JACCARD = 0.2
VERIFIED_RUN = 6
JUDGED = 2000

# A peer is ahead in a band by more than this, if its findings are mostly right.
AHEAD, PRECISE = 0.001, 0.95


def measure(run: Run) -> Measured:
    """Yield recall and precision of every system on each corpus of real news."""
    if run.data is None:
        print("natural pairs: skipped, they need --data")
        return
    for corpus in CORPORA[: 1 if run.quick else None]:
        yield corpus, _measure(corpus, run.data, run)


def _measure(corpus: str, data: Path, run: Run) -> Row:
    documents = list(read_corpus(data, corpus))
    texts = {
        (document.id, line): text
        for document in documents
        for line, text in enumerate(document.text.split("\n"))
    }
    truth = read_truth(data / f"{corpus}_pairs.jsonl.gz")
    groups = [
        [place_of(name) for name in row]
        for row in read_rows(data / f"{corpus}_groups.jsonl.gz")
    ]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        answer = run_ours(documents, Path(folder), run)
        rows.append({"system": OURS, "settings": "defaults", "text": "raw"})
        judge = _Judge(texts, truth, groups)
        rows[-1] |= judge.verdict(answer)
        for text in ("raw", "folded"):
            path = Path(folder, f"{text}.jsonl")
            write_paragraphs(path, _prepared(texts, folded=text == "folded"))
            for name, peer in PEERS.items():
                settings = "documented" if text == "raw" else "best"
                values = peer.documented if text == "raw" else peer.best
                verdict = judge.verdict(run_peer(name, values, path, run))
                row = {"system": name, "settings": settings, "text": text}
                rows.append({**row, **verdict})
                print(corpus, rows[-1], flush=True)
    strata = untold(corpus, data, run.command).pairs
    return {
        "articles": len(documents),
        "paragraphs": sum(bool(text.strip()) for text in texts.values()),
        "truth": {
            **{band: sum(map(inside, truth)) for band, inside in BANDS.items()},
            "equal groups": len(groups),
        },
        "rows": rows,
        "outside_truth": count(corpus, strata, read_verdicts()),
        "versions": versions(),
    }


def _prepared(texts: dict[Place, str], *, folded: bool) -> dict[Place, str]:
    if not folded:
        return texts
    return {place: dedupe.normalize(text).text for place, text in texts.items()}


# The bands of the longest equal run, in words.
_RUNS = {12: "of 12 or more", 8: "of 8 to 11", 5: "of 5 to 7", 0: "under 5"}


class _Judge:
    """Compares what was found with the truth of a corpus."""

    def __init__(
        self,
        texts: dict[Place, str],
        truth: list[Likeness],
        groups: list[list[Place]],
    ) -> None:
        self._texts = texts
        self._truth = truth
        self._groups = groups
        self._told = {frozenset((pair.left, pair.right)) for pair in truth}
        # What is equal after folding stands for each other, whoever found it.
        self._first: dict[Place, Place] = {}
        by_words: dict[str, Place] = {}
        for place, text in texts.items():
            self._first[place] = by_words.setdefault(" ".join(fold_words(text)), place)

    def verdict(self, answer: Answer) -> Row:
        """Return recall by band, groups found whole, and verified precision."""
        findings = answer.findings
        if findings is None:
            return {"reason": answer.reason}
        found = {
            band: _share(
                self._found(findings, pair.left, pair.right)
                for pair in self._truth
                if inside(pair)
            )
            for band, inside in BANDS.items()
        }
        whole = _share(
            all(self._found(findings, group[0], other) for other in group[1:])
            for group in self._groups
        )
        apart, right, judged = self._judged(findings)
        return {
            "seconds": round(answer.seconds, 1),
            "recall": {**found, "equal groups": whole},
            "pairs": findings.count(),
            "not_equal": apart,
            "judged": judged,
            "verified": round(right / judged, 4) if judged else None,
        }

    def _found(self, findings: Found, left: Place, right: Place) -> bool:
        return findings.found(left, right) or (
            (left, right) != (self._first[left], self._first[right])
            and findings.found(self._first[left], self._first[right])
        )

    def _judged(self, findings: Found) -> tuple[int, int, int]:
        """Return how many pairs are not equal; of a sample, how many are verified."""
        random, apart = Random(1), 0
        sample: list[tuple[Place, Place]] = []
        for pair in findings.pairs():
            if self._first[pair[0]] == self._first[pair[1]]:
                continue
            apart += 1
            if len(sample) < JUDGED:
                sample.append(pair)
            elif (place := random.randrange(apart)) < JUDGED:
                sample[place] = pair
        return apart, sum(map(self._verified, sample)), len(sample)

    def _verified(self, pair: tuple[Place, Place]) -> bool:
        if frozenset(pair) in self._told:
            return True
        left, right = (self._texts[place] for place in pair)
        jaccard, _ = jaccard_and_containment(left, right)
        if jaccard >= VERIFIED_JACCARD:
            return True
        return len(longest_common_run(left, right)) >= VERIFIED_RUN


def _share(found: Iterator[bool]) -> float:
    verdicts = list(found)
    return round(sum(verdicts) / len(verdicts), 4) if verdicts else 0.0


def section(results: Mapping[str, Row]) -> Iterator[str]:
    """Yield a table of each corpus, and what a reader said of our findings."""
    yield "## Repeats in real news"
    yield ""
    yield (
        "The truth holds nearly all pairs of similar paragraphs of two newspaper "
        "corpora, with the Jaccard (j3) and containment (c3) of their word 3-shingles "
        "after folding; short paragraphs and the commonest phrases are left out of it. "
        "**Verified** is the share of the reported pairs, beyond those that are equal "
        "after folding, that the truth holds, or that have a j3 of "
        f"{VERIFIED_JACCARD:.1f} or share a run of {VERIFIED_RUN} words, counted on a "
        f"sample of {JUDGED}; a pair that fails may still be right. Peers run at their "
        "documented settings on the text as it is, and at their best on folded text."
    )
    yield ""
    for corpus in CORPORA:
        if corpus in results:
            yield from _table(corpus, results[corpus])
    yield from _readings(results)


def _table(corpus: str, result: Row) -> Iterator[str]:
    figures = result["figures"]
    yield f"### {corpus}: {figures['articles']} articles"
    yield ""
    columns = [*figures["truth"]]
    rows = [row for row in figures["rows"] if "recall" in row]
    rows.sort(key=lambda row: -sum(row["recall"].values()))
    lines = [["in the truth", "", "", *map(str, figures["truth"].values()), "", ""]]
    for row in rows:
        verified = "–" if row["verified"] is None else f"{row['verified']:.1%}"
        ours = row["system"] == OURS
        lines.append(
            [
                "**dedupe**" if ours else PEERS[row["system"]].title,
                row["settings"],
                row["text"],
                *(f"{row['recall'][column]:.1%}" for column in columns),
                verified,
                str(row["not_equal"]),
            ]
        )
    head = ["system", "settings", "text", *columns, "verified", "pairs not equal"]
    yield from table(head, lines, left=3)
    yield from _ahead(rows)
    for row in figures["rows"]:
        if "reason" in row:
            title = PEERS[row["system"]].title
            yield f"{title} ({row['settings']}, {row['text']}): {row['reason']}"
            yield ""
    yield provenance(result)
    yield ""


def _ahead(rows: list[Row]) -> Iterator[str]:
    """Yield in which bands a peer that is mostly right finds more than we do."""
    [ours] = [row for row in rows if row["system"] == OURS]
    lines = [
        f"- {band}: {PEERS[row['system']].title} ({row['settings']}, {row['text']}) "
        f"finds {row['recall'][band]:.2%}, this project {share_found:.2%}"
        for band, share_found in ours["recall"].items()
        for row in rows
        if row["recall"][band] > share_found + AHEAD
        and (row["verified"] or 0) >= PRECISE
    ]
    if lines:
        yield (
            f"Where a peer whose findings are verified to {PRECISE:.0%} finds more of "
            "the truth (see below what the difference is made of):"
        )
        yield ""
        yield from lines
    else:
        yield f"No peer whose findings are verified to {PRECISE:.0%} finds more."
    yield ""


def _readings(results: Mapping[str, Row]) -> Iterator[str]:
    rows = [
        {**row, "corpus": corpus}
        for corpus in CORPORA
        if corpus in results
        for row in results[corpus]["figures"]["outside_truth"]
    ]
    read = sum(row[verdict] for row in rows for verdict in VERDICTS)
    if not read:
        return
    yield "### Findings outside the truth, read one by one"
    yield ""
    findings = sum(row["findings"] for row in rows)
    yield (
        f"Of the {findings} findings of this project that the truth does not hold, "
        f"{read} were drawn by seed, some of each relation and longest equal run, and "
        "read by one reader: "
        + "; ".join(f"**{name}**, {told}" for name, told in VERDICTS.items())
        + ". Weighted by the size of the strata, "
        + ", ".join(f"{share(rows, name):.0%} are {name}" for name in VERDICTS)
        + ". The verdicts, with names, spans and reasons, stand in "
        "`benchmarks/results/readings.json`; `python -m benchmarks.reading --data DIR` "
        "prints the sample."
    )
    yield ""
    missed = read_missed()
    formulas = sum(row["verdict"] == "formula" for row in missed)
    yield (
        "Of the pairs of the truth with a j3 of at least .3 that this project does "
        f"not report, {len(missed)} were read likewise: {formulas} share nothing but "
        "titles, names and set phrases, which it leaves out on purpose and a tool that "
        f"compares sets of shingles reports; {len(missed) - formulas} are reuse, short "
        "and reworded, that should have been found."
    )
    yield ""
    yield from table(
        ["corpus", "relation and longest equal run", "findings", *VERDICTS],
        [
            [
                row["corpus"],
                _told(row["stratum"]),
                str(row["findings"]),
                *(str(row[verdict]) for verdict in VERDICTS),
            ]
            for row in rows
        ],
        left=2,
    )


def _told(stratum: str) -> str:
    """Return a stratum as a reader would have it."""
    for drawn, told in _RUNS.items():
        stratum = stratum.replace(f"run of {drawn} or more words", f"run {told}")
    return stratum
