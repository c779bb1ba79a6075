"""Schema wallets: one typed function per stored function."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from service.database import Pool, writing


class Registration(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One item of a batch; fields as wallets.register_wallets() documents them."""

    organization_id: int
    user_id: str
    provider: str
    provider_account_id: str
    provider_customer_id: str | None = None
    metadata: dict[str, Any] | None = None
    idempotency_key: str | None = None


class Answer(NamedTuple):
    """What became of one item; `wallet` is JSON text where there is one."""

    outcome: str
    is_raced: bool
    wallet: bytes | None


async def register_wallets(pool: Pool, *, registrations: list[Registration]) -> list[Answer]:
    """
    Register each wallet once: one round trip, one transaction, one answer an item, in order.

    Raises `IndeterminateError` when the commit was not confirmed, psycopg's errors else.
    """
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, is_raced, wallet
              FROM wallets.register_wallets(registrations => %s::text::jsonb)
             ORDER BY item_position
            """,
            (msgspec.json.encode(registrations).decode(),),
        )
        return [Answer._make(row) for row in await cursor.fetchall()]


async def get_wallet(pool: Pool, *, organization_id: int, wallet_id: str) -> bytes | None:
    """JSON text of the wallet, or None when no member of the organization has it."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT wallet
              FROM wallets.get_wallet(organization_id => %s::bigint, wallet_id => %s::text)
            """,
            (organization_id, wallet_id),
        )
        row = await cursor.fetchone()
        return row[0] if row else None


async def list_wallets(
    pool: Pool,
    *,
    organization_id: int,
    user_id: str | None,
    provider: str | None,
    is_active: bool | None,
    after_wallet_id: str | None,
    max_count: int,
) -> list[bytes]:
    """JSON texts of wallets of the organization's members, from behind one on. TL904: no such user."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT wallet
              FROM wallets.list_wallets(
                       organization_id => %s::bigint, user_id => %s::text, provider => %s::text,
                       is_active => %s::boolean, after_wallet_id => %s::text, max_count => %s::integer
                   )
            """,
            (organization_id, user_id, provider, is_active, after_wallet_id, max_count),
        )
        return [row[0] for row in await cursor.fetchall()]


async def update_wallet(
    pool: Pool, *, organization_id: int, wallet_id: str, changes: dict[str, Any]
) -> bytes | None:
    """Change customer id and metadata; the wallet as it is then, or None when there is none."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT wallet
              FROM wallets.update_wallet(
                       organization_id => %s::bigint, wallet_id => %s::text, changes => %s::text::jsonb
                   )
            """,
            (organization_id, wallet_id, msgspec.json.encode(changes).decode()),
        )
        row = await cursor.fetchone()
        return row[0] if row else None


async def deactivate_wallet(pool: Pool, *, organization_id: int, wallet_id: str) -> bytes | None:
    """Take a wallet out of use; the wallet as it is then, or None when there is none."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT wallet
              FROM wallets.deactivate_wallet(organization_id => %s::bigint, wallet_id => %s::text)
            """,
            (organization_id, wallet_id),
        )
        row = await cursor.fetchone()
        return row[0] if row else None


async def reactivate_wallet(pool: Pool, *, organization_id: int, wallet_id: str) -> bytes | None:
    """Bring a wallet back into use; the wallet as it is then, or None when there is none."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT wallet
              FROM wallets.reactivate_wallet(organization_id => %s::bigint, wallet_id => %s::text)
            """,
            (organization_id, wallet_id),
        )
        row = await cursor.fetchone()
        return row[0] if row else None
