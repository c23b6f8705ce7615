"""Carry out an order: clean all sources, and hand out what comes of it."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from dedupe import processes
from dedupe.cleaner import plan_across
from dedupe.cli import outputs, progress, summary
from dedupe.cli.clean import rewriting
from dedupe.cli.clean.orders import Delivery, Order, Tally
from dedupe.cli.clean.whole_files import clean_whole
from dedupe.cli.clean.windows import clean_passing
from dedupe.errors import OutputError
from dedupe.readers import Found, Source
from dedupe.readers.line_pieces import comes_in_pieces
from dedupe.readers.sources import hold_in_memory


def carry_out(
    order: Order,
    found: Found,
    report: outputs.Target | None,
    chosen: Mapping[str, Any],
) -> Tally:
    """Clean what was found; whatever happens, leave no half-written file behind."""
    tally = Tally(errors=list(found.errors))
    if not found.sources and not found.errors:
        nothing = summary.nothing_to_read(chosen["paths"], found.left_out)
        tally.errors.append(nothing)
    folders = _written_folders(order, found.sources)
    rewriting.sweep(folders)
    try:
        _clean(order, found, report, chosen, tally)
    except BaseException:
        rewriting.sweep(folders)
        raise
    return tally


def _clean(
    order: Order,
    found: Found,
    report: outputs.Target | None,
    chosen: Mapping[str, Any],
    tally: Tally,
) -> None:
    jobs = processes.usable_jobs(chosen["jobs"] or None)
    with _opened(report) as add, progress.watched(chosen) as line:
        if order.settings.across or order.settings.drop_boilerplate:
            order = _with_plan(order, found, jobs, line, tally)
        for delivery in _deliveries(order, found.sources, jobs):
            tally.add(delivery.tally)
            add(delivery.report)
            _print(delivery.out)
            if line:
                line("cleaning", delivery.share)


def _with_plan(
    order: Order,
    found: Found,
    jobs: int,
    line: progress.ProgressLine | None,
    tally: Tally,
) -> Order:
    """Read everything once to know what goes for the sake of which document."""
    # Cleaning will say what cannot be unpacked.
    sources, _ = hold_in_memory(found.sources, order.read)
    held = found._replace(sources=tuple(sources))
    plan = plan_across(held, order.settings, read=order.read, jobs=jobs, progress=line)
    tally.warnings += plan.warnings
    return dataclasses.replace(order, departures=plan.departures)


def _written_folders(order: Order, sources: Sequence[Source]) -> set[str]:
    if order.goal == "write":
        paths = {source.path for source in sources if source.path}
    elif order.goal == "tree":
        paths = {order.target(source) for source in sources}
    else:
        return set()
    return {path.rpartition("/")[0] or "." for path in paths}


@contextlib.contextmanager
def _opened(
    report: outputs.Target | None,
) -> Iterator[Callable[[bytes | memoryview], None]]:
    """Give what adds to a report, which grows as files are changed: none is missed."""
    if report is None:
        yield lambda _: None
        return
    name = str(report.path)
    with outputs.naming(name):
        out = Path(name).open("wb", 0)  # noqa: SIM115 - what is added is named by itself

    def add(lines: bytes | memoryview) -> None:
        with outputs.naming(name):
            rewriting.write_all(out, lines)

    with out:
        yield add


def _print(text: bytes | memoryview) -> None:
    if not len(text):
        return
    if sys.stdout is None:
        raise OutputError("standard output is closed; pass --output-dir.")
    with outputs.naming("standard output", "the text"):
        sys.stdout.buffer.write(text)


def _deliveries(
    order: Order, sources: Sequence[Source], jobs: int
) -> Iterator[Delivery]:
    """Clean sources and yield, in their order, what there is to tell of them."""
    total = sum(source.size for source in sources) or 1
    done = 0
    for is_stream, group in groupby(sources, partial(_is_streamed, order)):
        held = list(group)
        if is_stream:
            steps = [clean_passing(order, source, jobs) for source in held]
        else:
            steps = [clean_whole(order, held, jobs)]
        for delivery in chain.from_iterable(steps):
            yield delivery._replace(share=done / total)
        done += sum(source.size for source in held)


def _is_streamed(order: Order, source: Source) -> bool:
    """Tell JSON Lines that are long, or may be, and can be unpacked piece by piece."""
    is_long = not source.path or source.size > order.read.batch_bytes
    return is_long and comes_in_pieces(source)
