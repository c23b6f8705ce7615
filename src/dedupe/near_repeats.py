"""Find the near-duplicates in one document, of which one may go on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from dedupe.blocks import BLOCK, NEAR, Findings
from dedupe.corpus import group_begins
from dedupe.matches import CONTAINED, EDITED
from dedupe.normalizer import WordColumns
from dedupe.paragraphs import ParagraphColumns
from dedupe.pipeline import compare
from dedupe.repetitions import Keep
from dedupe.results import Compared
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS, shingles, upper_halves
from dedupe.verifier.thresholds import LONGER

# A near-duplicate has no smaller share of its words in runs that stand elsewhere, too.
LEAST_SHARED = 0.33
_SALT = np.uint64(0x9E3779B97F4A7C15)


class _LetGo(Protocol):
    """Let some paragraphs go for the sake of others, unless that is settled."""

    def __call__(self, rows: range, by: range, *, held: bool) -> None: ...


def may_have_near_repeats(
    words: WordColumns, paragraphs: ParagraphColumns, min_words: int
) -> list[int]:
    """Return the documents of a batch in which some paragraph may be like another.

    The engine takes as long for one document as for a hundred, so most should never
    be handed to it.
    """
    count = paragraphs.document.size
    if words.hashes.size < SHINGLE_WORDS:
        return []
    owner = np.repeat(np.arange(count), paragraphs.words)
    keys = shingles(upper_halves(words.hashes), SHINGLE_WORDS)
    first, last = owner[: keys.size], owner[SHINGLE_WORDS - 1 :]
    keys = keys ^ (paragraphs.document[first].astype(np.uint64) * _SALT)
    keys[first != last] = 0
    order = np.argsort(keys, kind="stable")
    begins = group_begins(keys[order])
    held = first[order]
    # In one paragraph alone, a shingle is a word said again.
    several = np.minimum.reduceat(held, begins) != np.maximum.reduceat(held, begins)
    several &= keys[order][begins] != 0
    shared = np.zeros(keys.size, np.bool_)
    shared[order] = np.repeat(several, np.diff(begins, append=order.size))
    covered = np.zeros(owner.size, np.bool_)
    for step in range(SHINGLE_WORDS):
        covered[step : step + keys.size] |= shared
    share = np.bincount(owner, weights=covered, minlength=count) / paragraphs.words
    alike = (share >= LEAST_SHARED) & (paragraphs.words >= min_words)
    return sorted(set(paragraphs.document[alike].tolist()))


def near_repeats(
    paragraphs: Sequence[str], settings: Settings, *, keep: Keep = "first"
) -> dict[int, tuple[int, bool]]:
    """Return which paragraphs of a document go as near-duplicates of others that stay.

    Beside the one that stays stands whether it holds the other and more. Of an edited
    copy and its model the policy keeps one, else the longer stays; never do both go.
    """
    gone: dict[int, tuple[int, bool]] = {}
    rows = list(range(len(paragraphs)))
    # What is left may have near-duplicates that were hidden behind those that went.
    while more := _near_round([paragraphs[row] for row in rows], settings, keep):
        gone |= {rows[row]: (rows[by], held) for row, (by, held) in more.items()}
        rows = [row for row in rows if row not in gone]
    return {row: _that_stays(gone, row) for row in sorted(gone)}


def _that_stays(gone: Mapping[int, tuple[int, bool]], row: int) -> tuple[int, bool]:
    held = False
    while row in gone:
        row, within = gone[row]
        held |= within
    return row, held


def _near_round(
    paragraphs: Sequence[str], settings: Settings, keep: Keep
) -> dict[int, tuple[int, bool]]:
    # Blank lines between, so that no lines are taken for those of one paragraph.
    text = "\n\n".join(" ".join(one.split()) for one in paragraphs)
    compared = compare({"": text}, settings, jobs=1)
    found = compared.findings
    gone: dict[int, tuple[int, bool]] = {}
    stays: set[int] = set()

    contained = contained_pairs(compared, settings)
    # In a block, one paragraph of the copy that goes may hold more than its model.
    lengthened = {(longer, shorter) for shorter, longer in contained}

    def let_go(rows: range, by: range, *, held: bool) -> None:
        if stays.intersection(rows) or gone.keys() & {*rows, *by}:
            return
        pairs = list(zip(rows, by, strict=True))
        gone.update(
            (row, (one, held)) for row, one in pairs if (row, one) not in lengthened
        )
        stays.update(by)

    for places in _alike_places(found, BLOCK, settings.min_words):
        _keep_one(places, paragraphs, keep, let_go)
    for shorter, longer in contained:
        let_go(range(shorter, shorter + 1), range(longer, longer + 1), held=True)
    for places in _alike_places(found, NEAR, settings.min_words):
        _keep_one(places, paragraphs, keep, let_go)
    return gone


def _keep_one(
    places: list[range], paragraphs: Sequence[str], keep: Keep, let_go: _LetGo
) -> None:
    """Let all places go but the one that the policy keeps."""
    kept = _kept_place(places, paragraphs, keep)
    for place in places:
        if set(place).isdisjoint(kept):
            let_go(place, kept, held=False)


def _alike_places(found: Findings, rule: int, min_words: int) -> Iterator[list[range]]:
    """Yield the places of each finding of whole paragraphs, the widest first."""
    rows = np.flatnonzero((found.rule == rule) & (found.words >= min_words))
    length = (found.last - found.first)[found.places[:-1]]
    for row in rows[np.argsort(-length[rows], kind="stable")].tolist():
        places = slice(found.places[row], found.places[row + 1])
        yield [
            range(first, last + 1)
            for first, last in zip(
                found.first[places].tolist(), found.last[places].tolist(), strict=True
            )
        ]


def _kept_place(places: list[range], paragraphs: Sequence[str], keep: Keep) -> range:
    if keep == "longest":
        return max(
            places,
            key=lambda place: (sum(len(paragraphs[row]) for row in place), -place[0]),
        )
    return places[0] if keep == "first" else places[-1]


def contained_pairs(compared: Compared, settings: Settings) -> list[tuple[int, int]]:
    """Return pairs of paragraphs of which the second holds the first and more.

    Those are here, too, that are similar enough to be edited copies: what the longer
    one adds shall not be lost.
    """
    matches = compared.matches
    words = compared.corpus.paragraphs.words
    shorter, longer = matches.left, matches.right
    swapped = words[shorter] >= words[longer]
    shorter, longer = (
        np.where(swapped, longer, shorter),
        np.where(swapped, shorter, longer),
    )
    held = (matches.containment >= settings.containment) & (
        words[longer] >= LONGER * words[shorter]
    )
    rows = np.flatnonzero(
        (matches.relation == CONTAINED) | ((matches.relation == EDITED) & held)
    )
    shorter, longer = shorter[rows], longer[rows]
    # The longest first, so that what stays for another is not gone afterwards.
    order = np.lexsort((longer, shorter, -words[shorter]))
    return list(zip(shorter[order].tolist(), longer[order].tolist(), strict=True))
