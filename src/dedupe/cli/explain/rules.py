"""Say what each rule and relation of a report means, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, NamedTuple

from dedupe.cli.options import SETTING_HELP

if TYPE_CHECKING:
    from dedupe.settings import Settings


class RuleText(NamedTuple):
    """What `dedupe explain RULE` says."""

    kind: str  # rule, relation or both
    meaning: str
    settings: tuple[str, ...]  # that decide it
    example: str  # a command over the samples
    shows: str  # the line of its report
    advice: str


_SAMPLES = "dedupe scan samples/"

RULES: dict[str, RuleText] = {
    "repeated-block": RuleText(
        "rule",
        "Two or more paragraphs in a row stand again in the same order, in one "
        "document or in several. Their paragraphs are not reported again one by one. "
        "Its relation is the loosest of those of its paragraphs.",
        ("min_words", "fold"),
        f"{_SAMPLES}000.txt",
        "samples/000.txt:2-7, samples/000.txt:8-13: identical repeated-block, 240 "
        "words, 100% alike",
        "Inside one document it is nearly always text that was pasted twice: remove "
        "the second place. Between documents it is a story taken over: name the source "
        "or leave one out.",
    ),
    "near-duplicate": RuleText(
        "rule",
        "A paragraph stands again as a whole: to the character (identical), in another "
        "spelling (orthographic) or with some words changed (edited).",
        ("jaccard", "min_words", "fold"),
        f"{_SAMPLES}002.txt samples/004.txt",
        "samples/002.txt:3, samples/004.txt:2: edited near-duplicate, 35 words, 47% "
        "alike",
        "See what was changed with `dedupe explain A B`; keep one of the two, or quote "
        "and name the source.",
    ),
    "overlap": RuleText(
        "rule and relation",
        "Two paragraphs that are otherwise their own share a passage: a quotation, a "
        "phrase of an agency. As a rule it also covers a paragraph that stands inside "
        "a longer one (relation contained).",
        ("min_passage_words", "containment", "min_words"),
        f"{_SAMPLES}000.txt samples/001.txt",
        "samples/000.txt:5, samples/001.txt:4: overlap, 10 words, 27% of the shorter",
        "Mark it as a quotation and name the source, or reword it. If short phrases "
        "are reported too often, raise min_passage_words.",
    ),
    "boilerplate": RuleText(
        "rule",
        "A form that stands in many documents which share nothing else: a disclaimer, "
        "a notice, a subscription line. It is reported once, with all its places. "
        "Documents of which it is more than two thirds do not count: they are copies "
        "of one story.",
        ("boilerplate_documents", "min_words"),
        _SAMPLES,
        "samples/001.txt:6, samples/007.txt:4, handball:3, pomegranates:3, "
        "samples/009.md:20, samples/010.txt:3: orthographic boilerplate, 34 words, "
        "100% alike",
        "Nothing, as a rule: it is meant to be the same. Leave it out before texts are "
        "compared or published elsewhere.",
    ),
    "identical": RuleText(
        "relation",
        "The same to the character, apart from white space.",
        (),
        f"{_SAMPLES}000.txt",
        "samples/000.txt:2-7, samples/000.txt:8-13: identical repeated-block, 240 "
        "words, 100% alike",
        "Remove one of the copies.",
    ),
    "orthographic": RuleText(
        "relation",
        "Equal once spelling is folded: hamza, ya, ta marbuta, tashkeel, tatweel, "
        "presentation forms, digits, punctuation and spaces. Not one word is another "
        "word.",
        ("fold", "ignore_numbers"),
        f"{_SAMPLES}002.txt samples/003.txt",
        "samples/002.txt:2, samples/003.txt:2: orthographic near-duplicate, 45 words, "
        "100% alike",
        "It is a copy; `dedupe explain A B` names the rule behind each spelling. With "
        "--fold light or none only closer copies are found.",
    ),
    "edited": RuleText(
        "relation",
        "A copy with some of its words changed, left out, added or moved: enough "
        "shingles of three words are in both, or enough of the words of either agree.",
        ("jaccard", "fold"),
        f"{_SAMPLES}002.txt samples/004.txt",
        "samples/002.txt:3, samples/004.txt:2: edited near-duplicate, 35 words, 47% "
        "alike",
        "Read both sides with `dedupe explain A B`: rewording alone makes no new text.",
    ),
    "contained": RuleText(
        "relation",
        "Nearly all of the shorter paragraph stands inside the longer one, which has "
        "so much more that it is no edited copy.",
        ("containment", "min_words"),
        f"{_SAMPLES}002.txt samples/005.txt",
        "samples/002.txt:4, samples/005.txt:2: contained overlap, 31 words, 100% of "
        "the shorter",
        "Name the source of the part that was taken over, or remove the shorter one.",
    ),
}


def as_text(name: str, settings: Settings) -> str:
    """Return what a rule means, with its thresholds as they are set now."""
    rule = RULES[name]
    lines = [f"{name} ({rule.kind})", "", *_wrapped(rule.meaning)]
    if rule.settings:
        values = asdict(settings)
        lines += ["", "Decided by:"]
        for setting in rule.settings:
            lines.append(f"  {setting} = {values[setting]}")
            lines += _wrapped(SETTING_HELP[setting], indent="      ")
    lines += ["", "Example:", f"  $ {rule.example}", f"  {rule.shows}"]
    lines += ["", "What to do:", *_wrapped(rule.advice, indent="  ")]
    return "\n".join(lines) + "\n"


def as_value(name: str, settings: Settings) -> dict[str, object]:
    """Return the same for a program."""
    rule = RULES[name]
    values = asdict(settings)
    return {
        "name": name,
        "kind": rule.kind,
        "meaning": rule.meaning,
        "settings": {setting: values[setting] for setting in rule.settings},
        "example": {"command": rule.example, "shows": rule.shows},
        "advice": rule.advice,
    }


def _wrapped(text: str, *, indent: str = "") -> list[str]:
    import textwrap  # noqa: PLC0415 - for this page alone

    return textwrap.wrap(
        text,
        80,
        initial_indent=indent,
        subsequent_indent=indent,
        break_on_hyphens=False,
    )
