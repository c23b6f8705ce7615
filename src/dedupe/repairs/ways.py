"""What is to be repaired, and how a rule hears of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dedupe.edits import Edit
from dedupe.errors import SettingsError

_CHOICES = {
    "digits": ("keep", "ascii", "arabic"),
    "quotes": ("keep", "arabic", "ascii"),
    "tatweel": ("keep", "interior", "all"),
}


# Made and compared for every text, which methods of their own do faster.
@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSettings:
    """What is repaired beyond what changes no letter."""

    digits: Literal["keep", "ascii", "arabic"] = "keep"
    """Write digits as 0-9 or as ٠-٩."""

    quotes: Literal["keep", "arabic", "ascii"] = "keep"
    """Write quotation marks as « » or as "."""

    arabic_punct: bool = False
    """Write , ; ? next to Arabic words as ، ؛ ؟."""

    tatweel: Literal["keep", "interior", "all"] = "interior"
    """Remove the tatweel between two letters, or also that of 1436هـ."""

    strip_diacritics: bool = False
    """Remove tashkeel and the marks of the Quran."""

    fix_encoding: bool = False
    """Decode again what was decoded with the wrong encoding."""

    def __post_init__(self) -> None:
        """Refuse a choice that does not exist, naming those that do."""
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices:
                message = f"{name} must be one of {', '.join(choices)}, not {value!r}."
                raise SettingsError(message)


CONSERVATIVE = RepairSettings()


@dataclass(frozen=True, slots=True)
class Way:
    """How a text is repaired."""

    settings: RepairSettings
    line_end: str
    markup: bool


# A rule looks at a text and proposes edits, sorted.
Rule: TypeAlias = Callable[[str, Way], Iterable[Edit]]
