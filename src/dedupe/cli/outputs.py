"""Where reports go: standard output, or files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from dedupe.errors import OutputError, SettingsError
from dedupe.reporters import REPORTERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

STANDARD_OUTPUT = "-"
BUFFER = 1 << 16  # bytes; a slice of a long report is more, and goes out uncopied


class Target(NamedTuple):
    """A format and the file it goes to, or None for standard output."""

    format: str
    path: Path | None


def targets(formats: Sequence[str], output: str | None) -> list[Target]:
    """Read `--format FORMAT[=FILE]` and `--output FILE`.

    >>> targets(["json"], None)
    [Target(format='json', path=None)]
    """
    wanted = [_target(text) for text in formats]
    unplaced = [target for target in wanted if target.path is None]
    if len(unplaced) > 1:
        names = " and ".join(target.format for target in unplaced)
        message = f"only one format can go to standard output, not {names}; give the"
        raise SettingsError(f"{message} others a file, as in --format json=FILE.")
    if output not in (None, STANDARD_OUTPUT):
        if not unplaced:
            message = "--output has no report to hold: every --format has its own file."
            raise SettingsError(message)
        place = wanted.index(unplaced[0])
        wanted[place] = Target(unplaced[0].format, Path(str(output)))
    return wanted


def check(wanted: Sequence[Target]) -> None:
    """Refuse, before the work begins, what could not be written at its end."""
    seen: set[Path] = set()
    for target in wanted:
        if target.path is None:
            continue
        with naming(str(target.path)):
            real = _real(target.path)
            _check_file(target.path, real)
        if real in seen:
            raise SettingsError(f"{target.path}: two reports cannot go to one file.")
        seen.add(real)


def check_inputs(wanted: Sequence[Target], inputs: Sequence[str]) -> None:
    """Refuse to write a report over a text that is to be scanned."""
    for target in wanted:
        if target.path is None or not target.path.exists():
            continue
        for name in inputs:
            with contextlib.suppress(OSError):
                if target.path.samefile(name):
                    message = f"{target.path} is one of the inputs; choose another file"
                    raise OutputError(f"{message} for the report.")


@contextlib.contextmanager
def opened(target: Target, what: str = "the report") -> Iterator[BinaryIO]:
    """Open the stream of a report; foreign errors come out as OutputError."""
    name = "standard output" if target.path is None else str(target.path)
    with naming(name, what):
        if target.path is None:
            yield _standard_output()
            sys.stdout.flush()
        else:
            with _written(target.path) as out:
                yield out


@contextlib.contextmanager
def naming(name: str, what: str = "the report") -> Iterator[None]:
    """Say of errors what could not be written where; a closed pipe is none."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise OutputError(f"{name}: cannot write {what}: {reason}.") from error


def _target(text: str) -> Target:
    name, equals, file = text.partition("=")
    if name not in REPORTERS:
        known = ", ".join(REPORTERS)
        raise SettingsError(f"there is no format {name!r}; choose from {known}.")
    if equals and not file:
        raise SettingsError(f"--format {text} names no file after the equals sign.")
    return Target(name, Path(file) if file not in ("", STANDARD_OUTPUT) else None)


def _check_file(path: Path, real: Path) -> None:
    folder = real.parent
    if not folder.is_dir():
        message = f"{path}: the folder {folder} does not exist; make it first."
        raise OutputError(message)
    if real.is_dir():
        raise OutputError(f"{path} is a folder; name a file for the report.")
    if path.exists() and not os.access(path, os.W_OK):
        raise OutputError(f"{path} is read-only; choose another file.")
    if _is_replaceable(path) and not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path}: the folder {folder} cannot be written to.")


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (RuntimeError, ValueError) as error:
        raise OutputError(f"{path} cannot be a file: {error}.") from error


def _is_replaceable(path: Path) -> bool:
    """Tell a plain or new file from a device or pipe, which is written to directly.

    Of /dev/stdout and the like only the system knows what it leads to: resolved, the
    name of a pipe is that of no file.
    """
    return not path.exists() or path.is_file()


def _standard_output() -> BinaryIO:
    if sys.stdout is None:
        raise OutputError("standard output is closed; name a file with --output.")
    sys.stdout.flush()
    return sys.stdout.buffer


def _written(path: Path) -> contextlib.AbstractContextManager[BinaryIO]:
    return _replacing(_real(path)) if _is_replaceable(path) else path.open("wb")


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    temporary = path.parent / f".dedupe-{os.urandom(6).hex()}.tmp"
    try:
        with temporary.open("xb", buffering=BUFFER) as out:
            yield out
        if path.exists():
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        # Not synced to the disk: a report lost to a power cut is made again.
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
