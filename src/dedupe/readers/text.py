"""Read plain text: the document is the file."""

from __future__ import annotations


def readable(text: str) -> str:
    """Return what of the file is prose: all of it."""
    return text
