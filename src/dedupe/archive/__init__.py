"""Keep what was published, and find what repeats it.

>>> from tempfile import TemporaryDirectory
>>> text = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون بين البلدين"
>>> with TemporaryDirectory() as folder:
...     with Archive.create(f"{folder}/published.dedupe") as archive:
...         archive.add([Document("a1", text, title="اتفاقية")])
...         result = archive.query({"new.txt": text.replace("إن", "ان")})
Changes(added=1, unchanged=0, replaced=())
>>> result.published["a1"].title
'اتفاقية'
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, field, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from dedupe import loader
from dedupe.archive import checking, nearest, sqlite
from dedupe.archive.checking import sound, text_of
from dedupe.archive.dates import day_of, is_before
from dedupe.archive.meta import known_settings, new_meta, settings_of
from dedupe.archive.records import Document, Folded, Record, content_of, fold, id_of
from dedupe.archive.sqlite import SqliteStore
from dedupe.archive.store import Store, Stored
from dedupe.archive.writing import Changes, Writer
from dedupe.corpus import NOWHERE, Corpus
from dedupe.errors import ArchiveError, SettingsError
from dedupe.loader import Batches
from dedupe.model import Problem, Published, ScanResult
from dedupe.pipeline import (
    Inputs,
    Progress,
    check_arguments,
    compare_corpus,
    jobs_for,
    sources_of,
    tell_nobody,
)
from dedupe.readers import ReadOptions, Source
from dedupe.results import build_result
from dedupe.settings import Settings
from dedupe.values import dataclass

__all__ = ["Archive", "Changes", "Document", "Info"]

# An archive with no more paragraphs is compared as a whole.
WHOLE_PARAGRAPHS = 2000
FOLDED_AT_ONCE = 16 << 20  # characters
REMOVED_AT_ONCE = 100
REBUILT_AT_ONCE = 20_000
# Settings that decide what stands in the index; the others may differ in a query.
FIXED = ("fold", "ignore_numbers")
_READ = ReadOptions()
_SETTINGS = Settings()


@dataclass(frozen=True, slots=True)
class Info:
    """What an archive is and holds."""

    path: str
    size: int  # bytes of the file
    created: str
    generation: int
    documents: int
    paragraphs: int
    words: int
    postings: int
    fingerprint: str
    rules: int
    unicode: str
    scheme: str
    settings: dict[str, object] = field(default_factory=dict)


class Archive:
    """What was published: documents can be added, removed, and asked for.

    It is a context manager that closes its file.
    """

    def __init__(self, store: Store) -> None:
        """Use an open store; raise ArchiveError when other rules wrote it."""
        self._store = store
        self._meta = dict(store.meta())
        self.settings = settings_of(store.path, self._meta)
        self._writer = Writer(store, self.settings)

    @classmethod
    def create(
        cls,
        path: str | Path,
        settings: Settings = _SETTINGS,
        seed: int | None = None,
        *,
        created: str = "",
    ) -> Archive:
        """Make an empty archive and open it for writing.

        The seed of its signatures is random unless given, so that nobody can choose
        words that hide a copy. `created` is the time that `info` will tell.
        """
        check_arguments(settings, _READ)
        seed = secrets.randbits(32) if seed is None else seed
        sqlite.create(Path(path), new_meta(replace(settings, seed=seed), created))
        return cls.open(path, write=True)

    @classmethod
    def open(cls, path: str | Path, *, write: bool = False) -> Archive:
        """Open an archive, only to read it unless told otherwise."""
        store = SqliteStore(Path(path), write=write)
        try:
            return cls(store)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """The file of the archive."""
        return self._store.path

    def add(
        self, documents: Iterable[Document], *, added: str = "", jobs: int = 1
    ) -> Changes:
        """Add documents; those with a known id and other content replace the old ones.

        A single document is one transaction; many are written together, and are there
        in whole numbers whenever the process ends. `added` is the time of this.
        """
        changes = Changes()
        held: list[tuple[list[Record], Folded]] = []
        waiting = 0
        enough = self._writer.enough()
        for some in _portions(documents):
            times = [added] * len(some)
            held.append(fold(some, self.settings, times, jobs))
            waiting += held[-1][1].shingle.size
            if waiting >= enough:
                changes += self._writer.write(held)
                held, waiting, enough = [], 0, self._writer.enough()
        return changes + self._writer.write(held) if held else changes

    def remove(self, ids: Iterable[str]) -> list[str]:
        """Take documents away and return the ids that there were."""
        if isinstance(ids, str):
            # Each of its letters would be an id.
            raise SettingsError(f"Ids to remove are a list of str, not {ids!r} alone.")
        wanted = list(dict.fromkeys(ids))
        removed = []
        for start in range(0, len(wanted), REMOVED_AT_ONCE):
            with self._store.writing():
                some = wanted[start : start + REMOVED_AT_ONCE]
                known = self._store.known(map(id_of, some))
                self._writer.remove(sorted(entry.row for entry in known.values()))
            removed += [name for name in some if id_of(name) in known]
        return removed

    def query(  # noqa: PLR0913 - those of scan, and the day
        self,
        inputs: Inputs,
        settings: Settings | None = None,
        *,
        read: ReadOptions = _READ,
        since: date | None = None,
        jobs: int | None = None,
        passages: bool = False,
        progress: Progress | None = None,
    ) -> ScanResult:
        """Return what `inputs` repeat of the archive, of one another and of themselves.

        The inputs are those of `scan`, and so is the result: `documents` are those that
        came in, which come first in every finding; `published` tells of those of the
        archive. An archived document with the id of one that came in is left out, since
        it is its earlier version, and so is what is known to be published before
        `since`.
        """
        if since is not None:
            _check_day("since", since)
        settings = self.settings if settings is None else settings
        check_arguments(settings, read, jobs)
        self._check_fixed(settings)
        tell = progress or tell_nobody
        found = sources_of(inputs, read)
        jobs = jobs_for(found, jobs)
        corpus, batches = loader.read(
            found, read, settings, jobs, partial(tell, "reading")
        )
        with self._store.reading():
            choice = self._choose(corpus, batches, settings, since)
            stored = [
                sound(self.path, document)
                for document in self._store.documents(choice.documents)
                if not is_before(document.record.date, since)
            ]
        sources = [
            Source(entry.record.id, "", "text", len(text), 0, text)
            for entry in stored
            for text in [text_of(self.path, entry.record)]
        ]
        cut = _told(choice, corpus, batches)
        if sources:
            corpus, batches = loader.read_more(corpus, batches, sources, settings, jobs)
        corpus = replace(corpus, elsewhere=choice.elsewhere)
        compared = compare_corpus(
            corpus, batches, settings, jobs, passages=passages, progress=tell
        )
        tell("reporting", 0.0)
        result = build_result(compared, settings)
        return replace(
            result,
            # Who knows the seed can choose words that hide a copy, and a seed is soon
            # found for a fingerprint.
            settings=result.settings | {"seed": None},
            fingerprint=replace(settings, seed=0).fingerprint(),
            published=_published(result, stored),
            warnings=(*result.warnings, *cut),
            truncated=bool(choice.cut.size),
        )

    def info(self) -> Info:
        """Return what the archive is and holds."""
        totals = self._store.totals()
        return Info(
            path=str(self.path),
            size=self.path.stat().st_size,
            created=self._meta["created"],
            **totals._asdict(),
            fingerprint=self._meta["fingerprint"],
            rules=int(self._meta["rules"]),
            unicode=self._meta["unicode"],
            scheme=self._meta["scheme"],
            settings=asdict(self.settings),
        )

    def verify(self, *, full: bool = False) -> list[Problem]:
        """Return what is wrong with the structure, or in `full` with anything at all.

        In full every document is held to its checksum, and its paragraphs and their
        postings are made again from its text.
        """
        with self._store.reading():
            found = list(checking.check(self._store, self.settings, full=full))
        return [Problem(str(self.path), reason) for reason in found]

    def prune(self, before: date) -> list[str]:
        """Remove what was published before a day; return the ids.

        Where it is not known when a document was published, it counts when it was
        added; what has neither stays.
        """
        _check_day("before", before)
        rows = [
            row
            for row, published, added in self._store.dates()
            if (day := day_of(published) or day_of(added)) and day < before
        ]
        return self.remove(entry.record.id for entry in self._store.documents(rows))

    def snapshot(self, out: str | Path) -> str:
        """Write a copy that can be read on read-only media; return its SHA-256."""
        path = Path(out)
        self._store.snapshot(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @staticmethod
    def rebuild(path: str | Path, *, jobs: int = 1) -> list[Problem]:
        """Write an archive anew from its texts, by the rules of today.

        Return what could not be read; then the old file is kept beside the new one.
        """
        with SqliteStore.rebuilding(Path(path)) as old:
            meta = old.meta()
            settings = known_settings(meta.get("settings", "{}"))
            old.create(new_meta(settings, meta.get("created", "")))
            with Archive.open(old.new, write=True) as archive:
                for some in _parted(old.records(), REBUILT_AT_ONCE):
                    archive._restore(some, old.lost, jobs)  # noqa: SLF001
        return [Problem(str(path), f"lost: {reason}") for reason in old.lost]

    def published(self, ids: Iterable[str]) -> dict[str, Published]:
        """Return what is known of some documents, of those that are there."""
        return {
            name: Published(name, *known.published)
            for name, known in self._store.known(map(id_of, ids)).items()
        }

    def _check_fixed(self, settings: Settings) -> None:
        """Refuse settings by which other words stand in the index."""
        for name in FIXED:
            if getattr(settings, name) != getattr(self.settings, name):
                value = getattr(self.settings, name)
                raise SettingsError(
                    f"{name} must be {value!r}, as in the archive {self.path}; or make"
                    " another archive with other settings."
                )

    def _choose(
        self,
        corpus: Corpus,
        batches: Batches,
        settings: Settings,
        since: date | None,
    ) -> nearest.Choice:
        """Return the documents to compare with."""
        own = self._store.known(map(id_of, batches.names))
        left_out = {entry.row for entry in own.values()}
        totals = self._store.totals()
        if totals.paragraphs <= WHOLE_PARAGRAPHS:
            rows = [row for row in self._store.document_rows() if row not in left_out]
            none = np.empty(0, np.int64)
            return nearest.Choice(rows, NOWHERE, none, none)
        return nearest.choose(self._store, corpus, settings, left_out, since)

    def _restore(self, some: Sequence[Stored], lost: list[str], jobs: int) -> None:
        """Add documents of an older file, as far as they are whole."""
        documents, times = [], []
        for stored in some:
            try:
                record = sound(self.path, stored).record
                text = text_of(self.path, record)
            except ArchiveError:
                lost.append(f"document {stored.record.id!r}")
                continue
            if content_of(text.encode()) != record.content:
                lost.append(f"document {record.id!r}")
                continue
            documents.append(Document(record.id, text, *record[3:8]))
            times.append(record.added)
        if documents:
            self._writer.write([fold(documents, self.settings, times, jobs)])


def _parted(items: Iterable[Stored], size: int) -> Iterator[list[Stored]]:
    """Yield so many at a time."""
    given = iter(items)
    while some := list(islice(given, size)):
        yield some


def _portions(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield documents that are folded at once."""
    some: list[Document] = []
    weight = 0
    for document in documents:
        _check(document)
        some.append(document)
        weight += len(document.text)
        if weight >= FOLDED_AT_ONCE:
            yield some
            some, weight = [], 0
    if some:
        yield some


def _check(document: object) -> None:
    """Refuse what would fail later, such as a day that is no text."""
    if not isinstance(document, Document):
        kind = type(document).__name__
        raise SettingsError(f"A document is Document(id, text, …), not {kind}.")
    values: tuple[object, ...] = document
    for name, value in zip(document._fields, values, strict=True):
        if not isinstance(value, str):
            kind = type(value).__name__
            raise SettingsError(f"The {name} of a document is a str, not {kind}.")


def _check_day(name: str, day: object) -> None:
    """Refuse what cannot be compared with a day, as a time cannot."""
    if type(day) is not date:
        kind = type(day).__name__
        raise SettingsError(f"{name} must be a datetime.date, not {kind}.")


def _told(
    choice: nearest.Choice, corpus: Corpus, batches: Batches
) -> Iterator[Problem]:
    """Yield what was left out, for each document that came in."""
    for rows, what in (
        (
            choice.cut,
            "paragraphs may repeat more archived documents than were compared",
        ),
        (
            choice.forms,
            "short paragraphs stand in more archived documents than are told",
        ),
    ):
        documents, counts = np.unique(
            corpus.paragraphs.document[rows], return_counts=True
        )
        for document, count in zip(documents.tolist(), counts.tolist(), strict=True):
            most = nearest.MOST_COPIES
            yield Problem(
                batches.names[document], f"{count} {what} ({most} for each paragraph)"
            )


def _published(result: ScanResult, stored: Sequence[Stored]) -> dict[str, Published]:
    """Return what is known of the archived documents that stand in a result."""
    named = {
        place.document for finding in result.findings for place in finding.occurrences
    }
    named.update(match.right.document for match in result.matches)
    named.update(match.left.document for match in result.matches)
    return {
        record.id: Published(record.id, *record[3:8])
        for record in sorted((entry.record for entry in stored), key=lambda r: r.id)
        if record.id in named
    }
