"""Decide which pairs of paragraphs match, from the runs of words they share."""

from __future__ import annotations

import numpy as np

from dedupe.aligner import (
    Runs,
    cut_at_paragraphs,
    fill,
    join,
    merge,
    pair_keys,
    together,
    words_on_both_sides,
)
from dedupe.candidates import FEW_PLACES, MOST_COUNTED, Packing
from dedupe.corpus import (
    BoolArray,
    ByteArray,
    Corpus,
    FloatArray,
    IntArray,
    group_begins,
    ranges,
    sorting_by,
)
from dedupe.families import seeds_of_pairs
from dedupe.matches import CONTAINED, EDITED, OVERLAP, Matches, no_matches
from dedupe.settings import Settings
from dedupe.shingles import SHINGLE_WORDS
from dedupe.similarity import similarity
from dedupe.values import dataclass

# Runs nearer than this on both sides belong to one passage. Within a quotation a word
# or two may differ; in an edited copy with three words of ten replaced, runs of three
# and more stand up to about a dozen words apart.
QUOTATION_GAP = 3  # words
LARGEST_GAP = 12
# A match by scattered runs must share this many shingles, formulas counted in part, and
# cover this share of the shorter paragraph. Measured on news: with 30 % of the words
# replaced, 98 % of pairs have 6 shingles and .38 or more; of unrelated paragraphs, one
# pair in a thousand paragraphs reaches 4 and .3.
SCATTERED_SHINGLES = 5.5
SCATTERED_SHARE = 0.36
# … and as many of the shorter one's shingles, so that a phrase which both repeat does
# not count again and again.
SCATTERED_CONTAINMENT = 0.17
# With this share of the longer one, formulas or not, they are near-duplicates.
SAME_SHARE = 0.6
# Where every third word was replaced, few runs of three are left; but between them the
# words stand as far apart on both sides, and those that are equal agree. So many of the
# longer one's do in hardly any two texts, if what they share is rare: that tells a copy
# from a form that was filled in twice.
ALIGNED_SHARE = 0.5
ALIGNED_WORDS = 12
ALIGNED_RARITY = 0.8  # weight of a shared shingle, on average
ALIGNED_WEIGHT = 2  # of all of them
HOPEFUL_SHARE = 0.12  # of the shorter one, in runs of three and more
# Above this share of both sides, one paragraph is an edited copy of the other. What
# stands in a single run is more likely to be quoted in both, below `SAME_SHARE`.
EDITED_SHARE = 0.4
# What holds another paragraph is longer by so much; else the two are one, edited.
LONGER = 1.25
# The shortest run of equal words that is no chance grows with the text that is
# compared: six words in a pair of articles, eight as they are written in a corpus.
CORPUS_WORDS = 20_000
CORPUS_MORE = 2
# A run is as rare as its second rarest shingle. Each time that is twice as frequent as
# what stands in a few places, the run must be so much longer, since it may be a
# formula, but no more than so many words.
RARE = 2  # shingles
FORMULA_WORDS = 2.0
LONGEST_FORMULA = 6.0
# Formulas make no seeds. Where two paragraphs are known to be one text, and so much of
# the shorter one is shared that was not seen, they are looked at again.
LACKING_SHARE = 0.2
# A passage beside the one that made the match counts from so many words on.
SIDE_PASSAGE_WORDS = 6

# How much a shingle counts that stands in so many places.
_PLACES = np.maximum(np.arange(MOST_COUNTED + 1), FEW_PLACES)
WEIGHTS = 1 / (1 + np.log2(_PLACES / FEW_PLACES) / 2)


def verify(
    corpus: Corpus, runs: Runs, frequency: ByteArray, settings: Settings
) -> tuple[Matches, Runs]:
    """Return the matches among pairs of paragraphs that share runs of words.

    `frequency` (uint8, one a position) tells in how many places the shingle stands, 0
    for one. Beside the matches come the runs of pairs that would be matches if what
    they share stood in fewer places.
    """
    runs, pair = _in_hopeful_pairs(corpus, runs, settings)
    signs = _signs(corpus, runs, pair, frequency, settings)
    doubted = runs.where(signs.doubted[pair])
    kept = signs.kept
    rows = np.flatnonzero(kept[pair])
    pair = (np.cumsum(kept) - 1)[pair[rows]]
    matches = _measured(corpus, runs.where(rows), pair, signs.where(kept), settings)
    return matches, doubted


def _in_hopeful_pairs(
    corpus: Corpus, runs: Runs, settings: Settings
) -> tuple[Runs, IntArray]:
    """Return the runs of pairs that may share enough, and the pair of each.

    They are sorted by pair and left place. Most pairs share one short run: they are
    gone before anything else is looked up.
    """
    runs, left, right = cut_at_paragraphs(corpus, runs)
    # What overlaps its own copy is a word said again and again, not a copy; and equal
    # paragraphs, into which a run may go on from the next ones, are matched already.
    apart = corpus.exemplar.take(left) != corpus.exemplar.take(right)
    apart |= (left == right) & (runs.left + runs.length <= runs.right)
    kept = np.flatnonzero(apart & (runs.length >= SHINGLE_WORDS))
    left, right = left.take(kept), right.take(kept)
    keys, bits = pair_keys(left, right, len(corpus.paragraphs))
    keys.sort()
    rows = (keys & np.uint64((1 << bits) - 1)).view(np.int64)
    begins = group_begins(keys >> np.uint64(bits))
    if not begins.size:
        return runs.where(kept), begins
    length = runs.length.take(kept.take(rows))
    first = rows.take(begins)
    words = corpus.paragraphs.words
    shorter = np.minimum(words.take(left.take(first)), words.take(right.take(first)))
    # A long run is enough whatever the paragraphs hold.
    length[length >= settings.min_passage_words] = corpus.positions
    hopeful = np.add.reduceat(length, begins) >= HOPEFUL_SHARE * shorter
    size = np.diff(begins, append=rows.size)
    runs = runs.where(kept.take(np.compress(np.repeat(hopeful, size), rows)))
    size = np.compress(hopeful, size)
    pair = np.repeat(np.arange(size.size), size)
    return runs.where(sorting_by(pair, runs.left)), pair


@dataclass(frozen=True, slots=True)
class _Signs:
    """Why a pair may be a match, one row a pair."""

    kept: BoolArray
    doubted: BoolArray  # not kept, since what they share stands in many places
    quoted: BoolArray  # one run is too long for chance
    scattered: BoolArray  # the runs cover much of the text
    aligned: BoolArray  # they do with the equal words between them

    def where(self, rows: BoolArray) -> _Signs:
        return _Signs(*(getattr(self, name)[rows] for name in self.__slots__))


def _signs(
    corpus: Corpus,
    runs: Runs,
    pair: IntArray,
    frequency: ByteArray,
    settings: Settings,
) -> _Signs:
    """Tell which pairs share enough to be measured."""
    paragraph = corpus.word_paragraph
    words = corpus.paragraphs.words
    begins = group_begins(pair)
    left = paragraph.take(runs.left.take(begins))
    right = paragraph.take(runs.right.take(begins))
    left_words, right_words = words.take(left), words.take(right)
    shorter = np.minimum(left_words, right_words)
    longer = np.maximum(left_words, right_words)
    shared = np.add.reduceat(runs.length, begins) if begins.size else begins
    two = left != right
    comparable = shorter >= settings.min_words
    much = shared >= SCATTERED_SHARE * shorter
    scattered = shared >= SAME_SHARE * longer
    scattered |= shared >= settings.containment * shorter
    # Only here does it matter how rare the shingles are.
    shingles = shared - (SHINGLE_WORDS - 1) * np.diff(begins, append=pair.size)
    open_ = much & ~scattered & comparable & (shingles >= SCATTERED_SHINGLES)
    rows = np.flatnonzero(open_.take(pair))
    weight = np.bincount(
        pair.take(rows), weights(runs.where(rows), frequency), minlength=begins.size
    )
    scattered |= open_ & (weight >= SCATTERED_SHINGLES)
    scattered &= two
    aligned = two & comparable & (shared >= settings.min_passage_words)
    aligned &= shorter >= ALIGNED_SHARE * longer
    aligned = _are_aligned(corpus, runs, pair, aligned, frequency)
    long, suspicious = _long(corpus, runs, frequency, settings)
    quoted = np.zeros(begins.size, np.bool_)
    quoted[np.compress(long, pair)] = True
    longest = np.maximum.reduceat(runs.length, begins) if begins.size else begins
    telling = much | (longest >= settings.min_passage_words)
    quoted &= telling
    kept = (quoted | scattered | aligned) & comparable
    doubted = two & much
    doubted[np.compress(suspicious, pair)] = True
    doubted &= comparable & telling & ~kept
    return _Signs(kept, doubted, quoted, scattered, aligned)


def _are_aligned(
    corpus: Corpus,
    runs: Runs,
    pair: IntArray,
    asked: BoolArray,
    frequency: ByteArray,
) -> BoolArray:
    """Tell which of some pairs agree in much of what stands around their rare runs."""
    rows = np.flatnonzero(asked.take(pair))
    runs, pair = runs.where(rows), pair.take(rows)
    shingles = np.bincount(
        pair, runs.length - (SHINGLE_WORDS - 1), minlength=asked.size
    )
    weight = np.bincount(pair, weights(runs, frequency), minlength=asked.size)
    likely = (weight >= ALIGNED_RARITY * shingles) & (weight >= ALIGNED_WEIGHT)
    rows = np.flatnonzero(likely.take(pair))
    agreeing, longer = _agreeing_words(corpus, runs.where(rows), pair.take(rows))
    words = np.bincount(pair.take(rows), agreeing, minlength=asked.size)
    longest = np.zeros(asked.size, np.int64)
    longest[pair.take(rows)] = longer
    return likely & (words >= ALIGNED_WORDS) & (words >= ALIGNED_SHARE * longest)


def _agreeing_words(
    corpus: Corpus, runs: Runs, pair: IntArray
) -> tuple[IntArray, IntArray]:
    """Return how many equal words each run has as far apart as its own, with them.

    They are looked for up to the next run of the pair, after the last one and before
    the first up to the ends of the paragraphs. Beside them, the longer one's words.
    """
    if not len(runs):
        return pair, pair
    paragraphs, distance = corpus.paragraphs, runs.right - runs.left
    sides = [corpus.word_paragraph.take(side) for side in (runs.left, runs.right)]
    sizes = [paragraphs.words.take(side) for side in sides]
    firsts = [paragraphs.first_word.take(side).astype(np.int64) for side in sides]
    is_first = np.append(True, pair[1:] != pair[:-1])
    is_last = np.append(is_first[1:], True)
    opening = np.maximum(firsts[0], firsts[1] - distance)
    closing = np.minimum(firsts[0] + sizes[0], firsts[1] + sizes[1] - distance)
    begin = np.where(is_first, opening, runs.left)
    end = np.where(is_last, closing, np.append(runs.left[1:], 0))
    size = np.clip(end - begin, 0, closing - begin)
    places = ranges(begin, size)
    equal = corpus.word.take(places) == corpus.word.take(
        places + np.repeat(distance, size)
    )
    run = np.repeat(np.arange(len(runs)), size)
    agreeing = np.bincount(run, equal, minlength=len(runs)).astype(np.int64)
    return agreeing, np.maximum(*sizes)


def _long(
    corpus: Corpus, runs: Runs, frequency: ByteArray, settings: Settings
) -> tuple[BoolArray, BoolArray]:
    """Tell which runs are too long for chance, and which would be if they were rare."""
    least = _shortest_run(corpus, settings)
    long = runs.length >= least + LONGEST_FORMULA
    would_be = long.copy()
    # A word is counted as two at most. Of the others, few need be looked up.
    rows = np.flatnonzero((2 * runs.length >= least) & ~long)
    written = _written_words(corpus, runs.where(rows))
    enough = written >= least
    rows, written = np.compress(enough, rows), np.compress(enough, written)
    rare = second_rarest(runs.where(rows), frequency)
    known = np.maximum(rare, FEW_PLACES) / FEW_PLACES
    more = np.minimum(FORMULA_WORDS * np.log2(known), LONGEST_FORMULA)
    long[rows] = written >= least + more
    would_be[rows] = True
    return long, would_be


def _shortest_run(corpus: Corpus, settings: Settings) -> int:
    words = corpus.positions + corpus.elsewhere.words
    more = 0 if words < CORPUS_WORDS else CORPUS_MORE
    return settings.min_passage_words + more


def _written_words(corpus: Corpus, runs: Runs) -> IntArray:
    """Return the words of runs as written on the side that parts more of them.

    A detached waw and عبد الله are two words to a reader and one after folding.
    """
    joined = corpus.joined
    if not joined.size:
        return runs.length
    more = np.zeros(len(runs), np.int64)
    # Few touch a block of words that holds a joined one; none is longer than a block.
    bits = int(runs.length.max(initial=1)).bit_length()
    is_in = np.zeros((corpus.positions >> bits) + 1, np.bool_)
    is_in[joined >> bits] = True
    for begin in (runs.left, runs.right):
        end = begin + runs.length
        rows = np.flatnonzero(is_in.take(begin >> bits) | is_in.take((end - 1) >> bits))
        held = joined.searchsorted(end.take(rows))
        held -= joined.searchsorted(begin.take(rows))
        more[rows] = np.maximum(more.take(rows), held)
    more += runs.length
    return more


def weights(runs: Runs, frequency: ByteArray) -> FloatArray:
    """Return the weight of each run.

    It is the number of its shingles, each the less the more places it stands in: 1 for
    up to three places, 1/2 for twelve, 1/3 for 48.
    """
    if not len(runs):
        return np.empty(0)
    places, begins = _places(runs, frequency)
    return np.add.reduceat(WEIGHTS.take(places), begins)


def second_rarest(runs: Runs, frequency: ByteArray) -> IntArray:
    """Return in how many places the second rarest shingle of each run stands.

    A word that happens to stand beside a formula makes one rare shingle.
    """
    places, begins = _places(runs, frequency)
    shingles = np.diff(begins, append=places.size)
    run = np.repeat(np.arange(len(runs)) << 8, shingles)
    ordered = np.sort(run | places)
    second = begins + np.minimum(shingles, RARE) - 1
    return ordered[second] & MOST_COUNTED


def _places(runs: Runs, frequency: ByteArray) -> tuple[ByteArray, IntArray]:
    """Return how often the shingles of runs stand, and where each run's begin."""
    shingles = runs.length - (SHINGLE_WORDS - 1)
    positions = ranges(runs.left, shingles)
    places = frequency.take(positions) & np.uint8(MOST_COUNTED)
    return places, np.cumsum(shingles) - shingles


def _measured(
    corpus: Corpus, runs: Runs, pair: IntArray, signs: _Signs, settings: Settings
) -> Matches:
    """Return the matches of likely pairs, whose runs are sorted by pair and place."""
    if not len(runs):
        return no_matches()
    begins = group_begins(pair)
    paragraph = corpus.word_paragraph
    left = paragraph.take(runs.left[begins])
    right = paragraph.take(runs.right[begins])
    jaccard, containment = similarity(corpus, left, right)
    runs, pair = _with_formulas(corpus, runs, pair, containment)
    gap = np.where(signs.scattered | signs.aligned, LARGEST_GAP, QUOTATION_GAP)
    stretches, matched = join(runs, pair, gap, SIDE_PASSAGE_WORDS)
    begins = group_begins(stretches.pair)
    words = corpus.paragraphs.words
    shorter = np.minimum(words.take(left), words.take(right))
    longer = np.maximum(words.take(left), words.take(right))
    sound = (
        signs.quoted
        | signs.aligned
        | (
            (matched >= SCATTERED_SHARE * shorter)
            & (containment >= SCATTERED_CONTAINMENT)
        )
    )
    relation = np.full(begins.size, OVERLAP, np.uint8)
    within = (containment >= settings.containment) | (
        matched >= settings.containment * shorter
    )
    relation[within] = CONTAINED
    # A formula alone, however long, makes no copy.
    alike = signs.scattered & (matched >= EDITED_SHARE * longer)
    several = np.diff(begins, append=len(stretches.runs)) > 1
    alike &= several | (matched >= SAME_SHARE * longer)
    alike |= signs.aligned
    alike &= ~within | (longer < LONGER * shorter)
    relation[alike | (jaccard >= settings.jaccard)] = EDITED
    relation[left == right] = OVERLAP
    sound &= (relation != OVERLAP) | (matched >= settings.min_passage_words)
    edited = relation == EDITED
    gap = np.where(edited, shorter, LARGEST_GAP)
    stretches = fill(corpus, stretches, gap, sound & edited)
    begins = group_begins(stretches.pair)
    runs = stretches.runs
    return Matches(
        left.astype(np.int32),
        right.astype(np.int32),
        relation,
        jaccard,
        containment,
        np.minimum(words_on_both_sides(stretches), shorter),
        np.append(begins, len(runs)),
        runs.left,
        runs.left + runs.length,
        runs.right,
        runs.right + runs.length,
    ).where(np.flatnonzero(sound))


def _with_formulas(
    corpus: Corpus, runs: Runs, pair: IntArray, containment: FloatArray
) -> tuple[Runs, IntArray]:
    """Return runs, sorted by pair, with those that are too common to have a seed.

    They are looked for where much of the shorter one is shared that stands in no run.
    """
    paragraph = corpus.word_paragraph
    begins = group_begins(pair)
    left = paragraph.take(runs.left.take(begins)).astype(np.int64)
    right = paragraph.take(runs.right.take(begins)).astype(np.int64)
    words = corpus.paragraphs.words
    shingles = np.minimum(words.take(left), words.take(right)) - (SHINGLE_WORDS - 1)
    known = np.add.reduceat(runs.length - (SHINGLE_WORDS - 1), begins)
    lacking = containment * shingles - known > LACKING_SHARE * shingles
    lacking = np.flatnonzero(lacking & (left != right))
    if not lacking.size:
        return runs, pair
    left, right = left[lacking], right[lacking]
    packing = Packing.of(corpus)
    # All that they share has a seed: nothing is left to be lengthened.
    more = merge(packing, seeds_of_pairs(corpus, packing, left, right))
    keys = left << 32 | right
    order = np.argsort(keys)
    found = paragraph.take(more.left).astype(np.int64) << 32 | paragraph.take(
        more.right
    )
    number = lacking[order][keys[order].searchsorted(found)]
    runs = together(runs, more)
    pair = np.concatenate([pair, number])
    order = sorting_by(pair, runs.left, runs.right)
    return runs.where(order), pair[order]
