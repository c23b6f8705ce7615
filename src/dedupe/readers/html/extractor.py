"""Ask trafilatura where the article of a page stands."""

from __future__ import annotations

import logging

from dedupe.errors import MissingExtra
from dedupe.readers.markup import (
    Element,
    Line,
    lines_of,
)

# What compares a page's list items takes four times as long for twice as many, so
# pages of more than this many elements are searched without it, enormous ones not.
_MANY_ELEMENTS, _MOST_ELEMENTS = 5_000, 20_000
# What a page of damaged markup makes trafilatura and lxml raise.
_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)

# What trafilatura calls elements, and what HTML does.
_RENAMED = {"lb": "br", "head": "h2", "list": "ul", "item": "li", "quote": "blockquote"}
_RENAMED |= {"row": "tr", "cell": "td", "graphic": "img", "ref": "a", "code": "code"}


def found_by_trafilatura(root: Element) -> list[Line]:
    """Return what it takes for the article; nothing of an enormous page."""
    size = sum(1 for _ in root.iter())
    if size > _MOST_ELEMENTS:
        return []
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(".html", "trafilatura", "html") from None
    # It logs what it makes of a page, which is not for our users.
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())
    try:
        # Its deduplicate would make what is found depend on the pages before.
        found = bare_extraction(
            root,
            fast=size > _MANY_ELEMENTS,
            include_comments=False,
            with_metadata=False,
            deduplicate=False,
        )
    except _FAILURES:
        return []  # the element around the longest lines is taken instead
    body = getattr(found, "body", None)
    return [] if body is None else lines_of(_as_html(body))


def _as_html(body: Element) -> Element:
    for node in body.iter(*_RENAMED):
        node.tag = _RENAMED[node.tag]
    return body
