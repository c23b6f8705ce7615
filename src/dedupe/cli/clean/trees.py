"""Plan the tree of clean texts, so that it harms no input and keeps within its root."""
# Paths are strings here: a run has tens of thousands of small files.
# ruff: noqa: PTH103, PTH118, PTH120

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from dedupe.errors import OutputError
from dedupe.readers.files import NO_NAME

if TYPE_CHECKING:
    from dedupe.readers import Source


class Tree(NamedTuple):
    """A folder to write to, and the folders and files that were given as inputs."""

    root: str
    folders: tuple[tuple[str, str], ...]  # names and real paths of input folders

    def target(self, name: str) -> str:
        """Return where the cleaned form of an input goes."""
        return os.path.join(self.root, self.relative(name))

    def relative(self, name: str) -> str:
        """Return the name of an input below the folder that was given, or its own.

        >>> Tree("out", (("news", "/news"),)).relative("news/today/1.txt")
        'today/1.txt'
        """
        for folder, _ in self.folders:
            prefix = "" if folder == "." else folder.rstrip("/") + "/"
            if name.startswith(prefix):
                return name[len(prefix) :]
        return name.rpartition("/")[2]


def plan_tree(root: str, paths: Sequence[str], sources: Sequence[Source]) -> Tree:
    """Return the tree to write, or raise OutputError if it would harm the inputs."""
    from dedupe.readers.paths import reported  # noqa: PLC0415 - needed here alone

    # What was seen before may have changed, or have been seen from another folder.
    _real_folder.cache_clear()
    _make_folder.cache_clear()
    try:
        real = os.path.realpath(root)
    except ValueError:
        raise OutputError(f"{root}: {NO_NAME}.") from None
    if os.path.exists(real) and not os.path.isdir(real):  # noqa: PTH110, PTH112
        raise OutputError(f"{root} is a file; name a folder for the clean texts.")
    folders = {
        reported(path): os.path.realpath(path)
        for path in paths
        if os.path.isdir(path)  # noqa: PTH112
    }
    for name, folder in folders.items():
        if _is_inside(real, folder):
            message = f"{root} is inside the input folder {name}"
            raise OutputError(f"{message}; choose a folder outside of it.")
    # The innermost folder that holds a file names it.
    order = sorted(folders.items(), key=lambda item: (-len(item[0]), item[0]))
    tree = Tree(root, tuple(order))
    _refuse_collisions(tree, real, sources)
    return tree


def _refuse_collisions(tree: Tree, real: str, sources: Sequence[Source]) -> None:
    """Refuse to write two texts to one file, or over an input, or out of the tree."""
    inputs = {}
    for source in sources:
        # The folders of a path may be links; the file itself is none by now.
        folder, _, base = source.path.rpartition("/")
        path = os.path.join(_real_folder(folder), base)
        if base and _is_inside(path, real):
            inputs[path] = source.name
    taken: dict[str, str] = {}
    for source in sources:
        relative = tree.relative(source.name)
        steps = relative.split("/")
        if not relative or ".." in steps or relative.startswith("/"):
            raise OutputError(f"{source.name}: its clean text would leave {tree.root}.")
        if relative in taken:
            raise OutputError(
                f"{taken[relative]} and {source.name} would both go to "
                f"{tree.target(source.name)}; clean them into two folders."
            )
        taken[relative] = source.name
        target = os.path.join(real, relative)
        if inputs and os.path.realpath(target) in inputs:
            raise OutputError(
                f"{tree.target(source.name)} is one of the inputs; choose another "
                "folder, or pass --write to clean in place."
            )


@lru_cache(maxsize=1 << 12)
def _real_folder(folder: str) -> str:
    return os.path.realpath(folder or ".")


def make_folder(root: str, target: str) -> None:
    """Make the folder of a target below a root; a link must not lead out of it."""
    _make_folder(root, os.path.dirname(target))


@lru_cache(maxsize=1 << 12)
def _make_folder(root: str, folder: str) -> None:
    os.makedirs(folder, exist_ok=True)
    if not _is_inside(os.path.realpath(folder), os.path.realpath(root)):
        raise OutputError(f"{folder} is a link that leads out of {root}.")


def _is_inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
