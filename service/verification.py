"""
`pgtill verify`: ask the database whether it kept every promise.

    <schema>.anomalies     each such view there is; every one must be empty
    sync events            the chain of app.wallet_account_sync_events is whole
    ledger chains          each account's chain of entries is whole
    acknowledged answers   where a log of them is given: each is there, and was made once
    sessions               nobody waits for a lock, or idles in a transaction, for more than seconds
    statistics             no key stands in the text of a statement

All but the last two are read in one snapshot, so that a database at work can be verified. Two
things are others' business: `pgtill audit` derives every address again, `sqitch verify` looks
whether the schema is as it was deployed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from service.acknowledged import Holding
from service.database import Pool, operations
from service.database.operations import Breach

MAX_BREACHES: Final = 100
"""How many breaches of one check are told; all are counted."""


@dataclass(slots=True)
class Check:
    """What one check looked at, and what it found broken."""

    name: str
    checked: int | None = None
    breach_count: int = 0
    breaches: list[Breach] = field(default_factory=list)
    seconds: float = 0.0

    def find(self, breaches: list[Breach], count: int | None = None) -> None:
        """Take breaches in; `count` where there are more of them than were read."""
        self.breach_count += len(breaches) if count is None else count
        self.breaches += breaches[: MAX_BREACHES - len(self.breaches)]


async def verify(pool: Pool, acknowledged: Path | None = None) -> list[Check]:
    """Carry every check out. All is well when none has found a breach."""
    checks: list[Check] = []
    async with operations.snapshot(pool) as snapshot:
        for view in await snapshot.anomaly_views():
            with _checking(f"{view}.anomalies", checks) as check:
                check.find(*await snapshot.anomalies(view, limit=MAX_BREACHES))
        with _checking("sync events", checks) as check:
            broken = await snapshot.broken_sync_event()
            check.find([] if broken is None else [broken])
        with _checking("ledger chains", checks) as check:
            broken = await snapshot.broken_ledger_link()
            check.find([] if broken is None else [broken])
        if acknowledged is not None:
            with _checking("acknowledged answers", checks) as check:
                check.checked = 0
                async for count, breaches in Holding(snapshot, acknowledged).batches():
                    check.checked += count
                    check.find(breaches)
    with _checking("sessions", checks) as check:
        check.find(await operations.list_stuck_sessions(pool))
    with _checking("statistics", checks) as check:
        check.find(await operations.list_told_secrets(pool))
    return checks


@contextmanager
def _checking(name: str, checks: list[Check]) -> Iterator[Check]:
    check = Check(name)
    checks.append(check)
    started = time.monotonic()
    yield check
    check.seconds = time.monotonic() - started
