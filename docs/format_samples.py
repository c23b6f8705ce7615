"""Write one article in every format that is read, for docs/formats.md and its tests."""

from __future__ import annotations

import csv
import io
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import articles  # noqa: E402 - it stands beside the tests

_ROWS = (
    ("id", "text", "title", "date", "outlet", "author", "url"),
    (
        "nw-7",
        "نشرة الطقس: غائم جزئيا، والعظمى عشرون درجة",
        "",
        "2024-03-11",
        "",
        "",
        "",
    ),
    (
        "nw-8",
        articles.TEXT,
        articles.TITLE,
        articles.DATE,
        articles.OUTLET,
        articles.AUTHOR,
        articles.URL,
    ),
)
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def wire() -> bytes:
    """Return the article as an agency sent it, without a hamza on an alif."""
    return articles.TEXT.translate(str.maketrans("أإآ", "ااا")).encode()


def rows() -> bytes:
    """Return a table in CSV, as Excel saves it."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_ROWS)
    return out.getvalue().encode("utf-8-sig")


def table() -> bytes:
    """Return the same table in Parquet."""
    import pyarrow as pa  # noqa: PLC0415 - only where it is installed
    from pyarrow import parquet  # noqa: PLC0415

    names, *others = _ROWS
    columns = dict(zip(names, map(list, zip(*others, strict=True)), strict=True))
    out = io.BytesIO()
    parquet.write_table(pa.table(columns), out)
    return out.getvalue()


def document() -> bytes:
    """Return a document of Word."""
    body = "".join(
        f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in articles.PARAGRAPHS
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package'
        '.relationships+xml"/><Override PartName="/word/document.xml" ContentType="'
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main"
        '+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="r1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        "</Relationships>",
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body>'
        "</w:document>",
    }
    return zipped({name: part.encode() for name, part in parts.items()})


def zipped(members: dict[str, bytes]) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def tarred(members: dict[str, bytes]) -> bytes:
    """Return a tar archive, packed with gzip."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def frame() -> bytes:
    """Return the article packed with zstd."""
    from dedupe.readers.compression import pack  # noqa: PLC0415 - needs its extra

    return pack(articles.TEXT.encode(), ".zst")


def printed() -> bytes:
    """Return a page of a newspaper that was printed to PDF."""
    return (ROOT / "tests" / "cases" / "pdf" / "chromium.pdf").read_bytes()


def library() -> bytes:
    """Return the text of that page as its author typed it."""
    return (ROOT / "tests" / "cases" / "pdf" / "article.txt").read_bytes()


FILES: dict[str, Callable[[], bytes]] = {
    "wire.txt": wire,
    "page.html": lambda: articles.schema_page().encode(),
    "nineties.htm": articles.old_page,
    "feed.rss": lambda: articles.rss().encode(),
    "nitf.xml": lambda: articles.nitf().encode(),
    "newsml.xml": lambda: articles.newsml_g2().encode(),
    "crawl.warc.gz": lambda: articles.packed(articles.warc()),
    "article.docx": document,
    "library.txt": library,
    "library.pdf": printed,
    "rows.csv": rows,
    "rows.parquet": table,
    "frame.txt.zst": frame,
    "day.zip": lambda: zipped({"culture/1.txt": wire(), "rows.csv": rows()}),
    "day.tar.gz": lambda: tarred({"1.txt": wire(), "page.html": b"<p>"}),
}


def make(folder: Path) -> None:
    """Write all files into a folder."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content())
