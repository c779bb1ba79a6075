"""
`pgtill audit`: derive every address handed out again, and compare.

Each wallet account is checked with the key whose digest it is bound to, so that a rotated keyset's
old addresses are checked with its old key, when that is configured. Work is cut into slices of
consecutive indexes, one process a core; how far each account came is kept in a file, so that an
audit that was stopped goes on where it was.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from service.database import Pool, operations
from service.database.operations import WalletAccount
from service.derivation import AddressDeriver, DerivationError, load_account_key
from service.keysets import SCHEMES, Keyset

SLICE: Final = 5_000

Progress = Callable[[str, int], None]


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
    accounts = [account for account in await operations.list_wallet_accounts(pool) if account.next_index]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        for account in accounts:
            key = keys.get((account.chain, account.network, account.parent_key_digest or ""))
            if key is None:
                report.unverifiable.append(account.wallet_account_id)
            else:
                await _audit_account(pool, workers, account, key, checkpoint, report, progress)
    return report


async def _audit_account(
    pool: Pool,
    workers: ProcessPoolExecutor,
    account: WalletAccount,
    key: str,
    checkpoint: Checkpoint,
    report: Report,
    progress: Progress,
) -> None:
    """Two slices ahead of the workers, and no further: memory stays what a few slices take."""
    loop = asyncio.get_running_loop()
    first = checkpoint.next_index(account.wallet_account_id)
    under_way: list[tuple[int, int, asyncio.Future[list[tuple[int, str, str]]]]] = []
    is_reading = True
    while is_reading or under_way:
        if is_reading and len(under_way) < 2 + (os.cpu_count() or 1):
            indexes, addresses = await operations.list_issued_addresses(
                pool, wallet_account_id=account.wallet_account_id, first_index=first, max_count=SLICE
            )
            if indexes:
                first = indexes[-1] + 1
                work = loop.run_in_executor(
                    workers, check_slice, account.chain, account.network, key, indexes, addresses
                )
                under_way.append((first, len(indexes), work))
            else:
                is_reading = False
            continue
        following, count, work = under_way.pop(0)
        mismatches = await work
        report.checked += count
        report.mismatches += [
            {
                "wallet_account_id": account.wallet_account_id,
                "derivation_index": index,
                "stored_address": stored,
                "derived_address": derived,
            }
            for index, stored, derived in mismatches
        ]
        # A checkpoint never goes past a mismatch: the next audit must name it again.
        if not report.mismatches:
            checkpoint.advance(account.wallet_account_id, following)
        progress(account.wallet_account_id, count)


def check_slice(
    chain: str, network: str, key: str, indexes: list[int], addresses: list[str]
) -> list[tuple[int, str, str]]:
    """The (index, stored, derived) of a slice that differ. Runs in a worker process."""
    deriver = _deriver(chain, network, key)
    if indexes[-1] - indexes[0] + 1 == len(indexes):
        derived = deriver.derive_many(indexes[0], len(indexes))
    else:  # a hole is for app.anomalies to name; here it only costs time
        derived = [deriver.derive(index) for index in indexes]
    return [
        (index, stored, fresh.lower())
        for index, stored, fresh in zip(indexes, addresses, derived, strict=True)
        if stored != fresh.lower()
    ]


@cache
def _deriver(chain: str, network: str, key: str) -> AddressDeriver:
    return AddressDeriver(
        chain=chain,
        network=network,
        address_scheme=SCHEMES[chain],
        account=load_account_key(chain, network, key),
    )


def _keys_by_digest(keysets: tuple[Keyset, ...]) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Every configured key, historic ones too, by where and what it is."""
    for keyset in keysets:
        try:
            account = load_account_key(keyset.chain, keyset.network, keyset.extended_public_key)
        except DerivationError:
            continue  # start-up refuses it; here its accounts are reported as unverifiable
        yield (keyset.chain, keyset.network, account.digest), keyset.extended_public_key
