"""Dates as sources write them → ISO 8601."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.utils import parsedate_to_datetime

# The months by their names in Egypt and the Gulf, in the Levant and Iraq, and in
# Tunisia, Algeria and Morocco, with their other spellings.
_MONTHS = (
    "يناير جانفي كانون_الثاني",
    "فبراير فيفري شباط",
    "مارس آذار اذار",
    "أبريل ابريل إبريل أفريل نيسان",
    "مايو ماي أيار ايار",
    "يونيو يونيه جوان حزيران",
    "يوليو يوليه جويلية يوليوز تموز",
    "أغسطس اغسطس أوت غشت آب",
    "سبتمبر شتنبر أيلول ايلول",
    "أكتوبر اكتوبر تشرين_الأول تشرين_الاول",
    "نوفمبر نونبر تشرين_الثاني",
    "ديسمبر دجنبر كانون_الأول كانون_الاول",
)
_NUMBERS = {
    name.replace("_", " "): number
    for number, names in enumerate(_MONTHS, 1)
    for name in names.split()
}
_NAMED = "|".join(sorted(_NUMBERS, key=lambda name: (-len(name), name)))
# "12 مارس/آذار 2024", "الثلاثاء ١٢ مارس، ٢٠٢٤"; \d is any digit.
_ARABIC = re.compile(
    rf"(?<!\d)(?P<day>\d{{1,2}})\s+(?P<month>{_NAMED})"
    rf"(?:\s*[/(–-]\s*(?:{_NAMED})\)?)?\s*[،,]?\s*(?P<year>\d{{4}})(?!\d)"
)
_COMPACT = re.compile(r"(\d{8}T\d{6})([+-]\d{4}|Z)?", re.ASCII)
# What tells of a document is short; more is an attack or an error of a template.
_LONGEST = 100


def iso_date(text: str) -> str:
    """Return a date in ISO 8601 where it can be read, else as it is written.

    >>> iso_date("Tue, 12 Mar 2024 09:30:00 +0300")
    '2024-03-12T09:30:00+03:00'
    >>> iso_date("الثلاثاء ١٢ مارس/آذار ٢٠٢٤")
    '2024-03-12'
    >>> iso_date("20240312T093000Z"), iso_date("03/04/2024")
    ('2024-03-12T09:30:00Z', '03/04/2024')
    """
    written = " ".join(text.split())[:_LONGEST]
    return _iso(written) or _mail(written) or _arabic(written) or written


def _iso(written: str) -> str:
    try:
        told = datetime.fromisoformat(written)
    except ValueError:
        return ""
    if "-" in written[:8]:
        return written
    if len(written) == len("20240312"):
        return told.date().isoformat()
    whole = _COMPACT.fullmatch(written)
    return told.isoformat().replace("+00:00", "Z") if whole else written


def _mail(written: str) -> str:
    try:
        return parsedate_to_datetime(written).isoformat()
    except (ValueError, OverflowError, IndexError):
        return ""


def _arabic(written: str) -> str:
    found = _ARABIC.search(written)
    if not found:
        return ""
    month = _NUMBERS[found["month"]]
    try:
        return date(int(found["year"]), month, int(found["day"])).isoformat()
    except ValueError:
        return ""
