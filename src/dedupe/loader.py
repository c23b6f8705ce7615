"""Read all documents into one corpus, on all cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from dedupe import processes
from dedupe.batch_columns import read_batch, unpacked
from dedupe.corpus import (
    PADDING,
    Corpus,
    Int32Array,
    IntArray,
    Paragraphs,
    Ranks,
    UInt32Array,
    distinct,
    exemplars,
    sorting,
)
from dedupe.errors import InputError
from dedupe.memory_files import Arrays, shared_array
from dedupe.model import About, Problem
from dedupe.readers import (
    Batch,
    Found,
    ReadOptions,
    Source,
    names_of,
    plan,
    problem_order,
)
from dedupe.respacing import respaced, spliced, with_words
from dedupe.settings import Settings
from dedupe.text_rows import TextRow
from dedupe.texts import Texts
from dedupe.values import dataclass

# Words of one slice: enough that a pass over columns is worth its call, few enough
# that the columns of a slice stay in the cache of a core.
SLICE_WORDS = 200_000
# Two positions, or a position and a hash, share 64 bits; a paragraph is an int32.
MOST_WORDS = 1 << 32
MOST_PARAGRAPHS = 1 << 31
ROOM = 1.5  # of what a row of all words is likely to need
# After the name of a file in that of a document; a name may also be that of the file.
_JOINTS = ("", "#", ":", "/")


@dataclass(frozen=True, slots=True)
class Batches:
    """What was read, batch by batch: where documents and words stand."""

    found: Found
    options: ReadOptions
    columns: Sequence[Arrays]
    first_position: IntArray  # of each batch, and one more at the end
    first_document: IntArray  # likewise
    names: Sequence[str]  # of documents
    encodings: Sequence[str]
    errors: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    asked: int  # so many documents were asked about; others are what they may repeat
    about: Mapping[int, About]  # of documents whose source tells anything
    texts: Texts  # of documents

    def starts(self, positions: IntArray) -> Int32Array:
        """Return the code point at which the word at each position begins."""
        return self._look_up(positions, with_size=False)

    def ends(self, positions: IntArray) -> Int32Array:
        """Return the code point after the word at each position."""
        return self._look_up(positions, with_size=True)

    def _look_up(self, positions: IntArray, *, with_size: bool) -> Int32Array:
        """Return where the word at each position begins, or ends."""
        values, found = np.empty((2, positions.size), np.int32)
        order = sorting(positions)
        ordered = positions[order]
        borders = np.searchsorted(ordered, self.first_position)
        for batch in np.flatnonzero(np.diff(borders)).tolist():
            arrays = self.columns[batch]
            rows = slice(borders[batch], borders[batch + 1])
            inside = ordered[rows] - self.first_position[batch]
            found[rows] = arrays["start"].take(inside)
            if with_size:
                found[rows] += arrays["size"].take(inside)
        values[order] = found
        return values


def read(
    found: Found,
    options: ReadOptions,
    settings: Settings,
    jobs: int,
    done: Callable[[float], None] | None = None,
) -> tuple[Corpus, Batches]:
    """Return the corpus of all sources, and the columns it was made of.

    Whoever is done sees off the processes, as `processes.workers` says.
    """
    batches = plan(found.sources, options)
    held, words = _read_batches(found, options, batches, settings, jobs, done)
    return _with_better_spaces(_corpus(held, words), held, settings)


def read_more(
    corpus: Corpus,
    held: Batches,
    sources: Sequence[Source],
    settings: Settings,
    jobs: int,
) -> tuple[Corpus, Batches]:
    """Return the corpus of what was read and of more sources after it."""
    found = held.found._replace(sources=(*held.found.sources, *sources))
    first = len(held.found.sources)
    batches = [
        batch._replace(first=batch.first + first)
        for batch in plan(sources, held.options)
    ]
    more, words = _read_batches(found, held.options, batches, settings, jobs)
    columns = [*held.columns, *more.columns]
    together = replace(
        more,
        columns=columns,
        first_position=_running([arrays["start"].size for arrays in columns]),
        first_document=_running([arrays["document_words"].size for arrays in columns]),
        names=[*held.names, *more.names],
        encodings=[*held.encodings, *more.encodings],
        errors=held.errors + more.errors,
        warnings=held.warnings + more.warnings,
        asked=held.asked,
        about=held.about,
        texts=held.texts.with_more(more.texts),
    )
    known = corpus.word[: corpus.positions]
    whole = _corpus(together, np.concatenate([known, words]))
    return _with_better_spaces(whole, together, settings)


def _read_batches(
    found: Found,
    options: ReadOptions,
    batches: Sequence[Batch],
    settings: Settings,
    jobs: int,
    done: Callable[[float], None] | None = None,
) -> tuple[Batches, UInt32Array]:
    """Return the columns of all batches, and all words in a row with room after them.

    Words are joined while others are still read.
    """
    task = partial(read_batch, batches, options, settings)
    words = _Words(len(batches))
    values: list[dict[str, Any]] = []
    names: list[str] = []
    columns: list[Arrays] = []
    with processes.workers({"read": task}, min(jobs, len(batches))) as crew:
        outcomes = crew.outcomes("read", len(batches), done=done, is_last=True)
        of_sources = names_of(found.sources)
        for batch, ((told, held), place) in zip(batches, outcomes, strict=True):
            pieces = unpacked(held, len(told))
            words.add([arrays.pop("word") for arrays in pieces])
            crew.forget(place, "word")
            columns += pieces
            values += told
            for value in told:
                own = slice(batch.first, batch.first + len(batch.sources))
                names += of_sources[own] if value["names"] is None else value["names"]
    return _held(found, options, values, names, columns), words.all()


class _Words:
    """The words of batches in a row.

    How long it will be can be guessed from the first ones; memory that is not written
    costs nothing, so there is room for more.
    """

    def __init__(self, batches: int) -> None:
        self._batches = batches
        self._seen = 0
        self._size = 0
        self._row = np.empty(PADDING, np.uint32)

    def add(self, words: list[UInt32Array]) -> None:
        """Add the words of the next batch."""
        self._seen += 1
        size = self._size + sum(own.size for own in words)
        if size + PADDING > self._row.size:
            likely = size * self._batches / self._seen
            row = np.empty(int(ROOM * likely) + PADDING, np.uint32)
            row[: self._size] = self._row[: self._size]
            self._row = row
        if words:
            np.concatenate(words, out=self._row[self._size : size])
        self._size = size

    def all(self) -> UInt32Array:
        """Return all words, with room for those that close the last document."""
        return self._row[: self._size + PADDING]


def _held(
    found: Found,
    options: ReadOptions,
    values: Sequence[dict[str, Any]],
    names: Sequence[str],
    columns: Sequence[Arrays],
) -> Batches:
    files = (
        found.sources[row].name
        for arrays in columns
        for row in arrays["source"].tolist()
    )
    first_position = _running([arrays["start"].size for arrays in columns])
    first_document = _running([arrays["document_words"].size for arrays in columns])
    return Batches(
        found._replace(
            skipped=_with(found.skipped, values, "skipped"),
            errors=_with(found.errors, values, "refused"),
        ),
        options,
        columns,
        first_position,
        first_document,
        told_apart(names, files),
        [
            encoding
            for value, arrays in zip(values, columns, strict=True)
            for encoding in _of_each(value["encodings"], arrays["source"].size)
        ],
        tuple(Problem(*pair) for value in values for pair in value["errors"]),
        tuple(Problem(*pair) for value in values for pair in value["warnings"]),
        len(names),
        {
            int(first) + row: About(*told)
            for first, value in zip(first_document, values, strict=False)
            for row, told in value["about"]
        },
        Texts.of(
            [
                TextRow(*(arrays.pop(f"text_{name}") for name in TextRow.__slots__))
                for arrays in columns
            ],
            [arrays.pop("text_borders") for arrays in columns],
        ),
    )


def _of_each(told: list[str], documents: int) -> list[str]:
    """Return what is told of each document, where one word tells it of all."""
    return told if len(told) == documents else told * documents


def told_apart(names: Sequence[str], files: Iterable[str]) -> list[str]:
    """Return names of which no two are the same, for documents in these files.

    Objects of several JSON Lines files may have the same id; then the file is named
    with it, and where an id comes again in one file, how often it has come.

    >>> told_apart(["7", "8", "7", "7"], ["a", "a", "a", "b"])
    ['a#7', '8', 'a#7 (2)', 'b#7']
    """
    if len(set(names)) == len(names):
        return [*names]
    count = Counter(names)
    seen: Counter[str] = Counter()
    apart = []
    for name, file in zip(names, files, strict=True):
        own = name
        if count[name] > 1:
            is_whole = name.startswith(file) and name[len(file) :][:1] in _JOINTS
            own = name if is_whole else f"{file}#{name}"
            seen[own] += 1
            own += f" ({seen[own]})" if seen[own] > 1 else ""
        apart.append(own)
    return apart


def hash_twins(corpus: Corpus, texts: Texts, rows: IntArray) -> None:
    """Note how some paragraphs are written, of those that are equal after folding."""
    paragraphs = corpus.paragraphs
    spans = np.stack([paragraphs.start[rows], paragraphs.end[rows]], axis=1)
    paragraphs.raw[rows] = texts.hashes(paragraphs.document[rows], spans)


def even_twins(corpus: Corpus, texts: Texts) -> None:
    """Let what differs in the white space between words count as written alike."""
    paragraphs, exemplar = corpus.paragraphs, corpus.exemplar
    differs = paragraphs.raw != paragraphs.raw[exemplar]
    is_asked = np.zeros(exemplar.size, np.bool_)
    is_asked[exemplar[differs]] = True
    rows = np.flatnonzero(is_asked[exemplar])
    spans = np.stack([paragraphs.start[rows], paragraphs.end[rows]], axis=1)
    hashes = texts.hashes_of_words(paragraphs.document[rows], spans)
    paragraphs.raw[rows[list(hashes)]] = list(hashes.values())


def slices(batches: Batches) -> list[tuple[int, int]]:
    """Return runs of whole batches, first and last excluded, of about equal words."""
    borders = [0]
    for batch in range(1, len(batches.columns)):
        held = batches.first_position[batch + 1] - batches.first_position[borders[-1]]
        if held > SLICE_WORDS:
            borders.append(batch)
    borders.append(len(batches.columns))
    return list(pairwise(borders))


def _with_better_spaces(
    corpus: Corpus, held: Batches, settings: Settings
) -> tuple[Corpus, Batches]:
    """Return both with paragraphs in the words of twins that are better spaced."""
    changes = respaced(corpus, held.texts, settings)
    if not changes:
        return corpus, held
    rows = np.array([own.row for own in changes])
    first = corpus.paragraphs.first_word[rows]
    stop = first + corpus.paragraphs.words[rows]
    words = spliced(corpus.word, first, stop, [own.word for own in changes])
    columns = [*held.columns]
    batch_of = held.first_position.searchsorted(first, side="right") - 1
    for batch in distinct(batch_of).tolist():
        own = np.flatnonzero(batch_of == batch)
        position = held.first_position[batch]
        columns[batch] = with_words(
            columns[batch],
            first[own] - position,
            stop[own] - position,
            [changes[row] for row in own.tolist()],
        )
    sizes = [arrays["start"].size for arrays in columns]
    held = replace(held, columns=columns, first_position=_running(sizes))
    return _corpus(held, words), held


def _closing_words(first: int, stop: int) -> UInt32Array:
    """Return a word for the end of each document that no other document ends in."""
    numbers = np.arange(first, stop, dtype=np.uint64)
    return (numbers * np.uint64(0x9E3779B1)).astype(np.uint32)


def _running(sizes: Sequence[int] | IntArray) -> IntArray:
    """Return where each of some runs begins, and where the last one ends."""
    borders = np.zeros(len(sizes) + 1, np.int64)
    np.cumsum(sizes, out=borders[1:])
    return borders


def _with(
    told: tuple[Problem, ...], values: Sequence[dict[str, Any]], what: str
) -> tuple[Problem, ...]:
    """Return what the walk told, and what it would have told had it read as well."""
    more = [Problem(*pair) for value in values for pair in value[what]]
    return tuple(sorted((*told, *more), key=problem_order)) if more else told


def _corpus(held: Batches, word: UInt32Array) -> Corpus:
    """Return the corpus that was read in batches.

    `word` holds all words, and room after them; what closes documents is put in.
    """

    def column(name: str) -> np.ndarray:
        if not held.columns:
            return np.empty(0, np.int64)
        return np.concatenate([arrays[name] for arrays in held.columns])

    documents = len(held.names)
    counts = [arrays["words"].size for arrays in held.columns]
    batch = np.repeat(np.arange(len(counts)), counts)
    document = column("document") + held.first_document[batch]
    paragraphs = Paragraphs(
        document.astype(np.int32),
        column("line"),
        column("last_line"),
        column("paragraph_start"),
        column("paragraph_end"),
        column("first_word") + held.first_position[batch],
        column("words"),
        column("solid"),
        shared_array(document.size, np.int64),
    )
    words = int(held.first_position[-1])
    if words >= MOST_WORDS or document.size >= MOST_PARAGRAPHS:
        message = (
            f"{words:,} words in {document.size:,} paragraphs are more than one scan "
            f"can hold; scan the text in parts."
        )
        raise InputError(message)
    counts = [arrays["joined"].size for arrays in held.columns]
    joined = column("joined") + np.repeat(held.first_position[:-1], counts)
    first_position = _running(column("document_words") + 1)
    closing = _closing_words(0, documents + PADDING)
    word[first_position[1:] - 1] = closing[:documents]
    word[words:] = closing[documents:]
    return Corpus(
        word,
        # Where the first begins nothing has begun before.
        Ranks.of(paragraphs.first_word[1:], word.size),
        paragraphs,
        _running(np.bincount(document, minlength=documents)),
        first_position,
        joined,
        Ranks.of(joined + 1, word.size),
        exemplars(paragraphs.solid.astype(np.uint64, copy=False)),
    )
