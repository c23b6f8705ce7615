"""Read PDF: text that was set in lines on pages, given back as paragraphs."""

from __future__ import annotations
