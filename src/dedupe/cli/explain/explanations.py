"""Write an explanation for a reader or for a program.

As in the text report: paths and numbers on lines of their own, Arabic on others, each
with a prefix, so that no article can give orders to a terminal or a log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from dedupe import __version__
from dedupe.reporters import palette
from dedupe.reporters.fitting import columns, fitted, steady
from dedupe.reporters.neutralizer import UNSAFE, neutralize, show_name
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from dedupe.explaining.explanation import (
        Difference,
        Excerpt,
        Explained,
        Explanation,
        Level,
        Stretch,
    )
    from dedupe.model import Occurrence, Span
    from dedupe.word_alignment import Kind

SCHEMA_VERSION = "1"
MAX_FINDINGS = 10
MAX_PLACES = 10
MAX_SPELLINGS = 8  # of one rule
MAX_LINES = 200  # of aligned words; the JSON has them all
LONGEST_EQUAL = 24  # words; more are cut in the middle
SHOWN_EQUAL = 8  # words at each end of what is cut
EXCERPT = 160  # code points

INDENT = "    "  # of what a terminal has no room for
BAR = "| "  # before what others wrote
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
PILCROW = "\N{PILCROW SIGN}"

COLORS: dict[Kind, str] = {
    "respelled": palette.MAGENTA,  # as orthographic findings
    "replaced": palette.ORANGE,  # as edited ones
    "only-left": palette.RED,
    "only-right": palette.GREEN,
    "moved": palette.BLUE,
}
SIGNS: dict[Kind, str] = {
    "equal": "=",
    "respelled": "~",
    "replaced": "!",
    "only-left": "-",
    "only-right": "+",
    "moved": ">",
}
SIGNS_BEFORE_BAR = "".join(SIGNS.values()) + " "
LEGEND = (
    "= equal, ~ respelled, ! replaced, - only in the first, + only in the second, "
    "> moved"
)
LEVELS: dict[Level | None, str] = {
    "identical": "nothing: they are the same to the character, white space apart",
    "none": "no folding (only punctuation, spaces or line breaks differ)",
    "light": "light folding (no letter is merged with another)",
    "full": "full folding (spellings of a letter are one), not after light folding",
    "letters": "full folding with all spaces left out",
    None: "no folding: words differ",
}

_BREAK = re.compile(r"\s*\n\s*")
_UNSAFE_CHARACTER = re.compile(f"[{UNSAFE}]")


def as_text(told: Explanation, *, color: bool, width: int = 0) -> str:
    """Return the explanation for a reader; respelled words are in [brackets].

    `width` is that of the terminal; in a file no line is broken.
    """
    lines = [
        *_verdict(told, color=color),
        *_numbers(told),
        *_longest(told),
        *_spelling(told.differences),
        *_alignment(told, color=color, width=width),
    ]
    return "\n".join(_broken(lines, width) if width else lines) + "\n"


def _broken(lines: Iterable[str], width: int) -> Iterator[str]:
    """Yield the lines, broken between words where the terminal ends."""
    for line in lines:
        head, bar, text = line.partition(BAR)
        if bar and not head.strip(SIGNS_BEFORE_BAR):
            shown = fitted(text, width - len(head + bar))
            later = " " * len(head)
            for number, one in enumerate(shown):
                yield (later if number else head) + bar + steady(one)
        else:
            indent = line[: len(line) - len(line.lstrip(" "))]
            yield from fitted(line.lstrip(" "), width, indent, indent + INDENT)


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
    span = _whole(excerpt)
    return {
        "document": excerpt.name,
        "lines": excerpt.lines(span),
        "span": span,
        "words": words,
        "shingles": shingles,
    }


def _whole(excerpt: Excerpt) -> Span:
    from dedupe.model import Span  # noqa: PLC0415 - see the imports for types

    return Span(excerpt.start, excerpt.start + len(excerpt.text))


def _explained(item: Explained) -> dict[str, Any]:
    finding = item.finding._asdict()
    finding["occurrences"] = [place._asdict() for place in item.finding.occurrences]
    return {**finding, "why": item.why}


def _paint(text: str, color: str, *, on: bool) -> str:
    return f"{color}{text}{palette.RESET}" if on and text else text


def _verdict(told: Explanation, *, color: bool) -> Iterator[str]:
    if not told.findings:
        places = ", ".join(
            _paint(_place(one, _whole(one)), palette.BOLD, on=color)
            for one in (told.left, told.right)
        )
        yield f"{places}: no match"
        yield f"  why: {told.why}"
    for item in told.findings[:MAX_FINDINGS]:
        finding = item.finding
        named = finding.occurrences[:MAX_PLACES]
        places = ", ".join(
            _paint(_where(place), palette.BOLD, on=color) for place in named
        )
        more = len(finding.occurrences) - len(named)
        places += f" and {more:,} more" if more else ""
        what = finding.relation
        rule = "" if finding.rule == what else f" {finding.rule}"
        yield f"{places}: {what}{rule}, {counted(finding.words, 'word')}"
        yield f"  why: {item.why}"
    if len(told.findings) > MAX_FINDINGS:
        more = len(told.findings) - MAX_FINDINGS
        yield f"and {counted(more, 'more finding')} (--format json has them all)"


def _where(place: Occurrence) -> str:
    return f"{show_name(place.document)}:{_range(place.lines)}"


def _place(excerpt: Excerpt, span: Span) -> str:
    return f"{show_name(excerpt.name)}:{_range(excerpt.lines(span))}"


def _range(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"{first}" if first == last else f"{first}-{last}"


def _numbers(told: Explanation) -> Iterator[str]:
    counts = ", ".join(
        f"{count:,} {kind}" for kind, count in told.counts.items() if count
    )
    left, right = told.words
    yield f"words: {left:,} and {right:,}; {counts or 'none'}"
    shared = told.shingles
    yield (
        f"shingles of 3 words: {shared.left:,} and {shared.right:,}, "
        f"{shared.shared:,} shared; Jaccard {shared.jaccard:.3f}, "
        f"containment {shared.containment:.3f}"
    )
    yield f"equal after: {LEVELS[told.level]}"


def _longest(told: Explanation) -> Iterator[str]:
    run = told.longest
    if run is None:
        yield "longest common run: none"
        return
    places = f"{_place(told.left, run.left)} and {_place(told.right, run.right)}"
    yield f"longest common run: {counted(run.words, 'word')}, {places}"
    written = told.left.written(run.left)
    if len(written) > EXCERPT:
        written = written[:EXCERPT].rpartition(" ")[0] + f" {ELLIPSIS}"
    yield f"  | {_shown(written)}"


def _spelling(differences: Sequence[Difference]) -> Iterator[str]:
    """Yield the spellings, rule by rule, the most frequent first."""
    total = sum(same.times for same in differences)
    if not total:
        return
    yield f"spelled in two ways: {counted(total, 'word')}"
    by_rules: dict[tuple[str, ...], list[Difference]] = {}
    for same in differences:
        by_rules.setdefault(same.rules, []).append(same)
    # Of rules that are as frequent, those that are met first.
    ordered = sorted(
        by_rules.items(), key=lambda item: -sum(same.times for same in item[1])
    )
    for rules, group in ordered:
        yield f"  {' and '.join(rules)}: {sum(same.times for same in group):,}"
        for same in group[:MAX_SPELLINGS]:
            yield f"  | {_shown(same.left)} = {_shown(same.right)}"
        if len(group) > MAX_SPELLINGS:
            yield f"  and {len(group) - MAX_SPELLINGS:,} more spellings"


def _alignment(told: Explanation, *, color: bool, width: int) -> Iterator[str]:
    yield f"aligned words ({LEGEND}):"
    lines = [
        line
        for agrees, group in groupby(told.alignment, key=_agrees)
        for line in (
            _agreeing(told, list(group), color=color, width=width)
            if agrees
            else (one for item in group for one in _changed(told, item, color=color))
        )
    ]
    yield from lines[:MAX_LINES]
    if len(lines) > MAX_LINES:
        yield (
            f"and {len(lines) - MAX_LINES:,} more lines (--format json has all places)"
        )
    if told.not_compared:
        yield (
            f"{told.not_compared:,} words stand in places too long to be aligned word "
            f"by word; they are shown as changed"
        )


def _agrees(stretch: Stretch) -> bool:
    return stretch.kind in ("equal", "respelled")


def _agreeing(
    told: Explanation, group: Sequence[Stretch], *, color: bool, width: int
) -> Iterator[str]:
    """Yield a line for words that are written the same, else one for either side.

    On a terminal as many lines as they need, those of both sides below each other.
    """
    respelled = any(item.kind == "respelled" for item in group)
    sign = SIGNS["respelled" if respelled else "equal"]
    left = _row(told.left, [(item, item.left) for item in group], color=color)
    right = _row(told.right, [(item, item.right) for item in group], color=color)
    head, below = f"  {sign} {BAR}", f"    {BAR}"
    for one, other in _together(left, right, width - len(head) if width else 0):
        if one == other:
            yield f"  {SIGNS['equal']} {BAR}{one}"
        else:
            yield head + one
            if respelled:
                yield below + other


def _together(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], room: int
) -> Iterator[tuple[str, str]]:
    """Yield lines of both sides that hold the same words, of no more columns."""
    if not room:
        yield "".join(chain(*left)), "".join(chain(*right))
        return
    one = other = ""
    for here, there in _meeting(left, right):
        widest = max(columns((one + here).rstrip()), columns((other + there).rstrip()))
        if one and widest > room:
            yield one.strip(), other.strip()
            one = other = ""
        one, other = one + here, other + there
    yield one.strip(), other.strip()


def _meeting(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str]]:
    """Yield what stands on either side, word by word where their numbers are equal."""
    for here, there in zip(left, right, strict=True):
        if len(here) == len(there):
            yield from zip(here, there, strict=True)
        else:
            yield "".join(here), "".join(there)


def _row(
    excerpt: Excerpt,
    group: Sequence[tuple[Stretch, Span | None]],
    *,
    color: bool,
) -> list[list[str]]:
    """Return the words of one side, with what stands before each, by stretches.

    Respelled words are marked, and several of them may be one.
    """
    pieces: list[list[str]] = []
    reached: int | None = None
    for item, span in group:
        if span is None:
            continue
        before = ""
        if reached is not None:
            origin = excerpt.start
            before = _shown(excerpt.text[reached - origin : span.start - origin])
        reached = span.end
        words = _shown(excerpt.written(span))
        if item.kind != "respelled":
            first, *others = _shortened(words).split(" ")
            pieces.append([before + first, *(f" {word}" for word in others)])
        elif color:
            pieces.append([before + _paint(words, COLORS["respelled"], on=True)])
        else:
            pieces.append([f"{before}[{words}]"])
    return pieces


def _changed(told: Explanation, item: Stretch, *, color: bool) -> Iterator[str]:
    if item.kind == "moved" and item.left and item.right:
        places = f"{_place(told.left, item.left)} and {_place(told.right, item.right)}"
        yield f"    moved, {places}:"
    head = f"  {SIGNS[item.kind]} | "
    sides = [(told.left, item.left), (told.right, item.right)]
    for excerpt, span in sides[:1] if item.kind == "moved" else sides:
        if span is not None:
            words = _shortened(_shown(excerpt.written(span)))
            yield head + _paint(words, COLORS[item.kind], on=color)
            head = "    | "


def _shortened(words: str) -> str:
    """Return words, with those in the middle left out if there are many."""
    parts = words.split(" ")
    if len(parts) <= LONGEST_EQUAL:
        return words
    return " ".join([*parts[:SHOWN_EQUAL], ELLIPSIS, *parts[-SHOWN_EQUAL:]])


def _shown(text: str) -> str:
    """Return text on one line, safe to show."""
    return neutralize(_BREAK.sub(f" {PILCROW} ", text).replace("\t", " "))
