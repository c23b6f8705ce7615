"""Print article.txt to PDF with the programs that newsrooms use, and keep the result.

It was run once, by hand, with Chromium 156, LibreOffice 7.4, WeasyPrint 66 and Ghostscript
10 and the fonts Amiri, Noto Naskh Arabic and Scheherazade:

    python make.py chromium soffice weasyprint

The fonts themselves are left out of the files: a reader of text needs none.
"""

from __future__ import annotations

import html
import subprocess
import sys
import tempfile
from pathlib import Path

from pypdf import PdfReader, PdfWriter

HERE = Path(__file__).parent
TITLE, *PARAGRAPHS = (HERE / "article.txt").read_text("utf-8").splitlines()
FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")


def page(font: str, style: str = "", head: str = "") -> str:
    """Return the article as HTML."""
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!doctype html><html dir=rtl lang=ar><meta charset=utf-8><title>{TITLE}"
        f"</title><style>body{{font-family:'{font}';font-size:15pt;line-height:1.7;"
        f"{style}}} @page{{size:A4;margin:2.2cm;{head}}}</style>"
        f"<h1>{html.escape(TITLE)}</h1>{body}"
    )


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


def soffice(target: Path, font: str, *, justified: bool = False) -> None:
    """Write a Word document and let LibreOffice export it."""
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    for text in (TITLE, *PARAGRAPHS):
        paragraph = document.add_paragraph()
        run_ = paragraph.add_run(text)
        run_.font.name = font
        run_._r.rPr.rFonts.set(qn("w:cs"), font)
        run_._r.rPr.append(OxmlElement("w:rtl"))
        properties = paragraph._p.get_or_add_pPr()
        properties.append(OxmlElement("w:bidi"))
        if justified:
            edges = OxmlElement("w:jc")
            edges.set(qn("w:val"), "both")
            properties.append(edges)
    document.sections[0].header.paragraphs[0].text = "صحيفة المرفأ"
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, target.with_suffix(".docx").name)
        document.save(written)
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
    from weasyprint import HTML

    HTML(string=source).write_pdf(target)


def run(*command: str) -> None:
    """Run a program, and stop where it fails."""
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def without_fonts(path: Path) -> None:
    """Leave out the shapes of the letters and the outline of tags; pack the rest."""
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.root_object.pop("/StructTreeRoot", None)
    for held in writer._objects:
        if isinstance(held, dict):
            for name in FONT_FILES:
                held.pop(name, None)
    writer.compress_identical_objects(remove_unreferenced=True)
    for one in writer.pages:
        one.compress_content_streams()
    writer.write(path)


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
        soffice(made[-2], "Amiri")
        soffice(made[-1], "Scheherazade", justified=True)
    if "weasyprint" in programs:
        made += [HERE / "weasyprint.pdf"]
        head = (
            "@bottom-center{content:counter(page)}@top-center{content:'صحيفة المرفأ'}"
        )
        weasyprint(page("Noto Naskh Arabic", "", head), made[-1])
    for path in made:
        without_fonts(path)


if __name__ == "__main__":
    main(sys.argv[1:])
