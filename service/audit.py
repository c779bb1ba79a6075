"""
`pgtill audit`: derive every address handed out again, and compare.

Each wallet account is checked with the key whose digest it is bound to, so that a rotated keyset's
old addresses are checked with its old key, when that is configured. Work is cut into slices of
consecutive indexes, one address worker a core; how far each account came is kept in a file, so that an
audit that was stopped goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

from service.address_worker import Account, AddressWorker
from service.database import Pool, operations
from service.database.operations import WalletAccount
from service.derivation import TEMPLATE, DerivationError, load_account_key
from service.keysets import SCHEMES, Keyset

SLICE: Final = 5_000

Progress = Callable[[str, int], None]

Mismatch = tuple[int, str, str]  # index, stored address, derived address


@dataclass(slots=True)
class Report:
    """What an audit found; only an empty `mismatches` and an empty `unverifiable` is good."""

    checked: int = 0
    mismatches: list[dict[str, object]] = field(default_factory=list)
    unverifiable: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.mismatches and not self.unverifiable


class Checkpoint:
    """How far each account was checked, in a file that is replaced whole."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._next: dict[str, int] = {}
        if path is not None and path.exists():
            self._next = json.loads(path.read_text())

    def next_index(self, wallet_account_id: str) -> int:
        return self._next.get(wallet_account_id, 0)

    def advance(self, wallet_account_id: str, next_index: int) -> None:
        self._next[wallet_account_id] = next_index
        if self._path is not None:
            fresh = self._path.with_suffix(".new")
            fresh.write_text(json.dumps(self._next))
            fresh.replace(self._path)


async def audit(
    pool: Pool, keysets: tuple[Keyset, ...], checkpoint: Checkpoint, progress: Progress
) -> Report:
    """Check every account; `progress` hears of each slice: the account and how many were checked."""
    report = Report()
    keys = dict(_keys_by_digest(keysets))
    workers = [AddressWorker() for _ in range(os.cpu_count() or 1)]
    try:
        for account in await operations.list_wallet_accounts(pool):
            key = keys.get((account.chain, account.network, account.parent_key_digest or ""))
            if key is not None:
                await _audit_account(pool, workers, account, key, checkpoint, report, progress)
            elif account.next_index:
                report.unverifiable.append(account.wallet_account_id)
    finally:
        await asyncio.gather(*(worker.close() for worker in workers))
    return report


async def _audit_account(
    pool: Pool,
    workers: list[AddressWorker],
    account: WalletAccount,
    key: str,
    checkpoint: Checkpoint,
    report: Report,
    progress: Progress,
) -> None:
    """A slice a worker under way, the next one being read: memory stays what a few slices take."""
    maker = Account(account.chain, account.network, SCHEMES[account.chain], TEMPLATE, key)
    under_way: deque[tuple[int, int, asyncio.Task[list[Mismatch]]]] = deque()
    turns = cycle(workers)
    async for indexes, addresses in _slices(pool, account, checkpoint):
        work = asyncio.create_task(_check_slice(next(turns), maker, indexes, addresses))
        under_way.append((indexes[-1] + 1, len(indexes), work))
        if len(under_way) > len(workers):
            await _take_in(account, under_way.popleft(), checkpoint, report, progress)
    while under_way:
        await _take_in(account, under_way.popleft(), checkpoint, report, progress)


async def _slices(
    pool: Pool, account: WalletAccount, checkpoint: Checkpoint
) -> AsyncIterator[tuple[list[int], list[str]]]:
    first = checkpoint.next_index(account.wallet_account_id)
    while True:
        indexes, addresses = await operations.list_issued_addresses(
            pool, wallet_account_id=account.wallet_account_id, first_index=first, max_count=SLICE
        )
        if not indexes:
            return
        yield indexes, addresses
        first = indexes[-1] + 1


async def _take_in(
    account: WalletAccount,
    slice_under_way: tuple[int, int, asyncio.Task[list[Mismatch]]],
    checkpoint: Checkpoint,
    report: Report,
    progress: Progress,
) -> None:
    following, count, work = slice_under_way
    report.mismatches += [
        {
            "wallet_account_id": account.wallet_account_id,
            "derivation_index": index,
            "stored_address": stored,
            "derived_address": derived,
        }
        for index, stored, derived in await work
    ]
    report.checked += count
    # A checkpoint never goes past a mismatch: the next audit must name it again.
    if not report.mismatches:
        checkpoint.advance(account.wallet_account_id, following)
    progress(account.wallet_account_id, count)


async def _check_slice(
    worker: AddressWorker, maker: Account, indexes: list[int], addresses: list[str]
) -> list[Mismatch]:
    if indexes[-1] - indexes[0] + 1 == len(indexes):
        derived = await worker.derive_many(maker, indexes[0], len(indexes))
    else:  # a hole is for app.anomalies to name; here it only costs time
        derived = [(await worker.derive_many(maker, index, 1))[0] for index in indexes]
    return [
        (index, stored, fresh.lower())
        for index, stored, fresh in zip(indexes, addresses, derived, strict=True)
        if stored != fresh.lower()
    ]


def _keys_by_digest(keysets: tuple[Keyset, ...]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Every configured key, historic ones too, by where and what it is."""
    for keyset in keysets:
        try:
            account = load_account_key(keyset.chain, keyset.network, keyset.extended_public_key)
        except DerivationError:
            continue  # start-up refuses it; here its accounts are reported as unverifiable
        yield (keyset.chain, keyset.network, account.digest), keyset.extended_public_key
