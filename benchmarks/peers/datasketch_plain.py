"""Find near-duplicates with datasketch as its documentation shows."""

from __future__ import annotations

from datasketch import MinHash, MinHashLSH

from benchmarks.peers.paragraphs import (
    NUM_PERM,
    SHINGLES,
    THRESHOLD,
    read_paragraphs,
    read_settings,
    shingles,
    write_pairs,
)


def main() -> None:
    """Sketch, index, query, compare."""
    names, texts = read_paragraphs()
    settings = read_settings(
        {
            "num_perm": NUM_PERM,
            "threshold": THRESHOLD,  # of the index
            "bands": None,  # (bands, rows), or what the index thinks best
            "shingles": SHINGLES,
            "verify": THRESHOLD,  # the Jaccard of the sketches; 0 takes all candidates
        }
    )
    num_perm, verify = settings["num_perm"], settings["verify"]
    index = MinHashLSH(
        threshold=settings["threshold"], num_perm=num_perm, params=settings["bands"]
    )
    sketches = {}
    for name, text in zip(names, texts, strict=True):
        sketch = MinHash(num_perm=num_perm)
        for shingle in shingles(text, settings["shingles"]):
            sketch.update(shingle.encode())
        index.insert(name, sketch)
        sketches[name] = sketch
    write_pairs(
        (name, other)
        for name, sketch in sketches.items()
        for other in map(str, index.query(sketch))
        if name < other and (not verify or sketch.jaccard(sketches[other]) >= verify)
    )


if __name__ == "__main__":
    main()
