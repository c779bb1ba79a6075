"""
The wallet registry as the service drives it: registrations of all callers meet in one queue.

Changes of a wallet are calls of their own; they go through a queue as well, so that no client's
disconnect cancels one, and its deadline is kept.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeVar, Union

import psycopg

from service import metrics
from service.database import Pool
from service.database import wallets as schema
from service.database.wallets import Answer, Registration
from service.errors import ApiError, from_database
from service.joiner import Gate, Joiner, Limits
from service.parsing import invalid

Value = TypeVar("Value")

Change = Callable[[], Awaitable[Union[bytes, None]]]  # noqa: UP007
"""A call that changes one wallet: the wallet as it is then, or None when there is none."""

_MAX_CHANGES: Final = 4
"""Changes under way at once."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A wallet that is registered, as JSON text, and whether it was before."""

    is_new: bool
    wallet: bytes


class WalletRegistry:
    """Takes registrations and changes. Any number of processes may run one each."""

    def __init__(self, pool: Pool, gate: Gate, limits: Limits) -> None:
        self._pool = pool
        self._gate = gate
        self._registrations: Joiner[Registration, Registered] = Joiner(
            self._register_all, limits, flow=lambda item: item.organization_id
        )
        self._changes: Joiner[tuple[str, Change], bytes | None] = Joiner(
            self._carry_out, replace(limits, batch_limit=1, max_calls=_MAX_CHANGES)
        )

    async def register(self, registration: Registration) -> Registered:
        """
        Have the wallet registered.

        Raises `ApiError`: what the database refused (user_not_found, idempotency_key_conflict), or
        503 when it could not be asked or did not answer.
        """
        try:
            with self._gate:
                return await self._registrations.submit(registration)
        except ApiError as error:
            if error.status >= 500:
                metrics.WALLET_REGISTRATIONS["failed"].inc()
            raise

    async def get(self, *, organization_id: int, wallet_id: str) -> bytes | None:
        """The wallet as JSON text, or None when no member of the organization has it."""
        return await _read(
            "get_wallet", schema.get_wallet(self._pool, organization_id=organization_id, wallet_id=wallet_id)
        )

    async def page(
        self,
        *,
        organization_id: int,
        user_id: str | None,
        provider: str | None,
        is_active: bool | None,
        after_wallet_id: str | None,
        max_count: int,
    ) -> list[bytes]:
        """Wallets as JSON texts; raises `ApiError` user_not_found."""
        return await _read(
            "list_wallets",
            schema.list_wallets(
                self._pool,
                organization_id=organization_id,
                user_id=user_id,
                provider=provider,
                is_active=is_active,
                after_wallet_id=after_wallet_id,
                max_count=max_count,
            ),
        )

    async def update(
        self, *, organization_id: int, wallet_id: str, changes: dict[str, object]
    ) -> bytes | None:
        """Change customer id and metadata; the wallet as it is then, or None when there is none."""
        return await self._change(
            "update_wallet",
            partial(
                schema.update_wallet,
                self._pool,
                organization_id=organization_id,
                wallet_id=wallet_id,
                changes=changes,
            ),
        )

    async def deactivate(self, *, organization_id: int, wallet_id: str) -> bytes | None:
        """Take a wallet out of use."""
        return await self._change(
            "deactivate_wallet",
            partial(
                schema.deactivate_wallet, self._pool, organization_id=organization_id, wallet_id=wallet_id
            ),
        )

    async def reactivate(self, *, organization_id: int, wallet_id: str) -> bytes | None:
        """Bring a wallet back into use."""
        return await self._change(
            "reactivate_wallet",
            partial(
                schema.reactivate_wallet, self._pool, organization_id=organization_id, wallet_id=wallet_id
            ),
        )

    async def drain(self) -> None:
        """Wait until those under way have their answers; the gate is closed before."""
        await self._registrations.idle()
        await self._changes.idle()

    async def _register_all(self, batch: list[Registration]) -> Sequence[Registered | Exception]:
        with _timed("register_wallets"):
            answers = await schema.register_wallets(self._pool, registrations=batch)
        metrics.WALLET_CALL_ITEMS.observe(len(batch))
        return [_result(item, answer) for item, answer in zip(batch, answers, strict=True)]

    async def _change(self, query: str, change: Change) -> bytes | None:
        with self._gate:
            return await self._changes.submit((query, change))

    async def _carry_out(self, batch: list[tuple[str, Change]]) -> Sequence[bytes | None]:
        ((query, change),) = batch
        with _timed(query):
            return [await change()]


def _result(item: Registration, answer: Answer) -> Registered | Exception:
    metrics.WALLET_REGISTRATIONS[answer.outcome].inc()
    if answer.is_raced:
        metrics.WALLET_RACES.inc()
    match answer.outcome:
        case "registered" | "replayed" | "existing" if answer.wallet is not None:
            return Registered(answer.outcome == "registered", answer.wallet)
        case "idempotency_key_conflict":
            return ApiError(
                answer.outcome,
                "the idempotency key was used for another wallet",
                idempotency_key=item.idempotency_key,
            )
        case "user_not_found":
            return ApiError(answer.outcome, "user does not exist", user_id=item.user_id)
        case "unsupported_provider":
            # The database knows fewer providers than this process: it was not migrated yet.
            return invalid("the provider is not supported", field="provider")
        case _:
            return ApiError("internal_error", "internal error")


async def _read(query: str, call: Awaitable[Value]) -> Value:
    with _timed(query):
        try:
            return await call
        except psycopg.Error as exc:
            raise from_database(exc, is_read=True) from exc


@contextmanager
def _timed(query: str) -> Iterator[None]:
    started = time.perf_counter()
    try:
        yield
    finally:
        metrics.WALLET_QUERY_SECONDS.labels(query).observe(time.perf_counter() - started)
