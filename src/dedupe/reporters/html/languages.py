"""The languages of the page's interface."""

from __future__ import annotations

from typing import Literal, TypeAlias

Language: TypeAlias = Literal["ar", "en"]

LANGUAGES: tuple[Language, ...] = ("ar", "en")
# One that does not depend on who runs the command: the page is the same to the byte.
DEFAULT: Language = "ar"
DIRECTIONS: dict[Language, str] = {"ar": "rtl", "en": "ltr"}
