"""Merchants that never give up: each order is asked for with one key until it is answered."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tests.support import BTC, DEADLINE_S, ETH, PATH, USDT, Merchant, Wire, assert_whole, rows

ASSETS: Final = (BTC, ETH, USDT)
ANSWER_SECONDS: Final = 15.0
RETRY_SECONDS: Final = 0.05
LOST: Final = (OSError, EOFError, TimeoutError)
"""What a client sees that gets no answer."""


@dataclass
class Load:
    """What was asked, what was answered, and how long everybody waited for it."""

    ports: Sequence[int]
    merchant: Merchant
    acknowledged: dict[str, bytes] = field(default_factory=dict)
    replies: Counter[str] = field(default_factory=Counter)
    different: list[str] = field(default_factory=list)
    """Keys that were answered twice, and not with the same bytes."""
    stalls: list[tuple[float, float]] = field(default_factory=list)
    """When nobody got an answer for more than half a second: since when, and how long."""
    longest_wait: float = 0.0
    """The longest that one order took, from its first attempt to its answer."""
    _is_ending: bool = False
    _work: Future[None] | None = None
    _last: float = field(default_factory=time.monotonic)

    async def client(self, number: int) -> None:
        """One order after the other; ends when told to, but never between an order and its answer."""
        wire: Wire | None = None
        count = 0
        while not self._is_ending:
            key = f"order {number}-{count}"
            body = json.dumps(ASSETS[count % 3] | {"expected_amount_minor": str(count)}).encode()
            count += 1
            since = time.monotonic()
            while True:
                try:
                    wire = wire or await self._connect(number)
                    async with asyncio.timeout(ANSWER_SECONDS):
                        if await self._ask(wire, key, body):
                            break
                except LOST as exc:
                    self.replies[f"lost: {type(exc).__name__}"] += 1
                    if wire:
                        await wire.close(abruptly=True)
                        wire = None
                await asyncio.sleep(RETRY_SECONDS)
            self.longest_wait = max(self.longest_wait, time.monotonic() - since)
        if wire:
            await wire.close()

    async def _connect(self, number: int) -> Wire:
        while not self.ports:
            await asyncio.sleep(RETRY_SECONDS)
        return await Wire.open(self.ports[number % len(self.ports)])

    async def _ask(self, wire: Wire, key: str, body: bytes) -> bool:
        headers = self.merchant.headers | {"idempotency-key": key}
        reply = await wire.ask("POST", PATH, body, headers)
        self.replies[f"{reply.status} {reply.code or ''}".strip()] += 1
        if reply.status not in (200, 201):
            assert reply.status == 503, (reply.status, reply.body)
            return False
        if self.acknowledged.setdefault(key, reply.body) != reply.body:
            self.different.append(key)
        now = time.monotonic()
        if now - self._last > 0.5:
            self.stalls.append((self._last, now - self._last))
        self._last = now
        return True

    def begin(self, clients: int) -> None:
        """Start so many clients."""

        async def everybody() -> None:
            async with asyncio.TaskGroup() as group:
                for number in range(clients):
                    group.create_task(self.client(number))

        self._work = ThreadPoolExecutor(1).submit(lambda: asyncio.run(everybody()))

    def end(self) -> None:
        """Wait until each client has its last answer."""
        self._is_ending = True
        if self._work:
            self._work.result(2 * DEADLINE_S)

    def wait_for(self, more: int, *, seconds: float = 2 * DEADLINE_S) -> float:
        """Wait until so many more orders are answered; how long it took."""
        started, count = time.monotonic(), len(self.acknowledged)
        while len(self.acknowledged) < count + more:
            assert self._work
            assert not self._work.done(), self._work.exception()
            assert time.monotonic() - started < seconds, self.replies
            time.sleep(0.02)
        return time.monotonic() - started

    # What the database must say of it

    def lost_keys(self, dsn: str) -> list[str]:
        """Orders that were answered and are not there, or not as they were answered."""
        stored = {
            key: answer
            for key, *answer in rows(
                dsn,
                """
                SELECT record.idempotency_key, request.id, request.derivation_index, request.address_canonical
                  FROM app.idempotency_records AS record
                  JOIN app.payment_requests AS request ON request.id = record.resource_id
                 WHERE record.organization_id = %s
                """,
                self.merchant.organization_id,
            )
        }
        return [key for key, body in self.acknowledged.items() if stored.get(key) != _promised(body)]

    def addresses_given_twice(self) -> int:
        """How many addresses two orders were answered with."""
        given = Counter(_promised(body)[2] for body in self.acknowledged.values())
        return sum(1 for count in given.values() if count > 1)

    def assert_kept(self, dsn: str) -> None:
        """Every answer is there, once; nothing was given twice; the database is whole."""
        assert not self.different
        assert self.lost_keys(dsn) == []
        assert self.addresses_given_twice() == 0
        # Each client asked until it was answered: nothing is there that nobody heard of.
        query = "SELECT count(*) FROM app.idempotency_records WHERE organization_id = %s"
        assert rows(dsn, query, self.merchant.organization_id) == [(len(self.acknowledged),)]
        assert_whole(dsn)


def _promised(body: bytes) -> list[object]:
    answer = json.loads(body)
    instructions = answer["payment_instructions"]
    return [answer["id"], instructions["derivation_index"], instructions["address"].lower()]


@contextmanager
def load(ports: Sequence[int], merchant: Merchant, *, clients: int = 32) -> Iterator[Load]:
    """
    So many clients at work while the block runs; afterwards all have their last answer.

    They run in a thread of their own, and the block in the caller's: a server dies with the thread
    that started it.
    """
    made = Load(ports, merchant)
    made.begin(clients)
    try:
        yield made
    finally:
        made.end()
