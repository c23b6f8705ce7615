"""Put a cleaned file where it belongs, or show what would change in it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dedupe.cli.clean import diffs, rewriting
from dedupe.cli.clean.orders import Order, Tally, listed
from dedupe.cli.clean.trees import make_folder
from dedupe.contents import Contents, Document
from dedupe.readers import Source
from dedupe.readers.compression import pack
from dedupe.readers.files import read_whole
from dedupe.readers.sources import packing
from dedupe.reporters.neutralizer import show_name


def place(order: Order, source: Source, contents: Contents) -> bytes:
    """Write a cleaned file where it belongs; return what standard output is to show."""
    changed = any(document.edits for document in contents.documents)
    match order.goal:
        case "print":
            return contents.data
        case "check":
            return _listed(source, contents) if changed else b""
        case "diff":
            return diff(contents.documents, order)
        case "tree":
            _write_to_tree(order, source, contents.data, changed=changed)
        case "write" if changed:
            rewriting.rewrite(source, packed(contents.data, source), order.backup)
        case "write":
            pass
    return b""


def _write_to_tree(order: Order, source: Source, data: bytes, *, changed: bool) -> None:
    target, mode = destination(order, source)
    ending = packing(source)
    if ending:
        # What needs no change stays packed as it was.
        is_new = changed or not source.path
        data = pack(data, ending) if is_new else read_whole(source)
    rewriting.write_new(target, data, mode)


def destination(order: Order, source: Source) -> tuple[str, int]:
    """Return the path of a file of the tree, its folder made, and its mode."""
    target = order.target(source)
    if order.tree:
        make_folder(order.tree.root, target)
    mode = os.stat(source.path).st_mode if source.path else 0o666  # noqa: PTH116
    return target, mode


def _listed(source: Source, contents: Contents) -> bytes:
    tally = Tally()
    tally.count(contents, 0)
    return listing(source, tally)


def listing(source: Source, tally: Tally) -> bytes:
    """Return the line that tells which rules would change a file."""
    line = f"{show_name(source.name)}: {listed(tally.rules)}\n"
    return line.encode("utf-8", "backslashreplace")


def diff(documents: Sequence[Document], order: Order) -> bytes:
    """Return what would change in documents, for a person."""
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


def records(order: Order, source: Source, contents: Contents) -> bytes:
    """Return the lines of the report on a file, if one is wanted."""
    if not order.wants_report:
        return b""
    path = order.target(source)
    return b"".join(document.records(path) for document in contents.documents)


def packed(data: bytes, source: Source) -> bytes:
    """Return bytes compressed as their source is."""
    ending = packing(source)
    return pack(data, ending) if ending else data
