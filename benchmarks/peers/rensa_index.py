"""Find near-duplicates with rensa's sketches and its index (Rust)."""

from __future__ import annotations

from rensa import RMinHash, RMinHashLSH

from benchmarks.peers.paragraphs import (
    NUM_PERM,
    SHINGLES,
    THRESHOLD,
    read_paragraphs,
    read_settings,
    shingles,
    write_pairs,
)

# 16 bands of 8 rows: half of the pairs at a Jaccard of .7 and nearly all at .8.
BANDS = 16
SEED = 42


def main() -> None:
    """Sketch, index, query, compare."""
    names, texts = read_paragraphs()
    settings = read_settings(
        {
            "num_perm": NUM_PERM,
            "threshold": THRESHOLD,
            "bands": BANDS,
            "shingles": SHINGLES,
        }
    )
    threshold, num_perm = settings["threshold"], settings["num_perm"]
    index = RMinHashLSH(threshold, num_perm, settings["bands"])
    sketches = []
    for place, text in enumerate(texts):
        sketch = RMinHash(num_perm, SEED)
        sketch.update(list(shingles(text, settings["shingles"])))
        index.insert(place, sketch)
        sketches.append(sketch)
    write_pairs(
        (names[place], names[other])
        for place, sketch in enumerate(sketches)
        for other in index.query(sketch)
        if place < other and sketch.jaccard(sketches[other]) >= threshold
    )


if __name__ == "__main__":
    main()
