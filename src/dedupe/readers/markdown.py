"""Read Markdown as prose: front matter and fenced code become blanks."""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections.abc import Iterable, Iterator

# A front matter is closed by the line that opened it, or by three dots in YAML.
_OPENED = re.compile(r"---(?P<language>[ \t]*[A-Za-z]*)[ \t]*\r?\n")
_CLOSED = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_LANGUAGES = ("json", "toml", "yaml", "yml")
# Words with spaces between them may be prose, in Arabic.
_KEY = re.compile(
    r"(?:(?P<name>[\w.-]+)|\"[^\"]*\"|'[^']*'"
    r"|[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+)+)[ \t]*:(?:[ \t].*)?$"
)
_USUAL_NAME = re.compile("[a-z][a-z0-9_.-]+")
_LINES_FOLLOW = re.compile(r"(?:^|[ \t])[|>][+-]?[0-9]?[+-]?$")
_TOML = re.compile(
    r"\+\+\+[ \t]*\r?\n"
    r"(?:[ \t]*(?:\#[^\n]*)?\r?\n)*"
    r"(?:\[|[\"']?[\w.-]+[\"']?[ \t]*=)"
    r".*?^\+\+\+[ \t]*\r?$",
    re.MULTILINE | re.DOTALL,
)
_FENCES = ("```", "~~~")
# Inside lists and quotations a fence stands behind spaces, marks and angle brackets.
_FENCE = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<items>(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]+)*)"
    r"(?P<marks>`{3,}|~{3,})(?P<after>[^\n]*)$",
    re.MULTILINE,
)
_DEEPEST = 3  # spaces before a fence: what stands behind more is code by itself
_OUTER_LINE = re.compile(r"^[ ]{0,3}[^\s]", re.MULTILINE)
_ITEM = re.compile(r"[ ]{0,3}(?:[-*+]|[0-9]{1,9}[.)])[ \t]")


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
    end = {"-": _end_of_yaml, "+": _end_of_toml, "{": _end_of_json}.get(text[:1])
    return end(text) if end else 0


def _end_of_yaml(text: str) -> int:
    opened = _OPENED.match(text)
    closed = _CLOSED.search(text, opened.end()) if opened else None
    if not opened or not closed:
        return 0
    language = opened["language"].strip()
    if language:
        return closed.end() if language in _LANGUAGES else 0
    lines = text[opened.end() : closed.start()].splitlines()
    return closed.end() if _is_yaml(lines) else 0


def _is_yaml(lines: Iterable[str]) -> bool:
    """Tell whether lines are keys with their values, and not prose between two rules.

    An interview has a name and a colon before each paragraph too; but blank lines stand
    between those, and between keys only where all have the names that keys have.
    """
    has_key = has_gap = lines_follow = False
    are_usual = True
    for line in map(str.rstrip, lines):
        if not line:
            has_gap |= has_key and not lines_follow
        elif line.startswith("#") or (has_key and line.startswith((" ", "\t"))):
            continue
        elif key := _KEY.match(line):
            has_key = True
            are_usual &= bool(_USUAL_NAME.fullmatch(key["name"] or ""))
            lines_follow = bool(_LINES_FOLLOW.search(line))
        elif not has_key or not re.match(r"-(?:[ \t]|$)|[\]}]", line):
            return False
    return has_key and (are_usual or not has_gap)


def _end_of_toml(text: str) -> int:
    found = _TOML.match(text)
    return found.end() if found else 0


def _end_of_json(text: str) -> int:
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return 0
    is_alone = not text[end:].partition("\n")[0].strip()
    return end if value and is_alone else 0


def _fenced(text: str, start: int) -> list[tuple[int, int]]:
    """Return the spans of fenced code; a fence that nothing closes is prose.

    A quotation that ends closes the fences in it (CommonMark 0.31, section 4.5).
    """
    spans = []
    opened: re.Match[str] | None = None
    ends: dict[int, int] = {}  # of the quotation around the last fence, by its depth
    for fence in _standing(text, start):
        if opened and fence.start() >= ends[_depth(opened)]:
            spans.append((opened.start(), ends[_depth(opened)]))
            opened = None
        if opened is None:
            # A back quote further on makes it code within a line.
            if fence["marks"][0] == "~" or "`" not in fence["after"]:
                opened = fence
                _find_end(text, fence, ends)
        elif _closes(opened, fence):
            spans.append((opened.start(), fence.end()))
            opened = None
    if opened and _depth(opened):
        spans.append((opened.start(), ends[_depth(opened)]))
    return spans


def _standing(text: str, start: int) -> Iterator[re.Match[str]]:
    """Yield the fences that are indented no more than what they stand in."""
    outer: list[int] | None = None  # where lines begin that are not deeply indented
    for fence in _FENCE.finditer(text, start):
        if _is_deep(fence["indent"]):
            if outer is None:
                outer = [line.start() for line in _OUTER_LINE.finditer(text)]
            place = bisect(outer, fence.start()) - 1
            if place < 0 or not _ITEM.match(text, outer[place]):
                continue
        yield fence


def _closes(opened: re.Match[str], fence: re.Match[str]) -> bool:
    return (
        fence["marks"].startswith(opened["marks"])
        and not fence["items"]
        and not fence["after"].strip()
        and _depth(fence) == _depth(opened)
    )


def _depth(fence: re.Match[str]) -> int:
    """Return in how many quotations, one in the other, a fence stands."""
    return fence["indent"].count(">")


def _is_deep(indent: str) -> bool:
    """Tell whether too many spaces stand before a fence, or behind quotation marks."""
    _, quoted, spaces = indent.rpartition(">")
    return len(spaces.expandtabs(4)) - bool(quoted) > _DEEPEST


def _find_end(text: str, fence: re.Match[str], ends: dict[int, int]) -> None:
    """Keep where the first line begins that is not quoted as deeply as a fence."""
    depth = _depth(fence)
    if fence.start() < ends.get(depth, 0):
        return
    other = re.compile(rf"^(?!(?:[ \t]*>){{{depth}}})", re.MULTILINE)
    found = other.search(text, fence.end() + 1) if depth else None
    ends[depth] = found.start() if found else len(text)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    pieces = []
    done = 0
    for start, end in spans:
        lines = text[start:end].split("\n")
        pieces += [text[done:start], "\n".join(" " * len(line) for line in lines)]
        done = end
    return "".join([*pieces, text[done:]])
