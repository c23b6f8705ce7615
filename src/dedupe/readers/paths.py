"""Tell of a path how it is reported, which format it names, and where it sorts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dedupe.model import Problem
from dedupe.readers.documents import FORMATS, PACKED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def reported(path: str) -> str:
    """Return a path as it is reported: with slashes, without empty steps.

    >>> reported("./samples//000.txt")
    'samples/000.txt'
    """
    name = path.replace(os.sep, "/")
    steps = [step for step in name.split("/") if step not in {"", "."}]
    return ("/" if name.startswith("/") else "") + "/".join(steps) or "."


def format_of(name: str) -> str | None:
    """Return the format that a file name tells, None when it tells none.

    >>> format_of("news.JSONL.gz")
    'json_lines'
    """
    base = name.rpartition("/")[2].lower()
    for ending in PACKED:
        base = base.removesuffix(ending)
    dot = base.rfind(".")
    return FORMATS.get(base[dot:]) if dot >= 0 else None


def order_of(paths: Iterable[str]) -> Callable[[str], bytes] | None:
    """Return the key that sorts paths by their bytes; None, and they sort as they are.

    UTF-8 sorts as its code points do, but bytes that are not UTF-8 need not.
    """
    try:
        "".join(paths).encode()
    except UnicodeEncodeError:
        return path_order
    return None


def path_order(path: str) -> bytes:
    """Return the bytes of a path."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")


def problem_order(problem: Problem) -> tuple[bytes, str]:
    """Return the key by which problems are told in order."""
    return path_order(problem.path), problem.reason
