"""
Joins orders that wait into one call of app.allocate_and_insert().

A row lock is held until its commit is flushed, so a transaction each would make one hot wallet as
slow as the disk. While one call is in flight, arriving orders wait and go together in the next:
no timer, no delay when idle.

One lane a wallet account: a cursor that somebody holds delays its own orders only. A lane runs in
a task of its own, so that no client's disconnect can cancel a call. What is in flight at the
deadline is *unknown*, not failed; what still waits then was never sent.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import Final

import psycopg
import structlog

from service import metrics
from service.catalog import Catalog
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Answer, Asset, Order, Window
from service.derivation import AddressDeriver, DerivationError
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

MAX_MARGIN: Final = 512
"""Addresses a window holds at most beyond its own orders."""

MAX_INDEX: Final = 2**31 - 1

_NO_ACCOUNT: Final = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an order got: whether its key was used before, and the payment request as JSON text."""

    is_replay: bool
    payment_request: bytes


@dataclass(slots=True, eq=False)
class _Waiting:
    order: Order
    future: asyncio.Future[Allocation]

    def settle(self, answer: Answer) -> None:
        if self.future.done():  # the client has gone, or was told that the outcome is unknown
            return
        if answer.payment_request is not None:
            self.future.set_result(Allocation(answer.outcome == "replayed", answer.payment_request))
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
        self._batch_limit = batch_limit if join_calls else 1
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

    def _lane(self, order: Order) -> Lane:
        asset = self._catalog.find(order.chain, order.network, order.asset)
        name = asset.wallet_account_id if asset else _NO_ACCOUNT
        lane = self._lanes.get(name)
        if lane is None:
            lane = Lane(self._pool, self._source(asset), self._batch_limit, self._call_deadline)
            self._lanes[name] = lane
        return lane

    def _source(self, asset: Asset | None) -> AddressSource | None:
        if asset is None:
            return None
        try:
            deriver = self._catalog.deriver(asset)
        except DerivationError as exc:
            log.error("key unusable", wallet_account_id=asset.wallet_account_id, code=exc.code)
            deriver = None
        if deriver is None:
            raise ApiError("keyset_unavailable", "this process has no key for the asset's wallet")
        return AddressSource(asset, deriver)


class AddressSource:
    """
    Addresses of one wallet account, from its cursor as this process last knew it.

    Each index is derived once, when a window first needs it.
    """

    def __init__(self, asset: Asset, deriver: AddressDeriver) -> None:
        self.wallet_account_id = asset.wallet_account_id
        self._deriver = deriver
        self._cursor = asset.next_index
        self._addresses: deque[str] = deque()  # canonical; of the cursor's index and those after it
        self._margin = 0

    def window(self, count: int) -> Window:
        """The next `count` addresses, and a margin for what other processes take meanwhile."""
        wanted = self.prepare(count)
        return Window(
            wallet_account_id=self.wallet_account_id,
            parent_key_digest=self._deriver.parent_key_digest,
            first_index=self._cursor,
            addresses=list(islice(self._addresses, wanted)),
        )

    def prepare(self, count: int) -> int:
        """Derive what a window of `count` still lacks; how many addresses that window has."""
        wanted = min(count + self._margin, MAX_INDEX + 1 - self._cursor)
        missing = wanted - len(self._addresses)
        if missing > 0:
            derived = self._deriver.derive_many(self._cursor + len(self._addresses), missing)
            # Lower case is the canonical form of what we derived ourselves, on every chain.
            self._addresses.extend(address.lower() for address in derived)
        return wanted

    def move(self, cursor: int, *, missed: bool) -> None:
        """The cursor stands here now. A miss doubles the margin, a hit lets it shrink again."""
        gone = cursor - self._cursor
        for _ in range(min(gone, len(self._addresses))):
            self._addresses.popleft()
        self._cursor = cursor
        self._margin = min(MAX_MARGIN, max(2 * self._margin, gone, 8)) if missed else self._margin * 15 // 16


class Lane:
    """The queue of one wallet account; at most one call of it is in flight."""

    def __init__(
        self, pool: Pool, source: AddressSource | None, batch_limit: int, call_deadline: float
    ) -> None:
        self._pool = pool
        self._source = source
        self._batch_limit = batch_limit
        self._call_deadline = call_deadline
        self._queue: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_stuck = False

    def put(self, waiting: _Waiting) -> None:
        if self._is_stuck:
            raise ApiError("cursor_busy", "an earlier call has not come back; retry with the same key")
        self._queue.append(waiting)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def idle(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while self._queue:
            # Requests that the event loop has already received join this batch, not the next.
            await asyncio.sleep(0)
            count = min(len(self._queue), self._batch_limit)
            batch = [self._queue.popleft() for _ in range(count)]
            try:
                await self._serve([item for item in batch if not item.future.done()])
            except Exception as exc:  # a lane that dies would strand everybody who waits
                log.exception("lane failed", error=type(exc).__name__)
                for item in batch:
                    item.fail(ApiError("internal_error", "internal error"))

    async def _serve(self, batch: list[_Waiting]) -> None:
        """Call until every order of the batch has its answer, or has waited long enough."""
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
            item.fail(ApiError("cursor_busy", "the wallet is busy; retry with the same key"))

    async def _call(self, orders: list[Order], batch: list[_Waiting]) -> list[Answer]:
        windows = [self._source.window(len(orders))] if self._source else []
        call = asyncio.create_task(app_schema.allocate_and_insert(self._pool, orders=orders, windows=windows))
        if self._source:
            # Once the call is on its way: the next window, while the database works on this one.
            await asyncio.sleep(0)
            self._source.prepare(2 * len(orders))
        done, _ = await asyncio.wait([call], timeout=self._call_deadline)
        if not done:
            await self._outlast(call, batch)
        return call.result()

    async def _outlast(self, call: asyncio.Task[list[Answer]], batch: list[_Waiting]) -> None:
        """Past the deadline: answer everybody, then wait for the call; it is never cancelled."""
        self._is_stuck = True
        metrics.OVERDUE_CALLS.inc()
        log.error("call overdue", orders=len(batch), waiting=len(self._queue))
        for item in batch:
            item.fail(from_database(IndeterminateError()))
        while self._queue:
            self._queue.popleft().fail(ApiError("cursor_busy", "the wallet is busy; retry with the same key"))
        await asyncio.wait([call])
        self._is_stuck = False
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
        if len(batch) > 1 and not lost and not error.is_retryable:
            for item in batch:
                await self._serve([item])
            return
        for item in batch:
            item.fail(error)

    def _settle(
        self, batch: list[_Waiting], answers: list[Answer], attempt: int, seconds: float
    ) -> list[_Waiting]:
        """Answer whom the database answered; give back those whose window was missed."""
        account = self._source.wallet_account_id if self._source else None
        cursor = None
        missed: list[_Waiting] = []
        for item, answer in zip(batch, answers, strict=True):
            metrics.OUTCOMES[answer.outcome].inc()
            if answer.wallet_account_id == account:
                cursor = answer.next_index
            if answer.outcome != "window_missed":
                item.settle(answer)
            elif answer.wallet_account_id == account:
                missed.append(item)
            else:
                item.misroute()
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


class _Overdue(Exception):
    """The call outlived its deadline and everybody has been answered."""


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
