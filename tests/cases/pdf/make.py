"""Print article.txt to PDF with the programs that newsrooms use, and keep the result.

It was run once, by hand, with Chromium 156, LibreOffice 7.4, WeasyPrint 66 and the
fonts Amiri, Noto Naskh Arabic and Scheherazade:

    python make.py chromium soffice weasyprint

The shapes of the letters are left out of the files: a reader of text needs none.
"""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject

HERE = Path(__file__).parent
LINES = (HERE / "article.txt").read_text("utf-8").splitlines()
HEAD = "صحيفة المرفأ"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def page(font: str, style: str = "", edges: str = "") -> str:
    """Return the article as HTML."""
    title, *paragraphs = map(html.escape, LINES)
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<!doctype html><html dir=rtl lang=ar><meta charset=utf-8><title>{title}"
        f"</title><style>body{{font-family:'{font}';font-size:15pt;line-height:1.7;"
        f"{style}}} @page{{size:A4;margin:2.2cm;{edges}}}</style>"
        f"<h1>{title}</h1>{body}"
    )


def document(font: str, edges: str) -> dict[str, str]:
    """Return the parts of the article as a Word document."""
    look = f'<w:rFonts w:cs="{font}"/><w:szCs w:val="30"/><w:rtl/>'
    styled = (
        f'<w:pPr><w:bidi/><w:spacing w:after="200"/><w:jc w:val="{edges}"/></w:pPr>'
    )

    def paragraph(text: str) -> str:
        shown = f"<w:t>{html.escape(text)}</w:t>"
        return f"<w:p>{styled}<w:r><w:rPr>{look}</w:rPr>{shown}</w:r></w:p>"

    body = "".join(map(paragraph, LINES))
    section = '<w:sectPr><w:headerReference w:type="default" r:id="h"/></w:sectPr>'
    spaces = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'

    def relation(name: str, kind: str, target: str) -> str:
        return (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="{name}" '
            f'Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>'
        )

    kinds = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{MAIN}.{kind}+xml"/>'
        for name, kind in (("document", "document.main"), ("header", "header"))
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/>{kinds}</Types>',
        "_rels/.rels": relation("d", "officeDocument", "word/document.xml"),
        "word/_rels/document.xml.rels": relation("h", "header", "header.xml"),
        "word/header.xml": f"<w:hdr {spaces}>{paragraph(HEAD)}</w:hdr>",
        "word/document.xml": f"<w:document {spaces}><w:body>{body}{section}</w:body>"
        "</w:document>",
    }


def chromium(source: str, target: Path, *options: str) -> None:
    """Print a page as a reader of a web site does."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "page.html")
        written.write_text(source, "utf-8")
        run(
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={target}",
            *options,
            written.as_uri(),
        )


def soffice(parts: dict[str, str], target: Path) -> None:
    """Let LibreOffice export a Word document."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "page.docx")
        with zipfile.ZipFile(written, "w") as packed:
            for name, content in parts.items():
                packed.writestr(name, content)
        run(
            "soffice",
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            folder,
            str(written),
        )
        target.write_bytes(written.with_suffix(".pdf").read_bytes())


def weasyprint(source: str, target: Path) -> None:
    """Print a page with Pango, as many web services do."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "page.html")
        written.write_text(source, "utf-8")
        run("weasyprint", str(written), str(target))


def run(*command: str) -> None:
    """Run a program, and stop where it fails."""
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def without_shapes(path: Path) -> None:
    """Leave out the shapes of the letters and the outline of tags; pack the rest."""
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.root_object.pop("/StructTreeRoot", None)
    for one in writer.pages:
        for font in inside(inside(one["/Resources"])["/Font"]).values():
            holders = inside(font).get("/DescendantFonts", [font])
            for holder in holders:
                descriptor = inside(inside(holder)["/FontDescriptor"])
                for name in ("/FontFile", "/FontFile2", "/FontFile3"):
                    descriptor.pop(name, None)
    writer.compress_identical_objects(remove_unreferenced=True)
    for one in writer.pages:
        one.compress_content_streams()
    writer.write(path)


def inside(held: object) -> DictionaryObject:
    """Return the dictionary that a reference leads to."""
    found = held.get_object() if hasattr(held, "get_object") else held
    if not isinstance(found, DictionaryObject):
        raise TypeError(found)
    return found


def main(programs: list[str]) -> None:
    """Make the files of the programs that are named."""
    made = []
    if "chromium" in programs:
        made += [HERE / "chromium.pdf", HERE / "chromium-columns.pdf"]
        chromium(page("Amiri"), made[-2])
        columns = "column-count:2;font-size:12pt;text-align:justify"
        chromium(page("Noto Naskh Arabic", columns), made[-1], "--no-pdf-header-footer")
    if "soffice" in programs:
        made += [HERE / "libreoffice.pdf", HERE / "libreoffice-justified.pdf"]
        soffice(document("Amiri", "start"), made[-2])
        soffice(document("Scheherazade", "both"), made[-1])
    if "weasyprint" in programs:
        made += [HERE / "weasyprint.pdf"]
        foot = "@bottom-center{content:counter(page)}"
        head = f"@top-center{{content:'{HEAD}'}}"
        weasyprint(page("Noto Naskh Arabic", "", foot + head), made[-1])
    for path in made:
        without_shapes(path)


if __name__ == "__main__":
    main(sys.argv[1:])
