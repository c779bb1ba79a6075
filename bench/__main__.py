"""
Measure, and tell.

    python -m bench [PART ...] [--quick] [--rows N ...] [--output FOLDER] [--readme FILE]

Without a part it runs all of them. A part that fails says so and the others go on; the exit status is
then 1. --quick rehearses: everything once and short, figures that mean nothing.
"""

from __future__ import annotations

import argparse
import math
import subprocess
import sys
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from bench import machine, open_loop, parts, report, wrk
from bench.report import Machine, Part, Report
from bench.stage import Effort, Stage
from service.migrations import ROOT


def main() -> int:
    arguments = _arguments()
    effort = Effort.rehearsal() if arguments.quick else Effort()
    if arguments.rows:
        effort = replace(effort, rows=tuple(sorted(arguments.rows)), load_seconds=math.inf)
    open_loop.raise_file_limit()
    if not wrk.is_there():
        sys.exit("wrk is missing; `make bench` gets it")
    if arguments.output and find_spec("pygal") is None:
        sys.exit("pygal, which draws the plots, is missing; `make bench` installs it")
    began, start = datetime.now(UTC), time.monotonic()
    with Stage.set_up() as stage:
        if not effort.is_rehearsal:
            stage.reuse_log()
        looked = machine.look(stage.cluster.version)
        found = [run(name, stage, effort) for name in arguments.parts or parts.NAMES]
    made = _report(found, looked, began, time.monotonic() - start, effort)
    print(report.markdown(made))
    if arguments.output:
        report.write(made, arguments.output, arguments.readme)
    return 1 if made.has_failed else 0


def run(name: str, stage: Stage, effort: Effort) -> Part:
    """A part's results, or why there are none."""
    start = time.monotonic()
    try:
        measurement = parts.load(name)
    except parts.NotHere as missing:
        return Part(name=name, title=name.capitalize(), skipped=str(missing))
    try:
        part = measurement.measure(stage, effort)
    except parts.NotHere as missing:
        part = Part(name=name, title=measurement.title, skipped=str(missing))
    except Exception as exc:  # noqa: BLE001 - the other parts go on
        traceback.print_exc()
        said = " ".join(str(exc).split())[:300]
        part = Part(name=name, title=measurement.title, failure=f"{type(exc).__name__}: {said}")
    part.seconds = time.monotonic() - start
    print(f"{name}: {part.seconds:.0f} s", file=sys.stderr, flush=True)
    return part


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure pgtill on this machine.")
    parser.add_argument(
        "parts", nargs="*", choices=[*parts.NAMES, []], metavar="PART", help=", ".join(parts.NAMES)
    )
    parser.add_argument("--quick", action="store_true", help="rehearse: figures that mean nothing")
    parser.add_argument(
        "--rows",
        type=int,
        nargs="+",
        metavar="N",
        help="payment requests that growth begins with, beside none, however long loading them takes "
        f"({' '.join(map(str, Effort.rows))}, the more only where that is quick)",
    )
    parser.add_argument("--output", type=Path, help="folder for results.json, README.md and plots")
    parser.add_argument("--readme", type=Path, help="write the figures between its marks; with --output")
    return parser.parse_args()


def _report(found: list[Part], looked: Machine, began: datetime, seconds: float, effort: Effort) -> Report:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Report(
        commit=described.stdout.strip() or "unknown",
        began_at=began.strftime("%Y-%m-%d %H:%M UTC"),
        seconds=seconds,
        rounds=effort.rounds,
        is_rehearsal=effort.is_rehearsal,
        machine=looked,
        parts=found,
    )


if __name__ == "__main__":
    sys.exit(main())
