"""Deriving an address, against bip_utils, embit and bdkpython."""

from __future__ import annotations

from bench.derivation import CASES, MORE, compare
from bench.report import Part, Plot, Ratio, Table
from bench.stage import Effort, Stage

TITLE = "Derivation against other libraries"

COUNT = 200


def measure(stage: Stage, effort: Effort) -> Part:
    part = Part(
        name="derivation",
        title=TITLE,
        method="Receiving addresses of one account in one thread, the branch node kept; both sides give the same "
        "addresses. Rounds alternate and the best of each side counts: what disturbs one can only make it longer. "
        "embit and bdkpython have no EVM addresses.",
    )
    cases = list(CASES)
    for library, make in MORE.items():
        try:
            cases.append(make())
        except ImportError as exc:
            part.notes.append(f"{library} is not measured: {exc}.")
    results = [compare(case, rounds=10 * effort.rounds, count=COUNT) for case in cases]
    part.ratios = [
        Ratio(
            name=f"{result.library} / ours, time for an address, {result.name}",
            value=result.ratio,
            low=result.ratio,
            high=result.ratio,
        )
        for result in results
    ]
    part.tables.append(
        Table(
            title="Best round, one thread",
            columns=["address", "library", "theirs", "ours"],
            rows=[
                [result.name, result.library, f"{result.theirs_us:.1f} µs", f"{result.ours_us:.1f} µs"]
                for result in results
            ],
        )
    )
    part.plots.append(
        Plot(
            name="derivation",
            title="Time to derive an address",
            x_title="",
            y_title="µs",
            x=[f"{result.name}, {result.library}" for result in results],
            series={
                "theirs": [result.theirs_us for result in results],
                "ours": [result.ours_us for result in results],
            },
            is_bars=True,
        )
    )
    return part
