"""Find the places that share rare shingles: the seeds of all that is compared.

A seed is a pair of positions at which the same shingle stands. Shingles of three words
that stand in few places are taken as they are; where one stands in many, the run from
there is lengthened to six words and then to twelve, until it is rare ("adaptive seeds",
Kiełbasa et al., Genome Research 21, 2011). So a formula does not pair everything with
everything, and a copy that consists of formulas is still found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    UInt64Array,
    group_begins,
    ranges,
)
from dedupe.shingles import (
    AT_ONCE,
    SHINGLE_WORDS,
    longer,
    shingles,
)
from dedupe.values import dataclass

# A shingle in more surroundings than this is too common to be a seed.
COMMON = 10
AROUND = 13  # words from a shingle's first to one that is no longer of its formula
# Each place is paired with so many of the next that hold the same shingle. Groups stay
# connected without the square of their size.
NEXT = 6
LENGTHS = (SHINGLE_WORDS, 6, 12)
ALL_PAIRED = NEXT + 1  # places
# Common runs of six words and more are chained: each place with the next two.
CHAINED = 2
MOST_COUNTED = 127
# What stands in so few places is no formula: it may be printed in some of them and
# quoted in the others. In how many of these it stands makes no difference.
FEW_PLACES = 3
CROWDED = 128
# Above the key of any shingle, since no position takes all the bits there are for one.
NO_KEY = np.uint64((1 << 64) - 1)


@dataclass(frozen=True, slots=True)
class Packing:
    """How a position fits into a 64-bit key beside a hash or another position."""

    bits: int

    @classmethod
    def of(cls, corpus: Corpus) -> Packing:
        """Return the packing for a corpus: as few bits as its positions need."""
        return cls(max(1, corpus.positions.bit_length()))

    def pack(self, high: UInt64Array, positions: IntArray) -> UInt64Array:
        """Put positions in the place of the lower bits of `high`, which is returned."""
        high &= ~np.uint64((1 << self.bits) - 1)
        high |= positions.view(np.uint64)
        return high

    def high(self, keys: UInt64Array) -> UInt64Array:
        """Return what stands above the position."""
        return keys >> np.uint64(self.bits)

    def position(self, keys: UInt64Array) -> IntArray:
        """Return the position."""
        mask = np.uint64((1 << self.bits) - 1)
        return (keys & mask).view(np.int64)


def shingle_keys(
    corpus: Corpus, packing: Packing, start: int, stop: int, skipped: BoolArray
) -> UInt64Array:
    """Return sorted keys (hash | position) of the shingles in whole documents.

    `start` and `stop` are rows of documents. Paragraphs in `skipped` (bool, one a
    paragraph of the corpus) have a twin that stands for them and give none.
    """
    first, last = corpus.first_paragraph[[start, stop]]
    begin, end = corpus.first_position[[start, stop]]
    if first == last:
        return np.empty(0, np.uint64)
    size = LENGTHS[0]
    keys = shingles(corpus.word[begin : end + size - 1], size)
    for row in range(0, keys.size, AT_ONCE):
        some = keys[row : row + AT_ONCE]
        packing.pack(some, np.arange(begin + row, begin + row + some.size))
    opening = corpus.first_position[start:stop] - begin
    closing = corpus.first_position[start + 1 : stop + 1] - 1 - begin
    for back in range(size):
        # The last shingles of a document would run over its closing word.
        keys[np.maximum(closing - back, opening)] = NO_KEY
    paragraphs = corpus.paragraphs
    rows = np.flatnonzero(skipped[first:last]) + first
    keys[ranges(paragraphs.first_word[rows] - begin, paragraphs.words[rows])] = NO_KEY
    keys.sort()
    return keys[: keys.searchsorted(NO_KEY)]


def seeds(
    corpus: Corpus,
    packing: Packing,
    pieces: Sequence[UInt64Array],
    frequency: ByteArray,
) -> UInt64Array:
    """Return the seeds among the keys in some pieces, sorted, as (earlier | distance).

    All keys of a shingle must be given at once. `frequency` (uint8, one a position)
    takes in how many surroundings each repeated shingle stands, at most 127, and the
    mark CROWDED where not all its places are paired; of those in a few surroundings it
    need not tell, since they all count alike.
    """
    found: list[UInt64Array] = []
    # Nobody else holds them, so that their memory can be used again.
    keys = np.concatenate(pieces)
    keys.sort()
    for shorter, length in pairwise((0, *LENGTHS)):
        if shorter:
            position = packing.position(keys)
            hashes = longer(
                packing.high(keys), corpus.word, position + shorter, length - shorter
            )
            keys = packing.pack(hashes, position)
            keys.sort()
        elif corpus.elsewhere.words:
            alone = _elsewhere(corpus, keys) + 1
            frequency[packing.position(keys)] = _counted(alone, alone)
        keys, sizes = repeated(packing, keys)
        kinds, fresh = _surroundings(corpus, packing, keys, sizes)
        places = sizes
        if not shorter and corpus.elsewhere.words:
            more = _elsewhere(corpus, keys.take(np.cumsum(sizes) - sizes))
            kinds = kinds + (more * fresh).astype(np.int64)
            places = places + more
        counted = np.repeat(_counted(kinds, places), sizes)
        if not shorter:
            # What is told of places elsewhere may be more, and is replaced.
            least = 0 if corpus.elsewhere.words else FEW_PLACES
            rows = np.flatnonzero(counted > least)
            _write(frequency, packing.position(keys.take(rows)), counted.take(rows))
        common = (counted & MOST_COUNTED) > COMMON
        found += pairs_with_next(packing, np.compress(~common, keys), NEXT)
        keys = np.compress(common, keys)
        if shorter:
            # Whole short paragraphs may be common, and longer runs are not within them.
            found += pairs_with_next(packing, keys, CHAINED)
    links = np.concatenate(found) if found else np.empty(0, np.uint64)
    links.sort()
    return links


def _write(column: ByteArray, positions: IntArray, values: ByteArray) -> None:
    """Write values at positions that are far apart."""
    for row in range(0, positions.size, AT_ONCE):
        some = positions[row : row + AT_ONCE]
        # Many places are fetched at a time to be read, but few to be written; and where
        # a page is read first, the system hands out its neighbors with it.
        column.take(some, mode="wrap")
        column[some] = values[row : row + AT_ONCE]


def _elsewhere(corpus: Corpus, keys: UInt64Array) -> IntArray:
    """Return in how many places each shingle stands that the corpus does not hold."""
    return corpus.elsewhere.of((keys >> np.uint64(32)).astype(np.uint32))


def _counted(kinds: IntArray, places: IntArray) -> ByteArray:
    """Return how often shingles stand, as it is written down at their positions."""
    counted = np.minimum(kinds, MOST_COUNTED).astype(np.uint8)
    counted |= (places > ALL_PAIRED).view(np.uint8) * np.uint8(CROWDED)
    return counted


def _surroundings(
    corpus: Corpus, packing: Packing, keys: UInt64Array, places: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return in how many surroundings each shingle stands, no more than its places.

    Copies of one text share what stands around a shingle, a formula does not: of the
    words a dozen before and a dozen after, the side with fewer different ones counts.
    Beside it comes the share of places whose surroundings stand once, which is how
    likely one more place would be to have others (Good, "The population frequencies of
    species", 1953); it is worked out where there are more places elsewhere.
    """
    shares = np.ones(places.size)
    with_shares = corpus.elsewhere.words > 0
    many = np.flatnonzero(places > ALL_PAIRED)
    if not many.size:
        return places, shares
    size = places.take(many)
    begins = np.cumsum(places).take(many) - size
    position = packing.position(keys.take(ranges(begins, size)))
    group = np.repeat(np.arange(many.size), size)
    fewest = np.full(many.size, MOST_COUNTED)
    single = np.zeros(many.size, np.int64)
    for around in surroundings(corpus, position):
        pairs = words_in_groups(corpus, around, group)
        begins = group_begins(pairs)
        owner = (pairs.take(begins) >> np.uint64(32)).view(np.int64)
        kinds = np.bincount(owner)
        if with_shares:
            once = owner[np.diff(begins, append=pairs.size) == 1]
            singles = np.bincount(once, minlength=many.size)
            single = np.where(kinds < fewest, singles, single)
        fewest = np.minimum(fewest, kinds)
    result = places.copy()
    result[many] = np.minimum(size, fewest)
    if with_shares:
        single[fewest >= MOST_COUNTED] = MOST_COUNTED
        shares[many] = np.minimum(single / size, 1.0)
    return result, shares


def surroundings(corpus: Corpus, positions: IntArray) -> tuple[IntArray, IntArray]:
    """Return where the words stand that surround some positions in their documents.

    Beyond its borders stands, for both, the word that closes the document: what comes
    before and after it by chance shall make no difference.
    """
    document = corpus.paragraphs.document.take(corpus.word_paragraph.take(positions))
    opening = corpus.first_position.take(document)
    closing = corpus.first_position.take(document + 1) - 1
    before = positions - AROUND
    return (
        np.where(before < opening, closing, before),
        np.minimum(positions + AROUND, closing),
    )


def words_in_groups(corpus: Corpus, position: IntArray, group: IntArray) -> UInt64Array:
    """Return sorted keys (group << 32 | word) of the words at some positions."""
    words = corpus.word.take(position)
    keys = (group << 32 | words).view(np.uint64)
    keys.sort()
    return keys


def repeated(packing: Packing, keys: UInt64Array) -> tuple[UInt64Array, IntArray]:
    """Return the keys whose hash stands more than once, and how many each hash has."""
    same = np.empty(keys.size + 1, dtype=np.bool_)
    same[0] = same[-1] = False
    for row in range(1, keys.size, AT_ONCE):
        some = keys[row : row + AT_ONCE]
        apart = some ^ keys[row - 1 : row - 1 + some.size]
        np.less(apart, 1 << packing.bits, out=same[row : row + some.size])
    rows = np.flatnonzero(same[1:] | same[:-1])
    fresh = np.ones(rows.size + 1, dtype=np.bool_)
    np.logical_not(same.take(rows), out=fresh[:-1])
    return keys.take(rows), np.diff(np.flatnonzero(fresh))


def pairs_with_next(
    packing: Packing, keys: UInt64Array, following: int
) -> list[UInt64Array]:
    """Pair each position with the next ones of the same hash."""
    high = packing.high(keys)
    follows = high[1:] == high[:-1]
    # Keys of one hash differ by the distance of their positions.
    rest = (packing.position(keys) << packing.bits).view(np.uint64) - keys
    found = []
    paired = follows
    for step in range(1, following + 1):
        rows = np.flatnonzero(paired)
        if not rows.size:
            break
        found.append(rest.take(rows) + keys[step:].take(rows))
        paired = paired[:-1] & follows[step:]
    return found
