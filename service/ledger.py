"""
The ledger as the service drives it: orders become items of set-based calls, joined with what waits.

Journals of all callers meet in one queue, as do reversals, holds and their resolutions. Many journals
in one request stay together and in their order: such a request is a call of its own.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, TypeVar, Union

import msgspec
from msgspec import UNSET, UnsetType

from service import metrics
from service.auth import Principal
from service.database import Pool
from service.database import ledger as schema
from service.database.ledger import AccountItem, HoldItem, JournalItem, Outcome, ResolutionItem, ReversalItem
from service.errors import ApiError
from service.joiner import Gate, Joiner, Limits
from service.parsing import idempotency_key, invalid
from service.types_ledger import (
    MAX_BATCH,
    AccountOrder,
    HoldOrder,
    JournalOrder,
    KeyedJournalOrder,
    ReleaseOrder,
    ReversalOrder,
    SettlementOrder,
)

ACCEPTED: Final = frozenset({"posted", "held", "settled", "released"})
REFUSALS: Final = {
    "idempotency_key_conflict": "the idempotency key was used for another request",
    "unbalanced": "debits and credits of a currency differ, or one of them is missing",
    "unknown_account": "account does not exist",
    "currency_mismatch": "the account is in another currency",
    "limit_exceeded": "the account would pass its floor or ceiling",
    "not_posted": "another journal of the request was refused; nothing was posted",
    "already_reversed": "the journal was reversed before",
    "hold_resolved": "the hold was settled or released before",
    "hold_expired": "the hold has expired",
    "amount_exceeded": "more than was held",
    "unknown_currency": "the ledger does not know the currency",
    "account_conflict": "an account of this name and currency exists otherwise",
}
"""Outcome that refuses -> message; the outcome is the code."""


_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_HASHED: Final = msgspec.json.Encoder(order="sorted")
_DETAILS: Final = msgspec.json.Decoder(dict[str, str | int])

Order = Union[JournalOrder, ReversalOrder, HoldOrder, SettlementOrder, ReleaseOrder]  # noqa: UP007
Item = TypeVar("Item")
Result = TypeVar("Result")
Asked = TypeVar("Asked", bound=msgspec.Struct)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Opened:
    """An account that is there, and whether it was before."""

    account_id: str
    is_replay: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """That something is in the books: its id, since when, and whether the key was used before."""

    id: str | None
    recorded_at: datetime
    is_replay: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """Journals of one request."""

    organization_id: int
    items: list[JournalItem]
    all_or_nothing: bool


# From orders to items


def account_item(order: AccountOrder, principal: Principal) -> AccountItem:
    """An account of the principal's book."""
    return AccountItem(
        organization_id=principal.organization_id,
        name=order.name,
        type=order.type,
        currency=order.currency,
        floor=_given(order.floor),
        ceiling=_given(order.ceiling),
    )


def journal_item(order: JournalOrder, *, key: str | None, principal: Principal) -> JournalItem:
    """A journal in the name of the principal; raises `ApiError` invalid_request."""
    order = _normal(order)
    return JournalItem(
        organization_id=principal.organization_id,
        idempotency_key=_key(key),
        request_hash=request_hash("journal", "", order),
        reason=order.reason,
        actor=_actor(order.actor, principal),
        lines=order.lines,
        event_at=_given(order.event_at),
        payment_reference=_given(order.payment_reference),
    )


def journal_items(orders: Sequence[KeyedJournalOrder], principal: Principal) -> list[JournalItem]:
    """Many journals, each under its own key; a journal has the same hash alone and among others."""
    return [
        journal_item(
            JournalOrder(
                reason=order.reason,
                lines=order.lines,
                actor=order.actor,
                event_at=order.event_at,
                payment_reference=order.payment_reference,
            ),
            key=order.idempotency_key,
            principal=principal,
        )
        for order in orders
    ]


def reversal_item(
    order: ReversalOrder, *, journal_id: str, key: str | None, principal: Principal
) -> ReversalItem:
    """The reversal of a journal; raises `ApiError` invalid_request."""
    order = _normal(order)
    return ReversalItem(
        organization_id=principal.organization_id,
        journal_id=journal_id,
        idempotency_key=_key(key),
        request_hash=request_hash("reversal", journal_id, order),
        reason=order.reason,
        actor=_actor(order.actor, principal),
        event_at=_given(order.event_at),
    )


def hold_item(order: HoldOrder, *, key: str | None, principal: Principal, now: datetime) -> HoldItem:
    """A hold that begins now; raises `ApiError` invalid_request."""
    order = _normal(order)
    if order.debit_account == order.credit_account:
        raise invalid("a hold is of two accounts", field="credit_account")
    return HoldItem(
        organization_id=principal.organization_id,
        idempotency_key=_key(key),
        request_hash=request_hash("hold", "", order),
        debit_account=order.debit_account,
        credit_account=order.credit_account,
        amount=order.amount,
        currency=_given(order.currency),
        reason=order.reason,
        actor=_actor(order.actor, principal),
        expires_at=now + timedelta(seconds=order.expires_in_seconds),
        payment_reference=_given(order.payment_reference),
    )


def resolution_item(
    order: SettlementOrder | ReleaseOrder, *, hold_id: str, key: str | None, principal: Principal
) -> ResolutionItem:
    """The settlement or release of a hold; raises `ApiError` invalid_request."""
    order = _normal(order)
    is_settlement = isinstance(order, SettlementOrder)
    action = "settle" if is_settlement else "release"
    return ResolutionItem(
        organization_id=principal.organization_id,
        hold_id=hold_id,
        action=action,
        idempotency_key=_key(key),
        request_hash=request_hash(action, hold_id, order),
        reason=order.reason,
        actor=_actor(order.actor, principal),
        amount=_given(order.amount) if isinstance(order, SettlementOrder) else None,
        event_at=_given(order.event_at) if isinstance(order, SettlementOrder) else None,
    )


def request_hash(kind: str, target: str, order: Order) -> str:
    """
    SHA-256, lower hex, of what is asked for: RFC 8785 text of [kind, target, order].

    Orders hold texts and small whole numbers alone, of which the encoder with sorted names writes
    what RFC 8785 does; a test holds the two together.
    """
    return hashlib.sha256(_HASHED.encode((kind, target, order))).hexdigest()


def _normal(order: Asked) -> Asked:
    """Times in UTC, texts that can stand on one line of a book; raises `ApiError` invalid_request."""
    changes: dict[str, Any] = {}
    for field in ("reason", "actor", "payment_reference"):
        text = getattr(order, field, UNSET)
        if text is not UNSET and not (text.isascii() and text.isprintable()):
            _check_text(field, text)
    event_at = getattr(order, "event_at", UNSET)
    if event_at is not UNSET and event_at.tzinfo is not UTC:
        changes["event_at"] = _utc(event_at)
    return msgspec.structs.replace(order, **changes) if changes else order


def _check_text(field: str, text: str) -> None:
    if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in text):
        raise invalid("control characters and line ends are not allowed", field=field)


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise invalid("the time is out of range", field="event_at") from None


def _key(key: str | None) -> str:
    text = idempotency_key(key)
    if _KEY.fullmatch(text) is None:
        raise invalid("Idempotency-Key must be 1 to 256 of A-Z a-z 0-9 _ -", field="Idempotency-Key")
    return text


def _actor(actor: str | UnsetType, principal: Principal) -> str:
    """Who can be held to it: the key, and in whose name its owner says to act."""
    return f"api_key:{principal.key_id}" + ("" if actor is UNSET else f" {actor}")


def _given(value: Value | UnsetType) -> Value | None:
    return None if value is UNSET else value


# From items to what became of them


class Ledger:
    """Takes items, answers what became of them. Any number of processes may run one each."""

    def __init__(self, pool: Pool, gate: Gate, limits: Limits) -> None:
        self._gate = gate
        limits = replace(limits, batch_limit=min(limits.batch_limit, MAX_BATCH))

        def joiner(
            call: Callable[[list[Item]], Awaitable[Sequence[Result | ApiError]]],
        ) -> Joiner[Item, Result]:
            return Joiner(call, limits, flow=_organization)

        def judged(
            name: str, call: Callable[[list[Item]], Awaitable[list[Outcome]]]
        ) -> Joiner[Item, Recorded]:
            async def carry_out(items: list[Item]) -> list[Recorded | ApiError]:
                return _fates(items, await _measured(name, items, call))

            return joiner(carry_out)

        async def open_accounts(items: list[AccountItem]) -> list[Opened | ApiError]:
            return [_opened(*answer) for answer in await schema.open_accounts(pool, accounts=items)]

        async def post_together(batches: list[Batch]) -> list[list[Outcome]]:
            (batch,) = batches
            post = partial(schema.post_journals, pool, all_or_nothing=batch.all_or_nothing)
            return [await _measured("post_journals", batch.items, lambda items: post(journals=items))]

        self._accounts: Joiner[AccountItem, Opened] = joiner(open_accounts)
        self._journals: Joiner[JournalItem, Recorded] = judged(
            "post_journals", lambda items: schema.post_journals(pool, journals=items)
        )
        self._reversals: Joiner[ReversalItem, Recorded] = judged(
            "reverse_journals", lambda items: schema.reverse_journals(pool, reversals=items)
        )
        self._holds: Joiner[HoldItem, Recorded] = judged(
            "post_holds", lambda items: schema.post_holds(pool, holds=items)
        )
        self._resolutions: Joiner[ResolutionItem, Recorded] = judged(
            "resolve_holds", lambda items: schema.resolve_holds(pool, resolutions=items)
        )
        # One request a call, whole and in its order; the queue is for the deadline and the retries.
        self._batches: Joiner[Batch, list[Outcome]] = Joiner(
            post_together, replace(limits, batch_limit=1), flow=_organization
        )

    async def open_account(self, item: AccountItem) -> Opened:
        """Open an account. Raises `ApiError`: why it is refused, or 503."""
        with self._gate:
            return await self._accounts.submit(item)

    async def post(self, item: JournalItem) -> Recorded:
        """Post a journal. Raises `ApiError`: why it is refused, or 503."""
        with self._gate:
            return await self._journals.submit(item)

    async def post_many(self, items: list[JournalItem], *, all_or_nothing: bool) -> list[Outcome]:
        """Post journals in one transaction, in order, each with its outcome. Raises `ApiError` 503."""
        with self._gate:
            batch = Batch(items[0].organization_id, items, all_or_nothing)
            return await self._batches.submit(batch)

    async def reverse(self, item: ReversalItem) -> Recorded:
        """Post the opposite of a journal. Raises `ApiError`."""
        with self._gate:
            return await self._reversals.submit(item)

    async def hold(self, item: HoldItem) -> Recorded:
        """Set an amount aside. Raises `ApiError`."""
        with self._gate:
            return await self._holds.submit(item)

    async def resolve(self, item: ResolutionItem) -> Recorded:
        """Settle or release a hold. Raises `ApiError`."""
        with self._gate:
            return await self._resolutions.submit(item)

    async def drain(self) -> None:
        """Wait until those under way have their answers; the gate is closed before."""
        joiners: tuple[Joiner[Any, Any], ...] = (
            self._accounts,
            self._journals,
            self._reversals,
            self._holds,
            self._resolutions,
            self._batches,
        )
        await asyncio.gather(*(joiner.idle() for joiner in joiners))


def refusal(outcome: str, details: bytes | None, **more: object) -> ApiError:
    """Why the ledger refuses an item."""
    if outcome == "unknown_journal":
        return ApiError("journal_not_found", "journal does not exist")
    if outcome == "unknown_hold":
        return ApiError("hold_not_found", "hold does not exist")
    if outcome not in REFUSALS:
        return ApiError("internal_error", "internal error")
    return ApiError(outcome, REFUSALS[outcome], **outcome_details(details), **more)


def outcome_details(details: bytes | None) -> dict[str, str | int]:
    """What the ledger says of an outcome, for programs."""
    return _DETAILS.decode(details) if details else {}


async def _measured(
    name: str, items: list[Item], call: Callable[[list[Item]], Awaitable[list[Outcome]]]
) -> list[Outcome]:
    """Make a call; its time, its size and its outcomes are counted."""
    started = time.perf_counter()
    try:
        outcomes = await call(items)
    finally:
        metrics.LEDGER_CALL_SECONDS.labels(name).observe(time.perf_counter() - started)
        metrics.LEDGER_CALL_ITEMS.labels(name).observe(len(items))
    for outcome in outcomes:
        metrics.ledger_items(name, outcome.outcome).inc()
    return outcomes


def _opened(outcome: str, account_id: str | None) -> Opened | ApiError:
    if account_id is not None and outcome in ("opened", "replayed"):
        return Opened(account_id, outcome == "replayed")
    return refusal(outcome, None)


def _organization(item: Any) -> int:
    """Whose turn it is in a queue."""
    organization_id: int = item.organization_id
    return organization_id


def _fates(items: Sequence[Any], outcomes: list[Outcome]) -> list[Recorded | ApiError]:
    return [_fate(item.idempotency_key, outcome) for item, outcome in zip(items, outcomes, strict=True)]


def _fate(key: str, outcome: Outcome) -> Recorded | ApiError:
    if outcome.recorded_at is not None and (outcome.outcome == "replayed" or outcome.outcome in ACCEPTED):
        return Recorded(outcome.id, outcome.recorded_at, outcome.outcome == "replayed")
    if outcome.outcome == "idempotency_key_conflict":
        return refusal(outcome.outcome, None, idempotency_key=key)
    return refusal(outcome.outcome, outcome.details)
