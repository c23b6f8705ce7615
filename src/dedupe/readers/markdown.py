"""Read Markdown as prose: front matter and fenced code become blanks."""

from __future__ import annotations

import re

from dedupe.readers.decoding import BYTE_ORDER_MARK

# A front matter is closed by the line that opened it, or by three dots in YAML. Its
# first line is a key, so that two rules around a paragraph are not taken for one.
_YAML = re.compile(
    r"---[ \t]*\r?\n"
    r"(?:[ \t]*(?:\#[^\n]*)?\r?\n)*"
    r"[\"']?[\w.-]+[\"']?[ \t]*:(?=\s)"
    r".*?^(?:---|\.\.\.)[ \t]*\r?$",
    re.MULTILINE | re.DOTALL,
)
_TOML = re.compile(r"\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*\r?$", re.MULTILINE | re.DOTALL)
_FENCES = ("```", "~~~")
# Inside lists and quotations a fence stands behind spaces and angle brackets.
_FENCE = re.compile(r"^[ \t>]*(?P<marks>`{3,}|~{3,})(?P<after>[^\n]*)$", re.MULTILINE)


def readable(text: str) -> str:
    r"""Return the text with everything but prose blanked, every offset kept.

    >>> readable("سطر\n```\ncode\n```\nسطر").split("\n")
    ['سطر', '   ', '    ', '   ', 'سطر']
    """
    after = _end_of_front_matter(text)
    spans = [(0, after)] if after else []
    if any(fence in text for fence in _FENCES):
        spans += _fenced(text, after)
    return _blanked(text, spans) if spans else text


def _end_of_front_matter(text: str) -> int:
    """Return where the front matter ends, 0 when there is none."""
    start = 1 if text.startswith(BYTE_ORDER_MARK) else 0
    pattern = {"-": _YAML, "+": _TOML}.get(text[start : start + 1])
    found = pattern.match(text, start) if pattern else None
    return found.end() if found else 0


def _fenced(text: str, start: int) -> list[tuple[int, int]]:
    """Return the spans of fenced code; a fence that nothing closes is prose."""
    spans = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text, start):
        if opened is None:
            # A back quote further on makes it code within a line.
            is_fence = fence["marks"][0] == "~" or "`" not in fence["after"]
            opened = fence if is_fence else None
        elif fence["marks"].startswith(opened["marks"]) and not fence["after"].strip():
            spans.append((opened.start(), fence.end()))
            opened = None
    return spans


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces = []
    done = 0
    for start, end in spans:
        lines = text[start:end].split("\n")
        pieces += [text[done:start], "\n".join(" " * len(line) for line in lines)]
        done = end
    return "".join([*pieces, text[done:]])
