"""What each wallet did stands in the database when a server has ended, and before if it runs for long."""

from __future__ import annotations

import asyncio
import signal
from typing import Any, cast

import psycopg
import pytest

from service.database import create_pool
from service.paths.delegation import instance_statement
from service.wallet_health import WalletHealth
from tests.conftest import Database
from tests.paths.support import PATHS, serving_desk
from tests.paths.test_delegation import MAKER, PRODUCER, key_of, sign
from tests.support import rows

FOUND = """
SELECT wallet_version, allocations_count, verifications_count, error_count, average_response_time_ms
  FROM paths.wallet_health_metrics ORDER BY 1
"""


def test_a_server_writes_down_what_it_counted_when_it_ends(database: Database) -> None:
    with serving_desk(database) as desk:
        second = desk.create_wallet()
        index = desk.owner.register(public_key=key_of(MAKER), key_delegation_level="full")
        there = desk.owner.register(wallet=second)
        desk.owner.allocate(f"{index}.1", key="once")
        desk.owner.allocate(f"{index}.1", key="once")  # a replay is no second allocation
        desk.owner.allocate(f"{index}.1.1")
        desk.owner.allocate(f"{there}.1", wallet=second)
        items = [{"base_path": f"{index}.2.{place}"} for place in range(5)] + [{"base_path": f"{index}.1"}]
        desk.owner.post(f"{PATHS}/batch", {"wallet_version": 1, "paths": items, "all_or_nothing": False})
        for signer in (MAKER, PRODUCER):
            signature = sign(signer, instance_statement(1, (index, 1), 1))
            body = {"wallet_version": 1, "base_path": f"{index}.1", "instance": 1, "signature": signature}
            assert desk.owner.post(f"{PATHS}/verify", body).status_code == 200
        assert rows(desk.dsn, FOUND) == []
        assert desk.server.stop(signal.SIGTERM) == 0
        [(one, *counts, mean), (two, *others, _)] = rows(desk.dsn, FOUND)
    assert (one, counts) == (1, [6, 2, 3])
    assert 0 < mean < 30_000
    assert (two, others) == (second, [1, 0, 0])


def test_it_is_written_while_one_runs_and_a_failure_harms_nobody(database: Database) -> None:
    async def count() -> list[tuple[Any, ...]]:
        async with create_pool(database.dsn(), size=1, role="pgtill_service") as pool:
            health = WalletHealth(pool, seconds=0)
            health.count(1, allocations=2, seconds=0.010)
            await asyncio.sleep(0.3)
            health.count(1, verifications=2, errors=1, seconds=0.030)
            await asyncio.sleep(0.3)
            health.count(999_999, errors=1)  # there is no such wallet
            await asyncio.sleep(0.3)
            health.count(1, allocations=1, seconds=0.020)
            await asyncio.sleep(0.3)
            written = rows(database.dsn(), FOUND)
            # At the end it is waited for: what cannot be written is no reason not to end.
            last = WalletHealth(pool)
            last.count(999_999, errors=1)
            await last.write()
            return written

    assert asyncio.run(count()) == [(1, 3, 2, 1, 20)]


def test_what_could_not_be_written_keeps_nothing_else_from_being(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []

    async def fail(*_: Any, allocations_count: int, **__: Any) -> None:
        written.append(allocations_count)
        raise psycopg.OperationalError("gone")

    async def count() -> None:
        health = WalletHealth(cast(Any, None), seconds=0)
        for number in (1, 2, 3):
            await asyncio.sleep(0.01)
            health.count(1, allocations=number)
        await asyncio.sleep(0.01)
        last = WalletHealth(cast(Any, None))
        last.count(1, allocations=4)
        await last.write()  # as a server does that ends, and has more to do then

    monkeypatch.setattr("service.wallet_health.paths.record_health", fail)
    asyncio.run(count())
    assert written == [1, 2, 3, 4]
