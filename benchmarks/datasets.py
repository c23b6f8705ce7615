"""Read the evaluation data: articles, and what is known to repeat in them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# One line of JSON whose fields depend on the file.
Row: TypeAlias = dict[str, Any]

CORPORA = {
    "saudi": "saudi.jsonl.gz",
    "ant2": "ant2.jsonl.gz",
    "ant1": "ant1.jsonl.gz",
    "sanad": "sanad_raw.jsonl.gz",
}

# An article of SANAD is one long paragraph; this is the length it is cut to.
SANAD_PARAGRAPH_WORDS = 60


class Document(NamedTuple):
    """A text with its name."""

    id: str
    text: str


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the objects of a JSON Lines file, plain or gzipped."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)
    else:
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def read_corpus(data: Path, corpus: str) -> Iterator[Document]:
    """Yield the articles of a corpus."""
    for row in read_rows(data / CORPORA[corpus]):
        yield Document(row["id"], row["text"])


def read_paragraphs(data: Path, corpus: str) -> Iterator[tuple[str, str]]:
    """Yield (article, paragraph) for every paragraph that is not blank."""
    for document in read_corpus(data, corpus):
        lines = document.text.split("\n")
        if corpus == "sanad":
            lines = [piece for line in lines for piece in cut_at_sentences(line)]
        for line in lines:
            if line.strip():
                yield document.id, line.strip()


def cut_at_sentences(text: str) -> list[str]:
    """Cut a long text behind full stops into pieces of about sixty words."""
    pieces: list[str] = []
    piece: list[str] = []
    for word in text.split():
        piece.append(word)
        if len(piece) >= SANAD_PARAGRAPH_WORDS and word.endswith("."):
            pieces.append(" ".join(piece))
            piece = []
    return [*pieces, " ".join(piece)] if piece else pieces


def write_documents(path: Path, documents: Iterable[Document]) -> None:
    """Write documents as the JSON Lines that `dedupe scan` reads."""
    with path.open("w", encoding="utf-8") as out:
        for document in documents:
            row = {"id": document.id, "text": document.text}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
