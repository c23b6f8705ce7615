"""Find the files to read: arguments and folders → paths, names and sizes."""

from __future__ import annotations

import os
import stat
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from dedupe.model import Problem
from dedupe.readers.documents import FORMATS, GZIP, ReadOptions, Source
from dedupe.readers.files import reason
from dedupe.readers.ignoring import Ignoring, compile_excludes, ignoring_at

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

# Never searched, not even with --hidden: there is no text of the user in them.
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)


class Folder(NamedTuple):
    """A folder that waits to be read."""

    path: str  # to open
    prefix: str  # of the names in it as they are reported, "" or ending in "/"
    way: str  # from the argument to here, "" or ending in "/"
    ignoring: Ignoring


@dataclass(slots=True)
class Walk:
    """A walk over arguments and what it met."""

    options: ReadOptions
    sources: list[Source] = field(default_factory=list)
    skipped: list[Problem] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    ignored: int = 0
    other: int = 0
    _excludes: GitIgnoreSpec | None = None
    _waiting: deque[Folder] = field(default_factory=deque)
    _links: list[tuple[str, Folder]] = field(default_factory=list)
    _visited: set[tuple[int, int]] = field(default_factory=set)
    _named: dict[tuple[int, int], set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._excludes = compile_excludes(self.options.exclude)

    def over(self, arguments: list[str]) -> None:
        """Find everything below the arguments; each file is found once."""
        folders = [argument for argument in arguments if not self._take_file(argument)]
        for argument in folders:
            self._start(argument)
            self._read_waiting()
        while self._links:
            links, self._links = sorted(self._links, key=lambda link: link[0]), []
            for name, folder in links:
                self._follow(name, folder)
            self._read_waiting()

    def _take_file(self, argument: str) -> bool:
        """Take an argument that is no folder; the user named it, so no rule hides it."""
        name = reported(argument)
        try:
            status = os.stat(argument)
            if stat.S_ISDIR(status.st_mode):
                return False
            self._add_named(name, os.path.realpath(argument), status)
        except OSError as error:
            self.errors.append(Problem(name, reason(error)))
        except ValueError:
            self.errors.append(Problem(name, "not a file name this system can hold"))
        return True

    def _add_named(self, name: str, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            self.errors.append(Problem(name, f"{_special(status)}; use - to read a pipe"))
            return
        parent, base = os.path.split(path)
        above = os.stat(parent)
        named = self._named.setdefault((above.st_dev, above.st_ino), set())
        if base not in named:
            named.add(base)
            format_ = format_of(name) or format_of(base) or "text"
            self._add(name, path, format_, status)

    def _add(self, name: str, path: str, format_: str, status: os.stat_result) -> None:
        if status.st_size > self.options.max_file_size and format_ != "json_lines":
            self.errors.append(Problem(name, too_large(status.st_size)))
            return
        self.sources.append(
            Source(name, path, format_, status.st_size, status.st_mtime_ns)
        )

    def _start(self, argument: str) -> None:
        prefix = reported(argument)
        prefix = "" if prefix == "." else prefix.rstrip("/") + "/"
        ignoring = Ignoring() if self.options.no_ignore else ignoring_at(argument)
        status = os.stat(argument)
        self._wait(Folder(argument, prefix, "", ignoring), status)

    def _wait(self, folder: Folder, status: os.stat_result) -> None:
        identity = (status.st_dev, status.st_ino)
        if identity not in self._visited:
            self._visited.add(identity)
            self._waiting.append(folder)

    def _read_waiting(self) -> None:
        while self._waiting:
            folder = self._waiting.pop()
            try:
                self._read(folder)
            except OSError as error:
                self.errors.append(Problem(folder.prefix.rstrip("/") or ".", reason(error)))

    def _read(self, folder: Folder) -> None:
        path, prefix = folder.path, folder.prefix
        plain = not folder.ignoring.levels and self._excludes is None and not self._named
        most = self.options.max_file_size
        append = self.sources.append
        formats = FORMATS
        with os.scandir(path) as entries:
            for entry in entries:
                name = entry.name
                format_ = formats.get(name[name.rfind(".") :])
                if (
                    plain
                    and format_ is not None
                    and name[0] != "."
                    and entry.is_file(follow_symlinks=False)
                ):
                    status = entry.stat(follow_symlinks=False)
                    size = status.st_size
                    if size <= most:
                        append(Source(prefix + name, entry.path, format_, size, status.st_mtime_ns))
                        continue
                self._consider(entry, folder)

    def _consider(self, entry: os.DirEntry[str], folder: Folder) -> None:
        """Take, leave or put off one entry of a folder."""
        name = entry.name
        if (name[0] == "." and not self.options.hidden) or name in _VERSION_CONTROL:
            return
        is_folder = entry.is_dir(follow_symlinks=False)
        if self._is_ignored(name + "/" if is_folder else name, folder):
            self.ignored += 1
        elif is_folder:
            self._descend(entry, folder)
        elif entry.is_symlink():
            self._meet_link(entry, folder)
        else:
            self._meet_file(entry, folder)

    def _is_ignored(self, name: str, folder: Folder) -> bool:
        if self._excludes is not None:
            for path in (folder.way + name, folder.prefix + name):
                if self._excludes.match_file(path):
                    return True
        return bool(folder.ignoring.levels) and folder.ignoring.ignores(name)

    def _descend(self, entry: os.DirEntry[str], folder: Folder) -> None:
        self._wait(self._folder(entry.name, entry.path, folder), entry.stat(follow_symlinks=False))

    def _folder(self, name: str, path: str, above: Folder) -> Folder:
        ignoring = above.ignoring
        if not self.options.no_ignore:
            ignoring = ignoring.within(name, path)
        return Folder(path, f"{above.prefix}{name}/", f"{above.way}{name}/", ignoring)

    def _meet_file(self, entry: os.DirEntry[str], folder: Folder) -> None:
        format_ = format_of(entry.name)
        if format_ is None:
            self.other += 1
            return
        name = folder.prefix + entry.name
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            self.skipped.append(Problem(name, _special(status)))
        elif not self._was_named(entry, folder):
            self._add(name, entry.path, format_, status)

    def _was_named(self, entry: os.DirEntry[str], folder: Folder) -> bool:
        if not any(entry.name in named for named in self._named.values()):
            return False
        above = os.stat(folder.path)
        return entry.name in self._named.get((above.st_dev, above.st_ino), ())

    def _meet_link(self, entry: os.DirEntry[str], folder: Folder) -> None:
        name = folder.prefix + entry.name
        if self.options.follow:
            self._links.append((name, folder))
            return
        try:
            is_folder = stat.S_ISDIR(entry.stat().st_mode)
        except OSError:
            if format_of(entry.name) is not None:
                self.skipped.append(Problem(name, "a symbolic link that leads nowhere"))
            return
        if is_folder or format_of(entry.name) is not None:
            self.skipped.append(Problem(name, "a symbolic link; pass --follow to read it"))

    def _follow(self, name: str, folder: Folder) -> None:
        base = name.removeprefix(folder.prefix)
        real = os.path.realpath(os.path.join(folder.path, base))
        try:
            status = os.stat(real)
        except OSError:
            self.skipped.append(Problem(name, "a symbolic link that leads nowhere"))
            return
        if stat.S_ISDIR(status.st_mode):
            self._wait(self._folder(base, real, folder), status)
        elif format_of(base) is None:
            self.other += 1
        elif not stat.S_ISREG(status.st_mode):
            self.skipped.append(Problem(name, _special(status)))
        elif real not in {os.path.realpath(source.path) for source in self.sources}:
            self._add(name, real, format_of(base) or "text", status)


def reported(path: str) -> str:
    """Return a path as it is reported: with slashes, without empty steps.

    >>> reported("./samples//000.txt")
    'samples/000.txt'
    """
    name = path.replace(os.sep, "/")
    steps = [step for step in name.split("/") if step not in {"", "."}]
    return ("/" if name.startswith("/") else "") + "/".join(steps) or "."


def format_of(name: str) -> str | None:
    """Return the format that a file name tells, None when it tells none.

    >>> format_of("news.JSONL.gz")
    'json_lines'
    """
    lowered = name.lower().removesuffix(GZIP)
    return FORMATS.get(lowered[lowered.rfind(".") :])


def too_large(size: int) -> str:
    """Return why a file of this many bytes is not read."""
    return f"has {size:,} bytes, more than --max-file-size allows; raise it or split the file"


def _special(status: os.stat_result) -> str:
    for is_kind, text in _SPECIAL:
        if is_kind(status.st_mode):
            return text
    return "not a regular file"
