"""Walk over files and folders: arguments → names, paths and sizes."""
# Paths are strings and the os functions are called as they are: a folder of 32,000
# files is walked in the time that as many Path objects would take to build.
# ruff: noqa: PTH116, PTH118

from __future__ import annotations

import os
import stat
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple

from dedupe.model import Problem
from dedupe.readers.documents import (
    FORMATS,
    PLAIN_ENDINGS,
    STREAMED,
    ReadOptions,
    Source,
)
from dedupe.readers.files import NO_NAME, reason, too_large
from dedupe.readers.ignoring import Ignoring, compile_excludes, ignoring_at
from dedupe.readers.paths import format_of, order_of, reported
from dedupe.readers.plain_files import blocks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

# Never searched, not even with --hidden: there is no text of the user in them.
_VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
_SPECIAL = (
    (stat.S_ISFIFO, "a named pipe, not a file"),
    (stat.S_ISSOCK, "a socket, not a file"),
    (stat.S_ISCHR, "a device, not a file"),
    (stat.S_ISBLK, "a device, not a file"),
)
# Files: with more of them, the sizes of some tell enough to share the work out.
FEW = 1000
_DANGLING = "a symbolic link that leads nowhere"
_NOT_FOLLOWED = "a symbolic link; pass --follow to read what it leads to"


class _Folder(NamedTuple):
    path: str  # to open
    prefix: str  # of the names in it as they are reported, "" or ending in "/"
    way: str  # from the argument to here, "" or ending in "/"
    ignoring: Ignoring


class _Link(NamedTuple):
    name: str
    base: str
    folder: _Folder


class Walked(NamedTuple):
    """What a walk has met, as plain columns that another process can send."""

    plain: list[str]  # names of plain files that nobody asked for their size, in blocks
    names: list[str]  # of other sources, and so on
    paths: list[str]  # "" where it is the name
    formats: list[str]
    sizes: list[int]
    modified: list[int]
    named: list[int]  # rows of those that were not met in a folder
    skipped: list[tuple[str, str]]
    errors: list[tuple[str, str]]
    ignored: int
    other: int


class Walk:
    """A walk over arguments, and what it met on the way.

    No file is opened, no link in a folder is followed unless the options say so, and
    every file and folder is taken once, however many arguments lead to it.

    Nor is any plain file in a folder asked for its size, which takes most of the time
    of a walk, unless there are few of them, or sizes are wanted: `sized`.
    """

    def __init__(self, options: ReadOptions, *, sized: bool = True) -> None:
        self.options = options
        # Elsewhere a file cannot always be opened by the name that is reported.
        self.sized = sized or os.sep != "/"
        self.plain: list[str] = []  # names of files that were not asked
        self.sources: list[Source] = []
        self.skipped: list[Problem] = []
        self.errors: list[Problem] = []
        self.ignored = 0
        self.other = 0
        # An entry tells its number without being asked for its status.
        self._own = {number for _, number in options.own}
        self._excludes = compile_excludes(options.exclude)
        self._waiting: list[_Folder] = []
        self._links: list[_Link] = []
        self._visited: set[tuple[int, int]] = set()
        # The names of files that were arguments, by the identity of their folder.
        self._named: dict[tuple[int, int], set[str]] = {}

    @classmethod
    def again(cls, options: ReadOptions, walked: Walked) -> Walk:
        """Return a walk that has met what another one did, but for its plain files."""
        walk = cls(options)
        make = Source._make
        walk.sources = [
            make((name, path or name, format_, size, modified, None, "", False))
            for name, path, format_, size, modified in zip(*walked[1:6], strict=True)
        ]
        for row in walked.named:
            walk.sources[row] = walk.sources[row]._replace(is_named=True)
        walk.skipped = [Problem(*pair) for pair in walked.skipped]
        walk.errors = [Problem(*pair) for pair in walked.errors]
        walk.ignored = walked.ignored
        walk.other = walked.other
        return walk

    def walked(self) -> Walked:
        """Return what was met as plain columns."""
        columns = zip(*self.sources, strict=True) if self.sources else repeat(())
        names, paths, formats, sizes, modified, _, _, is_named = islice(columns, 8)
        return Walked(
            blocks_of(sorted(self.plain, key=order_of(self.plain))),
            list(names),
            [
                "" if path == name else path
                for name, path in zip(names, paths, strict=True)
            ],
            list(formats),
            list(sizes),
            list(modified),
            [row for row, named in enumerate(is_named) if named],
            [(problem.path, problem.reason) for problem in self.skipped],
            [(problem.path, problem.reason) for problem in self.errors],
            self.ignored,
            self.other,
        )

    def over(self, arguments: Sequence[str]) -> None:
        """Find everything at and below the arguments."""
        for argument in [path for path in arguments if not self._take_file(path)]:
            self._start(argument)
            self._read_waiting()
        if self._links:
            self._follow_links()
        if len(self.plain) <= FEW:
            self._ask()

    def _ask(self) -> None:
        """Ask the plain files for their sizes."""
        for name in self.plain:
            try:
                status = os.lstat(name)
            except OSError as error:
                self.errors.append(Problem(name, reason(error)))
            else:
                self._add(name, name, format_of(name) or "text", status)
        self.plain = []

    def _take_file(self, argument: str) -> bool:
        """Take an argument that is no folder; only --exclude hides what is named."""
        name = reported(argument)
        try:
            status = os.stat(argument)
            if stat.S_ISDIR(status.st_mode):
                return False
            if self._excludes and self._excludes.leave_out(name):
                self.ignored += 1
            else:
                self._take_named(name, os.path.realpath(argument), status)
        except (OSError, ValueError) as error:
            why = reason(error) if isinstance(error, OSError) else NO_NAME
            self.errors.append(Problem(name, why))
        return True

    def _take_named(self, name: str, path: str, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            why = f"{_special(status)}; pass - and redirect standard input to read it"
            self.errors.append(Problem(name, why))
            return
        above, base = os.path.split(path)
        named = self._named.setdefault(_identity(above, os.stat(above)), set())
        if base not in named:
            named.add(base)
            format_ = format_of(name) or format_of(base) or "text"
            self._add(name, path, format_, status, is_named=True)

    def _add(
        self,
        name: str,
        path: str,
        format_: str,
        status: os.stat_result,
        *,
        is_named: bool = False,
    ) -> None:
        own = self.options.own
        if own and _identity(path, status) in own:
            return
        size = status.st_size
        if size > self.options.max_file_size and format_ not in STREAMED:
            self.errors.append(Problem(name, too_large(size)))
            return
        modified = status.st_mtime_ns
        source = Source(name, path, format_, size, modified, is_named=is_named)
        self.sources.append(source)

    def _start(self, argument: str) -> None:
        name = reported(argument)
        prefix = "" if name == "." else name.rstrip("/") + "/"
        try:
            status = os.stat(argument)
            ignoring = Ignoring() if self.options.no_ignore else ignoring_at(argument)
        except OSError as error:
            self.errors.append(Problem(name, reason(error)))
            return
        self._wait(_Folder(argument, prefix, "", ignoring), status)

    def _wait(self, folder: _Folder, status: os.stat_result) -> None:
        identity = _identity(folder.path, status)
        if identity not in self._visited:
            self._visited.add(identity)
            self._waiting.append(folder)

    def _read_waiting(self) -> None:
        while self._waiting:
            folder = self._waiting.pop()
            try:
                self._read(folder)
            except OSError as error:
                name = folder.prefix.rstrip("/") or folder.path
                self.errors.append(Problem(name, reason(error)))

    def _read(self, folder: _Folder) -> None:
        """Take the entries of a folder; those that no rule can leave out at once."""
        prefix = folder.prefix
        is_open = not (folder.ignoring.levels or self._excludes or self._named)
        endings = PLAIN_ENDINGS if is_open and not self.sized else ()
        take = self.plain.append
        own = self._own
        with os.scandir(folder.path) as entries:
            for entry in entries:
                name = entry.name
                try:
                    if (
                        name.endswith(endings)
                        and name[0] != "."
                        and entry.is_file(follow_symlinks=False)
                        and entry.inode() not in own
                    ):
                        take(prefix + name)
                    elif (
                        is_open
                        and name[0] != "."
                        and (format_ := FORMATS.get(name[name.rfind(".") :]))
                        and entry.is_file(follow_symlinks=False)
                    ):
                        status = entry.stat(follow_symlinks=False)
                        self._add(prefix + name, entry.path, format_, status)
                    else:
                        self._consider(entry, folder)
                except OSError as error:
                    self.errors.append(Problem(prefix + name, reason(error)))

    def _consider(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        """Take, leave or put off one entry of a folder."""
        name = entry.name
        if name in _VERSION_CONTROL or (name[0] == "." and not self.options.hidden):
            return
        is_folder = entry.is_dir(follow_symlinks=False)
        is_link = entry.is_symlink()
        if not (is_folder or is_link or format_of(name)):
            self.other += 1
        elif self._is_ignored(name + "/" if is_folder else name, folder):
            self.ignored += 1
        elif is_folder:
            status = entry.stat(follow_symlinks=False)
            self._wait(self._below(folder, name, entry.path), status)
        elif is_link:
            self._meet_link(entry, folder)
        else:
            self._meet_file(entry, folder)

    def _is_ignored(self, name: str, folder: _Folder) -> bool:
        excludes = self._excludes
        if excludes and excludes.leave_out(folder.prefix + name, folder.way + name):
            return True
        return folder.ignoring.ignores(name)

    def _below(self, folder: _Folder, name: str, path: str) -> _Folder:
        ignoring = folder.ignoring
        if not self.options.no_ignore:
            ignoring = ignoring.within(name, path)
        return _Folder(
            path, f"{folder.prefix}{name}/", f"{folder.way}{name}/", ignoring
        )

    def _meet_file(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        name = folder.prefix + entry.name
        if not entry.is_file(follow_symlinks=False):
            status = entry.stat(follow_symlinks=False)
            self.skipped.append(Problem(name, _special(status)))
        elif self._was_named(entry.name, folder):
            return
        elif (
            not self.sized
            and name.endswith(PLAIN_ENDINGS)
            and entry.inode() not in self._own
        ):
            self.plain.append(name)
        else:
            status = entry.stat(follow_symlinks=False)
            self._add(name, entry.path, format_of(entry.name) or "text", status)

    def _was_named(self, base: str, folder: _Folder) -> bool:
        if not any(base in named for named in self._named.values()):
            return False
        identity = _identity(folder.path, os.stat(folder.path))
        return base in self._named.get(identity, ())

    def _meet_link(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        name = folder.prefix + entry.name
        is_ours = format_of(entry.name) is not None
        if self.options.follow:
            self._links.append(_Link(name, entry.name, folder))
            return
        try:
            is_folder = stat.S_ISDIR(entry.stat().st_mode)
        except OSError:
            is_folder = False
            if is_ours:
                self.skipped.append(Problem(name, _DANGLING))
                return
        if is_folder or is_ours:
            self.skipped.append(Problem(name, _NOT_FOLLOWED))
        else:
            self.other += 1

    def _follow_links(self) -> None:
        """Follow the links, after all that they may lead to was taken."""
        to_files = []
        while self._links:
            links, self._links = sorted(self._links, key=lambda link: link.name), []
            for link in links:
                path = os.path.realpath(os.path.join(link.folder.path, link.base))
                try:
                    status = os.stat(path)
                except OSError:
                    self.skipped.append(Problem(link.name, _DANGLING))
                    continue
                if stat.S_ISDIR(status.st_mode):
                    self._wait(self._below(link.folder, link.base, path), status)
                    self._read_waiting()
                else:
                    to_files.append((link, path, status))
        paths = (*self.plain, *(source.path for source in self.sources))
        taken = set(map(os.path.realpath, paths))
        for link, path, status in to_files:
            if path not in taken:
                taken.add(path)
                self._take_linked(link, path, status)

    def _take_linked(self, link: _Link, path: str, status: os.stat_result) -> None:
        format_ = format_of(link.base)
        if format_ is None:
            self.other += 1
        elif stat.S_ISREG(status.st_mode):
            self._add(link.name, path, format_, status)
        else:
            self.skipped.append(Problem(link.name, _special(status)))


def _identity(path: str, status: os.stat_result) -> tuple[int, int]:
    """Return what tells a file from all others; on Windows its folder does not."""
    whole = status if status.st_ino else os.stat(path)
    return whole.st_dev, whole.st_ino


def _special(status: os.stat_result) -> str:
    for is_kind, text in _SPECIAL:
        if is_kind(status.st_mode):
            return text
    return "not a regular file"
