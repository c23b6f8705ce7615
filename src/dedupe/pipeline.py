"""Find every repeat in a set of documents: the whole pipeline on one screen."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import PurePath
from typing import TypeAlias

import numpy as np

from dedupe import (
    aligner,
    blocks,
    candidates,
    loader,
    passages,
    processes,
    signatures,
    verifier,
)
from dedupe.aligner import Runs
from dedupe.candidates import Packing
from dedupe.corpus import ByteArray, Corpus, IntArray, UInt32Array, UInt64Array
from dedupe.loader import Batches
from dedupe.model import ScanResult
from dedupe.passages import Passages
from dedupe.processes import Outcome
from dedupe.readers import Found, ReadOptions, find_sources, from_texts
from dedupe.results import build_result
from dedupe.settings import Settings
from dedupe.verifier import Matches

Path: TypeAlias = "str | PurePath"
Inputs: TypeAlias = "Path | Iterable[Path] | Mapping[str, str] | Iterable[tuple[str, str]]"
Progress: TypeAlias = Callable[[str, float], None]

_SETTINGS = Settings()
_READ = ReadOptions()
# Below this, one process is done before others have started.
SMALL = 2 << 20  # bytes
# A signature estimates; a pair at the threshold may look less similar by so much.
ESTIMATE_SLACK = 0.12  # three standard errors of 128 values at .5
PAIRS_AT_ONCE = 1 << 17


def scan(
    inputs: Inputs,
    settings: Settings = _SETTINGS,
    *,
    read: ReadOptions = _READ,
    jobs: int | None = None,
    passages: bool = False,
    progress: Progress | None = None,
) -> ScanResult:
    """Return every repeat within and between documents.

    `inputs` are paths of files and folders, or texts: a mapping from names to texts,
    or pairs of both. `passages` also gives the passages between whole documents.
    `progress` hears the name of each stage and the share of it that is done.

    >>> text = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين"
    >>> result = scan({"a": text, "b": text.replace("إن", "ان")})
    >>> result.findings[0].relation
    'orthographic'
    """
    found = _sources(inputs, read)
    size = sum(source.size for source in found.sources)
    jobs = 1 if size < SMALL and not jobs else processes.usable_jobs(jobs)
    tell = progress or (lambda _stage, _share: None)
    corpus, batches = loader.read(
        found, read, settings, jobs, partial(tell, "reading")
    )
    matches, stretches = _Work(
        corpus, batches, settings, jobs, tell, passages
    ).matches()
    tell("reporting", 0.0)
    return build_result(corpus, batches, matches, stretches, settings, jobs)


def _sources(inputs: Inputs, read: ReadOptions) -> Found:
    if isinstance(inputs, (str, PurePath)):
        return find_sources([inputs], read)
    if isinstance(inputs, Mapping):
        return from_texts(inputs)
    given = list(inputs)
    if given and isinstance(given[0], tuple):
        return from_texts(given)
    return find_sources(given, read)


@dataclass(slots=True)
class _Work:
    """The stages after reading, each over slices or partitions on all cores."""

    corpus: Corpus
    batches: Batches
    settings: Settings
    jobs: int
    tell: Progress
    with_passages: bool

    def matches(self) -> tuple[Matches, Passages]:
        """Return all verified pairs of paragraphs that are not equal, and passages."""
        corpus = self.corpus
        packing = Packing.of(corpus)
        slices = loader.slices(self.batches)
        frequency = processes.shared_array(corpus.positions, np.uint8)
        skipped = corpus.exemplar != np.arange(len(corpus.paragraphs))

        def keys(number: int) -> Outcome:
            first, stop = slices[number]
            loader.assemble(corpus, self.batches, first, stop)
            start, end = self.batches.first_document[[first, stop]]
            sorted_keys = candidates.shingle_keys(
                corpus, packing, int(start), int(end), skipped
            )
            return None, {"keys": sorted_keys}

        sorted_keys = [arrays["keys"] for _, arrays in self._run("indexing", keys, len(slices))]

        parts = max(1, len(slices))
        borders = _borders(parts)

        def seeds(number: int) -> Outcome:
            ranges = [
                column[slice(*np.searchsorted(column, borders[number : number + 2]))]
                if number + 1 < parts
                else column[np.searchsorted(column, borders[number]) :]
                for column in sorted_keys
            ]
            together = np.concatenate(ranges)
            together.sort()
            found = candidates.seeds(corpus, packing, together, frequency)
            return None, {"seeds": found}

        found = [arrays["seeds"] for _, arrays in self._run("pairing", seeds, parts)]
        first_position = self.batches.first_position

        def compare(number: int) -> Outcome:
            first, stop = (first_position[batch] for batch in slices[number])
            low, high = (np.uint64(int(at) << packing.bits) for at in (first, stop))
            own = np.concatenate(
                [part[slice(*np.searchsorted(part, [low, high]))] for part in found]
            )
            runs = aligner.grow(corpus, packing, own)
            found_passages = (
                self._passages(slices[number], runs, frequency)
                if self.with_passages
                else passages.joined([])
            )
            matches = self._verified(runs, frequency)
            rows, values = self._signatures(slices[number], frequency)
            return None, {
                **verifier.as_arrays(matches),
                **{
                    f"{name} of passage": getattr(found_passages, name)
                    for name in Passages.__slots__
                },
                "rows": rows,
                "signatures": values.reshape(-1),
            }

        outcomes = [arrays for _, arrays in self._run("comparing", compare, len(slices))]
        matches = verifier.joined([verifier.from_arrays(arrays) for arrays in outcomes])
        all_passages = [
            Passages(*(arrays[f"{name} of passage"] for name in Passages.__slots__))
            for arrays in outcomes
        ]
        matches = self._with_near_duplicates(packing, matches, outcomes, frequency)
        return matches, passages.joined(all_passages)

    def _run(self, stage: str, task: Callable[[int], Outcome], count: int) -> list[Outcome]:
        return processes.run(task, count, self.jobs, partial(self.tell, stage))

    def _passages(
        self, batches: tuple[int, int], runs: Runs, frequency: ByteArray
    ) -> Passages:
        first, stop = self.corpus.first_paragraph[
            self.batches.first_document[list(batches)]
        ]
        equal = blocks.exact_runs(self.corpus, int(first), int(stop))
        return passages.find_passages(
            self.corpus, aligner.together(runs, equal), frequency
        )

    def _verified(self, runs: Runs, frequency: ByteArray) -> Matches:
        runs = aligner.cut_at_paragraphs(self.corpus, runs)
        return verifier.verify(self.corpus, runs, frequency, self.settings)

    def _signatures(
        self, batches: tuple[int, int], frequency: ByteArray
    ) -> tuple[IntArray, UInt32Array]:
        """Return the paragraphs that can have a near-duplicate, and their signatures."""
        first, stop = self.corpus.first_paragraph[self.batches.first_document[list(batches)]]
        rows = verifier.crowded_paragraphs(
            self.corpus, int(first), int(stop), frequency, self.settings
        )
        hashes, begins = verifier.shingle_hashes(self.corpus, rows)
        permutation = signatures.permutations(self.settings.num_perm, self.settings.seed)
        return rows, signatures.signatures(hashes, begins, permutation)

    def _with_near_duplicates(
        self,
        packing: Packing,
        matches: Matches,
        outcomes: list[dict],
        frequency: ByteArray,
    ) -> Matches:
        """Add the pairs that MinHash/LSH finds and those that close its groups."""
        rows = np.concatenate([arrays["rows"] for arrays in outcomes] or [np.empty(0, np.int64)])
        if not rows.size:
            return matches
        values = np.concatenate(
            [
                arrays["signatures"].reshape(self.settings.num_perm, -1)
                for arrays in outcomes
            ],
            axis=1,
        )
        columns = signatures.bands(values, self.settings.bands)
        left, right = candidates.band_pairs(columns)
        for _ in range(2):
            near = signatures.estimated_jaccard(values, left, right)
            likely = near >= self.settings.jaccard - ESTIMATE_SLACK
            one, other = rows[left[likely]], rows[right[likely]]
            fresh = verifier.unknown(matches, one, other)
            found = self._compared(packing, (one[fresh], other[fresh]), frequency)
            # A run may go on into paragraphs that were compared before.
            fresh = verifier.unknown(matches, found.left, found.right)
            matches = verifier.joined([matches, found.where(np.flatnonzero(fresh))])
            left, right = _rows_of(rows, matches)
            left, right = candidates.closing_pairs(left, right)
        return matches

    def _compared(
        self, packing: Packing, pairs: tuple[IntArray, IntArray], frequency: ByteArray
    ) -> Matches:
        parts = []
        for begin in range(0, pairs[0].size, PAIRS_AT_ONCE):
            left, right = (side[begin : begin + PAIRS_AT_ONCE] for side in pairs)
            seeds = candidates.seeds_of_pairs(self.corpus, packing, left, right)
            runs = aligner.grow(self.corpus, packing, seeds)
            parts.append(self._verified(runs, frequency))
        return verifier.joined(parts)


def _rows_of(rows: IntArray, matches: Matches) -> tuple[IntArray, IntArray]:
    """Return the edited matches as rows of paragraphs that have a signature."""
    edited = matches.relation == verifier.EDITED
    sides = []
    known = np.ones(int(edited.sum()), np.bool_)
    for side in (matches.left[edited], matches.right[edited]):
        at = np.minimum(np.searchsorted(rows, side), rows.size - 1)
        known &= rows[at] == side
        sides.append(at)
    return sides[0][known], sides[1][known]


def _borders(parts: int) -> UInt64Array:
    """Return the smallest key of each of equal parts of all keys."""
    return np.array([(number << 64) // parts for number in range(parts)], np.uint64)
