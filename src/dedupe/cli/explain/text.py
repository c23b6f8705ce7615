"""Write an explanation for a reader.

As in the text report: paths and numbers on lines of their own, Arabic on others, each
with a prefix, so that no article can give orders to a terminal or a log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from dedupe.cli.explain.aligned_words import BAR, SIGNS_BEFORE_BAR, alignment
from dedupe.cli.explain.showing import (
    ELLIPSIS,
    lines_of,
    painted,
    place_of,
    shown_words,
)
from dedupe.reporters import palette
from dedupe.reporters.fitting import fitted, steady
from dedupe.reporters.neutralizer import show_name
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from dedupe.explaining.explanation import Difference, Explanation, Level
    from dedupe.model import Occurrence

MAX_FINDINGS = 10
MAX_PLACES = 10
MAX_SPELLINGS = 8  # of one rule
EXCERPT = 160  # code points
INDENT = "    "  # of what a terminal has no room for
LEVELS: dict[Level | None, str] = {
    "identical": "nothing: they are the same to the character, white space apart",
    "none": "no folding (only punctuation, spaces or line breaks differ)",
    "light": "light folding (no letter is merged with another)",
    "full": "full folding (spellings of a letter are one), not after light folding",
    "letters": "full folding with all spaces left out",
    None: "no folding: words differ",
}


def as_text(told: Explanation, *, color: bool, width: int = 0) -> str:
    """Return the explanation for a reader; respelled words are in [brackets].

    `width` is that of the terminal; in a file no line is broken.
    """
    lines = [
        *_verdict(told, color=color),
        *_numbers(told),
        *_longest(told),
        *_spelling(told.differences),
        *alignment(told, color=color, width=width),
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


def _verdict(told: Explanation, *, color: bool) -> Iterator[str]:
    if not told.findings:
        places = ", ".join(
            painted(place_of(one, one.span), palette.BOLD, on=color)
            for one in (told.left, told.right)
        )
        yield f"{places}: no match"
        yield f"  why: {told.why}"
    for item in told.findings[:MAX_FINDINGS]:
        finding = item.finding
        named = finding.occurrences[:MAX_PLACES]
        places = ", ".join(
            painted(_where(place), palette.BOLD, on=color) for place in named
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
    return f"{show_name(place.document)}:{lines_of(place.lines)}"


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
    places = f"{place_of(told.left, run.left)} and {place_of(told.right, run.right)}"
    yield f"longest common run: {counted(run.words, 'word')}, {places}"
    written = told.left.written(run.left)
    if len(written) > EXCERPT:
        written = written[:EXCERPT].rpartition(" ")[0] + f" {ELLIPSIS}"
    yield f"  | {shown_words(written)}"


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
            yield f"  | {shown_words(same.left)} = {shown_words(same.right)}"
        if len(group) > MAX_SPELLINGS:
            yield f"  and {len(group) - MAX_SPELLINGS:,} more spellings"
