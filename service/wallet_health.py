"""What each wallet version did, counted here and added to `paths.wallet_health_metrics` now and then."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import psycopg
import structlog

from service.database import Pool, paths
from service.errors import IndeterminateError

log = structlog.get_logger()

SECONDS: Final = 60.0
"""Between two writes; what a killed process counted since the last one is lost."""


@dataclass(slots=True)
class Tally:
    """Of one wallet version, since it was last written down."""

    allocations: int = 0
    verifications: int = 0
    errors: int = 0
    seconds: float = 0.0

    @property
    def mean_ms(self) -> int:
        """To answer an allocation or a verification."""
        return round(1000 * self.seconds / max(self.allocations + self.verifications, 1))


class WalletHealth:
    """Counts without a clock of its own: who counts after the time writes what was counted."""

    def __init__(self, pool: Pool, *, seconds: float = SECONDS) -> None:
        self._pool = pool
        self._seconds = seconds
        self._tallies: dict[int, Tally] = {}
        self._written_at = time.monotonic()
        self._writing: asyncio.Task[None] | None = None

    def count(
        self,
        wallet_version: int,
        *,
        allocations: int = 0,
        verifications: int = 0,
        errors: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Count what was just answered; `seconds` is how long it took."""
        tally = self._tallies.setdefault(wallet_version, Tally())
        tally.allocations += allocations
        tally.verifications += verifications
        tally.errors += errors
        # A batch is answered once: each of its paths took that long.
        tally.seconds += seconds * (allocations + verifications)
        if time.monotonic() - self._written_at > self._seconds and self._writing is None:
            self._writing = asyncio.create_task(self.write())

    async def write(self) -> None:
        """Add to the database what was counted; nothing waits for it, so a failure is only logged."""
        tallies, self._tallies = self._tallies, {}
        self._written_at = time.monotonic()
        try:
            for wallet_version, tally in tallies.items():
                await self._add(wallet_version, tally)
        except (psycopg.Error, IndeterminateError) as exc:
            log.warning("wallet health not written", error=type(exc).__name__)
        finally:
            self._writing = None

    async def _add(self, wallet_version: int, tally: Tally) -> None:
        await paths.record_health(
            self._pool,
            wallet_version=wallet_version,
            allocations_count=tally.allocations,
            verifications_count=tally.verifications,
            error_count=tally.errors,
            average_response_time_ms=tally.mean_ms,
        )
