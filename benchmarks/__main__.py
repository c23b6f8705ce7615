"""Run the benchmark, install its peers, write its page.

python -m benchmarks                      all parts on a corpus of our own
python -m benchmarks run --data DIR       all parts, on real news as well
python -m benchmarks run --part natural   one part
python -m benchmarks peers install        the other tools, in environments of their own
python -m benchmarks page                 docs/benchmarks.md from the results
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.command import add_command_option
from benchmarks.environments import ENVIRONMENTS, NotInstalledError, install, version
from benchmarks.frame import CACHE, QUICK_RESULTS, RESULTS, Run, load, save
from benchmarks.page import write_page
from benchmarks.parts import PARTS, load_part

COMMANDS = ("run", "peers", "page")


def main() -> int:
    """Do what the first argument says; run everything where there is none."""
    arguments = sys.argv[1:]
    if not arguments or (arguments[0] not in COMMANDS and arguments[0] not in "--help"):
        arguments = ["run", *arguments]
    options = _parser().parse_args(arguments)
    return {"run": _run, "peers": _peers, "page": _page}[options.todo](options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    todo = parser.add_subparsers(dest="todo", required=True)
    run = todo.add_parser("run", help="measure")
    run.add_argument("--data", type=Path, help="evaluation data: adds real news")
    run.add_argument("--part", action="append", choices=list(PARTS))
    run.add_argument("--quick", action="store_true", help="less, to see that it works")
    run.add_argument("--seed", type=int, default=1)
    run.add_argument("--results", type=Path, help=f"folder (default: {RESULTS})")
    add_command_option(run)
    peers = todo.add_parser("peers", help="install the other tools")
    peers.add_argument("action", choices=("install", "list"))
    peers.add_argument("--peer", action="append", choices=list(ENVIRONMENTS))
    for command in (run, peers):
        command.add_argument(
            "--cache", type=Path, default=CACHE, help="where peers and corpora are kept"
        )
    page = todo.add_parser("page", help="write the page")
    page.add_argument("--results", type=Path, default=RESULTS)
    page.add_argument("--output", type=Path, default=Path("docs/benchmarks.md"))
    return parser


def _run(options: argparse.Namespace) -> int:
    run = Run(options.data, options.cache, options.command, options.quick, options.seed)
    # A quick run shall not replace what was measured with care.
    folder = options.results or (QUICK_RESULTS if run.quick else RESULTS)
    install_peers(list(ENVIRONMENTS), run.cache)
    for name in options.part or PARTS:
        part = load_part(name)
        for result, figures in part.measure(run):
            path = save(name, result, figures, folder)
            print(f"\n{path}", flush=True)
        results = load(name, folder)
        if results:
            print("\n".join(part.section(results)), flush=True)
    return 0


def install_peers(names: list[str], cache: Path) -> None:
    """Install peers; say of those that cannot be installed why."""
    for name in names:
        try:
            install(name, cache)
        except NotInstalledError as error:
            print(f"{name} cannot be installed: {error}", file=sys.stderr)


def _peers(options: argparse.Namespace) -> int:
    names = options.peer or list(ENVIRONMENTS)
    if options.action == "install":
        install_peers(names, options.cache)
    for name in names:
        print(f"{name:12} {version(name)}")
    return 0


def _page(options: argparse.Namespace) -> int:
    write_page(options.results, options.output)
    print(options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
