"""Find near-duplicates with datasketch, a fast hash and batches of shingles."""

from __future__ import annotations

import xxhash
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
    empty = MinHash(num_perm=NUM_PERM, hashfunc=xxhash.xxh32_intdigest)
    sketches = {}
    for name, text in zip(names, texts, strict=True):
        sketch = empty.copy()
        sketch.update_batch([shingle.encode() for shingle in shingles(text)])
        index.insert(name, sketch, check_duplication=False)
        sketches[name] = sketch
    write_pairs(
        (name, other)
        for name, sketch in sketches.items()
        for other in map(str, index.query(sketch))
        if name < other and sketch.jaccard(sketches[other]) >= THRESHOLD
    )


if __name__ == "__main__":
    main()
