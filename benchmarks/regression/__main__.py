"""Fail when a stage has come to cost more than was recorded.

Instructions are counted where valgrind is installed: they are the same however busy
the machine is. Elsewhere it is CPU time, the least of many rounds. Both are taken in
units of a reference kernel that is counted in the same process.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.regression.meters import METERS, Meter, choose
from benchmarks.regression.verdicts import (
    AGAIN,
    RECORDS,
    Report,
    judge,
    read_record,
    surroundings,
    write_record,
)


def main() -> int:
    """Count, then judge or record."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.regression", description=__doc__
    )
    parser.add_argument("--meter", choices=sorted(METERS), help="what to count")
    parser.add_argument(
        "--record", action="store_true", help="let what is counted now be the measure"
    )
    options = parser.parse_args()
    meter = choose(options.meter)
    costs = meter.measure()
    if options.record:
        write_record(meter.name, costs)
        print(f"{RECORDS.name}: {meter.name} of {len(costs)} stages recorded")
        return 0
    record = read_record(meter.name)
    if not record:
        print(f"No {meter.name} are recorded; run {AGAIN}", file=sys.stderr)
        return 1
    return _print(judge(costs, record, meter, surroundings()), meter)


def _print(report: Report, meter: Meter) -> int:
    print(f"{'':24}{meter.unit:>22}{'× recorded':>12}{'limit':>8}")
    for stage, cost, factor, limit in report.verdicts:
        print(f"{stage:24}{cost / meter.scale:>22,.1f}{factor:>12.3f}{limit:>8g}")
    for note in report.notes:
        print(note)
    for failure in report.failures:
        print(f"FAILED: {failure}")
    if report.failures:
        print(f"Where more is done for that, say so in a commit that holds: {AGAIN}")
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
