"""Schema app for operators: accounts, addresses handed out, events; and what is wrong in any schema."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, Final, LiteralString, NamedTuple, TypeVar, cast

from psycopg import sql
from psycopg.rows import class_row

from service.database import Connection, Pool
from service.database.ledger import AccountRow, HoldRow, WholeNumber

T = TypeVar("T")


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


class Breach(NamedTuple):
    """Which promise is broken, by what, and how."""

    rule: str
    subject: str
    detail: str


class Snapshot:
    """One transaction that reads the whole database as it is at one moment, however long that takes."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def anomaly_views(self) -> list[str]:
        """The schemas that have a view named anomalies."""
        cursor = await self._conn.execute(
            """
            SELECT namespace.nspname
              FROM pg_catalog.pg_class AS rel
              JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = rel.relnamespace
             WHERE rel.relname = 'anomalies' AND rel.relkind = 'v'
             ORDER BY 1
            """
        )
        return [row[0] for row in await cursor.fetchall()]

    async def anomalies(self, schema: str, *, limit: int) -> tuple[list[Breach], int]:
        """The first anomalies of a schema, and how many there are; none, when all is well."""
        cursor = await self._conn.execute(
            sql.SQL("SELECT rule, subject, detail, count(*) OVER () FROM {}.anomalies LIMIT {}").format(
                sql.Identifier(schema), limit
            )
        )
        rows = await cursor.fetchall()
        return [Breach._make(row[:3]) for row in rows], rows[0][3] if rows else 0

    async def broken_sync_event(self) -> Breach | None:
        """The first broken link of the sync events."""
        cursor = await self._conn.execute("SELECT event_id, problem FROM app.verify_sync_event_chain()")
        row = await cursor.fetchone()
        return Breach("sync_event_broken", str(row[0]), row[1]) if row else None

    async def broken_ledger_link(self) -> Breach | None:
        """The first broken link of the accounts' chains of entries, in any book."""
        cursor = await self._conn.execute("SELECT broken_account_id, version, problem FROM ledger.verify()")
        row = await cursor.fetchone()
        if row is None:
            return None
        account_id, version, problem = row
        # A journal without entries is in no account.
        is_placed = account_id is not None
        return Breach(
            "ledger_link_broken",
            account_id if is_placed else "ledger",
            f"version {version}: {problem}" if is_placed else problem,
        )

    async def first_payment_requests(self, organization_ids: list[str], keys: list[str]) -> list[list[bytes]]:
        """For each key of an organization what is stored as its answer: one, none, or wrongly several."""
        return await self._all(
            keys,
            """
            SELECT answer_position, payment_request
              FROM app.list_first_answers(organization_ids => %s::text[], idempotency_keys => %s::text[])
             WHERE payment_request IS NOT NULL
            """,
            *(organization_ids, keys),
            read=itemgetter(0),
        )

    async def first_path_answers(self, organization_ids: list[str], keys: list[str]) -> list[list[bytes]]:
        """The same of what the path registry answered."""
        return await self._all(
            keys,
            """
            SELECT answer_position, answer
              FROM paths.list_first_answers(organization_ids => %s::text[], idempotency_keys => %s::text[])
             WHERE answer IS NOT NULL
            """,
            *(organization_ids, keys),
            read=itemgetter(0),
        )

    async def posted_journals(
        self, organization_ids: list[str], keys: list[str]
    ) -> list[list[tuple[str, datetime, str | None]]]:
        """For each key of an organization the id of its journal, when that was recorded, what it takes back."""
        return await self._all(
            keys,
            """
            SELECT answer_position, journal_id, recorded_at, reverses
              FROM ledger.list_first_answers(organization_ids => %s::text[], idempotency_keys => %s::text[])
             WHERE journal_id IS NOT NULL
            """,
            *(organization_ids, keys),
        )

    async def answered_holds(
        self, organization_ids: list[str], keys: list[str], *, is_ending: bool
    ) -> list[list[HoldRow]]:
        """For each key of an organization the hold that it made, or with `is_ending` settled or released."""
        return await self._all(
            keys,
            """
            SELECT answer_position, hold_id, status, debit_account, credit_account, currency, amount,
                   settled_amount, journal_id, reason, actor, payment_reference, expires_at, created_at,
                   resolved_at
              FROM ledger.list_answered_holds(
                       organization_ids => %s::text[], idempotency_keys => %s::text[], is_ending => %s
                   )
            """,
            *(organization_ids, keys, is_ending),
            read=partial(_made, HoldRow),
        )

    async def opened_accounts(
        self, organization_ids: list[str], account_ids: list[str]
    ) -> list[list[AccountRow]]:
        """For each account of an organization how it stands."""
        return await self._all(
            account_ids,
            """
            SELECT answer_position, account_id, name, type, normal_side, currency, exponent, floor,
                   ceiling, balance, pending_out, pending_in, available, version, created_at
              FROM ledger.list_opened_accounts(organization_ids => %s::text[], account_ids => %s::text[])
            """,
            *(organization_ids, account_ids),
            read=partial(_made, AccountRow),
        )

    async def registered_wallets(
        self, organization_ids: list[str], wallet_ids: list[str], keys: list[str | None]
    ) -> list[list[tuple[bytes, str | None]]]:
        """For each wallet of an organization the wallet as it stands, and the one that the key names."""
        return await self._all(
            keys,
            """
            SELECT answer_position, wallet, key_wallet_id
              FROM wallets.list_registered(
                       organization_ids => %s::text[], wallet_ids => %s::text[],
                       idempotency_keys => %s::text[]
                   )
             WHERE wallet IS NOT NULL
            """,
            *(organization_ids, wallet_ids, keys),
        )

    async def _all(
        self,
        asked: Sequence[object],
        query: LiteralString,
        *values: object,
        read: Callable[[tuple[Any, ...]], Any] = tuple,
    ) -> list[list[Any]]:
        """What is found, at the place of what was asked."""
        found: list[list[Any]] = [[] for _ in asked]
        async with self._conn.cursor() as cursor:
            cursor.adapters.register_loader("numeric", WholeNumber)
            await cursor.execute(query, values)
            for position, *row in await cursor.fetchall():
                found[position - 1].append(read(tuple(row)))
        return found


def _made(kind: type[T], row: tuple[Any, ...]) -> T:
    """A row as a dataclass whose fields are its columns."""
    return kind(**dict(zip((field.name for field in fields(cast(Any, kind))), row, strict=True)))


@asynccontextmanager
async def snapshot(pool: Pool) -> AsyncIterator[Snapshot]:
    """Nothing is written, nobody waits for it, and it may take as long as it takes."""
    async with pool.connection() as conn, conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Millions of rows are joined and sorted: in memory where that is enough.
        await conn.execute(
            """
            SELECT set_config('statement_timeout', '0', true), set_config('work_mem', '128MB', true),
                   set_config('jit', 'off', true)
            """
        )
        yield Snapshot(conn)


async def list_stuck_sessions(pool: Pool) -> list[Breach]:
    """
    Whoever has waited for a lock, or done nothing in a transaction, for more than five seconds.

    What other roles' sessions do is seen by members of pg_read_all_stats only; locks by everybody.
    """
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT 'lock_waited_for', format('pid %s', lock.pid),
                   format('%s on %s since %s', lock.mode, lock.locktype, lock.waitstart)
              FROM pg_catalog.pg_locks AS lock
              JOIN pg_catalog.pg_stat_activity AS session USING (pid)
             WHERE NOT lock.granted AND session.datname = current_database()
               AND lock.waitstart < clock_timestamp() - interval '5 s'
             UNION ALL
            SELECT 'idle_in_transaction', format('pid %s', session.pid),
                   format('%s since %s', session.application_name, session.state_change)
              FROM pg_catalog.pg_stat_activity AS session
             WHERE starts_with(session.state, 'idle in transaction') AND session.datname = current_database()
               AND session.state_change < clock_timestamp() - interval '5 s'
             UNION ALL
            SELECT 'prepared_transaction', prepared.gid, format('since %s', prepared.prepared)
              FROM pg_catalog.pg_prepared_xacts AS prepared
             WHERE prepared.database = current_database()
               AND prepared.prepared < clock_timestamp() - interval '5 s'
            """
        )
        return [Breach._make(row) for row in await cursor.fetchall()]


SECRETS: Final = "[a-zA-Z]p(rv|ub)[1-9A-HJ-NP-Za-km-z]{100}|sk_(test|live)_[0-9a-z]{12,32}_[0-9A-Za-z]{32}"
"""Extended keys, private or public, and API keys: none has any business in a statement's text."""


async def list_told_secrets(pool: Pool) -> list[Breach]:
    """
    Statements with a key in their text, in pg_stat_activity and, where it is installed, pg_stat_statements.

    What other roles' sessions do is seen by members of pg_read_all_stats only. The text is not told again.
    """
    async with pool.connection() as conn:
        cursor = await conn.execute(
            """
            SELECT format('%%I.pg_stat_statements', namespace.nspname)
              FROM pg_catalog.pg_extension AS extension
              JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = extension.extnamespace
             WHERE extension.extname = 'pg_stat_statements'
               AND has_schema_privilege(namespace.oid, 'USAGE')
            """
        )
        kept = await cursor.fetchone()
        cursor = await conn.execute(
            """
            SELECT 'secret_in_statistics', format('pid %%s', session.pid),
                   format('%%s of %%s', session.application_name, session.usename)
              FROM pg_catalog.pg_stat_activity AS session
             WHERE session.pid <> pg_backend_pid() AND session.query ~ %s
            """,
            (SECRETS,),
        )
        found = await cursor.fetchall()
        if kept:
            cursor = await conn.execute(
                sql.SQL(
                    "SELECT 'secret_in_statistics', format('queryid %%s', kept.queryid), 'pg_stat_statements'"
                    " FROM {} AS kept WHERE kept.query ~ %s"
                ).format(sql.SQL(kept[0])),
                (SECRETS,),
            )
            found += await cursor.fetchall()
        return [Breach._make(row) for row in found]
