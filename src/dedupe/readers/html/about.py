"""Tell what the metadata of an HTML document say of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urljoin

from dedupe.model import About
from dedupe.readers.dates import iso_date
from dedupe.readers.decoding import without_surrogates
from dedupe.readers.markup import Element, collapse, is_hidden, local_name, text_of

Json: TypeAlias = dict[str, Any]

# Each list in the order in which its members are believed: names and properties of
# <meta>, first those of Open Graph and Twitter cards, then of Dublin Core and others.
_TITLE = ("og:title", "twitter:title", "dc.title", "headline", "title")
_DATE = (
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "publishdate",
    "publish-date",
    "publication_date",
    "pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date.created",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
)
_OUTLET = ("og:site_name", "application-name", "dc.publisher", "publisher")
_AUTHOR = ("author", "article:author", "parsely-author", "dc.creator", "byl")
_URL = ("og:url", "twitter:url")

_ARTICLE = re.compile("(article|posting|report|opinion|review|story)$", re.IGNORECASE)
_LONGEST = 1000  # characters of a title; a longer one is an attack or an error
# Data nested more deeply, or in more objects, are not those of an article.
_DEEPEST, _MOST = 12, 2000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?://)?(?:-->|\]\]>)\s*$"
)
_SEPARATOR = "، "
_PARTING = " |-–—:·•»«/"


class Told(NamedTuple):
    """What a page tells of its article, and its text where the metadata hold it."""

    about: About
    body: str = ""


def read_told(root: Element, base: str = "") -> Told:
    """Return what a page tells of itself; `base` is its own address where known."""
    page = _Page(root)
    outlet = _short(page.first("publisher", _OUTLET))
    title = page.first("headline", _TITLE) or page.marked("headline")
    title = title or _title(root, "title") or _title(root, "h1")
    date = page.first("datePublished", _DATE) or page.marked("datePublished")
    about = About(
        _without_outlet(_short(title), outlet),
        iso_date(_short(date or page.first("dateCreated") or _first_time(root))),
        outlet,
        _short(_author(page)),
        _address(page, base),
    )
    body = page.data.get("articleBody") or page.data.get("text") or ""
    return Told(about, without_surrogates(body) if isinstance(body, str) else "")


class _Page:
    """The metadata of a page."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.meta: dict[str, str] = {}
        scripts = []
        self.canonical = ""
        self._marked: dict[str, Element] = {}
        for node in root.iter("meta", "link", "script"):
            tag = local_name(node.tag)
            if tag == "meta":
                self._add_meta(node)
            elif tag == "link" and "canonical" in node.get("rel", "").lower().split():
                self.canonical = self.canonical or node.get("href", "")
            elif tag == "script" and "ld+json" in node.get("type", "").lower():
                scripts.append(node.text or "")
        self.data = _article(scripts)

    def _add_meta(self, node: Element) -> None:
        content = node.get("content", "").strip()
        if content:
            for attribute in ("property", "name", "itemprop"):
                name = node.get(attribute, "").strip().lower()
                if name:
                    self.meta.setdefault(name, content)

    def first(self, key: str, names: tuple[str, ...] = ()) -> str:
        """Return what the structured data say, or the first of some <meta>."""
        said = _said(self.data.get(key))
        return said or next(
            (self.meta[name] for name in names if name in self.meta), ""
        )

    def marked(self, itemprop: str) -> str:
        """Return what the first element marked with a property says."""
        for node in self.root.iterfind(f".//*[@itemprop='{itemprop}']"):
            said = node.get("content") or node.get("datetime") or text_of(node)
            if said and not is_hidden(node):
                return str(said)
        return ""


def _article(scripts: list[str]) -> Json:
    """Return the first object in JSON-LD that is an article, else an empty one."""
    for script in scripts:
        try:
            data = json.loads(_WRAPPING.sub("", script), strict=False)
        except (ValueError, RecursionError):
            continue  # templates leave quotation marks as they are; nothing to be done
        for found in _objects(data):
            if any(_ARTICLE.search(kind) for kind in _kinds(found)):
                return found
    return {}


def _objects(data: object) -> Iterator[Json]:
    """Yield the objects of a document in JSON, those further up first."""
    level, seen = [data], 0
    for _ in range(_DEEPEST):
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                yield item
                below += item.values()
            elif isinstance(item, list):
                below += item
        seen += len(level)
        level = below if seen < _MOST else []


def _kinds(data: Json) -> list[str]:
    kind = data.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [one for one in kinds if isinstance(one, str)]


def _said(value: object) -> str:
    """Return what a value of JSON-LD says: itself, its name, or those of a list."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _said(value.get("name"))
    if isinstance(value, list):
        return _SEPARATOR.join(filter(None, (_name(item) for item in value)))
    return ""


def _name(item: object) -> str:
    return _said(item) if isinstance(item, (str, Mapping)) else ""


def _author(page: _Page) -> str:
    told = page.first("author", _AUTHOR)
    if told and not told.startswith(("http:", "https:")):
        return told  # Facebook's article:author is the address of a profile
    for path in (".//*[@itemprop='author']", ".//*[@rel='author']"):
        node = page.root.find(path)
        if node is not None:
            return text_of(node)
    return ""


def _address(page: _Page, base: str) -> str:
    said = page.data.get("url")
    metas = [page.meta[name] for name in _URL if name in page.meta]
    for told in (page.canonical, *metas, said if isinstance(said, str) else ""):
        try:
            address = urljoin(base, _short(told)) if told else ""
        except ValueError:
            continue
        if address.startswith(("http://", "https://")):
            return address
    return base


def _title(root: Element, tag: str) -> str:
    node = root.find(f".//{tag}")
    return "" if node is None else "".join(node.itertext())


def _without_outlet(title: str, outlet: str) -> str:
    """Return a title without the name of the outlet that templates add to it."""
    if not outlet:
        return title
    own = title.removesuffix(outlet).rstrip(_PARTING).removeprefix(outlet)
    return own.strip(_PARTING) or title


def _first_time(root: Element) -> str:
    node = root.find(".//time[@datetime]")
    return "" if node is None else str(node.get("datetime"))


def _short(text: str) -> str:
    return without_surrogates(collapse(text[: _LONGEST * 4]))[:_LONGEST]
