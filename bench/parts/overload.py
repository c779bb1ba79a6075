"""Three times the capacity for a while, and how soon all is as before."""

from __future__ import annotations

import resource
import statistics
import time

from bench import open_loop, wrk
from bench.report import Part, Plot, Ratio, Table, milliseconds
from bench.stage import Effort, Stage

TITLE = "After an overload"

TIMES = 3
CONNECTIONS = 64
FLOOD_CONNECTIONS = 3_000
"""More than the service lets wait (PGTILL_QUEUE_LIMIT, 2048): it has to refuse."""
WITHIN_SECONDS = 10
FULL = 0.9
"""Of what it was before: a second is short, and noisy."""


def measure(stage: Stage, effort: Effort) -> Part:
    flood = min(FLOOD_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
    with stage.database("overload") as database, stage.server(database) as server:
        post = [database.post()]
        wrk.warm_up(server.url, post, effort.warm_up_seconds)
        before = statistics.median(
            wrk.load(server.url, post, connections=CONNECTIONS, seconds=1).per_second
            for _ in range(2 * effort.rounds - 1)
        )
        outcome = open_loop.run(
            server.url, post, rate=TIMES * before, seconds=4 * effort.seconds, connections=flood
        )
        end = time.monotonic()
        after = []
        while time.monotonic() - end < effort.recovery_seconds:
            rate = wrk.load(server.url, post, connections=CONNECTIONS, seconds=1).per_second
            after.append((time.monotonic() - end, rate))
        database.assert_whole()
    # Never within what was looked at, if not at all.
    recovered = next((seconds for seconds, rate in after if rate >= FULL * before), 999.0)
    part = Part(
        name="overload",
        title=TITLE,
        method=f"wrk with {CONNECTIONS} connections says what the capacity of POST is. Then requests are due at "
        f"{TIMES} times that rate (Poisson), over {flood} connections, more than may wait. From the moment when "
        "the last of them was answered or given up, wrk measures each second. It is the second in which "
        f"{FULL:.0%} of the capacity was reached again that counts: a second's figure is noisy.",
        ratios=[
            Ratio.of("seconds until full throughput again", [recovered], [1], at_most=float(WITHIN_SECONDS)),
            Ratio.of(
                "throughput in the seconds after / before",
                [statistics.median(rate for _, rate in after)],
                [before],
            ),
            Ratio.of(
                "payment requests made in the flood / capacity",
                [outcome.statuses.get(201, 0) / outcome.seconds],
                [before],
            ),
        ],
    )
    answers = ", ".join(f"{count:,} of {status}" for status, count in sorted(outcome.statuses.items()))
    part.tables.append(
        Table(
            title="The flood",
            columns=[
                "capacity",
                "due a second",
                "due",
                "answered",
                "p50 from when it was due",
                "generator, of a core",
            ],
            rows=[
                [
                    *(f"{before:,.0f}", f"{outcome.rate:,.0f}", f"{outcome.due:,}", answers),
                    *(milliseconds(outcome.percentile_ms(50)), f"{outcome.busy:.0%}"),
                ]
            ],
        )
    )
    part.plots.append(
        Plot(
            name="overload",
            title="Throughput after an overload",
            x_title="s after the flood",
            y_title="POST a second",
            x=["before", *(f"{seconds:.0f}" for seconds, _ in after)],
            series={"POST": [before, *(rate for _, rate in after)]},
            is_bars=True,
        )
    )
    return part
