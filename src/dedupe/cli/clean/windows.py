"""Clean long JSON Lines in windows of lines that pass through memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import islice
from typing import IO

from dedupe import processes
from dedupe.cli.clean import rewriting
from dedupe.cli.clean.orders import Delivery, Order, Tally
from dedupe.cli.clean.placing import destination, diff, listing, packed, records
from dedupe.cli.clean.whole_files import clean_whole, verdicts
from dedupe.contents import is_converted, read_lines
from dedupe.errors import InputError, OutputError
from dedupe.processes import Outcome
from dedupe.readers import Source
from dedupe.readers.line_pieces import Lines, Piece, opened, pieces

PIECES = 64  # of a window: they pass through memory together


def clean_passing(order: Order, source: Source, jobs: int) -> Iterator[Delivery]:
    """Clean a file of JSON Lines, and yield what its windows give in their order."""
    total = Tally()
    try:
        with opened(source) as file:
            if is_converted(file.head(), order.read):
                # Its lines can be parted when all of it is decoded.
                held = source._replace(content=file.rest(order.read.max_file_size))
                yield from clean_whole(order, [held], 1)
            else:
                yield from _pass_through(order, source, file, jobs, total)
    except (InputError, OutputError, OSError) as error:
        yield Delivery(Tally(errors=[rewriting.not_written(source.name, error)]))
    if order.goal == "check" and total.changed:
        yield Delivery(Tally(), listing(source, total))


def _pass_through(
    order: Order, source: Source, file: Lines, jobs: int, total: Tally
) -> Iterator[Delivery]:
    """Clean a file window by window, and count in `total` what is changed."""
    with _opened_anew(order, source, lambda: bool(total.changed)) as out:
        for window in _windows(pieces(file, order.read)):
            task = partial(_clean_piece, order, source, window)
            for outcome in processes.outcomes_in_order(task, len(window), jobs):
                delivery = Delivery.of(outcome)
                total.changed += delivery.tally.changed
                total.rules.update(delivery.tally.rules)
                if out is None:
                    yield delivery
                    continue
                rewriting.write_all(out, delivery.out)
                yield delivery._replace(out=b"")


def _opened_anew(
    order: Order, source: Source, wanted: Callable[[], bool]
) -> AbstractContextManager[IO[bytes] | None]:
    """Open what the clean lines are written to; nothing where they are shown."""
    if order.goal == "write":
        return rewriting.rewriting(source, order.backup, wanted=wanted)
    if order.goal != "tree":
        return nullcontext()
    target, mode = destination(order, source)
    return rewriting.replacing(target, mode & 0o777, durable=False)


def _windows(found: Iterator[Piece]) -> Iterator[list[Piece]]:
    while window := list(islice(found, PIECES)):
        yield window


def _clean_piece(
    order: Order, source: Source, window: Sequence[Piece], number: int
) -> Outcome:
    data, line, start = window[number]
    pending = read_lines(data, line, start, source.name, order.read)
    contents = pending.finish(list(verdicts(order, [(source, pending)])))
    tally = Tally()
    tally.count(contents, len(pending.texts))
    out = b""
    if order.goal == "diff":
        out = diff(contents.documents, order)
    elif order.goal == "print":
        out = contents.data
    elif order.goal != "check":
        out = packed(contents.data, source)
    return Delivery(tally, out, records(order, source, contents)).outcome()
