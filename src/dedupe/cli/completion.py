"""The command `dedupe completion`."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_DEDUPE_COMPLETE"  # the program answers the shell when it is set

EPILOG = """\b
bash: dedupe completion bash > ~/.local/share/bash-completion/completions/dedupe
zsh:  dedupe completion zsh > ~/.zfunc/_dedupe   (with ~/.zfunc in fpath)
fish: dedupe completion fish > ~/.config/fish/completions/dedupe.fish
"""


@click.command("completion", epilog=EPILOG)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(context: click.Context, /, shell: str) -> None:
    """Print the script that makes a shell complete commands, options and rules."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"this click cannot write a script for {shell}.")
    script = kind(context.find_root().command, {}, "dedupe", VARIABLE)
    # That of bash would first run bash and talk of its version.
    click.echo(ShellComplete.source(script))
