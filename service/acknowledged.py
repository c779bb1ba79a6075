"""
A log of what clients were answered, held against the database: each promise is there, and was made once.

A line is a JSON object with `organization_id`, `key`, `status`, `body` and `path`, the route that was
asked; without it /v1/payment-requests. Only a promise, 200 or 201, is held against us.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from service.answers import payment_request_answer, read_stored
from service.database.ledger import AccountRow, HoldRow
from service.database.operations import Breach, Snapshot
from service.errors import ConfigError
from service.ledger_answers import account_answer, hold_answer, receipt_answer
from service.types_ledger import Account, Receipt, Result, ResultList
from service.types_wallets import Wallet

_AT_ONCE: Final = 1_000
_CREATED: Final = 201
_PROMISES: Final = (200, 201)
_POSTED: Final = {"posted": 201, "replayed": 200}
"""What became of one journal of many → what it would have been answered alone."""

_WALLETS: Final = "/v1/wallets"
_JOURNALS: Final = "/v1/ledger/journals"

_ENCODER: Final = msgspec.json.Encoder()


class Acknowledged(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the log. Wallets, accounts, and many journals at once, may come without a key."""

    organization_id: str
    key: str | None = None
    status: int
    body: str = ""
    path: str = "/v1/payment-requests"

    @property
    def route(self) -> str:
        """The path as `_KINDS` has it."""
        found = _NAMED.fullmatch(self.path)
        return f"{found[1]}/{{id}}/{found[3]}" if found else self.path

    @property
    def named(self) -> str | None:
        """What the path names, where it names one thing."""
        found = _NAMED.fullmatch(self.path)
        return found[2] if found else None


_DECODER: Final = msgspec.json.Decoder(Acknowledged)


class _Kind(ABC):
    """What the answers of a route are held against."""

    @abstractmethod
    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[Any]]:
        """For each promise what is stored of it: once, not at all, or wrongly several times."""

    def is_kept(self, promise: Acknowledged, stored: Any) -> bool:
        """Whether what is stored is what was promised, byte for byte."""
        return bool(stored == promise.body.encode())

    def subject(self, promise: Acknowledged) -> str:
        """What is made once only."""
        return promise.key or ""


class _PaymentRequests(_Kind):
    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[bytes]]:
        return await snapshot.first_payment_requests(*_names(promises))

    def is_kept(self, promise: Acknowledged, stored: bytes) -> bool:
        return super().is_kept(promise, payment_request_answer(read_stored(stored)))


class _Paths(_Kind):
    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[bytes]]:
        return await snapshot.first_path_answers(*_names(promises))


class _Journals(_Kind):
    """Posted journals; a reversal must take back the journal that was named."""

    async def look_up(
        self, snapshot: Snapshot, promises: Sequence[Acknowledged]
    ) -> list[list[tuple[bytes, str | None]]]:
        found = await snapshot.posted_journals(*_names(promises))
        return [
            [(_receipt(name, promise, moment), reverses) for name, moment, reverses in journals]
            for promise, journals in zip(promises, found, strict=True)
        ]

    def is_kept(self, promise: Acknowledged, stored: tuple[bytes, str | None]) -> bool:
        receipt, reverses = stored
        return super().is_kept(promise, receipt) and reverses == promise.named


class _Holds(_Kind):
    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[bytes]]:
        found = await snapshot.answered_holds(*_names(promises), is_ending=False)
        return [
            [_receipt(hold.hold_id, promise, hold.created_at) for hold in holds]
            for promise, holds in zip(promises, found, strict=True)
        ]


class _HoldEndings(_Kind):
    """A hold that was settled or released stays as it was then."""

    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[HoldRow]]:
        return await snapshot.answered_holds(*_names(promises), is_ending=True)

    def is_kept(self, promise: Acknowledged, stored: HoldRow) -> bool:
        return stored.hold_id == promise.named and super().is_kept(
            promise, _ENCODER.encode(hold_answer(stored))
        )


class _Accounts(_Kind):
    """An account is opened once; its balances move on, and its version with what is posted."""

    async def look_up(self, snapshot: Snapshot, promises: Sequence[Acknowledged]) -> list[list[AccountRow]]:
        organizations = [promise.organization_id for promise in promises]
        return await snapshot.opened_accounts(organizations, [self.subject(each) for each in promises])

    def is_kept(self, promise: Acknowledged, stored: AccountRow) -> bool:
        account, told = account_answer(stored), msgspec.json.decode(promise.body, type=Account)
        if account.version < told.version:
            return False
        if account.version > told.version:
            told = msgspec.structs.replace(told, version=account.version, balances=account.balances)
        elif account.balances.posted == told.balances.posted:  # holds come and go between
            told = msgspec.structs.replace(told, balances=account.balances)
        return account == told

    def subject(self, promise: Acknowledged) -> str:
        return msgspec.json.decode(promise.body, type=Account).id


class _Wallets(_Kind):
    """The wallet itself is what is registered once; it may have been changed since."""

    async def look_up(
        self, snapshot: Snapshot, promises: Sequence[Acknowledged]
    ) -> list[list[tuple[bytes, str | None]]]:
        return await snapshot.registered_wallets(
            [promise.organization_id for promise in promises],
            [self.subject(promise) for promise in promises],
            [promise.key for promise in promises],
        )

    def is_kept(self, promise: Acknowledged, stored: tuple[bytes, str | None]) -> bool:
        wallet, told = (msgspec.json.decode(text, type=Wallet) for text in (stored[0], promise.body))
        if promise.key is not None and stored[1] != told.id:
            return False
        if wallet.updated_at == told.updated_at:
            return super().is_kept(promise, _ENCODER.encode(wallet))
        return wallet.updated_at > told.updated_at and _as_registered(wallet) == _as_registered(told)

    def subject(self, promise: Acknowledged) -> str:
        return msgspec.json.decode(promise.body, type=Wallet).id


_LEDGER: Final = "/v1/ledger"
_KINDS: Final[dict[str, _Kind]] = {
    "/v1/payment-requests": _PaymentRequests(),
    _WALLETS: _Wallets(),
    "/v1/paths": _Paths(),
    "/v1/paths/batch": _Paths(),
    f"{_LEDGER}/accounts": _Accounts(),
    _JOURNALS: _Journals(),
    f"{_LEDGER}/journals/{{id}}/reverse": _Journals(),
    f"{_LEDGER}/holds": _Holds(),
    f"{_LEDGER}/holds/{{id}}/settle": _HoldEndings(),
    f"{_LEDGER}/holds/{{id}}/release": _HoldEndings(),
}
"""Route → what its answers are held against."""

_NAMED: Final = re.compile(rf"({_LEDGER}/\w+)/(\w+)/(reverse|settle|release)")


class Holding:
    """A log that is held against a snapshot."""

    def __init__(self, snapshot: Snapshot, log: Path) -> None:
        self._snapshot = snapshot
        self._log = log
        self._made: set[bytes] = set()

    async def batches(self) -> AsyncIterator[tuple[int, list[Breach]]]:
        """How many more promises were held, and which of them are broken; raises `ConfigError`."""
        promises = _promises(self._log)
        read: list[tuple[Acknowledged, list[Any]]] = []
        while True:
            # The database looks the next ones up while these are compared.
            stored = asyncio.create_task(self._look_up(list(islice(promises, _AT_ONCE))))
            await asyncio.sleep(0)
            yield len(read), [breach for promise, found in read for breach in self._judge(promise, found)]
            read = await stored
            if not read:
                return

    async def _look_up(self, batch: Sequence[Acknowledged]) -> list[tuple[Acknowledged, list[Any]]]:
        found: list[tuple[Acknowledged, list[Any]]] = []
        by_route: dict[str, list[Acknowledged]] = {}
        for promise in batch:
            by_route.setdefault(promise.route, []).append(promise)
        for route, asked in by_route.items():
            found += zip(asked, await _KINDS[route].look_up(self._snapshot, asked), strict=True)
        return found

    def _judge(self, promise: Acknowledged, stored: list[Any]) -> Iterator[Breach]:
        kind = _KINDS[promise.route]
        subject = kind.subject(promise)
        if promise.status == _CREATED:
            # Digests: of millions of promises the names would take three times as much memory.
            made = f"{promise.route}\n{promise.organization_id}\n{subject}".encode()
            made = hashlib.blake2b(made, digest_size=16).digest()
            if made in self._made:
                yield Breach("created_twice", subject, "201 was answered before")
            self._made.add(made)
        if not stored:
            yield Breach("answer_lost", subject, "the database does not know it")
        elif len(stored) > 1 or not kind.is_kept(promise, stored[0]):
            yield Breach("answer_differs", subject, "the database has another answer for it")


def _names(promises: Sequence[Acknowledged]) -> tuple[list[str], list[str]]:
    return [promise.organization_id for promise in promises], [promise.key or "" for promise in promises]


def _as_registered(wallet: Wallet) -> tuple[str, ...]:
    """What of a wallet never changes."""
    return wallet.id, wallet.user_id, wallet.provider, wallet.provider_account_id, wallet.created_at


def _promises(log: Path) -> Iterator[Acknowledged]:
    with log.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                answer = _DECODER.decode(line)
                if answer.status in _PROMISES:
                    yield from _read(answer)
            except msgspec.MsgspecError:
                raise ConfigError(
                    "CONFIG_VALUE_INVALID",
                    f"--acknowledged: line {number} of {log} is not an object with "
                    f"organization_id, key, status, body and path, one of {', '.join(_KINDS)}",
                ) from None


def _read(answer: Acknowledged) -> list[Acknowledged]:
    """The promises of an answer; raises `msgspec.MsgspecError` where it cannot have been one of ours."""
    kind = _KINDS.get(answer.route)
    if kind is None:
        raise msgspec.ValidationError("no such route")
    if isinstance(kind, _Wallets | _Accounts):
        kind.subject(answer)
    elif answer.key is None:
        return _journals(answer)
    return [answer]


def _receipt(name: str, promise: Acknowledged, recorded_at: datetime) -> bytes:
    return _ENCODER.encode(receipt_answer(name, promise.key or "", recorded_at))


def _receipt_of(result: Result) -> Receipt:
    """What a journal among many would have been answered alone."""
    return msgspec.convert(msgspec.to_builtins(result), Receipt)


def _journals(answer: Acknowledged) -> list[Acknowledged]:
    """Each journal of many, as if it had come alone."""
    if answer.path != _JOURNALS:
        raise msgspec.ValidationError("no key")
    return [
        Acknowledged(
            organization_id=answer.organization_id,
            key=result.idempotency_key,
            status=_POSTED[result.outcome],
            body=_ENCODER.encode(_receipt_of(result)).decode(),
            path=answer.path,
        )
        for result in msgspec.json.decode(answer.body, type=ResultList).results
        if result.outcome in _POSTED
    ]
