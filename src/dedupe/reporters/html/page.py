"""Render the page part by part: the overview, the findings in chunks, the end."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import jinja2

from dedupe import __version__, arabic, processes
from dedupe.model import RELATIONS, RULES, Occurrence, ScanResult, Span
from dedupe.reporters.copies import SEVERITIES, gravest, severity
from dedupe.reporters.html import languages, maps, markup, phrases, search_table
from dedupe.reporters.html.comparison import Comparison, compare, fold_sides
from dedupe.reporters.html.quotations import Quotation, Quoted, day_of, quote, told_of
from dedupe.reporters.neutralizer import show_name
from dedupe.values import dataclass

if TYPE_CHECKING:
    from dedupe.model import About, DocumentSummary, Finding, Published
    from dedupe.reporters.html.languages import Language
    from dedupe.reporters.html.maps import Map, Meeting

MOST_FINDINGS = 5_000  # in one page
CHUNK = 50  # findings that a browser lays out together
PARALLEL_FROM = 8  # chunks; fewer are rendered sooner than processes start
MOST_WORDINGS = 4  # of one finding, each set side by side with the first
MOST_NAMED = 60  # places that are named without their text
LONG = 250  # words of a finding that fill a screen
OPENED = 20  # findings that stand open at first
MOST_RANKED = 500  # documents in the table
MOST_FIRST = 6  # documents in the overview
MOST_PROBLEMS = 200  # of a kind
MOST_SUGGESTED = 300  # documents that the filter suggests
BAR = 100.0  # width of the box in which a bar is drawn
NOWHERE = Occurrence("", (0, 0), (0, 0), Span(0, 0), (), "")


class Wording(NamedTuple):
    """How some places of a finding are written."""

    quotation: Quotation
    also: tuple[Occurrence, ...]  # places with the same text
    comparison: Comparison | None  # with the first wording; None for that itself


class Known(NamedTuple):
    """What is told of a document."""

    name: str
    about: About | Published | None
    is_archived: bool


class Ranked(NamedTuple):
    """A document with the share of it that is repeated."""

    rank: int
    known: Known
    words: int
    share: float
    findings: int
    anchor: str  # of its first finding in the page, or nothing


class Shown(NamedTuple):
    """A finding as the template sees it."""

    number: int
    anchor: str
    finding: Finding
    wordings: list[Wording]
    unread: tuple[Occurrence, ...]  # places whose text is not shown

    @property
    def is_open(self) -> bool:
        """Whether it stands open at first."""
        return self.number <= OPENED

    @property
    def is_long(self) -> bool:
        """Whether it is to scroll by itself, so that the next one is not far."""
        return self.finding.words > LONG

    @property
    def acceptance(self) -> str:
        """The line of a baseline that accepts it."""
        count = len(self.finding.occurrences)
        return json.dumps(
            {"id": self.finding.id, "count": count}, separators=(",", ":")
        )


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be shown, and how."""

    result: ScanResult
    quoted: Sequence[Quoted]
    anchors: Sequence[str]  # of the findings in their order
    environment: jinja2.Environment

    def render(self, template: str, **values: Any) -> bytes:  # noqa: ANN401
        """Return a template with these values in it."""
        return self.environment.get_template(template).render(values).encode()

    def known(self, name: str) -> Known:
        """Return what is told of a document."""
        return Known(name, told_of(self.result, name), name in self.result.published)

    def came_first(self, first: Occurrence, finding: Finding) -> bool:
        """Tell whether a place is known to be published before all others."""
        name = first.document
        day = day_of(self.result, name)
        archived = name in self.result.published

        def is_later(other: str) -> bool:
            later = day_of(self.result, other)
            if day and later:
                return day < later
            return archived and other not in self.result.published

        others = {place.document for place in finding.occurrences} - {name}
        return bool(others) and all(map(is_later, others))

    def chunk(self, number: int) -> bytes:
        """Return some findings as HTML."""
        start = number * CHUNK
        some = self.quoted[start : start + CHUNK]
        wordings = _wordings(some, self.result.settings)
        shown = [
            Shown(start + row + 1, self.anchors[start + row], item.finding, *texts)
            for row, (item, texts) in enumerate(zip(some, wordings, strict=True))
        ]
        return self.render("chunk.html.jinja", findings=shown, page=self)


def rendered(result: ScanResult, language: Language, command: str) -> Iterator[bytes]:
    """Yield the page, part after part."""
    findings = sorted(gravest(result.findings, MOST_FINDINGS), key=_gravity)
    met = maps.meet(result)
    ranking = maps.ranked(result)
    chosen = maps.choose(ranking, met)
    listed = [document.document for document in ranking[:MOST_RANKED]]
    quoted, lengths = quote(result, findings, [*chosen, *listed])
    page = Page(result, quoted, _anchors(findings), _environment(language))
    by_id = dict(reversed(list(zip(_ids(findings), page.anchors, strict=True))))
    by_document = _first_findings(page)
    rows = _ranked(page, met, ranking, {*chosen, *listed}, by_document)
    yield page.render(
        "head.html.jinja",
        page=page,
        result=result,
        share=result.duplicated_words / result.words if result.words else 0.0,
        relations=_bars(result.relations, RELATIONS),
        rules=_bars(Counter(item.rule for item in findings), RULES),
        states=sorted({_state(item) for item in findings} - {""}),
        ranked=rows[:MOST_RANKED],
        strips=maps.draw_alone(result, listed, lengths),
        first=[row for row in rows[:MOST_FIRST] if row.share],
        picture=_picture(page, chosen, lengths, rows),
        anchor_of=by_id,
        suggested=_suggested(findings),
        shown=len(findings),
        **_frame(language, command),
    )
    chunks = -(-len(findings) // CHUNK)
    jobs = result.jobs if chunks >= PARALLEL_FROM else 1
    for part in processes.run_in_order(page.chunk, chunks, jobs):
        yield bytes(part)
    yield page.render(
        "foot.html.jinja",
        result=result,
        most_problems=MOST_PROBLEMS,
        **_frame(language, command),
    )


def _frame(language: Language, command: str) -> dict[str, Any]:
    """Return what every page has."""
    style, scripts = asset("page.css"), [asset("search.js"), asset("page.js")]
    script = "\n".join(scripts)
    return {
        "language": language,
        "direction": languages.DIRECTIONS[language],
        "version": __version__,
        "command": markup.plain(command),
        "style": style,
        "script": script,
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "data": {
            "phrases": phrases.table(),
            "images": search_table.images(),
            "carriers": arabic.HAMZA_CARRIERS,
            "letters": arabic.ARABIC_LETTERS,
        },
    }


@cache
def asset(name: str) -> str:
    """Return a file that comes with this package."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return text.strip("\n")


def _hash(text: str) -> str:
    """Return what a policy calls a script or a style by."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def _environment(language: Language) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    writer = markup.Writer(language)
    environment.globals.update(
        t=writer.t,
        said=writer.said,
        count=writer.count,
        some=writer.some,
        show=markup.show,
        show_name=show_name,
        name=markup.name,
        place=markup.place,
        percent=markup.percent,
        similarity=markup.similarity,
        side=markup.side,
        way=markup.way,
        beginning=markup.beginning,
        web_address=markup.web_address,
        state_of=_state,
        most_wordings=MOST_WORDINGS,
        most_named=MOST_NAMED,
    )
    return environment


def _gravity(finding: Finding) -> tuple[int, int]:
    """Order findings as an editor reads them: the gravest first, then the longest."""
    return SEVERITIES.index(severity(finding)), -finding.words


def _anchors(findings: Sequence[Finding]) -> list[str]:
    """Return a name for each finding that stays as long as its text does."""
    met: Counter[str] = Counter()
    anchors = []
    for name in _ids(findings):
        met[name] += 1
        again = f"-{met[name]}" if met[name] > 1 else ""
        anchors.append(f"f-{name}{again}")
    return anchors


def _ids(findings: Sequence[Finding]) -> list[str]:
    return [finding.id for finding in findings]


def _state(finding: Finding) -> str:
    return "allowed" if finding.allowed else finding.state


def _bars(
    counts: Mapping[Any, int], names: Sequence[str]
) -> list[tuple[str, int, float]]:
    """Return each name that there is with its number and the length of its bar."""
    most = max([1, *counts.values()])
    return [
        (name, counts[name], round(BAR * counts[name] / most, 2))
        for name in names
        if counts.get(name)
    ]


def _first_findings(page: Page) -> dict[str, str]:
    """Return the anchor of the first finding of each document that has one."""
    first: dict[str, str] = {}
    for item, anchor in zip(page.quoted, page.anchors, strict=True):
        for place in item.finding.occurrences:
            first.setdefault(place.document, anchor)
    return first


def _suggested(findings: Sequence[Finding]) -> list[str]:
    names = dict.fromkeys(
        place.document for finding in findings for place in finding.occurrences
    )
    return [show_name(name) for name in islice(names, MOST_SUGGESTED)]


def _ranked(
    page: Page,
    met: Meeting,
    ranking: Sequence[DocumentSummary],
    wanted: Container[str],
    anchors: Mapping[str, str],
) -> list[Ranked]:
    """Return some of the documents with their rank among all."""
    return [
        Ranked(
            rank,
            page.known(document.document),
            document.words,
            document.duplicated_words / max(document.words, 1),
            met.findings[document.document],
            anchors.get(document.document, ""),
        )
        for rank, document in enumerate(ranking, 1)
        if document.document in wanted
    ]


def _picture(
    page: Page,
    chosen: Sequence[str],
    lengths: Mapping[str, int],
    rows: Sequence[Ranked],
) -> tuple[Map, list[Ranked]]:
    """Return the picture with what is known of each of its documents."""
    names = set(chosen)
    by_name = {row.known.name: row for row in rows if row.known.name in names}
    drawn = maps.draw(page.result, chosen, lengths)
    # A document of the archive has no rank: nothing is known of the rest of it.
    told = [
        by_name.get(name) or Ranked(0, page.known(name), 0, 0.0, 0, "")
        for name in chosen
    ]
    return drawn, told


def _wordings(
    some: Sequence[Quoted], settings: Mapping[str, object]
) -> list[tuple[list[Wording], tuple[Occurrence, ...]]]:
    """Return how each finding is written, and its places whose text is not shown."""
    grouped = [_grouped(item.quotations) for item in some]
    pairs = [
        text
        for groups in grouped
        for other, _ in groups[1 : MOST_WORDINGS + 1]
        for text in (groups[0][0].text, other.text)
    ]
    # Folded together: what one call costs is far more than what one text costs.
    sides = iter(
        fold_sides(
            pairs,
            fold=str(settings.get("fold", "full")),
            ignore_numbers=bool(settings.get("ignore_numbers")),
        )
    )
    told = []
    for item, groups in zip(some, grouped, strict=True):
        wordings = [
            Wording(quotation, also, compare(next(sides), next(sides)) if row else None)
            for row, (quotation, also) in enumerate(groups[: MOST_WORDINGS + 1])
        ]
        left = groups[MOST_WORDINGS + 1 :]
        unread = [place for one, also in left for place in (one.place, *also)]
        told.append((wordings, (*unread, *item.others)))
    return told


def _grouped(
    quotations: Sequence[Quotation],
) -> list[tuple[Quotation, tuple[Occurrence, ...]]]:
    """Return each text once, with the further places that have it."""
    groups: dict[Quotation, list[Quotation]] = {}
    for one in quotations:
        groups.setdefault(one._replace(place=NOWHERE), []).append(one)
    return [
        (same[0], tuple(other.place for other in same[1:])) for same in groups.values()
    ]
