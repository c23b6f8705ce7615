"""Find the words of a paragraph whose spaces were lost or broken in those of its twins.

Paragraphs with the same letters are equal wherever their spaces stand, and one of them
goes on for all. Were that the one that a PDF has left without spaces, no edited copy of
the others would be found. So each is read in the words of the best spaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from dedupe.corpus import (
    BoolArray,
    Corpus,
    Int32Array,
    IntArray,
    UInt32Array,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.memory_files import Arrays
from dedupe.settings import Settings
from dedupe.shingles import look_up
from dedupe.texts import Texts
from dedupe.values import dataclass

# Less are spaces that a typist forgot, which hide no copy.
FEWEST_APART = 2  # words
APART_SHARE = 1 / 12  # of the words of the one with more
LONGEST = 100_000  # code points; more would take long, and are no paragraph
SAMPLE = 1 << 18  # words of the corpus that tell which words there are
LETTERS_A_WORD = 4.5
_LOST_YEHS = re.compile("ي+(?=ء)")  # as `folding.drop_inner_yehs` drops them


@dataclass(frozen=True, slots=True)
class Respaced:
    """The words of one paragraph, cut as those of its twin are."""

    row: int  # of the paragraph
    word: UInt32Array
    start: Int32Array  # code points in the document
    size: Int32Array
    joined: IntArray  # rows here of words that are written as two or more


def respaced(corpus: Corpus, texts: Texts, settings: Settings) -> list[Respaced]:
    """Return the words that some paragraphs get from their twins, ascending by row."""
    rows = _torn(corpus)
    if not rows.size:
        return []
    known = _is_known(corpus, rows)
    found = []
    for members in _groups(corpus, rows):
        model = _best_spaced(corpus, members, known)
        words = corpus.paragraphs.words
        torn = members[_are_apart(words[members], words[model])]
        found += _cut_alike(corpus, texts, model, torn, settings)
    return sorted(found, key=lambda own: own.row)


def with_words(
    arrays: Arrays, first: IntArray, stop: IntArray, changes: Sequence[Respaced]
) -> Arrays:
    """Return the columns of a batch with other words for some of its paragraphs.

    These have stood from `first` to `stop`.
    """
    starts, joined = arrays["first_word"], arrays["joined"]
    row = starts.searchsorted(first)
    more = np.array([own.word.size for own in changes]) - (stop - first)
    words, document_words = arrays["words"].copy(), arrays["document_words"].copy()
    words[row] += more.astype(words.dtype)
    np.add.at(document_words, arrays["document"][row], more)
    shift = np.concatenate([[0], np.cumsum(more)])
    begun = first.searchsorted(joined, side="right")
    kept = (begun == 0) | (joined >= stop[begun - 1])
    new = [own.joined for own in changes]
    begins = np.repeat(first + shift[:-1], [own.size for own in new])
    return arrays | {
        "start": spliced(arrays["start"], first, stop, [own.start for own in changes]),
        "size": spliced(arrays["size"], first, stop, [own.size for own in changes]),
        "first_word": starts + shift[first.searchsorted(starts)],
        "words": words,
        "document_words": document_words,
        "joined": np.sort(
            np.concatenate(
                [(joined + shift[begun])[kept], begins + np.concatenate(new)]
            )
        ),
    }


def spliced(
    row: np.ndarray, first: IntArray, stop: IntArray, new: Sequence[np.ndarray]
) -> np.ndarray:
    """Return a column with other values in the place of some stretches of it."""
    pieces = []
    end = 0
    for begin, after, values in zip(first.tolist(), stop.tolist(), new, strict=True):
        pieces += [row[end:begin], values]
        end = after
    return np.concatenate([*pieces, row[end:]])


def _torn(corpus: Corpus) -> IntArray:
    """Return the rows of equal paragraphs of which some have many words more."""
    words, exemplar = corpus.paragraphs.words, corpus.exemplar
    copies = np.flatnonzero(exemplar != np.arange(exemplar.size))
    model = exemplar[copies]
    apart = _are_apart(words[copies], words[model])
    if not apart.any():
        return copies[:0]
    is_torn = np.zeros(exemplar.size, np.bool_)
    is_torn[model[apart]] = True
    return np.flatnonzero(is_torn[exemplar])


def _are_apart(one: Int32Array, other: Int32Array | np.int32) -> BoolArray:
    """Tell where numbers of words differ by much."""
    apart = np.abs(one - other)
    least = np.maximum(FEWEST_APART, APART_SHARE * np.maximum(one, other))
    found: BoolArray = apart >= least
    return found


def _groups(corpus: Corpus, rows: IntArray) -> Iterator[IntArray]:
    """Yield the rows of each group of equal paragraphs."""
    rows = rows[sorting_by(corpus.exemplar[rows], rows)]
    yield from np.split(rows, group_begins(corpus.exemplar[rows])[1:])


def _is_known(corpus: Corpus, rows: IntArray) -> BoolArray:
    """Tell of the positions of some paragraphs whether others have their words.

    Of all others it is not told.
    """
    asked = ranges(corpus.paragraphs.first_word[rows], corpus.paragraphs.words[rows])
    is_other = np.ones(min(corpus.positions, SAMPLE), np.bool_)
    is_other[asked[asked < is_other.size]] = False
    own, number = np.unique(corpus.word[asked], return_inverse=True)
    sample = corpus.word[: is_other.size][is_other]
    _, held = look_up(own.astype(np.uint64), sample.astype(np.uint64))
    is_held = np.zeros(own.size, np.bool_)
    is_held[held] = True
    known: BoolArray = np.zeros(corpus.positions, np.bool_)
    known[asked] = is_held[number]
    return known


def _best_spaced(corpus: Corpus, members: IntArray, known: BoolArray) -> int:
    """Return the one of equal paragraphs whose words most likely are words.

    Of its words most stand elsewhere; where nothing tells, they are as long as words
    are.
    """
    paragraphs = corpus.paragraphs
    counts, first = np.unique(paragraphs.words[members], return_index=True)
    rows = members[first]
    held = known[ranges(paragraphs.first_word[rows], counts)]
    begins = np.cumsum(counts) - counts
    strange = 1 - np.add.reduceat(held, begins, dtype=np.int64) / counts
    letters = (paragraphs.end - paragraphs.start)[rows].min()
    unlikely = np.abs(counts - letters / LETTERS_A_WORD)
    return int(rows[np.lexsort((rows, unlikely, strange))[0]])


def _cut_alike(
    corpus: Corpus, texts: Texts, model: int, torn: IntArray, settings: Settings
) -> list[Respaced]:
    """Return the words of some paragraphs, cut as one with the same letters is."""
    paragraphs = corpus.paragraphs
    rows = np.append(torn, model)
    spans = np.stack([paragraphs.start[rows], paragraphs.end[rows]], axis=1)
    if np.diff(spans).max() > LONGEST:
        return []
    *written, best = texts.cut(paragraphs.document[rows], spans)
    letters = _letters(best, settings)
    begins = group_begins(letters.word)
    first, count = int(paragraphs.first_word[model]), int(paragraphs.words[model])
    if begins.size != count:  # a word is nothing but yehs before a hamza
        return []
    ends = np.append(begins[1:], letters.word.size) - 1
    held = np.searchsorted(corpus.joined, (first, first + count))
    joined = corpus.joined[slice(*held)] - first
    word = corpus.word[first : first + count].copy()
    known: dict[str, _Letters] = {}
    found = []
    for row, text in zip(torn.tolist(), written, strict=True):
        own = known.get(text) or known.setdefault(text, _letters(text, settings))
        if own.text == letters.text:
            start = own.start[begins]
            size = own.end[ends] - start
            place = paragraphs.start[row]
            found.append(Respaced(row, word, place + start, size, joined))
    return found


@dataclass(frozen=True, slots=True)
class _Letters:
    """The folded letters of a paragraph without its spaces, one row a letter."""

    text: str
    word: IntArray  # the number of its own
    start: Int32Array  # code points in the paragraph
    end: Int32Array


def _letters(text: str, settings: Settings) -> _Letters:
    from dedupe.normalizer import normalize  # noqa: PLC0415 - hardly ever needed

    folded = normalize(text, fold=settings.fold, ignore_numbers=settings.ignore_numbers)
    is_space = np.array([letter == " " for letter in folded.text], np.int64)
    solid = folded.text.replace(" ", "")
    kept = np.ones(len(solid), np.bool_)
    for lost in _LOST_YEHS.finditer(solid):
        kept[slice(*lost.span())] = False
    rows = np.flatnonzero(is_space == 0)[kept]
    return _Letters(
        _LOST_YEHS.sub("", solid),
        np.cumsum(is_space)[rows],
        folded.offsets[rows],
        folded.ends[rows],
    )
