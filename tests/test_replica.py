"""Reads from a standby that does not do what it should: the primary answers. The real ones: tests/ha/."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import psycopg
import pytest

from service.database import Pool
from service.errors import ApiError
from service.replica import Replica

TOKEN = "0" * 24


class Conn:
    is_closed = False

    async def close(self) -> None:
        self.is_closed = True


class FakePool:
    """One connection, and how it is given."""

    def __init__(self, wait: Callable[[], Awaitable[None]] | None = None) -> None:
        self.conn = Conn()
        self.lent = 0
        self._wait = wait

    async def getconn(self, timeout: float) -> Conn:
        if self._wait:
            await self._wait()
        self.lent += 1
        return self.conn

    async def putconn(self, conn: Conn) -> None:
        self.lent -= 1

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Conn]:
        yield self.conn


def read(
    monkeypatch: pytest.MonkeyPatch,
    standby: FakePool,
    *replayed: bool | BaseException | None,
) -> Conn:
    """The connection that is read from; the standby's is given back, whoever answers."""
    says, primary = list(replayed), FakePool()

    async def has_replayed(*_: object) -> bool | None:
        answer = says.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr("service.replica.app_schema.has_replayed", has_replayed)

    async def connect() -> Conn:
        replica = Replica(cast(Pool, primary), cast(Pool, standby), call_deadline=1)
        async with asyncio.timeout(5), replica.connection(TOKEN) as conn:
            found = cast(Conn, conn)
        await asyncio.sleep(0)
        return found

    found = asyncio.run(connect())
    assert standby.lent == 0
    assert found in (standby.conn, primary.conn)
    return found


def test_a_standby_that_has_come_so_far_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    standby = FakePool()
    assert read(monkeypatch, standby, False, True) is standby.conn
    assert not standby.conn.is_closed


@pytest.mark.parametrize(
    "answer", [None, psycopg.OperationalError("gone"), OSError()], ids=["promoted", "gone", "no network"]
)
def test_one_that_follows_nobody_or_is_gone_is_left(
    monkeypatch: pytest.MonkeyPatch, answer: BaseException | None
) -> None:
    standby = FakePool()
    assert read(monkeypatch, standby, answer) is not standby.conn
    assert standby.conn.is_closed  # the pool connects anew, to what its URL says


def test_one_that_does_not_come_so_far_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    standby = FakePool()
    assert read(monkeypatch, standby, *[False] * 1_000) is not standby.conn
    assert not standby.conn.is_closed


def test_one_that_gives_no_connection_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_ever() -> None:
        await asyncio.sleep(60)

    standby = FakePool(for_ever)
    assert read(monkeypatch, standby) is not standby.conn


def test_a_primary_that_cannot_be_asked_gives_no_token_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: object) -> str:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr("service.replica.app_schema.read_token", fail)
    replica = Replica(cast(Any, None), cast(Any, None), call_deadline=1)
    assert asyncio.run(replica.token()) is None


def test_a_read_that_fails_on_both_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> list[Any]:
        raise psycopg.OperationalError("gone")

    monkeypatch.setattr("service.replica.app_schema.get_payment_requests", fail)
    reads = Replica(cast(Any, None), cast(Any, None), call_deadline=1).reads(TOKEN)
    assert reads is not None
    with pytest.raises(ApiError) as refused:
        asyncio.run(reads.submit((1, "pr_1")))
    assert refused.value.code == "database_unavailable"
