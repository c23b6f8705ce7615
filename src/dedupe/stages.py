"""What each stage after reading does with a slice or a partition of the corpus.

A slice is a run of whole documents, a partition holds all keys of its shingles; how
many there are depends on the text alone, not on the number of processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from dedupe import aligner, blocks, candidates, families, loader, signatures
from dedupe.aligner import Runs
from dedupe.candidates import Packing
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    IntArray,
    Rows,
    UInt32Array,
    group_begins,
)
from dedupe.kin import OUTSIDE, SHARED, held_outside, shared_by_kin
from dedupe.loader import Batches
from dedupe.matches import Matches, as_arrays, from_arrays, joined
from dedupe.memory_files import Arrays, shared_array
from dedupe.passages import Passages, all_passages, find_passages
from dedupe.processes import Given, Outcome, Stage, Task
from dedupe.settings import Settings
from dedupe.similarity import crowded_paragraphs, shingle_hashes
from dedupe.values import dataclass
from dedupe.verifier import verify

PAIRS_AT_ONCE = 1 << 11
SIGNATURE_PARTS = 8  # of bands or rows, looked at by several processes


@dataclass(frozen=True, slots=True)
class Signed:
    """Paragraphs that may have a near-duplicate which rare shingles did not show."""

    rows: IntArray  # paragraphs, ascending
    signatures: Stage  # uint32, those of each slice, one permutation after the other


class Found(NamedTuple):
    """What the seeds show, and what to look at again."""

    matches: Matches
    passages: Passages
    signed: Signed
    doubted: Runs


@dataclass(frozen=True, slots=True)
class Stages:
    """What all tasks see, in whatever process they are done."""

    corpus: Corpus
    batches: Batches
    settings: Settings
    packing: Packing
    slices: list[tuple[int, int]]  # first batch of each, and the one after its last
    frequency: ByteArray  # how often the shingle at each position stands, 0 for rarely
    skipped: BoolArray  # paragraphs that an equal one stands for
    is_twin: BoolArray  # paragraphs that are equal to others
    permutation: UInt32Array  # of signatures
    passages: bool  # whether they are asked for

    @classmethod
    def of(
        cls, corpus: Corpus, batches: Batches, settings: Settings, *, passages: bool
    ) -> Stages:
        """Return what the tasks see of a corpus."""
        exemplar = corpus.exemplar
        skipped = exemplar != np.arange(exemplar.size)
        is_twin = skipped.copy()
        is_twin[exemplar[skipped]] = True
        return cls(
            corpus,
            batches,
            settings,
            Packing.of(corpus),
            loader.slices(batches),
            shared_array(corpus.positions, np.uint8),
            skipped,
            is_twin,
            signatures.permutations(settings.num_perm, settings.seed),
            passages,
        )

    def tasks(self) -> Mapping[str, Task]:
        """Return the tasks by the names of their stages."""
        return {
            "index": self._index,
            "seeds": self._seeds,
            "compare": self._compare,
            "banded": self._banded,
            "agreeing": self._agreeing,
            "pairs": self._pairs,
            SHARED: self._shared_by_kin,
            OUTSIDE: self._held_outside,
            "findings": self._findings,
        }

    def pair_borders(self, left: Rows) -> IntArray:
        """Return where the pairs of each task begin, and where the last one's end.

        A run may go on from one pair into the next, but not into another document; so
        all pairs whose `left` paragraphs, ascending, stand in one are of one task.
        """
        begins = group_begins(self.corpus.paragraphs.document.take(left))
        firsts = begins[group_begins(begins // PAIRS_AT_ONCE)]
        return np.append(firsts, left.size)

    def verified(self, runs: Runs) -> tuple[Matches, Runs]:
        """Return what runs of equal words show, and which of them are in doubt."""
        return verify(self.corpus, runs, self.frequency, self.settings)

    def found(self, stage: Stage) -> Found:
        """Return what all tasks of the comparison found."""
        given = stage.arrays
        return Found(
            joined([from_arrays(arrays) for arrays in given]),
            all_passages(given if self.passages else []),
            Signed(_column(given, "rows"), stage.only("signatures")),
            Runs(*(_column(given, f"doubted_{side}") for side in Runs.__slots__)),
        )

    def _index(self, number: int, _: Given) -> Outcome:
        """Sort the shingles of a slice, and see how equal paragraphs are written."""
        documents = self.batches.first_document[list(self.slices[number])]
        start, end = documents.tolist()
        first, stop = self._paragraphs(number)
        twins = np.flatnonzero(self.is_twin[first:stop]) + first
        loader.hash_twins(self.corpus, self.batches.texts, twins)
        keys = candidates.shingle_keys(
            self.corpus, self.packing, start, end, self.skipped
        )
        count = len(self.slices)
        lowest = np.array([(part << 64) // count for part in range(count)], np.uint64)
        borders = np.append(keys.searchsorted(lowest), keys.size)
        return None, {"keys": keys, "borders": borders}

    def _seeds(self, number: int, given: Given) -> Outcome:
        """Find the places that share the shingles of a partition.

        Beside them comes where those of each slice begin.
        """
        if not number:
            # All paragraphs are hashed by now, and their writing is not asked yet.
            loader.even_twins(self.corpus, self.batches.texts)
        keys = _parts(given, "keys", number)
        seeds = candidates.seeds(self.corpus, self.packing, keys, self.frequency)
        starts = [first for first, _ in self.slices] + [self.slices[-1][1]]
        slices = self.batches.first_position[starts].astype(np.uint64)
        slices <<= np.uint64(self.packing.bits)
        return None, {"seeds": seeds, "borders": seeds.searchsorted(slices)}

    def _compare(self, number: int, given: Given) -> Outcome:
        """Follow the seeds that begin in a slice, and sign its crowded paragraphs."""
        seeds = np.concatenate(_parts(given, "seeds", number))
        runs = aligner.grow(self.corpus, self.packing, seeds)
        first, stop = self._paragraphs(number)
        rows = crowded_paragraphs(
            self.corpus, first, stop, self.frequency, self.settings
        )
        hashes, begins = shingle_hashes(self.corpus, rows)
        values = signatures.signatures(hashes, begins, self.permutation)
        arrays: Arrays = {"rows": rows, "signatures": values.reshape(-1)}
        matches, doubted = self.verified(runs)
        arrays |= as_arrays(matches)
        arrays |= {f"doubted_{side}": getattr(doubted, side) for side in Runs.__slots__}
        if self.passages:
            equal = blocks.exact_runs(self.corpus, first, stop)
            runs = aligner.together(runs, equal)
            arrays |= find_passages(self.corpus, runs, self.frequency).as_arrays()
        return None, arrays

    def _banded(self, number: int, given: Given) -> Outcome:
        """Pair the signatures that share a band, of one part of the bands."""
        count = self.settings.bands
        asked = range(number, count, SIGNATURE_PARTS)
        columns = signatures.bands(self._signatures(given), count, asked)
        left, right = families.band_pairs(columns)
        return None, {"left": left, "right": right}

    def _agreeing(self, number: int, given: Given) -> Outcome:
        """Count equal values in given pairs of signatures, of one part of all."""
        *slices, pairs = given
        asked = range(number, self.settings.num_perm, SIGNATURE_PARTS)
        equal = signatures.agreeing(
            self._signatures(slices), asked, pairs["left"], pairs["right"]
        )
        return None, {"equal": equal}

    def _signatures(self, given: Given) -> list[UInt32Array]:
        """Return those of each slice as uint32[num_perm, rows]."""
        shape = self.settings.num_perm, -1
        return [arrays["signatures"].reshape(shape) for arrays in given]

    def _pairs(self, number: int, given: Given) -> Outcome:
        """Compare some of the given pairs of paragraphs."""
        rows = slice(*given[0]["borders"][number : number + 2].tolist())
        left, right = (given[0][side][rows] for side in ("left", "right"))
        seeds = families.seeds_of_pairs(self.corpus, self.packing, left, right)
        runs = aligner.grow(self.corpus, self.packing, seeds)
        matches, _ = self.verified(runs)
        return None, as_arrays(matches)

    def _shared_by_kin(self, number: int, given: Given) -> Outcome:
        """Find what kin have in common, of one part of all families."""
        family, members = given[0]["family"], given[0]["members"]
        return None, shared_by_kin(self.corpus, family, members, self.frequency, number)

    def _held_outside(self, number: int, given: Given) -> Outcome:
        """Find who holds what only kin repeat, in one part of all positions."""
        outside, shingles = given[0]["outside"], given[0]["shingles"]
        most = int(given[0]["most"][0])
        return None, held_outside(
            self.corpus, outside, shingles, most, self.frequency, number
        )

    def _findings(self, number: int, given: Given) -> Outcome:
        """Draft one part of the findings."""
        matches = from_arrays(given[0])
        return None, blocks.draft(self.corpus, matches, self.settings, number)

    def _paragraphs(self, number: int) -> tuple[int, int]:
        """Return the paragraphs of a slice: the first, and the one after the last."""
        documents = self.batches.first_document[list(self.slices[number])]
        start, end = self.corpus.first_paragraph[documents].tolist()
        return start, end


def _parts(given: Given, name: str, number: int) -> list[np.ndarray]:
    """Return what each task gave to the task of some number."""
    parts = []
    for arrays in given:
        begin, end = arrays["borders"][number : number + 2].tolist()
        parts.append(arrays[name][begin:end])
    return parts


def _column(given: Given, name: str) -> np.ndarray:
    return np.concatenate([arrays[name] for arrays in given])
