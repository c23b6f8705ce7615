"""Find repeated and copied paragraphs in Arabic text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedupe.archive import Archive, Document
    from dedupe.cleaner import CleanedText, CleanSettings, clean, clean_text
    from dedupe.errors import DedupeError
    from dedupe.model import Finding, Match, Occurrence, Passage, Published, ScanResult
    from dedupe.normalizer import NormalizedText, normalize
    from dedupe.pipeline import scan
    from dedupe.readers import ReadOptions
    from dedupe.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Archive",
    "CleanSettings",
    "CleanedText",
    "DedupeError",
    "Document",
    "Finding",
    "Match",
    "NormalizedText",
    "Occurrence",
    "Passage",
    "Published",
    "ReadOptions",
    "ScanResult",
    "Settings",
    "clean",
    "clean_text",
    "normalize",
    "scan",
]

# Where each public name lives. They are loaded when first used, since numpy alone
# takes longer to load than the help page takes to print.
_HOMES = {
    "CleanSettings": "cleaner",
    "CleanedText": "cleaner",
    "Archive": "archive",
    "DedupeError": "errors",
    "Document": "archive",
    "Finding": "model",
    "Match": "model",
    "NormalizedText": "normalizer",
    "Occurrence": "model",
    "Passage": "model",
    "Published": "model",
    "ReadOptions": "readers",
    "ScanResult": "model",
    "Settings": "settings",
    "clean": "cleaner",
    "clean_text": "cleaner",
    "normalize": "normalizer",
    "scan": "pipeline",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'dedupe' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - see above

    value = getattr(import_module(f"dedupe.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
