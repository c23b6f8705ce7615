"""Find near-duplicates with the command of text-dedup.

The command writes the texts that are left, without saying what they were like; what
it thinks of as one is read from the union-find structure that it leaves behind.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from pathlib import Path

from text_dedup import minhash

from benchmarks.peers.paragraphs import read_paragraphs, read_settings, write_pairs


def main() -> None:
    """Run the command, group the rows it joined."""
    names, texts = read_paragraphs()
    settings = read_settings({})
    with tempfile.TemporaryDirectory() as name:
        rows = Path(name, "rows.jsonl")
        with rows.open("w", encoding="utf-8") as out:
            for text in texts:
                out.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
        options = {
            "path": "json",
            "data_files": rows,
            "split": "train",
            "column": "text",
            "cache_dir": Path(name, "cache"),
            "output": Path(name, "left"),
            **settings,
        }
        arguments = [f"--{option}={value}" for option, value in options.items()]
        minhash.main(arguments, standalone_mode=False)
    groups = defaultdict(list)
    for row, text in enumerate(names):
        groups[minhash.uf.find(row)].append(text)
    write_pairs(group for group in groups.values() if len(group) > 1)


if __name__ == "__main__":
    main()
