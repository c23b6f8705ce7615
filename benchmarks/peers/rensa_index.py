"""Find near-duplicates with rensa's sketches and its index (Rust)."""

from __future__ import annotations

from rensa import RMinHash, RMinHashLSH

from benchmarks.peers.paragraphs import (
    NUM_PERM,
    THRESHOLD,
    read_paragraphs,
    shingles,
    write_pairs,
)

# 16 bands of 8 rows: half of the pairs at a Jaccard of .7 and nearly all at .8.
BANDS = 16
SEED = 42


def main() -> None:
    """Sketch, index, query, compare."""
    names, texts = read_paragraphs()
    index = RMinHashLSH(THRESHOLD, NUM_PERM, BANDS)
    sketches = []
    for place, text in enumerate(texts):
        sketch = RMinHash(NUM_PERM, SEED)
        sketch.update(list(shingles(text)))
        index.insert(place, sketch)
        sketches.append(sketch)
    write_pairs(
        (names[place], names[other])
        for place, sketch in enumerate(sketches)
        for other in index.query(sketch)
        if place < other and sketch.jaccard(sketches[other]) >= THRESHOLD
    )


if __name__ == "__main__":
    main()
