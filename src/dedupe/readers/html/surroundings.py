"""Tell what stands around the article of a page from what belongs to it."""

from __future__ import annotations

from dedupe.readers.markup import (
    Element,
    is_hidden,
    local_name,
)

# Elements and roles of what stands around an article, or in it without being of it.
_AROUND = frozenset({"address", "aside", "dialog", "footer", "menu", "nav"})
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
# A day that stands in a sentence is part of it.
_SENTENCES = frozenset({"blockquote", "dd", "li", "p", "td"})
# A link list is a block of several links and hardly anything else.
_FEWEST_LINKS, _MOSTLY_LINKS = 2, 0.9
_GROUPS = frozenset({"div", "dl", "ol", "section", "table", "td", "ul"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Surroundings:
    """Which elements of a page are around its article rather than in it."""

    def __init__(self, root: Element) -> None:
        self.linked_share, self._lists = _measure_links(root)

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
            or not _AROUND_NAMES.isdisjoint(names_of(element))
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


def names_of(element: Element) -> list[str]:
    """Return the classes and the id of an element, in lower case."""
    get = element.attrib.get
    named = f"{get('class', '')} {get('id', '')}"
    return named.lower().split()
