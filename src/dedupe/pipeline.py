"""Find every repeat in a set of documents: the whole pipeline on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import NamedTuple, TypeAlias

import numpy as np

from dedupe import aligner, blocks, candidates, loader, processes, signatures
from dedupe.aligner import Runs
from dedupe.candidates import Packing
from dedupe.corpus import (
    ByteArray,
    Corpus,
    IntArray,
    UInt32Array,
)
from dedupe.kin import count_kin_once, kin
from dedupe.loader import Batches
from dedupe.matches import (
    CONTAINED,
    EDITED,
    OVERLAP,
    Matches,
    as_arrays,
    each_once,
    from_arrays,
    joined,
    tied_by,
    unknown,
)
from dedupe.model import ScanResult
from dedupe.passages import Passages, all_passages, find_passages
from dedupe.processes import Arrays, Outcome
from dedupe.readers import Found, ReadOptions, find_sources, from_texts, is_much
from dedupe.results import build_result
from dedupe.settings import Settings
from dedupe.similarity import crowded_paragraphs, shingle_hashes
from dedupe.values import dataclass
from dedupe.verifier import verify

PathLike: TypeAlias = str | PurePath
Inputs: TypeAlias = (
    PathLike
    | Iterable[PathLike]
    | Mapping[str, str]
    | Iterable[tuple[str, str]]
    | Found
)
Progress: TypeAlias = Callable[[str, float], None]

_SETTINGS = Settings()
_READ = ReadOptions()
# Below this, one process is done before others have started.
SMALL = 2 << 20  # bytes
# A signature estimates: a pair at the threshold may look less similar by so much, three
# standard errors of 128 values at .5.
ESTIMATE_SLACK = 0.12
PAIRS_AT_ONCE = 1 << 12
# To start a child and to give it memory takes as long as to compare so many pairs.
TASKS_A_CHILD = 2


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

    `inputs` are paths of files and folders, what `readers.find_sources` has found
    there, or texts: a mapping from names to texts,
    or pairs of both. `passages` also gives the passages between whole documents.
    `progress` hears the name of each stage and the share of it that is done.

    >>> text = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين"
    >>> result = scan({"a": text, "b": text.replace("إن", "ان")})
    >>> result.findings[0].relation
    'orthographic'
    """
    compared = compare(
        inputs,
        settings,
        read=read,
        jobs=jobs,
        passages=passages,
        progress=progress,
    )
    (progress or tell_nobody)("reporting", 0.0)
    return compared.result(settings)


class Compared(NamedTuple):
    """What a scan knows before its findings are gathered."""

    corpus: Corpus
    batches: Batches
    matches: Matches
    passages: Passages
    jobs: int

    def result(self, settings: Settings) -> ScanResult:
        """Gather the findings."""
        return build_result(*self[:4], settings, self.jobs)


def compare(
    inputs: Inputs,
    settings: Settings = _SETTINGS,
    *,
    read: ReadOptions = _READ,
    jobs: int | None = None,
    passages: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Return all documents as columns with the matches between their paragraphs.

    The arguments are those of `scan`.
    """
    tell = progress or tell_nobody
    found = sources_of(inputs, read)
    jobs = jobs_for(found, jobs)
    corpus, batches = loader.read(found, read, settings, jobs, partial(tell, "reading"))
    return compare_corpus(
        corpus, batches, settings, jobs, passages=passages, progress=tell
    )


def compare_corpus(
    corpus: Corpus,
    batches: Batches,
    settings: Settings,
    jobs: int,
    *,
    passages: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Return a corpus with the matches in it."""
    tell = progress or tell_nobody
    work = _Work.of(corpus, batches, settings, jobs, tell)
    try:
        work.index()
        seeds = work.seeds()
        found, stretches, signed, doubted = work.compare(seeds, passages=passages)
        del seeds
        matches = work.with_near_duplicates(found, signed, doubted)
    finally:
        processes.see_off()
    return Compared(corpus, batches, matches, stretches, jobs)


def jobs_for(found: Found, jobs: int | None) -> int:
    """Return how many processes to use for some sources."""
    if jobs or is_much(found.sources, SMALL):
        return processes.usable_jobs(jobs)
    return 1


def _unknown(found: Sequence[Matches], more: Matches) -> Matches:
    """Return the matches among more that are not found yet."""
    return more.where(np.flatnonzero(unknown(found, more.left, more.right)))


def tell_nobody(_stage: str, _share: float) -> None:
    """Hear of the progress, and keep it."""


def sources_of(inputs: Inputs, read: ReadOptions) -> Found:
    """Return the sources of paths or of texts."""
    if isinstance(inputs, Found):
        return inputs
    if isinstance(inputs, str | PurePath):
        return find_sources([inputs], read, sized=False)
    if isinstance(inputs, Mapping):
        return from_texts(inputs)
    paths: list[PathLike] = []
    texts: list[tuple[str, str]] = []
    for item in inputs:
        if isinstance(item, tuple):
            texts.append(item)
        else:
            paths.append(item)
    return from_texts(texts) if texts else find_sources(paths, read, sized=False)


@dataclass(frozen=True, slots=True)
class _Signed:
    """Paragraphs that may have a near-duplicate which rare shingles did not show."""

    rows: IntArray  # paragraphs, ascending
    signatures: UInt32Array  # [num_perm, rows]


@dataclass(slots=True)
class _Work:
    """The stages after reading, each over slices or partitions on all cores.

    A slice is a run of whole documents, a partition holds all keys of its shingles;
    how many there are depends on the text alone, not on the number of processes.
    """

    corpus: Corpus
    batches: Batches
    settings: Settings
    jobs: int
    tell: Progress
    packing: Packing
    slices: list[tuple[int, int]]  # first batch of each, and the one after its last
    frequency: ByteArray  # how often the shingle at each position stands, 0 for rarely
    keys: list[Arrays]  # of each slice, and where those of each partition begin

    @classmethod
    def of(
        cls,
        corpus: Corpus,
        batches: Batches,
        settings: Settings,
        jobs: int,
        tell: Progress,
    ) -> _Work:
        return cls(
            corpus,
            batches,
            settings,
            jobs,
            tell,
            Packing.of(corpus),
            loader.slices(batches),
            processes.shared_array(corpus.positions, np.uint8),
            [],
        )

    def index(self) -> None:
        """Sort the shingles of each slice, and see how equal paragraphs are written."""
        exemplar = self.corpus.exemplar
        skipped = exemplar != np.arange(exemplar.size)
        is_twin = skipped.copy()
        is_twin[exemplar[skipped]] = True
        count = len(self.slices)
        lowest = np.array([(part << 64) // count for part in range(count)], np.uint64)

        def task(number: int) -> Outcome:
            documents = self.batches.first_document[list(self.slices[number])]
            start, end = documents.tolist()
            first, stop = self._paragraphs(*self.slices[number])
            twins = np.flatnonzero(is_twin[first:stop]) + first
            loader.hash_twins(self.corpus, self.batches.texts, twins)
            keys = candidates.shingle_keys(
                self.corpus, self.packing, start, end, skipped
            )
            borders = np.append(keys.searchsorted(lowest), keys.size)
            return None, {"keys": keys, "borders": borders}

        self.keys = self._run("indexing", task, count)

    def seeds(self) -> list[Arrays]:
        """Return the places that share shingles, one column a partition.

        Also where those of each slice begin in it.
        """
        starts = [first for first, _ in self.slices] + [self.slices[-1][1]]
        slices = self.batches.first_position[starts].astype(np.uint64)
        slices <<= np.uint64(self.packing.bits)

        held = [(arrays["keys"], arrays["borders"].tolist()) for arrays in self.keys]

        def task(number: int) -> Outcome:
            pieces = [
                keys[borders[number] : borders[number + 1]] for keys, borders in held
            ]
            seeds = candidates.seeds(self.corpus, self.packing, pieces, self.frequency)
            return None, {"seeds": seeds, "borders": seeds.searchsorted(slices)}

        seeds = self._run("pairing", task, len(self.slices))
        self.keys.clear()  # the largest columns of all
        return seeds

    def compare(
        self, seeds: list[Arrays], *, passages: bool
    ) -> tuple[Matches, Passages, _Signed, Runs]:
        """Return what the seeds show, and what to look at again."""
        permutation = signatures.permutations(
            self.settings.num_perm, self.settings.seed
        )

        def task(number: int) -> Outcome:
            own = [
                arrays["seeds"][slice(*arrays["borders"][number : number + 2])]
                for arrays in seeds
            ]
            runs = aligner.grow(self.corpus, self.packing, np.concatenate(own))
            rows, values = self._sign(*self.slices[number], permutation)
            arrays: Arrays = {"rows": rows, "signatures": values.reshape(-1)}
            matches, doubted = self._verified(runs)
            arrays |= as_arrays(matches)
            arrays |= {
                f"doubted_{side}": getattr(doubted, side) for side in Runs.__slots__
            }
            if passages:
                arrays |= self._passages(*self.slices[number], runs).as_arrays()
            return None, arrays

        outcomes = self._run("comparing", task, len(self.slices))
        signed = _Signed(
            np.concatenate([arrays["rows"] for arrays in outcomes]),
            np.concatenate(
                [
                    arrays["signatures"].reshape(self.settings.num_perm, -1)
                    for arrays in outcomes
                ],
                axis=1,
            ),
        )
        doubted = Runs(
            *(
                np.concatenate([arrays[f"doubted_{side}"] for arrays in outcomes])
                for side in Runs.__slots__
            )
        )
        matches = joined([from_arrays(arrays) for arrays in outcomes])
        return matches, all_passages(outcomes if passages else []), signed, doubted

    def with_near_duplicates(
        self, matches: Matches, signed: _Signed, doubted: Runs
    ) -> Matches:
        """Add the pairs that share a band, and those that close their groups.

        Then look again at what was thought a formula and is the text of such a group.
        """
        found = [matches]
        found.append(self._fresh(found, *self._alike(signed)))
        closing = candidates.closing_pairs(*tied_by(found, EDITED))
        found.append(self._fresh(found, *closing))
        family = kin(
            len(self.corpus.paragraphs),
            tied_by(found, EDITED),
            tied_by(found, CONTAINED),
        )
        doubted = count_kin_once(self.corpus, family, doubted, self.frequency)
        again, _ = self._verified(doubted)
        found.append(_unknown(found, again))
        others = tied_by(found, CONTAINED, OVERLAP)
        more = candidates.pairs_with_kin(tied_by(found, EDITED), others)
        found.append(self._fresh(found, *more))
        return joined(found)

    def _alike(self, signed: _Signed) -> tuple[IntArray, IntArray]:
        """Return the pairs of paragraphs that share a band and look similar enough."""
        columns = signatures.bands(signed.signatures, self.settings.bands)
        left, right = candidates.band_pairs(columns)
        near = signatures.estimated_jaccard(signed.signatures, left, right)
        likely = near >= self.settings.jaccard - ESTIMATE_SLACK
        return signed.rows[left[likely]], signed.rows[right[likely]]

    def _fresh(
        self, found: Sequence[Matches], left: IntArray, right: IntArray
    ) -> Matches:
        """Return the matches among given pairs of paragraphs that are not found yet."""
        fresh = unknown(found, left, right)
        more = self._compared(left[fresh], right[fresh])
        # A run may go on into paragraphs that were compared before.
        return _unknown(found, more)

    def _run(
        self,
        stage: str,
        task: Callable[[int], Outcome],
        count: int,
        least: int = 1,
    ) -> list[Arrays]:
        """Return what some tasks give, of which a child is to have no fewer than so."""
        jobs = min(self.jobs, count // least)
        done = partial(self.tell, stage)
        outcomes = processes.run(task, count, jobs, done, linger=True)
        return [arrays for _, arrays in outcomes]

    def _verified(self, runs: Runs) -> tuple[Matches, Runs]:
        return verify(self.corpus, runs, self.frequency, self.settings)

    def _compared(self, left: IntArray, right: IntArray) -> Matches:
        """Return the matches among given pairs of paragraphs."""

        def task(number: int) -> Outcome:
            rows = slice(number * PAIRS_AT_ONCE, (number + 1) * PAIRS_AT_ONCE)
            seeds = candidates.seeds_of_pairs(
                self.corpus, self.packing, left[rows], right[rows]
            )
            runs = aligner.grow(self.corpus, self.packing, seeds)
            matches, _ = self._verified(runs)
            return None, as_arrays(matches)

        count = -(-left.size // PAIRS_AT_ONCE)
        outcomes = self._run("comparing", task, count, TASKS_A_CHILD)
        # A run may go on into paragraphs that another task was to compare.
        return each_once(joined([from_arrays(arrays) for arrays in outcomes]))

    def _passages(self, first: int, stop: int, runs: Runs) -> Passages:
        equal = blocks.exact_runs(self.corpus, *self._paragraphs(first, stop))
        runs = aligner.together(runs, equal)
        return find_passages(self.corpus, runs, self.frequency)

    def _sign(
        self, first: int, stop: int, permutation: UInt32Array
    ) -> tuple[IntArray, UInt32Array]:
        rows = crowded_paragraphs(
            self.corpus, *self._paragraphs(first, stop), self.frequency, self.settings
        )
        hashes, begins = shingle_hashes(self.corpus, rows)
        return rows, signatures.signatures(hashes, begins, permutation)

    def _paragraphs(self, first: int, stop: int) -> tuple[int, int]:
        """Return the paragraphs of a run of batches: the first, and after the last."""
        documents = self.batches.first_document[[first, stop]]
        start, end = self.corpus.first_paragraph[documents].tolist()
        return start, end
