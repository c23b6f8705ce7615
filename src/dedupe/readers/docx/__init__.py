"""Read Word documents (.docx) as a reader of their pages sees them.

docx2python and python-docx were tried first. They count text that was moved away, give
a text box twice, tear tables inside tables apart, or leave out headers and tables; so
lxml reads the few parts that hold text, and here it is told what of them is seen.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.documents import Converted
from dedupe.readers.docx.package import Package
from dedupe.readers.docx.story import read_story
from dedupe.readers.properties import about_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dedupe.model import About
    from dedupe.readers.documents import ReadOptions

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_CREATED = "{http://purl.org/dc/terms/}created"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
# The date of the empty document that python-docx begins with.
_NO_DATE = "2013-12-23T23:15:00Z"


def convert(data: bytes, options: ReadOptions) -> Converted:
    """Return header, body, notes and footer of a Word document, line by line."""
    _require_zip(data)
    limit = max(options.ratio_floor, options.max_ratio * len(data))
    try:
        package = Package(data, min(limit, options.max_file_size))
        return _convert(package)
    except ImportError:
        raise MissingExtra(".docx", "lxml", "docx") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise InputError(f"a damaged Word document: {error}") from None
    except (RuntimeError, NotImplementedError):
        raise InputError(
            "encrypted or packed in a way that Word never does; save it anew"
        ) from None


def _require_zip(data: bytes) -> None:
    if data.startswith(_ZIP):
        return
    if data.startswith(_OLE):
        raise InputError(
            "an old Word document (.doc) or one that a password protects; save it as "
            ".docx without a password"
        )
    kind = "an RTF document" if data.startswith(b"{\\rtf") else "not a Word document"
    raise InputError(f"{kind}; save it as .docx, or name it as what it is")


def _convert(package: Package) -> Converted:
    main = package.related("", "officeDocument") or ["word/document.xml"]
    if main[0] not in package.names:
        raise InputError(
            "not a Word document, but another kind of zip file; name it as what it is"
        )
    story = read_story(package.events(main[0]))
    targets = package.targets(main[0])
    sides: dict[str, list[str]] = {"header": [], "footer": []}
    for side, relation in story.sides:
        path = targets.get(relation, "")
        if path in package.names:
            sides[side] += read_story(package.events(path)).lines
    notes = [
        line
        for kind in ("footnotes", "endnotes")
        for path in package.related(main[0], kind)
        if path in package.names
        for line in read_story(package.events(path)).lines
    ]
    lines = [*_once(sides["header"]), *story.lines, *notes, *_once(sides["footer"])]
    return Converted("\n".join(lines), _about(package))


def _once(lines: Iterable[str]) -> list[str]:
    """Return lines that stand on every page, or in several sections, once."""
    return list(dict.fromkeys(lines))


def _about(package: Package) -> About:
    [path, *_] = [*package.related("", "core-properties"), "docProps/core.xml"]
    if path not in package.names:
        return about_of()
    told: dict[str, str] = {}
    for element in package.elements(path):
        told.setdefault(str(element.tag), element.text or "")
    created = told.get(_CREATED, "").strip()
    return about_of(
        title=told.get(_DUBLIN + "title"),
        author=told.get(_DUBLIN + "creator"),
        date="" if created == _NO_DATE else created[:10],
    )
