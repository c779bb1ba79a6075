"""
Reads from a standby that never miss what their client has written.

An answer to a write carries a token: a place in the primary's log, taken after the commit. A GET that
brings it back is answered by the standby once that has come so far, and by the primary when it has not
in a quarter of a second, or does not answer. Nothing that decides anything is read there.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import psycopg
import structlog

from service import metrics
from service.database import Connection, Pool
from service.database import app as app_schema
from service.errors import ApiError, from_database
from service.joiner import Joiner, Limits

log = structlog.get_logger()

WAIT_SECONDS: Final = 0.25
"""How long a GET waits for the standby before it goes to the primary."""

REST_SECONDS: Final = 1.0
"""How long a standby that did not answer is left alone."""

_LOOK_SECONDS: Final = 0.005
_TOKEN: Final = re.compile(r"[0-9A-Fa-f]{8}[0-7][0-9A-Fa-f]{15}")


class Replica:
    """A standby of the primary, and the tokens that say how far it must be."""

    def __init__(self, primary: Pool, standby: Pool, *, call_deadline: float) -> None:
        self._primary = primary
        self._standby = standby
        self._resting_until = 0.0
        # One look serves all who have committed before it.
        self._tokens: Joiner[None, str] = Joiner(
            self._look,
            Limits(batch_limit=1_000, call_deadline=call_deadline, max_calls=1),
            is_read=True,
        )

    async def token(self) -> str | None:
        """A token of all that is committed by now; None when the primary cannot be asked."""
        try:
            return await self._tokens.submit(None)
        except ApiError:
            return None

    def reads(self, token: str) -> Reads | None:
        """Reads that show all that the token stands for; None for what is no token."""
        return Reads(self, token) if _TOKEN.fullmatch(token) else None

    @asynccontextmanager
    async def connection(self, token: str) -> AsyncIterator[Connection]:
        """A connection on which all that the token stands for can be read."""
        async with AsyncExitStack() as stack:
            conn = await self._caught_up(token)
            if conn is None:
                conn = await stack.enter_async_context(self._primary.connection())
            else:
                stack.push_async_callback(self._standby.putconn, conn)
            yield conn

    async def _look(self, asked: list[None]) -> list[str]:
        return [await app_schema.read_token(self._primary)] * len(asked)

    async def _caught_up(self, token: str) -> Connection | None:
        """A connection of the standby's pool, to be given back, once it has come so far."""
        if time.monotonic() < self._resting_until:
            metrics.REPLICA_READS.labels("resting").inc()
            return None
        # Not cancelled when it takes too long: psycopg would wait for a server that does not answer.
        wait = asyncio.create_task(self._wait_until_caught_up(token))
        done, _ = await asyncio.wait([wait], timeout=2 * WAIT_SECONDS)
        if not done:
            wait.add_done_callback(self._give_back)
            self._rest("TimeoutError")
            return None
        try:
            conn = wait.result()
        except (psycopg.Error, OSError) as exc:
            self._rest(type(exc).__name__)
            return None
        metrics.REPLICA_READS.labels("replica" if conn else "behind").inc()
        return conn

    async def _wait_until_caught_up(self, token: str) -> Connection | None:
        until = time.monotonic() + WAIT_SECONDS
        conn = await self._standby.getconn(WAIT_SECONDS)
        try:
            while not (has_replayed := await app_schema.has_replayed(conn, token)):
                if has_replayed is None:
                    # Promoted under us. The pool connects anew, and its URL says to what.
                    raise psycopg.OperationalError("the server follows nobody any more")
                if time.monotonic() > until:
                    await self._standby.putconn(conn)
                    return None
                await asyncio.sleep(_LOOK_SECONDS)
        except BaseException:
            await conn.close()
            await self._standby.putconn(conn)
            raise
        return conn

    def _give_back(self, wait: asyncio.Task[Connection | None]) -> None:
        """It came after all, and nobody waits for it any more."""
        if not wait.cancelled() and not wait.exception() and (conn := wait.result()):
            self._late = asyncio.create_task(self._standby.putconn(conn))

    def _rest(self, error: str) -> None:
        self._resting_until = time.monotonic() + REST_SECONDS
        log.warning("standby does not answer", error=error)
        metrics.REPLICA_READS.labels("unreachable").inc()


class Reads:
    """Stands for the pool, and for the joined reads, of one request."""

    def __init__(self, replica: Replica, token: str) -> None:
        self._replica = replica
        self._token = token

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection that shows what the request's token stands for."""
        async with self._replica.connection(self._token) as conn:
            yield conn

    async def submit(self, item: tuple[int, str]) -> tuple[bytes, str] | None:
        """A payment request and its wallet account, or None; raises `ApiError` 503."""
        try:
            (found,) = await app_schema.get_payment_requests(self, [item])
        except psycopg.Error as exc:
            raise from_database(exc, is_read=True) from exc
        return found
