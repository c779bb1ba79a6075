"""
What must be true before the port opens.

Readiness, schema, keysets, wallet accounts, catalog: each step is a logged line, the first that
fails ends the start. Wallet accounts are synced and the catalog is checked in one transaction: a
failure at the last target, or a rule that the catalog then breaks, leaves nothing changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import psycopg
import structlog
from psycopg_pool import PoolTimeout

from service.catalog import Catalog
from service.config import Settings
from service.database import Pool
from service.database import app as app_schema
from service.database.app import Synced, Violation
from service.derivation import DerivationError
from service.errors import StartupError, from_database
from service.keysets import Keyset, VerifiedKeyset, verify_keyset
from service.migrations import planned_changes

log = structlog.get_logger()

Target = tuple[str, str, str]

_SYNC_REFUSALS: Final = {
    "TL007": ("keyset_already_used", "its addresses were handed out before, under another wallet account"),
    "TL008": ("invalid_configuration", "no asset of the catalog stands on it"),
    "23505": ("parent_key_shared", "another active wallet account of the network has the same key"),
    "23503": ("mainnet_allocation_blocked", "its network is not allowed in this database"),
}


async def verify(settings: Settings, pool: Pool, catalog: Catalog) -> None:
    """
    Run every step, in order; raises `StartupError` for the first that fails.

    Changes nothing but wallet accounts, and those only if every keyset was verified.
    """
    if settings.allocation_mode == "prod":
        raise StartupError(
            "wallet_allocation_not_implemented",
            "PAYMENT_REQUEST_ALLOCATION_MODE=prod needs a wallet gateway, which this release has not; use devtest",
        )
    try:
        await _wait_for_database(pool, settings.readiness_timeout)
        await _check_schema(pool)
        verified = verify_keysets(settings)
        await sync_wallet_accounts(settings, pool, catalog, verified)
        await catalog.refresh()
    except PoolTimeout:
        raise StartupError("database_unavailable", "the database gave no connection") from None
    except psycopg.Error as exc:
        error = from_database(exc)
        log.error("start-up failed", code=error.code, sqlstate=exc.sqlstate or "")
        raise StartupError(error.code, error.message) from exc
    if settings.allow_mainnet:
        log.warning("mainnet allowed")
    log.info("start-up complete", assets=len(catalog.enabled()))


def verify_keysets(settings: Settings) -> Mapping[Target, VerifiedKeyset]:
    """Verify every configured keyset; each is a logged line. Raises `StartupError` after the last."""
    refused: list[StartupError] = []
    verified: dict[Target, VerifiedKeyset] = {}
    for keyset in settings.keysets:
        try:
            good = _verify(keyset, settings)
        except StartupError as exc:
            refused.append(exc)
        else:
            verified[good.target] = good
            log.info("keyset verified", **keyset.place)
    if refused:
        raise refused[0]
    return verified


async def sync_wallet_accounts(
    settings: Settings,
    pool: Pool,
    catalog: Catalog,
    verified: Mapping[Target, VerifiedKeyset],
    *,
    dry_run: bool = False,
) -> list[tuple[VerifiedKeyset, Synced]]:
    """
    Make each configured key that the enabled catalog needs the active one of its keyset.

    All targets, and the check of the catalog as it then is, in one transaction: a failure, or a dry
    run, leaves nothing changed. Raises `StartupError`.
    """
    await catalog.refresh()
    targets = sorted({(row.chain, row.network, row.keyset_id) for row in catalog.enabled()})
    _refuse_missing(targets, verified)
    synced: list[tuple[VerifiedKeyset, Synced]] = []
    async with app_schema.synchronising(pool, roll_back=dry_run) as transaction:
        for target in targets:
            try:
                synced.append((verified[target], await transaction.sync(verified[target])))
            except psycopg.Error as exc:
                raise _sync_refusal(target, exc) from exc
        violations = await transaction.violations(
            verified.values(), address_schemes=settings.address_schemes, allow_mainnet=settings.allow_mainnet
        )
        _refuse_violations(violations)
    for keyset, result in synced:
        log.info(
            "wallet account would be synced" if dry_run else "wallet account synced",
            chain=keyset.chain,
            network=keyset.network,
            keyset_id=keyset.keyset_id,
            action=result.action,
            match_source=result.match_source,
            wallet_account_id=result.wallet_account_id,
            hash_prefix=keyset.key_material_hash[:12],
            event_id=result.event_id,
        )
    log.info("catalog whole", targets=len(targets))
    return synced


async def _wait_for_database(pool: Pool, seconds: int) -> None:
    try:
        await pool.wait(seconds)
    except PoolTimeout:
        raise StartupError(
            "database_unavailable", f"the database did not answer within {seconds} s"
        ) from None
    log.info("database ready")


async def _check_schema(pool: Pool) -> None:
    try:
        deployed = set(await app_schema.list_deployed_changes(pool))
    except psycopg.Error as exc:
        if exc.sqlstate in ("3F000", "42883", "42501", "42P01", "22023"):
            raise StartupError("schema_missing", "nothing is deployed here; run: pgtill db deploy") from None
        raise
    missing = [change for change in planned_changes() if change not in deployed]
    if missing:
        raise StartupError(
            "schema_outdated", f"{len(missing)} changes are not deployed; run: pgtill db deploy"
        )
    log.info("schema current", changes=len(deployed))


def _verify(keyset: Keyset, settings: Settings) -> VerifiedKeyset:
    try:
        return verify_keyset(keyset, settings.hmac_secret, settings.previous_hmac_secrets)
    except DerivationError as exc:
        log.error("keyset refused", code=exc.code, reason=exc.reason, **keyset.place)
        raise StartupError(exc.code, f"keyset {keyset.keyset_id[:64]}: {exc.message}") from None
    except StartupError as exc:
        log.error("keyset refused", code=exc.code, reason=str(exc), **keyset.place)
        raise


def _sync_refusal(target: Target, exc: psycopg.Error) -> StartupError:
    code, why = _SYNC_REFUSALS.get(
        exc.sqlstate or "", ("wallet_account_sync_failed", "the database refused to sync it")
    )
    log.error("wallet account refused", code=code, sqlstate=exc.sqlstate or "", keyset_id=target[2])
    return StartupError(code, f"keyset {target[2]}: {why}")


def _refuse_missing(targets: list[Target], verified: Mapping[Target, VerifiedKeyset]) -> None:
    missing = [target for target in targets if target not in verified]
    for chain, network, keyset_id in missing:
        log.error("keyset missing", chain=chain, network=network, keyset_id=keyset_id)
    if missing:
        raise StartupError(
            "invalid_configuration", f"the catalog needs keyset {missing[0][2]}, which is not configured"
        )


def _refuse_violations(violations: list[Violation]) -> None:
    for violation in violations:
        log.error("catalog violation", rule=violation.rule, asset=violation.subject, remedy=violation.remedy)
    if any(violation.rule == "mainnet_override" for violation in violations):
        raise StartupError(
            "mainnet_allocation_blocked", "an enabled asset is on a mainnet; see the lines above"
        )
    if violations:
        raise StartupError(
            "invalid_configuration", f"the catalog breaks {len(violations)} rules; see the lines above"
        )
