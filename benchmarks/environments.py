"""Install the peers, each into an environment of its own, never into the project's."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple


class Environment(NamedTuple):
    """What is installed together: packages with their versions."""

    packages: tuple[str, ...]
    npm: bool = False


ENVIRONMENTS = {
    "datasketch": Environment(("datasketch==2.0.0", "xxhash>=3.5")),
    "rensa": Environment(("rensa==0.5.0",)),
    "gaoya": Environment(("gaoya==0.2.2",)),
    "text-dedup": Environment(("text-dedup==0.4.0",)),
    "datatrove": Environment(("datatrove[io,processing]==0.10.1", "spacy>=3.8")),
    "jscpd": Environment(("jscpd@5.3.3",), npm=True),
}

# What stands in the folder of an environment that was installed whole, or the reason
# why it could not be.
_DONE, _FAILED = "installed.txt", "failed.txt"


class NotInstalledError(RuntimeError):
    """A peer is not to be had; the message says why."""


def install(name: str, cache: Path) -> None:
    """Install a peer unless its environment is whole; raise what pip or npm said."""
    folder, environment = _folder(name, cache), ENVIRONMENTS[name]
    wanted = "\n".join(environment.packages)
    done = folder / _DONE
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if environment.npm:
        command = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder)]
    else:
        venv.create(folder, with_pip=True)
        command = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet"]
    try:
        ended = subprocess.run(
            [*command, *environment.packages],
            capture_output=True,
            text=True,
            check=False,
        )
        reason = ended.stderr.strip() if ended.returncode else ""
    except FileNotFoundError:
        reason = f"{command[0]} is not installed on this machine"
    if reason:
        (folder / _FAILED).write_text(reason[-2000:], encoding="utf-8")
        raise NotInstalledError(reason.splitlines()[-1])
    done.write_text(wanted, encoding="utf-8")


def _folder(name: str, cache: Path) -> Path:
    return cache.absolute() / "peers" / name


def program(name: str, cache: Path) -> Path:
    """Return the interpreter of a peer, or its command where it is one of npm."""
    folder = _folder(name, cache)
    if (folder / _FAILED).exists():
        reason = (folder / _FAILED).read_text(encoding="utf-8").splitlines()[-1]
        raise NotInstalledError(reason)
    if not (folder / _DONE).exists():
        message = f"{name} is not installed; run: python -m benchmarks peers install"
        raise NotInstalledError(message)
    if ENVIRONMENTS[name].npm:
        return folder / "node_modules" / ".bin" / name
    return folder / "bin" / "python"


def version(name: str) -> str:
    """Return the version of a peer that its environment holds."""
    package = ENVIRONMENTS[name].packages[0]
    return package.replace("==", "@").rpartition("@")[2]


def script(module: str, peer: str, cache: Path) -> list[str]:
    """Return the command that runs a script of `benchmarks.peers` in a peer's own.

    >>> script("front_end", "", Path("cache"))[1:]
    ['-m', 'benchmarks.peers.front_end']
    """
    python = str(program(peer, cache)) if peer else sys.executable
    return [python, "-m", f"benchmarks.peers.{module}"]
