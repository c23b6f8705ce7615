"""Find near-duplicates by the method of onion, written anew from its description.

Onion (J. Pomikálek, "Removing Boilerplate and Duplicate Content from Web Corpora",
2011) reads paragraphs once, in order. A paragraph is a duplicate when more than a
share of its words (.5 by default) stand in n-grams (of 7 words by default) that were
seen before. Onion names no source; as the source we take the earlier paragraph that
holds most of the n-grams, so that its findings can be compared as pairs.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.peers.paragraphs import read_paragraphs, read_settings, write_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Read paragraphs in order, compare each with what was seen."""
    names, texts = read_paragraphs()
    settings = read_settings({"ngram": 7, "threshold": 0.5})
    found = duplicates(texts, settings["ngram"], settings["threshold"])
    write_pairs((names[source], names[place]) for source, place in found)


def duplicates(
    texts: list[str], ngram: int, threshold: float
) -> Iterator[tuple[int, int]]:
    """Yield (source, paragraph) for each paragraph that is a duplicate."""
    seen: dict[tuple[str, ...], int] = {}
    for place, text in enumerate(texts):
        words = text.split()
        runs = [
            tuple(words[start : start + ngram])
            for start in range(len(words) - ngram + 1)
        ]
        covered: set[int] = set()
        sources: Counter[int] = Counter()
        for start, run in enumerate(runs):
            if run in seen:
                covered.update(range(start, start + ngram))
                sources[seen[run]] += 1
        if words and len(covered) > threshold * len(words):
            yield sources.most_common(1)[0][0], place
        for run in runs:
            seen.setdefault(run, place)


if __name__ == "__main__":
    main()
