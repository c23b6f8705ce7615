"""Write small Word documents, part by part."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": WORD,
        "r": f"{OFFICE}/relationships",
        "m": f"{OFFICE}/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
        "cp": "http://schemas.openxmlformats.org/package/2006/metadata/core-properties",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
    }.items()
)


def part(tag: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{tag} {SPACES}>{inside}</{tag}>'


def p(*runs: str) -> str:
    """Return a paragraph of texts and of runs as they are written."""
    written = (run if run.startswith("<") else r(t(run)) for run in runs)
    return f"<w:p>{''.join(written)}</w:p>"


def r(inside: str) -> str:
    return f"<w:r>{inside}</w:r>"


def t(text: str) -> str:
    return f'<w:t xml:space="preserve">{text}</w:t>'


def table(*rows: tuple[str, ...]) -> str:
    made = "".join(
        f"<w:tr>{''.join(f'<w:tc><w:tcPr/>{cell}</w:tc>' for cell in row)}</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{made}</w:tbl>"


def field(instruction: str, shown: str) -> str:
    return (
        r('<w:fldChar w:fldCharType="begin"/>')
        + r(f"<w:instrText> {instruction} </w:instrText>")
        + r('<w:fldChar w:fldCharType="separate"/>')
        + r(t(shown))
        + r('<w:fldChar w:fldCharType="end"/>')
    )


def relations(*targets: tuple[str, str]) -> str:
    made = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE}/relationships/{kind}" '
        f'Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS}">{made}</Relationships>'


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def document(*blocks: str, **others: str | bytes) -> bytes:
    """Return a Word document of blocks; others are the parts beside it."""
    beside = {name: other for name, other in others.items() if name != "core"}
    kinds = [(name.rstrip("0123456789"), f"{name}.xml") for name in beside]
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(
            ("officeDocument", "word/document.xml"),
            ("metadata/core-properties", "docProps/core.xml"),
        ),
        "word/_rels/document.xml.rels": relations(*kinds),
        "word/document.xml": part("w:document", f"<w:body>{''.join(blocks)}</w:body>"),
    }
    parts |= {f"word/{name}.xml": other for name, other in beside.items()}
    if "core" in others:
        parts["docProps/core.xml"] = others["core"]
    return package(parts)
