"""Find the article of a page among its menus, teasers and notices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from dedupe.errors import ForeignFile, InputError, MissingExtra
from dedupe.readers.html.about import Told
from dedupe.readers.html.extractor import found_by_trafilatura
from dedupe.readers.html.surroundings import Surroundings, names_of
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
# A page with so few links has nothing around its text that could be told from it.
_HARDLY_ANY_LINKS = 0.05
# An <article> of fewer words is the teaser of another one.
_FEWEST_WORDS = 20
# A line of so many words is one of an article, not of a menu.
_LONG = 10
# Metadata that hold so many times the words of the page hold the text that it hides.
_MANY_MORE = 2
# The element around what was found may hold so much more, and no page of teasers.
_LITTLE_MORE = 1.6
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
    around = Surroundings(root)
    warning = ""
    lines = _marked(root, around) or _article(root, around) or _plain(root, around)
    if not lines:
        lines, warning = _searched(root, around)
    body = _body_lines(told.body)
    if _words(body) > _MANY_MORE * _count(lines):
        return Content(_with_title(body, told.about.title))
    if not lines:
        raise ForeignFile(_NOTHING)
    return Content(_with_headline(lines, root, told), warning)


def _selected(root: Element, selector: str) -> list[Line]:
    lines = _lines_of_all(_outermost(_compiled(selector)(root)))
    if not lines:
        raise InputError(f"no element with text is selected by {selector!r}")
    return lines


def _compiled(selector: str) -> Callable[[Element], Any]:
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


def _marked(root: Element, around: Surroundings) -> list[Line]:
    """Return the lines of what is marked as the body of an article."""
    found: dict[str, list[Element]] = {}
    for node in root.iter():
        if "articlebody" in node.get("itemprop", "").lower().split():
            found.setdefault("", []).append(node)
        else:
            for name in names_of(node):
                found.setdefault(name, []).append(node)
    for name in ("", *_TEMPLATES):
        elements = _outermost(found.get(name, []))
        if name and len(elements) > 1:  # of teasers, where one is not the longest
            lines = _longest(elements, around)
        else:
            lines = _lines_of_all(elements, around.is_around)
        if lines:
            return lines
    return []


def _article(root: Element, around: Surroundings) -> list[Line]:
    """Return the lines of the one article of a page, not of one teaser among many."""
    return _longest(_outermost(list(root.iter("article"))), around)


def _longest(elements: Sequence[Element], around: Surroundings) -> list[Line]:
    """Return the lines of an element that has more words than all others together."""
    read = [lines_of(element, around.is_around) for element in elements]
    read.sort(key=_count, reverse=True)
    if not read or _count(read[0]) < _FEWEST_WORDS:
        return []
    return read[0] if 2 * _count(read[0]) > sum(map(_count, read)) else []


def _plain(root: Element, around: Surroundings) -> list[Line]:
    """Return all lines of a page that has nothing but its text."""
    if around.linked_share > _HARDLY_ANY_LINKS or root.find(".//nav") is not None:
        return []
    return lines_of(root, around.is_around)


def _searched(root: Element, around: Surroundings) -> tuple[list[Line], str]:
    """Return what trafilatura takes for the article, and what it takes apart.

    It is asked where the article stands more than what is in it: it drops lists, and
    text that stands beside paragraphs. So what is returned is the element around what
    it found, unless that holds much more.
    """
    everything = lines_of(root, around.is_around)
    if not everything:
        return [], ""
    found = found_by_trafilatura(root)
    texts = {line.text for line in found}
    # Pages of the nineties, of tables and <br> alone, are beyond it.
    matched = [line for line in everything if line.text in texts] or [
        line for line in everything if _words([line.text]) >= _LONG
    ]
    if not matched:
        return found, ""
    block = _common_block(matched)
    is_page = local_name(block.tag) in _PAGE
    lines = lines_of(block, around.is_around)
    if found and (is_page or _count(lines) > _LITTLE_MORE * _count(found)):
        return found, ""
    return lines, _WHOLE if is_page else ""


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


def _lines_of_all(
    elements: Sequence[Element],
    is_left_out: Callable[[Element], bool] = lambda _: False,
) -> list[Line]:
    """Return the lines of some elements, leaving out what repeats a longer one.

    Pages hold the text twice: for phones and for desks, before a paywall and behind.
    """
    read = [lines_of(element, is_left_out) for element in elements]
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
