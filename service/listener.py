"""
Hears what other sessions commit: revoked keys, changed catalogs.

A pooler gives the server connection that would listen to somebody else after each transaction.
Behind one the catalog is read again every few seconds instead, and a revoked key is good until the
minute that it is known for is over.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal

import psycopg
import structlog

from service.auth import Authenticator
from service.background import working
from service.catalog import Catalog
from service.database import Connection, connection_options, take_role

log = structlog.get_logger()

_RETRY_SECONDS: Final = 1.0
_REFRESH_SECONDS: Final = 60.0
_POLL_SECONDS: Final = 5.0


def listening(
    dsn: str, role: str, catalog: Catalog, authenticator: Authenticator
) -> AbstractAsyncContextManager[None]:
    """Listen in the background on a connection of its own until the block ends."""
    return working(_listen_for_ever(dsn, role, catalog, authenticator))


async def _listen_for_ever(dsn: str, role: str, catalog: Catalog, authenticator: Authenticator) -> None:
    while True:
        try:
            if await _listen(dsn, role, catalog, authenticator) == "pooled":
                await _poll(catalog)
        except (psycopg.Error, OSError) as exc:
            log.warning("listening stopped", error=type(exc).__name__)
        # What was said meanwhile is lost.
        authenticator.forget_all()
        await asyncio.sleep(_RETRY_SECONDS)


async def _listen(dsn: str, role: str, catalog: Catalog, authenticator: Authenticator) -> Literal["pooled"]:
    """Listen for ever, or say that nothing can be heard here."""
    async with await Connection.connect(dsn, **connection_options()) as conn:
        await take_role(role)(conn)
        if conn.is_pooled:
            return "pooled"
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


async def _poll(catalog: Catalog) -> None:
    log.info("not listening behind a pooler", seconds_between_looks=_POLL_SECONDS)
    while True:
        await asyncio.sleep(_POLL_SECONDS)
        await catalog.refresh()
