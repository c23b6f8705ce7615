"""The fields of a record, as JSON Lines, CSV and Parquet have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dedupe.model import About
from dedupe.readers.documents import NOTHING_TOLD, TELLING_FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dedupe.readers.documents import ReadOptions

# Of the columns of a table, in an error.
_NAMED = 20
_LONGEST_NAME = 40


class Fields(NamedTuple):
    """The names of the fields that are read."""

    text: str
    id: str
    telling: tuple[str, ...]  # of what About holds, in its order

    @classmethod
    def of(cls, options: ReadOptions) -> Fields:
        """Return the fields that the options name."""
        return cls(
            options.text_field,
            options.id_field,
            tuple(getattr(options, name) for name in TELLING_FIELDS),
        )


def no_field(kind: str, name: str, names: Sequence[str]) -> str:
    """Return that a table lacks the field of the text, and which it has.

    >>> no_field("column", "text", ["id", "body"])
    "has no column 'text' but id, body; name that of the text with --text-field"
    """
    shown = [one[:_LONGEST_NAME] for one in names[:_NAMED] if one]
    listed = ", ".join(shown) + (", …" if len(names) > _NAMED else "")
    return (
        f"has no {kind} {name!r} but {listed or 'none with a name'}; "
        "name that of the text with --text-field"
    )


def told(record: Mapping[str, object], telling: tuple[str, ...]) -> About:
    """Return what a record tells of its document."""
    if record.keys().isdisjoint(telling):
        return NOTHING_TOLD
    values = [listed(record.get(name)) for name in telling]
    return About(*values) if any(values) else NOTHING_TOLD


def listed(value: object) -> str:
    """Return a value of a field as text; of a list, as authors are, its items.

    >>> listed(["ليلى", "سامي"])
    'ليلى, سامي'
    """
    if isinstance(value, list):
        return ", ".join(filter(None, map(written, value)))
    return written(value)


def written(value: object) -> str:
    """Return a value of a field as text, empty where it is neither text nor number.

    >>> written(7), written(True)
    ('7', '')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return str(value)


def kind_of(value: object) -> str:
    """Return what a value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, (bool, int, float)):
        return "a number" if not isinstance(value, bool) else "true or false"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"
