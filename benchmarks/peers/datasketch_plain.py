"""Find near-duplicates with datasketch as its documentation shows."""

from __future__ import annotations

from datasketch import MinHash, MinHashLSH

from benchmarks.peers.paragraphs import (
    NUM_PERM,
    THRESHOLD,
    read_paragraphs,
    shingles,
    write_pairs,
)


def main() -> None:
    """Sketch, index, query, compare."""
    names, texts = read_paragraphs()
    index = MinHashLSH(threshold=THRESHOLD, num_perm=NUM_PERM)
    sketches = {}
    for name, text in zip(names, texts, strict=True):
        sketch = MinHash(num_perm=NUM_PERM)
        for shingle in shingles(text):
            sketch.update(shingle.encode())
        index.insert(name, sketch)
        sketches[name] = sketch
    write_pairs(
        (name, other)
        for name, sketch in sketches.items()
        for other in map(str, index.query(sketch))
        if name < other and sketch.jaccard(sketches[other]) >= THRESHOLD
    )


if __name__ == "__main__":
    main()
