"""POST, GET and replay of payment requests against the endpoint that does nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from msgspec import UNSET, UnsetType

from bench import open_loop, wrk
from bench.parts import rivals
from bench.report import Part, Plot, Ratio, Table
from bench.server import NOTHING
from bench.stage import PATH, Database, Effort, Server, Stage
from bench.wrk import Load, Request
from service.answers import REMEMBERED

TITLE = "Endpoints against one that does nothing"

KNOWN = 500
"""Payment requests that GET and replay ask for in turn."""

FORGOTTEN = REMEMBERED + 1_000
"""Asked for in turn, each was forgotten when its turn comes again."""

DERIVED = "GET, derived each time"

Loads = dict[tuple[str, int], list[Load]]


def measure(stage: Stage, effort: Effort) -> Part:
    part = Part(
        name="endpoints",
        title=TITLE,
        method="The no-op parses the same JSON and answers as many bytes, and asks nobody. POST makes a payment "
        "request on one hot wallet. GET and replay take 500 payment requests in turn, whose addresses were derived "
        "again the first time and are remembered; GET, derived each time, takes more in turn than are remembered. "
        "Load by wrk, one thread; the answers of a run are all 2xx, or the run fails.",
    )
    for processes in effort.processes:
        with stage.database("endpoints") as database, stage.server(database, workers=processes) as server:
            loads = _measure(database, server, effort)
            database.assert_whole()
        part.ratios += _ratios(loads, processes)
        part.tables.append(_table(loads, processes))
        part.plots.append(_plot(loads, processes))
    return part


def requests(database: Database, url: str, *, network: str = "regtest") -> dict[str, list[Request]]:
    """What each kind asks for; makes the payment requests that are asked for again."""
    known = [database.post(network=network, key=f"known-{number}") for number in range(KNOWN)]
    return {
        "no-op": [database.post(network=network, path=NOTHING)],
        "POST": [database.post(network=network)],
        "GET": _gets(database, url, known),
        "replay": known,
    }


def _gets(database: Database, url: str, orders: Sequence[Request]) -> list[Request]:
    """Make the payment requests; how each is asked for."""
    answers = open_loop.fetch(url, orders)
    if {status for status, _ in answers} != {201}:
        raise RuntimeError("the payment requests to ask for could not be made")
    return [database.ask("GET", f"{PATH}/{json.loads(body)['id']}") for _, body in answers]


def _measure(database: Database, server: Server, effort: Effort) -> Loads:
    by_kind = requests(database, server.url)
    count = KNOWN if effort.is_rehearsal else FORGOTTEN
    by_kind[DERIVED] = _gets(database, server.url, [database.post()] * count)
    for asked in by_kind.values():
        wrk.warm_up(server.url, asked, effort.warm_up_seconds)
    loads: Loads = {}
    for connections in effort.connections:
        runs = {
            kind: partial(_run, server.url, asked, connections, effort.seconds)
            for kind, asked in by_kind.items()
        }
        for kind, found in effort.interleave(runs).items():
            loads[kind, connections] = found
    return loads


def _run(url: str, asked: Sequence[Request], connections: int, seconds: int) -> Load:
    load = wrk.load(url, asked, connections=connections, seconds=seconds)
    if load.not_2xx:
        raise RuntimeError(f"{load.not_2xx:.1%} of the answers are not 2xx")
    return load


def _connections(loads: Loads) -> list[int]:
    return list(dict.fromkeys(connections for _, connections in loads))


def _ratios(loads: Loads, processes: int) -> list[Ratio]:
    """Targets are for one process."""

    def target(value: float) -> float | UnsetType:
        return value if processes == 1 else UNSET

    of = f"{processes} process{'es' if processes > 1 else ''}"
    found = [
        Ratio.of(
            f"{kind} / no-op, {connections} connections, {of}",
            wrk.rates(loads[kind, connections]),
            wrk.rates(loads["no-op", connections]),
            at_least=target(least) if least and connections >= 64 else UNSET,
        )
        for kind, least in (("POST", 0.6), ("GET", 0.5), (DERIVED, 0.0), ("replay", 0.0))
        for connections in _connections(loads)[1:]
    ]
    found.append(
        Ratio.of(
            f"POST / no-op, median latency at 1 connection, {of}",
            wrk.medians(loads["POST", 1]),
            wrk.medians(loads["no-op", 1]),
            at_most=target(6.0),
        )
    )
    found.append(
        Ratio.of(
            f"POST, p99 / median at 64 connections, {of}",
            [load.p99_ms for load in loads["POST", 64]],
            wrk.medians(loads["POST", 64]),
            at_most=target(4.0),
        )
    )
    return found


def _table(loads: Loads, processes: int) -> Table:
    rows = []
    for (kind, connections), runs in loads.items():
        rows.append([kind, str(connections), *rivals.cells(rivals.median(runs))])
    return Table(
        title=f"{processes} server process{'es' if processes > 1 else ''}, median round",
        columns=["endpoint", "connections", "a second", "p50", "p99"],
        rows=rows,
    )


def _plot(loads: Loads, processes: int) -> Plot:
    kinds = list(dict.fromkeys(kind for kind, _ in loads))
    return Plot(
        name=f"endpoints-{processes}",
        title=f"Answers a second, {processes} server process{'es' if processes > 1 else ''}",
        x_title="connections",
        y_title="a second",
        x=[str(connections) for connections in _connections(loads)],
        series={
            kind: [rivals.median(loads[kind, connections]).per_second for connections in _connections(loads)]
            for kind in kinds
        },
        is_bars=True,
    )
