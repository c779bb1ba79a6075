"""
One organization floods, others send their few requests: they take their turns, and are not behind the flood.

    pytest --long -s tests/faults/test_flood.py    tells what a flood costs the others, beside a quiet run
"""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from bench import open_loop, wrk
from bench.wrk import Request
from tests.conftest import Database
from tests.support import BTC, DEADLINE_S, PATH, Merchant, Wire, create_merchant, rows, serving

pytestmark = pytest.mark.alone

FLOOD = 200
BATCH = 4

FLOODING_CLIENTS = 256
OTHERS = 5
RATE = 50.0
"""Requests a second of all others together."""


def test_who_floods_waits_behind_himself(database: Database) -> None:
    # Nothing of time is measured: what counts is in which order answers come.
    flooder, other = (create_merchant(database.dsn(), name) for name in ("flooder", "other"))
    answers: list[str] = []

    async def ask(port: int, merchant: Merchant, name: str) -> None:
        wire = await Wire.open(port)
        reply = await wire.ask("POST", PATH, json.dumps(BTC).encode(), merchant.headers)
        assert reply.status == 201
        answers.append(name)
        await wire.close()

    async def flood(port: int) -> None:
        # Keys that are known, so that nobody waits for bcrypt.
        await ask(port, flooder, "first")
        await ask(port, other, "first")
        answers.clear()
        with psycopg.connect(database.dsn()) as holder:
            holder.execute("SELECT FROM app.wallet_accounts FOR UPDATE")
            crowd = [asyncio.create_task(ask(port, flooder, "flooder")) for _ in range(FLOOD)]
            while not rows(database.dsn(), "SELECT pid FROM pg_locks WHERE NOT granted"):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.3)  # all of them wait by now
            late = asyncio.create_task(ask(port, other, "other"))
            await asyncio.sleep(0.2)
        async with asyncio.timeout(DEADLINE_S):
            await asyncio.gather(*crowd, late)

    with serving(database.dsn("pgtill_service"), PGTILL_BATCH_LIMIT=str(BATCH)) as server:
        asyncio.run(flood(server.port))
    assert len(answers) == FLOOD + 1
    # Two calls were under way; the third has one order of each organization in turn.
    assert answers.index("other") < 5 * BATCH, answers.index("other")


def test_a_flood_costs_the_others_less_than_him(database: Database, pytestconfig: pytest.Config) -> None:
    # Measured, but on a machine with other work: what is asserted holds whatever the machine does.
    seconds = 20 if pytestconfig.getoption("--long") else 3
    flooder, *others = (create_merchant(database.dsn(), f"shop {number}") for number in range(1 + OTHERS))
    with serving(database.dsn("pgtill_service")) as server, ThreadPoolExecutor(1) as pool:
        open_loop.fetch(server.url, orders([flooder, *others], 64))  # keys are known, plans are made
        quiet = few_requests(server.url, others, seconds)
        # Another process, so that what it takes of a core is not taken from whoever measures.
        flood = pool.submit(
            wrk.load, server.url, orders([flooder], 1), connections=FLOODING_CLIENTS, seconds=seconds + 2
        )
        time.sleep(1)
        during = few_requests(server.url, others, seconds)
        load = flood.result()
    for name, run in (("quiet", quiet), ("flooded", during)):
        told = ", ".join(f"p{percent} {run.percentile_ms(percent):.1f} ms" for percent in (50, 90, 99))
        print(f"others, {name}: {run.due} requests, {told}")
        assert run.statuses == {201: run.due}
    print(f"who floods: {load.per_second:.0f}/s of {FLOODING_CLIENTS} clients, p50 {load.p50_ms:.1f} ms")
    assert load.not_2xx == 0
    assert during.percentile_ms(50) < load.p50_ms


def orders(merchants: list[Merchant], count: int) -> list[Request]:
    """So many new orders, of each merchant in turn."""
    body = json.dumps(BTC)
    return [
        Request(path=PATH, method="POST", headers=merchants[number % len(merchants)].headers, body=body)
        for number in range(count)
    ]


def few_requests(url: str, merchants: list[Merchant], seconds: float) -> open_loop.Outcome:
    return open_loop.run(url, orders(merchants, OTHERS), rate=RATE, seconds=seconds, connections=32)
