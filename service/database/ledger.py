"""Schema ledger: one typed function per stored function."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from psycopg import AsyncCursor
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import class_row

from service.database import Connection, Pool, writing
from service.types_ledger import LineOrder

Row = TypeVar("Row")

# What set-based calls take; fields as the functions document them.


class AccountItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An account to open."""

    organization_id: int
    name: str
    type: str
    currency: str
    floor: str | None = None
    ceiling: str | None = None


class JournalItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A journal to post."""

    organization_id: int
    idempotency_key: str
    request_hash: str
    reason: str
    actor: str
    lines: Sequence[LineOrder]
    event_at: datetime | None = None
    payment_reference: str | None = None


class ReversalItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A journal to take back."""

    organization_id: int
    journal_id: str
    idempotency_key: str
    request_hash: str
    reason: str
    actor: str
    event_at: datetime | None = None


class HoldItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """An amount to set aside."""

    organization_id: int
    idempotency_key: str
    request_hash: str
    debit_account: str
    credit_account: str
    amount: str
    reason: str
    actor: str
    expires_at: datetime
    currency: str | None = None
    payment_reference: str | None = None


class ResolutionItem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A hold to settle or to release."""

    organization_id: int
    hold_id: str
    action: str
    idempotency_key: str
    request_hash: str
    reason: str
    actor: str
    amount: str | None = None
    event_at: datetime | None = None


class Outcome(NamedTuple):
    """What became of one item: `id` and `recorded_at` of what is in the books; `details` is JSON text."""

    outcome: str
    id: str | None
    recorded_at: datetime | None
    details: bytes | None


# What reads answer.


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The ledger of one organization."""

    organization_id: int
    public_id: str
    name: str
    account_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account as it stands; balances are signed in the direction of its normal side."""

    account_id: str
    name: str
    type: str
    normal_side: str
    currency: str
    exponent: int
    floor: int | None
    ceiling: int | None
    balance: int
    pending_out: int
    pending_in: int
    available: int
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastBalance:
    """Where an account stood."""

    balance: int
    version: int
    recorded_at: datetime | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One entry of an account."""

    version: int
    journal_id: str
    line: int
    recorded_at: datetime
    event_at: datetime
    side: str
    amount: int
    balance_after: int
    reason: str
    payment_reference: str | None


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a stored journal."""

    line: int
    account: str
    name: str
    side: str
    amount: str
    currency: str
    version: int
    balance_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """A stored journal; `lines` is JSON text of `LineRow`s."""

    journal_id: str
    idempotency_key: str
    reason: str
    actor: str
    event_at: datetime
    recorded_at: datetime
    payment_reference: str | None
    reverses: str | None
    reversed_by: str | None
    lines: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """A hold and what became of it."""

    hold_id: str
    status: str
    debit_account: str
    credit_account: str
    currency: str
    amount: int
    settled_amount: int | None
    journal_id: str | None
    reason: str
    actor: str
    payment_reference: str | None
    expires_at: datetime
    created_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBalanceRow:
    """The balance of one account, in the column of the side it is on."""

    account_id: str
    name: str
    type: str
    currency: str
    exponent: int
    debit: int
    credit: int

    @property
    def signed(self) -> int:
        """Debits are positive, whatever the account's normal side."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeTotalRow:
    """All accounts of one type in one currency."""

    currency: str
    exponent: int
    type: str
    account_count: int
    debit: int
    credit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRow:
    """One line of a journal of an export."""

    journal_id: str
    recorded_at: datetime
    event_at: datetime
    reason: str
    actor: str
    idempotency_key: str
    payment_reference: str | None
    reverses: str | None
    line: int
    account_id: str
    name: str
    type: str
    currency: str
    exponent: int
    side: str
    amount: int
    version: int
    balance_after: int

    @property
    def signed(self) -> int:
        """Debits are positive."""
        return self.amount if self.side == "DEBIT" else -self.amount


class BrokenLink(NamedTuple):
    """The first entry that does not continue its account's chain; a journal without entries is in no account."""

    account_id: str | None
    version: int | None
    problem: str


# Writing. A set-based call is one round trip and one transaction; it answers each item, in order.
# Raises `IndeterminateError` when the commit was not confirmed, psycopg's errors else.


async def open_accounts(pool: Pool, *, accounts: Sequence[AccountItem]) -> list[tuple[str, str | None]]:
    """Outcome and account id of each: opened, replayed, account_conflict, unknown_currency."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, account_id
              FROM ledger.open_accounts(accounts => %s::text::jsonb)
             ORDER BY account_position
            """,
            (_json(accounts),),
        )
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def post_journals(
    pool: Pool, *, journals: Sequence[JournalItem], all_or_nothing: bool = False
) -> list[Outcome]:
    """Post journals: posted, replayed, or one of seven refusals each."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, journal_id, recorded_at, details
              FROM ledger.post_journals(journals => %s::text::jsonb, all_or_nothing => %s::boolean)
             ORDER BY journal_position
            """,
            (_json(journals), all_or_nothing),
        )
        return await _outcomes(cursor)


async def reverse_journals(pool: Pool, *, reversals: Sequence[ReversalItem]) -> list[Outcome]:
    """Post the opposite of journals; `id` is that of the reversing journal."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, journal_id, recorded_at, details
              FROM ledger.reverse_journals(reversals => %s::text::jsonb)
             ORDER BY reversal_position
            """,
            (_json(reversals),),
        )
        return await _outcomes(cursor)


async def post_holds(pool: Pool, *, holds: Sequence[HoldItem]) -> list[Outcome]:
    """Set amounts aside; `id` is that of the hold."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, hold_id, recorded_at, details
              FROM ledger.post_holds(holds => %s::text::jsonb)
             ORDER BY hold_position
            """,
            (_json(holds),),
        )
        return await _outcomes(cursor)


async def resolve_holds(pool: Pool, *, resolutions: Sequence[ResolutionItem]) -> list[Outcome]:
    """Settle or release holds; `id` is that of the journal of a settlement."""
    async with writing(pool) as conn:
        cursor = await conn.execute(
            """
            SELECT outcome, journal_id, recorded_at, details
              FROM ledger.resolve_holds(resolutions => %s::text::jsonb)
             ORDER BY resolution_position
            """,
            (_json(resolutions),),
        )
        return await _outcomes(cursor)


async def expire_holds(pool: Pool, *, batch_size: int) -> int:
    """Give back what holds past their time held, at most so many; how many there were."""
    async with writing(pool) as conn:
        cursor = await conn.execute("SELECT ledger.expire_holds(batch_size => %s::integer)", (batch_size,))
        return int((await anext(cursor))[0])


async def record_daily_balances(pool: Pool, *, day: date) -> int:
    """Record the balances at the end of a day (UTC) that is over; how many rows were written."""
    async with writing(pool) as conn:
        cursor = await conn.execute("SELECT ledger.record_daily_balances(day => %s::date)", (day,))
        return int((await anext(cursor))[0])


# Reading.


async def list_books(pool: Pool) -> list[Book]:
    """The book of every organization."""
    async with pool.connection() as conn, _rows(conn, Book) as cursor:
        await cursor.execute(
            "SELECT organization_id, public_id, name, account_count FROM ledger.list_books()"
        )
        return await cursor.fetchall()


async def get_account(pool: Pool, *, organization_id: int, account_id: str) -> AccountRow | None:
    """An account of the organization, or None."""
    async with pool.connection() as conn, _rows(conn, AccountRow) as cursor:
        await cursor.execute(
            """
            SELECT account_id, name, type, normal_side, currency, exponent, floor, ceiling, balance,
                   pending_out, pending_in, available, version, created_at
              FROM ledger.get_account(organization_id => %s::bigint, account_id => %s::text)
            """,
            (organization_id, account_id),
        )
        return await cursor.fetchone()


async def list_accounts(
    pool: Pool,
    *,
    organization_id: int,
    after_account_id: str | None,
    page_size: int,
    name_prefix: str | None = None,
) -> list[AccountRow]:
    """A page of the accounts of the organization, in order of opening."""
    async with pool.connection() as conn, _rows(conn, AccountRow) as cursor:
        await cursor.execute(
            """
            SELECT account_id, name, type, normal_side, currency, exponent, floor, ceiling, balance,
                   pending_out, pending_in, available, version, created_at
              FROM ledger.list_accounts(
                       organization_id => %s::bigint, after_account_id => %s::text,
                       page_size => %s::integer, name_prefix => %s::text
                   )
            """,
            (organization_id, after_account_id, page_size, name_prefix),
        )
        return await cursor.fetchall()


async def balance_at(
    pool: Pool, *, organization_id: int, account_id: str, at: datetime
) -> PastBalance | None:
    """What an account held at a time, or None when it is not the organization's."""
    async with pool.connection() as conn, _rows(conn, PastBalance) as cursor:
        await cursor.execute(
            """
            SELECT balance, version, recorded_at, currency
              FROM ledger.balance_at(
                       organization_id => %s::bigint, account_id => %s::text, moment => %s::timestamptz
                   )
            """,
            (organization_id, account_id, at),
        )
        return await cursor.fetchone()


async def account_statement(
    pool: Pool,
    *,
    organization_id: int,
    account_id: str,
    after_version: int,
    page_size: int,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
) -> list[StatementRow]:
    """A page of the entries of an account with from_at ≤ recorded_at < to_at, oldest first."""
    async with pool.connection() as conn, _rows(conn, StatementRow) as cursor:
        await cursor.execute(
            """
            SELECT version, journal_id, line, recorded_at, event_at, side, amount, balance_after, reason,
                   payment_reference
              FROM ledger.account_statement(
                       organization_id => %s::bigint, account_id => %s::text, after_version => %s::bigint,
                       page_size => %s::integer, from_at => %s::timestamptz, to_at => %s::timestamptz
                   )
            """,
            (organization_id, account_id, after_version, page_size, from_at, to_at),
        )
        return await cursor.fetchall()


async def get_journal(pool: Pool, *, organization_id: int, journal_id: str) -> JournalRow | None:
    """A journal of the organization, or None."""
    async with pool.connection() as conn, _rows(conn, JournalRow) as cursor:
        await cursor.execute(
            """
            SELECT journal_id, idempotency_key, reason, actor, event_at, recorded_at, payment_reference,
                   reverses, reversed_by, lines
              FROM ledger.get_journal(organization_id => %s::bigint, journal_id => %s::text)
            """,
            (organization_id, journal_id),
        )
        return await cursor.fetchone()


async def list_journals(
    pool: Pool,
    *,
    organization_id: int,
    after_journal_id: str | None,
    page_size: int,
    payment_reference: str | None = None,
) -> list[JournalRow]:
    """A page of the journals of the organization, newest first."""
    async with pool.connection() as conn, _rows(conn, JournalRow) as cursor:
        await cursor.execute(
            """
            SELECT journal_id, idempotency_key, reason, actor, event_at, recorded_at, payment_reference,
                   reverses, reversed_by, lines
              FROM ledger.list_journals(
                       organization_id => %s::bigint, after_journal_id => %s::text,
                       page_size => %s::integer, payment_reference => %s::text
                   )
            """,
            (organization_id, after_journal_id, page_size, payment_reference),
        )
        return await cursor.fetchall()


async def get_hold(pool: Pool, *, organization_id: int, hold_id: str) -> HoldRow | None:
    """A hold of the organization, or None."""
    async with pool.connection() as conn, _rows(conn, HoldRow) as cursor:
        await cursor.execute(
            """
            SELECT hold_id, status, debit_account, credit_account, currency, amount, settled_amount,
                   journal_id, reason, actor, payment_reference, expires_at, created_at, resolved_at
              FROM ledger.get_hold(organization_id => %s::bigint, asked_hold_id => %s::text)
            """,
            (organization_id, hold_id),
        )
        return await cursor.fetchone()


async def trial_balance_by_type(
    pool: Pool, *, organization_id: int, at: datetime | None
) -> list[TypeTotalRow]:
    """The trial balance with one row a currency and type: small, however many accounts there are."""
    async with pool.connection() as conn, _rows(conn, TypeTotalRow) as cursor:
        await cursor.execute(
            """
            SELECT currency, exponent, type, count(*) AS account_count, sum(debit) AS debit, sum(credit) AS credit
              FROM ledger.trial_balance(organization_id => %s::bigint, moment => %s::timestamptz)
             GROUP BY currency, exponent, type
             ORDER BY currency COLLATE "C", type COLLATE "C"
            """,
            (organization_id, at),
        )
        return await cursor.fetchall()


async def trial_balance_page(
    pool: Pool, *, organization_id: int, at: datetime | None, after_account_id: str | None, page_size: int
) -> list[TrialBalanceRow]:
    """Accounts with their balances, by currency and name; `at` None is now."""
    async with pool.connection() as conn, _rows(conn, TrialBalanceRow) as cursor:
        await cursor.execute(
            """
            SELECT account_id, name, type, currency, exponent, debit, credit
              FROM ledger.trial_balance(organization_id => %s::bigint, moment => %s::timestamptz,
                                        after_account_id => %s::text, page_size => %s::integer)
            """,
            (organization_id, at, after_account_id, page_size),
        )
        return await cursor.fetchall()


async def verify(pool: Pool, *, organization_id: int | None) -> BrokenLink | None:
    """The first broken link of a book, of every book without one; None when all are whole."""
    async with pool.connection() as conn:
        cursor = await conn.execute(
            "SELECT broken_account_id, version, problem FROM ledger.verify(organization_id => %s::bigint)",
            (organization_id,),
        )
        row = await cursor.fetchone()
        return BrokenLink._make(row) if row else None


class Reading:
    """Reads of one snapshot: what is posted meanwhile is in none of them, or it was there from the first."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    async def trial_balance(self, *, organization_id: int, at: datetime | None) -> list[TrialBalanceRow]:
        """Every account with its balance, by currency and name; `at` None is now."""
        async with _rows(self._conn, TrialBalanceRow) as cursor:
            await cursor.execute(
                """
                SELECT account_id, name, type, currency, exponent, debit, credit
                  FROM ledger.trial_balance(organization_id => %s::bigint, moment => %s::timestamptz)
                """,
                (organization_id, at),
            )
            return await cursor.fetchall()

    async def export_entries(
        self,
        *,
        organization_id: int,
        from_at: datetime | None,
        to_at: datetime,
        after_journal_id: str | None,
        page_size: int,
    ) -> list[EntryRow]:
        """All lines of a page of the journals with from_at ≤ recorded_at < to_at."""
        async with _rows(self._conn, EntryRow) as cursor:
            await cursor.execute(
                """
                SELECT journal_id, recorded_at, event_at, reason, actor, idempotency_key, payment_reference,
                       reverses, line, account_id, name, type, currency, exponent, side, amount, version,
                       balance_after
                  FROM ledger.export_entries(
                           organization_id => %s::bigint, from_at => coalesce(%s::timestamptz, '-infinity'), to_at => %s::timestamptz,
                           after_journal_id => %s::text, page_size => %s::integer
                       )
                """,
                (organization_id, from_at, to_at, after_journal_id, page_size),
            )
            return await cursor.fetchall()


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[Reading]:
    """One transaction that sees one snapshot, without a limit on how long a statement of it may take."""
    async with pool.connection() as conn, conn.transaction():
        await conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await conn.execute("SELECT set_config('statement_timeout', '0', true)")
        yield Reading(conn)


class WholeNumber(Loader):
    """numeric(78,0) as int: a Decimal of that many digits would be rounded by its own arithmetic."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


def _rows(conn: Connection, kind: type[Row]) -> AsyncCursor[Row]:
    cursor = conn.cursor(row_factory=class_row(kind))
    cursor.adapters.register_loader("numeric", WholeNumber)
    return cursor


def _json(items: Sequence[Any]) -> str:
    return msgspec.json.encode(items).decode()


async def _outcomes(cursor: AsyncCursor[tuple[Any, ...]]) -> list[Outcome]:
    return [Outcome._make(row) for row in await cursor.fetchall()]
