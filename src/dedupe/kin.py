"""Count the copies of one text once, where the same words stand in many places.

What stands in many places is a formula, unless these are copies of one text that were
edited: a wire story in a dozen papers. Then a sentence of it that a report quotes is as
telling as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from dedupe.aligner import Runs
from dedupe.candidates import (
    ALL_PAIRED,
    COMMON,
    FEW_PLACES,
    MOST_COUNTED,
    Packing,
    repeated,
    surroundings,
    words_in_groups,
)
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    IntArray,
    Rows,
    UInt64Array,
    group_begins,
    ranges,
    sorting_hashes,
)
from dedupe.families import components
from dedupe.memory_files import Arrays
from dedupe.shingles import AT_ONCE, SHINGLE_WORDS, look_up, shingles_at
from dedupe.values import dataclass

# Fewer make no shingle look common. More are a form that is filled in: telegrams,
# appointments; what they share is a formula indeed.
FEWEST_KIN, MOST_KIN = 3, 50
# What as many others hold is a formula, however often kin repeat it.
MOST_OUTSIDE = 100
FEWEST_SHARED = 2  # shingles: with fewer no two paragraphs match
PARTS = 8  # of all families or positions, looked at by several processes
SHARED, OUTSIDE = "shared by kin", "outside"  # the tasks
_SALT = np.uint64(0x9E3779B97F4A7C15)
_NONE = np.empty(0, np.int64)


# Has a task done for each part, on whatever process: its name, and what it is given.
Ask: TypeAlias = Callable[[str, Arrays], Sequence[Arrays]]


class Recounted(NamedTuple):
    """What is to be looked at anew when kin are counted once."""

    doubted: Runs  # of the runs that were doubted
    left: IntArray  # and pairs that were not compared, sorted
    right: IntArray


def kin(count: int, edges: tuple[Rows, Rows], inside: tuple[Rows, Rows]) -> IntArray:
    """Return a number for each of `count` paragraphs, the same for kin.

    `edges` tie near-duplicates. Of each pair in `inside` one paragraph holds the other:
    one without kin of its own belongs to that of the other, but ties none to it; one
    that is tied to several families in this way belongs to none.
    """
    family = components(*edges, count)
    alone = np.bincount(family, minlength=count)[family] == 1
    lowest, highest = np.full(count, count), np.full(count, -1)
    for one, other in (inside, inside[::-1]):
        rows = alone[one] & ~alone[other]
        np.minimum.at(lowest, one[rows], family[other[rows]])
        np.maximum.at(highest, one[rows], family[other[rows]])
    return np.where(alone & (lowest == highest), lowest, family)


def count_kin_once(
    corpus: Corpus,
    family: IntArray,
    doubted: Runs,
    frequency: ByteArray,
    ask: Ask,
) -> Recounted:
    """Count the places of kin once, and return what is to be looked at anew.

    `family` has a number for each paragraph, the same for kin; `doubted` are runs of
    words that stand in many places, each within a paragraph on either side. `frequency`
    (uint8, one a position) is lowered in these paragraphs and in their kin. `ask` has
    `shared_by_kin` or `held_outside` called for each part.
    """
    left = corpus.word_paragraph.take(doubted.left)
    right = corpus.word_paragraph.take(doubted.right)
    size = np.bincount(family, minlength=family.size)[family]
    is_large = (size >= FEWEST_KIN) & (size <= MOST_KIN)
    matters = is_large[left] | is_large[right]
    left, right = left[matters], right[matters]
    doubted = doubted.where(matters)
    rows = np.zeros(family.size, np.bool_)
    rows[left] = rows[right] = True
    asked = np.zeros(family.size, np.bool_)
    asked[family[rows]] = True
    crowded = size >= ALL_PAIRED
    members = is_large & (asked[family] | crowded)
    if not members.any():
        return Recounted(doubted, _NONE, _NONE)
    common = _Common.of(ask(SHARED, {"family": family, "members": members}))
    if not common.shingle.size:
        return Recounted(doubted, _NONE, _NONE)
    left, right = _pairs_with_kin(corpus, ~crowded, frequency, common, ask)
    rows[left] = rows[right] = True
    _lower(frequency, common.positions, common.surplus[common.row])
    # Of all others few hold a shingle of theirs, be it kin of yet others.
    alone = common.alone[rows.take(corpus.word_paragraph.take(common.alone))]
    others = np.flatnonzero(rows & ~members)
    others = _frequent_positions(corpus, others, frequency)
    positions = np.concatenate([alone, others])
    hashes = shingles_at(corpus.word, positions, SHINGLE_WORDS)
    held, at = look_up(common.shingle, hashes)
    _lower(frequency, positions[held], common.surplus[at])
    return Recounted(doubted, left, right)


def shared_by_kin(
    corpus: Corpus,
    family: IntArray,
    members: BoolArray,
    frequency: ByteArray,
    part: int,
) -> Arrays:
    """Return the shingles that the kin of one part of all families have in common.

    One row each: `shingle`, and `surplus`, the surroundings in which it stands because
    its holders are kin. One row a place: `positions` and `number`, the row of its
    shingle. `alone` are the positions of what stands in its family once.
    """
    rows = np.flatnonzero(members)
    rows = rows[family.take(rows) % PARTS == part]
    positions = _frequent_positions(corpus, rows, frequency)
    packing = Packing.of(corpus)
    paragraph = corpus.word_paragraph.take(positions)
    keys = shingles_at(corpus.word, positions, SHINGLE_WORDS)
    keys += (family.take(paragraph) + 1).view(np.uint64) * _SALT
    keys *= _SALT
    keys = packing.pack(keys, positions)
    keys.sort()
    alone = packing.position(keys[_singles(packing.high(keys))])
    keys, places = repeated(packing, keys)
    positions = packing.position(keys)
    begins = np.cumsum(places) - places
    number = np.repeat(np.arange(begins.size), places)
    fewest = np.full(begins.size, MOST_COUNTED)
    for around in surroundings(corpus, positions):
        pairs = words_in_groups(corpus, around, number)
        kinds = (pairs[group_begins(pairs)] >> np.uint64(32)).view(np.int64)
        fewest = np.minimum(fewest, np.bincount(kinds))
    return {
        "shingle": shingles_at(corpus.word, positions[begins], SHINGLE_WORDS),
        "surplus": fewest - 1,
        "positions": positions,
        "number": number,
        "alone": alone,
    }


def held_outside(
    corpus: Corpus,
    outside: BoolArray,
    shingles: UInt64Array,
    most: int,
    frequency: ByteArray,
    part: int,
) -> Arrays:
    """Return where shingles stand in some paragraphs, in one part of all positions.

    `outside` (bool, one a paragraph) tells in which; `shingles` are sorted, and none
    stands in more than `most` places. One row each: `paragraph`, and `row`, that of the
    shingle.
    """
    size = -(-frequency.size // PARTS)
    positions = _common_positions(frequency, part * size, part * size + size, most)
    paragraph = corpus.word_paragraph.take(positions)
    rows = np.flatnonzero(outside.take(paragraph))
    hashes = shingles_at(corpus.word, positions.take(rows), SHINGLE_WORDS)
    held, row = look_up(shingles, hashes)
    return {"paragraph": paragraph.take(rows.take(held)), "row": row}


def _pairs_with_kin(
    corpus: Corpus, outside: BoolArray, frequency: ByteArray, common: _Common, ask: Ask
) -> tuple[IntArray, IntArray]:
    """Return pairs of paragraphs with kin of others that share what is rare only now.

    Too common to be a seed, it is so no longer when kin are counted once. `outside`
    (bool, one a paragraph) are those without so much kin. Sorted, each pair once.
    """
    places = np.zeros(common.shingle.size, np.int64)
    places[common.row] = frequency[common.positions] & MOST_COUNTED
    is_rare = (places > COMMON) & (places < MOST_COUNTED)
    is_rare &= places - common.surplus <= COMMON
    rare = np.flatnonzero(is_rare)
    if not rare.size:
        return _NONE, _NONE
    given = {
        "outside": outside,
        "shingles": common.shingle[rare],
        "most": places[rare].max(keepdims=True),
    }
    found = ask(OUTSIDE, given)
    here, at = (
        np.concatenate([arrays[name] for arrays in found])
        for name in ("paragraph", "row")
    )
    few = np.bincount(at, minlength=rare.size)[at] <= MOST_OUTSIDE
    here, at = here[few], rare[at[few]]
    # Each is paired with all that hold its shingle.
    there = corpus.word_paragraph.take(common.positions)
    kept = np.flatnonzero(~outside.take(there))
    there, row = there[kept], common.row[kept]
    there = there[np.argsort(row, kind="stable")]
    count = np.bincount(row, minlength=common.shingle.size)
    first = np.cumsum(count) - count
    here = np.repeat(here, count[at])
    there = there[ranges(first[at], count[at])]
    keys = np.minimum(here, there) << 32 | np.maximum(here, there)
    keys.sort()
    begins = group_begins(keys)
    shared = np.diff(begins, append=keys.size)
    keys = keys[begins[shared >= FEWEST_SHARED]]
    return keys >> 32, keys & 0xFFFFFFFF


def _common_positions(
    frequency: ByteArray, first: int, stop: int, most: int
) -> IntArray:
    """Return at which positions shingles stand in common, in `most` places or fewer.

    `most` is above COMMON, and marks are left aside.
    """
    found = [_NONE]
    for row in range(first, min(stop, frequency.size), AT_ONCE):
        places = frequency[row : min(row + AT_ONCE, stop)] & np.uint8(MOST_COUNTED)
        places -= np.uint8(COMMON + 1)  # what is less wraps and is more than all others
        found.append(np.flatnonzero(places < most - COMMON) + row)
    return np.concatenate(found)


@dataclass(frozen=True, slots=True)
class _Common:
    """The shingles that are common for the sake of kin alone, one row a shingle."""

    shingle: UInt64Array  # sorted
    surplus: IntArray  # surroundings in which it stands for that reason
    positions: IntArray  # at which they stand several times in one family
    row: IntArray  # of the shingle at each position
    alone: IntArray  # the positions of what stands in its family once

    @classmethod
    def of(cls, parts: Sequence[Arrays]) -> _Common:
        """Join what `shared_by_kin` gave of each part."""

        def column(name: str) -> np.ndarray:
            return np.concatenate([arrays[name] for arrays in parts])

        sizes = [arrays["shingle"].size for arrays in parts]
        places = [arrays["number"].size for arrays in parts]
        number = column("number") + np.repeat(np.cumsum(sizes) - sizes, places)
        # A shingle may be common in several families.
        shingles = column("shingle")
        order, alike = sorting_hashes(shingles)
        fresh = np.ones(order.size, np.bool_)
        fresh[alike] = False
        row = np.empty(order.size, np.int64)
        row[order] = np.cumsum(fresh) - 1
        shingle = shingles[order[fresh]]
        weighted = np.bincount(row, column("surplus"), minlength=shingle.size)
        surplus = weighted.astype(np.int64)
        common = surplus > 0
        row = row.take(number)
        held = np.flatnonzero(common[row])
        return cls(
            shingle[common],
            surplus[common],
            column("positions")[held],
            (np.cumsum(common) - 1)[row[held]],
            column("alone"),
        )


def _singles(ordered: UInt64Array) -> BoolArray:
    """Tell of each value in order whether it stands once."""
    same = ordered[1:] == ordered[:-1]
    single = np.ones(ordered.size, np.bool_)
    single[1:] &= ~same
    single[:-1] &= ~same
    return single


def _lower(frequency: ByteArray, positions: IntArray, surplus: IntArray) -> None:
    """Lower how often the shingles at some positions stand; their marks stay."""
    marked = frequency[positions]
    places = marked & MOST_COUNTED
    # What stands in more places than are counted may stand in any number.
    fewer = np.where(places < MOST_COUNTED, np.minimum(surplus, places), 0)
    frequency[positions] = marked - fewer.astype(np.uint8)


def _frequent_positions(
    corpus: Corpus, rows: IntArray, frequency: ByteArray
) -> IntArray:
    """Return where in some paragraphs shingles stand that might be formulas."""
    size = np.maximum(corpus.paragraphs.words.take(rows) - (SHINGLE_WORDS - 1), 0)
    positions = ranges(corpus.paragraphs.first_word.take(rows), size)
    places = frequency.take(positions) & MOST_COUNTED
    return np.compress(places > FEW_PLACES, positions)
