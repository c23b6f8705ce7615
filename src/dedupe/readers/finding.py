"""Find what there is to read: files, folders, standard input, texts in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from operator import itemgetter
from pathlib import PurePath
from typing import TYPE_CHECKING

from dedupe.errors import InputError
from dedupe.model import Problem
from dedupe.readers.documents import DEFAULTS, Found, ReadOptions, Source
from dedupe.readers.files import reason
from dedupe.readers.paths import order_of, problem_order, reported
from dedupe.readers.plain_files import Files, names_in
from dedupe.readers.sources import hold_in_memory, read_stdin, readable, standard_input
from dedupe.readers.walking import Walk, Walked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO

STDIN = "-"  # among paths, standard input
_NAME = itemgetter(Source._fields.index("name"))


def find_sources(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = DEFAULTS,
    *,
    stdin: BinaryIO | None = None,
    walked: Walked | None = None,
    hold: bool = True,
    sized: bool = True,
) -> Found:
    """Return what there is to read at files and in folders; "-" is standard input.

    Standard input and compressed files are read here, once, into memory; with `hold`
    off, compressed files are left for others to unpack. With `sized` off, the size of
    plain files in folders may be left to whoever reads them. `walked` is what
    `walk_over` has met at the same paths, where that is known.
    """
    arguments = _arguments(paths)
    if walked is None:
        walked = walk_over(arguments, options, sized=sized)
    walk = Walk.again(options, walked)
    if STDIN in arguments:
        try:
            walk.sources.append(read_stdin(stdin or standard_input(), options))
        except (InputError, OSError) as error:
            why = reason(error) if isinstance(error, OSError) else str(error)
            walk.errors.append(Problem(reported(options.stdin_filename), why))
    sources, errors = readable(_sorted(walk.sources))
    if hold:
        sources, more = hold_in_memory(sources, options)
        errors += more
    return Found(
        _with_plain(sources, walked.plain),
        tuple(sorted(walk.skipped, key=problem_order)),
        tuple(sorted(walk.errors + errors, key=problem_order)),
        walk.ignored,
        walk.other,
    )


def walk_over(
    paths: str | PurePath | Sequence[str | PurePath],
    options: ReadOptions = DEFAULTS,
    *,
    sized: bool = True,
) -> Walked:
    """Return what stands at files and in folders, opening none, as plain data."""
    walk = Walk(options, sized=sized)
    walk.over([argument for argument in _arguments(paths) if argument != STDIN])
    return walk.walked()


def _arguments(paths: str | PurePath | Sequence[str | PurePath]) -> list[str]:
    given = [paths] if isinstance(paths, (str, PurePath)) else paths
    return [os.fspath(path) for path in given]


def _sorted(sources: list[Source]) -> list[Source]:
    order = order_of(map(_NAME, sources))
    if order is None:
        return sorted(sources, key=_NAME)
    return sorted(sources, key=lambda source: order(source.name))


def _with_plain(sources: Sequence[Source], blocks: Sequence[str]) -> Sequence[Source]:
    """Return sources in order, and among them plain files that nobody asked."""
    if not blocks:
        return tuple(sources)
    if not sources:
        return Files(blocks)
    found: list[str | Source] = [*names_in(blocks), *sources]
    order = order_of(map(_name_of, found))
    found.sort(key=lambda one: order(_name_of(one)) if order else _name_of(one))
    return Files.of(found)


def _name_of(found: str | Source) -> str:
    return found if isinstance(found, str) else found.name


def from_texts(texts: Mapping[str, str] | Iterable[str | tuple[str, str]]) -> Found:
    """Return sources for texts in memory, in the order given.

    Texts are a mapping from names, pairs of name and text, or texts alone, which are
    named by their number, counted from 1.
    """
    given = [texts] if isinstance(texts, str) else texts
    sources = []
    for number, item in enumerate(_items(given), 1):
        name, content = (str(number), item) if isinstance(item, str) else item
        sources.append(Source(name, "", "text", len(content), 0, content))
    return Found(tuple(sources))


def _items(
    texts: Mapping[str, str] | Iterable[str | tuple[str, str]],
) -> Iterable[str | tuple[str, str]]:
    return texts.items() if isinstance(texts, Mapping) else texts
