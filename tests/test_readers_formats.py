"""What holds for every format: one article, in all of them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import articles
import dedupe
from dedupe.errors import MissingExtra
from dedupe.readers import (
    PLAIN,
    Found,
    ReadOptions,
    find_sources,
    from_texts,
    load,
    plan,
)
from dedupe.readers.compression import pack, unpack
from dedupe.readers.documents import FORMATS, MANY, PACKED
from dedupe.readers.formats import CONVERTED, ONE
from reading import read_all

DOCS = Path(__file__).resolve().parent.parent / "docs"
sys.path.insert(0, str(DOCS))

import format_samples  # noqa: E402 - it stands beside the documentation

LONE = sorted(set(format_samples.FILES) - {"wire.txt", "library.txt", "library.pdf"})


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    format_samples.make(folder)
    return folder


@pytest.fixture(autouse=True)
def here(samples: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(samples)
    return samples


def run(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "dedupe", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_every_format_has_a_reader_and_a_sample() -> None:
    assert set(FORMATS.values()) == PLAIN | {"json_lines"} | CONVERTED.keys()
    assert MANY - {"json_lines"} == CONVERTED.keys() - ONE.keys()
    shown = {source.format for source in find_sources(DOCS).sources} | {
        FORMATS[f".{name.split('.')[1]}"] for name in format_samples.FILES
    }
    assert shown >= CONVERTED.keys() - {"tar"}


@pytest.mark.parametrize("name", LONE)
def test_the_copy_is_found_in_every_format(name: str) -> None:
    result = dedupe.scan(["wire.txt", name])
    assert result.errors == ()
    [finding] = result.findings
    assert finding.words >= 90
    assert result.settings["fold"] == "full"
    names = {place.document for place in finding.occurrences}
    assert "wire.txt" in names
    assert len(names) >= 2


@pytest.mark.parametrize("name", sorted(format_samples.FILES))
def test_every_sample_is_read_without_an_error(name: str) -> None:
    documents, errors, _ = read_all(Path(name))
    assert errors == []
    assert documents


def test_a_folder_of_all_formats_gives_the_same_report_in_every_way() -> None:
    reports = [
        run("scan", ".", "--format", "json", "--jobs", str(jobs), *more)[1]
        for jobs, more in ((1, ()), (3, ()), (3, sorted(format_samples.FILES)))
    ]
    assert reports[0] == reports[1]
    told = [json.loads(report) for report in reports]
    assert told[0]["findings"] == told[2]["findings"]
    assert told[0]["errors"] == []


@pytest.mark.parametrize("name", ["page.html", "nitf.xml", "rows.csv", "day.zip"])
def test_standard_input_is_read_by_its_given_name(name: str) -> None:
    stdin = io.BytesIO(Path(name).read_bytes())
    options = ReadOptions(stdin_filename=name)
    found = find_sources(["-"], options, stdin=stdin)
    piped = [load(batch, options) for batch in plan(found.sources, options)]
    direct, _, _ = read_all(Path(name))
    assert [document for piece in piped for document in piece.documents] == direct


ABOUT = {
    "page.html": "page.html",
    "feed.rss": "feed.rss#nw-771",
    "nitf.xml": "nitf.xml#771-ar",
    "rows.csv": "nw-8",
    "rows.parquet": "nw-8",
    "day.zip": "day.zip/rows.csv#nw-8",
}


@pytest.mark.parametrize(("name", "document"), ABOUT.items())
def test_what_a_source_tells_reaches_the_result_and_the_archive(
    tmp_path: Path, name: str, document: str
) -> None:
    about = dedupe.scan([name]).about[document]
    assert about.title == articles.TITLE
    assert about.date.startswith("2024-03-12")
    assert articles.AUTHOR in about.author
    archive = str(tmp_path / "published")
    assert run("archive", "create", archive)[0] == 0
    assert run("archive", "add", archive, name)[0] == 0
    with dedupe.Archive.open(archive) as opened:
        assert opened.published([document])[document][1:] == about


# ------------------------------------------------------------------- folders


NO_NEWS = {
    "pom.xml": b"<project><name>x</name></project>",
    "table.csv": b"name,price\nx,3\n",
    "icons.zip": format_samples.zipped({"a.png": b"x"}),
}


def write_no_news(folder: Path) -> None:
    for name, content in NO_NEWS.items():
        (folder / name).write_bytes(content)


def test_what_holds_nothing_for_us_is_skipped_in_a_folder(tmp_path: Path) -> None:
    write_no_news(tmp_path)
    (tmp_path / "a.txt").write_text(articles.TEXT, encoding="utf-8")
    result = dedupe.scan(tmp_path)
    assert result.errors == ()
    assert [Path(problem.path).name for problem in result.skipped] == sorted(NO_NEWS)
    assert len(result.documents) == 1


@pytest.mark.parametrize("name", sorted(NO_NEWS))
def test_what_holds_nothing_for_us_is_an_error_when_it_is_named(
    tmp_path: Path, name: str
) -> None:
    write_no_news(tmp_path)
    result = dedupe.scan([tmp_path / name, tmp_path])
    assert [Path(problem.path).name for problem in result.errors] == [name]
    assert len(result.skipped) == len(NO_NEWS) - 1


# ------------------------------------------------------------ missing packages


WITHOUT = """
import sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Nothing())
from dedupe.cli import main
sys.argv = ["dedupe", *{arguments!r}]
main()
"""


def run_without(packages: set[str], *arguments: str) -> tuple[int, str]:
    code = WITHOUT.format(packages=packages, arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stderr


MISSING = [
    ("page.html", {"lxml"}, "[html]"),
    ("page.html", {"trafilatura"}, "[html]"),
    ("feed.rss", {"feedparser"}, "[feeds]"),
    ("nitf.xml", {"lxml"}, "[newsml]"),
    ("crawl.warc.gz", {"warcio"}, "[warc]"),
    ("article.docx", {"lxml"}, "[docx]"),
    ("library.pdf", {"pypdf"}, "[pdf]"),
    ("rows.parquet", {"pyarrow"}, "[parquet]"),
    pytest.param(
        *("frame.txt.zst", {"backports"}, "[zstd]"),
        marks=pytest.mark.skipif(
            sys.version_info >= (3, 14), reason="Python brings zstd"
        ),
    ),
]


@pytest.mark.parametrize(("name", "packages", "extra"), MISSING)
def test_a_missing_package_is_told_with_the_line_that_installs_it(
    name: str, packages: set[str], extra: str
) -> None:
    code, told = run_without(packages, "scan", "wire.txt", name)
    assert code == 2
    assert f"python -m pip install 'dedupe-arabic{extra}'" in told
    assert f"cannot read: {name}: reading " in told
    assert "Traceback" not in told


def test_a_missing_package_is_told_once_for_all_files_of_a_folder(
    tmp_path: Path,
) -> None:
    for number in range(4):
        (tmp_path / f"{number}.pdf").write_bytes(b"%PDF-1.4")
    code, told = run_without({"pypdf"}, "scan", str(tmp_path))
    assert code == 2
    assert told.count("cannot read") == 1
    assert "0.pdf: reading pdf files needs pypdf" in told
    assert "or leave it out with --exclude (so are 3 more)" in told


def test_xml_of_another_kind_needs_no_package(tmp_path: Path) -> None:
    write_no_news(tmp_path)
    (tmp_path / "a.txt").write_text(articles.TEXT, encoding="utf-8")
    assert run_without({"lxml"}, "scan", str(tmp_path))[0] == 0


def test_the_extras_that_are_named_are_those_that_there_are() -> None:
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    for known in CONVERTED.values():
        assert not known.extra or known.extra in extras
    listed = extras["formats"][0].partition("[")[2].rstrip("]").split(",")
    assert set(listed) == {one.extra for one in CONVERTED.values() if one.extra} | {
        "zstd"
    }


def test_an_error_told_anew_keeps_its_words() -> None:
    error = MissingExtra(".pdf", "pypdf", "pdf")
    assert str(MissingExtra(f"a.pdf: {error}")) == f"a.pdf: {error}"


def test_help_and_plain_scans_load_no_reader_of_other_formats() -> None:
    code = (
        "import sys, dedupe\n"
        "dedupe.scan(['wire.txt'])\n"
        "heavy = {'lxml', 'pyarrow', 'pypdf', 'trafilatura', 'warcio', 'feedparser',"
        " 'backports.zstd', 'bz2', 'lzma', 'csv', 'zipfile', 'tarfile'}\n"
        "own = {f'dedupe.readers.{name}' for name in ('html', 'docx', 'pdf', 'warc')}\n"
        "print(sorted((heavy | own) & sys.modules.keys() - {'zipfile'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# ------------------------------------------------------------------ cleaning


NOT_WRITTEN = [*sorted(set(LONE) - {"frame.txt.zst"}), "library.pdf"]


@pytest.mark.parametrize("name", NOT_WRITTEN)
def test_what_cannot_be_written_back_is_never_cleaned_in_place(
    here: Path, name: str
) -> None:
    before = (here / name).read_bytes()
    code, _, told = run("clean", "--write", name)
    assert code == 2
    assert f"cannot clean: {name}: clean rewrites text, Markdown and JSON" in told
    assert (here / name).read_bytes() == before


def test_a_folder_is_cleaned_but_for_what_cannot_be_written_back(
    tmp_path: Path,
) -> None:
    for name in ("article.docx", "rows.csv"):
        (tmp_path / name).write_bytes(format_samples.FILES[name]())
    (tmp_path / "a.txt").write_text("نص  ، نص", encoding="utf-8")
    code, _, told = run("clean", "--write", str(tmp_path))
    assert code == 0
    assert told.count("warning: ") == 2
    assert (tmp_path / "rows.csv").read_bytes() == format_samples.rows()
    assert (tmp_path / "a.txt").read_text("utf-8") == "نص، نص"


@pytest.mark.parametrize("name", ["article.docx", "page.html", "library.pdf"])
def test_the_clean_text_of_one_file_is_printed(name: str) -> None:
    code, printed, told = run("clean", name)
    assert code == 0, told
    [document], _, _ = read_all(Path(name))
    assert printed.split() == document.text.split()


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("name", ["a.txt", "a.jsonl"])
def test_a_packed_file_is_cleaned_and_restored(
    tmp_path: Path, name: str, ending: str
) -> None:
    path = tmp_path / f"{name}{ending}"
    form = '{{"text": "{}"}}\n' if name == "a.jsonl" else "{}"
    original = pack(form.format("نص  ، نص").encode(), ending)
    path.write_bytes(original)
    report = str(tmp_path / "report")
    assert run("clean", "--write", str(path), "--report", report)[0] == 0
    file = io.BytesIO(path.read_bytes())
    assert bytes(unpack(file.read, 1000, ending)).decode() == form.format("نص، نص")
    assert run("clean", "--undo", report)[0] == 0
    file = io.BytesIO(path.read_bytes())
    assert bytes(unpack(file.read, 1000, ending)).decode() == form.format("نص  ، نص")


# ---------------------------------------------------------------------- files


def test_lines_of_other_formats_are_not_told_as_lines_of_a_file() -> None:
    result = dedupe.scan(["wire.txt", "page.html", "rows.csv"])
    files = {item.document: item.is_file for item in result.documents}
    assert files == {"wire.txt": True, "page.html": False, "nw-7": False, "nw-8": False}


def test_texts_that_were_handed_over_are_in_no_format() -> None:
    found: Found = from_texts({"a.pdf": "نص"})
    assert [source.format for source in found.sources] == ["text"]
