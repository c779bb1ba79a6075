"""Schema app for operators: accounts, addresses handed out, the chain of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import class_row

from service.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAccount:
    """A wallet account with its last sync event."""

    wallet_account_id: str
    chain: str
    network: str
    keyset_id: str
    is_active: bool
    next_index: int
    parent_key_digest: str | None
    key_material_hash: str | None
    last_event_id: int | None
    last_action: str | None
    last_event_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What another wallet needs to find all addresses of an account."""

    wallet_account_id: str
    chain: str
    network: str
    next_index: int
    last_used_index: int | None
    required_gap_limit: int


async def list_wallet_accounts(pool: Pool) -> list[WalletAccount]:
    """Every wallet account, inactive ones too."""
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(WalletAccount)) as cursor:
        await cursor.execute(
            """
            SELECT wallet_account_id, chain, network, keyset_id, is_active, next_index, parent_key_digest,
                   key_material_hash, last_event_id, last_action, last_event_at
              FROM app.list_wallet_accounts()
            """
        )
        return await cursor.fetchall()


async def list_issued_addresses(
    pool: Pool, *, wallet_account_id: str, first_index: int, max_count: int
) -> tuple[list[int], list[str]]:
    """Indexes and canonical addresses that an account handed out, from an index on; empty at the end."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT derivation_indexes, addresses
              FROM app.list_issued_addresses(
                       wallet_account_id => %s::text, first_index => %s::bigint, max_count => %s::integer
                   )
            """,
            (wallet_account_id, first_index, max_count),
        )
        indexes, addresses = await anext(cursor)
        return indexes or [], addresses or []


async def gap_report(pool: Pool) -> list[Gap]:
    """Per wallet account, what gap limit a restore needs."""
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(Gap)) as cursor:
        await cursor.execute(
            """
            SELECT wallet_account_id, chain, network, next_index, last_used_index, required_gap_limit
              FROM app.gap_report()
            """
        )
        return await cursor.fetchall()


async def verify_sync_event_chain(pool: Pool) -> tuple[int, str] | None:
    """The first broken link of the sync events and what is wrong with it, or None."""
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT event_id, problem FROM app.verify_sync_event_chain()")
        row = await cursor.fetchone()
        return (row[0], row[1]) if row else None


async def list_anomalies(pool: Pool) -> list[tuple[str, str, str]]:
    """What app.anomalies holds; nothing, when all is well."""
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT rule, subject, detail FROM app.anomalies")
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]
