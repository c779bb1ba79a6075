"""
Remove each protection in a copy and see its suite turn red; docs/controls.md is written from that.

    python -m tests.controls                          all controls, then all guards of the service
    python -m tests.controls word [words ...]         only the controls whose protection has one of the words
    python -m tests.controls guards [words ...]       only guards, of modules whose path has one of the words

Rows of what was not tried stay as they are.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping

from tests.controls import sweep
from tests.controls.controls import CONTROLS, Control, Suite
from tests.controls.page import PAGE, part, replace_part
from tests.controls.workshop import RemovalError, Verdict, copied, judge, remove
from tests.database import ROOT

NAMED = 3
"""How many of the tests that caught it are named."""


def prove_green(controls: Iterable[Control]) -> None:
    """A suite that is red anyway shows nothing: with every protection in place all must be green."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    for control in controls:
        names[control.suite.kind] |= dict.fromkeys(control.suite.names)
    for kind, chosen in names.items():
        with copied() as home:
            verdict = judge(home, Suite(kind, tuple(chosen)))
        if not verdict.is_green:
            raise SystemExit(f"red with every protection in place: {', '.join(verdict.failed)}")
        print(f"green with every protection in place: {kind}, {len(chosen)} files or tests", flush=True)


def prove_red(control: Control) -> Verdict:
    """The suite's verdict with the protection gone."""
    started = time.monotonic()
    with copied() as home:
        remove(home, control.removals)
        verdict = judge(home, control.suite)
    state = "STILL GREEN" if verdict.is_green else f"red, {len(verdict.failed)} failed"
    print(f"{control.protection} .. {state} ({time.monotonic() - started:.0f} s)", flush=True)
    return verdict


def row(control: Control, verdict: Verdict) -> str:
    """One line of the table."""
    caught = "; ".join(_plain(name) for name in verdict.failed[:NAMED])
    more = len(verdict.failed) - NAMED
    return f"| {control.protection} | `{control.suite}` | {caught}{f'; {more} more' if more > 0 else ''} |"


def rows_of_page() -> dict[str, str]:
    """Protection → its line of the table, as it stands."""
    return {line.strip("| ").split(" | ")[0]: line for line in part("controls")}


def write(rows: Mapping[str, str]) -> None:
    """Put the table into the page."""
    known = {**rows_of_page(), **rows}
    table = [known[control.protection] for control in CONTROLS if control.protection in known]
    replace_part("controls", ["| without | suite | what it caught |", "| --- | --- | --- |", *table])


def _plain(name: str) -> str:
    return name.replace("|", "\\|").replace("<", "&lt;")[:120]


def main(words: list[str]) -> None:
    if words[:1] != ["guards"]:
        prove_controls(words)
    if not words or words[0] == "guards":
        sweep.sweep(words[1:])


def prove_controls(words: list[str]) -> None:
    chosen = [
        control for control in CONTROLS if not words or any(word in control.protection for word in words)
    ]
    wrong = []
    rows = {}
    prove_green(chosen)
    for control in chosen:
        try:
            verdict = prove_red(control)
        except RemovalError as exc:
            print(f"{control.protection} .. NOT REMOVED\n{exc}", flush=True)
            wrong.append(control.protection)
            continue
        if verdict.is_green:
            wrong.append(control.protection)
        else:
            rows[control.protection] = row(control, verdict)
            write(rows)
    if wrong:
        raise SystemExit(f"controls that prove nothing: {'; '.join(wrong)}")
    print(f"{PAGE.relative_to(ROOT)}: {len(rows)} protections")


if __name__ == "__main__":
    main(sys.argv[1:])
