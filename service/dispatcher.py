"""
Joins orders that wait into one call of app.allocate_and_insert().

A row lock is held until its commit is flushed, so a transaction each would make one hot wallet as
slow as the disk. While calls are under way, arriving orders wait and go together in the next: no
timer, no delay when idle.

One lane a wallet account: a cursor that somebody holds delays its own orders only. Calls run in
tasks of their own, so that no client's disconnect can cancel one. What is under way at the deadline
is *unknown*, not failed; what still waits then was never sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import Final

import psycopg
import structlog

from service import metrics
from service.address_source import AddressSource
from service.address_worker import AddressWorker
from service.catalog import Catalog
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Answer, Asset, Order
from service.derivation import DerivationError
from service.errors import (
    SERIALIZATION_FAILURES,
    ApiError,
    IndeterminateError,
    from_database,
    is_connection_lost,
)

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 6
"""Calls for one batch before its orders are told to come again."""

MAX_CALLS: Final = 2
"""Calls of one lane under way at once."""

MIN_HALF: Final = 8
"""Orders below which a call is not worth splitting."""

WOKEN_AT_ONCE: Final = 8
"""Answers handed over before the event loop may look at anything else."""

_NO_ACCOUNT: Final = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an order got: whether its key was used before, the payment request as JSON text, its account."""

    is_replay: bool
    payment_request: bytes
    wallet_account_id: str | None


@dataclass(slots=True, eq=False)
class _Waiting:
    order: Order
    future: asyncio.Future[Allocation]

    def settle(self, answer: Answer) -> None:
        if self.future.done():  # the client has gone, or was told that the outcome is unknown
            return
        if answer.payment_request is not None:
            self.future.set_result(
                Allocation(answer.outcome == "replayed", answer.payment_request, answer.wallet_account_id)
            )
        else:
            self.fail(_refusal(answer.outcome, self.order))

    def misroute(self) -> None:
        if not self.future.done():
            self.future.set_exception(Misrouted())

    def fail(self, error: ApiError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class Misrouted(Exception):
    """The order belongs to another wallet account than the catalog snapshot said."""


class Dispatcher:
    """Takes orders, answers with allocations. Any number of processes may run one each."""

    def __init__(
        self,
        pool: Pool,
        catalog: Catalog,
        *,
        batch_limit: int,
        queue_limit: int,
        call_deadline: float,
        join_calls: bool = True,
    ) -> None:
        self._pool = pool
        self._catalog = catalog
        self._worker = AddressWorker()
        self._batch_limit = batch_limit if join_calls else 1
        self._max_calls = MAX_CALLS if join_calls else pool.max_size
        self._queue_limit = queue_limit
        self._call_deadline = call_deadline
        self._lanes: dict[str, Lane] = {}
        self._waiting = 0
        self._is_draining = False

    async def submit(self, order: Order) -> Allocation:
        """
        Have the order carried out.

        Raises `ApiError`: what the database refused, or 503 when it could not be asked
        (queue_full, cursor_busy, database_unavailable, keyset_unavailable, shutting_down) or did
        not answer (outcome_unknown).
        """
        for _ in range(3):
            if self._is_draining:
                raise ApiError("shutting_down", "the service is shutting down")
            if self._waiting >= self._queue_limit:
                metrics.QUEUE_REFUSALS.inc()
                raise ApiError("queue_full", "too many requests wait; retry later")
            lane = self._lane(order)
            waiting = _Waiting(order, asyncio.get_running_loop().create_future())
            self._waiting += 1
            try:
                lane.put(waiting)
                return await waiting.future
            except Misrouted:
                await self._catalog.refresh()
            finally:
                self._waiting -= 1
        raise ApiError("cursor_busy", "the catalog is changing; retry with the same key")

    async def drain(self) -> None:
        """Refuse new orders and wait until those under way have their answers."""
        self._is_draining = True
        await asyncio.gather(*(lane.idle() for lane in self._lanes.values()))
        await self._worker.close()

    def _lane(self, order: Order) -> Lane:
        asset = self._catalog.find(order.chain, order.network, order.asset)
        name = asset.wallet_account_id if asset else _NO_ACCOUNT
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(
                self._pool,
                self._source(asset),
                batch_limit=self._batch_limit,
                max_calls=self._max_calls,
                call_deadline=self._call_deadline,
            )
        return lane

    def _source(self, asset: Asset | None) -> AddressSource | None:
        if asset is None:
            return None
        account = self._catalog.account(asset)
        try:
            deriver = self._catalog.deriver(asset)
        except DerivationError as exc:
            log.error("key unusable", wallet_account_id=asset.wallet_account_id, code=exc.code)
            deriver = None
        if deriver is None or account is None:
            raise ApiError("keyset_unavailable", "this process has no key for the asset's wallet")
        return AddressSource(asset, deriver, account, self._worker)


class Lane:
    """
    The queue of one wallet account; at most two calls of it are under way.

    The second waits in the database for the cursor's row: it begins the moment the first commits,
    not when this process comes round to reading the first one's answer. It is only sent when as
    many wait as are under way, so that calls stay large.
    """

    def __init__(
        self,
        pool: Pool,
        source: AddressSource | None,
        *,
        batch_limit: int,
        max_calls: int,
        call_deadline: float,
    ) -> None:
        self._pool = pool
        self._source = source
        self._batch_limit = batch_limit
        self._max_calls = max_calls
        self._call_deadline = call_deadline
        self._queue: deque[_Waiting] = deque()
        self._calls: dict[asyncio.Task[None], int] = {}  # and how many orders each carries
        self._is_gathering = False
        self._overdue_calls = 0

    def put(self, waiting: _Waiting) -> None:
        """Take an order; raises `ApiError` cursor_busy while a call is overdue."""
        if self._overdue_calls:
            raise _busy()
        self._queue.append(waiting)
        self._gather()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._calls or self._is_gathering:
            await asyncio.sleep(0.01)

    def _gather(self) -> None:
        """Send what waits, once the requests that the event loop has already received have joined."""
        if not self._is_gathering and self._may_send():
            self._is_gathering = True
            asyncio.get_running_loop().call_soon(self._send)

    def _may_send(self) -> bool:
        if not self._queue or len(self._calls) >= self._max_calls:
            return False
        return not self._calls or len(self._queue) >= min(self._batch_limit, self._under_way())

    def _under_way(self) -> int:
        return sum(self._calls.values())

    def _send(self) -> None:
        self._is_gathering = False
        count = min(self._share(), self._batch_limit)
        if not count:
            return  # an overdue call has answered everybody meanwhile
        batch = [self._queue.popleft() for _ in range(count)]
        call = asyncio.create_task(self._carry_out(batch))
        self._calls[call] = count
        call.add_done_callback(self._sent)
        self._gather()

    def _share(self) -> int:
        """Half of many, so that one half is being answered while the database works on the other."""
        waiting = len(self._queue)
        return waiting if self._calls or waiting < 2 * MIN_HALF else (waiting + 1) // 2

    def _sent(self, call: asyncio.Task[None]) -> None:
        del self._calls[call]
        self._gather()

    async def _carry_out(self, batch: list[_Waiting]) -> None:
        try:
            await self._serve([item for item in batch if not item.future.done()])
        except DerivationError as exc:
            log.error("address derivation failed", reason=exc.reason)
            for item in batch:
                item.fail(ApiError("address_derivation_failed", "the next index has no address"))
        except Exception as exc:  # whatever it was, nobody may wait for ever
            log.exception("lane failed", error=type(exc).__name__)
            for item in batch:
                item.fail(ApiError("internal_error", "internal error"))

    async def _serve(self, batch: list[_Waiting]) -> None:
        """Call until every order of the batch has its answer, or was tried often enough."""
        for attempt in range(MAX_ATTEMPTS):
            if not batch:
                return
            started = time.perf_counter()
            try:
                answers = await self._call([item.order for item in batch], batch)
            except _Overdue:
                return
            except (psycopg.Error, IndeterminateError) as exc:
                if getattr(exc, "sqlstate", None) in SERIALIZATION_FAILURES and attempt < 3:
                    continue
                await self._fail(batch, exc)
                return
            batch = self._settle(batch, answers, attempt, time.perf_counter() - started)
        for item in batch:
            item.fail(_busy())

    async def _call(self, orders: list[Order], batch: list[_Waiting]) -> list[Answer]:
        # Enough for every call under way: which of them takes the cursor first does not matter.
        windows = [self._source.window(self._under_way())] if self._source else []
        call = asyncio.create_task(app_schema.allocate_and_insert(self._pool, orders=orders, windows=windows))
        if self._source:
            self._source.prepare(self._under_way())
        done, _ = await asyncio.wait([call], timeout=self._call_deadline)
        if not done:
            await self._outlast(call, batch)
        return call.result()

    async def _outlast(self, call: asyncio.Task[list[Answer]], batch: list[_Waiting]) -> None:
        """Past the deadline: answer everybody, then wait for the call; it is never cancelled."""
        self._overdue_calls += 1
        metrics.OVERDUE_CALLS.inc()
        log.error("call overdue", orders=len(batch), waiting=len(self._queue))
        for item in batch:
            item.fail(from_database(IndeterminateError()))
        while self._queue:
            self._queue.popleft().fail(_busy())
        await asyncio.wait([call])
        self._overdue_calls -= 1
        raise _Overdue

    async def _fail(self, batch: list[_Waiting], exc: Exception) -> None:
        """A batch that raised is retried one by one, unless the fault is not of any one order."""
        error = from_database(exc)
        lost = isinstance(exc, IndeterminateError) or (
            isinstance(exc, psycopg.Error) and is_connection_lost(exc)
        )
        log.error(
            "call failed", orders=len(batch), code=error.code, sqlstate=getattr(exc, "sqlstate", None) or ""
        )
        if len(batch) == 1 or lost or error.is_retryable:
            for item in batch:
                item.fail(error)
            return
        until = time.monotonic() + self._call_deadline
        for item in batch:
            if time.monotonic() < until:
                await self._serve([item])
            else:
                item.fail(_busy())

    def _settle(
        self, batch: list[_Waiting], answers: list[Answer], attempt: int, seconds: float
    ) -> list[_Waiting]:
        """Answer whom the database answered; give back those whose window was missed."""
        account = self._source.wallet_account_id if self._source else None
        cursor = None
        missed: list[_Waiting] = []
        settled: list[tuple[_Waiting, Answer]] = []
        for item, answer in zip(batch, answers, strict=True):
            metrics.OUTCOMES[answer.outcome].inc()
            if answer.wallet_account_id == account and answer.next_index is not None:
                cursor = answer.next_index
            if answer.outcome != "window_missed":
                settled.append((item, answer))
            elif answer.wallet_account_id == account:
                missed.append(item)
            else:
                item.misroute()
        _announce(settled)
        if self._source and cursor is not None:
            self._source.move(cursor, missed=bool(missed))
        metrics.CALL_ORDERS.observe(len(batch))
        metrics.CALL_SECONDS.observe(seconds)
        log.debug(
            "allocated",
            wallet_account_id=account,
            orders=len(batch),
            missed=len(missed),
            next_index=cursor,
            retry_count=attempt,
            latency_ms=round(seconds * 1000, 3),
        )
        return missed


def _announce(settled: list[tuple[_Waiting, Answer]], start: int = 0) -> None:
    """
    Wake a few of those who wait, and the next few when the event loop comes round again.

    Woken all at once, they would keep the loop for milliseconds, in which the database has answered
    the next call and nobody looks.
    """
    for item, answer in settled[start : start + WOKEN_AT_ONCE]:
        item.settle(answer)
    if start + WOKEN_AT_ONCE < len(settled):
        asyncio.get_running_loop().call_soon(_announce, settled, start + WOKEN_AT_ONCE)


class _Overdue(Exception):
    """The call outlived its deadline and everybody has been answered."""


def _busy() -> ApiError:
    return ApiError("cursor_busy", "the wallet is busy; retry with the same key")


def _refusal(outcome: str, order: Order) -> ApiError:
    match outcome:
        case "idempotency_key_conflict":
            return ApiError(
                outcome,
                "the idempotency key was used for another request",
                idempotency_key=order.idempotency_key,
            )
        case "unsupported_network":
            return ApiError(
                outcome, "no enabled asset on this network", chain=order.chain, network=order.network
            )
        case "unsupported_asset":
            return ApiError(outcome, "the asset is not enabled on this network", asset=order.asset)
        case "wallet_exhausted":
            return ApiError(outcome, "the wallet has handed out its last address")
        case _:
            return ApiError("internal_error", "internal error")
