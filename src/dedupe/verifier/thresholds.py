"""From what on two paragraphs match, and as what: each figure with its reason."""

from __future__ import annotations

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
