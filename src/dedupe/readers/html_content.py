"""Find the article of a page among its menus, teasers and notices."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from dedupe.errors import ForeignFile, InputError, MissingExtra
from dedupe.readers.html_about import Told
from dedupe.readers.markup import (
    Element,
    Line,
    collapse,
    html_lines,
    is_hidden,
    lines_of,
    local_name,
    text_of,
)

# Elements and roles of what stands around an article, or in it without being of it.
_AROUND = frozenset({"address", "aside", "dialog", "footer", "menu", "nav"})
# A day that stands in a sentence is part of it.
_SENTENCES = frozenset({"blockquote", "dd", "li", "p", "td"})
_AROUND_ROLES = frozenset(
    [
        "alert",
        "alertdialog",
        "banner",
        "complementary",
        "contentinfo",
        "dialog",
        "menu",
        "menubar",
        "navigation",
        "search",
        "toolbar",
    ]
)
_TOLD_ELSEWHERE = frozenset({"author", "datemodified", "datepublished", "publisher"})
# Names of classes and ids, whole, that widely used systems give to such parts.
_AROUND_NAMES = frozenset(
    [
        "addtoany_share_save_container",
        "author-bio",
        "author-box",
        "breadcrumb",
        "breadcrumbs",
        "comment-list",
        "comments",
        "comments-area",
        "disqus_thread",
        "entry-meta",
        "jp-relatedposts",
        "newsletter",
        "noprint",
        "post-meta",
        "post-tags",
        "related",
        "related-articles",
        "related-news",
        "related-posts",
        "relatedposts",
        "respond",
        "screen-reader-text",
        "share",
        "share-buttons",
        "sharedaddy",
        "social",
        "social-share",
        "sr-only",
        "tags",
        "visually-hidden",
    ]
)
# Where known systems put the text of an article, after what schema.org marks: the AMP
# and classic themes of WordPress, the commonest news theme for it, Drupal, Blogger,
# Joomla, MediaWiki, and pages that Word has saved.
_TEMPLATES = (
    "articlebody",
    "article-body",
    "article__body",
    "article-content",
    "article__content",
    "amp-wp-article-content",
    "td-post-content",
    "entry-content",
    "post-content",
    "post-body",
    "story-body",
    "field--name-body",
    "field-name-body",
    "item-page",
    "mw-parser-output",
    "wordsection1",
    "section1",
)
# A link list is a block of several links and hardly anything else.
_FEWEST_LINKS, _MOSTLY_LINKS = 2, 0.9
_GROUPS = frozenset({"div", "dl", "ol", "section", "table", "td", "ul"})
# A page with so few links has nothing around its text that could be told from it.
_HARDLY_ANY_LINKS = 0.05
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
# An <article> of fewer words is the teaser of another one.
_FEWEST_WORDS = 20
# A line of so many words is one of an article, not of a menu.
_LONG = 10
# Metadata that hold so many times the words of the page hold the text that it hides.
_MANY_MORE = 2
# The element around what was found may hold so much more, and no page of teasers.
_LITTLE_MORE = 1.6
# What compares a page's list items takes four times as long for twice as many, so
# pages of more than this many elements are searched without it, enormous ones not.
_MANY_ELEMENTS, _MOST_ELEMENTS = 5_000, 20_000
_PAGE = frozenset({"body", "html"})
# No page holds its text more often; each is held against all others.
_MOST_COPIES = 50
# So much of what was found makes its element that of the article.
_MOST_OF_IT = 0.8

_NOTHING = (
    "no main text is found in the page; leave it out with --exclude, or name the "
    "element that holds it with --html-content"
)
_WHOLE = "no main text could be told from the rest: the whole page was read"
# What a page of damaged markup makes trafilatura and lxml raise.
_FAILURES = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
_TAG = re.compile(r"</?[a-zA-Z]")


class Content(NamedTuple):
    """The lines of an article, its headline first where the page shows one."""

    lines: list[str]
    warning: str = ""


def find_content(root: Element, told: Told, selector: str = "") -> Content:
    """Return the article of a page; raise InputError where there is none.

    With a selector, the elements that it selects are the article. Else it is looked
    for where schema.org, known systems and <article> put it, then in the whole page if
    that has hardly any links, then by trafilatura.
    """
    if selector:
        return Content([line.text for line in _selected(root, selector)])
    links = _LinkLists(root)
    warning = ""
    lines = _marked(root, links) or _article(root, links) or _plain(root, links)
    if not lines:
        lines, warning = _searched(root, links)
    body = _body_lines(told.body)
    if _words(body) > _MANY_MORE * _count(lines):
        return Content(_with_title(body, told.about.title))
    if not lines:
        raise ForeignFile(_NOTHING)
    return Content(_with_headline(lines, root, told), warning)


def compile_selector(selector: str) -> object:
    """Return a function that selects elements; raise InputError for no CSS."""
    try:
        from cssselect import SelectorError  # noqa: PLC0415 - an extra
        from lxml.cssselect import CSSSelector  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra("--html-content", "cssselect", "html") from None
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise InputError(f"{selector!r} is no CSS selector: {error}") from None


def _selected(root: Element, selector: str) -> list[Line]:
    select = compile_selector(selector)
    lines = _lines_of_all(_outermost(select(root)), _is_never_read)  # type: ignore[operator]
    if not lines:
        raise InputError(f"no element with text is selected by {selector!r}")
    return lines


def _is_never_read(_: Element) -> bool:
    return False


class _LinkLists:
    """Which elements of a page are around its article rather than in it."""

    def __init__(self, root: Element) -> None:
        self.share, self._lists = _measure_links(root)

    def is_around(self, element: Element) -> bool:
        """Tell whether an element is no part of the article it may stand in."""
        tag = local_name(element.tag)
        if tag in _AROUND or element in self._lists:
            return True
        if tag == "time":
            return local_name(element.getparent().tag) not in _SENTENCES
        attributes = element.attrib
        if not attributes or tag in {"body", "html", "main"}:
            return False
        get = attributes.get
        return (
            get("role", "").lower() in _AROUND_ROLES
            or get("itemprop", "").lower() in _TOLD_ELSEWHERE
            or not _AROUND_NAMES.isdisjoint(_names(element))
            or (tag == "article" and _is_teaser(element))
        )


def _is_teaser(element: Element) -> bool:
    """Tell whether an article in another is a link to a third."""
    parent = element.getparent()
    while parent is not None and local_name(parent.tag) != "article":
        parent = parent.getparent()
    if parent is None:
        return False
    return any(
        heading.find(".//a") is not None or local_name(heading.getparent().tag) == "a"
        for heading in element.iter(*_HEADINGS)
    )


def _measure_links(root: Element) -> tuple[float, set[Element]]:
    """Return how much of the text stands in links, and which blocks are link lists."""
    from lxml import etree  # noqa: PLC0415 - an extra

    lists = set()
    sums = [[0, 0, 0]]  # of the open elements: characters, those in links, links
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            sums.append([len(node.text.strip()) if node.text else 0, 0, 0])
            continue
        tag = local_name(node.tag)
        characters, linked, links = sums.pop()
        if tag in {"script", "style", "noscript", "template"} or is_hidden(node):
            characters = linked = links = 0
        elif tag == "a":
            linked, links = characters, 1
        elif (
            tag in _GROUPS
            and links >= _FEWEST_LINKS
            and linked >= _MOSTLY_LINKS * characters
        ):
            lists.add(node)
        outer = sums[-1]
        outer[0] += characters + (len(node.tail.strip()) if node.tail else 0)
        outer[1] += linked
        outer[2] += links
    characters, linked, _ = sums[0]
    return (linked / characters if characters else 0.0), lists


def _marked(root: Element, links: _LinkLists) -> list[Line]:
    """Return the lines of what is marked as the body of an article."""
    found: dict[str, list[Element]] = {}
    for node in root.iter():
        if "articlebody" in node.get("itemprop", "").lower().split():
            found.setdefault("", []).append(node)
        else:
            for name in _names(node):
                found.setdefault(name, []).append(node)
    for name in ("", *_TEMPLATES):
        elements = _outermost(found.get(name, []))
        if name and len(elements) > 1:  # of teasers, where one is not the longest
            lines = _longest(elements, links)
        else:
            lines = _lines_of_all(elements, links.is_around)
        if lines:
            return lines
    return []


def _article(root: Element, links: _LinkLists) -> list[Line]:
    """Return the lines of the one article of a page, not of one teaser among many."""
    return _longest(_outermost(list(root.iter("article"))), links)


def _longest(elements: Sequence[Element], links: _LinkLists) -> list[Line]:
    """Return the lines of an element that has more words than all others together."""
    read = [lines_of(element, links.is_around) for element in elements]
    read.sort(key=_count, reverse=True)
    if not read or _count(read[0]) < _FEWEST_WORDS:
        return []
    return read[0] if 2 * _count(read[0]) > sum(map(_count, read)) else []


def _plain(root: Element, links: _LinkLists) -> list[Line]:
    """Return all lines of a page that has nothing but its text."""
    if links.share > _HARDLY_ANY_LINKS or root.find(".//nav") is not None:
        return []
    return lines_of(root, links.is_around)


def _searched(root: Element, links: _LinkLists) -> tuple[list[Line], str]:
    """Return what trafilatura takes for the article, and what it takes apart.

    It is asked where the article stands more than what is in it: it drops lists, and
    text that stands beside paragraphs. So what is returned is the element around what
    it found, unless that holds much more.
    """
    everything = lines_of(root, links.is_around)
    if not everything:
        return [], ""
    size = sum(1 for _ in root.iter())
    found = _ask_trafilatura(root, size) if size <= _MOST_ELEMENTS else []
    texts = {line.text for line in found}
    # Pages of the nineties, of tables and <br> alone, are beyond it.
    matched = [line for line in everything if line.text in texts] or [
        line for line in everything if _words([line.text]) >= _LONG
    ]
    if not matched:
        return found, ""
    block = _common_block(matched)
    is_page = local_name(block.tag) in _PAGE
    around = lines_of(block, links.is_around)
    if found and (is_page or _count(around) > _LITTLE_MORE * _count(found)):
        return found, ""
    return around, _WHOLE if is_page else ""


def _ask_trafilatura(root: Element, size: int) -> list[Line]:
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


# What trafilatura calls elements, and what HTML does.
_RENAMED = {"lb": "br", "head": "h2", "list": "ul", "item": "li", "quote": "blockquote"}
_RENAMED |= {"row": "tr", "cell": "td", "graphic": "img", "ref": "a", "code": "code"}


def _as_html(body: Element) -> Element:
    for node in body.iter(*_RENAMED):
        node.tag = _RENAMED[node.tag]
    return body


def _common_block(lines: Sequence[Line]) -> Element:
    """Return the innermost element that holds nearly all of the words of some lines."""
    held: Counter[Element] = Counter()
    for line in lines:
        held[line.block] += _words([line.text])
    block = lines[0].block.getroottree().getroot()
    for element in reversed(list(block.iterdescendants())):
        held[element.getparent()] += held[element]
    enough = _MOST_OF_IT * _count(lines)
    while True:
        inner = next((child for child in block if held[child] >= enough), None)
        if inner is None:
            return block
        block = inner


def _lines_of_all(elements: Sequence[Element], is_left_out: object) -> list[Line]:
    """Return the lines of some elements, leaving out what repeats a longer one.

    Pages hold the text twice: for phones and for desks, before a paywall and behind.
    """
    read = [lines_of(element, is_left_out) for element in elements]  # type: ignore[arg-type]
    if len(read) > _MOST_COPIES:
        return [line for lines in read for line in lines]
    texts = [{line.text for line in lines} for lines in read]
    kept = []
    for row, lines in enumerate(read):
        others = texts[:row] + [
            other for other in texts[row + 1 :] if other != texts[row]
        ]
        if not any(texts[row] <= other for other in others):
            kept += lines
    return kept


def _outermost(elements: Sequence[Element]) -> list[Element]:
    """Return those elements that stand in no other of them, and are shown."""
    chosen = set(elements)
    return [
        element
        for element in elements
        if not is_hidden(element)
        and not any(
            above in chosen or is_hidden(above) for above in element.iterancestors()
        )
    ]


def _names(element: Element) -> list[str]:
    """Return the classes and the id of an element, in lower case."""
    get = element.attrib.get
    named = f"{get('class', '')} {get('id', '')}"
    return named.lower().split()


def _body_lines(body: str) -> list[str]:
    """Return the lines of the text in the metadata, which may be HTML."""
    if _TAG.search(body) or "&" in body:
        try:
            return html_lines(body)
        except InputError:
            return []  # the page itself is read
    return [line for line in map(collapse, body.splitlines()) if line]


def _with_headline(lines: Sequence[Line], root: Element, told: Told) -> list[str]:
    """Return the lines with the headline first, where the page shows it elsewhere."""
    texts = [line.text for line in lines]
    title = told.about.title
    for node in root.iter("h1"):
        shown = "" if is_hidden(node) else text_of(node)
        if shown and (shown in title or title in shown):
            return texts if shown in texts else [shown, *texts]
    return texts


def _with_title(lines: list[str], title: str) -> list[str]:
    return [title, *lines] if title and title not in lines else lines


def _count(lines: Sequence[Line]) -> int:
    return _words([line.text for line in lines])


def _words(lines: Sequence[str]) -> int:
    return sum(len(line.split()) for line in lines)
