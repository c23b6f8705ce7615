"""Find every repeat in a set of documents: the whole pipeline on one screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import PurePath
from typing import TypeAlias

import numpy as np

from dedupe import blocks, families, loader, processes
from dedupe.aligner import Runs
from dedupe.children import see_off
from dedupe.corpus import Corpus, IntArray
from dedupe.errors import SettingsError
from dedupe.kin import PARTS, count_kin_once, kin
from dedupe.loader import Batches
from dedupe.matches import (
    CONTAINED,
    EDITED,
    OVERLAP,
    Matches,
    as_arrays,
    from_arrays,
    joined,
    tied_by,
    unknown,
)
from dedupe.memory_files import Arrays
from dedupe.model import ScanResult
from dedupe.passages import Passages
from dedupe.processes import Stage, Workers
from dedupe.readers import Found, ReadOptions, find_sources, from_texts, is_much
from dedupe.results import Compared, build_result
from dedupe.settings import Settings
from dedupe.stages import SIGNATURE_PARTS, Signed, Stages
from dedupe.values import dataclass

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
    return build_result(compared, settings)


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
    check_arguments(settings, read, jobs)
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
    stages = Stages.of(corpus, batches, settings, passages=passages)
    with processes.workers(stages.tasks(), min(jobs, len(stages.slices))) as crew:
        matches, between = _Work(stages, crew, tell).compare()
        given = Stage.of(as_arrays(matches))
        drafts = crew.run("findings", blocks.PARTS, given)
    findings = blocks.gather(drafts.arrays)
    see_off()
    return Compared(corpus, batches, matches, between, findings, jobs)


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
    paths: list[PathLike] = []
    texts: list[tuple[str, str]] = []
    for item in _items(inputs):
        if isinstance(item, str | PurePath):
            paths.append(item)
        elif isinstance(item, tuple):
            texts.append(_named_text(item))
        else:
            raise _unknown_kind(item)
    if paths and texts:
        message = f"Give paths or texts, not both at once: {str(paths[0])!r} is a path."
        raise SettingsError(message)
    return from_texts(texts) if texts else find_sources(paths, read, sized=False)


def _items(inputs: object) -> Iterable[object]:
    if isinstance(inputs, Mapping):
        return inputs.items()
    if isinstance(inputs, bytes) or not isinstance(inputs, Iterable):
        raise _unknown_kind(inputs)
    return inputs


def _named_text(item: tuple[object, ...]) -> tuple[str, str]:
    match item:
        case (str(name), str(text)):
            return name, text
        case _:
            pass
    kinds = ", ".join(type(member).__name__ for member in item)
    message = f"A text is a pair of its name and itself, both str, not ({kinds})."
    raise SettingsError(message)


def _unknown_kind(given: object) -> SettingsError:
    return SettingsError(
        f"Paths are str or Path, texts a mapping from names or pairs of a name and a "
        f"text; not {type(given).__name__}."
    )


def check_arguments(settings: object, read: object, jobs: object = None) -> None:
    """Refuse what would fail later, or be taken for something else."""
    for name, value, kind in (
        ("settings", settings, Settings),
        ("read", read, ReadOptions),
    ):
        if not isinstance(value, kind):
            message = f"{name} must be {kind.__name__}(…), not {type(value).__name__}."
            raise SettingsError(message)
    if jobs is not None and (type(jobs) is not int or jobs < 0):
        message = f"jobs must be a whole number from 1, or None, not {jobs!r}."
        raise SettingsError(message)


@dataclass(frozen=True, slots=True)
class _Work:
    """The stages after reading, one after the other on all cores."""

    stages: Stages
    crew: Workers
    tell: Progress

    def compare(self) -> tuple[Matches, Passages]:
        """Return all verified pairs, and the passages if they are asked for."""
        count = len(self.stages.slices)
        keys = self._run("indexing", "index", count)
        seeds = self._run("pairing", "seeds", count, keys)
        self.crew.let_go(keys)  # the largest columns of all
        found = self._run("comparing", "compare", count, seeds)
        seeds.forget()
        matches, passages, signed, doubted = self.stages.found(found)
        return self._with_near_duplicates(matches, signed, doubted), passages

    def _with_near_duplicates(
        self, matches: Matches, signed: Signed, doubted: Runs
    ) -> Matches:
        """Add the pairs that share a band, and those that their groups lead to.

        What was thought a formula may be the text of such a group: count it once.
        """
        corpus = self.stages.corpus
        found = [matches]
        found.append(self._fresh(found, *self._alike(matches, signed)))
        family = kin(
            len(corpus.paragraphs),
            tied_by(found, EDITED),
            tied_by(found, CONTAINED),
        )
        recounted = count_kin_once(
            corpus, family, doubted, self.stages.frequency, self._of_kin
        )
        again, _ = self.stages.verified(recounted.doubted)
        found.append(_unknown(found, again))
        hidden = self._fresh(found, recounted.left, recounted.right)
        # A quotation would have had longer seeds.
        found.append(hidden.where(hidden.relation != OVERLAP))
        closing = families.closing_pairs(*tied_by(found, EDITED))
        found.append(self._fresh(found, *closing))
        more = families.pairs_with_kin(
            tied_by(found, EDITED), tied_by(found, CONTAINED), tied_by(found, OVERLAP)
        )
        found.append(self._fresh(found, *more))
        return joined(found)

    def _alike(self, matches: Matches, signed: Signed) -> tuple[IntArray, IntArray]:
        """Return the pairs of paragraphs that share a band and look similar enough."""
        settings, rows = self.stages.settings, signed.rows
        if not rows.size:
            return rows, rows
        found = self.crew.run("banded", SIGNATURE_PARTS, signed.signatures).arrays
        left, right = families.different_pairs(
            [(part["left"], part["right"]) for part in found]
        )
        edges = tied_by([matches], EDITED)
        flood = families.floods(*edges, len(self.stages.corpus.paragraphs))
        fresh = ~families.of_one_flood(flood[rows], left, right)
        left, right = left[fresh], right[fresh]
        pairs = signed.signatures.with_more({"left": left, "right": right})
        found = self.crew.run("agreeing", SIGNATURE_PARTS, pairs).arrays
        equal = np.sum([part["equal"] for part in found], axis=0)
        likely = equal >= (settings.jaccard - ESTIMATE_SLACK) * settings.num_perm
        return rows[left[likely]], rows[right[likely]]

    def _fresh(
        self, found: Sequence[Matches], left: IntArray, right: IntArray
    ) -> Matches:
        """Return the matches among given pairs of paragraphs that are not found yet."""
        fresh = unknown(found, left, right)
        left, right = left[fresh], right[fresh]
        borders = self.stages.pair_borders(left)
        pairs = {"left": left, "right": right, "borders": borders}
        more = self.crew.run("pairs", borders.size - 1, Stage.of(pairs))
        # A run may go on into paragraphs that were compared before.
        return _unknown(found, joined([from_arrays(arrays) for arrays in more.arrays]))

    def _of_kin(self, name: str, given: Arrays) -> Sequence[Arrays]:
        return self.crew.run(name, PARTS, Stage.of(given)).arrays

    def _run(
        self, told: str, name: str, count: int, given: Stage | None = None
    ) -> Stage:
        return self.crew.run(name, count, given, partial(self.tell, told))
