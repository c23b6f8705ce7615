"""Parse XML that nobody vouches for: no entities, no DTD, no network, bounded depth."""

from __future__ import annotations

import html.entities
import re
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import InputError, MissingExtra
from dedupe.readers.html import decode_html
from dedupe.readers.markup import LIMIT, Element, collapse, local_name

if TYPE_CHECKING:
    from typing import BinaryIO

    from dedupe.readers.documents import ReadOptions

# A tree takes some ten times the bytes of its document.
_LARGEST = 64 << 20

_PROLOG = re.compile(
    r"(?>\s+|<\?.*?\?>|<!--.*?-->)*"
    r"(?P<doctype><!DOCTYPE(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*+(?P<subset>\[)?)?",
    re.DOTALL,
)
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_ROOT = re.compile(r"(?>\s+|<\?.*?\?>|<!--.*?-->|[\]>])*<([\w.:-]+)", re.DOTALL)
_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_PREDEFINED = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})

_ENTITIES = (
    "declares entities of its own, which can be made to do harm; write their text "
    "where they stand"
)
_TOO_MUCH = (
    "XML whose elements are nested more than 256 deep, or of which a text or attribute "
    "has more than ten million characters, as those of no real file do"
)


class LimitError(InputError):
    """A document goes beyond what any real one needs."""


class Xml(NamedTuple):
    """A document in XML before it is parsed."""

    text: str  # without its declaration
    root: str  # the local name of the root element, in lower case
    encoding: str
    warning: str = ""


def read_xml(file: BinaryIO, options: ReadOptions) -> Xml:
    """Return a document whose root is known; raise InputError for a dangerous one."""
    limit = min(_LARGEST, options.max_file_size)
    data = file.read(limit + 1)
    if len(data) > limit:
        raise InputError(f"XML of more than {limit:,} bytes; split it")
    decoded = decode_html(data, options)
    text = decoded.text
    declaration = _DECLARATION.match(text)
    text = _CONTROLS.sub(" ", text[declaration.end() :] if declaration else text)
    prolog = _PROLOG.match(text)
    if prolog and prolog["subset"] and "<!ENTITY" in text[prolog.end() :]:
        raise InputError(_ENTITIES)
    start = prolog.end() if prolog else 0
    if prolog and prolog["subset"]:
        start = text.find("]", start)
    root = _ROOT.match(text, max(start, 0))
    name = root[1].rpartition(":")[2].lower() if root else ""
    return Xml(text, name, decoded.encoding, decoded.warning)


def parse_xml(text: str) -> Element:
    """Return the root of a document; raise InputError where it is not well-formed."""
    try:
        from lxml import etree  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(".xml", "lxml", "newsml") from None
    parser = etree.XMLParser(
        encoding="utf-8",
        attribute_defaults=False,
        dtd_validation=False,
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        strip_cdata=True,
    )
    try:
        root = etree.fromstring(
            with_characters(text).encode("utf-8", "replace"), parser
        )
    except etree.XMLSyntaxError as error:
        if any(entry.type_name == LIMIT for entry in parser.error_log):
            raise LimitError(_TOO_MUCH) from None
        raise InputError(f"not well-formed XML: {collapse(error.msg)}") from None
    for entity in root.iter(etree.Entity):
        raise InputError(
            f"refers to the entity {entity.text}, which it does not declare"
        )
    return root


def with_characters(text: str) -> str:
    r"""Return XML in which the entities of HTML are the characters they stand for.

    Agencies write &nbsp; and leave it to a DTD, which is not loaded, to say what it is.

    >>> with_characters("<p>a&nbsp;&lt;</p>")
    '<p>a\xa0&lt;</p>'
    """
    return _NAMED.sub(_character, text) if "&" in text else text


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name in _PREDEFINED:
        return found[0]
    return html.entities.html5.get(name, found[0])


def child(element: Element, *names: str) -> Element | None:
    """Return what is first down a path of local names, whatever the namespace."""
    for name in names:
        for node in element:
            if local_name(node.tag) == name:
                element = node
                break
        else:
            return None
    return element


def every(element: Element, name: str) -> list[Element]:
    """Return all descendants of a local name, in the order of the document."""
    return [node for node in element.iter() if local_name(node.tag) == name]
