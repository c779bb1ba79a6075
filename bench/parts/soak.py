"""Sustained load: whether the service's memory stays flat, and cursors are rewritten in place."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from bench import wrk
from bench.parts import NotHere
from bench.report import Part, Plot, Ratio, Table
from bench.stage import Database, Effort, Stage

TITLE = "Under sustained load"

CONNECTIONS = 64
WITHIN = 1.05
HOT = 0.95
"""Share of updates of cursor rows that touch no index."""


def measure(stage: Stage, effort: Effort) -> Part:
    if not Path("/proc/self/status").exists():
        raise NotHere("memory is read from /proc, which this system does not have")
    with stage.database("soak") as database, stage.server(database) as server:
        post = [database.post()]
        wrk.warm_up(server.url, post, effort.soak_seconds // 10)
        before = _updates(database)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(
                wrk.load, server.url, post, connections=CONNECTIONS, seconds=effort.soak_seconds
            )
            samples = []
            while not running.done():
                samples.append(_private_mib(server.pid))
                time.sleep(effort.soak_seconds / 60)
            load = running.result()
        after = _updates(database)
        database.assert_whole()
    updates, hot = after[0] - before[0], after[1] - before[1]
    part = Part(
        name="soak",
        title=TITLE,
        method=f"POST on one hot wallet by {CONNECTIONS} connections for {effort.soak_seconds} s, after a tenth of "
        "that to warm up. Memory is what the server process and its address worker have for themselves (RssAnon), "
        "its first third of the time against its last. HOT updates by pg_stat_user_tables.",
    )
    third = len(samples) // 3
    part.ratios += [
        Ratio.of(
            "memory, last third / first third",
            [statistics.mean(samples[-third:])],
            [statistics.mean(samples[:third])],
            at_most=WITHIN,
        ),
        Ratio.of("HOT updates / updates of cursor rows", [hot], [updates], at_least=HOT),
    ]
    part.tables.append(
        Table(
            title=f"{effort.soak_seconds} s, {CONNECTIONS} connections",
            columns=["POST a second", "memory at first", "at last", "at most", "updates of cursor rows"],
            rows=[
                [
                    f"{load.per_second:,.0f}",
                    *(f"{mib:.1f} MiB" for mib in (samples[0], samples[-1], max(samples))),
                    f"{updates:,}",
                ]
            ],
        )
    )
    part.plots.append(
        Plot(
            name="soak",
            title="Memory of the service under sustained load",
            x_title="s",
            y_title="MiB",
            x=[
                f"{number * effort.soak_seconds / len(samples):.0f}" if number % 10 == 0 else ""
                for number in range(len(samples))
            ],
            series={"server and address worker": list(samples)},
        )
    )
    return part


def _updates(database: Database) -> tuple[int, int]:
    """Updates of cursor rows so far, and how many of them were HOT."""
    time.sleep(1.5)  # backends report what they did once a second
    with database.connect() as conn:
        row = conn.execute(
            """
            SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
             WHERE schemaname = 'app' AND relname = 'wallet_accounts'
            """
        ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _private_mib(pid: int) -> float:
    """Of the process and all below it."""
    return sum(_private_kib(each) for each in _family(pid)) / 1024


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                found += _family(int(child))
    return found


def _private_kib(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("RssAnon:"):
                return int(line.split()[1])
    return 0
