"""Make an empty archive."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dedupe.archive.index import LOWEST, encode
from dedupe.archive.records import digest_of
from dedupe.archive.sqlite.connecting import (
    APPLICATION_ID,
    SCHEMA_VERSION,
    opened,
    schema_text,
)
from dedupe.archive.sqlite.files import check_no_log, new_file, publish
from dedupe.archive.store import Totals
from dedupe.errors import ArchiveError

# Articles and blocks of postings are a kilobyte or two: on smaller pages, few would
# lie beside one another and much room would be left between them.
_PAGE = 8192  # bytes


def create(path: Path, meta: Mapping[str, str]) -> None:
    """Make an empty archive; raise ArchiveError when there is a file already."""
    with new_file(path) as new:
        if path.exists():
            raise ArchiveError(f"{path} exists already; choose another file.")
        check_no_log(path)
        with contextlib.closing(opened(new, "rwc")) as connection:
            connection.execute(f"pragma page_size = {_PAGE}")
            connection.executescript(
                f"begin;\n{schema_text()}"
                f"pragma application_id = {APPLICATION_ID};\n"
                f"pragma user_version = {SCHEMA_VERSION};\n"
            )
            connection.executemany("insert into meta values (?, ?)", meta.items())
            nothing = Totals(0, 0, 0, 0, 0)
            connection.execute(
                "insert into totals values (1, ?, ?, ?, ?, ?, ?)",
                (*nothing, digest_of(nothing)),
            )
            none = np.empty(0, np.uint64)
            borders = np.zeros(2, np.int64)
            empty = encode(np.array([LOWEST]), borders, none)
            connection.executemany("insert into blocks values (?, ?)", empty)
            connection.execute("commit")
        publish(new, path)
