"""One organization floods, another sends its few requests: it takes its turn, and is not behind the flood."""

from __future__ import annotations

import asyncio
import json

import psycopg

from tests.conftest import Database
from tests.support import BTC, DEADLINE_S, PATH, Merchant, Wire, create_merchant, rows, serving

FLOOD = 200
BATCH = 4


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
