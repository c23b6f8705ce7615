"""Tell on stderr what was read, found and left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dedupe.model import LeftOut, Problem, ScanResult
from dedupe.reporters.neutralizer import neutralize, show_name
from dedupe.reporters.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_NAMED = 20  # failed inputs named without --verbose; the JSON report has them all


def problems(result: ScanResult, *, verbose: bool, quiet: bool) -> Iterator[str]:
    """Yield a line for each input that failed and, if wanted, each that was skipped."""
    yield from named("cannot read", result.errors, verbose=verbose)
    if not quiet:
        yield from named("warning", result.warnings, verbose=verbose)
    if verbose:
        yield from named("skipped", result.skipped, verbose=verbose)
        yield from left_out(result.left_out)


def left_out(count: LeftOut) -> Iterator[str]:
    """Yield a line that counts what was left out without a word, if anything was."""
    if any(count):
        yield f"left out: {_left_out(count)}"


def nothing_to_read(paths: Sequence[str], count: LeftOut) -> Problem:
    """Return what is wrong where nothing was found, with the reason if it is known."""
    why = f"; left out: {_left_out(count)}" if any(count) else ""
    return Problem(", ".join(paths), f"nothing to read there{why}")


def _left_out(count: LeftOut) -> str:
    ignored = f"{counted(count.ignored, 'path')} by ignore files or --exclude"
    other = f"{counted(count.other, 'file')} of types that are not read"
    return " and ".join([ignored] * (count.ignored > 0) + [other] * (count.other > 0))


def summary(result: ScanResult, seconds: float) -> Iterator[str]:
    """Yield the lines that end a scan."""
    yield _findings(result)
    yield from _verdict(result)
    share = result.duplicated_words / result.words if result.words else 0.0
    yield (
        f"Read {counted(len(result.documents), 'document')}, "
        f"{counted(result.paragraphs, 'paragraph')}, {counted(result.words, 'word')} "
        f"in {seconds:.2f} s; {share:.1%} of the words are repeated."
    )
    if result.skipped or result.errors:
        yield (
            f"{len(result.skipped):,} skipped (-v names them), "
            f"{len(result.errors):,} failed."
        )
    if result.truncated:
        yield "The findings are not complete: a limit was reached."


def _findings(result: ScanResult) -> str:
    if not len(result.findings):
        return "No repeats found."
    listed = ", ".join(
        f"{count:,} {relation}" for relation, count in result.relations.items() if count
    )
    return f"{counted(len(result.findings), 'finding')}: {listed}."


def _verdict(result: ScanResult) -> Iterator[str]:
    """Yield how many findings fail, and why the others do not."""
    if result.baseline is not None:
        new, known, fixed = result.baseline
        yield f"Baseline: {new:,} new, {known:,} known, {fixed:,} fixed."
    passing = Counter(
        "known" if finding.state == "known" else finding.allowed.partition(":")[0]
        for finding in (result.findings if result.failing is not None else ())
        if not finding.fails
    )
    if passing:
        reasons = ", ".join(f"{passing[why]:,} {why}" for why in sorted(passing))
        yield f"Let pass: {reasons}."
    if result.failing is not None:
        yield f"{counted(result.failing, 'finding')} to put right."


def named(label: str, items: Sequence[Problem], *, verbose: bool) -> Iterator[str]:
    """Yield a line for each input something is to be told of, but not too many."""
    shown = items if verbose else items[:MAX_NAMED]
    for item in shown:
        yield f"{label}: {show_name(item.path)}: {neutralize(item.reason)}"
    if len(items) > len(shown):
        yield f"{label}: {len(items) - len(shown):,} more (-v names them)"
