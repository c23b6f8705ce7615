"""Keep what each part of the benchmark measured, with all that decides it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import platform
import shlex
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from benchmarks.command import COMMAND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.datasets import Row

RESULTS = Path("benchmarks/results")
CACHE = Path("build/benchmarks")
QUICK_RESULTS = CACHE / "results"

# Options that say where things lie on this machine and decide no figure.
PLACES = frozenset({"--cache", "--results"})

# A part measures several things, each a file of its own: on each corpus, say.
Measured: TypeAlias = "Iterator[tuple[str, Row]]"


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """What the caller asked for; parts take from it what they need."""

    data: Path | None = None  # the evaluation data; the own corpus where there is none
    cache: Path = CACHE  # peers, corpora and other files that may be deleted
    command: str = COMMAND  # ours, up to its paths
    quick: bool = False  # less of everything, to see that it works
    seed: int = 1


class Part(Protocol):
    """A module that measures something and writes its section of the page."""

    def measure(self, run: Run) -> Measured:
        """Yield (name, figures) for each result, as soon as it is known.

        The figures are plain JSON. The name is empty where there is but one result.
        A key `versions` in the figures, system → version, goes to the head.
        """
        ...

    def section(self, results: Mapping[str, Row]) -> Iterator[str]:
        """Yield the lines of Markdown that show results, by name."""
        ...


def save(part: str, name: str, figures: Row, folder: Path) -> Path:
    """Write a result with its date, its machine and the versions that were run."""
    head = {
        "part": part,
        "name": name,
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "command": _command(),
        "machine": machine(),
        "versions": {"dedupe-arabic": version("dedupe-arabic"), **_versions(figures)},
    }
    body = {key: value for key, value in figures.items() if key != "versions"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"{part}.{name}.json" if name else f"{part}.json")
    text = json.dumps(head | {"figures": body}, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def load(part: str, folder: Path) -> dict[str, Row]:
    """Return the results of a part by name: {} where it was never run."""
    rows = (
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(
            [*folder.glob(f"{part}.json"), *folder.glob(f"{part}.*.json")]
        )
    )
    return {row["name"]: row for row in rows}


def _versions(figures: Row) -> dict[str, str]:
    return dict(figures.get("versions", {}))


def _command() -> str:
    """Return the command to run again, without the folders of this machine."""
    words = ["python", "-m", "benchmarks"]
    arguments = iter(sys.argv[1:])
    for word in arguments:
        option, _, value = word.partition("=")
        if option in PLACES:
            if not value:
                next(arguments, "")
            continue
        words.append("DIR" if Path(word).is_absolute() else word)
    return shlex.join(words)


def version(distribution: str) -> str:
    """Return the version of what is installed beside the benchmark."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"


def machine() -> dict[str, str | int | float]:
    """Return what the figures depend on, and nothing that names the machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(
            os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1
        ),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    return names[0].strip() if names else platform.machine()


def table(head: list[str], rows: list[list[str]], *, left: int = 1) -> Iterator[str]:
    """Yield a Markdown table whose first columns are texts and the others numbers."""
    yield f"| {' | '.join(head)} |"
    yield "|" + "|".join("---" if i < left else "---:" for i in range(len(head))) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def provenance(result: Row) -> str:
    """Return one sentence that says when, on what and how a result was made."""
    where = result["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in sorted(result["versions"].items()))
    return (
        f"Measured {result['date']} with `{result['command']}` on "
        f"{where['processor']}, {where['cores']} cores, {where['memory_gb']} GB, "
        f"{where['system']}, Python {where['python']}; {versions}."
    )
