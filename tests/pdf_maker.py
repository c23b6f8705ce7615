"""Write small PDF files as programs write them: signs at places, in some order.

No font comes along: a reader of text needs codes, their characters and their widths.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO

EM = 12.0
WIDTH = 500  # of every sign, of a thousand of an em
STEP = EM * WIDTH / 1000
RIGHT = 560.0
TOP = 780.0
LEADING = 20.0

Sign = tuple[str, float]  # characters, left edge


def visual(line: str) -> list[str]:
    """Return the letters of a line of Arabic without numbers, from left to right."""
    return list(line[::-1])


def flush_right(signs: Sequence[str], right: float = RIGHT) -> list[Sign]:
    """Give signs their places, so that the last of them ends at the right margin."""
    left = right - STEP * len(signs)
    return [(sign, left + place * STEP) for place, sign in enumerate(signs)]


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a paragraph, filled as word processors fill them."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines


class Maker:
    """A file that is being written."""

    def __init__(self, *, actual: dict[str, str] | None = None) -> None:
        self.pages: list[list[bytes]] = [[]]
        self.codes: dict[str, int] = {}
        self.silent: set[str] = set()  # signs without an entry in the table
        self.actual = actual or {}  # signs that are told by the page itself
        self.height = TOP

    def new_page(self) -> None:
        """Begin another page."""
        self.pages.append([])
        self.height = TOP

    def draw(
        self, signs: Iterable[Sign], height: float | None = None, size: float = EM
    ) -> None:
        """Draw signs at a height, in the order given."""
        at = self.height if height is None else height
        for sign, left in signs:
            code = self.codes.setdefault(sign, len(self.codes) + 1)
            shown = (
                f"BT /F {size:g} Tf 1 0 0 1 {left:.2f} {at:.2f} Tm <{code:04X}> Tj ET"
            )
            if sign in self.actual:
                told = self.actual[sign].encode("utf-16-be").hex()
                shown = f"/Span <</ActualText <FEFF{told}>>> BDC {shown} EMC"
            self.pages[-1].append(shown.encode())

    def write(
        self,
        paragraphs: Iterable[str],
        order: Callable[[str], Sequence[str]] = visual,
        *,
        width: int = 60,
        apart: float = 10.0,
    ) -> Maker:
        """Write paragraphs, from the right, in lines of a width."""
        for paragraph in paragraphs:
            for line in wrapped(paragraph, width):
                if self.height < 60:
                    self.new_page()
                self.draw(flush_right(order(line)))
                self.height -= LEADING
            self.height -= apart
        return self

    def file(self, *, info: str = "", pack: bool = True) -> bytes:
        """Return the file."""
        kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(self.pages)))
        objects = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            f"<</Type/Pages/Count {len(self.pages)}/Kids[{kids}]>>".encode(),
            (
                b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H"
                b"/ToUnicode 5 0 R/DescendantFonts[4 0 R]>>"
            ),
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW %d>>" % WIDTH,
            stream(self._table(), pack=pack),
        ]
        for place, page in enumerate(self.pages):
            objects += [
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 842]/Contents %d 0 R"
                b"/Resources<</Font<</F 3 0 R>>>>>>" % (7 + 2 * place),
                stream(b"\n".join(page), pack=pack),
            ]
        if info:
            objects.append(f"<<{info}>>".encode("latin-1"))
        return assemble(objects, f"/Info {len(objects)} 0 R" if info else "")

    def _table(self) -> bytes:
        told = {sign: code for sign, code in self.codes.items() if self._is_told(sign)}
        entries = "\n".join(
            f"<{code:04X}> <{sign.encode('utf-16-be').hex()}>"
            for sign, code in told.items()
        )
        return (
            "/CIDInit /ProcSet findresource begin begincmap\n"
            "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
            f"{len(told)} beginbfchar\n{entries}\nendbfchar\nendcmap end"
        ).encode()

    def _is_told(self, sign: str) -> bool:
        return sign not in self.silent and sign not in self.actual


def stream(data: bytes, extra: bytes = b"", *, pack: bool = False) -> bytes:
    """Return a stream object."""
    if pack:
        data, extra = zlib.compress(data), extra + b"/Filter/FlateDecode"
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), extra, data)


def assemble(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """Return a file of objects; the first is the catalog."""
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, held in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, held))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out.write(f"trailer <</Size {size}/Root 1 0 R{trailer}>>\n".encode())
    out.write(b"startxref\n%d\n%%%%EOF" % table)
    return out.getvalue()
