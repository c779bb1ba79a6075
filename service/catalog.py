"""The asset catalog as this process last read it, and the wallet accounts it has keys for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from service.address_worker import Account
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Asset
from service.derivation import AddressDeriver
from service.keysets import Keyset

log = structlog.get_logger()

AssetKey = tuple[str, str, str]


class Catalog:
    """
    A snapshot, replaced whole by `refresh`; read without a lock.

    It chooses a wallet account *before* the database decides. A stale snapshot costs a second call,
    never a wrong address: allocate_and_insert() reads the catalog again under its own locks.
    """

    def __init__(self, pool: Pool, keysets: tuple[Keyset, ...]) -> None:
        self._pool = pool
        self._keys: Mapping[tuple[str, str, str], str] = {
            (keyset.chain, keyset.network, keyset.keyset_id): keyset.extended_public_key for keyset in keysets
        }
        self._derivers: dict[str, AddressDeriver] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self.assets: Mapping[AssetKey, Asset] = {}

    async def refresh(self) -> None:
        """Read the catalog again; callers that come while one is under way share its answer."""
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._load())
        await asyncio.shield(self._refreshing)

    async def _load(self) -> None:
        rows = await app_schema.list_assets(self._pool)
        self.assets = {(row.chain, row.network, row.asset): row for row in rows}

    def find(self, chain: str, network: str, asset: str) -> Asset | None:
        """The catalog row, enabled or not."""
        return self.assets.get((chain, network, asset))

    def enabled(self) -> list[Asset]:
        """Rows that may be asked for, by chain, network, asset."""
        return [asset for asset in self.assets.values() if asset.enabled]

    def account(self, asset: Asset) -> Account | None:
        """What an address worker needs for the row's wallet account; None when this process lacks its key."""
        key = self._keys.get((asset.chain, asset.network, asset.keyset_id))
        if key is None:
            return None
        return Account(asset.chain, asset.network, asset.address_scheme, asset.derivation_path_template, key)

    def deriver(self, asset: Asset) -> AddressDeriver | None:
        """
        What makes the addresses of the row's wallet account; None when this process lacks its key.

        Raises `DerivationError` when the configured key is unusable.
        """
        known = self._derivers.get(asset.wallet_account_id)
        if known is not None:
            return known
        account = self.account(asset)
        if account is None:
            return None
        deriver = account.deriver()
        if deriver.parent_key_digest != asset.parent_key_digest:
            return None  # another process has rotated the keyset to a key that we were not given
        return self._derivers.setdefault(asset.wallet_account_id, deriver)

    def deriver_of_account(self, wallet_account_id: str) -> AddressDeriver | None:
        """What makes the addresses of an account that the catalog stands on; None for any other."""
        for asset in self.assets.values():
            if asset.wallet_account_id == wallet_account_id:
                return self.deriver(asset)
        return None
