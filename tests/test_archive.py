from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from benchmarks.datasets import read_corpus
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from corpora import TEXT, WORDS, small_corpora
from dedupe import Archive, Document, Settings, archive, scan
from dedupe.archive import index, writing
from dedupe.archive.incoming import Incoming
from dedupe.errors import ArchiveError, SettingsError
from dedupe.model import Match, Published, ScanResult
from dedupe.readers import ReadOptions, find_sources

STORY = " ".join(WORDS[:30])
REPORT = " ".join(WORDS[30:60])
RESPELLED = STORY.replace("أ", "ا").replace("ة", "ه")
SHORT = "اقرأ أيضا"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "published.dedupe"


@pytest.fixture
def candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose what to compare with even where all could be compared."""
    monkeypatch.setattr(archive, "WHOLE_PARAGRAPHS", -1)


def filled(path: Path, *texts: str) -> Archive:
    made = Archive.create(path, seed=1)
    made.add([Document(f"d{number}", text) for number, text in enumerate(texts)])
    return made


def names(result: ScanResult) -> set[tuple[str, ...]]:
    return {
        tuple(place.document for place in finding.occurrences)
        for finding in result.findings
    }


@pytest.mark.parametrize("chosen", [False, True])
def test_what_was_published_is_found_in_another_spelling(
    path: Path, monkeypatch: pytest.MonkeyPatch, *, chosen: bool
) -> None:
    if chosen:
        monkeypatch.setattr(archive, "WHOLE_PARAGRAPHS", -1)
    with Archive.create(path) as made:
        made.add(
            [Document("a1", STORY, "عنوان", "2015-07-21", "الجريدة", url="http://a/1")]
        )
        made.add([Document("a2", REPORT)])
        result = made.query({"new.txt": f"{RESPELLED}\n{' '.join(NEW)}"})
    (finding,) = result.findings
    assert finding.relation == "orthographic"
    assert [place.document for place in finding.occurrences] == ["new.txt", "a1"]
    assert result.published == {
        "a1": Published("a1", "عنوان", "2015-07-21", "الجريدة", url="http://a/1")
    }
    assert [document.document for document in result.documents] == ["new.txt"]
    assert result.documents[0].duplicated_words == 30
    assert result.duplicated_words == 30


NEW = ("قمر", "بحيرة", "دفتر", "مصباح", "غزالة", "عاصفة", "مفتاح", "لؤلؤ", "ياقوت")


def test_what_repeats_in_the_archive_alone_is_not_told(path: Path) -> None:
    with filled(path, STORY, STORY, REPORT) as made:
        result = made.query({"new.txt": " ".join(NEW)})
        assert not list(result.findings)
        assert not list(result.matches)
        assert result.status == "clean"
        assert names(made.query({"new.txt": STORY})) == {("new.txt", "d0", "d1")}


def test_what_came_in_is_compared_with_itself(path: Path) -> None:
    with filled(path, REPORT) as made:
        result = made.query({"x": STORY, "y": RESPELLED})
    assert names(result) == {("x", "y")}
    assert not result.published


@pytest.mark.usefixtures("candidates")
def test_an_earlier_version_of_what_came_in_is_no_copy_of_it(path: Path) -> None:
    with filled(path, STORY, STORY) as made:
        assert names(made.query({"d0": STORY})) == {("d0", "d1")}
        made.remove(["d1"])
        assert not names(made.query({"d0": STORY}))


@pytest.mark.usefixtures("candidates")
def test_a_copy_of_the_earlier_version_is_found_though_that_is_left_out(
    path: Path,
) -> None:
    edited = STORY.replace(WORDS[15], NEW[0])
    with filled(path, STORY, STORY) as made:
        assert names(made.query({"d0": edited})) == {("d0", "d1")}


@pytest.mark.usefixtures("candidates")
def test_short_paragraphs_are_compared_where_the_settings_say_so(path: Path) -> None:
    settings = Settings(min_words=4, min_passage_words=4)
    texts = [" ".join(WORDS[:6]), " ".join([*WORDS[:5], NEW[0]])]
    both = scan([("new", texts[1]), ("d0", texts[0])], settings)
    with filled(path, texts[0]) as made:
        found = made.query({"new": texts[1]}, settings)
    assert list(found.matches) == list(both.matches)
    assert len(both.matches) == 1


@pytest.mark.usefixtures("candidates")
@pytest.mark.parametrize("gaps", [(3, 3, 4), (3, 3, 5), (4, 1, 3, 3, 3), (2, 2, 4)])
def test_a_copy_in_which_every_third_word_was_replaced_is_found_as_a_scan_does(
    path: Path, gaps: tuple[int, ...]
) -> None:
    draw = Random(3)
    words = ["".join(draw.choices("بتجدرسطعفقلمن", k=5)) for _ in range(60)]
    places = {at - 1 for at in accumulate(gaps * 60) if at <= len(words)}
    copy = " ".join(
        word[::-1] + "و" if at in places else word for at, word in enumerate(words)
    )
    both = scan([("new", copy), ("d0", " ".join(words)), ("d1", REPORT)])
    assert len(both.matches) == 1
    with filled(path, " ".join(words), REPORT) as made:
        assert list(made.query({"new": copy}).matches) == list(both.matches)


@pytest.mark.usefixtures("candidates")
def test_words_that_stand_everywhere_are_looked_up_where_they_were_added_last(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.nearest, "MOST_BLOCKS", 2)
    texts = [f"{' '.join(WORDS[:8])} {'ب' * (number + 2)}" for number in range(600)]
    with filled(path, *texts) as made:
        result = made.query({"new": " ".join([*WORDS[:8], "تتتت"])})
        found = {match.right.document for match in result.matches}
        assert found
        assert min(int(name[1:]) for name in found) > 300
        assert made.verify(full=True) == []


def test_an_empty_archive_finds_nothing(path: Path) -> None:
    with Archive.create(path) as made:
        assert not list(made.query({"new.txt": STORY}).findings)
        assert made.verify(full=True) == []


def test_adding_again_changes_nothing(path: Path) -> None:
    with filled(path, STORY, REPORT) as made:
        before = made.info()
        changes = made.add([Document("d0", STORY), Document("d1", REPORT)])
        assert (changes.added, changes.unchanged, changes.replaced) == (0, 2, ())
        assert made.info().generation in (before.generation, before.generation + 1)
        assert made.info().postings == before.postings


@pytest.mark.parametrize(
    "document",
    [Document("d0", REPORT), Document("d0", STORY, title="عنوان آخر")],
    ids=["text", "title"],
)
def test_other_content_takes_the_place_of_the_old(
    path: Path, document: Document
) -> None:
    with filled(path, STORY) as made:
        assert made.add([document]).replaced == ("d0",)
        assert made.info().documents == 1
        assert bool(names(made.query({"new": STORY}))) == (document.text == STORY)
        assert made.verify(full=True) == []


def test_of_two_documents_with_one_id_the_last_stays(path: Path) -> None:
    with Archive.create(path) as made:
        changes = made.add([Document("d", STORY), Document("d", REPORT)])
        assert (changes.added, changes.replaced) == (1, ("d",))
        assert names(made.query({"new": REPORT})) == {("new", "d")}
        assert not names(made.query({"new": STORY}))


@pytest.mark.usefixtures("candidates")
@pytest.mark.parametrize(
    "name", ["", "a\0b", "\ud800", "a\r\nb", "\\u0000", "خ" * 9999]
)
def test_any_text_may_be_an_id(path: Path, name: str) -> None:
    with Archive.create(path) as made:
        assert made.add([Document(name, STORY)]).added == 1
        assert made.add([Document(name, STORY)]).unchanged == 1
        assert len(made.add([Document(name, REPORT)]).replaced) == 1
        assert len(made.query({"new": REPORT}).published) == 1
        # It is an earlier version of what has its id.
        assert not names(made.query({name: REPORT}))
        assert len(made.published([name])) == 1
        assert made.verify(full=True) == []
        assert made.remove([name]) == [name]
        assert made.info().documents == 0


@pytest.mark.parametrize(
    "document",
    [
        ("d0", STORY),
        Document("d0", STORY, date=date(2015, 7, 21)),  # type: ignore[arg-type]
        Document(7, STORY),  # type: ignore[arg-type]
        STORY,
    ],
)
def test_what_is_no_document_is_refused(path: Path, document: Document) -> None:
    with Archive.create(path) as made:
        with pytest.raises(SettingsError, match="document is"):
            made.add([Document("d1", REPORT), document])
        assert made.info().documents == 0


def test_one_id_to_remove_is_not_taken_for_its_letters(path: Path) -> None:
    with Archive.create(path) as made:
        made.add([Document(name, STORY) for name in "abc"])
        with pytest.raises(SettingsError, match="'abc' alone"):
            made.remove("abc")
        assert made.info().documents == 3


@pytest.mark.usefixtures("candidates")
def test_what_is_removed_is_not_found(path: Path) -> None:
    with filled(path, STORY, REPORT) as made:
        assert made.remove(["d0", "unknown"]) == ["d0"]
        assert not names(made.query({"new": STORY}))
        assert names(made.query({"new": REPORT})) == {("new", "d1")}
        assert made.verify(full=True) == []


@pytest.mark.usefixtures("candidates")
def test_an_equal_paragraph_is_found_when_the_first_is_removed(path: Path) -> None:
    edited = STORY.replace(WORDS[15], NEW[0])
    parted = f"{STORY[:2]} {STORY[2:]}"
    with filled(path, STORY, parted, STORY) as made:
        for left in ({"d0", "d1", "d2"}, {"d1", "d2"}, {"d2"}):
            found = {
                name
                for match in made.query({"new": edited}).matches
                for name in (match.left.document, match.right.document)
            }
            # The others are equal to the first, so it is told of that alone.
            assert found == {"new", min(left)}
            assert made.verify(full=True) == []
            made.remove([min(left)])
        assert made.info().postings == 0


@pytest.mark.usefixtures("candidates")
def test_a_paragraph_that_says_one_thing_again_and_again_is_kept_whole(
    path: Path,
) -> None:
    chorus = " ".join(["قال الوزير أمس"] * 400)
    with filled(path, chorus, STORY) as made:
        assert made.verify(full=True) == []
        again = f"{chorus} كلمة"
        assert names(made.query({"new": again})) == names(
            scan([("new", again), ("d0", chorus), ("d1", STORY)])
        )
        made.remove(["d0"])
        assert made.verify(full=True) == []


@pytest.mark.usefixtures("candidates")
def test_words_that_are_common_in_the_archive_weigh_less(path: Path) -> None:
    """Nine words that a hundred others have are a formula, as a scan would say."""
    phrase = " ".join(WORDS[:9])

    def around(number: int) -> str:
        """Return the phrase among words of which no others have one."""
        own = [chr(ord("ب") + place) * (2 + number) for place in range(20)]
        return " ".join([*own, phrase, *(word + "ن" for word in own)])

    others = [around(number) for number in range(100)]
    incoming = " ".join([*REPORT.split(), phrase, *NEW])
    alone = scan({"new": incoming, "d": others[0]})
    assert len(alone.matches) == 1
    with filled(path, *others) as made:
        found = made.query({"new": incoming})
    both = scan([("new", incoming), *((str(n), text) for n, text in enumerate(others))])
    wanted = [match for match in both.matches if match.left.document == "new"]
    assert len(found.matches) == len(wanted) == 0


@pytest.mark.usefixtures("candidates")
def test_a_form_that_is_filled_in_is_no_formula(path: Path) -> None:
    """What stands around it is the same in all, as a scan of them would see."""
    form = " ".join(WORDS[:40])
    others = [
        " ".join([*WORDS[:20], *[NEW[0] * (2 + number)] * 3, *WORDS[23:40]])
        for number in range(100)
    ]
    with filled(path, *others) as made:
        found = made.query({"new": form})
    assert len(found.findings) > 0
    assert {finding.relation for finding in found.findings} == {"edited"}


@pytest.mark.usefixtures("candidates")
def test_what_is_cut_is_said(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive.nearest, "MOST_COPIES", 3)
    with filled(path, *[f"{STORY} {number}" for number in range(8)]) as made:
        result = made.query({"new": STORY})
        assert result.truncated
        assert [problem.path for problem in result.warnings] == ["new"]
        assert result.findings
        assert not made.query({"new": REPORT}).truncated


@pytest.mark.usefixtures("candidates")
@pytest.mark.parametrize("own", ["", " {}"], ids=["equal", "edited"])
def test_many_old_copies_do_not_hide_a_recent_one(path: Path, own: str) -> None:
    """However much of what came in the old ones share."""
    old = [
        Document(
            f"d{number}", STORY + own.format("ب" * (number + 2)), date="2014-01-01"
        )
        for number in range(100)
    ]
    recent = Document("recent", STORY + own.format("تتتت"), date="2015-07-01")
    with Archive.create(path) as made:
        made.add([*old, recent])
        result = made.query({"new": STORY}, since=date(2015, 6, 1))
    assert names(result) == {("new", "recent")}
    assert not result.truncated


@pytest.mark.usefixtures("candidates")
def test_a_short_form_that_stands_everywhere_is_told_and_not_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.nearest, "MOST_COPIES", 3)
    with filled(path, *[SHORT] * 8) as made:
        result = made.query({"new": SHORT})
        assert len(result.findings) == 1
        assert not result.truncated
        assert len(result.warnings) == 1


def matched(result: ScanResult, incoming: set[str]) -> set[Match]:
    return {match for match in result.matches if match.left.document in incoming}


@pytest.mark.parametrize("whole", [True, False])
@limits(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=small_corpora, data=st.data())
def test_a_query_finds_what_a_scan_of_all_finds(
    tmp_path_factory: pytest.TempPathFactory,
    texts: dict[str, str],
    data: st.DataObject,
    *,
    whole: bool,
) -> None:
    incoming = data.draw(st.integers(0, len(texts)))
    given_texts, archived = (
        dict(list(texts.items())[:incoming]),
        dict(list(texts.items())[incoming:]),
    )
    path = tmp_path_factory.mktemp("equal") / "published.dedupe"
    settings = Settings()
    with pytest.MonkeyPatch.context() as patch:
        if not whole:
            patch.setattr(archive, "WHOLE_PARAGRAPHS", -1)
            patch.setattr(archive.nearest, "SHINGLES_AT_ONCE", 50)
            patch.setattr(archive.nearest, "PARAGRAPHS_AT_ONCE", 2)
            patch.setattr(archive.nearest, "ENTRIES_AT_ONCE", 10)
        with Archive.create(path, settings, seed=settings.seed) as made:
            made.add([Document(name, text) for name, text in archived.items()])
            found = made.query(given_texts, passages=True)
            assert made.verify(full=True) == []
    both = scan([*given_texts.items(), *archived.items()], settings, passages=True)
    names_in = set(given_texts)
    assert matched(found, names_in) == matched(both, names_in)
    assert list(found.findings) == [
        finding
        for finding in both.findings
        if finding.occurrences[0].document in names_in
    ]
    assert list(found.passages) == [
        passage for passage in both.passages if passage.left.document in names_in
    ]


@limits(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["add", "remove"]),
            st.integers(0, 4),
            st.lists(st.integers(0, 5), max_size=3),
        ),
        max_size=12,
    )
)
def test_an_archive_depends_on_what_is_in_it_and_not_on_how_it_came_there(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, list[int]]],
) -> None:
    paragraphs = [STORY, RESPELLED, REPORT, SHORT, f"{STORY} {SHORT}", ""]
    folder = tmp_path_factory.mktemp("steps")
    there: dict[str, str] = {}
    with Archive.create(folder / "one", seed=1) as made:
        for step, number, chosen in steps:
            name = f"d{number}"
            if step == "add":
                there.pop(name, None)
                there[name] = "\n".join(paragraphs[place] for place in chosen)
                made.add([Document(name, there[name])])
            else:
                assert made.remove([name]) == ([name] if name in there else [])
                there.pop(name, None)
        assert made.verify(full=True) == []
        held = made.info()
        with Archive.create(folder / "other", seed=1) as other:
            other.add([Document(name, text) for name, text in there.items()])
            same = other.info()
        assert (held.documents, held.paragraphs, held.words, held.postings) == (
            same.documents,
            same.paragraphs,
            same.words,
            same.postings,
        )


def test_what_is_older_than_a_day_is_pruned(path: Path) -> None:
    with Archive.create(path) as made:
        made.add(
            [
                Document("old", STORY, date="2015-07-21T10:00:00+03:00"),
                Document("new", REPORT, date="2015-08-01"),
                Document("by-addition", TEXT, date="أمس"),
            ],
            added="2015-07-01T00:00:00+00:00",
        )
        made.add([Document("undated", SHORT)])
        assert made.prune(date(2015, 7, 25)) == ["old", "by-addition"]
        assert made.info().documents == 2
        assert made.verify(full=True) == []


@pytest.mark.parametrize("day", ["2015-07-21", datetime(2015, 7, 21, tzinfo=UTC)])
def test_a_day_is_a_date(path: Path, day: date) -> None:
    with filled(path, STORY) as made:
        with pytest.raises(SettingsError, match=r"since must be a datetime\.date"):
            made.query({"new": STORY}, since=day)
        with pytest.raises(SettingsError, match=r"before must be a datetime\.date"):
            made.prune(day)


def test_settings_of_another_kind_are_refused(path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Settings\(…\), not dict"):
        Archive.create(path, {"fold": "light"})  # type: ignore[arg-type]
    assert not path.exists()
    with filled(path, STORY) as made:
        wrong: dict[str, Any]
        for wrong in ({"settings": {}}, {"read": None}, {"jobs": -1}):
            with pytest.raises(SettingsError, match="must be"):
                made.query({"new": STORY}, **wrong)


def test_settings_that_decide_the_index_cannot_change_in_a_query(path: Path) -> None:
    with filled(path, STORY) as made:
        with pytest.raises(SettingsError, match="fold"):
            made.query({"new": STORY}, Settings(fold="light"))
        assert names(made.query({"new": STORY}, Settings(jaccard=0.9)))


def test_an_archive_keeps_the_settings_it_was_made_with(path: Path) -> None:
    with Archive.create(path, Settings(fold="light", min_words=4), seed=9) as made:
        made.add([Document("d", STORY)])
    with Archive.open(path) as opened:
        assert opened.settings == Settings(fold="light", min_words=4, seed=9)
        assert not names(opened.query({"new": RESPELLED})) - {("new", "d")}


def test_the_seed_is_random_unless_given(tmp_path: Path) -> None:
    seeds = set()
    for number in range(4):
        with Archive.create(tmp_path / str(number)) as made:
            seeds.add(made.settings.seed)
    assert len(seeds) == 4
    with filled(tmp_path / "own", STORY) as made:
        assert made.settings.seed == 1


@pytest.mark.parametrize("jobs", [1, 3])
def test_many_documents_are_added_alike_by_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    monkeypatch.setattr(archive.records, "TASK_CHARACTERS", 2000)
    monkeypatch.setattr(archive, "FOLDED_AT_ONCE", 20_000)
    monkeypatch.setattr(writing, "LEAST_WRITTEN", 3000)
    monkeypatch.setattr(writing, "BULK", 100)
    monkeypatch.setattr(writing, "BLOCKS_AT_ONCE", 4)
    monkeypatch.setattr(writing, "POSTINGS_AT_ONCE", 1000)
    documents = [
        Document(f"d{number}", f"{TEXT} {number} {WORDS[number % 50]} {number * 7}")
        for number in range(150)
    ]
    with Archive.create(tmp_path / "a", seed=1) as made:
        made.add(documents, jobs=jobs)
        assert made.verify(full=True) == []
        assert made.remove([document.id for document in documents[:120]])
        assert made.verify(full=True) == []
        assert made.info().documents == 30


def test_metadata_comes_from_the_fields_of_json_lines(tmp_path: Path) -> None:
    file = tmp_path / "news.jsonl"
    file.write_text(
        '{"id": "a", "text": "نص", "t": "عنوان", "date": 2015, "url": null}\n'
        '{"text": "نص آخر", "outlet": "الجريدة"}\nbad\n',
        encoding="utf-8",
    )
    (tmp_path / "plain.txt").write_text("نص ثالث", encoding="utf-8")
    read = ReadOptions(title_field="t")
    incoming = Incoming(find_sources(tmp_path, read), read)
    assert list(incoming) == [
        Document("a", "نص", "عنوان", "2015"),
        Document(f"{file}:2", "نص آخر", outlet="الجريدة"),
        Document(str(tmp_path / "plain.txt"), "نص ثالث"),
    ]
    assert [problem.path for problem in incoming.errors] == [f"{file}:3"]


def test_a_folder_can_be_asked_about(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    (folder / "new.txt").write_text(RESPELLED, encoding="utf-8")
    (folder / "bad.jsonl").write_text("{", encoding="utf-8")
    with filled(path, STORY) as made:
        result = made.query(folder)
    assert result.status == "error"
    assert names(result) == {(str(folder / "new.txt"), "d0")}


def test_an_archive_that_is_there_is_not_made_again(path: Path) -> None:
    filled(path, STORY).close()
    with pytest.raises(ArchiveError, match="exists already"):
        Archive.create(path)
    with Archive.open(path) as opened:
        assert opened.info().documents == 1
    assert not [other for other in path.parent.iterdir() if "new" in other.name]


@given(
    keys=st.lists(st.integers(0, 2**64 - 1), max_size=50),
    more=st.lists(st.integers(0, 2**64 - 1), max_size=50),
    repeats=st.integers(1, 30),
)
def test_blocks_hold_what_was_put_into_them(
    keys: list[int], more: list[int], repeats: int
) -> None:
    first = np.sort(np.array(keys * repeats, np.uint64))
    second = np.sort(np.array(more, np.uint64))
    none = np.empty(0, np.uint64)
    (empty,) = index.encode(np.array([index.LOWEST]), np.zeros(2, np.int64), none)
    blocks, _ = index.changed([empty], first, none)
    assert np.array_equal(index.decode(blocks), first)
    both, _ = index.changed(blocks, second, none)
    assert np.array_equal(index.decode(both), np.sort(np.append(first, second)))
    left, dropped = index.changed(both, none, np.unique(second))
    kept = first[~np.isin(first, second)]
    assert np.array_equal(index.decode(left), kept)
    assert index.LOWEST not in dropped
    assert {block.first for block in both} == {*dropped, *(b.first for b in left)}
    for block in left:
        held = index.signed(index.decode([block]))
        assert (held >= block.first).all()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1\1",
        b"\0\2\1\0\0\0a",
        b"\2\2\1\0\0\0a",
        b"\2\2\1\0\0\0abc",
        b"\x09\1\0\0\0\0",
    ],
)
def test_a_block_that_cannot_be_one_is_refused(data: bytes) -> None:
    with pytest.raises(ArchiveError):
        index.decode([index.Block(0, data)])


DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


@pytest.mark.skipif(not DATA.exists(), reason="needs the evaluation data")
@pytest.mark.usefixtures("candidates")
@pytest.mark.parametrize("corpus", ["saudi", "ant2"])
def test_a_query_finds_in_real_news_what_a_scan_of_all_finds(
    path: Path, corpus: str
) -> None:
    """Of what is not equal: of that, a form in many documents is told with the first.

    A scan pairs each place with the next few that hold the same words, and a query
    knows the words of most documents only by how often they stand; so they need not
    agree in everything where one text stands in very many places.
    """
    documents: list[tuple[str, str]] = list(read_corpus(DATA, corpus))
    Random(5).shuffle(documents)
    incoming, archived = documents[:200], documents[200:4000]
    settings = Settings()
    with Archive.create(path, settings, seed=settings.seed) as made:
        made.add([Document(*document) for document in archived])
        found = sides(made.query(incoming), dict(incoming))
    wanted = sides(scan([*incoming, *archived]), dict(incoming))
    assert len(wanted) > 50
    assert len(wanted - found) <= 0.01 * len(wanted)
    assert len(found - wanted) <= 0.01 * len(wanted)


def sides(result: ScanResult, incoming: dict[str, str]) -> set[tuple[object, ...]]:
    """The pairs of paragraphs that are alike but not equal."""
    return {
        (*match.left[:2], *match.right[:2])
        for match in result.matches
        if match.left.document in incoming
        and match.relation not in ("identical", "orthographic")
    }
