"""Find near-duplicates with the four stages of datatrove, on this machine."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path

from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import (
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers.jsonl import JsonlWriter

from benchmarks.peers.paragraphs import read_paragraphs, read_settings, write_pairs


def main() -> None:
    """Sign, bucket, cluster, filter; group what has the number of one cluster."""
    names, texts = read_paragraphs()
    settings = read_settings({"language": "arb_Arab", "workers": 1})
    language, workers = settings.pop("language"), int(settings.pop("workers"))
    config = MinhashConfig(**settings)
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder, "in"), names, texts, workers)
        reader = JsonlReader(f"{folder}/in")
        signatures = MinhashDedupSignature(f"{folder}/1", config, language)
        buckets = MinhashDedupBuckets(f"{folder}/1", f"{folder}/2", config=config)
        clusters = MinhashDedupCluster(
            f"{folder}/2", f"{folder}/3", config, save_cluster_id=True
        )
        left_out = JsonlWriter(f"{folder}/out", compression=None)
        kept = JsonlWriter(f"{folder}/kept", compression=None)
        chosen = MinhashDedupFilter(
            f"{folder}/3", exclusion_writer=left_out, load_cluster_ids=True
        )
        _run([reader, signatures], workers, workers, f"{folder}/logs1")
        _run([buckets], config.num_buckets, workers, f"{folder}/logs2")
        _run([clusters], 1, 1, f"{folder}/logs3")
        _run([reader, chosen, kept], workers, workers, f"{folder}/logs4")
        groups = defaultdict(list)
        for path in sorted(Path(folder).glob("out/*")) + sorted(
            Path(folder).glob("kept/*")
        ):
            # A text may hold characters that split lines elsewhere, but not here.
            for line in filter(None, path.read_text(encoding="utf-8").split("\n")):
                row = json.loads(line)
                cluster = row["metadata"].get("minhash_cluster_id", -1)
                if cluster != -1:
                    groups[cluster].append(row["id"])
    write_pairs(group for group in groups.values() if len(group) > 1)


def _write(folder: Path, names: list[str], texts: list[str], files: int) -> None:
    folder.mkdir()
    rows = list(zip(names, texts, strict=True))
    for number in range(files):
        with (folder / f"rows{number}.jsonl").open("w", encoding="utf-8") as out:
            for name, text in rows[number::files]:
                out.write(json.dumps({"id": name, "text": text}) + "\n")


def _run(pipeline: list[object], tasks: int, workers: int, logs: str) -> None:
    LocalPipelineExecutor(
        pipeline=pipeline, tasks=tasks, workers=workers, logging_dir=logs
    ).run()


if __name__ == "__main__":
    main()
