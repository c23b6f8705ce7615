"""Read what lies at paths as the loader does."""

from __future__ import annotations

from pathlib import Path

from dedupe.readers import (
    LoadedDocument,
    ReadOptions,
    find_sources,
    load,
    plan,
)


def read_all(
    path: Path | list[Path], options: ReadOptions | None = None
) -> tuple[list[LoadedDocument], list[str], list[str]]:
    """Return the documents, the errors and what was skipped."""
    options = options or ReadOptions()
    found = find_sources(path, options)
    documents: list[LoadedDocument] = []
    errors = [f"{problem.path}: {problem.reason}" for problem in found.errors]
    skipped = [f"{problem.path}: {problem.reason}" for problem in found.skipped]
    for batch in plan(found.sources, options):
        loaded = load(batch, options)
        documents += loaded.documents
        errors += [f"{problem.path}: {problem.reason}" for problem in loaded.errors]
        skipped += [f"{problem.path}: {problem.reason}" for problem in loaded.skipped]
    return documents, errors, skipped
