"""Connections to the database: how many there are, who waits for one, and how soon there is one again."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg_pool import PoolTimeout, TooManyRequests

from service.database import create_pool
from service.embedded import PORT, Cluster
from tests.conftest import Database
from tests.database import FAST

ROLE = "pgtill_service"


def test_a_pool_grows_to_its_size_and_no_further(database: Database) -> None:
    async def work() -> None:
        async with (
            asyncio.timeout(20),
            create_pool(database.dsn(ROLE), size=4, role=ROLE, wait_seconds=3) as pool,
            AsyncExitStack() as stack,
        ):
            for _ in range(4):
                await stack.enter_async_context(pool.connection())
            with pytest.raises(PoolTimeout):
                await pool.getconn(timeout=0.2)

    asyncio.run(work())


def test_who_gets_no_connection_is_told_soon(database: Database) -> None:
    async def work() -> float:
        async with (
            asyncio.timeout(20),
            create_pool(database.dsn(ROLE), size=1, role=ROLE, wait_seconds=0.5) as pool,
            pool.connection(),
        ):
            started = time.monotonic()
            with pytest.raises(PoolTimeout):
                await pool.getconn()
            return time.monotonic() - started

    assert 0.4 < asyncio.run(work()) < 5


def test_so_many_wait_for_a_connection_and_no_more(database: Database) -> None:
    async def work() -> list[BaseException | None]:
        async with (
            asyncio.timeout(20),
            create_pool(database.dsn(ROLE), size=1, role=ROLE, wait_seconds=1) as pool,
            pool.connection(),
        ):
            waiting = [asyncio.create_task(pool.getconn()) for _ in range(65)]
            await asyncio.wait(waiting)
            return [each.exception() for each in waiting]

    refused = asyncio.run(work())
    assert [type(each) for each in refused] == [PoolTimeout] * 64 + [TooManyRequests]


def test_after_a_long_time_without_a_server_it_is_found_at_once(tmp_path: Path) -> None:
    """psycopg alone doubles the time between its attempts: after 7 seconds the next comes at 15."""
    place = tmp_path / "at"

    def point_to(cluster: Cluster) -> None:
        assert cluster.socket_dir
        place.unlink(missing_ok=True)
        place.symlink_to(cluster.socket_dir)

    async def work(cluster: Cluster) -> float:
        dsn = f"postgresql://postgres@/postgres?host={quote(str(place), safe='')}&port={PORT}"
        async with create_pool(dsn, size=1, role="postgres") as pool:
            async with pool.connection() as conn:
                cluster.kill()
                with pytest.raises(psycopg.OperationalError):
                    await conn.execute("SELECT 1")
            await asyncio.sleep(9)
            await asyncio.to_thread(cluster.start)
            point_to(cluster)
            started = time.monotonic()
            async with pool.connection(timeout=20) as conn:
                await conn.execute("SELECT 1")
                return time.monotonic() - started

    with Cluster.temporary(settings=FAST) as cluster:
        point_to(cluster)
        assert asyncio.run(work(cluster)) < 3
