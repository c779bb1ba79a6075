"""What the books need as time passes: holds whose time is over give back what they held."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Final

import psycopg
import structlog

from service.background import working
from service.database import Pool
from service.database import ledger as schema
from service.errors import IndeterminateError

log = structlog.get_logger()

INTERVAL_SECONDS: Final = 2.0
BATCH_SIZE: Final = 500


def keeping(pool: Pool) -> AbstractAsyncContextManager[None]:
    """
    Keep the books while the block runs, in a task of its own.

    Any number of processes may: a hold expires once, whoever comes first. It counts as expired from
    its time on, kept or not; keeping gives back what it held.
    """
    return working(_keep(pool))


async def _keep(pool: Pool) -> None:
    while True:
        try:
            await _expire_holds(pool)
        except (psycopg.Error, IndeterminateError) as exc:
            # The next round does it; requests find out for themselves how the database is.
            log.warning("holds were not expired", sqlstate=getattr(exc, "sqlstate", None) or "")
        await asyncio.sleep(INTERVAL_SECONDS)


async def _expire_holds(pool: Pool) -> None:
    while count := await schema.expire_holds(pool, batch_size=BATCH_SIZE):
        log.info("holds expired", count=count)
        if count < BATCH_SIZE:
            return
