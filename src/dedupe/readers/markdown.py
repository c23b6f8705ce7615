"""Read Markdown as prose: front matter and fenced code become blanks."""

from __future__ import annotations

import re

# A front matter is closed by the line that opened it, or by three dots in YAML. Its
# first line is a key, so that two rules around a paragraph are not taken for one.
_FRONT_MATTER = re.compile(
    r"\A\ufeff?(?:"
    r"---[ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*[\"']?[\w.-]+[\"']?[ \t]*:(?:[ \t]|\r?$)"
    r".*?^(?:---|\.\.\.)[ \t]*\r?$"
    r"|\+\+\+[ \t]*\r?\n.*?^\+\+\+[ \t]*\r?$)",
    re.MULTILINE | re.DOTALL,
)
# Inside lists and quotations a fence stands behind spaces and angle brackets.
_FENCE = re.compile(r"^([ \t>]*)(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)


def readable(text: str) -> str:
    r"""Return the text with everything but prose blanked, every offset kept.

    >>> readable("سطر\n```\ncode\n```\nسطر").split("\n")
    ['سطر', '   ', '    ', '   ', 'سطر']
    """
    spans = _fenced(text)
    front_matter = _FRONT_MATTER.match(text) if text[:4].strip("\ufeff")[:1] in {"-", "+"} else None
    if front_matter:
        end = front_matter.end()
        spans = [(0, end), *((max(start, end), stop) for start, stop in spans if stop > end)]
    return _blank(text, spans)


def _fenced(text: str) -> list[tuple[int, int]]:
    """Return the spans of fenced code; a fence that nothing closes is prose."""
    spans = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            if fence[2][0] == "~" or "`" not in fence[3]:
                opened = fence
        elif _closes(fence, opened):
            spans.append((opened.start(), fence.end()))
            opened = None
    return spans


def _closes(fence: re.Match[str], opened: re.Match[str]) -> bool:
    return fence[2].startswith(opened[2]) and not fence[3].strip()


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    pieces = []
    done = 0
    for start, end in spans:
        pieces.append(text[done:start])
        pieces.append("\n".join(" " * len(line) for line in text[start:end].split("\n")))
        done = end
    pieces.append(text[done:])
    return "".join(pieces)
