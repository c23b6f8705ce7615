"""The table of formats that are converted: the module of each, and what it needs.

A module of one document a file has `convert(data, options) -> Converted`. A module of
many has `read_documents(file, options)`, which yields them in the order of the file,
with an InputError or an Unreadable in the place of one that cannot be read, in bounded
memory and always the same. Where several processes can read a file, it also has

- `cuts(source, options)`, which returns ranges of ordinals, one after another;
- or `cuts_of_all(sources, options)`, the same for all sources of the format at once,
  where the package they need is not to be loaded before processes are forked;
- `opened(file, options)`, of which `documents(first)` yields the documents from the
  first of a range on.

All raise InputError, without a file name, for what cannot be trusted, MissingExtra for
a package that is not there, and ForeignFile for a file that holds nothing for us.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from dedupe.errors import MissingExtra

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from dedupe.errors import InputError
    from dedupe.readers.documents import Converted, ReadOptions, Unreadable


class Format(NamedTuple):
    """How the files of a format are read."""

    module: str  # in this package
    extra: str = ""  # that brings the packages
    packages: tuple[str, ...] = ()  # as they are imported, the one to be named first
    joint: str = "#"  # between the name of a file and that of a document in it


class OfOne(Protocol):
    """A module that reads one document a file."""

    def convert(self, data: bytes, options: ReadOptions) -> Converted:
        """Return the document."""


class OfMany(Protocol):
    """A module that reads many documents a file."""

    def read_documents(
        self, file: BinaryIO, options: ReadOptions
    ) -> Iterator[Converted | Unreadable | InputError]:
        """Yield the documents."""


class Opened(Protocol):
    """A file of many documents that can be read from several of them on."""

    def documents(self, first: int) -> Iterator[Converted | Unreadable | InputError]:
        """Yield the documents from the first of a range on."""


class InParts(Protocol):
    """A module whose files several processes can read."""

    def opened(self, file: BinaryIO, options: ReadOptions) -> Opened:
        """Return a file of many documents."""


# Modules are loaded when a file of theirs is read: most scans meet none.
ONE: dict[str, Format] = {
    "html": Format("html", "html", ("lxml", "trafilatura")),
    "docx": Format("docx", "docx", ("lxml",)),
    "pdf": Format("pdf", "pdf", ("pypdf",)),
}
MANY: dict[str, Format] = {
    # A row is named by its field alone, as an object of JSON Lines is.
    "csv": Format("csv_rows", joint=""),
    "parquet": Format("parquet", "parquet", ("pyarrow",), joint=""),
    "zip": Format("zip_members", joint="/"),
    "tar": Format("tar_members", joint="/"),
    "feed": Format("feeds", "feeds", ("feedparser", "lxml")),
    # Most XML is of no interest, and that is told before any package is needed.
    "xml": Format("news_xml", "newsml"),
    "warc": Format("warc", "warc", ("warcio", "lxml", "trafilatura")),
}
CONVERTED = ONE | MANY


def module_of_one(format_: str) -> OfOne:
    """Return the module that reads a format of one document a file."""
    return cast("OfOne", _module(format_))


def module_of_many(format_: str) -> OfMany:
    """Return the module that reads a format of many documents a file."""
    return cast("OfMany", _module(format_))


def module_in_parts(format_: str) -> InParts:
    """Return the module that reads a format of which it makes cuts."""
    return cast("InParts", _module(format_))


def missing_extra(format_: str) -> MissingExtra | None:
    """Return the error of a format whose packages are not all installed."""
    known = CONVERTED.get(format_)
    if known and not all(map(_is_installed, known.packages)):
        what = f"{format_.replace('_', ' ')} files"
        return MissingExtra(what, known.packages[0], known.extra)
    return None


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ImportError:
        return False  # what it belongs to is not there


def _module(format_: str) -> object:
    return import_module(f"dedupe.readers.{CONVERTED[format_].module}")
