"""Schema app: one typed function per stored function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import class_row

from service.database import Pool, writing


class Order(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One order of a batch; fields as app.allocate_and_insert() documents them."""

    organization_id: int
    idempotency_key: str
    request_hash: str
    chain: str
    network: str
    asset: str
    expires_in_seconds: int | None = None
    expected_amount_minor: str | None = None
    metadata: dict[str, Any] | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Canonical addresses of consecutive indexes of one wallet account."""

    wallet_account_id: str
    parent_key_digest: str
    first_index: int
    addresses: list[str]


class Answer(NamedTuple):
    """What became of one order; `payment_request` is JSON text where there is one."""

    outcome: str
    payment_request: bytes | None
    wallet_account_id: str | None
    next_index: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A row of the catalog with its wallet account."""

    chain: str
    network: str
    asset: str
    minor_unit: str
    decimals: int
    address_scheme: str
    chain_id: int | None
    token_standard: str | None
    token_contract: str | None
    token_decimals: int | None
    default_expires_in_seconds: int
    enabled: bool
    is_mainnet: bool
    wallet_account_id: str
    keyset_id: str
    derivation_path_template: str
    parent_key_digest: str | None
    next_index: int


async def allocate_and_insert(pool: Pool, *, orders: list[Order], windows: list[Window]) -> list[Answer]:
    """
    Hand out one address an order: one round trip, one transaction, one answer an order, in order.

    Raises `IndeterminateError` when the commit was not confirmed, psycopg's errors else.
    """
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, payment_request, wallet_account_id, next_index
              FROM app.allocate_and_insert(orders => %s::text::jsonb, windows => %s::text::jsonb)
             ORDER BY order_position
            """,
            (msgspec.json.encode(orders).decode(), msgspec.json.encode(windows).decode()),
        )
        return [Answer._make(row) for row in await cursor.fetchall()]


async def get_payment_request(
    pool: Pool, *, organization_id: int, payment_request_id: str
) -> tuple[bytes, str] | None:
    """JSON text of the payment request and its wallet account, or None when it is not the organization's."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT payment_request, wallet_account_id
              FROM app.get_payment_request(organization_id => %s::bigint, payment_request_id => %s::text)
            """,
            (organization_id, payment_request_id),
        )
        return await cursor.fetchone()


async def list_assets(pool: Pool) -> list[Asset]:
    """The whole catalog, disabled rows too, by chain, network, asset."""
    async with pool.connection() as conn, conn.cursor(row_factory=class_row(Asset)) as cursor:
        await cursor.execute(
            """
            SELECT chain, network, asset, minor_unit, decimals, address_scheme, chain_id, token_standard,
                   token_contract, token_decimals, default_expires_in_seconds, enabled, is_mainnet,
                   wallet_account_id, keyset_id, derivation_path_template, parent_key_digest, next_index
              FROM app.list_assets()
            """
        )
        return await cursor.fetchall()


async def bind_wallet_account_key(pool: Pool, *, wallet_account_id: str, parent_key_digest: str) -> None:
    """Bind a wallet account to its key; TL002 when it is bound to another."""
    async with writing(pool) as conn:
        await conn.execute(
            "SELECT app.bind_wallet_account_key(wallet_account_id => %s::text, parent_key_digest => %s::text)",
            (wallet_account_id, parent_key_digest),
        )


async def set_asset(
    pool: Pool,
    *,
    chain: str,
    network: str,
    asset: str,
    approved_by: str,
    source_ref: str,
    enabled: bool | None,
    default_expires_in_seconds: int | None,
    wallet_account_id: str | None,
) -> None:
    """Change an asset of the catalog; None leaves a column as it is. TL006 when there is no such asset."""
    async with writing(pool) as conn:
        await conn.execute(
            """
            SELECT app.set_asset(
                chain => %s::text, network => %s::text, asset => %s::text,
                approved_by => %s::text, source_ref => %s::text, enabled => %s::boolean,
                default_expires_in_seconds => %s::bigint, wallet_account_id => %s::text
            )
            """,
            (
                chain,
                network,
                asset,
                approved_by,
                source_ref,
                enabled,
                default_expires_in_seconds,
                wallet_account_id,
            ),
        )


async def list_deployed_changes(pool: Pool) -> list[str]:
    """Names of the changes deployed here, in the order of deployment."""
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT change FROM app.list_deployed_changes()")
        return [row[0] for row in await cursor.fetchall()]
