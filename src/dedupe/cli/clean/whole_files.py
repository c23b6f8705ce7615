"""Clean files that are read whole, many of them at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice

from dedupe import processes
from dedupe.cleaner import clean_documents
from dedupe.cli.clean import rewriting
from dedupe.cli.clean.orders import Delivery, Order, Tally
from dedupe.cli.clean.placing import place, records
from dedupe.contents import Pending, Verdict, read_contents
from dedupe.errors import InputError, OutputError
from dedupe.model import Problem
from dedupe.processes import Outcome
from dedupe.readers import ReadOptions, Source
from dedupe.readers.batching import OPENING
from dedupe.readers.compression import unpack
from dedupe.readers.files import open_regular, read_whole, reason
from dedupe.readers.sources import packing
from dedupe.repairs import suspects
from dedupe.undoing import Remark

BATCHES = 256  # of a run: their reports wait for each other


def clean_whole(
    order: Order, sources: Sequence[Source], jobs: int
) -> Iterator[Delivery]:
    """Clean files in batches on all cores, and yield what each batch gives."""
    batches = _cut(sources, order.read.batch_bytes)
    for first in range(0, len(batches), BATCHES):
        window = batches[first : first + BATCHES]
        task = partial(_clean_batch, order, window)
        outcomes = processes.outcomes_in_order(task, len(window), jobs)
        yield from map(Delivery.of, outcomes)


def _cut(sources: Sequence[Source], most: int) -> list[list[Source]]:
    batches: list[list[Source]] = [[]]
    weight = 0
    for source in sources:
        batches[-1].append(source)
        weight += source.size + OPENING
        if weight >= most:
            batches.append([])
            weight = 0
    return [batch for batch in batches if batch]


def _clean_batch(order: Order, batches: Sequence[list[Source]], number: int) -> Outcome:
    tally = Tally()
    held = _read_batch(order, batches[number], tally)
    decided = verdicts(order, held)
    out = []
    report = []
    for source, pending in held:
        own = list(islice(decided, len(pending.texts)))
        try:
            contents = pending.finish(own)
            shown = place(order, source, contents)
        except (InputError, OutputError, OSError) as error:
            tally.errors.append(rewriting.not_written(source.name, error))
        else:
            tally.count(contents, len(pending.texts))
            out.append(shown)
            report.append(records(order, source, contents))
    return Delivery(tally, b"".join(out), b"".join(report)).outcome()


def _read_batch(
    order: Order, sources: Sequence[Source], tally: Tally
) -> list[tuple[Source, Pending]]:
    """Return what sources hold; put among the errors what cannot be read."""
    held = []
    for source in sources:
        try:
            data = _read(source, order.read)
            pending = read_contents(data, source.format, source.name, order.read)
        except InputError as error:
            tally.errors.append(Problem(source.name, str(error)))
        except OSError as error:
            tally.errors.append(Problem(source.name, reason(error)))
        else:
            held.append((source, pending))
    return held


def _read(source: Source, read: ReadOptions) -> bytes:
    if isinstance(source.content, memoryview):
        return bytes(source.content)
    ending = packing(source)
    if not ending:
        return read_whole(source)
    limit = min(max(read.ratio_floor, read.max_ratio * source.size), read.max_file_size)
    with os.fdopen(open_regular(source.path), "rb") as file:
        return bytes(unpack(file.read, limit, ending))


def verdicts(order: Order, held: Sequence[tuple[Source, Pending]]) -> Iterator[Verdict]:
    """Yield what is to be done to each text that was read."""
    texts = [text for _, pending in held for text in pending.texts]
    edits = clean_documents(
        texts,
        order.settings,
        markup=[pending.is_markdown for _, pending in held for _ in pending.texts],
        departures=[
            order.departures.get((source.name, place), ())
            for source, pending in held
            for place in pending.places
        ],
    )
    for text, own in zip(texts, edits, strict=True):
        yield Verdict(own, [Remark(*suspect) for suspect in suspects(text)])
