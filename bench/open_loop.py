"""
Open-loop load: requests come at a rate, whether or not earlier ones were answered.

A generator that waits for answers sends less while the server is slow, and so leaves out just the
latencies that matter (coordinated omission). Here each request has the moment at which it is due, by
a Poisson process; its latency counts from then, also while it waits for a free connection. One that
was never answered counts as longer than all others.
"""

from __future__ import annotations

import asyncio
import math
import random
import resource
import time
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import cast
from urllib.parse import urlsplit

import uvloop

from bench.wrk import Request

TICK = 0.001
STRAGGLERS = 10.0
"""Seconds that are waited for the last answers."""

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the requests of one run."""

    rate: float
    due: int
    seconds: float
    statuses: dict[int, int]
    latencies_ms: list[float] = field(repr=False)
    """Sorted, of all that were due; infinite where no answer came."""
    busy: float
    """Share of one core that the generator itself took."""

    @property
    def answered(self) -> int:
        return sum(self.statuses.values())

    def percentile_ms(self, percent: float) -> float:
        """Nearest rank."""
        rank = math.ceil(len(self.latencies_ms) * percent / 100)
        return self.latencies_ms[max(rank, 1) - 1]


def run(
    url: str, requests: Sequence[Request], *, rate: float, seconds: float, connections: int, seed: int = 1
) -> Outcome:
    """Send the requests in turn, `rate` a second for `seconds`, over at most that many connections."""
    return uvloop.run(_Generator(url, requests, rate, seconds, connections, seed).run())


def fetch(url: str, requests: Sequence[Request], *, connections: int = 64) -> list[tuple[int, bytes]]:
    """Each request once, as fast as the connections allow: statuses and bodies, in order."""
    return uvloop.run(_fetch(url, requests, connections))


def raise_file_limit() -> int:
    """As many open files as may be; children inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(soft, wanted)


class _Connection(asyncio.Protocol):
    """One connection that keeps alive, one request at a time."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[tuple[int, bytes]] | None = None
        self.on_answer = self._resolve
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head = self._received.find(_HEAD_END)
        if head < 0:
            return
        at = self._received.find(_LENGTH, 0, head)
        length = int(self._received[at + len(_LENGTH) : self._received.index(b"\r", at)]) if at > 0 else 0
        if len(self._received) < head + 4 + length:
            return
        status, body = int(self._received[9:12]), self._received[head + 4 :]
        self._received = b""
        self.on_answer(self, status, body)

    async def ask(self, wire: bytes) -> tuple[int, bytes]:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(wire)
        return await self.answer

    @staticmethod
    def _resolve(connection: _Connection, status: int, body: bytes) -> None:
        if connection.answer is not None and not connection.answer.done():
            connection.answer.set_result((status, body))


async def _connect(url: str) -> _Connection:
    place = urlsplit(url)
    _, connection = await asyncio.get_running_loop().create_connection(
        _Connection, place.hostname or "", place.port or 80
    )
    return connection


async def _fetch(url: str, requests: Sequence[Request], connections: int) -> list[tuple[int, bytes]]:
    host = urlsplit(url).netloc
    waiting = deque(enumerate(request.wire(host) for request in requests))
    answers: list[tuple[int, bytes]] = [(0, b"")] * len(requests)

    async def work() -> None:
        connection = await _connect(url)
        while waiting:
            number, wire = waiting.popleft()
            answers[number] = await asyncio.wait_for(connection.ask(wire), STRAGGLERS)
        connection.transport.close()

    await asyncio.gather(*(work() for _ in range(min(connections, len(requests)))))
    return answers


class _Generator:
    def __init__(
        self, url: str, requests: Sequence[Request], rate: float, seconds: float, connections: int, seed: int
    ) -> None:
        host = urlsplit(url).netloc
        self._url = url
        self._wires = cycle([request.wire(host) for request in requests])
        self._rate = rate
        self._due = deque(_arrivals(rate, seconds, seed))
        self._count = len(self._due)
        self._connections = connections
        self._idle: deque[_Connection] = deque()
        self._backlog: deque[float] = deque()
        self._asked: dict[_Connection, float] = {}
        self._latencies: list[float] = []
        self._statuses: Counter[int] = Counter()

    async def run(self) -> Outcome:
        self._idle = deque([await _connect(self._url) for _ in range(self._connections)])
        for connection in self._idle:
            connection.on_answer = self._take
        self._start, cpu = time.perf_counter(), time.process_time()
        while self._due:
            self._send_due()
            await asyncio.sleep(TICK)
        until = time.perf_counter() + STRAGGLERS
        while (self._asked or self._backlog) and time.perf_counter() < until:
            await asyncio.sleep(TICK)
        seconds, cpu = time.perf_counter() - self._start, time.process_time() - cpu
        for connection in [*self._idle, *self._asked]:
            connection.transport.abort()
        missing = self._count - len(self._latencies)
        return Outcome(
            rate=self._rate,
            due=self._count,
            seconds=seconds,
            statuses=dict(self._statuses),
            latencies_ms=sorted(self._latencies) + [math.inf] * missing,
            busy=cpu / seconds,
        )

    def _send_due(self) -> None:
        now = time.perf_counter() - self._start
        while self._due and self._due[0] <= now:
            self._backlog.append(self._due.popleft())
        while self._backlog and self._idle:
            # In turn: the server closes what says nothing for ten seconds.
            self._send(self._idle.popleft())

    def _send(self, connection: _Connection) -> None:
        self._asked[connection] = self._backlog.popleft()
        connection.transport.write(next(self._wires))

    def _take(self, connection: _Connection, status: int, body: bytes) -> None:
        due = self._asked.pop(connection)
        self._latencies.append((time.perf_counter() - self._start - due) * 1000)
        self._statuses[status] += 1
        if self._backlog:
            self._send(connection)
        else:
            self._idle.append(connection)


def _arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """When the requests are due: a Poisson process, the same for the same seed."""
    gap = random.Random(seed)
    moments: list[float] = []
    moment = gap.expovariate(rate)
    while moment < seconds:
        moments.append(moment)
        moment += gap.expovariate(rate)
    return moments
