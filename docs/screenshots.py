"""Take the pictures of the page that the documentation shows, in Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    "--disable-sync",
)
COMMAND = ("scan", "samples/", "--exit-zero", "--quiet", "--format")
WIDE, NARROW = 1120, 360


def overview(page: Page, path: Path, width: int) -> None:
    """Show the numbers and the picture of all documents."""
    bottom = page.evaluate(
        "document.getElementById('map').getBoundingClientRect().bottom"
    )
    clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": bottom}
    page.screenshot(path=path, full_page=True, clip=clip)


def findings(page: Page, path: Path, _width: int) -> None:
    """Show the filters and findings of three kinds."""
    for article in page.locator("article.finding").all():
        if article.get_attribute("data-relation") not in ("orthographic", "edited"):
            article.evaluate("element => { element.hidden = true }")
    page.locator("#findings").screenshot(path=path)


def narrow(page: Page, path: Path, _width: int) -> None:
    """Show an edited copy on a telephone."""
    edited = page.locator('article[data-relation="edited"]')
    edited.screenshot(path=path)


def press(path: Path) -> None:
    """Make a picture smaller where pngquant is installed."""
    program = shutil.which("pngquant")
    if program:
        options = ("--force", "--strip", "--speed", "1", "--ext", ".png")
        subprocess.run([program, *options, "128", str(path)], check=True)


PICTURES = {
    "overview-ar.png": (overview, "ar", WIDE, "light"),
    "overview-en-dark.png": (overview, "en", WIDE, "dark"),
    "findings-ar.png": (findings, "ar", WIDE, "light"),
    "finding-narrow-dark.png": (narrow, "ar", NARROW, "dark"),
    "overview-narrow-ar.png": (overview, "ar", NARROW, "light"),
}


def main() -> None:
    """Write a report of the samples and take every picture of it anew."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=FLAGS
        )
        for name, (take, language, width, scheme) in PICTURES.items():
            report = Path(folder) / "report.html"
            subprocess.run(
                [
                    *(sys.executable, "-m", "dedupe", *COMMAND, f"html={report}"),
                    *("--lang", language),
                ],
                cwd=ROOT,
                check=True,
            )
            page = browser.new_page(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page.goto(report.as_uri())
            take(page, FOLDER / name, width)
            page.close()
            press(FOLDER / name)
        browser.close()


if __name__ == "__main__":
    main()
