"""Pairs of paragraphs to compare beside those that share rare shingles.

Paragraphs that share a band may be near-duplicates, and so may those that near-
duplicates tie together. All of a small family are compared with one another; of a large
one, a form that is filled in again and again, each with a few others alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedupe.candidates import (
    ALL_PAIRED,
    CHAINED,
    NEXT,
    Packing,
    pairs_with_next,
    repeated,
)
from dedupe.corpus import (
    BoolArray,
    Corpus,
    IntArray,
    Rows,
    UInt64Array,
    distinct,
    group_begins,
    ranges,
    sorting,
)
from dedupe.shingles import SHINGLE_WORDS, look_up, shingles_at

# In a bucket each paragraph is paired with so many of the next, and in a large one as
# common runs are.
NEXT_IN_BUCKET = 8
LARGE_BUCKET = 32
# Groups with more members are forms that flood the corpus: their members are paired
# with the next few alone, since the number of all pairs would be squared.
MOST_MEMBERS = 100
MEMBER_BITS = 128  # enough for a bit a member
# From so many on, they are compared by rare shingles alone: by their bands, or as kin
# of what they overlap, each would be with dozens more.
FLOOD = 150  # members
NO_FLOOD = -1
HASH_BITS = 44  # of a shingle, beside the number of its paragraph
_NONE = np.empty(0, np.int64)


def band_pairs(columns: list[UInt64Array]) -> tuple[IntArray, IntArray]:
    """Return the pairs of rows that share a bucket, each pair once, sorted.

    `columns` hold the hash of one band each, one row a paragraph. In a large bucket
    each paragraph is paired with the next few.
    """
    if not columns or not columns[0].size:
        return _NONE, _NONE
    packing = Packing(max(1, columns[0].size.bit_length()))
    rows = np.arange(columns[0].size)
    found = [np.empty(0, np.uint64)]
    for column in columns:
        keys = packing.pack(column, rows)
        keys.sort()
        keys, places = repeated(packing, keys)
        large = np.repeat(places > LARGE_BUCKET, places)
        found += pairs_with_next(packing, keys[~large], NEXT_IN_BUCKET)
        found += pairs_with_next(packing, keys[large], CHAINED)
    return _distinct(packing, np.concatenate(found))


def different_pairs(
    found: Sequence[tuple[IntArray, IntArray]],
) -> tuple[IntArray, IntArray]:
    """Return pairs of rows that were found in several parts, each once, sorted."""
    keys = distinct(np.concatenate([left << 32 | right for left, right in found]))
    return keys >> 32, keys & 0xFFFFFFFF


def closing_pairs(left: Rows, right: Rows) -> tuple[IntArray, IntArray]:
    """Return the pairs that two of the given pairs tie together, sorted.

    Pairing with the next few leaves pairs out in groups of a dozen or two; nearly all
    of them have a neighbor in common. Large families are left out.
    """
    if not left.size:
        return _NONE, _NONE
    source = np.concatenate([left, right]).astype(np.int64)
    target = np.concatenate([right, left]).astype(np.int64)
    family = components(left, right, int(right.max()) + 1)
    few = np.bincount(family)[family[source]] <= MOST_MEMBERS
    order = sorting(source[few])
    source, target = source[few][order], target[few][order]
    if not source.size:
        return _NONE, _NONE
    begins = group_begins(source)
    rows = source[begins]
    number = np.empty(family.size, np.int64)
    number[rows] = np.arange(rows.size)
    tied = number[target]
    member = sorting(family[rows])  # one family after the other
    first = group_begins(family[rows][member])
    size = np.diff(first, append=rows.size)
    first_of, place = np.empty((2, rows.size), np.int64)
    first_of[member] = np.repeat(first, size)
    place[member] = np.arange(rows.size) - np.repeat(first, size)
    reached = _reached(place, tied, begins)
    bits = np.unpackbits(reached.view(np.uint8), bitorder="little")
    place_of = np.flatnonzero(bits.view(np.bool_))
    one, other = place_of // MEMBER_BITS, place_of % MEMBER_BITS
    later = other > place[one]
    one, other = one[later], other[later]
    return rows[one], rows[member[first_of[one] + other]]


def _reached(place: IntArray, tied: IntArray, begins: IntArray) -> UInt64Array:
    """Return which members of its family each is tied to by a third alone.

    `place` is that of each in its family, `tied` whom each is tied to, one after the
    other from `begins` on. The result is uint64[n, MEMBER_BITS / 64], a bit a member:
    so all that are tied to one are joined at a time.
    """
    reached = np.empty((place.size, MEMBER_BITS // 64), "<u8")
    for word in range(reached.shape[1]):
        own = np.where(
            place >> 6 == word, np.uint64(1) << (place & 63).view(np.uint64), 0
        )
        near = np.bitwise_or.reduceat(own[tied], begins)
        reached[:, word] = np.bitwise_or.reduceat(near[tied], begins) & ~near
    return reached


def pairs_with_kin(
    edges: tuple[Rows, Rows], inside: tuple[Rows, Rows], others: tuple[Rows, Rows]
) -> tuple[IntArray, IntArray]:
    """Return pairs of one side of other matches with the kin of the other side.

    `edges` tie near-duplicates; in `inside` one paragraph holds the other, in `others`
    the two overlap. Of those only where there is so much kin that not all its shingles
    were paired; of a flood, a few of the kin.
    """
    if not edges[0].size:
        return _NONE, _NONE
    count = 1 + max(int(side[1].max(initial=0)) for side in (edges, inside, others))
    source = np.concatenate(edges).astype(np.int64)
    kin = np.concatenate(edges[::-1]).astype(np.int64)[sorting(source)]
    size = np.bincount(source, minlength=count)
    first = np.cumsum(size) - size
    has_kin = (size > 0) & (size <= MOST_MEMBERS)
    crowded = has_kin & (size >= ALL_PAIRED)
    flood = floods(*edges, count)
    size = np.where(flood == NO_FLOOD, size, np.minimum(size, NEXT))
    packing = Packing(count.bit_length())
    found = []
    for sides, asked in ((inside, has_kin), (others, crowded)):
        for here, there in (sides, sides[::-1]):
            rows = np.flatnonzero(asked[here] & ~of_one_flood(flood, here, there))
            number = size[here[rows]]
            member = kin[ranges(first[here[rows]], number)]
            other = np.repeat(there[rows].astype(np.int64), number)
            apart = member != other
            low = np.minimum(member, other)[apart]
            found.append(_packed(packing, low, np.maximum(member, other)[apart] - low))
    return _distinct(packing, np.concatenate(found))


def floods(left: Rows, right: Rows, count: int) -> IntArray:
    """Return a number for each of `count` rows, the same for those of one flood.

    `left` and `right` tie near-duplicates. Of what belongs to no flood it is NO_FLOOD.
    """
    family = components(left, right, count)
    return np.where(np.bincount(family)[family] >= FLOOD, family, NO_FLOOD)


def of_one_flood(flood: IntArray, left: Rows, right: Rows) -> BoolArray:
    """Tell which pairs are both of one flood."""
    inside: BoolArray = (flood[left] == flood[right]) & (flood[left] != NO_FLOOD)
    return inside


def components(left: IntArray, right: IntArray, count: int) -> IntArray:
    """Return the smallest row that each of `count` rows is tied to by edges."""
    label = np.arange(count)
    tied = np.zeros(count, np.bool_)
    tied[left] = tied[right] = True
    rows = np.flatnonzero(tied)
    while left.size:
        one, other = label.take(left), label.take(right)
        live = np.flatnonzero(one != other)
        if not live.size:
            break
        left, right = left.take(live), right.take(live)
        one, other = one.take(live), other.take(live)
        np.minimum.at(label, np.maximum(one, other), np.minimum(one, other))
        while True:
            longer = label.take(rows)
            shorter = label.take(longer)
            if np.array_equal(shorter, longer):
                break
            label[rows] = shorter
    return label


def seeds_of_pairs(
    corpus: Corpus, packing: Packing, left: IntArray, right: IntArray
) -> UInt64Array:
    """Return the seeds of given pairs of paragraphs, however common their shingles.

    Each shingle of the shorter paragraph is looked up in the longer one, where its
    first place is taken.
    """
    rows = np.sort(np.concatenate([left, right]))
    rows = rows[group_begins(rows)]
    if not rows.size:
        return np.empty(0, np.uint64)
    words = corpus.paragraphs.words.take(rows)
    size = np.maximum(words - (SHINGLE_WORDS - 1), 0).astype(np.int64)
    begins = np.cumsum(size) - size
    position = ranges(corpus.paragraphs.first_word.take(rows), size)
    keys = shingles_at(corpus.word, position, SHINGLE_WORDS) >> np.uint64(
        64 - HASH_BITS
    )
    keys |= np.repeat(np.arange(rows.size) << HASH_BITS, size).view(np.uint64)
    order = np.argsort(keys)
    ordered = keys[order]
    heads = group_begins(ordered)
    known = ordered[heads]
    # Of a shingle that stands several times, the first place.
    place = np.minimum.reduceat(order, heads)
    one, other = np.searchsorted(rows, left), np.searchsorted(rows, right)
    shorter = np.where(size[one] <= size[other], one, other)
    longer = one + other - shorter
    number = size[shorter]
    asked = ranges(begins[shorter], number)
    across = np.repeat((longer - shorter) << HASH_BITS, number).view(np.uint64)
    # Taken in their order, so that those of one pair are looked up near one another.
    held, at = look_up(known, ordered[asked] + across)
    here, there = position[order[asked[held]]], position[place[at]]
    first = np.minimum(here, there)
    return _packed(packing, first, np.maximum(here, there) - first)


def _packed(packing: Packing, high: IntArray, low: IntArray) -> UInt64Array:
    return ((high << packing.bits) | low).view(np.uint64)


def _distinct(packing: Packing, keys: UInt64Array) -> tuple[IntArray, IntArray]:
    keys = np.sort(keys)
    keys = keys[group_begins(keys)]
    high = packing.high(keys).view(np.int64)
    return high, high + packing.position(keys)
