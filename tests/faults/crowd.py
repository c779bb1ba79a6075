"""
Clients that keep ordering, whatever breaks, and write down every answer that was a promise.

Each has a random generator of its own, made from the crowd's seed: a seed is a run that can be asked
for again. What the machine makes of it, which call meets which fault, is not in the seed's hand.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any, Final

from tests.support import BTC, BTC_TESTNET, DEADLINE_S, ETH, PATH, USDT, Merchant, Reply, Wire, wait_until

CLIENTS: Final = 32
PATIENCE_S: Final = 25.0
"""When a client calls an answer overdue: the service's own deadlines add up to far less."""

AMOUNTS: Final = (None, "0", "1", "150000", str(2**256 - 1), "9" * 78)
LOST: Final = (OSError, EOFError)
"""What a client sees when the connection ends before the answer."""


@dataclass
class Crowd:
    """Where clients go, what they were told, and what they still wait to be told."""

    merchant: Merchant
    ports: list[int]
    name: str
    """Its keys begin with it."""
    seed: int
    log: Path
    answered: dict[str, bytes] = field(default_factory=dict)
    unanswered: dict[str, bytes] = field(default_factory=dict)
    """key → body of what was asked and may be done or not."""
    replies: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    longest_s: float = 0.0
    surprises: list[str] = field(default_factory=list)
    """What no fault excuses: answers that contradict each other, bugs, silence."""
    _bodies: dict[str, bytes] = field(default_factory=dict)
    _stopped: bool = False

    # Its life, seen from the test's thread

    @contextmanager
    def ordering(self, clients: int = CLIENTS) -> Iterator[None]:
        """The crowd is at work until the block ends; its clients live in a thread of their own."""
        self._stopped = False
        thread = Thread(target=asyncio.run, args=(self._all(clients),))
        thread.start()
        try:
            yield
        finally:
            self._stopped = True
            thread.join()

    def wait_for_answers(self, count: int, seconds: float = DEADLINE_S) -> None:
        """Until so many more promises were made; fails when they do not come."""
        wanted = self.promises + count
        wait_until(lambda: self.promises >= wanted, seconds=seconds)

    def settle(self) -> None:
        """Ask for every key that has no answer until it has one, and then once more."""
        asyncio.run(self._settle())

    def recall(self, keys: list[str]) -> None:
        """Ask for keys that have their answers, while others order: each is answered the same, and soon."""
        asyncio.run(self._recall(keys))

    @property
    def promises(self) -> int:
        return self.replies["200"] + self.replies["201"]

    # What a client does

    async def _all(self, clients: int) -> None:
        with self.log.open("a") as log:
            async with asyncio.TaskGroup() as group:
                for number in range(clients):
                    group.create_task(self._client(number, log))

    async def _client(self, number: int, log: Any) -> None:
        chance = random.Random(f"{self.seed}/{number}")
        desk = _Desk(self, number, log)
        order = 0
        while not self._stopped:
            kind = chance.random()
            former = f"{self.name}/{number}/{chance.randint(0, order)}"
            if kind < 0.1 and former in self._bodies:
                await desk.ask(former, self._bodies[former])
            elif kind < 0.12 and former in self.answered:
                await desk.contradict(former, self._bodies[former])
            else:
                order += 1
                await desk.ask(f"{self.name}/{number}/{order}", _body(chance))
            await asyncio.sleep(chance.random() / 20)
        await desk.leave()

    async def _recall(self, keys: list[str]) -> None:
        desk = _Desk(self, 0, None)
        for key in keys:
            deadline = time.monotonic() + DEADLINE_S
            while (reply := await desk._ask(key, self._bodies[key])) is None or reply.status == 503:
                assert time.monotonic() < deadline, f"{key} is not answered again"
                await asyncio.sleep(0.05)
            assert (reply.status, reply.body) == (200, self.answered[key])
        await desk.leave()

    async def _settle(self) -> None:
        waiting = iter(list(self.unanswered.items()))

        async def client(number: int, log: Any) -> None:
            desk = _Desk(self, number, log)
            for key, body in waiting:
                deadline = time.monotonic() + 2 * DEADLINE_S
                while key in self.unanswered:
                    await desk.ask(key, body)
                    if time.monotonic() > deadline:
                        raise AssertionError(f"{key} had no answer for {2 * DEADLINE_S} s")
                await desk.ask(key, body)  # again: the same payment request
            await desk.leave()

        with self.log.open("a") as log:
            async with asyncio.TaskGroup() as group:
                for number in range(CLIENTS):
                    group.create_task(client(number, log))


@dataclass
class _Desk:
    """One client's connection, opened again when it is lost."""

    crowd: Crowd
    number: int
    log: Any
    wire: Wire | None = None

    async def ask(self, key: str, body: bytes) -> None:
        """One question; what becomes of it is written down."""
        crowd = self.crowd
        crowd._bodies[key] = body
        if key not in crowd.answered:
            crowd.unanswered[key] = body
        reply = await self._ask(key, body)
        if reply is None:
            return
        if reply.status in (200, 201):
            line = {
                "organization_id": crowd.merchant.public_id,
                "key": key,
                "status": reply.status,
                "body": reply.body.decode(),
            }
            self.log.write(json.dumps(line) + "\n")
            if crowd.answered.setdefault(key, reply.body) != reply.body:
                crowd.surprises.append(f"{key} was answered {crowd.answered[key]!r} and {reply.body!r}")
            crowd.unanswered.pop(key, None)
        elif reply.status != 503:
            crowd.surprises.append(f"{key}: {reply.status} {reply.body!r}")
        else:
            await asyncio.sleep(0.05)

    async def contradict(self, key: str, body: bytes) -> None:
        """Use a key that has its answer for another request: that is refused, whatever goes on."""
        other = json.dumps(json.loads(body) | {"metadata": {"other": True}}).encode()
        reply = await self._ask(key, other)
        if reply is not None and reply.code != "idempotency_key_conflict" and reply.status != 503:
            self.crowd.surprises.append(f"{key}, contradicted: {reply.status} {reply.body!r}")

    async def _ask(self, key: str, body: bytes) -> Reply | None:
        crowd = self.crowd
        started = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self.wire is None:
                    self.wire = await Wire.open(crowd.ports[self.number % len(crowd.ports)])
                headers = crowd.merchant.headers | {"idempotency-key": key}
                reply = await self.wire.ask("POST", PATH, body, headers)
        except TimeoutError:
            crowd.surprises.append(f"{key} had no answer within {PATIENCE_S} s")
            await self.leave()
            return None
        except LOST:
            crowd.lost += 1
            await self.leave()
            await asyncio.sleep(0.05)
            return None
        crowd.longest_s = max(crowd.longest_s, time.monotonic() - started)
        crowd.replies[f"{reply.status} {reply.code or ''}".strip()] += 1
        if reply.headers.get("connection") == "close":
            await self.leave()
        return reply

    async def leave(self) -> None:
        if self.wire is not None:
            await self.wire.close(abruptly=True)
            self.wire = None


def _body(chance: random.Random) -> bytes:
    order: dict[str, Any] = dict(chance.choice((BTC, BTC, ETH, USDT, BTC_TESTNET)))
    amount = chance.choice(AMOUNTS)
    if amount is not None:
        order["expected_amount_minor"] = amount
    if chance.random() < 0.2:
        order["metadata"] = {"order": chance.randrange(10**6), "note": "ünïcode 🧾"}
    return json.dumps(order).encode()
