"""Findings and matches show what they say, in the untouched original."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedupe
from corpora import NEW_WORDS, WORDS, small_corpora
from dedupe.columns import Built
from dedupe.model import Finding, Occurrence, ScanResult
from dedupe.paragraphs import read_columns
from dedupe.texts import EXCERPT
from oracle import paragraphs, words_of

Texts = Mapping[str, str]
examples = settings(max_examples=60)

MARKS = "\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC SUKUN}\N{ARABIC TATWEEL}"
# Each stands for "لا" or for nothing; all of them fold away.
FORMS = {
    "لا": ["لا", "\N{ARABIC LIGATURE LAM WITH ALEF ISOLATED FORM}"],
    "م": ["م", "\N{ARABIC LETTER MEEM INITIAL FORM}", "&#1605;"],
    "ا": ["ا", "أ", "آ", "\N{ARABIC LETTER ALEF FINAL FORM}", "&#x627;"],
    "ي": ["ي", "ى", "ی", "\N{ARABIC LETTER YEH INITIAL FORM}"],
}
BETWEEN = [
    " ",
    "  ",
    " ، ",
    " \N{RIGHT-TO-LEFT MARK}",
    "\t",
    "\N{NO-BREAK SPACE}",
    " \N{GRINNING FACE} ",
    " «",
    "&nbsp;",
    " \N{BLACK CHESS QUEEN} ",
]
PLAIN = [
    "ملاك",
    "سلام",
    "مايو",
    "ميلاد",
    "يمام",
    "كلام",
    "ظلال",
    "بلاد",
    "شمال",
    "جمال",
]


def ornate(words: list[str], random: Random) -> str:
    """The same words as a careless or a scrupulous typist writes them."""
    pieces = []
    for word in words:
        letters = re.findall("لا|.", word)
        drawn = [random.choice(FORMS.get(letter, [letter])) for letter in letters]
        marked = [
            form + random.choice(["", "", *MARKS]) if len(form) == 1 else form
            for form in drawn
        ]
        pieces += ["".join(marked), random.choice(BETWEEN)]
    return "".join(pieces)


@st.composite
def ornate_corpora(draw: st.DrawFn) -> tuple[dict[str, str], list[str]]:
    """Texts that all hold the same words, and these words."""
    random = Random(draw(st.integers(0, 99_999)))
    words = [random.choice(PLAIN) + random.choice(PLAIN) for _ in range(14)]
    others = [
        [random.choice(WORDS) for _ in range(draw(st.integers(0, 4)))] for _ in range(6)
    ]
    line_break = draw(
        st.sampled_from(["\n", "\r\n", "\n\n", "\r\n \r\n", "\n\N{GRINNING FACE}\n"])
    )
    texts = {}
    for number in range(draw(st.integers(2, 3))):
        before, after = others[2 * number], others[2 * number + 1]
        line = " ".join(before) + " " + ornate(words, random) + " ".join(after)
        own = " ".join(random.choices(NEW_WORDS, k=3)) + f" {number}"
        texts[str(number)] = line_break.join([own, line, own])
    return texts, words


@examples
@given(ornate_corpora())
def test_spans_show_the_matched_words_however_they_are_written(
    corpus: tuple[dict[str, str], list[str]],
) -> None:
    texts, words = corpus
    result = dedupe.scan(texts)
    pairs = [
        match for match in result.matches if match.left.document != match.right.document
    ]
    assert pairs
    core = " ".join(words)
    for match in pairs:
        shown = [
            " ".join(words_of(texts[side.document][side.start : side.end]))
            for side in (match.left, match.right)
        ]
        assert core in shown[0]
        if match.relation in {"contained", "overlap"}:
            assert shown[0] == shown[1]


@examples
@given(ornate_corpora())
def test_passages_of_findings_show_the_matched_words(
    corpus: tuple[dict[str, str], list[str]],
) -> None:
    texts, words = corpus
    core = " ".join(words)
    findings = [
        finding
        for finding in dedupe.scan(texts).findings
        if finding.words >= len(words)
    ]
    assert findings
    for finding in findings:
        for place in finding.occurrences:
            text = texts[place.document]
            assert any(
                core in " ".join(words_of(text[start:end]))
                for start, end in place.passages
            )


def check_borders(place: Occurrence, text: str) -> None:
    lines = text.split("\n")[place.lines[0] - 1 : place.lines[1]]
    first, end = place.columns
    lines[-1] = lines[-1][: end - 1]  # before the first, since it may be the only one
    lines[0] = lines[0][first - 1 :]
    assert "\n".join(lines) == text[place.span.start : place.span.end]


def check_paragraphs(place: Occurrence, text: str) -> None:
    _, found = read_columns([text])
    first, last = place.paragraphs
    assert found.start[first - 1] <= place.span.start < found.end[first - 1]
    assert found.start[last - 1] < place.span.end <= found.end[last - 1]


def check_place(place: Occurrence, text: str) -> None:
    start, end = place.span
    shown = text[start:end]
    assert shown == shown.strip()
    assert shown.startswith(place.excerpt)
    assert len(place.excerpt) <= EXCERPT
    assert text.count("\n", 0, start) + 1 == place.lines[0]
    assert text.count("\n", 0, end) + 1 == place.lines[1]
    check_borders(place, text)
    check_paragraphs(place, text)
    assert place.passages
    edges = [edge for passage in place.passages for edge in passage]
    assert edges == sorted(edges)
    assert start <= edges[0] < edges[-1] <= end


@examples
@given(small_corpora)
def test_lines_spans_passages_and_excerpts_agree(texts: Texts) -> None:
    for finding in dedupe.scan(texts).findings:
        assert len(finding.occurrences) >= 2
        for place in finding.occurrences:
            check_place(place, texts[place.document])


@examples
@given(small_corpora)
def test_each_finding_stands_at_places_of_its_own(texts: Texts) -> None:
    seen = set()
    for finding in dedupe.scan(texts).findings:
        places = [(place.document, place.span) for place in finding.occurrences]
        assert len(set(places)) == len(places)
        assert (finding.rule, *places) not in seen
        seen.add((finding.rule, *places))


@examples
@given(small_corpora)
def test_documents_are_counted_as_they_are(texts: Texts) -> None:
    result = dedupe.scan(texts)
    items = paragraphs(texts)
    for document in result.documents:
        own = [item for item in items if item.document == document.document]
        assert document.paragraphs == len(own)
        assert document.words == sum(len(item.words) for item in own)
        assert 0 <= document.duplicated_words <= document.words
    assert result.paragraphs == len(items)
    assert [document.document for document in result.documents] == list(texts)


TEXT = "أعلنت إدارة المتحف الوطني افتتاح قاعة جديدة للمخطوطات بعد ترميم طويل."
OWN = "قمر بحيرة دفتر مصباح"


@pytest.mark.parametrize(
    ("label", "text", "paragraph", "line"),
    [
        ("first line", f"{TEXT}\n{OWN}", 1, 1),
        ("after a blank line", f"{OWN}\n\n{TEXT}", 2, 3),
        ("line breaks of Windows", f"{OWN}\r\n{OWN} 2\r\n{TEXT}\r\n", 3, 3),
        ("line breaks of Windows, blank", f"\r\n\r\n{TEXT}\r\n", 1, 3),
        ("white space around", f"{OWN}\n \t{TEXT}\N{NO-BREAK SPACE} \n", 2, 2),
        ("an indent after a blank line", f"{OWN}\n\n  {TEXT}", 2, 3),
        ("white space at the end of the line before", f"{OWN}  \n{TEXT}", 2, 2),
        ("an indent in the first line", f"  {TEXT}\n{OWN}", 1, 1),
        ("lines without letters", f"***\n---\n{TEXT}", 1, 3),
        ("a line break within a line", f"{OWN}\N{LINE SEPARATOR}{TEXT}", 2, 1),
    ],
)
def test_a_paragraph_is_shown_where_it_stands(
    label: str, text: str, paragraph: int, line: int
) -> None:
    [finding] = dedupe.scan([("1", TEXT), (label, text)]).findings
    place = finding.occurrences[1]
    assert place.lines == (line, line)
    assert place.paragraphs == (paragraph, paragraph)
    assert text[place.span.start : place.span.end] == TEXT
    assert place.excerpt == TEXT
    check_borders(place, text)


def test_paragraphs_of_a_finding_are_counted_as_those_of_its_document() -> None:
    others = [f"{OWN} {number}" for number in range(3)]
    text = "\n\n".join([*others, TEXT])
    result = dedupe.scan([("1", text), ("2", TEXT)])
    [finding] = result.findings
    assert [place.paragraphs for place in finding.occurrences] == [(4, 4), (1, 1)]
    assert [document.paragraphs for document in result.documents] == [4, 1]


def wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


def test_a_paragraph_of_wrapped_text_has_several_lines() -> None:
    random = Random(3)
    prose = [" ".join(random.sample(WORDS, 60)) for _ in range(3)]
    text = "\n\n".join(wrapped(paragraph, 70) for paragraph in prose)
    [finding] = dedupe.scan([("1", prose[1]), ("2", text)]).findings
    place = finding.occurrences[1]
    start, end = place.span
    assert text[start:end] == wrapped(prose[1], 70)
    assert place.lines == (text.count("\n", 0, start) + 1, text.count("\n", 0, end) + 1)
    assert place.lines[1] - place.lines[0] >= 4


def test_a_phrase_of_wrapped_text_is_shown_in_its_own_line() -> None:
    random = Random(5)
    words = random.sample(WORDS, 70)
    text = wrapped(" ".join(words), 70)
    phrase = f"{OWN} {' '.join(words[40:50])} {OWN}"
    [finding] = dedupe.scan([("1", phrase), ("2", text)]).findings
    check_borders(finding.occurrences[1], text)
    assert finding.occurrences[1].lines[0] > finding.occurrences[1].paragraphs[0]


def test_a_long_excerpt_ends_with_a_word() -> None:
    text = " ".join(WORDS)
    [finding] = dedupe.scan([("1", text), ("2", text)]).findings
    excerpt = finding.occurrences[0].excerpt
    assert EXCERPT // 2 < len(excerpt) <= EXCERPT
    assert text.startswith(excerpt + " ")


def test_an_excerpt_without_a_space_is_cut() -> None:
    text = "ب" * 1_000
    [finding] = dedupe.scan([("1", text), ("2", text)]).findings
    assert finding.occurrences[0].excerpt == text[:EXCERPT]


def small_result() -> ScanResult:
    random = Random(2)
    lines = [" ".join(random.sample(WORDS, 12)) + "." for _ in range(5)]
    order = [*lines, *reversed(lines)]
    return dedupe.scan({"1": "\n".join(order)}, passages=True)


@pytest.mark.parametrize("name", ["findings", "matches", "passages", "documents"])
def test_a_sequence_of_a_result_behaves_like_a_tuple(name: str) -> None:
    sequence = getattr(small_result(), name)
    items = tuple(sequence)
    assert len(sequence) == len(items) > 0
    assert sequence[-1] == items[-1]
    assert tuple(sequence[1:3]) == items[1:3]
    assert tuple(sequence[::-1]) == items[::-1]
    assert tuple(sequence[len(items) :]) == ()
    assert items[0] in sequence
    assert list(reversed(sequence)) == list(reversed(items))
    for row in (len(items), -len(items) - 1):
        with pytest.raises(IndexError):
            sequence[row]


@given(st.integers(0, 30), st.slices(30))
def test_a_slice_of_what_is_built_when_asked_is_that_of_a_list(
    count: int, part: slice
) -> None:
    rows = range(count)
    built = Built(lambda start, stop: list(rows[start:stop]), count)
    assert list(built[part]) == list(rows[part])


def test_a_finding_has_the_fields_of_the_report() -> None:
    names = {"id", "rule", "relation", "jaccard", "containment", "words", "share"}
    assert names <= set(Finding._fields)
    finding = small_result().findings[0]
    assert re.fullmatch("[0-9a-f]{16}", finding.id)


def test_texts_can_be_had_by_name_in_the_order_of_the_scan() -> None:
    texts = {"a": "نص\nآخر", "b": "", "c": "ثالث"}

    result = dedupe.scan(texts)

    assert result.read_texts
    assert dict(result.read_texts(reversed(texts))) == texts
    assert list(result.read_texts(["c", "a", "no such"])) == [
        ("a", texts["a"]),
        ("c", texts["c"]),
    ]


@examples
@given(small_corpora)
def test_a_share_is_that_of_the_words_of_the_shortest_place(texts: Texts) -> None:
    held: dict[str, list[int]] = {name: [] for name in texts}
    for item in paragraphs(texts):
        held[item.document].append(len(item.words))
    for finding in dedupe.scan(texts).findings:
        shortest = min(
            sum(held[place.document][place.paragraphs[0] - 1 : place.paragraphs[1]])
            for place in finding.occurrences
        )
        assert 0 < finding.share <= 1
        assert finding.share == round(min(finding.words / shortest, 1), 4)


ONE = (
    "افتتح الوزير صباح اليوم المعرض الدولي للكتاب في العاصمة بحضور ناشرين من عشرين دولة"
)
SAID = "وقال إن القراءة أول الطريق إلى المعرفة في كل زمان"
OTHER = "شهدت أسواق الخضار ارتفاعا جديدا بعد موجة البرد التي ضربت المزارع قرب الساحل"
SHARES = {
    "a quotation": ({"1": f"{ONE} {SAID}", "2": f"{SAID} كما نقلت الصحف أمس"}, 10 / 14),
    "a whole paragraph": ({"1": f"{ONE} {SAID}", "2": SAID}, 1.0),
    "most of a paragraph": (
        {"1": f"{ONE} {SAID} {OTHER}", "2": f"{SAID} أمس"},
        10 / 11,
    ),
    "most of its words, half of its shingles": (
        {
            "1": f"{OTHER} {ONE} {SAID}",
            "2": ONE.replace("المعرض", "الملتقى").replace("ناشرين", "كتاب"),
        },
        12 / 14,
    ),
    "twice in a paragraph": ({"1": f"{SAID} ثم {SAID}"}, 10 / 21),
    "twice and nothing else": ({"1": f"{SAID} {SAID}"}, 1 / 2),
    "over two paragraphs and one": (
        {"1": f"{OTHER} {SAID}\n{ONE}", "2": f"{SAID} {ONE} كما نقلت الصحف"},
        24 / 27,
    ),
    "one word replaced": ({"1": ONE, "2": ONE.replace("اليوم", "أمس")}, 13 / 14),
    "a block": ({"1": f"{ONE}\n{SAID}", "2": f"{ONE}\n{SAID}"}, 1.0),
    "a block with an edited paragraph": (
        {
            "1": f"{ONE}\n{SAID}\n{OTHER}",
            "2": f"{ONE}\n{SAID.replace('أول', 'بداية')}\n{OTHER}",
        },
        36 / 37,
    ),
    "words that lost the space between them": (
        {"1": ONE, "2": ONE.replace("صباح اليوم", "صباحاليوم")},
        1.0,
    ),
}


@pytest.mark.parametrize("label", SHARES)
def test_the_share_of_a_finding_is_that_of_the_words_of_the_shorter_side(
    label: str,
) -> None:
    texts, share = SHARES[label]
    [finding] = dedupe.scan(texts).findings
    assert finding.share == round(share, 4)
