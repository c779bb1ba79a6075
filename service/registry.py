"""
The path registry's writes: allocations joined into one call, everything else one call each.

Both go through a Joiner, so that a client that disconnects cancels nothing, what is under way at
the deadline is unknown and not failed, and a shutdown waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, TypeVar

import psycopg

from service.database import Pool, paths
from service.database.paths import Allocated, AllocationItem
from service.errors import ApiError, from_database, refusal
from service.joiner import Answer, Gate, Joiner, Limits
from service.wallet_health import WalletHealth

T = TypeVar("T")

WRITES_AT_ONCE: Final = 4
"""Calls that stand alone; half of the default pool, so that they cannot keep everybody else out."""

REFUSALS: Final = frozenset(
    {
        "invalid_path",
        "invalid_range",
        "wallet_version_not_found",
        "wallet_not_active",
        "manufacturer_not_found",
        "manufacturer_not_active",
        "not_permitted",
        "path_taken",
        "path_has_descendants",
        "path_below_allocation",
        "parent_exhausted",
        "daily_limit_reached",
        "idempotency_key_conflict",
    }
)
"""Outcomes of an allocation that refuse it; the outcome is the code."""

CONFLICTS: Final = frozenset(
    {
        "path_taken",
        "path_has_descendants",
        "path_below_allocation",
        "parent_exhausted",
        "daily_limit_reached",
    }
)
"""Those that say something of a wallet that there is."""


class _Write(NamedTuple):
    organization_id: int
    call: Callable[[], Awaitable[Any]]


class PathRegistry:
    """Takes writes of schema paths. Any number of processes may run one each."""

    def __init__(self, pool: Pool, gate: Gate, limits: Limits) -> None:
        self._pool = pool
        self._gate = gate
        self.health = WalletHealth(pool)
        self._allocations: Joiner[AllocationItem, Allocated] = Joiner(
            self._allocate, limits, flow=lambda item: item.organization_id
        )
        self._writes: Joiner[_Write, Any] = Joiner(
            _carry_out,
            replace(limits, batch_limit=1, max_calls=WRITES_AT_ONCE),
            flow=lambda write: write.organization_id,
        )

    async def allocate(self, item: AllocationItem) -> Allocated:
        """Have a path allocated: its outcome is `allocated` or `replayed`; raises `ApiError` else."""
        with self._gate:
            return await self._allocations.submit(item)

    async def write(self, organization_id: int, call: Callable[[], Awaitable[T]]) -> T:
        """Have one call of an organization carried out; raises `ApiError`."""
        with self._gate:
            answer: T = await self._writes.submit(_Write(organization_id, call))
            return answer

    async def drain(self) -> None:
        """Wait until those under way have their answers; the gate is closed before."""
        await asyncio.gather(self._allocations.idle(), self._writes.idle())
        await self.health.write()

    async def _allocate(self, items: list[AllocationItem]) -> Sequence[Answer[Allocated]]:
        try:
            answers = await paths.allocate_paths(self._pool, orders=items)
        except psycopg.Error as exc:
            if len(items) == 1 and (refused := refusal_of(exc)):
                return [refused]
            raise
        return [
            answer
            if answer.outcome in ("allocated", "replayed")
            else outcome_error(answer.outcome, item.idempotency_key, answer.blocking_path)
            for item, answer in zip(items, answers, strict=True)
        ]


async def _carry_out(writes: list[_Write]) -> Sequence[Answer[Any]]:
    [write] = writes
    try:
        return [await write.call()]
    except psycopg.Error as exc:
        if refused := refusal_of(exc):
            return [refused]
        raise


def refusal_of(exc: psycopg.Error) -> ApiError | None:
    """The refusal that an exception of schema paths is; None for a fault."""
    state = exc.sqlstate or ""
    if state.startswith("TL2"):
        return from_database(exc)
    if state in ("23505", "23514"):  # a name taken a moment ago, a text too long
        return refusal("rule_violated")
    return None


def outcome_error(outcome: str, idempotency_key: str, blocking_path: str | None) -> ApiError:
    """What to answer when a path was not allocated."""
    if outcome not in REFUSALS:
        return refusal("internal_error")
    details: dict[str, object] = {}
    if outcome == "idempotency_key_conflict":
        details["idempotency_key"] = idempotency_key
    if blocking_path is not None:
        details["blocking_path"] = blocking_path
    return refusal(outcome, **details)
