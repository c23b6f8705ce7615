from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.image import imread

import dedupe
from dedupe import plots
from dedupe.cli import main
from dedupe.model import About, Published, ScanResult
from dedupe.plots import histogram, looks, shares, timeline
from dedupe.plots.places import Places, match_columns
from reports import HOSTILE, finding, place
from reports import result as handmade

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
WORDS = re.findall(
    r"\w+",
    "أعلنت البلدية أمس افتتاح المكتبة العامة في الحي القديم بعد ترميمها مدة عامين وقال "
    "رئيسها إن القاعة الكبرى سوف تستقبل الطلبة كل مساء وإن كتب الأطفال ستعار مجانا "
    "طوال العطلة الصيفية المقبلة لمن يحمل بطاقة صادرة عن مدارس المدينة",
)


def text(*starts: int) -> str:
    """A text of paragraphs of eleven words, which begin at some of the words."""
    return "\n".join(
        " ".join(WORDS[(start + step * 7) % len(WORDS)] for step in range(11))
        for start in starts
    )


@pytest.fixture(scope="module")
def samples() -> ScanResult:
    return dedupe.scan([SAMPLES], jobs=1)


def drawn(result: ScanResult, *formats: str) -> dict[str, bytes]:
    """The bytes of all pictures that are drawn."""
    written = {}
    for picture in plots.pictures(result):
        for kind in formats or plots.FORMATS:
            if picture.figure is not None:
                out = io.BytesIO()
                plots.write(picture.figure, kind, out)
                written[f"{picture.name}.{kind}"] = out.getvalue()
    return written


def counted(result: ScanResult, most: int = shares.MOST) -> shares.Shares:
    matches = match_columns(result.matches)
    return shares.count(result, Places.of(result), matches, most)


def told(result: ScanResult, **about: About) -> ScanResult:
    return replace(result, about={f"{name}.txt": one for name, one in about.items()})


def test_every_picture_is_a_png_and_an_svg_with_something_on_it(
    samples: ScanResult,
) -> None:
    dated = told(samples)
    dated = replace(
        dated,
        about={
            document.document: About("", f"2026-01-{number:02}", "صحيفة الغد")
            for number, document in enumerate(dated.documents, start=1)
        },
    )
    written = drawn(dated)
    assert sorted(written) == sorted(
        f"{name}.{kind}" for name in plots.NAMES for kind in plots.FORMATS
    )
    for name, data in written.items():
        if name.endswith("png"):
            pixels = imread(io.BytesIO(data))
            assert pixels[0, 0, :3].tolist() == [1, 1, 1]
            assert len(np.unique(pixels[:, :, 0])) > 50
        else:
            root = ET.fromstring(data)  # noqa: S314 - it was written just now
            assert root.tag.endswith("svg")
            # Letters are outlines, so that no font is needed.
            assert not list(root.iter("{http://www.w3.org/2000/svg}text"))


def test_the_pictures_are_the_same_to_the_byte(samples: ScanResult) -> None:
    assert drawn(samples) == drawn(samples)


def test_the_pictures_do_not_depend_on_the_seed_of_hashes_the_time_or_the_place(
    tmp_path: Path,
) -> None:
    made = []
    for seed, zone, jobs in (("1", "UTC", "1"), ("2", "Asia/Riyadh", "2")):
        folder = tmp_path / seed
        config = folder / "matplotlib"
        config.mkdir(parents=True)
        (config / "matplotlibrc").write_text("font.size: 30\nlines.linewidth: 9\n")
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "MPLCONFIGDIR": str(config) if seed == "2" else "",
            "SOURCE_DATE_EPOCH": str(int(seed) * 10**9),
        }
        if seed == "1":
            del environment["MPLCONFIGDIR"]
        run = subprocess.run(
            [
                *(sys.executable, "-m", "dedupe", "scan", "samples", "--exit-zero"),
                *("--plots", str(folder / "plots"), "--jobs", jobs, "--isolated"),
            ],
            cwd=SAMPLES.parent,
            env=environment,
            capture_output=True,
            check=True,
        )
        assert b"Warning" not in run.stderr
        made.append(
            {path.name: path.read_bytes() for path in (folder / "plots").iterdir()}
        )
    assert len(made[0]) == 4
    assert made[0] == made[1]


def test_the_heat_map_of_the_samples_tells_what_their_page_promises(
    samples: ScanResult,
) -> None:
    found = counted(samples)
    names = [Path(name).name for name in found.names]
    share = {
        (one, other): found.share[row, column]
        for row, one in enumerate(names)
        for column, other in enumerate(names)
    }
    # Six paragraphs of an article were pasted twice; one more takes phrases from it.
    assert 0.9 < share["000.txt", "000.txt"] < 1
    assert 0 < share["000.txt", "001.txt"] < 0.2
    assert share["002.txt", "003.txt"] > share["002.txt", "004.txt"] > 0.2
    assert share["003.txt", "004.txt"] == 0
    assert "006.txt" not in names
    # The three that take from the festival's article stand around it.
    places = sorted(names.index(f"{row:03}.txt") for row in (2, 3, 4, 5))
    assert places[-1] - places[0] == 3


def plainly_shared(result: ScanResult, *names: str) -> float:
    """The share of the words of the smaller document, by sets of characters."""
    assert result.read_texts is not None
    starts = {
        name: [match.start() for match in re.finditer(r"\S+", str(text))]
        for name, text in result.read_texts(names)
    }
    smallest = min(map(len, starts.values()))
    return max(
        sum(start in repeated(result, name, names) for start in places) / len(places)
        for name, places in starts.items()
        if len(places) == smallest
    )


def repeated(result: ScanResult, name: str, names: tuple[str, ...]) -> set[int]:
    """The characters of a document that another of the names, or itself, repeats."""
    return {
        character
        for meeting in meetings(result, names)
        if {document for document, *_ in meeting} == set(names)
        for document, start, end in meeting
        if document == name
        for character in range(start, end)
    }


def meetings(
    result: ScanResult, names: tuple[str, ...]
) -> Iterator[list[tuple[str, int, int]]]:
    """The spans of each match, and of each finding in the documents of some names."""
    columns = match_columns(result.matches)
    lefts = zip(columns.left, columns.left_start, columns.left_end, strict=True)
    rights = zip(columns.right, columns.right_start, columns.right_end, strict=True)
    for sides in zip(lefts, rights, strict=True):
        yield [(columns.names[document], start, end) for document, start, end in sides]
    for item in result.findings:
        places = [place for place in item.occurrences if place.document in names]
        if len(places) > 1:
            yield [(one.document, *span) for one in places for span in one.passages]


articles = st.lists(
    st.lists(st.integers(0, len(WORDS) - 1), min_size=1, max_size=6),
    min_size=2,
    max_size=6,
)


@settings(max_examples=40)
@given(articles)
def test_the_heat_map_holds_what_a_plain_count_of_words_gives(
    starts: list[list[int]],
) -> None:
    texts = {f"{row}.txt": text(*one) for row, one in enumerate(starts)}
    result = dedupe.scan(texts, jobs=1)
    found = counted(result)
    assert (found.share == found.share.T).all()
    for row, one in enumerate(found.names):
        for column, other in enumerate(found.names):
            plain = plainly_shared(result, one, other)
            assert found.share[row, column] == pytest.approx(plain)


def test_of_many_documents_those_that_share_most_are_shown_and_counted() -> None:
    texts: dict[str, str] = {}
    for row in range(12):
        words = [f"{one}{'ابتثجحخدذرزس'[row]}" for one in WORDS[: 10 + 2 * row]]
        texts |= {f"{row}.txt": " ".join(words), f"copy of {row}": " ".join(words)}
    found = counted(dedupe.scan(texts, jobs=1), most=4)
    assert sorted(found.names) == ["10.txt", "11.txt", "copy of 10", "copy of 11"]
    assert found.of == 24


def test_without_texts_there_is_no_heat_map(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(text(0, 3), encoding="utf-8")
    result = replace(dedupe.scan([tmp_path], jobs=1), read_texts=None)
    pictures = {picture.name: picture for picture in plots.pictures(result)}
    assert pictures["documents"].figure is None
    assert pictures["documents"].remark == "the texts are not at hand"


def test_kin_are_neighbors() -> None:
    share = np.zeros((6, 6))
    for one, other, value in ((0, 5, 0.9), (5, 3, 0.5), (1, 4, 0.8)):
        share[one, other] = share[other, one] = value
    order = shares._kin_together(share)  # noqa: SLF001 - its order is what is drawn
    assert sorted(order) == list(range(6))
    for one, other in ((0, 5), (5, 3), (1, 4)):
        assert abs(order.index(one) - order.index(other)) == 1


def test_similarities_are_counted_by_relation(samples: ScanResult) -> None:
    found = histogram.count(match_columns(samples.matches))
    plain = [match.relation for match in samples.matches]
    assert found.pairs == {relation: plain.count(relation) for relation in found.pairs}
    for (relation, measure), bins in found.counts.items():
        values = [
            getattr(match, measure)
            for match in samples.matches
            if match.relation == relation
        ]
        expected, _ = np.histogram(values, bins=np.linspace(0, 1, 21))
        assert bins.tolist() == expected.tolist()


def test_a_similarity_of_one_has_a_bar_too(samples: ScanResult) -> None:
    match = samples.matches[0]._replace(
        relation="contained", jaccard=0.35, containment=1.0
    )
    found = histogram.count(match_columns([match]))
    assert found.counts["contained", "jaccard"][7] == 1
    assert found.counts["contained", "containment"][-1] == 1


def test_matches_made_by_hand_are_columns_too(samples: ScanResult) -> None:
    columns = match_columns(list(samples.matches))
    built = match_columns(samples.matches)
    assert sorted(columns.relation) == sorted(built.relation)
    assert sorted(columns.jaccard) == pytest.approx(sorted(built.jaccard), abs=1e-4)


BEGINNING = text(0)
NO_DATE = "timeline is left out: no document that repeats anything tells its date."


def copies(**dates: str) -> ScanResult:
    """A scan of copies of one text, by outlets of the same names as the texts."""
    texts = {f"{name}.txt": BEGINNING for name in dates}
    about = {name: About("", date, name) for name, date in dates.items()}
    return told(dedupe.scan(texts, jobs=1), **about)


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        ({"a": "2026-01-02", "b": "2026-01-01"}, "b"),
        ({"a": "2026-01-02", "b": "2026-01-02"}, "ab"),
        ({"a": "2026-01-02T09:00:00Z", "b": "2026-01-02T09:00:00+03:00"}, "b"),
        ({"a": "2026-01-02T09:00Z", "b": "2026-01-02 08:59"}, "b"),
        # A day alone does not tell who was earlier on it.
        ({"a": "2026-01-02T09:00Z", "b": "2026-01-02"}, "ab"),
        ({"a": "2026-01-02T09:00Z", "b": "2026-01-02", "c": "2026-01-01"}, "c"),
        ({"a": "0001-01-01", "b": "9999-12-31"}, "a"),
        ({"a": "1970-01-01", "b": "1969-12-31T23:59:59Z", "c": "أمس"}, "b"),
    ],
)
def test_the_earliest_date_is_first(dates: dict[str, str], first: str) -> None:
    result = copies(**dates)
    found = timeline.count(result, Places.of(result))
    names = [found.outlets[row] for row in found.outlet[found.first]]
    assert sorted(names) == sorted(first)
    dated = [date for date in dates.values() if date != "أمس"]
    assert (found.dated, found.undated) == (len(dated), len(dates) - len(dated))
    figure, remark = timeline.draw(result, Places.of(result))
    assert figure is not None
    assert bool(remark) == ("أمس" in dates.values())
    assert drawn(result)


@pytest.mark.parametrize(
    ("dates", "reason"),
    [
        ({"a": "", "b": "أمس"}, "no document that repeats anything tells its date"),
        (
            {"a": "2026-01-01", "b": ""},
            "no finding has two documents that tell their dates",
        ),
    ],
)
def test_a_timeline_without_dates_is_left_out_with_the_reason(
    dates: dict[str, str], reason: str
) -> None:
    result = copies(**dates)
    assert timeline.draw(result, Places.of(result)) == (None, reason)


def test_what_an_archive_knows_dates_its_documents() -> None:
    result = copies(a="", b="2026-01-02")
    known = Published("a.txt", "عنوان", "2026-01-01", "صحيفة الغد")
    result = replace(result, about={"b.txt": result.about["b.txt"]})
    result = replace(result, published={"a.txt": known})
    found = timeline.count(result, Places.of(result))
    assert [found.outlets[row] for row in found.outlet[found.first]] == ["صحيفة الغد"]


def test_the_timeline_names_a_dozen_outlets_and_counts_the_others() -> None:
    result = copies(**{f"n{row}": f"2026-01-{row + 1:02}" for row in range(20)})
    found = timeline.count(result, Places.of(result))
    lanes, lane = timeline._sorted(found)  # noqa: SLF001 - they are what is drawn
    assert len(lanes) == timeline.MOST_OUTLETS
    assert lanes[0] == "n0"
    assert lanes[-1] == "9 more outlets"
    assert (lane == len(lanes) - 1).sum() == 9


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_no_name_of_others_spoils_a_picture(hostile: str) -> None:
    paragraph = text(1)
    names = [f"{hostile}{row}.txt" for row in range(3)] + ["$x^{2$_\\frac"]
    result = dedupe.scan(dict.fromkeys(names, paragraph), jobs=1)
    about = {
        name: About(hostile, f"2026-01-0{day}", f"{hostile}{day}")
        for day, name in enumerate(names, start=1)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        written = drawn(replace(result, about=about), "svg")
    assert len(written) == 3
    for name, data in written.items():
        if name.endswith("svg"):
            ET.fromstring(data)  # noqa: S314 - it was written just now


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_name_that_is_drawn_is_safe_and_short(hostile: str) -> None:
    shown = looks.name(f"{hostile}/{hostile * 30}.txt")
    unsafe = set("\x1b\n\r\x07\u202e\u2028\ud83d")
    assert unsafe.isdisjoint(shown)
    marks = "\u200e\u2068\u2069"
    assert len([one for one in shown if one not in marks]) <= looks.LONGEST_NAME


def gaps(words: str) -> list[float]:
    """Where columns without ink stand among the letters, from left 0 to right 1."""
    with looks.applied():
        figure = looks.blank(1.0)
        figure.text(0.1, 0.5, words, fontsize=40)
        out = io.BytesIO()
        looks.save(figure, "png", out)
    ink = imread(io.BytesIO(out.getvalue()))[:, :, 0] < 0.5
    columns = np.flatnonzero(ink.any(axis=0))
    ends = columns[:-1][np.diff(columns) > 1]
    return [float(one) for one in (ends - columns[0]) / np.ptp(columns)]


def test_arabic_letters_are_joined_and_stand_from_the_right() -> None:
    assert gaps("محمم") == []
    assert len(gaps("\N{ZERO WIDTH NON-JOINER}".join("محمم"))) == 3
    # No letter joins an alif that stands before it: the first is at the right.
    (gap,) = gaps("امممممم")
    assert gap > 0.8


def test_without_findings_each_picture_says_so() -> None:
    for scanned in (handmade(), dedupe.scan({"a.txt": BEGINNING}, jobs=1)):
        pictures = list(plots.pictures(scanned))
        assert [picture.name for picture in pictures] == list(plots.NAMES)
        for picture in pictures:
            assert picture.figure is not None
            said = " ".join(one.get_text() for one in picture.figure.texts)
            assert "No " in said


def test_findings_without_matches_are_drawn() -> None:
    result = handmade(finding(place("a.txt"), place("b.txt")))
    texts = [("a.txt", "كلمة " * 300), ("b.txt", "كلمة " * 400)]
    result = replace(result, read_texts=lambda _: iter(texts))
    found = counted(result)
    assert found.names == ["a.txt", "b.txt"]
    assert drawn(result, "png")


def test_tens_of_thousands_of_findings_take_seconds() -> None:
    code = (
        "import random, time, dedupe, io\n"
        "from dedupe import plots\n"
        "chance = random.Random(1)\n"
        "words = [f'{chance.getrandbits(40):x}' for _ in range(9000)]\n"
        "pool = [' '.join(chance.choices(words, k=12)) for _ in range(12000)]\n"
        "texts = {f'{n}.txt': '\\n'.join(chance.sample(pool, 4))"
        " for n in range(20000)}\n"
        "result = dedupe.scan(texts, jobs=1)\n"
        "assert len(result.findings) > 10000, len(result.findings)\n"
        "assert len(result.matches) > 50000, len(result.matches)\n"
        "next(plots.pictures(result))\n"  # matplotlib is loaded
        "began = time.process_time()\n"
        "for picture in plots.pictures(result):\n"
        "    if picture.figure: plots.write(picture.figure, 'png', io.BytesIO())\n"
        "print(time.process_time() - began)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    # About one second where this was written; slower machines get some room.
    assert float(run.stdout) < 8


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dedupe.toml").touch()
    (tmp_path / "texts").mkdir()
    for name in "ab":
        (tmp_path / "texts" / f"{name}.txt").write_text(BEGINNING, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


@pytest.mark.parametrize("command", ["scan", "check"])
def test_pictures_are_written_beside_the_report(folder: Path, command: str) -> None:
    ended = run(command, "texts", "-f", "concise", "--plots", "new/pictures")
    assert ended.exit_code == 1
    assert ended.stdout.startswith("texts/a.txt:1-1: ")
    assert ended.stderr.splitlines()[-2:] == [
        "dedupe: Drew similarities and documents (png and svg) in new/pictures.",
        f"dedupe: {NO_DATE}",
    ]
    assert sorted(path.name for path in (folder / "new" / "pictures").iterdir()) == [
        "documents.png",
        "documents.svg",
        "similarities.png",
        "similarities.svg",
    ]
    quiet = run(command, "texts", "-f", "concise", "--plots", "new/pictures", "-q")
    assert (quiet.stdout, quiet.stderr) == (ended.stdout, "")


@pytest.mark.parametrize("command", ["scan", "check"])
def test_pictures_among_the_texts_change_no_second_run(
    folder: Path, command: str
) -> None:
    ended = [run(command, "texts", "--plots", "texts", "-f", "json") for _ in range(2)]
    assert [one.exit_code for one in ended] == [1, 1]
    assert ended[0].stdout == ended[1].stdout
    assert (folder / "texts" / "documents.svg").exists()


def test_an_older_timeline_is_told_to_be_no_news(folder: Path) -> None:
    (folder / "plots").mkdir()
    (folder / "plots" / "timeline.svg").write_text("old")
    ended = run("scan", "texts", "--plots", "plots")
    assert ended.stderr.endswith(
        f"{NO_DATE} In that folder, timeline.svg is of an earlier run.\n"
    )
    assert (folder / "plots" / "timeline.svg").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "--plots needs the name of a folder."),
        ("texts/a.txt", "texts/a.txt is no folder; name one for the pictures."),
        (
            "texts/a.txt/b",
            "texts/a.txt/b: cannot make the folder for the pictures: Not a directory.",
        ),
        ("taken", "taken/similarities.png is a folder; name a file for the report."),
    ],
)
def test_a_folder_that_cannot_hold_pictures_is_refused_before_the_scan(
    folder: Path, name: str, message: str
) -> None:
    (folder / "taken" / "similarities.png").mkdir(parents=True)
    ended = run("scan", "texts", "--plots", name, "-f", "json=report.json")
    assert ended.exit_code == 2
    assert message in ended.stderr
    assert not (folder / "report.json").exists()


def test_a_picture_is_never_written_over_a_text(folder: Path) -> None:
    (folder / "timeline.svg").write_text(BEGINNING, encoding="utf-8")
    ended = run("scan", "timeline.svg", "--plots", ".")
    assert ended.exit_code == 2
    assert "timeline.svg is one of the inputs" in ended.stderr


def test_a_report_and_a_picture_cannot_be_one_file(folder: Path) -> None:
    ended = run("scan", "texts", "--plots", ".", "-f", "json=timeline.png")
    assert ended.exit_code == 2
    assert "two reports cannot go to one file" in ended.stderr
    assert not (folder / "timeline.png").exists()


def test_a_picture_that_cannot_be_written_loses_no_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plots, "write", fail)
    ended = run("scan", "texts", "--plots", "plots", "-f", "concise")
    assert ended.exit_code == 2
    assert ended.stdout.startswith("texts/a.txt:1-1: ")
    assert (
        "similarities.png: cannot write the picture: No space left on device."
        in ended.stderr
    )
    assert not list((folder / "plots").iterdir())


@pytest.mark.parametrize(
    ("installed", "message"),
    [
        (
            None,
            "drawing needs matplotlib",
        ),
        (
            "3.10.8",
            (
                "drawing needs matplotlib 3.11 or newer, for Arabic letters, and this "
                "is 3.10.8"
            ),
        ),
    ],
)
def test_a_missing_extra_is_told_before_the_scan(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    installed: str | None,
    message: str,
) -> None:
    known = metadata.version

    def version(name: str) -> str:
        if name != "matplotlib":
            return known(name)
        if installed is None:
            raise metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(metadata, "version", version)
    ended = run("scan", "texts", "--plots", "plots", "-f", "json=report.json")
    assert ended.exit_code == 2
    assert ended.stderr == (
        f"dedupe: --plots: {message}; install it with: "
        "python -m pip install 'dedupe-arabic[plots]'\n"
    )
    assert not (folder / "report.json").exists()
    assert not (folder / "plots").exists()


@pytest.mark.usefixtures("folder")
def test_nothing_but_pictures_loads_matplotlib() -> None:
    program = (
        "import json, sys; from dedupe.cli.program import run; "
        "run(sys.argv[1:]); print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    for more, loads in (((), False), (("--plots", "plots"), True)):
        ended = subprocess.run(
            [sys.executable, "-c", program, "scan", "texts", "-q", *more],
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        loaded = json.loads(ended.stderr)
        assert ("matplotlib" in loaded) == loads
        # Windows would be opened by it.
        assert "matplotlib.pyplot" not in loaded


def test_a_file_cannot_choose_where_pictures_go(folder: Path) -> None:
    (folder / "dedupe.toml").write_text('plots = "plots"\n')
    ended = run("scan", "texts")
    assert ended.exit_code == 2
    assert "plots" in ended.stderr
