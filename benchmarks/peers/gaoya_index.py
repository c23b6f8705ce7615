"""Find near-duplicates with gaoya's index (Rust, threads)."""

from __future__ import annotations

from gaoya.minhash import MinHashStringIndex

from benchmarks.peers.paragraphs import (
    NUM_PERM,
    THRESHOLD,
    read_paragraphs,
    read_settings,
    write_pairs,
)


def main() -> None:
    """Index, query."""
    names, texts = read_paragraphs()
    defaults = {
        "hash_size": 32,
        "jaccard_threshold": THRESHOLD,
        "num_bands": None,
        "band_size": None,
        "num_hashes": NUM_PERM,
        "analyzer": "word",
        "ngram_range": (3, 3),
    }
    settings = read_settings(defaults)
    settings["ngram_range"] = tuple(settings["ngram_range"])
    index = MinHashStringIndex(**settings, id_container="vec")
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    write_pairs(
        (names[place], names[other])
        for place, others in enumerate(index.par_bulk_query(texts))
        for other in others
        if place < other
    )


if __name__ == "__main__":
    main()
