"""Schema app: one typed function per stored function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from psycopg.rows import class_row

from service.database import Connection, Pool, Source, writing
from service.keysets import VerifiedKeyset


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


class Synced(NamedTuple):
    """What the sync of one target did."""

    event_id: int
    wallet_account_id: str
    action: str
    match_source: str
    next_index: int
    previous_wallet_account_id: str | None


class Violation(NamedTuple):
    """Why an enabled asset must not be served."""

    rule: str
    subject: str
    remedy: str


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


async def get_payment_requests(
    pool: Source, asked: Sequence[tuple[int, str]]
) -> list[tuple[bytes, str] | None]:
    """
    Of each organization and id: JSON text of the payment request and its wallet account.

    None where it is not the organization's.
    """
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT request_position, payment_request, wallet_account_id
              FROM app.get_payment_requests(organization_ids => %s::bigint[], payment_request_ids => %s::text[])
            """,
            ([organization_id for organization_id, _ in asked], [text for _, text in asked]),
        )
        found = {position: (stored, account) for position, stored, account in await cursor.fetchall()}
    return [found.get(position) for position in range(1, len(asked) + 1)]


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


class Synchronisation:
    """The transaction of a start-up: what it syncs and what it then finds wrong stand or fall together."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def sync(self, keyset: VerifiedKeyset) -> Synced:
        """Make the key the active one of its keyset; app.sync_wallet_account() has the refusals."""
        cursor = await self._conn.execute(
            """
            SELECT event_id, wallet_account_id, action, match_source, next_index, previous_wallet_account_id
              FROM app.sync_wallet_account(
                       chain => %s::text, network => %s::text, keyset_id => %s::text,
                       parent_key_digest => %s::text, key_material_hash => %s::text,
                       legacy_hashes => %s::text[], index0_address => %s::text
                   )
            """,
            (
                keyset.chain,
                keyset.network,
                keyset.keyset_id,
                keyset.deriver.parent_key_digest,
                keyset.key_material_hash,
                list(keyset.legacy_hashes),
                keyset.index0_address,
            ),
        )
        return Synced._make(await anext(cursor))

    async def violations(
        self,
        keysets: Iterable[VerifiedKeyset],
        *,
        address_schemes: Mapping[str, list[str]],
        allow_mainnet: bool,
    ) -> list[Violation]:
        """Every way in which an enabled asset must not be served with this configuration."""
        configured = [
            {
                "chain": keyset.chain,
                "network": keyset.network,
                "keyset_id": keyset.keyset_id,
                "parent_key_digest": keyset.deriver.parent_key_digest,
            }
            for keyset in keysets
        ]
        cursor = await self._conn.execute(
            """
            SELECT rule, subject, remedy
              FROM app.catalog_violations(
                       keysets => %s::text::jsonb, address_schemes => %s::text::jsonb, allow_mainnet => %s::boolean
                   )
            """,
            (
                msgspec.json.encode(configured).decode(),
                msgspec.json.encode(address_schemes).decode(),
                allow_mainnet,
            ),
        )
        return [Violation._make(row) for row in await cursor.fetchall()]


@asynccontextmanager
async def synchronising(pool: Pool, *, roll_back: bool = False) -> AsyncIterator[Synchronisation]:
    """
    One transaction for a start-up; rolled back by an exception, and at its end when asked to.

    Other processes that start meanwhile wait for it, half a minute at most.
    """
    async with writing(pool) as conn, conn.transaction(force_rollback=roll_back):
        await conn.execute(
            "SELECT set_config('lock_timeout', '30s', true), set_config('statement_timeout', '60s', true)"
        )
        yield Synchronisation(conn)


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


async def read_token(pool: Pool) -> str:
    """A token of all that was committed before this call."""
    async with pool.connection() as conn:
        cursor = await conn.execute("SELECT app.read_token()")
        return str((await anext(cursor))[0])


async def has_replayed(conn: Connection, token: str) -> bool | None:
    """
    Whether this standby shows all that the token stands for; what is read next on `conn` does.

    None where the server is no standby any more.
    """
    cursor = await conn.execute("SELECT app.has_replayed(token => %s::text)", (token,))
    answer: bool | None = (await anext(cursor))[0]
    return answer
