"""The program `dedupe`: its commands, loaded when asked for, and its exit codes.

click leaves with 1 for nearly everything that goes wrong, and 1 means findings here;
so errors are turned into exit codes in this module and nowhere else.
"""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import click

from dedupe import __version__
from dedupe.errors import DedupeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

OK = 0
FINDINGS = 1
TROUBLE = 2  # the result is not to be trusted
INTERRUPTED = 130
TERMINATED = 143

# The module of a command holds it as `command`; the help stands here so that
# `dedupe --help` loads none of them.
COMMANDS = {
    "scan": ("dedupe.cli.scan", "Find repeated and copied paragraphs."),
    "check": ("dedupe.cli.check", "Let no repeated paragraph pass, as a gate in CI."),
    "clean": ("dedupe.cli.clean", "Repair a text and remove its repeats."),
    "baseline": ("dedupe.cli.baseline", "Accept the findings that are there today."),
    "archive": ("dedupe.cli.archive", "Keep what was published."),
    "schema": ("dedupe.cli.schema", "Print the JSON Schema of the JSON report."),
    "explain": ("dedupe.cli.explain", "Say why two texts match, or what a rule means."),
    "completion": ("dedupe.cli.completion", "Print a script of shell completion."),
}

EPILOG = (
    "Exit codes: 0 nothing found, 1 something found, 2 the result cannot be trusted "
    "(the reason is on stderr), 130 interrupted."
)


class Conversation:
    """What the commands and the program tell each other in one run."""

    def __init__(self, arguments: Sequence[str] = ()) -> None:
        self.arguments = arguments
        self.exit_code = OK
        self.debug = False
        self.kept: object = None  # to the end of the process


class Program(click.Group):
    """A group that loads a command when it is named, and maps every way to end."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> NoReturn:  # noqa: ANN401
        """Run one command line and exit, as click's own does."""
        arguments = args[0] if args else extra.get("args")
        sys.exit(run(sys.argv[1:] if arguments is None else arguments))

    def __call__(self, *_args: object, **_extra: object) -> NoReturn:
        """Run as the console command: answer signals, and leave without teardown."""
        if "_DEDUPE_COMPLETE" in os.environ:
            super().main(prog_name="dedupe")
        # Every stage brings its own processes; threads of BLAS only cost start-up.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        conversation = Conversation(sys.argv[1:])
        try:
            signal.signal(signal.SIGTERM, _terminator(os.getpid()))
            code = answer(conversation)
        except KeyboardInterrupt:
            code = INTERRUPTED
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else TROUBLE
        _leave(code)


@click.group(cls=Program, epilog=EPILOG)
@click.version_option(__version__, prog_name="dedupe")
def main() -> None:
    """Find repeated and copied paragraphs in Arabic text, whatever the spelling."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    return answer(Conversation(arguments))


def answer(conversation: Conversation) -> int:
    """Run the command line of a conversation and return its exit code."""
    arguments = list(conversation.arguments)
    try:
        with main.make_context("dedupe", arguments, obj=conversation) as context:
            main.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except (click.Abort, KeyboardInterrupt):
        _complain("interrupted.", conversation)
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not end in 1
        return _explain(error, conversation)
    return conversation.exit_code


def _explain(error: Exception, conversation: Conversation) -> int:
    """Say what went wrong and return the exit code; a closed pipe is no error."""
    if isinstance(error, OSError) and error.errno == errno.EPIPE:
        return conversation.exit_code
    if isinstance(error, click.ClickException):
        _complain(_usage(error), conversation)
    elif isinstance(error, DedupeError):
        _complain(str(error), conversation)
    elif isinstance(error, MemoryError):
        _complain("out of memory; scan fewer files at a time.", conversation)
    else:
        _complain(_internal(error, conversation), conversation)
    return TROUBLE


def _internal(error: Exception, conversation: Conversation) -> str:
    """Return one line; the error of a worker holds a whole traceback."""
    advice = "" if conversation.debug else " Run again with --debug for more."
    last = (str(error).strip().splitlines() or ["no reason given"])[-1]
    return f"internal error: {type(error).__name__}: {last.rstrip('.')}.{advice}"


def _usage(error: click.ClickException) -> str:
    text = error.format_message()
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(text, err=True)
        return "name a command."
    if not text.endswith((".", "?", ")")):
        text += "."
    return f"{text} Try '{context.command_path} --help'." if context else text


def _complain(text: str, conversation: Conversation) -> None:
    # Only an error needs the reporters' way of making names harmless.
    from dedupe.reporters.neutralizer import neutralize  # noqa: PLC0415

    with contextlib.suppress(OSError):
        if conversation.debug:
            import traceback  # noqa: PLC0415

            lines = traceback.format_exc().splitlines()
            click.echo("\n".join(map(neutralize, lines)), err=True)
        click.echo(f"dedupe: {neutralize(text)}", err=True)


def _terminator(parent: int) -> Callable[[int, FrameType | None], None]:
    """Return what to do on SIGTERM: unwind, so that no half-written file is left."""

    def terminate(_number: int, _frame: FrameType | None) -> None:
        if os.getpid() != parent:
            os._exit(TERMINATED)
        sys.exit(TERMINATED)

    return terminate


def _leave(code: int) -> NoReturn:
    """End the process at once; freeing a big scan piece by piece takes long."""
    try:
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        pass
    except (OSError, ValueError):
        code = TROUBLE
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
    os._exit(code)
