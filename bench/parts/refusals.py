"""What orders cost that make nothing: replays and conflicts among new ones."""

from __future__ import annotations

from functools import partial
from itertools import chain

from bench import wrk
from bench.parts import rivals
from bench.parts.endpoints import requests
from bench.report import Part, Ratio, Table
from bench.stage import Effort, Stage
from bench.wrk import Request

TITLE = "Replays and conflicts"

CONNECTIONS = 64
AT_MOST = 1.5
MOST_COSTLY = "half replays, a fifth conflicts"


def measure(stage: Stage, effort: Effort) -> Part:
    with stage.database("refusals") as database, stage.server(database) as server:
        known = requests(database, server.url)["replay"]
        conflicting = [database.post(key=request.headers["Idempotency-Key"], amount=1) for request in known]
        new = database.post()
        mixes: dict[str, list[Request]] = {
            "all new": [new],
            MOST_COSTLY: list(
                chain.from_iterable(_ten(number, known, conflicting, new) for number in range(100))
            ),
            "all replays": known,
            "all conflicts": conflicting,
        }
        for asked in mixes.values():
            wrk.warm_up(server.url, asked, effort.warm_up_seconds)
        loads = effort.interleave(
            {
                name: partial(wrk.load, server.url, asked, connections=CONNECTIONS, seconds=effort.seconds)
                for name, asked in mixes.items()
            }
        )
        database.assert_whole()
    if not all(0.15 < load.not_2xx < 0.25 for load in loads[MOST_COSTLY]):
        raise RuntimeError("not a fifth of the answers are conflicts")
    part = Part(
        name="refusals",
        title=TITLE,
        method=f"POST by {CONNECTIONS} connections: only new payment requests, and mixtures of new ones, replays "
        "of a key and conflicts (a key with another body). The cost of a request is the inverse of how many are "
        "answered in a second.",
        ratios=[
            Ratio.of(
                f"cost of a request, {name} / all new", wrk.rates(loads["all new"]), wrk.rates(loads[name])
            )
            for name in list(mixes)[1:]
        ],
        tables=[
            Table(
                title=f"Median round, {CONNECTIONS} connections",
                columns=["orders", "a second", "p50", "p99", "refused"],
                rows=[
                    [name, *rivals.cells(rivals.median(found)), f"{rivals.median(found).not_2xx:.0%}"]
                    for name, found in loads.items()
                ],
            )
        ],
    )
    part.ratios[0].at_most = AT_MOST
    return part


def _ten(number: int, known: list[Request], conflicting: list[Request], new: Request) -> list[Request]:
    """Five replays, two conflicts, three new ones, well mixed."""
    replay = [known[(5 * number + turn) % len(known)] for turn in range(5)]
    conflict = [conflicting[(2 * number + turn) % len(conflicting)] for turn in range(2)]
    return [
        *(replay[0], new, replay[1], conflict[0], replay[2]),
        *(new, replay[3], conflict[1], new, replay[4]),
    ]
