"""Two ways to do one thing, compared: what `joining` and `baseline` share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from msgspec import UNSET, UnsetType

from bench import wrk
from bench.report import Part, Plot, Ratio, Table, milliseconds
from bench.stage import Effort
from bench.wrk import Load

Loads = dict[int, dict[str, list[Load]]]


def compare(runs: Mapping[str, Callable[..., Load]], effort: Effort) -> Loads:
    """Each way with each number of connections, in turns; raises RuntimeError for answers not 2xx."""
    for run in runs.values():
        if effort.warm_up_seconds:
            run(connections=64, seconds=effort.warm_up_seconds)
    loads = {
        connections: effort.interleave(
            {
                name: partial(run, connections=connections, seconds=effort.seconds)
                for name, run in runs.items()
            }
        )
        for connections in effort.connections[1:]
    }
    for by_name in loads.values():
        for name, found in by_name.items():
            if any(load.not_2xx for load in found):
                raise RuntimeError(f"{name}: {found[0].not_2xx:.1%} of the answers are not 2xx")
    return loads


def part(
    loads: Loads, *, name: str, title: str, method: str, at_least: Mapping[int, float | UnsetType]
) -> Part:
    """How many times the first way does what the second does."""
    ours, theirs = next(iter(loads.values()))
    return Part(
        name=name,
        title=title,
        method=method,
        ratios=[
            Ratio.of(
                f"{ours} / {theirs}, {connections} connections",
                wrk.rates(by_name[ours]),
                wrk.rates(by_name[theirs]),
                at_least=at_least.get(connections, UNSET),
            )
            for connections, by_name in loads.items()
        ],
        tables=[
            Table(
                title="Median round",
                columns=["", "connections", "a second", "p50", "p99"],
                rows=[
                    [way, str(connections), *cells(median(found))]
                    for connections, by_name in loads.items()
                    for way, found in by_name.items()
                ],
            )
        ],
        plots=[
            Plot(
                name=name,
                title=title,
                x_title="connections",
                y_title="POST a second",
                x=[str(connections) for connections in loads],
                series={
                    way: [median(by_name[way]).per_second for by_name in loads.values()]
                    for way in (ours, theirs)
                },
                is_bars=True,
            )
        ],
    )


def median(found: list[Load]) -> Load:
    """The run in the middle, by answers a second."""
    return sorted(found, key=lambda load: load.per_second)[len(found) // 2]


def cells(load: Load) -> list[str]:
    """A run's answers a second, p50 and p99, as a table has them."""
    return [f"{load.per_second:,.0f}", milliseconds(load.p50_ms), milliseconds(load.p99_ms)]
