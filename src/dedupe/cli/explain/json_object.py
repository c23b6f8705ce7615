"""Write an explanation as one JSON object, for a program."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from dedupe import __version__
from dedupe.reporters.neutralizer import UNSAFE

if TYPE_CHECKING:
    from dedupe.explaining.explanation import Excerpt, Explained, Explanation

SCHEMA_VERSION = "1"
_UNSAFE_CHARACTER = re.compile(f"[{UNSAFE}]")


def as_json(told: Explanation) -> str:
    """Return the explanation as one JSON object; what could do harm is escaped."""
    shared = told.shingles
    value = {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "dedupe", "version": __version__},
        "match": bool(told.findings),
        "why": told.why,
        "left": _side(told.left, told.words[0], shared.left),
        "right": _side(told.right, told.words[1], shared.right),
        "settings": {
            **asdict(told.settings),
            "fingerprint": told.settings.fingerprint(),
        },
        "findings": [_explained(item) for item in told.findings],
        "equal_after": told.level,
        "shingles": {
            "shared": shared.shared,
            "jaccard": round(shared.jaccard, 6),
            "containment": round(shared.containment, 6),
        },
        "longest_run": told.longest._asdict() if told.longest else None,
        "differences": [same._asdict() for same in told.differences],
        "word_counts": told.counts,
        "alignment": [stretch._asdict() for stretch in told.alignment],
        "words_not_compared": told.not_compared,
    }
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE_CHARACTER.sub(lambda one: f"\\u{ord(one[0]):04x}", written) + "\n"


def _side(excerpt: Excerpt, words: int, shingles: int) -> dict[str, Any]:
    return {
        "document": excerpt.name,
        "lines": excerpt.lines(excerpt.span),
        "span": excerpt.span,
        "words": words,
        "shingles": shingles,
    }


def _explained(item: Explained) -> dict[str, Any]:
    finding = item.finding._asdict()
    finding["occurrences"] = [place._asdict() for place in item.finding.occurrences]
    return {**finding, "why": item.why}
