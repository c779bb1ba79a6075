"""
Joins what waits into one call of the database.

A row lock is held until its commit is flushed, so one transaction an item makes a hot row as slow as
the disk. While a call is under way, items that arrive wait and go together in the next: no timer, no
delay when idle. An item's fate is its own: the call answers each, and a call that raises is retried
one by one. Calls run in tasks of their own, so that no client's disconnect can cancel one. What is
under way at the deadline is *unknown*, not failed; what still waits then was never sent.
"""

from __future__ import annotations

import asyncio
import enum
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar, Union

import psycopg
import structlog

from service import metrics
from service.errors import (
    SERIALIZATION_FAILURES,
    ApiError,
    IndeterminateError,
    from_database,
    is_connection_lost,
)

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 6
"""Calls for one batch before its items are told to come again."""

MAX_CALLS: Final = 2
"""Calls of one joiner under way at once."""

MIN_HALF: Final = 8
"""Items below which a call is not worth splitting."""

MAX_OF_ONE: Final = 8
"""
Items of one flow in a call while there are others: whoever comes next waits until the call is over, its
answers are written and what their clients send next is read.
"""

FLOODED: Final = 2
"""Items of each flow under way, on average, beyond which a newcomer need not wait for a call of some size."""

MIXED_SECONDS: Final = 1.0
"""How long there are others after one has come."""

WOKEN_AT_ONCE: Final = 8
"""Answers handed over before the event loop may look at anything else."""


class Again(enum.Enum):
    """The answer to an item that must be asked about once more."""

    AGAIN = enum.auto()


AGAIN: Final = Again.AGAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many items a call carries, how long it may take in seconds, how many calls are under way."""

    batch_limit: int
    call_deadline: float
    max_calls: int = MAX_CALLS


Item = TypeVar("Item")
Result = TypeVar("Result")

Answer = Union[Result, Exception, Literal[Again.AGAIN]]  # noqa: UP007
"""What a call says of one item: its result, why it is refused, or that it must go again."""

Call = Callable[[list[Item]], Awaitable[Sequence[Answer[Result]]]]
"""Carries items out, in one transaction; answers each, in order. Raises what the database raised."""


class Gate:
    """
    How many may wait in this process, whatever they wait for; closed when it shuts down.

    Entering raises `ApiError` shutting_down or queue_full (503).
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting = 0
        self._is_closed = False

    def __enter__(self) -> None:
        if self._is_closed:
            raise ApiError("shutting_down", "the service is shutting down")
        if self._waiting >= self._limit:
            metrics.QUEUE_REFUSALS.inc()
            raise ApiError("queue_full", "too many requests wait; retry later")
        self._waiting += 1

    def __exit__(self, *_: object) -> None:
        self._waiting -= 1

    def close(self) -> None:
        """Let nobody in any more."""
        self._is_closed = True


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Item, Result]):
    item: Item
    future: asyncio.Future[Result]

    def settle(self, answer: Result | Exception) -> None:
        if self.future.done():  # the client has gone, or was told that the outcome is unknown
            return
        if isinstance(answer, Exception):
            self.future.set_exception(answer)
        else:
            self.future.set_result(answer)


@dataclass(frozen=True, slots=True, eq=False)
class _Call(Generic[Item, Result]):
    """What is under way together, and how many of each flow."""

    batch: list[_Waiting[Item, Result]]
    flows: Counter[Hashable]


class FairQueue(Generic[Item]):
    """
    Queues of which each gives one in turn, so that who sends much waits behind himself alone.

    A flow is whose turn it is: an organization.
    """

    def __init__(self) -> None:
        self._flows: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def put(self, flow: Hashable, item: Item) -> None:
        waiting = self._flows.get(flow)
        if waiting is None:
            waiting = self._flows[flow] = deque()
        waiting.append(item)
        self._length += 1

    @property
    def flows(self) -> Collection[Hashable]:
        """Who waits."""
        return self._flows.keys()

    def take(self, count: int, *, of_one: int | None = None) -> Iterator[Item]:
        """At most `count`, one of each flow a round, and `of_one` of each; who had a turn goes to the end."""
        turns: Counter[Hashable] = Counter()
        for _ in range(min(count, self._length)):
            flow, waiting = next(iter(self._flows.items()))
            if turns[flow] == of_one:
                return  # so has everybody else who has any left
            turns[flow] += 1
            self._length -= 1
            del self._flows[flow]
            yield waiting.popleft()
            if waiting:
                self._flows[flow] = waiting


class Joiner(Generic[Item, Result]):
    """
    One queue, of which at most `limits.max_calls` calls are under way.

    The second waits in the database for the locks of the first: it begins the moment the first
    commits, not when this process comes round to reading the first one's answer. It is only sent
    when as many wait as are under way, so that calls stay large. While there are several flows, none
    has it to itself: whoever waits behind a flood goes at once, and in a small one.
    """

    def __init__(
        self,
        call: Call[Item, Result],
        limits: Limits,
        *,
        flow: Callable[[Item], Hashable] = lambda _: None,
        is_read: bool = False,
    ) -> None:
        """
        `flow` says whose an item is: calls are filled with one of each in turn. Of a call that
        `is_read` nothing can be unknown.
        """
        self._call = call
        self._flow = flow
        self._is_read = is_read
        self._limits = limits
        self._queue: FairQueue[_Waiting[Item, Result]] = FairQueue()
        self._calls: set[_Call[Item, Result]] = set()
        self._flows: Counter[Hashable] = Counter()  # of these
        self._tasks: set[asyncio.Task[None]] = set()  # that carry them out; the event loop itself keeps none
        self._is_gathering = False
        self._overdue: set[int] = set()  # batches, each by its id()
        self._last_flow: Hashable = None
        self._mixed_until = 0.0

    @property
    def under_way(self) -> int:
        """Items in calls under way."""
        return sum(len(call.batch) for call in self._calls)

    async def submit(self, item: Item) -> Result:
        """
        Have the item carried out.

        Raises what the call says of it, or `ApiError` 503: cursor_busy, database_unavailable when
        the database could not be asked, outcome_unknown when it did not answer.
        """
        if self._overdue:
            raise busy()
        waiting: _Waiting[Item, Result] = _Waiting(item, asyncio.get_running_loop().create_future())
        flow = self._flow(item)
        if self._last_flow not in (None, flow):
            self._mixed_until = time.monotonic() + MIXED_SECONDS
        self._last_flow = flow
        self._queue.put(flow, waiting)
        self._gather()
        return await waiting.future

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._calls or self._is_gathering:
            await asyncio.sleep(0.01)

    def _gather(self) -> None:
        """Send what waits, once the requests that the event loop has already received have joined."""
        if not self._is_gathering and self._may_send():
            self._is_gathering = True
            task = asyncio.create_task(self._send())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _may_send(self) -> bool:
        if not self._queue or len(self._calls) >= self._limits.max_calls:
            return False
        if not self._calls or self._has_newcomer():
            return True
        are_enough = len(self._queue) >= min(self._limits.batch_limit, self.under_way)
        return are_enough and not (self._is_mixed() and len(self._queue.flows) == 1)

    def _is_mixed(self) -> bool:
        """Whether there are several flows, of late."""
        return time.monotonic() < self._mixed_until

    def _has_newcomer(self) -> bool:
        """Whether somebody waits behind calls that a few have filled; of many, each waits for all others."""
        is_flooded = self.under_way > FLOODED * len(self._flows)
        return is_flooded and any(flow not in self._flows for flow in self._queue.flows)

    async def _send(self) -> None:
        self._is_gathering = False
        count = min(self._share(), self._limits.batch_limit)
        if not count:
            return  # an overdue call has answered everybody meanwhile
        of_one = 1 if self._has_newcomer() else MAX_OF_ONE if self._is_mixed() else None
        batch = list(self._queue.take(count, of_one=of_one))
        call = _Call(batch, Counter(self._flow(waiting.item) for waiting in batch))
        self._calls.add(call)
        self._flows += call.flows
        self._gather()
        try:
            await self._carry_out(batch)
        finally:
            self._calls.discard(call)
            self._flows -= call.flows
            self._gather()

    def _share(self) -> int:
        """Half of many, so that one half is being answered while the database works on the other."""
        waiting = len(self._queue)
        return waiting if self._calls or waiting < 2 * MIN_HALF else (waiting + 1) // 2

    async def _carry_out(self, batch: list[_Waiting[Item, Result]]) -> None:
        try:
            await self._serve(batch)
        except Exception as exc:  # whatever it was, nobody may wait for ever
            log.exception("joined call failed", error=type(exc).__name__)
            _refuse(batch, ApiError("internal_error", "internal error"))

    async def _serve(self, batch: list[_Waiting[Item, Result]]) -> None:
        """Call until every item of the batch has its answer, or was tried often enough."""
        for attempt in range(MAX_ATTEMPTS):
            batch = [waiting for waiting in batch if not waiting.future.done()]
            if not batch:
                return
            try:
                answers = await self._ask(batch)
            except (psycopg.Error, IndeterminateError) as exc:
                if getattr(exc, "sqlstate", None) in SERIALIZATION_FAILURES and attempt < 3:
                    continue
                await self._fail(batch, exc)
                return
            batch = _settle(batch, answers)
        _refuse(batch, busy())

    async def _ask(self, batch: list[_Waiting[Item, Result]]) -> Sequence[Answer[Result]]:
        """Call. It is never cancelled: past the deadline everybody is answered, and it goes on."""
        loop = asyncio.get_running_loop()
        deadline = loop.call_later(self._limits.call_deadline, self._answer_overdue, batch)
        try:
            return await self._call([waiting.item for waiting in batch])
        finally:
            deadline.cancel()
            self._overdue.discard(id(batch))

    def _answer_overdue(self, batch: list[_Waiting[Item, Result]]) -> None:
        self._overdue.add(id(batch))
        metrics.OVERDUE_CALLS.inc()
        log.error("call overdue", items=len(batch), waiting=len(self._queue))
        _refuse(batch, from_database(IndeterminateError(), is_read=self._is_read))
        _refuse(list(self._queue.take(len(self._queue))), busy())

    async def _fail(self, batch: list[_Waiting[Item, Result]], exc: Exception) -> None:
        """A batch that raised is retried one by one, unless the fault is not of any one item."""
        error = from_database(exc, is_read=self._is_read)
        lost = isinstance(exc, IndeterminateError) or (
            isinstance(exc, psycopg.Error) and is_connection_lost(exc)
        )
        log.error(
            "call failed", items=len(batch), code=error.code, sqlstate=getattr(exc, "sqlstate", None) or ""
        )
        if len(batch) == 1 or lost or error.is_retryable:
            _refuse(batch, error)
            return
        until = time.monotonic() + self._limits.call_deadline
        for waiting in batch:
            if time.monotonic() < until:
                await self._serve([waiting])
            else:
                waiting.settle(busy())


def busy() -> ApiError:
    return ApiError("cursor_busy", "too much is under way; retry with the same key")


def _refuse(batch: Sequence[_Waiting[Item, Result]], error: ApiError) -> None:
    for waiting in batch:
        waiting.settle(error)


def _settle(
    batch: list[_Waiting[Item, Result]], answers: Sequence[Answer[Result]]
) -> list[_Waiting[Item, Result]]:
    """Answer whom the call answered; give back those who must go again."""
    again: list[_Waiting[Item, Result]] = []
    settled: list[tuple[_Waiting[Item, Result], Result | Exception]] = []
    for waiting, answer in zip(batch, answers, strict=True):
        if answer is AGAIN:
            again.append(waiting)
        else:
            settled.append((waiting, answer))
    _announce(settled)
    return again


def _announce(settled: list[tuple[_Waiting[Item, Result], Result | Exception]], start: int = 0) -> None:
    """
    Wake a few of those who wait, and the next few when the event loop comes round again.

    Woken all at once, they would keep the loop for milliseconds, in which the database has answered
    the next call and nobody looks.
    """
    for waiting, answer in settled[start : start + WOKEN_AT_ONCE]:
        waiting.settle(answer)
    if start + WOKEN_AT_ONCE < len(settled):
        asyncio.get_running_loop().call_soon(_announce, settled, start + WOKEN_AT_ONCE)
