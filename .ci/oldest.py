"""Print the oldest versions of other projects that pyproject.toml allows.

They are constraints for pip, of everything that is used where dedupe is installed.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

# What is needed only here.
OURS = {"test", "lint", "benchmark"}
LOWEST = re.compile(r"([\w.-]+)(?:\[[^]]*\])?>=([\d.]+)")


def main() -> None:
    """Print a line a project."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    needed = [*project["dependencies"]]
    for name in extras.keys() - OURS:
        needed += extras[name]
    found = {LOWEST.match(line) for line in needed}
    print(*sorted({f"{match[1]}=={match[2]}" for match in found if match}), sep="\n")


if __name__ == "__main__":
    main()
