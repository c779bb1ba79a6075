"""Whether millions of payment requests make the next one dearer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from bench import history, machine, wrk
from bench.parts import rivals
from bench.parts.endpoints import requests
from bench.report import Part, Plot, Ratio, Table
from bench.stage import PATH, Database, Effort, Server, Stage
from bench.wrk import Load, Request

TITLE = "Cost as the tables grow"

WITHIN = 0.1

SETTLE = 40
"""Seconds of POSTs for each of warm-up: most whole pages are written soon after a checkpoint."""

Loads = dict[tuple[str, int], list[Load]]


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A database that began with so many payment requests, and its server."""

    count: int
    database: Database
    server: Server
    known: list[Request]
    load_seconds: float


def measure(_: Stage, effort: Effort) -> Part:
    with ExitStack() as stack:
        stage = stack.enter_context(Stage.set_up(_settings()))
        if not effort.is_rehearsal:
            stage.reuse_log()
        grown, hindrances = [_grow(stage, stack, 0)], []
        for count in effort.rows:
            rate = grown[-1].load_seconds / grown[-1].count if grown[-1].count else 0.0
            if hindrance := hindrance_to(count, count * rate, effort.load_seconds):
                hindrances.append(hindrance)
            else:
                grown.append(_grow(stage, stack, count))
        loads = _measure(grown, effort)
        sizes = {item.count: _size(item.database) for item in grown}
    part = Part(
        name="growth",
        title=TITLE,
        method="Databases that began with nothing and with millions of payment requests of the same wallet, each "
        "with its server, measured in turns. POST continues that wallet; GET asks for 500 of the payment requests "
        "spread over all of the past. The past was loaded by sets, and its constraints made again afterwards. "
        "PostgreSQL has what docs/operations.md advises for millions of rows: a quarter of the memory "
        f"({_settings()['shared_buffers']}) as shared buffers, and minutes between checkpoints. "
        f"{SETTLE * effort.warm_up_seconds} s of POSTs go before, so that it is not the first minute after one.",
    )
    part.ratios = [ratio for item in grown[1:] for ratio in _ratios(loads, item.count)]
    part.tables.append(_table(loads, sizes))
    part.notes += [f"Loading {_name(item.count)} took {item.load_seconds:.0f} s." for item in grown[1:]]
    part.notes += hindrances
    part.plots.append(_plot(loads, [item.count for item in grown]))
    return part


def _settings() -> dict[str, str]:
    """
    What docs/operations.md advises for millions of payment requests.

    With the 128 MB of `make run` most addresses of ten million would meet an index page that is not there.
    """
    return {
        "shared_buffers": f"{machine.memory_gib() / 4 * 1024:.0f}MB",
        "min_wal_size": "2GB",
        "max_wal_size": "8GB",
        "checkpoint_timeout": "30min",
    }


def hindrance_to(count: int, expected_seconds: float, limit_seconds: float) -> str | None:
    """Why so many are not measured, if they are not."""
    if not history.fits(count):
        return f"The disk has no room for {_name(count)}: not measured."
    if expected_seconds > limit_seconds:
        return (
            f"Loading {_name(count)} would have taken about {expected_seconds:.0f} s: not measured. "
            f"`python -m bench growth --rows {count}` takes the time."
        )
    return None


def _grow(stage: Stage, stack: ExitStack, count: int) -> Grown:
    start = time.monotonic()
    database = stack.enter_context(stage.database(f"growth_{count}"))
    ids = history.load(database, count) if count else []
    seconds = time.monotonic() - start
    server = stack.enter_context(stage.server(database))
    known = [database.ask("GET", f"{PATH}/{id_}") for id_ in ids]
    return Grown(
        count=count,
        database=database,
        server=server,
        known=known or requests(database, server.url, network="sepolia")["GET"],
        load_seconds=seconds,
    )


def _measure(grown: list[Grown], effort: Effort) -> Loads:
    loads: Loads = {}
    posts = {item.count: [item.database.post(network="sepolia")] for item in grown}
    for item in grown:
        wrk.warm_up(item.server.url, posts[item.count], SETTLE * effort.warm_up_seconds)
        wrk.warm_up(item.server.url, item.known, effort.warm_up_seconds)
    for what, connections in (("POST", 64), ("POST", 1), ("GET", 64)):
        runs: dict[str, Callable[[], Load]] = {
            str(item.count): partial(
                wrk.load,
                item.server.url,
                posts[item.count] if what == "POST" else item.known,
                connections=connections,
                seconds=2 * effort.seconds,
            )
            for item in grown
        }
        for count, found in effort.interleave(runs).items():
            if any(load.not_2xx for load in found):
                raise RuntimeError(f"{what}: {found[0].not_2xx:.1%} of the answers are not 2xx")
            loads[f"{what}, {connections} connection{'s' if connections > 1 else ''}", int(count)] = found
    return loads


def _ratios(loads: Loads, count: int) -> Iterator[Ratio]:
    for what in dict.fromkeys(what for what, _ in loads):
        if "connections" in what:
            yield Ratio.of(
                f"{_name(count)} / empty, answers a second: {what}",
                wrk.rates(loads[what, count]),
                wrk.rates(loads[what, 0]),
                at_least=1 - WITHIN,
            )
        else:
            yield Ratio.of(
                f"{_name(count)} / empty, median latency: {what}",
                wrk.medians(loads[what, count]),
                wrk.medians(loads[what, 0]),
                at_most=1 + WITHIN,
            )


def _name(count: int) -> str:
    return f"{count / 1_000_000:g} million" if count >= 1_000_000 else f"{count:,}"


def _size(database: Database) -> str:
    return str(database.value("SELECT pg_size_pretty(pg_database_size(current_database()))"))


def _table(loads: Loads, sizes: dict[int, str]) -> Table:
    rows = []
    for (what, count), found in loads.items():
        load = rivals.median(found)
        rows.append([what, _name(count), sizes[count], *rivals.cells(load)])
    return Table(
        title="Median round",
        columns=["", "payment requests before", "database", "a second", "p50", "p99"],
        rows=rows,
    )


def _plot(loads: Loads, counts: list[int]) -> Plot:
    return Plot(
        name="growth",
        title=TITLE,
        x_title="payment requests before",
        y_title="answers a second",
        x=[_name(count) for count in counts],
        series={
            what: [rivals.median(loads[what, count]).per_second for count in counts]
            for what in dict.fromkeys(what for what, _ in loads)
            if "connections" in what
        },
        is_bars=True,
    )
