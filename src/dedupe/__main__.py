"""Run the command line as `python -m dedupe`."""

from __future__ import annotations

from dedupe.cli import main

if __name__ == "__main__":
    main()
