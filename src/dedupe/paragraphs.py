"""Cut folded documents into paragraphs: one row a line that has words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dedupe import folding, rewriter, wrapping
from dedupe.folding import (
    ClosedWords,
    Encoded,
    FoldedBatch,
    Positions,
    Unsigned,
    WordColumns,
)
from dedupe.rewriter import Offsets
from dedupe.text_column import CodeUnits
from dedupe.values import dataclass


@dataclass(frozen=True, slots=True)
class ParagraphColumns:
    """The paragraphs of a batch of documents, one row a paragraph with words in it."""

    document: Offsets  # index in the batch
    line: Offsets  # of its first line, index from 0 in text.split("\n")
    last_line: Offsets
    start: Offsets  # code points in the document, without white space at the ends
    end: Offsets
    first_word: Positions  # index in the batch's words
    words: Offsets
    solid: Unsigned  # of the sequence of letters, spaces left out


# Where white space stands, and what is none left out: 12,000 others need no look.
_PLACES = (*range(0xA1), 0x1680, *range(0x2000, 0x2060), 0x3000)
SPACES = "".join(filter(str.isspace, map(chr, _PLACES)))
BYTE_ORDER_MARK = 0xFEFF  # the first character of some documents, and no part of a text
MANY_SPACES = 4  # longer indents are left to str.strip

_IS_SPACE = np.zeros(0x3002, np.bool_)  # and one for all that is beyond
_IS_SPACE[[ord(space) for space in SPACES]] = True


def read_columns(
    texts: Sequence[str], *, fold: str = "full", ignore_numbers: bool = False
) -> tuple[WordColumns, ParagraphColumns]:
    """Return the words and the paragraphs of a batch of documents.

    A paragraph is a line; the lines of a hard-wrapped document are written as one.
    """
    words, paragraphs = columns_of(
        folding.encode_batch(texts, fold=fold),
        texts,
        fold=fold,
        ignore_numbers=ignore_numbers,
    )
    first_word = paragraphs.first_word - paragraphs.document
    return words.opened(), replace(paragraphs, first_word=first_word)


def columns_of(
    encoded: Encoded, texts: Sequence[str], *, fold: str, ignore_numbers: bool
) -> tuple[ClosedWords, ParagraphColumns]:
    """Return the same of texts that are encoded, with words that close documents."""
    wrapped = _find_wrapped(encoded, texts)
    if wrapped:
        whole = [wrapped.get(row, text) for row, text in enumerate(texts)]
        encoded = folding.encode_batch(whole, fold=fold)
    batch = folding.fold_batch(encoded, ignore_numbers=ignore_numbers)
    paragraphs = _cut(batch)
    for row in wrapped:
        _find_lines(paragraphs, row, texts[row])
    return batch.words, paragraphs


def _find_wrapped(encoded: Encoded, texts: Sequence[str]) -> dict[int, str]:
    """Return the documents whose lines are wrapped, with their lines joined."""
    lines = encoded.lines()
    lengths = encoded.offsets[1:] - encoded.offsets[:-1]
    may_be = (lines > wrapping.FEWEST_LINES) & (
        lengths <= lines * (wrapping.LONGEST_LINE + 1)
    )
    unwrapped = {
        row: wrapping.unwrap(texts[row]) for row in np.flatnonzero(may_be).tolist()
    }
    return {row: whole for row, whole in unwrapped.items() if whole is not texts[row]}


def _find_lines(paragraphs: ParagraphColumns, document: int, text: str) -> None:
    """Say in which lines the paragraphs of a document that was wrapped stand."""
    first, last = paragraphs.document.searchsorted((document, document + 1)).tolist()
    newlines = np.flatnonzero(rewriter.code_points(text) == ord("\n"))
    rows = slice(first, last)
    paragraphs.line[rows] = newlines.searchsorted(paragraphs.start[rows])
    paragraphs.last_line[rows] = newlines.searchsorted(paragraphs.end[rows] - 1)


def _cut(batch: FoldedBatch) -> ParagraphColumns:
    """Make a paragraph of the words between two line breaks."""
    breaks = batch.breaks
    # Row i stands between break i and break i + 1.
    counts = breaks.next_word[1:] - breaks.next_word[:-1]
    counts[breaks.first_break[1:] - 2] -= 1  # the word that closes the document
    before = np.flatnonzero(counts)
    first_word = breaks.next_word[before]
    document = breaks.first_break.searchsorted(before + 1, side="right") - 1
    newlines = np.append(0, np.cumsum(breaks.is_newline))
    line = newlines[before + 1] - newlines[breaks.first_break[document]]
    shift = batch.offsets[document].astype(np.int32)
    start = breaks.offset[before] + 1
    start += (start == shift) & (batch.characters[start] == BYTE_ORDER_MARK)
    start, end = _trim(start, breaks.offset[before + 1], batch.characters)
    return ParagraphColumns(
        document.astype(np.int32),
        line.astype(np.int32),
        line.astype(np.int32),  # a copy, for documents that were wrapped
        start - shift,
        end - shift,
        first_word,
        counts[before].astype(np.int32),
        _solid(batch, breaks.next_part[before]),
    )


def _trim(
    start: Offsets, end: Offsets, characters: CodeUnits
) -> tuple[Offsets, Offsets]:
    """Leave white space out at both ends of spans that have words."""
    for side, edge, step in ((start, 0, 1), (end, -1, -1)):
        left = np.arange(side.size)
        for _ in range(MANY_SPACES):
            is_space = _IS_SPACE.take(characters[side[left] + edge], mode="clip")
            left = left[is_space]
            side[left] += step
        for row in left.tolist():
            text = characters[start[row] : end[row]].astype("<u4").tobytes()
            line = text.decode("utf-32-le", "surrogatepass")
            start[row] += len(line) - len(line.lstrip())
            end[row] -= len(line) - len(line.rstrip())
    return start, end


def _solid(batch: FoldedBatch, first_part: Positions) -> Unsigned:
    """Hash the letters of each paragraph as if it were one word.

    Numbers alone stay apart, since 3-2 is not 32.
    """
    if not first_part.size:
        return batch.values[:0]
    # Before the first paragraph stand at most numbers that are left out.
    left_out = first_part[0]
    values, sizes = batch.values[left_out:], batch.sizes[left_out:]
    first_part = first_part - left_out
    borders = batch.number_borders - left_out
    at = first_part.searchsorted(borders, side="right") - 1
    borders = borders[first_part[at] < borders]
    values[borders] = folding.bordered(values[borders])
    sizes[borders] += 1
    # How many letters of its paragraph stand before each part.
    before = np.cumsum(sizes, dtype=sizes.dtype)
    before -= sizes
    before -= before[first_part].repeat(np.diff(first_part, append=sizes.size))
    weighted = folding.powers(before)
    weighted *= values
    return folding.mixed(np.add.reduceat(weighted, first_part))
