"""Stretches of two texts that say the same, or what one has in place of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from dedupe.values import dataclass

Kind: TypeAlias = Literal[
    "equal", "respelled", "replaced", "only-left", "only-right", "moved"
]
Written: TypeAlias = Callable[[int], str]

KINDS: tuple[Kind, ...] = (
    "equal",
    "respelled",
    "replaced",
    "only-left",
    "only-right",
    "moved",
)
SAME = ("equal", "respelled")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of words on both sides, half-open; an empty range where there are none."""

    kind: Kind
    left: int
    left_stop: int
    right: int
    right_stop: int

    @property
    def left_words(self) -> int:
        """Return how many words of the left text it has."""
        return self.left_stop - self.left

    @property
    def right_words(self) -> int:
        """Return how many words of the right text it has."""
        return self.right_stop - self.right


def changed(left: int, left_stop: int, right: int, right_stop: int) -> Block:
    """Return the block of what has changed between two places of each text."""
    kind: Kind = "replaced"
    if right == right_stop:
        kind = "only-left"
    elif left == left_stop:
        kind = "only-right"
    return Block(kind, left, left_stop, right, right_stop)
