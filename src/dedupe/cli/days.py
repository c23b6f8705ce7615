"""Read a day: as a date, or as how long ago it is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import click

_DAYS = {"d": 1, "w": 7, "y": 365}


class Day(click.ParamType[date]):
    """A date, or a time before today, such as 30d, 12w or 2y."""

    name = "day"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        """Return the day that is meant.

        >>> Day().convert("2015-07-21", None, None)
        datetime.date(2015, 7, 21)
        """
        if isinstance(value, date):
            return value
        text = str(value).strip()
        match = re.fullmatch(r"(?a)(\d{1,6})([dwy])", text)
        try:
            if match:
                ago = timedelta(days=int(match[1]) * _DAYS[match[2]])
                return datetime.now(UTC).date() - ago
            return date.fromisoformat(text)
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is not a day such as 30d, 12w or 2015-07-21.", param, ctx
            )
