"""Hears what other sessions commit: revoked keys, changed catalogs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import psycopg
import structlog

from service.auth import Authenticator
from service.catalog import Catalog
from service.database import Connection, connection_options, take_role

log = structlog.get_logger()

_RETRY_SECONDS: Final = 1.0
_REFRESH_SECONDS: Final = 60.0


@asynccontextmanager
async def listening(
    dsn: str, role: str, catalog: Catalog, authenticator: Authenticator
) -> AsyncIterator[None]:
    """Listen in the background on a connection of its own until the block ends."""
    task = asyncio.create_task(_listen_for_ever(dsn, role, catalog, authenticator))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _listen_for_ever(dsn: str, role: str, catalog: Catalog, authenticator: Authenticator) -> None:
    while True:
        try:
            await _listen(dsn, role, catalog, authenticator)
        except (psycopg.Error, OSError) as exc:
            log.warning("listening stopped", error=type(exc).__name__)
        # What was said meanwhile is lost; behind a transaction pooler nothing is heard at all.
        authenticator.forget_all()
        await asyncio.sleep(_RETRY_SECONDS)


async def _listen(dsn: str, role: str, catalog: Catalog, authenticator: Authenticator) -> None:
    async with await Connection.connect(dsn, **connection_options()) as conn:
        await take_role(role)(conn)
        await conn.execute("LISTEN pgtill_api_key_revoked")
        await conn.execute("LISTEN pgtill_catalog_changed")
        while True:
            authenticator.forget_all()
            await catalog.refresh()
            async for notice in conn.notifies(timeout=_REFRESH_SECONDS):
                if notice.channel == "pgtill_api_key_revoked":
                    authenticator.forget(notice.payload)
                else:
                    await catalog.refresh()
            await conn.execute("SELECT 1")
