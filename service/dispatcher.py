"""
Payment requests, joined: one queue a wallet account, its calls with a window of derived addresses.

`app.allocate_and_insert()` needs the addresses of the next indexes as this process last knew the
cursor. Where the cursor has moved on, orders miss the window, nothing is consumed, and they go again
with a window from the cursor's true place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from service import metrics
from service.address_source import AddressSource
from service.address_worker import AddressWorker
from service.catalog import Catalog
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Answer, Asset, Order
from service.derivation import DerivationError
from service.errors import ApiError
from service.joiner import AGAIN, Again, Gate, Joiner, Limits, busy

log = structlog.get_logger()

_NO_ACCOUNT: Final = ""


@dataclass(frozen=True, slots=True)
class Allocation:
    """What an order got: whether its key was used before, the payment request as JSON text, its account."""

    is_replay: bool
    payment_request: bytes
    wallet_account_id: str | None


class Misrouted(Exception):
    """The order belongs to another wallet account than the catalog snapshot said."""


class Dispatcher:
    """Takes orders, answers with allocations. Any number of processes may run one each."""

    def __init__(self, pool: Pool, catalog: Catalog, gate: Gate, limits: Limits) -> None:
        self._pool = pool
        self._catalog = catalog
        self._gate = gate
        self._worker = AddressWorker()
        self._limits = limits
        self._lanes: dict[str, Lane] = {}

    async def submit(self, order: Order) -> Allocation:
        """
        Have the order carried out.

        Raises `ApiError`: what the database refused, or 503 when it could not be asked
        (queue_full, cursor_busy, database_unavailable, keyset_unavailable, shutting_down) or did
        not answer (outcome_unknown).
        """
        with self._gate:
            for _ in range(3):
                try:
                    return await self._lane(order).joiner.submit(order)
                except Misrouted:
                    await self._catalog.refresh()
        raise busy()

    async def drain(self) -> None:
        """Wait until those under way have their answers; the gate is closed before."""
        await asyncio.gather(*(lane.joiner.idle() for lane in self._lanes.values()))
        await self._worker.close()

    def _lane(self, order: Order) -> Lane:
        asset = self._catalog.find(order.chain, order.network, order.asset)
        name = asset.wallet_account_id if asset else _NO_ACCOUNT
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(self._pool, self._source(asset), self._limits)
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
    """The orders of one wallet account, or with no source those that no asset is found for."""

    def __init__(self, pool: Pool, source: AddressSource | None, limits: Limits) -> None:
        self._pool = pool
        self._source = source
        self._misses = 0  # calls in a row
        self.joiner: Joiner[Order, Allocation] = Joiner(
            self._allocate, limits, flow=lambda order: order.organization_id
        )

    async def _allocate(self, orders: list[Order]) -> Sequence[Allocation | Exception | Again]:
        # Enough for every call under way: which of them takes the cursor first does not matter.
        count = self.joiner.under_way
        windows = []
        if self._source:
            try:
                windows = [self._source.window(count)]
            except DerivationError as exc:
                log.error("address derivation failed", reason=exc.reason)
                error = ApiError("address_derivation_failed", "the next index has no address")
                return [error] * len(orders)
            self._source.prepare(count)
        started = time.perf_counter()
        answers = await app_schema.allocate_and_insert(self._pool, orders=orders, windows=windows)
        self._note(answers, time.perf_counter() - started)
        return [self._read(order, answer) for order, answer in zip(orders, answers, strict=True)]

    @property
    def _account(self) -> str | None:
        return self._source.wallet_account_id if self._source else None

    def _read(self, order: Order, answer: Answer) -> Allocation | Exception | Again:
        if answer.payment_request is not None:
            return Allocation(answer.outcome == "replayed", answer.payment_request, answer.wallet_account_id)
        if answer.outcome == "window_missed":
            return AGAIN if answer.wallet_account_id == self._account else Misrouted()
        return _refusal(answer.outcome, order)

    def _note(self, answers: list[Answer], seconds: float) -> None:
        """Move the source to where the cursor stands, count and log."""
        ours = [answer for answer in answers if answer.wallet_account_id == self._account]
        missed = sum(answer.outcome == "window_missed" for answer in ours)
        cursor = max((answer.next_index for answer in ours if answer.next_index is not None), default=None)
        if self._source and cursor is not None:
            self._source.move(cursor, missed=bool(missed))
        for answer in answers:
            metrics.OUTCOMES[answer.outcome].inc()
        metrics.CALL_ORDERS.observe(len(answers))
        metrics.CALL_SECONDS.observe(seconds)
        log.debug(
            "allocated",
            wallet_account_id=self._account,
            orders=len(answers),
            missed=missed,
            next_index=cursor,
            retry_count=self._misses,
            latency_ms=round(seconds * 1000, 3),
        )
        self._misses = self._misses + 1 if missed else 0


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
