"""Run `dedupe scan` as a user would and read what it wrote."""

from __future__ import annotations

import shlex
import subprocess
import sys
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from benchmarks.datasets import Row, read_rows

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable
    from pathlib import Path

COMMAND = f"{shlex.quote(sys.executable)} -m dedupe scan"
CLEAN, FINDINGS = 0, 1
EQUAL_RELATIONS = frozenset({"identical", "orthographic"})

# A paragraph: the name of its document and its index in text.split("\n").
Place = tuple[str, int]


class Part(NamedTuple):
    """The matched part of a paragraph."""

    place: Place
    start: int
    end: int


class Pair(NamedTuple):
    """One line of `--format pairs`."""

    left: Part
    right: Part
    relation: str
    jaccard: float
    containment: float
    words: int


class ScanError(RuntimeError):
    """The command failed, or ended with a code that is neither 0 nor 1."""


def add_command_option(parser: argparse.ArgumentParser) -> None:
    """Let the caller say what is to be measured."""
    parser.add_argument(
        "--command",
        default=COMMAND,
        help="the command to measure, up to its paths (default: this package)",
    )


def scan(
    command: str, path: Path, output: Path, form: Literal["pairs", "passages"]
) -> float:
    """Scan a path into an output file; return the seconds it took."""
    begin = time.perf_counter()
    arguments = [*shlex.split(command), str(path), "--format", form, "-o", str(output)]
    ended = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if ended.returncode not in {CLEAN, FINDINGS}:
        message = f"{shlex.join(arguments)} ended with {ended.returncode}:\n"
        raise ScanError(message + ended.stderr[-2000:])
    return time.perf_counter() - begin


def read_pairs(path: Path) -> list[Pair]:
    """Read the output of `--format pairs`."""
    return [
        Pair(
            _part(row["left"]),
            _part(row["right"]),
            row["relation"],
            row["jaccard"],
            row["containment"],
            row["words"],
        )
        for row in read_rows(path)
    ]


def _part(side: Row) -> Part:
    return Part((side["document"], side["paragraph"]), side["start"], side["end"])


class Matches:
    """Pairs looked up through their groups of equal paragraphs.

    Groups of equal paragraphs are written as edges to an exemplar, and a match with
    the exemplar stands for a match with each of them.
    """

    def __init__(self, pairs: Iterable[Pair]) -> None:
        """Join equal paragraphs first, then note which groups are tied."""
        self._parents: dict[Place, Place] = {}
        self._ties: dict[tuple[Place, Place], list[Pair]] = defaultdict(list)
        kept = list(pairs)
        for pair in kept:
            if pair.relation in EQUAL_RELATIONS:
                self._parents[self.group(pair.left.place)] = self.group(
                    pair.right.place
                )
        for pair in kept:
            self._ties[self._key(pair.left.place, pair.right.place)].append(pair)

    def group(self, place: Place) -> Place:
        """Return the place that stands for all paragraphs equal to this one."""
        root = place
        while self._parents.get(root, root) != root:
            root = self._parents[root]
        while self._parents.get(place, root) != root:
            self._parents[place], place = root, self._parents[place]
        return root

    def between(self, left: Place, right: Place) -> list[Pair]:
        """Return the pairs that tie the groups of two paragraphs."""
        return self._ties.get(self._key(left, right), [])

    def found(self, left: Place, right: Place) -> bool:
        """Say whether two paragraphs are equal or tied."""
        return self.equal(left, right) or bool(self.between(left, right))

    def equal(self, left: Place, right: Place) -> bool:
        """Say whether two paragraphs are in one group of equal paragraphs."""
        return left == right or self.group(left) == self.group(right)

    def _key(self, left: Place, right: Place) -> tuple[Place, Place]:
        one, other = sorted((self.group(left), self.group(right)))
        return one, other
