"""Take apart the zip file that a Word document is, within a limit."""

from __future__ import annotations

import zipfile
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import IO, TYPE_CHECKING

from dedupe.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

_MOST_PARTS = 20_000
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Package:
    """The zip file that a document is, unpacked part by part within a limit."""

    def __init__(self, data: bytes, limit: int) -> None:
        self._zip = zipfile.ZipFile(BytesIO(data))
        infos = self._zip.infolist()
        if len(infos) > _MOST_PARTS:
            raise InputError(f"has more than {_MOST_PARTS:,} parts; save it anew")
        self.names = frozenset(info.filename for info in infos)
        self.left = limit

    def elements(self, path: str) -> Iterator[Element]:
        """Yield the elements of a part as they end."""
        return (element for moment, element in self.events(path) if moment == "end")

    def events(self, path: str) -> Iterator[tuple[str, Element]]:
        """Yield the elements of a part as they begin and as they end."""
        from lxml import etree  # noqa: PLC0415 - an extra

        info = self._zip.getinfo(path)
        if info.compress_type not in _PACKINGS:
            raise NotImplementedError
        with self._zip.open(info) as packed:
            parser = etree.iterparse(
                _Bounded(packed, self),
                ("start", "end"),
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            try:
                is_first = True
                for moment, element in parser:
                    if is_first and element.getroottree().docinfo.doctype:
                        raise InputError(
                            f"{path} declares XML entities, which Word never does; "
                            "save it anew if you trust it"
                        )
                    is_first = False
                    yield moment, element
                    if moment == "end":
                        _forget(element)
            except etree.XMLSyntaxError as error:
                raise InputError(
                    f"a damaged Word document: {path}: {error.msg}"
                ) from None

    def related(self, source: str, kind: str) -> list[str]:
        """Return the parts of a kind that a part refers to, "" for the whole."""
        return [path for type_, _, path in self._relations(source) if type_ == kind]

    def targets(self, source: str) -> dict[str, str]:
        """Return the parts that a part refers to, by the name of the relation."""
        return {name: path for _, name, path in self._relations(source)}

    def _relations(self, source: str) -> Iterator[tuple[str, str, str]]:
        folder, _, name = source.rpartition("/")
        path = join(folder, "_rels", f"{name}.rels")
        if path not in self.names:
            return
        for element in self.elements(path):
            target = element.get("Target")
            if target is None or element.get("TargetMode") == "External":
                continue
            kind = element.get("Type", "").rpartition("/")[2]
            whole = normpath(join("/", dirname(source), target)).lstrip("/")
            yield kind, element.get("Id", ""), whole


class _Bounded:
    """A part that may not unpack to more than is left of what the whole may."""

    def __init__(self, packed: IO[bytes], package: Package) -> None:
        self._packed = packed
        self._package = package

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; raise InputError when there are too many."""
        piece = self._packed.read(min(size, 1 << 16) if size > 0 else 1 << 16)
        self._package.left -= len(piece)
        if self._package.left < 0:
            raise InputError(
                "unpacks to far more than its size, which looks like a decompression "
                "bomb; save it anew if you trust it"
            )
        return piece


def _forget(element: Element) -> None:
    """Free what was read: a text of any length takes no more than a paragraph's."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while (before := element.getprevious()) is not None:
            parent.remove(before)
