"""Read PDF: text that was set in lines on pages, given back as paragraphs."""

from __future__ import annotations

import logging
import struct
import zlib
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.documents import Converted
from dedupe.readers.pdf.glyphs import Book
from dedupe.readers.pdf.lines import lines_of
from dedupe.readers.pdf.paragraphs import paragraphs_of
from dedupe.readers.pdf.quality import cleaned, require_text
from dedupe.readers.properties import about_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pypdf import PdfReader

    from dedupe.model import About
    from dedupe.readers.documents import ReadOptions
    from dedupe.readers.pdf.lines import Line

# The header may stand behind other bytes, says the standard's implementation note 13.
_HEADER = b"%PDF-"
_HEADER_WITHIN = 1024
_MOST_PAGES = 100_000
# Where it finds a file broken, pypdf raises what Python raises.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def convert(data: bytes, options: ReadOptions) -> Converted:
    """Return the paragraphs of a PDF, and what it tells of itself."""
    if _HEADER not in data[:_HEADER_WITHIN]:
        raise InputError("not a PDF file; check what it is and name it accordingly")
    try:
        from pypdf import (  # noqa: PLC0415 - an extra
            Configuration,
            PdfReader,
            apply_configuration,
        )
        from pypdf.errors import (  # noqa: PLC0415
            DependencyError,
            LimitReachedError,
            PyPdfError,
        )
    except ImportError:
        raise MissingExtra(".pdf", "pypdf", "pdf") from None
    limit = min(
        max(options.ratio_floor, options.max_ratio * len(data)), options.max_file_size
    )
    try:
        with _silence(), apply_configuration(Configuration(**_limits(limit))):
            reader = PdfReader(BytesIO(data), strict=False)
            _unlock(reader)
            return _convert(reader, limit)
    except DependencyError:
        raise InputError(
            "encrypted in a way that needs another package; install it with: "
            "python -m pip install cryptography"
        ) from None
    except LimitReachedError as error:
        raise InputError(
            f"goes beyond what is safe to unpack ({_told(error)}); print it anew as "
            "PDF if you trust it"
        ) from None
    except (PyPdfError, *_BROKEN) as error:
        raise InputError(
            f"a damaged PDF file, or one that is cut off: {_told(error)}"
        ) from None


def _convert(reader: PdfReader, limit: int) -> Converted:
    book = Book(reader, limit)
    pages: list[list[Line]] = []
    silent = 0
    for page in reader.pages:
        lines = lines_of(book.glyphs_of(page))
        silent += not lines
        pages.append(lines)
    text = "\n".join(paragraphs_of(pages))
    require_text(text, book.unknown)
    warning = ""
    if silent:
        warning = (
            f"{silent:,} of {len(pages):,} pages hold no text; if they are scans, "
            "recognize their text (OCR) first"
        )
    return Converted(cleaned(text), _about(reader), warning)


def _unlock(reader: PdfReader) -> None:
    if reader.is_encrypted and not reader.decrypt(""):
        raise InputError("encrypted with a password; save a copy without it")


def _about(reader: PdfReader) -> About:
    try:
        told = reader.metadata
    except _BROKEN:
        told = None
    if told is None:
        return about_of()
    try:
        created = told.creation_date
    except _BROKEN:
        created = None
    day = created.date().isoformat() if created else ""
    return about_of(title=told.title, date=day, author=told.author)


def _limits(limit: int) -> dict[str, Any]:
    """Return the most that pypdf may unpack of a single stream."""
    most = min(limit, 75_000_000)  # its own limit
    return {
        "array_based_stream_maximum_output_length": most,
        "lzw_maximum_output_length": most,
        "run_length_maximum_output_length": most,
        "zlib_maximum_output_length": most,
        "page_tree_maximum_entries": _MOST_PAGES,
    }


@contextmanager
def _silence() -> Iterator[None]:
    """Keep pypdf from writing what it repaired to standard error."""
    logger = logging.getLogger("pypdf")
    propagates, logger.propagate = logger.propagate, False
    nowhere = logging.NullHandler()
    logger.addHandler(nowhere)
    try:
        yield
    finally:
        logger.removeHandler(nowhere)
        logger.propagate = propagates


def _told(error: Exception) -> str:
    """Return the first line of an error of pypdf, or its kind."""
    said = str(error).strip().split("\n")[0][:200]
    return said.rstrip(".") or type(error).__name__
