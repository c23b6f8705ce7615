"""Give the text to publish: conservative repairs, repeated paragraphs removed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dedupe import wrapping
from dedupe.byte_order import BYTE_ORDER_MARK
from dedupe.edits import Edit, apply, compose
from dedupe.errors import SettingsError
from dedupe.normalizer import WordColumns
from dedupe.paragraphs import ParagraphColumns, read_columns
from dedupe.readers import ReadOptions, markdown
from dedupe.readers.decoding import with_line_feeds
from dedupe.removals import Departure, Layout, Leaving, removal_edits
from dedupe.repairs import RepairSettings, Suspect, repair, suspects
from dedupe.repairs.characters import LINE_BREAKS
from dedupe.repetitions import KEEPS, Keep, repeats
from dedupe.settings import FOLDS, Settings
from dedupe.values import dataclass

if TYPE_CHECKING:
    from dedupe.copies import AcrossPlan, Address
    from dedupe.pipeline import Inputs, Progress

# What a paragraph does to the one that stays: is it an edited copy, or held by that?
NEARLY = {False: "nearly repeats", True: "is for the most part held by"}
_REPAIRS = RepairSettings()


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """Everything that decides what cleaning does to a text."""

    repairs: RepairSettings = _REPAIRS
    """What is repaired beyond what is always."""

    keep: Keep = "first"
    """Which of several equal copies in one document stays: first, last or longest."""

    unsafe: bool = False
    """Remove near-duplicates as well: edited copies, and what a longer one holds."""

    across: bool = False
    """Remove what stands in several documents from all but one."""

    prefer: tuple[str, ...] = ("path",)
    """Which document keeps it: date, path or outlet:NAME, the first that decides."""

    drop_boilerplate: bool = False
    """Remove forms that stand in many documents, from all of them."""

    min_words: int = 8
    """Repeats with fewer words stay: a refrain, a heading, an answer."""

    fold: str = "full"
    """How much spelling is ignored: none, light (no letter merged) or full."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the setting and what it may be."""
        if self.keep not in KEEPS:
            message = f"keep must be one of {', '.join(KEEPS)}, not {self.keep!r}."
            raise SettingsError(message)
        if self.fold not in FOLDS:
            message = f"fold must be one of {', '.join(FOLDS)}, not {self.fold!r}."
            raise SettingsError(message)
        if self.min_words < 1:
            raise SettingsError(f"min_words must be at least 1, not {self.min_words}.")
        for policy in self.prefer:
            is_outlet = policy.startswith("outlet:") and policy != "outlet:"
            if policy not in {"date", "path"} and not is_outlet:
                raise SettingsError(
                    f"prefer must be date, path or outlet:NAME, not {policy!r}."
                )

    def for_scan(self) -> Settings:
        """Return the settings of a scan that finds what this removes."""
        return Settings(fold=self.fold, min_words=self.min_words)


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A text to publish, and what was done to get it."""

    text: str
    edits: tuple[Edit, ...]  # of the original
    suspects: tuple[Suspect, ...]  # of the original: what an editor should look at


_SETTINGS = CleanSettings()
_READ = ReadOptions()


def clean_text(
    text: str, settings: CleanSettings = _SETTINGS, *, markup: bool = False
) -> CleanedText:
    r"""Return a text repaired and without what it says twice.

    >>> line = "قال الوزير إن الاتفاقية سوف تسهم في تعزيز التعاون"
    >>> cleaned = clean_text(f"{line} .\n{line}\nوانتهى البيان ،")
    >>> cleaned.text == f"{line}.\nوانتهى البيان،"
    True
    """
    [edits] = clean_documents([text], settings, markup=[markup])
    return CleanedText(apply(text, edits), tuple(edits), tuple(suspects(text)))


def clean(
    texts: Mapping[str, str], settings: CleanSettings = _SETTINGS
) -> dict[str, CleanedText]:
    """Return each of several texts cleaned, under its name.

    With `across` in the settings, what stands in several of them stays in one.
    """
    departures: Mapping[Address, tuple[Departure, ...]] = {}
    if settings.across or settings.drop_boilerplate:
        departures = plan_across(texts, settings).departures
    found = clean_documents(
        list(texts.values()),
        settings,
        departures=[departures.get((name, 0), ()) for name in texts],
    )
    return {
        name: CleanedText(apply(text, edits), tuple(edits), tuple(suspects(text)))
        for (name, text), edits in zip(texts.items(), found, strict=True)
    }


def plan_across(
    inputs: Inputs,
    settings: CleanSettings = _SETTINGS,
    *,
    read: ReadOptions = _READ,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> AcrossPlan:
    """Return what goes from which documents because it stands in others.

    `inputs` and what follows them are those of `scan`; the whole of it is read once.
    What the plan says of a document goes to `clean_documents` with its text.
    """
    # The engine takes as long to load as all else, and few ask for what it finds.
    from dedupe import copies  # noqa: PLC0415

    policy = copies.Policy(
        across=settings.across,
        prefer=settings.prefer,
        unsafe=settings.unsafe,
        drop_boilerplate=settings.drop_boilerplate,
    )
    return copies.plan_across(
        inputs, policy, settings.for_scan(), read=read, jobs=jobs, progress=progress
    )


def clean_documents(
    texts: Sequence[str],
    settings: CleanSettings = _SETTINGS,
    *,
    line_ends: Sequence[str] = (),
    markup: Sequence[bool] = (),
    departures: Sequence[Sequence[Departure]] = (),
) -> list[list[Edit]]:
    r"""Return the edits that clean each of a batch of documents.

    `line_ends` are the documents' own, "\n" or "\r\n", and told from the texts where
    they are not given; `markup` says which are Markdown; `departures` what goes
    because it stands in another document, as `plan_across` tells. Each document
    is cleaned as if it were alone.
    """
    ends = line_ends or [line_end_of(text) for text in texts]
    marked = markup or [False] * len(texts)
    removed = _removed(texts, settings, marked, departures or [()] * len(texts))
    found = [
        _with_repairs(text, gone, settings.repairs, end, markup=is_marked)
        for text, gone, end, is_marked in zip(texts, removed, ends, marked, strict=True)
    ]
    _clean_again(texts, settings, found, removed, ends, marked)
    return found


def _with_repairs(
    text: str,
    removed: Sequence[Edit],
    settings: RepairSettings,
    line_end: str,
    *,
    markup: bool,
) -> list[Edit]:
    """Return the edits that take something away and those that repair the rest."""
    rest = apply(text, removed) if removed else text
    # As the first character it says of a file that it is Unicode, and stays.
    mark = len(BYTE_ORDER_MARK) if rest.startswith(BYTE_ORDER_MARK) else 0
    repairs = repair(rest[mark:], settings, line_end=line_end, markup=markup)
    if mark:
        repairs = [
            edit._replace(start=edit.start + mark, end=edit.end + mark)
            for edit in repairs
        ]
    return compose(text, removed, repairs)


def line_end_of(text: str) -> str:
    r"""Return what most lines of a text end with: "\n" or "\r\n"."""
    returns = text.count("\r\n")
    return "\r\n" if returns > text.count("\n") - returns else "\n"


def _removed(
    texts: Sequence[str],
    settings: CleanSettings,
    markup: Sequence[bool],
    departures: Sequence[Sequence[Departure]],
) -> list[list[Edit]]:
    """Return the edits that take away what each document says twice."""
    readable = [
        with_line_feeds(markdown.readable(text) if is_marked else text)
        for text, is_marked in zip(texts, markup, strict=True)
    ]
    words, paragraphs = read_columns(readable, fold=settings.fold)
    leaving = [_departing(paragraphs, *pair) for pair in enumerate(departures)]
    gone = np.zeros(paragraphs.document.size, np.bool_)
    gone[[row for rows in leaving for row in rows]] = True
    found = repeats(
        paragraphs, keep=settings.keep, min_words=settings.min_words, gone=gone
    )
    for document, replaced in found.items():
        leaving[document] |= {
            row: Leaving("repeated-block", "repeats", stays)
            for row, stays in replaced.items()
        }
    if settings.unsafe:
        _add_near(leaving, words, paragraphs, readable, settings)
    removed = []
    for document, rows in enumerate(leaving):
        if rows:
            first = int(paragraphs.document.searchsorted(document))
            layout = _layout(paragraphs, document, texts[document], readable[document])
            removed.append(removal_edits(layout, _counted_from(rows, first)))
        else:
            removed.append([])
    return removed


def _departing(
    paragraphs: ParagraphColumns, document: int, departures: Sequence[Departure]
) -> dict[int, Leaving]:
    """Return the rows of the paragraphs that go for the sake of another document."""
    if not departures:
        return {}
    first, last = paragraphs.document.searchsorted((document, document + 1)).tolist()
    starts, ends = paragraphs.start[first:last], paragraphs.end[first:last]
    leaving: dict[int, Leaving] = {}
    for start, end, rule, reason in departures:
        rows = range(
            first + starts.searchsorted(start), first + ends.searchsorted(end + 1)
        )
        leaving |= dict.fromkeys(rows, Leaving(rule, reason, None))
    return leaving


def _add_near(
    leaving: list[dict[int, Leaving]],
    words: WordColumns,
    paragraphs: ParagraphColumns,
    texts: Sequence[str],
    settings: CleanSettings,
) -> None:
    """Let near-duplicates go among the paragraphs that are left."""
    from dedupe import near_repeats  # noqa: PLC0415 - see plan_across

    asked = near_repeats.may_have_near_repeats(words, paragraphs, settings.min_words)
    for document in asked:
        first, last = paragraphs.document.searchsorted((document, document + 1))
        rows = [row for row in range(first, last) if row not in leaving[document]]
        held = [
            texts[document][paragraphs.start[row] : paragraphs.end[row]] for row in rows
        ]
        near = near_repeats.near_repeats(held, settings.for_scan(), keep=settings.keep)
        leaving[document] |= {
            rows[row]: Leaving("near-duplicate", NEARLY[is_within], rows[stays])
            for row, (stays, is_within) in near.items()
        }


def _counted_from(leaving: Mapping[int, Leaving], first: int) -> dict[int, Leaving]:
    """Return the same with rows of one document alone."""
    return {
        row - first: why if why.stays is None else why._replace(stays=why.stays - first)
        for row, why in sorted(leaving.items())
    }


def _layout(
    paragraphs: ParagraphColumns, document: int, text: str, readable: str
) -> Layout:
    rows = slice(*paragraphs.document.searchsorted((document, document + 1)).tolist())
    starts, ends = paragraphs.start[rows].tolist(), paragraphs.end[rows].tolist()
    lines = (paragraphs.line[rows] + 1).tolist()
    last_lines = (paragraphs.last_line[rows] + 1).tolist()
    return Layout(
        text,
        readable,
        list(zip(starts, ends, strict=True)),
        list(zip(lines, last_lines, strict=True)),
    )


def _clean_again(
    texts: Sequence[str],
    settings: CleanSettings,
    found: list[list[Edit]],
    removed: Sequence[Sequence[Edit]],
    line_ends: Sequence[str],
    markup: Sequence[bool],
) -> None:
    """Clean once more what may look different now, until nothing is left to do."""
    rows = [
        row
        for row, edits in enumerate(found)
        if edits and (removed[row] or _may_repeat_now(texts[row], edits, settings))
    ]
    while rows:
        cleaned = [apply(texts[row], found[row]) for row in rows]
        marked = [markup[row] for row in rows]
        gone = _removed(cleaned, settings, marked, [()] * len(rows))
        again = []
        for row, text, more in zip(rows, cleaned, gone, strict=True):
            further = _with_repairs(
                text, more, settings.repairs, line_ends[row], markup=markup[row]
            )
            found[row] = compose(texts[row], found[row], further)
            # Repairing twice is repairing once; only a removal may bring up more.
            if more:
                again.append(row)
        rows = again


def _may_repeat_now(text: str, edits: Sequence[Edit], settings: CleanSettings) -> bool:
    """Tell whether repairs may have changed what is equal, or what is a paragraph."""
    if settings.repairs.fix_encoding or settings.fold != "full":
        return True
    return any(_may_be_wrapped(one) for one in (text, apply(text, edits)))


def _may_be_wrapped(text: str) -> bool:
    """Tell whether lines may be parts of paragraphs, which depends on their lengths."""
    # Counted too high where a line ends with two characters, never too low.
    lines = 1 + sum(map(text.count, "\n" + LINE_BREAKS))
    return lines > wrapping.FEWEST_LINES and len(text) <= lines * (
        wrapping.LONGEST_LINE + 1
    )
