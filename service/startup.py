"""What must be true before the port opens. Each step is a logged line; the first failure ends it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from service.catalog import Catalog
from service.config import Settings
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Asset
from service.derivation import AddressDeriver, DerivationError
from service.errors import StartupError, from_database
from service.keysets import Keyset

log = structlog.get_logger()

READINESS_SECONDS: Final = 30.0
PLAN: Final = Path(__file__).resolve().parent.parent / "sqitch.plan"

# One scheme a chain in this release; app.address_schemes says the same of the catalog.
SCHEMES: Final = {"bitcoin": "bip84_p2wpkh", "ethereum": "evm_bip44"}
TEMPLATE: Final = "0/{index}"


async def verify(settings: Settings, pool: Pool, catalog: Catalog) -> None:
    """
    Run every step, in order: readiness, schema, keysets, wallet accounts, catalog.

    Raises `StartupError`. Changes nothing but a wallet account's binding to its key.
    """
    try:
        await _wait_for_database(pool)
        await _check_schema(pool)
        for keyset in settings.keysets:
            _check_keyset(keyset)
        await catalog.refresh()
        _check_catalog(settings, catalog)
        await _bind_wallet_accounts(pool, catalog)
    except psycopg.Error as exc:
        error = from_database(exc)
        raise StartupError(error.code, error.message) from exc
    log.info("start-up complete", assets=len(catalog.enabled()))


async def _wait_for_database(pool: Pool) -> None:
    try:
        await pool.wait(READINESS_SECONDS)
    except PoolTimeout:
        raise StartupError("database_unavailable", "the database did not answer in 30 s") from None
    log.info("database ready")


async def _check_schema(pool: Pool) -> None:
    planned = [line.split()[0] for line in PLAN.read_text().splitlines() if line and line[0] not in "%@#"]
    try:
        deployed = await app_schema.list_deployed_changes(pool)
    except psycopg.errors.Error as exc:
        if exc.sqlstate in ("3F000", "42883", "42501", "42P01"):
            raise StartupError("schema_missing", "nothing is deployed; run: pgtill db deploy") from None
        raise
    missing = [change for change in planned if change not in set(deployed)]
    if missing:
        raise StartupError(
            "schema_outdated", f"{len(missing)} changes are not deployed; run: pgtill db deploy"
        )
    log.info("schema current", changes=len(deployed))


def _check_keyset(keyset: Keyset) -> None:
    place = {"chain": keyset.chain, "network": keyset.network, "keyset_id": keyset.keyset_id}
    try:
        deriver = AddressDeriver.for_account(
            chain=keyset.chain,
            network=keyset.network,
            address_scheme=SCHEMES.get(keyset.chain, ""),
            template=TEMPLATE,
            extended_public_key=keyset.extended_public_key,
        )
        derived = deriver.derive(0)
    except DerivationError as exc:
        log.error("keyset refused", code=exc.code, reason=exc.reason, **place)
        raise StartupError(exc.code, f"keyset {keyset.keyset_id}: {exc.reason}") from None
    if derived.lower() != keyset.expected_index0_address.lower():
        log.error("keyset refused", code="invalid_configuration", reason="address_mismatch", **place)
        raise StartupError(
            "invalid_configuration",
            f"keyset {keyset.keyset_id}: its index 0 is {derived}, which is not what was expected",
        )
    log.info("keyset verified", **place)


def _check_catalog(settings: Settings, catalog: Catalog) -> None:
    configured = {(keyset.chain, keyset.network, keyset.keyset_id) for keyset in settings.keysets}
    for asset in catalog.enabled():
        place = f"{asset.chain}/{asset.network}/{asset.asset}"
        if asset.is_mainnet and not settings.allow_mainnet:
            raise StartupError(
                "mainnet_allocation_blocked",
                f"{place} is enabled; set PAYMENT_REQUEST_DEVTEST_ALLOW_MAINNET=true to serve it",
            )
        if (asset.chain, asset.network, asset.keyset_id) not in configured:
            raise StartupError(
                "invalid_configuration", f"{place} needs keyset {asset.keyset_id}, which is not configured"
            )
    if settings.allow_mainnet:
        log.warning("mainnet allowed")


async def _bind_wallet_accounts(pool: Pool, catalog: Catalog) -> None:
    """In the order of ids, so that processes starting together queue instead of crossing."""
    targets: dict[str, Asset] = {asset.wallet_account_id: asset for asset in catalog.enabled()}
    for wallet_account_id in sorted(targets):
        deriver = await asyncio.to_thread(catalog.deriver, targets[wallet_account_id])
        if deriver is None:
            raise StartupError("invalid_configuration", f"no key is configured for {wallet_account_id}")
        await app_schema.bind_wallet_account_key(
            pool, wallet_account_id=wallet_account_id, parent_key_digest=deriver.parent_key_digest
        )
        log.info(
            "wallet account bound",
            wallet_account_id=wallet_account_id,
            digest_prefix=deriver.parent_key_digest[:12],
        )
