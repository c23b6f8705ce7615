"""Clean files in batches on all cores, and deliver each where it belongs.

Small files are cleaned and written by the workers, many at a time. Long JSON Lines
files pass through memory in windows of lines, so that a corpus of any size can be
cleaned.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from functools import partial
from itertools import groupby, islice
from typing import (
    IO,
    TYPE_CHECKING,
    Any,
    Literal,
    NamedTuple,
    Self,
    TypeAlias,
    cast,
)

import numpy as np

from dedupe import processes
from dedupe.cleaner import CleanSettings, clean_documents
from dedupe.cli import diffs, rewriting
from dedupe.contents import (
    Contents,
    Document,
    Pending,
    Verdict,
    is_converted,
    read_contents,
    read_lines,
)
from dedupe.errors import InputError, OutputError
from dedupe.model import Problem
from dedupe.processes import Outcome
from dedupe.readers import ReadOptions, Source
from dedupe.readers.compression import pack, unpack
from dedupe.readers.documents import GZIP
from dedupe.readers.files import open_regular, read_whole, reason, too_large
from dedupe.readers.sources import is_packed, packing, standard_input
from dedupe.removals import Departure
from dedupe.repairs import suspects
from dedupe.reporters.neutralizer import show_name
from dedupe.undoing import Remark
from dedupe.values import dataclass

if TYPE_CHECKING:
    from types import TracebackType

Goal: TypeAlias = Literal["print", "tree", "write", "check", "diff"]

# Of a window of lines that pass through memory together, and of a run of batches whose
# reports wait for each other.
PIECES = 64
BATCHES = 256
OPENING = 2 << 10  # what opening a file costs, in bytes of reading
HEAD = 4  # bytes that tell the encoding of JSON Lines
HELD = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done, settled before the work begins."""

    settings: CleanSettings
    read: ReadOptions
    goal: Goal
    tree: rewriting.Tree | None = None
    backup: str = ""
    wants_report: bool = False
    paint: diffs.Paint = diffs.plain
    width: int = 0  # of the terminal that shows a diff, or 0 for a file
    departures: Mapping[tuple[str, int], Sequence[Departure]] = field(
        default_factory=dict
    )

    def target(self, source: Source) -> str:
        """Return the path under which the clean text of a source is reported."""
        return self.tree.target(source.name) if self.tree else source.name


@dataclass(slots=True)
class Tally:
    """What was done, counted."""

    documents: int = 0
    changed: int = 0
    rules: Counter[str] = field(default_factory=Counter)
    suspects: Counter[str] = field(default_factory=Counter)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def add(self, told: dict[str, Any]) -> None:
        """Add what a worker has told."""
        self.documents += told["documents"]
        self.changed += told["changed"]
        self.rules.update(told["rules"])
        self.suspects.update(told["suspects"])
        self.errors += [Problem(*pair) for pair in told["errors"]]
        self.warnings += [Problem(*pair) for pair in told["warnings"]]

    def told(self) -> dict[str, Any]:
        """Return the same in values that JSON can carry."""
        return {
            "documents": self.documents,
            "changed": self.changed,
            "rules": self.rules,
            "suspects": self.suspects,
            "errors": [(problem.path, problem.reason) for problem in self.errors],
            "warnings": [(problem.path, problem.reason) for problem in self.warnings],
        }


class Delivery(NamedTuple):
    """What one step of the work gives."""

    tally: Tally
    out: memoryview | bytes = b""  # for standard output
    report: memoryview | bytes = b""
    share: float = 0  # of the bytes of all sources that is done


def deliveries(
    order: Order, sources: Sequence[Source], jobs: int
) -> Iterator[Delivery]:
    """Clean sources and yield, in their order, what there is to tell of them."""
    total = sum(source.size for source in sources) or 1
    done = 0
    for is_stream, group in groupby(sources, partial(_is_streamed, order)):
        held = list(group)
        steps = [_stream(order, source, jobs) for source in held]
        for found in steps if is_stream else [_batches(order, held, jobs)]:
            for delivery in found:
                yield delivery._replace(share=done / total)
        done += sum(source.size for source in held)


def _is_streamed(order: Order, source: Source) -> bool:
    """Tell JSON Lines that are long, or may be, and can be unpacked piece by piece."""
    if source.format != "json_lines" or packing(source) not in {"", GZIP}:
        return False
    return not source.path or source.size > order.read.batch_bytes


# Files that are read whole.


def _batches(order: Order, sources: Sequence[Source], jobs: int) -> Iterator[Delivery]:
    batches = _cut(sources, order.read.batch_bytes)
    for first in range(0, len(batches), BATCHES):
        window = batches[first : first + BATCHES]
        task = partial(_clean_batch, order, window)
        outcomes = processes.outcomes_in_order(task, len(window), jobs)
        yield from map(_delivery, outcomes)


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
    held: list[tuple[Source, Pending]] = []
    for source in batches[number]:
        try:
            data = _read(source, order.read)
            held.append(
                (source, read_contents(data, source.format, source.name, order.read))
            )
        except InputError as error:
            tally.errors.append(Problem(source.name, str(error)))
        except OSError as error:
            tally.errors.append(Problem(source.name, reason(error)))
    verdicts = iter(_verdicts(order, held))
    out = []
    report = []
    for source, pending in held:
        own = list(islice(verdicts, len(pending.texts)))
        try:
            contents = pending.finish(own)
            shown = _deliver(order, source, contents)
        except (InputError, OutputError) as error:
            tally.errors.append(Problem(source.name, str(error).rstrip(".")))
        except OSError as error:
            why = rewriting.why_not_written(error)
            tally.errors.append(Problem(source.name, why))
        else:
            _count(tally, contents, len(pending.texts))
            out.append(shown)
            report.append(_records(order, source, contents))
    return _outcome(tally, b"".join(out), b"".join(report))


def _read(source: Source, read: ReadOptions) -> bytes:
    if isinstance(source.content, memoryview):
        return bytes(source.content)
    ending = packing(source)
    if not ending:
        return read_whole(source)
    limit = min(max(read.ratio_floor, read.max_ratio * source.size), read.max_file_size)
    with os.fdopen(open_regular(source.path), "rb") as file:
        return bytes(unpack(file.read, limit, ending))


def _verdicts(
    order: Order, held: Sequence[tuple[Source, Pending]]
) -> Iterator[Verdict]:
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


def _deliver(order: Order, source: Source, contents: Contents) -> bytes:
    """Write a cleaned file where it belongs; return what standard output is to show."""
    changed = any(document.edits for document in contents.documents)
    match order.goal:
        case "print":
            return contents.data
        case "check":
            return _listed(source, contents.documents) if changed else b""
        case "diff":
            return _diff(contents.documents, order)
        case "tree":
            _write_to_tree(order, source, contents.data, changed=changed)
        case "write" if changed:
            rewriting.rewrite(source, _packed(contents.data, source), order.backup)
        case "write":
            pass
    return b""


def _write_to_tree(order: Order, source: Source, data: bytes, *, changed: bool) -> None:
    target, mode = _place(order, source)
    ending = packing(source)
    if ending:
        # What needs no change stays packed as it was.
        is_new = changed or not source.path
        data = pack(data, ending) if is_new else read_whole(source)
    rewriting.write_new(target, data, mode)


def _place(order: Order, source: Source) -> tuple[str, int]:
    """Return the path of a file of the tree, its folder made, and its mode."""
    target = order.target(source)
    if order.tree:
        rewriting.make_folder(order.tree.root, target)
    mode = os.stat(source.path).st_mode if source.path else 0o666  # noqa: PTH116
    return target, mode


def _listed(source: Source, documents: Sequence[Document]) -> bytes:
    tally = Tally()
    _count(tally, Contents(b"", list(documents), [], []), 0)
    return _listing(source, tally)


def _listing(source: Source, tally: Tally) -> bytes:
    rules = ", ".join(f"{count:,} {rule}" for rule, count in ordered(tally.rules))
    return f"{show_name(source.name)}: {rules}\n".encode("utf-8", "backslashreplace")


def ordered(counter: Counter[str]) -> list[tuple[str, int]]:
    """Return what was counted, the most frequent first."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _diff(documents: Sequence[Document], order: Order) -> bytes:
    shown = (
        diffs.render(
            document.name,
            document.text,
            document.edits,
            order.paint,
            width=order.width,
        )
        for document in documents
        if document.edits
    )
    return b"".join(one.encode("utf-8", "backslashreplace") for one in shown)


def _records(order: Order, source: Source, contents: Contents) -> bytes:
    if not order.wants_report:
        return b""
    path = order.target(source)
    return b"".join(document.records(path) for document in contents.documents)


def _count(tally: Tally, contents: Contents, read: int) -> None:
    tally.documents += read
    tally.errors += contents.errors
    tally.warnings += contents.warnings
    for document in contents.documents:
        tally.changed += bool(document.edits)
        for edit in document.edits:
            tally.rules.update(edit.rule.split("+"))
        tally.suspects.update(remark.rule for remark in document.remarks)


def _outcome(tally: Tally, out: bytes, report: bytes) -> Outcome:
    return tally.told(), {
        "out": np.frombuffer(out, np.uint8),
        "report": np.frombuffer(report, np.uint8),
    }


def _delivery(outcome: Outcome) -> Delivery:
    told, arrays = outcome
    tally = Tally()
    tally.add(told)
    return Delivery(tally, arrays["out"].data, arrays["report"].data)


def _packed(data: bytes, source: Source) -> bytes:
    ending = packing(source)
    return pack(data, ending) if ending else data


# JSON Lines that pass through memory.


class Piece(NamedTuple):
    """Whole lines of a file, and where they stand in it."""

    data: bytes
    line: int  # number of the first
    start: int  # byte of the first, unpacked


def _stream(order: Order, source: Source, jobs: int) -> Iterator[Delivery]:
    total = Tally()
    try:
        with _opened(source) as file:
            if is_converted(file.head(), order.read):
                # Its lines can be parted when all of it is decoded.
                held = source._replace(content=file.rest(order.read.max_file_size))
                yield from _batches(order, [held], 1)
            else:
                yield from _pass_through(order, source, file, jobs, total)
    except InputError as error:
        yield Delivery(Tally(errors=[Problem(source.name, str(error))]))
    except OutputError as error:
        yield Delivery(Tally(errors=[Problem(source.name, str(error).rstrip("."))]))
    except OSError as error:
        why = rewriting.why_not_written(error)
        yield Delivery(Tally(errors=[Problem(source.name, why)]))
    if order.goal == "check" and total.changed:
        yield Delivery(Tally(), _listing(source, total))


def _pass_through(
    order: Order, source: Source, file: Lines, jobs: int, total: Tally
) -> Iterator[Delivery]:
    """Clean a file window by window, and count in `total` what is changed."""
    with _destination(order, source, lambda: bool(total.changed)) as out:
        for window in _windows(pieces(file, order.read)):
            task = partial(_clean_piece, order, source, window)
            for outcome in processes.outcomes_in_order(task, len(window), jobs):
                delivery = _delivery(outcome)
                total.changed += delivery.tally.changed
                total.rules.update(delivery.tally.rules)
                if out is None:
                    yield delivery
                    continue
                rewriting.write_all(out, delivery.out)
                yield delivery._replace(out=b"")


def _destination(
    order: Order, source: Source, wanted: Callable[[], bool]
) -> AbstractContextManager[IO[bytes] | None]:
    if order.goal == "write":
        return rewriting.rewriting(source, order.backup, wanted=wanted)
    if order.goal != "tree":
        return nullcontext()
    target, mode = _place(order, source)
    return rewriting.replacing(target, mode & 0o777, durable=False)


def _windows(found: Iterator[Piece]) -> Iterator[list[Piece]]:
    while window := list(islice(found, PIECES)):
        yield window


def _clean_piece(
    order: Order, source: Source, window: Sequence[Piece], number: int
) -> Outcome:
    data, line, start = window[number]
    pending = read_lines(data, line, start, source.name, order.read)
    contents = pending.finish(list(_verdicts(order, [(source, pending)])))
    tally = Tally()
    _count(tally, contents, len(pending.texts))
    out = b""
    if order.goal == "diff":
        out = _diff(contents.documents, order)
    elif order.goal == "print":
        out = contents.data
    elif order.goal != "check":
        out = _packed(contents.data, source)
    return _outcome(tally, out, _records(order, source, contents))


class Lines:
    """An input that is read piece by piece; what goes wrong is an InputError."""

    def __init__(self, file: IO[bytes], *, packed: bool) -> None:
        self._file = file
        self._head = b""
        self._stream: IO[bytes] = file
        if packed:
            import gzip  # noqa: PLC0415 - most inputs are not packed

            self._stream = cast("IO[bytes]", gzip.GzipFile(fileobj=file))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not getattr(sys.stdin, "buffer", None):
            self._file.close()

    def head(self) -> bytes:
        """Return the first bytes, which are yet to be read."""
        while len(self._head) < HEAD and (piece := self._piece(HEAD)):
            self._head += piece
        return self._head

    def rest(self, most: int) -> memoryview:
        """Return all that is yet to be read; raise InputError when it is too much."""
        data = bytearray()
        while piece := self.read(HELD):
            data += piece
            if len(data) > most:
                raise InputError(too_large(len(data)).replace("has", "has at least", 1))
        return memoryview(data).toreadonly()

    def read(self, size: int) -> bytes:
        """Return at most so many bytes, or the head, none at the end."""
        head, self._head = self._head, b""
        return head or self._piece(size)

    def _piece(self, size: int) -> bytes:
        try:
            read = getattr(self._stream, "read1", self._stream.read)
            piece: bytes = read(size)
        except EOFError:
            raise InputError("a gzip file that ends too early") from None
        except zlib.error:
            raise InputError("not a gzip file, or a damaged one") from None
        except OSError as error:
            if error.errno is None:
                raise InputError("not a gzip file, or a damaged one") from None
            raise InputError(reason(error)) from None
        return piece


def _opened(source: Source) -> Lines:
    if not source.path:
        return Lines(standard_input(), packed=is_packed(source))
    try:
        file = os.fdopen(open_regular(source.path), "rb")
    except OSError as error:
        raise InputError(reason(error)) from None
    return Lines(file, packed=is_packed(source))


def pieces(file: Lines, read: ReadOptions) -> Iterator[Piece]:
    """Yield the lines of a file in pieces of about the size of a batch.

    Raises InputError for a line that is longer than a file may be.
    """
    line, start = 1, 0
    held: list[bytes] = []
    size = unfinished = 0
    while block := file.read(read.batch_bytes):
        held.append(block)
        size += len(block)
        after = len(block) - block.rfind(b"\n") - 1
        unfinished = after if after < len(block) else unfinished + after
        if unfinished > read.max_file_size:
            raise InputError(_TOO_LONG.format(line))
        if size < read.batch_bytes or after == len(block):
            continue
        data = b"".join(held)
        end = data.rfind(b"\n") + 1
        yield _whole_lines(data[:end], line, start, read)
        line += data.count(b"\n", 0, end)
        start += end
        held = [data[end:]]
        size = len(held[0])
    if size:
        yield _whole_lines(b"".join(held), line, start, read)


def _whole_lines(data: bytes, line: int, start: int, read: ReadOptions) -> Piece:
    limit = read.max_file_size
    if len(data) > limit and max(map(len, data.split(b"\n"))) > limit:
        raise InputError(_TOO_LONG.format(line))
    return Piece(data, line, start)


_TOO_LONG = (
    "line {:,} or one after it is longer than --max-file-size allows; "
    "raise it or split the text"
)
