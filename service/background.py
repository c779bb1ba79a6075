"""Work that goes on beside everything else, as long as a block runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Final

_PATIENCE_SECONDS: Final = 1.0


@asynccontextmanager
async def working(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """
    Do the work in a task of its own; when the block ends, so does the task.

    It is cancelled until it has ended: one that is just being given a connection by the pool may lose
    a cancellation (docs/decisions/0004), and would be waited for for ever.
    """
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=_PATIENCE_SECONDS)
        with suppress(asyncio.CancelledError):
            task.result()
