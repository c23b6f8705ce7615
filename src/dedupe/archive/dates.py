"""Tell on which day something was published."""

from __future__ import annotations

from datetime import date, datetime


def day_of(text: str) -> date | None:
    """Return the day of a date in ISO 8601, or None where it is no such date.

    >>> day_of("2015-07-21T10:00:00Z"), day_of("2015-07-21 10:00"), day_of("أمس")
    (datetime.date(2015, 7, 21), datetime.date(2015, 7, 21), None)
    """
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def is_before(text: str, since: date | None) -> bool:
    """Tell whether a date is known to be before a day; nothing is before no day.

    >>> is_before("2015-07-21", date(2015, 8, 1)), is_before("أمس", date(2015, 8, 1))
    (True, False)
    """
    day = day_of(text) if since else None
    return bool(since and day and day < since)
