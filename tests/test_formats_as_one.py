"""One article in the shapes in which newsrooms keep it is found as one text."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import articles
import dedupe
from dedupe.cli import main
from dedupe.model import ScanResult
from dedupe.readers import ReadOptions

FILES = {
    "agency.nitf": articles.nitf().encode(),
    "blog.html": articles.blog_page().encode(),
    "crawl.warc": articles.warc(),
    "crawl.warc.gz": articles.packed(articles.warc()),
    "feed.atom": articles.atom().encode(),
    "feed.rss": articles.rss().encode(),
    "feed.xml": articles.atom().encode(),
    "g2.xml": articles.newsml_g2().encode(),
    "nitf.xml": articles.nitf().replace("UTF-8", "windows-1256").encode("cp1256"),
    "nineties.htm": articles.old_page(),
    "one.newsml": articles.newsml_1().encode(),
    "packed.html.gz": gzip.compress(articles.schema_page().encode()),
    "schema.html": articles.schema_page().encode(),
    "wire.txt": articles.TEXT.encode(),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    for name, data in FILES.items():
        (folder / name).write_bytes(data)
    (folder / "pom.xml").write_text("<project/>", "utf-8")
    return folder


@pytest.fixture(scope="module")
def result(folder: Path) -> ScanResult:
    return dedupe.scan(folder, jobs=1)


def test_an_article_in_every_shape_is_one_finding(result: ScanResult) -> None:
    [finding] = result.findings
    assert finding.relation == "identical"
    files = [
        Path(place.document.partition("#")[0]).name for place in finding.occurrences
    ]
    names = [name for name in sorted(FILES) if name in files]
    assert names == sorted(FILES)
    assert not result.errors


def test_what_the_shapes_tell_of_the_article_is_kept(result: ScanResult) -> None:
    told = {Path(name).name: about for name, about in result.about.items()}
    del told["2"]  # the other entry of the feed
    assert {about.title for about in told.values()} == {articles.TITLE}
    assert told["feed.rss#nw-771"].url == articles.URL
    assert told["schema.html"].author == articles.AUTHOR
    dates = {about.date for about in told.values() if about.date}
    assert dates == {articles.DATE}


def test_texts_can_be_had_as_they_were_read(result: ScanResult) -> None:
    [finding] = result.findings
    names = [place.document for place in finding.occurrences]
    assert result.read_texts is not None
    texts = dict(result.read_texts(names))
    assert set(texts.values()) == {articles.TEXT}


def test_other_xml_in_a_folder_is_skipped_and_named(
    result: ScanResult, folder: Path
) -> None:
    reasons = {Path(one.path).name: one.reason for one in result.skipped}
    assert "its root element is <project>" in reasons["pom.xml"]
    named = dedupe.scan(folder / "pom.xml")
    assert [Path(one.path).name for one in named.errors] == ["pom.xml"]


def test_every_number_of_processes_reads_the_same(folder: Path) -> None:
    reports = []
    for jobs in ("1", "2", "3"):
        run = CliRunner().invoke(main, ["scan", str(folder), "-j", jobs, "-f", "json"])
        assert run.exit_code == 1
        reports.append(json.loads(run.stdout))
    assert reports[0] == reports[1] == reports[2]


def test_a_crawl_is_not_unpacked_into_memory(folder: Path) -> None:
    little = ReadOptions(max_file_size=1000, max_unpacked=1000)
    result = dedupe.scan(folder / "crawl.warc.gz", read=little)
    assert not result.errors
    assert len(result.documents) == 1


def test_a_crawl_that_was_cut_is_an_error_and_what_was_read_is_kept(
    tmp_path: Path,
) -> None:
    page = articles.answer(articles.schema_page().encode())
    (tmp_path / "cut.warc").write_bytes(page + page[:900])
    (tmp_path / "wire.txt").write_bytes(articles.TEXT.encode())
    run = CliRunner().invoke(main, ["scan", str(tmp_path), "-f", "json"])
    assert run.exit_code == 2
    report = json.loads(run.stdout)
    assert len(report["findings"]) == 1
    [error] = report["errors"]
    assert error["path"].endswith("cut.warc")
    assert "middle of a record" in error["reason"]


def test_the_selector_of_the_text_can_be_given(tmp_path: Path) -> None:
    for name in ("a", "b"):
        page = f"<div class=z>{articles.paragraphs()}</div><div>{name} أخرى</div>"
        (tmp_path / f"{name}.html").write_text(page, "utf-8")
    chosen = ["scan", str(tmp_path), "--html-content", "div.z", "-f", "json"]
    report = json.loads(CliRunner().invoke(main, chosen).stdout)
    assert [one["paragraphs"] for one in report["documents"]] == [4, 4]
    wrong = ["scan", str(tmp_path), "--html-content", "<<"]
    run = CliRunner().invoke(main, wrong)
    assert run.exit_code == 2
    assert "no CSS selector" in run.stderr
