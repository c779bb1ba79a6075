"""The database as the service sees it: a connection that listens to warnings, and a pool of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg_pool import AsyncConnectionPool

from service.errors import IndeterminateError

_APPLICATION_NAME: Final = "pgtill"

_PATIENCE_SECONDS: Final = 0.5
"""How long the pool tries to connect, in growing steps, before it begins anew with the smallest."""


class Connection(psycopg.AsyncConnection[tuple[Any, ...]]):
    """
    A connection that remembers whether the server warned.

    A cancelled wait for a synchronous standby commits locally, returns its rows as if nothing had
    happened, and says so only in a WARNING (01000). No function of ours warns, so any warning
    means: the outcome is not certain.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_warned = False
        self.is_pooled = False
        """Whether somebody stands between us and the server; known once the role is taken."""
        self.add_notice_handler(self._note)

    def _note(self, diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            self.has_warned = True


class RawJson(Loader):
    """jsonb as the bytes it comes in: msgspec reads them, into a type."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


Pool = AsyncConnectionPool[Connection]


class Source(Protocol):
    """What a read takes its connection from: a pool, or what stands for one."""

    def connection(self) -> AbstractAsyncContextManager[Connection]:
        """A connection for the block."""


def take_role(role: str) -> Callable[[Connection], Awaitable[None]]:
    """
    Set a fresh connection up to act as `role`.

    In production the DSN logs in as the role itself and this asks one question. Any other login
    takes the role, with the settings (time-outs) that logging in would have given it; a pooler would
    give both to whoever comes next, so there it is refused with OperationalError.
    """

    async def configure(conn: Connection) -> None:
        cursor = await conn.execute("SELECT session_user::text, pg_backend_pid()")
        user, pid = await anext(cursor)
        conn.is_pooled = pid != conn.info.backend_pid
        if user != role:
            if conn.is_pooled:
                raise psycopg.OperationalError(f"behind a pooler only {role} can act as {role}: log in as it")
            await conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            await conn.execute(
                """
                SELECT set_config(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1), false)
                  FROM pg_catalog.pg_roles AS role
                 CROSS JOIN LATERAL unnest(role.rolconfig) AS setting
                 WHERE role.rolname = %s
                """,
                (role,),
            )
        # Behind a pooler the next transaction may meet another session, which has prepared nothing.
        conn.prepare_threshold = None if conn.is_pooled else 0
        conn.adapters.register_loader("jsonb", RawJson)
        conn.has_warned = False

    return configure


def connection_options() -> dict[str, Any]:
    """Autocommit: a call is a transaction. Statements are prepared once `take_role()` knows that they may be."""
    return {"autocommit": True, "prepare_threshold": None, "application_name": _APPLICATION_NAME}


def create_pool(dsn: str, *, size: int, role: str, wait_seconds: float = 5.0) -> Pool:
    """A pool, not yet open. Waiting for a connection ends after `wait_seconds` with PoolTimeout."""
    return AsyncConnectionPool(
        dsn,
        connection_class=Connection,
        kwargs=connection_options(),
        configure=take_role(role),
        min_size=min(2, size),
        max_size=size,
        timeout=wait_seconds,
        max_waiting=size * 64,
        reconnect_timeout=_PATIENCE_SECONDS,
        reconnect_failed=_try_again,
        open=False,
    )


async def _try_again(pool: Pool) -> None:
    """
    Begin a new round of attempts.

    The pool doubles the time between two attempts, so that after twenty seconds without a primary
    it would look again only ten seconds after there is one.
    """
    if not pool.closed:
        # Growing by one is the way to ask for a connection that nobody waits for.
        await pool.resize(pool.min_size - 1, pool.max_size)
        await pool.resize(pool.min_size + 1, pool.max_size)


@asynccontextmanager
async def writing(pool: Pool) -> AsyncIterator[Connection]:
    """
    A connection for one call that writes.

    Raises `IndeterminateError` when the server warned while it answered.
    """
    async with pool.connection() as conn:
        conn.has_warned = False
        try:
            yield conn
        except psycopg.errors.ReadOnlySqlTransaction:
            # It leads no more, or not yet: the next connection leads to the one that does.
            await conn.close()
            raise
        if conn.has_warned:
            raise IndeterminateError("the server warned while it committed")
