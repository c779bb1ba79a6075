"""Addresses of one wallet account, from its cursor as this process last knew it."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import Final

import structlog

from service.address_worker import Account, AddressWorker
from service.database.app import Asset, Window
from service.derivation import AddressDeriver

log = structlog.get_logger()

MAX_MARGIN: Final = 512
"""Addresses a window holds at most beyond its own orders."""

FIRST_MARGIN: Final = 64
"""What the first miss widens a window by at most."""

BUSY: Final = 8
"""Orders under way from which on addresses are derived ahead, by the worker."""

AHEAD: Final = 6
"""Windows that are derived ahead."""

INDEX_COUNT: Final = 2**31


class AddressSource:
    """
    Windows for app.allocate_and_insert().

    Each index is derived once: here when a window needs it at once, by the worker when there is
    time. A margin covers what other processes take meanwhile.
    """

    def __init__(
        self, asset: Asset, deriver: AddressDeriver, account: Account, worker: AddressWorker
    ) -> None:
        self.wallet_account_id = asset.wallet_account_id
        self._deriver = deriver
        self._account = account
        self._worker = worker
        self._cursor = asset.next_index
        self._addresses: deque[str] = deque()  # canonical; of the cursor's index and those after it
        self._margin = 0
        self._ahead: asyncio.Task[None] | None = None

    def window(self, count: int) -> Window:
        """The next `count` addresses and the margin."""
        wanted = min(count + self._margin, INDEX_COUNT - self._cursor)
        missing = wanted - len(self._addresses)
        if missing > 0:
            self._append(self._deriver.derive_many(self._cursor + len(self._addresses), missing))
        return Window(
            wallet_account_id=self.wallet_account_id,
            parent_key_digest=self._deriver.parent_key_digest,
            first_index=self._cursor,
            addresses=list(islice(self._addresses, wanted)),
        )

    def prepare(self, count: int) -> None:
        """Have the worker derive ahead, where `count` orders under way say that it is worth it."""
        is_under_way = self._ahead is not None and not self._ahead.done()
        if count < BUSY or is_under_way or len(self._addresses) > AHEAD * count // 2:
            return
        first = self._cursor + len(self._addresses)
        wanted = min(AHEAD * count, INDEX_COUNT - first)
        if wanted > 0:
            self._ahead = asyncio.create_task(self._derive_ahead(first, wanted))

    def move(self, cursor: int, *, missed: bool) -> None:
        """The cursor stands here now. A miss doubles the margin, a hit lets it shrink again."""
        gone = max(0, cursor - self._cursor)  # of two answers, the later cursor may be read first
        for _ in range(min(gone, len(self._addresses))):
            self._addresses.popleft()
        self._cursor += gone
        if missed:
            # A long way says that we were idle, not that the others are fast.
            self._margin = min(MAX_MARGIN, max(2 * self._margin, min(gone, FIRST_MARGIN), 8))
        else:
            self._margin = self._margin * 15 // 16

    async def _derive_ahead(self, first: int, count: int) -> None:
        try:
            addresses = await self._worker.derive_many(self._account, first, count)
        except OSError as exc:
            log.warning("address worker gone", error=type(exc).__name__)
            return
        # Windows and other processes have gone on meanwhile: what is behind them is of no use.
        following = self._cursor + len(self._addresses)
        if first <= following < first + count:
            self._append(addresses[following - first :])

    def _append(self, addresses: list[str]) -> None:
        # Lower case is the canonical form of what we derived ourselves, on every chain.
        self._addresses.extend(address.lower() for address in addresses)
