"""
`pgtill verify`: ask the database whether it kept every promise.

    <schema>.anomalies     each such view there is; every one must be empty
    sync events            the chain of app.wallet_account_sync_events is whole
    ledger chains          each account's chain of entries is whole
    acknowledged answers   where a log of them is given: each is there, byte for byte, and made once
    sessions               nobody waits for a lock, or idles in a transaction, for more than seconds
    statistics             no key stands in the text of a statement

All but the last two are read in one snapshot, so that a database at work can be verified. Two
things are others' business: `pgtill audit` derives every address again, `sqitch verify` looks
whether the schema is as it was deployed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from service.answers import payment_request_answer, read_stored
from service.database import Pool, operations
from service.database.operations import Breach, Snapshot
from service.errors import ConfigError

MAX_BREACHES: Final = 100
"""How many breaches of one check are told; all are counted."""

_AT_ONCE: Final = 1_000
_CREATED: Final = 201
_PROMISES: Final = (200, 201)


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log: what a client was answered. Only a promise, 200 or 201, is held against us."""

    organization_id: str
    key: str
    status: int
    body: str = ""


_DECODER: Final = msgspec.json.Decoder(Acknowledged)


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
                await _hold(snapshot, acknowledged, check)
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


async def _hold(snapshot: Snapshot, log: Path, check: Check) -> None:
    """Hold every promise of the log against the first answer that the database has for its key."""
    check.checked = 0
    created: set[tuple[str, str]] = set()
    promises = _promises(log)
    read: list[tuple[Acknowledged, list[bytes]]] = []
    while True:
        batch = list(islice(promises, _AT_ONCE))
        # The database looks the next ones up while these are compared.
        stored = asyncio.create_task(
            snapshot.first_answers(
                [promise.organization_id for promise in batch], [promise.key for promise in batch]
            )
        )
        await asyncio.sleep(0)
        for promise, answers in read:
            check.find(_judge(promise, answers, created))
        read = list(zip(batch, await stored, strict=True))
        if not read:
            return
        check.checked += len(read)


def _judge(promise: Acknowledged, answers: list[bytes], created: set[tuple[str, str]]) -> list[Breach]:
    found = []
    if promise.status == _CREATED:
        name = (promise.organization_id, promise.key)
        if name in created:
            found.append(Breach("created_twice", promise.key, "201 was answered before"))
        created.add(name)
    if not answers:
        found.append(Breach("answer_lost", promise.key, "the database does not know the key"))
    elif [payment_request_answer(read_stored(answer)) for answer in answers] != [promise.body.encode()]:
        found.append(Breach("answer_differs", promise.key, "the database has another answer for the key"))
    return found


def _promises(log: Path) -> Iterator[Acknowledged]:
    with log.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                answer = _DECODER.decode(line)
            except msgspec.MsgspecError:
                raise ConfigError(
                    "CONFIG_VALUE_INVALID",
                    f"--acknowledged: line {number} of {log} is not an object with "
                    "organization_id, key, status and body",
                ) from None
            if answer.status in _PROMISES:
                yield answer
