"""What an office file tells of itself, without what programs fill in by themselves."""

from __future__ import annotations

import re

from dedupe.model import About

_FILE_NAME = re.compile(
    r"^(?:Microsoft (?:Word|PowerPoint|Excel) - .*|.*\.(?:docx?|rtf|odt|pdf|indd|qxp"
    r"|qxd|pages|pptx?|xlsx?|html?|txt|wpd|pub))$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"^(?:about:|[a-z]+://|[A-Za-z]:\\|/)")
_FILLED_IN = re.compile(
    r"^(?:untitled|بدون عنوان|بلا عنوان|document|مستند|title|العنوان|الكاتب"
    r"|word document|powerpoint presentation|new document|slide|مستند جديد"
    r"|user|usuario|owner|admin|administrator|author|unknown|anonymous|مستخدم|المستخدم"
    r"|home|hp|dell|acer|lenovo|asus|toshiba|samsung|pc|windows user"
    r"|microsoft office"
    r"|python-docx|fpdf|reportlab|\(?anonymous\)?|\(unspecified\))[\s_-]*\d*$",
    re.IGNORECASE,
)


def about_of(
    *, title: str | None = "", date: str | None = "", author: str | None = ""
) -> About:
    """Return what properties tell, empty where they tell nothing.

    >>> about_of(title="Microsoft Word - خبر.doc", author="هالة الأنصاري")
    About(title='', date='', outlet='', author='هالة الأنصاري', url='')
    """
    return About(title=_told(title), date=date or "", author=_told(author))


def _told(value: str | None) -> str:
    text = " ".join(str(value or "").replace("\0", "").split())
    is_filled_in = any(
        pattern.search(text) for pattern in (_FILE_NAME, _ADDRESS, _FILLED_IN)
    )
    has_letters = any(map(str.isalpha, text))
    return text if has_letters and not is_filled_in else ""
