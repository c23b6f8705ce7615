"""Find the places that share rare shingles: the seeds of all that is compared.

A seed is a pair of positions at which the same shingle stands. Shingles of three words
that stand in few places are taken as they are; where one stands in many, the run from
there is lengthened to six words and then to twelve, until it is rare ("adaptive seeds",
Kiełbasa et al., Genome Research 21, 2011). So a formula does not pair everything with
everything, and a copy that consists of formulas is still found.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np

from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    UInt64Array,
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
MANY = ALL_PAIRED + 1
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
        begins, sizes = groups(packing, keys)
        more = np.zeros(sizes.size, np.int64)
        kept = sizes
        if not shorter and corpus.elsewhere.words:
            more = _elsewhere(corpus, keys.take(begins))
            kept = np.where(more > 0, MANY, sizes)
        few, rest = Few.of(keys, begins, kept)
        found.append(few.pairs(packing))
        if not shorter:
            # What is told of places elsewhere may be more, and is replaced.
            least = 0 if corpus.elsewhere.words else FEW_PLACES
            few.write(frequency, packing, least)
        begins, sizes, more = begins.take(rest), sizes.take(rest), more.take(rest)
        keys = keys.take(ranges(begins, sizes))
        position = packing.position(keys)
        kinds, fresh = _surroundings(corpus, position, sizes)
        kinds = kinds + (more * fresh).astype(np.int64)
        counted = np.repeat(_counted(kinds, sizes + more), sizes)
        if not shorter:
            _write(frequency, position, counted)
        common = (counted & MOST_COUNTED) > COMMON
        found += pairs_with_next(packing, np.compress(~common, keys), NEXT)
        keys = np.compress(common, keys)
        if shorter:
            # Whole short paragraphs may be common, and longer runs are not within them.
            found += pairs_with_next(packing, keys, CHAINED)
    links = np.concatenate(found)
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
    corpus: Corpus, position: IntArray, places: IntArray
) -> tuple[IntArray, FloatArray]:
    """Return in how many surroundings each shingle stands, no more than its places.

    Copies of one text share what stands around a shingle, a formula does not: of the
    words a dozen before and a dozen after, the side with fewer different ones counts.
    Beside it comes the share of places whose surroundings stand once, which is how
    likely one more place would be to have others (Good, "The population frequencies of
    species", 1953); it is worked out where there are more places elsewhere.
    """
    shares = np.ones(places.size)
    if not places.size:
        return places, shares
    with_shares = corpus.elsewhere.words > 0
    begins = np.cumsum(places) - places
    group = np.repeat(np.arange(places.size), places)
    fewest = np.full(places.size, MOST_COUNTED)
    single = np.zeros(places.size, np.int64)
    for around in surroundings(corpus, position):
        fresh = np.ones(position.size + 1, np.bool_)
        words = words_in_groups(corpus, around, group)
        np.not_equal(words[1:], words[:-1], out=fresh[1:-1])
        kinds = np.add.reduceat(fresh[:-1], begins, dtype=np.int64)
        if with_shares:
            once = fresh[:-1] & fresh[1:]
            singles = np.add.reduceat(once, begins, dtype=np.int64)
            single = np.where(kinds < fewest, singles, single)
        fewest = np.minimum(fewest, kinds)
    many = places > ALL_PAIRED
    if with_shares:
        single[fewest >= MOST_COUNTED] = MOST_COUNTED
        shares = np.where(many, np.minimum(single / places, 1.0), shares)
    return np.where(many, fewest, places), shares


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
    keys = group << 32
    keys |= words
    keys.view(np.uint64).sort()
    return keys.view(np.uint64)


def repeated(packing: Packing, keys: UInt64Array) -> tuple[UInt64Array, IntArray]:
    """Return the keys whose hash stands more than once, and how many each hash has."""
    same = _follows(packing, keys)
    rows = np.flatnonzero(same[1:] | same[:-1])
    fresh = np.ones(rows.size + 1, dtype=np.bool_)
    np.logical_not(same.take(rows), out=fresh[:-1])
    return keys.take(rows), np.diff(np.flatnonzero(fresh))


def groups(packing: Packing, keys: UInt64Array) -> tuple[IntArray, IntArray]:
    """Return where the keys of such a hash begin, and their number."""
    same = _follows(packing, keys)
    # The first of a group, the last of it, the first of the next.
    borders = np.flatnonzero(same[1:] != same[:-1])
    begins = borders[::2]
    return begins, borders[1::2] - begins + 1


def _follows(packing: Packing, keys: UInt64Array) -> BoolArray:
    """Tell of each key whether it has the hash of the one before, False at the end."""
    same = np.empty(keys.size + 1, dtype=np.bool_)
    same[0] = same[-1] = False
    for row in range(1, keys.size, AT_ONCE):
        some = keys[row : row + AT_ONCE]
        apart = some ^ keys[row - 1 : row - 1 + some.size]
        np.less(apart, 1 << packing.bits, out=same[row : row + some.size])
    return same


@dataclass(frozen=True, slots=True)
class Few:
    """Groups of keys so small that all are paired, the largest first."""

    keys: list[UInt64Array]  # the first of all groups, the second of those with two, …

    @classmethod
    def of(
        cls, keys: UInt64Array, begins: IntArray, sizes: IntArray
    ) -> tuple[Few, IntArray]:
        """Return the small ones of some groups, and the rows of all others."""
        kind = (MANY - np.minimum(sizes, MANY)).astype(np.uint8)
        order = np.argsort(kind, kind="stable")
        many, *few = np.bincount(kind, minlength=MANY - 1).tolist()
        begins = begins.take(order[many:])
        with_more = [*accumulate(few)][::-1]
        return cls(
            [
                keys.take(begins[:count] + place)
                for place, count in enumerate([begins.size, *with_more])
            ]
        ), order[:many]

    def pairs(self, packing: Packing) -> UInt64Array:
        """Pair the position of each key with all later ones of its group."""
        total = sum(place * keys.size for place, keys in enumerate(self.keys))
        links = np.empty(total, np.uint64)
        rests: list[UInt64Array] = []
        first = 0
        for keys in self.keys:
            for rest in rests:
                np.add(rest[: keys.size], keys, out=links[first : first + keys.size])
                first += keys.size
            rests.append(_rest(packing, keys))
        return links

    def write(self, column: ByteArray, packing: Packing, least: int) -> None:
        """Write the sizes of groups of more than so many keys at their positions."""
        counts = [keys.size for keys in self.keys]
        places = np.arange(len(counts), 0, -1, dtype=np.uint8)
        sizes = places.repeat(np.diff(counts[::-1], prepend=0))
        for keys in self.keys:
            some = keys[: counts[least]]
            _write(column, packing.position(some), sizes[: some.size])


def pairs_with_next(
    packing: Packing, keys: UInt64Array, following: int
) -> list[UInt64Array]:
    """Pair each position with the next ones of the same hash."""
    high = packing.high(keys)
    follows = high[1:] == high[:-1]
    rest = _rest(packing, keys)
    found = []
    paired = follows
    for step in range(1, following + 1):
        rows = np.flatnonzero(paired)
        if not rows.size:
            break
        found.append(rest.take(rows) + keys[step:].take(rows))
        paired = paired[:-1] & follows[step:]
    return found


def _rest(packing: Packing, keys: UInt64Array) -> UInt64Array:
    """Return what a later key of the same hash makes a pair when it is added."""
    # Keys of one hash differ by the distance of their positions.
    return (packing.position(keys) << packing.bits).view(np.uint64) - keys
