"""Fork children, hear what they tell, and leave none behind."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import selectors
import signal
import struct
import sys
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn, TypeAlias

from dedupe import errors

Tell: TypeAlias = Callable[[Mapping[str, Any]], None]  # what JSON can carry

LENGTH = struct.Struct("<Q")
DIED = "A worker process died, perhaps for want of memory; try fewer --jobs."


class WorkerError(RuntimeError):
    """A task failed in a way nobody foresaw; the text is its traceback."""


class Children:
    """Forked processes that tell this one something."""

    def __init__(self) -> None:
        self._reading: dict[int, int] = {}  # where each is heard, by its number

    def start(self, work: Callable[[Tell], None]) -> None:
        """Start a child that does this work."""
        if not self._reading:
            for stream in (sys.stdout, sys.stderr):
                if stream:  # None where the shell has closed it
                    stream.flush()
        reading, writing = os.pipe()
        try:
            # An interrupt waits until it is known whom to end.
            with _interrupts_waiting():
                pid = os.fork()
                if not pid:
                    signal.signal(signal.SIGINT, signal.SIG_DFL)
                    _work(work, writing)
                self._reading[pid] = reading
        except OSError as error:
            os.close(reading)
            text = f"A worker process could not start ({error}); try fewer --jobs."
            raise errors.DedupeError(text) from error
        finally:
            os.close(writing)

    def listen(self) -> Generator[dict[str, Any] | None, None, None]:
        """Yield each message, and None for each child that has gone, until all have."""
        pending = {reading: bytearray() for reading in self._reading.values()}
        with selectors.DefaultSelector() as selector:
            for reading in pending:
                selector.register(reading, selectors.EVENT_READ)
            while selector.get_map():
                for key, _ in selector.select():
                    data = os.read(key.fd, 1 << 20)
                    if not data:
                        selector.unregister(key.fd)
                        yield None
                        continue
                    buffer = pending[key.fd]
                    buffer += data
                    for message in _messages(buffer):
                        _raise_error(message)
                        yield message

    def kill(self) -> None:
        """End those that are still at work."""
        for pid in self._reading:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def dismiss(self) -> None:
        """Hear no more of them; `see_off` waits until they have gone."""
        for reading in self._reading.values():
            os.close(reading)
        _LEAVING.extend(self._reading)
        self._reading.clear()


# The children that have told all they had to tell.
_LEAVING: list[int] = []


def see_off() -> None:
    """Wait until the children that were dismissed have gone."""
    while _LEAVING:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(_LEAVING.pop(), 0)


@contextlib.contextmanager
def children() -> Iterator[Children]:
    """Give children that are dismissed in the end; an error kills them."""
    started = Children()
    try:
        yield started
    except BaseException:
        started.kill()
        started.dismiss()
        see_off()
        raise
    started.dismiss()


@contextlib.contextmanager
def _interrupts_waiting() -> Iterator[None]:
    """Let an interrupt come at the end."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is None:  # whoever has set it does not speak Python
        yield
        return
    heard: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
        for number in heard[:1]:
            signal.raise_signal(number)


def _work(work: Callable[[Tell], None], writing: int) -> NoReturn:
    """Be a child: do the work, and tell the parent what went wrong."""
    code = 0
    # A collection would write to every object, and so copy all that is shared.
    gc.disable()
    tell = partial(_tell, writing)
    try:
        work(tell)
    except errors.DedupeError as error:
        tell({"error": type(error).__name__, "text": str(error)})
    except BaseException:  # noqa: BLE001 - the parent raises it again
        tell({"error": "WorkerError", "text": traceback.format_exc()})
        code = 1
    finally:
        # That all is told is heard at once, not when all memory was given back.
        with contextlib.suppress(OSError):
            os.close(writing)
        os._exit(code)


def _tell(writing: int, message: Mapping[str, Any]) -> None:
    text = json.dumps(message).encode()
    data = memoryview(LENGTH.pack(len(text)) + text)
    while data:
        data = data[os.write(writing, data) :]


def _messages(buffer: bytearray) -> Iterator[dict[str, Any]]:
    """Take the whole messages off the front of a buffer."""
    while len(buffer) >= LENGTH.size:
        (size,) = LENGTH.unpack_from(buffer)
        if len(buffer) < LENGTH.size + size:
            return
        text = bytes(buffer[LENGTH.size : LENGTH.size + size])
        del buffer[: LENGTH.size + size]
        yield json.loads(text)


def _raise_error(message: Mapping[str, Any]) -> None:
    if "error" not in message:
        return
    kind = getattr(errors, message["error"], WorkerError)
    raise kind(message["text"])
