"""The knobs of a scan, validated once."""

from __future__ import annotations

import json
from dataclasses import asdict, fields

from dedupe.errors import SettingsError
from dedupe.values import dataclass

FOLDS = ("none", "light", "full")

# Goes up whenever the same text and settings would give other columns: folding tables,
# segmentation, shingle rules.
RULES_VERSION = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that decides what a scan finds."""

    fold: str = "full"
    """How much spelling is ignored: none, light (no letter merged) or full."""

    ignore_numbers: bool = False
    """Leave words of digits out of the comparison."""

    min_words: int = 8
    """Paragraphs with fewer words match only when they are equal after folding, or as
    lines of a text with so many that goes on over them."""

    jaccard: float = 0.5
    """Smallest Jaccard of word shingles that always makes a near-duplicate."""

    containment: float = 0.8
    """Smallest share of the shorter paragraph that makes it contained in the longer."""

    min_passage_words: int = 6
    """Shortest run of equal words that is an overlap; two more in a corpus."""

    boilerplate_documents: int = 5
    """A form that stands in this many otherwise unrelated documents is boilerplate."""

    num_perm: int = 128
    """Values in a MinHash signature."""

    bands: int = 32
    """Bands a signature is cut into; num_perm must be a multiple."""

    seed: int = 1
    """Seed of the MinHash permutations."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming the setting and what it may be."""
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                message = f"{name} must be a number, not {value!r}."
                raise SettingsError(message)
            if isinstance(low, int) and not isinstance(value, int):
                message = f"{name} must be a whole number, not {value!r}."
                raise SettingsError(message)
            if not low <= value <= high:
                message = f"{name} must be from {low} to {high}, not {value}."
                raise SettingsError(message)
        _check_flag("ignore_numbers", self.ignore_numbers)
        check_fold(self.fold)
        if self.num_perm % self.bands:
            message = (
                f"num_perm must be a multiple of bands: {self.num_perm} permutations "
                f"cannot be cut into {self.bands} bands."
            )
            raise SettingsError(message)

    def fingerprint(self) -> str:
        """Return a short hash of all that decides what an index holds.

        >>> Settings().fingerprint() == Settings(min_words=8).fingerprint()
        True
        """
        import hashlib  # noqa: PLC0415 - brings OpenSSL, after a scan has begun

        recipe = json.dumps([RULES_VERSION, asdict(self)], sort_keys=True)
        return hashlib.blake2b(recipe.encode(), digest_size=8).hexdigest()


def _check_flag(name: str, value: object) -> None:
    if not isinstance(value, bool):
        message = f"{name} must be true or false, not {value!r}."
        raise SettingsError(message)


def check_fold(fold: str) -> None:
    """Refuse a level of folding that there is not."""
    if fold not in FOLDS:
        message = f"fold must be one of {', '.join(FOLDS)}, not {fold!r}."
        raise SettingsError(message)


# A setting whose smallest value is a whole number has no others.
_RANGES = (
    ("min_words", 1, 10_000),
    ("jaccard", 0.05, 1.0),
    ("containment", 0.1, 1.0),
    ("min_passage_words", 4, 10_000),
    ("boilerplate_documents", 2, 1_000_000_000),
    ("num_perm", 16, 4096),
    ("bands", 1, 4096),
    ("seed", 0, 2**32 - 1),
)

SETTING_NAMES = tuple(setting.name for setting in fields(Settings))
