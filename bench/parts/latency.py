"""Latency of POST at a rate: open-loop load at shares of the capacity."""

from __future__ import annotations

import statistics

from bench import open_loop, wrk
from bench.report import Part, Plot, Table, milliseconds
from bench.stage import Effort, Stage

TITLE = "Latency at a rate"

SHARES = (25, 50, 75, 100)
PERCENTILES = (50.0, 95.0, 99.0, 99.9)
CONNECTIONS = 512


def measure(stage: Stage, effort: Effort) -> Part:
    with stage.database("latency") as database, stage.server(database) as server:
        post = [database.post()]
        wrk.warm_up(server.url, post, effort.warm_up_seconds)
        capacity = statistics.median(
            wrk.load(server.url, post, connections=64, seconds=effort.seconds).per_second
            for _ in range(effort.rounds)
        )
        outcomes = {
            share: open_loop.run(
                server.url,
                post,
                rate=capacity * share / 100,
                seconds=2 * effort.seconds,
                connections=CONNECTIONS,
            )
            for share in SHARES
        }
        database.assert_whole()
    part = Part(
        name="latency",
        title=TITLE,
        method=f"POST on one hot wallet. The capacity is what wrk reached with 64 connections: {capacity:,.0f} a "
        "second. Requests are due by a Poisson process, whether or not earlier ones were answered, and a latency "
        f"counts from then (no coordinated omission). {CONNECTIONS} connections. The generator is Python and "
        "takes more of the cores than wrk does; its share is told, and so much less than the capacity is left. It "
        "looks at its clock once a millisecond: that wait is part of every latency.",
    )
    for share, outcome in outcomes.items():
        if refused := outcome.due - outcome.statuses.get(201, 0):
            part.notes.append(f"At {share} % {refused} of {outcome.due} requests were not answered with 201.")
    part.tables.append(
        Table(
            title="From when it was due to its answer",
            columns=["share", "a second", *(f"p{p:g}" for p in PERCENTILES), "generator, of a core"],
            rows=[
                [f"{share} %", f"{outcome.rate:,.0f}"]
                + [milliseconds(outcome.percentile_ms(p)) for p in PERCENTILES]
                + [f"{outcome.busy:.0%}"]
                for share, outcome in outcomes.items()
            ],
        )
    )
    part.plots.append(
        Plot(
            name="latency",
            title="Latency of POST at a rate",
            x_title="% of capacity",
            y_title="ms",
            x=[str(share) for share in SHARES],
            series={
                f"p{p:g}": [_finite(outcome.percentile_ms(p)) for outcome in outcomes.values()]
                for p in PERCENTILES
            },
            is_logarithmic=True,
        )
    )
    return part


def _finite(value: float) -> float | None:
    return value if value < float("inf") else None
